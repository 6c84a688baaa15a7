//! What is wrong with the values of the inventory of a plan.

use super::inventory::{AssistKey, ColumnKey, FieldsTable, InventoryTable, ModelAssistedTable};
use super::keys::suggestion;
use super::layer::LayerTable;
use super::reading::Unread;
use super::unit::{Substance, Unit, UnitError};
use super::{classes, fia, stands, strata, trees};
use crate::finding::Finding;

/// What is wrong with the layers that help the plots.
fn sense_model(place: &str, model: &ModelAssistedTable) -> Vec<Finding> {
    let mut findings = Vec::new();
    let mut refuse = |what: String, remedy: &str| {
        findings.push(Finding::error(place, what, remedy));
    };
    if model.layers.is_empty() {
        refuse(
            "`[inventory.model-assisted]` names no layers".into(),
            "name at least one `[[layer]]` with values",
        );
    }
    let layers = model.layers.iter().enumerate();
    for (_, layer) in layers.filter(|(at, layer)| model.layers[..*at].contains(layer)) {
        refuse(
            format!("`[inventory.model-assisted]` names the layer `{layer}` twice"),
            "name each layer once",
        );
    }
    let nearest = model.estimator == AssistKey::NearestNeighbours;
    let of_nearest =
        model.neighbours.is_some() || model.weights.is_some() || !model.maps.is_empty();
    if !nearest && of_nearest {
        refuse(
            "`[inventory.model-assisted]` has `neighbours`, `weights` or `maps`, and its estimator is a regression".into(),
            "write estimator = \"nearest-neighbours\", or leave them out",
        );
    }
    findings
}

/// What is wrong with the values of an inventory. What rests on others that were not read is not told.
pub(super) fn sense(place: &str, inventory: &InventoryTable, unread: &Unread) -> Vec<Finding> {
    let mut findings = Vec::new();
    let mut tell = |rests_on: &[&str], found: Vec<Finding>| {
        if unread.spares(rests_on) {
            findings.extend(found);
        }
    };
    let (plots, fields) = ("inventory.plots", "inventory.fields");
    let preset = "inventory.plots.preset";
    let registers = "inventory.stands";
    tell(&[plots, registers], nothing_listed(place, inventory));
    if !inventory.plots.is_empty() && !fia::is_used(inventory) {
        if unread.lacks(&["inventory.design", preset]) {
            tell(&[], no_design(place, inventory));
        }
        if unread.lacks(&["inventory.fields.id", preset]) {
            tell(&[], no_id(place, inventory, unread.lacks(&[fields])));
        }
    }
    tell(&[], same_years(place, inventory));
    if let Some(model) = &inventory.model_assisted {
        tell(&["inventory.model-assisted"], sense_model(place, model));
    }
    let [x, y, crs] = ["x", "y", "crs"].map(|key| format!("{fields}.{key}"));
    tell(&[&x, &y, &crs], sense_places(place, &inventory.fields));
    let soil = sense_soil(place, &inventory.fields);
    if unread.lacks(&["inventory.fields.soil-carbon.depth-cm"]) {
        tell(&[], soil);
    }
    tell(&[], strata::sense(place, inventory, unread));
    let classes_of = ["inventory.classes", "inventory.domains", registers];
    tell(&classes_of, classes::sense(place, inventory));
    let of_entries = [
        "inventory.strata",
        "inventory.map-strata",
        "inventory.area-ha",
        "inventory.plots.evaluation",
        "inventory.plots.state",
        "inventory.plots.preset",
    ];
    tell(&of_entries, fia::sense_entries(place, inventory));
    // A preset looks at all keys that stand beside it.
    tell(&["inventory"], fia::sense(place, inventory));
    tell(&[], trees::sense(place, inventory, unread));
    tell(&[], sense_units(place, &inventory.fields));
    tell(&[], stands::sense(place, &inventory.stands));
    findings
}

/// An inventory of nothing.
fn nothing_listed(place: &str, inventory: &InventoryTable) -> Vec<Finding> {
    if !inventory.plots.is_empty() || !inventory.stands.is_empty() {
        return Vec::new();
    }
    vec![Finding::error(
        place,
        "`[inventory]` has no `[[inventory.plots]]` and no `[[inventory.stands]]`",
        if inventory.confidence.is_some() {
            "add one entry for each inventory; without any, the level of intervals is `[uncertainty] confidence`"
        } else {
            "add one entry for each inventory, or take `[inventory]` out"
        },
    )]
}

/// Plots of which nobody says how they were drawn.
fn no_design(place: &str, inventory: &InventoryTable) -> Vec<Finding> {
    if !inventory.design.is_empty() {
        return Vec::new();
    }
    vec![Finding::error(
        place,
        "`[inventory]` has plots and no `design`",
        "declare how the plots were drawn; no design is assumed",
    )]
}

/// Plots without an id.
fn no_id(place: &str, inventory: &InventoryTable, fields_are_read: bool) -> Vec<Finding> {
    if !inventory.fields.id.is_empty() {
        return Vec::new();
    }
    let what = if fields_are_read && inventory.fields == FieldsTable::default() {
        "`[inventory]` has plots and no `[inventory.fields]`"
    } else {
        "`[inventory.fields]` names no `id`"
    };
    let remedy = "say which column holds what, `id` at least";
    vec![Finding::error(place, what, remedy)]
}

/// Units that do not measure what their columns hold.
fn sense_units(place: &str, fields: &FieldsTable) -> Vec<Finding> {
    let keys = fields.measured().into_iter();
    let columns = keys.flat_map(|(key, column, substance)| {
        let columns = column.map_or_else(Vec::new, ColumnKey::columns);
        columns
            .into_iter()
            .map(move |column| (key, column, substance))
    });
    let unfit = columns.filter_map(|(key, (column, unit), substance)| {
        let error = Unit::of_column(substance, column, unit).err()?;
        // Whether the name says a unit is looked at where there is such a column.
        (error != UnitError::Unstated).then(|| {
            Finding::error(
                place,
                format!("column `{column}` of `{key}` in `[inventory.fields]`: {error}"),
                unit_remedy(column, substance),
            )
        })
    });
    unfit.collect()
}

/// How the unit of a column is stated.
pub(crate) fn unit_remedy(column: &str, substance: Substance) -> String {
    format!(
        "write {{ column = \"{column}\", unit = \"...\" }} in the plan, with one of: {}",
        substance.accepted()
    )
}

/// Two inventories of one year.
fn same_years(place: &str, inventory: &InventoryTable) -> Vec<Finding> {
    let plots = inventory.plots.iter().enumerate();
    let again = plots.filter(|(i, plots)| {
        let mut before = inventory.plots[..*i].iter();
        before.any(|other| other.year == plots.year)
    });
    let told = again.map(|(_, plots)| {
        let what = format!(
            "two `[[inventory.plots]]` entries have the year {}",
            plots.year
        );
        Finding::error(place, what, "give one entry a year")
    });
    told.collect()
}

/// What is wrong with the places of plots.
fn sense_places(place: &str, fields: &FieldsTable) -> Vec<Finding> {
    let mut findings = Vec::new();
    if fields.x.is_some() != fields.y.is_some() {
        findings.push(Finding::error(
            place,
            "`[inventory.fields]` has one of `x` and `y`",
            "give both or none",
        ));
    }
    if fields.x.is_some() && fields.crs.is_none() {
        let places = fields.y.as_ref().map_or("`x`", |_| "`x` and `y`");
        findings.push(Finding::error(
            place,
            format!("`[inventory.fields]` has {places} without `crs`"),
            "say the coordinate system, such as crs = \"EPSG:4326\"",
        ));
    }
    findings
}

/// Soil carbon without its depth.
fn sense_soil(place: &str, fields: &FieldsTable) -> Vec<Finding> {
    let Some(soil) = &fields.soil_carbon else {
        return Vec::new();
    };
    let depth = match soil {
        ColumnKey::Column(column) => column.depth_cm,
        _ => None,
    };
    if depth.is_some_and(|depth| depth > 0.0) {
        return Vec::new();
    }
    vec![Finding::error(
        place,
        "`soil-carbon` without its depth",
        "write soil-carbon = { column = \"...\", unit = \"t_c/ha\", depth-cm = 100 }: soils of different depths are never summed",
    )]
}

/// Layers that an inventory names and the plan does not have, or has without values.
pub(super) fn sense_layers(
    place: &str,
    inventory: &InventoryTable,
    layers: &[LayerTable],
) -> Vec<Finding> {
    let of_model = inventory
        .model_assisted
        .iter()
        .flat_map(|model| &model.layers);
    let of_areas = inventory.small_areas.iter().flat_map(|small| &small.layers);
    let named = of_model
        .map(|name| ("`[inventory.model-assisted]`", name))
        .chain(of_areas.map(|name| ("`[inventory.small-areas]`", name)));
    let values: Vec<&str> = layers
        .iter()
        .filter(|layer| layer.unit.is_some())
        .map(|layer| layer.name.as_str())
        .collect();
    let unfit = named.filter(|(_, name)| !values.contains(&name.as_str()));
    unfit
        .map(|(table, name)| {
            let has_classes = layers.iter().any(|layer| layer.name == *name);
            let what = if has_classes {
                format!("{table} names the layer `{name}`, which holds classes")
            } else {
                format!("{table} names the layer `{name}`, which the plan does not have")
            };
            let remedy = match suggestion(name, values.iter().copied()) {
                Some(meant) => format!("did you mean `{meant}`?"),
                None if values.is_empty() => "add a `[[layer]]` with `unit`".to_owned(),
                None => format!("layers with values are: {}", values.join(", ")),
            };
            Finding::error(place, what, remedy)
        })
        .collect()
}

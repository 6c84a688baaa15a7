//! The forest of map, sample and register side by side.

use crate::account::{
    self, AccuracyKind, AccuracyRow, AreaAccount, Coverage, CoverageRow, CoverageSource,
    InventoryRow, TOTAL,
};
use crate::estimate::Estimator;
use crate::pipeline::headline::{Lost, borrows, by_region};
use crate::pipeline::open::{Prepared, WHOLE_PCT};
use crate::plan::{ColumnKey, Plan};
use crate::units::Hectares;

/// Forest area in the table of the inventory, from plots and from a register.
const FOREST: &str = "forest_area";
const REGISTER_FOREST: &str = "register_forest_area";

/// Rows of `tables/coverage_compared.csv`, the union of the regions last. Where the map could not be read, plots and
/// register stand without it.
pub(in crate::pipeline) fn coverage(
    plan: &Plan,
    prepared: &Prepared,
    areas: Option<&AreaAccount>,
    (inventory, accuracy): (&[InventoryRow], &[AccuracyRow]),
    lost: &Lost,
) -> Vec<CoverageRow> {
    let rules = Rules::of(plan, prepared);
    let ids = prepared.regions.iter().map(|region| region.id.as_str());
    let total = prepared.regions_are_disjoint().then_some(TOTAL);
    let areas = areas.into_iter();
    let areas = by_region(
        areas.flat_map(|areas| areas.regions.iter().chain(&areas.total)),
        |region| &region.region_id,
    );
    let accuracy = accuracy.iter();
    let accuracy = by_region(
        accuracy.filter(|row| row.kind == AccuracyKind::Forest),
        |row| &row.region_id,
    );
    let totals = inventory.iter().filter(|row| {
        let attributes = [FOREST, REGISTER_FOREST];
        attributes.contains(&&*row.attribute)
            && row.statistic == "total"
            && row.domain.is_empty()
            && row.value.is_some()
            && !(borrows(row) && lost.is_sample_lost(&row.region_id))
    });
    let totals = by_region(totals, |row| &row.region_id);
    let mut rows = Vec::new();
    for id in ids.chain(total) {
        let areas = areas.get(id).and_then(|of| of.first());
        let areas = areas.filter(|_| !lost.is_land_lost(id));
        let mapped = areas.and_then(|areas| areas.newest());
        let mapped = mapped.filter(|year| year.valid > Hectares::ZERO);
        let map = mapped.map(|year| Coverage {
            source: CoverageSource::Map,
            year: year.year,
            rule: rules.map.clone(),
            forest: year.forest,
            standard_error: None,
            degrees_of_freedom: None,
            interval: None,
            borrowed: false,
        });
        let sample = accuracy.get(id).and_then(|of| of.first()).and_then(|row| {
            Some(Coverage {
                source: CoverageSource::ReferenceSample,
                year: row.year,
                rule: format!("points that are such classes in truth: {}", rules.map),
                forest: Hectares::new(row.value?),
                standard_error: row.standard_error,
                degrees_of_freedom: None,
                interval: row.interval,
                borrowed: false,
            })
        });
        let of_inventory = |source, attribute: &str, rule: &str| {
            let rows = totals.get(id)?.iter();
            let rows = rows.filter(|row| &*row.attribute == attribute);
            let row = rows.max_by_key(|row| row.year)?;
            Some(Coverage {
                source,
                year: row.year,
                rule: rule.to_owned(),
                forest: Hectares::new(row.value?),
                standard_error: row.standard_error,
                degrees_of_freedom: row.degrees_of_freedom,
                interval: row.interval,
                borrowed: row.estimator == Estimator::Synthetic.id(),
            })
        };
        let plots = of_inventory(CoverageSource::Plots, FOREST, &rules.plots);
        let register = of_inventory(CoverageSource::Register, REGISTER_FOREST, &rules.register);
        let sources: Vec<Coverage> = [map, sample, plots, register]
            .into_iter()
            .flatten()
            .collect();
        let land = mapped.map(|year| year.land);
        let mut compared = account::coverage_compared(id, &sources, land, plan.confidence());
        let valid = areas.and_then(|areas| areas.valid_pct());
        if let Some(valid) = valid.filter(|valid| *valid < WHOLE_PCT) {
            say_part(&mut compared, valid);
        }
        rows.append(&mut compared);
    }
    rows
}

/// Says that plots and register are of the whole region, where land and map are of a part.
fn say_part(rows: &mut [CoverageRow], valid: f64) {
    let whole = [CoverageSource::Plots, CoverageSource::Register];
    for row in rows {
        if whole.contains(&row.coverage.source) {
            let words = format!(
                "of the whole region, where land and map are of the {valid:.2} % of it with a class"
            );
            row.note = match row.note.as_str() {
                "" => words,
                note => format!("{words}; {note}"),
            };
        }
    }
}

/// What each source takes for forest, in words.
struct Rules {
    map: String,
    plots: String,
    register: String,
}

impl Rules {
    fn of(plan: &Plan, prepared: &Prepared) -> Self {
        let definition = prepared.seeds.forest_definition(&prepared.forest.id).ok();
        let share = plan.file.inventory.as_ref();
        let share = share.and_then(|inventory| inventory.fields.forest_share.as_ref());
        let column = match share {
            None => String::new(),
            Some(ColumnKey::Name(name)) => format!(", column `{name}`"),
            Some(ColumnKey::Names(names)) => format!(", columns `{}`", names.join("` and `")),
            Some(ColumnKey::Column(table)) => format!(", column `{}`", table.column),
        };
        let with_classes = prepared.stands.last().is_some_and(|placed| {
            let stands = &placed.register.stands;
            stands.iter().any(|stand| stand.land.is_some())
        });
        Self {
            map: prepared.forest.words(definition),
            plots: format!("share of each plot that the survey calls forest{column}"),
            register: if with_classes {
                "registered area of stands whose land class is tree-forest, mangrove, bamboo or special-shrub"
            } else {
                "registered area of all stands: the register has no land classes"
            }
            .to_owned(),
        }
    }
}

//! The carbon methods that a plan chooses, with the layers that they name.

use std::collections::BTreeMap;
use std::path::Path;

use super::gathered::Gathered;
use super::layers::{Layer, facts};
use super::places::known_ids;
use super::prepare::{Place, Prepared};
use crate::account::{
    self, AgedForest, CarbonChoice, ClassDensities, Ecosystem, LayerContent, LayerFacts,
    LayerStock, Managed, Policy, Pool, Seeds, ValueLayer, Within,
};
use crate::finding::Finding;
use crate::input;
use crate::plan::{CarbonTable, EcosystemTable, ManagedTable, Plan, WithinTable};
use crate::units::Hectares;

/// The methods of the plan; unknown pools, layers and classes go to `findings`.
pub(in crate::pipeline) fn choices(
    plan: &Plan,
    opened: &[Layer],
    findings: &mut Vec<Finding>,
) -> Vec<CarbonChoice> {
    let mut choices = Vec::new();
    let Some(table) = &plan.file.carbon else {
        return choices;
    };
    if let Some(method) = &table.method {
        choices.push(CarbonChoice {
            keys: keys(table, None, &BTreeMap::new()),
            ..CarbonChoice::new(Ecosystem::Forest, method)
        });
    }
    let layers = facts(opened);
    for choice in &table.ecosystem {
        let place = place_of(plan, choice);
        // An unknown ecosystem was told before.
        let Ok(ecosystem) = choice.ecosystem.parse::<Ecosystem>() else {
            continue;
        };
        let within = choice
            .within
            .as_ref()
            .map(|table| within((plan, table), &layers, &place, findings));
        let stock = stock(choice, &place, findings);
        let newest = plan.file.years().into_iter().max();
        if let (Some(managed), Some(newest)) = (&choice.managed, newest)
            && managed.since > newest
        {
            findings.push(Finding::error(
                &place,
                format!(
                    "`managed` is since {}, and the newest map is of {newest}",
                    managed.since
                ),
                "give in `keys` how the land was managed by then, and leave `managed` out",
            ));
        }
        if let Some(None) = within {
            continue;
        }
        choices.push(CarbonChoice {
            keys: keys(table, choice.climate_zone.as_ref(), &choice.keys),
            within: within.flatten(),
            stock,
            managed: choice.managed.as_ref().map(managed),
            ..CarbonChoice::new(ecosystem, &choice.method)
        });
    }
    choices
}

/// Entries that cannot stand together, and methods that need another map, of a plan that is refused for
/// other reasons; of one that is not, the account tells them.
pub(super) fn clashes(plan: &Plan, seeds: &Seeds, opened: &[Layer], gathered: &mut Gathered) {
    let tables = plan.file.carbon.iter();
    let by_methods = tables.filter(|table| table.class_density.is_none()).count() > 0;
    if gathered.findings.is_empty() || !by_methods {
        return;
    }
    gathered.rests_on(plan, &["boundary", "land-cover", "layer"]);
    let choices = choices(plan, opened, &mut gathered.findings);
    // Of maps with the same year one is of another, and that was told.
    let dates = plan.file.years().len().max(plan.file.land_cover.len());
    let found = account::clashes(&choices, seeds, dates);
    gathered.findings.extend(found);
}

/// A change of management, as the plan gives it.
pub(super) fn managed(table: &ManagedTable) -> Managed {
    Managed {
        year: table.since,
        before: table.before.clone(),
    }
}

/// Where a plan chooses a method for an ecosystem, in messages.
pub(super) fn place_of(plan: &Plan, choice: &EcosystemTable) -> String {
    let file = plan.path.display();
    let place = format!("{file}, `[[carbon.ecosystem]]` {}", choice.ecosystem);
    place.trim_end().to_owned()
}

/// The keys of the plan, of the ecosystem, and the climate zone of either.
pub(super) fn keys(
    table: &CarbonTable,
    zone: Option<&String>,
    more: &BTreeMap<String, String>,
) -> BTreeMap<String, String> {
    let mut keys = table.keys.clone();
    keys.extend(more.clone());
    if let Some(zone) = zone.or(table.climate_zone.as_ref()) {
        keys.insert("climate-zone".to_owned(), zone.clone());
    }
    keys
}

pub(super) fn within(
    (plan, table): (&Plan, &WithinTable),
    layers: &[LayerFacts<'_>],
    place: &str,
    findings: &mut Vec<Finding>,
) -> Option<Within> {
    let found = layers.iter().find_map(|layer| match layer.content {
        LayerContent::Classes { place, legend } if layer.name == table.layer => {
            Some((place, legend))
        }
        _ => None,
    });
    let Some((at, legend)) = found else {
        // Why a legend that it names could not be read was told before.
        let mut declared = plan.file.layer.iter();
        if declared.any(|layer| layer.name == table.layer && layer.legend.is_some()) {
            return None;
        }
        let classes = layers
            .iter()
            .filter(|layer| matches!(layer.content, LayerContent::Classes { .. }));
        let known: Vec<&str> = classes.map(|layer| layer.name).collect();
        findings.push(Finding::error(
            place,
            format!("`within`: no layer of classes is named `{}`", table.layer),
            if known.is_empty() {
                "add a `[[layer]]` with a `legend`".to_owned()
            } else {
                format!("there are: {}", known.join(", "))
            },
        ));
        return None;
    };
    let unknown: Vec<String> = table
        .classes
        .iter()
        .filter(|code| legend.class(**code).is_none())
        .map(ToString::to_string)
        .collect();
    if !unknown.is_empty() {
        findings.push(Finding::error(
            place,
            format!(
                "`within`: the legend of `{}` has no class {}",
                table.layer,
                unknown.join(", ")
            ),
            "give codes of the legend",
        ));
        return None;
    }
    let names: Vec<String> = table
        .classes
        .iter()
        .filter_map(|code| legend.class(*code))
        .map(|class| class.name.clone())
        .collect();
    Some(Within {
        place: at,
        codes: table.classes.iter().copied().collect(),
        words: format!("{} of layer {}", names.join(", "), table.layer),
    })
}

pub(super) fn stock(
    choice: &EcosystemTable,
    place: &str,
    findings: &mut Vec<Finding>,
) -> Option<LayerStock> {
    let layer = choice.layer.clone()?;
    let pool = match choice.holds.as_deref() {
        None => None,
        Some(word) => match word.parse::<Pool>() {
            Ok(pool) => Some(pool),
            Err(error) => {
                findings.push(Finding::error(
                    place,
                    error.to_string(),
                    "`holds` is a pool; `biomass` is above ground and roots together",
                ));
                None
            }
        },
    };
    Some(LayerStock {
        layer,
        pool,
        depth_cm: choice.depth_cm,
        from_cm: choice.from_cm,
        carbon_fraction: choice.carbon_fraction.clone(),
        roots: choice.roots.clone(),
        se_pct: choice.se_pct,
    })
}

/// The layers of values.
pub(in crate::pipeline) fn value_layers(prepared: &Prepared) -> Vec<ValueLayer<'_>> {
    values(&prepared.layers)
}

pub(super) fn values(layers: &[Layer]) -> Vec<ValueLayer<'_>> {
    facts(layers)
        .into_iter()
        .filter_map(|layer| match layer.content {
            LayerContent::Values { place, unit } => Some(ValueLayer {
                name: layer.name,
                unit,
                place,
            }),
            LayerContent::Classes { .. } => None,
        })
        .collect()
}

/// Lays the user's parameters over those of the seeds.
pub(super) fn override_parameters(plan: &Plan, seeds: &mut Seeds, gathered: &mut Gathered) {
    let tables = plan
        .file
        .carbon
        .iter()
        .flat_map(|carbon| &carbon.parameters);
    for table in tables {
        let path = plan.resolve(table);
        let place = path.display().to_string();
        match text_of(&path) {
            Ok(text) => match seeds.override_parameters(&text, &place) {
                Ok(done) => {
                    gathered.warnings.extend(done.warnings);
                    if !done.replaced.is_empty() {
                        gathered.warnings.push(Finding::warning(
                            place,
                            format!("takes the place of the seeds: {}", done.replaced.join(", ")),
                            "tables/parameters.csv marks what rests on it as `user`",
                        ));
                    }
                }
                Err(problems) => gathered.findings.extend(problems),
            },
            Err(finding) => gathered.findings.push(finding),
        }
        gathered.inputs.push(path);
    }
}

/// The densities by class of the plan.
pub(super) fn class_densities(plan: &Plan, gathered: &mut Gathered) -> Option<ClassDensities> {
    let table = plan.file.carbon.as_ref()?.class_density.as_ref()?;
    let path = plan.resolve(&table.path);
    gathered.inputs.push(path.clone());
    let densities = text_of(&path)
        .map_err(|finding| vec![finding])
        .and_then(|text| {
            let name = path.file_name().unwrap_or_default().to_string_lossy();
            ClassDensities::from_csv(&text, &name, table.soil_depth_cm)
        });
    densities
        .map_err(|problems| gathered.findings.extend(problems))
        .ok()
}

/// The areas of forest by age class of the plan.
pub(super) fn age_classes(
    plan: &Plan,
    regions: Option<&[Place]>,
    gathered: &mut Gathered,
) -> Option<AgedForest> {
    let table = plan.file.carbon.as_ref()?.age_classes.as_ref()?;
    let path = plan.resolve(&table.path);
    gathered.inputs.push(path.clone());
    let read = |text: String| {
        let ids = known_ids(regions, &text);
        let ids: Vec<(&str, Hectares)> =
            ids.iter().map(|(id, area)| (id.as_str(), *area)).collect();
        AgedForest::from_csv(&text, &path.display().to_string(), table.year, &ids)
    };
    text_of(&path)
        .map_err(|finding| vec![finding])
        .and_then(read)
        .map_err(|problems| gathered.findings.extend(problems))
        .ok()
}

/// The targets of the user's own.
pub(super) fn own_targets(plan: &Plan, gathered: &mut Gathered) -> Option<Policy> {
    let path = plan.resolve(plan.file.targets.as_ref()?.path.as_ref()?);
    gathered.inputs.push(path.clone());
    let id = path.file_stem().unwrap_or_default().to_string_lossy();
    text_of(&path)
        .map_err(|finding| vec![finding])
        .and_then(|text| Policy::read(&id, &text, &path.display().to_string()))
        .map_err(|problems| gathered.findings.extend(problems))
        .ok()
        .map(|(policy, problems)| {
            if policy.lines.is_empty() && problems.is_empty() {
                gathered.findings.push(Finding::error(
                    path.display().to_string(),
                    "the table of targets has no row",
                    "give it rows of year, indicator, comparison, value and unit, or leave `[targets] path` out",
                ));
            }
            gathered.findings.extend(problems);
            policy
        })
}

/// The text of a table.
pub(super) fn text_of(path: &Path) -> Result<String, Finding> {
    input::text_of(path).map_err(|error| {
        Finding::error(
            path.display().to_string(),
            format!("the table cannot be read: {error}"),
            "check the path in the plan, and save the table as CSV in UTF-8",
        )
    })
}

//! What a plan allows to compute, and what is missing for the rest.

use std::collections::BTreeSet;

use super::open::{BoundaryPlace, Prepared, Reference};
use crate::account::Accounts;
use crate::finding::counted;
use crate::input::Inventory;
use crate::plan::Plan;

/// Results that a run gives, and those that it does not with what is missing.
///
/// What of carbon comes out is told from the accounts themselves: methods differ in what they give.
pub(super) fn capability(
    plan: &Plan,
    prepared: &Prepared,
    accounts: &Accounts,
) -> (Vec<String>, Vec<(String, String)>) {
    let mut gives = Vec::new();
    let mut lacks: Vec<(String, String)> = Vec::new();
    let mut tell = |what: &str, has: Option<String>, missing: &str| match has {
        Some(detail) => gives.push(format!("{what}: {detail}")),
        None => lacks.push((what.to_owned(), missing.to_owned())),
    };
    let maps = prepared.maps.as_ref();
    let years = maps.map(|maps| maps.years.clone()).unwrap_or_default();
    let span = years
        .iter()
        .map(ToString::to_string)
        .collect::<Vec<_>>()
        .join(", ");
    tell(
        "forest coverage and class areas",
        (!years.is_empty()).then(|| format!("maps of {span}")),
        "a `[[land-cover]]` map",
    );
    tell(
        "land-cover transitions",
        changes(prepared),
        "a second `[[land-cover]]` map",
    );
    tell(
        "areas of ecosystem boundaries",
        (!prepared.boundaries.is_empty()).then(|| {
            let boundaries = prepared.boundaries.iter();
            let names: Vec<String> = boundaries.map(BoundaryPlace::label).collect();
            names.join(", ")
        }),
        "a `[[boundary]]`",
    );
    tell(
        "sums and classes of further layers",
        super::open::told_of_layers(&prepared.layers),
        "a `[[layer]]`",
    );
    tell(
        "accuracy of the map",
        prepared.reference.as_ref().map(reference_points),
        "`[accuracy]` with a reference sample",
    );
    let inventories = &prepared.inventories;
    let sampled = sampled(inventories);
    let from_sample = |has: bool| has.then(|| sampled.clone());
    tell(
        "forest area from the sample",
        from_sample(inventories.iter().any(|i| i.forest.is_some())),
        "`[inventory]` with `forest-share`",
    );
    tell(
        "stock volume",
        from_sample(inventories.iter().any(|i| i.volume.is_some())).or_else(|| of_stands(prepared)),
        "`[inventory]` with `volume`, of plots or of a stand register",
    );
    tell(
        "growth, mortality and cut",
        visited_twice(inventories),
        "trees visited twice, with `tree` and `status`, or the tables of growth of the FIA database",
    );
    let stocks = accounts.carbon.iter();
    tell(
        "carbon stock",
        by_methods(stocks.filter_map(|row| row.carbon.is_some().then_some(row.method.as_str()))),
        "`[carbon]` with a method (`terrasink methods` lists them) or `class-density`",
    );
    let removals = accounts.sequestration.iter();
    tell(
        "carbon sequestration",
        by_methods(removals.filter_map(|row| {
            (row.counted && row.removal.is_some()).then_some(row.method.as_str())
        })),
        "carbon at two dates (inventories with carbon pools, stand registers, or maps with \
         `class-density`), or a method with a yearly rate",
    );
    beside(plan, prepared, &mut tell);
    (gives, lacks)
}

/// What is given beside areas, stocks and removals.
fn beside(plan: &Plan, prepared: &Prepared, tell: &mut dyn FnMut(&str, Option<String>, &str)) {
    let (targets, value) = purposes(plan);
    tell(
        "policy targets",
        targets,
        "`[targets]` with `policy` or `path`",
    );
    tell(
        "value of the sink",
        value,
        "`[price]` with `tco2e` and `currency`",
    );
    let (fires, wood) = apart(plan);
    let soil = prepared.listed.soil.as_ref();
    tell(
        "soil carbon from samples",
        soil.map(|survey| format!("{} profiles", survey.profiles.len())),
        "`[soil-samples]` with layers of profiles",
    );
    tell(
        "gases of fires",
        fires,
        "`[[fire]]` with burnt land and its fuel",
    );
    tell(
        "carbon in products of wood",
        wood,
        "`[harvested-wood]` with production by year",
    );
    tell(
        "effect of restoration",
        super::open::told_of_restorations(plan, prepared),
        "`[[restoration]]` with treated and control polygons",
    );
}

/// The dates that transitions are given between.
fn changes(prepared: &Prepared) -> Option<String> {
    let dates: Vec<String> = prepared.dates.iter().map(ToString::to_string).collect();
    let of = if prepared.maps.is_some() {
        "maps"
    } else {
        "boundaries"
    };
    (dates.len() > 1).then(|| format!("between the {of} of {}", dates.join(", ")))
}

/// The reference sample, in words.
fn reference_points(reference: &Reference) -> String {
    let points: u64 = reference.points.iter().map(|point| point.points).sum();
    format!("{points} reference points of the map of {}", reference.year)
}

/// The plots of all inventories, in words.
fn sampled(inventories: &[Inventory]) -> String {
    let sampled = inventories.iter().map(|i| {
        format!(
            "{} of {}",
            counted(i.frame.plots.len(), "plot", "plots"),
            i.year
        )
    });
    sampled.collect::<Vec<_>>().join(", ")
}

/// The plots that were visited twice, in words; `None` where there are none.
fn visited_twice(inventories: &[Inventory]) -> Option<String> {
    let growths = inventories.iter().filter_map(|i| i.growth.as_deref());
    let twice = growths.map(|growth| {
        let sample = &growth.remeasured;
        let plots = sample.frame.plots.len();
        let plots = counted(plots, "plot", "plots");
        format!("{plots} visited twice, to {}", sample.year)
    });
    Some(twice.collect::<Vec<_>>().join(", ")).filter(|words| !words.is_empty())
}

/// The methods that gave rows, each once; `None` where there are none.
fn by_methods<'a>(methods: impl Iterator<Item = &'a str>) -> Option<String> {
    let methods: BTreeSet<&str> = methods.collect();
    let all: Vec<&str> = methods.into_iter().collect();
    (!all.is_empty()).then(|| format!("by {}", all.join(", ")))
}

/// What the results are held against, and at what price they are valued.
fn purposes(plan: &Plan) -> (Option<String>, Option<String>) {
    let targets = plan.file.targets.as_ref().map(|targets| {
        let own = targets.path.as_ref().map(|path| path.display().to_string());
        let all: Vec<String> = targets.policy.clone().into_iter().chain(own).collect();
        all.join(", ")
    });
    let value = plan.file.price.as_ref();
    (
        targets,
        value.map(|price| format!("at {} {} a t CO2e", price.tco2e, price.currency)),
    )
}

/// What is accounted apart from the pools of ecosystems: fires, and products of wood.
fn apart(plan: &Plan) -> (Option<String>, Option<String>) {
    let fires: Vec<&str> = plan
        .file
        .fire
        .iter()
        .map(|fire| fire.name.as_str())
        .collect();
    let wood = plan.file.harvested_wood.as_ref();
    (
        (!fires.is_empty()).then(|| fires.join(", ")),
        wood.map(|table| table.path.display().to_string()),
    )
}

/// The registers with a volume, in words.
fn of_stands(prepared: &Prepared) -> Option<String> {
    let registers: Vec<String> = prepared
        .stands
        .iter()
        .filter(|placed| placed.register.has_volume)
        .map(|placed| {
            let register = &placed.register;
            format!(
                "register of {} of {}",
                counted(register.stands.len(), "stand", "stands"),
                register.year
            )
        })
        .collect();
    (!registers.is_empty()).then(|| registers.join(", "))
}

//! Rows of the table of the strata.

use std::collections::BTreeMap;

use super::map_weights::Weighed;
use crate::account::StratumRow;
use crate::estimate::EstimationUnit;
use crate::input::Inventory;
use crate::units::Hectares;

/// The strata of all inventories, in the order of their years.
pub(super) fn strata_rows(inventories: &[Inventory], weighed: Option<&Weighed>) -> Vec<StratumRow> {
    let mut rows = Vec::new();
    for inventory in inventories {
        let frame = &inventory.frame;
        let mut plots: BTreeMap<(Option<&str>, &str), usize> = BTreeMap::new();
        for plot in &frame.plots {
            let of = (plot.unit.as_deref(), plot.stratum.as_str());
            *plots.entry(of).or_default() += 1;
        }
        let joined = weighed.and_then(|weighed| weighed.joined.get(&inventory.year));
        for unit in &frame.units {
            let shares = unit.shares().unwrap_or_default();
            for (stratum, weight) in unit.strata.iter().zip(shares) {
                // Plots need not name the unit where no two units share names of strata.
                let of = |unit: Option<&str>| plots.get(&(unit, stratum.id.as_str())).copied();
                let found = of(Some(&unit.id)).or(of(None)).unwrap_or(0);
                let others = joined.and_then(|all| all.get(&(unit.id.clone(), stratum.id.clone())));
                rows.push(StratumRow {
                    year: inventory.year,
                    unit: unit.id.clone(),
                    unit_area: unit.area,
                    stratum: stratum.id.clone(),
                    weight,
                    plots: found,
                    note: others.map_or_else(String::new, |others| with(unit, others)),
                });
            }
        }
    }
    rows
}

/// Which strata of the map count as this one.
fn with(unit: &EstimationUnit, others: &[(String, Hectares)]) -> String {
    let all = others.iter().map(|(stratum, area)| {
        let share = 100.0 * (*area / unit.area);
        format!("{stratum} ({share:.3} % of the unit)")
    });
    let all: Vec<String> = all.collect();
    format!(
        "with classes that hold fewer than two plots: {}",
        all.join(", ")
    )
}

//! Transitions in carbon by class: what land that went from one class of a table of densities to
//! another holds before and after.

use std::collections::BTreeSet;

use crate::account::carbon_account::CarbonAccount;
use crate::account::density::ClassDensities;
use crate::account::land::AreaAccount;
use crate::account::quality::Quality;
use crate::account::tables::CarbonTransitionRow;
use crate::account::uncertainty::{Term, closed_form};
use crate::units::TonnesCarbon;

/// Adds the rows of classes by a table of densities.
pub(in crate::account) fn of_classes(
    account: &mut CarbonAccount,
    table: &ClassDensities,
    areas: &AreaAccount,
    (method, level): (&str, f64),
) {
    let pools = table.pools();
    for row in &areas.transitions {
        // Where a map has no value there is no stock to compare.
        let (Ok(from), Ok(to)) = (row.from_code.parse::<i64>(), row.to_code.parse::<i64>()) else {
            continue;
        };
        for pool in &pools {
            let stock = |class: i64| {
                table
                    .density(class, *pool)
                    .map(|density| density * row.area)
            };
            let (before, after) = (stock(from), stock(to));
            let rows = [(-1.0, table.row(from, *pool)), (1.0, table.row(to, *pool))];
            let terms = rows.iter().filter_map(|(sign, density)| {
                let density = (*density)?;
                Some(Term {
                    coefficient: sign * row.area.value(),
                    inputs: vec![account.trace.parameter(density, density.value?)],
                })
            });
            let terms: Vec<Term> = terms.collect();
            let closed = closed_form(&terms, account.trace.inputs());
            let change = before
                .and(after)
                .map(|_| closed.figure(level, TonnesCarbon::new));
            let ids: BTreeSet<String> = rows
                .iter()
                .filter_map(|(_, density)| Some((*density)?.row_id()))
                .collect();
            account.transitions.push(CarbonTransitionRow {
                region_id: row.region_id.clone(),
                from_year: row.from_year,
                to_year: row.to_year,
                from_code: row.from_code.clone(),
                to_code: row.to_code.clone(),
                pool: pool.id().to_owned(),
                soil_depth_cm: table.soil_depth_cm(*pool),
                area: row.area,
                from_stock: before,
                to_stock: after,
                change,
                over: None,
                method: method.to_owned(),
                parameters: ids.into_iter().collect(),
                quality: if change.is_some() {
                    Quality::UserParameter
                } else {
                    Quality::Missing
                }
                .id()
                .to_owned(),
                note: match change {
                    None => format!("{} has no density of this pool for a class", table.place),
                    Some(change) if change.standard_error.is_none() => {
                        "no spread: the table of densities has none".to_owned()
                    }
                    Some(_) => String::new(),
                },
            });
        }
    }
}

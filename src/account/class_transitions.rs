//! Transitions in carbon by class: what land that went from one class of a table of densities to
//! another holds before and after.

use super::areas::AreaAccount;
use super::carbon::{CarbonAccount, Quality};
use super::carbon_transitions::CarbonTransitionRow;
use super::class_density::ClassDensities;
use super::tables::Figure;

/// Adds the rows of classes by a table of densities.
pub(super) fn of_classes(
    account: &mut CarbonAccount,
    table: &ClassDensities,
    areas: &AreaAccount,
    method: &str,
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
            let change = before.zip(after).map(|(before, after)| Figure {
                value: after - before,
                standard_error: None,
                interval: None,
            });
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
                parameters: vec![table.place.clone()],
                quality: if change.is_some() {
                    Quality::UserParameter
                } else {
                    Quality::Missing
                }
                .id()
                .to_owned(),
                note: if change.is_some() {
                    String::new()
                } else {
                    "a class has no density for this pool".to_owned()
                },
            });
        }
    }
}

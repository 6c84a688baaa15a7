//! Stocks that the headline leaves out because their soil goes to another depth than the one counted:
//! named, with area and carbon, for else a whole ecosystem is missing without a word.

use std::collections::BTreeMap;

use crate::account::carbon_account::{CarbonAccount, UncountedSoil};
use crate::account::ecosystem::Ecosystem;
use crate::account::pool::Pool;
use crate::account::tables::TOTAL;
use crate::finding::Finding;
use crate::units::{Hectares, TonnesCarbon};

/// A warning for each ecosystem and pool that is not counted because of the depth of its soil.
pub(in crate::account) fn tell(account: &mut CarbonAccount) {
    let mut told: BTreeMap<(Ecosystem, Pool, &str), (Hectares, TonnesCarbon, &UncountedSoil)> =
        BTreeMap::new();
    let of_regions = account
        .uncounted
        .iter()
        .filter(|one| one.region_id != TOTAL);
    for one in of_regions {
        let key = (one.ecosystem, one.pool, one.soil.as_str());
        let none = (Hectares::ZERO, TonnesCarbon::ZERO, one);
        let sum = told.entry(key).or_insert(none);
        sum.0 += one.area;
        sum.1 += one.carbon;
    }
    let warnings = told.into_values().map(|(area, carbon, one)| {
        Finding::warning(
            format!("carbon, ecosystem {}", one.ecosystem),
            format!(
                "not in the carbon stock: {}, {:.4} t C on {:.4} ha, for the stock counts soil to {} cm",
                one.holds(),
                carbon.value(),
                area.value(),
                one.counted_cm
            ),
            format!(
                "choose a method with soil to {} cm for it, or the depth that counts by `[carbon] soil-depth-cm` (soil of plots has its own)",
                one.counted_cm
            ),
        )
    });
    let warnings: Vec<Finding> = warnings.collect();
    account.warnings.extend(warnings);
}

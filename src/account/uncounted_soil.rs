//! Stocks that the headline leaves out because their soil goes to another depth than the one counted:
//! named, with area and carbon, for else a whole ecosystem is missing without a word.

use std::collections::BTreeMap;

use super::carbon::CarbonAccount;
use super::ecosystem::Ecosystem;
use super::pool::Pool;
use super::tables::TOTAL;
use crate::finding::Finding;
use crate::units::{Hectares, TonnesCarbon};

/// A stock of a region that is not counted because of the depth of its soil.
#[derive(Debug, Clone, PartialEq)]
pub struct UncountedSoil {
    /// Region, or [`TOTAL`].
    pub region_id: String,
    /// Whose stock it is.
    pub ecosystem: Ecosystem,
    /// The pool; of `all` the biomass in it is not counted either.
    pub pool: Pool,
    /// Its soil, such as `to 100 cm` or `from 100 to 200 cm`.
    pub soil: String,
    /// Depth of the soil that the headline counts, in centimetres.
    pub counted_cm: f64,
    /// Land with the stock.
    pub area: Hectares,
    /// The stock.
    pub carbon: TonnesCarbon,
}

impl UncountedSoil {
    /// What the pool holds, such as `soil to 100 cm` or `all pools with soil to 100 cm`.
    fn holds(&self) -> String {
        if self.pool == Pool::SoilOrganic {
            format!("soil {}", self.soil)
        } else {
            format!("pool `{}` with soil {}, biomass too", self.pool, self.soil)
        }
    }

    /// For the note of its row.
    pub(super) fn note(&self) -> String {
        let biomass = if self.pool == Pool::SoilOrganic {
            ""
        } else {
            ", and its biomass, which cannot be parted from it, is not counted either"
        };
        format!(
            "not counted: soil {} is not added to soil to {} cm{biomass}",
            self.soil, self.counted_cm
        )
    }

    /// For the notes of a region, such as `salt-marsh: soil to 100 cm, 29325.0000 t C on 115.0000 ha`.
    #[must_use]
    pub fn words(&self) -> String {
        format!(
            "{}: {}, {:.4} t C on {:.4} ha",
            self.ecosystem,
            self.holds(),
            self.carbon.value(),
            self.area.value()
        )
    }
}

/// A warning for each ecosystem and pool that is not counted because of the depth of its soil.
pub(super) fn tell(account: &mut CarbonAccount) {
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

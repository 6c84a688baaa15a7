//! Methods that a table of the plan asks for by being there, such as `[[fire]]`: no entry of
//! `[[carbon.ecosystem]]` names them, and output tables and `terrasink methods` do.

use std::collections::BTreeMap;

use super::method_description::{MethodDescription, PoolDescription};
use super::seeds::Seeds;
use crate::account::ecosystem::Ecosystem;
use crate::account::pool::Pool;
use crate::finding::Finding;

/// A method whose formula and pools are those of a table of the plan.
struct TableMethod {
    id: &'static str,
    title: &'static str,
    approach: &'static str,
    formula: &'static str,
    /// What it is for: the ecosystems, or all of the map.
    holds: fn(Ecosystem) -> bool,
    /// Its pools, each with the arithmetic in words.
    pools: &'static [(&'static str, &'static str)],
    /// Ids of its parameters in the seeds.
    parameters: &'static [&'static str],
    source: &'static str,
    notes: &'static [&'static str],
}

const fn none(_: Ecosystem) -> bool {
    false
}

const TABLE_METHODS: [TableMethod; 5] = [
    TableMethod {
        id: "class-density",
        title: "Carbon stock by densities of your own for each class of the map, and its change between maps",
        approach: "class-density",
        formula: "stock [t C] = sum over classes of area [ha] * density of the class and pool [t C/ha]; removal \
                  [t CO2e/yr] = (stock of the later map - stock of the earlier) / years * 44/12",
        holds: Ecosystem::holds_carbon,
        pools: &[
            (Pool::AboveGround.id(), "area * c_above"),
            (Pool::BelowGround.id(), "area * c_below"),
            (Pool::DeadWood.id(), "area * c_dead"),
            (Pool::SoilOrganic.id(), "area * c_soil"),
        ],
        parameters: &[],
        source: "InVEST carbon storage and sequestration model, user's guide; IPCC 2006 Guidelines, \
                 Volume 4, ch. 2, eq. 2.5",
        notes: &[
            "asked for by `[carbon] class-density`; the densities are yours, and their standard errors (`c_above_se` ...) give the spread",
        ],
    },
    TableMethod {
        id: "fire-ipcc2006",
        title: "Carbon dioxide, methane and nitrous oxide of burnt land",
        approach: "fire",
        formula: "flux [t CO2e/yr] = - burnt area [ha] * fuel [t d.m./ha] * combustion factor * emission \
                  factor [g/kg d.m.] / 1000 * warming effect over 100 years",
        holds: Ecosystem::holds_carbon,
        pools: &[(
            "fire-co2, fire-ch4, fire-n2o",
            "burnt area * fuel * combustion factor * emission factor * warming effect",
        )],
        parameters: &[
            "fire-combustion-factor",
            "fire-emission-factor",
            "gwp100-ch4-ar5",
            "gwp100-n2o-ar5",
        ],
        source: "IPCC 2006 Guidelines, Volume 4, ch. 2, eq. 2.27",
        notes: &[
            "asked for by `[[fire]]`; the headline counts methane and nitrous oxide, and carbon dioxide beside a gain by rates; beside a difference of stocks, which holds it, and of herbs, which grow back, carbon dioxide stands apart",
        ],
    },
    TableMethod {
        id: "harvested-wood",
        title: "Carbon in products of harvested wood by first-order decay",
        approach: "first-order-decay",
        formula: "stock of the next year [t C] = e^-k * stock [t C] + (1 - e^-k) / k * inflow [t C/yr], with k = \
                  ln 2 / half-life [yr]; change [t CO2e/yr] = (stock of the next year - stock) * 44/12",
        holds: none,
        pools: &[(
            Pool::HarvestedWood.id(),
            "production * wood-carbon-factor, decayed by wood-half-life",
        )],
        parameters: &["wood-half-life", "wood-carbon-factor"],
        source: "IPCC 2006 Guidelines, Volume 4, ch. 12, eq. 12.1; start of a series by the 2019 Refinement, ch. 12",
        notes: &["asked for by `[harvested-wood]`; apart from the pools of the forest"],
    },
    TableMethod {
        id: "soil-samples",
        title: "Soil carbon from layers of sampled profiles, and its change at equal soil mass",
        approach: "soil-samples",
        formula: "stock of a profile [t C/ha] = sum over layers of carbon content * fine earth [t/ha]; the stock \
                  at a reference mass is read from the cumulative curve of the profile; means and totals by \
                  the variance between sites, in strata by area",
        holds: none,
        pools: &[(Pool::SoilOrganic.id(), "mean of the profiles * area")],
        parameters: &[],
        source: "IPCC 2006 Guidelines, Volume 4, ch. 2, section 2.3.3.1; Ellert and Bettany 1995, Canadian \
                 Journal of Soil Science 75:529-538; strata by Cochran 1977, sections 5.3 and 5.4",
        notes: &["asked for by `[soil-samples]`; apart from the headline"],
    },
    TableMethod {
        id: "before-after-control-impact",
        title: "Effect of a restoration: what treated sites gained beyond control sites",
        approach: "before-after-control-impact",
        formula: "effect = (treated after - treated before) - (control after - control before), with the variance \
                  between sites and Welch's degrees of freedom",
        holds: none,
        pools: &[],
        parameters: &[],
        source: "Stewart-Oaten, Murdoch and Parker 1986, Ecology 67:929-940; Welch 1947, Biometrika 34:28-35",
        notes: &["asked for by `[[restoration]]`"],
    },
];

impl TableMethod {
    fn description(&self, seeds: &Seeds) -> MethodDescription {
        let rows = self.parameters.iter();
        let rows = rows.flat_map(|id| seeds.parameters().of(id));
        let parameters: Vec<_> = rows.map(|row| seeds.describe_parameter(row)).collect();
        let ecosystems = Ecosystem::ALL.iter().filter(|one| (self.holds)(**one));
        let pools = self.pools.iter().enumerate();
        MethodDescription {
            id: self.id.to_owned(),
            title: self.title.to_owned(),
            approach: self.approach.to_owned(),
            formula: self.formula.to_owned(),
            ecosystems: ecosystems.map(ToString::to_string).collect(),
            keys: BTreeMap::new(),
            pools: pools
                .map(|(at, (pool, arithmetic))| PoolDescription {
                    pool: (*pool).to_owned(),
                    depth_cm: None,
                    arithmetic: (*arithmetic).to_owned(),
                    parameters: if at == 0 {
                        parameters.clone()
                    } else {
                        Vec::new()
                    },
                })
                .collect(),
            source: self.source.to_owned(),
            notes: self.notes.iter().map(|note| (*note).to_owned()).collect(),
        }
    }
}

impl Seeds {
    /// Every method laid out for a reader: those that entries of the plan choose, by id, then those that a
    /// table of the plan asks for.
    #[must_use]
    pub fn described(&self) -> Vec<MethodDescription> {
        let chosen = self.methods();
        let chosen = chosen.map(|method| self.describe(method, &BTreeMap::new()));
        let of_tables = TABLE_METHODS.iter().map(|method| method.description(self));
        chosen.chain(of_tables).collect()
    }

    /// The method of an id laid out for a reader.
    ///
    /// # Errors
    ///
    /// A finding with the nearest id and all ids of methods that entries choose.
    pub fn description(&self, id: &str) -> Result<MethodDescription, Finding> {
        if let Some(method) = TABLE_METHODS.iter().find(|method| method.id == id) {
            return Ok(method.description(self));
        }
        let method = self.method(id)?;
        Ok(self.describe(method, &BTreeMap::new()))
    }
}

/// Method id of all effects.
pub(in crate::account) const EFFECT: &str = "before-after-control-impact";

/// Method id of fires.
pub(in crate::account) const FIRE_METHOD: &str = "fire-ipcc2006";

/// Approach id of fires.
pub const FIRE: &str = "fire";

/// Method id of carbon by class.
pub(in crate::account) const CLASS_DENSITY: &str = "class-density";

pub(in crate::account) const HARVESTED_WOOD: &str = "harvested-wood";

#[cfg(test)]
mod tests {
    use super::*;

    /// Every word that output tables name as a method has title, formula and source.
    #[test]
    fn methods_that_tables_name_are_known() {
        let seeds = Seeds::embedded();
        for id in [
            CLASS_DENSITY,
            FIRE_METHOD,
            EFFECT,
            HARVESTED_WOOD,
            "soil-samples",
            "china-density",
        ] {
            let told = seeds.description(id).unwrap();
            for text in [&told.title, &told.formula, &told.source] {
                assert!(!text.is_empty(), "{id}");
            }
            assert!(seeds.described().iter().any(|one| one.id == id), "{id}");
        }
        let fire = seeds.description("fire-ipcc2006").unwrap();
        assert!(fire.pools[0].parameters.len() > 10);
        assert!(seeds.description("fire-ipcc2007").is_err());
        // Factors of coast are of methane, those of peat of its carbon.
        let formula = |id: &str| seeds.description(id).unwrap().formula;
        assert!(!formula("mangrove-rewetted-methane-ipcc2013").contains("16/12"));
        assert!(formula("peatland-rewetted-methane-ipcc2013").contains("16/12"));
    }
}

//! The carbon pools of an ecosystem.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use super::ecosystem::UnknownName;

/// A store of carbon within an ecosystem.
///
/// # Source
///
/// IPCC 2006 Guidelines, Volume 4, Chapter 1, Table 1.1; the understory is kept apart because
/// inventories estimate it apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Pool {
    /// Living biomass above the soil.
    AboveGround,
    /// Living roots.
    BelowGround,
    /// Living shrubs, herbs and saplings under the trees.
    Understory,
    /// Dead wood, standing and lying.
    DeadWood,
    /// Litter and duff.
    Litter,
    /// Organic carbon of the soil, to a stated depth.
    SoilOrganic,
    /// Carbon in products of harvested wood.
    HarvestedWood,
    /// Carbon that weathering of rock binds in water; a flux, never a stock.
    Weathering,
    /// Methane that a soil gives off; a flux, never a stock.
    Methane,
    /// Living biomass, roots included, where a source gives only the sum.
    Biomass,
    /// All pools together, soil included, where a source gives only their sum.
    All,
}

impl Pool {
    /// All pools, in the order of tables.
    pub const ALL: [Self; 11] = [
        Self::AboveGround,
        Self::BelowGround,
        Self::Understory,
        Self::DeadWood,
        Self::Litter,
        Self::SoilOrganic,
        Self::HarvestedWood,
        Self::Weathering,
        Self::Methane,
        Self::Biomass,
        Self::All,
    ];

    /// The name of its carbon in the table of the inventory, such as `above_ground_carbon`.
    #[must_use]
    pub fn attribute(self) -> String {
        format!("{}_carbon", self.id().replace('-', "_"))
    }

    /// The id in plans, seeds and tables.
    #[must_use]
    pub const fn id(self) -> &'static str {
        match self {
            Self::AboveGround => "above-ground",
            Self::BelowGround => "below-ground",
            Self::Understory => "understory",
            Self::DeadWood => "dead-wood",
            Self::Litter => "litter",
            Self::SoilOrganic => "soil-organic",
            Self::HarvestedWood => "harvested-wood",
            Self::Weathering => "weathering",
            Self::Methane => "methane",
            Self::Biomass => "biomass",
            Self::All => "all",
        }
    }

    /// The parameter by which its dry matter usually becomes carbon: litter has its own.
    #[must_use]
    pub(super) const fn usual_fraction(self) -> &'static str {
        match self {
            Self::Litter => "litter-carbon-fraction",
            _ => "biomass-carbon-fraction",
        }
    }

    /// The single pools that it is made of; of a single one, itself.
    #[must_use]
    pub const fn parts(self) -> &'static [Self] {
        match self {
            Self::AboveGround => &[Self::AboveGround],
            Self::BelowGround => &[Self::BelowGround],
            Self::Understory => &[Self::Understory],
            Self::DeadWood => &[Self::DeadWood],
            Self::Litter => &[Self::Litter],
            Self::SoilOrganic => &[Self::SoilOrganic],
            Self::HarvestedWood => &[Self::HarvestedWood],
            Self::Weathering => &[Self::Weathering],
            Self::Methane => &[Self::Methane],
            Self::Biomass => &[Self::AboveGround, Self::BelowGround],
            Self::All => &[
                Self::AboveGround,
                Self::BelowGround,
                Self::Understory,
                Self::DeadWood,
                Self::Litter,
                Self::SoilOrganic,
            ],
        }
    }
}

impl fmt::Display for Pool {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.id())
    }
}

impl FromStr for Pool {
    type Err = UnknownName;

    fn from_str(text: &str) -> Result<Self, UnknownName> {
        Self::ALL
            .iter()
            .copied()
            .find(|pool| pool.id() == text)
            .ok_or_else(|| UnknownName::new("pool", text, Self::ALL.iter().map(|p| p.id())))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_id_reads_back_as_its_pool() {
        for pool in Pool::ALL {
            assert_eq!(pool.id().parse(), Ok(pool));
        }
    }
}

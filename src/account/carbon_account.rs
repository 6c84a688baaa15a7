//! The carbon account of a run, as the methods write into it.

use std::collections::{BTreeMap, BTreeSet};

use super::ecosystem::Ecosystem;
use super::land::LeavingLand;
use super::pool::Pool;
use super::tables::{
    CarbonRow, CarbonTransitionRow, ParameterRow, SequestrationRow, StandCarbonRow, StandGrowthRow,
    merged,
};
use super::uncertainty::{Headline, Term, Trace};
use super::within::Within;
use crate::finding::Finding;
use crate::units::{Hectares, TonnesCarbon};

/// The carbon account of a run.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct CarbonAccount {
    /// Rows of `tables/carbon.csv`.
    pub carbon: Vec<CarbonRow>,
    /// Rows of `tables/sequestration.csv`.
    pub sequestration: Vec<SequestrationRow>,
    /// Rows of `tables/carbon_transitions.csv`.
    pub transitions: Vec<CarbonTransitionRow>,
    /// Rows of `tables/parameters.csv`.
    pub parameters: Vec<ParameterRow>,
    /// Rows of `tables/stand_carbon.csv`.
    pub stands: Vec<StandCarbonRow>,
    /// Rows of `tables/stand_growth.csv`.
    pub growth: Vec<StandGrowthRow>,
    /// How the headline figures are made: what [`uncertainty`](crate::account::uncertainty()) works from.
    pub trace: Trace,
    /// Ecosystems whose removal is a gain by growth, so that what they lose counts beside it.
    pub grown: BTreeSet<Ecosystem>,
    /// Ecosystems whose trees are in the difference of an inventory of another, with the ids of the regions that it has
    /// none of them in.
    pub in_difference: BTreeMap<Ecosystem, BTreeSet<String>>,
    /// Stocks that are not in the headline because of the depth of their soil.
    pub uncounted: Vec<UncountedSoil>,
    /// Headline figures that methods of the plan take from areas of the maps.
    pub by_area: BTreeSet<Headline>,
    /// Years of the first and the last date of the maps.
    pub dates: Option<(i32, i32)>,
    /// Converted land by region and ecosystem whose biomass a loss has.
    pub booked: BTreeMap<(String, Ecosystem), Hectares>,
    /// The land that a counted loss of a conversion has with all that stood there.
    pub lost: BTreeSet<LeavingLand>,
    /// How the counted stocks of layers and registers are made.
    pub(super) stock_terms: StockTerms,
    /// Ecosystems whose loss has no roots, as no stock of them is chosen.
    pub(super) rootless: BTreeSet<Ecosystem>,
    /// Regions that the change of all, or of one that holds them, leaves out between two inventories.
    pub(super) left_out: LeftOut,
    /// What the person must be told of the choices.
    pub warnings: Vec<Finding>,
}

impl CarbonAccount {
    /// Adds parameters that further accounts used.
    pub fn add_parameters(&mut self, rows: Vec<ParameterRow>) {
        self.parameters.extend(rows);
        self.parameters = merged(std::mem::take(&mut self.parameters));
    }
}

/// Regions that the change of a place between two inventories leaves out, and why, by the id of the place, the method
/// and its years.
pub(super) type LeftOut = BTreeMap<(String, String, (i32, i32)), Vec<(String, String)>>;

/// How counted stocks are made, by the classes that they are chosen for, and depth of soil in centimetres (its
/// bits).
pub(super) type StockTerms = BTreeMap<(Place, Option<Within>, Option<u64>), Vec<Term>>;

/// A pool of an ecosystem in a region.
pub(super) type Place = (String, Ecosystem, Pool);

/// A stock of a region that is not counted because of the depth of its soil.
#[derive(Debug, Clone, PartialEq)]
pub struct UncountedSoil {
    /// Region, or [`TOTAL`](crate::account::TOTAL).
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
    pub(super) fn holds(&self) -> String {
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

//! The plots of one inventory as they were read.

use std::collections::{BTreeMap, BTreeSet};

use super::growth::Growth;
use super::tree_sums::Trees;
use crate::account::Pool;
use crate::estimate::{Frame, Limits, Observations, Variable};
use crate::finding::{Finding, counted};
use crate::units::{CubicMetres, Hectares, TonnesCarbon, TonnesDryMatter};

/// Where a plot stands, apart from the sampling frame.
#[derive(Debug, Clone, PartialEq)]
pub struct PlotRecord {
    /// Row of the file, from 1.
    pub row: usize,
    /// Region as the table gives it.
    pub region: Option<String>,
    /// Parent region as the table gives it.
    pub parent: Option<String>,
    /// Position in the coordinate system that the plan names.
    pub point: Option<(f64, f64)>,
    /// Value of each column that makes domains; empty where the cell is.
    pub domains: Vec<String>,
}

/// The plots of one inventory.
#[derive(Debug, Clone, PartialEq)]
pub struct Inventory {
    /// Year that it stands for.
    pub year: i32,
    /// What was drawn from where.
    pub frame: Frame,
    /// One record a plot, in the order of the frame.
    pub records: Vec<PlotRecord>,
    /// Forest, hectares on one hectare.
    pub forest: Option<Observations<Hectares>>,
    /// Stem volume.
    pub volume: Option<Observations<CubicMetres>>,
    /// Dry matter above ground.
    pub above_ground_biomass: Option<Observations<TonnesDryMatter>>,
    /// Dry matter below ground.
    pub below_ground_biomass: Option<Observations<TonnesDryMatter>>,
    /// Carbon by pool.
    pub carbon: BTreeMap<Pool, Observations<TonnesCarbon>>,
    /// Carbon of all measured pools of a plot; of all pools where none is measured.
    pub all_carbon: Option<Observations<TonnesCarbon>>,
    /// Depth of the soil pool, in centimetres.
    pub soil_depth_cm: Option<f64>,
    /// Coordinate system of the plots, where their file says it and the plan does not.
    pub crs: Option<String>,
    /// What trees add up to, where the plan has trees.
    pub trees: Option<Trees>,
    /// What became of the trees of plots that were visited twice, where the data tell.
    pub growth: Option<Box<Growth>>,
}

impl Inventory {
    /// Plots of which nothing is known but their place in the sample.
    pub(in crate::input) fn of(year: i32, frame: Frame, records: Vec<PlotRecord>) -> Self {
        Self {
            year,
            frame,
            records,
            forest: None,
            volume: None,
            above_ground_biomass: None,
            below_ground_biomass: None,
            carbon: BTreeMap::new(),
            all_carbon: None,
            soil_depth_cm: None,
            crs: None,
            trees: None,
            growth: None,
        }
    }

    /// Pools of carbon that it measured: some plot has a value of them.
    #[must_use]
    pub fn measured(&self) -> BTreeSet<Pool> {
        let pools = self.carbon.iter();
        let pools = pools.filter(|(_, carbon)| carbon.missing().len() < carbon.plots());
        pools.map(|(pool, _)| *pool).collect()
    }

    /// Pools of trees that it has the biomass of and not the carbon, where it has that of others: its carbon is without
    /// them.
    #[must_use]
    pub fn without_carbon(&self) -> Vec<Pool> {
        let pools = [
            (Pool::AboveGround, &self.above_ground_biomass),
            (Pool::BelowGround, &self.below_ground_biomass),
        ];
        let lacks = |pool: &Pool| !self.carbon.is_empty() && !self.carbon.contains_key(pool);
        let lacking = pools
            .into_iter()
            .filter(|(pool, biomass)| lacks(pool) && biomass.is_some());
        lacking.map(|(pool, _)| pool).collect()
    }

    /// The sum of pools on each plot, missing where one of them is; `None` without any.
    #[must_use]
    pub fn sum_of(&self, pools: &BTreeSet<Pool>) -> Option<Observations<TonnesCarbon>> {
        let mut carbon = pools.iter().filter_map(|pool| self.carbon.get(pool));
        let first = carbon.next()?.clone();
        carbon.try_fold(first, |sum, pool| sum.plus(pool).ok())
    }

    /// Adds up the measured pools of each plot; all of them where none is measured.
    pub(super) fn add_up(&mut self) {
        let mut pools = self.measured();
        if pools.is_empty() {
            pools = self.carbon.keys().copied().collect();
        }
        self.all_carbon = self.sum_of(&pools);
    }

    /// Takes what trees add up to as what stands on the plots.
    pub(in crate::input) fn take_trees(&mut self, trees: Trees) {
        let all = &trees.all;
        self.volume = self.volume.take().or_else(|| all.volume.clone());
        let above = &all.above_ground_biomass;
        self.above_ground_biomass = self.above_ground_biomass.take().or_else(|| above.clone());
        let below = &all.below_ground_biomass;
        self.below_ground_biomass = self.below_ground_biomass.take().or_else(|| below.clone());
        for (pool, carbon) in &all.carbon {
            self.carbon.insert(*pool, carbon.clone());
        }
        self.add_up();
        self.trees = Some(trees);
    }

    /// Plots that contradict themselves, or hold more forest than there is land; `place` names one by
    /// position.
    pub(super) fn oddities(&self, place: &dyn Fn(usize) -> String) -> Vec<Finding> {
        let Some(forest) = &self.forest else {
            return Vec::new();
        };
        let share = |plot: usize| Some(forest.get(plot)?.on_one_hectare().value());
        let plots = 0..self.frame.plots.len();
        let stocked = |plot: &usize| {
            let volume = self.volume.as_ref().and_then(|volume| volume.get(*plot));
            let has_stock = volume.is_some_and(|volume| volume.on_one_hectare().value() > 0.0);
            share(*plot) == Some(0.0) && has_stock
        };
        let bare: Vec<usize> = plots.clone().filter(stocked).collect();
        // Strata that make up for parts of plots give shares above one; without strata nothing does.
        let overfull = |plot: &usize| share(*plot).is_some_and(|share| share > 1.0);
        let unadjusted = self.frame.design.may_have_one_stratum();
        let over: Vec<usize> = plots.filter(|plot| unadjusted && overfull(plot)).collect();
        let tell = |plots: Vec<usize>, what: &str, remedy: &str| {
            let first = *plots.first()?;
            let plots = counted(plots.len(), "plot has", "plots have");
            let what = format!("{plots} {what}, this one first");
            Some(Finding::warning(place(first), what, remedy))
        };
        [
            tell(
                bare,
                "a volume and no forest",
                "volume per hectare of forest takes it all the same: check `forest-share` and `volume` of the plots",
            ),
            tell(
                over,
                "a forest-share above 1",
                "a plot is forest as a whole at most: check the unit of `forest-share`",
            ),
        ]
        .into_iter()
        .flatten()
        .collect()
    }

    /// Its variables as columns to check.
    pub(in crate::input) fn variables(&self) -> Vec<Variable> {
        let mut variables = Vec::new();
        if let Some(forest) = &self.forest {
            variables.push(Variable::new("forest-share", forest, Limits::FOREST_SHARE));
        }
        if let Some(volume) = &self.volume {
            variables.push(Variable::new("volume", volume, Limits::VOLUME));
        }
        for (name, biomass) in [
            ("above-ground-biomass", &self.above_ground_biomass),
            ("below-ground-biomass", &self.below_ground_biomass),
        ] {
            if let Some(biomass) = biomass {
                variables.push(Variable::new(name, biomass, Limits::BIOMASS));
            }
        }
        for (pool, carbon) in &self.carbon {
            let limits = if *pool == Pool::SoilOrganic {
                Limits::SOIL_CARBON
            } else {
                Limits::CARBON
            };
            variables.push(Variable::new(key(*pool), carbon, limits));
        }
        variables.extend(self.trees.iter().flat_map(|trees| trees.all.variables()));
        variables
    }
}

/// The key of the plan that names the column of a pool.
fn key(pool: Pool) -> String {
    match pool {
        Pool::SoilOrganic => "soil-carbon".to_owned(),
        other => format!("{}-carbon", other.id()),
    }
}

//! What became of the trees of plots that were visited twice, as read.

use std::collections::BTreeMap;

use super::equations::TreeVariable;
use super::inventory::Inventory;
use crate::account::Pool;
use crate::estimate::{Components, EstimateError, Fate, Observations, VisitedTree};
use crate::units::{CubicMetres, Hectares, Quantity, Stems, TonnesCarbon, TonnesDryMatter, Years};

/// Components of change of one inventory.
#[derive(Debug, Clone, PartialEq)]
pub struct Growth {
    /// The plots that were visited twice; its forest is that at both visits.
    pub remeasured: Inventory,
    /// Year of the earlier inventory, where there is one.
    pub from_year: Option<i32>,
    /// All trees.
    pub all: GrowthSums,
    /// Those of each domain by column and value: of species, where they are told, and of columns of the
    /// land; a survivor is in that of the later visit.
    pub domains: BTreeMap<String, BTreeMap<String, GrowthSums>>,
    /// Land that was forest at both visits, by column and value of the domains of land.
    pub land: BTreeMap<String, BTreeMap<String, Observations<Hectares>>>,
    /// What must be known of the figures.
    pub words: String,
}

/// Components of change of trees, by what is told of them.
#[derive(Debug, Clone, PartialEq)]
pub struct GrowthSums {
    /// Number of trees; survivors neither gain nor lose.
    pub stems: Components<Stems>,
    /// Stem volume.
    pub volume: Option<Components<CubicMetres>>,
    /// Dry matter above ground.
    pub above_ground_biomass: Option<Components<TonnesDryMatter>>,
    /// Dry matter below ground.
    pub below_ground_biomass: Option<Components<TonnesDryMatter>>,
    /// Carbon by pool.
    pub carbon: BTreeMap<Pool, Components<TonnesCarbon>>,
}

/// What stands in a tree by variable, in cubic metres or tonnes; `None` where unknown.
pub(in crate::input) type Values = BTreeMap<TreeVariable, Option<f64>>;

/// A tree of a plot that was visited twice.
pub(in crate::input) struct Visited {
    pub(in crate::input) plot: usize,
    pub(in crate::input) years: f64,
    pub(in crate::input) fate: Fate,
    /// Its values of the columns that make domains, in their order; empty where it is in none.
    pub(in crate::input) domains: Vec<String>,
    /// Trees on one hectare, and what stands in one, at the earlier visit or when it was lost.
    pub(in crate::input) before: Option<(f64, Values)>,
    /// The same at the later visit.
    pub(in crate::input) after: Option<(f64, Values)>,
}

impl Growth {
    /// Sums trees to the plots that were visited twice.
    pub(in crate::input) fn of(
        remeasured: Inventory,
        from_year: Option<i32>,
        given: &[TreeVariable],
        (columns, trees): (&[&str], &[Visited]),
        words: String,
    ) -> Result<Self, EstimateError> {
        let plots = remeasured.frame.plots.len();
        let mut domains = BTreeMap::new();
        for (at, column) in columns.iter().enumerate() {
            let mut of_values: BTreeMap<&str, Vec<&Visited>> = BTreeMap::new();
            for tree in trees.iter().filter(|tree| !tree.domains[at].is_empty()) {
                of_values.entry(&tree.domains[at]).or_default().push(tree);
            }
            let sums = of_values.into_iter().map(|(value, trees)| {
                let sums = GrowthSums::of(plots, given, &trees)?;
                Ok((value.to_owned(), sums))
            });
            let sums: BTreeMap<String, GrowthSums> = sums.collect::<Result<_, EstimateError>>()?;
            if !sums.is_empty() {
                domains.insert((*column).to_owned(), sums);
            }
        }
        let every: Vec<&Visited> = trees.iter().collect();
        Ok(Self {
            all: GrowthSums::of(plots, given, &every)?,
            domains,
            land: BTreeMap::new(),
            remeasured,
            from_year,
            words,
        })
    }
}

impl GrowthSums {
    fn of(plots: usize, given: &[TreeVariable], trees: &[&Visited]) -> Result<Self, EstimateError> {
        fn summed<Q: Quantity>(
            plots: usize,
            trees: &[&Visited],
            value: impl Fn(&Values) -> Option<f64>,
        ) -> Result<Components<Q>, EstimateError> {
            let on_one_hectare = |state: &Option<(f64, Values)>| {
                let (trees, values) = state.as_ref()?;
                Some(Q::new(trees * value(values)?))
            };
            Components::new(
                plots,
                trees.iter().map(|tree| VisitedTree {
                    plot: tree.plot,
                    years: Years::new(tree.years),
                    fate: tree.fate,
                    before: on_one_hectare(&tree.before),
                    after: on_one_hectare(&tree.after),
                }),
            )
        }
        fn of_variable<Q: Quantity>(
            plots: usize,
            trees: &[&Visited],
            given: &[TreeVariable],
            variable: TreeVariable,
        ) -> Result<Option<Components<Q>>, EstimateError> {
            let value = |values: &Values| values.get(&variable).copied().flatten();
            let sums = || summed(plots, trees, value);
            given.contains(&variable).then(sums).transpose()
        }
        let mut carbon = BTreeMap::new();
        for (pool, variable) in [
            (Pool::AboveGround, TreeVariable::AboveGroundCarbon),
            (Pool::BelowGround, TreeVariable::BelowGroundCarbon),
        ] {
            if let Some(components) = of_variable(plots, trees, given, variable)? {
                carbon.insert(pool, components);
            }
        }
        let biomass = |variable| of_variable(plots, trees, given, variable);
        Ok(Self {
            stems: summed(plots, trees, |_| Some(1.0))?,
            volume: of_variable(plots, trees, given, TreeVariable::Volume)?,
            above_ground_biomass: biomass(TreeVariable::AboveGroundBiomass)?,
            below_ground_biomass: biomass(TreeVariable::BelowGroundBiomass)?,
            carbon,
        })
    }
}

//! What tallied trees add up to on the plots of an inventory.

use std::collections::BTreeMap;

use super::equations::TreeVariable;
use super::growth::Values;
use super::remeasured::Visit;
use crate::account::Pool;
use crate::estimate::{
    EstimateError, Expansion, Limits, Observations, TallyTree, Variable, plot_sums,
};
use crate::units::{
    CubicMetres, Hectares, Quantity, SquareMetres, Stems, TonnesCarbon, TonnesDryMatter,
};

/// What the trees of one inventory add up to on its plots.
#[derive(Debug, Clone, PartialEq)]
pub struct TreeSums {
    /// Number of trees.
    pub stems: Observations<Stems>,
    /// Basal area, where diameters are given.
    pub basal_area: Option<Observations<SquareMetres>>,
    /// Stem volume.
    pub volume: Option<Observations<CubicMetres>>,
    /// Dry matter above ground.
    pub above_ground_biomass: Option<Observations<TonnesDryMatter>>,
    /// Dry matter below ground.
    pub below_ground_biomass: Option<Observations<TonnesDryMatter>>,
    /// Carbon by pool.
    pub carbon: BTreeMap<Pool, Observations<TonnesCarbon>>,
}

/// The trees of one inventory, all together and by species.
#[derive(Debug, Clone, PartialEq)]
pub struct Trees {
    /// All trees.
    pub all: TreeSums,
    /// What stands in each domain that trees or their land make, by column and value: species, where
    /// the plan names its column.
    pub domains: BTreeMap<String, BTreeMap<String, DomainSums>>,
    /// Relative standard errors of equations, by the attribute that they give; all trees share them.
    pub model_errors: BTreeMap<String, f64>,
    /// The trees one by one, where the plan tells them apart.
    pub(super) visit: Option<Visit>,
}

/// What stands in one domain of trees, or of the land under them.
#[derive(Debug, Clone, PartialEq)]
pub struct DomainSums {
    /// Its forest, where it is one of land; values of a domain of trees are per hectare of all forest.
    pub forest: Option<Observations<Hectares>>,
    /// Its trees.
    pub trees: TreeSums,
    /// Carbon by pool, that of trees among it.
    pub carbon: BTreeMap<Pool, Observations<TonnesCarbon>>,
    /// Carbon of all pools, where it is a domain of land.
    pub all_carbon: Option<Observations<TonnesCarbon>>,
}

impl DomainSums {
    /// A domain of trees.
    pub(in crate::input) fn of_trees(trees: TreeSums) -> Self {
        Self {
            forest: None,
            carbon: trees.carbon.clone(),
            trees,
            all_carbon: None,
        }
    }
}

/// The name of the column of species in domains.
pub(in crate::input) const SPECIES: &str = "species";

impl TreeSums {
    /// Plots without trees.
    pub(in crate::input) fn none(
        plots: usize,
        given: &[TreeVariable],
        diameters: bool,
    ) -> Result<Self, EstimateError> {
        sums(plots, given, diameters, &[])
    }

    /// The sums as columns to check.
    pub(super) fn variables(&self) -> Vec<Variable> {
        let mut variables = vec![Variable::new("trees", &self.stems, Limits::TREES)];
        if let Some(basal_area) = &self.basal_area {
            variables.push(Variable::new("basal-area", basal_area, Limits::BASAL_AREA));
        }
        variables
    }
}

/// A tree as read.
pub(in crate::input) struct Tree {
    pub(in crate::input) plot: usize,
    /// Id on its plot; empty where trees are not told apart.
    pub(in crate::input) id: String,
    pub(in crate::input) species: String,
    pub(in crate::input) expansion: Expansion,
    pub(in crate::input) diameter_cm: Option<f64>,
    /// Its values in cubic metres or tonnes, by variable; `None` where unknown.
    pub(in crate::input) values: Values,
    /// Values of further columns that make domains; empty where the tree is in none.
    pub(in crate::input) domains: Vec<String>,
}

/// What trees of each value of a column add up to on the plots; trees without a value are in no
/// domain.
pub(in crate::input) fn sums_by(
    plots: usize,
    given: &[TreeVariable],
    diameters: bool,
    trees: &[Tree],
    value: impl Fn(&Tree) -> &str,
) -> Result<BTreeMap<String, TreeSums>, EstimateError> {
    let mut of: BTreeMap<&str, Vec<&Tree>> = BTreeMap::new();
    for tree in trees.iter().filter(|tree| !value(tree).is_empty()) {
        of.entry(value(tree)).or_default().push(tree);
    }
    of.into_iter()
        .map(|(name, trees)| Ok((name.to_owned(), sums(plots, given, diameters, &trees)?)))
        .collect()
}

/// What trees add up to on the plots, in all and by species.
pub(in crate::input) fn sums_and_species(
    plots: usize,
    given: &[TreeVariable],
    diameters: bool,
    trees: &[Tree],
) -> Result<Trees, EstimateError> {
    let every: Vec<&Tree> = trees.iter().collect();
    let species = sums_by(plots, given, diameters, trees, |tree| &tree.species)?;
    let species: BTreeMap<String, DomainSums> = species
        .into_iter()
        .map(|(name, sums)| (name, DomainSums::of_trees(sums)))
        .collect();
    let mut domains = BTreeMap::new();
    if !species.is_empty() {
        domains.insert(SPECIES.to_owned(), species);
    }
    Ok(Trees {
        all: sums(plots, given, diameters, &every)?,
        domains,
        model_errors: BTreeMap::new(),
        visit: None,
    })
}

/// What trees add up to on the plots.
fn sums(
    plots: usize,
    given: &[TreeVariable],
    diameters: bool,
    trees: &[&Tree],
) -> Result<TreeSums, EstimateError> {
    fn summed<Q: Quantity>(
        plots: usize,
        trees: &[&Tree],
        value: impl Fn(&Tree) -> Option<f64>,
    ) -> Result<Observations<Q>, EstimateError> {
        plot_sums(
            plots,
            trees.iter().map(|tree| TallyTree {
                plot: tree.plot,
                expansion: tree.expansion,
                value: value(tree).map(Q::new),
            }),
        )
    }
    let of = |variable: TreeVariable| move |tree: &Tree| tree.values.get(&variable).copied()?;
    let has = |variable: TreeVariable| given.contains(&variable);
    let mut carbon = BTreeMap::new();
    for (pool, variable) in [
        (Pool::AboveGround, TreeVariable::AboveGroundCarbon),
        (Pool::BelowGround, TreeVariable::BelowGroundCarbon),
    ] {
        if has(variable) {
            carbon.insert(pool, summed(plots, trees, of(variable))?);
        }
    }
    let circle = |tree: &Tree| Some(SquareMetres::of_circle_cm(tree.diameter_cm?).value());
    let biomass = |variable: TreeVariable| {
        let sums = || summed(plots, trees, of(variable));
        has(variable).then(sums).transpose()
    };
    Ok(TreeSums {
        stems: summed(plots, trees, |_| Some(1.0))?,
        basal_area: diameters
            .then(|| summed(plots, trees, circle))
            .transpose()?,
        volume: has(TreeVariable::Volume)
            .then(|| summed(plots, trees, of(TreeVariable::Volume)))
            .transpose()?,
        above_ground_biomass: biomass(TreeVariable::AboveGroundBiomass)?,
        below_ground_biomass: biomass(TreeVariable::BelowGroundBiomass)?,
        carbon,
    })
}

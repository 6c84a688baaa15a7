//! What tallied trees add up to on the plots of an inventory.

use std::collections::BTreeMap;

use super::equations::TreeVariable;
use super::growth::Values;
use super::remeasured::Visit;
use crate::account::Pool;
use crate::estimate::{
    EstimateError, Expansion, Limits, Observations, TallyTree, Variable, plot_sums,
};
use crate::units::{CubicMetres, Quantity, SquareMetres, Stems, TonnesCarbon, TonnesDryMatter};

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
    /// Those of each species, where the plan names its column.
    pub species: BTreeMap<String, TreeSums>,
    /// Relative standard errors of equations, by the attribute that they give; all trees share them.
    pub model_errors: BTreeMap<String, f64>,
    /// The trees one by one, where the plan tells them apart.
    pub(super) visit: Option<Visit>,
}

impl TreeSums {
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
pub(super) struct Tree {
    pub(super) plot: usize,
    /// Id on its plot; empty where trees are not told apart.
    pub(super) id: String,
    pub(super) species: String,
    pub(super) expansion: Expansion,
    pub(super) diameter_cm: Option<f64>,
    /// Its values in cubic metres or tonnes, by variable; `None` where unknown.
    pub(super) values: Values,
}

/// What trees add up to on the plots, all together and by species; trees without one are in no
/// species.
pub(super) fn grouped(
    plots: usize,
    given: &[TreeVariable],
    diameters: bool,
    trees: &[Tree],
) -> Result<(TreeSums, BTreeMap<String, TreeSums>), EstimateError> {
    let every: Vec<&Tree> = trees.iter().collect();
    let all = sums(plots, given, diameters, &every)?;
    let mut of: BTreeMap<&str, Vec<&Tree>> = BTreeMap::new();
    for tree in trees.iter().filter(|tree| !tree.species.is_empty()) {
        of.entry(&tree.species).or_default().push(tree);
    }
    let species = of.into_iter().map(|(name, trees)| {
        let sums = sums(plots, given, diameters, &trees)?;
        Ok((name.to_owned(), sums))
    });
    Ok((all, species.collect::<Result<_, EstimateError>>()?))
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

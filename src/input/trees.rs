//! Tallied trees: rows become what stands on each plot.

use std::collections::{BTreeMap, BTreeSet};

use super::equations::{Equations, TreeVariable};
use super::table::Table;
use crate::account::Pool;
use crate::estimate::{
    EstimateError, Expansion, Limits, Observations, Plot, TallyTree, Variable, plot_sums,
};
use crate::finding::Finding;
use crate::plan::{TreeColumnKey, TreeFieldsTable};
use crate::units::{
    CubicMetres, PerHectare, Quantity, SquareMetres, Stems, TonnesCarbon, TonnesDryMatter,
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
    /// Those of each species, where the plan names its column.
    pub species: BTreeMap<String, TreeSums>,
    /// Relative standard errors of equations, by the attribute that they give; all trees share them.
    pub model_errors: BTreeMap<String, f64>,
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

/// Rows of a table of trees, as the plan reads them.
pub(super) struct TreeRows<'a> {
    pub(super) table: &'a Table,
    pub(super) fields: &'a TreeFieldsTable,
    pub(super) equations: &'a Equations,
}

/// A tree as read.
pub(super) struct Tree {
    pub(super) plot: usize,
    pub(super) species: String,
    pub(super) expansion: Expansion,
    pub(super) diameter_cm: Option<f64>,
    /// Its values in cubic metres or tonnes, by variable; `None` where unknown.
    pub(super) values: BTreeMap<TreeVariable, Option<f64>>,
}

/// What of one tree a column holds.
struct Value {
    variable: TreeVariable,
    at: usize,
    factor: f64,
    from_diameter_cm: Option<f64>,
}

/// Places of the columns that the plan names.
struct Places {
    plot: Option<usize>,
    species: Option<usize>,
    diameter: Option<usize>,
    height: Option<usize>,
    density: Option<usize>,
    trees: Option<usize>,
    radius: Option<usize>,
    slope: Option<usize>,
    adjustment: Option<usize>,
    values: Vec<Value>,
}

impl TreeRows<'_> {
    /// Sums the trees to the plots.
    ///
    /// # Errors
    ///
    /// Everything that is wrong with the columns and the rows.
    pub(super) fn sums(&self, plots: &[Plot]) -> Result<Trees, Vec<Finding>> {
        let mut problems = Vec::new();
        let places = self.places(&mut problems);
        if !problems.is_empty() {
            return Err(problems);
        }
        let index: BTreeMap<&str, usize> = plots
            .iter()
            .enumerate()
            .map(|(position, plot)| (plot.id.as_str(), position))
            .collect();
        let mut trees = Vec::new();
        let mut strangers: BTreeSet<&str> = BTreeSet::new();
        let mut strange = 0;
        for (line, row) in &self.table.rows {
            let plot = places.plot.map_or("", |at| row[at].as_str());
            let Some(plot) = index.get(plot) else {
                strangers.insert(plot);
                strange += 1;
                continue;
            };
            trees.extend(self.tree(*line, row, *plot, &places, &mut problems));
        }
        if strange > 0 {
            let shown: Vec<&str> = strangers.iter().take(10).copied().collect();
            let more = if strangers.len() > 10 { ", ..." } else { "" };
            problems.push(Finding::error(
                &self.table.name,
                format!(
                    "{strange} trees stand on {} plots that the inventory does not have: {}{more}",
                    strangers.len(),
                    shown.join(", ")
                ),
                "check `plot` of `[inventory.tree-fields]`, or choose the trees of this inventory by `where`",
            ));
        }
        self.species_without_equation(&trees, &mut problems);
        if problems.is_empty() {
            self.added_up(plots.len(), &trees).map_err(|error| {
                vec![Finding::error(
                    &self.table.name,
                    error.to_string(),
                    "report it with the data",
                )]
            })
        } else {
            Err(problems)
        }
    }

    fn places(&self, problems: &mut Vec<Finding>) -> Places {
        let fields = self.fields;
        let mut values = Vec::new();
        for variable in TreeVariable::ALL {
            if let Some(key) = column_of(fields, variable) {
                values.extend(self.value(variable, key, problems));
            }
        }
        let mut at = |name: Option<&str>| {
            let found = self.table.column(name?);
            found.map_err(|finding| problems.push(finding)).ok()
        };
        Places {
            plot: at(Some(&fields.plot)),
            species: at(fields.species.as_deref()),
            diameter: at(fields.diameter_cm.as_deref()),
            height: at(fields.height_m.as_deref()),
            density: at(fields.wood_density.as_deref()),
            trees: at(fields.trees_per_ha.as_deref()),
            radius: at(fields.plot_radius_m.as_deref()),
            slope: at(fields.slope_degrees.as_deref()),
            adjustment: at(fields.adjustment.as_deref()),
            values,
        }
    }

    /// A column with its unit, stated or at the end of its name.
    fn value(
        &self,
        variable: TreeVariable,
        key: &TreeColumnKey,
        problems: &mut Vec<Finding>,
    ) -> Option<Value> {
        let (name, unit, from_diameter_cm) = match key {
            TreeColumnKey::Name(name) => (name, None, None),
            TreeColumnKey::Column(column) => (
                &column.column,
                column.unit.as_deref(),
                column.from_diameter_cm,
            ),
        };
        let by_name = variable
            .units()
            .iter()
            .map(|(unit, _)| *unit)
            .find(|unit| name.to_lowercase().ends_with(&format!("_{unit}")));
        let factor = match unit.or(by_name) {
            Some(unit) => variable.factor(unit),
            None => Err("no unit: neither the plan nor the name of the column says it".to_owned()),
        };
        let factor = factor.map_err(|what| {
            problems.push(Finding::error(
                format!("{}, column {name}", self.table.name),
                format!("it has {what}"),
                format!("write {{ column = \"{name}\", unit = \"...\" }} in the plan"),
            ));
        });
        let at = self.table.column(name);
        let at = at.map_err(|finding| problems.push(finding));
        Some(Value {
            variable,
            at: at.ok()?,
            factor: factor.ok()?,
            from_diameter_cm,
        })
    }

    fn tree(
        &self,
        line: usize,
        row: &[String],
        plot: usize,
        places: &Places,
        problems: &mut Vec<Finding>,
    ) -> Option<Tree> {
        let before = problems.len();
        let mut number = |at| self.table.number(at, line, row, problems);
        let diameter_cm = number(places.diameter);
        let (height, density) = (number(places.height), number(places.density));
        let trees = number(places.trees);
        let (radius, slope) = (number(places.radius), number(places.slope));
        let adjustment = match places.adjustment {
            Some(at) => number(Some(at)),
            None => Some(1.0),
        };
        let mut values = BTreeMap::new();
        for value in &places.values {
            let small = value
                .from_diameter_cm
                .zip(diameter_cm)
                .is_some_and(|(least, diameter)| diameter < least);
            let known = number(Some(value.at)).map(|number| number * value.factor);
            values.insert(value.variable, if small { Some(0.0) } else { known });
        }
        let species = places.species.map_or("", |at| row[at].as_str());
        for variable in TreeVariable::ALL {
            if let Some(equation) = self.equations.of(variable, species) {
                let diameter = diameter_cm.unwrap_or(f64::NAN);
                let small = equation
                    .from_diameter_cm
                    .is_some_and(|least| diameter < least);
                let known = equation.power.value(diameter, height, density);
                let known = known.map(|value| value * equation.factor);
                values.insert(variable, if small { Some(0.0) } else { known });
            }
        }
        let expansion = self.expansion((trees, radius, slope, diameter_cm), adjustment);
        if problems.len() > before {
            return None;
        }
        match expansion {
            Ok(expansion) => Some(Tree {
                plot,
                species: species.to_owned(),
                expansion,
                diameter_cm,
                values,
            }),
            Err(what) => {
                problems.push(Finding::error(
                    format!("{}, row {line}", self.table.name),
                    what,
                    "say how many trees per hectare the tree stands for; leave trees out by `where` that belong to no plot",
                ));
                None
            }
        }
    }

    /// How many trees per hectare a tree stands for, or why nobody knows.
    fn expansion(
        &self,
        (trees, radius, slope, diameter): (Option<f64>, Option<f64>, Option<f64>, Option<f64>),
        adjustment: Option<f64>,
    ) -> Result<Expansion, String> {
        let fields = self.fields;
        let needs = |what: &str| format!("the tree has no {what}");
        let plain = if fields.trees_per_ha.is_some() {
            Expansion::trees_per_hectare(trees.ok_or_else(|| needs("number of trees per hectare"))?)
        } else if let Some(area) = fields.plot_area_m2 {
            Expansion::fixed_area(SquareMetres::new(area))
        } else if let Some(factor) = fields.basal_area_factor {
            let factor = PerHectare::new(SquareMetres::new(factor));
            Expansion::angle_count(factor, diameter.ok_or_else(|| needs("diameter"))?)
        } else {
            let radius = radius.ok_or_else(|| needs("radius of its plot"))?;
            let slope = match fields.slope_degrees {
                Some(_) => slope.ok_or_else(|| needs("slope of its plot"))?,
                None => 0.0,
            };
            Expansion::circle(radius, slope)
        };
        let adjustment = adjustment.ok_or_else(|| needs("adjustment"))?;
        plain
            .and_then(|plain| Expansion::trees_per_hectare(plain.value() * adjustment))
            .map_err(|error| error.to_string())
    }

    /// Species that equations of a variable leave out, each with its number of trees.
    fn species_without_equation(&self, trees: &[Tree], problems: &mut Vec<Finding>) {
        for variable in TreeVariable::ALL {
            if !self.equations.give(variable) {
                continue;
            }
            let mut without: BTreeMap<&str, usize> = BTreeMap::new();
            for tree in trees {
                if self.equations.of(variable, &tree.species).is_none() {
                    *without.entry(&tree.species).or_default() += 1;
                }
            }
            problems.extend(without.into_iter().map(|(species, count)| {
                Finding::error(
                    format!("{}, species `{species}`", self.table.name),
                    format!("{count} trees, and no equation of {} for them", variable.id()),
                    "add a row of the species to the table of equations, or one of `*` for all others",
                )
            }));
        }
    }

    fn added_up(&self, plots: usize, trees: &[Tree]) -> Result<Trees, EstimateError> {
        let given: Vec<TreeVariable> = TreeVariable::ALL
            .into_iter()
            .filter(|variable| {
                column_of(self.fields, *variable).is_some() || self.equations.give(*variable)
            })
            .collect();
        let diameters = self.fields.diameter_cm.is_some();
        let (all, species) = grouped(plots, &given, diameters, trees)?;
        let error = |variable: TreeVariable| {
            let name = variable.id().replace('-', "_");
            Some((name, self.equations.relative_error(variable)?))
        };
        let mut model_errors: BTreeMap<String, f64> =
            given.iter().copied().filter_map(error).collect();
        let of_carbon = model_errors
            .iter()
            .filter(|(name, _)| name.ends_with("_carbon"))
            .map(|(_, error)| *error)
            .reduce(f64::max);
        if let Some(error) = of_carbon {
            model_errors.insert("all_carbon".to_owned(), error);
        }
        Ok(Trees {
            all,
            species,
            model_errors,
        })
    }
}

fn column_of(fields: &TreeFieldsTable, variable: TreeVariable) -> Option<&TreeColumnKey> {
    match variable {
        TreeVariable::Volume => fields.volume.as_ref(),
        TreeVariable::AboveGroundBiomass => fields.above_ground_biomass.as_ref(),
        TreeVariable::BelowGroundBiomass => fields.below_ground_biomass.as_ref(),
        TreeVariable::AboveGroundCarbon => fields.above_ground_carbon.as_ref(),
        TreeVariable::BelowGroundCarbon => fields.below_ground_carbon.as_ref(),
    }
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

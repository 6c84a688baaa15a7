//! Tallied trees: rows become what stands on each plot.

use std::collections::BTreeMap;

use super::equations::{Equations, TreeVariable};
use super::half_named::look_at_numbers;
use super::plot_trees::on_no_plot;
use super::remeasured::Visit;
use super::tree_sums::{DomainSums, Tree, Trees, sums_and_species, sums_by};
use super::value_classes::Classed;
use crate::estimate::{EstimateError, Expansion, Fate, Plot};
use crate::finding::{Finding, counted};
use crate::input::table::Table;
use crate::plan::{FieldValue, TreeColumnKey, TreeFieldsTable};
use crate::units::{PerHectare, SquareMetres};

/// Rows of a table of trees, as the plan reads them.
pub(super) struct TreeRows<'a> {
    pub(super) table: &'a Table,
    pub(super) fields: &'a TreeFieldsTable,
    pub(super) equations: &'a Equations,
    /// Columns that make domains.
    pub(super) domains: Vec<&'a String>,
    pub(super) classed: &'a Classed,
}

/// What of one tree a column holds.
pub(super) struct Value {
    variable: TreeVariable,
    pub(super) at: usize,
    factor: f64,
    from_diameter_cm: Option<f64>,
}

/// What a tree is at a visit.
enum Standing {
    Alive,
    Gone(Fate),
}

/// Places of the columns that the plan names.
pub(super) struct Places {
    pub(super) plot: Option<usize>,
    pub(super) tree: Option<usize>,
    pub(super) status: Option<usize>,
    pub(super) species: Option<usize>,
    pub(super) diameter: Option<usize>,
    pub(super) height: Option<usize>,
    pub(super) density: Option<usize>,
    pub(super) trees: Option<usize>,
    pub(super) radius: Option<usize>,
    pub(super) slope: Option<usize>,
    pub(super) adjustment: Option<usize>,
    pub(super) values: Vec<Value>,
    pub(super) domains: Vec<usize>,
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
        self.equations_and_columns(&mut problems);
        let index: BTreeMap<&str, usize> = plots
            .iter()
            .enumerate()
            .map(|(position, plot)| (plot.id.as_str(), position))
            .collect();
        if !problems.is_empty() {
            look_at_numbers(self.table, &places.numbers(), &mut problems);
            let of = |at: usize| self.table.rows.iter().map(move |(_, row)| row[at].as_str());
            let strange = places.plot.into_iter().flat_map(of);
            let strange = strange.filter(|plot| !index.contains_key(plot));
            problems.extend(on_no_plot(self.table, &strange.collect::<Vec<_>>()));
            return Err(problems);
        }
        let mut trees = Vec::new();
        let mut gone = BTreeMap::new();
        let mut unknown: BTreeMap<&str, usize> = BTreeMap::new();
        let mut strange: Vec<&str> = Vec::new();
        for (line, row) in &self.table.rows {
            let plot = places.plot.map_or("", |at| row[at].as_str());
            let Some(plot) = index.get(plot) else {
                strange.push(plot);
                continue;
            };
            let status = places.status.map_or("", |at| row[at].as_str());
            match self.standing(status) {
                Some(Standing::Alive) => {
                    trees.extend(self.tree(*line, row, *plot, &places, &mut problems));
                }
                Some(Standing::Gone(fate)) => {
                    let id = places.tree.map_or("", |at| row[at].as_str());
                    gone.insert((*plot, id.to_owned()), fate);
                }
                None => *unknown.entry(status).or_default() += 1,
            }
        }
        problems.extend(unknown.into_iter().map(|(status, count)| {
            Finding::error(
                &self.table.name,
                format!(
                    "{} the status `{status}`, which is none of `live`, `dead` and `cut`",
                    counted(count, "tree has", "trees have")
                ),
                "say in `[inventory.tree-fields]` what it means, or leave such rows out by `where`",
            )
        }));
        problems.extend(on_no_plot(self.table, &strange));
        self.species_without_equation(&trees, &mut problems);
        let visit = self
            .fields
            .tree
            .as_ref()
            .map(|_| Visit::new(&self.table.name, plots, &trees, gone, &mut problems));
        if problems.is_empty() {
            let all = self.added_up(plots.len(), &trees);
            all.map(|all| Trees { visit, ..all }).map_err(|error| {
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

    pub(super) fn places(&self, problems: &mut Vec<Finding>) -> Places {
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
            plot: at(Some(fields.plot.as_str()).filter(|name| !name.is_empty())),
            tree: at(fields.tree.as_deref()),
            status: at(fields.status.as_deref()),
            species: at(fields.species.as_deref()),
            diameter: at(fields.diameter_cm.as_deref()),
            height: at(fields.height_m.as_deref()),
            density: at(fields.wood_density.as_deref()),
            trees: at(fields.trees_per_ha.as_deref()),
            radius: at(fields.plot_radius_m.as_deref()),
            slope: at(fields.slope_degrees.as_deref()),
            adjustment: at(fields.adjustment.as_deref()),
            domains: self
                .domains
                .iter()
                .filter_map(|name| at(Some(name)))
                .collect(),
            values,
        }
    }

    /// Whether the status of a tree says that it lives, or what became of it; `None` where nobody
    /// said what it means.
    fn standing(&self, status: &str) -> Option<Standing> {
        let fields = self.fields;
        if fields.status.is_none() {
            return Some(Standing::Alive);
        }
        let means = |values: &Option<FieldValue>| {
            let values = values.as_ref();
            values.is_some_and(|values| values.matches(status))
        };
        if means(&fields.live) {
            Some(Standing::Alive)
        } else if means(&fields.dead) {
            Some(Standing::Gone(Fate::Died))
        } else {
            means(&fields.cut).then_some(Standing::Gone(Fate::Cut))
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
        let at = self.table.column(name);
        let at = at.map_err(|finding| problems.push(finding)).ok();
        let factor = match unit.or(by_name) {
            Some(unit) => variable.factor(unit),
            // The name that was meant may have one.
            None if at.is_none() => return None,
            None => Err("no unit: neither the plan nor the name of the column says it".to_owned()),
        };
        let factor = factor.map_err(|what| {
            problems.push(Finding::error(
                format!("{}, column {name}", self.table.name),
                format!("it has {what}"),
                format!("write {{ column = \"{name}\", unit = \"...\" }} in the plan"),
            ));
        });
        Some(Value {
            variable,
            at: at?,
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
        let domains = places.domains.iter();
        let domains = domains.map(|at| self.classed.value(self.table, *at, (line, row), problems));
        let domains: Vec<String> = domains.collect();
        let expansion = self.expansion((trees, radius, slope, diameter_cm), adjustment);
        if problems.len() > before {
            return None;
        }
        match expansion {
            Ok(expansion) => Some(Tree {
                plot,
                id: places.tree.map_or_else(String::new, |at| row[at].clone()),
                species: species.to_owned(),
                expansion,
                diameter_cm,
                values,
                domains,
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

    /// Equations of what a column gives too, and what they need and the plan does not name.
    fn equations_and_columns(&self, problems: &mut Vec<Finding>) {
        let place = "[inventory.tree-equations]";
        for variable in TreeVariable::ALL {
            if self.equations.give(variable) && column_of(self.fields, variable).is_some() {
                problems.push(Finding::error(
                    place,
                    format!(
                        "`{}` is given by equations and by a column of the trees",
                        variable.id()
                    ),
                    "leave it out of `[inventory.tree-fields]`, or take its rows out of the table of equations",
                ));
            }
        }
        let fields = self.fields;
        for (key, is_named, needing) in [
            (
                "height-m",
                fields.height_m.is_some(),
                self.equations.needing(|power| power.c2),
            ),
            (
                "wood-density",
                fields.wood_density.is_some(),
                self.equations.needing(|power| power.c3),
            ),
        ] {
            if let Some(species) = needing.filter(|_| !is_named) {
                problems.push(Finding::error(
                    place,
                    format!("the equation of `{species}` needs `{key}`, and `[inventory.tree-fields]` names no column of it"),
                    "name the column, or give equations that do without",
                ));
            }
        }
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
                    format!(
                        "{}, and no equation of {}",
                        counted(count, "tree", "trees"),
                        variable.id()
                    ),
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
        let mut sums = sums_and_species(plots, &given, diameters, trees)?;
        for (column, name) in self.domains.iter().enumerate() {
            let of = sums_by(plots, &given, diameters, trees, |tree| {
                &tree.domains[column]
            })?;
            let of = of.into_iter();
            let of = of.map(|(value, sums)| (value, DomainSums::of_trees(sums)));
            sums.domains.insert((*name).clone(), of.collect());
        }
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
            model_errors,
            ..sums
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

//! Equations that give what stands in a tree: a table of the user's.

use std::collections::BTreeMap;
use std::path::Path;

use crate::estimate::TreeEquation;
use crate::finding::Finding;
use crate::input::table::{Table, parse_number, read_table};
use crate::units::customary::{CUBIC_METRES_PER_CUBIC_FOOT, TONNES_PER_POUND};

/// What a column or an equation gives of one tree.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(in crate::input) enum TreeVariable {
    Volume,
    AboveGroundBiomass,
    BelowGroundBiomass,
    AboveGroundCarbon,
    BelowGroundCarbon,
}

impl TreeVariable {
    pub(in crate::input) const ALL: [Self; 5] = [
        Self::Volume,
        Self::AboveGroundBiomass,
        Self::BelowGroundBiomass,
        Self::AboveGroundCarbon,
        Self::BelowGroundCarbon,
    ];

    /// The word in plans and tables of equations.
    pub(super) const fn id(self) -> &'static str {
        match self {
            Self::Volume => "volume",
            Self::AboveGroundBiomass => "above-ground-biomass",
            Self::BelowGroundBiomass => "below-ground-biomass",
            Self::AboveGroundCarbon => "above-ground-carbon",
            Self::BelowGroundCarbon => "below-ground-carbon",
        }
    }

    /// Units of one tree with what one of them is in cubic metres or tonnes.
    pub(super) const fn units(self) -> &'static [(&'static str, f64)] {
        match self {
            Self::Volume => &[
                ("m3", 1.0),
                ("dm3", 1e-3),
                ("ft3", CUBIC_METRES_PER_CUBIC_FOOT),
            ],
            _ => &[
                ("kg", 1e-3),
                ("t", 1.0),
                ("g", 1e-6),
                ("lb", TONNES_PER_POUND),
            ],
        }
    }

    /// The factor of a unit, or what is wrong with it.
    pub(super) fn factor(self, unit: &str) -> Result<f64, String> {
        let known = self.units().iter().find(|(known, _)| *known == unit);
        known.map(|(_, factor)| *factor).ok_or_else(|| {
            let names: Vec<&str> = self.units().iter().map(|(name, _)| *name).collect();
            format!("the unit `{unit}`, expected one of {}", names.join(", "))
        })
    }
}

/// One row of the table.
#[derive(Debug, Clone)]
pub(super) struct Equation {
    pub(super) power: TreeEquation,
    /// What one unit of the equation is in cubic metres or tonnes.
    pub(super) factor: f64,
    /// Diameter from which the equation holds; smaller trees have zero.
    pub(super) from_diameter_cm: Option<f64>,
    /// Relative standard error of the mean of the equation.
    pub(super) relative_error: Option<f64>,
}

/// The equations by variable and species; `*` is for species without one of their own.
#[derive(Debug, Clone, Default)]
pub(super) struct Equations {
    of: BTreeMap<(TreeVariable, String), Equation>,
}

/// Columns of the table, those that may be left out last.
const COLUMNS: [&str; 10] = [
    "species",
    "variable",
    "unit",
    "c0",
    "c1",
    "source",
    "c2",
    "c3",
    "from_diameter_cm",
    "se_pct",
];
const NEEDED: usize = 6;

impl Equations {
    /// Reads the table.
    ///
    /// # Errors
    ///
    /// All rows that cannot be used, and columns that are missing or unknown.
    pub(super) fn read(path: &Path) -> Result<Self, Vec<Finding>> {
        let table = read_table(path)?;
        let mut findings = Vec::new();
        for column in &table.columns {
            if !COLUMNS.contains(&column.as_str()) {
                findings.push(Finding::error(
                    &table.name,
                    format!("column `{column}` is not one of a table of equations"),
                    format!("columns are: {}", COLUMNS.join(", ")),
                ));
            }
        }
        let places: Vec<Option<usize>> = COLUMNS
            .iter()
            .enumerate()
            .map(|(i, name)| match table.column(name) {
                Ok(at) => Some(at),
                Err(finding) if i < NEEDED => {
                    findings.push(finding);
                    None
                }
                Err(_) => None,
            })
            .collect();
        let mut of = BTreeMap::new();
        if findings.is_empty() {
            for (line, row) in &table.rows {
                match equation(row, &places) {
                    Ok((key, equation)) => {
                        let twice = format!("two equations of {} for `{}`", key.0.id(), key.1);
                        if of.insert(key, equation).is_some() {
                            findings.push(at(&table, *line, twice, "keep one of them"));
                        }
                    }
                    Err(what) => {
                        findings.push(at(&table, *line, what, "mend the row"));
                    }
                }
            }
        }
        if findings.is_empty() {
            Ok(Self { of })
        } else {
            Err(findings)
        }
    }

    /// Whether there is any equation of a variable.
    pub(super) fn give(&self, variable: TreeVariable) -> bool {
        self.of.keys().any(|(known, _)| *known == variable)
    }

    /// The species of the first equation with a power that is not zero.
    pub(super) fn needing(&self, power: impl Fn(&TreeEquation) -> f64) -> Option<&str> {
        let mut all = self.of.iter();
        let found = all.find(|(_, equation)| power(&equation.power) != 0.0);
        found.map(|((_, species), _)| species.as_str())
    }

    /// The equation of a species.
    pub(super) fn of(&self, variable: TreeVariable, species: &str) -> Option<&Equation> {
        let own = self.of.get(&(variable, species.to_owned()));
        own.or_else(|| self.of.get(&(variable, "*".to_owned())))
    }

    /// The greatest relative error of the equations of a variable: all trees share it.
    pub(super) fn relative_error(&self, variable: TreeVariable) -> Option<f64> {
        self.of
            .iter()
            .filter(|((known, _), _)| *known == variable)
            .filter_map(|(_, equation)| equation.relative_error)
            .reduce(f64::max)
    }
}

fn at(table: &Table, line: usize, what: String, remedy: &str) -> Finding {
    Finding::error(format!("{}, row {line}", table.name), what, remedy)
}

type Keyed = ((TreeVariable, String), Equation);

fn equation(row: &[String], places: &[Option<usize>]) -> Result<Keyed, String> {
    let text = |column: usize| places[column].map_or("", |at| row[at].as_str());
    let number = |column: usize| {
        parse_number(text(column)).map_err(|what| format!("{}: {what}", COLUMNS[column]))
    };
    let needed =
        |column: usize| number(column)?.ok_or_else(|| format!("`{}` is empty", COLUMNS[column]));
    let variable = TreeVariable::ALL
        .into_iter()
        .find(|variable| variable.id() == text(1))
        .ok_or_else(|| {
            let names = TreeVariable::ALL.map(TreeVariable::id).join(", ");
            format!("the variable `{}`, expected one of {names}", text(1))
        })?;
    if text(0).is_empty() {
        return Err("`species` is empty: write `*` for all others".to_owned());
    }
    if text(5).is_empty() {
        return Err("`source` is empty: an equation without a source cannot be traced".to_owned());
    }
    let equation = Equation {
        power: TreeEquation {
            c0: needed(3)?,
            c1: needed(4)?,
            c2: number(6)?.unwrap_or(0.0),
            c3: number(7)?.unwrap_or(0.0),
        },
        factor: variable.factor(text(2))?,
        from_diameter_cm: number(8)?,
        relative_error: number(9)?.map(|percent| percent / 100.0),
    };
    if equation.relative_error.is_some_and(|error| error < 0.0) {
        return Err("`se_pct` is below 0".to_owned());
    }
    Ok(((variable, text(0).to_owned()), equation))
}

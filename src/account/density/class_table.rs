//! A user's table of carbon densities for the classes of a map.

use std::collections::{BTreeMap, BTreeSet};

use crate::account::library::{self, CLASS_DENSITY, IntervalKind, Parameter, SheetRow, Standing};
use crate::account::pool::Pool;
use crate::account::tables::ParameterRow;
use crate::finding::Finding;
use crate::units::{PerHectare, TonnesCarbon};

/// Carbon densities of the classes of a map, by pool.
#[derive(Debug, Clone, PartialEq)]
pub struct ClassDensities {
    /// Where the table came from.
    pub place: String,
    /// By class and pool; rows of the user's own, so that runs name and draw them as parameters.
    classes: BTreeMap<i64, BTreeMap<Pool, Parameter>>,
    soil_depth_cm: Option<f64>,
}

/// Column names of the pools, as carbon models of land cover write them.
const COLUMNS: [(&str, Pool); 5] = [
    ("c_above", Pool::AboveGround),
    ("c_below", Pool::BelowGround),
    ("c_dead", Pool::DeadWood),
    ("c_litter", Pool::Litter),
    ("c_soil", Pool::SoilOrganic),
];

impl ClassDensities {
    /// Reads a table: `lucode` (or `code`, `value`) and any of `c_above, c_below, c_dead, c_litter,
    /// c_soil`, in t C/ha, each with its standard error in a column of that name and `_se` where it
    /// has one. An empty cell is unknown, not zero. `soil_depth_cm` says how deep the soil column
    /// goes.
    ///
    /// # Errors
    ///
    /// All bad rows at once.
    pub fn from_csv(
        text: &str,
        place: &str,
        soil_depth_cm: Option<f64>,
    ) -> Result<Self, Vec<Finding>> {
        let lower: String = match text.split_once('\n') {
            Some((header, rest)) => format!("{}\n{rest}", header.to_lowercase()),
            None => text.to_lowercase(),
        };
        let sheet = library::sheet::read(&lower, place)?;
        let (mut classes, mut findings) = (BTreeMap::new(), Vec::new());
        let bad = |line: u64, what: String| {
            Finding::error(
                format!("{place}, row {line}"),
                what,
                "give one row a class, densities in t C/ha, not negative",
            )
        };
        for row in &sheet.rows {
            let code = ["lucode", "code", "value"]
                .iter()
                .find_map(|name| row.get(name));
            let Some(code) = code.and_then(|code| code.parse::<i64>().ok()) else {
                findings.push(bad(row.line, "no whole number in `lucode`".to_owned()));
                continue;
            };
            let mut pools = BTreeMap::new();
            for (column, pool) in COLUMNS {
                match cell(row, column) {
                    Ok(Some(density)) => {
                        let at = format!("{place}, row {}", row.line);
                        pools.insert(pool, parameter((place, at), code, pool, density));
                    }
                    Ok(None) => {}
                    Err(what) => findings.push(bad(row.line, what)),
                }
            }
            if classes.insert(code, pools).is_some() {
                findings.push(bad(row.line, format!("class {code} has two rows")));
            }
        }
        let pools = COLUMNS.map(|(column, _)| column);
        for column in sheet.columns.iter().filter(|c| c.starts_with("c_")) {
            if !pools.contains(&column.strip_suffix("_se").unwrap_or(column)) {
                findings.push(Finding::error(
                    place,
                    format!("column `{column}` is no pool and no standard error of one"),
                    format!("give any of {}, each with its `_se`", pools.join(", ")),
                ));
            }
        }
        if !sheet.columns.iter().any(|c| pools.contains(&c.as_str())) {
            findings.push(Finding::error(
                place,
                "no column of a pool",
                format!("give any of {}", pools.join(", ")),
            ));
        }
        if findings.is_empty() {
            Ok(Self {
                place: place.to_owned(),
                classes,
                soil_depth_cm,
            })
        } else {
            Err(findings)
        }
    }

    /// Whether it has the class.
    pub(super) fn has(&self, class: i64) -> bool {
        self.classes.contains_key(&class)
    }

    /// The density of a pool of a class.
    #[must_use]
    pub fn density(&self, class: i64, pool: Pool) -> Option<PerHectare<TonnesCarbon>> {
        let value = self.row(class, pool)?.value?;
        Some(PerHectare::new(TonnesCarbon::new(value)))
    }

    /// The standard error of that density, where the table has one.
    #[must_use]
    pub fn density_error(&self, class: i64, pool: Pool) -> Option<PerHectare<TonnesCarbon>> {
        let spread = self.row(class, pool)?.spread()?;
        Some(PerHectare::new(TonnesCarbon::new(spread.sigma)))
    }

    /// The density of a pool of a class as a parameter.
    pub(in crate::account) fn row(&self, class: i64, pool: Pool) -> Option<&Parameter> {
        self.classes.get(&class)?.get(&pool)
    }

    /// Rows of `tables/parameters.csv` for these classes.
    pub(in crate::account) fn parameter_rows(&self, classes: &BTreeSet<i64>) -> Vec<ParameterRow> {
        let pools = classes.iter().filter_map(|class| self.classes.get(class));
        let rows = pools.flat_map(BTreeMap::values);
        rows.filter_map(|row| row.row(vec![CLASS_DENSITY.to_owned()]))
            .collect()
    }

    /// How deep the soil of a pool goes; `None` of other pools.
    pub(in crate::account) fn soil_depth_cm(&self, pool: Pool) -> Option<f64> {
        self.soil_depth_cm.filter(|_| pool == Pool::SoilOrganic)
    }

    /// The pools that the table has.
    pub(in crate::account) fn pools(&self) -> Vec<Pool> {
        COLUMNS
            .iter()
            .map(|(_, pool)| *pool)
            .filter(|pool| self.classes.values().any(|pools| pools.contains_key(pool)))
            .collect()
    }
}

/// A density with its standard error, `None` of an empty cell.
fn cell(row: &SheetRow, column: &str) -> Result<Option<(f64, Option<f64>)>, String> {
    let error_column = format!("{column}_se");
    let known = |column: &str| match row.number(column)? {
        Some(value) if value < 0.0 => Err(format!("`{column}` is {value}")),
        value => Ok(value),
    };
    match (known(column)?, known(&error_column)?) {
        (None, Some(_)) => Err(format!("`{error_column}` without `{column}`")),
        (density, error) => Ok(density.map(|density| (density, error))),
    }
}

/// A density of the user's table as a parameter.
fn parameter(
    (table, at): (&str, String),
    class: i64,
    pool: Pool,
    (density, error): (f64, Option<f64>),
) -> Parameter {
    let keys = [("class", class.to_string()), ("pool", pool.id().to_owned())];
    Parameter {
        id: table.to_owned(),
        keys: keys.map(|(key, word)| (key.to_owned(), word)).into(),
        quantity: format!("carbon of class {class}, {}", pool.id()),
        value: Some(density),
        unit: "t_c/ha".to_owned(),
        interval: error.map(|error| {
            (
                density - error,
                density + error,
                IntervalKind::StandardError,
            )
        }),
        depth_cm: None,
        cite: "user".to_owned(),
        locator: at,
        figure: None,
        standing: Standing::User,
        note: String::new(),
    }
}

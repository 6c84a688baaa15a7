//! Legends: what the codes of a land-cover map mean.

use std::collections::BTreeMap;
use std::collections::btree_map::Entry;

use super::definition::CanopyRule;
use crate::account::ecosystem::{Ecosystem, LandCategory, UnknownName};
use crate::account::library::{self, SheetRow};
use crate::finding::Finding;

/// One class of a land-cover map.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LegendClass {
    /// The code as the product writes it, which may carry leading zeros.
    pub code: String,
    /// The cell value of the code.
    pub value: i64,
    /// The name of the class.
    pub name: String,
    /// The ecosystem that it counts as; `None` for a code that means "no value here".
    pub ecosystem: Option<Ecosystem>,
    /// The IPCC category; `None` for "no value here".
    pub category: Option<LandCategory>,
    /// Colour on maps, `#rrggbb`.
    pub colour: String,
    /// What must be known of the assignment.
    pub note: String,
    /// Key of the source in `seeds/sources.csv`, or `user`.
    pub source: String,
    /// `verified`, `memory` or `user`.
    pub confidence: String,
}

/// The classes of a land-cover product by cell value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Legend {
    /// Id, such as `nlcd`, or the place of a user's table.
    pub id: String,
    classes: BTreeMap<i64, LegendClass>,
}

/// The word in a legend for codes that mean "no value here".
const NODATA: &str = "nodata";

/// Id of the legend of a map of canopy cover in percent, which follows from the forest rule.
pub const CANOPY: &str = "canopy-percent";

/// Code of a cell of a map of canopy that has the canopy of forest and trees that are too low: no
/// percentage.
pub const TOO_LOW: i64 = 1000;

impl Legend {
    /// Reads a legend from CSV text.
    ///
    /// Columns: `code` (or `value`), `class_name` and `ecosystem` (or `ipcc_category`) are
    /// required; `color` (or `colour`, `color_hex`), `note`, `source` and `confidence` are
    /// optional. The ecosystem `nodata` marks codes that mean "no value here".
    ///
    /// # Errors
    ///
    /// All bad rows at once, each with its row number: codes that are no whole number, codes given
    /// twice, missing names, unknown ecosystems with the nearest known one.
    pub fn from_csv(text: &str, place: &str) -> Result<Self, Vec<Finding>> {
        let sheet = library::sheet::read(text, place)?;
        let has = |column: &str| sheet.columns.iter().any(|name| name == column);
        let mut findings = Vec::new();
        for (one_of, meaning) in [
            (["code", "value"].as_slice(), "the cell value"),
            (&["class_name", "name"], "the name of the class"),
            (
                &["ecosystem", "ipcc_category"],
                "what the class counts as in the account",
            ),
        ] {
            if !one_of.iter().any(|column| has(column)) {
                findings.push(Finding::error(
                    place,
                    format!(
                        "no column `{}`, found {}",
                        one_of[0],
                        listed(&sheet.columns)
                    ),
                    format!("add a column `{}` with {meaning}", one_of[0]),
                ));
            }
        }
        if !findings.is_empty() {
            return Err(findings);
        }
        let mut classes = BTreeMap::new();
        for row in &sheet.rows {
            let place = format!("{place}, row {}", row.line);
            match class(row) {
                Ok(class) => match classes.entry(class.value) {
                    Entry::Vacant(free) => {
                        free.insert(class);
                    }
                    Entry::Occupied(first) => findings.push(Finding::error(
                        place,
                        format!(
                            "code `{}` has two rows, `{}` and `{}`",
                            class.code,
                            first.get().name,
                            class.name
                        ),
                        "keep one row a code",
                    )),
                },
                Err((what, remedy)) => findings.push(Finding::error(place, what, remedy)),
            }
        }
        if classes.is_empty() && findings.is_empty() {
            findings.push(Finding::error(place, "no classes", "add a row a class"));
        }
        if findings.is_empty() {
            Ok(Self {
                id: place.to_owned(),
                classes,
            })
        } else {
            Err(findings)
        }
    }

    /// The legend of a map of canopy cover in whole percent, 0 to 100.
    ///
    /// What has the canopy of forest is forest. Of the rest the map says no more than that
    /// it is not: it is called bare, which holds no carbon and is land. So is, with a least height, what
    /// has the canopy and lower trees.
    #[must_use]
    pub fn of_canopy(canopy: CanopyRule, least_m: Option<f64>) -> Self {
        let class = |percent: u8| {
            let value = i64::from(percent);
            let is_forest = canopy.holds(f64::from(percent));
            let ecosystem = if is_forest {
                Ecosystem::Forest
            } else {
                Ecosystem::Bare
            };
            let class = LegendClass {
                code: percent.to_string(),
                value,
                name: format!("canopy {percent} %"),
                ecosystem: Some(ecosystem),
                category: Some(ecosystem.category()),
                // From pale to dark green.
                colour: format!(
                    "#{:02x}{:02x}{:02x}",
                    240 - 2 * percent,
                    245 - percent,
                    225 - 2 * percent
                ),
                note: format!("forest has {canopy}"),
                source: "user".to_owned(),
                confidence: "user".to_owned(),
            };
            (value, class)
        };
        let low = least_m.map(|least_m| {
            let low = LegendClass {
                code: TOO_LOW.to_string(),
                value: TOO_LOW,
                name: format!("canopy of {canopy}, trees below {least_m} m"),
                ecosystem: Some(Ecosystem::Bare),
                category: Some(Ecosystem::Bare.category()),
                colour: "#d8c9a3".to_owned(),
                note: "not forest: too low".to_owned(),
                source: "user".to_owned(),
                confidence: "user".to_owned(),
            };
            (TOO_LOW, low)
        });
        Self {
            id: CANOPY.to_owned(),
            classes: (0..=100).map(class).chain(low).collect(),
        }
    }

    /// The same legend under another id.
    #[must_use]
    pub fn with_id(self, id: impl Into<String>) -> Self {
        Self {
            id: id.into(),
            ..self
        }
    }

    /// The class of a cell value.
    #[must_use]
    pub fn class(&self, value: i64) -> Option<&LegendClass> {
        self.classes.get(&value)
    }

    /// All classes, by cell value.
    pub fn classes(&self) -> impl Iterator<Item = &LegendClass> {
        self.classes.values()
    }

    /// Whether a cell value means "no value here".
    #[must_use]
    pub fn is_nodata(&self, value: i64) -> bool {
        self.class(value)
            .is_some_and(|class| class.ecosystem.is_none())
    }
}

fn listed(columns: &[String]) -> String {
    columns
        .iter()
        .map(|column| format!("`{column}`"))
        .collect::<Vec<_>>()
        .join(", ")
}

/// The class of a row, or what is wrong with it and what to do.
fn class(row: &SheetRow) -> Result<LegendClass, (String, String)> {
    let code = row
        .get("code")
        .or_else(|| row.get("value"))
        .ok_or_else(|| ("no code".to_owned(), "give the cell value".to_owned()))?;
    let value = code.parse::<i64>().map_err(|_| {
        (
            format!("code `{code}` is no whole number"),
            "give the cell value as in the raster".to_owned(),
        )
    })?;
    let name = row
        .get("class_name")
        .or_else(|| row.get("name"))
        .ok_or_else(|| {
            (
                format!("class `{code}` has no name"),
                "give the class a name".to_owned(),
            )
        })?;
    let category = row.get("ipcc_category").map(category).transpose()?;
    let ecosystem = match (row.get("ecosystem"), category) {
        (Some(NODATA), _) | (None, Some(None)) => None,
        (Some(text), _) => Some(text.parse::<Ecosystem>().map_err(|error| {
            (
                format!("class `{code}`: {error}"),
                format!(
                    "use one of: {}, nodata",
                    Ecosystem::all()
                        .iter()
                        .map(|e| e.id())
                        .collect::<Vec<_>>()
                        .join(", ")
                ),
            )
        })?),
        (None, Some(Some(category))) => Some(category.plain_ecosystem()),
        (None, None) => {
            return Err((
                format!("class `{code}` has no ecosystem"),
                "give an ecosystem or an ipcc_category".to_owned(),
            ));
        }
    };
    let colour = ["color", "colour", "color_hex"]
        .iter()
        .find_map(|column| row.get(column));
    let colour = match colour {
        Some(text) => hex(text).ok_or_else(|| {
            (
                format!("class `{code}` has colour `{text}`"),
                "write colours as #rrggbb".to_owned(),
            )
        })?,
        None => ecosystem.map_or("#ffffff", Ecosystem::colour).to_owned(),
    };
    Ok(LegendClass {
        code: code.to_owned(),
        value,
        name: name.to_owned(),
        ecosystem,
        category: ecosystem.map(|e| category.flatten().unwrap_or(e.category())),
        colour,
        note: row.get("note").unwrap_or_default().to_owned(),
        source: row.get("source").unwrap_or("user").to_owned(),
        confidence: row.get("confidence").unwrap_or("user").to_owned(),
    })
}

/// The category of a word, `None` for the nodata word.
fn category(text: &str) -> Result<Option<LandCategory>, (String, String)> {
    let plain = text.replace('_', "-");
    if plain == NODATA {
        return Ok(None);
    }
    LandCategory::ALL
        .into_iter()
        .find(|category| category.id() == plain)
        .map(Some)
        .ok_or_else(|| {
            let ids = LandCategory::ALL.map(LandCategory::id);
            (
                UnknownName::new("IPCC category", text, ids).to_string(),
                format!("use one of: {}, nodata", ids.join(", ")),
            )
        })
}

/// A colour as `#rrggbb`, in lower case.
fn hex(text: &str) -> Option<String> {
    let digits = text.trim_start_matches('#');
    (digits.len() == 6 && digits.bytes().all(|byte| byte.is_ascii_hexdigit()))
        .then(|| format!("#{}", digits.to_lowercase()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_users_table_needs_only_three_columns() {
        let legend = Legend::from_csv(
            "value,class_name,ecosystem\n0,none,nodata\n1,woods,forest\n",
            "my.csv",
        )
        .unwrap();
        assert!(legend.is_nodata(0));
        let woods = legend.class(1).unwrap();
        assert_eq!(woods.ecosystem, Some(Ecosystem::Forest));
        assert_eq!(woods.colour, Ecosystem::Forest.colour());
        assert_eq!(woods.confidence, "user");
    }

    #[test]
    fn a_category_stands_in_for_an_ecosystem() {
        let legend = Legend::from_csv(
            "code,class_name,ipcc_category\n7,towns,settlements\n",
            "my.csv",
        )
        .unwrap();
        assert_eq!(legend.class(7).unwrap().ecosystem, Some(Ecosystem::Built));
    }

    #[test]
    fn all_bad_rows_are_named_at_once() {
        let text =
            "code,class_name,ecosystem\n1,a,forrest\nx,b,water\n1,c,water\n1,d,water\n2,,water\n";
        let findings = Legend::from_csv(text, "my.csv").unwrap_err();
        let told: Vec<String> = findings.iter().map(ToString::to_string).collect();
        assert_eq!(findings.len(), 4, "{told:?}");
        assert!(told[0].contains("row 2") && told[0].contains("did you mean `forest`"));
        assert!(told[1].contains("row 3") && told[1].contains("no whole number"));
        assert!(told[2].contains("row 5") && told[2].contains("two rows"));
        assert!(told[3].contains("row 6") && told[3].contains("no name"));
    }

    #[test]
    fn a_missing_column_is_named_with_those_found() {
        let findings = Legend::from_csv("code,class_name\n1,a\n", "my.csv").unwrap_err();
        assert!(findings[0].what.contains("no column `ecosystem`"));
        assert!(findings[0].what.contains("`class_name`"));
    }

    #[test]
    fn leading_zeros_stay_in_the_code() {
        let legend =
            Legend::from_csv("code,class_name,ecosystem\n0101,paddy,cropland\n", "cn.csv").unwrap();
        assert_eq!(legend.class(101).unwrap().code, "0101");
    }
}

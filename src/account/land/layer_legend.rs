//! Legends of further layers: what the codes of a map of soils, climate zones or karst mean.

use std::collections::BTreeMap;
use std::collections::btree_map::Entry;

use super::legend::Legend;
use crate::account::library;
use crate::finding::Finding;

/// One class of a further layer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LayerClass {
    /// The code as the table writes it, which may carry leading zeros.
    pub code: String,
    /// The name of the class; parameters may be picked by it.
    pub name: String,
    /// Whether the code means "no value here".
    pub is_nodata: bool,
    /// All further columns of the table that are not empty, by their names.
    pub columns: BTreeMap<String, String>,
}

/// The classes of a further layer by cell value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LayerLegend {
    /// Id of the legend, or the place of a user's table.
    pub id: String,
    classes: BTreeMap<i64, LayerClass>,
}

/// The word for codes that mean "no value here".
const NODATA: &str = "nodata";

impl LayerLegend {
    /// Reads a legend from CSV text with the columns `code` (or `value`) and `class_name` (or
    /// `name`), and any others. A class is "no value here" when its name or its `ecosystem` is
    /// `nodata`.
    ///
    /// # Errors
    ///
    /// All bad rows at once, each with its row number.
    pub fn from_csv(text: &str, place: &str) -> Result<Self, Vec<Finding>> {
        let sheet = library::sheet::read(text, place)?;
        let one_of = |names: [&'static str; 2]| {
            let has = |name: &str| sheet.columns.iter().any(|column| column == name);
            names.into_iter().find(|name| has(name))
        };
        let missing = |name: &str| {
            Finding::error(
                place,
                format!("no column `{name}`, found `{}`", sheet.columns.join("`, `")),
                "a legend of a layer has the columns `code` and `class_name`",
            )
        };
        let (code, name) = match (one_of(["code", "value"]), one_of(["class_name", "name"])) {
            (Some(code), Some(name)) => (code, name),
            (code, name) => {
                let missing_code = code.is_none().then(|| missing("code"));
                let missing_name = name.is_none().then(|| missing("class_name"));
                return Err(missing_code.into_iter().chain(missing_name).collect());
            }
        };
        let mut findings = Vec::new();
        let mut classes = BTreeMap::new();
        for row in &sheet.rows {
            let mut refuse = |what: String, remedy: &str| {
                let place = format!("{place}, row {}", row.line);
                findings.push(Finding::error(place, what, remedy));
            };
            let (written, name) = (row.get(code).unwrap_or_default(), row.get(name));
            let Ok(value) = written.parse::<i64>() else {
                refuse(
                    format!("code `{written}` is no whole number"),
                    "give the cell value as in the raster",
                );
                continue;
            };
            let Some(name) = name else {
                refuse(
                    format!("class `{written}` has no name"),
                    "give the class a name",
                );
                continue;
            };
            let columns: BTreeMap<String, String> = sheet
                .columns
                .iter()
                .filter_map(|column| Some((column.clone(), row.get(column)?.to_owned())))
                .collect();
            let says_nodata = |word: &str| word.eq_ignore_ascii_case(NODATA);
            let class = LayerClass {
                code: written.to_owned(),
                is_nodata: says_nodata(name) || row.get("ecosystem").is_some_and(says_nodata),
                name: name.to_owned(),
                columns,
            };
            match classes.entry(value) {
                Entry::Vacant(free) => {
                    free.insert(class);
                }
                Entry::Occupied(first) => refuse(
                    format!(
                        "code `{written}` has two rows, the other is `{}`",
                        first.get().name
                    ),
                    "keep one row a code",
                ),
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

    /// The class of a cell value.
    #[must_use]
    pub fn class(&self, value: i64) -> Option<&LayerClass> {
        self.classes.get(&value)
    }

    /// All classes, by cell value.
    pub fn classes(&self) -> impl Iterator<Item = (i64, &LayerClass)> {
        self.classes.iter().map(|(value, class)| (*value, class))
    }

    /// Whether a cell value means "no value here".
    #[must_use]
    pub fn is_nodata(&self, value: i64) -> bool {
        self.class(value).is_some_and(|class| class.is_nodata)
    }
}

impl From<&Legend> for LayerLegend {
    fn from(legend: &Legend) -> Self {
        let classes = legend.classes().map(|class| {
            let columns = class
                .ecosystem
                .map(|e| ("ecosystem".to_owned(), e.id().to_owned()));
            let layer = LayerClass {
                code: class.code.clone(),
                name: class.name.clone(),
                is_nodata: class.ecosystem.is_none(),
                columns: columns.into_iter().collect(),
            };
            (class.value, layer)
        });
        Self {
            id: legend.id.clone(),
            classes: classes.collect(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_legend_of_a_layer_keeps_its_further_columns() {
        let text = "code,class_name,soil_type\n1,Luvisol,high-activity-clay\n02,Histosol,organic\n0,nodata,\n";
        let legend = LayerLegend::from_csv(text, "soil.csv").unwrap();
        let luvisol = legend.class(1).unwrap();
        assert_eq!(luvisol.columns["soil_type"], "high-activity-clay");
        assert_eq!(legend.class(2).unwrap().code, "02");
        assert!(legend.is_nodata(0) && !legend.is_nodata(1));
    }

    #[test]
    fn bad_rows_of_a_legend_come_all_at_once() {
        let text = "code,class_name\nx,a\n1,\n2,b\n2,c\n";
        let findings = LayerLegend::from_csv(text, "soil.csv").unwrap_err();
        assert_eq!(findings.len(), 3, "{findings:?}");
        assert!(findings[0].to_string().contains("row 2"));
        let findings = LayerLegend::from_csv("a,b\n1,2\n", "soil.csv").unwrap_err();
        assert_eq!(findings.len(), 2);
    }
}

//! The long table of `terrasink zonal`: one row a zone and combination of classes.

mod written;

pub use written::ZonalRows;

use std::collections::BTreeSet;
use std::fmt;
use std::str::FromStr;

use super::column::{Cell, Kind};
use crate::units::{Hectares, SquareMetres};
use crate::zonal::{Class, Ledger, ValueTally};

/// How numbers are written: far finer than the 1e-6 to which results are compared.
const WRITTEN: Kind = Kind::Digits(12);

/// What is told of a zone and class.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Statistic {
    /// True area, and covered cells.
    Area,
    /// Covered cells with a value, parts of cells included.
    Count,
    /// Sum over the true area of values per area, else over the covered shares of cells.
    Sum,
    /// Mean weighted by true area.
    Mean,
    /// Least value of the cells touched.
    Min,
    /// Greatest value of the cells touched.
    Max,
    /// Variance among cells weighted by true area.
    Variance,
}

impl Statistic {
    /// All of them, in the order in which they are described.
    pub const ALL: [Self; 7] = [
        Self::Area,
        Self::Count,
        Self::Sum,
        Self::Mean,
        Self::Min,
        Self::Max,
        Self::Variance,
    ];

    /// The name on the command line and in columns.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Area => "area",
            Self::Count => "count",
            Self::Sum => "sum",
            Self::Mean => "mean",
            Self::Min => "min",
            Self::Max => "max",
            Self::Variance => "variance",
        }
    }
}

impl fmt::Display for Statistic {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// A word that is no statistic.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("no statistic `{found}`; there are area, count, sum, mean, min, max, variance")]
pub struct UnknownStatistic {
    /// The word.
    pub found: String,
}

impl FromStr for Statistic {
    type Err = UnknownStatistic;

    fn from_str(word: &str) -> Result<Self, UnknownStatistic> {
        Self::ALL
            .into_iter()
            .find(|statistic| statistic.name() == word)
            .ok_or_else(|| UnknownStatistic {
                found: word.to_owned(),
            })
    }
}

/// A value layer as it stands in the columns.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ValueLayer {
    /// Its name.
    pub name: String,
    /// Unit of its values, such as `t_dm/ha`.
    pub unit: Option<String>,
}

impl ValueLayer {
    /// The unit of what is summed and the area it is per, for values per area.
    fn per_area(&self) -> Option<(&str, SquareMetres)> {
        let (what, area) = self.unit.as_deref()?.rsplit_once('/')?;
        let area = match area {
            "ha" => Hectares::new(1.0).into(),
            "mu" => Hectares::from_mu(1.0).into(),
            "m2" => SquareMetres::new(1.0),
            "km2" => Hectares::new(100.0).into(),
            _ => return None,
        };
        Some((what, area))
    }

    fn column(&self, statistic: Statistic) -> String {
        let unit = match (statistic, &self.unit) {
            (Statistic::Count | Statistic::Area, _) | (_, None) => String::new(),
            (Statistic::Sum, Some(unit)) => {
                suffix(self.per_area().map_or(unit.as_str(), |(what, _)| what))
            }
            (Statistic::Variance, Some(unit)) => format!("{}_squared", suffix(unit)),
            (_, Some(unit)) => suffix(unit),
        };
        format!("{}_{statistic}{unit}", self.name)
    }

    fn value(&self, statistic: Statistic, tally: &ValueTally) -> Option<f64> {
        let known = tally.count > 0;
        match statistic {
            Statistic::Area => None,
            Statistic::Count => Some(tally.cells()),
            Statistic::Sum => known.then(|| match self.per_area() {
                Some((_, area)) => tally.sum / area.value(),
                None => tally.plain_sum,
            }),
            Statistic::Mean => tally.mean(),
            Statistic::Min => tally.min(),
            Statistic::Max => tally.max(),
            Statistic::Variance => tally.variance(),
        }
    }
}

/// A unit as the end of a column name: `t_dm/ha` becomes `_t_dm_ha`.
fn suffix(unit: &str) -> String {
    let plain: String = unit
        .chars()
        .map(|c| if c.is_alphanumeric() { c } else { '_' })
        .flat_map(char::to_lowercase)
        .collect();
    format!("_{plain}")
}

/// The columns of a table of zones.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ZonalTable {
    /// Names of the class layers.
    pub classes: Vec<String>,
    /// The value layers.
    pub values: Vec<ValueLayer>,
    /// What is told, in the order of the columns.
    pub statistics: Vec<Statistic>,
}

impl ZonalTable {
    /// The names of the columns.
    #[must_use]
    pub fn columns(&self) -> Vec<String> {
        let mut columns = vec!["zone_id".to_owned()];
        columns.extend(self.classes.iter().cloned());
        if self.statistics.contains(&Statistic::Area) {
            columns.extend(["area_ha".to_owned(), "cell_fraction_sum".to_owned()]);
        }
        for layer in &self.values {
            columns.extend(self.of_values().map(|statistic| layer.column(statistic)));
        }
        columns
    }

    fn of_values(&self) -> impl Iterator<Item = Statistic> {
        let statistics = self.statistics.iter().copied();
        statistics.filter(|statistic| *statistic != Statistic::Area)
    }

    /// What the columns mean and what they hold.
    fn fields(&self) -> Vec<ZonalField> {
        let field = |name: String, meaning: String, content: Content| ZonalField {
            name,
            meaning,
            content,
        };
        let mut fields = vec![field(
            "zone_id".to_owned(),
            "id of the zone".to_owned(),
            Content::Id,
        )];
        fields.extend(self.classes.iter().map(|name| {
            let meaning = format!("code of the class in {name}; empty where it holds no data");
            field(name.clone(), meaning, Content::Class)
        }));
        if self.statistics.contains(&Statistic::Area) {
            fields.push(field(
                "area_ha".to_owned(),
                "true area on the ellipsoid; unit: ha".to_owned(),
                Content::Number,
            ));
            fields.push(field(
                "cell_fraction_sum".to_owned(),
                "covered cells, parts of cells included".to_owned(),
                Content::Number,
            ));
        }
        for layer in &self.values {
            fields.extend(self.of_values().map(|statistic| {
                let unit = layer.unit.as_deref();
                let unit = unit.map_or_else(String::new, |unit| format!(" of values in {unit}"));
                field(
                    layer.column(statistic),
                    format!("{statistic} of {}{unit}", layer.name),
                    Content::Number,
                )
            }));
        }
        fields
    }

    /// The table, in the order of the zones and of the codes. Zones in `left_out` have no rows.
    #[must_use]
    pub fn rows(&self, zones: &[String], ledger: &Ledger, left_out: &BTreeSet<u32>) -> ZonalRows {
        let rows = ledger
            .iter()
            .filter(|(zone, ..)| !left_out.contains(zone))
            .map(|(zone, classes, tally)| {
                let mut cells = vec![Cell::Text(zones[zone as usize].clone())];
                cells.extend(classes.iter().map(|class| match class {
                    Class::Code(code) => Cell::Integer(*code),
                    Class::Nodata => Cell::Empty,
                }));
                if self.statistics.contains(&Statistic::Area) {
                    cells.push(Cell::Real(tally.hectares().value()));
                    cells.push(Cell::Real(tally.cells()));
                }
                for (layer, values) in self.values.iter().zip(&tally.values) {
                    cells.extend(self.of_values().map(|statistic| {
                        layer
                            .value(statistic, values)
                            .filter(|value| value.is_finite())
                            .map_or(Cell::Empty, Cell::Real)
                    }));
                }
                (zone, cells)
            })
            .collect();
        ZonalRows {
            fields: self.fields(),
            rows,
        }
    }
}

/// A column of the table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct ZonalField {
    name: String,
    meaning: String,
    content: Content,
}

/// What a column holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Content {
    Id,
    Class,
    Number,
}

#[cfg(test)]
mod tests {
    use super::*;

    fn layer(unit: &str) -> ValueLayer {
        ValueLayer {
            name: "agb".into(),
            unit: (!unit.is_empty()).then(|| unit.to_owned()),
        }
    }

    #[test]
    fn the_sum_of_a_density_has_the_unit_without_the_area() {
        assert_eq!(layer("t_dm/ha").column(Statistic::Sum), "agb_sum_t_dm");
        assert_eq!(layer("t_dm/ha").column(Statistic::Mean), "agb_mean_t_dm_ha");
        assert_eq!(layer("t_dm/ha").column(Statistic::Count), "agb_count");
        assert_eq!(layer("m").column(Statistic::Sum), "agb_sum_m");
        assert_eq!(
            layer("m").column(Statistic::Variance),
            "agb_variance_m_squared"
        );
        assert_eq!(layer("").column(Statistic::Sum), "agb_sum");
    }

    #[test]
    fn a_density_is_summed_over_its_own_area_and_other_values_over_cells() {
        let tally = ValueTally {
            count: 2,
            plain_sum: 3.0,
            sum: 30_000.0,
            ..ValueTally::default()
        };
        let sum = |unit: &str| layer(unit).value(Statistic::Sum, &tally);
        assert_eq!(sum("t_dm/ha"), Some(3.0));
        assert_eq!(sum("kg/m2"), Some(30_000.0));
        assert_eq!(sum("t/km2"), Some(0.03));
        assert!((sum("t/mu").unwrap() - 45.0).abs() < 1e-9);
        assert_eq!(sum("m"), Some(3.0));
    }

    #[test]
    fn without_a_value_nothing_is_told_but_the_count() {
        let tally = ValueTally::default();
        let told = Statistic::ALL.map(|statistic| layer("m").value(statistic, &tally));
        assert_eq!(told, [None, Some(0.0), None, None, None, None, None]);
    }
}

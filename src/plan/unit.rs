//! Units of the columns of a plot table, read from the plan or from the name of the column.

use crate::units::customary::HECTARES_PER_ACRE;
use crate::units::{Hectares, SquareMetres};

/// What a column of the plots measures, per hectare.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Substance {
    /// Forest, as a share of the plot.
    Share,
    /// Stem volume.
    Volume,
    /// Dry matter.
    DryMatter,
    /// Carbon.
    Carbon,
    /// Area of a stand; not per hectare.
    Area,
}

impl Substance {
    /// The smallest unit in which the substance may be given.
    #[must_use]
    pub const fn least_unit(self) -> &'static str {
        match self {
            Self::Share => "percent",
            Self::Volume => "m3/ha",
            Self::DryMatter | Self::Carbon => "kg/ha",
            Self::Area => "m2",
        }
    }

    /// Units in which the substance may be given.
    #[must_use]
    pub fn accepted(self) -> &'static str {
        match self {
            Self::Share => "share (0 to 1), percent",
            Self::Volume => "m3/ha, m3/mu",
            Self::DryMatter => "t/ha, t_dm/ha, Mg/ha, kg/ha, kg/m2, t/mu",
            Self::Area => "ha, mu, m2, acre",
            Self::Carbon => "t/ha, t_c/ha, Mg/ha, kg/ha, kg/m2, t/mu",
        }
    }
}

/// A unit of a column: the factor that brings it to t, m³ or a share per hectare, or to hectares.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Unit {
    /// What one unit is in the program's own unit.
    pub factor: f64,
}

/// Why a unit is not one.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum UnitError {
    /// Nothing says what the unit is.
    #[error("its unit is not stated: neither the plan nor the name of the column says it")]
    Unstated,
    /// The unit does not measure the substance.
    #[error("its unit is `{found}`")]
    Unfit {
        /// The unit as written.
        found: String,
    },
}

/// Endings of column names that state a unit, longest first.
const ENDINGS: [(&str, &str); 14] = [
    ("_t_dm_ha", "t_dm/ha"),
    ("_tdm_ha", "t_dm/ha"),
    ("_t_c_ha", "t_c/ha"),
    ("_tc_ha", "t_c/ha"),
    ("_mg_ha", "Mg/ha"),
    ("_kg_ha", "kg/ha"),
    ("_kg_m2", "kg/m2"),
    ("_m3_ha", "m3/ha"),
    ("_m3_mu", "m3/mu"),
    ("_t_ha", "t/ha"),
    ("_t_mu", "t/mu"),
    ("_pct", "percent"),
    ("_ft3_ac", "ft3/ac"),
    ("_lb_ac", "lb/ac"),
];

/// Endings of column names that state a unit of area.
const AREA_ENDINGS: [(&str, &str); 3] = [("_ha", "ha"), ("_mu", "mu"), ("_m2", "m2")];

impl Unit {
    /// The unit of a column: as the plan states it, else as the name of the column ends.
    ///
    /// A share needs no unit: its range is checked instead.
    ///
    /// # Errors
    ///
    /// [`UnitError`] when nothing states the unit or it measures something else.
    pub fn of_column(
        substance: Substance,
        column: &str,
        stated: Option<&str>,
    ) -> Result<Self, UnitError> {
        let lower = column.to_ascii_lowercase();
        let endings: &[(&str, &str)] = match substance {
            Substance::Area => &AREA_ENDINGS,
            _ => &ENDINGS,
        };
        let by_name = endings
            .iter()
            .find(|(ending, _)| lower.ends_with(ending))
            .map(|(_, unit)| *unit);
        let unit = match (stated, by_name, substance) {
            (Some(unit), _, _) | (None, Some(unit), _) => unit,
            (None, None, Substance::Share) => "share",
            (None, None, _) => return Err(UnitError::Unstated),
        };
        Self::parse(substance, unit).ok_or_else(|| UnitError::Unfit {
            found: unit.to_owned(),
        })
    }

    fn parse(substance: Substance, unit: &str) -> Option<Self> {
        let per_mu = 1.0 / Hectares::from_mu(1.0).value();
        let mass = |own: &str| match unit {
            "t/ha" | "Mg/ha" => Some(1.0),
            "kg/ha" => Some(1e-3),
            "kg/m2" => Some(10.0),
            "t/mu" => Some(per_mu),
            _ if unit == own => Some(1.0),
            _ => None,
        };
        let factor = match substance {
            Substance::Share => match unit {
                "share" | "ha/ha" | "1" => Some(1.0),
                "percent" | "%" => Some(0.01),
                _ => None,
            },
            Substance::Volume => match unit {
                "m3/ha" => Some(1.0),
                "m3/mu" => Some(per_mu),
                _ => None,
            },
            Substance::DryMatter => mass("t_dm/ha"),
            Substance::Carbon => mass("t_c/ha"),
            Substance::Area => match unit {
                "ha" => Some(1.0),
                "mu" => Some(Hectares::from_mu(1.0).value()),
                "m2" => Some(Hectares::from(SquareMetres::new(1.0)).value()),
                "acre" => Some(HECTARES_PER_ACRE),
                _ => None,
            },
        };
        factor.map(|factor| Self { factor })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_name_of_a_column_states_its_unit() {
        let unit = Unit::of_column(Substance::Volume, "volume_m3_ha", None);
        assert_eq!(unit, Ok(Unit { factor: 1.0 }));
    }

    #[test]
    fn a_volume_per_mu_is_fifteen_times_as_much_per_hectare() {
        let unit = Unit::of_column(Substance::Volume, "v", Some("m3/mu")).unwrap();
        assert!((unit.factor - 15.0).abs() < 1e-12);
    }

    #[test]
    fn a_unit_of_another_substance_is_refused() {
        let unit = Unit::of_column(Substance::Volume, "volume_ft3_ac", None);
        assert_eq!(
            unit,
            Err(UnitError::Unfit {
                found: "ft3/ac".into()
            })
        );
        assert!(Unit::of_column(Substance::Carbon, "v", Some("t_dm/ha")).is_err());
    }

    #[test]
    fn an_unstated_unit_is_no_unit() {
        assert_eq!(
            Unit::of_column(Substance::Carbon, "agc", None),
            Err(UnitError::Unstated)
        );
    }
}

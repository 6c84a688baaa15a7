//! Units of layers that hold a stock.

use crate::account::land::LayerPart;
use crate::units::{Hectares, SquareMetres, TonnesCo2e};

/// What a layer of densities counts.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Substance {
    Carbon,
    DryMatter,
    CarbonDioxide,
}

/// How values of a unit become tonnes.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Scale {
    pub(super) substance: Substance,
    /// Tonnes of the substance in a unit of the sum.
    tonnes: f64,
    /// Whether a value stands for a whole cell rather than for an area.
    per_cell: bool,
    /// The hectares that a value is for, of one per area.
    per: Hectares,
}

impl Scale {
    /// The scale of a unit: mass of what (`t_c`, `kg_c`, `mg_c`, `g_c`, and so on with `_dm` and
    /// `_co2e`; `mg` is a megagram, the way biomass maps write it) over an area or a cell.
    pub(super) fn of(unit: &str) -> Option<Self> {
        let unit = unit.to_lowercase().replace(' ', "");
        let (mass, area) = unit.split_once('/')?;
        let (tonnes, what) = match mass.split_once('_') {
            Some(("t" | "mg", what)) => (1.0, what),
            Some(("kg", what)) => (1e-3, what),
            Some(("g", what)) => (1e-6, what),
            _ => return None,
        };
        let substance = match what {
            "c" => Substance::Carbon,
            "dm" => Substance::DryMatter,
            "co2" | "co2e" => Substance::CarbonDioxide,
            _ => return None,
        };
        let (per_cell, per) = match area {
            "ha" => (false, Hectares::new(1.0)),
            "mu" => (false, Hectares::from_mu(1.0)),
            "m2" => (false, SquareMetres::new(1.0).into()),
            "km2" => (false, Hectares::new(100.0)),
            "cell" => (true, Hectares::new(1.0)),
            _ => return None,
        };
        Some(Self {
            substance,
            tonnes,
            per_cell,
            per,
        })
    }

    /// Tonnes of the substance that a part holds; carbon dioxide as the carbon in it.
    pub(super) fn tonnes(self, part: &LayerPart, place: usize) -> f64 {
        let Some(values) = part.values.get(place) else {
            return 0.0;
        };
        let sum = if self.per_cell {
            values.plain_sum
        } else {
            values.sum / self.per.value()
        };
        let tonnes = sum * self.tonnes;
        match self.substance {
            Substance::CarbonDioxide => TonnesCo2e::new(tonnes).to_carbon().value(),
            _ => tonnes,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn units_say_what_is_counted_and_over_what() {
        let scale = |unit| Scale::of(unit).unwrap();
        assert_eq!(scale("t_dm/ha").substance, Substance::DryMatter);
        assert_eq!(scale("Mg_dm/ha").tonnes.to_bits(), 1.0_f64.to_bits());
        let soil = scale("kg_c/m2");
        // A kilogram a square metre is ten tonnes a hectare.
        assert!((soil.tonnes / soil.per.value() - 10.0).abs() < 1e-9);
        assert!(scale("t_c/cell").per_cell);
        for wrong in ["m", "t/ha", "t_c", "percent", "t_x/ha"] {
            assert_eq!(Scale::of(wrong), None, "{wrong}");
        }
    }
}

//! What is counted over cells.

use crate::grid::UNITS_PER_SQUARE_METRE;
use crate::units::{Hectares, SquareMetres};

/// Coverage of one whole cell: 2⁴⁰ units.
pub(super) const WHOLE: i64 = 1 << 40;

/// [`WHOLE`] as a real number.
pub(super) const WHOLE_F64: f64 = 1_099_511_627_776.0;

/// What a layer says of a cell.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Class {
    /// A code of the layer's legend.
    Code(i64),
    /// The layer knows nothing of the cell.
    Nodata,
}

/// Counted over cells: coverage, area, and values weighted by area. It has no sampling error.
///
/// Coverage and area are integers, so tallies add up to the same bits in any order.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Tally {
    /// Cells that lie wholly inside the zone.
    pub full: u64,
    /// Coverage of the cells that lie partly inside, in units of 2⁻⁴⁰ cell.
    pub part: i128,
    /// True area of all of them, in units of 2⁻³⁰ m².
    pub area: i128,
    /// One entry a value layer.
    pub values: Vec<ValueTally>,
}

/// The values of one layer over the cells of a tally that hold data.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct ValueTally {
    /// Cells with data that the zone touches.
    pub count: u64,
    /// Cells with data that lie wholly inside the zone.
    pub full: u64,
    /// Coverage of the cells with data that lie partly inside, in units of 2⁻⁴⁰ cell.
    pub part: i128,
    /// True area of all of them, in units of 2⁻³⁰ m².
    pub area: i128,
    /// `Σ f x`, with the covered share `f` of each cell.
    pub plain_sum: f64,
    /// `Σ a x`, with the covered area `a` in m².
    pub sum: f64,
    /// `Σ a (x − mean)²`, with the covered area `a` in m².
    pub squared_deviations: f64,
    /// Least value, infinite without cells.
    pub least: f64,
    /// Greatest value, negative infinite without cells.
    pub greatest: f64,
}

impl Default for ValueTally {
    fn default() -> Self {
        Self {
            count: 0,
            full: 0,
            part: 0,
            area: 0,
            plain_sum: 0.0,
            sum: 0.0,
            squared_deviations: 0.0,
            least: f64::INFINITY,
            greatest: f64::NEG_INFINITY,
        }
    }
}

/// `full + part / 2⁴⁰`.
fn cells(full: u64, part: i128) -> f64 {
    // The whole cells inside the parts are taken out first: then both terms are exact or small.
    let whole = part.div_euclid(i128::from(WHOLE));
    let rest = part.rem_euclid(i128::from(WHOLE));
    (i128::from(full) + whole) as f64 + rest as f64 / WHOLE_F64
}

/// A sum of areas within one block always fits.
pub(super) fn signed(area: u128) -> i128 {
    i128::try_from(area).expect("2^18 cells of less than 2^64 units each")
}

impl Tally {
    /// The area of an outline, without cells.
    #[must_use]
    pub fn of_outline(area: Hectares) -> Self {
        let units = SquareMetres::from(area).value() * UNITS_PER_SQUARE_METRE;
        #[expect(
            clippy::cast_possible_truncation,
            reason = "all land of the Earth is below 2^80 units"
        )]
        Self {
            area: units.round() as i128,
            ..Self::default()
        }
    }

    /// How many cells, parts of cells included.
    #[must_use]
    pub fn cells(&self) -> f64 {
        cells(self.full, self.part)
    }

    /// True area, in square metres.
    #[must_use]
    pub fn square_metres(&self) -> SquareMetres {
        SquareMetres::new(self.area as f64 / UNITS_PER_SQUARE_METRE)
    }

    /// True area, in hectares.
    #[must_use]
    pub fn hectares(&self) -> Hectares {
        self.square_metres().into()
    }

    /// Adds the cells of another tally to this one.
    pub fn merge(&mut self, other: &Self) {
        self.full += other.full;
        self.part += other.part;
        self.area += other.area;
        if self.values.len() < other.values.len() {
            self.values
                .resize(other.values.len(), ValueTally::default());
        }
        for (mine, theirs) in self.values.iter_mut().zip(&other.values) {
            mine.merge(theirs);
        }
    }
}

impl ValueTally {
    /// How many cells with data, parts of cells included.
    #[must_use]
    pub fn cells(&self) -> f64 {
        cells(self.full, self.part)
    }

    /// True area of the cells with data, in square metres.
    #[must_use]
    pub fn square_metres(&self) -> SquareMetres {
        SquareMetres::new(self.area as f64 / UNITS_PER_SQUARE_METRE)
    }

    /// True area of the cells with data, in hectares.
    #[must_use]
    pub fn hectares(&self) -> Hectares {
        self.square_metres().into()
    }

    /// `Σ a x / Σ a`, the mean weighted by true covered area; `None` without data.
    #[must_use]
    pub fn mean(&self) -> Option<f64> {
        (self.area > 0).then(|| self.sum / self.square_metres().value())
    }

    /// `Σ a (x − mean)² / Σ a`, the variance among cells weighted by true covered area; `None`
    /// without data. It says how much cells differ, not how well the mean is known.
    #[must_use]
    pub fn variance(&self) -> Option<f64> {
        (self.area > 0).then(|| self.squared_deviations / self.square_metres().value())
    }

    /// What the squared deviations of both tallies together have beyond their own: those of the two
    /// means from the common one.
    ///
    /// # Source
    ///
    /// T. F. Chan, G. H. Golub, R. J. `LeVeque`, Algorithms for computing the sample variance,
    /// The American Statistician 37 (1983), 242–247, equation 2.1.
    #[must_use]
    pub fn deviations_between(&self, other: &Self) -> f64 {
        let (Some(mine), Some(theirs)) = (self.mean(), other.mean()) else {
            return 0.0;
        };
        // Where all hold one value the means may still differ in their last digit.
        if self.least >= other.greatest && self.greatest <= other.least {
            return 0.0;
        }
        let (a, b) = (self.square_metres().value(), other.square_metres().value());
        (theirs - mine).powi(2) * (a * b / (a + b))
    }

    /// `Σ f x` times the area of one hectare: the sum of a layer whose values are per hectare.
    #[must_use]
    pub fn sum_per_hectare(&self) -> f64 {
        self.sum * Hectares::from(SquareMetres::new(1.0)).value()
    }

    /// Least value, `None` without data.
    #[must_use]
    pub fn min(&self) -> Option<f64> {
        (self.count > 0).then_some(self.least)
    }

    /// Greatest value, `None` without data.
    #[must_use]
    pub fn max(&self) -> Option<f64> {
        (self.count > 0).then_some(self.greatest)
    }

    /// Adds the cells of another tally to this one.
    pub fn merge(&mut self, other: &Self) {
        self.squared_deviations += other.squared_deviations + self.deviations_between(other);
        self.count += other.count;
        self.full += other.full;
        self.part += other.part;
        self.area += other.area;
        self.plain_sum += other.plain_sum;
        self.sum += other.sum;
        self.least = self.least.min(other.least);
        self.greatest = self.greatest.max(other.greatest);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_of_cells_add_to_whole_ones() {
        let tally = Tally {
            full: 2,
            part: i128::from(WHOLE) * 3 / 2,
            area: 0,
            values: Vec::new(),
        };
        assert!((tally.cells() - 3.5).abs() < 1e-15);
    }

    #[test]
    fn an_area_of_ten_thousand_square_metres_is_a_hectare() {
        let tally = Tally {
            area: 10_000 << 30,
            ..Tally::default()
        };
        assert_eq!(tally.hectares(), Hectares::new(1.0));
    }

    #[test]
    fn values_without_data_have_no_mean_and_no_extremes() {
        let nothing = ValueTally::default();
        assert_eq!(
            (
                nothing.mean(),
                nothing.variance(),
                nothing.min(),
                nothing.max()
            ),
            (None, None, None, None)
        );
    }
}

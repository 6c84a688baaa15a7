//! Depths of soil: which stocks of soil organic carbon are counted together.
//!
//! Soil of two depths is never added: the account counts soil to one depth. A stock from a depth on,
//! such as 100 to 200 cm, lies under the one above it, and both together are soil to 200 cm.

use crate::account::choice::CarbonChoice;

/// From where to where a stock of soil goes, in centimetres.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(in crate::account) struct Depths {
    /// Its upper end; 0 at the surface.
    pub(in crate::account) from: f64,
    /// Its lower end.
    pub(in crate::account) to: f64,
}

fn same(a: f64, b: f64) -> bool {
    (a - b).abs() < f64::EPSILON
}

impl Depths {
    /// From the surface down.
    pub(in crate::account) const fn down_to(to: f64) -> Self {
        Self { from: 0.0, to }
    }

    /// Soil whose depth nothing states.
    pub(in crate::account) const UNKNOWN: Self = Self::down_to(f64::INFINITY);

    /// Whether both can be part of one stock. Of two that begin at the surface and end at different
    /// depths only one is counted.
    pub(in crate::account) fn count_twice(self, other: Self) -> bool {
        let overlap = self.from < other.to && other.from < self.to;
        let choose = same(self.from, other.from)
            && !same(self.to, other.to)
            && self.to.is_finite()
            && other.to.is_finite();
        overlap && !choose
    }

    /// In words, such as `from 100 to 200 cm`.
    pub(in crate::account) fn words(self) -> String {
        if self.from > 0.0 {
            format!("from {} to {} cm", self.from, self.to)
        } else {
            format!("to {} cm", self.to)
        }
    }
}

/// The soil stocks of a plan, each with the land that it is for.
#[derive(Debug, Default)]
pub(in crate::account) struct SoilStocks<'a>(Vec<(&'a CarbonChoice, Depths)>);

impl<'a> SoilStocks<'a> {
    /// Of choices with the depths that they give.
    pub(in crate::account) fn new(
        stocks: impl Iterator<Item = (&'a CarbonChoice, Depths)>,
    ) -> Self {
        Self(stocks.collect())
    }

    /// Other stocks for the very same land.
    fn beside(&self, choice: &CarbonChoice) -> impl Iterator<Item = Depths> + '_ {
        let (ecosystem, within) = (choice.ecosystem, choice.within.clone());
        let mine = self
            .0
            .iter()
            .filter(move |(other, _)| other.ecosystem == ecosystem && other.within == within);
        mine.map(|(_, depths)| *depths)
    }

    /// Whether soil above it reaches up to the surface without a gap.
    fn reaches_up(&self, choice: &CarbonChoice, depths: Depths) -> bool {
        same(depths.from, 0.0)
            || self
                .beside(choice)
                .any(|above| same(above.to, depths.from) && self.reaches_up(choice, above))
    }

    /// Whether soil below it reaches down to a depth without a gap.
    fn reaches_down(&self, choice: &CarbonChoice, depths: Depths, depth: f64) -> bool {
        same(depths.to, depth)
            || self
                .beside(choice)
                .any(|below| same(below.from, depths.to) && self.reaches_down(choice, below, depth))
    }

    /// Whether the stock is part of soil down to a depth.
    pub(in crate::account) fn counts(
        &self,
        choice: &CarbonChoice,
        depths: Depths,
        depth: f64,
    ) -> bool {
        self.reaches_up(choice, depths) && self.reaches_down(choice, depths, depth)
    }

    /// Whether the account counts soil of the very same land by another stock.
    pub(in crate::account) fn counts_other(&self, choice: &CarbonChoice, depth: f64) -> bool {
        self.beside(choice)
            .any(|depths| self.counts(choice, depths, depth))
    }

    /// The depths that soil is given to from the surface.
    pub(in crate::account) fn ends(&self) -> Vec<f64> {
        let whole = self
            .0
            .iter()
            .filter(|(choice, depths)| self.reaches_up(choice, *depths));
        whole.map(|(_, depths)| depths.to).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::account::Ecosystem;

    #[test]
    fn layers_of_soil_add_up_to_the_depth_that_they_reach_together() {
        let choice = CarbonChoice::new(Ecosystem::FrozenGround, "density-layer");
        let other = CarbonChoice::new(Ecosystem::Grassland, "density-layer");
        let depths = |from, to| Depths { from, to };
        let (top, middle, deep) = (
            depths(0.0, 100.0),
            depths(100.0, 200.0),
            depths(200.0, 300.0),
        );
        let stocks = SoilStocks::new(
            [
                (&choice, top),
                (&choice, middle),
                (&choice, deep),
                (&other, middle),
            ]
            .into_iter(),
        );
        for depths in [top, middle, deep] {
            assert!(stocks.counts(&choice, depths, 300.0));
            assert_eq!(stocks.counts(&choice, depths, 100.0), depths == top);
        }
        assert_eq!(stocks.ends(), [100.0, 200.0, 300.0]);
        // Nothing lies above it.
        assert!(!stocks.counts(&other, middle, 200.0));
        assert!(top.count_twice(top) && !top.count_twice(middle));
        assert!(
            !top.count_twice(Depths::down_to(200.0)),
            "only one of both is counted"
        );
        assert!(middle.count_twice(Depths::down_to(200.0)));
        assert!(top.count_twice(Depths::UNKNOWN));
    }
}

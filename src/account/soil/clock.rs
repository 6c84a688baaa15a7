//! The soil clock: carbon of mineral soil moves to its new equilibrium in equal yearly steps, and a
//! second change before it got there starts the clock anew from where the soil is.

use crate::units::{PerHectare, PerYear, TonnesCarbon, Years};

/// Years that a soil takes to reach its new equilibrium by default.
///
/// # Source
///
/// IPCC 2006 Guidelines, Volume 4, Chapter 2, equation 2.25 (D).
pub const DEFAULT_TRANSITION: Years = Years::new(20.0);

/// Carbon of a mineral soil on one hectare, on its way to an equilibrium.
///
/// `SOC(t) = SOC_start + (SOC_end - SOC_start) · min(t, D) / D`
///
/// | symbol      | meaning | unit |
/// | :---------- | :------ | :--- |
/// | `SOC_start` | stock when the clock was started | t C ha⁻¹ |
/// | `SOC_end`   | stock at equilibrium under the present use | t C ha⁻¹ |
/// | `D`         | transition period | yr |
/// | `t`         | time since the clock was started | yr |
///
/// A change of use inside the period takes the stock of that day as the new start: what was not
/// delivered of the first change is neither lost nor counted twice.
///
/// # Source
///
/// IPCC 2006 Guidelines, Volume 4, Chapter 2, equation 2.25 and section 2.3.3.1.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct SoilClock {
    start: f64,
    end: f64,
    elapsed: f64,
    transition: f64,
}

impl SoilClock {
    /// A soil at equilibrium.
    #[must_use]
    pub fn at_rest(stock: PerHectare<TonnesCarbon>, transition: Years) -> Self {
        let stock = stock.on_one_hectare().value();
        Self {
            start: stock,
            end: stock,
            elapsed: 0.0,
            transition: transition.value(),
        }
    }

    /// The soil after its use changed: the clock starts anew from the present stock.
    #[must_use]
    pub fn changed_to(self, equilibrium: PerHectare<TonnesCarbon>) -> Self {
        Self {
            start: self.stock().on_one_hectare().value(),
            end: equilibrium.on_one_hectare().value(),
            elapsed: 0.0,
            ..self
        }
    }

    /// The soil some years on.
    #[must_use]
    pub fn after(self, years: Years) -> Self {
        Self {
            elapsed: self.elapsed + years.value(),
            ..self
        }
    }

    /// The present stock.
    #[must_use]
    pub fn stock(self) -> PerHectare<TonnesCarbon> {
        let share = (self.elapsed / self.transition).min(1.0);
        // At the end of the period the stock is the equilibrium to the last digit.
        let stock = if share >= 1.0 {
            self.end
        } else {
            self.start + (self.end - self.start) * share
        };
        PerHectare::new(TonnesCarbon::new(stock))
    }

    /// The present yearly change on one hectare, gain positive; zero once the period is over.
    #[must_use]
    pub fn yearly_change(self) -> PerYear<TonnesCarbon> {
        let rate = if self.elapsed < self.transition {
            (self.end - self.start) / self.transition
        } else {
            0.0
        };
        PerYear::new(TonnesCarbon::new(rate))
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn stock(value: f64) -> PerHectare<TonnesCarbon> {
        PerHectare::new(TonnesCarbon::new(value))
    }

    fn value(clock: SoilClock) -> f64 {
        clock.stock().on_one_hectare().value()
    }

    /// Worked example W14.
    #[test]
    fn a_conversion_loses_carbon_for_twenty_years_and_then_none() {
        let clock =
            SoilClock::at_rest(stock(81.0), DEFAULT_TRANSITION).changed_to(stock(81.0 * 0.70));
        assert!((clock.yearly_change().in_one_year().value() + 1.215).abs() < 1e-9);
        let loss = TonnesCarbon::new(-clock.yearly_change().in_one_year().value());
        assert!((loss.to_co2e().value() - 4.455).abs() < 1e-9);
        assert!((value(clock.after(Years::new(20.0))) - 56.7).abs() < 1e-9);
        assert_eq!(
            clock.after(Years::new(20.0)).yearly_change().in_one_year(),
            TonnesCarbon::ZERO
        );
    }

    /// Worked example W15.
    #[test]
    fn a_second_change_starts_from_where_the_soil_is() {
        let cropland = SoilClock::at_rest(stock(88.0), DEFAULT_TRANSITION)
            .changed_to(stock(88.0 * 0.69))
            .after(Years::new(8.0));
        assert!((value(cropland) - 77.088).abs() < 1e-9);
        let forest = cropland.changed_to(stock(88.0));
        assert!((forest.yearly_change().in_one_year().value() - 0.5456).abs() < 1e-9);
        assert!((value(forest.after(Years::new(20.0))) - 88.0).abs() < 1e-12);
    }

    proptest! {
        #[test]
        fn the_sum_of_yearly_changes_is_the_change_of_the_stock(
            start in 10.0_f64..200.0, changes in prop::collection::vec((10.0_f64..200.0, 0u8..40), 1..5)
        ) {
            let mut clock = SoilClock::at_rest(stock(start), DEFAULT_TRANSITION);
            let mut sum = 0.0;
            for (equilibrium, years) in changes {
                clock = clock.changed_to(stock(equilibrium));
                for _ in 0..years {
                    sum += clock.yearly_change().in_one_year().value();
                    clock = clock.after(Years::new(1.0));
                }
            }
            prop_assert!((start + sum - value(clock)).abs() < 1e-9);
        }
    }
}

//! The trait of all quantities, the macro that makes one, and densities and rates.

use std::fmt;
use std::ops::{Add, Div, Mul, Sub};

use super::Hectares;

/// A number with a substance and a unit.
pub trait Quantity:
    Copy
    + fmt::Debug
    + PartialEq
    + PartialOrd
    + Add<Output = Self>
    + Sub<Output = Self>
    + Mul<f64, Output = Self>
{
    /// The unit as it is written in tables and column names, such as `t_c`.
    const UNIT: &'static str;

    /// The quantity of `value` units.
    fn new(value: f64) -> Self;

    /// How many units.
    fn value(self) -> f64;
}

/// Declares a quantity: a newtype over `f64` with arithmetic within the same substance.
macro_rules! quantity {
    ($(#[$doc:meta])* $name:ident, $unit:literal) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, PartialOrd, Default, serde::Serialize, serde::Deserialize)]
        #[serde(transparent)]
        pub struct $name(f64);

        impl $name {
            /// Nothing of it. Zero means zero, never "unknown".
            pub const ZERO: Self = Self(0.0);

            /// The quantity of `value` units.
            #[must_use]
            pub const fn new(value: f64) -> Self {
                Self(value)
            }

            /// How many units.
            #[must_use]
            pub const fn value(self) -> f64 {
                self.0
            }
        }

        impl $crate::units::Quantity for $name {
            const UNIT: &'static str = $unit;

            fn new(value: f64) -> Self {
                Self(value)
            }

            fn value(self) -> f64 {
                self.0
            }
        }

        impl std::ops::Add for $name {
            type Output = Self;
            fn add(self, other: Self) -> Self {
                Self(self.0 + other.0)
            }
        }

        impl std::ops::AddAssign for $name {
            fn add_assign(&mut self, other: Self) {
                self.0 += other.0;
            }
        }

        impl std::ops::Sub for $name {
            type Output = Self;
            fn sub(self, other: Self) -> Self {
                Self(self.0 - other.0)
            }
        }

        impl std::ops::Neg for $name {
            type Output = Self;
            fn neg(self) -> Self {
                Self(-self.0)
            }
        }

        impl std::ops::Mul<f64> for $name {
            type Output = Self;
            fn mul(self, factor: f64) -> Self {
                Self(self.0 * factor)
            }
        }

        impl std::ops::Div<f64> for $name {
            type Output = Self;
            fn div(self, divisor: f64) -> Self {
                Self(self.0 / divisor)
            }
        }

        /// A ratio of like to like has no unit.
        impl std::ops::Div for $name {
            type Output = f64;
            fn div(self, other: Self) -> f64 {
                self.0 / other.0
            }
        }

        impl std::iter::Sum for $name {
            fn sum<I: Iterator<Item = Self>>(items: I) -> Self {
                // A sum of nothing is 0, and not the -0 that a sum of floats begins with.
                Self(items.fold(0.0, |sum, item| sum + item.0))
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                std::fmt::Display::fmt(&self.0, f)?;
                f.write_str(concat!(" ", $unit))
            }
        }
    };
}
pub(crate) use quantity;

quantity!(
    /// Volume of living stems, in cubic metres.
    CubicMetres, "m3");
quantity!(
    /// Number of trees.
    Stems, "trees");
quantity!(
    /// A span of time, in years.
    Years, "yr");

/// A quantity on one hectare, such as t C per ha.
#[derive(Debug, Clone, Copy, PartialEq, PartialOrd)]
pub struct PerHectare<Q>(Q);

impl<Q: Quantity> PerHectare<Q> {
    /// `quantity` on each hectare.
    #[must_use]
    pub const fn new(quantity: Q) -> Self {
        Self(quantity)
    }

    /// What stands on one hectare.
    #[must_use]
    pub const fn on_one_hectare(self) -> Q {
        self.0
    }
}

impl<Q: Quantity> Mul<Hectares> for PerHectare<Q> {
    type Output = Q;
    fn mul(self, area: Hectares) -> Q {
        self.0 * area.value()
    }
}

/// A quantity in one year, such as t C per year.
#[derive(Debug, Clone, Copy, PartialEq, PartialOrd)]
pub struct PerYear<Q>(Q);

impl<Q: Quantity> PerYear<Q> {
    /// `quantity` in each year.
    #[must_use]
    pub const fn new(quantity: Q) -> Self {
        Self(quantity)
    }

    /// What one year brings.
    #[must_use]
    pub const fn in_one_year(self) -> Q {
        self.0
    }

    /// The mean rate of a change over a period.
    #[must_use]
    pub fn over(change: Q, period: Years) -> Self {
        Self(Q::new(change.value() / period.value()))
    }
}

impl<Q: Quantity> Mul<Years> for PerYear<Q> {
    type Output = Q;
    fn mul(self, period: Years) -> Q {
        self.0 * period.value()
    }
}

impl<Q: Quantity> Div<Hectares> for PerYear<Q> {
    type Output = PerHectare<PerYear<Q>>;
    fn div(self, area: Hectares) -> Self::Output {
        PerHectare(PerYear(Q::new(self.0.value() / area.value())))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::units::TonnesCarbon;

    #[test]
    fn a_density_times_an_area_is_a_stock() {
        let density = PerHectare::new(TonnesCarbon::new(82.5));
        assert_eq!(density * Hectares::new(2.0), TonnesCarbon::new(165.0));
    }

    #[test]
    fn a_change_over_a_period_is_a_yearly_rate() {
        let rate = PerYear::over(TonnesCarbon::new(20.0), Years::new(10.0));
        assert_eq!(rate.in_one_year(), TonnesCarbon::new(2.0));
    }
}

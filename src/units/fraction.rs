//! Shares between nothing and all.

/// A share between 0 and 1, checked once.
#[derive(Debug, Clone, Copy, PartialEq, PartialOrd, serde::Serialize)]
#[serde(transparent)]
pub struct Fraction(f64);

/// Why a number is no share.
#[derive(Debug, Clone, Copy, PartialEq, thiserror::Error)]
#[error("found {found}, expected a share between 0 and 1")]
pub struct FractionError {
    /// The number that was given.
    pub found: f64,
}

impl Fraction {
    /// All of it.
    pub const ONE: Self = Self(1.0);
    /// None of it.
    pub const ZERO: Self = Self(0.0);

    /// The share `value`.
    ///
    /// # Errors
    ///
    /// [`FractionError`] when `value` is not a number between 0 and 1.
    pub fn new(value: f64) -> Result<Self, FractionError> {
        if (0.0..=1.0).contains(&value) {
            Ok(Self(value))
        } else {
            Err(FractionError { found: value })
        }
    }

    /// The share as a number between 0 and 1.
    #[must_use]
    pub const fn value(self) -> f64 {
        self.0
    }

    /// The share in percent.
    #[must_use]
    pub fn percent(self) -> f64 {
        100.0 * self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_share_lies_between_zero_and_one() {
        assert!(Fraction::new(0.47).is_ok());
        assert!(Fraction::new(1.01).is_err());
        assert!(Fraction::new(f64::NAN).is_err());
    }
}

//! Years of the calendar.

use std::ops::RangeInclusive;

/// Years that maps, inventories and statistics can be of.
const POSSIBLE: RangeInclusive<f64> = 1800.0..=2200.0;

/// A year, to the nearest; a number that can be none (a date as 20110607, a slip of the finger) is
/// refused.
///
/// # Errors
///
/// What was found and what was expected.
pub fn year(number: f64) -> Result<i32, String> {
    if POSSIBLE.contains(&number) {
        #[expect(clippy::cast_possible_truncation, reason = "checked")]
        return Ok(number.round() as i32);
    }
    let (first, last) = (POSSIBLE.start(), POSSIBLE.end());
    Err(format!(
        "found {number}, expected a year from {first} to {last}"
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_and_slips_are_no_years() {
        assert_eq!(year(2011.0), Ok(2011));
        assert_eq!(year(2011.4), Ok(2011));
        for odd in [20_110_607.0, 201.0, 0.5, f64::NAN, -5.0] {
            assert!(year(odd).is_err_and(|what| what.contains("1800 to 2200")));
        }
    }
}

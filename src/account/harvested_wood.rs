//! Harvested wood: carbon in products that decay by a half-life.

use crate::units::{PerYear, TonnesCarbon, Years};

/// Carbon in a pool of products after one more year.
///
/// `C(t+1) = e^(-k) · C(t) + (1 - e^(-k)) / k · I(t)`, `k = ln 2 / HL`
///
/// | symbol | meaning | unit |
/// | :----- | :------ | :--- |
/// | `C`    | carbon in the pool at the start of the year | t C |
/// | `I`    | carbon that comes in during the year | t C a⁻¹ |
/// | `HL`   | half-life of the products | yr |
///
/// # Source
///
/// IPCC 2006 Guidelines, Volume 4, Chapter 12, equation 12.1 (recalled, as the seeds' half-lives
/// are not given: the user states them).
#[must_use]
pub fn products_after_a_year(
    pool: TonnesCarbon,
    inflow: PerYear<TonnesCarbon>,
    half_life: Years,
) -> TonnesCarbon {
    let k = std::f64::consts::LN_2 / half_life.value();
    pool * (-k).exp() + inflow.in_one_year() * (-(-k).exp_m1() / k)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Worked example W23.
    #[test]
    fn an_empty_pool_fills_as_the_worked_example_says() {
        let mut pool = TonnesCarbon::ZERO;
        for expected in [99.016_294, 196.090_939, 291.262_010] {
            pool = products_after_a_year(
                pool,
                PerYear::new(TonnesCarbon::new(100.0)),
                Years::new(35.0),
            );
            assert!((pool.value() - expected).abs() < 5e-7, "{pool}");
        }
    }
}

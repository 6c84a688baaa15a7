//! Deductions for uncertainty, as two crediting standards word them.

use crate::units::TonnesCo2e;

/// Deduction of ART-TREES: `(reductions + removals) · 0.524417 · HW90 / 1.645006`.
///
/// `HW90` is the half-width of the 90 % interval as a share of the mean; 0.524417 is the normal
/// quantile at 70 %, so the deduction is that many standard errors.
///
/// # Source
///
/// ART-TREES 2.0, equations 10 and 11.
#[must_use]
pub fn art_trees(gross: TonnesCo2e, half_width_90: f64) -> TonnesCo2e {
    const QUANTILE_70: f64 = 0.524_417;
    const QUANTILE_95: f64 = 1.645_006;
    gross * (QUANTILE_70 * half_width_90 / QUANTILE_95)
}

/// Net reductions of VM0033 after its deduction: nothing is taken off up to the allowed error, the
/// excess beyond it.
///
/// `adjusted = NER · (1 - error + allowed)` where `error > allowed`; the methodology allows 20 % at
/// 90 % confidence or 30 % at 95 %.
///
/// # Source
///
/// Verra VM0033 v2.1, equation 92.
#[must_use]
pub fn vm0033(net: TonnesCo2e, error: f64, allowed: f64) -> TonnesCo2e {
    let excess = (error - allowed).max(0.0);
    net * (1.0 - excess)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Worked example W19.
    #[test]
    fn art_trees_takes_off_what_the_worked_example_says() {
        let deduction = art_trees(TonnesCo2e::new(1_000_000.0), 0.20);
        assert!((deduction.value() - 63_758.67).abs() < 0.01);
        assert!((art_trees(TonnesCo2e::new(1.0), 0.10).value() - 0.031_879_337).abs() < 1e-9);
    }

    /// Worked example W20.
    #[test]
    fn vm0033_takes_off_the_excess_alone() {
        let net = TonnesCo2e::new(50_000.0);
        assert!((vm0033(net, 0.26, 0.20).value() - 47_000.0).abs() < 1e-9);
        assert_eq!(vm0033(net, 0.19, 0.20), net);
    }
}

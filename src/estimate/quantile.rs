//! Quantiles of Student's distribution.

use std::f64::consts::FRAC_PI_2;

use statrs::distribution::{Continuous, ContinuousCDF, Normal, StudentsT};

/// From so many degrees of freedom on the series is exact to the last digit of a double: what it
/// leaves out is of the order of `df⁻⁵`.
const AS_GOOD_AS_SEARCHED: f64 = 5e3;

/// Most steps of the search; it ends in fewer than ten but for hardly any degrees of freedom.
const MOST_STEPS: usize = 200;

/// Half-width of a two-sided interval at `level`, in standard errors.
///
/// Student's t with `degrees_of_freedom`; the normal quantile where they are unknown or not positive.
///
/// A series in `1/df` gives the quantile where there are many degrees of freedom, and the start of a
/// search on the distribution function where there are few: Newton's steps within a bracket that each
/// step narrows, so that it ends for any degrees of freedom. (The library's own inverse does not end
/// for some that Satterthwaite's rule gives.)
///
/// # Source
///
/// Student 1908, The probable error of a mean, Biometrika 6; the series: Abramowitz and Stegun 1964,
/// Handbook of Mathematical Functions, 26.7.5.
#[must_use]
pub fn two_sided_quantile(level: f64, degrees_of_freedom: Option<f64>) -> f64 {
    let probability = f64::midpoint(1.0, level);
    let normal = Normal::standard().inverse_cdf(probability);
    let Some(df) = degrees_of_freedom.filter(|df| *df > 0.0) else {
        return normal;
    };
    let start = series(normal, df);
    if df >= AS_GOOD_AS_SEARCHED {
        return start;
    }
    let student = StudentsT::new(0.0, 1.0, df).ok();
    student.map_or(normal, |student| {
        search(&student, probability, normal, start)
    })
}

/// Fewest degrees of freedom for which the closed formula of draws is good.
const FEWEST_BY_FORMULA: f64 = 3.0;

/// A draw from Student's distribution: its quantile at an even `draw` between 0 and 1, to 2e-5 of itself, many times
/// faster than by [`two_sided_quantile`].
///
/// # Source
///
/// Hill 1970, Algorithm 396: Student's t-quantiles, Communications of the ACM 13:619-620.
#[must_use]
pub fn student_draw(draw: f64, degrees_of_freedom: f64) -> f64 {
    let tails = 2.0 * draw.min(1.0 - draw);
    let df = degrees_of_freedom;
    let size = if df < FEWEST_BY_FORMULA {
        two_sided_quantile(1.0 - tails, Some(df))
    } else if df >= AS_GOOD_AS_SEARCHED {
        return series(Normal::standard().inverse_cdf(draw), df);
    } else {
        by_formula(tails, df)
    };
    size.copysign(draw - 0.5)
}

/// The quantile that leaves so much in both tails together. Letters are those of the source.
#[expect(clippy::many_single_char_names, reason = "those of the source")]
fn by_formula(tails: f64, df: f64) -> f64 {
    let a = 1.0 / (df - 0.5);
    let b = 48.0 / (a * a);
    let mut c = ((20_700.0 * a / b - 98.0) * a - 16.0) * a + 96.36;
    let d = ((94.5 / (b + c) - 3.0) / b + 1.0) * (a * FRAC_PI_2).sqrt() * df;
    let mut y = (d * tails).powf(2.0 / df);
    if y > 0.05 + a {
        let x = Normal::standard().inverse_cdf(tails / 2.0);
        y = x * x;
        if df < 5.0 {
            c += 0.3 * (df - 4.5) * (x + 0.6);
        }
        c += (((0.05 * d * x - 5.0) * x - 7.0) * x - 2.0) * x + b;
        y = (((((0.4 * y + 6.3) * y + 36.0) * y + 94.5) / c - y - 3.0) / b + 1.0) * x;
        y = (a * y * y).exp_m1();
    } else {
        let inner = 1.0 / (((df + 6.0) / (df * y) - 0.089 * d - 0.822) * (df + 2.0) * 3.0);
        y = ((inner + 0.5 / (df + 4.0)) * y - 1.0) * (df + 1.0) / (df + 2.0) + 1.0 / y;
    }
    (df * y).sqrt()
}

/// The quantile of Student's distribution from the `normal` one.
fn series(normal: f64, df: f64) -> f64 {
    let x = normal;
    let square = x * x;
    // Coefficients of x, x³, x⁵ ... by the power of 1/df.
    let terms: [(&[f64], f64); 4] = [
        (&[1.0, 1.0], 4.0),
        (&[3.0, 16.0, 5.0], 96.0),
        (&[-15.0, 17.0, 19.0, 3.0], 384.0),
        (&[-945.0, -1920.0, 1482.0, 776.0, 79.0], 92_160.0),
    ];
    let corrections = terms.iter().rev().fold(0.0, |inner, (powers, divisor)| {
        let polynomial = powers.iter().rev().fold(0.0, |sum, c| sum * square + c);
        (inner + x * polynomial / divisor) / df
    });
    normal + corrections
}

/// The point at which `student` reaches `probability`; it lies beyond the `normal` one, and the
/// search begins at `start` where that does.
fn search(student: &StudentsT, probability: f64, normal: f64, start: f64) -> f64 {
    let (mut low, mut high) = (normal, 2.0 * normal + 1.0);
    while student.cdf(high) < probability && high < 1e150 {
        (low, high) = (high, high * high);
    }
    let mut at = if start > low && start < high {
        start
    } else {
        f64::midpoint(low, high)
    };
    for _ in 0..MOST_STEPS {
        let off = student.cdf(at) - probability;
        if off < 0.0 {
            low = at;
        } else {
            high = at;
        }
        let newton = at - off / student.pdf(at);
        let next = if newton > low && newton < high {
            newton
        } else {
            f64::midpoint(low, high)
        };
        if (next - at).abs() <= 1e-14 * at.abs() {
            return next;
        }
        at = next;
    }
    at
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quantiles_are_those_of_the_tables() {
        // NIST/SEMATECH e-Handbook of Statistical Methods, section 1.3.6.7.2, to its three digits.
        for (level, df, expected) in [
            (0.95, 1.0, 12.706),
            (0.95, 2.0, 4.303),
            (0.95, 7.0, 2.365),
            (0.99, 10.0, 3.169),
            (0.90, 30.0, 1.697),
            (0.95, 100.0, 1.984),
        ] {
            let found = two_sided_quantile(level, Some(df));
            assert!((found - expected).abs() < 5.1e-4, "{df}: {found}");
        }
    }

    #[test]
    fn any_degrees_of_freedom_have_a_quantile_between_the_normal_and_cauchys() {
        let normal = two_sided_quantile(0.95, None);
        assert!((normal - 1.959_963_984_540_054).abs() < 1e-12);
        for df in [1.0, 1.5, 217.3, 9.9e3, 123_456.7, 9.9e5, 1e7, 1e12, 1e300] {
            let found = two_sided_quantile(0.95, Some(df));
            assert!((normal - 1e-12..12.7063).contains(&found), "{df}: {found}");
        }
        assert!(two_sided_quantile(0.95, Some(0.3)).is_finite());
    }

    #[test]
    fn the_series_meets_the_search() {
        for level in [0.8, 0.9, 0.95, 0.99, 0.999] {
            let probability = f64::midpoint(1.0, level);
            let normal = Normal::standard().inverse_cdf(probability);
            let student = StudentsT::new(0.0, 1.0, AS_GOOD_AS_SEARCHED).unwrap();
            let searched = search(&student, probability, normal, normal);
            let given = two_sided_quantile(level, Some(AS_GOOD_AS_SEARCHED));
            assert!(
                (searched / given - 1.0).abs() < 1e-11,
                "{level}: {searched} {given}"
            );
        }
        // At 95 % and ten degrees of freedom the tables have 2.228.
        assert!((series(1.959_963_984_540_054, 10.0) - 2.228).abs() < 5e-4);
    }

    #[test]
    fn draws_are_quantiles() {
        for df in [
            1.0, 2.0, 2.7, 3.0, 3.6, 4.0, 5.0, 7.5, 12.0, 30.0, 217.3, 4e3, 9e3,
        ] {
            for level in [0.001, 0.2, 0.5, 0.8, 0.95, 0.99, 0.9999, 0.999_999] {
                let expected = two_sided_quantile(level, Some(df));
                for (draw, sign) in [
                    (f64::midpoint(1.0, level), 1.0),
                    ((1.0 - level) / 2.0, -1.0),
                ] {
                    let found = student_draw(draw, df);
                    let off = (sign * found / expected - 1.0).abs();
                    assert!(
                        off < 2e-5,
                        "{df}, {draw}: {found}, expected {sign} x {expected}"
                    );
                }
            }
        }
    }
}

//! Classes of a number: ages or diameters by a width or by bounds.

/// Classes that a number falls into.
#[derive(Debug, Clone, PartialEq)]
pub enum ValueClasses {
    /// Equal classes from zero on, of this width.
    Width(f64),
    /// Classes between bounds in rising order; below the first and from the last on is one each.
    Bounds(Vec<f64>),
}

/// What stands for a number that is not there: a class by itself.
const NOT_STATED: &str = "not stated";

impl ValueClasses {
    /// The class of a number: it holds its lower bound and not its upper one.
    ///
    /// Between whole bounds the class from 20 to less than 40 is called `20-39`, otherwise
    /// `2.5-<5`.
    ///
    /// # Examples
    ///
    /// ```
    /// use terrasink::estimate::ValueClasses;
    ///
    /// let ages = ValueClasses::Width(20.0);
    /// assert_eq!(ages.label(Some(39.5)), "20-39");
    /// assert_eq!(ages.label(None), "not stated");
    /// let sizes = ValueClasses::Bounds(vec![5.0, 12.5]);
    /// assert_eq!(sizes.label(Some(5.0)), "5-<12.5");
    /// assert_eq!(sizes.label(Some(12.5)), "12.5+");
    /// assert_eq!(sizes.label(Some(1.0)), "<5");
    /// ```
    #[must_use]
    pub fn label(&self, value: Option<f64>) -> String {
        let Some(value) = value else {
            return NOT_STATED.to_owned();
        };
        match self {
            Self::Width(width) => {
                let place = value / width;
                // The division may put a bound a last digit below itself.
                let is_bound = (place - place.round()).abs() < 1e-9;
                let class = if is_bound {
                    place.round()
                } else {
                    place.floor()
                };
                between(class * width, (class + 1.0) * width)
            }
            Self::Bounds(bounds) => {
                let above = bounds.partition_point(|bound| *bound <= value);
                match (above.checked_sub(1).map(|at| bounds[at]), bounds.get(above)) {
                    (Some(lower), Some(upper)) => between(lower, *upper),
                    (Some(lower), None) => format!("{lower}+"),
                    (None, Some(upper)) => format!("<{upper}"),
                    (None, None) => NOT_STATED.to_owned(),
                }
            }
        }
    }
}

fn between(lower: f64, upper: f64) -> String {
    let whole = lower.fract() == 0.0 && upper.fract() == 0.0;
    if !whole {
        return format!("{}-<{}", rounded(lower), rounded(upper));
    }
    if lower + 1.0 < upper {
        format!("{lower}-{}", upper - 1.0)
    } else {
        format!("{lower}")
    }
}

/// A bound without the digits of its multiplication.
fn rounded(bound: f64) -> f64 {
    (bound * 1e9).round() / 1e9
}

#[cfg(test)]
mod tests {
    use super::ValueClasses;

    #[test]
    fn whole_widths_are_called_by_their_whole_numbers() {
        let twenty = ValueClasses::Width(20.0);
        for (value, label) in [
            (0.0, "0-19"),
            (19.9, "0-19"),
            (20.0, "20-39"),
            (101.0, "100-119"),
        ] {
            assert_eq!(twenty.label(Some(value)), label);
        }
        assert_eq!(ValueClasses::Width(1.0).label(Some(7.0)), "7");
    }

    #[test]
    fn parts_of_one_are_told_with_their_bounds() {
        let classes = ValueClasses::Width(0.1);
        assert_eq!(classes.label(Some(0.3)), "0.3-<0.4");
        assert_eq!(classes.label(Some(0.25)), "0.2-<0.3");
    }

    #[test]
    fn bounds_leave_nothing_out() {
        let classes = ValueClasses::Bounds(vec![20.0, 40.0, 80.0]);
        let labels = [0.0, 20.0, 79.0, 80.0, 500.0].map(|value| classes.label(Some(value)));
        assert_eq!(labels, ["<20", "20-39", "40-79", "80+", "80+"]);
    }
}

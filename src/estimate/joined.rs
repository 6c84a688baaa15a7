//! Post-strata with too few plots to speak for themselves.

/// Plots that a stratum needs for a variance.
const ENOUGH: usize = 2;

/// The stratum that each stratum of a unit counts as, from the plots found in each, in their order.
///
/// One with at least two plots stands by itself. Any other joins the next one that does, or the last
/// one before it; where none does, all join the first. Joining post-strata leaves the estimate of a
/// total unbiased: each plot still stands for land that it was drawn from with the same chance as any
/// other.
///
/// # Source
///
/// Bechtold and Patterson (editors) 2005, USDA Forest Service GTR SRS-80, chapter 4, on strata that are
/// collapsed because few plots fell into them.
#[must_use]
pub fn joined(plots: &[usize]) -> Vec<usize> {
    let stands = |stratum: &usize| plots[*stratum] >= ENOUGH;
    let all = 0..plots.len();
    all.clone()
        .map(|stratum| {
            let next = (stratum..plots.len()).find(stands);
            next.or_else(|| all.clone().rfind(stands)).unwrap_or(0)
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::joined;

    #[test]
    fn a_stratum_with_two_plots_stands_by_itself() {
        assert_eq!(joined(&[2, 5, 3]), [0, 1, 2]);
    }

    #[test]
    fn small_ones_join_the_next_and_at_the_end_the_last() {
        assert_eq!(joined(&[1, 0, 4, 1, 2, 0, 1]), [2, 2, 2, 4, 4, 4, 4]);
    }

    #[test]
    fn where_none_has_two_all_are_one() {
        assert_eq!(joined(&[1, 0, 1]), [0, 0, 0]);
    }
}

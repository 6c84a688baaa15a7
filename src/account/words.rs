//! Words that notes are made of.

/// Notes in one, the empty ones left out.
#[must_use]
pub fn joined<'a>(notes: impl IntoIterator<Item = &'a str>) -> String {
    notes
        .into_iter()
        .filter(|note| !note.is_empty())
        .collect::<Vec<_>>()
        .join("; ")
}

/// A number as a pocket calculator takes it.
pub(super) fn number(value: f64) -> String {
    // A zero has no sign.
    let text = format!("{:.6}", value + 0.0);
    let text = text.trim_end_matches('0');
    text.trim_end_matches('.').to_owned()
}

/// Regions with the reason why a figure has nothing of them, in words: `region a, b (reason)`.
#[must_use]
pub fn regions_without(left_out: &[(String, String)]) -> String {
    let mut reasons: Vec<(&str, Vec<&str>)> = Vec::new();
    for (region, why) in left_out {
        match reasons.iter_mut().find(|(known, _)| known == why) {
            Some((_, regions)) => regions.push(region),
            None => reasons.push((why, vec![region])),
        }
    }
    let words = reasons.iter().map(|(why, regions)| {
        let named = regions[..regions.len().min(MOST)].join(", ");
        let more = regions.len().saturating_sub(MOST);
        let more = if more > 0 {
            format!(" and {more} more")
        } else {
            String::new()
        };
        format!("region {named}{more} ({why})")
    });
    words.collect::<Vec<_>>().join(", ")
}

/// Most regions that are named.
const MOST: usize = 5;

/// How the note of a change begins that is not known; why follows.
pub(super) const UNKNOWN: &str = "not known: ";

/// Why a zero is in no sum.
pub(super) const NO_SUM: &str =
    "not counted: beside a change of the region that is not known none makes no sum";

/// What an entry has that meets no land.
pub(super) const NOTHING: &str = "nothing to account";

/// How every reason begins that keeps a gas from the headline.
pub const APART: &str = "not part of the headline: ";

/// What land is whose stock no register has, as the rows of one say.
pub const UNSTOCKED: &str =
    "that count as forest and have no stock volume in a register, such as bamboo";

/// How it ends that land may have been what burnt.
pub const NO_FIGURE: &str = ", and no figure has them";

//! Notes of the rows of stocks and removals as the summary tells them: what is of this region and its land.
//! What is the same wherever a method is chosen, such as what its table is of, stays with the rows and
//! with `terrasink methods ID`.

use std::collections::{BTreeMap, BTreeSet};

use crate::account::{Seeds, SequestrationRow, TIER_ONE_WORDS};

/// How a note begins that says that some inputs of a figure have no spread.
const LOWER_LIMIT: &str = "the spread is a lower limit";

/// Parts that the notes of a row are joined of.
const BETWEEN: &str = "; ";

/// The note of a row without what its method says everywhere, and with one wording for spreads that are
/// lower limits.
pub(super) fn brief(note: &str, method: &str, seeds: &Seeds) -> String {
    let own = seeds
        .method(method)
        .map_or("", |method| method.note.as_str());
    let rest = if own.is_empty() {
        note
    } else {
        note.strip_suffix(own).unwrap_or(note)
    };
    let phrases = rest.split(BETWEEN).map(str::trim);
    let told = phrases.filter(|phrase| !phrase.is_empty() && !TIER_ONE_WORDS.contains(phrase));
    let told: Vec<&str> = told
        .map(|phrase| {
            if phrase.starts_with(LOWER_LIMIT) {
                LOWER_LIMIT
            } else {
                phrase
            }
        })
        .collect();
    told.join(BETWEEN)
}

/// Whether a row without a figure says no more than that a stock has no removal by its method.
pub(super) fn is_of_stock(row: &SequestrationRow, seeds: &Seeds) -> bool {
    let method = seeds.method(&row.method);
    method.is_ok_and(|method| method.no_removal.as_ref() == Some(&row.note))
}

/// Names the pools of stocks that have no removal by their methods, those that share their pools together.
pub(super) fn without_removal(rows: &[&SequestrationRow]) -> Option<String> {
    let mut pools: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    for row in rows {
        pools.entry(&row.ecosystem).or_default().insert(&row.pool);
    }
    let mut ecosystems: BTreeMap<BTreeSet<&str>, Vec<&str>> = BTreeMap::new();
    for (ecosystem, pools) in pools {
        ecosystems.entry(pools).or_default().push(ecosystem);
    }
    let words = ecosystems.iter().map(|(pools, ecosystems)| {
        let pools: Vec<&str> = pools.iter().copied().collect();
        format!("{} ({})", ecosystems.join(", "), pools.join(", "))
    });
    let words: Vec<String> = words.collect();
    (!words.is_empty()).then(|| {
        format!(
            "stocks that are taken as steady or have no date, and give no removal by themselves: {}",
            words.join(", ")
        )
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_note_is_told_without_what_its_method_says_everywhere() {
        let seeds = Seeds::embedded();
        let id = "forest-growth-ipcc2019";
        let own = &seeds.method(id).unwrap().note;
        let note = format!("a gain and no balance; the spread is a lower limit: some; {own}");
        let told = "a gain and no balance; the spread is a lower limit";
        assert_eq!(brief(&note, id, &seeds), told);
        assert_eq!(brief(own, id, &seeds), "");
        // Of no method, and of one that the seeds do not know, all is told.
        assert_eq!(
            brief("10 ha are left out", "", &seeds),
            "10 ha are left out"
        );
    }
}

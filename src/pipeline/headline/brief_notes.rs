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

/// A note without a phrase that is told in another way.
pub(super) fn without_phrase(note: &str, told: &str) -> String {
    let phrases = note.split(BETWEEN).filter(|phrase| *phrase != told);
    phrases.collect::<Vec<_>>().join(BETWEEN)
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

/// Subjects with their notes, as they are told.
pub(super) fn pairs(notes: &[(String, String)]) -> impl Iterator<Item = (String, &str)> {
    notes
        .iter()
        .map(|(subject, note)| (subject.clone(), note.as_str()))
}

/// What a row is about: its ecosystem, or the pool of all classes together.
pub(super) fn subject<'a>(ecosystem: &'a str, pool: &'a str) -> &'a str {
    if ecosystem == "all" { pool } else { ecosystem }
}

/// The notes of rows with what they are about before them.
pub(super) fn told_once<'a>(
    rows: impl Iterator<Item = (String, &'a str)>,
    without_spread: bool,
) -> Vec<String> {
    by_subjects(rows, without_spread)
        .into_iter()
        .map(|(subjects, note)| format!("{subjects}: {note}"))
        .collect()
}

/// The notes of rows by what the rows are about, each phrase once with all that it is said of; of the
/// spread nothing where it is told that their sum has none.
pub(super) fn by_subjects<'a>(
    rows: impl Iterator<Item = (String, &'a str)>,
    without_spread: bool,
) -> Vec<(String, String)> {
    let spread = |phrase: &str| without_spread && phrase.starts_with("no spread: ");
    let mut phrases: Vec<(&str, Vec<String>)> = Vec::new();
    for (subject, note) in rows {
        let said = note.split("; ").filter(|phrase| !phrase.is_empty());
        for phrase in said.filter(|phrase| !spread(phrase)) {
            match phrases.iter_mut().find(|(known, _)| *known == phrase) {
                Some((_, subjects)) if subjects.contains(&subject) => {}
                Some((_, subjects)) => subjects.push(subject.clone()),
                None => phrases.push((phrase, vec![subject.clone()])),
            }
        }
    }
    let mut notes: Vec<(Vec<String>, String)> = Vec::new();
    for (phrase, subjects) in phrases {
        match notes.last_mut() {
            Some((before, note)) if *before == subjects => {
                note.push_str("; ");
                note.push_str(phrase);
            }
            _ => notes.push((subjects, phrase.to_owned())),
        }
    }
    notes
        .into_iter()
        .map(|(subjects, note)| (named(&subjects), note))
        .collect()
}

/// Subjects in a row, the words that they share once: `removal of forest, grassland`.
fn named(subjects: &[String]) -> String {
    const REMOVAL: &str = "removal of ";
    let mut words = subjects.iter();
    let first = words.next().cloned().unwrap_or_default();
    words.fold(first, |all, word| {
        format!("{all}, {}", word.strip_prefix(REMOVAL).unwrap_or(word))
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

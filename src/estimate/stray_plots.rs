//! Plots in strata that the frame does not list.

use std::collections::BTreeMap;

use super::frame::PlaceIndex;
use super::{EstimateError, Frame, Places, Plot};
use crate::finding::Finding;

/// Plots in strata that the frame does not list, or lists several times: each such stratum once.
#[must_use]
pub fn stray_plots(frame: &Frame, places: &dyn Places) -> Vec<Finding> {
    let index = PlaceIndex::new(frame);
    let mut strays: Vec<(usize, usize, EstimateError)> = Vec::new();
    let mut known: BTreeMap<(Option<&str>, &str), usize> = BTreeMap::new();
    for (position, plot) in frame.plots.iter().enumerate() {
        if let Err(error) = index.place(frame, plot) {
            let key = (plot.unit.as_deref(), plot.stratum.as_str());
            let at = *known.entry(key).or_insert(strays.len());
            if at == strays.len() {
                strays.push((position, 0, error));
            }
            strays[at].1 += 1;
        }
    }
    let told = strays.into_iter().map(|(first, count, error)| {
        let plot = &frame.plots[first];
        let mut what = error.to_string();
        if count > 1 {
            let (one, all) = (
                format!("plot `{}` lies", plot.id),
                format!("{count} plots, this one first, lie"),
            );
            what = what.replacen(&one, &all, 1);
        }
        let remedy = remedy_of_place(frame, plot, &error);
        Finding::error(places.plot(first, plot), what, remedy)
    });
    told.collect()
}

/// Whether two names differ by no more than case, blanks, signs and zeros in front.
pub(super) fn is_written_otherwise(one: &str, other: &str) -> bool {
    let plain = |name: &str| {
        let letters = name.chars().filter(|letter| letter.is_alphanumeric());
        let letters: String = letters.flat_map(char::to_lowercase).collect();
        letters.trim_start_matches('0').to_owned()
    };
    plain(one) == plain(other)
}

fn remedy_of_place(frame: &Frame, plot: &Plot, error: &EstimateError) -> String {
    if matches!(error, EstimateError::AmbiguousStratum { .. }) {
        return "give the estimation unit of each plot beside its stratum".to_owned();
    }
    let nearest = frame
        .units
        .iter()
        .flat_map(|unit| &unit.strata)
        .map(|stratum| stratum.id.as_str())
        .min_by_key(|id| strsim::damerau_levenshtein(id, &plot.stratum));
    match nearest {
        Some(id) => {
            format!("add the stratum to the strata table, or correct it; `{id}` is nearest")
        }
        None => "give the strata table".to_owned(),
    }
}

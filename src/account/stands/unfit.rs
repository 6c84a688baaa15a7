//! Stands that a method has no parameters for: all of them in one pass, and what the plan itself
//! lacks told once and not for each species.

use std::collections::BTreeMap;

use super::carbon::{StandInput, Work};
use super::register::Stand;
use crate::account::choice::CarbonChoice;
use crate::account::library::{Method, Seeds};
use crate::finding::{Finding, are, counted};

/// Stands that the chosen method has no parameters for, of a plan that is refused for other reasons; of one
/// that is not, the account tells them.
#[must_use]
pub fn unfit_stands(
    choices: &[CarbonChoice],
    seeds: &Seeds,
    input: &StandInput<'_>,
) -> Vec<Finding> {
    let by_volume = choices.iter().find_map(|choice| {
        let method = seeds.method(&choice.method).ok()?;
        method.approach.is_volume().then_some((choice, method))
    });
    let Some((choice, method)) = by_volume else {
        return Vec::new();
    };
    let work = Work {
        choice,
        method,
        parameters: seeds.parameters(),
        input,
        areas: None,
        level: 0.95,
    };
    let registers = input.registers.iter();
    let unfit = registers.filter_map(|register| work.groups(register).err());
    unfit.flatten().collect()
}

/// Number of stands and their area, in hectares.
type Count = (usize, f64);

/// Stands beyond the classes of a table, such as young oak where a ratio is given for biomass above 70 t/ha
/// alone: their carbon is not known, and the sum of the others is a lower limit.
#[derive(Debug, Default)]
pub(super) struct StandsOutside {
    /// By species and reason.
    reasons: BTreeMap<(String, String), Count>,
    /// By region, the union of all as `None`.
    places: BTreeMap<Option<usize>, Count>,
}

impl StandsOutside {
    /// Adds a stand; of regions that overlap there is no union.
    pub(super) fn add(&mut self, stand: &Stand, what: String, disjoint: bool) {
        let area = stand.stock_area().value();
        let reason = self
            .reasons
            .entry((stand.species.clone(), what))
            .or_default();
        *reason = (reason.0 + 1, reason.1 + area);
        for part in &stand.parts {
            for place in [Some(part.region)]
                .into_iter()
                .chain(disjoint.then_some(None))
            {
                let count = self.places.entry(place).or_default();
                *count = (count.0 + 1, count.1 + area * part.share);
            }
        }
    }

    /// Stands and hectares in a region.
    pub(super) fn at(&self, place: Option<usize>) -> Count {
        self.places.get(&place).copied().unwrap_or_default()
    }

    /// A warning for each species and reason.
    pub(super) fn warnings(&self, place: &str, method: &str) -> Vec<Finding> {
        let reasons = self.reasons.iter();
        let warning = |((species, what), (stands, area)): (&(String, String), &Count)| {
            Finding::warning(
                format!("{place}, species `{species}`"),
                format!(
                    "{}, {area:.4} ha, {} outside the classes of method `{method}`, and the stock, a lower limit, has no carbon of {}: {what}",
                    counted(*stands, "stand", "stands"),
                    are(*stands),
                    if *stands == 1 { "it" } else { "them" }
                ),
                "give a row for that class in a table of your own (`[carbon] parameters`), or choose another method",
            )
        };
        reasons.map(warning).collect()
    }
}

/// Stands with so little stock that the continuous function gives less than nothing: held at zero, one by
/// one, for what others hold does not make up for it.
#[derive(Debug, Default)]
pub(super) struct HeldStands(BTreeMap<String, Count>);

impl HeldStands {
    /// Adds a stand.
    pub(super) fn add(&mut self, species: &str, area: f64) {
        let count = self.0.entry(species.to_owned()).or_default();
        *count = (count.0 + 1, count.1 + area);
    }

    /// A warning for each species.
    pub(super) fn warnings(&self, place: &str) -> Vec<Finding> {
        let warning = |(species, (stands, area)): (&String, &Count)| {
            Finding::warning(
                format!("{place}, species `{species}`"),
                format!(
                    "{}, {area:.4} ha, with so little volume that the continuous function gives less than nothing: held at zero",
                    counted(*stands, "stand", "stands")
                ),
                "nothing, if zero will do for them; else choose another `parameter-set` in `[carbon] keys`, or another method",
            )
        };
        self.0.iter().map(warning).collect()
    }
}

/// The stands without parameters.
#[derive(Debug)]
pub(super) struct UnfitStands<'a> {
    method: &'a Method,
    /// By species and reason.
    refused: BTreeMap<(String, String), Count>,
    /// By the keys of the method that neither the plan nor the stand gives.
    lacking: BTreeMap<Vec<&'a str>, Count>,
}

impl<'a> UnfitStands<'a> {
    pub(super) const fn new(method: &'a Method) -> Self {
        Self {
            method,
            refused: BTreeMap::new(),
            lacking: BTreeMap::new(),
        }
    }

    /// Adds a stand whose parameters could not be chosen by the keys of the plan and its own.
    pub(super) fn add(
        &mut self,
        species: &str,
        keys: &BTreeMap<String, String>,
        what: String,
        area: f64,
    ) {
        let needed = self.method.keys.iter().map(String::as_str);
        let lacking: Vec<&str> = needed.filter(|key| !keys.contains_key(*key)).collect();
        if lacking.is_empty() {
            self.refuse(species, what, area);
        } else {
            let count = self.lacking.entry(lacking).or_default();
            *count = (count.0 + 1, count.1 + area);
        }
    }

    /// Adds a stand that no key would help.
    pub(super) fn refuse(&mut self, species: &str, what: String, area: f64) {
        let count = self.refused.entry((species.to_owned(), what)).or_default();
        *count = (count.0 + 1, count.1 + area);
    }

    /// Whether there are none.
    pub(super) fn is_empty(&self) -> bool {
        self.refused.is_empty() && self.lacking.is_empty()
    }

    /// The findings: of the stands of `place`, with what to do about single species.
    pub(super) fn findings(self, place: &str, remedy: &str) -> Vec<Finding> {
        let method = &self.method.id;
        let lacking = self.lacking.into_iter().map(|(keys, (stands, area))| {
            let keys: Vec<String> = keys.iter().map(|key| format!("`{key}`")).collect();
            let keys = keys.join(" and ");
            Finding::error(
                place,
                format!(
                    "method `{method}` needs {keys} for {}, {area:.4} ha, and neither the plan nor the register gives it",
                    counted(stands, "stand", "stands")
                ),
                format!(
                    "give {keys} in `[carbon] keys`; `terrasink methods {method}` tells what they can be"
                ),
            )
        });
        let refused = self.refused.into_iter();
        let refused = refused.map(|((species, what), (stands, area))| {
            Finding::error(
                format!("{place}, species `{species}`"),
                format!(
                    "{}, {area:.4} ha, by method `{method}`: {what}",
                    counted(stands, "stand", "stands")
                ),
                remedy,
            )
        });
        lacking.chain(refused).collect()
    }
}

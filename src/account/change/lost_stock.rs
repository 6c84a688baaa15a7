//! What is gathered of the stock that conversions took away: areas, products and words.

use std::collections::{BTreeMap, BTreeSet};

use super::carbon_transitions::CROPS;
use super::densities::{Densities, Held};
use crate::account::density::{FoundDensity, Resolved, quality, terms};
use crate::account::ecosystem::Ecosystem;
use crate::account::library::Parameter;
use crate::account::quality::Quality;
use crate::account::uncertainty::{Term, Trace};
use crate::units::Hectares;

/// What is gathered of a pool.
#[derive(Default)]
pub(super) struct Gathered<'a, 'b> {
    /// Land with a stock.
    pub(super) known: Hectares,
    /// The same by what it was at last, of what has a growth or a loss in the plan.
    pub(super) known_of: BTreeMap<Ecosystem, Hectares>,
    pub(super) unknown: Hectares,
    /// Area by rule, or by mean, and whether it is what stood there before, for the arithmetic.
    pub(super) by_rule: BTreeMap<(usize, bool), (&'b Resolved<'a>, Hectares)>,
    pub(super) by_mean: BTreeMap<(String, bool), (&'b FoundDensity, Hectares)>,
    pub(super) terms: Vec<Term>,
    pub(super) parameters: BTreeSet<String>,
    pub(super) told: BTreeSet<String>,
    pub(super) quality: Option<Quality>,
    pub(super) mean_quality: BTreeSet<String>,
}

impl<'a, 'b> Gathered<'a, 'b> {
    /// Takes what one side holds: the area for the arithmetic, and the yearly area with its sign.
    pub(super) fn take(
        &mut self,
        trace: &mut Trace,
        (held, densities): (&Held<'a, 'b>, &Densities<'a, 'b>),
        (area, yearly): (Hectares, Hectares),
        before: bool,
    ) {
        match held {
            Held::By(rule) => {
                self.terms.extend(terms(trace, rule, yearly, false));
                let key = (densities.place(rule), before);
                self.by_rule.entry(key).or_insert((rule, Hectares::ZERO)).1 += area;
                self.parameters
                    .extend(rule.parameters().map(Parameter::row_id));
                let quality = quality(rule, false);
                self.quality = Some(match self.quality {
                    Some(Quality::RecalledParameter) => Quality::RecalledParameter,
                    _ => quality,
                });
            }
            Held::Mean(density) => {
                self.terms.extend(density.terms(trace, yearly.value()));
                self.parameters.extend(density.parameters(trace));
                let key = density.name().to_owned();
                self.told.insert(key.clone());
                let sum = self.by_mean.entry((key, before));
                sum.or_insert((density, Hectares::ZERO)).1 += area;
                self.mean_quality.insert(density.quality.clone());
            }
            Held::Crops => {
                self.told.insert(CROPS.to_owned());
            }
            Held::Nothing | Held::Unknown => {}
        }
    }

    /// The weakest of what went in.
    pub(super) fn quality_word(&self) -> String {
        let of_means = self.mean_quality.first();
        match (self.quality, of_means) {
            (Some(Quality::RecalledParameter), _) | (Some(_), None) => {
                self.quality.map_or("", Quality::id).to_owned()
            }
            (_, Some(mean)) => mean.clone(),
            (None, None) => Quality::MapOnly.id().to_owned(),
        }
    }
}

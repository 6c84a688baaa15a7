//! Conversion loss: what biomass, dead wood and litter of land gave off when it became another use.

use std::collections::{BTreeMap, BTreeSet};

use super::carbon_transitions::CROPS;
use super::densities::{Densities, Held, held};
use super::lost_stock::Gathered;
use super::thinned;
use crate::account::carbon_account::CarbonAccount;
use crate::account::choice::CarbonChoice;
use crate::account::density::factors;
use crate::account::ecosystem::Ecosystem;
use crate::account::land::{AreaAccount, EcosystemShift};
use crate::account::library::{Approach, Method};
use crate::account::pool::Pool;
use crate::account::quality::Quality;
use crate::account::tables::{Figure, SequestrationRow, TOTAL};
use crate::account::uncertainty::{Headline, Term, closed_form};
use crate::account::words::{joined, number};
use crate::units::{Hectares, PerYear, TonnesCarbon, TonnesCo2e};

/// Id of the method of the seeds that picks this approach.
pub(in crate::account) const METHOD: &str = "conversion-loss-tier1";

/// Pools that a conversion takes away; soil has its own clock.
pub(in crate::account) const POOLS: [Pool; 6] = [
    Pool::AboveGround,
    Pool::BelowGround,
    Pool::Biomass,
    Pool::Understory,
    Pool::DeadWood,
    Pool::Litter,
];

/// What stands after a conversion where the plan says nothing of it.
const CLEARED: &str = "land is cleared: where the new use is woody, a method counts what it gains, or no stock is \
    chosen for it, it holds nothing right after (IPCC 2006, vol. 4, tier 1)";

/// What stands on land that left all boundaries, in a plan without maps.
const LEFT: &str = "what land became that left all boundaries is not known: it is taken to hold nothing right \
    after, as land that is cleared";

/// What its rows say of what the new use holds by the default of tier 1.
pub const TIER_ONE_WORDS: [&str; 2] = [CLEARED, CROPS];

/// What must be said of a loss without roots.
const ROOTLESS: &str = "roots are not in the loss: no stock of below-ground biomass is chosen";

/// Adds the rows of the chosen methods of conversion loss (a change of the IPCC category; forest that
/// became bamboo is forest land still; what left all boundaries is none). Land that came to another use
/// of the category first is taken, when it leaves, with the stock of the newest of its uses that has a loss
/// in the plan. Rows are of each pair of maps next to each other, and
/// of all of them together, which the headline counts.
///
/// `removal = Σ over conversions of area · (after - before) / years · 44/12`
///
/// | symbol   | meaning | unit |
/// | :------- | :------ | :--- |
/// | `area`   | land that was converted from one map to the next | ha |
/// | `before` | stock of the pool before, where it stood | t C ha⁻¹ |
/// | `after`  | stock of the new use; zero of annual crops, of woody uses, of those whose gain a method counts and of those without a stock | t C ha⁻¹ |
/// | `years`  | from the first map to the last; of a pair, between both | yr |
///
/// # Source
///
/// IPCC 2006 Guidelines, Volume 4, Chapter 2, equations 2.15 and 2.16; 2.23 for dead wood and litter.
pub(in crate::account) fn fill(
    account: &mut CarbonAccount,
    chosen: &[(&CarbonChoice, &Method)],
    (areas, densities): (&AreaAccount, &Densities<'_, '_>),
    level: f64,
) {
    let periods = areas.periods();
    let ids = areas.regions.iter().map(|region| region.region_id.as_str());
    let places = ids.enumerate().map(|(place, id)| (Some(place), id));
    let places: Vec<_> = places
        .chain(areas.total.iter().map(|_| (None, TOTAL)))
        .collect();
    let losing =
        |(_, method): &&(&CarbonChoice, &Method)| method.approach == Approach::ConversionLoss;
    let of = |wanted: &dyn Fn(Approach) -> bool| -> BTreeSet<Ecosystem> {
        let chosen = chosen.iter().filter(|(_, method)| wanted(method.approach));
        chosen.map(|(choice, _)| choice.ecosystem).collect()
    };
    let with_loss = of(&|approach| approach == Approach::ConversionLoss);
    let balanced = of(&|approach| approach == Approach::ConversionLoss || approach.is_growth());
    for (choice, method) in chosen.iter().filter(losing) {
        for (place, region_id) in &places {
            for period in &periods {
                let shifts: Vec<&EcosystemShift> = areas
                    .changes_within(*period)
                    .filter(|shift| place.is_none_or(|place| shift.region == place))
                    .filter(|shift| shift.leaves())
                    .filter(|shift| shift.was(&with_loss) == Some(choice.ecosystem))
                    .filter(|shift| choice.holds(&shift.classes))
                    .collect();
                let whole = periods.first() == Some(period);
                let loss = Loss {
                    choice,
                    method,
                    region_id,
                    period: *period,
                    counted: whole,
                    balanced: &balanced,
                    unseen: areas.unseen_loss(region_id, *period, choice.ecosystem),
                };
                if let (true, Some(_)) = (whole, place) {
                    loss.keep(account, &shifts, densities);
                }
                loss.add(account, &shifts, densities, level);
            }
        }
    }
    thinned::tell(account, chosen, (areas, densities));
}

/// The loss of an ecosystem in a region over a period.
struct Loss<'a> {
    choice: &'a CarbonChoice,
    method: &'a Method,
    region_id: &'a str,
    period: (i32, i32),
    counted: bool,
    /// Ecosystems with a growth or a loss in the plan.
    balanced: &'a BTreeSet<Ecosystem>,
    /// What must be said of land that may have been converted, and no map shows it; and whether it is so much
    /// that none shown is not none.
    unseen: (String, bool),
}

impl Loss<'_> {
    fn add(
        &self,
        account: &mut CarbonAccount,
        shifts: &[&EcosystemShift],
        densities: &Densities<'_, '_>,
        level: f64,
    ) {
        let all: Hectares = shifts.iter().map(|shift| shift.area).sum();
        let gathered = POOLS.map(|pool| (pool, self.gathered(account, shifts, (pool, densities))));
        self.book(account, &gathered);
        let rootless = account.rootless.contains(&self.choice.ecosystem);
        let mut none_known = true;
        for (pool, mut gathered) in gathered {
            if gathered.known > Hectares::ZERO {
                none_known = false;
                if rootless && pool == Pool::AboveGround {
                    gathered.told.insert(ROOTLESS.to_owned());
                }
                self.push(account, pool, (&gathered, shifts), level);
            }
        }
        if !none_known {
            return;
        }
        let note = if all > Hectares::ZERO {
            format!(
                "{:.4} ha were converted, and no stock of biomass apart from soil is known of {} there: what they gave off is not known",
                all.value(),
                self.choice.ecosystem
            )
        } else if self.unseen.0.is_empty() && !self.unseen.1 {
            "no land was converted".to_owned()
        } else {
            "no land that the maps show was converted".to_owned()
        };
        let is_zero = all == Hectares::ZERO && !self.unseen.1;
        if self.counted && is_zero {
            let zero = Term {
                coefficient: 0.0,
                inputs: Vec::new(),
            };
            let trace = &mut account.trace;
            trace.add_term(Headline::Sequestration, self.region_id, zero);
        }
        let nothing = is_zero.then(|| Figure {
            value: PerYear::new(TonnesCo2e::ZERO),
            standard_error: None,
            interval: None,
        });
        let row = SequestrationRow {
            removal: nothing,
            counted: self.counted && is_zero,
            quality: if is_zero {
                Quality::MapOnly
            } else {
                Quality::Missing
            }
            .id()
            .to_owned(),
            ..self.row(
                Pool::Biomass,
                joined([note.as_str(), &self.unseen.0, self.other_period()]),
            )
        };
        account.sequestration.push(row);
    }

    /// Keeps the land whose biomass is known, of the whole period, and whether its roots are.
    fn book(&self, account: &mut CarbonAccount, gathered: &[(Pool, Gathered<'_, '_>)]) {
        let none = BTreeMap::new();
        let of = |pool: Pool| {
            let found = gathered.iter().find(|(other, _)| *other == pool);
            found.map_or(&none, |(_, gathered)| &gathered.known_of)
        };
        let (above, with_roots) = (of(Pool::AboveGround), of(Pool::Biomass));
        if !above.is_empty() && of(Pool::BelowGround).is_empty() && with_roots.is_empty() {
            account.rootless.insert(self.choice.ecosystem);
        }
        if !self.counted {
            return;
        }
        let owners: BTreeSet<Ecosystem> = above.keys().chain(with_roots.keys()).copied().collect();
        for owner in owners {
            let [above, with_roots] =
                [above, with_roots].map(|of| of.get(&owner).copied().unwrap_or_default());
            let key = (self.region_id.to_owned(), owner);
            *account.booked.entry(key).or_default() += if above > with_roots {
                above
            } else {
                with_roots
            };
        }
    }

    /// Keeps the pieces of land that the loss has with all that stood there.
    fn keep(
        &self,
        account: &mut CarbonAccount,
        shifts: &[&EcosystemShift],
        densities: &Densities<'_, '_>,
    ) {
        let lost = shifts.iter().filter(|shift| {
            let land = (shift.region, shift.classes.as_slice());
            [Pool::AboveGround, Pool::Biomass].into_iter().any(|pool| {
                let before = held(self.choice.ecosystem, pool, land, densities);
                !matches!(before, Held::Unknown)
            })
        });
        account.lost.extend(lost.map(|shift| shift.land()));
    }

    /// Years of the period.
    fn years(&self) -> f64 {
        f64::from(self.period.1 - self.period.0).max(1.0)
    }

    fn gathered<'a, 'b>(
        &self,
        account: &mut CarbonAccount,
        shifts: &[&EcosystemShift],
        (pool, densities): (Pool, &'b Densities<'a, 'b>),
    ) -> Gathered<'a, 'b> {
        let mut gathered = Gathered::default();
        for shift in shifts {
            let land = (shift.region, shift.classes.as_slice());
            let before = held(self.choice.ecosystem, pool, land, densities);
            if matches!(before, Held::Unknown) {
                gathered.unknown += shift.area;
                continue;
            }
            gathered.known += shift.area;
            let owner = shift.was(self.balanced).unwrap_or(shift.from);
            *gathered.known_of.entry(owner).or_default() += shift.area;
            let yearly = Hectares::new(
                TonnesCarbon::new(shift.area.value() / self.years())
                    .to_co2e()
                    .value(),
            );
            let turned = Hectares::new(-yearly.value());
            gathered.take(
                &mut account.trace,
                (&before, densities),
                (shift.area, turned),
                true,
            );
            let Some(to) = shift.to else {
                gathered.told.insert(LEFT.to_owned());
                continue;
            };
            if to.is_woody() || account.grown.contains(&to) {
                gathered.told.insert(CLEARED.to_owned());
                continue;
            }
            // Pools that the new use gives together or apart.
            let pools: &[Pool] = match pool {
                Pool::Biomass => &[Pool::Biomass, Pool::AboveGround, Pool::BelowGround],
                Pool::AboveGround => &[Pool::AboveGround, Pool::Biomass],
                _ => &[pool],
            };
            let mut none = true;
            for pool in pools {
                let after = held(to, *pool, land, densities);
                none &= matches!(after, Held::Unknown);
                gathered.take(
                    &mut account.trace,
                    (&after, densities),
                    (shift.area, yearly),
                    false,
                );
            }
            if none {
                gathered.told.insert(CLEARED.to_owned());
            }
        }
        gathered
    }

    fn push(
        &self,
        account: &mut CarbonAccount,
        pool: Pool,
        (gathered, shifts): (&Gathered<'_, '_>, &[&EcosystemShift]),
        level: f64,
    ) {
        if self.counted {
            for term in &gathered.terms {
                let trace = &mut account.trace;
                trace.add_term(Headline::Sequestration, self.region_id, term.clone());
            }
        }
        let closed = closed_form(&gathered.terms, account.trace.inputs());
        let rate = |value: f64| PerYear::new(TonnesCo2e::new(value));
        let all: Hectares = shifts.iter().map(|shift| shift.area).sum();
        let mut notes = vec![format!(
            "{:.4} ha were converted to other uses, over {} years",
            all.value(),
            number(self.years())
        )];
        if gathered.unknown > Hectares::ZERO {
            notes.push(format!(
                "{:.4} ha of them are left out: no stock of this pool is chosen for what they were, where they lie",
                gathered.unknown.value()
            ));
        }
        notes.extend(self.by_way_of(shifts));
        notes.extend(gathered.told.iter().cloned());
        if !closed.unknown.is_empty() {
            notes.push("the spread is a lower limit: some parts of it are not known".to_owned());
        }
        notes.push(self.unseen.0.clone());
        notes.push(self.other_period().to_owned());
        notes.push(self.method.note.clone());
        account.sequestration.push(SequestrationRow {
            arithmetic: self.arithmetic(gathered, closed.value),
            removal: Some(Figure {
                value: rate(closed.value),
                standard_error: closed.standard_error,
                interval: (closed.interval(level)).map(|(low, high)| (rate(low), rate(high))),
            }),
            counted: self.counted,
            parameters: gathered.parameters.iter().cloned().collect(),
            quality: gathered.quality_word(),
            ..self.row(pool, joined(notes.iter().map(String::as_str)))
        });
    }

    /// Says which land had become another use of its category before it was converted.
    fn by_way_of(&self, shifts: &[&EcosystemShift]) -> Vec<String> {
        let mut ways: BTreeMap<Ecosystem, Hectares> = BTreeMap::new();
        for shift in shifts
            .iter()
            .filter(|shift| shift.from != self.choice.ecosystem)
        {
            *ways.entry(shift.from).or_default() += shift.area;
        }
        let words = |(way, area): (Ecosystem, Hectares)| {
            format!(
                "{:.4} ha of them were {way} at last, of the same IPCC category and without a loss of its own in the plan: what stood there is that of {}",
                area.value(),
                self.choice.ecosystem
            )
        };
        ways.into_iter().map(words).collect()
    }

    /// What must be said of a part of the period of the maps.
    fn other_period(&self) -> &'static str {
        if self.counted {
            ""
        } else {
            "a part of the period of the maps, whose row is counted"
        }
    }

    fn arithmetic(&self, gathered: &Gathered<'_, '_>, value: f64) -> String {
        let mut sum = String::new();
        let rules = gathered.by_rule.iter().map(|((_, before), (rule, area))| {
            (
                *before,
                format!("{} ha{}", number(area.value()), factors(rule)),
            )
        });
        let means = gathered
            .by_mean
            .iter()
            .map(|((_, before), (density, area))| {
                let mean = number(density.mean.on_one_hectare().value());
                (
                    *before,
                    format!("{} ha x {mean} t C/ha", number(area.value())),
                )
            });
        for (before, part) in rules.chain(means) {
            sum.push_str(match (before, sum.is_empty()) {
                (true, true) => "-",
                (true, false) => " - ",
                (false, true) => "",
                (false, false) => " + ",
            });
            sum.push_str(&part);
        }
        format!(
            "({sum}) / {} yr x 44/12 = {} t CO2e/yr",
            number(self.years()),
            number(value)
        )
    }

    fn row(&self, pool: Pool, note: String) -> SequestrationRow {
        SequestrationRow {
            arithmetic: String::new(),
            region_id: self.region_id.to_owned(),
            period_start: self.period.0,
            period_end: self.period.1,
            ecosystem: self.choice.ecosystem.id().to_owned(),
            pool: pool.id().to_owned(),
            removal: None,
            counted: false,
            method: self.method.id.clone(),
            approach: self.method.approach.id().to_owned(),
            parameters: Vec::new(),
            quality: String::new(),
            note,
        }
    }
}

//! Growth of forest by age: areas of stands times the growth of their zone, type and age.

use std::collections::{BTreeMap, BTreeSet};

use super::aged_forest::{AgedArea, AgedForest};
use super::grower::{Grower, NoGrowth};
use super::setting::Setting;
use super::stocks::unstocked_note;
use super::unfit::UnfitStands;
use super::unlisted::Unlisted;
use crate::account::carbon_account::CarbonAccount;
use crate::account::choice::CarbonChoice;
use crate::account::library::{
    Approach, GrowthRule, Method, Parameter, Standing, refuse_recalled, value,
};
use crate::account::nesting::Nesting;
use crate::account::pool::Pool;
use crate::account::quality::{Evidence, Quality};
use crate::account::tables::{Figure, SequestrationRow, StandGrowthRow, TOTAL};
use crate::account::uncertainty::{Headline, Term, Trace, closed_form};
use crate::account::words::{joined, number};
use crate::finding::{Finding, counted};
use crate::units::{Hectares, PerYear, TonnesCarbon, TonnesCo2e};

/// Forest by age, as the carbon account sees it.
#[derive(Debug, Clone, Copy)]
pub struct GrowthInput<'a> {
    /// The forest.
    pub forest: &'a AgedForest,
    /// Ids of the regions.
    pub regions: &'a [&'a str],
    /// Whether the regions do not overlap, so that there is a total.
    pub disjoint: bool,
    /// Which of them lie in which.
    pub nesting: &'a Nesting,
}

/// Stands with the same factors in one place.
#[derive(Debug, Clone)]
struct Group<'a> {
    grower: &'a Grower<'a>,
    ages: (f64, f64),
    stands: usize,
    area: f64,
}

/// Species, origin, and the rows of parameters.
type GroupKey = (String, String, Vec<String>);

/// Stands, and land without any, whose growth is not known, in one place.
#[derive(Debug, Clone, Default)]
struct Unknown {
    without_age: (usize, f64),
    beyond: (usize, f64),
    unlisted: Unlisted,
    unstocked: Hectares,
}

/// The stands of a place.
#[derive(Debug, Clone, Default)]
struct Grown<'a> {
    groups: BTreeMap<GroupKey, Group<'a>>,
    unknown: Unknown,
}

/// Stands that take the same rows: species, origin, keys, and the bits of the age.
type Kind<'a> = (&'a str, &'a str, &'a BTreeMap<String, String>, u64);

/// Adds the growth that the chosen method of this approach gives.
///
/// # Errors
///
/// Stands without parameters, by species; in registry mode every recalled parameter.
pub(in crate::account) fn fill_chosen(
    account: &mut CarbonAccount,
    chosen: &[(&CarbonChoice, &Method)],
    setting: Setting<'_>,
    input: Option<&GrowthInput<'_>>,
) -> Result<(), Vec<Finding>> {
    let by_age = chosen
        .iter()
        .find(|(_, method)| method.approach == Approach::StandGrowth);
    let (Some((choice, method)), Some(input)) = (by_age, input) else {
        return Ok(());
    };
    let rule = method
        .growth
        .as_ref()
        .expect("methods of this approach have a growth rule");
    let work = Work {
        choice,
        method,
        rule,
        input,
        level: setting.level,
    };
    let growers = work.growers(setting.parameters)?;
    let mut findings = Vec::new();
    let used: BTreeMap<String, &Parameter> = growers
        .values()
        .flatten()
        .flat_map(Grower::rows)
        .map(|row| (row.row_id(), row))
        .collect();
    if setting.evidence == Evidence::Registry {
        let rows: Vec<(&Parameter, &str)> = used
            .values()
            .map(|row| (*row, method.id.as_str()))
            .collect();
        refuse_recalled(&rows, &mut findings);
    }
    if !findings.is_empty() {
        return Err(findings);
    }
    account.parameters.extend(
        used.values()
            .filter_map(|row| row.row(vec![method.id.clone()])),
    );
    let mut grown = work.by_place(&growers);
    let regions = setting.areas.map_or(&[][..], |areas| &areas.regions);
    let of = (regions, input.regions, input.nesting);
    let unlisted = input.forest.unlisted(of, choice.ecosystem);
    let short = (input.regions, choice.ecosystem);
    (account.warnings).extend(input.forest.short_of_map(&unlisted, short));
    for (place, area) in unlisted {
        grown.entry(place).or_default().unknown.unlisted = area;
    }
    for (place, area) in &input.forest.unstocked {
        for place in [Some(*place), None] {
            grown.entry(place).or_default().unknown.unstocked += *area;
        }
    }
    let total = input.disjoint.then(|| grown.remove(&None)).flatten();
    let places = grown
        .iter()
        .filter_map(|(place, grown)| Some((*place.as_ref()?, grown)));
    for (place, grown) in places {
        work.rows(account, input.regions[place], grown);
    }
    if let Some(grown) = total {
        work.rows(account, TOTAL, &grown);
    }
    Ok(())
}

struct Work<'a> {
    choice: &'a CarbonChoice,
    method: &'a Method,
    rule: &'a GrowthRule,
    input: &'a GrowthInput<'a>,
    level: f64,
}

impl<'a> Work<'a> {
    fn kind(area: &AgedArea, age: f64) -> Kind<'_> {
        (&area.species, &area.origin, &area.keys, age.to_bits())
    }

    /// The factors of every kind of stand; `None` where the curve does not reach its age. All
    /// species without factors come in one pass.
    fn growers(
        &self,
        parameters: &'a crate::account::library::Parameters,
    ) -> Result<BTreeMap<Kind<'a>, Option<Grower<'a>>>, Vec<Finding>> {
        let mut growers = BTreeMap::new();
        let mut unfit = UnfitStands::new(self.method);
        for area in &self.input.forest.areas {
            let Some(age) = area.age else { continue };
            let kind = Self::kind(area, age);
            if growers.contains_key(&kind) {
                continue;
            }
            match Grower::of(self.rule, parameters, &self.choice.keys, area, age) {
                Ok(grower) => {
                    growers.insert(kind, Some(grower));
                }
                Err(NoGrowth::BeyondCurve(..)) => {
                    growers.insert(kind, None);
                }
                Err(NoGrowth::Parameter(error)) => {
                    let mut keys = self.choice.keys.clone();
                    keys.extend(area.keys.clone());
                    let what = error.to_string();
                    unfit.add(&area.species, &keys, what, area.area.value());
                }
            }
        }
        if unfit.is_empty() {
            return Ok(growers);
        }
        let remedy = format!(
            "{}give the key in `[carbon] keys` or with the stands, or the figure in a table of your own (`[carbon] parameters`); see docs/growth.md",
            self.method.further_keys_told()
        );
        Err(unfit.findings(&self.input.forest.name, &remedy))
    }

    fn by_place<'g>(
        &self,
        growers: &'g BTreeMap<Kind<'a>, Option<Grower<'a>>>,
    ) -> BTreeMap<Option<usize>, Grown<'g>>
    where
        'a: 'g,
    {
        let mut places: BTreeMap<Option<usize>, Grown<'g>> = BTreeMap::new();
        for area in &self.input.forest.areas {
            let grower = area.age.map(|age| (age, &growers[&Self::kind(area, age)]));
            for part in &area.parts {
                let hectares = area.area.value() * part.share;
                for place in [Some(part.region), None] {
                    let grown = places.entry(place).or_default();
                    let lost = match grower {
                        None => &mut grown.unknown.without_age,
                        Some((_, None)) => &mut grown.unknown.beyond,
                        Some((age, Some(grower))) => {
                            let key = (area.species.clone(), area.origin.clone(), grower.key());
                            let group = grown.groups.entry(key).or_insert_with(|| Group {
                                grower,
                                ages: (age, age),
                                stands: 0,
                                area: 0.0,
                            });
                            group.ages = (group.ages.0.min(age), group.ages.1.max(age));
                            group.stands += 1;
                            group.area += hectares;
                            continue;
                        }
                    };
                    lost.0 += 1;
                    lost.1 += hectares;
                }
            }
        }
        places
    }

    /// Rows of one place, and its terms of the headline.
    fn rows(&self, account: &mut CarbonAccount, region: &str, grown: &Grown<'_>) {
        let (mut above, mut below) = (Vec::new(), Vec::new());
        let mut parameters = BTreeSet::new();
        let mut standing = BTreeSet::new();
        for ((species, origin, _), group) in &grown.groups {
            parameters.extend(group.grower.rows().map(Parameter::row_id));
            standing.extend(group.grower.rows().map(|row| row.standing));
            above.extend(terms(&mut account.trace, group, false));
            below.extend(terms(&mut account.trace, group, true));
            account
                .growth
                .push(self.growth_row(region, (species, origin), group));
        }
        let known = !grown.groups.is_empty();
        let note = self.note(grown, &standing);
        let quality = if known {
            Quality::of_standings(standing.iter().copied())
        } else {
            Quality::Missing
        };
        for (pool, terms) in [(Pool::AboveGround, above), (Pool::BelowGround, below)] {
            let closed = closed_form(&terms, account.trace.inputs());
            let unsure = !closed.unknown.is_empty();
            let rate = |value: f64| PerYear::new(TonnesCo2e::new(value));
            account.sequestration.push(SequestrationRow {
                arithmetic: String::new(),
                region_id: region.to_owned(),
                period_start: self.input.forest.year,
                period_end: self.input.forest.year,
                ecosystem: self.choice.ecosystem.id().to_owned(),
                pool: pool.id().to_owned(),
                removal: known.then(|| Figure {
                    value: rate(closed.value),
                    standard_error: closed.standard_error,
                    interval: closed
                        .interval(self.level)
                        .map(|(low, high)| (rate(low), rate(high))),
                }),
                counted: known,
                method: self.method.id.clone(),
                approach: self.method.approach.id().to_owned(),
                parameters: parameters.iter().cloned().collect(),
                quality: quality.id().to_owned(),
                note: joined([
                    note.as_str(),
                    if unsure {
                        "the spread is a lower limit: some parameters have none"
                    } else {
                        ""
                    },
                ]),
            });
            for term in terms {
                account
                    .trace
                    .add_term(Headline::Sequestration, region, term);
            }
        }
    }

    fn note(&self, grown: &Grown<'_>, standing: &BTreeSet<Standing>) -> String {
        let say = |(stands, area): (usize, f64), why: &str| {
            if stands == 0 {
                return String::new();
            }
            let stands = counted(stands, "stand", "stands");
            format!("{stands} ({area:.4} ha) {why}: what grew there is not known and not in it")
        };
        joined([
            say(grown.unknown.without_age, "without an age").as_str(),
            say(
                grown.unknown.beyond,
                "of an age that their curve does not reach",
            )
            .as_str(),
            &unstocked_note(grown.unknown.unstocked.value()),
            &(grown.unknown.unlisted).words(self.choice.ecosystem, !grown.groups.is_empty()),
            if standing.contains(&Standing::Memory) {
                "rests on parameters that were recalled, not read again"
            } else {
                ""
            },
            if self.input.forest.recalled_codes {
                "rests on code tables that were recalled, not read again"
            } else {
                ""
            },
            &self.method.note,
        ])
    }

    fn growth_row(
        &self,
        region: &str,
        (species, origin): (&str, &str),
        group: &Group<'_>,
    ) -> StandGrowthRow {
        let grower = group.grower;
        let fraction = grower.carbon_fraction.map_or(1.0, value);
        let above = group.area * grower.above_ground() * fraction;
        let root = value(grower.root_shoot);
        let carbon = |value: f64| PerYear::new(TonnesCarbon::new(value));
        StandGrowthRow {
            region_id: region.to_owned(),
            year: self.input.forest.year,
            species: species.to_owned(),
            origin: origin.to_owned(),
            ages: group.ages,
            stands: group.stands,
            area: Hectares::new(group.area),
            above_ground: carbon(above),
            below_ground: carbon(above * root),
            method: self.method.id.clone(),
            arithmetic: arithmetic(group),
            parameters: grower.rows().map(Parameter::row_id).collect(),
        }
    }
}

/// `area · Σ weight · growth · times · fraction`, with the root-shoot ratio for roots, as terms over
/// shared inputs; in carbon dioxide.
fn terms(trace: &mut Trace, group: &Group<'_>, of_roots: bool) -> Vec<Term> {
    let grower = group.grower;
    let mut shared: Vec<usize> = grower
        .times
        .iter()
        .copied()
        .chain(grower.carbon_fraction)
        .map(|row| trace.parameter(row, value(row)))
        .collect();
    if of_roots {
        shared.push(trace.parameter(grower.root_shoot, value(grower.root_shoot)));
    }
    let scale = TonnesCarbon::new(group.area).to_co2e().value();
    grower
        .growth
        .iter()
        .map(|(weight, row)| {
            let growth = trace.parameter(row, value(row));
            Term {
                coefficient: weight * scale,
                inputs: shared.iter().copied().chain([growth]).collect(),
            }
        })
        .collect()
}

fn arithmetic(group: &Group<'_>) -> String {
    let grower = group.grower;
    let growth: Vec<String> = grower
        .growth
        .iter()
        .map(|(weight, row)| {
            if (weight - 1.0).abs() < f64::EPSILON {
                number(value(row))
            } else {
                format!("{} x {}", number(*weight), number(value(row)))
            }
        })
        .collect();
    let growth = if growth.len() == 1 {
        growth.concat()
    } else {
        format!("({})", growth.join(" + "))
    };
    let unit = grower.growth.first().map_or("", |(_, row)| &row.unit);
    let unit = if unit.ends_with("/yr") {
        unit.to_owned()
    } else {
        format!("{unit}/yr")
    };
    let times = grower.times.iter();
    let times: Vec<String> = times
        .map(|row| format!(" x {}", number(value(row))))
        .collect();
    let times = times.concat();
    let fraction = grower.carbon_fraction.map_or_else(String::new, |row| {
        format!(" x {} t C/t d.m.", number(value(row)))
    });
    let root = value(grower.root_shoot);
    let all = group.area
        * grower.above_ground()
        * grower.carbon_fraction.map_or(1.0, value)
        * (1.0 + root);
    format!(
        "{} ha x {growth} {unit}{times} x (1 + {}){fraction} = {} t C/yr",
        number(group.area),
        number(root),
        number(all)
    )
    .replace("t_dm", "t d.m.")
    .replace("t_c/", "t C/")
}

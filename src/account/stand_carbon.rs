//! Stands of a register become carbon: volume to biomass to carbon, by species and age group, and
//! its change between two registers.

use std::collections::{BTreeMap, BTreeSet};

use super::carbon::{CarbonAccount, CarbonChoice, Quality};
use super::closed_form::closed_form;
use super::method::{Approach, Method};
use super::parameter::{Parameter, Shape, Spread, Standing};
use super::parameters::Parameters;
use super::plot_pools::joined;
use super::pool::Pool;
use super::stands::{Register, Stand};
use super::tables::{CarbonRow, Figure, ParameterRow, SequestrationRow, TOTAL, period};
use super::trace::{Headline, Input, Term, Trace};
use super::volume_rule::{Factors, value};
use crate::finding::Finding;
use crate::units::{CubicMetres, Hectares, PerYear, TonnesCarbon, TonnesCo2e, TonnesDryMatter};

/// The registers of a run, as the carbon account sees them.
#[derive(Debug, Clone, Copy)]
pub struct StandInput<'a> {
    /// The registers, the oldest first.
    pub registers: &'a [Register],
    /// Ids of the regions.
    pub regions: &'a [&'a str],
    /// Whether the regions do not overlap, so that there is a total.
    pub disjoint: bool,
}

/// Stands of one species and age group that share their factors: a row of
/// `tables/stand_carbon.csv`.
#[derive(Debug, Clone, PartialEq)]
pub struct StandCarbonRow {
    /// Region, or [`TOTAL`].
    pub region_id: String,
    /// Year of the register.
    pub year: i32,
    /// Species or forest type.
    pub species: String,
    /// Age group.
    pub age_group: String,
    /// Stands, or parts of stands, with stock.
    pub stands: usize,
    /// Area that the stock stands on.
    pub area: Hectares,
    /// Their volume.
    pub volume: CubicMetres,
    /// Dry matter above ground.
    pub above_ground: TonnesDryMatter,
    /// Dry matter below ground.
    pub below_ground: TonnesDryMatter,
    /// Carbon of both.
    pub carbon: TonnesCarbon,
    /// Method id.
    pub method: String,
    /// The arithmetic, to be followed with a pocket calculator.
    pub arithmetic: String,
    /// Ids of the parameter rows.
    pub parameters: Vec<String>,
    /// What must be known.
    pub note: String,
}

/// Stands with the same factors in one place.
#[derive(Debug, Clone, Copy)]
struct Group<'a> {
    factors: Factors<'a>,
    stands: usize,
    area: f64,
    volume: f64,
}

type GroupKey = (String, String, Vec<String>);
type Groups<'a> = BTreeMap<GroupKey, Group<'a>>;

/// What a register gives in one place.
#[derive(Debug, Clone, Default)]
struct Stock {
    above: Vec<Term>,
    below: Vec<Term>,
    /// Terms of both pools together; the split needs no root-shoot ratio here where it cancels.
    all: Vec<Term>,
    area: f64,
    without_volume: usize,
    area_without: f64,
    held: bool,
    /// Whether any parameter has a spread.
    spread: bool,
    standing: Vec<Standing>,
    parameters: BTreeSet<String>,
}

/// Adds the stocks of the registers by a method, and their changes.
pub(super) fn fill(
    account: &mut CarbonAccount,
    (choice, method): (&CarbonChoice, &Method),
    parameters: &Parameters,
    input: &StandInput<'_>,
    level: f64,
    registry: bool,
) -> Result<(), Vec<Finding>> {
    let work = Work {
        choice,
        method,
        parameters,
        input,
        level,
    };
    let mut findings = Vec::new();
    let mut by_register = Vec::new();
    for register in input.registers {
        match work.groups(register) {
            Ok(groups) => by_register.push(groups),
            Err(problems) => findings.extend(problems),
        }
    }
    let used = used_rows(&by_register);
    if registry {
        findings.extend(
            used.values()
                .filter(|row| row.standing == Standing::Memory)
                .map(|row| {
                    Finding::error(
                        format!("carbon, method {}", method.id),
                        format!(
                            "registry mode, and parameter `{}` was recalled, not read again",
                            row.row_id()
                        ),
                        "give the value yourself in a parameter table",
                    )
                }),
        );
    }
    if !findings.is_empty() {
        return Err(findings);
    }
    account.parameters.extend(
        used.values()
            .filter_map(|row| row.row(vec![method.id.clone()])),
    );
    let places: Vec<Option<usize>> = (0..input.regions.len())
        .map(Some)
        .chain(input.disjoint.then_some(None))
        .collect();
    for place in places {
        let stocks: Vec<Stock> = input
            .registers
            .iter()
            .zip(&by_register)
            .map(|(register, groups)| work.stock(account, register, groups, place))
            .collect();
        work.rows(account, place, &stocks);
    }
    Ok(())
}

fn used_rows<'a>(
    by_register: &[BTreeMap<Option<usize>, Groups<'a>>],
) -> BTreeMap<String, &'a Parameter> {
    by_register
        .iter()
        .flat_map(BTreeMap::values)
        .flat_map(BTreeMap::values)
        .flat_map(|group| group.factors.rows())
        .map(|row| (row.row_id(), row))
        .collect()
}

struct Work<'a> {
    choice: &'a CarbonChoice,
    method: &'a Method,
    parameters: &'a Parameters,
    input: &'a StandInput<'a>,
    level: f64,
}

impl<'a> Work<'a> {
    fn rule(&self) -> &'a super::volume_rule::VolumeRule {
        self.method
            .volume
            .as_ref()
            .expect("methods of these approaches have a volume rule")
    }

    /// The groups of a register by place. All species without factors come in one pass.
    fn groups(
        &self,
        register: &Register,
    ) -> Result<BTreeMap<Option<usize>, Groups<'a>>, Vec<Finding>> {
        let mut places: BTreeMap<Option<usize>, Groups<'a>> = BTreeMap::new();
        let mut unknown: BTreeMap<(String, String), (usize, f64)> = BTreeMap::new();
        // Stands of one species and class of stock take the same rows: few are looked up.
        let mut known: BTreeMap<(Option<usize>, String, String), Vec<Factors<'a>>> =
            BTreeMap::new();
        for stand in stocked(register) {
            let area = stand.stock_area().value();
            let volume = stand.volume.map_or(0.0, CubicMetres::value);
            let per_hectare = volume / area;
            let of_kind = known
                .entry((
                    stand.species_row,
                    stand.species.clone(),
                    stand.age_group.clone(),
                ))
                .or_default();
            let holds = |factors: &&Factors<'a>| factors.hold(self.method.approach, per_hectare);
            let factors = match of_kind.iter().find(holds) {
                Some(factors) => *factors,
                None => match self.factors(register, stand, per_hectare) {
                    Ok(factors) => {
                        of_kind.push(factors);
                        factors
                    }
                    Err(what) => {
                        let count = unknown.entry((stand.species.clone(), what)).or_default();
                        count.0 += 1;
                        count.1 += area;
                        continue;
                    }
                },
            };
            let key = (
                stand.species.clone(),
                stand.age_group.clone(),
                factors.key(),
            );
            for part in &stand.parts {
                for place in [Some(part.region), None] {
                    if place.is_none() && !self.input.disjoint {
                        continue;
                    }
                    let group = places
                        .entry(place)
                        .or_default()
                        .entry(key.clone())
                        .or_insert(Group {
                            factors,
                            stands: 0,
                            area: 0.0,
                            volume: 0.0,
                        });
                    group.stands += 1;
                    group.area += area * part.share;
                    group.volume += volume * part.share;
                }
            }
        }
        if unknown.is_empty() {
            return Ok(places);
        }
        Err(unknown
            .into_iter()
            .map(|((species, what), (stands, area))| {
                Finding::error(
                    format!("{}, species `{species}`", register.name),
                    format!("{stands} stands, {area:.4} ha, by method `{}`: {what}", self.method.id),
                    "mend the species of these stands, or give a table `species` in `[[inventory.stands]]` with the keys of the method; see docs/stands.md",
                )
            })
            .collect())
    }

    fn factors(
        &self,
        register: &Register,
        stand: &Stand,
        per_hectare: f64,
    ) -> Result<Factors<'a>, String> {
        let mut keys = self.choice.keys.clone();
        match stand.species_row.map(|row| &register.species.rows()[row]) {
            Some(row) => keys.extend(row.meaning.clone()),
            None if stand.species.is_empty() => {
                return Err("the register does not state the species".to_owned());
            }
            // A species table is needed unless the plan gives the keys for all stands.
            None => {}
        }
        if !stand.age_group.is_empty() {
            keys.insert("age-group".to_owned(), stand.age_group.clone());
        }
        let found = Factors::of(
            self.rule(),
            self.method.approach,
            self.parameters,
            &keys,
            per_hectare,
        );
        found.map_err(|error| {
            if stand.species_row.is_none() {
                format!("the species is in no table ({error})")
            } else {
                error.to_string()
            }
        })
    }

    /// The stock of a register in one place, with its rows of `tables/stand_carbon.csv`.
    fn stock(
        &self,
        account: &mut CarbonAccount,
        register: &Register,
        groups: &BTreeMap<Option<usize>, Groups<'a>>,
        place: Option<usize>,
    ) -> Stock {
        let mut stock = Stock::default();
        for stand in register
            .stands
            .iter()
            .filter(|s| s.has_forest_stock() && s.volume.is_none())
        {
            for part in &stand.parts {
                if place.is_none_or(|place| place == part.region) {
                    stock.without_volume += 1;
                    stock.area_without += stand.stock_area().value() * part.share;
                }
            }
        }
        for ((species, age_group, _), group) in groups.get(&place).into_iter().flatten() {
            stock.area += group.area;
            let made = self.made(&mut account.trace, group);
            stock.held |= made.held;
            stock.spread |= group.factors.rows().any(|row| row.spread().is_some());
            stock
                .standing
                .extend(group.factors.rows().map(|row| row.standing));
            stock
                .parameters
                .extend(group.factors.rows().map(Parameter::row_id));
            account.stands.push(StandCarbonRow {
                region_id: self.id(place).to_owned(),
                year: register.year,
                species: species.clone(),
                age_group: age_group.clone(),
                stands: group.stands,
                area: Hectares::new(group.area),
                volume: CubicMetres::new(group.volume),
                above_ground: TonnesDryMatter::new(made.above_ground),
                below_ground: TonnesDryMatter::new(made.below_ground),
                carbon: TonnesCarbon::new(
                    (made.above_ground + made.below_ground) * value(group.factors.carbon_fraction),
                ),
                method: self.method.id.clone(),
                arithmetic: made.arithmetic,
                parameters: group.factors.key(),
                note: if made.held {
                    HELD.to_owned()
                } else {
                    String::new()
                },
            });
            stock.above.extend(made.above);
            stock.below.extend(made.below);
            stock.all.extend(made.all);
        }
        stock
    }

    fn id(&self, place: Option<usize>) -> &'a str {
        place.map_or(TOTAL, |place| self.input.regions[place])
    }

    /// Biomass and carbon of a group, as figures and as terms over shared inputs.
    fn made(&self, trace: &mut Trace, group: &Group<'_>) -> Made {
        let Group {
            factors,
            area,
            volume,
            ..
        } = *group;
        let (first, second) = factors.biomass;
        let (r, cf) = (value(factors.root_shoot), value(factors.carbon_fraction));
        let root = trace.parameter(factors.root_shoot, r);
        let fraction = trace.parameter(factors.carbon_fraction, cf);
        let one = trace.parameter(first, value(first));
        let two = second.map(|row| trace.parameter(row, value(row)));
        let term = |coefficient: f64, inputs: &[usize]| Term {
            coefficient,
            inputs: inputs.to_vec(),
        };
        if self.method.approach == Approach::ContinuousFunction {
            let second = second.expect("the continuous function has two parameters");
            let two = two.expect("the continuous function has two parameters");
            let biomass = super::volume_to_biomass::by_continuous_function(
                CubicMetres::new(volume),
                Hectares::new(area),
                value(first),
                value(second),
            );
            let all = biomass.biomass.value();
            let (above_share, below_share) = shares(trace, factors.root_shoot);
            let terms = |share: Option<usize>| {
                if biomass.held_at_zero {
                    return Vec::new();
                }
                let with = |inputs: [usize; 2]| inputs.into_iter().chain(share).collect::<Vec<_>>();
                vec![
                    term(volume, &with([one, fraction])),
                    term(area, &with([two, fraction])),
                ]
            };
            return Made {
                above_ground: all / (1.0 + r),
                below_ground: all * r / (1.0 + r),
                above: terms(Some(above_share)),
                below: terms(Some(below_share)),
                all: terms(None),
                held: biomass.held_at_zero,
                arithmetic: format!(
                    "({} t d.m./m3 x {} m3 + {} t d.m./ha x {} ha) x {} t C/t d.m. = {} t C{}",
                    number(value(first)),
                    number(volume),
                    number(value(second)),
                    number(area),
                    number(cf),
                    number((value(first) * volume + value(second) * area) * cf),
                    if biomass.held_at_zero {
                        ", held at 0"
                    } else {
                        ""
                    },
                ),
            };
        }
        let per_m3: f64 = value(first) * second.map_or(1.0, value);
        let above_ground = volume * per_m3;
        let inputs: Vec<usize> = [Some(one), two, Some(fraction)]
            .into_iter()
            .flatten()
            .collect();
        let with_root: Vec<usize> = inputs.iter().copied().chain([root]).collect();
        let above = vec![term(volume, &inputs)];
        let below = vec![term(volume, &with_root)];
        let factor_words = second.map_or_else(
            || format!("{} t d.m./m3", number(value(first))),
            |second| {
                format!(
                    "{} t d.m./m3 x {}",
                    number(value(first)),
                    number(value(second))
                )
            },
        );
        Made {
            above_ground,
            below_ground: above_ground * r,
            all: above.iter().chain(&below).cloned().collect(),
            above,
            below,
            held: false,
            arithmetic: format!(
                "{} m3 x {factor_words} x (1 + {}) x {} t C/t d.m. = {} t C",
                number(volume),
                number(r),
                number(cf),
                number(above_ground * (1.0 + r) * cf)
            ),
        }
    }

    /// Rows and headline terms of one place.
    fn rows(&self, account: &mut CarbonAccount, place: Option<usize>, stocks: &[Stock]) {
        let registers = self.input.registers;
        let newest = stocks.len() - 1;
        for (at, (register, stock)) in registers.iter().zip(stocks).enumerate() {
            let counted = at == newest;
            let note = self.note(register, stock, counted);
            for (pool, terms) in [
                (Pool::AboveGround, &stock.above),
                (Pool::BelowGround, &stock.below),
            ] {
                let row = self.stock_row(account, place, register, stock, (pool, terms), &note);
                account.carbon.push(CarbonRow { counted, ..row });
            }
            if counted {
                for term in &stock.all {
                    account
                        .trace
                        .add_term(Headline::Carbon, self.id(place), term.clone());
                }
            }
        }
        for later in 1..stocks.len() {
            self.change_rows(account, place, (later - 1, later), stocks, later == newest);
        }
    }

    fn note(&self, register: &Register, stock: &Stock, counted: bool) -> String {
        let without = format!(
            "a lower limit: {} stands ({:.4} ha) without a volume are not in it",
            stock.without_volume, stock.area_without
        );
        joined([
            if counted {
                ""
            } else {
                "an earlier register, not in the headline"
            },
            if stock.spread {
                "the spread is that of the factors alone: a register has no sampling error, and is not exact"
            } else {
                "no spread: a register has no sampling error, though it is not exact, and no source gives the spread of the factors"
            },
            if stock.without_volume > 0 {
                &without
            } else {
                ""
            },
            if stock.held { HELD } else { "" },
            if stock.standing.contains(&Standing::Memory) {
                "rests on parameters that were recalled, not read again"
            } else {
                ""
            },
            if register.recalled_codes {
                "rests on code tables that were recalled, not read again"
            } else {
                ""
            },
            &self.method.note,
        ])
    }

    fn stock_row(
        &self,
        account: &CarbonAccount,
        place: Option<usize>,
        register: &Register,
        stock: &Stock,
        (pool, terms): (Pool, &[Term]),
        note: &str,
    ) -> CarbonRow {
        let closed = closed_form(terms, account.trace.inputs());
        let nothing = stock.parameters.is_empty() && stock.without_volume > 0;
        CarbonRow {
            region_id: self.id(place).to_owned(),
            year: register.year,
            ecosystem: self.choice.ecosystem.id().to_owned(),
            pool: pool.id().to_owned(),
            soil_depth_cm: None,
            area: Some(Hectares::new(stock.area)),
            carbon: (!nothing).then(|| Figure {
                value: TonnesCarbon::new(closed.value),
                standard_error: closed.standard_error,
                interval: closed
                    .interval(self.level)
                    .map(|(low, high)| (TonnesCarbon::new(low), TonnesCarbon::new(high))),
            }),
            counted: true,
            method: self.method.id.clone(),
            approach: self.method.approach.id().to_owned(),
            parameters: stock.parameters.iter().cloned().collect(),
            quality: quality(stock).id().to_owned(),
            note: note.to_owned(),
        }
    }

    /// The yearly removal between two registers. Unknown where a stand of either has no volume.
    fn change_rows(
        &self,
        account: &mut CarbonAccount,
        place: Option<usize>,
        (earlier, later): (usize, usize),
        stocks: &[Stock],
        newest: bool,
    ) {
        let registers = self.input.registers;
        let (from, to) = (registers[earlier].year, registers[later].year);
        let (before, after) = (&stocks[earlier], &stocks[later]);
        let scale = TonnesCarbon::new(1.0).to_co2e().value() / period(from, to).value();
        let difference = |later: &[Term], earlier: &[Term]| -> Vec<Term> {
            let scaled = |terms: &[Term], sign: f64| {
                terms
                    .iter()
                    .map(|term| Term {
                        coefficient: sign * scale * term.coefficient,
                        inputs: term.inputs.clone(),
                    })
                    .collect::<Vec<_>>()
            };
            let mut all = scaled(later, 1.0);
            all.extend(scaled(earlier, -1.0));
            all
        };
        let unknown = before.without_volume + after.without_volume > 0;
        let areas = format!(
            "stock on {:.4} ha in {from} and {:.4} ha in {to}",
            before.area, after.area
        );
        let note = joined([
            if unknown {
                "stands without a volume in one of the registers: their change is not known"
            } else {
                ""
            },
            &areas,
        ]);
        for (pool, terms) in [
            (Pool::AboveGround, difference(&after.above, &before.above)),
            (Pool::BelowGround, difference(&after.below, &before.below)),
        ] {
            let closed = closed_form(&terms, account.trace.inputs());
            let rate = |value: f64| PerYear::new(TonnesCo2e::new(value));
            account.sequestration.push(SequestrationRow {
                region_id: self.id(place).to_owned(),
                period_start: from,
                period_end: to,
                ecosystem: self.choice.ecosystem.id().to_owned(),
                pool: pool.id().to_owned(),
                removal: (!unknown).then(|| Figure {
                    value: rate(closed.value),
                    standard_error: closed.standard_error,
                    interval: closed
                        .interval(self.level)
                        .map(|(low, high)| (rate(low), rate(high))),
                }),
                counted: newest && !unknown,
                method: self.method.id.clone(),
                approach: self.method.approach.id().to_owned(),
                parameters: before
                    .parameters
                    .union(&after.parameters)
                    .cloned()
                    .collect(),
                quality: quality(after).id().to_owned(),
                note: note.clone(),
            });
        }
        if newest && !unknown {
            for term in difference(&after.all, &before.all) {
                account
                    .trace
                    .add_term(Headline::Sequestration, self.id(place), term);
            }
        }
    }
}

/// What is said where the continuous function gives less than nothing.
const HELD: &str = "the continuous function gives less than nothing for some stands: held at zero";

struct Made {
    above_ground: f64,
    below_ground: f64,
    above: Vec<Term>,
    below: Vec<Term>,
    all: Vec<Term>,
    held: bool,
    arithmetic: String,
}

fn quality(stock: &Stock) -> Quality {
    if stock.standing.contains(&Standing::Memory) {
        Quality::RecalledParameter
    } else if stock.standing.contains(&Standing::User) {
        Quality::UserParameter
    } else {
        Quality::Register
    }
}

/// Stands with stock, the groups of the account.
fn stocked(register: &Register) -> impl Iterator<Item = &Stand> {
    register.stands.iter().filter(|stand| {
        stand.has_forest_stock()
            && stand.volume.is_some_and(|volume| volume.value() > 0.0)
            && stand.stock_area().value() > 0.0
    })
}

/// Above-ground and below-ground share of total biomass, `1/(1+R)` and `R/(1+R)`, as inputs.
fn shares(trace: &mut Trace, root_shoot: &Parameter) -> (usize, usize) {
    let r = value(root_shoot);
    let slope = (1.0 + r).powi(-2);
    let spread = root_shoot.spread().map(|spread| Spread {
        sigma: spread.sigma * slope,
        shape: Shape::Normal,
    });
    let mut input = |what: &str, mean: f64| {
        trace.add_input(Input {
            key: format!("{what} share by {}", root_shoot.row_id()),
            mean,
            spread,
            degrees_of_freedom: None,
        })
    };
    (
        input("above-ground", 1.0 / (1.0 + r)),
        input("below-ground", r / (1.0 + r)),
    )
}

/// A number as a pocket calculator takes it.
fn number(value: f64) -> String {
    let text = format!("{value:.6}");
    let text = text.trim_end_matches('0');
    text.trim_end_matches('.').to_owned()
}

/// Rows of parameters that several methods used, as one.
pub(super) fn merged(rows: Vec<ParameterRow>) -> Vec<ParameterRow> {
    let mut by_id: BTreeMap<String, ParameterRow> = BTreeMap::new();
    for row in rows {
        match by_id.get_mut(&row.id) {
            Some(known) => {
                known.used_by.extend(row.used_by);
                known.used_by.sort();
                known.used_by.dedup();
            }
            None => {
                by_id.insert(row.id.clone(), row);
            }
        }
    }
    by_id.into_values().collect()
}

//! Stands of a register become carbon: volume to biomass to carbon, by species and age group, and
//! its change between two registers.

use std::collections::BTreeMap;

use super::register::{Register, Stand};
use super::setting::Setting;
use super::stocks::{PlaceStocks, Stock};
use super::unfit::{HeldStands, StandsOutside, UnfitStands};
use crate::account::carbon_account::CarbonAccount;
use crate::account::choice::CarbonChoice;
use crate::account::land::AreaAccount;
use crate::account::library::{
    Factors, Method, Parameter, ParameterError, Parameters, Standing, value,
};
use crate::account::nesting::Nesting;
use crate::account::quality::Evidence;
use crate::account::tables::{StandCarbonRow, TOTAL};
use crate::finding::{Finding, counted};
use crate::units::{CubicMetres, Hectares, TonnesCarbon, TonnesDryMatter};

/// The registers of a run, as the carbon account sees them.
#[derive(Debug, Clone, Copy)]
pub struct StandInput<'a> {
    /// The registers, the oldest first.
    pub registers: &'a [Register],
    /// Ids of the regions.
    pub regions: &'a [&'a str],
    /// Whether the regions do not overlap, so that there is a total.
    pub disjoint: bool,
    /// Which of them lie in which.
    pub nesting: &'a Nesting,
}

/// Stands with the same factors in one place.
#[derive(Debug, Clone, Copy)]
pub(super) struct Group<'a> {
    pub(super) factors: Factors<'a>,
    pub(super) stands: usize,
    pub(super) area: f64,
    pub(super) volume: f64,
    /// Whether the continuous function gives less than nothing for each of them.
    pub(super) held: bool,
}

/// Species, age group, rows of parameters, and whether the stands are held at zero.
type GroupKey = (String, String, Vec<String>, bool);
type Groups<'a> = BTreeMap<GroupKey, Group<'a>>;

/// The groups of a register by place, and the stands that are in none.
pub(super) struct Grouped<'a> {
    places: BTreeMap<Option<usize>, Groups<'a>>,
    outside: StandsOutside,
    held: HeldStands,
}

/// Adds what the chosen method that starts from volume gives.
pub(in crate::account) fn fill_chosen(
    account: &mut CarbonAccount,
    chosen: &[(&CarbonChoice, &Method)],
    setting: Setting<'_>,
    input: Option<&StandInput<'_>>,
) -> Result<(), Vec<Finding>> {
    let by_volume = chosen
        .iter()
        .find(|(_, method)| method.approach.is_volume());
    if let (Some(chosen), Some(stands)) = (by_volume, input) {
        fill(account, *chosen, setting, stands)?;
    }
    Ok(())
}

/// Adds the stocks of the registers by a method, and their changes.
fn fill(
    account: &mut CarbonAccount,
    (choice, method): (&CarbonChoice, &Method),
    setting: Setting<'_>,
    input: &StandInput<'_>,
) -> Result<(), Vec<Finding>> {
    let work = Work {
        choice,
        method,
        parameters: setting.parameters,
        input,
        areas: setting.areas,
        level: setting.level,
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
    if setting.evidence == Evidence::Registry {
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
    for (register, grouped) in input.registers.iter().zip(&by_register) {
        let told = grouped.outside.warnings(&register.name, &method.id);
        account.warnings.extend(told);
        account
            .warnings
            .extend(grouped.held.warnings(&register.name));
    }
    account.parameters.extend(
        used.values()
            .filter_map(|row| row.row(vec![method.id.clone()])),
    );
    let places: Vec<Option<usize>> = (0..input.regions.len())
        .map(Some)
        .chain(input.disjoint.then_some(None))
        .collect();
    let mut stock = |place: Option<usize>| -> Vec<Stock> {
        let registers = input.registers.iter().zip(&by_register);
        registers
            .map(|(register, groups)| work.stock(account, register, groups, place))
            .collect()
    };
    let by_place: Vec<Vec<Stock>> = places.iter().map(|place| stock(*place)).collect();
    for (place, stocks) in places.into_iter().zip(&by_place) {
        let parts = input.nesting.parts(place).into_iter();
        let of = PlaceStocks {
            place,
            stocks,
            parts: parts.map(|part| (part, &by_place[part][..])).collect(),
        };
        work.rows(account, &of);
    }
    Ok(())
}

fn used_rows<'a>(by_register: &[Grouped<'a>]) -> BTreeMap<String, &'a Parameter> {
    by_register
        .iter()
        .flat_map(|grouped| grouped.places.values())
        .flat_map(BTreeMap::values)
        .flat_map(|group| group.factors.rows())
        .map(|row| (row.row_id(), row))
        .collect()
}

pub(super) struct Work<'a> {
    pub(super) choice: &'a CarbonChoice,
    pub(super) method: &'a Method,
    pub(super) parameters: &'a Parameters,
    pub(super) input: &'a StandInput<'a>,
    /// What the maps show, where there are any.
    pub(super) areas: Option<&'a AreaAccount>,
    pub(super) level: f64,
}

impl<'a> Work<'a> {
    fn rule(&self) -> &'a crate::account::library::VolumeRule {
        self.method
            .volume
            .as_ref()
            .expect("methods of these approaches have a volume rule")
    }

    /// The groups of a register by place. All species without factors come in one pass.
    pub(super) fn groups(&self, register: &Register) -> Result<Grouped<'a>, Vec<Finding>> {
        let mut places: BTreeMap<Option<usize>, Groups<'a>> = BTreeMap::new();
        let mut outside = StandsOutside::default();
        let mut held_stands = HeldStands::default();
        let mut unfit = UnfitStands::new(self.method);
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
                None => {
                    match self.factors(register, stand, per_hectare, (&mut unfit, &mut outside)) {
                        Some(factors) => {
                            of_kind.push(factors);
                            factors
                        }
                        None => continue,
                    }
                }
            };
            // By stand: stands that hold much do not make up for those with less than nothing.
            let held = factors.give_less_than_nothing(self.method.approach, per_hectare);
            if held {
                held_stands.add(&stand.species, area);
            }
            let key = (
                stand.species.clone(),
                stand.age_group.clone(),
                factors.key(),
                held,
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
                            held,
                        });
                    group.stands += 1;
                    group.area += area * part.share;
                    group.volume += volume * part.share;
                }
            }
        }
        if unfit.is_empty() {
            Ok(Grouped {
                places,
                outside,
                held: held_stands,
            })
        } else {
            Err(unfit.findings(&register.name, "mend the species of these stands, or give a table `species` in `[[inventory.stands]]` with the keys of the method; see docs/stands.md"))
        }
    }

    /// The factors of a stand; where there are none, it is among the unfit, or among those outside the
    /// classes of the parameters.
    fn factors(
        &self,
        register: &Register,
        stand: &Stand,
        per_hectare: f64,
        (unfit, outside): (&mut UnfitStands<'a>, &mut StandsOutside),
    ) -> Option<Factors<'a>> {
        let area = stand.stock_area().value();
        let mut keys = self.choice.keys.clone();
        match stand.species_row.map(|row| &register.species.rows()[row]) {
            Some(row) => keys.extend(row.meaning.clone()),
            None if stand.species.is_empty() => {
                let what = "the register does not state the species".to_owned();
                unfit.refuse("", what, area);
                return None;
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
        let problem = |error: ParameterError| {
            if let ParameterError::OutsideClasses { .. } = error {
                outside.add(stand, error.to_string(), self.input.disjoint);
                return;
            }
            let what = if stand.species_row.is_none() {
                format!("the species is in no table ({error})")
            } else {
                error.to_string()
            };
            unfit.add(&stand.species, &keys, what, area);
        };
        found.map_err(problem).ok()
    }

    /// The stock of a register in one place, with its rows of `tables/stand_carbon.csv`.
    fn stock(
        &self,
        account: &mut CarbonAccount,
        register: &Register,
        groups: &Grouped<'a>,
        place: Option<usize>,
    ) -> Stock {
        let parts = register.stands.iter().flat_map(|stand| &stand.parts);
        let regions = parts.map(|part| part.region);
        let mut stock = Stock {
            outside: groups.outside.at(place),
            shown: regions
                .filter(|region| place.is_none_or(|place| place == *region))
                .collect(),
            ..Stock::default()
        };
        for stand in &register.stands {
            let parts = stand.parts.iter();
            for part in parts.filter(|part| place.is_none_or(|place| place == part.region)) {
                let area = stand.stock_area().value() * part.share;
                if stand.is_unstocked() {
                    stock.unstocked += area;
                } else if stand.has_forest_stock() && stand.volume.is_none() {
                    stock.without_volume += 1;
                    stock.area_without += area;
                }
            }
        }
        for ((species, age_group, ..), group) in groups.places.get(&place).into_iter().flatten() {
            stock.area += group.area;
            let made = self.made(&mut account.trace, group);
            if group.held {
                stock.held.0 += group.stands;
                stock.held.1 += group.area;
            }
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
                note: held_note((usize::from(group.held) * group.stands, group.area)),
            });
            stock.above.extend(made.above);
            stock.below.extend(made.below);
            stock.all.extend(made.all);
        }
        stock
    }

    pub(super) fn id(&self, place: Option<usize>) -> &'a str {
        place.map_or(TOTAL, |place| self.input.regions[place])
    }
}

/// What is said of so many stands, and hectares, that the continuous function gives less than nothing for.
pub(super) fn held_note((stands, hectares): (usize, f64)) -> String {
    if stands == 0 {
        return String::new();
    }
    format!(
        "{} ({hectares:.4} ha) with so little stock that the continuous function gives less than nothing: held at zero",
        counted(stands, "stand", "stands")
    )
}

/// Stands with stock, the groups of the account.
fn stocked(register: &Register) -> impl Iterator<Item = &Stand> {
    register.stands.iter().filter(|stand| {
        stand.has_forest_stock()
            && stand.volume.is_some_and(|volume| volume.value() > 0.0)
            && stand.stock_area().value() > 0.0
    })
}

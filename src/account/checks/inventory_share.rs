//! What an inventory counts, held against what methods by area count of the same land.

use std::collections::{BTreeMap, BTreeSet};

use super::beside_classes::{leave_out, pools};
use crate::account::carbon_account::CarbonAccount;
use crate::account::carbon_input::CarbonInput;
use crate::account::choice::CarbonChoice;
use crate::account::ecosystem::Ecosystem;
use crate::account::land::{RegionAreas, Way, is_more_than_a_sliver};
use crate::account::library::{Approach, Method};
use crate::account::plots::{Elsewhere, InventoryShare};
use crate::account::pool::Pool;
use crate::account::stands::{LandKind, Register};
use crate::account::tables::TOTAL;
use crate::finding::Finding;
use crate::units::Hectares;

impl Elsewhere {
    /// By the stands of the registers; a sliver of a stand over a border is none.
    fn of(input: &CarbonInput<'_>) -> Self {
        let registers = input.stands.map_or(&[][..], |stands| stands.registers);
        let newest = &registers[registers.len().saturating_sub(1)..];
        let mut all = Self::default();
        let regions = input.areas.iter().flat_map(|areas| &areas.regions);
        for (place, region) in regions.enumerate() {
            let trees = all_of(region, Ecosystem::Mangrove);
            if trees > Hectares::ZERO && !is_more_than_a_sliver(mangrove(newest, place), trees) {
                all.regions.insert(place);
                for id in [&region.region_id, TOTAL] {
                    *all.trees.entry(id.to_owned()).or_default() += trees;
                }
            }
            let changed = [
                region.lost(Ecosystem::Mangrove),
                region.gained(Ecosystem::Mangrove),
            ];
            let changed = changed.map(Option::unwrap_or_default);
            let both: Hectares = changed.into_iter().sum();
            if both > Hectares::ZERO && !is_more_than_a_sliver(mangrove(registers, place), both) {
                for id in [&region.region_id, TOTAL] {
                    let sums = all.changed.entry(id.to_owned()).or_default();
                    for (sum, area) in sums.iter_mut().zip(changed) {
                        *sum += area;
                    }
                }
            }
        }
        all
    }
}

/// Mangrove of registers in a region, by its place.
fn mangrove(registers: &[Register], place: usize) -> Hectares {
    let stands = registers.iter().flat_map(|register| &register.stands);
    let stands = stands.filter(|stand| stand.land == Some(LandKind::Mangrove));
    let parts = stands.flat_map(|stand| stand.parts.iter().map(move |part| (stand, part)));
    let here = parts.filter(|(_, part)| part.region == place);
    here.map(|(stand, part)| Hectares::new(stand.stock_area().value() * part.share))
        .sum()
}

/// Land of an ecosystem at the newest date.
fn all_of(region: &RegionAreas, ecosystem: Ecosystem) -> Hectares {
    let newest = region.newest();
    newest
        .and_then(|year| year.ecosystems.get(&ecosystem).copied())
        .unwrap_or_default()
}

impl InventoryShare {
    /// That of the chosen method of plots, or else of the one that starts from the volume of stands.
    pub(in crate::account) fn of(
        chosen: &[(&CarbonChoice, &Method)],
        input: &CarbonInput<'_>,
    ) -> Option<Self> {
        let mut methods = chosen.iter();
        let plots = methods.find(|(_, method)| method.approach == Approach::PlotPools);
        if let Some((choice, method)) = plots {
            return Some(Self {
                pools: pools_of_plots(method, input),
                ecosystems: None,
                own: choice.ecosystem,
                elsewhere: Elsewhere::default(),
            });
        }
        let mut methods = chosen.iter();
        let (choice, method) = methods.find(|(_, method)| method.approach.is_volume())?;
        Some(Self {
            pools: method.counted.iter().copied().collect(),
            ecosystems: Some(with_mangrove(choice.ecosystem, input)),
            own: choice.ecosystem,
            elsewhere: Elsewhere::of(input),
        })
    }
}

impl InventoryShare {
    /// Warns of mangrove of regions that the register has none in: by a method of the plan, or by none.
    fn tell_elsewhere(&self, account: &mut CarbonAccount, chosen: &[(&CarbonChoice, &Method)]) {
        let trees = self.elsewhere.trees.get(TOTAL).copied().unwrap_or_default();
        if trees == Hectares::ZERO || !self.holds(Ecosystem::Mangrove, Pool::AboveGround) {
            return;
        }
        let of_stock = chosen.iter().find(|(choice, method)| {
            choice.ecosystem == Ecosystem::Mangrove && !method.approach.is_flux()
        });
        let (what, remedy) = match of_stock {
            Some((_, method)) => (
                format!("it counts by the map and `{}`", method.id),
                "nothing, if the register is of other regions alone; else mend the map or the register",
            ),
            None => (
                "no method of the plan gives what it holds".to_owned(),
                "add a stock of mangrove, such as `mangrove-stock-ipcc2013`",
            ),
        };
        account.warnings.push(Finding::warning(
            "carbon, ecosystem mangrove",
            format!(
                "{:.4} ha of mangrove of the map lie in regions where the stand register has none, though it has some elsewhere: {what}",
                trees.value()
            ),
            remedy,
        ));
    }
}

/// What an inventory counts of a change, beside which the same may not be counted by the land of maps.
struct Counted {
    share: InventoryShare,
    /// Whether losses are in it as well as gains.
    is_difference: bool,
    words: &'static str,
}

impl Counted {
    /// The difference of two inventories, and the growth of stands by their age.
    fn all(chosen: &[(&CarbonChoice, &Method)], input: &CarbonInput<'_>) -> Vec<Self> {
        let registers = input.stands.map_or(0, |stands| stands.registers.len());
        let difference = InventoryShare::of(chosen, input).and_then(|share| {
            let (differs, words) = match share.ecosystems {
                None => (
                    !input.changes.is_empty(),
                    "the difference of the forest plots",
                ),
                Some(_) => (registers > 1, "the difference of the stand registers"),
            };
            differs.then_some(Self {
                share,
                is_difference: true,
                words,
            })
        });
        let growth = chosen
            .iter()
            .find(|(_, method)| method.approach == Approach::StandGrowth)
            .map(|(choice, method)| Self {
                share: InventoryShare {
                    pools: pools(method).into_iter().collect(),
                    ecosystems: Some(with_mangrove(choice.ecosystem, input)),
                    own: choice.ecosystem,
                    elsewhere: Elsewhere::of(input),
                },
                is_difference: false,
                words: "the growth of the stands",
            });
        difference.into_iter().chain(growth).collect()
    }

    fn has(&self, choice: &CarbonChoice, approach: Approach, pool: Pool) -> bool {
        let in_it = match approach {
            Approach::CoastalAccumulation => true,
            Approach::CoastalLoss | Approach::ConversionLoss => self.is_difference,
            _ => false,
        };
        // Of its own ecosystem the check of two methods for one pool knows.
        in_it
            && choice.ecosystem != self.share.own
            && choice.ecosystem.has_trees()
            && self.share.holds(choice.ecosystem, pool)
    }
}

/// Leaves out of choices by gained and lost land the pools whose change an inventory counts; refuses those
/// that cannot be parted.
pub(in crate::account) fn leave_out_counted(
    choices: &mut [CarbonChoice],
    input: &CarbonInput<'_>,
) -> Vec<Finding> {
    let methods: Vec<Option<&Method>> = choices
        .iter()
        .map(|choice| input.seeds.method(&choice.method).ok())
        .collect();
    let chosen: Vec<(&CarbonChoice, &Method)> = choices
        .iter()
        .zip(&methods)
        .filter_map(|(choice, method)| Some((choice, (*method)?)))
        .collect();
    let counted = Counted::all(&chosen, input);
    let mut findings = Vec::new();
    for (choice, method) in choices.iter_mut().zip(methods) {
        let Some(method) = method else {
            continue;
        };
        for counted in &counted {
            let at = choice.clone();
            let has = |pool: Pool| counted.has(&at, method.approach, pool);
            let held: BTreeSet<Pool> = pools(method)
                .into_iter()
                .filter(|pool| has(*pool))
                .collect();
            if held.is_empty() {
                continue;
            }
            let remedy = "nothing: its stands are in the inventory".to_owned();
            let way = Way::of(method.approach);
            let beyond = way.map(|way| counted.share.beyond(TOTAL, at.ecosystem, way));
            let beyond = beyond.unwrap_or_default();
            let told = leave_out(choice, method, has, (counted.words, remedy), beyond);
            findings.push(told.unwrap_or_else(|| {
                let held: Vec<String> = held.iter().map(|pool| format!("`{pool}`")).collect();
                Finding::error(
                    format!("carbon, ecosystem {}", at.ecosystem),
                    format!(
                        "`{}` gives the change of pool {}, and {} has it already",
                        method.id,
                        held.join(", "),
                        counted.words
                    ),
                    "leave the entry out: stock difference and gain-loss are never mixed for a pool",
                )
            }));
        }
    }
    findings
}

/// Ecosystems whose trees are in the difference of an inventory, as what burnt of them is, with the ids of the regions
/// that it has none of them in.
pub(in crate::account) fn in_difference(
    chosen: &[(&CarbonChoice, &Method)],
    input: &CarbonInput<'_>,
) -> BTreeMap<Ecosystem, BTreeSet<String>> {
    let counted = Counted::all(chosen, input);
    let differences = counted.iter().filter(|counted| counted.is_difference);
    differences
        .flat_map(|counted| {
            let all = Ecosystem::ALL.iter().copied();
            let trees = all.filter(|one| one.has_trees());
            let held = trees.filter(|one| counted.share.holds(*one, Pool::AboveGround));
            held.map(|one| match (one, &counted.share.ecosystems) {
                (Ecosystem::Mangrove, Some(_)) => (one, without_mangrove(input)),
                _ => (one, BTreeSet::new()),
            })
        })
        .collect()
}

/// Ids of the regions that no register has mangrove in; a sliver of a stand over a border is none.
fn without_mangrove(input: &CarbonInput<'_>) -> BTreeSet<String> {
    let most = |place: usize| {
        let region = input.areas.and_then(|areas| areas.regions.get(place));
        let dates = region.iter().flat_map(|region| &region.years);
        let areas = dates.filter_map(|date| date.ecosystems.get(&Ecosystem::Mangrove));
        areas.fold(Hectares::ZERO, |a, b| if a < *b { *b } else { a })
    };
    let stands = input.stands.into_iter();
    let regions = stands.flat_map(|stands| {
        let ids = stands.regions.iter().enumerate();
        ids.map(move |(place, id)| (stands.registers, place, *id))
    });
    regions
        .filter(|(registers, place, _)| {
            !is_more_than_a_sliver(mangrove(registers, *place), most(*place))
        })
        .map(|(_, _, id)| id.to_owned())
        .collect()
}

/// An ecosystem, and mangrove where a register has stands of it.
fn with_mangrove(ecosystem: Ecosystem, input: &CarbonInput<'_>) -> BTreeSet<Ecosystem> {
    let registers = input.stands.iter().flat_map(|stands| stands.registers);
    let mut stands = registers.flat_map(|register| &register.stands);
    let has_mangrove = stands.any(|stand| stand.land == Some(LandKind::Mangrove));
    let mangrove = has_mangrove.then_some(Ecosystem::Mangrove);
    mangrove.into_iter().chain([ecosystem]).collect()
}

/// Warns of land whose yearly removal by a method is left to an inventory that tells no change.
pub(in crate::account) fn tell(
    account: &mut CarbonAccount,
    chosen: &[(&CarbonChoice, &Method)],
    inventory: Option<&InventoryShare>,
    input: &CarbonInput<'_>,
) {
    let registers = input.stands.map_or(0, |stands| stands.registers.len());
    let (Some(inventory), Some(areas)) = (inventory, input.areas) else {
        return;
    };
    inventory.tell_elsewhere(account, chosen);
    if !input.changes.is_empty() || registers > 1 {
        return;
    }
    for (choice, method) in chosen {
        let ecosystem = choice.ecosystem;
        let held = (method.pools.iter()).any(|rule| inventory.holds(ecosystem, rule.pool));
        let by_age = chosen.iter().any(|(other, method)| {
            other.ecosystem == ecosystem && method.approach == Approach::StandGrowth
        });
        if method.approach != Approach::GrowthGain || !held || by_age {
            continue;
        }
        let regions = areas.regions.iter();
        let trees = regions.map(|region| inventory.trees(region, ecosystem)[0]);
        let trees: Hectares = trees.sum();
        if trees > Hectares::ZERO {
            account.warnings.push(Finding::warning(
                format!("carbon, ecosystem {ecosystem}"),
                format!(
                    "{:.4} ha of {ecosystem} {}are left to {}, of one year: `{}` counts nothing there",
                    trees.value(),
                    inventory.carrying(),
                    inventory.words(),
                    method.id
                ),
                "give the inventory of a second year, or growth by the age of stands",
            ));
        }
    }
}

/// The pools that the plots of a run give, of those that the method counts.
pub(in crate::account) fn pools_of_plots(
    method: &Method,
    input: &CarbonInput<'_>,
) -> BTreeSet<Pool> {
    let given = input.stocks.iter().flat_map(|stock| &stock.sum.pools);
    let given: BTreeSet<Pool> = given.map(|estimate| estimate.pool).collect();
    if given.is_empty() {
        method.counted.iter().copied().collect()
    } else {
        given
    }
}

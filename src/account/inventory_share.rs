//! What an inventory holds of the land of the map, so that methods by area do not count it again.

use std::collections::BTreeSet;

use super::beside_classes::{leave_out, pools};
use super::carbon::{CarbonAccount, CarbonInput};
use super::choice::CarbonChoice;
use super::ecosystem::Ecosystem;
use super::method::{Approach, Method};
use super::pool::Pool;
use super::region_areas::RegionAreas;
use super::stand_codes::LandKind;
use crate::finding::Finding;
use crate::units::Hectares;

/// The share of an inventory in the stock of woody land.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct InventoryShare {
    /// Pools that it gives.
    pools: BTreeSet<Pool>,
    /// Ecosystems that it gives them of; all with trees where plots measure forest wherever it stands.
    ecosystems: Option<BTreeSet<Ecosystem>>,
    /// The ecosystem that its method is chosen for.
    own: Ecosystem,
}

impl InventoryShare {
    /// That of the chosen method of plots, or else of the one that starts from the volume of stands.
    pub(super) fn of(chosen: &[(&CarbonChoice, &Method)], input: &CarbonInput<'_>) -> Option<Self> {
        let mut methods = chosen.iter();
        let plots = methods.find(|(_, method)| method.approach == Approach::PlotPools);
        if let Some((choice, method)) = plots {
            return Some(Self {
                pools: pools_of_plots(method, input),
                ecosystems: None,
                own: choice.ecosystem,
            });
        }
        let mut methods = chosen.iter();
        let (choice, method) = methods.find(|(_, method)| method.approach.is_volume())?;
        Some(Self {
            pools: method.counted.iter().copied().collect(),
            ecosystems: Some(with_mangrove(choice.ecosystem, input)),
            own: choice.ecosystem,
        })
    }

    /// Whether it holds some of a pool of an ecosystem where trees stand.
    pub(super) fn holds(&self, ecosystem: Ecosystem, pool: Pool) -> bool {
        let is_of = (self.ecosystems.as_ref()).is_none_or(|all| all.contains(&ecosystem));
        let own = || self.pools.iter().flat_map(|pool| pool.parts());
        is_of && own().any(|part| pool.parts().contains(part))
    }

    /// Who has it, in words.
    pub(super) const fn words(&self) -> &'static str {
        match self.ecosystems {
            None => "the forest plots",
            Some(_) => "the stand register",
        }
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
pub(super) fn leave_out_counted(
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
            let told = leave_out(choice, method, has, (counted.words, remedy));
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

/// Ecosystems whose trees are in the difference of an inventory: what burnt there is too.
pub(super) fn in_difference(
    chosen: &[(&CarbonChoice, &Method)],
    input: &CarbonInput<'_>,
) -> BTreeSet<Ecosystem> {
    let counted = Counted::all(chosen, input);
    let differences = counted.iter().filter(|counted| counted.is_difference);
    differences
        .flat_map(|counted| {
            let all = Ecosystem::ALL.iter().copied();
            let trees = all.filter(|one| one.has_trees());
            trees.filter(|one| counted.share.holds(*one, Pool::AboveGround))
        })
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
pub(super) fn tell(
    account: &mut CarbonAccount,
    chosen: &[(&CarbonChoice, &Method)],
    inventory: Option<&InventoryShare>,
    input: &CarbonInput<'_>,
) {
    let registers = input.stands.map_or(0, |stands| stands.registers.len());
    let (Some(inventory), Some(areas)) = (inventory, input.areas) else {
        return;
    };
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
        let newest = areas.regions.iter().filter_map(RegionAreas::newest);
        let trees = newest.filter_map(|year| year.under_trees.get(&ecosystem).copied());
        let trees: Hectares = trees.sum();
        if trees > Hectares::ZERO {
            account.warnings.push(Finding::warning(
                format!("carbon, ecosystem {ecosystem}"),
                format!(
                    "{:.4} ha of {ecosystem} carry trees on the map and are left to {}, of one year: `{}` counts nothing there",
                    trees.value(),
                    inventory.words(),
                    method.id
                ),
                "give the inventory of a second year, or growth by the age of stands",
            ));
        }
    }
}

/// The pools that the plots of a run give, of those that the method counts.
pub(super) fn pools_of_plots(method: &Method, input: &CarbonInput<'_>) -> BTreeSet<Pool> {
    let given = input.stocks.iter().flat_map(|stock| &stock.pools);
    let given: BTreeSet<Pool> = given.map(|estimate| estimate.pool).collect();
    if given.is_empty() {
        method.counted.iter().copied().collect()
    } else {
        given
    }
}

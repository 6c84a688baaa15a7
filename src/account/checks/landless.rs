//! Choices of the plan that meet no land or leave land out: said, for what is not there is easily overlooked.

use std::collections::{BTreeMap, BTreeSet};

use super::pool_overlap::stock_pools;
use crate::account::carbon_account::CarbonAccount;
use crate::account::carbon_input::CarbonInput;
use crate::account::choice::{CarbonChoice, Depths, SoilStocks};
use crate::account::density::{Resolved, Stock};
use crate::account::ecosystem::Ecosystem;
use crate::account::land::{AreaAccount, LayerPart, RegionAreas};
use crate::account::library::{Approach, Method};
use crate::account::pool::Pool;
use crate::account::quality::Quality;
use crate::account::tables::{CarbonRow, SequestrationRow, TOTAL, no_removal};
use crate::account::uncertainty::Headline;
use crate::account::words::NOTHING;
use crate::finding::Finding;
use crate::units::Hectares;

/// Adds a warning, and a row without a figure for every region, for each choice by area whose land
/// is in no region at any date; and for land that `within` leaves out or where a layer has no value.
pub(in crate::account) fn tell(
    account: &mut CarbonAccount,
    chosen: &[(&CarbonChoice, &Method)],
    stocks: &[Stock<'_>],
    input: &CarbonInput<'_>,
) {
    let Some(areas) = input.areas else { return };
    let gaps = stocks.iter().filter_map(|stock| stock.gap(areas));
    account.warnings.extend(gaps);
    account
        .warnings
        .extend(areas.regions.iter().filter_map(unseen));
    for (choice, method) in chosen.iter().filter(|(_, method)| by_area(method.approach)) {
        if areas.with_parts().any(|land| meets(choice, land)) {
            continue;
        }
        let (why, remedy) = why(choice);
        account.warnings.push(Finding::warning(
            format!("carbon, ecosystem {}", choice.ecosystem),
            format!("method `{}` has {NOTHING}: {why}", method.id),
            remedy,
        ));
        for region in areas.regions.iter().chain(&areas.total) {
            row(account, (choice, method), region, &why);
        }
    }
    tell_stocks(account, chosen, (areas, input));
    tell_removals(account, chosen, areas);
}

/// An ecosystem whose removals of one approach are all laid within classes of a layer.
struct Divided<'a> {
    ecosystem: Ecosystem,
    approach: Approach,
    entries: Vec<&'a CarbonChoice>,
}

/// The removals that the plan divides by `within`.
fn divided<'a>(chosen: &[(&'a CarbonChoice, &Method)]) -> Vec<Divided<'a>> {
    let mut kinds: BTreeMap<(Ecosystem, Approach), Vec<&CarbonChoice>> = BTreeMap::new();
    for (choice, method) in chosen {
        let at_newest = method.approach.is_flux() && method.approach != Approach::ConversionLoss;
        if by_area(method.approach) && at_newest && !choice.ecosystem.is_overlay() {
            // Soil that one entry takes as drained has no methane of rewetting: it is counted all the same.
            let yearly = (choice.ecosystem, Approach::EmissionFactor);
            let with_methane = method.approach == Approach::MethaneEmission
                && chosen
                    .iter()
                    .any(|(other, method)| (other.ecosystem, method.approach) == yearly);
            let kind = if with_methane {
                yearly
            } else {
                (choice.ecosystem, method.approach)
            };
            kinds.entry(kind).or_default().push(*choice);
        }
    }
    let divided = |entries: &Vec<&CarbonChoice>| entries.iter().all(|c| c.within.is_some());
    kinds
        .into_iter()
        .filter(|(_, entries)| divided(entries))
        .map(|((ecosystem, approach), entries)| Divided {
            ecosystem,
            approach,
            entries,
        })
        .collect()
}

/// The parts of an ecosystem at the newest date, and its year.
fn newest<'a>(
    ecosystem: Ecosystem,
    (region, parts): (&RegionAreas, &'a [LayerPart]),
) -> Option<(i32, impl Iterator<Item = &'a LayerPart>)> {
    let year = region.newest()?.year;
    let mine = move |part: &&LayerPart| part.year == year && part.ecosystem == Some(ecosystem);
    Some((year, parts.iter().filter(mine)))
}

impl Divided<'_> {
    /// Land of the ecosystem at the newest date under no class that an entry names.
    fn rest(&self, land: (&RegionAreas, &[LayerPart])) -> Option<(i32, Hectares)> {
        let (year, parts) = newest(self.ecosystem, land)?;
        let named = |part: &LayerPart| self.entries.iter().any(|entry| entry.holds(&part.classes));
        let rest = parts.filter(|part| !named(part)).map(|part| part.area);
        let rest: Hectares = rest.sum();
        (rest > Hectares::ZERO).then_some((year, rest))
    }

    /// A row without a figure for that land.
    fn row(&self, account: &mut CarbonAccount, region_id: &str, (year, rest): (i32, Hectares)) {
        let what = if self.approach == Approach::MethaneEmission {
            "their methane is not counted"
        } else {
            "not counted"
        };
        let words = format!(
            "{:.4} ha lie under no class that `within` names: {what}",
            rest.value()
        );
        account.sequestration.push(SequestrationRow {
            approach: self.approach.id().to_owned(),
            ..no_removal(region_id.to_owned(), (year, year), self.ecosystem, words)
        });
    }
}

/// Adds a row without a figure for every region with land whose removal `within` leaves out, and a warning;
/// not of emission factors, whose classes are the very land that has one, such as drained soil.
fn tell_removals(
    account: &mut CarbonAccount,
    chosen: &[(&CarbonChoice, &Method)],
    areas: &AreaAccount,
) {
    for kind in divided(chosen) {
        let mut all = Hectares::ZERO;
        for (region, parts) in areas.with_parts() {
            let Some((year, rest)) = kind.rest((region, parts)) else {
                continue;
            };
            if region.region_id != TOTAL {
                all += rest;
            }
            kind.row(account, &region.region_id, (year, rest));
        }
        let chosen_land = matches!(
            kind.approach,
            Approach::EmissionFactor | Approach::MethaneEmission
        );
        if all > Hectares::ZERO && !chosen_land {
            let what = format!("removal ({})", kind.approach.id());
            account
                .warnings
                .push(rest_warning(kind.ecosystem, all, "", &what));
        }
    }
}

/// A warning of land that `within` leaves out.
fn rest_warning(ecosystem: Ecosystem, area: Hectares, of: &str, what: &str) -> Finding {
    Finding::warning(
        format!("carbon, ecosystem {ecosystem}"),
        format!(
            "{:.4} ha lie under no class that `within` names{of}, and their {what} is not counted",
            area.value()
        ),
        "add an entry for the other classes of the layer, or one without `within` in place of all",
    )
}

/// Pools in as few words as they have: `all` of those that the plan counts of the ecosystem.
fn named(pools: &BTreeSet<Pool>, all: &BTreeSet<Pool>) -> Vec<Pool> {
    if pools == all {
        return vec![Pool::All];
    }
    let is_sum = |pool: &&Pool| pool.parts().iter().copied().eq(pools.iter().copied());
    match Pool::ALL.iter().find(is_sum) {
        Some(sum) => vec![*sum],
        None => pools.iter().copied().collect(),
    }
}

/// Adds a row without a figure for every region and pool that no entry of an ecosystem counts where its
/// land lies, though one does elsewhere, and a warning.
fn tell_stocks(
    account: &mut CarbonAccount,
    chosen: &[(&CarbonChoice, &Method)],
    (areas, input): (&AreaAccount, &CarbonInput<'_>),
) {
    type Given<'a> = (&'a CarbonChoice, BTreeSet<Pool>);
    let mut entries: BTreeMap<Ecosystem, Vec<Given<'_>>> = BTreeMap::new();
    for (choice, method) in chosen {
        if !method.approach.is_flux() && !choice.ecosystem.is_overlay() {
            let given = (*choice, stock_pools((choice, method), input));
            entries.entry(choice.ecosystem).or_default().push(given);
        }
    }
    for (ecosystem, entries) in entries {
        let all: BTreeSet<Pool> = entries
            .iter()
            .flat_map(|(_, pools)| pools)
            .copied()
            .collect();
        let mut left_out: BTreeMap<BTreeSet<Pool>, Hectares> = BTreeMap::new();
        for (region, parts) in areas.with_parts() {
            let Some((year, parts)) = newest(ecosystem, (region, parts)) else {
                continue;
            };
            let mut rest: BTreeMap<BTreeSet<Pool>, Hectares> = BTreeMap::new();
            for part in parts {
                let mut lacks = all.clone();
                for (_, pools) in entries
                    .iter()
                    .filter(|(entry, _)| entry.holds(&part.classes))
                {
                    lacks.retain(|pool| !pools.contains(pool));
                }
                *rest.entry(lacks).or_default() += part.area;
            }
            let lacking = |(pools, area): &(BTreeSet<Pool>, Hectares)| {
                !pools.is_empty() && *area > Hectares::ZERO
            };
            for (pools, area) in rest.into_iter().filter(lacking) {
                for pool in named(&pools, &all) {
                    let of = if pool == Pool::All {
                        ""
                    } else {
                        " for this pool"
                    };
                    let words = format!(
                        "{:.4} ha lie under no class that `within` names{of}: not counted",
                        area.value()
                    );
                    account.carbon.push(CarbonRow {
                        pool: pool.id().to_owned(),
                        area: Some(area),
                        ..no_stock(region.region_id.clone(), year, ecosystem, words)
                    });
                }
                if region.region_id != TOTAL {
                    *left_out.entry(pools).or_default() += area;
                }
            }
        }
        for (pools, area) in left_out {
            let pools = named(&pools, &all);
            let ids: Vec<&str> = pools.iter().map(|pool| pool.id()).collect();
            let warning = if pools == [Pool::All] {
                rest_warning(ecosystem, area, "", "stock")
            } else {
                let what = format!("stock ({})", ids.join(", "));
                rest_warning(ecosystem, area, " for these pools", &what)
            };
            account.warnings.push(warning);
        }
    }
}

/// A row of a stock that is not known.
fn no_stock(region_id: String, year: i32, ecosystem: Ecosystem, note: String) -> CarbonRow {
    CarbonRow {
        within: None,
        region_id,
        year,
        ecosystem: ecosystem.id().to_owned(),
        pool: Pool::All.id().to_owned(),
        soil_depth_cm: None,
        area: None,
        carbon: None,
        counted: false,
        method: String::new(),
        approach: String::new(),
        arithmetic: String::new(),
        parameters: Vec::new(),
        quality: Quality::Missing.id().to_owned(),
        note,
    }
}

/// A region that the maps reach and show nothing of, though they could be read.
fn unseen(region: &RegionAreas) -> Option<Finding> {
    let reached = region.area - region.outside?;
    let shown = region.years.iter().any(|year| !year.ecosystems.is_empty());
    // What lies off the maps is told where they are opened.
    (!shown && !region.is_unread && reached.value() > EDGE * region.area.value()).then(|| {
        Finding::warning(
            format!("region {}", region.region_id),
            format!(
                "no map has a value in it ({:.4} ha): it has no figure by area",
                reached.value()
            ),
            "check the nodata value of the maps, or give maps that show the region",
        )
    })
}

/// Share of a region that is none: its edge.
const EDGE: f64 = 1e-6;

/// Headline figures that a plan takes from areas of the maps, wherever its ecosystems may lie: what they are is not
/// known of land that the maps do not show.
pub(in crate::account) fn figures_by_area(
    chosen: &[(&CarbonChoice, &Method)],
    rules: &[Resolved<'_>],
    stocks: &[Stock<'_>],
    (soils, depth): (&SoilStocks<'_>, Option<f64>),
) -> BTreeSet<Headline> {
    let counts = |choice: &CarbonChoice, own: Option<Depths>| {
        let by_depth = own.zip(depth);
        by_depth.is_none_or(|(own, depth)| soils.counts(choice, own, depth))
    };
    let of_rules = rules.iter().filter(|rule| !rule.method.approach.is_flux());
    let of_rules = of_rules.map(|rule| (rule.choice, rule.rule.depth_cm.map(Depths::down_to)));
    let of_layers = stocks.iter().map(|stock| (stock.choice(), stock.depths()));
    let has_stock = of_rules
        .chain(of_layers)
        .any(|(choice, own)| counts(choice, own));
    let has_removal = chosen.iter().any(|(choice, method)| {
        let approach = method.approach;
        let is_flux = by_area(approach) && approach.is_flux() && !approach.is_apart();
        is_flux || choice.managed.is_some()
    });
    let stock = has_stock.then_some(Headline::Carbon);
    let removal = has_removal.then_some(Headline::Sequestration);
    stock.into_iter().chain(removal).collect()
}

/// Whether the approach is laid over areas of the maps.
const fn by_area(approach: Approach) -> bool {
    !approach.is_volume() && !matches!(approach, Approach::PlotPools | Approach::StandGrowth)
}

/// Whether a region has land of the choice at any date.
fn meets(choice: &CarbonChoice, (region, parts): (&RegionAreas, &[LayerPart])) -> bool {
    let ecosystem = choice.ecosystem;
    if choice.within.is_some() {
        return parts.iter().any(|part| {
            part.area.value() > 0.0
                && (ecosystem.is_overlay() || part.ecosystem == Some(ecosystem))
                && choice.holds(&part.classes)
        });
    }
    region.years.iter().any(|year| {
        let area = year.ecosystems.get(&ecosystem);
        area.is_some_and(|area| area.value() > 0.0)
    })
}

fn why(choice: &CarbonChoice) -> (String, &'static str) {
    match &choice.within {
        Some(within) => (
            format!(
                "no {} of any region lies under {}",
                choice.ecosystem, within.words
            ),
            "check the codes of `within` against tables/layers.csv, or take the entry out",
        ),
        None if choice.ecosystem.is_overlay() => (
            format!(
                "{} lies under other ecosystems, and no class or boundary is it",
                choice.ecosystem
            ),
            "give its land by `within`: classes of a `[[layer]]`",
        ),
        None => (
            format!("no class or boundary of any region is {}", choice.ecosystem),
            "check the ecosystems of the legend, add a `[[boundary]]`, or take the entry out",
        ),
    }
}

fn row(
    account: &mut CarbonAccount,
    (choice, method): (&CarbonChoice, &Method),
    region: &RegionAreas,
    why: &str,
) {
    let (first, last) = match (region.years.first(), region.newest()) {
        (Some(first), Some(last)) => (first.year, last.year),
        _ => return,
    };
    let region_id = region.region_id.clone();
    let (id, approach) = (method.id.clone(), method.approach.id().to_owned());
    let note = format!("{NOTHING}: {why}");
    if method.approach.is_flux() {
        account.sequestration.push(SequestrationRow {
            method: id,
            approach,
            ..no_removal(region_id, (first, last), choice.ecosystem, note)
        });
    } else {
        account.carbon.push(CarbonRow {
            method: id,
            approach,
            ..no_stock(region_id, last, choice.ecosystem, note)
        });
    }
}

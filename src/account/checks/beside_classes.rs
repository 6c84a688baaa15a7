//! Entries of a plan beside densities by class: fluxes that no density of a class holds.

use crate::account::change;
use crate::account::choice::CarbonChoice;
use crate::account::density::ClassDensities;
use crate::account::land::{AreaAccount, RegionAreas, Way};
use crate::account::library::{Approach, Method, Seeds};
use crate::account::pool::Pool;
use crate::finding::Finding;
use crate::units::Hectares;

/// What keeps entries from standing beside densities by class, and what must be known of those that can.
///
/// Densities by class give the stock of every class and, with two maps or more, the change of their pools:
/// an entry with a stock, or with a removal of one of these pools, would count carbon twice. A flux apart
/// (weathering, methane), one of another pool, and the yearly emission of soil that keeps its class are not
/// in them.
#[must_use]
pub fn beside_classes(
    choices: &mut [CarbonChoice],
    table: &ClassDensities,
    areas: &AreaAccount,
    seeds: &Seeds,
) -> Vec<Finding> {
    let known = choices.iter_mut().filter_map(|choice| {
        seeds
            .method(&choice.method)
            .ok()
            .map(|method| (choice, method))
    });
    known
        .filter_map(|(choice, method)| told(choice, method, table, areas))
        .collect()
}

/// Leaves out of a choice of coast gained or lost the pools that a difference of stocks has, where it gives
/// others too; what must be known of it. `None` where that cannot be. On the land `beyond` that the difference
/// does not reach they count.
pub(in crate::account) fn leave_out(
    choice: &mut CarbonChoice,
    method: &Method,
    held: impl Fn(Pool) -> bool,
    (who, remedy): (&str, String),
    beyond: Hectares,
) -> Option<Finding> {
    let by_pool = [Approach::CoastalAccumulation, Approach::CoastalLoss];
    let of_rules = method.pools.iter().map(|rule| rule.pool);
    let (without, kept): (Vec<Pool>, Vec<Pool>) = of_rules.partition(|pool| held(*pool));
    let whole = without.iter().all(|pool| pool.parts().len() == 1);
    if !by_pool.contains(&method.approach) || without.is_empty() || kept.is_empty() || !whole {
        return None;
    }
    let words = |pools: &[Pool]| {
        let words: Vec<String> = pools.iter().map(|pool| format!("`{pool}`")).collect();
        words.join(", ")
    };
    choice.without.extend(without.iter().copied());
    choice.beyond |= beyond > Hectares::ZERO;
    let but = if beyond > Hectares::ZERO {
        format!(", but of {:.4} ha that it does not reach", beyond.value())
    } else {
        String::new()
    };
    Some(Finding::warning(
        format!("carbon, ecosystem {}", choice.ecosystem),
        format!(
            "of `{}` pool {} counts, and {} is left out: {who} has it{but}",
            method.id,
            words(&kept),
            words(&without)
        ),
        remedy,
    ))
}

/// The single pools that a method gives.
pub(in crate::account) fn pools(method: &Method) -> Vec<Pool> {
    let of_rules = method.pools.iter().map(|rule| rule.pool);
    let mut pools: Vec<Pool> = of_rules.chain(method.counted.iter().copied()).collect();
    match method.approach {
        Approach::SoilChange => pools.push(Pool::SoilOrganic),
        Approach::ConversionLoss => pools.extend(change::conversion_loss::POOLS),
        _ => {}
    }
    pools
        .iter()
        .flat_map(|pool| pool.parts())
        .copied()
        .collect()
}

fn told(
    choice: &mut CarbonChoice,
    method: &Method,
    table: &ClassDensities,
    areas: &AreaAccount,
) -> Option<Finding> {
    let at = format!("carbon, ecosystem {}", choice.ecosystem);
    let id = &method.id;
    if !method.approach.is_flux() {
        return Some(Finding::error(
            at,
            format!(
                "`class-density` gives the stock of all classes, and method `{id}` gives one too: carbon would count twice"
            ),
            "leave the entry or `class-density` out",
        ));
    }
    let dates = areas.regions.first().map_or(0, |region| region.years.len());
    let of_table = table.pools();
    let held = pools(method)
        .into_iter()
        .find(|pool| of_table.contains(pool));
    let pool = held.filter(|_| dates > 1)?;
    let in_table = |pool: Pool| pool.parts().iter().any(|part| of_table.contains(part));
    let remedy = format!(
        "nothing; or leave the column out of {}, and the method gives it",
        table.place
    );
    let who = "the difference of the densities by class";
    let way = Way::of(method.approach);
    let outlined = |region: &RegionAreas| Some(region.gaps.outlined(choice.ecosystem, way?));
    let beyond = areas.regions.iter().filter_map(outlined).sum();
    if let Some(left_out) = leave_out(choice, method, in_table, (who, remedy), beyond) {
        return Some(left_out);
    }
    if method.approach != Approach::EmissionFactor {
        return Some(Finding::error(
            at,
            format!(
                "the difference of the densities by class has the change of pool `{pool}`, and method `{id}` gives it too: stock difference and gain-loss are never mixed for a pool"
            ),
            format!(
                "leave the entry out, or the column of `{pool}` out of {}",
                table.place
            ),
        ));
    }
    let regions = areas.regions.iter();
    let moved = |area: Option<Hectares>| area.unwrap_or_default();
    let changed: Hectares = regions
        .map(|region| moved(region.gained(choice.ecosystem)) + moved(region.lost(choice.ecosystem)))
        .sum();
    (changed > Hectares::ZERO).then(|| {
        Finding::warning(
            at,
            format!(
                "method `{id}` gives the yearly emission of pool `{pool}` on land that stays what it is; {:.4} ha changed to or from {} between the maps, and there the difference of the densities by class has a change of that pool too",
                changed.value(),
                choice.ecosystem
            ),
            format!("give both classes one density of `{pool}` in {}, or mind that this land is in both", table.place),
        )
    })
}

//! The area that a pool rule is laid over.

use std::fmt::Write as _;

use super::area_pools::{Resolved, Setting};
use crate::account::land::{LayerPart, RegionAreas, Way, YearAreas};
use crate::account::library::Approach;
use crate::account::plots::InventoryShare;
use crate::account::tables::period;
use crate::account::words::joined;
use crate::units::Hectares;

/// How the note ends of land that is left to an inventory.
pub const IN_ITS_STOCK: &str = ", whose stock they are in";

/// The area that a rule is laid over, with what must be said of it.
pub(super) fn base_area(
    rule: &Resolved<'_>,
    (region, parts): (&RegionAreas, &[LayerPart]),
    setting: &Setting<'_>,
) -> Option<(Hectares, String)> {
    let ecosystem = rule.choice.ecosystem;
    if rule.choice.within.is_some() || ecosystem.is_overlay() {
        return area_within(rule, (region, parts), setting);
    }
    if rule.is_beyond() {
        return area_beyond(rule, region, setting);
    }
    if rule.method.approach == Approach::CoastalAccumulation {
        let gained = region.gained(ecosystem)?;
        let unseen = region.gaps.words(ecosystem, Way::Gained);
        if gained == Hectares::ZERO && region.hides(ecosystem, Way::Gained) {
            let none = "no land that both dates show was gained";
            return Some((gained, joined([none, &unseen])));
        }
        let lost = region.lost(ecosystem).unwrap_or_default();
        let mut words = format!(
            "{:.4} ha gained between the first and the last date",
            gained.value()
        );
        if lost > Hectares::ZERO && !setting.losses.contains(&ecosystem) {
            let _ = write!(
                words,
                ": a gain and no balance, as what {:.4} ha lost in that time gave off is not in it",
                lost.value()
            );
        }
        return Some((gained, joined([words.as_str(), &unseen])));
    }
    if rule.method.approach == Approach::CoastalLoss {
        let lost = region.lost(ecosystem)?;
        let unseen = region.gaps.words(ecosystem, Way::Lost);
        if lost == Hectares::ZERO && region.hides(ecosystem, Way::Lost) {
            let none = "no land that both dates show was lost";
            return Some((lost, joined([none, &unseen])));
        }
        let words = format!(
            "{:.4} ha lost between the first and the last date, over {} years",
            lost.value(),
            years(region)
        );
        return Some((lost, joined([words.as_str(), &unseen])));
    }
    if rule.method.approach == Approach::MethaneEmission && setting.restored.contains(&ecosystem) {
        let gained = region.gained(ecosystem)?;
        let unseen = region.gaps.words(ecosystem, Way::Gained);
        if gained == Hectares::ZERO && region.hides(ecosystem, Way::Gained) {
            let none = "no land that both dates show was gained";
            return Some((gained, joined([none, &unseen])));
        }
        let words = format!(
            "of {:.4} ha gained between the first and the last date, the land that the restoration is of",
            gained.value()
        );
        return Some((gained, joined([words.as_str(), &unseen])));
    }
    let newest = region.newest()?;
    let whole = *newest.ecosystems.get(&ecosystem)?;
    let Some(inventory) = holder(rule, setting) else {
        return Some((whole, String::new()));
    };
    let [trees, elsewhere] = inventory.trees(region, ecosystem);
    let left = (trees > Hectares::ZERO).then(|| {
        format!(
            "{:.4} ha of {:.4} ha {}are left to {}{IN_ITS_STOCK}",
            trees.value(),
            whole.value(),
            inventory.carrying(),
            inventory.words()
        )
    });
    let counted = (elsewhere > Hectares::ZERO).then(|| {
        format!(
            "{:.4} ha lie where {} has no {ecosystem}, and count by the map",
            elsewhere.value(),
            inventory.words()
        )
    });
    let words = [left, counted].map(Option::unwrap_or_default);
    Some((whole - trees, joined(words.iter().map(String::as_str))))
}

/// Land lost or gained that what else gives the pool of a rule does not reach.
fn area_beyond(
    rule: &Resolved<'_>,
    region: &RegionAreas,
    setting: &Setting<'_>,
) -> Option<(Hectares, String)> {
    let (ecosystem, way) = (rule.choice.ecosystem, Way::of(rule.method.approach)?);
    let (area, who) = match setting.inventory {
        Some(inventory) => (
            inventory.beyond(&region.region_id, ecosystem, way),
            format!("{} has no {ecosystem}", inventory.words()),
        ),
        None => (
            region.gaps.outlined(ecosystem, way),
            "outlines alone show it, and no class on one of both maps".to_owned(),
        ),
    };
    let word = match way {
        Way::Lost => "lost",
        Way::Gained => "gained",
    };
    (area > Hectares::ZERO).then(|| {
        let words = format!(
            "of {:.4} ha {word} between the first and the last date where {who}",
            area.value()
        );
        (area, words)
    })
}

/// The inventory that has the pool of a rule where trees stand.
fn holder<'a>(rule: &Resolved<'_>, setting: &Setting<'a>) -> Option<&'a InventoryShare> {
    let (ecosystem, pool) = (rule.choice.ecosystem, rule.rule.pool);
    setting
        .inventory
        .filter(|inventory| inventory.holds(ecosystem, pool))
}

/// Whether the land of a rule is what changed between the dates, of which none is a known zero, unless the
/// dates hide more than a sliver of where it may have changed.
pub(super) fn is_of_dates(
    rule: &Resolved<'_>,
    region: &RegionAreas,
    setting: &Setting<'_>,
) -> bool {
    let ecosystem = rule.choice.ecosystem;
    let way = match rule.method.approach {
        Approach::CoastalLoss => Way::Lost,
        Approach::CoastalAccumulation => Way::Gained,
        Approach::MethaneEmission
            if setting.restored.contains(&ecosystem) && rule.choice.within.is_none() =>
        {
            Way::Gained
        }
        _ => return false,
    };
    !region.hides(ecosystem, way)
}

/// Years between the first and the last date of a region; at least one.
pub(super) fn years(region: &RegionAreas) -> f64 {
    let date = |year: Option<&YearAreas>| year.map_or(0, |year| year.year);
    period(date(region.years.first()), date(region.newest()))
        .value()
        .max(1.0)
}

/// The part of an ecosystem under classes of a layer; of what lies under all ecosystems, all land
/// there.
fn area_within(
    rule: &Resolved<'_>,
    (region, parts): (&RegionAreas, &[LayerPart]),
    setting: &Setting<'_>,
) -> Option<(Hectares, String)> {
    let ecosystem = rule.choice.ecosystem;
    let newest = region.newest()?;
    if rule.choice.within.is_none() {
        let area = *newest.ecosystems.get(&ecosystem)?;
        return Some((area, String::new()));
    }
    let inventory = holder(rule, setting);
    let inventory =
        inventory.filter(|inventory| inventory.trees(region, ecosystem)[0] > Hectares::ZERO);
    let left = inventory.map_or_else(String::new, |inventory| {
        format!(
            "part of it carries trees and is left to {}, and which part lies under the layer is not known",
            inventory.words()
        )
    });
    let parts = parts.iter().filter(|part| {
        part.year == newest.year
            && (ecosystem.is_overlay() || part.ecosystem == Some(ecosystem))
            && inventory.is_none_or(|inventory| !inventory.is_in(part.region, ecosystem))
            && rule.choice.holds(&part.classes)
    });
    let area: Hectares = parts.map(|part| part.area).sum();
    if area == Hectares::ZERO {
        return (!left.is_empty()).then_some((area, left));
    }
    let within = rule.choice.within.as_ref();
    let within = within.map_or_else(String::new, |within| format!("under {}", within.words));
    Some((area, joined([within.as_str(), &left])))
}

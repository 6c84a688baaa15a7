//! Everything that is wrong with a sample, in one pass.

use std::collections::{BTreeMap, BTreeSet};

use super::frame::PlaceIndex;
use super::stray_plots::{is_written_otherwise, stray_plots};
use super::variable::Variable;
use super::weights::WEIGHT_TOLERANCE;
use super::{Design, EstimationUnit, Frame, Plot, Stratum, Weight};
use crate::finding::{Finding, counted};
use crate::units::Hectares;

/// Weights closer to one than this are rounded, not wrong.
const WEIGHT_ROUNDING: f64 = 1e-6;

/// How findings name the places that the caller read the frame from.
pub trait Places {
    /// Place of the plot at `position`, such as `plots.csv, row 12`.
    fn plot(&self, position: usize, plot: &Plot) -> String;

    /// Place of a stratum, such as `strata.csv, row 3`.
    fn stratum(&self, unit: &EstimationUnit, stratum: &Stratum) -> String;
}

/// Lists everything that is wrong with a frame and the variables observed on it.
///
/// Errors refuse the run: units or strata without area or plots, weights that miss one by more than
/// 0.001, plots in no stratum, duplicate plots, impossible values, columns of the wrong length.
/// Warnings go with the result: strata with one plot (no variance; the remedy names the stratum of
/// the same unit to merge it with), weights rounded by more than 0.000001, declared numbers of plots
/// that differ from those found, missing values.
#[must_use]
pub fn findings(frame: &Frame, variables: &[Variable], places: &dyn Places) -> Vec<Finding> {
    let mut found = Vec::new();
    check_ids(frame, places, &mut found);
    check_places(frame, places, &mut found);
    check_units(frame, places, &mut found);
    for variable in variables {
        check_variable(frame, variable, places, &mut found);
    }
    found
}

/// What is wrong with the plots by themselves, where the strata cannot be used: no plots, duplicate
/// plots, impossible values.
#[must_use]
pub fn plot_findings(frame: &Frame, variables: &[Variable], places: &dyn Places) -> Vec<Finding> {
    let mut found = Vec::new();
    check_ids(frame, places, &mut found);
    for variable in variables {
        check_variable(frame, variable, places, &mut found);
    }
    found
}

fn check_ids(frame: &Frame, places: &dyn Places, found: &mut Vec<Finding>) {
    if frame.plots.is_empty() {
        found.push(Finding::error(
            "inventory",
            "the sample has no plots",
            "give at least two plots",
        ));
    }
    let mut first: BTreeMap<&str, usize> = BTreeMap::new();
    let named = |(_, plot): &(usize, &Plot)| !plot.id.is_empty();
    for (position, plot) in frame.plots.iter().enumerate().filter(named) {
        if let Some(earlier) = first.get(plot.id.as_str()) {
            found.push(Finding::error(
                places.plot(position, plot),
                format!(
                    "plot `{}` occurs a second time, first at {}",
                    plot.id,
                    places.plot(*earlier, &frame.plots[*earlier])
                ),
                "keep one record a plot and inventory, or give each its own id",
            ));
        } else {
            first.insert(&plot.id, position);
        }
    }
}

fn check_places(frame: &Frame, places: &dyn Places, found: &mut Vec<Finding>) {
    found.extend(stray_plots(frame, places));
    for (position, plot) in frame.plots.iter().enumerate() {
        if frame.design == Design::Cluster && plot.cluster.is_none() {
            found.push(Finding::error(
                places.plot(position, plot),
                format!("plot `{}` names no cluster", plot.id),
                "name the field that holds the cluster, or declare another design",
            ));
        }
        if frame.design == Design::RatioToSize
            && plot.size.is_none_or(|size| size <= Hectares::ZERO)
        {
            found.push(Finding::error(
                places.plot(position, plot),
                match plot.size {
                    None => format!("stand `{}` has no area", plot.id),
                    Some(size) => format!("stand `{}` has an area of {size}", plot.id),
                },
                "`ratio-to-size` needs the area of each stand: name its column as `size` in `[inventory.fields]`, or declare another design",
            ));
        }
    }
}

fn check_units(frame: &Frame, places: &dyn Places, found: &mut Vec<Finding>) {
    let plots = plots_by_stratum(frame);
    let nothing = Found::default();
    let mut seen = BTreeSet::new();
    for (position, unit) in frame.units.iter().enumerate() {
        let Some(first) = unit.strata.first() else {
            found.push(Finding::error(
                format!("estimation unit `{}`", unit.id),
                "the unit has no strata",
                "list at least one stratum of weight 1",
            ));
            continue;
        };
        let place = places.stratum(unit, first);
        if !seen.insert(&unit.id) {
            found.push(Finding::error(
                place.clone(),
                format!("estimation unit `{}` occurs twice", unit.id),
                "give each unit its own id",
            ));
        }
        if unit.area.value().is_nan() || unit.area.value() <= 0.0 {
            found.push(Finding::error(
                place.clone(),
                format!(
                    "unit `{}` has an area of {}, expected more than 0",
                    unit.id, unit.area
                ),
                "give the area of the unit in hectares",
            ));
        }
        check_weights(frame, unit, &place, found);
        for (s, stratum) in unit.strata.iter().enumerate() {
            let at_hand = plots.get(&(position, s)).unwrap_or(&nothing);
            let place = places.stratum(unit, stratum);
            check_stratum(frame, (unit, s), at_hand, &place, found);
        }
    }
}

/// What was found in one stratum.
#[derive(Debug, Clone, Default)]
struct Found<'a> {
    plots: usize,
    clusters: BTreeSet<&'a str>,
}

impl Found<'_> {
    /// Things drawn: clusters for `cluster`, plots otherwise.
    fn drawn(&self, design: Design) -> (usize, &'static str) {
        let drawn = match design {
            Design::Cluster => self.clusters.len(),
            _ => self.plots,
        };
        (drawn, design.thing())
    }
}

/// What was found in each stratum of the frame, by position of unit and stratum.
fn plots_by_stratum(frame: &Frame) -> BTreeMap<(usize, usize), Found<'_>> {
    let index = PlaceIndex::new(frame);
    let mut found: BTreeMap<(usize, usize), Found> = BTreeMap::new();
    for plot in &frame.plots {
        if let Ok(place) = index.place(frame, plot) {
            let stratum = found.entry(place).or_default();
            stratum.plots += 1;
            stratum.clusters.extend(plot.cluster.as_deref());
        }
    }
    found
}

fn check_weights(frame: &Frame, unit: &EstimationUnit, place: &str, found: &mut Vec<Finding>) {
    let mut known = Vec::new();
    for stratum in &unit.strata {
        if let Weight::Known(share) = stratum.weight {
            known.push(share.value());
        }
    }
    if !known.is_empty() && known.len() < unit.strata.len() {
        found.push(Finding::error(
            place,
            format!("unit `{}` mixes known weights and counts", unit.id),
            "give either the weight or the count of every stratum",
        ));
    } else if frame.design == Design::DoubleSampling && !known.is_empty() {
        found.push(Finding::error(
            place,
            format!(
                "unit `{}` gives weights, but `double-sampling` needs counts",
                unit.id
            ),
            "give the number of first-phase points of each stratum, or declare `post-stratified`",
        ));
    } else if !known.is_empty() {
        let sum: f64 = known.iter().sum();
        let what = format!(
            "the weights of unit `{}` sum to {sum:.7}, expected 1",
            unit.id
        );
        let off = (sum - 1.0).abs();
        if off > WEIGHT_TOLERANCE {
            let remedy = "list all strata of the unit, with weights as shares of its area";
            found.push(Finding::error(place, what, remedy));
        } else if off > WEIGHT_ROUNDING {
            let remedy = "give more digits; totals are off by the same share";
            found.push(Finding::warning(place, what, remedy));
        }
    }
    let one = frame.design.has_one_stratum();
    if one && unit.strata.len() > 1 {
        found.push(Finding::error(
            place,
            format!(
                "unit `{}` has {} strata, but `{}` has one a unit",
                unit.id,
                unit.strata.len(),
                frame.design
            ),
            "declare `stratified` or `post-stratified`, or leave out the strata",
        ));
    }
}

fn check_stratum(
    frame: &Frame,
    (unit, position): (&EstimationUnit, usize),
    at_hand: &Found,
    place: &str,
    found: &mut Vec<Finding>,
) {
    let stratum = &unit.strata[position];
    let named = format!("stratum `{}` of unit `{}`", stratum.id, unit.id);
    if unit.strata[..position]
        .iter()
        .any(|other| other.id == stratum.id)
    {
        found.push(Finding::error(
            place,
            format!("{named} occurs twice"),
            "give each stratum of a unit its own id",
        ));
        return;
    }
    if let Some(declared) = stratum.declared_plots
        && declared != at_hand.plots
    {
        found.push(Finding::warning(
            place,
            format!(
                "{named} declares {}, found {}",
                counted(declared, "plot", "plots"),
                at_hand.plots
            ),
            "plots with zero belong in the table too; the estimate uses those found",
        ));
    }
    let (drawn, thing) = at_hand.drawn(frame.design);
    if stratum.population.is_some() && !frame.design.has_finite_population() {
        found.push(Finding::error(
            place,
            format!(
                "{named} says how many {}s exist, which `{}` does not use",
                frame.design.thing(),
                frame.design
            ),
            "leave `population` out: only the designs that draw without replacement from known numbers use it",
        ));
    }
    let exist = match (frame.design, stratum.weight) {
        (Design::DoubleSampling, Weight::Counted(points)) => Some(points),
        _ => stratum.population,
    };
    if let Some(exist) = exist
        && drawn as f64 > exist as f64
    {
        found.push(Finding::error(
            place,
            format!("{named} has {drawn} {thing}s, but only {exist} exist"),
            "correct the number that exists",
        ));
    }
    let weightless = match stratum.weight {
        Weight::Known(share) => share.value() <= 0.0,
        Weight::Counted(count) => count == 0,
    };
    if weightless || drawn >= 2 {
        return;
    }
    let merge = match neighbour(unit, position) {
        Some(other) => format!("merge it with stratum `{}` of the same unit", other.id),
        None => "merge the unit with another".to_owned(),
    };
    // That its plots name it otherwise was told.
    let is_meant = |plot: &Plot| {
        let is_listed = unit.strata.iter().any(|other| other.id == plot.stratum);
        !is_listed && is_written_otherwise(&plot.stratum, &stratum.id)
    };
    if drawn == 0 && frame.plots.iter().any(is_meant) {
        return;
    }
    found.push(if drawn == 0 {
        Finding::error(
            place,
            format!("{named} has no {thing}, so its mean is unknown"),
            merge,
        )
    } else {
        Finding::warning(
            place,
            format!("{named} has one {thing}, so there is no variance"),
            merge,
        )
    });
}

/// The stratum before or after this one, whichever has the more similar name.
fn neighbour(unit: &EstimationUnit, position: usize) -> Option<&Stratum> {
    let name = |stratum: &Stratum| stratum.name.clone().unwrap_or_else(|| stratum.id.clone());
    let here = name(&unit.strata[position]);
    let before = position
        .checked_sub(1)
        .and_then(|before| unit.strata.get(before));
    let after = unit.strata.get(position + 1);
    before
        .into_iter()
        .chain(after)
        .min_by_key(|other| strsim::damerau_levenshtein(&name(other), &here))
}

fn check_variable(
    frame: &Frame,
    variable: &Variable,
    places: &dyn Places,
    found: &mut Vec<Finding>,
) {
    let Variable {
        name, unit, limits, ..
    } = variable;
    if variable.plots != frame.plots.len() {
        found.push(Finding::error(
            name,
            format!(
                "found {} for {}",
                counted(variable.plots, "value", "values"),
                counted(frame.plots.len(), "plot", "plots")
            ),
            "give one value for each plot",
        ));
        return;
    }
    let place = |position: usize| {
        format!(
            "{}, field {name}",
            places.plot(position, &frame.plots[position])
        )
    };
    for &(position, value) in &variable.entries {
        let per = format!("{value} {unit} per ha");
        if value < limits.lowest {
            found.push(Finding::error(
                place(position),
                format!("found {per}, expected at least {}", limits.lowest),
                "correct the value; leave the cell empty where it is not known",
            ));
        } else if value > limits.highest {
            found.push(Finding::error(
                place(position),
                format!("found {per}, expected at most {}", limits.highest),
                "correct the value or the unit that the plan gives for the field",
            ));
        }
    }
    if let Some(&first) = variable.missing.first() {
        let rows = match variable.missing.len() {
            1 => "the plot has no value".to_owned(),
            count => format!("{count} plots have no value, this one first"),
        };
        found.push(Finding::warning(
            place(first),
            rows,
            "unknown is not zero: domains with such a plot get no estimate of this variable; write 0 \
             where nothing grows",
        ));
    }
}

//! Pools by area: area of an ecosystem times density or yearly rate times factors.

use std::fmt::Write as _;

use super::base_area::{base_area, is_of_dates, years};
use super::units::{check_units, per_hectare};
use crate::account::carbon_account::{CarbonAccount, UncountedSoil};
use crate::account::choice::{CarbonChoice, Depths, SoilStocks};
use crate::account::ecosystem::Ecosystem;
use crate::account::land::{LayerPart, RegionAreas};
use crate::account::library::{
    Approach, Direction, METHANE_GAS, Method, Parameter, PoolRule, Reference, Seeds, Standing,
    each_once,
};
use crate::account::plots::InventoryShare;
use crate::account::quality::Quality;
use crate::account::tables::{CarbonRow, Figure, SequestrationRow};
use crate::account::uncertainty::{Headline, Term, Trace, closed_form};
use crate::account::words::{joined, number};
use crate::finding::Finding;
use crate::units::{Hectares, PerYear, TonnesCarbon, TonnesCo2e};

/// A pool rule with its parameter rows chosen.
#[derive(Debug)]
pub(in crate::account) struct Resolved<'a> {
    pub(in crate::account) choice: &'a CarbonChoice,
    pub(in crate::account) method: &'a Method,
    pub(in crate::account) rule: &'a PoolRule,
    pub(super) density: (&'a Parameter, f64),
    pub(super) less: Option<(&'a Parameter, f64)>,
    times: Vec<(&'a Parameter, f64)>,
}

impl<'a> Resolved<'a> {
    /// Whether something else gives its pool, and it counts on land alone that that does not reach.
    pub(in crate::account) fn is_beyond(&self) -> bool {
        self.choice.without.contains(&self.rule.pool)
    }

    pub(in crate::account) fn parameters(&self) -> impl Iterator<Item = &'a Parameter> {
        std::iter::once(self.density)
            .chain(self.less)
            .chain(self.times.iter().copied())
            .map(|(row, _)| row)
    }
}

/// What a run sets for all of them.
#[derive(Debug, Clone, Copy)]
pub(in crate::account) struct Setting<'a> {
    /// What an inventory of forest has, where there is one.
    pub(in crate::account) inventory: Option<&'a InventoryShare>,
    /// The soil depth that the headline counts.
    pub(in crate::account) depth_cm: Option<f64>,
    /// The soil stocks of the plan.
    pub(in crate::account) soils: &'a SoilStocks<'a>,
    /// Ecosystems whose losses a method gives.
    pub(in crate::account) losses: &'a [Ecosystem],
    /// Ecosystems of which a method counts what land gained takes up.
    pub(in crate::account) restored: &'a [Ecosystem],
    /// Level of confidence of the intervals in rows.
    pub(in crate::account) level: f64,
}

/// The pool rules of a choice with their parameter rows.
pub(in crate::account) fn resolve<'a>(
    choice: &'a CarbonChoice,
    method: &'a Method,
    seeds: &'a Seeds,
) -> Result<Vec<Resolved<'a>>, Vec<Finding>> {
    let mut keys = choice.keys.clone();
    keys.entry("ecosystem".to_owned())
        .or_insert_with(|| choice.ecosystem.id().to_owned());
    let place = format!(
        "carbon, ecosystem {}, method {}",
        choice.ecosystem, method.id
    );
    let (mut errors, mut all) = (Vec::new(), Vec::new());
    let counts = |rule: &&PoolRule| choice.beyond || !choice.without.contains(&rule.pool);
    for rule in method.pools.iter().filter(counts) {
        let mut chosen = |reference: &Reference| {
            let found = reference.value(seeds.parameters(), &keys);
            found.map_err(|error| errors.push(error)).ok()
        };
        let density = chosen(&rule.density);
        let less = rule.less.as_ref().map(&mut chosen);
        let factors = rule.times.iter();
        let factors = factors.filter(|reference| !reference.is_nominal(&keys));
        let times: Vec<_> = factors.map(&mut chosen).collect();
        let times: Option<Vec<_>> = times.into_iter().collect();
        if let (Some(density), Some(less), Some(times)) = (
            density,
            less.map_or(Some(None), |less| less.map(Some)),
            times,
        ) {
            let units = check_units(method.approach, density.0, less.map(|l| l.0), &times);
            errors.extend(units.err());
            all.push(Resolved {
                choice,
                method,
                rule,
                density,
                less,
                times,
            });
        }
    }
    let below: Vec<Finding> = all.iter().filter_map(Resolved::below_none).collect();
    if errors.is_empty() && below.is_empty() {
        return Ok(all);
    }
    let told = each_once(&errors);
    let told = told.map(|error| Finding::error(place.clone(), error.to_string(), keys_of(method)));
    Err(told.chain(below).collect())
}

/// What to do about keys that are missing or fit no row: all keys that a method takes.
fn keys_of(method: &Method) -> String {
    let told = format!("`terrasink methods {}` tells what keys can be", method.id);
    if method.keys.is_empty() {
        return told;
    }
    let keys: Vec<String> = method.keys.iter().map(|key| format!("`{key}`")).collect();
    let further = method.further_keys_told();
    format!("this method takes {}; {further}{told}", keys.join(", "))
}

/// Adds the row of one rule for one region, and its part of the headline.
pub(in crate::account) fn fill(
    account: &mut CarbonAccount,
    rule: &Resolved<'_>,
    (region, parts): (&RegionAreas, &[LayerPart]),
    setting: &Setting<'_>,
) {
    let Some((area, of_area)) = base_area(rule, (region, parts), setting) else {
        return;
    };
    let is_flux = rule.method.approach.is_flux();
    let by_depth = setting.depth_cm.zip(rule.rule.depth_cm);
    let right_depth = by_depth.is_none_or(|(counted, own)| {
        is_flux
            || setting
                .soils
                .counts(rule.choice, Depths::down_to(own), counted)
    });
    let of_dates = is_of_dates(rule, region, setting);
    let nothing_left = area == Hectares::ZERO && !of_area.is_empty() && !of_dates;
    // A loss is given off once: a year of the time between the dates has its part.
    let yearly = match rule.method.approach {
        Approach::CoastalLoss => Hectares::new(area.value() / years(region)),
        _ => area,
    };
    let terms = terms(&mut account.trace, rule, yearly, is_flux);
    let closed = closed_form(&terms, account.trace.inputs());
    let counted = right_depth && !nothing_left && !rule.method.approach.is_apart();
    let headline = if is_flux {
        Headline::Sequestration
    } else {
        Headline::Carbon
    };
    if counted {
        for term in terms {
            account.trace.add_term(headline, &region.region_id, term);
        }
    }
    let depths = by_depth.filter(|_| !right_depth);
    let uncounted = depths.map(|depths| of_other_depth(rule, depths, (region, area), closed.value));
    let depth_note = uncounted
        .as_ref()
        .map_or(String::new(), UncountedSoil::note);
    account.uncounted.extend(
        uncounted.filter(|soil| {
            !nothing_left && !setting.soils.counts_other(rule.choice, soil.counted_cm)
        }),
    );
    let spread = match closed.standard_error {
        _ if closed.unknown.is_empty() || nothing_left => "",
        None => "no spread: no source gives that of the parameters",
        Some(_) => "the spread is a lower limit: some parameters have none",
    };
    let recalled = rule
        .parameters()
        .any(|row| row.standing == Standing::Memory);
    let note = joined([
        of_area.as_str(),
        &depth_note,
        spread,
        if recalled {
            "rests on a parameter that was recalled, not read again"
        } else {
            ""
        },
        &managed_words(rule),
        &rule.mixed_words(),
        &rule.method.note,
    ]);
    let made = Made {
        figure: (!nothing_left).then(|| Figure {
            value: closed.value,
            standard_error: closed.standard_error,
            interval: closed.interval(setting.level),
        }),
        counted,
        quality: quality(rule, nothing_left),
        arithmetic: if nothing_left {
            String::new()
        } else {
            let over = (rule.method.approach == Approach::CoastalLoss).then(|| years(region));
            arithmetic(rule, (area, over), is_flux, closed.value)
        },
        note,
    };
    if is_flux {
        let row = removal_row(rule, region, made);
        account.sequestration.push(row);
        return;
    }
    account.carbon.push(stock_row(rule, region, area, made));
    if let Some(reason) = &rule.method.no_removal
        && rule.choice.managed.is_none()
    {
        let nothing = Made {
            figure: None,
            counted: false,
            quality: Quality::Missing,
            arithmetic: String::new(),
            note: reason.clone(),
        };
        account.sequestration.push(SequestrationRow {
            parameters: Vec::new(),
            ..removal_row(rule, region, nothing)
        });
    }
}

/// A stock with soil to its own depth, where the headline counts soil to another.
fn of_other_depth(
    rule: &Resolved<'_>,
    (counted_cm, own): (f64, f64),
    (region, area): (&RegionAreas, Hectares),
    carbon: f64,
) -> UncountedSoil {
    UncountedSoil {
        region_id: region.region_id.clone(),
        ecosystem: rule.choice.ecosystem,
        pool: rule.rule.pool,
        soil: Depths::down_to(own).words(),
        counted_cm,
        area,
        carbon: TonnesCarbon::new(carbon),
    }
}

/// Of a stock whose management changed: that it is the one to come.
fn managed_words(rule: &Resolved<'_>) -> String {
    let managed = rule.choice.managed.as_ref();
    managed.map_or_else(String::new, |managed| {
        format!(
            "stock at equilibrium under the management since {}, which the soil reaches in 20 years",
            managed.year
        )
    })
}

/// What a rule made for a region.
pub(in crate::account) struct Made {
    pub(in crate::account) figure: Option<Figure<f64>>,
    pub(in crate::account) counted: bool,
    pub(in crate::account) quality: Quality,
    pub(in crate::account) arithmetic: String,
    pub(in crate::account) note: String,
}

fn parameter_ids(rule: &Resolved<'_>) -> Vec<String> {
    let mut ids: Vec<String> = rule.parameters().map(Parameter::row_id).collect();
    ids.dedup();
    ids
}

fn stock_row(rule: &Resolved<'_>, region: &RegionAreas, area: Hectares, made: Made) -> CarbonRow {
    CarbonRow {
        within: rule.choice.within.clone(),
        arithmetic: made.arithmetic,
        region_id: region.region_id.clone(),
        year: region.newest().map_or(0, |year| year.year),
        ecosystem: rule.choice.ecosystem.id().to_owned(),
        pool: rule.rule.pool.id().to_owned(),
        soil_depth_cm: rule.rule.depth_cm,
        area: Some(area),
        carbon: made.figure.map(|figure| figure.map(TonnesCarbon::new)),
        counted: made.counted,
        method: rule.method.id.clone(),
        approach: rule.method.approach.id().to_owned(),
        parameters: parameter_ids(rule),
        quality: made.quality.id().to_owned(),
        note: made.note,
    }
}

/// A gain of area has the period between the maps; a rate over a standing area has the newest
/// map's year.
pub(in crate::account) fn removal_row(
    rule: &Resolved<'_>,
    region: &RegionAreas,
    made: Made,
) -> SequestrationRow {
    let end = region.newest().map_or(0, |year| year.year);
    let start = match rule.method.approach {
        Approach::GrowthGain
        | Approach::EmissionFactor
        | Approach::WeatheringFlux
        | Approach::MethaneEmission => end,
        _ => region.years.first().map_or(end, |year| year.year),
    };
    SequestrationRow {
        arithmetic: made.arithmetic,
        region_id: region.region_id.clone(),
        period_start: start,
        period_end: end,
        ecosystem: rule.choice.ecosystem.id().to_owned(),
        pool: rule.rule.pool.id().to_owned(),
        removal: made
            .figure
            .map(|figure| figure.map(|value| PerYear::new(TonnesCo2e::new(value)))),
        counted: made.counted,
        method: rule.method.id.clone(),
        approach: rule.method.approach.id().to_owned(),
        parameters: parameter_ids(rule),
        quality: made.quality.id().to_owned(),
        note: made.note,
    }
}

/// `area · (density - less) · times`, as terms over shared inputs; a flux in carbon dioxide, an
/// emission with its sign turned.
pub(in crate::account) fn terms(
    trace: &mut Trace,
    rule: &Resolved<'_>,
    area: Hectares,
    is_flux: bool,
) -> Vec<Term> {
    let sign = match rule.rule.states {
        Direction::Removal => 1.0,
        Direction::Emission => -1.0,
    };
    let unit = rule.density.0.unit.as_str();
    let yearly = rule.method.approach.per_year();
    let per = ["t_c", "t_dm"]
        .into_iter()
        .find_map(|substance| per_hectare(unit, substance, yearly));
    // Units were checked when the rule was resolved.
    let base = area.value() * per.unwrap_or(1.0);
    let carbon = TonnesCarbon::new(sign * base);
    let scale = match rule.method.approach {
        // Its warming effect is one of the factors.
        Approach::MethaneEmission if unit == METHANE_GAS => sign * base,
        Approach::MethaneEmission => carbon.to_methane().value(),
        _ if is_flux => carbon.to_co2e().value(),
        _ => base,
    };
    let factors: Vec<usize> = rule
        .times
        .iter()
        .map(|(row, value)| trace.parameter(row, *value))
        .collect();
    let mut term = |coefficient: f64, (row, value): (&Parameter, f64)| {
        let mut inputs = factors.clone();
        inputs.push(trace.parameter(row, value));
        Term {
            coefficient,
            inputs,
        }
    };
    let mut terms = vec![term(scale, rule.density)];
    terms.extend(rule.less.map(|less| term(-scale, less)));
    terms
}

/// `density · times` of a rule as factors for a pocket calculator, each with its unit.
pub(in crate::account) fn factors(rule: &Resolved<'_>) -> String {
    let unit = |row: &Parameter| match row.unit.as_str() {
        "1" => String::new(),
        unit => format!(" {unit}"),
    };
    let (density, value) = rule.density;
    let mut words = match rule.less {
        Some((_, less)) => format!(" x ({} - {})", number(value), number(less)),
        None => format!(" x {}", number(value)),
    };
    words.push_str(&unit(density));
    for (row, value) in &rule.times {
        let _ = write!(words, " x {}{}", number(*value), unit(row));
    }
    let yearly = rule.method.approach.per_year();
    let per = ["t_c", "t_dm"]
        .into_iter()
        .find_map(|substance| per_hectare(&density.unit, substance, yearly));
    if let Some(per) = per.filter(|per| (per - 1.0).abs() > f64::EPSILON) {
        let _ = write!(words, " x {} (to t/ha)", number(per));
    }
    words
}

/// How a figure follows from an area, over years where it was lost in so many, and the factors.
fn arithmetic(
    rule: &Resolved<'_>,
    (area, years): (Hectares, Option<f64>),
    is_flux: bool,
    value: f64,
) -> String {
    let sign = match (is_flux, rule.rule.states) {
        (true, Direction::Emission) => "-",
        _ => "",
    };
    let years = years.map_or_else(String::new, |years| format!(" / {} yr", number(years)));
    let (to, unit) = match rule.method.approach {
        Approach::MethaneEmission if rule.density.0.unit == METHANE_GAS => ("", "t CO2e/yr"),
        Approach::MethaneEmission => (" x 16/12", "t CO2e/yr"),
        _ if is_flux => (" x 44/12", "t CO2e/yr"),
        _ => ("", "t C"),
    };
    format!(
        "{sign}{} ha{years}{}{to} = {} {unit}",
        number(area.value()),
        factors(rule),
        number(value)
    )
}

pub(in crate::account) fn quality(rule: &Resolved<'_>, nothing_left: bool) -> Quality {
    if nothing_left {
        Quality::Missing
    } else {
        Quality::of_standings(rule.parameters().map(|row| row.standing))
    }
}

//! Carbon stock from a layer of densities: a map of biomass, or of carbon of the soil.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use super::area_pools::Setting;
use super::layer_density::Found;
use super::scale::{Scale, Substance};
use crate::account::carbon_account::{CarbonAccount, UncountedSoil};
use crate::account::choice::{CarbonChoice, Depths, LayerStock, ValueLayer};
use crate::account::land::{AreaAccount, LayerPart, RegionAreas};
use crate::account::library::{Method, Parameter, Seeds, Standing};
use crate::account::pool::Pool;
use crate::account::quality::Quality;
use crate::account::tables::{CarbonRow, SequestrationRow, TOTAL, no_removal};
use crate::account::uncertainty::{ClosedForm, Headline, Term, closed_form};
use crate::account::words::{joined, number};
use crate::finding::{Finding, counted};
use crate::units::{Hectares, TonnesCarbon};

/// A layer with all that it takes to be a stock.
#[derive(Debug)]
pub(in crate::account) struct Stock<'a> {
    choice: &'a CarbonChoice,
    method: &'a Method,
    says: &'a LayerStock,
    place: usize,
    scale: Scale,
    pool: Pool,
    fraction: Option<(&'a Parameter, f64)>,
    roots: Option<(&'a Parameter, f64)>,
}

/// The keys of a parameter: those of the plan, and of a usual carbon fraction its own.
fn keys_of(choice: &CarbonChoice, says: &LayerStock, id: &str) -> BTreeMap<String, String> {
    let mut keys = choice.keys.clone();
    let pool = says.pool.unwrap_or(Pool::AboveGround);
    if id == pool.usual_fraction() && says.carbon_fraction.is_none() {
        for (key, word) in [
            ("edition", "2006"),
            ("climate-zone", "any"),
            ("leaf-type", "any"),
        ] {
            keys.insert(key.to_owned(), word.to_owned());
        }
    }
    keys
}

/// A parameter of a unit with its value, or why there is none and what to do.
fn parameter<'a>(
    seeds: &'a Seeds,
    id: &str,
    keys: &BTreeMap<String, String>,
    unit: &str,
) -> Result<(&'a Parameter, f64), (String, &'static str)> {
    const OWN: &str = "see `seeds/parameters`, or add a table of your own (`[carbon] parameters`)";
    let row = seeds
        .parameters()
        .find(id, keys)
        .map_err(|error| (error.to_string(), OWN))?;
    if row.unit != unit {
        let what = format!(
            "parameter `{}` is in `{}`, expected `{unit}`",
            row.row_id(),
            row.unit
        );
        return Err((what, "name another parameter"));
    }
    let value = row.value.ok_or_else(|| {
        let what = format!("parameter `{}` has no single value", row.row_id());
        (what, OWN)
    })?;
    Ok((row, value))
}

impl<'a> Stock<'a> {
    /// Finds the layer and the parameters of a choice.
    ///
    /// # Errors
    ///
    /// Findings: no layer, an unknown one, a unit that is no density of mass, parameters that are
    /// missing or of another unit, a soil without depth.
    pub(in crate::account) fn resolve(
        choice: &'a CarbonChoice,
        method: &'a Method,
        layers: &[ValueLayer<'_>],
        seeds: &'a Seeds,
    ) -> Result<Self, Vec<Finding>> {
        let at = format!(
            "carbon, ecosystem {}, method {}",
            choice.ecosystem, method.id
        );
        let mut findings = Vec::new();
        let mut refuse = |what: String, remedy: &str| {
            findings.push(Finding::error(at.clone(), what, remedy));
        };
        let Some(says) = &choice.stock else {
            refuse(
                "no `layer` is given".into(),
                "name a `[[layer]]` of values with its unit, such as layer = \"agb\"",
            );
            return Err(findings);
        };
        let Some(layer) = layers.iter().find(|layer| layer.name == says.layer) else {
            let known: Vec<&str> = layers.iter().map(|layer| layer.name).collect();
            refuse(
                format!("no layer of values is named `{}`", says.layer),
                &format!(
                    "add a `[[layer]]` with a `unit`; there are: {}",
                    if known.is_empty() {
                        "none".to_owned()
                    } else {
                        known.join(", ")
                    }
                ),
            );
            return Err(findings);
        };
        let scale = Scale::of(layer.unit);
        if scale.is_none() {
            refuse(
                format!(
                    "the unit of layer `{}` is `{}`, no density of mass",
                    layer.name, layer.unit
                ),
                "give one such as t_dm/ha, t_c/ha, kg_c/m2 or t_c/cell",
            );
        }
        let pool = says.pool.unwrap_or(Pool::AboveGround);
        let deep = says.depth_cm.is_some();
        if (pool == Pool::SoilOrganic) != deep && !(pool == Pool::All && deep) {
            refuse(
                "`depth-cm` and the pool do not fit".into(),
                "a soil stock states its depth, no pool without soil has one",
            );
        }
        if says.depths().is_some_and(|soil| soil.from >= soil.to) {
            refuse(
                "`from-cm` is not above `depth-cm`".into(),
                "a layer of soil goes from `from-cm` (0 without it) down to `depth-cm`",
            );
        }
        if says.roots.is_some() && pool != Pool::AboveGround {
            refuse(
                "`roots` are added to what is above ground only".into(),
                "leave `roots` out: the layer holds them already",
            );
        }
        let mut ratio = |id: &str, unit: &str| {
            let keys = keys_of(choice, says, id);
            parameter(seeds, id, &keys, unit)
                .map_err(|(what, remedy)| refuse(what, remedy))
                .ok()
        };
        let dry = scale.is_some_and(|scale| scale.substance == Substance::DryMatter);
        let by = says.carbon_fraction.as_deref();
        let by = by.unwrap_or(pool.usual_fraction());
        let fraction = dry.then(|| ratio(by, "t_c/t_dm")).flatten();
        let roots = says.roots.as_deref().and_then(|id| ratio(id, "1"));
        match (findings.is_empty(), scale) {
            (true, Some(scale)) => Ok(Self {
                choice,
                method,
                says,
                place: layer.place,
                scale,
                pool,
                fraction,
                roots,
            }),
            _ => Err(findings),
        }
    }

    /// The pools that it gives.
    pub(super) fn pools(&self) -> Vec<Pool> {
        let roots = self.roots.map(|_| Pool::BelowGround);
        std::iter::once(self.pool).chain(roots).collect()
    }

    /// What the plan chose.
    pub(in crate::account) fn choice(&self) -> &'a CarbonChoice {
        self.choice
    }

    /// From where to where its soil goes.
    pub(in crate::account) fn depths(&self) -> Option<Depths> {
        self.says.depths()
    }

    /// Whether it is of what lies under other ecosystems, and so of all land under its classes.
    fn has_all_land(&self) -> bool {
        self.choice.ecosystem.is_overlay() && self.choice.within.is_some()
    }

    /// Its parameters, with the id of the method.
    pub(in crate::account) fn parameters(&self) -> impl Iterator<Item = (&'a Parameter, &'a str)> {
        let method = self.method.id.as_str();
        let rows = self.fraction.into_iter().chain(self.roots);
        rows.map(move |(row, _)| (row, method))
    }

    /// What the layer holds of the land of the choice in a region at the newest date; `None` where the
    /// region has no such land.
    pub(super) fn found(
        &self,
        (region, parts): (&RegionAreas, &[LayerPart]),
        setting: Option<&Setting<'_>>,
    ) -> Option<(i32, Found)> {
        let year = region.newest()?.year;
        let mine = parts.iter().filter(|part| {
            part.year == year
                && (self.has_all_land() || part.ecosystem == Some(self.choice.ecosystem))
                && self.choice.holds(&part.classes)
        });
        let right_depth = setting.zip(self.depths()).is_none_or(|(setting, own)| {
            let counts = |depth| setting.soils.counts(self.choice, own, depth);
            setting.depth_cm.is_none_or(counts)
        });
        let mut found = Found {
            area: Hectares::ZERO,
            known: Hectares::ZERO,
            right_depth,
            tonnes: 0.0,
        };
        for part in mine {
            found.area += part.area;
            let values = part.values.get(self.place);
            found.known += values.map_or(Hectares::ZERO, |values| values.area);
            found.tonnes += self.scale.tonnes(part, self.place);
        }
        (found.area > Hectares::ZERO).then_some((year, found))
    }

    /// A warning where the layer has no value on land of the choice; a hundredth of it is the edge of a
    /// layer, told by the notes of the rows alone.
    pub(in crate::account) fn gap(&self, areas: &AreaAccount) -> Option<Finding> {
        const EDGE: f64 = 0.01;
        let of_regions = areas.with_parts().filter(|(r, _)| r.region_id != TOTAL);
        let found: Vec<Found> = of_regions
            .filter_map(|land| Some(self.found(land, None)?.1))
            .collect();
        let area: Hectares = found.iter().map(|found| found.area).sum();
        let known: Hectares = found.iter().map(|found| found.known).sum();
        let missing = (area - known).value();
        let without = found.iter().filter(|found| found.is_nothing()).count();
        if missing <= EDGE * area.value() && without == 0 {
            return None;
        }
        let regions = match without {
            0 => String::new(),
            some => format!(", on none of it in {}", counted(some, "region", "regions")),
        };
        Some(Finding::warning(
            format!("carbon, ecosystem {}", self.choice.ecosystem),
            format!(
                "layer `{}` has no value on {missing:.4} ha of {:.4} ha{regions}: their stock is not counted",
                self.says.layer,
                area.value()
            ),
            "give a layer that has values there, or check its nodata value and its place",
        ))
    }

    /// Adds the rows and the headline parts of a region, of its parts by further layers.
    ///
    /// `stock = Σ over cells of area · value · (carbon fraction) · (root-shoot ratio)`
    ///
    /// # Source
    ///
    /// 2019 Refinement to the 2006 IPCC Guidelines, Volume 4, Chapter 2, section 2.3.1.3.
    pub(in crate::account) fn fill(
        &self,
        account: &mut CarbonAccount,
        (region, parts): (&RegionAreas, &[LayerPart]),
        setting: &Setting<'_>,
    ) {
        let Some((year, found)) = self.found((region, parts), Some(setting)) else {
            return;
        };
        let level = setting.level;
        let (region, tonnes) = (region.region_id.as_str(), found.tonnes);
        let layer = self.says.error(&mut account.trace);
        let fraction = self
            .fraction
            .map(|(row, value)| account.trace.parameter(row, value));
        let roots = self
            .roots
            .map(|(row, value)| account.trace.parameter(row, value));
        for pool in self.pools() {
            let mut inputs = vec![layer];
            inputs.extend(fraction);
            if pool == Pool::BelowGround && self.roots.is_some() {
                inputs.extend(roots);
            }
            let term = Term {
                coefficient: tonnes,
                inputs,
            };
            let closed = closed_form(std::slice::from_ref(&term), account.trace.inputs());
            account
                .carbon
                .push(self.row(region, year, pool, &found, &closed, level));
            if found.counts() {
                account.keep_terms(
                    (region, self.choice.ecosystem, pool),
                    (self.choice.within.as_ref(), self.says.depth_cm),
                    std::slice::from_ref(&term),
                );
                account.trace.add_term(Headline::Carbon, region, term);
            } else if let Some((soil, counted_cm)) = self.uncounted(&found, setting) {
                account.uncounted.push(UncountedSoil {
                    region_id: region.to_owned(),
                    ecosystem: self.choice.ecosystem,
                    pool,
                    soil: soil.words(),
                    counted_cm,
                    area: found.known,
                    carbon: TonnesCarbon::new(closed.value),
                });
            }
        }
        if let Some(reason) = &self.method.no_removal {
            let ecosystem = self.choice.ecosystem;
            account.sequestration.push(SequestrationRow {
                pool: self.pool.id().to_owned(),
                method: self.method.id.clone(),
                approach: self.method.approach.id().to_owned(),
                ..no_removal(region.to_owned(), (year, year), ecosystem, reason.clone())
            });
        }
    }

    /// The soil of a stock that is not counted for its depth, and the depth that is: soil below that, and
    /// soil from the surface where no other stock of the land counts.
    fn uncounted(&self, found: &Found, setting: &Setting<'_>) -> Option<(Depths, f64)> {
        let (soil, counted) = self.depths().zip(setting.depth_cm)?;
        let dropped = !found.right_depth && !found.is_nothing();
        let below = soil.from >= counted;
        let alone = || !setting.soils.counts_other(self.choice, counted);
        (dropped && (below || alone())).then_some((soil, counted))
    }

    /// How a pool follows from what the layer holds.
    fn arithmetic(&self, pool: Pool, tonnes: f64, value: f64) -> String {
        let of = match self.scale.substance {
            Substance::DryMatter => "t d.m.",
            Substance::Carbon | Substance::CarbonDioxide => "t C",
        };
        let mut words = format!("{} {of} under the layer", number(tonnes));
        let ratio = self.roots.filter(|_| pool == Pool::BelowGround);
        for (row, value) in self.fraction.into_iter().chain(ratio) {
            let unit = if row.unit == "1" { "" } else { " t_c/t_dm" };
            let _ = write!(words, " x {}{unit}", number(value));
        }
        format!("{words} = {} t C", number(value))
    }

    fn row(
        &self,
        region: &str,
        year: i32,
        pool: Pool,
        found: &Found,
        closed: &ClosedForm,
        level: f64,
    ) -> CarbonRow {
        let recalled = self
            .parameters()
            .any(|(row, _)| row.standing == Standing::Memory);
        let said = |is: bool, words: &'static str| if is { words } else { "" };
        let lacks = found.lacks();
        let spread = match closed.standard_error {
            _ if closed.unknown.is_empty() || found.is_nothing() => "",
            None => "no spread: `se-pct` is not given, and no source gives that of the factors",
            Some(_) => "the spread is a lower limit: some parts of it are not known",
        };
        let within = self.choice.within.as_ref();
        let within = within.map_or_else(String::new, |within| format!("under {}", within.words));
        let deeper = self.depths().filter(|soil| soil.from > 0.0);
        let deeper = deeper.map_or_else(String::new, |soil| format!("soil {}", soil.words()));
        let note = joined([
            within.as_str(),
            deeper.as_str(),
            lacks.as_str(),
            said(found.is_nothing(), "the layer has no value here"),
            said(
                !found.right_depth,
                "not counted: soil of another depth than the one counted",
            ),
            spread,
            said(
                recalled,
                "rests on a parameter that was recalled, not read again",
            ),
            &self.method.note,
        ]);
        let quality = match (found.is_nothing(), recalled) {
            (true, _) => Quality::Missing,
            (false, true) => Quality::RecalledParameter,
            (false, false) => Quality::UserParameter,
        };
        let arithmetic = if found.is_nothing() {
            String::new()
        } else {
            self.arithmetic(pool, found.tonnes, closed.value)
        };
        CarbonRow {
            within: self.choice.within.clone(),
            arithmetic,
            region_id: region.to_owned(),
            year,
            ecosystem: self.choice.ecosystem.id().to_owned(),
            pool: pool.id().to_owned(),
            soil_depth_cm: self.says.depth_cm,
            area: Some(found.known),
            carbon: (!found.is_nothing()).then(|| closed.figure(level, TonnesCarbon::new)),
            counted: found.counts(),
            method: self.method.id.clone(),
            approach: self.method.approach.id().to_owned(),
            parameters: std::iter::once(format!("layer {}", self.says.layer))
                .chain(self.parameters().map(|(row, _)| row.row_id()))
                .collect(),
            quality: quality.id().to_owned(),
            note,
        }
    }
}

//! Areas of a region by class, ecosystem and history.

use std::collections::{BTreeMap, BTreeSet};

use super::areas::AreaAccount;
use super::definition::ForestRule;
use super::gaps::{Gaps, is_more_than_a_sliver};
use super::land_at::LandAt;
use super::legend::LegendClass;
use crate::account::ecosystem::Ecosystem;
use crate::units::Hectares;

/// Areas of one region at one map.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct YearAreas {
    /// Year of the map.
    pub year: i32,
    /// Area and cells of each class of the map that has a value; at a date without a map, of each
    /// boundary by its place in the plan.
    pub classes: BTreeMap<i64, (Hectares, f64)>,
    /// Area of each ecosystem, after boundaries.
    pub ecosystems: BTreeMap<Ecosystem, Hectares>,
    /// Part of each ecosystem that carries trees: by what it is, or by its class on the map.
    pub under_trees: BTreeMap<Ecosystem, Hectares>,
    /// Area of the classes that count as forest, in patches that are large enough.
    pub forest: Hectares,
    /// The part of it that boundaries make an ecosystem that is no forest, by ecosystem.
    pub forest_elsewhere: BTreeMap<Ecosystem, Hectares>,
    /// Other land that boundaries make an ecosystem of the forest definition.
    pub forest_by_boundary: Hectares,
    /// Area of these classes in patches that are too small.
    pub small_patches: Hectares,
    /// Area of the classes that count as land.
    pub land: Hectares,
    /// Area with a value.
    pub valid: Hectares,
    /// Area without a value that boundaries make an ecosystem.
    pub outlined: Hectares,
    /// Area and cells without a value; at a date without a map, outside all boundaries.
    pub nodata: (Hectares, f64),
}

impl YearAreas {
    /// Forest over land, in percent; `None` without land.
    #[must_use]
    pub fn forest_cover_pct(&self) -> Option<f64> {
        (self.land > Hectares::ZERO).then(|| 100.0 * (self.forest / self.land))
    }

    /// Area of the ecosystems with trees, after boundaries.
    #[must_use]
    pub fn wooded(&self) -> Hectares {
        let wooded = self.ecosystems.iter();
        wooded
            .filter(|(ecosystem, _)| ecosystem.has_trees())
            .map(|(_, area)| *area)
            .sum()
    }

    /// Adds land of a class, and the ecosystem that it is, to forest and land; whether it lies in a patch
    /// of forest that is too small.
    pub(super) fn add_cover(
        &mut self,
        rule: &ForestRule,
        (class, ecosystem): (&LegendClass, Ecosystem),
        (area, too_small): (Hectares, bool),
    ) {
        let by_boundary = class.ecosystem != Some(ecosystem);
        if too_small {
            self.small_patches += area;
        } else if rule.is_forest(class) {
            self.forest += area;
            if by_boundary && !rule.names(ecosystem) {
                *self.forest_elsewhere.entry(ecosystem).or_default() += area;
            }
        } else if by_boundary && rule.names(ecosystem) {
            self.forest_by_boundary += area;
        }
        if rule.is_land(class) {
            self.land += area;
        }
        self.valid += area;
    }

    /// Adds the areas of another region.
    pub(super) fn add(&mut self, other: &Self) {
        self.year = other.year;
        for (code, (area, cells)) in &other.classes {
            let sum = self.classes.entry(*code).or_default();
            sum.0 += *area;
            sum.1 += cells;
        }
        for (into, from) in [
            (&mut self.ecosystems, &other.ecosystems),
            (&mut self.under_trees, &other.under_trees),
            (&mut self.forest_elsewhere, &other.forest_elsewhere),
        ] {
            for (ecosystem, area) in from {
                *into.entry(*ecosystem).or_default() += *area;
            }
        }
        self.forest += other.forest;
        self.forest_by_boundary += other.forest_by_boundary;
        self.small_patches += other.small_patches;
        self.land += other.land;
        self.valid += other.valid;
        self.outlined += other.outlined;
        self.nodata.0 += other.nodata.0;
        self.nodata.1 += other.nodata.1;
    }
}

/// Area that went from one ecosystem to another between the first and the last map; `None` is what
/// lies outside all boundaries at a date without a map.
pub type Conversions = BTreeMap<(Option<Ecosystem>, Option<Ecosystem>), Hectares>;

/// What a piece of land was at each map, and what the further layers say of it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Default)]
pub struct History {
    /// Ecosystem at each map, boundaries before classes.
    pub ecosystems: Vec<Ecosystem>,
    /// Class of each class layer; `None` where it has none.
    pub classes: Vec<Option<i64>>,
}

/// All areas of one region, or of the union of all.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct RegionAreas {
    /// Region, or [`TOTAL`](crate::account::TOTAL).
    pub region_id: String,
    /// Area of the polygon on the ellipsoid.
    pub area: Hectares,
    /// Part outside the raster.
    pub outside: Option<Hectares>,
    /// Whether cells of it could not be read.
    pub is_unread: bool,
    /// One entry a map, in the order of maps.
    pub years: Vec<YearAreas>,
    /// Ecosystem conversions from the first to the last map, unchanged area included.
    pub conversions: Conversions,
    /// The same from each date to the next.
    pub steps: Vec<Conversions>,
    /// Area by ecosystem at each map, under each combination of layer classes: what a soil clock needs.
    pub histories: BTreeMap<History, Hectares>,
    /// What the maps do not all show.
    pub gaps: Gaps,
}

impl AreaAccount {
    /// Years of the first and the last date.
    pub(in crate::account) fn dates(&self) -> Option<(i32, i32)> {
        let years = &self.regions.first()?.years;
        Some((years.first()?.year, years.last()?.year))
    }
}

impl RegionAreas {
    /// Whether the maps show all of the region, and nothing with trees.
    #[must_use]
    pub fn is_bare(&self) -> bool {
        let mut years = self.years.iter();
        !self.years.is_empty()
            && years.all(|year| {
                let hidden = self.area - year.valid;
                year.wooded() == Hectares::ZERO && !is_more_than_a_sliver(hidden, self.area)
            })
    }

    /// Areas at the newest map.
    #[must_use]
    pub fn newest(&self) -> Option<&YearAreas> {
        self.years.last()
    }

    /// Areas at the newest map, where it has a value at all: elsewhere nothing is known by it.
    #[must_use]
    pub fn shown(&self) -> Option<&YearAreas> {
        self.newest().filter(|year| year.valid > Hectares::ZERO)
    }

    /// Share of the polygon that the newest map covers with valid cells, in percent.
    #[must_use]
    pub fn valid_pct(&self) -> Option<f64> {
        let newest = self.newest()?;
        let whole = match self.outside {
            Some(outside) => newest.valid + newest.nodata.0 + outside,
            None => self.area,
        };
        (whole > Hectares::ZERO).then(|| (100.0 * (newest.valid / whole)).min(100.0))
    }

    /// Area that is the ecosystem on the last map and was not on the first; `None` with one map.
    #[must_use]
    pub fn gained(&self, ecosystem: Ecosystem) -> Option<Hectares> {
        let ecosystem = Some(ecosystem);
        self.went(|from, to| to == ecosystem && from != ecosystem)
    }

    /// Area that was the ecosystem on the first map and is not on the last; `None` with one map.
    #[must_use]
    pub fn lost(&self, ecosystem: Ecosystem) -> Option<Hectares> {
        let ecosystem = Some(ecosystem);
        self.went(|from, to| from == ecosystem && to != ecosystem)
    }

    fn went(
        &self,
        which: impl Fn(Option<Ecosystem>, Option<Ecosystem>) -> bool,
    ) -> Option<Hectares> {
        let pairs = self.conversions.iter();
        let area = pairs.filter(|((from, to), _)| which(*from, *to));
        (self.years.len() > 1).then(|| area.map(|(_, area)| *area).sum())
    }

    /// Area that became the ecosystem, and area that was it, from each date to the next, by their years.
    pub fn changes(
        &self,
        ecosystem: Ecosystem,
    ) -> impl Iterator<Item = ((i32, i32), Hectares, Hectares)> + '_ {
        let of = Some(ecosystem);
        let years = self
            .years
            .windows(2)
            .map(|pair| (pair[0].year, pair[1].year));
        years.zip(&self.steps).map(move |(years, step)| {
            let sum = |which: &dyn Fn(Option<Ecosystem>, Option<Ecosystem>) -> bool| {
                let pairs = step.iter().filter(|((from, to), _)| which(*from, *to));
                pairs.map(|(_, area)| *area).sum()
            };
            let gained = sum(&|from, to| to == of && from != of);
            (years, gained, sum(&|from, to| from == of && to != of))
        })
    }

    /// Adds land with its ecosystem at each date: what it went from and to.
    pub(super) fn add_course(&mut self, course: &[Option<Ecosystem>], area: Hectares) {
        if let (Some(first), Some(last)) = (course.first(), course.last()) {
            *self.conversions.entry((*first, *last)).or_default() += area;
        }
        let steps = course.len().saturating_sub(1);
        self.steps.resize_with(steps, Conversions::default);
        for (step, pair) in self.steps.iter_mut().zip(course.windows(2)) {
            *step.entry((pair[0], pair[1])).or_default() += area;
        }
    }

    /// Adds land with its ecosystem at each map and its layer classes.
    pub(in crate::account) fn add_history(
        &mut self,
        ecosystems: Vec<Ecosystem>,
        classes: &[Option<i64>],
        area: Hectares,
    ) {
        let history = History {
            ecosystems,
            classes: classes.to_vec(),
        };
        *self.histories.entry(history).or_default() += area;
    }

    /// Adds land with its class at each map, `None` where there is no value, and what it is there.
    pub(super) fn add_land(
        &mut self,
        (classes, course): (&[Option<i64>], &[LandAt]),
        layer_classes: &[Option<i64>],
        area: Hectares,
    ) {
        let known = course.iter().enumerate();
        let known: Vec<(usize, Option<Ecosystem>)> = known
            .filter(|(_, land)| land.is_known())
            .map(|(date, land)| (date, land.ecosystem()))
            .collect();
        let mut seen = known.iter().filter_map(|(_, ecosystem)| *ecosystem);
        let (Some((first, was)), Some((last, is))) = (known.first(), known.last()) else {
            return;
        };
        let Some(first_seen) = seen.next() else {
            return;
        };
        let last_seen = seen.next_back().unwrap_or(first_seen);
        self.add_shared(classes, area);
        let newest = course.len() - 1;
        self.steps.resize_with(newest, Conversions::default);
        for pair in known.windows(2) {
            let [(from, was), (to, is)] = [pair[0], pair[1]];
            let step = if to == from + 1 {
                &mut self.steps[from]
            } else {
                &mut self.gaps.bridged
            };
            *step.entry((was, is)).or_default() += area;
        }
        self.add_told([course[0], course[newest]], area);
        if *first > 0 {
            *self.gaps.before.entry(first_seen).or_default() += area;
        } else if *last == newest {
            *self.conversions.entry((*was, *is)).or_default() += area;
            if classes[0].is_none() || classes[newest].is_none() {
                *self.gaps.unclassed.entry((*was, *is)).or_default() += area;
            }
        }
        if *last < newest {
            *self.gaps.after.entry(last_seen).or_default() += area;
        }
        if *last < newest || known.len() < 2.min(course.len()) {
            *self.gaps.unlisted.entry(last_seen).or_default() += area;
            return;
        }
        // What lies outside all outlines has no history: no method tells its soil.
        if known.iter().any(|(_, ecosystem)| ecosystem.is_none()) {
            return;
        }
        // It stays what it was until a map shows otherwise, and is at rest at the first that shows it.
        let mut is = first_seen;
        let filled = course.iter().map(|one| {
            is = one.ecosystem().unwrap_or(is);
            is
        });
        let filled = filled.collect();
        self.add_history(filled, layer_classes, area);
    }

    /// Adds land of which one end of the period is not known, and the other is an ecosystem of which outlines
    /// alone tell: at the end that is not known it was none of it.
    fn add_told(&mut self, ends: [LandAt; 2], area: Hectares) {
        let [from, to] = ends.map(LandAt::ecosystem);
        let told = from
            .xor(to)
            .is_some_and(|one| self.gaps.told.contains(&one));
        if told && ends.contains(&LandAt::Unknown) {
            for sums in [&mut self.conversions, &mut self.gaps.unclassed] {
                *sums.entry((from, to)).or_default() += area;
            }
        }
    }

    /// Adds land to what two dates both show.
    pub(super) fn add_shared(&mut self, classes: &[Option<i64>], area: Hectares) {
        let mut pairs: BTreeSet<(usize, usize)> =
            (1..classes.len()).map(|date| (date - 1, date)).collect();
        if classes.len() > 1 {
            pairs.insert((0, classes.len() - 1));
        }
        for pair in pairs {
            match (classes[pair.0], classes[pair.1]) {
                (Some(from), Some(to)) => {
                    let shared = self.gaps.shared.entry(pair).or_default();
                    *shared.classes[0].entry(from).or_default() += area;
                    *shared.classes[1].entry(to).or_default() += area;
                }
                (None, None) => {}
                _ => self.gaps.shared.entry(pair).or_default().apart += area,
            }
        }
    }

    /// Adds the areas of another region.
    pub(super) fn add(&mut self, other: &Self) {
        self.years
            .resize_with(other.years.len(), YearAreas::default);
        for (year, more) in self.years.iter_mut().zip(&other.years) {
            year.add(more);
        }
        for (pair, area) in &other.conversions {
            *self.conversions.entry(*pair).or_default() += *area;
        }
        let steps = self.steps.len().max(other.steps.len());
        self.steps.resize_with(steps, Conversions::default);
        for (step, more) in self.steps.iter_mut().zip(&other.steps) {
            for (pair, area) in more {
                *step.entry(*pair).or_default() += *area;
            }
        }
        self.gaps.add(&other.gaps);
        for (history, area) in &other.histories {
            *self.histories.entry(history.clone()).or_default() += *area;
        }
    }
}

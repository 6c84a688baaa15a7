//! The map held against its reference sample: accuracy, and areas corrected by it.

use std::collections::BTreeMap;

use super::corrects::{CarbonFrom, Corrects};
use crate::account::{
    AccuracyInput, AccuracyKind, AreaAccount, CorrectedAreas, MapAccuracy, Quality, RegionAreas,
    TOTAL, TrueClass, map_accuracy,
};
use crate::estimate::{Confidence, ReferenceCount, ReferenceSample, ReferenceStratum};
use crate::finding::{Finding, counted};
use crate::pipeline::open::{Prepared, Reference, by_class};
use crate::pipeline::sample::{Estimates, RegionEstimates};
use crate::plan::{AccuracyTable, Plan};
use crate::units::Hectares;

/// Number of points by stratum, class on the map and class in truth.
type Counts = BTreeMap<(usize, usize, usize), u64>;

/// Fewest points of a stratum that give a variance.
const LEAST: u64 = 2;

/// Fewest points that each class of a region takes for the region to be told by its own.
const OF_ITS_OWN: u64 = 5;

/// What a reference sample says of the map of a plan.
#[derive(Debug, Default)]
pub(in crate::pipeline) struct Accuracy {
    /// Rows and checks.
    pub(in crate::pipeline) map: MapAccuracy,
    /// Areas of the classes in truth, where the plan lets them correct the map.
    pub(in crate::pipeline) corrected: Option<CorrectedAreas>,
    pub(in crate::pipeline) warnings: Vec<Finding>,
}

/// The accuracy of the map of a plan with a reference sample. Where the plan wants it, forest areas
/// that no plots give become those of the sample.
///
/// # Errors
///
/// Regions that overlap, classes of the map without a point, strata without points.
pub(in crate::pipeline) fn accuracy(
    plan: &Plan,
    prepared: &Prepared,
    areas: Option<&AreaAccount>,
    estimates: &mut Estimates,
) -> Result<Accuracy, Vec<Finding>> {
    let (Some(table), Some(reference), Some(areas)) =
        (&plan.file.accuracy, &prepared.reference, areas)
    else {
        return Ok(Accuracy::default());
    };
    let Some(total) = &areas.total else {
        return Err(vec![Finding::error(
            &reference.name,
            "the regions overlap, so the area of the map that the points were drawn from is not known",
            "give the reference sample to a plan whose regions do not overlap",
        )]);
    };
    let held = Held::new(table, reference, total, plan.confidence())?;
    let whole = held.sample(|_| true, total)?;
    let mut found = held.rows(TOTAL, &whole, total, Quality::Direct)?;
    let mut samples = BTreeMap::from([(TOTAL.to_owned(), whole.clone())]);
    let mut regions = Vec::new();
    if table.strata.is_empty() || areas.regions.len() == 1 {
        for (position, region) in areas.regions.iter().enumerate() {
            let (found, sample) = if areas.regions.len() == 1 {
                let found = held.rows(&region.region_id, &whole, region, Quality::Direct)?;
                (found, Some(whole.clone()))
            } else {
                held.region(position, region, &whole)?
            };
            samples.extend(sample.map(|sample| (region.region_id.clone(), sample)));
            regions.push(found);
        }
    }
    let newest = total.years.last().map(|year| year.year) == Some(reference.year);
    let corrects = Corrects {
        wanted: table.correct,
        newest,
        patches: prepared.forest.patch.is_some(),
        year: reference.year,
        carbon: carbon_of(plan),
    };
    let warnings = held.warnings(&found, corrects);
    if let Some(total) = &mut estimates.total {
        corrects.apply(total, &found);
    } else {
        let mut all = RegionEstimates::default();
        corrects.apply(&mut all, &found);
        estimates.total = Some(all);
    }
    for (estimates, region) in estimates.regions.iter_mut().zip(&regions) {
        corrects.apply(estimates, region);
    }
    if regions.is_empty() && table.correct {
        for estimates in &mut estimates.regions {
            estimates.notes.push(format!(
                "the strata of the reference sample of {} give no area of a single region: forest_area_est_ha is that of {TOTAL} alone",
                reference.year
            ));
        }
    }
    for region in regions {
        found.rows.extend(region.rows);
        found.checks.extend(region.checks);
    }
    let corrected = table.correct.then(|| CorrectedAreas {
        year: reference.year,
        classes: held.classes(),
        samples,
    });
    Ok(Accuracy {
        map: found,
        corrected,
        warnings,
    })
}

/// What the carbon of a plan comes from.
fn carbon_of(plan: &Plan) -> CarbonFrom {
    let carbon = plan.file.carbon.as_ref();
    if carbon.is_some_and(|carbon| carbon.class_density.is_some()) {
        CarbonFrom::Classes
    } else {
        CarbonFrom::Others
    }
}

/// A reference sample and the map that it is held against.
struct Held<'a> {
    table: &'a AccuracyTable,
    reference: &'a Reference,
    /// Positions of the classes that the map or the points have, in the order of the legend.
    used: Vec<usize>,
    level: Confidence,
}

impl<'a> Held<'a> {
    fn new(
        table: &'a AccuracyTable,
        reference: &'a Reference,
        total: &RegionAreas,
        level: f64,
    ) -> Result<Self, Vec<Finding>> {
        let mapped = mapped(reference, total);
        let level = Confidence::new(level).unwrap_or(Confidence::P95);
        let has_points = |class: usize| {
            let mut points = reference.points.iter();
            points.any(|point| point.mapped == class || point.reference == class)
        };
        let is_used = |class: &usize| mapped[*class] > Hectares::ZERO || has_points(*class);
        let held = Self {
            table,
            reference,
            used: (0..reference.classes.len()).filter(is_used).collect(),
            level,
        };
        let findings = held.unfit(&mapped);
        if findings.is_empty() {
            Ok(held)
        } else {
            Err(findings)
        }
    }

    /// Classes of the map without points, and points of classes that the map does not have.
    fn unfit(&self, mapped: &[Hectares]) -> Vec<Finding> {
        let reference = self.reference;
        let mut findings = Vec::new();
        let mut refuse = |what: String, remedy: &str| {
            findings.push(Finding::error(&reference.name, what, remedy));
        };
        if self.table.strata.is_empty() {
            let all: Hectares = mapped.iter().copied().sum();
            for &class in &self.used {
                let points = self.points_of(|point| point.mapped == class);
                let (name, area) = (&reference.classes[class].name, mapped[class]);
                if points == 0 && area > Hectares::ZERO {
                    refuse(
                        format!(
                            "class `{name}` has {:.4} ha ({:.3} % of the map of {}) and no point",
                            area.value(),
                            100.0 * (area / all),
                            reference.year
                        ),
                        "give it points, or put it with a class that it was sampled with into an `[[accuracy.group]]`",
                    );
                } else if points > 0 && area <= Hectares::ZERO {
                    refuse(
                        format!(
                            "{} the class `{name}` on the map, which the map of {} does not have in the regions",
                            counted(points, "point has", "points have"),
                            reference.year
                        ),
                        "check `map-class` and `year` of `[accuracy]`: is it the map that the points were drawn on?",
                    );
                }
            }
        }
        for (position, stratum) in self.table.strata.iter().enumerate() {
            let points = self.points_of(|point| point.stratum == Some(position));
            if points == 0 {
                refuse(
                    format!("stratum `{}` has no point", stratum.id),
                    "give it points, or join it with the stratum that it was drawn with",
                );
            }
            if stratum.cells.is_some_and(|cells| points > cells) {
                refuse(
                    format!(
                        "stratum `{}` has {} and fewer cells",
                        stratum.id,
                        counted(points, "point", "points")
                    ),
                    "mend `cells` of `[[accuracy.strata]]`",
                );
            }
        }
        findings
    }

    fn points_of(&self, is: impl Fn(&crate::pipeline::open::ReferencePoint) -> bool) -> u64 {
        let points = self.reference.points.iter().filter(|point| is(point));
        points.map(|point| point.points).sum()
    }

    /// The points of a region, or of all.
    fn counts(&self, inside: impl Fn(&[usize]) -> bool) -> Counts {
        let place = |class: usize| self.used.iter().position(|used| *used == class);
        let mut counts = Counts::new();
        for point in &self.reference.points {
            let within = point.regions.as_deref().is_none_or(&inside);
            let classes = place(point.mapped).zip(place(point.reference));
            if let Some((mapped, reference)) = classes.filter(|_| within) {
                let stratum = point.stratum.unwrap_or(mapped);
                *counts.entry((stratum, mapped, reference)).or_insert(0) += point.points;
            }
        }
        counts
    }

    /// The sample of a region, or of all.
    fn sample(
        &self,
        inside: impl Fn(&[usize]) -> bool,
        areas: &RegionAreas,
    ) -> Result<ReferenceSample, Vec<Finding>> {
        let names = self
            .used
            .iter()
            .map(|class| &self.reference.classes[*class].name);
        let strata: Vec<ReferenceStratum> = if self.table.strata.is_empty() {
            let areas = self.mapped(areas);
            let strata = names.clone().zip(areas);
            strata
                .map(|(name, area)| ReferenceStratum {
                    id: name.clone(),
                    area,
                    population: None,
                })
                .collect()
        } else {
            let strata = self.table.strata.iter();
            strata
                .map(|stratum| ReferenceStratum {
                    id: stratum.id.clone(),
                    area: Hectares::new(stratum.area_ha),
                    population: stratum.cells,
                })
                .collect()
        };
        let counts = self.counts(inside).into_iter();
        let counts = counts.map(|((stratum, mapped, reference), points)| ReferenceCount {
            stratum,
            mapped,
            reference,
            points,
        });
        ReferenceSample::new(names.cloned().collect(), strata, counts.collect())
            .map_err(|error| self.refused(&error))
    }

    fn refused(&self, error: &crate::estimate::EstimateError) -> Vec<Finding> {
        vec![Finding::error(
            &self.reference.name,
            error.to_string(),
            "mend the points or the strata of `[accuracy]`",
        )]
    }

    /// Mapped area of the classes in use.
    fn mapped(&self, areas: &RegionAreas) -> Vec<Hectares> {
        let all = mapped(self.reference, areas);
        self.used.iter().map(|class| all[*class]).collect()
    }

    fn rows(
        &self,
        region: &str,
        sample: &ReferenceSample,
        areas: &RegionAreas,
        quality: Quality,
    ) -> Result<MapAccuracy, Vec<Finding>> {
        let classes = self
            .used
            .iter()
            .map(|class| &self.reference.classes[*class]);
        let forest: Vec<Option<bool>> = classes.map(|class| class.forest).collect();
        let input = AccuracyInput {
            region_id: region,
            year: self.reference.year,
            sample,
            mapped: &self.mapped(areas),
            forest: &forest,
            quality: quality.id(),
            level: self.level,
        };
        map_accuracy(&input).map_err(|error| self.refused(&error))
    }

    /// A region by its own points where each of its classes has enough, else with the errors of the
    /// whole.
    fn region(
        &self,
        position: usize,
        areas: &RegionAreas,
        whole: &ReferenceSample,
    ) -> Result<(MapAccuracy, Option<ReferenceSample>), Vec<Finding>> {
        let mapped = self.mapped(areas);
        if mapped.iter().all(|area| *area <= Hectares::ZERO) {
            return Ok((MapAccuracy::default(), None));
        }
        let inside = |regions: &[usize]| regions.contains(&position);
        let placed = self
            .reference
            .points
            .iter()
            .any(|point| point.regions.is_some());
        if placed {
            let counts = self.counts(inside);
            let enough = mapped.iter().enumerate().all(|(class, area)| {
                let of_class = counts.iter().filter(|((stratum, ..), _)| *stratum == class);
                *area <= Hectares::ZERO
                    || of_class.map(|(_, points)| points).sum::<u64>() >= OF_ITS_OWN
            });
            if enough {
                let sample = self.sample(inside, areas)?;
                let found = self.rows(&areas.region_id, &sample, areas, Quality::Direct)?;
                return Ok((found, Some(sample)));
            }
        }
        let sample = whole
            .with_areas(&mapped)
            .map_err(|error| self.refused(&error))?;
        let mut found = self.rows(&areas.region_id, &sample, areas, Quality::Synthetic)?;
        // The matrix of the region itself is not known; areas and what they come from are told.
        found.rows.retain(|row| {
            matches!(
                row.kind,
                AccuracyKind::Stratum
                    | AccuracyKind::Area
                    | AccuracyKind::Forest
                    | AccuracyKind::ForestStratum
            )
        });
        Ok((found, Some(sample)))
    }

    /// The classes in use with their codes.
    fn classes(&self) -> Vec<TrueClass> {
        let classes = self
            .used
            .iter()
            .map(|class| &self.reference.classes[*class]);
        classes
            .map(|class| TrueClass {
                name: class.name.clone(),
                codes: class.codes.clone(),
            })
            .collect()
    }

    fn warnings(&self, found: &MapAccuracy, corrects: Corrects) -> Vec<Finding> {
        let mut warnings = Vec::new();
        let mut warn = |what: String, remedy: &str| {
            warnings.push(Finding::warning(&self.reference.name, what, remedy));
        };
        for row in &found.rows {
            if row.kind == AccuracyKind::Stratum && row.of_points < LEAST {
                warn(
                    format!(
                        "stratum `{}` has one point, so no area or overall accuracy has a standard error",
                        row.stratum
                    ),
                    "give it a second point, or put it into an `[[accuracy.group]]` with a class that it was sampled with",
                );
            }
        }
        let has_forest = found
            .rows
            .iter()
            .any(|row| row.kind == AccuracyKind::Forest);
        if !has_forest {
            warn(
                "a group of `[[accuracy.group]]` holds classes that count as forest and others: the sample gives no forest area".to_owned(),
                "keep forest and other classes in groups of their own",
            );
        }
        if corrects.wanted && !corrects.newest {
            warn(
                format!(
                    "the sample is of the map of {}, not of the newest: forest_area_est_ha is not taken from it",
                    corrects.year
                ),
                "the corrected area of that year stands in tables/accuracy.csv",
            );
        }
        if corrects.wanted && corrects.patches {
            warn(
                "forest counts from a least patch size on, which a point does not show: forest_area_est_ha is not taken from the sample".to_owned(),
                "the corrected area of the classes stands in tables/accuracy.csv",
            );
        }
        warnings
    }
}

/// Mapped area of each class of the sample.
fn mapped(reference: &Reference, areas: &RegionAreas) -> Vec<Hectares> {
    let year = areas.years.iter().find(|year| year.year == reference.year);
    by_class(&reference.classes, |code| {
        year.and_then(|year| year.classes.get(&code))
            .map_or(Hectares::ZERO, |(area, _)| *area)
    })
}

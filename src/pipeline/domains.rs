//! Which plots speak for which region: its own, those of its parent, or none.

use std::collections::BTreeMap;

use geo::{BoundingRect, Contains, Coord, MultiPolygon, Point};
use rstar::{AABB, RTree, primitives::GeomWithData, primitives::Rectangle};

use super::prepare::{Place, by_id};
use super::small_areas::SmallAreaModel;
use super::wall_to_wall::Helpers;
use crate::estimate::{Confidence, Estimate, synthetic};
use crate::finding::Finding;
use crate::input::{Inventory, PlotRecord};
use crate::units::{Hectares, Quantity};

/// Where the estimate of a region comes from.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Source {
    /// From the plots of a domain.
    Direct(usize),
    /// From a domain (`None`: all plots of the regions), by the share of its mapped forest.
    Synthetic {
        domain: Option<usize>,
        mapped_in_parent: Hectares,
        mapped_in_area: Hectares,
    },
    /// From nowhere, for this reason.
    None(String),
}

/// The estimate of a region, or of the union where it is `None`, out of those of all domains; that of
/// the union of all stands at `union`.
pub(super) fn picked<Q: Quantity>(
    sources: &[Source],
    region: Option<usize>,
    union: usize,
    of_domain: impl Fn(usize) -> Result<Estimate<Q>, String>,
) -> Result<Estimate<Q>, String> {
    match region.map(|region| &sources[region]) {
        None => of_domain(union),
        Some(Source::Direct(domain)) => of_domain(*domain),
        Some(Source::Synthetic {
            domain,
            mapped_in_parent,
            mapped_in_area,
        }) => {
            let parent = of_domain(domain.unwrap_or(union))?;
            synthetic(&parent, *mapped_in_parent, *mapped_in_area)
                .map_err(|error| error.to_string())
        }
        Some(Source::None(reason)) => Err(reason.clone()),
    }
}

/// Tells the regions of a plot by its record and its place.
type RegionsOf<'a> = dyn Fn(&PlotRecord, Option<Coord<f64>>) -> Vec<usize> + 'a;

/// The domains of the plots, and what each region takes from them.
pub(super) struct Domains {
    /// Number of domains.
    pub(super) count: usize,
    /// Domains of each plot, one list an inventory.
    pub(super) of_plot: Vec<Vec<Vec<usize>>>,
    /// Regions of each domain.
    pub(super) regions: Vec<Vec<usize>>,
    pub(super) sources: Vec<Source>,
    pub(super) notes: Vec<Vec<String>>,
}

/// What the estimates need to know beside the plots.
pub(super) struct Setting<'a> {
    pub(super) regions: &'a [Place],
    pub(super) disjoint: bool,
    /// Forest on the newest map by region, where there is a map.
    pub(super) mapped_forest: Option<&'a [Hectares]>,
    pub(super) confidence: Confidence,
    /// Fewest plots for an estimate of a region's own.
    pub(super) min_plots: usize,
    /// Columns of the plots whose values are domains too.
    pub(super) columns: &'a [String],
    /// Layers that help the plots.
    pub(super) helpers: Option<&'a Helpers>,
    /// How regions with few plots borrow strength from all others.
    pub(super) small_areas: Option<&'a SmallAreaModel>,
    /// Position of each plot in the coordinates of the regions, one list an inventory.
    pub(super) points: &'a [Vec<Option<Coord<f64>>>],
}

impl Domains {
    pub(super) fn new(
        inventories: &[Inventory],
        setting: &Setting<'_>,
        warnings: &mut Vec<Finding>,
    ) -> Self {
        let has = |field: fn(&PlotRecord) -> bool| {
            inventories
                .iter()
                .any(|inventory| inventory.records.iter().any(field))
        };
        if has(|record| record.region.is_some()) {
            let index = by_id(setting.regions);
            let of = |record: &PlotRecord, _: Option<Coord<f64>>| {
                let region = record.region.as_deref().and_then(|id| index.get(id));
                region.copied().into_iter().collect()
            };
            Self::by_region(inventories, setting, &of, warnings)
        } else if has(|record| record.parent.is_some()) {
            Self::by_parent(inventories, setting, warnings)
        } else if has(|record| record.point.is_some()) {
            let locate = Locator::new(setting.regions);
            let of = |_: &PlotRecord, point: Option<Coord<f64>>| {
                point
                    .map(|point| locate.regions_at(point))
                    .unwrap_or_default()
            };
            Self::by_region(inventories, setting, &of, warnings)
        } else {
            // The plots say nothing of their place: they stand for all regions together.
            let everywhere = |inventory: &Inventory| vec![vec![0]; inventory.records.len()];
            let sources = (0..setting.regions.len())
                .map(|region| setting.share_of(region, Some(0), |_| true))
                .collect();
            Self {
                count: 1,
                of_plot: inventories.iter().map(everywhere).collect(),
                regions: vec![(0..setting.regions.len()).collect()],
                sources,
                notes: vec![Vec::new(); setting.regions.len()],
            }
        }
    }

    fn by_region(
        inventories: &[Inventory],
        setting: &Setting<'_>,
        of: &RegionsOf<'_>,
        warnings: &mut Vec<Finding>,
    ) -> Self {
        let regions = setting.regions.len();
        let mut of_plot = Vec::new();
        let mut fewest = vec![usize::MAX; regions];
        for (inventory, points) in inventories.iter().zip(setting.points) {
            let domains: Vec<Vec<usize>> = inventory
                .records
                .iter()
                .zip(points)
                .map(|(record, point)| of(record, *point))
                .collect();
            let mut plots = vec![0; regions];
            for &region in domains.iter().flatten() {
                plots[region] += 1;
            }
            for (fewest, plots) in fewest.iter_mut().zip(plots) {
                *fewest = plots.min(*fewest);
            }
            outside(inventory, &domains, warnings);
            of_plot.push(domains);
        }
        let mut notes = vec![Vec::new(); regions];
        let sources = (0..regions)
            .map(|region| {
                if fewest[region] >= setting.min_plots {
                    return Source::Direct(region);
                }
                if setting.small_areas.is_some() {
                    notes[region].push(format!(
                        "{} plots: stocks by the model of all regions",
                        fewest[region]
                    ));
                    return setting.share_of(region, None, |_| true);
                }
                notes[region].push(format!(
                    "{} plots, fewer than the {} asked for an estimate of its own: synthetic from all regions",
                    fewest[region], setting.min_plots
                ));
                setting.share_of(region, None, |_| true)
            })
            .collect();
        Self {
            count: regions,
            of_plot,
            regions: (0..regions).map(|region| vec![region]).collect(),
            sources,
            notes,
        }
    }

    fn by_parent(
        inventories: &[Inventory],
        setting: &Setting<'_>,
        warnings: &mut Vec<Finding>,
    ) -> Self {
        let mut parents: BTreeMap<&str, usize> = BTreeMap::new();
        for region in setting.regions {
            if let Some(parent) = &region.parent {
                let next = parents.len();
                parents.entry(parent).or_insert(next);
            }
        }
        let mut regions_of = vec![Vec::new(); parents.len()];
        for (region, place) in setting.regions.iter().enumerate() {
            if let Some(parent) = place.parent.as_deref().and_then(|id| parents.get(id)) {
                regions_of[*parent].push(region);
            }
        }
        let of_plot = inventories
            .iter()
            .map(|inventory| {
                let domains: Vec<Vec<usize>> = inventory
                    .records
                    .iter()
                    .map(|record| {
                        let parent = record.parent.as_deref().and_then(|id| parents.get(id));
                        parent.copied().into_iter().collect()
                    })
                    .collect();
                outside(inventory, &domains, warnings);
                domains
            })
            .collect();
        let mut notes = Vec::new();
        let sources = setting
            .regions
            .iter()
            .enumerate()
            .map(|(region, place)| {
                let Some(parent) = &place.parent else {
                    notes.push(Vec::new());
                    return Source::None("plots are known by parent region, and the region names none".into());
                };
                notes.push(vec![format!(
                    "plots are known by parent region only: synthetic from {parent}, by its share of the mapped forest, as if the regions of {parent} cover it"
                )]);
                let domain = parents.get(parent.as_str()).copied();
                setting.share_of(region, domain, |other| {
                    setting.regions[other].parent.as_ref() == Some(parent)
                })
            })
            .collect();
        Self {
            count: parents.len(),
            of_plot,
            regions: regions_of,
            sources,
            notes,
        }
    }
}

impl Setting<'_> {
    /// The synthetic source of a region: its share of the mapped forest of its siblings.
    fn share_of(
        &self,
        region: usize,
        domain: Option<usize>,
        sibling: impl Fn(usize) -> bool,
    ) -> Source {
        let Some(mapped) = self.mapped_forest else {
            return Source::None("too few plots, and no map to borrow strength by".into());
        };
        if domain.is_none() && !self.disjoint {
            return Source::None("too few plots, and the regions overlap".into());
        }
        let mapped_in_parent: Hectares = mapped
            .iter()
            .enumerate()
            .filter(|(other, _)| sibling(*other))
            .map(|(_, area)| *area)
            .sum();
        if mapped_in_parent <= Hectares::ZERO {
            return Source::None(
                "too few plots, and no mapped forest to borrow strength by".into(),
            );
        }
        Source::Synthetic {
            domain,
            mapped_in_parent,
            mapped_in_area: mapped[region],
        }
    }
}

/// Warns of plots in no region: they count as zero everywhere.
fn outside(inventory: &Inventory, domains: &[Vec<usize>], warnings: &mut Vec<Finding>) {
    let lost: Vec<&str> = domains
        .iter()
        .zip(&inventory.frame.plots)
        .filter(|(domains, _)| domains.is_empty())
        .map(|(_, plot)| plot.id.as_str())
        .collect();
    if !lost.is_empty() && lost.len() == domains.len() {
        // Every estimate would be zero, which is not what the sample says.
        warnings.push(Finding::error(
            format!("inventory {}", inventory.year),
            format!("none of the {} plots lies in a region", domains.len()),
            "check the ids of regions, or `x`, `y` and `crs` of `[inventory.fields]`: are x and y exchanged?",
        ));
    } else if !lost.is_empty() {
        let shown = lost.iter().take(5).copied().collect::<Vec<_>>().join(", ");
        let more = if lost.len() > 5 { ", ..." } else { "" };
        warnings.push(Finding::warning(
            format!("inventory {}", inventory.year),
            format!("{} of {} plots lie in no region: {shown}{more}", lost.len(), domains.len()),
            "they stay in the sample and count for no region; check ids or coordinates if they should",
        ));
    }
}

/// Finds the regions that hold a point.
pub(super) struct Locator<'a> {
    shapes: Vec<&'a MultiPolygon<f64>>,
    index: RTree<GeomWithData<Rectangle<[f64; 2]>, usize>>,
}

impl<'a> Locator<'a> {
    pub(super) fn new(regions: &'a [Place]) -> Self {
        let shapes: Vec<&MultiPolygon<f64>> = regions.iter().map(|region| &region.shape).collect();
        let rects = shapes.iter().enumerate().filter_map(|(i, shape)| {
            let rect = shape.bounding_rect()?;
            let corners = ([rect.min().x, rect.min().y], [rect.max().x, rect.max().y]);
            Some(GeomWithData::new(
                Rectangle::from_corners(corners.0, corners.1),
                i,
            ))
        });
        let index = RTree::bulk_load(rects.collect());
        Self { shapes, index }
    }

    pub(super) fn regions_at(&self, point: Coord<f64>) -> Vec<usize> {
        let envelope = AABB::from_point([point.x, point.y]);
        let mut regions: Vec<usize> = self
            .index
            .locate_in_envelope_intersecting(&envelope)
            .map(|item| item.data)
            .filter(|&region| self.shapes[region].contains(&Point::from(point)))
            .collect();
        regions.sort_unstable();
        regions
    }
}

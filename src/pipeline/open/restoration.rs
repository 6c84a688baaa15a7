//! Restorations of the plan: their sites on the ground of the run, and what they say.

use geo::{BoundingRect, Intersects, MultiPolygon};

use super::boundaries::ecosystem_of;
use super::gathered::Gathered;
use super::layers::facts;
use super::prepare::Prepared;
use super::stand_overlay::StandIndex;
use crate::account::{self, LayerContent, SiteGroup, SiteMeasure};
use crate::finding::Finding;
use crate::grid::{Grid, plane_area};
use crate::input::{Ground, SiteShape, VectorSource, read_sites};
use crate::plan::{MeasureKey, Plan, RestorationTable, SitesTable};
use crate::units::Hectares;

/// A treated or control polygon on the ground of the run.
#[derive(Debug, Clone)]
pub(in crate::pipeline) struct SitePlace {
    /// Place of its restoration in the plan.
    pub(in crate::pipeline) restoration: usize,
    pub(in crate::pipeline) group: SiteGroup,
    pub(in crate::pipeline) id: String,
    /// In the coordinates of the grid.
    pub(in crate::pipeline) shape: MultiPolygon<f64>,
    /// On the ellipsoid.
    pub(in crate::pipeline) area: Hectares,
}

impl SitePlace {
    /// How the ledger calls it.
    pub(in crate::pipeline) fn key(&self, plan_name: &str) -> String {
        format!("restoration/{plan_name}/{}/{}", self.group.id(), self.id)
    }
}

/// Reads the sites of all restorations. What keeps them from being compared is reported.
pub(super) fn sites(
    plan: &Plan,
    ground: &Ground,
    tolerance: (f64, f64),
    grid: Option<&Grid>,
    gathered: &mut Gathered,
) -> Vec<SitePlace> {
    let mut all = Vec::new();
    for (restoration, table) in plan.file.restoration.iter().enumerate() {
        if let Some(ecosystem) = &table.ecosystem {
            ecosystem_of(plan, ecosystem, &mut gathered.findings);
        }
        let mut of_table = Vec::new();
        for (group, source) in [
            (SiteGroup::Treated, &table.treated),
            (SiteGroup::Control, &table.control),
        ] {
            let source_of_file = vector_source(plan, source);
            gathered.inputs.push(source_of_file.path.clone());
            match read_sites(
                &source_of_file,
                &source.rows,
                ground.projection(),
                tolerance,
            ) {
                Ok((shapes, warnings)) => {
                    gathered.warnings.extend(warnings);
                    let at = format!("restoration `{}`, {} sites", table.name, group.id());
                    let placed = |shape| on_ground((restoration, group), shape, ground);
                    for place in shapes.into_iter().map(placed) {
                        match place {
                            Ok(place) => of_table.push(place),
                            Err((what, remedy)) => {
                                gathered.findings.push(Finding::error(&at, what, remedy));
                            }
                        }
                    }
                    few(&at, &of_table, group, gathered);
                }
                Err(problems) => gathered.findings.extend(problems),
            }
        }
        overlaps(&table.name, &of_table, gathered);
        if let Some(grid) = grid {
            outside(&table.name, &of_table, grid, gathered);
        }
        all.append(&mut of_table);
    }
    all
}

fn vector_source(plan: &Plan, table: &SitesTable) -> VectorSource {
    VectorSource {
        path: plan.resolve(&table.path),
        layer: table.layer.clone(),
        crs: table.crs.clone(),
        encoding: table.encoding.clone(),
        repair: table.repair,
        id: table.id.clone(),
    }
}

/// A site with its true area, or why it has none.
fn on_ground(
    (restoration, group): (usize, SiteGroup),
    site: SiteShape,
    ground: &Ground,
) -> Result<SitePlace, (String, &'static str)> {
    /// Hectares below which a site is a point or a line: a square centimetre.
    const LEAST: f64 = 1e-8;
    let area = ground.area(&site.shape).map_err(|error| {
        (
            format!("site {}: {error}", site.id),
            "check the coordinates of the site and `crs` in the plan",
        )
    })?;
    if area.value() < LEAST {
        return Err((
            format!(
                "site {} has an area of {:e} ha: it is a point or a line",
                site.id,
                area.value()
            ),
            "draw its polygon or delete the feature",
        ));
    }
    Ok(SitePlace {
        restoration,
        group,
        id: site.id,
        shape: site.shape,
        area,
    })
}

/// A group with a single site has no spread.
fn few(at: &str, sites: &[SitePlace], group: SiteGroup, gathered: &mut Gathered) {
    if sites.iter().filter(|site| site.group == group).count() < 2 {
        gathered.warnings.push(Finding::warning(
            at,
            "fewer than two polygons: the effect has no standard error",
            "give at least two sites a group, better ten; several polygons of one site are features of their own",
        ));
    }
}

/// Sites that share ground: between the groups an error, within one the spread is too small.
fn overlaps(name: &str, sites: &[SitePlace], gathered: &mut Gathered) {
    /// Share of the smaller site that the rounding of its corners may make.
    const SHARED: f64 = 1e-6;
    let shapes: Vec<MultiPolygon<f64>> = sites.iter().map(|site| site.shape.clone()).collect();
    for (one, other, shared) in StandIndex::new(&shapes).overlaps(0.0) {
        let (one, other) = (&sites[one], &sites[other]);
        let area = plane_area;
        let smaller = area(&one.shape).min(area(&other.shape));
        let share = area(&shared) / smaller;
        if share <= SHARED {
            continue;
        }
        let what = format!(
            "{} site {} and {} site {} share {:.4} % of the smaller one",
            one.group.id(),
            one.id,
            other.group.id(),
            other.id,
            100.0 * share
        );
        let at = format!("restoration `{name}`");
        if one.group == other.group {
            gathered.warnings.push(Finding::warning(
                at,
                what,
                "mend the outlines, or dissolve them into one: sites that share ground are not two observations",
            ));
        } else {
            gathered.findings.push(Finding::error(
                at,
                what,
                "cut the treated land out of the controls: no ground is both",
            ));
        }
    }
}

/// Sites that no map touches.
fn outside(name: &str, sites: &[SitePlace], grid: &Grid, gathered: &mut Gathered) {
    let extent = grid.extent();
    let map = geo::Rect::new((extent[0], extent[1]), (extent[2], extent[3]));
    let meets = |site: &&SitePlace| {
        let rect = site.shape.bounding_rect();
        !rect.is_some_and(|rect| rect.intersects(&map))
    };
    for group in [SiteGroup::Treated, SiteGroup::Control] {
        let of_group: Vec<&SitePlace> = sites.iter().filter(|site| site.group == group).collect();
        let out: Vec<&SitePlace> = of_group.iter().copied().filter(meets).collect();
        if out.is_empty() {
            continue;
        }
        let ids: Vec<&str> = out.iter().map(|site| site.id.as_str()).collect();
        let at = format!("restoration `{name}`, {} sites", group.id());
        let what = format!("outside the map: {}", ids.join(", "));
        let remedy = "check the coordinate systems of both files, or give a map of the sites";
        if out.len() == of_group.len() {
            gathered.findings.push(Finding::error(at, what, remedy));
        } else {
            let remedy = format!("they are left out; {remedy}");
            gathered.warnings.push(Finding::warning(at, what, remedy));
        }
    }
}

/// What is measured, in words, and its unit.
pub(in crate::pipeline) fn measure(
    table: &RestorationTable,
    prepared: &Prepared,
) -> Option<(SiteMeasure, String, String)> {
    let years = prepared.maps.as_ref().map(|maps| &maps.years)?;
    let position = |year: i32| years.iter().position(|known| *known == year);
    let maps = || Some([position(table.before)?, position(table.after)?]);
    let percent = "%".to_owned();
    Some(match table.measure {
        MeasureKey::ForestShare => (
            SiteMeasure::Forest(maps()?),
            format!("forest-share {}", prepared.forest.id),
            percent,
        ),
        MeasureKey::EcosystemShare => {
            let ecosystem: account::Ecosystem = table.ecosystem.as_ref()?.parse().ok()?;
            (
                SiteMeasure::Ecosystem(ecosystem, maps()?),
                format!("ecosystem-share {ecosystem}"),
                percent,
            )
        }
        MeasureKey::Layer => {
            let [before, after] = table.layers.as_ref()?;
            let layers = facts(&prepared.layers);
            let find = |name: &String| {
                layers.iter().find_map(|layer| match layer.content {
                    LayerContent::Values { place, unit } if layer.name == name => {
                        Some((place, unit))
                    }
                    _ => None,
                })
            };
            let ((first, unit), (second, _)) = (find(before)?, find(after)?);
            (
                SiteMeasure::Layers([first, second]),
                format!("layer {before}, {after}"),
                unit.to_owned(),
            )
        }
    })
}

/// The restorations in words; `None` without any.
pub(in crate::pipeline) fn told_of_restorations(
    plan: &Plan,
    prepared: &Prepared,
) -> Option<String> {
    let of = |index: usize, group: SiteGroup| {
        let sites = prepared.sites.iter();
        sites
            .filter(|site| site.restoration == index && site.group == group)
            .count()
    };
    let words = plan.file.restoration.iter().enumerate().map(|(i, table)| {
        format!(
            "{} ({} treated and {} control sites, {} to {})",
            table.name,
            of(i, SiteGroup::Treated),
            of(i, SiteGroup::Control),
            table.before,
            table.after
        )
    });
    let words: Vec<String> = words.collect();
    (!words.is_empty()).then(|| words.join(", "))
}

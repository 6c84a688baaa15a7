//! The stand registers of a run: read, laid over the regions and over each other.

use geo::{Area, Coord, MultiPolygon};
use rayon::prelude::*;

use super::prepare::{Gathered, Place, by_id};
use super::stand_overlay::{Measure, StandIndex, holes, inside};
use crate::account::{Register, Seeds, Stand, StandIssue, StandPart};
use crate::finding::Finding;
use crate::grid::CrsKind;
use crate::input::{Ground, Projection, StandFile, Transformer, read_stands};
use crate::plan::{CoversKey, Plan, StandsTable};
use crate::units::{Hectares, SquareMetres};

/// A register on the ground of the run.
#[derive(Debug)]
pub(super) struct PlacedRegister {
    pub(super) register: Register,
    /// Shapes of the stands in the coordinates of the grid.
    pub(super) shapes: Vec<MultiPolygon<f64>>,
    /// What its keeper should look at.
    pub(super) issues: Vec<StandIssue>,
    /// Area that is in two stands, on the ellipsoid.
    pub(super) overlap: Hectares,
    /// Area of each region that no stand covers.
    pub(super) uncovered: Vec<Hectares>,
    /// Whether the register is of all land.
    pub(super) of_all_land: bool,
}

/// Registers as read, before their place is known.
pub(super) fn read(
    plan: &Plan,
    seeds: &Seeds,
    gathered: &mut Gathered,
) -> Vec<(StandsTable, StandFile)> {
    let tables = plan
        .file
        .inventory
        .iter()
        .flat_map(|inventory| &inventory.stands);
    let mut files = Vec::new();
    for table in tables {
        let paths = [
            Some(&table.path),
            table.land_classes.as_ref(),
            table.species.as_ref(),
        ];
        for path in paths.into_iter().flatten() {
            let path = plan.resolve(path);
            if !gathered.inputs.contains(&path) {
                gathered.inputs.push(path);
            }
        }
        match read_stands(table, seeds.stand_codes(), &|path| plan.resolve(path)) {
            Ok(mut file) => {
                gathered.warnings.append(&mut file.warnings);
                if plan.file.registry && file.recalled_codes {
                    gathered.findings.push(Finding::error(
                        &file.name,
                        "registry mode, and codes of the register were understood by tables that were recalled, not read again",
                        "state what the codes mean: `land-classes` and `species` in `[[inventory.stands]]`, names in place of codes of origin and age group",
                    ));
                }
                files.push((table.clone(), file));
            }
            Err(problems) => gathered.findings.extend(problems),
        }
    }
    files.sort_by_key(|(table, _)| table.year);
    files
}

/// The registers on the ground of the run.
pub(super) fn place(
    files: Vec<(StandsTable, StandFile)>,
    (regions, disjoint): (&[Place], bool),
    ground: &Ground,
    tolerance: (f64, f64),
    gathered: &mut Gathered,
) -> Vec<PlacedRegister> {
    let mut placed = Vec::new();
    for (table, file) in files {
        let placing = Placing {
            table: &table,
            regions,
            disjoint,
            ground,
            tolerance,
        };
        match placing.register(file) {
            Ok((register, notes)) => {
                gathered.warnings.extend(notes);
                placed.push(register);
            }
            Err(problems) => gathered.findings.extend(problems),
        }
    }
    placed
}

struct Placing<'a> {
    table: &'a StandsTable,
    regions: &'a [Place],
    disjoint: bool,
    ground: &'a Ground,
    tolerance: (f64, f64),
}

/// Share by which areas or volumes of a stand may differ before it is listed.
const DIFFERS: f64 = 0.05;

impl Placing<'_> {
    fn register(&self, file: StandFile) -> Result<(PlacedRegister, Vec<Finding>), Vec<Finding>> {
        let name = file.name.clone();
        let refused = |error: String| {
            vec![Finding::error(
                &name,
                error,
                "check the coordinates of the stands and `crs` in the plan",
            )]
        };
        let own = Ground::new(file.projection.clone()).map_err(|e| refused(e.to_string()))?;
        let to_ground = Transformer::new(&file.projection, self.ground.projection())
            .map_err(|e| refused(e.to_string()))?;
        let (mut stands, mut shapes) = (Vec::new(), Vec::new());
        let mut second = Vec::new();
        let mut named = Vec::new();
        let mut findings = Vec::new();
        for record in file.stands {
            let place = || -> Result<_, String> {
                let area = own.area(&record.shape).map_err(|e| e.to_string())?;
                let shape = to_ground
                    .polygons(&record.shape, self.tolerance)
                    .map_err(|e| e.to_string())?;
                Ok((area, shape))
            };
            match place() {
                Ok((area, shape)) => {
                    let flat = matches!(own.crs().kind, CrsKind::Projected { .. });
                    let mut stand = Stand {
                        plane: flat.then(|| own.plane_area(&record.shape)),
                        area,
                        id: record.id,
                        land: record.land,
                        land_class: record.land_class,
                        origin: record.origin,
                        species: record.species,
                        species_row: record.species_row,
                        age: record.age,
                        age_group: record.age_group,
                        registered: record.registered,
                        volume: None,
                        parts: Vec::new(),
                        outside: 1.0,
                    };
                    let on = stand.stock_area();
                    stand.volume = record.volume.map(|volume| volume.on(on));
                    second.push(record.second_volume.map(|volume| volume.on(on)));
                    named.push(record.region);
                    stands.push(stand);
                    shapes.push(shape);
                }
                Err(what) => findings.push(Finding::error(
                    format!("{name}, stand {}", record.id),
                    what,
                    "check the coordinates of the stand and `crs` in the plan",
                )),
            }
        }
        if !findings.is_empty() {
            return Err(findings);
        }
        self.scale_of_areas(&name, &stands)?;
        let index = StandIndex::new(&shapes);
        let mut notes = Vec::new();
        if file.has_region {
            self.by_name(&name, &mut stands, &named, &mut notes)?;
        } else {
            self.by_place(&name, &mut stands, &index, &mut notes)?;
        }
        let mut placed = PlacedRegister {
            register: Register {
                year: self.table.year,
                name: name.clone(),
                stands,
                species: file.species,
                has_volume: file.has_volume,
                recalled_codes: file.recalled_codes,
            },
            issues: Vec::new(),
            overlap: Hectares::ZERO,
            uncovered: Vec::new(),
            of_all_land: self.table.covers == CoversKey::Land,
            shapes: Vec::new(),
        };
        self.look(&mut placed, &index, &second);
        tell(&placed, &mut notes);
        placed.shapes = shapes;
        Ok((placed, notes))
    }

    /// Refuses a register whose areas are in another unit than they are read in.
    fn scale_of_areas(&self, name: &str, stands: &[Stand]) -> Result<(), Vec<Finding>> {
        let with = || stands.iter().filter(|stand| stand.registered.is_some());
        let registered: Hectares = with().filter_map(|stand| stand.registered).sum();
        let drawn: Hectares = with().map(|stand| stand.area).sum();
        if drawn <= Hectares::ZERO || registered <= Hectares::ZERO {
            return Ok(());
        }
        let ratio = registered / drawn;
        let near = |factor: f64| (ratio / factor - 1.0).abs() < 0.2;
        let unit = if near(15.0) {
            "mu read as hectares"
        } else if near(1.0 / 15.0) {
            "hectares read as mu"
        } else if near(10_000.0) {
            "square metres read as hectares"
        } else if near(1500.0 / 2.25) {
            "square metres read as mu"
        } else {
            return Ok(());
        };
        Err(vec![Finding::error(
            name,
            format!(
                "the registered areas sum to {:.4} ha, the polygons to {:.4} ha: they look like {unit}",
                registered.value(),
                drawn.value()
            ),
            "state the unit: area = { column = \"...\", unit = \"mu\" } (or \"ha\", \"m2\") in `[inventory.stands.fields]`",
        )])
    }

    fn by_name(
        &self,
        name: &str,
        stands: &mut [Stand],
        named: &[Option<String>],
        notes: &mut Vec<Finding>,
    ) -> Result<(), Vec<Finding>> {
        let index = by_id(self.regions);
        let mut strange: std::collections::BTreeMap<String, usize> =
            std::collections::BTreeMap::new();
        for (stand, region) in stands.iter_mut().zip(named) {
            match region.as_deref().and_then(|id| index.get(id)) {
                Some(region) => {
                    stand.parts = vec![StandPart {
                        region: *region,
                        share: 1.0,
                    }];
                    stand.outside = 0.0;
                }
                None => {
                    *strange
                        .entry(region.clone().unwrap_or_default())
                        .or_default() += 1
                }
            }
        }
        let lost: usize = strange.values().sum();
        if lost == 0 {
            return Ok(());
        }
        let list: Vec<String> = strange
            .iter()
            .map(|(id, count)| format!("`{id}` ({count} stands)"))
            .collect();
        let what = format!(
            "{lost} of {} stands name a region that is none of the plan's: {}",
            stands.len(),
            list.join(", ")
        );
        if lost == stands.len() {
            return Err(vec![Finding::error(
                name,
                what,
                "name the field with the ids of the regions, or leave `region` out: the stands are then laid over the regions",
            )]);
        }
        notes.push(Finding::warning(
            name,
            what,
            "they count for no region; mend the ids if they should",
        ));
        Ok(())
    }

    fn by_place(
        &self,
        name: &str,
        stands: &mut [Stand],
        index: &StandIndex<'_>,
        notes: &mut Vec<Finding>,
    ) -> Result<(), Vec<Finding>> {
        let shapes: Vec<&MultiPolygon<f64>> = self.regions.iter().map(|r| &r.shape).collect();
        let measure = match self.ground.crs().kind {
            CrsKind::Geographic => Measure::Degrees(self.ground.crs().ellipsoid),
            CrsKind::Projected { .. } => Measure::Plane,
        };
        for (region, parts) in index.parts(&shapes, measure).into_iter().enumerate() {
            for (stand, share) in parts {
                stands[stand].parts.push(StandPart { region, share });
            }
        }
        for stand in stands.iter_mut() {
            // Less than a square metre, or a millionth of the stand, is the drawing of the border.
            let least = (1e-4 / stand.area.value()).max(1e-6);
            stand.parts.retain(|part| part.share >= least);
            let sum: f64 = stand.parts.iter().map(|part| part.share).sum();
            stand.outside = if stand.parts.is_empty() {
                1.0
            } else if self.disjoint {
                (1.0 - sum).max(0.0)
            } else {
                0.0
            };
            if stand.outside > 0.0 && stand.outside < least.max(1e-6) + 1e-9 {
                stand.outside = 0.0;
            }
            if self.disjoint && stand.outside == 0.0 && sum > 0.0 {
                for part in &mut stand.parts {
                    part.share /= sum;
                }
            }
        }
        let lost = stands.iter().filter(|stand| stand.parts.is_empty()).count();
        if lost == stands.len() && lost > 0 {
            return Err(vec![Finding::error(
                name,
                format!("none of the {lost} stands lies in a region"),
                "check the coordinate systems of stands and regions (`crs`)",
            )]);
        }
        let outside: Hectares = stands
            .iter()
            .map(|stand| Hectares::new(stand.area.value() * stand.outside))
            .sum();
        let some = stands.iter().filter(|stand| stand.outside > 0.0).count();
        if some > 0 {
            notes.push(Finding::warning(
                name,
                format!(
                    "{some} of {} stands lie outside every region, {lost} of them as a whole: {:.4} ha",
                    stands.len(),
                    outside.value()
                ),
                "what lies outside counts for no region; see outside-regions in tables/stand_issues.csv",
            ));
        }
        Ok(())
    }

    /// Overlaps, gaps, and what differs in the register itself.
    fn look(
        &self,
        placed: &mut PlacedRegister,
        index: &StandIndex<'_>,
        second: &[Option<crate::units::CubicMetres>],
    ) {
        let to_map = Projection::wgs84()
            .and_then(|wgs84| Transformer::new(self.ground.projection(), &wgs84))
            .ok();
        let point_of = |shape: &MultiPolygon<f64>| -> Option<Coord<f64>> {
            let mut point = [inside(shape)?];
            to_map.as_ref()?.points(&mut point).ok()?;
            Some(point[0])
        };
        let stands = &placed.register.stands;
        let region_of = |stand: &Stand| match stand.parts.as_slice() {
            [one] => self.regions[one.region].id.clone(),
            _ => String::new(),
        };
        let issue = |kind: &str, shape: Option<&MultiPolygon<f64>>, what: String| {
            let point = shape.and_then(point_of);
            StandIssue {
                year: self.table.year,
                kind: kind.to_owned(),
                stand_id: String::new(),
                other_id: String::new(),
                region_id: String::new(),
                area: None,
                longitude: point.map(|p| p.x),
                latitude: point.map(|p| p.y),
                what,
            }
        };
        let mut issues = Vec::new();
        // The overlay works in the plane; a stand's own scale makes true areas of it.
        let least = SquareMetres::new(self.table.min_overlap_m2);
        let least_ha: Hectares = least.into();
        let scale = |stand: usize| {
            let plane = index.shapes[stand].unsigned_area();
            if plane > 0.0 {
                stands[stand].area.value() / plane
            } else {
                0.0
            }
        };
        let smallest_scale = (0..stands.len())
            .map(scale)
            .filter(|scale| *scale > 0.0)
            .fold(0.0, f64::max);
        let in_plane = if smallest_scale > 0.0 {
            least_ha.value() / smallest_scale
        } else {
            0.0
        };
        for (one, other, shared) in index.overlaps(in_plane) {
            let area = Hectares::new(shared.unsigned_area() * scale(one));
            if area <= least_ha {
                continue;
            }
            placed.overlap += area;
            issues.push(StandIssue {
                stand_id: stands[one].id.clone(),
                other_id: stands[other].id.clone(),
                region_id: region_of(&stands[one]),
                area: Some(area),
                ..issue(
                    "overlap",
                    Some(&shared),
                    "two stands share this area: it counts twice".to_owned(),
                )
            });
        }
        let (gaps, uncovered) = self.gaps(placed, index, least_ha);
        for (region, gap, area, what) in gaps {
            issues.push(StandIssue {
                region_id: self.regions[region].id.clone(),
                area: Some(area),
                ..issue("gap", Some(&gap), what)
            });
        }
        placed.uncovered = uncovered;
        for (at, stand) in stands.iter().enumerate() {
            let shape = Some(&index.shapes[at]);
            let mut add = |kind: &str, area: Hectares, what: String| {
                issues.push(StandIssue {
                    stand_id: stand.id.clone(),
                    region_id: region_of(stand),
                    area: Some(area),
                    ..issue(kind, shape, what)
                });
            };
            if stand.outside > 0.0 {
                let area = Hectares::new(stand.area.value() * stand.outside);
                add(
                    "outside-regions",
                    area,
                    format!(
                        "{:.6} % of the stand lies in no region",
                        100.0 * stand.outside
                    ),
                );
            }
            if let Some(registered) = stand.registered {
                let differs = (registered / stand.area - 1.0).abs();
                if differs > DIFFERS || registered <= Hectares::ZERO {
                    add(
                        "area-differs",
                        stand.area,
                        format!(
                            "registered {:.4} ha, polygon {:.4} ha",
                            registered.value(),
                            stand.area.value()
                        ),
                    );
                }
            }
            if placed.register.has_volume && stand.volume.is_none() && stand.has_forest_stock() {
                add(
                    "volume-missing",
                    stand.stock_area(),
                    "forest of trees without a volume: not known".to_owned(),
                );
            }
            if let (Some(volume), Some(second)) = (stand.volume, second[at]) {
                let scale = volume.value().abs().max(second.value().abs());
                if (volume.value() - second.value()).abs() > DIFFERS * scale {
                    add(
                        "volume-differs",
                        stand.stock_area(),
                        format!(
                            "{:.4} m3 by one field, {:.4} m3 by the other",
                            volume.value(),
                            second.value()
                        ),
                    );
                }
            }
        }
        placed.issues = issues;
    }

    /// Gaps between stands, and the area of each region that no stand covers.
    #[expect(
        clippy::type_complexity,
        reason = "one list of gaps with where, how large and what"
    )]
    fn gaps(
        &self,
        placed: &PlacedRegister,
        index: &StandIndex<'_>,
        least: Hectares,
    ) -> (
        Vec<(usize, MultiPolygon<f64>, Hectares, String)>,
        Vec<Hectares>,
    ) {
        let mut of_region: Vec<Vec<usize>> = vec![Vec::new(); self.regions.len()];
        for (at, stand) in placed.register.stands.iter().enumerate() {
            for part in &stand.parts {
                of_region[part.region].push(at);
            }
        }
        let found: Vec<(Vec<MultiPolygon<f64>>, MultiPolygon<f64>)> = of_region
            .par_iter()
            .zip(self.regions)
            .map(|(stands, region)| {
                use geo::BooleanOps;
                let union = index.union(stands);
                let left = region.shape.difference(&union);
                let gaps = if placed.of_all_land {
                    left.iter()
                        .map(|gap| MultiPolygon(vec![gap.clone()]))
                        .collect()
                } else {
                    holes(&union)
                        .into_iter()
                        .map(|hole| region.shape.intersection(&MultiPolygon(vec![hole])))
                        .collect()
                };
                (gaps, left)
            })
            .collect();
        let mut gaps = Vec::new();
        let mut uncovered = Vec::new();
        let what = if placed.of_all_land {
            "no stand covers this part of the region"
        } else {
            "stands enclose this area, and none covers it"
        };
        for (region, (shapes, left)) in found.into_iter().enumerate() {
            let area =
                |shape: &MultiPolygon<f64>| self.ground.area(shape).unwrap_or(Hectares::ZERO);
            uncovered.push(if left.0.is_empty() {
                Hectares::ZERO
            } else {
                area(&left)
            });
            for shape in shapes {
                let area = if shape.0.is_empty() {
                    Hectares::ZERO
                } else {
                    area(&shape)
                };
                if area > least {
                    gaps.push((region, shape, area, what.to_owned()));
                }
            }
        }
        (gaps, uncovered)
    }
}

/// What was found, in a warning a kind.
fn tell(placed: &PlacedRegister, notes: &mut Vec<Finding>) {
    let kinds = [
        (
            "overlap",
            "pairs of stands overlap",
            "what they share counts twice; mend their borders",
        ),
        (
            "gap",
            "gaps between stands",
            "fill them, or leave them if no stand belongs there",
        ),
        (
            "area-differs",
            "stands whose registered area is not that of their polygon",
            "the account takes the registered area; see which is right",
        ),
        (
            "volume-missing",
            "stands of forest without a volume",
            "they are not in the stock volume: unknown is not zero; `missing-volume = \"zero\"` says that there is nothing to measure",
        ),
        (
            "volume-differs",
            "stands whose two volumes differ",
            "the account takes the first; see which is right",
        ),
    ];
    for (kind, what, remedy) in kinds {
        let of_kind = || placed.issues.iter().filter(|issue| issue.kind == kind);
        let area: Hectares = of_kind().filter_map(|issue| issue.area).sum();
        let count = of_kind().count();
        if count > 0 {
            notes.push(Finding::warning(
                &placed.register.name,
                format!(
                    "{count} {what}: {:.4} ha, listed in tables/stand_issues.csv",
                    area.value()
                ),
                remedy,
            ));
        }
    }
}

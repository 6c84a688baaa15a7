//! The pass over the maps: regions and their pieces become the area ledger.

use std::collections::{BTreeMap, BTreeSet};

use geo::MultiPolygon;

use super::parts::key;
use crate::account::{Legend, MeasuredArea, MeasuredValues, TOO_LOW as TOO_LOW_TREES};
use crate::grid::clip_to_extent;
use crate::input::Ground;
use crate::pipeline::open::{self, Maps, Piece, Prepared};
use crate::pipeline::{Pass, RunError, Watch};
use crate::plan::Plan;
use crate::report::{LedgerRow, LedgerValues};
use crate::units::Hectares;
use crate::zonal::{
    self, Class, Classes, Edges, Ledger, Neighbours, PatchLayer, Screen, Screened, TOO_SMALL,
    Tally, ValueTally, WithPatches, Zone,
};

/// Cells that the overlay of boundaries may misplace: it moves corners by less than a millimetre.
/// What is left of a class outside all boundaries is nothing when it is less.
const OVERLAY_CELLS: f64 = 1e-4;

/// What the pass found.
#[derive(Debug, Default)]
pub(in crate::pipeline) struct Measured {
    /// Number of maps; the classes after theirs are those of further layers, then of patches.
    maps: usize,
    /// Area by unit and classes: units are the regions, then the pieces.
    pub(in crate::pipeline) lines: Vec<MeasuredArea>,
    /// The same, exact, for the ledger file.
    pub(in crate::pipeline) rows: Vec<LedgerRow>,
    /// Area of each region outside the grid.
    pub(in crate::pipeline) outside: Vec<Hectares>,
    /// Regions whose cells could not all be read, and why.
    pub(in crate::pipeline) failures: Vec<(usize, String)>,
    /// Regions of which the map has no cell.
    pub(in crate::pipeline) beside: Vec<usize>,
    /// Area by site of restoration and classes; units are the sites.
    pub(in crate::pipeline) site_lines: Vec<MeasuredArea>,
    /// Area by burnt zone and classes; units are the burnt zones. Their cells are cells of their regions.
    pub(in crate::pipeline) burnt_lines: Vec<MeasuredArea>,
    /// Sites whose cells could not all be read, and why.
    pub(in crate::pipeline) site_failures: BTreeMap<usize, String>,
    /// Burnt zones whose cells could not all be read.
    pub(in crate::pipeline) burnt_failures: BTreeSet<usize>,
    /// Number of class layers of the plan beside its maps; the patch layers come last.
    layers: usize,
}

/// A layer a map of the patches that are too small, where the forest rule looks at patches.
fn patch_layers(prepared: &Prepared, maps: &Maps) -> Vec<PatchLayer> {
    let Some(rule) = prepared.forest.patch else {
        return Vec::new();
    };
    let layer = |(of, legend): (usize, &Legend)| PatchLayer {
        of,
        classes: legend
            .classes()
            .filter(|class| prepared.forest.is_forest(class))
            .map(|class| class.value)
            .collect(),
        smallest: rule.smallest.into(),
        neighbours: if rule.neighbours == 4 {
            Neighbours::Four
        } else {
            Neighbours::Eight
        },
    };
    maps.legends.iter().enumerate().map(layer).collect()
}

/// How the map of canopy is held against a layer of heights, where the forest rule has one.
fn height_screen(prepared: &Prepared, maps: &Maps) -> Option<Screen> {
    let height = prepared.forest.height.as_ref()?;
    let (_, values) = open::layers::names(&prepared.layers);
    let legend = maps.legends.first()?;
    let forest = legend
        .classes()
        .filter(|class| prepared.forest.is_forest(class));
    Some(Screen {
        of: 0,
        classes: forest.map(|class| class.value).collect(),
        by: values.iter().position(|name| *name == height.layer)?,
        least: height.least_m,
        below: TOO_LOW_TREES,
    })
}

/// Measures every region, piece, site and burnt zone in one pass.
pub(in crate::pipeline) fn measure(
    plan: &Plan,
    prepared: &Prepared,
    maps: &Maps,
    edges: Edges,
    pass: &Pass,
    watch: &dyn Watch,
) -> Result<Measured, RunError> {
    let regions = prepared.regions.iter().map(|region| &region.shape);
    let pieces = prepared.overlay.pieces.iter().map(|piece| &piece.shape);
    let sites = prepared.sites.iter().map(|site| &site.shape);
    let burnt = prepared.burnt.zones.iter().map(|zone| &zone.shape);
    let zones: Vec<Zone> = regions
        .chain(pieces)
        .chain(sites)
        .chain(burnt)
        .map(|shape| Zone {
            shape: maps.grid.turned(shape).into_owned(),
        })
        .collect();
    let patches = patch_layers(prepared, maps);
    let rasters = open::layers::rasters(maps, &prepared.layers);
    let own = rasters.classes.len();
    let screen = height_screen(prepared, maps);
    let key = key(&maps.grid, &zones, &rasters, edges, &(&patches, &screen));
    let keeper = pass.parts.open(key);
    let threads = pass.memory.threads(pass.threads, &rasters, 0, &zones)?;
    let options = zonal::Options {
        class_layers: own + patches.len(),
        value_layers: rasters.values.len(),
        edges,
        threads,
    };
    let rasters = Screened::new(&rasters, screen.as_ref());
    let rasters = WithPatches::new(&rasters, own, &maps.grid, &maps.areas, &patches);
    let ledger = zonal::measure_from(
        keeper.start.clone(),
        &maps.grid,
        &maps.areas,
        &zones,
        &rasters,
        &options,
        &|done, total| watch.blocks(done, total),
        &keeper,
    )?;
    let mut measured = Measured {
        maps: maps.rasters.len(),
        layers: own - maps.rasters.len(),
        outside: outside(prepared, maps, &prepared.ground)?,
        ..Measured::default()
    };
    measured.fail(&ledger, prepared);
    let first = prepared.regions.len();
    let mut pieces_of: Vec<Vec<u32>> = vec![Vec::new(); first];
    for (position, piece) in prepared.overlay.pieces.iter().enumerate() {
        pieces_of[piece.region].push(number(first + position));
    }
    for (region, place) in prepared.regions.iter().enumerate() {
        for (classes, tally) in &without_pieces(&ledger, number(region), &pieces_of[region]) {
            let line = measured.line(region, (&place.id, None), classes, tally);
            measured.lines.push(line);
        }
    }
    for (position, piece) in prepared.overlay.pieces.iter().enumerate() {
        let region = &prepared.regions[piece.region].id;
        let boundary = labels(prepared, piece);
        for (classes, tally) in ledger.zone(number(first + position)) {
            let of = (region.as_str(), Some(boundary.clone()));
            let line = measured.line(first + position, of, classes, tally);
            measured.lines.push(line);
        }
        let beyond = beyond((&piece.shape, piece.area), maps, &prepared.ground)?;
        if beyond > Hectares::ZERO {
            let line = measured.beyond(first + position, beyond, options.value_layers);
            measured.lines.push(line);
        }
    }
    let first = first + prepared.overlay.pieces.len();
    for (position, site) in prepared.sites.iter().enumerate() {
        let name = site.key(&plan.file.restoration[site.restoration].name);
        for (classes, tally) in ledger.zone(number(first + position)) {
            let line = measured.line(first + position, (&name, None), classes, tally);
            measured.site_lines.push(MeasuredArea {
                unit: position,
                ..line
            });
        }
    }
    let first = first + prepared.sites.len();
    for (position, zone) in prepared.burnt.zones.iter().enumerate() {
        let name = prepared.burnt.key(zone, &prepared.regions[zone.region].id);
        for (classes, tally) in ledger.zone(number(first + position)) {
            let line = measured.line(first + position, (&name, None), classes, tally);
            measured.burnt_lines.push(MeasuredArea {
                unit: position,
                ..line
            });
        }
        let beyond = beyond((&zone.shape, zone.area), maps, &prepared.ground)?;
        if beyond > Hectares::ZERO {
            let line = measured.beyond(position, beyond, options.value_layers);
            measured.burnt_lines.push(line);
        }
    }
    Ok(measured)
}

/// The boundaries that a piece lies in.
fn labels(prepared: &Prepared, piece: &Piece) -> String {
    let within = piece.within().into_iter();
    let labels: Vec<String> = within
        .map(|boundary| prepared.boundaries[boundary].label())
        .collect();
    labels.join(" + ")
}

/// Regions and pieces of a run without maps, by their polygons alone.
pub(in crate::pipeline) fn outlines(prepared: &Prepared) -> Measured {
    let mut measured = Measured::default();
    let none = Classes::from(Vec::new());
    let regions = prepared.regions.iter().zip(&prepared.overlay.outside);
    for (unit, (region, area)) in regions.enumerate() {
        let tally = Tally::of_outline(*area);
        let line = measured.line(unit, (&region.id, None), &none, &tally);
        measured.lines.push(line);
    }
    let first = prepared.regions.len();
    for (position, piece) in prepared.overlay.pieces.iter().enumerate() {
        let region = &prepared.regions[piece.region].id;
        let of = (region.as_str(), Some(labels(prepared, piece)));
        let line = measured.line(first + position, of, &none, &Tally::of_outline(piece.area));
        measured.lines.push(line);
    }
    let first = first + prepared.overlay.pieces.len() + prepared.sites.len();
    for (position, zone) in prepared.burnt.zones.iter().enumerate() {
        let name = prepared.burnt.key(zone, &prepared.regions[zone.region].id);
        let tally = Tally::of_outline(zone.area);
        let line = measured.line(first + position, (&name, None), &none, &tally);
        measured.burnt_lines.push(MeasuredArea {
            unit: position,
            ..line
        });
    }
    measured
}

#[expect(
    clippy::cast_possible_truncation,
    reason = "the engine refuses more than 2^32 zones"
)]
fn number(zone: usize) -> u32 {
    zone as u32
}

/// What a region holds outside all its pieces: the whole less the pieces, in exact integers.
fn without_pieces(ledger: &Ledger, region: u32, pieces: &[u32]) -> Vec<(Classes, Tally)> {
    let mut rest = Vec::new();
    for (classes, whole) in ledger.zone(region) {
        let mut part = (i128::from(whole.full) << 40) + whole.part;
        let mut area = whole.area;
        let mut values = whole.values.clone();
        for piece in pieces {
            if let Some(tally) = ledger.get(*piece, classes) {
                part -= (i128::from(tally.full) << 40) + tally.part;
                area -= tally.area;
                for (rest, part) in values.iter_mut().zip(&tally.values) {
                    take(rest, part);
                }
            }
        }
        // Kept as whole cells and a part, as the engine counts.
        let full = if pieces.is_empty() {
            whole.full
        } else {
            u64::try_from(part >> 40).unwrap_or(0)
        };
        let tally = Tally {
            full,
            part: part - (i128::from(full) << 40),
            area,
            values,
        };
        if pieces.is_empty() || tally.cells() > OVERLAY_CELLS {
            rest.push((classes.clone(), tally));
        }
    }
    rest
}

/// Takes the values of a piece away from those of a whole.
///
/// The least value of the rest is that of the whole, unless the piece has it too: then it cannot be
/// told and becomes "not a number". The greatest likewise.
fn take(rest: &mut ValueTally, piece: &ValueTally) {
    rest.part -= piece.part + (i128::from(piece.full) << 40);
    rest.area -= piece.area;
    rest.sum -= piece.sum;
    rest.plain_sum -= piece.plain_sum;
    rest.squared_deviations -= piece.squared_deviations + rest.deviations_between(piece);
    if piece.least <= rest.least {
        rest.least = f64::NAN;
    }
    if piece.greatest >= rest.greatest {
        rest.greatest = f64::NAN;
    }
}

/// A bound that is known: neither without data nor lost to a piece.
fn known(bound: f64) -> Option<f64> {
    Some(bound).filter(|bound| bound.is_finite())
}

impl Measured {
    /// Adds the row of a zone to the ledger and gives it as a line of the account. A zone is of a
    /// region or site, inside a boundary or none.
    fn line(
        &mut self,
        unit: usize,
        (region_id, boundary): (&str, Option<String>),
        classes: &Classes,
        tally: &Tally,
    ) -> MeasuredArea {
        let mut codes: Vec<Option<i64>> = classes
            .iter()
            .map(|class| match class {
                Class::Code(code) => Some(*code),
                Class::Nodata => None,
            })
            .collect();
        self.rows.push(LedgerRow {
            zone: number(unit),
            region_id: region_id.to_owned(),
            boundary,
            classes: codes.clone(),
            cells_full: tally.full,
            cells_part: tally.part,
            area_units: tally.area,
            values: tally.values.iter().map(ledger_values).collect(),
        });
        let mut layer_classes = codes.split_off(self.maps);
        let patches = layer_classes.split_off(self.layers);
        MeasuredArea {
            outside: false,
            unit,
            classes: codes,
            too_small: patches
                .iter()
                .map(|code| *code == Some(TOO_SMALL))
                .collect(),
            area: tally.hectares(),
            cells: tally.cells(),
            layer_classes,
            layer_values: tally.values.iter().map(measured_values).collect(),
        }
    }

    /// The part of a zone beyond the raster, as a line of the account; it is in no cell and not in the
    /// ledger.
    fn beyond(&self, unit: usize, area: Hectares, value_layers: usize) -> MeasuredArea {
        MeasuredArea {
            unit,
            classes: vec![None; self.maps],
            area,
            outside: true,
            layer_classes: vec![None; self.layers],
            layer_values: vec![MeasuredValues::default(); value_layers],
            ..MeasuredArea::default()
        }
    }

    /// Notes the regions and sites that lack cells, each once, with the first reason, the burnt zones that do, and
    /// the regions that have none.
    fn fail(&mut self, ledger: &Ledger, prepared: &Prepared) {
        let regions = prepared.regions.len();
        let sites = regions + prepared.overlay.pieces.len();
        let burnt = sites + prepared.sites.len();
        let mut failed: BTreeMap<usize, String> = BTreeMap::new();
        for failure in ledger.failures() {
            for zone in &failure.zones {
                let zone = *zone as usize;
                if zone >= burnt {
                    self.burnt_failures.insert(zone - burnt);
                    continue;
                }
                let (into, place) = if zone < regions {
                    (&mut failed, zone)
                } else if zone < sites {
                    (&mut failed, prepared.overlay.pieces[zone - regions].region)
                } else {
                    (&mut self.site_failures, zone - sites)
                };
                into.entry(place).or_insert_with(|| failure.message.clone());
            }
        }
        let holds = |region: &usize| ledger.zone(number(*region)).next().is_some();
        self.beside = (0..regions)
            .filter(|region| !holds(region) && !failed.contains_key(region))
            .collect();
        self.failures = failed.into_iter().collect();
    }
}

fn ledger_values(values: &ValueTally) -> LedgerValues {
    LedgerValues {
        area_units: values.area,
        sum: values.sum,
        least: known(values.least),
        greatest: known(values.greatest),
    }
}

fn measured_values(values: &ValueTally) -> MeasuredValues {
    MeasuredValues {
        area: values.hectares(),
        sum: values.sum_per_hectare(),
        plain_sum: values.plain_sum,
        least: known(values.least),
        greatest: known(values.greatest),
    }
}

/// The part of each region outside the grid, from the polygons alone: what the cells are checked
/// against.
fn outside(prepared: &Prepared, maps: &Maps, ground: &Ground) -> Result<Vec<Hectares>, RunError> {
    let regions = prepared.regions.iter();
    regions
        .map(|region| beyond((&region.shape, region.area), maps, ground))
        .collect()
}

/// The part of a shape of this area outside the grid.
fn beyond(
    (shape, area): (&MultiPolygon<f64>, Hectares),
    maps: &Maps,
    ground: &Ground,
) -> Result<Hectares, RunError> {
    let inside = clip_to_extent(&maps.grid.turned(shape), maps.grid.extent());
    // The clip adds corners, and rounding with them: less than that is nothing.
    let outside = area - ground.area(&inside)?;
    let is_rounding = outside.value().abs() <= 1e-12 * area.value();
    Ok(if is_rounding { Hectares::ZERO } else { outside })
}

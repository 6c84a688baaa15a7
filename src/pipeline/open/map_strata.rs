//! Strata that are classes of a map: where the plots lie on it, and what each stratum weighs.

use std::collections::BTreeMap;

use geo::Coord;

use super::gathered::Gathered;
use super::groups::{taken_names, unknown_codes};
use super::layers::{Layer, LayerCells};
use super::locator::Locator;
use super::maps::Maps;
use super::prepare::Place;
use crate::account::CANOPY;
use crate::estimate::{Design, joined};
use crate::finding::{Finding, counted};
use crate::input::{
    ClassRaster, GridRasters, Ground, OnMap, Points, Projection, StrataOnMap, Transformer,
};
use crate::plan::{GroupTable, MapUnitsKey, Plan};
use crate::zonal::{AtPoint, classes_at};

/// The stratum of land of which the map says nothing.
const NODATA: &str = "no data";

/// The one unit of a sample of all regions together.
pub(in crate::pipeline) const WHOLE: &str = "all";

/// The map of a plan whose classes are strata.
pub(in crate::pipeline) struct MapStrata<'a> {
    pub(in crate::pipeline) units: MapUnitsKey,
    maps: &'a Maps,
    raster: &'a ClassRaster,
    /// What it is called in findings and notes.
    pub(in crate::pipeline) words: String,
    /// Place among the maps, or among the class layers of the plan.
    pub(in crate::pipeline) place: MapPlace,
    /// Ids of the strata, groups first; the last is that of no data.
    pub(in crate::pipeline) ids: Vec<String>,
    /// Stratum of each code by position.
    of_code: BTreeMap<i64, usize>,
    pub(in crate::pipeline) regions: &'a [Place],
    ground: &'a Ground,
    locator: Locator<'a>,
}

/// Where the codes of the strata stand in a line of the pass.
#[derive(Clone, Copy)]
pub(in crate::pipeline) enum MapPlace {
    /// Among the maps.
    Map(usize),
    /// Among the class layers of the plan.
    Layer(usize),
}

/// A code of the legend: its own name as a stratum, and whether it is one.
struct Code {
    value: i64,
    name: String,
    is_nodata: bool,
}

/// The raster of the strata, with its codes.
struct Source<'a> {
    place: MapPlace,
    raster: &'a ClassRaster,
    words: String,
    /// Id of the legend.
    legend: &'a str,
    codes: Vec<Code>,
}

impl<'a> Source<'a> {
    fn of_map(maps: &'a Maps, year: i32) -> Option<Self> {
        let at = maps.years.iter().position(|known| *known == year)?;
        let legend = &maps.legends[at];
        let codes = legend.classes().map(|class| Code {
            value: class.value,
            name: match class.ecosystem {
                // Each percent is a class of its own.
                Some(ecosystem) if legend.id == CANOPY => ecosystem.id().to_owned(),
                _ => format!("{} {}", class.value, class.name),
            },
            is_nodata: legend.is_nodata(class.value),
        });
        Some(Self {
            place: MapPlace::Map(at),
            raster: &maps.rasters[at],
            words: format!("the map of {year}"),
            legend: &legend.id,
            codes: codes.collect(),
        })
    }

    fn of_layer(layers: &'a [Layer], name: &str) -> Option<Self> {
        let of_classes = layers.iter().filter_map(|layer| match &layer.cells {
            LayerCells::Classes { raster, legend } => Some((&layer.name, raster, legend)),
            LayerCells::Values { .. } => None,
        });
        let mut of_classes = of_classes.enumerate();
        let (at, (_, raster, legend)) = of_classes.find(|(_, layer)| layer.0 == name)?;
        let codes = legend.classes().map(|(value, class)| Code {
            value,
            name: format!("{value} {}", class.name),
            is_nodata: class.is_nodata,
        });
        Some(Self {
            place: MapPlace::Layer(at),
            raster,
            words: format!("layer {name}"),
            legend: &legend.id,
            codes: codes.collect(),
        })
    }
}

impl<'a> MapStrata<'a> {
    /// The map that the plan names; `None` without one, or where the plan alone is refused for it.
    pub(in crate::pipeline) fn of(
        plan: &Plan,
        maps: Option<&'a Maps>,
        layers: &'a [Layer],
        (regions, ground): (&'a [Place], &'a Ground),
        gathered: &mut Gathered,
    ) -> Option<Self> {
        let table = plan.file.inventory.as_ref()?.map_strata.as_ref()?;
        let maps = maps?;
        let source = match (table.land_cover, &table.layer) {
            (Some(year), None) => Source::of_map(maps, year)?,
            (None, Some(name)) => Source::of_layer(layers, name)?,
            _ => return None,
        };
        let (ids, of_code) = strata(&table.group, &source, &mut gathered.findings);
        Some(Self {
            units: table.units,
            maps,
            raster: source.raster,
            words: source.words,
            place: source.place,
            ids,
            of_code,
            regions,
            ground,
            locator: Locator::new(regions),
        })
    }

    /// The stratum of what the map holds; land of which it says nothing is one by itself.
    pub(in crate::pipeline) fn stratum(&self, code: Option<i64>) -> usize {
        let known = code.and_then(|code| self.of_code.get(&code));
        known.copied().unwrap_or(self.ids.len() - 1)
    }

    pub(in crate::pipeline) fn unit(&self, region: usize) -> usize {
        match self.units {
            MapUnitsKey::Whole => 0,
            MapUnitsKey::Regions => region,
        }
    }

    pub(in crate::pipeline) fn unit_ids(&self) -> Vec<String> {
        match self.units {
            MapUnitsKey::Whole => vec![WHOLE.to_owned()],
            MapUnitsKey::Regions => self.regions.iter().map(|place| place.id.clone()).collect(),
        }
    }
}

/// Strata of the codes of a legend: ids, and the position of each code that is no "no data".
fn strata(
    groups: &[GroupTable],
    source: &Source<'_>,
    findings: &mut Vec<Finding>,
) -> (Vec<String>, BTreeMap<i64, usize>) {
    let codes = &source.codes;
    let known = |value: i64| {
        codes
            .iter()
            .any(|code| code.value == value && !code.is_nodata)
    };
    let table = "[[inventory.map-strata.group]]";
    findings.extend(unknown_codes(table, groups, source.legend, &known));
    let grouped = |value: i64| groups.iter().any(|group| group.codes.contains(&value));
    let taken = |name: &str| {
        let mut single = codes.iter().filter(|code| !grouped(code.value));
        name == NODATA || single.any(|code| code.name == name)
    };
    findings.extend(taken_names(table, groups, &taken));
    let mut ids: Vec<String> = groups.iter().map(|group| group.name.clone()).collect();
    let mut of_code = BTreeMap::new();
    for (at, group) in groups.iter().enumerate() {
        of_code.extend(group.codes.iter().map(|code| (*code, at)));
    }
    for code in codes.iter().filter(|code| !code.is_nodata) {
        if of_code.contains_key(&code.value) {
            continue;
        }
        let at = ids.iter().position(|id| *id == code.name);
        let at = at.unwrap_or_else(|| {
            ids.push(code.name.clone());
            ids.len() - 1
        });
        of_code.insert(code.value, at);
    }
    ids.push(NODATA.to_owned());
    (ids, of_code)
}

impl StrataOnMap for MapStrata<'_> {
    fn strata_at(
        &self,
        year: i32,
        design: Design,
        points: &Points,
        crs: &str,
    ) -> Result<(Vec<Option<OnMap>>, Vec<Finding>), Finding> {
        let wrong_system = |error: String| {
            let remedy = "mend `crs` of `[inventory.fields]`";
            Finding::error("`[inventory.fields]`", error, remedy)
        };
        let transformer = Projection::parse(crs)
            .and_then(|from| Transformer::new(&from, self.ground.projection()))
            .map_err(|error| wrong_system(error.to_string()))?;
        // Points without a place on the ground of the run are reported where all points are placed.
        let nowhere = Coord {
            x: f64::NAN,
            y: f64::NAN,
        };
        let on_ground = points.iter().map(|point| {
            let mut place = [point.map_or(nowhere, |(x, y)| Coord { x, y })];
            match transformer.points(&mut place) {
                Ok(()) => place[0],
                Err(_) => nowhere,
            }
        });
        let on_ground: Vec<Coord<f64>> = on_ground.collect();
        let rasters = GridRasters {
            classes: vec![self.raster.clone()],
            values: Vec::new(),
        };
        let classes = classes_at(&self.maps.grid, &rasters, 0, &on_ground).map_err(|error| {
            Finding::error(
                self.path(),
                format!("the map cannot be read at the plots: {error}"),
                "copy the map again from its source",
            )
        })?;
        let units = self.unit_ids();
        let mut plots = vec![vec![0; self.ids.len()]; units.len()];
        let mut places = Vec::with_capacity(points.len());
        for (point, class) in on_ground.iter().zip(classes) {
            let region = self.locator.regions_at(*point).first().copied();
            let code = match class {
                AtPoint::Class(code) => Some(code),
                AtPoint::Outside | AtPoint::Nodata => None,
            };
            let place = region.map(|region| (self.unit(region), self.stratum(code)));
            if let Some((unit, stratum)) = place {
                plots[unit][stratum] += 1;
            }
            places.push(place);
        }
        let unknown: usize = plots.iter().filter_map(|unit| unit.last()).sum();
        let note = (unknown > 0).then(|| self.without_data(year, unknown));
        let counts = plots.iter().map(|plots| counting(design, plots));
        let counts: Vec<Vec<usize>> = counts.collect();
        let on_map = |(unit, stratum): (usize, usize)| OnMap {
            unit: units[unit].clone(),
            stratum: self.ids[counts[unit][stratum]].clone(),
        };
        let places = places.into_iter().map(|place| place.map(on_map));
        Ok((places.collect(), note.into_iter().collect()))
    }
}

/// The stratum that each stratum counts as, by the plots in them. Strata that were drawn from by
/// themselves stay as they are.
pub(in crate::pipeline) fn counting(design: Design, plots: &[usize]) -> Vec<usize> {
    match design {
        Design::PostStratified => joined(plots),
        _ => (0..plots.len()).collect(),
    }
}

impl MapStrata<'_> {
    /// The file of the map.
    pub(in crate::pipeline) fn path(&self) -> String {
        self.raster.path.display().to_string()
    }

    fn without_data(&self, year: i32, plots: usize) -> Finding {
        Finding::warning(
            format!("inventory {year}"),
            format!(
                "{} where {} has no data: that land is the stratum `{NODATA}`",
                counted(plots, "plot lies", "plots lie"),
                self.words
            ),
            "give a map that covers all regions, or cut the regions to the map",
        )
    }
}

/// Land in two regions would be sampled twice.
pub(super) fn check_map_strata(plan: &Plan, disjoint: bool, findings: &mut Vec<Finding>) {
    let table = plan.file.inventory.as_ref();
    if !disjoint && table.is_some_and(|inventory| inventory.map_strata.is_some()) {
        findings.push(Finding::error(
            plan.path.display().to_string(),
            "`[inventory.map-strata]`, and the regions overlap: nobody knows what each stratum holds",
            "give regions that do not overlap, or the weights of the strata in `[inventory.strata]`",
        ));
    }
}

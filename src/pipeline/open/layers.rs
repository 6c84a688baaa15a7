//! Further layers of the plan: opened, laid on the grid of the maps, and told in tables.

use std::path::Path;

use super::gathered::Gathered;
use super::grid::Warped;
use super::maps::{Maps, legend_file};
use crate::account::{
    AreaAccount, AreaInput, LayerContent, LayerFacts, LayerLegend, Seeds, layer_parts, layer_rows,
};
use crate::finding::Finding;
use crate::grid::Grid;
use crate::input::{
    Cells, ClassRaster, GridRasters, Ground, Projection, Raster, RasterSource, ValueRaster,
};
use crate::plan::{LayerTable, Plan};

/// A further layer of the run, on the grid of the maps.
#[derive(Debug, Clone)]
pub(in crate::pipeline) struct Layer {
    /// Its name in the plan.
    pub(in crate::pipeline) name: String,
    /// What its cells hold.
    pub(in crate::pipeline) cells: LayerCells,
    /// How its cells came to those of the run, where they are not the same.
    pub(super) warped: Option<Warped>,
}

/// What the cells of a layer hold.
#[derive(Debug, Clone)]
pub(in crate::pipeline) enum LayerCells {
    /// Class codes.
    Classes {
        /// The raster.
        raster: ClassRaster,
        /// What its codes mean.
        legend: LayerLegend,
    },
    /// Values.
    Values {
        /// The raster.
        raster: ValueRaster,
        /// Unit of its values.
        unit: String,
    },
}

/// Opens the layers of the plan. Those that cannot be used are left out and reported.
pub(super) fn layers(
    plan: &Plan,
    seeds: &Seeds,
    maps: Option<&Option<Maps>>,
    ground: &Ground,
    gathered: &mut Gathered,
) -> Vec<Layer> {
    let grid = maps.and_then(Option::as_ref).map(|maps| &maps.grid);
    let mut layers = Vec::new();
    of_partly_read(plan, seeds, ground, gathered);
    for table in &plan.file.layer {
        gathered.inputs.push(plan.resolve(&table.path));
        let legend = table
            .legend
            .as_deref()
            .and_then(|legend| legend_of(plan, seeds, legend, gathered));
        match opened(plan, table, legend, grid, ground) {
            Ok(Some((cells, warped))) => {
                if let Some(layer) = &warped
                    && table.resampling.is_none()
                {
                    gathered.warnings.push(layer.warning());
                }
                match &cells {
                    LayerCells::Classes { raster, .. } => {
                        gathered.warnings.extend(raster.doubt());
                        gathered.warnings.extend(raster.caveats());
                    }
                    LayerCells::Values { raster, .. } => {
                        gathered.warnings.extend(raster.caveats());
                    }
                }
                layers.push(Layer {
                    name: table.name.clone(),
                    cells,
                    warped,
                });
            }
            // The plan or the legend is at fault, and that was said.
            Ok(None) => {}
            Err(problems) => gathered.findings.extend(problems),
        }
    }
    layers
}

/// What is wrong with layers of which some key was not read, but none that it rests on.
fn of_partly_read(plan: &Plan, seeds: &Seeds, ground: &Ground, gathered: &mut Gathered) {
    let keys = ["path", "band", "crs", "nodata", "unit"].map(|key| format!("layer.{key}"));
    let opens = plan.spares(&keys.each_ref().map(String::as_str));
    let has_legend = plan.spares(&["layer.legend"]);
    for table in &plan.partly.layers {
        let legend = table.legend.as_deref().filter(|_| has_legend);
        let read = legend.and_then(|legend| legend_of(plan, seeds, legend, gathered));
        // What its cells hold is not known of any other.
        if opens && (table.unit.is_some() || legend.is_some()) {
            let opened = opened(plan, table, read, None, ground);
            gathered.findings.extend(opened.err().unwrap_or_default());
        }
    }
}

fn opened(
    plan: &Plan,
    table: &LayerTable,
    legend: Option<LayerLegend>,
    grid: Option<&Grid>,
    ground: &Ground,
) -> Result<Option<(LayerCells, Option<Warped>)>, Vec<Finding>> {
    let path = plan.resolve(&table.path);
    let source = RasterSource {
        band: table.band,
        crs: table.crs.as_deref(),
        nodata: table.nodata,
    };
    if let Some(unit) = &table.unit {
        let (raster, projection) = ValueRaster::open(&path, &source)?;
        let opened = (raster.in_unit(unit), projection);
        let (raster, warped) = aligned(opened, table, grid, ground)?;
        let unit = unit.clone();
        return Ok(Some((LayerCells::Values { raster, unit }, warped)));
    }
    let opened = ClassRaster::open(&path, &source)?;
    let (raster, warped) = aligned(opened, table, grid, ground)?;
    Ok(legend.map(|legend| (LayerCells::Classes { raster, legend }, warped)))
}

fn aligned<T: Cells>(
    (mut raster, projection): (Raster<T>, Projection),
    table: &LayerTable,
    grid: Option<&Grid>,
    ground: &Ground,
) -> Result<(Raster<T>, Option<Warped>), Vec<Finding>> {
    let Some(grid) = grid else {
        return Ok((raster, None));
    };
    let by = table.resampling;
    let how = raster
        .align(&projection, grid, ground.projection(), by)
        .map_err(|finding| vec![finding])?;
    let path = raster.path.clone();
    Ok((raster, how.map(|how| Warped { path, how })))
}

fn legend_of(
    plan: &Plan,
    seeds: &Seeds,
    legend: &str,
    gathered: &mut Gathered,
) -> Option<LayerLegend> {
    let is_file = Path::new(legend)
        .extension()
        .is_some_and(|extension| extension.eq_ignore_ascii_case("csv"));
    if !is_file {
        return seeds
            .legend(legend)
            .map(LayerLegend::from)
            .map_err(|finding| gathered.findings.push(finding))
            .ok();
    }
    let (text, place) = legend_file(plan, legend, gathered)?;
    LayerLegend::from_csv(&text, &place)
        .map_err(|problems| gathered.findings.extend(problems))
        .ok()
}

/// All rasters of the one pass: the maps first, then the further class layers, and the value layers.
pub(in crate::pipeline) fn rasters(maps: &Maps, layers: &[Layer]) -> GridRasters {
    let mut rasters = GridRasters {
        classes: maps.rasters.clone(),
        values: Vec::new(),
    };
    for layer in layers {
        match &layer.cells {
            LayerCells::Classes { raster, .. } => rasters.classes.push(raster.clone()),
            LayerCells::Values { raster, .. } => rasters.values.push(raster.clone()),
        }
    }
    rasters
}

/// The rasters whose cells are not those of the run.
pub(in crate::pipeline) fn warped<'a>(maps: &'a Maps, layers: &'a [Layer]) -> Vec<&'a Warped> {
    let of_layers = layers.iter().filter_map(|layer| layer.warped.as_ref());
    maps.warped.iter().chain(of_layers).collect()
}

/// Names of the class layers and of the value layers, each in the order of the plan.
pub(in crate::pipeline) fn names(layers: &[Layer]) -> (Vec<String>, Vec<String>) {
    let (classes, values): (Vec<&Layer>, Vec<&Layer>) = layers
        .iter()
        .partition(|layer| matches!(layer.cells, LayerCells::Classes { .. }));
    let names = |layers: Vec<&Layer>| layers.iter().map(|layer| layer.name.clone()).collect();
    (names(classes), names(values))
}

/// Codes that the legend of a layer calls nodata are nodata.
pub(in crate::pipeline) fn known_layer_classes(
    classes: &[Option<i64>],
    layers: &[Layer],
) -> Vec<Option<i64>> {
    let legends = layers.iter().filter_map(|layer| match &layer.cells {
        LayerCells::Classes { legend, .. } => Some(legend),
        LayerCells::Values { .. } => None,
    });
    classes
        .iter()
        .zip(legends)
        .map(|(code, legend)| code.filter(|code| !legend.is_nodata(*code)))
        .collect()
}

/// The area account with what the layers say. Problems of both come in one list.
pub(in crate::pipeline) fn layered(
    areas: Result<AreaAccount, Vec<Finding>>,
    input: &AreaInput<'_>,
    layers: &[Layer],
) -> Result<AreaAccount, Vec<Finding>> {
    if layers.is_empty() {
        return areas;
    }
    let facts = facts(layers);
    let parts = match &areas {
        Ok(_) => layer_parts(input),
        Err(_) => Vec::new(),
    };
    match (areas, layer_rows(input, &facts, &parts)) {
        (Ok(mut areas), Ok(rows)) => {
            areas.layers = rows;
            areas.layer_parts = parts;
            Ok(areas)
        }
        (Err(mut findings), of_layers) => {
            findings.extend(of_layers.err().unwrap_or_default());
            Err(findings)
        }
        (Ok(_), Err(findings)) => Err(findings),
    }
}

/// The layers as the account needs them.
pub(super) fn facts(layers: &[Layer]) -> Vec<LayerFacts<'_>> {
    let (mut classes, mut values) = (0, 0);
    let next = |count: &mut usize| {
        *count += 1;
        *count - 1
    };
    layers
        .iter()
        .map(|layer| LayerFacts {
            name: &layer.name,
            content: match &layer.cells {
                LayerCells::Classes { legend, .. } => LayerContent::Classes {
                    place: next(&mut classes),
                    legend,
                },
                LayerCells::Values { unit, .. } => LayerContent::Values {
                    place: next(&mut values),
                    unit,
                },
            },
        })
        .collect()
}

/// The layers in words; `None` without any.
pub(in crate::pipeline) fn told_of_layers(layers: &[Layer]) -> Option<String> {
    let words = layers.iter().map(|layer| {
        let what = match &layer.cells {
            LayerCells::Classes { legend, .. } => {
                format!("{} classes", legend.classes().count())
            }
            LayerCells::Values { unit, .. } => unit.clone(),
        };
        match &layer.warped {
            Some(warped) => format!("{} ({what}, {})", layer.name, warped.how),
            None => format!("{} ({what})", layer.name),
        }
    });
    (!layers.is_empty()).then(|| words.collect::<Vec<_>>().join(", "))
}

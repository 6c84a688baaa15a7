//! The cells that a run computes on: those of the first map, of another raster, or stated ones.

use std::path::PathBuf;

use geo::BoundingRect;

use super::gathered::Gathered;
use super::prepare::Place;
use crate::finding::Finding;
use crate::grid::{Grid, Transform};
use crate::input::{ClassRaster, Ground, Projection, Resampled, ValueRaster};
use crate::plan::Plan;

/// More columns or rows than this are a mistake in the size of a cell.
const MOST: f64 = 1_000_000.0;

/// A raster that was brought to the cells of the run.
#[derive(Debug, Clone)]
pub(in crate::pipeline) struct Warped {
    /// The file.
    pub(in crate::pipeline) path: PathBuf,
    /// How.
    pub(in crate::pipeline) how: Resampled,
}

impl Warped {
    /// What must be known where the plan does not say how to resample.
    pub(super) fn warning(&self) -> Finding {
        Finding::warning(
            self.path.display().to_string(),
            format!("the cells are not those of the run; {}", self.how),
            "say `resampling` in the plan to choose the rule, or `[grid]` to choose the cells",
        )
    }
}

/// The cells of a run, before its regions are known.
#[derive(Debug, Clone)]
pub(super) enum Cells {
    /// Those of a raster.
    Raster(Grid, Projection),
    /// Stated ones: as many as the regions need.
    Stated {
        projection: Projection,
        /// Corner and size of a cell.
        transform: Transform,
    },
}

/// The cells that the plan asks for. `None` without maps, or where they cannot be told.
pub(super) fn cells(
    plan: &Plan,
    maps: &[Option<(ClassRaster, Projection)>],
    gathered: &mut Gathered,
) -> Option<Cells> {
    let table = &plan.file.grid;
    if let Some(like) = &table.like {
        let path = plan.resolve(like);
        gathered.inputs.push(path.clone());
        return match ValueRaster::open(&path, &crate::input::RasterSource::default()) {
            Ok((raster, projection)) => Some(Cells::Raster(raster.grid, projection)),
            Err(problems) => {
                gathered.findings.extend(problems);
                None
            }
        };
    }
    if let (Some(crs), Some(resolution)) = (&table.crs, table.resolution) {
        let [width, height] = resolution.size();
        let [x0, y0] = table.origin.unwrap_or_default();
        return match Projection::parse(crs) {
            Ok(projection) => Some(Cells::Stated {
                projection,
                transform: Transform {
                    x0,
                    y0,
                    dx: width,
                    dy: -height,
                },
            }),
            Err(error) => {
                gathered.findings.push(Finding::error(
                    format!("{}, `[grid] crs`", plan.path.display()),
                    error.to_string(),
                    "give a code such as \"EPSG:5070\"",
                ));
                None
            }
        };
    }
    let (first, projection) = maps.iter().flatten().next()?;
    Some(Cells::Raster(first.grid.clone(), projection.clone()))
}

impl Cells {
    /// The coordinate system.
    pub(super) fn projection(&self) -> &Projection {
        match self {
            Self::Raster(_, projection) | Self::Stated { projection, .. } => projection,
        }
    }

    /// Size of a cell, with its sign.
    pub(super) fn size(&self) -> (f64, f64) {
        let t = match self {
            Self::Raster(grid, _) => grid.transform,
            Self::Stated { transform, .. } => *transform,
        };
        (t.dx, t.dy)
    }

    /// The grid: of stated cells, those that the regions touch.
    pub(super) fn grid(&self, regions: &[Place], ground: &Ground) -> Result<Grid, Finding> {
        let t = match self {
            Self::Raster(grid, _) => return Ok(grid.clone()),
            Self::Stated { transform, .. } => *transform,
        };
        let (width, height) = (t.dx, -t.dy);
        let [left, low, right, high] = extent(regions).unwrap_or([t.x0, t.y0, t.x0, t.y0]);
        let first = ((left - t.x0) / width).floor();
        let top = ((high - t.y0) / height).ceil();
        let columns = (((right - t.x0) / width).ceil() - first).max(1.0);
        let rows = (top - ((low - t.y0) / height).floor()).max(1.0);
        if columns > MOST || rows > MOST {
            return Err(Finding::error(
                "`[grid] resolution`",
                format!("the regions would need {columns} x {rows} cells"),
                "give larger cells: `resolution` is in the units of `crs`, which may be degrees",
            ));
        }
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "whole numbers from 1 to MOST"
        )]
        Ok(Grid {
            crs: ground.crs().clone(),
            transform: Transform {
                x0: t.x0 + first * width,
                y0: t.y0 + top * height,
                ..t
            },
            width: columns as u32,
            height: rows as u32,
        })
    }
}

/// Least x and y, greatest x and y.
fn extent(regions: &[Place]) -> Option<[f64; 4]> {
    let bounds = regions
        .iter()
        .filter_map(|place| place.shape.bounding_rect());
    bounds
        .map(|rect| [rect.min().x, rect.min().y, rect.max().x, rect.max().y])
        .reduce(|all, one| {
            [
                all[0].min(one[0]),
                all[1].min(one[1]),
                all[2].max(one[2]),
                all[3].max(one[3]),
            ]
        })
}

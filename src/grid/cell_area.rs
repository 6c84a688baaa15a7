//! How large each cell truly is, in integers.
//!
//! Every cell has one integer area, in units of 2⁻³⁰ m², whichever way it is summed. Sums of areas
//! are therefore exact under any grouping of cells, threads and shards.

use super::authalic::Authalic;
use super::block_area::BlockAreas;
use super::curved_area::Curved;
use super::surface::{GAUSS_3, Scale, Surface, cell_means};
use super::{CrsKind, Grid, Window};
use crate::units::SquareMetres;

/// Units of area in one square metre: 2³⁰.
pub const UNITS_PER_SQUARE_METRE: f64 = 1_073_741_824.0;

/// Largest area of a cell, in units: what fits 64 bits, 17 180 km².
const LARGEST: f64 = 18_446_744_073_709_549_568.0;

/// Why cells have no area.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum AreaError {
    /// A cell has an area that is not a positive number that fits the integer unit.
    #[error(
        "a cell of row {row} has an area of {square_metres} m², expected more than 0 and less than 1.7e10"
    )]
    Absurd {
        /// Row of the cell, from 0.
        row: u32,
        /// The area found.
        square_metres: f64,
    },
    /// A grid in degrees was given where plane coordinates are needed.
    #[error("the grid is in `{crs}`, which is not a projected coordinate system")]
    NotPlane {
        /// The coordinate system.
        crs: String,
    },
    /// The projection has no scale at a place of the grid.
    #[error(
        "the projection has no areal scale at x {x}, y {y}; the grid reaches beyond its domain"
    )]
    NoScale {
        /// x of the place.
        x: f64,
        /// y of the place.
        y: f64,
    },
    /// The projection gave fewer or more scales than places.
    #[error("the projection gave {found} scales for {expected} places")]
    Incomplete {
        /// Number of places.
        expected: usize,
        /// Number of scales.
        found: usize,
    },
    /// The scale jumps: it cannot be described to one part in a thousand million.
    #[error("the areal scale of the projection is known to {error:.1e} only, expected 1e-9")]
    Rough {
        /// Largest relative error found.
        error: f64,
    },
}

/// Why the cells of a projected grid have no area.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum ProjectedAreaError<E: std::error::Error + 'static> {
    /// The areas themselves.
    #[error(transparent)]
    Area(#[from] AreaError),
    /// The projection could not be asked.
    #[error("the areal scale of the projection could not be found")]
    Scale(#[source] E),
}

/// The area of `square_metres`, in units of 2⁻³⁰ m².
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "the range is checked on the line before"
)]
pub(super) fn units(row: u32, square_metres: f64) -> Result<u64, AreaError> {
    let units = (square_metres * UNITS_PER_SQUARE_METRE).round();
    if (1.0..LARGEST).contains(&units) {
        Ok(units as u64)
    } else {
        Err(AreaError::Absurd { row, square_metres })
    }
}

/// The true area of every cell of a grid.
#[derive(Debug, Clone, PartialEq)]
pub struct CellAreas {
    model: Model,
}

#[derive(Debug, Clone, PartialEq)]
enum Model {
    /// All cells are equal.
    Uniform(u64),
    /// The cells of a row are equal.
    Rows(Vec<u64>),
    /// No two cells need be equal.
    Curved(Curved),
}

/// Relative departure from the nominal scale up to which a projection is equal-area.
const EQUAL_AREA: f64 = 1e-9;

/// Relative difference of scales in a row up to which cells of the row are equal.
const EQUAL_ALONG_ROWS: f64 = 3e-10;

/// Places along one side of the grid where a projection is asked whether it is equal-area.
const PROBES: u32 = 17;

impl CellAreas {
    /// Cells of a grid in longitude and latitude: the closed form between parallels.
    ///
    /// `A = a²/2 · Δλ · [ q(φ₂) − q(φ₁) ]`, one value a row.
    ///
    /// # Source
    ///
    /// J. P. Snyder, Map Projections: A Working Manual, USGS Professional Paper 1395 (1987),
    /// equation 3-12.
    ///
    /// # Errors
    ///
    /// Rows beyond a pole, or cells too small or too large for the integer unit.
    pub fn geographic(grid: &Grid) -> Result<Self, AreaError> {
        let authalic = Authalic::new(grid.crs.ellipsoid);
        let t = grid.transform;
        let rows = (0..grid.height)
            .map(|row| {
                let edge = t.y0 + f64::from(row) * t.dy;
                let other = t.y0 + f64::from(row + 1) * t.dy;
                // A hair beyond the pole is rounding of the file's origin; more is an error.
                let (south, north) = (edge.min(other), edge.max(other));
                let beyond = north > 90.0 + t.dy.abs() / 2.0 || south < -90.0 - t.dy.abs() / 2.0;
                let area = if beyond {
                    f64::NAN
                } else {
                    authalic.between(south.max(-90.0), north.min(90.0), t.dx)
                };
                units(row, area)
            })
            .collect::<Result<_, _>>()?;
        Ok(Self {
            model: Model::Rows(rows),
        })
    }

    /// Cells that are all equally large, as on an equal-area projection.
    ///
    /// # Errors
    ///
    /// Cells too small or too large for the integer unit.
    pub fn uniform(cell: SquareMetres) -> Result<Self, AreaError> {
        Ok(Self {
            model: Model::Uniform(units(0, cell.value())?),
        })
    }

    /// Cells of a grid in plane coordinates whose `scale`, the true square metres per square unit of
    /// the plane, depends on the height `y` in the plane alone.
    ///
    /// # Errors
    ///
    /// Cells too small or too large for the integer unit.
    pub fn by_row(grid: &Grid, scale: impl Fn(f64) -> f64) -> Result<Self, AreaError> {
        let t = grid.transform;
        let rows = (0..grid.height).map(|row| {
            let of_row: f64 = GAUSS_3
                .iter()
                .map(|(offset, weight)| {
                    weight * scale(t.y0 + (f64::from(row) + 0.5 + offset) * t.dy)
                })
                .sum();
            units(row, of_row * (t.dx * t.dy).abs())
        });
        Ok(Self {
            model: Model::Rows(rows.collect::<Result<_, _>>()?),
        })
    }

    /// Cells of a grid in plane coordinates.
    ///
    /// `scale` gives the true square metres per square unit of the plane at places, as the
    /// projection knows it. Where it is the square of the unit's length all over the grid, to
    /// 1e-9, the projection is equal-area and cells have their plane area. Elsewhere the scale is
    /// averaged over cells and held as polynomials, with areas true to 1e-9; `scale` is asked at a
    /// few hundred to a few thousand places, whatever the number of cells.
    ///
    /// # Errors
    ///
    /// A grid in degrees, places outside the domain of the projection, scales that jump, cells too
    /// small or too large for the integer unit, and whatever `scale` fails with.
    pub fn projected<E: std::error::Error + 'static>(
        grid: &Grid,
        scale: &mut Scale<'_, E>,
    ) -> Result<Self, ProjectedAreaError<E>> {
        let CrsKind::Projected { metres_per_unit } = grid.crs.kind else {
            return Err(AreaError::NotPlane {
                crs: grid.crs.label().to_owned(),
            }
            .into());
        };
        let probe = |place: u32, cells: u32| {
            0.5 + f64::from(place) / f64::from(PROBES - 1) * (f64::from(cells) - 1.0)
        };
        let probes: Vec<[f64; 2]> = (0..PROBES * PROBES)
            .map(|i| {
                [
                    probe(i % PROBES, grid.width),
                    probe(i / PROBES, grid.height),
                ]
            })
            .collect();
        let nominal = metres_per_unit * metres_per_unit;
        let plane = (grid.transform.dx * grid.transform.dy).abs();
        let equal = cell_means(grid, metres_per_unit, &probes, scale)?
            .iter()
            .all(|scale| (scale / nominal - 1.0).abs() <= EQUAL_AREA);
        if equal {
            return Ok(Self::uniform(SquareMetres::new(plane * nominal))?);
        }
        let surface = Surface::new(grid, metres_per_unit, scale)?;
        let model = if is_equal_along_rows(&surface, grid) {
            let middle = f64::from(grid.width) / 2.0;
            let rows = (0..grid.height).map(|row| {
                let column = surface.column(row, grid.width / 2, middle);
                units(row, surface.at(&column, row, grid.width / 2) * plane)
            });
            Model::Rows(rows.collect::<Result<_, _>>()?)
        } else {
            Model::Curved(Curved::new(grid, plane, surface)?)
        };
        Ok(Self { model })
    }

    /// The area of one cell, in units of 2⁻³⁰ m².
    #[must_use]
    pub fn cell(&self, row: u32, col: u32) -> u64 {
        match &self.model {
            Model::Uniform(area) => *area,
            Model::Rows(rows) => rows[row as usize],
            Model::Curved(curved) => curved.area(row, col),
        }
    }

    /// Lays out the areas of the cells of a block.
    pub fn block(&self, window: Window, out: &mut BlockAreas) {
        match &self.model {
            Model::Uniform(area) => {
                out.set_rows((0..window.rows).map(|_| *area));
            }
            Model::Rows(rows) => {
                let rows = rows.iter().skip(window.row as usize);
                out.set_rows(rows.take(window.rows as usize).copied());
            }
            Model::Curved(curved) => curved.block(window, out),
        }
    }
}

/// Whether the scale does not depend on the column, as on Mercator's projection.
fn is_equal_along_rows(surface: &Surface, grid: &Grid) -> bool {
    let row_step = (grid.height / 64).max(1) as usize;
    let col_step = (grid.width / 16).max(1) as usize;
    (0..grid.height).step_by(row_step).all(|row| {
        let at = |col: u32| {
            let column = surface.column(row, col, f64::from(col) + 0.5);
            surface.at(&column, row, col)
        };
        let first = at(0);
        (0..grid.width)
            .step_by(col_step)
            .all(|col| (at(col) / first - 1.0).abs() <= EQUAL_ALONG_ROWS)
    })
}

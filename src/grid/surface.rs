//! The areal scale of a projection as a smooth surface over a grid.
//!
//! Asking a projection for its scale is a thousand times dearer than adding a cell, so it is asked
//! at few places, and polynomials stand for it in between. How good they are is checked at other
//! places than those they were fitted to.

use std::f64::consts::PI;

use super::{AreaError, Grid, ProjectedAreaError};

/// Largest relative error of the surface that is accepted without trying finer patches.
const TOLERANCE: f64 = 2e-10;

/// Largest relative error of the surface that is accepted where finer patches do not help.
///
/// Projection libraries differentiate numerically; their scale is itself noisy at about 1e-10.
const NOISE: f64 = 1e-9;

/// Nodes along one side of a patch.
const NODES: usize = 16;

/// Shortest side of a patch, in cells.
const SHORTEST: u32 = 16;

/// Places along one side of a patch where the polynomials are checked, from −1 to 1.
const CHECKS: [f64; 5] = [-1.0, -0.57, 0.11, 0.63, 1.0];

/// Gauss-Legendre nodes and weights with three points, on −½..½.
pub(super) const GAUSS_3: [(f64, f64); 3] = [
    (-0.387_298_334_620_741_7, 5.0 / 18.0),
    (0.0, 4.0 / 9.0),
    (0.387_298_334_620_741_7, 5.0 / 18.0),
];

/// Cells up to this size, in metres, have the mean scale of their centre to 1e-10.
const SMALL: f64 = 100.0;

/// True square metres per square unit of the plane, averaged over cells.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Surface {
    /// Side of a patch, in cells: a power of two.
    side: u32,
    patches: Vec<Patch>,
    /// Patches in a row of patches.
    across: u32,
    /// The least and the greatest scale met.
    range: (f64, f64),
}

/// Chebyshev polynomials over a rectangle of cells.
#[derive(Debug, Clone, PartialEq)]
struct Patch {
    /// Centre of the first cell and of the last, by axis (column, row).
    from: [f64; 2],
    to: [f64; 2],
    /// Coefficients, those of the column's polynomials one after the other for each of the row's.
    coefficients: Vec<f64>,
}

/// Asks for the true square metres per square plane unit at places.
pub(super) type Scale<'a, E> = dyn FnMut(&[(f64, f64)]) -> Result<Vec<f64>, E> + 'a;

/// Mean scale of cells whose centres are given as column and row, in cells.
pub(super) fn cell_means<E: std::error::Error + 'static>(
    grid: &Grid,
    metres: f64,
    centres: &[[f64; 2]],
    scale: &mut Scale<'_, E>,
) -> Result<Vec<f64>, ProjectedAreaError<E>> {
    let t = grid.transform;
    let at = |col: f64, row: f64| (t.x0 + col * t.dx, t.y0 + row * t.dy);
    let small = t.dx.max(t.dy.abs()) * metres <= SMALL;
    let offsets: Vec<([f64; 2], f64)> = if small {
        vec![([0.0, 0.0], 1.0)]
    } else {
        let pairs = GAUSS_3.iter().flat_map(|a| GAUSS_3.map(|b| (*a, b)));
        pairs.map(|(a, b)| ([a.0, b.0], a.1 * b.1)).collect()
    };
    let places: Vec<(f64, f64)> = centres
        .iter()
        .flat_map(|c| offsets.iter().map(|(o, _)| at(c[0] + o[0], c[1] + o[1])))
        .collect();
    let found = scale(&places).map_err(ProjectedAreaError::Scale)?;
    if found.len() != places.len() {
        return Err(AreaError::Incomplete {
            expected: places.len(),
            found: found.len(),
        }
        .into());
    }
    if let Some(bad) = found.iter().position(|s| !(s.is_finite() && *s > 0.0)) {
        let (x, y) = places[bad];
        return Err(AreaError::NoScale { x, y }.into());
    }
    Ok(found
        .chunks(offsets.len())
        .map(|cell| cell.iter().zip(&offsets).map(|(s, (_, w))| s * w).sum())
        .collect())
}

/// The Chebyshev nodes on −1..1.
fn nodes() -> [f64; NODES] {
    std::array::from_fn(|k| (PI * (k as f64 + 0.5) / NODES as f64).cos())
}

/// `Σ cₙ Tₙ(t)` by Clenshaw's recurrence; the coefficients are `stride` apart.
fn chebyshev(coefficients: &[f64], stride: usize, t: f64) -> f64 {
    let (mut last, mut before) = (0.0, 0.0);
    for c in coefficients.iter().step_by(stride).skip(1).rev() {
        (last, before) = (2.0 * t * last - before + c, last);
    }
    t * last - before + coefficients[0]
}

impl Patch {
    /// Where a place lies between the first and the last centre, as −1..1.
    fn unit(&self, axis: usize, place: f64) -> f64 {
        let (middle, half) = (
            f64::midpoint(self.from[axis], self.to[axis]),
            (self.to[axis] - self.from[axis]) / 2.0,
        );
        if half > 0.0 {
            (place - middle) / half
        } else {
            0.0
        }
    }

    /// The place at `t` of −1..1.
    fn place(&self, axis: usize, t: f64) -> f64 {
        f64::midpoint(self.from[axis], self.to[axis]) + t * (self.to[axis] - self.from[axis]) / 2.0
    }

    fn places(&self, along: &[f64]) -> Vec<[f64; 2]> {
        let pairs = along
            .iter()
            .flat_map(|v| along.iter().map(move |u| (*u, *v)));
        pairs
            .map(|(u, v)| [self.place(0, u), self.place(1, v)])
            .collect()
    }

    /// Fits the polynomials to values at the nodes, column by column and row after row.
    fn fit(&mut self, values: &[f64]) {
        let turn: Vec<f64> = (0..NODES)
            .flat_map(|n| {
                let weight = if n == 0 { 1.0 } else { 2.0 } / NODES as f64;
                nodes().map(|t| weight * (n as f64 * t.acos()).cos())
            })
            .collect();
        let mut half = vec![0.0; NODES * NODES];
        for row in 0..NODES {
            for n in 0..NODES {
                half[row * NODES + n] = (0..NODES)
                    .map(|k| turn[n * NODES + k] * values[row * NODES + k])
                    .sum();
            }
        }
        self.coefficients = vec![0.0; NODES * NODES];
        for m in 0..NODES {
            for n in 0..NODES {
                self.coefficients[m * NODES + n] = (0..NODES)
                    .map(|k| turn[m * NODES + k] * half[k * NODES + n])
                    .sum();
            }
        }
    }

    /// The polynomial in the row that holds along one column.
    fn along_column(&self, col: f64) -> Column {
        let t = self.unit(0, col);
        Column(std::array::from_fn(|m| {
            chebyshev(&self.coefficients[m * NODES..(m + 1) * NODES], 1, t)
        }))
    }
}

/// The scale along one column of a patch.
#[derive(Debug, Clone)]
pub(super) struct Column([f64; NODES]);

impl Surface {
    /// Fits a surface to the scale of a projection, as fine as it must be.
    pub(super) fn new<E: std::error::Error + 'static>(
        grid: &Grid,
        metres: f64,
        scale: &mut Scale<'_, E>,
    ) -> Result<Self, ProjectedAreaError<E>> {
        let longest = grid.width.max(grid.height).next_power_of_two();
        let mut side = longest.max(SHORTEST);
        let mut coarser = f64::INFINITY;
        loop {
            let (surface, worst) = Self::with_side(grid, metres, side, coarser, scale)?;
            // Halving a patch shrinks a true misfit a thousandfold; what stays is noise.
            let noise = worst <= NOISE && worst > coarser / 4.0;
            if let Some(surface) = surface
                && (worst <= TOLERANCE || noise)
            {
                return Ok(surface);
            }
            if side <= SHORTEST {
                return Err(AreaError::Rough { error: worst }.into());
            }
            coarser = worst;
            side /= 2;
        }
    }

    /// A surface with patches of one size, and its largest relative error at the checked places;
    /// no surface once the error passes both tolerances.
    fn with_side<E: std::error::Error + 'static>(
        grid: &Grid,
        metres: f64,
        side: u32,
        coarser: f64,
        scale: &mut Scale<'_, E>,
    ) -> Result<(Option<Self>, f64), ProjectedAreaError<E>> {
        let across = grid.width.div_ceil(side);
        let down = grid.height.div_ceil(side);
        let mut worst: f64 = 0.0;
        let mut range = (f64::INFINITY, 0.0_f64);
        let mut patches = Vec::new();
        for place in 0..u64::from(across) * u64::from(down) {
            let cell = |number: u64, limit: u32| {
                let first = number * u64::from(side);
                let last = (first + u64::from(side)).min(u64::from(limit)) - 1;
                (first as f64 + 0.5, last as f64 + 0.5)
            };
            let (left, right) = cell(place % u64::from(across), grid.width);
            let (top, bottom) = cell(place / u64::from(across), grid.height);
            let mut patch = Patch {
                from: [left, top],
                to: [right, bottom],
                coefficients: Vec::new(),
            };
            patch.fit(&cell_means(grid, metres, &patch.places(&nodes()), scale)?);
            let checks = patch.places(&CHECKS);
            let truth = cell_means(grid, metres, &checks, scale)?;
            for (at, truth) in checks.iter().zip(truth) {
                let column = patch.along_column(at[0]);
                let found = chebyshev(&column.0, 1, patch.unit(1, at[1]));
                worst = worst.max((found / truth - 1.0).abs());
                range = (range.0.min(truth), range.1.max(truth));
            }
            patches.push(patch);
            let hopeless = worst > NOISE || (worst > TOLERANCE && worst <= coarser / 4.0);
            if hopeless {
                return Ok((None, worst));
            }
        }
        Ok((
            Some(Self {
                side,
                patches,
                across,
                range,
            }),
            worst,
        ))
    }

    /// Side of a patch, in cells.
    pub(super) fn side(&self) -> u32 {
        self.side
    }

    /// The least and the greatest scale met.
    pub(super) fn range(&self) -> (f64, f64) {
        self.range
    }

    fn patch(&self, row: u32, col: u32) -> &Patch {
        &self.patches[((row / self.side) * self.across + col / self.side) as usize]
    }

    /// The scale along a column of cell centres `place`, for the patch that holds a cell.
    pub(super) fn column(&self, row: u32, col: u32, place: f64) -> Column {
        self.patch(row, col).along_column(place)
    }

    /// The scale in a row, from a column of the patch that holds the cell.
    pub(super) fn at(&self, column: &Column, row: u32, col: u32) -> f64 {
        self.between(column, row, col, f64::from(row) + 0.5)
    }

    /// The scale at a `place` along a column of the patch that holds the cell.
    pub(super) fn between(&self, column: &Column, row: u32, col: u32, place: f64) -> f64 {
        chebyshev(&column.0, 1, self.patch(row, col).unit(1, place))
    }
}

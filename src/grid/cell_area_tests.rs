use std::convert::Infallible;
use std::f64::consts::FRAC_PI_4;

use super::*;
use crate::units::SquareMetres;

/// Radius of the sphere of the projections below, in metres.
const RADIUS: f64 = 6_371_007.0;

fn grid(kind: CrsKind, transform: Transform, width: u32, height: u32) -> Grid {
    Grid {
        crs: Crs {
            authority: None,
            name: "test".to_owned(),
            wkt: String::new(),
            kind,
            ellipsoid: Ellipsoid::WGS84,
        },
        transform,
        width,
        height,
    }
}

const METRES: CrsKind = CrsKind::Projected {
    metres_per_unit: 1.0,
};

/// Square cells of `size` metres around a place.
fn plane(x: f64, y: f64, size: f64, width: u32, height: u32) -> Grid {
    let transform = Transform {
        x0: x - size * f64::from(width) / 2.0,
        y0: y + size * f64::from(height) / 2.0,
        dx: size,
        dy: -size,
    };
    grid(METRES, transform, width, height)
}

/// Transverse Mercator on the sphere: one square metre of the plane is `1 / cosh²(x / R k)` true.
fn transverse(x: f64) -> f64 {
    let k = 0.9996;
    (1.0 / (k * (x / (RADIUS * k)).cosh())).powi(2)
}

/// The mean of [`transverse`] over a cell, in closed form.
fn transverse_mean(west: f64, east: f64) -> f64 {
    let (k, unit) = (0.9996, RADIUS * 0.9996);
    ((east / unit).tanh() - (west / unit).tanh()) * unit / (k * k) / (east - west)
}

/// Mercator on the sphere: true scale `1 / cosh²(y / R)`.
fn mercator_mean(south: f64, north: f64) -> f64 {
    ((north / RADIUS).tanh() - (south / RADIUS).tanh()) * RADIUS / (north - south)
}

/// Lambert's conformal cone on the sphere, tangent at 45 degrees: true square metres per square
/// metre of the plane.
fn cone(x: f64, y: f64) -> f64 {
    let n = FRAC_PI_4.sin();
    let radius_0 = RADIUS / FRAC_PI_4.tan();
    let radius = x.hypot(radius_0 - y);
    let t = (radius / radius_0).powf(1.0 / n) * (FRAC_PI_4 / 2.0).tan();
    let latitude = std::f64::consts::FRAC_PI_2 - 2.0 * t.atan();
    let scale = n * radius / (RADIUS * latitude.cos());
    1.0 / (scale * scale)
}

/// The true mean of a scale over a cell, by a fine midpoint sum with Richardson's correction.
fn fine_mean(scale: impl Fn(f64, f64) -> f64, [x0, y0, x1, y1]: [f64; 4]) -> f64 {
    let sum = |n: u32| {
        let mut sum = 0.0;
        for i in 0..n {
            for j in 0..n {
                let share = |k: u32| (f64::from(k) + 0.5) / f64::from(n);
                sum += scale(x0 + (x1 - x0) * share(i), y0 + (y1 - y0) * share(j));
            }
        }
        sum / f64::from(n * n)
    };
    (4.0 * sum(8) - sum(4)) / 3.0
}

/// Areas of a grid under a scale, and how many places it was asked for.
fn projected(grid: &Grid, scale: impl Fn(f64, f64) -> f64) -> (CellAreas, usize) {
    let mut calls = 0;
    let areas = CellAreas::projected::<Infallible>(grid, &mut |places| {
        calls += places.len();
        Ok(places.iter().map(|(x, y)| scale(*x, *y)).collect())
    })
    .unwrap();
    (areas, calls)
}

fn metres(units: u64) -> f64 {
    units as f64 / UNITS_PER_SQUARE_METRE
}

/// Compares areas with the truth all over a grid, and those of two blocks with each other.
fn assert_true(grid: &Grid, areas: &CellAreas, tolerance: f64, truth: impl Fn([f64; 4]) -> f64) {
    let t = grid.transform;
    let steps = |first: u32, cells: u32| {
        (first..first + cells)
            .step_by((cells / 23).max(1) as usize)
            .chain([first + cells - 1])
    };
    for row in steps(0, grid.height) {
        for col in steps(0, grid.width) {
            let (x, y) = (t.x0 + f64::from(col) * t.dx, t.y0 + f64::from(row) * t.dy);
            let extent = [x, y.min(y + t.dy), x + t.dx, y.max(y + t.dy)];
            let expected = truth(extent) * t.dx * t.dy.abs();
            let error = metres(areas.cell(row, col)) / expected - 1.0;
            assert!(
                error.abs() <= tolerance,
                "{} row {row}, column {col}: {error:e}",
                t.dx
            );
        }
    }
    let (rows, cols) = grid.blocks();
    let mut of_block = BlockAreas::default();
    for block in [
        Block { row: 0, col: 0 },
        Block {
            row: rows - 1,
            col: cols - 1,
        },
    ] {
        let window = grid.window(block);
        areas.block(window, &mut of_block);
        for row in steps(0, window.rows) {
            for col in steps(0, window.cols) {
                let local = of_block.cell(row as usize, col as usize);
                assert_eq!(local, areas.cell(window.row + row, window.col + col));
            }
        }
    }
}

#[test]
fn a_geographic_grid_has_the_closed_form_row_by_row() {
    let transform = Transform {
        x0: 100.0,
        y0: 31.0,
        dx: 1.0,
        dy: -1.0,
    };
    let areas = CellAreas::geographic(&grid(CrsKind::Geographic, transform, 3, 31)).unwrap();
    for (row, km2) in [(0, 10_642.393_439), (30, 12_308.463_894)] {
        assert!((metres(areas.cell(row, 2)) / 1e6 - km2).abs() < 1e-6);
    }
    let south_up = Transform {
        y0: 0.0,
        dy: 1.0,
        ..transform
    };
    let turned = CellAreas::geographic(&grid(CrsKind::Geographic, south_up, 3, 31)).unwrap();
    for row in 0..31 {
        assert!(turned.cell(30 - row, 0).abs_diff(areas.cell(row, 0)) <= 1 << 20);
    }
}

#[test]
fn rows_beyond_a_pole_and_absurd_cells_are_refused() {
    let beyond = Transform {
        x0: 0.0,
        y0: 92.0,
        dx: 1.0,
        dy: -1.0,
    };
    let found = CellAreas::geographic(&grid(CrsKind::Geographic, beyond, 3, 3));
    assert!(matches!(found, Err(AreaError::Absurd { row: 0, .. })));
    for area in [0.0, -1.0, 1e-12, 1e12, f64::NAN, f64::INFINITY] {
        assert!(
            CellAreas::uniform(SquareMetres::new(area)).is_err(),
            "{area}"
        );
    }
}

#[test]
fn an_equal_area_grid_has_exactly_its_plane_area() {
    let feet = 1200.0 / 3937.0;
    let mut grid = plane(3e5, 4e6, 98.425, 700, 600);
    grid.crs.kind = CrsKind::Projected {
        metres_per_unit: feet,
    };
    let (areas, _) = projected(&grid, |x, _| feet * feet * (1.0 + 1e-10 * (x / 1e5).sin()));
    let expected = CellAreas::uniform(SquareMetres::new(98.425 * 98.425 * feet * feet)).unwrap();
    assert_eq!(areas, expected);
}

#[test]
fn a_transverse_mercator_grid_is_true_for_small_and_large_cells() {
    for (x, size, width, height) in [
        (5e4, 1.0, 5000, 600),
        (2e5, 30.0, 20_000, 20_000),
        (-1e5, 250.0, 2000, 1000),
        (0.0, 10_000.0, 90, 70),
        (3e5, 30.0, 1, 1),
        (3e5, 30.0, 513, 3),
    ] {
        let grid = plane(x, 4e6, size, width, height);
        let (areas, calls) = projected(&grid, |x, _| transverse(x));
        assert!(calls < 20_000, "{size}: {calls}");
        // Slopes of pieces are whole numbers of units, of which a cell of 1 m has but 1e9.
        let tolerance = if size < 10.0 { 1e-8 } else { 1e-9 };
        assert_true(&grid, &areas, tolerance, |[x0, _, x1, _]| {
            transverse_mean(x0, x1)
        });
    }
}

#[test]
fn a_mercator_grid_varies_by_row_only() {
    for (y, size, width, height) in [(5e6, 30.0, 9000, 9000), (0.0, 10_000.0, 3000, 3000)] {
        let grid = plane(1e6, y, size, width, height);
        let (areas, calls) = projected(&grid, |_, y| 1.0 / (y / RADIUS).cosh().powi(2));
        assert!(calls < 120_000, "{size}: {calls}");
        assert_eq!(areas.cell(5, 0), areas.cell(5, width - 1));
        assert_true(&grid, &areas, 1e-9, |[_, y0, _, y1]| mercator_mean(y0, y1));
    }
}

#[test]
fn a_conformal_cone_over_a_continent_is_true() {
    for (size, width, height) in [
        (10_000.0, 500, 420),
        (1000.0, 5000, 4200),
        (30.0, 4000, 4000),
    ] {
        let grid = plane(3e5, -2e5, size, width, height);
        let (areas, calls) = projected(&grid, cone);
        assert!(calls < 120_000, "{size}: {calls}");
        assert_true(&grid, &areas, 1e-9, |extent| fine_mean(cone, extent));
    }
}

#[test]
fn a_scale_with_a_little_noise_is_smoothed_and_one_that_jumps_is_refused() {
    let grid = plane(2e5, 4e6, 30.0, 3000, 3000);
    let noisy = |x: f64, y: f64| transverse(x) * (1.0 + 2e-10 * (x * 12.9 + y * 78.2).sin());
    let (areas, calls) = projected(&grid, noisy);
    assert!(calls < 60_000, "{calls}");
    assert_true(&grid, &areas, 3e-9, |[x0, _, x1, _]| {
        transverse_mean(x0, x1)
    });

    let found = CellAreas::projected::<Infallible>(&grid, &mut |places| {
        Ok(places
            .iter()
            .map(|(x, _)| if *x < 2e5 { 1.0 } else { 1.1 })
            .collect())
    });
    assert!(matches!(
        found,
        Err(ProjectedAreaError::Area(AreaError::Rough { .. }))
    ));
}

#[test]
fn places_without_a_scale_and_grids_in_degrees_are_named() {
    let grid_of_plane = plane(2e5, 4e6, 30.0, 300, 300);
    let found = CellAreas::projected::<Infallible>(&grid_of_plane, &mut |places| {
        Ok(places.iter().map(|_| f64::INFINITY).collect())
    });
    assert!(matches!(
        found,
        Err(ProjectedAreaError::Area(AreaError::NoScale { .. }))
    ));
    let transform = Transform {
        x0: 0.0,
        y0: 1.0,
        dx: 1.0,
        dy: -1.0,
    };
    let degrees = grid(CrsKind::Geographic, transform, 1, 1);
    let found = CellAreas::projected::<Infallible>(&degrees, &mut |_| Ok(vec![]));
    assert!(matches!(
        found,
        Err(ProjectedAreaError::Area(AreaError::NotPlane { .. }))
    ));
}

#[test]
fn a_projection_that_fails_is_passed_on() {
    let grid = plane(2e5, 4e6, 30.0, 300, 300);
    let found = CellAreas::projected(&grid, &mut |_| Err(std::fmt::Error));
    assert_eq!(found, Err(ProjectedAreaError::Scale(std::fmt::Error)));
}

use geo::{MultiPolygon, Polygon, polygon};
use proptest::prelude::*;

use super::edges::ZoneIndex;
use super::sweep::{Sink, Sweep};
use super::tally::{WHOLE, WHOLE_F64};
use super::{Edges, Zone};
use crate::grid::clip_to_extent;
use crate::grid::{Block, Crs, CrsKind, Ellipsoid, Grid, Transform};

/// A grid of square cells with corners on whole coordinates, first row in the north.
fn grid(width: u32, height: u32) -> Grid {
    Grid {
        crs: Crs {
            authority: None,
            name: "test".to_owned(),
            wkt: String::new(),
            kind: CrsKind::Projected {
                metres_per_unit: 1.0,
            },
            ellipsoid: Ellipsoid::WGS84,
        },
        transform: Transform {
            x0: 0.0,
            y0: f64::from(height),
            dx: 1.0,
            dy: -1.0,
        },
        width,
        height,
    }
}

/// Writes coverage down, cell by cell.
struct Picture {
    row: usize,
    col: usize,
    width: usize,
    rows: usize,
    cols: usize,
    coverage: Vec<i64>,
}

impl Sink for Picture {
    fn part(&mut self, row: usize, col: usize, coverage: i64) {
        assert!(coverage > 0 && coverage < WHOLE);
        self.coverage[(self.row + row) * self.width + self.col + col] += coverage;
    }

    fn run(&mut self, row: usize, begin: usize, end: usize) {
        for col in begin..end {
            self.coverage[(self.row + row) * self.width + self.col + col] += WHOLE;
        }
    }

    fn block(&mut self) {
        for row in 0..self.rows {
            self.run(row, 0, self.cols);
        }
    }
}

/// Coverage of every cell by a shape, in units.
fn coverage(grid: &Grid, shape: &MultiPolygon<f64>, rule: Edges) -> Vec<i64> {
    let zone = Zone {
        shape: shape.clone(),
    };
    let index = ZoneIndex::new(&[zone], grid).unwrap();
    let mut coverage = vec![0; grid.width as usize * grid.height as usize];
    let (mut sweep, mut found) = (Sweep::default(), Vec::new());
    for block in index.blocks(grid) {
        index.candidates(block, &mut found);
        assert_eq!(found, [0]);
        let window = grid.window(block);
        if !sweep.trace(window, rule, index.edges(0, block.row)) {
            continue;
        }
        let mut picture = Picture {
            row: window.row as usize,
            col: window.col as usize,
            width: grid.width as usize,
            rows: window.rows as usize,
            cols: window.cols as usize,
            coverage,
        };
        sweep.walk(&mut picture);
        coverage = picture.coverage;
    }
    coverage
}

fn exact(grid: &Grid, shape: &MultiPolygon<f64>) -> Vec<f64> {
    coverage(grid, shape, Edges::Exact)
        .iter()
        .map(|units| *units as f64 / WHOLE_F64)
        .collect()
}

/// Area of a shape by the shoelace formula about its own first corner; holes taken off.
fn plane_area(shape: &MultiPolygon<f64>) -> f64 {
    let ring = |ring: &geo::LineString<f64>| {
        let o = ring.0[0];
        ring.lines()
            .map(|e| (e.start.x - o.x) * (e.end.y - o.y) - (e.end.x - o.x) * (e.start.y - o.y))
            .sum::<f64>()
            .abs()
            / 2.0
    };
    shape
        .iter()
        .map(|p| ring(p.exterior()) - p.interiors().iter().map(ring).sum::<f64>())
        .sum()
}

/// Coverage of every cell by cutting the shape with each cell.
fn brute(grid: &Grid, shape: &MultiPolygon<f64>) -> Vec<f64> {
    let t = grid.transform;
    let mut coverage = Vec::new();
    for row in 0..grid.height {
        for col in 0..grid.width {
            let (x, y) = (t.x0 + f64::from(col) * t.dx, t.y0 + f64::from(row) * t.dy);
            let extent = [x, y.min(y + t.dy), x + t.dx, y.max(y + t.dy)];
            coverage.push(plane_area(&clip_to_extent(shape, extent)) / (t.dx * t.dy.abs()));
        }
    }
    coverage
}

fn assert_close(found: &[f64], expected: &[f64], tolerance: f64) {
    for (place, (a, b)) in found.iter().zip(expected).enumerate() {
        assert!((a - b).abs() <= tolerance, "cell {place}: {a} {b}");
    }
}

#[test]
fn a_triangle_over_nine_cells_is_as_drawn_by_hand() {
    // The lower left half of a 3 × 3 square.
    let shape = polygon![(x: 0.0, y: 0.0), (x: 3.0, y: 0.0), (x: 0.0, y: 3.0)].into();
    let found = exact(&grid(3, 3), &shape);
    assert_eq!(found, [0.5, 0.0, 0.0, 1.0, 0.5, 0.0, 1.0, 1.0, 0.5]);
}

#[test]
fn a_square_off_the_cells_covers_quarters_and_halves() {
    let shape = polygon![(x: 0.5, y: 0.5), (x: 2.5, y: 0.5), (x: 2.5, y: 2.5), (x: 0.5, y: 2.5)];
    let found = exact(&grid(3, 3), &shape.into());
    assert_eq!(found, [0.25, 0.5, 0.25, 0.5, 1.0, 0.5, 0.25, 0.5, 0.25]);
}

#[test]
fn edges_on_cell_borders_cover_whole_cells_only() {
    let shape = polygon![(x: 1.0, y: 1.0), (x: 2.0, y: 1.0), (x: 2.0, y: 2.0), (x: 1.0, y: 2.0)];
    let found = exact(&grid(3, 3), &shape.into());
    assert_eq!(found, [0.0, 0.0, 0.0, 0.0, 1.0, 0.0, 0.0, 0.0, 0.0]);
}

#[test]
fn a_hole_the_size_of_a_cell_empties_it_whichever_way_it_is_wound() {
    let outer: geo::LineString<f64> =
        vec![(0.0, 0.0), (3.0, 0.0), (3.0, 3.0), (0.0, 3.0), (0.0, 0.0)].into();
    let mut hole: geo::LineString<f64> =
        vec![(1.0, 1.0), (2.0, 1.0), (2.0, 2.0), (1.0, 2.0), (1.0, 1.0)].into();
    for _ in 0..2 {
        let shape = Polygon::new(outer.clone(), vec![hole.clone()]).into();
        let found = exact(&grid(3, 3), &shape);
        assert_eq!(found, [1.0, 1.0, 1.0, 1.0, 0.0, 1.0, 1.0, 1.0, 1.0]);
        hole.0.reverse();
    }
}

#[test]
fn a_zone_inside_one_cell_covers_its_own_area() {
    let shape =
        polygon![(x: 1.25, y: 1.25), (x: 1.5, y: 1.25), (x: 1.5, y: 1.75), (x: 1.25, y: 1.75)];
    let found = exact(&grid(3, 3), &shape.into());
    assert_eq!(found, [0.0, 0.0, 0.0, 0.0, 0.125, 0.0, 0.0, 0.0, 0.0]);
}

#[test]
fn a_zone_around_the_grid_covers_everything_and_one_beside_it_nothing() {
    let around =
        polygon![(x: -5.0, y: -7.0), (x: 9.0, y: -5.0), (x: 8.0, y: 9.0), (x: -6.0, y: 8.0)];
    assert_eq!(exact(&grid(3, 3), &around.into()), [1.0; 9]);
    for (dx, dy) in [
        (10.0, 0.0),
        (-10.0, 0.0),
        (0.0, 10.0),
        (0.0, -10.0),
        (3.0, 0.0),
        (0.0, -3.0),
    ] {
        let beside = polygon![(x: dx, y: dy), (x: dx + 3.0, y: dy), (x: dx + 3.0, y: dy + 3.0), (x: dx, y: dy + 3.0)];
        assert_eq!(exact(&grid(3, 3), &beside.into()), [0.0; 9]);
    }
}

#[test]
fn degenerate_shapes_cover_nothing() {
    let line = polygon![(x: 0.5, y: 0.5), (x: 2.5, y: 2.5)];
    let spike = polygon![(x: 0.5, y: 0.5), (x: 2.5, y: 2.5), (x: 0.5, y: 0.5)];
    let flat = polygon![(x: 0.5, y: 1.0), (x: 1.5, y: 1.0), (x: 2.5, y: 1.0)];
    for shape in [
        line,
        spike,
        flat,
        Polygon::new(geo::LineString::new(vec![]), vec![]),
    ] {
        assert_eq!(exact(&grid(3, 3), &shape.into()), [0.0; 9]);
    }
    assert!(
        ZoneIndex::new(
            &[Zone {
                shape: MultiPolygon::new(vec![])
            }],
            &grid(3, 3)
        )
        .is_ok()
    );
}

#[test]
fn a_place_that_is_not_a_number_is_named() {
    let shape = polygon![(x: 0.0, y: 0.0), (x: f64::NAN, y: 0.0), (x: 0.0, y: 3.0)].into();
    let found = ZoneIndex::new(&[Zone { shape }], &grid(3, 3));
    assert_eq!(
        found.err(),
        Some(super::ZonalError::NotFinite { zone: 0, vertex: 1 })
    );
}

/// Shapes that trouble careless engines, over a grid of 8 × 8.
fn awkward() -> Vec<(&'static str, MultiPolygon<f64>)> {
    let square = |x: f64, y: f64, side: f64| polygon![(x: x, y: y), (x: x + side, y: y), (x: x + side, y: y + side), (x: x, y: y + side)];
    vec![
        (
            "sliver",
            polygon![(x: 0.1, y: 0.1), (x: 7.9, y: 6.3), (x: 7.9, y: 6.300_000_1)].into(),
        ),
        (
            "sliver along a border",
            polygon![(x: 0.0, y: 3.0), (x: 8.0, y: 3.0), (x: 8.0, y: 3.000_001)].into(),
        ),
        (
            "corners on corners",
            polygon![(x: 4.0, y: 0.0), (x: 8.0, y: 4.0), (x: 4.0, y: 8.0), (x: 0.0, y: 4.0)].into(),
        ),
        (
            "touching corners",
            MultiPolygon::new(vec![square(1.0, 1.0, 2.0), square(3.0, 3.0, 2.5)]),
        ),
        (
            "touching sides",
            MultiPolygon::new(vec![square(1.3, 1.3, 2.0), square(3.3, 1.3, 2.0)]),
        ),
        (
            "hole touching the border in a point",
            Polygon::new(
                vec![(0.0, 0.0), (8.0, 0.0), (8.0, 8.0), (0.0, 8.0)].into(),
                vec![vec![(0.0, 4.0), (3.5, 2.5), (4.0, 6.0)].into()],
            )
            .into(),
        ),
        (
            "island in a hole",
            MultiPolygon::new(vec![
                Polygon::new(
                    vec![(0.2, 0.2), (7.7, 0.3), (7.6, 7.8), (0.1, 7.5)].into(),
                    vec![vec![(1.0, 1.0), (6.5, 1.5), (6.0, 6.5), (1.5, 6.0)].into()],
                ),
                square(3.1, 3.2, 1.7),
            ]),
        ),
        (
            "partly outside",
            polygon![(x: -3.3, y: 2.2), (x: 4.4, y: -5.5), (x: 11.1, y: 6.6), (x: 3.3, y: 12.1)]
                .into(),
        ),
        (
            "comb along borders",
            polygon![
                (x: 0.0, y: 0.0), (x: 8.0, y: 0.0), (x: 8.0, y: 8.0), (x: 7.0, y: 8.0),
                (x: 7.0, y: 1.0), (x: 5.5, y: 1.0), (x: 5.5, y: 8.0), (x: 4.0, y: 8.0),
                (x: 4.0, y: 1.0), (x: 2.0, y: 1.0), (x: 2.0, y: 8.0), (x: 0.0, y: 8.0)
            ]
            .into(),
        ),
        (
            "nearly level and nearly upright edges",
            polygon![
                (x: 1.0, y: 1.0), (x: 7.0, y: 1.000_000_000_1), (x: 7.000_000_000_1, y: 7.0),
                (x: 1.000_000_001, y: 6.999_999_999)
            ]
            .into(),
        ),
    ]
}

#[test]
fn awkward_shapes_cover_what_cutting_each_cell_gives() {
    let grid = grid(8, 8);
    for (name, shape) in awkward() {
        let (found, expected) = (exact(&grid, &shape), brute(&grid, &shape));
        for (place, (a, b)) in found.iter().zip(&expected).enumerate() {
            assert!((a - b).abs() < 1e-11, "{name}, cell {place}: {a} {b}");
        }
    }
}

#[test]
fn a_shape_over_many_blocks_equals_cutting_and_leaves_no_seam() {
    let grid = grid(1100, 600);
    let shape: MultiPolygon<f64> = Polygon::new(
        vec![
            (3.7, 5.1),
            (1090.2, 88.8),
            (700.3, 590.9),
            (512.0, 512.0),
            (20.4, 560.5),
        ]
        .into(),
        vec![vec![(500.5, 200.5), (530.5, 210.5), (515.5, 260.5)].into()],
    )
    .into();
    let found = exact(&grid, &shape);
    assert!((found.iter().sum::<f64>() / plane_area(&shape) - 1.0).abs() < 1e-13);
    // Around the seams between the blocks, cell by cell.
    for row in (80..100).chain(505..520) {
        for col in (0..20_u32).chain(505..520).chain(1020..1030) {
            let top = f64::from(grid.height - row);
            let extent = [f64::from(col), top - 1.0, f64::from(col + 1), top];
            let expected = plane_area(&clip_to_extent(&shape, extent));
            let at = found[(row * grid.width + col) as usize];
            assert!((at - expected).abs() < 1e-9, "{row} {col}: {at} {expected}");
        }
    }
}

#[test]
fn the_centre_rule_counts_a_centre_on_a_shared_edge_once() {
    let grid = grid(4, 4);
    // Borders run through the centres of column 1 and row 1.
    let tiles = [
        [0.0, 0.0, 1.5, 2.5],
        [1.5, 0.0, 4.0, 2.5],
        [0.0, 2.5, 1.5, 4.0],
        [1.5, 2.5, 4.0, 4.0],
    ];
    let mut sum = vec![0; 16];
    for [x0, y0, x1, y1] in tiles {
        let tile = polygon![(x: x0, y: y0), (x: x1, y: y0), (x: x1, y: y1), (x: x0, y: y1)];
        for (sum, cell) in sum
            .iter_mut()
            .zip(coverage(&grid, &tile.into(), Edges::CellCentre))
        {
            *sum += cell;
        }
    }
    assert_eq!(sum, [WHOLE; 16]);
}

#[test]
fn the_centre_rule_holds_left_open_and_top_closed() {
    // Corners on the centres of cells (1, 1) and (3, 3), rows from the north.
    let shape =
        polygon![(x: 1.5, y: 0.5), (x: 3.5, y: 0.5), (x: 3.5, y: 2.5), (x: 1.5, y: 2.5)].into();
    let found = coverage(&grid(4, 4), &shape, Edges::CellCentre);
    let inside: Vec<usize> = (0..16).filter(|place| found[*place] == WHOLE).collect();
    assert_eq!(inside, [6, 7, 10, 11]);
    assert_eq!(found.iter().sum::<i64>(), 4 * WHOLE);
}

/// A star around a centre with one corner a direction: always simple.
fn star(x: f64, y: f64, radii: &[f64]) -> Polygon<f64> {
    let corners = radii.len() as f64;
    let ring: Vec<(f64, f64)> = radii
        .iter()
        .enumerate()
        .map(|(place, r)| {
            let angle = place as f64 / corners * std::f64::consts::TAU + 0.1;
            (x + r * angle.cos(), y + r * angle.sin())
        })
        .collect();
    Polygon::new(ring.into(), vec![])
}

prop_compose! {
    fn shapes()(
        x in -2.0..14.0_f64,
        y in -2.0..14.0_f64,
        radii in prop::collection::vec(0.2..9.0_f64, 3..12),
        hole in prop::option::of(0.05..0.4_f64),
    ) -> MultiPolygon<f64> {
        let outer = star(x, y, &radii);
        let holes = hole.map(|share| {
            let inner: Vec<f64> = radii.iter().map(|r| r * share).collect();
            star(x, y, &inner).exterior().clone()
        });
        Polygon::new(outer.exterior().clone(), holes.into_iter().collect()).into()
    }
}

proptest! {
    #[test]
    fn coverage_equals_cutting_each_cell(shape in shapes()) {
        let grid = grid(12, 12);
        assert_close(&exact(&grid, &shape), &brute(&grid, &shape), 1e-11);
    }

    #[test]
    fn coverage_lies_between_nothing_and_whole(shape in shapes()) {
        for rule in [Edges::Exact, Edges::CellCentre] {
            let found = coverage(&grid(12, 12), &shape, rule);
            prop_assert!(found.iter().all(|cell| (0..=WHOLE).contains(cell)));
        }
    }

    #[test]
    fn turning_the_grid_upside_down_turns_the_coverage(shape in shapes()) {
        let north_up = grid(12, 12);
        let mut south_up = grid(12, 12);
        south_up.transform = Transform { x0: 0.0, y0: 0.0, dx: 1.0, dy: 1.0 };
        let up = exact(&north_up, &shape);
        let down: Vec<f64> = exact(&south_up, &shape).chunks(12).rev().flatten().copied().collect();
        assert_close(&up, &down, 1e-11);
    }

    #[test]
    fn triangles_of_a_fan_give_each_cell_once_to_the_last_unit(
        x in 2.0..10.0_f64, y in 2.0..10.0_f64, cuts in prop::collection::vec(0.0..48.0_f64, 1..9),
    ) {
        // The border of the grid, unrolled; the fan runs from an inner point to places on it.
        let place = |s: f64| match s {
            s if s < 12.0 => (s, 0.0),
            s if s < 24.0 => (12.0, s - 12.0),
            s if s < 36.0 => (36.0 - s, 12.0),
            s => (0.0, 48.0 - s),
        };
        let mut stops: Vec<f64> = cuts;
        stops.extend([0.0, 12.0, 24.0, 36.0]);
        stops.sort_by(f64::total_cmp);
        stops.dedup();
        for rule in [Edges::Exact, Edges::CellCentre] {
            let mut sum = vec![0; 144];
            for (place_a, a) in stops.iter().enumerate() {
                let b = stops.get(place_a + 1).copied().unwrap_or(0.0);
                let ring = vec![(x, y), place(*a), place(b)];
                let triangle = Polygon::new(ring.into(), vec![]).into();
                for (sum, cell) in sum.iter_mut().zip(coverage(&grid(12, 12), &triangle, rule)) {
                    *sum += cell;
                }
            }
            prop_assert_eq!(sum, vec![WHOLE; 144]);
        }
    }
}

#[test]
fn blocks_are_found_by_the_shapes_that_reach_them() {
    let grid = grid(1100, 600);
    let zones = [
        Zone {
            shape: star(100.0, 500.0, &[20.0; 8]).into(),
        },
        Zone {
            shape: star(1050.0, 20.0, &[15.0; 8]).into(),
        },
    ];
    let index = ZoneIndex::new(&zones, &grid).unwrap();
    assert_eq!(
        index.blocks(&grid),
        [Block { row: 0, col: 0 }, Block { row: 1, col: 2 }]
    );
}

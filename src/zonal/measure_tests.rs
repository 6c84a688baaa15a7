use std::num::NonZeroUsize;
use std::ops::ControlFlow;
use std::sync::Mutex;

use geo::{MultiPolygon, polygon};
use proptest::prelude::*;

use super::*;
use crate::grid::{
    Block, CellAreas, Crs, CrsKind, Ellipsoid, Grid, Transform, Window, clip_to_extent,
};
use crate::units::SquareMetres;

fn grid(width: u32, height: u32) -> Grid {
    Grid {
        crs: Crs {
            authority: None,
            name: "test".to_owned(),
            wkt: String::new(),
            kind: CrsKind::Geographic,
            ellipsoid: Ellipsoid::WGS84,
        },
        transform: Transform {
            x0: 0.0,
            y0: f64::from(height) * 0.01,
            dx: 0.01,
            dy: -0.01,
        },
        width,
        height,
    }
}

/// Rasters in memory: codes and values by formula, some blocks broken.
struct Memory {
    grid: Grid,
    broken: Vec<Block>,
    read: Mutex<Vec<(usize, Window)>>,
}

impl Memory {
    fn new(grid: &Grid) -> Self {
        Self {
            grid: grid.clone(),
            broken: Vec::new(),
            read: Mutex::new(Vec::new()),
        }
    }

    fn class(layer: usize, row: u32, col: u32) -> u8 {
        let patch = (row / 5 * 31 + col / 7 * 17) % 5;
        u8::try_from((patch + u32::try_from(layer).unwrap() * (row / 11)) % 5).unwrap()
    }

    fn value(row: u32, col: u32) -> Option<f64> {
        (!(row + col).is_multiple_of(9)).then(|| f64::from(row) * 0.25 + f64::from(col % 13))
    }
}

struct MemoryReader<'a>(&'a Memory);

/// Rasters that hand out readers which borrow them.
struct Borrowed<'a>(&'a Memory);

impl<'a> Rasters for Borrowed<'a> {
    type Reader = MemoryReader<'a>;

    fn reader(&self) -> Result<MemoryReader<'a>, ReadError> {
        Ok(MemoryReader(self.0))
    }
}

fn places(window: Window) -> impl Iterator<Item = (u32, u32)> {
    (window.row..window.row + window.rows)
        .flat_map(move |row| (window.col..window.col + window.cols).map(move |col| (row, col)))
}

impl BlockReader for MemoryReader<'_> {
    fn classes(
        &mut self,
        layer: usize,
        window: Window,
        out: &mut ClassBlock,
    ) -> Result<(), ReadError> {
        self.0.read.lock().unwrap().push((layer, window));
        if self
            .0
            .broken
            .iter()
            .any(|b| self.0.grid.window(*b) == window)
        {
            return Err(ReadError::new("tile 3 of lc.tif is cut short"));
        }
        let cells = places(window).map(|(row, col)| Memory::class(layer, row, col));
        *out = ClassBlock {
            cells: ClassCells::U8(cells.collect()),
            nodata: Some(4),
            mask: None,
        };
        Ok(())
    }

    fn values(&mut self, _: usize, window: Window, out: &mut ValueBlock) -> Result<(), ReadError> {
        let cells = places(window).map(|(row, col)| Memory::value(row, col).unwrap_or(-9999.0));
        *out = ValueBlock {
            cells: ValueCells::F64(cells.collect()),
            nodata: Some(-9999.0),
            mask: None,
        };
        Ok(())
    }
}

fn options(class_layers: usize, value_layers: usize, threads: usize) -> Options {
    Options {
        class_layers,
        value_layers,
        edges: Edges::Exact,
        threads: NonZeroUsize::new(threads).unwrap(),
    }
}

fn run(grid: &Grid, zones: &[Zone], options: &Options) -> Ledger {
    let areas = CellAreas::geographic(grid).unwrap();
    let memory = Memory::new(grid);
    let quiet = |_, _| ControlFlow::Continue(());
    measure(grid, &areas, zones, &Borrowed(&memory), options, &quiet).unwrap()
}

fn square(x: f64, y: f64, side: f64) -> Zone {
    let ring = polygon![(x: x, y: y), (x: x + side, y: y), (x: x + side, y: y + side), (x: x, y: y + side)];
    Zone {
        shape: MultiPolygon::from(ring),
    }
}

/// A few zones over a grid of 3 × 2 blocks: small, large, overlapping, around everything, outside.
fn zones() -> Vec<Zone> {
    let mut zones = vec![
        square(0.203, 0.304, 3.0),
        square(4.0, 1.0, 7.123),
        square(5.0, 2.0, 5.5),
        square(-1.0, -1.0, 50.0),
        square(40.0, 1.0, 3.0),
        square(9.1234, 4.9999, 0.002),
    ];
    zones.push(Zone {
        shape: polygon![(x: 0.5, y: 0.5), (x: 12.9, y: 3.3), (x: 2.0, y: 6.9)].into(),
    });
    zones
}

#[test]
fn a_zone_over_nine_cells_holds_their_classes_by_area() {
    let grid = grid(3, 3);
    // The lower left half: cells on the diagonal count half.
    let zone = Zone {
        shape: polygon![(x: 0.0, y: 0.0), (x: 0.03, y: 0.0), (x: 0.0, y: 0.03)].into(),
    };
    let ledger = run(&grid, &[zone], &options(1, 0, 1));
    // All nine cells lie in the first patch, class 0.
    let tally = ledger.get(0, &[Class::Code(0)]).unwrap();
    assert_eq!(ledger.len(), 1);
    assert_eq!(tally.full, 3);
    assert!((tally.cells() - 4.5).abs() < 1e-9);
    let areas = CellAreas::geographic(&grid).unwrap();
    let expected = (0..3).map(|row| areas.cell(row, 0) as f64 * (f64::from(row) + 0.5));
    let expected = expected.sum::<f64>() / crate::grid::UNITS_PER_SQUARE_METRE;
    assert!((tally.square_metres().value() / expected - 1.0).abs() < 1e-9);
}

#[test]
fn the_pass_equals_adding_cell_by_cell() {
    let grid = grid(1300, 700);
    let areas = CellAreas::geographic(&grid).unwrap();
    // On cell borders, so that every cell is whole.
    let ledger = run(&grid, &[square(2.0, 1.0, 4.0)], &options(2, 1, 1));
    let mut count = 0;
    for a in 0..5_u8 {
        for b in 0..5_u8 {
            let cells: Vec<(u32, u32)> = places(Window {
                row: 200,
                col: 200,
                rows: 400,
                cols: 400,
            })
            .filter(|(row, col)| {
                Memory::class(0, *row, *col) == a && Memory::class(1, *row, *col) == b
            })
            .collect();
            let class = |code: u8| {
                if code == 4 {
                    Class::Nodata
                } else {
                    Class::Code(code.into())
                }
            };
            let Some(tally) = ledger.get(0, &[class(a), class(b)]) else {
                assert!(cells.is_empty());
                continue;
            };
            count += 1;
            // The corners of the square are rounded: cells at its border may be a hair from whole.
            assert!((tally.cells() - cells.len() as f64).abs() < 1e-6);
            let area: u64 = cells.iter().map(|(row, _)| areas.cell(*row, 0)).sum();
            assert!((tally.area as f64 / area as f64 - 1.0).abs() < 1e-12);
            let valid: Vec<(f64, f64)> = cells
                .iter()
                .filter_map(|(row, col)| {
                    Some((areas.cell(*row, *col) as f64, Memory::value(*row, *col)?))
                })
                .collect();
            let weight: f64 = valid.iter().map(|v| v.0).sum();
            let mean = valid.iter().map(|(a, x)| a * x).sum::<f64>() / weight;
            let variance = valid
                .iter()
                .map(|(a, x)| a * (x - mean).powi(2))
                .sum::<f64>()
                / weight;
            let values = &tally.values[0];
            assert_eq!(values.count, valid.len() as u64);
            assert!((values.mean().unwrap() / mean - 1.0).abs() < 1e-12);
            assert!((values.variance().unwrap() / variance - 1.0).abs() < 1e-9);
            let least = valid.iter().map(|v| v.1).fold(f64::INFINITY, f64::min);
            assert_eq!(values.min(), Some(least));
        }
    }
    assert_eq!(count, ledger.len());
}

#[test]
fn one_two_and_seven_threads_give_the_same_ledger() {
    let grid = grid(1300, 700);
    let one = run(&grid, &zones(), &options(2, 1, 1));
    assert!(one.len() > 20);
    for threads in [2, 7] {
        assert_eq!(one, run(&grid, &zones(), &options(2, 1, threads)));
    }
}

#[test]
fn a_zone_beyond_the_raster_holds_nothing_and_one_around_it_everything() {
    let grid = grid(1300, 700);
    let ledger = run(&grid, &zones(), &options(1, 0, 1));
    assert_eq!(ledger.zone(4).count(), 0);
    assert_eq!(ledger.total(3).full, 1300 * 700);
    assert_eq!(ledger.total(3).part, 0);
    let areas = CellAreas::geographic(&grid).unwrap();
    let all: i128 = (0..700)
        .map(|row| i128::from(areas.cell(row, 0)) * 1300)
        .sum();
    assert_eq!(ledger.total(3).area, all);
}

#[test]
fn every_block_is_read_once_a_layer_and_untouched_ones_never() {
    let grid = grid(1300, 700);
    let memory = Memory::new(&grid);
    let areas = CellAreas::geographic(&grid).unwrap();
    let zones = [
        square(0.5, 0.5, 1.0),
        square(0.7, 0.7, 1.0),
        square(11.0, 6.0, 0.5),
    ];
    let quiet = |_, _| ControlFlow::Continue(());
    measure(
        &grid,
        &areas,
        &zones,
        &Borrowed(&memory),
        &options(2, 0, 1),
        &quiet,
    )
    .unwrap();
    let mut read: Vec<_> = memory
        .read
        .lock()
        .unwrap()
        .iter()
        .map(|(l, w)| (w.row, w.col, *l))
        .collect();
    read.sort_unstable();
    assert_eq!(read, [(0, 1024, 0), (0, 1024, 1), (512, 0, 0), (512, 0, 1)]);
}

#[test]
fn a_broken_block_is_listed_with_its_zones_and_stops_nothing() {
    let grid = grid(1300, 700);
    let mut memory = Memory::new(&grid);
    let broken = Block { row: 1, col: 0 };
    memory.broken.push(broken);
    let areas = CellAreas::geographic(&grid).unwrap();
    let quiet = |_, _| ControlFlow::Continue(());
    let ledger = measure(
        &grid,
        &areas,
        &zones(),
        &Borrowed(&memory),
        &options(1, 0, 2),
        &quiet,
    )
    .unwrap();
    let [failure] = ledger.failures() else {
        panic!("one failure: {:?}", ledger.failures());
    };
    assert_eq!(failure.block, broken);
    assert_eq!(failure.layer, Layer::Class(0));
    assert_eq!(failure.message, "tile 3 of lc.tif is cut short");
    assert_eq!(failure.zones, [0, 1, 3, 6]);
    assert_eq!(ledger.total(3).full, 1300 * 700 - 188 * 512);
}

#[test]
fn a_reader_that_gives_too_few_cells_is_a_failure() {
    struct Short;
    impl Rasters for Short {
        type Reader = Self;
        fn reader(&self) -> Result<Self, ReadError> {
            Ok(Self)
        }
    }
    impl BlockReader for Short {
        fn classes(&mut self, _: usize, _: Window, _: &mut ClassBlock) -> Result<(), ReadError> {
            Ok(())
        }
        fn values(&mut self, _: usize, _: Window, _: &mut ValueBlock) -> Result<(), ReadError> {
            Ok(())
        }
    }
    let grid = grid(3, 3);
    let areas = CellAreas::uniform(SquareMetres::new(900.0)).unwrap();
    let quiet = |_, _| ControlFlow::Continue(());
    let ledger = measure(
        &grid,
        &areas,
        &[square(0.0, 0.0, 0.02)],
        &Short,
        &options(1, 0, 1),
        &quiet,
    );
    assert_eq!(
        ledger.unwrap().failures()[0].message,
        "the reader gave 0 cells, expected 9"
    );
}

#[test]
fn rasters_that_do_not_open_stop_the_pass() {
    struct Closed;
    impl Rasters for Closed {
        type Reader = MemoryReader<'static>;
        fn reader(&self) -> Result<Self::Reader, ReadError> {
            Err(ReadError::new("lc.tif is not a raster"))
        }
    }
    let grid = grid(3, 3);
    let areas = CellAreas::geographic(&grid).unwrap();
    let quiet = |_, _| ControlFlow::Continue(());
    let outcome = measure(
        &grid,
        &areas,
        &[square(0.0, 0.0, 0.02)],
        &Closed,
        &options(1, 0, 2),
        &quiet,
    );
    assert_eq!(
        outcome,
        Err(ZonalError::Reader(ReadError::new("lc.tif is not a raster")))
    );
}

#[test]
fn progress_counts_blocks_and_may_stop_the_pass() {
    let grid = grid(1300, 700);
    let areas = CellAreas::geographic(&grid).unwrap();
    let memory = Memory::new(&grid);
    let seen = Mutex::new(Vec::new());
    let watch = |done, total| {
        seen.lock().unwrap().push((done, total));
        if done == 2 {
            ControlFlow::Break(())
        } else {
            ControlFlow::Continue(())
        }
    };
    let outcome = measure(
        &grid,
        &areas,
        &zones(),
        &Borrowed(&memory),
        &options(1, 0, 1),
        &watch,
    );
    assert_eq!(outcome, Err(ZonalError::Cancelled));
    assert_eq!(*seen.lock().unwrap(), [(1, 6), (2, 6)]);
}

#[test]
fn no_zones_give_an_empty_ledger() {
    let ledger = run(&grid(30, 30), &[], &options(1, 0, 3));
    assert!(ledger.is_empty() && ledger.failures().is_empty());
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn zones_that_tile_the_raster_add_up_to_it(x in 0.1..12.9_f64, y in 0.1..6.9_f64) {
        let grid = grid(1300, 700);
        let quarter = |x0: f64, y0: f64, x1: f64, y1: f64| Zone {
            shape: polygon![(x: x0, y: y0), (x: x1, y: y0), (x: x1, y: y1), (x: x0, y: y1)].into(),
        };
        let tiles = [
            quarter(-1.0, -1.0, x, y),
            quarter(x, -1.0, 14.0, y),
            quarter(-1.0, y, x, 8.0),
            quarter(x, y, 14.0, 8.0),
        ];
        let ledger = run(&grid, &tiles, &options(1, 0, 2));
        let mut sum = Tally::default();
        for zone in 0..4 {
            sum.merge(&ledger.total(zone));
        }
        prop_assert_eq!(i128::from(sum.full << 40) + sum.part, (1300_i128 * 700) << 40);
        let areas = CellAreas::geographic(&grid).unwrap();
        let all: i128 = (0..700).map(|row| i128::from(areas.cell(row, 0)) * 1300).sum();
        // Each part of a cut cell is rounded to 2⁻³⁰ m².
        prop_assert!((sum.area - all).abs() < 4 * 2000);
    }

    #[test]
    fn ledgers_of_parts_merge_into_the_ledger_of_the_whole(cut in 0.0..13.0_f64) {
        // The two halves of each zone, measured apart, hold what the zone holds.
        let grid = grid(1300, 700);
        let all = zones();
        let half = |low: f64, high: f64| -> Vec<Zone> {
            all.iter()
                .map(|z| Zone { shape: clip_to_extent(&z.shape, [low, -100.0, high, 100.0]) })
                .collect()
        };
        let mut merged = run(&grid, &half(-100.0, cut), &options(1, 0, 1));
        merged.merge(run(&grid, &half(cut, 100.0), &options(1, 0, 1)));
        let whole = run(&grid, &all, &options(1, 0, 1));
        for zone in 0..7 {
            let (a, b) = (merged.total(zone), whole.total(zone));
            prop_assert!((a.cells() - b.cells()).abs() <= 1e-9 * b.cells().max(1.0));
            prop_assert!((a.area - b.area).abs() as f64 <= 1e-9 * b.area as f64 + 4096.0);
        }
    }
}

#[test]
fn curved_areas_of_small_and_large_cells_add_up_to_the_last_unit() {
    for size in [1.0, 30.0, 1000.0, 20_000.0] {
        let mut grid = grid(600, 24);
        grid.crs.kind = CrsKind::Projected {
            metres_per_unit: 1.0,
        };
        grid.transform = Transform {
            x0: 1e5,
            y0: 1e6,
            dx: size,
            dy: -size,
        };
        // A scale that bends along rows and columns, as a conformal cone's does.
        let areas = CellAreas::projected::<std::convert::Infallible>(&grid, &mut |places| {
            let scale = |x: f64, y: f64| (-(x * x + y * y) / 4e14).exp() * (1.0 + y / 6e7);
            Ok(places.iter().map(|(x, y)| scale(*x, *y)).collect())
        })
        .unwrap();
        let memory = Memory::new(&grid);
        let quiet = |_, _| ControlFlow::Continue(());
        // A hair of the last column is left out, so that no block takes the way of whole blocks.
        let width = 599.5 * size;
        let ring = polygon![(x: 0.0, y: 2e6), (x: 1e5 + width, y: 2e6), (x: 1e5 + width, y: -2e7), (x: 0.0, y: -2e7)];
        let zones = [Zone { shape: ring.into() }, square(-1e8, -1e8, 2e8)];
        let ledger = measure(
            &grid,
            &areas,
            &zones,
            &Borrowed(&memory),
            &options(2, 0, 2),
            &quiet,
        )
        .unwrap();
        let column = |col: u32| (0..24).map(move |row| (row, col));
        let sum = |cols: std::ops::Range<u32>| -> i128 {
            let cells = cols.flat_map(column);
            cells
                .map(|(row, col)| i128::from(areas.cell(row, col)))
                .sum()
        };
        assert_eq!(ledger.total(1).area, sum(0..600), "{size}");
        let half: i128 = column(599)
            .map(|(row, col)| i128::from(areas.cell(row, col)).div_euclid(2))
            .sum();
        let found = ledger.total(0).area - sum(0..599) - half;
        assert!(
            found.abs() as f64 <= 1e-9 * half as f64 + 24.0,
            "{size}: {found}"
        );
    }
}

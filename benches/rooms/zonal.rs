//! The engine on drawn data: a map of patches, regions that tile it with crooked borders, and many
//! small stands. Readers copy one block from memory, so what is timed is the engine.

#![expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "drawn numbers between 0 and a few hundred"
)]

use std::convert::Infallible;
use std::f64::consts::TAU;
use std::num::NonZeroUsize;
use std::ops::ControlFlow;

use criterion::{BenchmarkGroup, Criterion, Throughput, measurement::WallTime};
use geo::{LineString, Polygon};
use terrasink::grid::{BLOCK, CellAreas, Crs, CrsKind, Ellipsoid, Grid, Transform, Window};
use terrasink::units::SquareMetres;
use terrasink::zonal::{
    BlockReader, ClassBlock, ClassCells, Edges, Options, Rasters, ReadError, ValueBlock,
    ValueCells, Zone, measure,
};

/// Cells along one side of the map.
const SIDE: u32 = 8192;

fn grid() -> Grid {
    Grid {
        crs: Crs {
            authority: None,
            name: "bench".to_owned(),
            wkt: String::new(),
            kind: CrsKind::Projected {
                metres_per_unit: 1.0,
            },
            ellipsoid: Ellipsoid::WGS84,
        },
        transform: Transform {
            x0: 2e5,
            y0: 4e6,
            dx: 30.0,
            dy: -30.0,
        },
        width: SIDE,
        height: SIDE,
    }
}

/// A number in 0..1 that looks random, the same every time.
fn noise(seed: u64) -> f64 {
    let mut z = seed.wrapping_add(1).wrapping_mul(0x9E37_79B9_7F4A_7C15);
    z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    ((z ^ (z >> 31)) >> 11) as f64 / (1_u64 << 53) as f64
}

/// Patches of 8 to 64 cells, 1.5 % of the cells strewn over them.
fn patches() -> Vec<u8> {
    let mut cells = vec![0_u8; (BLOCK * BLOCK) as usize];
    for (number, size) in (0..6000_u64).map(|n| (n, 8 + (noise(n * 4) * 56.0) as usize)) {
        let row = (noise(number * 4 + 1) * f64::from(BLOCK)) as usize;
        let col = (noise(number * 4 + 2) * f64::from(BLOCK)) as usize;
        let class = 11 + (noise(number * 4 + 3) * 15.0) as u8 * 5;
        let side = BLOCK as usize;
        for line in cells.chunks_mut(side).skip(row).take(size) {
            line[col..side.min(col + size)].fill(class);
        }
    }
    for (place, cell) in (0_u64..).zip(&mut cells) {
        if noise(place + 1_000_000) < 0.015 {
            *cell = 11 + (noise(place + 2_000_000) * 15.0) as u8 * 5;
        }
    }
    cells
}

/// Every block holds the same cells.
struct Stamp {
    classes: Vec<u8>,
    values: Vec<f32>,
}

impl Stamp {
    fn new() -> Self {
        let classes = patches();
        let values = (0_u64..)
            .zip(&classes)
            .map(|(n, class)| f32::from(*class) + noise(n) as f32)
            .collect();
        Self { classes, values }
    }
}

struct StampReader<'a>(&'a Stamp);

/// The stamp, as rasters.
struct Stamped<'a>(&'a Stamp);

impl<'a> Rasters for Stamped<'a> {
    type Reader = StampReader<'a>;

    fn reader(&self) -> Result<Self::Reader, ReadError> {
        Ok(StampReader(self.0))
    }
}

impl BlockReader for StampReader<'_> {
    fn classes(&mut self, _: usize, _: Window, out: &mut ClassBlock) -> Result<(), ReadError> {
        if let ClassCells::U8(cells) = &mut out.cells {
            cells.clone_from(&self.0.classes);
        }
        out.nodata = Some(255);
        Ok(())
    }

    fn values(&mut self, _: usize, _: Window, out: &mut ValueBlock) -> Result<(), ReadError> {
        if let ValueCells::F32(cells) = &mut out.cells {
            cells.clone_from(&self.0.values);
        }
        out.nodata = Some(-9999.0);
        Ok(())
    }
}

/// A crooked line between two corners, the same from both sides.
fn border(from: (f64, f64), to: (f64, f64), seed: u64) -> Vec<(f64, f64)> {
    const PARTS: u32 = 512;
    let (dx, dy) = (to.0 - from.0, to.1 - from.1);
    (0..PARTS)
        .map(|part| {
            let t = f64::from(part) / f64::from(PARTS);
            let wave = |k: f64, n: u64| ((t * k + noise(seed + n)) * TAU).sin() / k;
            let rough = noise(seed * 4096 + u64::from(part)) - 0.5;
            let off = t * (1.0 - t) * (0.1 * wave(1.0, 1) + 0.3 * wave(9.0, 2) + 0.01 * rough);
            (from.0 + t * dx - off * dy, from.1 + t * dy + off * dx)
        })
        .collect()
}

/// Regions in 20 rows of 17 that tile the map, about 2048 corners each.
fn regions() -> Vec<Zone> {
    let size = f64::from(SIDE) * 30.0;
    let corner = |row: u64, col: u64| {
        let inner = |k: u64, n: u64| k > 0 && k < n;
        let jitter = |on: bool, n: u64| if on { noise(n) - 0.5 } else { 0.0 };
        let x = col as f64 + 0.5 * jitter(inner(col, 17), row * 100 + col);
        let y = row as f64 + 0.5 * jitter(inner(row, 20), row * 100 + col + 7777);
        (2e5 + x / 17.0 * size, 4e6 - y / 20.0 * size)
    };
    let level = |row, col| border(corner(row, col), corner(row, col + 1), row * 100 + col);
    let upright = |row, col| {
        border(
            corner(row, col),
            corner(row + 1, col),
            row * 100 + col + 5000,
        )
    };
    let reversed = |mut line: Vec<(f64, f64)>, end| {
        line.push(end);
        line.reverse();
        line
    };
    (0..20_u64)
        .flat_map(|row| (0..17_u64).map(move |col| (row, col)))
        .map(|(row, col)| {
            let mut ring = level(row, col);
            ring.extend(upright(row, col + 1));
            ring.extend(reversed(level(row + 1, col), corner(row + 1, col + 1)));
            ring.extend(reversed(upright(row, col), corner(row + 1, col)));
            Zone {
                shape: Polygon::new(LineString::from(ring), vec![]).into(),
            }
        })
        .collect()
}

/// Many small stands.
fn stands_of(number: u64) -> Vec<Zone> {
    (0..number)
        .map(|n| {
            let at = |k: u64| noise(n * 8 + k);
            let size = f64::from(SIDE) * 30.0;
            let (x, y) = (2e5 + at(0) * size, 4e6 - at(1) * size);
            let radius = 30.0 * (2.0 + 23.0 * at(2) * at(2));
            let corners = 12 + (at(3) * 36.0) as u32;
            let ring: Vec<(f64, f64)> = (0..corners)
                .map(|k| {
                    let angle = f64::from(k) / f64::from(corners) * TAU;
                    let r = radius * (0.7 + 0.3 * noise(n * 64 + u64::from(k)));
                    (x + r * angle.cos(), y + r * angle.sin())
                })
                .collect();
            Zone {
                shape: Polygon::new(ring.into(), vec![]).into(),
            }
        })
        .collect()
}

/// Areas as on a transverse Mercator projection.
fn curved(grid: &Grid) -> CellAreas {
    CellAreas::projected::<Infallible>(grid, &mut |places| {
        let scale = |x: f64| 1.0 / (0.9996 * (x / 6_371_007.0).cosh()).powi(2);
        Ok(places.iter().map(|(x, _)| scale(*x)).collect())
    })
    .expect("a smooth scale")
}

/// Areas as on Mercator's projection.
fn by_row(grid: &Grid) -> CellAreas {
    CellAreas::projected::<Infallible>(grid, &mut |places| {
        let scale = |y: f64| 1.0 / (y / 6_371_007.0).cosh().powi(2);
        Ok(places.iter().map(|(_, y)| scale(*y)).collect())
    })
    .expect("a smooth scale")
}

struct Case<'a> {
    name: &'a str,
    zones: &'a [Zone],
    areas: &'a CellAreas,
    layers: (usize, usize),
    edges: Edges,
    threads: usize,
}

fn bench(group: &mut BenchmarkGroup<'_, WallTime>, stamp: &Stamp, case: &Case<'_>) {
    let grid = grid();
    group.throughput(Throughput::Elements(
        u64::from(grid.width) * u64::from(grid.height),
    ));
    let options = Options {
        class_layers: case.layers.0,
        value_layers: case.layers.1,
        edges: case.edges,
        threads: NonZeroUsize::new(case.threads).expect("at least one"),
    };
    let quiet = |_, _| ControlFlow::Continue(());
    group.bench_function(case.name, |b| {
        b.iter(|| {
            measure(
                &grid,
                case.areas,
                case.zones,
                &Stamped(stamp),
                &options,
                &quiet,
            )
            .expect("a ledger")
        });
    });
}

fn uniform() -> CellAreas {
    CellAreas::uniform(SquareMetres::new(900.0)).expect("an ordinary cell")
}

/// Class areas of 340 regions, on equal, row-wise and curved areas.
pub(crate) fn counties(c: &mut Criterion) {
    let (stamp, zones) = (Stamp::new(), regions());
    let mut group = c.benchmark_group("zonal/counties");
    group.sample_size(10);
    for (name, areas, edges, threads) in [
        ("equal-area", uniform(), Edges::Exact, 1),
        ("equal-area, 2 threads", uniform(), Edges::Exact, 2),
        ("equal-area, cell centres", uniform(), Edges::CellCentre, 1),
        ("by row", by_row(&grid()), Edges::Exact, 1),
        ("curved", curved(&grid()), Edges::Exact, 1),
    ] {
        let case = Case {
            name,
            zones: &zones,
            areas: &areas,
            layers: (1, 0),
            edges,
            threads,
        };
        bench(&mut group, &stamp, &case);
    }
}

/// Class areas of 20 000 stands.
pub(crate) fn stands(c: &mut Criterion) {
    let (stamp, zones, areas) = (Stamp::new(), stands_of(20_000), uniform());
    let mut group = c.benchmark_group("zonal/stands");
    group.sample_size(10);
    for (name, threads) in [("1 thread", 1), ("2 threads", 2)] {
        let case = Case {
            name,
            zones: &zones,
            areas: &areas,
            layers: (1, 0),
            edges: Edges::Exact,
            threads,
        };
        bench(&mut group, &stamp, &case);
    }
}

/// Crosstab of two years and the sums of a value layer over 340 regions.
pub(crate) fn values(c: &mut Criterion) {
    let (stamp, zones, areas) = (Stamp::new(), regions(), uniform());
    let mut group = c.benchmark_group("zonal/values");
    group.sample_size(10);
    for (name, layers) in [
        ("crosstab", (2, 0)),
        ("sum", (1, 1)),
        ("crosstab and sum", (2, 1)),
    ] {
        let case = Case {
            name,
            zones: &zones,
            areas: &areas,
            layers,
            edges: Edges::Exact,
            threads: 1,
        };
        bench(&mut group, &stamp, &case);
    }
}

use std::num::NonZeroUsize;
use std::ops::ControlFlow;

use geo::{MultiPolygon, polygon};
use proptest::prelude::*;

use super::*;
use crate::grid::{Crs, CrsKind, Ellipsoid, Transform};
use crate::zonal::{Class, Edges, Options, Zone, measure};

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
            y0: f64::from(height),
            dx: 1.0,
            dy: -1.0,
        },
        width,
        height,
    }
}

/// Codes of a raster in memory, rows first.
struct Codes<'a> {
    grid: &'a Grid,
    codes: &'a [u8],
}

struct Reader<'a>(&'a Grid, &'a [u8]);

impl<'a> Rasters for Codes<'a> {
    type Reader = Reader<'a>;

    fn reader(&self) -> Result<Reader<'a>, ReadError> {
        Ok(Reader(self.grid, self.codes))
    }
}

impl BlockReader for Reader<'_> {
    fn classes(&mut self, _: usize, window: Window, out: &mut ClassBlock) -> Result<(), ReadError> {
        let mut cells = Vec::new();
        for row in window.row..window.row + window.rows {
            let begin = (row * self.0.width + window.col) as usize;
            cells.extend_from_slice(&self.1[begin..begin + window.cols as usize]);
        }
        *out = ClassBlock {
            cells: ClassCells::U8(cells),
            nodata: Some(9),
            mask: None,
        };
        Ok(())
    }

    fn values(&mut self, _: usize, _: Window, _: &mut ValueBlock) -> Result<(), ReadError> {
        Err(ReadError::new("no values here"))
    }
}

fn layer(smallest: f64, neighbours: Neighbours) -> PatchLayer {
    PatchLayer {
        of: 0,
        classes: BTreeSet::from([1, 2, 9]),
        smallest: SquareMetres::new(smallest),
        neighbours,
    }
}

/// The cells in small patches, found over the whole raster at once.
fn known(grid: &Grid, areas: &CellAreas, codes: &[u8], layer: &PatchLayer) -> Vec<bool> {
    let (rows, cols) = (i64::from(grid.height), i64::from(grid.width));
    let is_patch = |cell: i64| matches!(codes[usize::try_from(cell).unwrap()], 1 | 2);
    let mut label: Vec<i64> = (0..rows * cols).collect();
    // The least label spreads until nothing changes.
    loop {
        let mut changed = false;
        for cell in (0..rows * cols).filter(|cell| is_patch(*cell)) {
            let (row, col) = (cell / cols, cell % cols);
            for (down, right) in layer.neighbours.steps() {
                let (r, c) = (row + down, col + right);
                let next = r * cols + c;
                let inside = r >= 0 && c >= 0 && r < rows && c < cols;
                if inside && is_patch(next) {
                    let least = label[usize::try_from(cell).unwrap()]
                        .min(label[usize::try_from(next).unwrap()]);
                    for place in [cell, next] {
                        let slot = &mut label[usize::try_from(place).unwrap()];
                        changed |= *slot != least;
                        *slot = least;
                    }
                }
            }
        }
        if !changed {
            break;
        }
    }
    let area_of = |wanted: i64| -> f64 {
        (0..rows * cols)
            .filter(|cell| label[usize::try_from(*cell).unwrap()] == wanted)
            .map(|cell| {
                let row = u32::try_from(cell / cols).unwrap();
                let col = u32::try_from(cell % cols).unwrap();
                areas.cell(row, col) as f64 / UNITS_PER_SQUARE_METRE
            })
            .sum()
    };
    (0..rows * cols)
        .map(|cell| {
            is_patch(cell)
                && area_of(label[usize::try_from(cell).unwrap()]) < layer.smallest.value()
        })
        .collect()
}

fn found(
    grid: &Grid,
    areas: &CellAreas,
    codes: &[u8],
    layer: &PatchLayer,
    window: Window,
) -> Vec<bool> {
    let inner = Codes { grid, codes };
    let layers = [layer.clone()];
    let rasters = WithPatches::new(&inner, 1, grid, areas, &layers);
    let mut block = ClassBlock::default();
    rasters
        .reader()
        .unwrap()
        .classes(1, window, &mut block)
        .unwrap();
    let ClassCells::U8(cells) = block.cells else {
        panic!("patch layers are bytes");
    };
    cells
        .iter()
        .map(|code| i64::from(*code) == TOO_SMALL)
        .collect()
}

fn areas() -> CellAreas {
    CellAreas::uniform(SquareMetres::new(100.0)).unwrap()
}

#[test]
fn cells_that_touch_by_a_corner_are_one_patch_of_eight_neighbours_and_two_of_four() {
    let grid = grid(4, 2);
    let codes = [1, 0, 0, 0, 0, 1, 0, 1];
    let whole = Window {
        row: 0,
        col: 0,
        rows: 2,
        cols: 4,
    };
    let small = |neighbours| found(&grid, &areas(), &codes, &layer(150.0, neighbours), whole);
    assert_eq!(
        small(Neighbours::Eight),
        [false, false, false, false, false, false, false, true]
    );
    assert_eq!(
        small(Neighbours::Four),
        [true, false, false, false, false, true, false, true]
    );
}

#[test]
fn a_patch_of_just_the_smallest_area_counts() {
    let grid = grid(3, 1);
    let whole = Window {
        row: 0,
        col: 0,
        rows: 1,
        cols: 3,
    };
    let small = |smallest| {
        found(
            &grid,
            &areas(),
            &[1, 2, 0],
            &layer(smallest, Neighbours::Four),
            whole,
        )
    };
    assert_eq!(
        small(200.0),
        [false; 3],
        "two classes that both count make one patch"
    );
    assert_eq!(small(200.1), [true, true, false]);
}

#[test]
fn nodata_is_no_patch_even_where_its_code_is_named() {
    let grid = grid(2, 1);
    let whole = Window {
        row: 0,
        col: 0,
        rows: 1,
        cols: 2,
    };
    assert_eq!(
        found(
            &grid,
            &areas(),
            &[9, 1],
            &layer(150.0, Neighbours::Four),
            whole
        ),
        [false, true]
    );
}

#[test]
fn an_area_of_too_many_cells_is_refused_with_its_figure() {
    let error =
        WithPatches::<Codes<'_>>::cells(&grid(9, 9), &areas(), SquareMetres::new(1e6)).unwrap_err();
    assert!((error.cells - 10_000.0).abs() < 1e-6, "{error}");
    assert!(WithPatches::<Codes<'_>>::cells(&grid(9, 9), &areas(), SquareMetres::new(2e5)).is_ok());
}

/// Codes of which some cannot be read.
struct Damaged<'a>(&'a Codes<'a>, Window);

struct DamagedReader<'a>(Reader<'a>, Window);

impl<'a> Rasters for Damaged<'a> {
    type Reader = DamagedReader<'a>;

    fn reader(&self) -> Result<DamagedReader<'a>, ReadError> {
        Ok(DamagedReader(self.0.reader()?, self.1))
    }
}

impl BlockReader for DamagedReader<'_> {
    fn classes(&mut self, _: usize, _: Window, _: &mut ClassBlock) -> Result<(), ReadError> {
        Err(ReadError::new("damaged"))
    }

    fn values(&mut self, _: usize, _: Window, _: &mut ValueBlock) -> Result<(), ReadError> {
        Err(ReadError::new("no values here"))
    }

    fn sound_classes(&mut self, _: usize, window: Window, out: &mut ClassBlock) -> Vec<Damage> {
        self.0.classes(0, window, out).unwrap();
        let lost = self.1.common(window);
        let cells = (window.row..window.row + window.rows)
            .flat_map(|row| (window.col..window.col + window.cols).map(move |col| (row, col)));
        let sound = cells.map(|(row, col)| !self.1.holds(row, col));
        out.mask = Some(sound.collect());
        lost.map(|window| Damage {
            window,
            error: ReadError::new("damaged"),
        })
        .into_iter()
        .collect()
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    /// What is told beside damage is what the whole raster tells.
    #[test]
    fn patches_away_from_damage_are_told_rightly(
        codes in prop::collection::vec(0_u8..3, 24 * 17),
        row in 0_u32..17, col in 0_u32..24, smallest in 150.0_f64..500.0, eight: bool,
    ) {
        let grid = grid(24, 17);
        let neighbours = if eight { Neighbours::Eight } else { Neighbours::Four };
        let layers = [layer(smallest, neighbours)];
        let lost = Window { row, col, rows: 3.min(17 - row), cols: 4.min(24 - col) };
        let inner = Codes { grid: &grid, codes: &codes };
        let (damaged, areas) = (Damaged(&inner, lost), areas());
        let rasters = WithPatches::new(&damaged, 1, &grid, &areas, &layers);
        let window = Window { row: 2, col: 3, rows: 14, cols: 20 };
        let mut block = ClassBlock::default();
        let damage = rasters.reader().unwrap().sound_classes(1, window, &mut block);
        let ClassCells::U8(cells) = block.cells else {
            panic!("patch layers are bytes");
        };
        let whole = known(&grid, &areas, &codes, &layers[0]);
        let mut told = 0;
        for (place, code) in cells.into_iter().enumerate() {
            let place = u32::try_from(place).unwrap();
            let (row, col) = (window.row + place / 20, window.col + place % 20);
            if !damage.iter().any(|damage| damage.window.holds(row, col)) {
                told += 1;
                let expected = whole[(row * 24 + col) as usize];
                prop_assert_eq!(i64::from(code) == TOO_SMALL, expected, "row {} column {}", row, col);
            }
        }
        prop_assert!(told > 0);
    }

    /// A window sees the same patches as the whole raster, wherever it is cut.
    #[test]
    fn a_window_tells_what_the_whole_raster_tells(
        codes in prop::collection::vec(0_u8..4, 24 * 17),
        row in 0_u32..17, col in 0_u32..24, rows in 1_u32..9, cols in 1_u32..9,
        smallest in 50.0_f64..1500.0, eight: bool,
    ) {
        let grid = grid(24, 17);
        let neighbours = if eight { Neighbours::Eight } else { Neighbours::Four };
        let layer = layer(smallest, neighbours);
        for areas in [areas(), CellAreas::geographic(&grid).unwrap()] {
            let layer = PatchLayer {
                // Cells of a degree are 12 300 km2.
                smallest: if areas == CellAreas::uniform(SquareMetres::new(100.0)).unwrap() {
                    layer.smallest
                } else {
                    layer.smallest * 1.23e8
                },
                ..layer.clone()
            };
            let window = Window { row, col, rows: rows.min(17 - row), cols: cols.min(24 - col) };
            let whole = known(&grid, &areas, &codes, &layer);
            let expected: Vec<bool> = (window.row..window.row + window.rows)
                .flat_map(|row| (window.col..window.col + window.cols).map(move |col| (row * 24 + col) as usize))
                .map(|place| whole[place])
                .collect();
            prop_assert_eq!(found(&grid, &areas, &codes, &layer, window), expected);
        }
    }
}

#[test]
fn the_pass_counts_small_patches_across_blocks_the_same_with_any_threads() {
    // Pairs of cells astride the border of two blocks, and single cells.
    let grid = grid(1030, 4);
    let mut codes = vec![0_u8; 1030 * 4];
    codes[511] = 1;
    codes[512] = 1;
    codes[1030 + 700] = 1;
    codes[2 * 1030 + 1023] = 2;
    codes[3 * 1030 + 1024] = 2;
    let inner = Codes {
        grid: &grid,
        codes: &codes,
    };
    let areas = areas();
    let zone =
        polygon![(x: 0.0, y: 0.0), (x: 1030.0, y: 0.0), (x: 1030.0, y: 4.0), (x: 0.0, y: 4.0)];
    let zones = [Zone {
        shape: MultiPolygon::from(zone),
    }];
    for (neighbours, small) in [(Neighbours::Eight, 100.0), (Neighbours::Four, 300.0)] {
        let layers = [layer(200.0, neighbours)];
        let rasters = WithPatches::new(&inner, 1, &grid, &areas, &layers);
        for threads in [1, 2, 7] {
            let options = Options {
                class_layers: 2,
                value_layers: 0,
                edges: Edges::Exact,
                threads: NonZeroUsize::new(threads).unwrap(),
            };
            let ledger = measure(&grid, &areas, &zones, &rasters, &options, &|_, _| {
                ControlFlow::Continue(())
            })
            .unwrap();
            let too_small: f64 = ledger
                .zone(0)
                .filter(|(classes, _)| classes[1] == Class::Code(TOO_SMALL))
                .map(|(_, tally)| SquareMetres::from(tally.hectares()).value())
                .sum();
            assert!(
                (too_small - small).abs() < 1e-6,
                "{too_small} for {neighbours:?}"
            );
        }
    }
}

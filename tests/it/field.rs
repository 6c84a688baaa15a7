//! Rasters, regions and plans that a test makes in a directory of its own.

use std::collections::BTreeMap;
use std::fs;
use std::path::PathBuf;
use std::process::Output;

use gdal::raster::{Buffer, GdalType, RasterCreationOptions};
use gdal::spatial_ref::SpatialRef;
use gdal::{Dataset, DriverManager};
use tempfile::TempDir;

use crate::scratch::terrasink;

/// A row of a table by column name.
pub(crate) type Row = BTreeMap<String, String>;

/// Where the cells of a raster lie.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Lattice {
    /// EPSG code; 0 for none.
    pub(crate) epsg: u32,
    /// As GDAL has it: x0, dx, turn, y0, turn, dy.
    pub(crate) transform: [f64; 6],
    /// Columns and rows.
    pub(crate) size: (usize, usize),
}

/// A north-up lattice of square cells of `cell` with its upper left corner at `(x0, y0)`.
pub(crate) fn lattice(epsg: u32, (x0, y0): (f64, f64), cell: f64, size: (usize, usize)) -> Lattice {
    Lattice {
        epsg,
        transform: [x0, cell, 0.0, y0, 0.0, -cell],
        size,
    }
}

/// A directory with rasters, regions and plans, and the way to run the program on them.
pub(crate) struct Field(TempDir);

impl Field {
    pub(crate) fn new() -> Self {
        Self(TempDir::new().unwrap())
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    pub(crate) fn text(&self, name: &str) -> String {
        self.path(name).display().to_string()
    }

    pub(crate) fn write(&self, name: &str, text: &str) {
        fs::write(self.path(name), text).unwrap();
    }

    /// A `GeoTIFF` whose cells are `cell(column, row)`. It is complete when it is dropped.
    pub(crate) fn raster<T: GdalType + Copy>(
        &self,
        name: &str,
        lattice: Lattice,
        options: &[(&str, &str)],
        cell: impl Fn(usize, usize) -> T,
    ) -> Dataset {
        let driver = DriverManager::get_driver_by_name("GTiff").unwrap();
        let mut creation = RasterCreationOptions::new();
        for (key, value) in options {
            creation.set_name_value(key, value).unwrap();
        }
        let (width, height) = lattice.size;
        let mut dataset = driver
            .create_with_band_type_with_options::<T, _>(
                self.path(name),
                width,
                height,
                1,
                &creation,
            )
            .unwrap();
        dataset.set_geo_transform(&lattice.transform).unwrap();
        if lattice.epsg != 0 {
            let reference = SpatialRef::from_epsg(lattice.epsg).unwrap();
            dataset.set_spatial_ref(&reference).unwrap();
        }
        let cells = (0..height).flat_map(|row| (0..width).map(move |col| (col, row)));
        let cells = cells.map(|(col, row)| cell(col, row)).collect();
        let mut buffer = Buffer::new((width, height), cells);
        let mut band = dataset.rasterband(1).unwrap();
        band.write((0, 0), (width, height), &mut buffer).unwrap();
        dataset
    }

    /// A `GeoTIFF` of codes, of which `none` is no data.
    pub(crate) fn codes(
        &self,
        name: &str,
        lattice: Lattice,
        none: u8,
        cell: impl Fn(usize, usize) -> u8,
    ) {
        let made = self.raster(name, lattice, &[], cell);
        let mut band = made.rasterband(1).unwrap();
        band.set_no_data_value(Some(f64::from(none))).unwrap();
    }

    /// Regions as `GeoJSON` in a system: id, and rectangles `[x0, y0, x1, y1]`.
    pub(crate) fn regions(&self, name: &str, epsg: u32, regions: &[(&str, [f64; 4])]) {
        let features: Vec<String> = regions
            .iter()
            .map(|(id, [x0, y0, x1, y1])| {
                format!(
                    r#"{{"type":"Feature","properties":{{"id":"{id}"}},"geometry":{{"type":"Polygon",
                    "coordinates":[[[{x0},{y0}],[{x1},{y0}],[{x1},{y1}],[{x0},{y1}],[{x0},{y0}]]]}}}}"#
                )
            })
            .collect();
        let text = format!(
            r#"{{"type":"FeatureCollection","crs":{{"type":"name","properties":
            {{"name":"urn:ogc:def:crs:EPSG::{epsg}"}}}},"features":[{}]}}"#,
            features.join(",")
        );
        self.write(name, &text);
    }

    /// Writes `plan.toml` with `[regions]` of `regions.json` and runs it into `out`.
    pub(crate) fn run(&self, plan: &str, arguments: &[&str]) -> Output {
        let head = "name = \"a field\"\n[regions]\npath = \"regions.json\"\nid = \"id\"\n";
        self.write("plan.toml", &format!("{head}{plan}"));
        let (plan, out) = (self.text("plan.toml"), self.text("out"));
        let mut all = vec!["run", &plan, "--out", &out, "--overwrite"];
        all.extend(arguments);
        terrasink(&all)
    }

    /// Runs the plan, which must succeed.
    pub(crate) fn done(&self, plan: &str, arguments: &[&str]) -> String {
        let output = self.run(plan, arguments);
        assert_eq!(output.status.code(), Some(0), "{}", said(&output));
        said(&output)
    }

    /// Runs the plan, which must be refused with all of `words`.
    pub(crate) fn refused(&self, plan: &str, words: &[&str]) {
        let output = self.run(plan, &[]);
        let said = said(&output);
        assert_eq!(output.status.code(), Some(3), "{said}");
        for word in words {
            assert!(said.contains(word), "no `{word}` in: {said}");
        }
    }

    /// Rows of a table of the output.
    pub(crate) fn table(&self, name: &str) -> Vec<Row> {
        csv::Reader::from_path(self.path("out").join(name))
            .unwrap()
            .deserialize()
            .collect::<Result<_, _>>()
            .unwrap()
    }

    /// The row of a table with these values in these columns.
    pub(crate) fn row(&self, name: &str, keys: &[(&str, &str)]) -> Row {
        let rows = self.table(name);
        rows.iter()
            .find(|row| keys.iter().all(|(column, value)| row[*column] == *value))
            .unwrap_or_else(|| panic!("no {keys:?} in {rows:#?}"))
            .clone()
    }
}

/// What the program said to the person.
pub(crate) fn said(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

/// The number in a column.
pub(crate) fn number(row: &Row, column: &str) -> f64 {
    row[column]
        .parse()
        .unwrap_or_else(|_| panic!("{column} is `{}` in {row:?}", row[column]))
}

/// Asserts that a number of a row is `expected` to a relative `tolerance`.
pub(crate) fn near(row: &Row, column: &str, expected: f64, tolerance: f64) {
    let found = number(row, column);
    assert!(
        (found - expected).abs() <= tolerance * expected.abs().max(1e-9),
        "{column} is {found}, expected {expected}"
    );
}

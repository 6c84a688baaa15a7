//! A directory of a test's own with a small plan and its data, to be broken and tried.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::process::Output;

use gdal::DriverManager;
use gdal::raster::{Buffer, GdalType, RasterCreationOptions};
use gdal::spatial_ref::SpatialRef;

use crate::scratch::{samples, terrasink};

/// Cells of the small map along each side.
pub(crate) const CELLS: usize = 40;
/// Side of its cells, in metres.
pub(crate) const SIDE: f64 = 30.0;
/// Its west and north edge, in EPSG:5070.
pub(crate) const WEST: f64 = 2_000_010.0;
pub(crate) const NORTH: f64 = 2_330_010.0;

/// A finding as `--json` prints it.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Found {
    pub(crate) severity: String,
    pub(crate) place: String,
    pub(crate) what: String,
    pub(crate) remedy: String,
}

/// What the program said.
#[derive(Debug)]
pub(crate) struct Said {
    pub(crate) code: Option<i32>,
    pub(crate) stderr: String,
    pub(crate) findings: Vec<Found>,
}

impl Said {
    /// What was said, without the place.
    pub(crate) fn told(&self) -> Vec<&str> {
        let findings = self.findings.iter();
        findings.map(|found| found.what.as_str()).collect()
    }

    /// The first finding whose place and text hold these words.
    pub(crate) fn finding(&self, place: &str, what: &str) -> &Found {
        self.findings
            .iter()
            .find(|found| found.place.contains(place) && found.what.contains(what))
            .unwrap_or_else(|| panic!("no `{place}` ... `{what}` in {self:#?}"))
    }
}

/// Runs the program and takes down what it said.
pub(crate) fn say_with(arguments: &[&str]) -> Said {
    said(&terrasink(arguments))
}

/// A directory with `plan.toml`, `map.tif`, `regions.geojson`, `plots.csv` and `strata.csv`.
///
/// The map is 1 200 m wide: forest (41) in the west half, grass (71) in the east half. Regions
/// `west` and `east` are its halves. Eight plots lie in two strata.
#[derive(Debug)]
pub(crate) struct Desk {
    dir: tempfile::TempDir,
}

impl Desk {
    pub(crate) fn new() -> Self {
        let desk = Self {
            dir: tempfile::tempdir().unwrap(),
        };
        desk.write("plan.toml", PLAN);
        desk.write(
            "regions.geojson",
            regions(&[
                ("west", "West", square(0.0, 0.0, 20.0, 40.0)),
                ("east", "East", square(20.0, 0.0, 40.0, 40.0)),
            ]),
        );
        desk.write("plots.csv", PLOTS);
        desk.write("strata.csv", STRATA);
        desk.map("map.tif", &[], halves);
        desk
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.dir.path().join(name)
    }

    pub(crate) fn write(&self, name: &str, bytes: impl AsRef<[u8]>) {
        std::fs::write(self.path(name), bytes).unwrap();
    }

    pub(crate) fn read(&self, name: &str) -> String {
        std::fs::read_to_string(self.path(name)).unwrap()
    }

    /// Replaces a text of a file, which must be there.
    pub(crate) fn replace(&self, name: &str, from: &str, to: &str) {
        let text = self.read(name);
        assert!(
            text.contains(from),
            "{name} does not hold `{from}`:\n{text}"
        );
        self.write(name, text.replace(from, to));
    }

    /// Writes a class map in EPSG:5070, with nodata 255.
    pub(crate) fn map(&self, name: &str, options: &[&str], class: impl Fn(usize, usize) -> u8) {
        let at = [WEST, SIDE, 0.0, NORTH, 0.0, -SIDE];
        let cells = cells(CELLS, class);
        raster(
            &self.path(name),
            (CELLS, cells),
            at,
            Some("EPSG:5070"),
            Some(255.0),
            options,
        );
    }

    /// Everything in the directory, hidden things too.
    pub(crate) fn listing(&self) -> Vec<String> {
        let mut names: Vec<String> = std::fs::read_dir(self.dir.path())
            .unwrap()
            .map(|entry| entry.unwrap().file_name().to_string_lossy().into_owned())
            .collect();
        names.sort();
        names
    }

    /// Runs `command --json` on `plan.toml`.
    pub(crate) fn say(&self, command: &str) -> Said {
        say_with(&[
            command,
            "--json",
            &self.path("plan.toml").display().to_string(),
        ])
    }

    /// `check` and `run` refuse the plan with the same findings, and nothing is written.
    pub(crate) fn refused(&self) -> Said {
        let before = self.listing();
        let check = self.say("check");
        let run = self.say("run");
        assert_eq!(check.code, Some(3), "{check:#?}");
        assert_eq!(run.code, Some(3), "{run:#?}");
        assert_eq!(check.findings, run.findings);
        assert!(!check.findings.is_empty());
        for found in &check.findings {
            assert!(
                !found.place.is_empty() && !found.remedy.is_empty(),
                "{found:#?}"
            );
        }
        assert_eq!(self.listing(), before, "something was written");
        check
    }

    /// `check` and `run` take the plan; the findings are those of `run`.
    pub(crate) fn taken(&self) -> Said {
        let check = self.say("check");
        assert_eq!(check.code, Some(0), "{check:#?}");
        let run = self.say("run");
        assert_eq!(run.code, Some(0), "{run:#?}");
        assert!(self.path("out/summary.csv").is_file());
        run
    }

    /// The rows of `out/summary.csv` by region, each by column.
    pub(crate) fn summary(&self) -> BTreeMap<String, BTreeMap<String, String>> {
        rows(&self.path("out/summary.csv"))
            .into_iter()
            .map(|row| (row["region_id"].clone(), row))
            .collect()
    }
}

/// The rows of a CSV file, each by column.
pub(crate) fn rows(path: &Path) -> Vec<BTreeMap<String, String>> {
    csv::Reader::from_path(path)
        .unwrap()
        .deserialize()
        .map(Result::unwrap)
        .collect()
}

/// What the program said, with its findings. It never panics.
pub(crate) fn said(output: &Output) -> Said {
    let stdout = String::from_utf8_lossy(&output.stdout).into_owned();
    let stderr = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(!stderr.contains("panicked"), "{stderr}");
    let json: serde_json::Value = serde_json::from_str(&stdout).unwrap_or_default();
    let text =
        |found: &serde_json::Value, key: &str| found[key].as_str().unwrap_or_default().to_owned();
    let plans = json.as_array().cloned().unwrap_or_default();
    let findings = plans
        .iter()
        .flat_map(|plan| plan["findings"].as_array().cloned().unwrap_or_default())
        .map(|found| Found {
            severity: text(&found, "severity"),
            place: text(&found, "place"),
            what: text(&found, "what"),
            remedy: text(&found, "remedy"),
        })
        .collect();
    Said {
        code: output.status.code(),
        stderr,
        findings,
    }
}

/// Forest in the west, grass in the east.
pub(crate) fn halves(_row: usize, col: usize) -> u8 {
    if col < CELLS / 2 { 41 } else { 71 }
}

/// The cells of a square map, row by row.
pub(crate) fn cells<T>(side: usize, class: impl Fn(usize, usize) -> T) -> Vec<T> {
    (0..side * side)
        .map(|i| class(i / side, i % side))
        .collect()
}

/// Writes a square raster as `GeoTIFF`.
pub(crate) fn raster<T: GdalType + Copy>(
    path: &Path,
    (side, cells): (usize, Vec<T>),
    transform: [f64; 6],
    crs: Option<&str>,
    nodata: Option<f64>,
    options: &[&str],
) {
    let driver = DriverManager::get_driver_by_name("GTiff").unwrap();
    let options = options.iter().copied().collect::<RasterCreationOptions>();
    let mut dataset = driver
        .create_with_band_type_with_options::<T, _>(path, side, side, 1, &options)
        .unwrap();
    dataset.set_geo_transform(&transform).unwrap();
    if let Some(crs) = crs {
        dataset
            .set_spatial_ref(&SpatialRef::from_definition(crs).unwrap())
            .unwrap();
    }
    let mut band = dataset.rasterband(1).unwrap();
    band.set_no_data_value(nodata).unwrap();
    band.write((0, 0), (side, side), &mut Buffer::new((side, side), cells))
        .unwrap();
    drop(dataset);
}

/// The ring of a rectangle in cells of the small map, from its north-west corner.
pub(crate) fn square(west: f64, north: f64, east: f64, south: f64) -> String {
    let (w, e) = (WEST + SIDE * west, WEST + SIDE * east);
    let (n, s) = (NORTH - SIDE * north, NORTH - SIDE * south);
    format!("[[{w},{n}],[{w},{s}],[{e},{s}],[{e},{n}],[{w},{n}]]")
}

/// A `GeoJSON` of polygons in EPSG:5070: id, name and rings.
pub(crate) fn regions(regions: &[(&str, &str, String)]) -> String {
    let mut features = String::new();
    for (id, name, rings) in regions {
        if !features.is_empty() {
            features.push(',');
        }
        let _ = write!(
            features,
            r#"{{"type":"Feature","properties":{{"id":"{id}","name":"{name}"}},"geometry":{{"type":"Polygon","coordinates":[{rings}]}}}}"#
        );
    }
    format!(
        r#"{{"type":"FeatureCollection","crs":{{"type":"name","properties":{{"name":"urn:ogc:def:crs:EPSG::5070"}}}},"features":[{features}]}}"#
    )
}

/// The counties of the samples as a plan elsewhere: its paths are absolute.
pub(crate) fn counties() -> String {
    let folder = samples().join("rhode-island");
    let text = std::fs::read_to_string(folder.join("counties.toml")).unwrap();
    text.replace("path = \"", &format!("path = \"{}/", folder.display()))
}

const PLAN: &str = r#"name = "Small"
out = "out"

[regions]
path = "regions.geojson"
id = "id"
name-field = "name"

[[land-cover]]
year = 2020
path = "map.tif"
legend = "nlcd"

[forest]
definition = "fao-fra"

[inventory]
design = "stratified"
min-plots = 2
[[inventory.plots]]
year = 2020
path = "plots.csv"
[inventory.fields]
id = "plot"
region = "region"
stratum = "stratum"
forest-share = "forest"
volume = "volume_m3_ha"
above-ground-carbon = "agc_t_ha"
[inventory.strata]
path = "strata.csv"
stratum = "stratum"
area = "area_ha"
weight = "weight"

[carbon]
method = "plots-stock-difference"

[uncertainty]
draws = 200
"#;

const PLOTS: &str = "\
plot,region,stratum,forest,volume_m3_ha,agc_t_ha
1,west,wood,1,120,50
2,west,wood,1,140,60
3,west,wood,1,150,66
4,west,wood,0.5,60,30
5,east,open,0,0,0
6,east,open,0.25,20,9
7,east,open,0,0,0
8,east,open,0,0,0
";

const STRATA: &str = "stratum,area_ha,weight\nwood,144,0.5\nopen,144,0.5\n";

//! The whole journey on the samples: laws, and the same bytes for any number of threads.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use gdal::raster::Buffer;
use gdal::{Dataset, DriverManager};
use geo::{Coord, LineString, MultiPolygon, Polygon, Validation, Winding};
use serde_json::Value;

use crate::outputs::{COUNTIES, TOWNS, WARDS, WARDS_CENTRE};
use crate::outputs::{Outputs, Row, half_digit, number, with_absolute_paths};
use crate::scratch::{samples, terrasink};

/// The accounts of the samples with their names.
fn accounts() -> [(&'static str, &'static Outputs); 4] {
    [
        ("counties", &COUNTIES),
        ("towns", &TOWNS),
        ("wards", &WARDS),
        ("wards-centre", &WARDS_CENTRE),
    ]
}

/// A sum of printed figures, and how far their rounding may put it off.
#[derive(Default, Clone, Copy)]
struct Sum {
    value: f64,
    rounding: f64,
}

impl Sum {
    fn add(&mut self, row: &Row, column: &str) {
        self.value += number(row, column);
        self.rounding += half_digit(&row[column]);
    }

    fn of<'a>(rows: impl IntoIterator<Item = &'a Row>, column: &str) -> Self {
        let mut sum = Self::default();
        for row in rows {
            sum.add(row, column);
        }
        sum
    }

    /// Whether two sums are equal but for rounding and the last bits of their additions.
    fn is(self, other: Self) -> bool {
        let bits = 1e-12 * self.value.abs().max(other.value.abs());
        (self.value - other.value).abs() <= self.rounding + other.rounding + bits
    }
}

#[test]
fn every_check_of_every_account_passes() {
    for (name, account) in accounts() {
        let checks = account.table("tables/checks.csv");
        let regions: BTreeSet<String> = account
            .table("summary.csv")
            .into_iter()
            .map(|row| row["region_id"].clone())
            .filter(|id| id != "_total")
            .collect();
        for row in &checks {
            assert_eq!(row["passed"], "true", "{name}: {row:?}");
            // The tolerance is a share of the area.
            let (found, expected) = (number(row, "found"), number(row, "expected"));
            let allowed = number(row, "tolerance") * found.abs().max(expected.abs());
            assert!((found - expected).abs() <= allowed, "{name}: {row:?}");
        }
        let checked = |law: &str| -> BTreeSet<String> {
            let rows = checks.iter().filter(|row| row["check"] == law);
            rows.map(|row| row["region_id"].clone()).collect()
        };
        // Whole cells do not make up an outline, so the partition is a law of the exact rule only.
        let parted = if name == "wards-centre" {
            BTreeSet::new()
        } else {
            regions.clone()
        };
        assert_eq!(checked("partition"), parted, "{name}");
        assert_eq!(
            checked("union"),
            BTreeSet::from(["_total".to_owned()]),
            "{name}"
        );
        if name.starts_with("wards") {
            assert!(checked("transitions").is_superset(&regions), "{name}");
        }
    }
}

#[test]
fn classes_nodata_and_outside_make_up_every_region_in_every_year() {
    // Under the centre rule a region is made of whole cells and differs from its outline.
    for (name, account) in [
        ("counties", &*COUNTIES),
        ("towns", &TOWNS),
        ("wards", &WARDS),
    ] {
        let areas = account.table("tables/area.csv");
        let one = |region: &str, kind: &str| {
            Sum::of(
                areas
                    .iter()
                    .filter(|row| row["region_id"] == region && row["kind"] == kind),
                "area_ha",
            )
        };
        let mut parts: BTreeMap<(&str, &str), Sum> = BTreeMap::new();
        for row in &areas {
            if row["kind"] == "class" || row["kind"] == "nodata" {
                let part = parts.entry((&row["region_id"], &row["year"])).or_default();
                part.add(row, "area_ha");
            }
        }
        let regions = account.table("summary.csv").len();
        let years = account
            .table("tables/area.csv")
            .iter()
            .map(|row| row["year"].clone())
            .filter(|year| !year.is_empty())
            .collect::<BTreeSet<_>>();
        assert_eq!(parts.len(), regions * years.len(), "{name}");
        for ((region, year), mut sum) in parts {
            let outside = one(region, "outside");
            sum.value += outside.value;
            sum.rounding += outside.rounding;
            let whole = one(region, "region");
            assert!(whole.value > 0.0, "{name}: {region}");
            assert!(
                sum.is(whole),
                "{name}: {region} in {year}: {} and {}",
                sum.value,
                whole.value
            );
        }
    }
}

/// Headline columns that are sums over land or trees.
const ADDITIVE: [&str; 7] = [
    "area_ha",
    "land_area_ha",
    "forest_area_ha",
    "forest_area_est_ha",
    "volume_m3",
    "carbon_tc",
    "sequestration_tco2e_yr",
];

#[test]
fn towns_add_up_to_counties_and_to_the_state() {
    let towns = TOWNS.table("summary.csv");
    let whole = towns
        .iter()
        .find(|row| row["region_id"] == "_total")
        .unwrap();
    let towns: Vec<&Row> = towns
        .iter()
        .filter(|row| row["region_id"] != "_total")
        .collect();
    assert_eq!(towns.len(), 39);
    for county in COUNTIES.table("summary.csv") {
        let id = &county["region_id"];
        let inside = towns
            .iter()
            .copied()
            .filter(|row| id == "_total" || row["parent_id"] == *id);
        for column in ADDITIVE {
            let sum = Sum::of(inside.clone(), column);
            let direct = Sum::of([&county], column);
            assert!(direct.value != 0.0, "{id}: {column}");
            assert!(
                sum.is(direct),
                "{id}: {column}: {} and {}",
                sum.value,
                direct.value
            );
            if id == "_total" {
                assert!(
                    direct.is(Sum::of([whole], column)),
                    "{column} of the two totals"
                );
            }
        }
    }
}

#[test]
fn figures_of_towns_are_called_synthetic_and_those_of_counties_direct() {
    for (account, word) in [(&*TOWNS, "synthetic"), (&COUNTIES, "direct")] {
        for row in account.table("summary.csv") {
            let word = if row["region_id"] == "_total" {
                "direct"
            } else {
                word
            };
            assert!(
                row["quality"].split("; ").any(|part| part == word),
                "{row:?}"
            );
        }
    }
}

#[test]
fn wards_add_up_to_the_town() {
    for account in [&*WARDS, &WARDS_CENTRE] {
        let mut sums: BTreeMap<[&str; 3], (Sum, Sum)> = BTreeMap::new();
        let areas = account.table("tables/area.csv");
        for row in &areas {
            let sum = sums
                .entry([&row["kind"], &row["year"], &row["code"]])
                .or_default();
            let side = if row["region_id"] == "_total" {
                &mut sum.1
            } else {
                &mut sum.0
            };
            side.add(row, "area_ha");
        }
        for (key, (wards, town)) in sums {
            assert!(
                wards.is(town),
                "{key:?}: {} and {}",
                wards.value,
                town.value
            );
        }
    }
}

#[test]
fn transitions_have_the_first_date_in_rows_and_the_second_in_columns() {
    for account in [&*WARDS, &WARDS_CENTRE] {
        let areas = account.table("tables/area.csv");
        let transitions = account.table("tables/transitions.csv");
        let mut sums: BTreeMap<[&str; 5], Sum> = BTreeMap::new();
        let mut spans = BTreeSet::new();
        for row in &transitions {
            let span = (&*row["from_year"], &*row["to_year"]);
            spans.insert(span);
            for (year, code) in [("from_year", "from_code"), ("to_year", "to_code")] {
                let key = [&*row["region_id"], span.0, span.1, &row[year], &row[code]];
                sums.entry(key).or_default().add(row, "area_ha");
            }
        }
        // Each year and the next, the first and the last, and two more of the plan.
        assert_eq!(spans.len(), 7 + 1 + 2);
        for (from, to) in spans {
            for row in areas.iter().filter(|row| row["kind"] == "class") {
                if row["year"] != from && row["year"] != to {
                    continue;
                }
                let key = [&*row["region_id"], from, to, &row["year"], &row["code"]];
                let sum = sums.remove(&key).unwrap_or_default();
                assert!(
                    sum.is(Sum::of([row], "area_ha")),
                    "{key:?}: {} of {row:?}",
                    sum.value
                );
            }
        }
        assert!(
            sums.is_empty(),
            "without an area: {sums:?}",
            sums = sums.keys()
        );
    }
}

/// The manifest without the action that holds what differs from run to run.
fn lasting(manifest: &Value) -> Value {
    let mut manifest = manifest.clone();
    let graph = manifest["@graph"].as_array_mut().unwrap();
    let before = graph.len();
    graph.retain(|entity| entity["@id"] != "#run");
    assert_eq!(graph.len(), before - 1, "one entity tells about the run");
    manifest
}

#[test]
fn outputs_have_the_same_bytes_for_one_two_and_seven_threads() {
    for plan in ["rhode-island/counties.toml", "northampton/wards.toml"] {
        let path = samples().join(plan);
        let [one, two, seven] =
            ["1", "2", "7"].map(|threads| Outputs::of(&path, &["--threads", threads]));
        assert!(one.files().contains_key("terrasink.gpkg"), "{plan}");
        for (threads, other) in [(2, &two), (7, &seven)] {
            let names = |outputs: &Outputs| outputs.files().keys().cloned().collect::<Vec<_>>();
            assert_eq!(names(other), names(&one), "{plan}, {threads} threads");
            for (name, bytes) in one.files() {
                if name != "run/manifest.json" {
                    let same = *bytes == other.files()[name];
                    assert!(same, "{plan}: {name} differs with {threads} threads");
                }
            }
            assert_eq!(
                lasting(&other.json("run/manifest.json")),
                lasting(&one.json("run/manifest.json")),
                "{plan}, {threads} threads"
            );
        }
    }
}

#[test]
fn an_output_that_is_there_is_kept_unless_it_may_be_overwritten() {
    let scratch = tempfile::tempdir().unwrap();
    let out = scratch.path().join("out");
    let run = |plan: &str, flags: &[&str]| {
        let plan = samples().join("northampton").join(plan);
        let mut arguments = vec![
            "run",
            plan.to_str().unwrap(),
            "--out",
            out.to_str().unwrap(),
        ];
        arguments.extend_from_slice(flags);
        terrasink(&arguments)
    };
    assert_eq!(run("wards.toml", &[]).status.code(), Some(0));
    let first = Outputs::read(&out);

    let refused = run("wards-centre.toml", &[]);
    assert_eq!(refused.status.code(), Some(3));
    let message = String::from_utf8(refused.stderr).unwrap();
    assert!(message.contains("--overwrite"), "{message}");
    assert!(message.contains(out.to_str().unwrap()), "{message}");
    assert_eq!(
        Outputs::read(&out).files(),
        first.files(),
        "the refused run wrote"
    );

    assert_eq!(
        run("wards-centre.toml", &["--overwrite"]).status.code(),
        Some(0)
    );
    let second = Outputs::read(&out);
    assert_eq!(
        second.files()["tables/area.csv"],
        WARDS_CENTRE.files()["tables/area.csv"]
    );
    assert_ne!(
        second.files()["tables/area.csv"],
        first.files()["tables/area.csv"]
    );
    let left: Vec<_> = std::fs::read_dir(scratch.path()).unwrap().collect();
    assert_eq!(left.len(), 1, "nothing is left beside the output: {left:?}");
}

#[test]
fn a_directory_that_no_run_wrote_is_not_overwritten() {
    let scratch = tempfile::tempdir().unwrap();
    let letter = scratch.path().join("letter.txt");
    std::fs::write(&letter, "keep me").unwrap();
    let plan = samples().join("northampton/wards.toml");
    let dir = scratch.path().to_str().unwrap();
    let refused = terrasink(&["run", plan.to_str().unwrap(), "--out", dir, "--overwrite"]);
    assert_eq!(refused.status.code(), Some(3));
    assert_eq!(std::fs::read_to_string(&letter).unwrap(), "keep me");
    assert_eq!(std::fs::read_dir(scratch.path()).unwrap().count(), 1);
}

/// A ring of a `GeoJSON` geometry.
fn ring(positions: &Value) -> LineString {
    let positions = positions.as_array().unwrap();
    let line: LineString = positions
        .iter()
        .map(|position| Coord {
            x: position[0].as_f64().unwrap(),
            y: position[1].as_f64().unwrap(),
        })
        .collect();
    assert!(line.0.len() >= 4 && line.is_closed(), "a ring closes");
    line
}

/// The polygons of a `GeoJSON` geometry; fails where a ring winds the wrong way.
fn polygons(geometry: &Value) -> MultiPolygon {
    let coordinates = geometry["coordinates"].as_array().unwrap();
    let parts: Vec<&Value> = match geometry["type"].as_str().unwrap() {
        "Polygon" => vec![&geometry["coordinates"]],
        "MultiPolygon" => coordinates.iter().collect(),
        other => panic!("a region is a {other}"),
    };
    parts
        .into_iter()
        .map(|part| {
            let mut rings = part.as_array().unwrap().iter().map(ring);
            let exterior = rings.next().unwrap();
            assert!(exterior.is_ccw(), "an exterior ring runs counter-clockwise");
            let holes: Vec<LineString> = rings.collect();
            assert!(holes.iter().all(Winding::is_cw), "a hole runs clockwise");
            Polygon::new(exterior, holes)
        })
        .collect()
}

#[test]
fn the_geojson_of_regions_obeys_rfc_7946_and_repeats_the_summary() {
    for (name, account) in accounts() {
        let collection = account.json("regions.geojson");
        assert_eq!(collection["type"], "FeatureCollection", "{name}");
        assert!(
            collection.get("crs").is_none(),
            "{name}: RFC 7946 has no crs member"
        );
        let number = |value: &Value| value.as_f64().unwrap();
        let bounds: Vec<f64> = collection["bbox"]
            .as_array()
            .unwrap()
            .iter()
            .map(number)
            .collect();
        let [west, south, east, north] = bounds[..] else {
            panic!("{name}: bbox {bounds:?}")
        };
        assert!(
            -180.0 <= west && west < east && east <= 180.0,
            "{name}: {bounds:?}"
        );
        assert!(
            -90.0 <= south && south < north && north <= 90.0,
            "{name}: {bounds:?}"
        );

        let mut summary = account.table("summary.csv");
        summary.retain(|row| row["region_id"] != "_total");
        let features = collection["features"].as_array().unwrap();
        assert_eq!(
            features.len(),
            summary.len(),
            "{name}: one feature a region"
        );
        let mut reached = [f64::MAX, f64::MAX, f64::MIN, f64::MIN];
        for (feature, row) in features.iter().zip(&summary) {
            let id = &row["region_id"];
            assert_eq!(feature["type"], "Feature");
            assert!(feature.get("crs").is_none());
            let outline = polygons(&feature["geometry"]);
            outline
                .check_validation()
                .unwrap_or_else(|error| panic!("{name}: {id}: {error}"));
            for Coord { x, y } in outline.iter().flat_map(|part| part.exterior().coords()) {
                reached = [
                    reached[0].min(*x),
                    reached[1].min(*y),
                    reached[2].max(*x),
                    reached[3].max(*y),
                ];
            }
            let properties = feature["properties"].as_object().unwrap();
            for (column, text) in row {
                let same = match &properties[column] {
                    Value::Null => text.is_empty(),
                    Value::String(value) => value == text,
                    Value::Number(value) => value.as_f64() == text.parse().ok(),
                    _ => false,
                };
                assert!(
                    same,
                    "{name}: {id}: {column}: {} and {text}",
                    properties[column]
                );
            }
            assert_eq!(properties.len(), row.len(), "{name}: {id}");
        }
        assert_eq!(reached.to_vec(), bounds, "{name}: bbox");
    }
}

/// A plan of the wards over one raster.
fn wards_over(raster: &Path) -> String {
    format!(
        "name = \"Wards\"\n\
         [regions]\npath = \"{}\"\nid = \"ward\"\n\
         [[land-cover]]\nyear = 2019\npath = \"{}\"\nlegend = \"nlcd\"\n",
        samples().join("northampton/wards.gpkg").display(),
        raster.display()
    )
}

/// Writes a raster of classes again with its first row in the south.
fn turn_south_up(source: &Path, target: &Path) {
    let source = Dataset::open(source).unwrap();
    let (columns, rows) = source.raster_size();
    let band = source.rasterband(1).unwrap();
    let cells = band.read_band_as::<u8>().unwrap();
    let turned: Vec<u8> = cells
        .data()
        .chunks(columns)
        .rev()
        .flatten()
        .copied()
        .collect();

    let driver = DriverManager::get_driver_by_name("GTiff").unwrap();
    let mut flipped = driver
        .create_with_band_type::<u8, _>(target, columns, rows, 1)
        .unwrap();
    let [x, width, _, y, _, height] = source.geo_transform().unwrap();
    let south = y + height * f64::from(u32::try_from(rows).unwrap());
    flipped
        .set_geo_transform(&[x, width, 0.0, south, 0.0, -height])
        .unwrap();
    flipped
        .set_spatial_ref(&source.spatial_ref().unwrap())
        .unwrap();
    let mut target = flipped.rasterband(1).unwrap();
    target.set_no_data_value(band.no_data_value()).unwrap();
    let mut buffer = Buffer::new((columns, rows), turned);
    target.write((0, 0), (columns, rows), &mut buffer).unwrap();
    flipped.close().unwrap();
}

#[test]
fn a_raster_that_runs_south_to_north_gives_the_same_table() {
    let scratch = tempfile::tempdir().unwrap();
    let north_up = samples().join("northampton/nlcd_2019.tif");
    let south_up = scratch.path().join("south_up.tif");
    turn_south_up(&north_up, &south_up);
    let first = Outputs::of_text(&wards_over(&north_up));
    let second = Outputs::of_text(&wards_over(&south_up));
    for table in ["tables/area.csv", "summary.csv"] {
        let texts = [&first, &second].map(|run| String::from_utf8_lossy(&run.files()[table]));
        assert_eq!(texts[0], texts[1], "{table}");
    }
}

#[test]
fn scaling_the_areas_of_the_strata_scales_totals_and_no_sampling_error() {
    let scratch = tempfile::tempdir().unwrap();
    let strata = samples().join("rhode-island/strata.csv");
    let mut reader = csv::Reader::from_path(&strata).unwrap();
    let header = reader.headers().unwrap().clone();
    let area = header
        .iter()
        .position(|column| column == "unit_area_ha")
        .unwrap();
    let larger = scratch.path().join("strata.csv");
    let mut writer = csv::Writer::from_path(&larger).unwrap();
    writer.write_record(&header).unwrap();
    for record in reader.records() {
        let record = record.unwrap();
        let scaled = (2.0 * record[area].parse::<f64>().unwrap()).to_string();
        let fields = record.iter().enumerate();
        writer
            .write_record(fields.map(|(i, field)| if i == area { &*scaled } else { field }))
            .unwrap();
    }
    writer.flush().unwrap();
    drop(writer);

    let plan = with_absolute_paths("rhode-island/counties.toml");
    let plan = plan.replace(strata.to_str().unwrap(), larger.to_str().unwrap());
    let key = ["region_id", "year", "from_year", "attribute", "statistic"];
    let scaled = Outputs::of_text(&plan).index("tables/inventory.csv", &key);
    let original = COUNTIES.index("tables/inventory.csv", &key);
    assert_eq!(scaled.len(), original.len());
    for (id, row) in &original {
        let scale = if id[4] == "per_forest_hectare" {
            1.0
        } else {
            2.0
        };
        let (found, expected) = (number(&scaled[id], "value"), scale * number(row, "value"));
        // Twelve digits are printed.
        assert!(
            (found - expected).abs() <= 1e-10 * expected.abs(),
            "{id:?}: {found}, {expected}"
        );
        assert_eq!(scaled[id]["se_pct"], row["se_pct"], "{id:?}");
    }
}

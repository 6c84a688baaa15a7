//! The files that `terrasink zonal` writes: one table in four formats.

use std::fs;

use arrow::array::{Array as _, Float64Array, Int64Array, StringArray};
use gdal::Dataset;
use gdal::vector::LayerAccess as _;
use parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;

use crate::field::{Field, lattice, said};
use crate::scratch::terrasink;

/// Classes with a hole in the data, values, and two zones of which one is of two parts.
fn field() -> Field {
    let field = Field::new();
    let cells = lattice(32649, (500_000.0, 3_300_000.0), 100.0, (8, 8));
    let lc = field.raster::<u8>("lc.tif", cells, &[], |col, row| match (col, row) {
        (0, 0) => 255,
        (0..4, _) => 1,
        _ => 2,
    });
    let mut band = lc.rasterband(1).unwrap();
    band.set_no_data_value(Some(255.0)).unwrap();
    drop(lc);
    field.raster::<f32>("agb.tif", cells, &[], |col, row| {
        if col == 7 {
            f32::NAN
        } else {
            f32::from(u8::try_from(col * row).unwrap())
        }
    });
    field.regions(
        "zones.json",
        32649,
        &[
            ("a", [500_000.0, 3_299_650.0, 500_350.0, 3_300_000.0]),
            ("b", [500_700.0, 3_299_200.0, 500_800.0, 3_300_000.0]),
            ("a", [500_650.0, 3_299_200.0, 500_700.0, 3_299_300.0]),
        ],
    );
    field
}

fn run(field: &Field, out: &str, more: &[&str]) -> std::process::Output {
    let lc = format!("lc={}", field.text("lc.tif"));
    let agb = format!("agb={}:t_dm/ha", field.text("agb.tif"));
    let (zones, out) = (field.text("zones.json"), field.text(out));
    let mut all = vec![
        "zonal",
        "--by",
        &lc,
        "--raster",
        &agb,
        "--zones",
        &zones,
        "--id",
        "id",
        "--stat",
        "area,count,sum,mean,min,max,variance",
        "--out",
        &out,
    ];
    all.extend(more);
    terrasink(&all)
}

#[test]
fn one_table_in_four_formats() {
    let field = field();
    for file in ["z.csv", "z.parquet", "z.geojson", "z.gpkg"] {
        let output = run(&field, file, &[]);
        assert_eq!(output.status.code(), Some(0), "{}", said(&output));
    }
    let mut reader = csv::Reader::from_path(field.path("z.csv")).unwrap();
    let names: Vec<String> = reader
        .headers()
        .unwrap()
        .iter()
        .map(str::to_owned)
        .collect();
    let rows: Vec<Vec<String>> = reader
        .records()
        .map(|row| row.unwrap().iter().map(str::to_owned).collect())
        .collect();
    assert_eq!(
        rows.iter()
            .map(|row| row[..2].join(" "))
            .collect::<Vec<_>>(),
        ["a 1", "a 2", "a nodata", "b 2"]
    );
    // The last column of cells has no value: nothing is told of it but that there is none.
    let b: Vec<(&str, &str)> = names
        .iter()
        .map(String::as_str)
        .zip(rows[3].iter().map(String::as_str))
        .collect();
    assert_eq!(b[4], ("agb_count", "0"));
    assert!(b[5..].iter().all(|(_, value)| value.is_empty()), "{b:?}");

    parquet_holds(&field, &names, &rows);

    // GeoJSON and GeoPackage, as GDAL reads them.
    for file in ["z.geojson", "z.gpkg"] {
        let dataset = Dataset::open(field.path(file)).unwrap();
        let mut layer = dataset.layer_by_name("z").unwrap();
        assert_eq!(layer.feature_count(), 4);
        let mut areas = Vec::new();
        for (feature, row) in layer.features().zip(&rows) {
            for (place, name) in names.iter().enumerate() {
                let index = feature.field_index(name).unwrap();
                let value = feature
                    .field_as_string(index)
                    .unwrap()
                    .filter(|text| !text.is_empty());
                let expected =
                    (!row[place].is_empty() && row[place] != "nodata").then(|| row[place].clone());
                assert_eq!(numbers(&[value]), numbers(&[expected]), "{file} {name}");
            }
            areas.push(feature.geometry().unwrap().area());
        }
        // The zone of two parts has both, in each of its rows.
        if file == "z.gpkg" {
            let expected = [350.0 * 350.0 + 50.0 * 100.0; 3];
            assert!(
                areas[..3]
                    .iter()
                    .zip(expected)
                    .all(|(a, b)| (a - b).abs() < 1e-3),
                "{areas:?}"
            );
        }
    }
    let text = fs::read_to_string(field.path("z.geojson")).unwrap();
    assert!(!text.contains("\"crs\""));
}

/// The Parquet file has the columns and the rows of the CSV table.
fn parquet_holds(field: &Field, names: &[String], rows: &[Vec<String>]) {
    let file = fs::File::open(field.path("z.parquet")).unwrap();
    let batches = ParquetRecordBatchReaderBuilder::try_new(file)
        .unwrap()
        .build()
        .unwrap();
    let batches: Vec<_> = batches.map(Result::unwrap).collect();
    assert_eq!(batches.len(), 1);
    let schema = batches[0].schema();
    let found: Vec<&str> = schema
        .fields()
        .iter()
        .map(|field| field.name().as_str())
        .collect();
    assert_eq!(found, names);
    for (place, name) in names.iter().enumerate() {
        let column = batches[0].column(place);
        let text: Vec<Option<String>> = match name.as_str() {
            "zone_id" => {
                let column = column.as_any().downcast_ref::<StringArray>().unwrap();
                column.iter().map(|cell| cell.map(str::to_owned)).collect()
            }
            "lc" => {
                let column = column.as_any().downcast_ref::<Int64Array>().unwrap();
                column
                    .iter()
                    .map(|cell| cell.map(|code| code.to_string()))
                    .collect()
            }
            _ => {
                let column = column.as_any().downcast_ref::<Float64Array>().unwrap();
                column
                    .iter()
                    .map(|cell| cell.map(|value| value.to_string()))
                    .collect()
            }
        };
        let expected: Vec<Option<String>> = rows
            .iter()
            .map(|row| {
                (!row[place].is_empty() && row[place] != "nodata").then(|| row[place].clone())
            })
            .collect();
        assert_eq!(numbers(&text), numbers(&expected), "{name}");
    }
}

/// Numbers as numbers, whatever their way of writing.
fn numbers(cells: &[Option<String>]) -> Vec<Option<(String, Option<i64>)>> {
    cells
        .iter()
        .map(|cell| {
            cell.as_ref().map(|text| match text.parse::<f64>() {
                #[expect(
                    clippy::cast_possible_truncation,
                    reason = "small numbers of six digits"
                )]
                Ok(number) => (String::new(), Some((number * 1e6).round() as i64)),
                Err(_) => (text.clone(), None),
            })
        })
        .collect()
}

#[test]
fn the_same_bytes_for_any_number_of_threads_and_nothing_half_written() {
    let field = field();
    for file in ["z.csv", "z.parquet", "z.geojson", "z.gpkg"] {
        let mut bytes = Vec::new();
        for threads in ["1", "2", "7"] {
            let output = run(&field, file, &["--threads", threads, "--overwrite"]);
            assert_eq!(output.status.code(), Some(0), "{}", said(&output));
            bytes.push(fs::read(field.path(file)).unwrap());
        }
        assert!(bytes.windows(2).all(|pair| pair[0] == pair[1]), "{file}");
        let again = run(&field, file, &[]);
        assert_eq!(again.status.code(), Some(3));
        assert!(said(&again).contains("already exists"), "{}", said(&again));
    }
    let left: Vec<String> = fs::read_dir(field.path(""))
        .unwrap()
        .map(|entry| entry.unwrap().file_name().to_string_lossy().into_owned())
        .filter(|name| name.contains("partial"))
        .collect();
    assert!(left.is_empty(), "{left:?}");
    for name in ["z.xlsx", "z"] {
        let output = run(&field, name, &[]);
        assert_eq!(output.status.code(), Some(3));
        assert!(
            said(&output).contains(".parquet, .geojson or .gpkg"),
            "{}",
            said(&output)
        );
    }
}

#[test]
fn a_table_with_its_styles_serves_as_zones() {
    let field = field();
    assert!(run(&field, "table.gpkg", &[]).status.success());
    let dataset = Dataset::open(field.path("table.gpkg")).unwrap();
    let layers: Vec<String> = dataset.layers().map(|layer| layer.name()).collect();
    assert_eq!(layers, ["table", "layer_styles"]);
    let (lc, zones) = (
        format!("lc={}", field.text("lc.tif")),
        field.text("table.gpkg"),
    );
    let id = ["--zones", &zones, "--id", "zone_id", "--out", "-"];
    let again = terrasink(&[&["zonal", "--by", &lc][..], &id].concat());
    assert!(again.status.success(), "{}", said(&again));
    let rows = String::from_utf8(again.stdout).unwrap();
    // Each zone has a row a class in the table, with its whole shape.
    assert!(rows.contains("\na,1,") && rows.contains("\nb,2,"), "{rows}");
}

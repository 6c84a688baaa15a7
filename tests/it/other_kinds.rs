//! Paths of something else than what is wanted: a directory, a table, an empty file, a layer of shapes.

use gdal::vector::{LayerOptions, OGRwkbGeometryType};
use gdal::{Dataset, DatasetOptions, DriverManager, GdalOpenFlags};

use crate::field::{Field, lattice, said};
use crate::scratch::terrasink;

/// A field with a map, zones, a `GeoPackage` of zones, and an empty one.
fn field() -> Field {
    let field = Field::new();
    let of_map = lattice(5070, (0.0, 0.0), 10.0, (8, 8));
    std::fs::create_dir(field.path("maps")).unwrap();
    drop(field.raster("maps/lc.tif", of_map, &[], |_, _| 1_u8));
    field.write("maps/notes.txt", "no map");
    field.regions("regions.json", 5070, &[("a", [0.0, -80.0, 80.0, 0.0])]);
    field.write("table.csv", "id,value\na,1\n");
    let driver = DriverManager::get_driver_by_name("GPKG").unwrap();
    let options = LayerOptions {
        name: "zones",
        ty: OGRwkbGeometryType::wkbPolygon,
        ..LayerOptions::default()
    };
    for name in ["zones.gpkg", "empty.gpkg"] {
        let mut dataset = driver.create_vector_only(field.path(name)).unwrap();
        dataset.create_layer(options.clone()).unwrap();
        dataset.close().unwrap();
    }
    let writing = DatasetOptions {
        open_flags: GdalOpenFlags::GDAL_OF_VECTOR | GdalOpenFlags::GDAL_OF_UPDATE,
        ..DatasetOptions::default()
    };
    let empty = Dataset::open_ex(field.path("empty.gpkg"), writing).unwrap();
    let dropped = empty.execute_sql(
        "DROP TABLE zones",
        None,
        gdal::vector::sql::Dialect::DEFAULT,
    );
    assert!(dropped.is_ok_and(|rows| rows.is_none()));
    empty.close().unwrap();
    field
}

#[test]
fn what_a_path_is_instead_is_told() {
    let field = field();
    let (map, zones) = (field.text("maps/lc.tif"), field.text("regions.json"));
    let maps = field.text("maps");
    let layer = format!("GPKG:{}:zones", field.text("zones.gpkg"));
    let (empty, table) = (field.text("empty.gpkg"), field.text("table.csv"));
    let before = std::fs::read(field.path("empty.gpkg")).unwrap();
    for (map, zones, words) in [
        (
            &map,
            &empty,
            ["the GeoPackage is empty", "check it with ogrinfo"],
        ),
        (
            &empty,
            &zones,
            ["the GeoPackage is empty", "check it with ogrinfo"],
        ),
        (
            &map,
            &table,
            ["it is a table without shapes", "a column `WKT`"],
        ),
        (
            &layer,
            &zones,
            [
                "is a layer of shapes or a table, expected a raster",
                "gdal_rasterize",
            ],
        ),
        (
            &maps,
            &zones,
            ["it is a directory, expected a raster", "maps/lc.tif"],
        ),
        (
            &map,
            &maps,
            ["it is a directory, expected polygons", "give a file"],
        ),
    ] {
        let by = format!("lc={map}");
        let output = terrasink(&["zonal", "--by", &by, "--zones", zones, "--id", "id"]);
        let said = said(&output);
        assert_eq!(output.status.code(), Some(3), "{said}");
        for word in words {
            assert!(said.contains(word), "{word}: {said}");
        }
        for word in ["not known to GDAL", "notes.txt", "set `crs`"] {
            assert!(!said.contains(word), "{word}: {said}");
        }
    }
    assert_eq!(std::fs::read(field.path("empty.gpkg")).unwrap(), before);
}

/// To open a pipe that nobody writes to waits for ever.
#[cfg(unix)]
#[test]
fn pipes_and_devices_in_place_of_files_are_refused_and_not_waited_for() {
    let field = field();
    let made = std::process::Command::new("mkfifo")
        .args(["map.tif", "zones.json", "legend.csv", "soil.csv"].map(|name| field.path(name)))
        .status();
    assert!(made.unwrap().success());
    field.write(
        "plan.toml",
        "name = \"pipes\"\n[regions]\npath = \"zones.json\"\nid = \"id\"\n[[land-cover]]\nyear = 2020\npath = \"map.tif\"\nlegend = \"legend.csv\"\n[soil-samples]\npath = \"soil.csv\"\ndesign = \"simple-random\"\ndepth-cm = 30\n[accuracy]\npath = \"/dev/null\"\ndesign = \"simple-random\"\nfields = { reference = \"r\", mapped = \"m\" }\n",
    );
    let output = terrasink(&["check", &field.text("plan.toml")]);
    let told = said(&output);
    assert_eq!(output.status.code(), Some(3), "{told}");
    for name in ["map.tif", "zones.json", "legend.csv", "soil.csv"] {
        let file = field.text(name);
        let found = told.lines().filter(|line| line.contains(&file));
        let found: Vec<&str> = found.collect();
        assert!(
            matches!(found[..], [line] if line.contains("it is a pipe, expected a file")),
            "{found:?}: {told}"
        );
    }
    assert!(told.contains("it is a device, expected a file"), "{told}");
    let by = format!("lc={}", field.text("map.tif"));
    let zones = field.text("zones.json");
    let output = terrasink(&["zonal", "--by", &by, "--zones", &zones, "--id", "id"]);
    let told = said(&output);
    assert_eq!(
        told.matches("it is a pipe, expected a file").count(),
        2,
        "{told}"
    );
}

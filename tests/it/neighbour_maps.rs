//! The map of nearest neighbours as a raster of the output.

use std::fmt::Write as _;

use gdal::vector::LayerAccess as _;
use gdal::{Dataset, Metadata};

use crate::damage::spoil;
use crate::field::{Field, lattice, near, said};

const COLUMNS: usize = 1600;
const ROWS: usize = 640;

/// Canopy at the plots, and their stock; all other land has 71.
const PLOTS: [(f64, f64); 8] = [
    (50.0, 120.0),
    (80.0, 85.0),
    (0.0, 0.0),
    (140.0, 150.0),
    (71.0, 60.0),
    (100.0, 95.0),
    (88.0, 110.0),
    (30.0, 40.0),
];

/// 1 000 ha in eight blocks of cells; the last five columns of the layer hold no data.
fn field() -> Field {
    let field = Field::new();
    field.regions("regions.json", 5070, &[("u", [0.0, 0.0, 5000.0, 2000.0])]);
    let cells = lattice(5070, (0.0, 2000.0), 3.125, (COLUMNS, ROWS));
    field.raster::<u8>("lc.tif", cells, &[], |_, _| 41);
    let tiles = [
        ("TILED", "YES"),
        ("BLOCKXSIZE", "256"),
        ("BLOCKYSIZE", "256"),
        ("COMPRESS", "DEFLATE"),
    ];
    let canopy = field.raster::<f64>("canopy.tif", cells, &tiles, |col, row| {
        match (row / 64, col / 64) {
            _ if col >= COLUMNS - 5 => -1.0,
            (0, place @ 0..8) => PLOTS[place].0,
            _ => 71.0,
        }
    });
    let mut band = canopy.rasterband(1).unwrap();
    band.set_no_data_value(Some(-1.0)).unwrap();
    drop(canopy);
    let mut text = "id,x,y,v_m3_ha\n".to_owned();
    for (id, (_, stock)) in PLOTS.iter().enumerate() {
        writeln!(text, "{id},{},1900,{stock}", 200 * id + 100).unwrap();
    }
    field.write("plots.csv", &text);
    field
}

const PLAN: &str = "[[land-cover]]\nyear = 2020\npath = \"lc.tif\"\nlegend = \"nlcd\"\n\
    [[layer]]\nname = \"canopy\"\npath = \"canopy.tif\"\nunit = \"percent\"\n\
    [inventory]\ndesign = \"simple-random\"\narea-ha = 1000\n\
    [[inventory.plots]]\nyear = 2020\npath = \"plots.csv\"\n\
    [inventory.fields]\nid = \"id\"\nx = \"x\"\ny = \"y\"\ncrs = \"EPSG:5070\"\nvolume = \"v_m3_ha\"\n\
    [inventory.model-assisted]\nlayers = [\"canopy\"]\nestimator = \"nearest-neighbours\"\nneighbours = 1\nmaps = [\"volume\"]\n";

const MAP: &str = "out/rasters/volume_2020.tif";

/// The project of the output.
fn project(field: &Field) -> String {
    let package = Dataset::open(field.path("out/terrasink.gpkg")).unwrap();
    let mut found = package
        .execute_sql(
            "SELECT CAST(content AS TEXT) FROM qgis_projects",
            None,
            gdal::vector::sql::Dialect::DEFAULT,
        )
        .unwrap()
        .unwrap();
    let feature = found.features().next().unwrap();
    let packed = feature.field_as_string(0).unwrap().unwrap();
    let bytes: Vec<u8> = (0..packed.len() / 2)
        .map(|at| u8::from_str_radix(&packed[2 * at..2 * at + 2], 16).unwrap())
        .collect();
    // The one entry of the archive is stored as it is.
    String::from_utf8_lossy(&bytes).into_owned()
}

#[test]
fn the_map_holds_the_plot_that_resembles_each_cell_most() {
    let field = field();
    field.done(PLAN, &["--threads", "3"]);
    let on_three = std::fs::read(field.path(MAP)).unwrap();
    let dataset = Dataset::open(field.path(MAP)).unwrap();
    let band = dataset.rasterband(1).unwrap();
    assert_eq!(dataset.raster_size(), (COLUMNS, ROWS));
    assert_eq!(band.unit(), "m3/ha");
    assert_eq!(band.description().unwrap(), "volume 2020");
    assert!(band.no_data_value().unwrap().is_nan());
    assert_eq!(band.block_size(), (512, 512));
    assert!(band.overview_count().unwrap() > 0);
    let layout = dataset.metadata_item("LAYOUT", "IMAGE_STRUCTURE");
    assert_eq!(layout.as_deref(), Some("COG"));
    assert_eq!(dataset.spatial_ref().unwrap().auth_code().unwrap(), 5070);
    let transform = dataset.geo_transform().unwrap();
    let of_grid = [0.0, 3.125, 0.0, 2000.0, 0.0, -3.125];
    assert!(
        transform
            .iter()
            .zip(of_grid)
            .all(|(t, g)| (t - g).abs() < 1e-12)
    );
    let size = (COLUMNS, ROWS);
    let cells = band.read_as::<f32>((0, 0), size, size, None).unwrap();
    let mut mean = 0.0;
    for (place, cell) in cells.data().iter().enumerate() {
        let (row, col) = (place / COLUMNS, place % COLUMNS);
        if col >= COLUMNS - 5 {
            assert!(cell.is_nan());
            continue;
        }
        let expected = match (row / 64, col / 64) {
            (0, plot @ 0..8) => PLOTS[plot].1,
            _ => 60.0,
        };
        let off = f64::from(*cell) - expected;
        assert!(off.abs() < 1e-9, "row {row}, column {col}: {cell}");
        mean += expected / ((COLUMNS - 5) * ROWS) as f64;
    }
    // The map is the one that the plots correct.
    let keys = [
        ("region_id", "u"),
        ("attribute", "volume"),
        ("statistic", "total"),
    ];
    let row = field.row("tables/inventory.csv", &keys);
    assert!(row["note"].contains(&format!("{mean:.6}")), "{row:?}");
    near(&row, "plots", 8.0, 1e-12);
    // Nothing but the map and its style is there, and the manifest knows it.
    let files = std::fs::read_dir(field.path("out/rasters")).unwrap();
    assert_eq!(files.count(), 2);
    let style = std::fs::read_to_string(field.path("out/rasters/volume_2020.qml")).unwrap();
    // Stocks of the plots go from 0 to 150.
    assert!(style.contains("label=\"0 – 50 m3/ha\""), "{style}");
    assert!(style.contains("label=\"100 – 150 m3/ha\""), "{style}");
    let project = project(&field);
    for part in [
        "name=\"Volume 2020 (m3/ha)\" source=\"./rasters/volume_2020.tif\" providerKey=\"gdal\"",
        "<layername>Volume 2020 (m3/ha)</layername>",
    ] {
        assert!(project.contains(part), "{project}");
    }
    let manifest = std::fs::read_to_string(field.path("out/run/manifest.json")).unwrap();
    assert!(manifest.contains("rasters/volume_2020.tif"), "{manifest}");
    for threads in ["1", "7"] {
        field.done(PLAN, &["--threads", threads]);
        assert!(
            std::fs::read(field.path(MAP)).unwrap() == on_three,
            "{threads} threads"
        );
    }
}

/// The tile over columns 768 to 1023 and rows from 512 is damaged: the map has a gap there, and the rest is
/// as it was.
#[test]
fn a_damaged_tile_of_a_layer_is_a_gap_of_the_map() {
    let field = field();
    field.done(PLAN, &[]);
    let cells = || {
        let dataset = Dataset::open(field.path(MAP)).unwrap();
        let band = dataset.rasterband(1).unwrap();
        let size = (COLUMNS, ROWS);
        band.read_as::<f32>((0, 0), size, size, None).unwrap()
    };
    let whole = cells();
    spoil(&field, "canopy.tif", "damaged.tif", (3, 2));
    std::fs::rename(field.path("damaged.tif"), field.path("canopy.tif")).unwrap();
    let output = field.run(PLAN, &[]);
    let said = said(&output);
    assert_eq!(output.status.code(), Some(1), "{said}");
    let told = "tile in column 3 and row 2 of the file";
    assert_eq!(
        said.matches(told).count(),
        2,
        "of the region and of the map: {said}"
    );
    for (place, (cell, was)) in cells().data().iter().zip(whole.data()).enumerate() {
        let (row, col) = (place / COLUMNS, place % COLUMNS);
        if row >= 512 && (768..1024).contains(&col) {
            assert!(cell.is_nan(), "row {row}, column {col}: {cell}");
        } else {
            assert_eq!(cell.to_bits(), was.to_bits(), "row {row}, column {col}");
        }
    }
}

#[test]
fn maps_of_what_is_not_known_are_refused() {
    let field = field();
    field.refused(
        &PLAN.replace("\"volume\"]", "\"volume\", \"biomass\"]"),
        &["no inventory gives `biomass`", "attributes are: volume"],
    );
    field.refused(
        &PLAN.replace("estimator = \"nearest-neighbours\"\nneighbours = 1\n", ""),
        &["`neighbours`, `weights` or `maps`"],
    );
}

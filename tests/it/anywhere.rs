//! True areas anywhere on the globe: world projections, poles, and both sides of the antimeridian.

use std::fs;
use std::path::Path;

use gdal::DriverManager;
use gdal::raster::Buffer;
use gdal::spatial_ref::SpatialRef;
use tempfile::TempDir;

use crate::scratch::terrasink;

/// A raster of class 1: coordinate system, upper left corner, size of a cell, columns and rows.
struct Map {
    crs: &'static str,
    corner: [f64; 2],
    cell: f64,
    size: (usize, usize),
}

impl Map {
    fn write(&self, path: &Path) {
        let driver = DriverManager::get_driver_by_name("GTiff").unwrap();
        let (size, [x, y]) = (self.size, self.corner);
        let mut dataset = driver
            .create_with_band_type::<u8, _>(path, size.0, size.1, 1)
            .unwrap();
        dataset
            .set_geo_transform(&[x, self.cell, 0.0, y, 0.0, -self.cell])
            .unwrap();
        let crs = SpatialRef::from_definition(self.crs).unwrap();
        dataset.set_spatial_ref(&crs).unwrap();
        let mut band = dataset.rasterband(1).unwrap();
        let mut cells = Buffer::new(size, vec![1_u8; size.0 * size.1]);
        band.write((0, 0), size, &mut cells).unwrap();
    }

    /// What `zonal` finds of a zone, in hectares.
    fn hectares(&self, crs: &str, rings: &[&[[f64; 2]]]) -> f64 {
        let folder = TempDir::new().unwrap();
        let (map, zones) = (
            folder.path().join("lc.tif"),
            folder.path().join("z.geojson"),
        );
        self.write(&map);
        let parts: Vec<String> = rings.iter().map(|ring| format!("[{ring:?}]")).collect();
        let text = format!(
            r#"{{"type":"FeatureCollection","crs":{{"type":"name","properties":{{"name":"{crs}"}}}},
            "features":[{{"type":"Feature","properties":{{"id":"z"}},
            "geometry":{{"type":"MultiPolygon","coordinates":[{}]}}}}]}}"#,
            parts.join(",")
        );
        fs::write(&zones, text).unwrap();
        let (by, zones) = (format!("lc={}", map.display()), zones.display().to_string());
        let what = [
            "zonal", "--by", &by, "--zones", &zones, "--id", "id", "--stat", "area",
        ];
        let output = terrasink(&what);
        assert!(
            output.status.success(),
            "{}",
            String::from_utf8_lossy(&output.stderr)
        );
        let table = String::from_utf8(output.stdout).unwrap();
        let mut rows = table.lines().map(|row| row.split(',').collect::<Vec<_>>());
        let place = rows
            .next()
            .unwrap()
            .iter()
            .position(|name| *name == "area_ha");
        rows.map(|row| row[place.unwrap()].parse::<f64>().unwrap())
            .sum()
    }
}

fn rectangle([x0, y0, x1, y1]: [f64; 4]) -> [[f64; 2]; 5] {
    [[x0, y0], [x1, y0], [x1, y1], [x0, y1], [x0, y0]]
}

const DEGREES: &str = "EPSG:4326";

#[test]
fn world_projections_of_a_sphere_give_areas_of_the_ellipsoid() {
    // Two degrees by two, of which PROJ's geodesics with edges along the parallels give this area.
    let zone = rectangle([100.0, 30.0, 102.0, 32.0]);
    let truth = 4_235_187.228;
    for crs in [
        "+proj=moll +datum=WGS84 +type=crs",
        "+proj=igh +datum=WGS84 +type=crs",
        "+proj=eck4 +datum=WGS84 +type=crs",
        "+proj=eck6 +datum=WGS84 +type=crs",
        "+proj=sinu +datum=WGS84 +type=crs",
        "EPSG:6933",
    ] {
        let map = Map {
            crs,
            corner: [8.0e6, 5.0e6],
            cell: 1e4,
            size: (400, 400),
        };
        let found = map.hectares(DEGREES, &[&zone]);
        assert!((found / truth - 1.0).abs() < 1e-7, "{crs}: {found}");
    }
    // The corners of a map of the world lie beyond the projection.
    let world = Map {
        crs: "+proj=moll +datum=WGS84 +type=crs",
        corner: [-1.82e7, 1.82e7],
        cell: 1e5,
        size: (364, 364),
    };
    let found = world.hectares(DEGREES, &[&zone]);
    // Cells of 100 km are not equally filled where an edge cuts them.
    assert!((found / truth - 1.0).abs() < 1e-5, "{found}");
}

#[test]
fn cells_at_a_pole_have_true_areas() {
    let zone = rectangle([-3.1e5, -2.2e5, 4.05e5, 2.9e5]);
    let around = |crs: &'static str, shift: f64| Map {
        crs,
        corner: [-1e6 + shift, 1e6 + shift],
        cell: 1e4,
        size: (200, 200),
    };
    let truth = around("EPSG:6931", 0.0).hectares("EPSG:3413", &[&zone]);
    // Where four cells meet, and within a cell.
    for map in [
        around("EPSG:3413", 0.0),
        around("EPSG:3995", 0.0),
        around("EPSG:3995", 3.7e3),
    ] {
        let found = map.hectares("EPSG:3413", &[&zone]);
        assert!(
            (found / truth - 1.0).abs() < 5e-7,
            "{}: {found} {truth}",
            map.crs
        );
    }
}

#[test]
fn both_sides_of_the_antimeridian_are_one_land_on_maps_in_degrees() {
    let map = |west: f64, columns| Map {
        crs: DEGREES,
        corner: [west, 4.0],
        cell: 0.05,
        size: (columns, 100),
    };
    let cut = [
        rectangle([179.0, 0.0, 180.0, 1.0]),
        rectangle([-180.0, 0.0, -179.0, 1.0]),
    ];
    let whole = rectangle([179.0, 0.0, 181.0, 1.0]);
    let truth = 2.0 * map(170.0, 200).hectares(DEGREES, &[&cut[0]]);
    let across = map(175.0, 200);
    for zone in [vec![&cut[0][..], &cut[1][..]], vec![&whole[..]]] {
        let found = across.hectares(DEGREES, &zone);
        assert!((found / truth - 1.0).abs() < 1e-12, "{found}");
    }
    // From Greenwich eastward round the globe, and a degree of the first meridians once more.
    for columns in [7200, 7220] {
        let round = map(0.0, columns);
        let found = round.hectares(DEGREES, &[&rectangle([-1.0, 0.0, 1.0, 1.0])]);
        assert!((found / truth - 1.0).abs() < 1e-12, "{columns}: {found}");
    }
}

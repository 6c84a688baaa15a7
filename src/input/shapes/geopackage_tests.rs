use std::fs;

use gdal::vector::LayerAccess as _;
use geo::{MultiPolygon, Point, polygon};

use super::*;
use crate::account::RegionSummary;
use crate::grid::{CrsKind, Ellipsoid};
use crate::report::{
    EcosystemPart, GEOPACKAGE, PlotPoint, ecosystems_layer, plots_layer, regions_layer,
};
use crate::units::Hectares;

fn crs() -> Crs {
    Crs {
        authority: Some("EPSG:5070".into()),
        name: "NAD83 / Conus Albers".into(),
        wkt: SpatialRef::from_epsg(5070).unwrap().to_wkt().unwrap(),
        kind: CrsKind::Projected {
            metres_per_unit: 1.0,
        },
        ellipsoid: Ellipsoid::WGS84,
    }
}

fn square(x: f64, y: f64) -> MultiPolygon<f64> {
    polygon![(x: x, y: y), (x: x + 9.0, y: y), (x: x + 9.0, y: y + 9.0), (x: x, y: y + 9.0)].into()
}

fn package() -> GeoPackage {
    let regions: Vec<RegionSummary> = [("1", 31.5), ("2", 58.0)]
        .map(|(id, cover)| RegionSummary {
            region_id: id.into(),
            region_name: Some("O'Brien's".into()),
            forest_cover_pct: Some(cover),
            ..RegionSummary::default()
        })
        .into();
    let shapes = [square(0.0, 0.0), square(9.0, 0.0)];
    let plots = [PlotPoint {
        plot_id: "p".into(),
        region_id: Some("1".into()),
        year: 2018,
        stratum: None,
        forest_share: Some(0.5),
        volume_m3_ha: Some(120.0),
        carbon_tc_ha: None,
        position: Point::new(3.0, 3.0),
    }];
    let parts = [EcosystemPart {
        region_id: None,
        ecosystem: "wetland".into(),
        boundary: "wetlands.gpkg".into(),
        area: Hectares::new(1.0),
        outline: square(1.0, 1.0),
    }];
    let shape = |id: &str| Some(&shapes[usize::from(id == "2")]);
    let layers = vec![
        plots_layer(&plots, crs()),
        ecosystems_layer(&parts, crs()),
        regions_layer(&regions, shape, crs()),
    ];
    GeoPackage::new("a run", GEOPACKAGE, layers, &[]).unwrap()
}

fn written() -> (tempfile::TempDir, PathBuf) {
    let home = tempfile::tempdir().unwrap();
    let path = home.path().join("terrasink.gpkg");
    write_geopackage(&package(), &path).unwrap();
    (home, path)
}

fn count(dataset: &Dataset, query: &str) -> i64 {
    let mut found = dataset
        .execute_sql(query, None, sql::Dialect::DEFAULT)
        .unwrap()
        .unwrap();
    let feature = found.features().next().unwrap();
    feature.field_as_integer64(0).unwrap().unwrap()
}

#[test]
fn equal_packages_are_equal_bytes() {
    let (_one, first) = written();
    std::thread::sleep(std::time::Duration::from_millis(5));
    let (_other, second) = written();
    assert!(fs::read(first).unwrap() == fs::read(second).unwrap());
}

#[test]
fn layers_read_back_with_their_values_and_coordinate_system() {
    let (_home, path) = written();
    let dataset = Dataset::open(&path).unwrap();
    let mut layer = dataset.layer_by_name("regions").unwrap();
    assert_eq!(layer.feature_count(), 2);
    assert_eq!(layer.spatial_ref().unwrap().auth_code().unwrap(), 5070);
    let feature = layer.features().next().unwrap();
    let field = |name: &str| feature.field_index(name).unwrap();
    let name = feature.field_as_string(field("region_name")).unwrap();
    assert_eq!(name.as_deref(), Some("O'Brien's"));
    let cover = feature.field_as_double(field("forest_cover_pct")).unwrap();
    assert_eq!(cover, Some(31.5));
    assert_eq!(feature.field_as_double(field("carbon_tc")).unwrap(), None);
    assert_eq!(dataset.layer_by_name("plots").unwrap().feature_count(), 1);
    assert_eq!(
        dataset.layer_by_name("ecosystems").unwrap().feature_count(),
        1
    );
}

#[test]
fn styles_aliases_and_the_project_are_where_qgis_looks_for_them() {
    let (_home, path) = written();
    let dataset = Dataset::open(&path).unwrap();
    let defaults = "SELECT COUNT(*) FROM layer_styles WHERE f_table_schema = '' \
                    AND f_geometry_column = 'geom' AND useAsDefault = 1";
    assert_eq!(count(&dataset, defaults), 3);
    let registered = "SELECT COUNT(*) FROM gpkg_contents WHERE table_name = 'layer_styles' \
                      AND data_type = 'attributes'";
    assert_eq!(count(&dataset, registered), 1);
    let aliases = "SELECT COUNT(*) FROM gpkg_data_columns WHERE title <> '' \
                   AND table_name = 'regions' AND description LIKE '%unit: %'";
    assert_eq!(count(&dataset, aliases), 17);
    let project = "SELECT COUNT(*) FROM qgis_projects WHERE name = 'a run' \
                   AND content LIKE '504b0304%'";
    assert_eq!(count(&dataset, project), 1);
}

#[test]
fn a_place_that_cannot_be_written_is_named() {
    let error = write_geopackage(&package(), Path::new("/no/such/place/x.gpkg")).unwrap_err();
    assert!(
        error.to_string().contains("/no/such/place/x.gpkg"),
        "{error}"
    );
}

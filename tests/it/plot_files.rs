//! Plots in other files than CSV: points of a `GeoPackage`, sheets of workbooks, tables of a database.

use gdal::DriverManager;
use gdal::spatial_ref::SpatialRef;
use gdal::vector::{
    Feature, FieldValue, Geometry, LayerAccess, LayerOptions, OGRFieldType, OGRwkbGeometryType,
};

use crate::field::Field;

const PLOTS: [(&str, f64, f64, &str); 5] = [
    ("A1", 500.0, 120.5, "oak"),
    ("A2", 1500.0, 0.0, ""),
    ("007", 2500.0, 85.25, "oak"),
    ("4", 3500.0, 60.0, "pine"),
    ("5", 4500.0, 110.0, "pine"),
];

/// A square of 1 000 ha with the five plots as CSV.
fn square() -> Field {
    let field = Field::new();
    field.regions("regions.json", 5070, &[("u", [0.0, 0.0, 5000.0, 2000.0])]);
    let rows = PLOTS.map(|(id, x, volume, kind)| format!("{id},{x},1000,{volume},{kind}\n"));
    field.write(
        "plots.csv",
        &format!("id,x,y,v_m3_ha,kind\n{}", rows.concat()),
    );
    field
}

/// The plots in a file of another kind; `place` with coordinates as numbers, else as points.
fn written(field: &Field, driver: &str, file: &str, place: bool) {
    let mut dataset = DriverManager::get_driver_by_name(driver)
        .unwrap()
        .create_vector_only(field.path(file))
        .unwrap();
    let srs = SpatialRef::from_epsg(5070).unwrap();
    let layer = dataset
        .create_layer(LayerOptions {
            name: "plots",
            srs: (!place).then_some(&srs),
            ty: if place {
                OGRwkbGeometryType::wkbNone
            } else {
                OGRwkbGeometryType::wkbPoint
            },
            ..LayerOptions::default()
        })
        .unwrap();
    let mut fields = vec![
        ("id", OGRFieldType::OFTString),
        ("v_m3_ha", OGRFieldType::OFTReal),
        ("kind", OGRFieldType::OFTString),
    ];
    if place {
        fields.extend([("x", OGRFieldType::OFTReal), ("y", OGRFieldType::OFTReal)]);
    }
    layer.create_defn_fields(&fields).unwrap();
    for (id, x, volume, kind) in PLOTS {
        let mut names = vec!["id", "v_m3_ha"];
        let mut values = vec![
            FieldValue::StringValue(id.to_owned()),
            FieldValue::RealValue(volume),
        ];
        if !kind.is_empty() {
            names.push("kind");
            values.push(FieldValue::StringValue(kind.to_owned()));
        }
        if place {
            names.extend(["x", "y"]);
            values.extend([FieldValue::RealValue(x), FieldValue::RealValue(1000.0)]);
        }
        let mut feature = Feature::new(layer.defn()).unwrap();
        for (name, value) in names.iter().zip(&values) {
            let at = feature.field_index(name).unwrap();
            feature.set_field(at, value).unwrap();
        }
        if !place {
            let mut point = Geometry::empty(OGRwkbGeometryType::wkbPoint).unwrap();
            point.add_point_2d((x, 1000.0));
            feature.set_geometry(point).unwrap();
        }
        feature.create(&layer).unwrap();
    }
}

/// A plan for the plots of a file.
fn plan(file: &str, fields: &str) -> String {
    format!(
        "[inventory]\ndesign = \"simple-random\"\narea-ha = 1000\ndomains = [\"kind\"]\n\
         [[inventory.plots]]\nyear = 2020\n{file}\n\
         [inventory.fields]\nid = \"id\"\nvolume = \"v_m3_ha\"\n{fields}"
    )
}

const PLACE: &str = "x = \"x\"\ny = \"y\"\ncrs = \"EPSG:5070\"\n";

fn inventory(field: &Field) -> String {
    std::fs::read_to_string(field.path("out/tables/inventory.csv")).unwrap()
}

#[test]
fn plots_are_the_same_in_every_kind_of_file() {
    let field = square();
    field.done(&plan("path = \"plots.csv\"", PLACE), &[]);
    let of_csv = inventory(&field);
    assert!(of_csv.contains("kind=oak"), "{of_csv}");
    let files = [
        ("GPKG", "plots.gpkg", false),
        ("SQLite", "plots.sqlite", true),
        ("XLSX", "plots.xlsx", true),
        ("ODS", "plots.ods", true),
        ("GeoJSON", "plots.geojson", false),
    ];
    for (driver, file, place) in files {
        written(&field, driver, file, place);
        // A database does not list tables without shapes.
        let layer = if driver == "SQLite" {
            "layer = \"plots\""
        } else {
            ""
        };
        let fields = if place { PLACE } else { "" };
        field.done(&plan(&format!("path = \"{file}\"\n{layer}"), fields), &[]);
        assert_eq!(inventory(&field), of_csv, "{file}");
    }
}

#[test]
fn what_is_wrong_with_a_file_of_plots_is_told_with_its_layers() {
    let field = square();
    written(&field, "XLSX", "plots.xlsx", true);
    field.refused(
        &plan("path = \"plots.xlsx\"\nlayer = \"Sheet1\"", PLACE),
        &["no layer `Sheet1`", "set `layer` to one of: plots"],
    );
    field.refused(
        &plan("path = \"plots.csv\"\nlayer = \"plots\"", PLACE),
        &["a text table has none", "leave `layer` out"],
    );
    field.refused(
        &plan("path = \"nothing.gpkg\"", PLACE),
        &["nothing.gpkg", "missing"],
    );
    field.write("broken.xlsx", "no workbook");
    field.refused(
        &plan("path = \"broken.xlsx\"", PLACE),
        &["broken.xlsx", "cannot be read as a table"],
    );
    // A value that is no number is named by the row of the sheet.
    let text = std::fs::read_to_string(field.path("plots.csv")).unwrap();
    field.write("plots.csv", &text.replace("85.25", "much"));
    field.refused(
        &plan("path = \"plots.csv\"", PLACE),
        &["row 4", "found `much`"],
    );
}

//! Plots in other files than CSV: points of a `GeoPackage`, sheets of workbooks, tables of a database.

use gdal::spatial_ref::SpatialRef;
use gdal::vector::{
    Feature, FieldValue, Geometry, LayerAccess, LayerOptions, OGRFieldType, OGRwkbGeometryType,
};
use gdal::{Dataset, DatasetOptions, DriverManager, GdalOpenFlags};

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
    // The styles that QGIS keeps in a file are no table of it.
    written(&field, "GPKG", "styled.gpkg", false);
    let options = DatasetOptions {
        open_flags: GdalOpenFlags::GDAL_OF_UPDATE | GdalOpenFlags::GDAL_OF_VECTOR,
        ..DatasetOptions::default()
    };
    let mut dataset = Dataset::open_ex(field.path("styled.gpkg"), options).unwrap();
    let styles = LayerOptions {
        name: "layer_styles",
        ty: OGRwkbGeometryType::wkbNone,
        ..LayerOptions::default()
    };
    dataset.create_layer(styles).unwrap();
    dataset.close().unwrap();
    field.done(&plan("path = \"styled.gpkg\"", ""), &[]);
    written(&field, "SQLite", "plots.sqlite", true);
    field.refused(
        &plan("path = \"plots.sqlite\"", PLACE),
        &["lists no layer and no table", "set `layer`"],
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

/// A workbook of two sheets whose rows hold these cells, as Office Open XML.
fn workbook(path: &std::path::Path, rows: &[&str]) {
    use std::io::Write as _;
    const SPREADSHEET: &str = "http://schemas.openxmlformats.org/spreadsheetml/2006/main";
    const KIND: &str = "application/vnd.openxmlformats-officedocument.spreadsheetml";
    const OFFICE: &str = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";
    const PACKAGE: &str = "http://schemas.openxmlformats.org/package/2006/relationships";
    let rows: Vec<String> = rows
        .iter()
        .enumerate()
        .map(|(place, cells)| format!(r#"<row r="{0}">{cells}</row>"#, place + 1))
        .collect();
    let sheet = |rows: &str| {
        format!(r#"<worksheet xmlns="{SPREADSHEET}"><sheetData>{rows}</sheetData></worksheet>"#)
    };
    let relation = |id: &str, kind: &str, target: &str| {
        format!(r#"<Relationship Id="{id}" Type="{OFFICE}/{kind}" Target="{target}"/>"#)
    };
    let relations =
        |inside: &str| format!(r#"<Relationships xmlns="{PACKAGE}">{inside}</Relationships>"#);
    let of_book = [
        relation("rId1", "worksheet", "worksheets/sheet1.xml"),
        relation("rId2", "worksheet", "worksheets/sheet2.xml"),
    ];
    let files = [
        (
            "[Content_Types].xml",
            format!(
                r#"<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">
                <Override PartName="/xl/workbook.xml" ContentType="{KIND}.sheet.main+xml"/>
                <Override PartName="/xl/worksheets/sheet2.xml" ContentType="{KIND}.worksheet+xml"/></Types>"#
            ),
        ),
        (
            "_rels/.rels",
            relations(&relation("rId1", "officeDocument", "xl/workbook.xml")),
        ),
        (
            "xl/workbook.xml",
            format!(
                r#"<workbook xmlns="{SPREADSHEET}" xmlns:r="{OFFICE}"><sheets>
                <sheet name="about" sheetId="1" r:id="rId1"/><sheet name="plots" sheetId="2" r:id="rId2"/>
                </sheets></workbook>"#
            ),
        ),
        ("xl/_rels/workbook.xml.rels", relations(&of_book.concat())),
        (
            "xl/worksheets/sheet1.xml",
            sheet(r#"<row r="1"><c r="A1" t="inlineStr"><is><t>notes</t></is></c></row>"#),
        ),
        ("xl/worksheets/sheet2.xml", sheet(&rows.concat())),
    ];
    let mut archive = zip::ZipWriter::new(std::fs::File::create(path).unwrap());
    let stored =
        zip::write::SimpleFileOptions::default().compression_method(zip::CompressionMethod::Stored);
    for (name, text) in files {
        archive.start_file(name, stored).unwrap();
        archive.write_all(text.as_bytes()).unwrap();
    }
    archive.finish().unwrap();
}

/// GDAL gives TRUE as 1: a plot would have a cubic metre.
#[test]
fn a_truth_in_a_workbook_is_no_number() {
    let field = square();
    let texts = |row: usize, names: &[&str]| -> String {
        let cells = names.iter().zip('A'..).map(|(name, col)| {
            format!(r#"<c r="{col}{row}" t="inlineStr"><is><t>{name}</t></is></c>"#)
        });
        cells.collect()
    };
    let cells = |row: usize, id: &str, x: u32, volume: &str| {
        let place = format!(r#"<c r="C{row}"><v>{x}</v></c><c r="D{row}"><v>1000</v></c>"#);
        format!("{}{volume}{place}", texts(row, &[id]))
    };
    let rows = |volume: &str| {
        [
            texts(1, &["id", "v_m3_ha", "x", "y"]),
            cells(2, "a", 500, r#"<c r="B2"><v>85.25</v></c>"#),
            cells(3, "b", 600, volume),
            cells(4, "c", 700, r#"<c r="B4"><v>40</v></c>"#),
        ]
    };
    let of_sheet = |volume: &str| {
        let rows = rows(volume);
        let rows: Vec<&str> = rows.iter().map(String::as_str).collect();
        workbook(&field.path("plots.xlsx"), &rows);
        plan("path = \"plots.xlsx\"\nlayer = \"plots\"", PLACE)
            .replace("domains = [\"kind\"]\n", "")
    };
    for (value, word) in [(1, "TRUE"), (0, "FALSE")] {
        let plan = of_sheet(&format!(r#"<c r="B3" t="b"><v>{value}</v></c>"#));
        let found = format!("found `{word}`, expected a number");
        field.refused(
            &plan,
            &["plots.xlsx, layer plots, row 3, column v_m3_ha", &found],
        );
    }
    let plan = of_sheet(r#"<c r="B3"><v>1</v></c>"#);
    field.done(&plan, &[]);
}

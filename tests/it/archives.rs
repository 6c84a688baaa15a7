//! Rasters and polygons inside other files, by the names that GDAL has for them.

use std::fs;
use std::io::Write as _;

use gdal::raster::RasterCreationOptions;
use gdal::spatial_ref::SpatialRef;
use gdal::vector::{
    Feature, Geometry, LayerAccess as _, LayerOptions, OGRFieldType, OGRwkbGeometryType,
};
use gdal::{Dataset, DriverManager};

use crate::field::{Field, lattice, said};
use crate::scratch::terrasink;

/// Two maps of 20 x 20 cells, and a region over both of their halves.
fn field() -> Field {
    let field = Field::new();
    field.regions("regions.json", 5070, &[("u", [0.0, 0.0, 600.0, 600.0])]);
    let cells = lattice(5070, (0.0, 600.0), 30.0, (20, 20));
    drop(field.raster::<u8>("all.tif", cells, &[], |_, _| 71));
    drop(field.raster::<u8>(
        "half.tif",
        cells,
        &[],
        |col, _| if col < 10 { 41 } else { 71 },
    ));
    fs::create_dir(field.path("maps")).unwrap();
    field
}

/// Writes an archive that holds these files, unpacked as they are.
fn archive(field: &Field, name: &str, files: &[(&str, &str)]) {
    let file = fs::File::create(field.path(name)).unwrap();
    let mut archive = zip::ZipWriter::new(file);
    let stored =
        zip::write::SimpleFileOptions::default().compression_method(zip::CompressionMethod::Stored);
    for (inside, from) in files {
        archive.start_file(*inside, stored).unwrap();
        archive
            .write_all(&fs::read(field.path(from)).unwrap())
            .unwrap();
    }
    archive.finish().unwrap();
}

fn copy(field: &Field, from: &str, driver: &str, to: &str, options: &[&str]) {
    let driver = DriverManager::get_driver_by_name(driver).unwrap();
    let options: RasterCreationOptions = options.iter().copied().collect();
    let source = Dataset::open(field.path(from)).unwrap();
    let copied = source
        .create_copy(&driver, field.path(to), &options)
        .unwrap();
    copied.close().unwrap();
}

fn plan(path: &str) -> String {
    let path = path.replace('"', "\\\"");
    format!("[[land-cover]]\nyear = 2020\npath = \"{path}\"\nlegend = \"nlcd\"\n")
}

/// Half of the region is forest, by the map of this name, and the manifest knows the file.
fn half_is_forest(field: &Field, path: &str, file: &str) {
    field.done(&plan(path), &[]);
    let row = field.row("summary.csv", &[("region_id", "u")]);
    assert_eq!(row["forest_area_ha"], "18", "{path}");
    let manifest = fs::read_to_string(field.path("out/run/manifest.json")).unwrap();
    assert!(
        manifest.contains(&format!("\"{file}\"")),
        "{path}: {manifest}"
    );
}

#[test]
fn a_raster_inside_a_file_is_read_from_the_directory_of_the_plan() {
    let field = field();
    archive(
        &field,
        "maps/m.zip",
        &[("d/all.tif", "all.tif"), ("d/half.tif", "half.tif")],
    );
    half_is_forest(&field, "/vsizip/maps/m.zip/d/half.tif", "maps/m.zip");
    let whole = field.path("maps/m.zip").display().to_string();
    half_is_forest(&field, &format!("/vsizip/{whole}/d/half.tif"), "maps/m.zip");
    copy(
        &field,
        "all.tif",
        "GPKG",
        "maps/m.gpkg",
        &["RASTER_TABLE=all", "TILE_FORMAT=PNG"],
    );
    copy(
        &field,
        "half.tif",
        "GPKG",
        "maps/m.gpkg",
        &[
            "RASTER_TABLE=half",
            "TILE_FORMAT=PNG",
            "APPEND_SUBDATASET=YES",
        ],
    );
    half_is_forest(&field, "GPKG:maps/m.gpkg:half", "maps/m.gpkg");
    copy(&field, "half.tif", "netCDF", "maps/m.nc", &[]);
    half_is_forest(&field, "NETCDF:\"maps/m.nc\":Band1", "maps/m.nc");
    half_is_forest(&field, "NETCDF:maps/m.nc:Band1", "maps/m.nc");
    half_is_forest(&field, "GTIFF_DIR:1:half.tif", "half.tif");
}

#[test]
fn a_changed_archive_is_found_by_verify() {
    let field = field();
    archive(&field, "m.zip", &[("lc.tif", "half.tif")]);
    field.done(&plan("/vsizip/m.zip/lc.tif"), &[]);
    let out = field.text("out");
    let verify = terrasink(&["verify", &out]);
    assert_eq!(verify.status.code(), Some(0), "{}", said(&verify));
    let rerun = terrasink(&["verify", "--rerun", &out]);
    assert_eq!(rerun.status.code(), Some(0), "{}", said(&rerun));
    archive(&field, "m.zip", &[("lc.tif", "all.tif")]);
    let verify = terrasink(&["verify", &out]);
    assert_eq!(verify.status.code(), Some(1), "{}", said(&verify));
}

#[test]
fn polygons_inside_an_archive_are_regions() {
    let field = field();
    archive(&field, "r.zip", &[("u.json", "regions.json")]);
    let zones = format!("/vsizip/{}/u.json", field.text("r.zip"));
    let by = format!("lc=GTIFF_DIR:1:{}", field.text("half.tif"));
    let output = terrasink(&["zonal", "--by", &by, "--zones", &zones, "--id", "id"]);
    assert_eq!(output.status.code(), Some(0), "{}", said(&output));
    let table = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(table.contains("u,41,18"), "{table}");
}

#[test]
fn what_is_not_there_is_told_by_its_file() {
    let field = field();
    field.refused(
        &plan("GPKG:maps/none.gpkg:lc"),
        &["maps/none.gpkg` is missing"],
    );
    field.refused(
        &plan("/vsizip/none.zip/lc.tif"),
        &["none.zip/lc.tif` is missing"],
    );
    archive(&field, "m.zip", &[("lc.tif", "half.tif")]);
    field.refused(
        &plan("/vsizip/m.zip/other.tif"),
        &["m.zip` holds no `other.tif`", "m.zip/lc.tif"],
    );
    field.refused(
        &plan("/vsicurl/https://example.org/lc.tif"),
        &["not inside a file on disk"],
    );
}

#[test]
fn what_a_name_lacks_is_told_with_what_the_file_holds() {
    let field = field();
    archive(
        &field,
        "maps/m.zip",
        &[("d/all.tif", "all.tif"), ("half.tif", "half.tif")],
    );
    for name in ["maps/m.zip/none.tif", "maps/m.zip", "/vsizip/maps/m.zip"] {
        field.refused(&plan(name), &["/maps/m.zip/d/all.tif, /vsizip/"]);
    }
    field.refused(
        &plan("maps/m.zip/half.tif"),
        &["m.zip` is a file, not a directory"],
    );
    field.refused(
        &plan("/vsitar/maps/m.zip/half.tif"),
        &[
            "holds no file that GDAL finds",
            "a zip is opened by /vsizip/",
        ],
    );
    field.refused(
        &plan("half.tif/lc.tif"),
        &["half.tif` is a file, not a directory"],
    );
    copy(&field, "half.tif", "netCDF", "maps/m.nc", &[]);
    field.refused(
        &plan("NETCDF:maps/m.nc"),
        &["it does not say what inside", "give the file itself: "],
    );
    for (table, more) in [("all", "NO"), ("half", "YES")] {
        let table = format!("RASTER_TABLE={table}");
        let more = format!("APPEND_SUBDATASET={more}");
        let options = [table.as_str(), "TILE_FORMAT=PNG", &more];
        copy(&field, "half.tif", "GPKG", "maps/m.gpkg", &options);
    }
    field.refused(
        &plan("GPKG:maps/m.gpkg"),
        &["it does not say what inside", "m.gpkg:all, GPKG:"],
    );
    field.refused(
        &plan("GPKG:maps/m.gpkg:none"),
        &["Cannot find table 'none'", "m.gpkg:all, GPKG:"],
    );
    field.refused(&plan("GPKG:maps/none.gpkg"), &["none.gpkg` is missing"]);
    for name in ["vrt://half.tif?bands=1", "vrt://half.tif"] {
        field.refused(
            &plan(name),
            &["`vrt://` are not read", "give the file, `", "/half.tif`"],
        );
    }
    field.refused(&plan("vrt://none.tif"), &["/none.tif` is missing"]);
    field.refused(
        &plan("ZARR:half.tif:1"),
        &["names that begin with `ZARR:` are not read", "/half.tif`"],
    );
}

/// Names that GDAL reads and that are no paths.
#[test]
fn a_name_that_is_no_path_says_what_it_is() {
    let field = field();
    archive(&field, "m.zip", &[("lc.tif", "half.tif")]);
    let zip = field.text("m.zip");
    field.refused(
        &plan(&format!("/vsizip/{{{zip}}}/lc.tif")),
        &[
            "in braces are not read",
            &format!("give `/vsizip/{zip}/lc.tif`"),
        ],
    );
    let none = field.text("none.zip");
    field.refused(
        &plan(&format!("/vsizip/{{{none}}}/lc.tif")),
        &["none.zip` is missing"],
    );
    for name in [
        "PG:dbname=maps",
        "WMTS:maps.xml,layer=lc",
        "MYSQL:db,tables=lc",
    ] {
        field.refused(
            &plan(name),
            &["not inside a file on disk", "ogr2ogr out.gpkg NAME"],
        );
    }
    let regions = std::fs::read_to_string(field.path("regions.json")).unwrap();
    let output = terrasink(&[
        "zonal",
        "--by",
        &format!("lc={}", field.text("half.tif")),
        "--zones",
        &regions,
        "--id",
        "id",
    ]);
    let said = said(&output);
    assert_eq!(output.status.code(), Some(3), "{said}");
    assert!(said.contains("not the path of one"), "{said}");
    assert!(!said.contains("coordinates"), "{said}");
}

/// The library of HDF5 prints a report of its own where it may open such a file.
#[test]
fn a_file_of_hdf5_that_was_cut_off_is_told_without_opening_it() {
    let field = field();
    copy(&field, "half.tif", "netCDF", "whole.nc", &["FORMAT=NC4C"]);
    half_is_forest(&field, "whole.nc", "whole.nc");
    let bytes = fs::read(field.path("whole.nc")).unwrap();
    for name in ["cut.nc", "cut.h5"] {
        fs::write(field.path(name), &bytes[..bytes.len() - 100]).unwrap();
        let output = field.run(&plan(name), &[]);
        let said = said(&output);
        assert_eq!(output.status.code(), Some(3), "{said}");
        let lacks = format!(
            "it has {} bytes and says that it has {}",
            bytes.len() - 100,
            bytes.len()
        );
        assert!(said.contains(&lacks), "{said}");
        assert!(!said.contains("HDF5-DIAG"), "{said}");
    }
}

/// GDAL reads zeros where the data of the first three are missing, and does not end in the last.
#[test]
fn other_files_that_were_cut_off_are_refused() {
    let field = field();
    for (name, driver, options, of) in [
        ("whole.nc", "netCDF", &["FORMAT=NC"][..], "bytes"),
        ("whole2.nc", "netCDF", &["FORMAT=NC2"], "bytes"),
        ("whole.dat", "ENVI", &[], "bytes"),
        ("whole.asc", "AAIGrid", &[], "cells"),
    ] {
        copy(&field, "half.tif", driver, name, options);
        half_is_forest(&field, name, name);
        let file = field.path(name);
        let bytes = fs::read(&file).unwrap();
        fs::write(&file, &bytes[..bytes.len() - 20]).unwrap();
        let output = field.run(&plan(name), &[]);
        let said = said(&output);
        assert_eq!(output.status.code(), Some(3), "{said}");
        let lacks = format!(" {of} and says that it has ");
        assert!(said.contains(name) && said.contains(&lacks), "{said}");
    }
}

/// Damage amid such a file is met by the threads of the pass, for each of which the library prints anew.
#[test]
fn damage_of_a_file_of_hdf5_is_told_in_our_words_alone() {
    let field = field();
    let options = ["FORMAT=NC4C", "COMPRESS=DEFLATE"];
    let fine = lattice(5070, (0.0, 600.0), 3.0, (200, 200));
    let code = |col: usize, row: usize| if col * col * row % 7 < 3 { 41 } else { 71 };
    drop(field.raster::<u8>("fine.tif", fine, &[], code));
    copy(&field, "fine.tif", "netCDF", "whole.nc", &options);
    let whole = fs::read(field.path("whole.nc")).unwrap();
    // Which bytes are those of the cells nobody knows: of many places some are.
    let mut told = 0;
    for place in (2000..whole.len() - 40).step_by(whole.len() / 8) {
        let mut bytes = whole.clone();
        bytes[place..place + 40].fill(0xa5);
        for name in ["damaged.nc", "damaged.h5"] {
            fs::write(field.path(name), &bytes).unwrap();
            let said = said(&field.run(&plan(name), &[]));
            assert!(!said.contains("HDF5-DIAG"), "{place}: {said}");
            told += usize::from(said.contains("could not be read"));
        }
    }
    assert!(told > 0, "no place was amid the cells");
}

#[test]
fn a_layer_of_polygons_is_named_inside_its_file() {
    let field = field();
    let driver = DriverManager::get_driver_by_name("GPKG").unwrap();
    let mut packed = driver.create_vector_only(field.path("r.gpkg")).unwrap();
    let system = SpatialRef::from_epsg(5070).unwrap();
    for (name, side) in [("whole", 600), ("quarter", 300)] {
        let layer = packed
            .create_layer(LayerOptions {
                name,
                srs: Some(&system),
                ty: OGRwkbGeometryType::wkbPolygon,
                ..LayerOptions::default()
            })
            .unwrap();
        layer
            .create_defn_fields(&[("id", OGRFieldType::OFTString)])
            .unwrap();
        let shape = format!("POLYGON((0 0,{side} 0,{side} {side},0 {side},0 0))");
        let mut feature = Feature::new(layer.defn()).unwrap();
        feature.set_field_string(0, name).unwrap();
        feature
            .set_geometry(Geometry::from_wkt(&shape).unwrap())
            .unwrap();
        feature.create(&layer).unwrap();
    }
    packed.close().unwrap();
    let by = format!("lc={}", field.text("all.tif"));
    let zonal = |zones: &str, more: &[&str]| {
        let mut arguments = vec!["zonal", "--by", &by, "--zones", zones, "--id", "id"];
        arguments.extend(more);
        let output = terrasink(&arguments);
        let table = String::from_utf8_lossy(&output.stdout).into_owned();
        (output.status.code(), table + &said(&output))
    };
    let file = field.text("r.gpkg");
    for name in [
        format!("GPKG:{file}:quarter"),
        format!("GPKG:\"{file}\":quarter"),
    ] {
        let (code, said) = zonal(&name, &[]);
        assert_eq!(code, Some(0), "{said}");
        assert!(said.contains("quarter,71,9,"), "{said}");
    }
    field.refused(
        &plan("r.gpkg"),
        &["it holds a table or shapes, expected a raster"],
    );
    let (code, said) = zonal(&field.text("all.tif"), &[]);
    assert_eq!(code, Some(3), "{said}");
    assert!(
        said.contains("it holds a raster, expected polygons"),
        "{said}"
    );
    let (code, said) = zonal(&format!("GPKG:{file}:none"), &[]);
    assert_eq!(code, Some(3), "{said}");
    assert!(said.contains("no layer `none`"), "{said}");
    assert!(said.contains("whole, quarter (`zonal`: --layer)"), "{said}");
    let (code, said) = zonal(&format!("GPKG:{file}:whole"), &["--layer", "quarter"]);
    assert_eq!(code, Some(3), "{said}");
    assert!(said.contains("`layer` says `quarter`"), "{said}");
}

#[test]
fn an_output_goes_to_a_disk() {
    let field = field();
    field.run(&plan("half.tif"), &[]);
    let (file, zones) = (field.text("plan.toml"), field.text("regions.json"));
    let by = format!("lc={}", field.text("half.tif"));
    for place in ["/vsimem/out", "/vsizip/o.zip/out", "s3://bucket/out"] {
        let run = terrasink(&["run", &file, "--out", place]);
        let out = format!("{place}.csv");
        let zonal = ["zonal", "--by", &by, "--zones", &zones, "--id", "id"];
        let zonal = terrasink(&[&zonal[..], &["--out", &out]].concat());
        for output in [run, zonal] {
            assert_eq!(output.status.code(), Some(3), "{}", said(&output));
            let words = said(&output);
            assert!(words.contains("outputs go to a disk only"), "{words}");
        }
        assert!(!std::path::Path::new(place).parent().unwrap().exists());
    }
}

#[test]
fn what_is_wrong_with_a_file_of_shapes_is_told_as_it_is() {
    let field = field();
    let by = format!("lc={}", field.text("all.tif"));
    let refused = |zones: &str, words: &str| {
        let zones = field.text(zones);
        let output = terrasink(&["zonal", "--by", &by, "--zones", &zones, "--id", "id"]);
        let told = said(&output);
        assert_eq!(output.status.code(), Some(3), "{told}");
        assert!(told.contains(words), "{told}");
    };
    let text = fs::read_to_string(field.path("regions.json")).unwrap();
    field.write("open.json", &text.replace("[0,600],[0,0]]]", "[0,600]]]"));
    refused("open.json", "as it should be (Non closed ring detected");
    let driver = DriverManager::get_driver_by_name("ESRI Shapefile").unwrap();
    let mut shapes = driver.create_vector_only(field.path("s.shp")).unwrap();
    let system = SpatialRef::from_epsg(5070).unwrap();
    let layer = shapes
        .create_layer(LayerOptions {
            name: "s",
            srs: Some(&system),
            ty: OGRwkbGeometryType::wkbPolygon,
            ..LayerOptions::default()
        })
        .unwrap();
    let mut feature = Feature::new(layer.defn()).unwrap();
    let shape = Geometry::from_wkt("POLYGON((0 0,600 0,600 600,0 600,0 0))").unwrap();
    feature.set_geometry(shape).unwrap();
    feature.create(&layer).unwrap();
    drop(feature);
    shapes.close().unwrap();
    fs::remove_file(field.path("s.dbf")).unwrap();
    refused("s.shp", "in the .dbf file beside it");
    fs::remove_file(field.path("s.shx")).unwrap();
    refused("s.shp", "a shapefile is several files");
}

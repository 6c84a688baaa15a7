//! Rasters with numbers that few programs write, as they come all the same.

use crate::field::{Field, lattice, said};
use crate::scratch::terrasink;

#[test]
fn codes_without_a_sign_that_are_too_large_are_told_and_nodata_among_them_is_none() {
    let field = Field::new();
    field.regions("zones.json", 5070, &[("u", [0.0, -60.0, 60.0, 0.0])]);
    let cells = lattice(5070, (0.0, 0.0), 30.0, (2, 2));
    let zones = field.text("zones.json");
    let zonal = |name: &str, more: &[&str]| {
        let by = format!("lc={}", field.text(name));
        let arguments = ["zonal", "--by", &by, "--zones", &zones, "--id", "id"];
        terrasink(&[&arguments[..], more].concat())
    };
    let code = |col, row| match (col, row) {
        (0, 0) => u64::MAX,
        (1, 0) => 5,
        _ => 9_223_372_036_854_775_807,
    };
    drop(field.raster::<u64>("codes.tif", cells, &[], code));
    let output = zonal("codes.tif", &[]);
    assert_eq!(output.status.code(), Some(1), "{}", said(&output));
    let words = "row 0, column 0: the cell holds 18446744073709551615, expected a code up to";
    assert!(said(&output).contains(words), "{}", said(&output));
    let expected = "u,5,0.09,1\nu,9223372036854775807,0.18,2\nu,nodata,0.09,1\n";
    let dataset = field.raster::<u64>("marked.tif", cells, &[], code);
    let mut band = dataset.rasterband(1).unwrap();
    band.set_no_data_value_u64(Some(u64::MAX)).unwrap();
    drop(dataset);
    let stated = ["--nodata", "lc=18446744073709551615"];
    for (name, more) in [("marked.tif", &[][..]), ("codes.tif", &stated[..])] {
        let output = zonal(name, more);
        let table = String::from_utf8_lossy(&output.stdout).into_owned();
        assert!(table.ends_with(expected), "{table}{}", said(&output));
    }
}

#[test]
fn classes_that_were_packed_as_a_picture_are_warned_of() {
    let field = Field::new();
    field.regions("regions.json", 5070, &[("u", [0.0, -600.0, 600.0, 0.0])]);
    let cells = lattice(5070, (0.0, 0.0), 30.0, (20, 20));
    let options = [("COMPRESS", "JPEG")];
    // One class alone stays as it was; the warning is of what may be otherwise.
    drop(field.raster::<u8>("lc.tif", cells, &options, |_, _| 41));
    let words = "it is packed by JPEG, which may change numbers";
    let by = format!("lc={}", field.text("lc.tif"));
    let zones = field.text("regions.json");
    let output = terrasink(&["zonal", "--by", &by, "--zones", &zones, "--id", "id"]);
    assert_eq!(output.status.code(), Some(0), "{}", said(&output));
    assert!(said(&output).contains(words), "{}", said(&output));
    let map = "[[land-cover]]\nyear = 2020\npath = \"lc.tif\"\nlegend = \"nlcd\"\n";
    let told = field.done(map, &[]);
    assert!(told.contains(words), "{told}");
}

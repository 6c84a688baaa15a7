//! Files that are read: none is replaced, all are recorded, and what cannot be read of them is told.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Output;

use gdal::{Dataset, DriverManager};
use tempfile::TempDir;

use crate::outputs::Outputs;
use crate::scratch::{samples, terrasink};

/// A directory with the land cover and the wards of Northampton.
fn northampton() -> TempDir {
    let scratch = TempDir::new().unwrap();
    for name in ["nlcd_2019.tif", "wards.gpkg"] {
        let sample = samples().join("northampton").join(name);
        fs::copy(sample, scratch.path().join(name)).unwrap();
    }
    scratch
}

/// Runs `zonal` on these files.
fn zonal(folder: &Path, out: &Path, more: &[&str]) -> Output {
    let by = format!("lc={}", folder.join("nlcd_2019.tif").display());
    let zones = folder.join("wards.gpkg");
    let [zones, out] = [&zones, out].map(|path| path.to_str().unwrap());
    let common = [
        "zonal", "--by", &by, "--zones", zones, "--id", "ward", "--out", out,
    ];
    terrasink(&[&common[..], more].concat())
}

fn said(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

#[test]
fn zones_are_never_replaced_by_their_table() {
    let folder = northampton();
    let zones = folder.path().join("wards.gpkg");
    let before = fs::read(&zones).unwrap();
    for more in [&[][..], &["--overwrite"]] {
        let refused = zonal(folder.path(), &zones, more);
        assert_eq!(refused.status.code(), Some(3), "{}", said(&refused));
        let words = format!("writing `{}` would replace it", zones.display());
        assert!(said(&refused).contains(&words), "{}", said(&refused));
        assert_eq!(fs::read(&zones).unwrap(), before);
    }
}

#[test]
fn a_mask_beside_a_raster_that_cannot_be_read_is_told() {
    let folder = northampton();
    fs::write(folder.path().join("nlcd_2019.tif.msk"), "cut").unwrap();
    let refused = zonal(folder.path(), &PathBuf::from("-"), &[]);
    assert_eq!(refused.status.code(), Some(3), "{}", said(&refused));
    let words = ["nlcd_2019.tif.msk", "cannot be read as the mask"];
    assert!(
        words.iter().all(|word| said(&refused).contains(word)),
        "{}",
        said(&refused)
    );
}

#[test]
fn what_a_virtual_raster_is_put_together_from_is_recorded() {
    let folder = northampton();
    let at = |name: &str| folder.path().join(name);
    let vrt = DriverManager::get_driver_by_name("VRT").unwrap();
    let map = Dataset::open(at("nlcd_2019.tif")).unwrap();
    let options = gdal::raster::RasterCreationOptions::default();
    drop(map.create_copy(&vrt, at("lc.vrt"), &options).unwrap());
    drop(map);
    let text = "name = \"mosaic\"\n[regions]\npath = \"wards.gpkg\"\nid = \"ward\"\n\
                [[land-cover]]\nyear = 2019\npath = \"lc.vrt\"\nlegend = \"nlcd\"\n";
    fs::write(at("plan.toml"), text).unwrap();
    let (plan, out) = (at("plan.toml"), at("out"));
    let [plan, out] = [&plan, &out].map(|path| path.to_str().unwrap());
    let run = terrasink(&["run", plan, "--out", out]);
    assert_eq!(
        run.status.code(),
        Some(0),
        "{}",
        String::from_utf8_lossy(&run.stderr)
    );
    assert_eq!(terrasink(&["verify", out]).status.code(), Some(0));
    let mut bytes = fs::read(at("nlcd_2019.tif")).unwrap();
    *bytes.last_mut().unwrap() ^= 1;
    fs::write(at("nlcd_2019.tif"), bytes).unwrap();
    let verified = terrasink(&["verify", out]);
    assert_ne!(verified.status.code(), Some(0));
    let told = String::from_utf8_lossy(&verified.stdout).into_owned()
        + &String::from_utf8_lossy(&verified.stderr);
    assert!(told.contains("nlcd_2019.tif"), "{told}");
}

#[test]
fn an_output_that_is_read_is_not_replaced() {
    let folder = northampton();
    let out = folder.path().join("out");
    let run = |plan: &Path, more: &[&str]| {
        let mut arguments = vec!["run", plan.to_str().unwrap(), "--out"];
        arguments.push(out.to_str().unwrap());
        arguments.extend(more);
        terrasink(&arguments)
    };
    let first = samples().join("northampton/wards.toml");
    assert_eq!(run(&first, &[]).status.code(), Some(0));
    let before = Outputs::read(&out);
    let plan = folder.path().join("again.toml");
    let text = "name = \"again\"\n[regions]\npath = \"out/regions.geojson\"\nid = \"region_id\"\n\
                [[land-cover]]\nyear = 2019\npath = \"nlcd_2019.tif\"\nlegend = \"nlcd\"\n";
    fs::write(&plan, text).unwrap();
    let refused = run(&plan, &["--overwrite"]);
    let message = String::from_utf8(refused.stderr).unwrap();
    assert_eq!(refused.status.code(), Some(3), "{message}");
    assert!(message.contains("would replace it"), "{message}");
    assert_eq!(Outputs::read(&out).files(), before.files());
}

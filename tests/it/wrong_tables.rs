//! Tables with several mistakes, each told once and in one pass.

use crate::desk::{Desk, regions, square};
use crate::scratch::samples;

#[test]
fn a_column_of_trees_that_is_missing_is_not_told_to_have_no_unit() {
    let desk = Desk::new();
    desk.replace("plan.toml", "volume = \"volume_m3_ha\"\n", "");
    desk.replace(
        "plan.toml",
        "[inventory.strata]",
        "[[inventory.trees]]\nyear = 2020\npath = \"trees.csv\"\n[inventory.tree-fields]\nplot = \"plot\"\nplot-area-m2 = 400\nvolume = \"vol\"\n[inventory.strata]",
    );
    desk.write("trees.csv", "plot,vol_m3\n1,0.5\n");
    let said = desk.refused();
    assert_eq!(said.told(), ["no column `vol`"], "{said:#?}");
    assert_eq!(said.findings[0].remedy, "did you mean `vol_m3`?");
}

#[test]
fn a_coordinate_system_is_told_beside_plots_that_cannot_be_read() {
    let desk = Desk::new();
    desk.replace(
        "plan.toml",
        "stratum = \"stratum\"\nforest-share",
        "stratum = \"stratum\"\nx = \"lon\"\ny = \"lat\"\ncrs = \"EPSG:99999\"\nforest-share",
    );
    let said = desk.refused();
    said.finding("plan.toml", "`EPSG:99999` is not a coordinate system");
    said.finding("plots.csv", "no column `lon`");
    said.finding("plots.csv", "no column `lat`");
    assert_eq!(said.findings.len(), 3, "{said:#?}");
    // Beside a map that was not read whole too.
    desk.write(
        "plots.csv",
        desk.read("plots.csv")
            .replace("plot,region", "plot,region,lon,lat")
            .replace(",west,", ",west,1,2,")
            .replace(",east,", ",east,1,2,"),
    );
    desk.replace(
        "plan.toml",
        "legend = \"nlcd\"",
        "legend = \"nlcd\"\nnodata = \"x\"",
    );
    let said = desk.refused();
    said.finding("plan.toml", "`EPSG:99999` is not a coordinate system");
    said.finding("plan.toml", "`land-cover.nodata`");
    assert_eq!(said.findings.len(), 2, "{said:#?}");
}

#[test]
fn all_rows_of_a_table_of_codes_are_told() {
    let desk = Desk::new();
    desk.write(
        "stands.geojson",
        regions(&[("1", "T", square(0.0, 0.0, 10.0, 10.0))]),
    );
    let plan = desk.read("plan.toml");
    let inventory = plan.find("[inventory]").unwrap();
    desk.write(
        "plan.toml",
        format!(
            "{}[[inventory.stands]]\nyear = 2020\npath = \"stands.geojson\"\nland-classes = \"classes.csv\"\nspecies = \"species.csv\"\n[inventory.stands.fields]\nid = \"id\"\nland-class = \"name\"\n",
            &plan[..inventory]
        ),
    );
    desk.write(
        "classes.csv",
        "code,name,kind\nT,trees,wood\nT,more,tree-forest\n",
    );
    desk.write("species.csv", "code,name\n");
    let said = desk.refused();
    said.finding("classes.csv, row 2", "`kind` is `wood`");
    said.finding("classes.csv, row 3", "the code `T` stands twice");
    said.finding("species.csv", "has no rows");
    assert_eq!(said.findings.len(), 3, "{said:#?}");
}

#[test]
fn fields_of_regions_in_the_wrong_encoding_say_so() {
    let desk = Desk::new();
    let file = samples().join("made-xiaoban/xiang.shp");
    desk.replace(
        "plan.toml",
        "path = \"regions.geojson\"\nid = \"id\"",
        &format!(
            "path = '{}'\nencoding = \"UTF-8\"\nid = \"乡代码\"",
            file.display()
        ),
    );
    let said = desk.refused();
    let found = said.finding("xiang.shp", "no field `乡代码`");
    assert!(found.remedy.contains("encoding = \"GBK\""), "{found:?}");
}

#[test]
fn a_key_that_was_meant_is_not_told_to_be_missing() {
    let desk = Desk::new();
    let plan = desk.read("plan.toml");
    let inventory = plan.find("[inventory]").unwrap();
    desk.write(
        "plan.toml",
        format!(
            "{}[[inventory.plots]]\nyear = 2020\npath = \"fia\"\npreset = \"fia\"\nevalution = 441801\n",
            &plan[..inventory]
        ),
    );
    desk.replace("plan.toml", "[forest]\n", "[forest]\nland-area = \"dry\"\n");
    let said = desk.refused();
    said.finding("plan.toml", "unknown key `inventory.plots.evalution`");
    said.finding("plan.toml", "unknown land area rule `dry`");
    said.finding("fia", "cannot be read");
    assert_eq!(said.findings.len(), 3, "{said:#?}");
}

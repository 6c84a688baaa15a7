//! Stand registers, through plans: what they sum up to, their carbon, and what is wrong with them.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use crate::desk::{Said, say_with};
use crate::outputs::{Outputs, Row, number};
use crate::scratch::{samples, terrasink};

/// Two regions of two hundredths of a degree, side by side at 117 E, 26 N.
const REGIONS: &str = r#"{"type":"FeatureCollection","features":[
{"type":"Feature","properties":{"id":"w"},"geometry":{"type":"Polygon","coordinates":[[[117.0,26.0],[117.02,26.0],[117.02,26.02],[117.0,26.02],[117.0,26.0]]]}},
{"type":"Feature","properties":{"id":"e"},"geometry":{"type":"Polygon","coordinates":[[[117.02,26.0],[117.04,26.0],[117.04,26.02],[117.02,26.02],[117.02,26.0]]]}}]}"#;

/// A stand: column and row of its square of about a hectare, and its properties.
pub(crate) struct Square(pub(crate) f64, pub(crate) f64, pub(crate) &'static str);

pub(crate) fn geojson(stands: &[Square]) -> String {
    let mut text = String::from("{\"type\":\"FeatureCollection\",\"features\":[");
    for (at, Square(column, row, properties)) in stands.iter().enumerate() {
        let (x, y) = (117.0 + column * 0.001, 26.0 + row * 0.0009);
        let (east, north) = (x + 0.001, y + 0.0009);
        let comma = if at == 0 { "" } else { "," };
        let _ = write!(
            text,
            "{comma}{{\"type\":\"Feature\",\"properties\":{{{properties}}},\"geometry\":{{\"type\":\"Polygon\",\"coordinates\":[[[{x},{y}],[{east},{y}],[{east},{north}],[{x},{north}],[{x},{y}]]]}}}}"
        );
    }
    text.push_str("]}");
    text
}

/// A directory with regions, registers and a plan.
pub(crate) struct Field(pub(crate) tempfile::TempDir);

pub(crate) const PLAN: &str = "name = \"made\"\n[regions]\npath = \"regions.geojson\"\nid = \"id\"\n[[inventory.stands]]\nyear = 2020\npath = \"stands.geojson\"\npreset = \"cn-xiaoban\"\n";

impl Field {
    pub(crate) fn new(plan: &str, stands: &[Square]) -> Self {
        let field = Self(tempfile::tempdir().unwrap());
        field.write("regions.geojson", REGIONS);
        field.write("stands.geojson", &geojson(stands));
        field.write("plan.toml", plan);
        field
    }

    pub(crate) fn write(&self, name: &str, text: &str) {
        std::fs::write(self.0.path().join(name), text).unwrap();
    }

    fn plan(&self) -> PathBuf {
        self.0.path().join("plan.toml")
    }

    pub(crate) fn outputs(&self) -> Outputs {
        Outputs::of(&self.plan(), &[])
    }

    pub(crate) fn refused(&self) -> Said {
        let said = say_with(&["check", "--json", self.plan().to_str().unwrap()]);
        assert_eq!(said.code, Some(3), "{said:#?}");
        said
    }
}

/// The made sample with its files copied and its plan changed.
pub(crate) fn made(change: impl Fn(String) -> String, without: &[&str]) -> Field {
    let field = Field(tempfile::tempdir().unwrap());
    let source = samples().join("made-xiaoban");
    for entry in std::fs::read_dir(source).unwrap() {
        let path = entry.unwrap().path();
        let ending = path.extension().unwrap().to_str().unwrap().to_owned();
        if !without.contains(&ending.as_str()) {
            std::fs::copy(&path, field.0.path().join(path.file_name().unwrap())).unwrap();
        }
    }
    let plan = std::fs::read_to_string(field.plan()).unwrap();
    field.write("plan.toml", &change(plan));
    field
}

pub(crate) fn one<'a>(rows: &'a [Row], wanted: &[(&str, &str)]) -> &'a Row {
    let fits = |row: &&Row| wanted.iter().all(|(column, value)| row[*column] == *value);
    let found: Vec<&Row> = rows.iter().filter(fits).collect();
    assert_eq!(found.len(), 1, "{wanted:?} in {found:?}");
    found[0]
}

pub(crate) fn close(found: f64, expected: f64, relative: f64) {
    assert!(
        (found / expected - 1.0).abs() < relative,
        "found {found}, expected {expected}"
    );
}

/// Worked example W11: 80 m3/ha of Masson pine, on a million hectares.
#[test]
fn expansion_factors_give_the_worked_example_through_a_plan() {
    let plan = format!("{PLAN}[carbon]\nmethod = \"forest-bef-china\"\n");
    let field = Field::new(
        &plan,
        &[Square(
            1.0,
            1.0,
            r#""小班":"1","面积":15000000,"地类":"111","优势树种":"220","公顷蓄积":80"#,
        )],
    );
    let outputs = field.outputs();
    let summary = outputs.table("summary.csv");
    let west = one(&summary, &[("region_id", "w")]);
    close(number(west, "carbon_tc"), 24_433_739.776, 1e-9);
    close(number(west, "volume_m3"), 80e6, 1e-12);
    assert_eq!(west["volume_se_pct"], "");
    assert_eq!(west["quality"], "register; recalled-parameter");
    assert!(west["notes"].contains("recalled"));
    let rows = outputs.table("tables/stand_carbon.csv");
    let row = one(&rows, &[("region_id", "w")]);
    close(number(row, "above_ground_tdm"), 44_748_800.0, 1e-9);
    close(number(row, "below_ground_tdm"), 8_368_025.6, 1e-9);
    assert_eq!(
        row["arithmetic"],
        "80000000 m3 x 0.38 t d.m./m3 x 1.472 x (1 + 0.187) x 0.46 t C/t d.m. = 24433739.776 t C"
    );
    // A region without any stand has no figure, which is not zero.
    assert_eq!(one(&summary, &[("region_id", "e")])["volume_m3"], "");
}

/// Worked example W12, on both sides of a class limit; regions by a column.
#[test]
fn conversion_factors_follow_the_class_of_stock_through_a_plan() {
    let plan = format!(
        "{PLAN}[inventory.stands.fields]\nregion = \"区\"\n[carbon]\nmethod = \"forest-bcef-ipcc2006\"\nclimate-zone = \"temperate\"\nkeys = {{ root-zone = \"temperate\" }}\n"
    );
    let field = Field::new(
        &plan,
        &[
            Square(
                1.0,
                1.0,
                r#""小班":"1","面积":15000000,"地类":"乔木林","优势树种":"马尾松","公顷蓄积":80,"区":"w""#,
            ),
            Square(
                2.0,
                1.0,
                r#""小班":"2","面积":15000000,"地类":"乔木林","优势树种":"马尾松","公顷蓄积":40,"区":"e""#,
            ),
            Square(
                3.0,
                1.0,
                r#""小班":"3","面积":15000000,"地类":"乔木林","优势树种":"马尾松","公顷蓄积":40.1,"区":"e""#,
            ),
        ],
    );
    let rows = field.outputs().table("tables/stand_carbon.csv");
    close(
        number(one(&rows, &[("region_id", "w")]), "carbon_tc"),
        36.378e6,
        1e-9,
    );
    let of_east: Vec<f64> = rows
        .iter()
        .filter(|row| row["region_id"] == "e")
        .map(|row| number(row, "carbon_tc"))
        .collect();
    assert_eq!(of_east.len(), 2, "two classes of stock");
    close(
        of_east.iter().sum::<f64>(),
        (40.0 * 1.4 * 0.47 + 40.1 * 0.75 * 1.4 * 0.47) * 1e6,
        1e-9,
    );
}

#[test]
fn the_made_register_adds_up_and_its_change_is_its_removal() {
    let field = made(|plan| plan, &[]);
    let outputs = field.outputs();
    let summary = outputs.table("summary.csv");
    let (total, regions): (Vec<&Row>, Vec<&Row>) =
        summary.iter().partition(|row| row["region_id"] == "_total");
    for column in [
        "volume_m3",
        "carbon_tc",
        "sequestration_tco2e_yr",
        "forest_area_est_ha",
    ] {
        let sum: f64 = regions.iter().map(|row| number(row, column)).sum();
        close(number(total[0], column), sum, 1e-8);
    }
    // Stands with forest stock, by hand from the table of stands.
    let stands = outputs.table("tables/stands.csv");
    let stocked = stands
        .iter()
        .filter(|row| row["land_kind"] == "tree-forest" && row["year"] == "2024");
    let volume: f64 = stocked.map(|row| number(row, "volume_m3")).sum();
    close(volume, number(total[0], "volume_m3"), 1e-6);
    // Cunninghamia of the newest register by the published function.
    let carbon = outputs.table("tables/stand_carbon.csv");
    for row in carbon.iter().filter(|row| row["species"] == "杉木") {
        let biomass = 0.4652 * number(row, "volume_m3") + 19.141 * number(row, "area_ha");
        // Areas are printed to the square metre.
        close(number(row, "carbon_tc"), biomass * 0.4969, 1e-5);
    }
    let stock = |year: &str| -> f64 {
        let of_total = carbon
            .iter()
            .filter(|row| row["region_id"] == "_total" && row["year"] == year);
        of_total.map(|row| number(row, "carbon_tc")).sum()
    };
    let removal = (stock("2024") - stock("2014")) / 10.0 * 44.0 / 12.0;
    close(number(total[0], "sequestration_tco2e_yr"), removal, 1e-6);
    let issues = outputs.table("tables/stand_issues.csv");
    let count = |kind: &str| issues.iter().filter(|row| row["kind"] == kind).count();
    assert_eq!(
        (count("overlap"), count("gap"), count("area-differs")),
        (3, 1, 1)
    );
    let checks = outputs.table("tables/checks.csv");
    let cover = one(
        &checks,
        &[
            ("check", "stand-cover"),
            ("region_id", "999903"),
            ("law", "stands of 2024 cover the region"),
        ],
    );
    assert_eq!(cover["passed"], "false");
    let parts: f64 = stands
        .iter()
        .filter(|row| row["year"] == "2014")
        .map(|row| number(row, "area_ha"))
        .sum();
    let area: f64 = regions.iter().map(|row| number(row, "area_ha")).sum();
    close(parts, area, 1e-6);
}

#[test]
fn explain_prints_what_a_pocket_calculator_gives() {
    let field = made(|plan| plan, &[]);
    let out = field.0.path().join("out");
    let run = terrasink(&[
        "run",
        field.plan().to_str().unwrap(),
        "--quiet",
        "--out",
        out.to_str().unwrap(),
    ]);
    assert!(run.status.success());
    let said = terrasink(&["explain", out.to_str().unwrap(), "999902", "carbon_tc"]);
    let text = String::from_utf8(said.stdout).unwrap();
    let mut sum = 0.0;
    let mut lines = 0;
    for line in text.lines().filter(|line| line.contains(" t d.m./m3 x ")) {
        let numbers: Vec<f64> = line
            .split_once("): ")
            .unwrap()
            .1
            .split(['(', ')', ' '])
            .filter_map(|word| word.parse().ok())
            .collect();
        let [a, volume, b, area, fraction, product] = numbers[..] else {
            panic!("{line}");
        };
        close(product, (a * volume + b * area) * fraction, 1e-6);
        sum += product;
        lines += 1;
    }
    assert!(lines > 5, "{text}");
    let summary = Outputs::read(&out).table("summary.csv");
    close(
        sum,
        number(one(&summary, &[("region_id", "999902")]), "carbon_tc"),
        1e-6,
    );
}

#[test]
fn a_missing_volume_is_not_zero_unless_the_plan_says_so() {
    let stands = || {
        vec![
            Square(
                1.0,
                1.0,
                r#""小班":"1","面积":15,"地类":"111","优势树种":"杉木","公顷蓄积":90"#,
            ),
            Square(
                2.0,
                1.0,
                r#""小班":"2","面积":15,"地类":"111","优势树种":"杉木","公顷蓄积":null"#,
            ),
            Square(
                3.0,
                1.0,
                r#""小班":"3","面积":15,"地类":"210","优势树种":null,"公顷蓄积":null"#,
            ),
        ]
    };
    let outputs = Field::new(PLAN, &stands()).outputs();
    let summary = outputs.table("summary.csv");
    let west = one(&summary, &[("region_id", "w")]);
    close(number(west, "volume_m3"), 90.0, 1e-9);
    assert!(
        west["notes"].contains("lower limit: 1 stand (1.0000 ha)"),
        "{}",
        west["notes"]
    );
    let issues = outputs.table("tables/stand_issues.csv");
    assert_eq!(one(&issues, &[("kind", "volume-missing")])["stand_id"], "2");
    let zero = Field::new(&format!("{PLAN}missing-volume = \"zero\"\n"), &stands()).outputs();
    assert!(zero.table("tables/stand_issues.csv").is_empty());
    assert!(
        !one(&zero.table("summary.csv"), &[("region_id", "w")])["notes"].contains("lower limit")
    );
}

#[test]
fn a_change_is_unknown_where_a_register_misses_volumes() {
    let plan = format!(
        "{PLAN}[[inventory.stands]]\nyear = 2015\npath = \"before.geojson\"\npreset = \"cn-xiaoban\"\n[carbon]\nmethod = \"forest-cbef-china\"\n"
    );
    let pine = |volume: &str| -> &'static str {
        Box::leak(
            format!(r#""小班":"1","面积":15,"地类":"111","优势树种":"马尾松","公顷蓄积":{volume}"#)
                .into_boxed_str(),
        )
    };
    let field = Field::new(&plan, &[Square(1.0, 1.0, pine("90"))]);
    field.write(
        "before.geojson",
        &geojson(&[Square(1.0, 1.0, pine("null"))]),
    );
    let summary = field.outputs().table("summary.csv");
    assert_eq!(
        one(&summary, &[("region_id", "w")])["sequestration_tco2e_yr"],
        ""
    );
    field.write("before.geojson", &geojson(&[Square(1.0, 1.0, pine("60"))]));
    let summary = field.outputs().table("summary.csv");
    // 30 m3 on one hectare in five years: the intercept of the function is the same at both times.
    let expected = 30.0 * 0.5034 * 0.5162 / 5.0 * 44.0 / 12.0;
    close(
        number(
            one(&summary, &[("region_id", "w")]),
            "sequestration_tco2e_yr",
        ),
        expected,
        1e-4,
    );
}

#[test]
fn volume_of_sparse_trees_is_no_forest_stock() {
    let field = Field::new(
        PLAN,
        &[
            Square(
                1.0,
                1.0,
                r#""小班":"1","面积":15,"地类":"111","优势树种":"杉木","公顷蓄积":90"#,
            ),
            Square(
                2.0,
                1.0,
                r#""小班":"2","面积":15,"地类":"120","优势树种":"杉木","公顷蓄积":20"#,
            ),
        ],
    );
    let outputs = field.outputs();
    close(
        number(
            one(&outputs.table("summary.csv"), &[("region_id", "w")]),
            "volume_m3",
        ),
        90.0,
        1e-9,
    );
    let register = outputs.table("tables/register.csv");
    let all = one(&register, &[("region_id", "w"), ("grouping", "all")]);
    close(number(all, "volume_m3"), 110.0, 1e-9);
}

#[test]
fn a_stand_on_a_border_is_shared_and_what_lies_outside_is_listed() {
    let field = Field::new(
        PLAN,
        &[
            Square(
                19.5,
                1.0,
                r#""小班":"1","面积":15,"地类":"111","优势树种":"杉木","小班蓄积":100"#,
            ),
            Square(
                39.75,
                1.0,
                r#""小班":"2","面积":15,"地类":"111","优势树种":"杉木","小班蓄积":100"#,
            ),
        ],
    );
    let outputs = field.outputs();
    let summary = outputs.table("summary.csv");
    close(
        number(one(&summary, &[("region_id", "w")]), "volume_m3"),
        50.0,
        1e-6,
    );
    close(
        number(one(&summary, &[("region_id", "e")]), "volume_m3"),
        75.0,
        1e-6,
    );
    let issues = outputs.table("tables/stand_issues.csv");
    let outside = one(&issues, &[("kind", "outside-regions")]);
    assert_eq!(outside["stand_id"], "2");
    close(number(outside, "area_ha"), 0.75, 0.02);
}

#[test]
fn the_made_sample_is_what_its_script_makes() {
    let folder = samples().join("made-xiaoban");
    let scratch = tempfile::tempdir().unwrap();
    let script = scratch.path().join("make.py");
    std::fs::copy(folder.join("make.py"), &script).unwrap();
    let Ok(run) = std::process::Command::new("python3").arg(&script).output() else {
        return; // No Python on this machine: the files stand for themselves.
    };
    assert!(
        run.status.success(),
        "{}",
        String::from_utf8_lossy(&run.stderr)
    );
    let same = |path: &Path| {
        let made = scratch.path().join(path.file_name().unwrap());
        assert_eq!(
            std::fs::read(&made).unwrap(),
            std::fs::read(path).unwrap(),
            "{}",
            path.display()
        );
    };
    for name in [
        "xiang.shp",
        "xiang.dbf",
        "xiaoban_2014.shp",
        "xiaoban_2014.dbf",
        "xiaoban_2024.shp",
        "xiaoban_2024.dbf",
    ] {
        same(&folder.join(name));
    }
}

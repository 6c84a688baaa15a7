//! What can be wrong with a stand register, through plans.

use crate::outputs::number;
use crate::stands::{Field, PLAN, Square, close, made, one};

#[test]
fn a_register_is_read_as_gbk_where_nothing_states_an_encoding() {
    let with = made(|plan| plan, &[]).outputs().table("summary.csv");
    let without = made(
        |plan| plan.replace("id = \"乡代码\"", "encoding = \"GBK\"\nid = \"乡代码\""),
        &["cpg"],
    );
    assert_eq!(without.outputs().table("summary.csv"), with);
    let wrong = made(
        |plan| plan.replacen("preset =", "encoding = \"ISO-8859-1\"\npreset =", 1),
        &["cpg"],
    );
    wrong.write("xiang.cpg", "GBK");
    let said = wrong.refused();
    assert!(
        said.finding("xiaoban_2014", "no field with the id")
            .remedy
            .contains("GBK")
    );
}

#[test]
fn eastings_of_another_zone_are_refused_with_the_right_code() {
    for (crs, what, code) in [
        ("EPSG:4548", "begin with the zone 39", "EPSG:4527"),
        ("EPSG:4526", "is zone 38", "EPSG:4527"),
    ] {
        let field = made(
            |plan| plan.replacen("preset =", &format!("crs = \"{crs}\"\npreset ="), 1),
            &[],
        );
        let said = field.refused();
        assert!(
            said.finding("xiaoban_2014", what).remedy.contains(code),
            "{said:#?}"
        );
    }
    let nameless = made(
        |plan| plan.replace("id = \"乡代码\"", "crs = \"EPSG:4527\"\nid = \"乡代码\""),
        &["prj"],
    );
    let said = nameless.refused();
    assert!(
        said.finding("xiaoban_2014", "no coordinate system")
            .remedy
            .contains("EPSG:4527")
    );
}

#[test]
fn what_is_wrong_with_a_register_comes_in_one_pass() {
    let field = Field::new(
        PLAN,
        &[
            Square(
                1.0,
                1.0,
                r#""小班":"1","面积":15,"地类":"111","优势树种":"杉木","公顷蓄积":-5"#,
            ),
            Square(
                2.0,
                1.0,
                r#""小班":"1","面积":15,"地类":"777","优势树种":"杉木","公顷蓄积":90"#,
            ),
            Square(
                3.0,
                1.0,
                r#""小班":"3","面积":15,"地类":"888","优势树种":"杉木","公顷蓄积":90"#,
            ),
            Square(
                4.0,
                1.0,
                r#""小班":"4","面积":15,"地类":"888","优势树种":"杉木","公顷蓄积":90"#,
            ),
            Square(
                5.0,
                1.0,
                r#""小班":null,"面积":15,"地类":null,"优势树种":"杉木","公顷蓄积":90"#,
            ),
        ],
    );
    let said = field.refused();
    said.finding("公顷蓄积", "1 stand has a value below zero: 1 (-5)");
    said.finding("地类", "`777` of 1 stand (1.0000 ha registered)");
    said.finding("地类", "`888` of 2 stands (2.0000 ha registered)");
    said.finding("stands.geojson", "1 ids stand more than once: 1");
    said.finding("stands.geojson", "1 stand has no id");
    said.finding("地类", "1 stand has no land class");
}

#[test]
fn units_that_are_missing_or_cannot_be_are_refused() {
    let stand = || {
        vec![Square(
            1.0,
            1.0,
            r#""n":"1","a":1,"v":90,"age":30,"s":"杉木""#,
        )]
    };
    let plan = |fields: &str| {
        PLAN.replace(
            "preset = \"cn-xiaoban\"\n",
            &format!("[inventory.stands.fields]\nid = \"n\"\n{fields}"),
        )
    };
    let said = Field::new(
        &plan("area = \"a\"\nvolume = \"v\"\nage = \"age\"\n"),
        &stand(),
    )
    .refused();
    for field in ["field a", "field v", "field age"] {
        said.finding(field, "has no unit");
    }
    let said = Field::new(
        &plan("area = { column = \"a\", unit = \"acre\" }\n"),
        &stand(),
    )
    .refused();
    said.finding("plan.toml", "expected mu, ha or m2");
    // Hectares that are read as mu.
    let said = Field::new(
        &plan("area = { column = \"a\", unit = \"mu\" }\n"),
        &stand(),
    )
    .refused();
    assert!(
        said.finding("stands.geojson", "hectares read as mu")
            .remedy
            .contains("unit")
    );
    let right = plan(
        "area = { column = \"a\", unit = \"ha\" }\nvolume = { column = \"v\", unit = \"m3/mu\" }\n",
    );
    let summary = Field::new(&right, &stand()).outputs().table("summary.csv");
    close(
        number(one(&summary, &[("region_id", "w")]), "volume_m3"),
        1350.0,
        1e-9,
    );
}

#[test]
fn a_register_without_known_fields_lists_what_it_has_and_what_is_known() {
    let field = Field::new(PLAN, &[Square(1.0, 1.0, r#""plot":"1","size":15"#)]);
    let said = field.refused();
    let finding = said.finding("stands.geojson", "plot, size");
    assert!(finding.remedy.contains("小班号"), "{finding:?}");
}

#[test]
fn registry_mode_refuses_codes_that_were_recalled() {
    let field = Field::new(
        &format!("registry = true\n{PLAN}"),
        &[Square(
            1.0,
            1.0,
            r#""小班":"1","面积":15,"地类":"111","优势树种":"杉木","公顷蓄积":90"#,
        )],
    );
    field.refused().finding("stands.geojson", "recalled");
    let named = Field::new(
        &format!("registry = true\n{PLAN}"),
        &[Square(
            1.0,
            1.0,
            r#""小班":"1","面积":15,"地类":"乔木林","优势树种":"杉木","公顷蓄积":90"#,
        )],
    );
    named.outputs();
}

#[test]
fn a_species_without_factors_stops_the_carbon_and_is_counted() {
    let field = Field::new(
        &format!("{PLAN}[carbon]\nmethod = \"forest-cbef-china\"\n"),
        &[
            Square(
                1.0,
                1.0,
                r#""小班":"1","面积":15,"地类":"111","优势树种":"红豆杉","公顷蓄积":90"#,
            ),
            Square(
                2.0,
                1.0,
                r#""小班":"2","面积":15,"地类":"111","优势树种":"红豆杉","公顷蓄积":90"#,
            ),
        ],
    );
    let said = field.refused();
    said.finding("species `红豆杉`", "2 stands, 2.0000 ha");
}

#[test]
fn stands_far_from_every_region_are_refused() {
    let field = Field::new(
        PLAN,
        &[Square(
            900.0,
            1.0,
            r#""小班":"1","面积":15,"地类":"111","公顷蓄积":90"#,
        )],
    );
    field
        .refused()
        .finding("stands.geojson", "the one stand lies in no region");
}

/// Roots of temperate oak are given for more than 70 t/ha above ground alone: young oak is told with its
/// area, and the stock of the pine beside it is a lower limit.
#[test]
fn a_stand_outside_the_classes_of_a_table_is_told_and_stops_no_other() {
    let plan = format!(
        "{PLAN}[carbon]\nmethod = \"forest-bcef-ipcc2006\"\nclimate-zone = \"temperate\"\nkeys = {{ root-zone = \"temperate\" }}\n"
    );
    let stands = |oak| {
        [
            Square(
                1.0,
                1.0,
                r#""小班":"1","面积":15,"地类":"111","优势树种":"马尾松","公顷蓄积":80"#,
            ),
            Square(2.0, 1.0, oak),
        ]
    };
    let (five, grown) = (
        r#""小班":"2","面积":15,"地类":"111","优势树种":"栎类","公顷蓄积":5"#,
        r#""小班":"2","面积":15,"地类":"111","优势树种":"栎类","公顷蓄积":200"#,
    );
    let young = Field::new(&plan, &stands(five));
    let outputs = young.outputs();
    let summary = outputs.table("summary.csv");
    let west = one(&summary, &[("region_id", "w")]);
    let words = "a lower limit: 1 stand (1.0000 ha) outside the classes of the parameters";
    assert!(west["notes"].contains(words), "{}", west["notes"]);
    let rows = outputs.table("tables/stand_carbon.csv");
    let of_west: Vec<&str> = rows
        .iter()
        .filter(|row| row["region_id"] == "w")
        .map(|row| row["species"].as_str())
        .collect();
    assert_eq!(of_west, ["马尾松"]);
    let pine = number(one(&rows, &[("region_id", "w")]), "carbon_tc");
    close(number(west, "carbon_tc"), pine, 1e-9);
    // Grown up it is counted.
    let grown = Field::new(&plan, &stands(grown)).outputs();
    let rows = grown.table("tables/stand_carbon.csv");
    let of_west = rows.iter().filter(|row| row["region_id"] == "w");
    assert_eq!(of_west.count(), 2);
}

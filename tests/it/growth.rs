//! Growth of stands by zone, type and age, through plans.

use crate::field::{self, near};
use crate::outputs::number;
use crate::scratch::terrasink;
use crate::stands::{Field, PLAN, Square, close, one};

/// Of one tonne of carbon, tonnes of carbon dioxide.
const CO2: f64 = 44.0 / 12.0;

pub(crate) const IPCC: &str = "[carbon]\nkeys = { ecological-zone = \"subtropical-humid\", continent = \"asia\", root-zone = \"subtropical-humid\", above-ground-class = \"0\" }\n\
    [[carbon.ecosystem]]\necosystem = \"forest\"\nmethod = \"stand-growth-ipcc2019\"\n";

/// Worked example W13: a thousand hectares of natural forest up to 20 years in the humid subtropics
/// of Asia; beside it older, planted and ageless stands.
#[test]
fn stands_grow_by_the_worked_example_and_the_ageless_are_not_known() {
    let field = Field::new(
        &format!("{PLAN}{IPCC}"),
        &[
            Square(
                1.0,
                1.0,
                r#""小班":"1","面积":15000,"地类":"111","优势树种":"220","起源":"天然","平均年龄":20,"公顷蓄积":80"#,
            ),
            Square(
                2.0,
                1.0,
                r#""小班":"2","面积":15000,"地类":"111","优势树种":"220","起源":"天然","平均年龄":21,"公顷蓄积":80"#,
            ),
            Square(
                3.0,
                1.0,
                r#""小班":"3","面积":15000,"地类":"111","优势树种":"220","起源":"天然","公顷蓄积":80"#,
            ),
            Square(
                25.0,
                1.0,
                r#""小班":"4","面积":30000,"地类":"111","优势树种":"220","起源":"天然","平均年龄":5,"公顷蓄积":80"#,
            ),
        ],
    );
    let outputs = field.outputs();
    let rows = outputs.table("tables/stand_growth.csv");
    let young = one(&rows, &[("region_id", "w"), ("age_from_yr", "20")]);
    let both = number(young, "above_ground_tc_yr") + number(young, "below_ground_tc_yr");
    close(both * CO2, 5299.25, 1e-6);
    assert_eq!(
        young["arithmetic"],
        "1000 ha x 2.5 t d.m./ha/yr x (1 + 0.23) x 0.47 t C/t d.m. = 1445.25 t C/yr"
    );
    let removals = outputs.table("tables/sequestration.csv");
    let above = one(&removals, &[("region_id", "w"), ("pool", "above-ground")]);
    close(
        number(above, "sequestration_tco2e_yr"),
        1000.0 * (2.5 + 1.0) * 0.47 * CO2,
        1e-6,
    );
    assert!(
        above["note"].contains("1 stand (1000.0000 ha) without an age"),
        "{above:?}"
    );
    assert_eq!(
        (above["period_start"].as_str(), above["counted"].as_str()),
        ("2020", "true")
    );
    // Regions sum to the whole, and the whole is as unsure as its shared factors.
    let summary = outputs.table("summary.csv");
    let of = |region: &str| {
        number(
            one(&summary, &[("region_id", region)]),
            "sequestration_tco2e_yr",
        )
    };
    close(of("_total"), of("w") + of("e"), 1e-6);
    close(of("e"), 2.0 * 5299.25, 1e-6);
    let spread = |region: &str| {
        let row = one(&summary, &[("region_id", region)]);
        let width =
            number(row, "sequestration_tco2e_yr_hi") - number(row, "sequestration_tco2e_yr_lo");
        width / number(row, "sequestration_tco2e_yr")
    };
    assert!(
        spread("e") > 0.5 && spread("_total") > 0.5,
        "{}",
        spread("_total")
    );
}

/// A table of the user's own by type and class of age, over areas by age class: no register needed.
#[test]
fn a_table_of_your_own_grows_areas_by_age_class() {
    let plan = "[carbon]\nparameters = [\"growth.csv\"]\nage-classes = { path = \"ages.csv\", year = 2021 }\n\
        [[carbon.ecosystem]]\necosystem = \"forest\"\nmethod = \"stand-growth-table\"\n";
    let field = field::Field::new();
    let squares = [
        ("w", [0.0, 0.0, 1000.0, 1000.0]),
        ("e", [1000.0, 0.0, 2000.0, 1000.0]),
    ];
    field.regions("regions.json", 5070, &squares);
    field.write(
        "growth.csv",
        "id,type,age-gt,age-le,value,unit,lower,upper,interval_kind,cite,locator\n\
         stand-increment,pine,-1,20,4,t_dm/ha/yr,3,5,se,user,plots\n\
         stand-increment,pine,20,200,2,t_dm/ha/yr,1.5,2.5,se,user,plots\n\
         stand-increment,oak,-1,200,3,t_c/ha/yr,,,,user,plots\n\
         stand-root-shoot,,,,0.25,1,,,,user,plots\n",
    );
    field.write(
        "ages.csv",
        "region,type,age_yr,area_ha\nw,pine,20,10\nw,pine,20.5,10\nw,oak,50,1\ne,pine,,7\n",
    );
    field.done(plan, &[]);
    let west = field.row("summary.csv", &[("region_id", "w")]);
    let carbon = (10.0 * 4.0 + 10.0 * 2.0) * 0.47 + 3.0;
    near(&west, "sequestration_tco2e_yr", carbon * 1.25 * CO2, 1e-6);
    // What is not known is not zero.
    let east = field.row("summary.csv", &[("region_id", "e")]);
    assert_eq!(east["sequestration_tco2e_yr"], "");
    let keys = [("region_id", "e"), ("pool", "below-ground")];
    let row = field.row("tables/sequestration.csv", &keys);
    assert_eq!(
        (row["quality"].as_str(), row["counted"].as_str()),
        ("missing", "false")
    );
    let out = field.text("out");
    let told = terrasink(&["explain", &out, "w", "sequestration_tco2e_yr"]);
    let told = String::from_utf8(told.stdout).unwrap();
    for words in [
        "10 ha x 4 t d.m./ha/yr x (1 + 0.25) x 0.47 t C/t d.m. = 23.5 t C/yr",
        "all stands; x 44/12 = 143.000 t CO2e/yr",
    ] {
        assert!(told.contains(words), "no `{words}` in {told}");
    }

    field.write(
        "ages.csv",
        "region,type,age_yr,area_ha\nz,pine,20,10\nw,fir,5,1\nw,pine,old,1\n",
    );
    field.refused(plan, &["names region `z`", "`age_yr` is `old`"]);
    field.write("ages.csv", "region,type,age_yr,area_ha\nw,fir,5,1\n");
    field.refused(plan, &["`type` can be"]);
}

/// Forest on the map that no age class is of, and classes without an age: that no land was converted is no sum
/// beside their growth, which nobody knows.
#[test]
fn none_converted_is_no_sum_beside_growth_that_is_not_known() {
    let field = field::Field::new();
    let cells = field::lattice(5070, (0.0, 1000.0), 100.0, (30, 10));
    field.raster::<u8>("lc.tif", cells, &[], |_, _| 41);
    let square = |x: f64| [x, 0.0, x + 1000.0, 1000.0];
    let squares = ["w", "e", "n"]
        .into_iter()
        .zip([0.0, 1000.0, 2000.0].map(square));
    field.regions("regions.json", 5070, &squares.collect::<Vec<_>>());
    field.write(
        "ages.csv",
        "region,age_yr,area_ha,origin\nw,20,100,natural\nn,,100,natural\n",
    );
    let map = |year: i32| {
        format!("[[land-cover]]\nyear = {year}\npath = \"lc.tif\"\nlegend = \"nlcd\"\n")
    };
    let carbon = IPCC
        .replace("[carbon]\n", "[carbon]\nmethod = \"forest-biomass-ipcc2019\"\nage-classes = { path = \"ages.csv\", year = 2020 }\n")
        .replace("keys = {", "keys = { status = \"secondary-gt20y\", origin = \"natural\",");
    let loss = "[[carbon.ecosystem]]\necosystem = \"forest\"\nmethod = \"conversion-loss-tier1\"\n";
    let plan = format!("{}{}{carbon}{loss}", map(2010), map(2020));
    field.done(&plan, &[]);
    let of = |region: &str| field.row("summary.csv", &[("region_id", region)]);
    for region in ["w", "_total"] {
        near(&of(region), "sequestration_tco2e_yr", 529.925, 1e-5);
    }
    let unlisted =
        "100.0000 ha of forest of the newest map lie in regions without a stand or age class of it";
    for (region, why) in [
        ("e", unlisted),
        ("n", "1 stand (100.0000 ha) without an age"),
    ] {
        let row = of(region);
        assert_eq!(row["sequestration_tco2e_yr"], "");
        let notes = &row["notes"];
        for words in [
            why,
            "no sequestration: what its land gained or lost is not known",
        ] {
            assert!(notes.contains(words), "{notes}");
        }
    }
    for (region, is_told) in [("w", false), ("_total", true)] {
        assert_eq!(of(region)["notes"].contains(unlisted), is_told);
    }
    let keys = [
        ("region_id", "e"),
        ("method", "conversion-loss-tier1"),
        ("pool", "biomass"),
    ];
    let row = field.row("tables/sequestration.csv", &keys);
    assert!(row["note"].contains("none makes no sum"), "{row:?}");
}

/// A fire of the year of the growth is a loss beside it, without a map, with one of that year and with an older one; one
/// of another year is none, and where no growth is known the gases are no removal.
#[test]
fn fires_count_beside_growth_of_their_year_with_whatever_map() {
    let field = field::Field::new();
    let cells = field::lattice(5070, (0.0, 1000.0), 100.0, (20, 10));
    for year in [2018, 2020] {
        let path = format!("lc{year}.tif");
        drop(field.raster::<u8>(&path, cells, &[], |_, _| 41));
    }
    let squares = [
        ("w", [0.0, 0.0, 1000.0, 1000.0]),
        ("e", [1000.0, 0.0, 2000.0, 1000.0]),
    ];
    field.regions("regions.json", 5070, &squares);
    field.write(
        "growth.csv",
        "id,age-gt,age-le,value,unit,cite,locator\n\
         stand-increment,-1,200,4,t_dm/ha/yr,user,plots\nstand-root-shoot,,,0.25,1,user,plots\n",
    );
    field.write("ages.csv", "region,age_yr,area_ha\nw,20,100\ne,,100\n");
    let fire = |name: &str, year: i32| {
        format!(
            "[[fire]]\nname = \"{name}\"\nyear = {year}\necosystem = \"forest\"\n\
            emission = \"extra-tropical-forest\"\ncombustion = \"other-temperate-forest-all\"\n\
            fuel-t-ha = 50\nareas-ha = {{ w = 10, e = 10 }}\n"
        )
    };
    let carbon = "[carbon]\nmethod = \"stand-growth-table\"\nparameters = [\"growth.csv\"]\n\
        age-classes = { path = \"ages.csv\", year = 2020 }\n";
    let grown = 100.0 * 4.0 * 0.47 * 1.25 * CO2;
    let gases = 10.0 * 50.0 * 0.45 * (1.569 + 0.0047 * 28.0 + 0.00026 * 265.0);
    for year in [None, Some(2018), Some(2020)] {
        let map = year.map_or_else(String::new, |year| {
            format!("[[land-cover]]\nyear = {year}\npath = \"lc{year}.tif\"\nlegend = \"nlcd\"\n")
        });
        let plan = format!("{map}{carbon}{}{}", fire("f", 2020), fire("old", 2018));
        field.done(&plan, &[]);
        let of = |region: &str| field.row("summary.csv", &[("region_id", region)]);
        for region in ["w", "_total"] {
            near(&of(region), "sequestration_tco2e_yr", grown - gases, 1e-6);
        }
        let east = of("e");
        assert_eq!(east["sequestration_tco2e_yr"], "", "{east:?}");
        let keys = [
            ("region_id", "e"),
            ("pool", "fire-ch4"),
            ("period_end", "2020"),
        ];
        let note = field.row("tables/sequestration.csv", &keys)["note"].clone();
        assert!(
            note.contains("the change of forest in 2020 is not known here"),
            "{note}"
        );
        let keys = [
            ("region_id", "w"),
            ("pool", "fire-ch4"),
            ("period_end", "2018"),
        ];
        let note = field.row("tables/sequestration.csv", &keys)["note"].clone();
        assert!(
            note.contains("the fire is not of 2020, the year of the headline"),
            "{note}"
        );
    }
}

/// Age classes that hold less forest than the newest map: growth is that of the classes, and the rest is told.
#[test]
fn forest_of_the_map_beyond_the_age_classes_is_told() {
    let field = field::Field::new();
    let cells = field::lattice(5070, (0.0, 1000.0), 100.0, (20, 10));
    drop(field.raster::<u8>("lc.tif", cells, &[], |_, _| 41));
    let squares = [
        ("w", [0.0, 0.0, 1000.0, 1000.0]),
        ("e", [1000.0, 0.0, 2000.0, 1000.0]),
    ];
    field.regions("regions.json", 5070, &squares);
    field.write(
        "growth.csv",
        "id,age-gt,age-le,value,unit,cite,locator\n\
         stand-increment,-1,200,4,t_dm/ha/yr,user,plots\nstand-root-shoot,,,0.25,1,user,plots\n",
    );
    field.write("ages.csv", "region,age_yr,area_ha\nw,20,60\ne,20,99.5\n");
    let plan = "[[land-cover]]\nyear = 2020\npath = \"lc.tif\"\nlegend = \"nlcd\"\n\
        [carbon]\nmethod = \"stand-growth-table\"\nparameters = [\"growth.csv\"]\n\
        age-classes = { path = \"ages.csv\", year = 2020 }\n";
    let said = field.done(plan, &[]);
    let warned = "the growth is that of the age classes alone: 40.0000 ha in region w of the map";
    assert_eq!(said.matches(warned).count(), 1, "{said}");
    let told = "40.0000 ha of forest of the newest map are more than its age classes hold";
    for (region, listed) in [("w", 60.0), ("e", 99.5), ("_total", 159.5)] {
        let row = field.row("summary.csv", &[("region_id", region)]);
        let grown = listed * 4.0 * 0.47 * 1.25 * CO2;
        near(&row, "sequestration_tco2e_yr", grown, 1e-6);
        let is_short = region != "e";
        assert_eq!(row["notes"].contains(told), is_short, "{row:?}");
    }
}

/// Curves of stock by age: growth is what they rise over the year that follows.
#[test]
fn a_curve_of_volume_grows_a_register_with_the_factors_of_its_species() {
    let plan = format!(
        "{PLAN}[carbon]\nparameters = [\"curve.csv\"]\nmethod = \"forest-bef-china\"\n\
         [[carbon.ecosystem]]\necosystem = \"forest\"\nmethod = \"stand-growth-volume-china\"\n"
    );
    let stand = |age: &str| {
        let text = format!(
            r#""小班":"{age}","面积":1500,"地类":"111","优势树种":"220","平均年龄":{age},"公顷蓄积":80"#
        );
        Square(1.0 + 0.1 * age.parse::<f64>().unwrap(), 1.0, text.leak())
    };
    let field = Field::new(&plan, &[stand("15"), stand("19"), stand("40")]);
    field.write(
        "curve.csv",
        "id,species-group,age,value,unit,cite,locator\n\
         stand-volume-curve,pinus-massoniana,10,30,m3/ha,user,yield table\n\
         stand-volume-curve,pinus-massoniana,20,80,m3/ha,user,yield table\n\
         stand-volume-curve,pinus-massoniana,30,120,m3/ha,user,yield table\n",
    );
    let outputs = field.outputs();
    let summary = outputs.table("summary.csv");
    let west = one(&summary, &[("region_id", "w")]);
    // Two stands of 100 ha that rise 5 m3/ha; the third is older than its curve.
    let per_m3 = 0.380 * 1.472 * 1.187 * 0.460;
    close(
        number(west, "sequestration_tco2e_yr"),
        200.0 * 5.0 * per_m3 * CO2,
        1e-6,
    );
    close(number(west, "carbon_tc"), 300.0 * 80.0 * per_m3, 1e-6);
    let removals = outputs.table("tables/sequestration.csv");
    let row = one(&removals, &[("region_id", "w"), ("pool", "above-ground")]);
    assert!(
        row["note"].contains("1 stand (100.0000 ha) of an age that their curve does not reach")
    );
    // Two registers give a difference of stocks, and growth would be counted beside it.
    let second = plan.replace(
        "[carbon]",
        "[[inventory.stands]]\nyear = 2024\npath = \"stands.geojson\"\npreset = \"cn-xiaoban\"\n[carbon]",
    );
    field.write("plan.toml", &second);
    let said = field.refused();
    said.finding("carbon, ecosystem forest", "both give the removal of pool");
}

/// Worked example W13 over a map: an age class of a layer takes the growth of its status.
#[test]
fn a_layer_of_age_classes_gives_each_its_growth() {
    let field = field::Field::new();
    let cells = field::lattice(5070, (0.0, 1000.0), 100.0, (20, 10));
    field.raster::<u8>("lc.tif", cells, &[], |_, _| 41);
    field.raster::<u8>("age.tif", cells, &[], |col, _| if col < 10 { 1 } else { 2 });
    field.regions("regions.json", 5070, &[("a", [0.0, 0.0, 2000.0, 1000.0])]);
    field.write(
        "ages.csv",
        "code,class_name\n1,up to 20 years\n2,above 20 years\n",
    );
    let entry = |status: &str, class: u8| {
        format!(
            "[[carbon.ecosystem]]\necosystem = \"forest\"\nmethod = \"forest-growth-ipcc2019\"\n\
             keys = {{ status = \"{status}\" }}\nwithin = {{ layer = \"age\", classes = [{class}] }}\n"
        )
    };
    field.done(
        &format!(
            "[[land-cover]]\nyear = 2019\npath = \"lc.tif\"\nlegend = \"nlcd\"\n\
             [[layer]]\nname = \"age\"\npath = \"age.tif\"\nlegend = \"ages.csv\"\n\
             [carbon]\nkeys = {{ ecological-zone = \"subtropical-humid\", continent = \"asia\", root-zone = \"subtropical-humid\", origin = \"natural\", above-ground-class = \"0\" }}\n{}{}",
            entry("secondary-le20y", 1),
            entry("secondary-gt20y", 2)
        ),
        &[],
    );
    // A hundred hectares of each: a tenth of the worked example, and two fifths of that.
    let summary = field.row("summary.csv", &[("region_id", "a")]);
    near(
        &summary,
        "sequestration_tco2e_yr",
        529.925 * (1.0 + 0.4),
        1e-5,
    );
}

/// The table of the IPCC has no ratio of roots of planted stands in subtropical Asia: the keys are
/// told together with the rows that come nearest, and a row of one's own for planted stands fills the
/// gap without touching natural ones.
#[test]
fn keys_that_no_row_has_together_are_told_with_the_nearest_rows() {
    let planted = Square(
        1.0,
        1.0,
        r#""小班":"1","面积":15000,"地类":"111","优势树种":"220","起源":"人工","平均年龄":20,"公顷蓄积":80"#,
    );
    let natural = Square(
        2.0,
        1.0,
        r#""小班":"2","面积":15000,"地类":"111","优势树种":"220","起源":"天然","平均年龄":20,"公顷蓄积":80"#,
    );
    let field = Field::new(&format!("{PLAN}{IPCC}"), &[planted, natural]);
    let said = field.refused();
    let finding = said.finding("stands.geojson", "together");
    assert!(
        finding.what.contains("origin-type `planted`")
            && finding.what.contains("; or origin-type `natural`"),
        "{finding:?}"
    );
    let own = IPCC.replace("[carbon]\n", "[carbon]\nparameters = [\"roots.csv\"]\n");
    field.write(
        "roots.csv",
        "id,origin-type,value,unit,lower,upper,interval_kind,cite,locator\n\
         root-shoot-forest,planted,0.25,1,0.20,0.30,se,user,permanent plots\n",
    );
    field.write("plan.toml", &format!("{PLAN}{own}"));
    let rows = field.outputs().table("tables/stand_growth.csv");
    let words =
        |origin: &str| one(&rows, &[("region_id", "w"), ("origin", origin)])["arithmetic"].clone();
    assert!(
        words("planted").contains("x 8 t d.m./ha/yr x (1 + 0.25)"),
        "{}",
        words("planted")
    );
    assert!(
        words("natural").contains("x 2.5 t d.m./ha/yr x (1 + 0.23)"),
        "{}",
        words("natural")
    );
}

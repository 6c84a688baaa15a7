//! Tables of parameters, keys and levels that a plan gives: what is meant counts, what is not is told.

use crate::carbon::{MAP, field};
use crate::carbon_zones::{TREES, entry};
use crate::field::{Field, number};
use crate::growth::IPCC;
use crate::stands::{self, PLAN, Square, one};

const HEAD: &str = "id,ecosystem,value,unit,lower,upper,interval_kind,cite,locator\n";

/// The plan of a density by ecosystem with tables of one's own.
fn plan(tables: &str) -> String {
    format!(
        "{MAP}[carbon]\nparameters = [{tables}]\n[[carbon.ecosystem]]\necosystem = \"forest\"\n\
         method = \"china-density\"\n"
    )
}

fn row(key: &str, value: &str) -> String {
    format!("china-total-c-density,{key},{value},t_c/ha,,,,user,own plots\n")
}

fn tables(field: &Field, text: &str) -> String {
    field.write("mine.csv", text);
    plan("\"mine.csv\"")
}

#[test]
fn rows_that_repeat_in_one_table_or_in_two_are_refused() {
    let field = field();
    let twice = tables(
        &field,
        &format!("{HEAD}{}{}", row("forest", "150"), row("forest", "160")),
    );
    field.refused(&twice, &["mine.csv, row 3", "stands in row 2 already"]);
    field.write("mine.csv", &format!("{HEAD}{}", row("forest", "150")));
    field.write("yours.csv", &format!("{HEAD}{}", row("forest", "160")));
    field.refused(
        &plan("\"mine.csv\", \"yours.csv\""),
        &["yours.csv, row 2", "an earlier table"],
    );
}

/// A carbon fraction of another unit is what is wrong, and not the density that it stands beside.
#[test]
fn a_factor_of_the_wrong_unit_is_named_itself() {
    let field = field();
    let text = "id,value,unit,cite,locator\nbiomass-carbon-fraction,0.5,t_dm/ha,user,own\n";
    field.write("mine.csv", text);
    let forest = entry("forest", "forest-biomass-ipcc2019", TREES);
    let plan = format!("{MAP}[carbon]\nparameters = [\"mine.csv\"]\n{forest}");
    let told = "is in `t_dm/ha`, expected `t_c/t_dm`";
    field.refused(&plan, &["parameter `biomass-carbon-fraction", told]);
}

#[test]
fn what_nothing_asks_for_and_what_cannot_be_is_refused_in_one_pass() {
    let field = field();
    let text = format!(
        "{HEAD}china-total-c-densty,forest,150,t_c/ha,,,,user,own plots\n{}\
         china-total-c-density,bamboo,150,t_c/ha,180,220,ci95,user,own plots\n",
        row("grassland", "-3")
    );
    field.refused(
        &tables(&field, &text),
        &[
            "row 2",
            "did you mean `china-total-c-density`?",
            "row 3",
            "is never negative",
            "row 4",
            "outside of its bounds 180 to 220",
        ],
    );
    let misspelt = HEAD.replace("ecosystem", "ecosystm");
    field.refused(
        &tables(&field, &format!("{misspelt}{}", row("forest", "150"))),
        &["has no key `ecosystm`, did you mean `ecosystem`?"],
    );
    field.refused(&tables(&field, HEAD), &["the table has no rows"]);
}

#[test]
fn a_word_that_is_nearly_one_of_the_seeds_and_a_value_far_off_are_told() {
    let field = field();
    let said = field.done(
        &tables(&field, &format!("{HEAD}{}", row("forrest", "150"))),
        &[],
    );
    assert!(said.contains("did you mean `forest`?"), "{said}");
    assert!(!said.contains("takes the place"), "{said}");
    let said = field.done(
        &tables(&field, &format!("{HEAD}{}", row("forest", "15000"))),
        &[],
    );
    assert!(said.contains("check the value and its unit"), "{said}");
    assert!(
        said.contains("takes the place of the seeds: china-total-c-density/forest"),
        "{said}"
    );
}

#[test]
fn keys_that_no_method_or_not_the_chosen_one_takes_are_refused() {
    let field = field();
    let with = |keys: &str| {
        format!(
            "{MAP}[carbon]\n[[carbon.ecosystem]]\necosystem = \"forest\"\nmethod = \"china-density\"\n\
             keys = {{ {keys} }}\n"
        )
    };
    field.refused(
        &with("root-zon = \"x\", foo = \"bar\""),
        &[
            "unknown key `root-zon`",
            "did you mean `root-zone`?",
            "unknown key `foo`",
        ],
    );
    field.refused(
        &with("management = \"full-tillage\""),
        &["method `china-density` does not take the key `management`"],
    );
    let general = MAP.to_owned() + "[carbon]\nkeys = { root-zon = \"x\" }\n";
    field.refused(&general, &["unknown key `root-zon`"]);
}

#[test]
fn the_level_of_intervals_is_the_plans_without_plots_too() {
    let field = field();
    let row = "china-total-c-density,forest,150,t_c/ha,140,160,ci95,user,own plots\n";
    let plan = tables(&field, &format!("{HEAD}{row}"));
    let at = |level: &str| {
        let plan = format!("{plan}[uncertainty]\nconfidence = {level}\n");
        field.done(&plan, &[]);
        let keys = [("region_id", "a"), ("ecosystem", "forest")];
        let stock = field.row("tables/carbon.csv", &keys);
        number(&stock, "carbon_tc_hi") - number(&stock, "carbon_tc_lo")
    };
    let (narrow, wide) = (at("0.8"), at("0.95"));
    // Quantiles of the normal distribution: 1.281552 and 1.959964.
    assert!(
        (narrow / wide - 1.281_552 / 1.959_964).abs() < 1e-5,
        "{narrow} {wide}"
    );
    let both = format!("{MAP}[uncertainty]\nconfidence = 1.5\n");
    field.refused(&both, &["`[uncertainty] confidence` is 1.5"]);
}

/// Roots of grass are the whole less what is above ground (6.1 and 1.6 t/ha): a figure of one's own for the one moves
/// them, and more above ground than in all leaves none.
#[test]
fn roots_that_are_the_rest_of_a_figure_of_the_plan_say_so() {
    let field = field();
    let grass = entry(
        "grassland",
        "grassland-biomass-ipcc2006",
        "climate-zone = \"warm-temperate-dry\"",
    );
    let plan = |rows: &[(&str, &str)]| {
        let row = |(id, value): &(&str, &str)| {
            format!("{id},warm-temperate-dry,{value},t_dm/ha,user,own plots\n")
        };
        let rows: String = rows.iter().map(row).collect();
        let head = "id,climate-zone,value,unit,cite,locator\n";
        field.write("mine.csv", &format!("{head}{rows}"));
        format!("{MAP}[carbon]\nparameters = [\"mine.csv\"]\n{grass}")
    };
    let (above, all) = ("grassland-above-ground", "grassland-above-and-below-ground");
    let told = "`grassland-above-ground/warm-temperate-dry` is of a table of the plan, `grassland-above-and-below-ground/warm-temperate-dry` is not";
    let said = field.done(&plan(&[(above, "3")]), &[]);
    assert!(said.contains(told) && said.contains("give `grassland-above-and-below-ground` too"));
    let keys = [("region_id", "a"), ("ecosystem", "grassland")];
    for (pool, is_told) in [("above-ground", false), ("below-ground", true)] {
        let row = field.row("tables/carbon.csv", &[keys[0], keys[1], ("pool", pool)]);
        assert_eq!(row["note"].contains(told), is_told, "{row:?}");
    }
    let said = field.done(&plan(&[(above, "3"), (all, "9")]), &[]);
    assert!(!said.contains("is of a table of the plan"), "{said}");
    let none = "6.1 less 7 is below none";
    field.refused(&plan(&[(above, "7")]), &[none, "give both parameters"]);
}

/// Growth of dry subtropics is of continental Asia, and the ratio of roots of Asia: each table has its own word. Natural
/// stands up to 20 years: 6 t d.m. a hectare and year and 0.44 of roots (2019 Refinement, vol. 4, tab. 4.9 and 4.4).
#[test]
fn roots_of_another_continent_than_that_of_growth_have_a_key_of_their_own() {
    let young = Square(
        1.0,
        1.0,
        r#""小班":"1","面积":15000,"地类":"111","优势树种":"220","起源":"天然","平均年龄":20,"公顷蓄积":80"#,
    );
    let keys = |further: &str| {
        let of_growth = IPCC.replace("\"asia\"", "\"asia-continental\"");
        let dry = of_growth.replace("subtropical-humid", "subtropical-dry");
        format!(
            "{PLAN}{}",
            dry.replace(
                "above-ground-class",
                &format!("{further}above-ground-class")
            )
        )
    };
    let field = stands::Field::new(&keys(""), &[young]);
    let said = field.refused();
    let finding = said.finding("stands.geojson", "root-shoot-forest");
    let told = "`root-continent` is the `continent` of `root-shoot-forest`";
    assert!(finding.remedy.contains(told), "{finding:?}");
    field.write("plan.toml", &keys("root-continent = \"asia\", "));
    let rows = field.outputs().table("tables/stand_growth.csv");
    let row = one(&rows, &[("region_id", "w")]);
    assert!(
        row["arithmetic"].contains("x 6 t d.m./ha/yr x (1 + 0.44)"),
        "{row:?}"
    );
}

/// A table of growth by the codes of the register itself, without a table of species: each stand takes its row. A
/// species that has none is told by its name.
#[test]
fn growth_can_be_given_by_the_species_of_the_register() {
    let stand = |at: f64, species: &str| {
        let stand = format!(
            r#""小班":"{at}","面积":150,"地类":"111","优势树种":"{species}","平均年龄":20,"公顷蓄积":80"#
        );
        Square(at, 1.0, Box::leak(stand.into_boxed_str()))
    };
    let plan = format!(
        "{PLAN}[carbon]\nparameters = [\"growth.csv\"]\n[[carbon.ecosystem]]\necosystem = \"forest\"\n\
         method = \"stand-growth-table\"\n"
    );
    let field = stands::Field::new(&plan, &[stand(1.0, "马尾松"), stand(2.0, "栎类")]);
    let table = |oak: &str| {
        format!(
            "id,species,age-gt,age-le,value,unit,lower,upper,interval_kind,cite,locator\n\
             stand-increment,马尾松,-1,20,5,t_dm/ha/yr,4,6,se,user,plots\n\
             stand-increment,马尾松,20,80,3,t_dm/ha/yr,2,4,se,user,plots\n\
             stand-increment,{oak},-1,80,2,t_dm/ha/yr,1,3,se,user,plots\n\
             stand-root-shoot,,,,0.25,1,,,,user,plots\n"
        )
    };
    field.write("growth.csv", &table("桦木"));
    let said = field.refused();
    let finding = said.finding("species `栎类`", "`species` can be");
    assert!(finding.what.contains("`桦木`, `马尾松`"), "{finding:?}");
    field.write("growth.csv", &table("栎类"));
    let rows = field.outputs().table("tables/stand_growth.csv");
    for (species, growth) in [("马尾松", 5), ("栎类", 2)] {
        let row = one(&rows, &[("region_id", "w"), ("species", species)]);
        let told = format!("x {growth} t d.m./ha/yr x (1 + 0.25)");
        assert!(row["arithmetic"].contains(&told), "{row:?}");
    }
}

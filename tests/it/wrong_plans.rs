//! A plan with several mistakes: all of them are told in one pass, and nothing that is not so.

use crate::desk::{Desk, Said, regions, square};

/// The lines of a small plan without plots.
const BASE: &str = "name = \"wrong\"\n[regions]\npath = \"regions.geojson\"\nid = \"id\"\n[[land-cover]]\nyear = 2020\npath = \"map.tif\"\nlegend = \"nlcd\"\n";

fn refused(text: &str) -> (Desk, Said) {
    let desk = Desk::new();
    desk.write("plan.toml", text);
    let said = desk.refused();
    (desk, said)
}

#[test]
fn a_wrong_word_hides_no_other_mistake() {
    let (_desk, said) = refused(&format!(
        "{BASE}[carbon]\nparameters = [\"mine.csv\"]\n[[carbon.ecosystem]]\necosystem = \"grasland\"\nmethod = \"grassland-biomass-ipcc2006\"\n[credit]\nrule = \"art\"\n[soil-samples]\npath = \"soil.csv\"\ndesign = \"random\"\ndepth-cm = -30\n[uncertainty]\ndraws = \"many\"\n[grid]\ncells = \"exakt\"\n"
    ));
    let design = said.finding("plan.toml, line 18", "`soil-samples.design`");
    assert_eq!(
        design.what,
        "`soil-samples.design`: found `random`, expected `simple-random` or `systematic`"
    );
    assert!(
        design.remedy.contains("How the sites were drawn"),
        "{design:?}"
    );
    let rule = said.finding("line 15", "`credit.rule`: found `art`, expected one of");
    assert_eq!(rule.remedy, "did you mean `art-trees-2.0`?");
    let draws = said.finding("line 21", "`uncertainty.draws`");
    assert!(draws.what.contains("expected a whole number"), "{draws:?}");
    assert!(
        draws.remedy.contains("Number of Monte Carlo draws"),
        "{draws:?}"
    );
    said.finding("line 23", "`grid.cells`: found `exakt`");
    said.finding("plan.toml", "unknown ecosystem `grasland`");
    said.finding("mine.csv", "cannot be read");
    said.finding("soil.csv", "cannot be read");
    said.finding("plan.toml", "`[soil-samples] depth-cm` is -30");
    assert_eq!(said.findings.len(), 8, "{said:#?}");
}

#[test]
fn missing_keys_are_told_with_their_tables_and_what_they_are_for() {
    let (_desk, said) = refused(&format!(
        "{}year = 2021\n[[land-cover]]\npath = \"other.tif\"\n[carbon]\n[[carbon.ecosystem]]\nclimate-zone = \"tropical-wet\"\n[[carbon.ecosystem]]\necosystem = \"grassland\"\nmethod = \"grassland-biomass-ipcc2006\"\nclimate-zone = \"tropical-dri\"\nwithin = {{ layer = \"soil\" }}\n[[carbon.ecosystem]]\necosystem = \"grassland\"\nmethod = \"grassland-biomass-ipcc2006\"\nclimate-zone = \"tropical-wit\"\n[price]\n",
        BASE.replace("year = 2020\n", "")
    ));
    let method = said.finding("line 12", "missing key `carbon.ecosystem.method`");
    assert_eq!(method.remedy, "add `method`: Method id");
    said.finding("line 12", "missing key `carbon.ecosystem.ecosystem`");
    said.finding("line 18", "missing key `carbon.ecosystem.within.classes`");
    said.finding("line 9", "missing key `land-cover.year`");
    said.finding("line 9", "missing key `land-cover.legend`");
    said.finding("line 23", "missing key `price.tco2e`");
    said.finding("line 23", "missing key `price.currency`");
    // The entry that is whole is looked at, and so are the files of those that are not.
    said.finding("grassland", "no row for climate-zone `tropical-wit`");
    said.finding("other.tif", "the file is missing");
    let all = said.told().join("\n");
    assert!(!all.contains("tropical-dri"), "{said:#?}");
    assert!(!all.contains("is named `soil`"), "{said:#?}");
}

#[test]
fn a_key_that_another_was_meant_to_be_is_told_once() {
    let (_desk, said) = refused(&format!(
        "{BASE}[carbon]\n[[carbon.ecosystem]]\necosystem = \"grassland\"\nmetod = \"x\"\n"
    ));
    assert_eq!(
        said.told(),
        ["unknown key `carbon.ecosystem.metod`", "unknown method `x`"]
    );
}

#[test]
fn what_follows_from_a_key_that_was_not_read_is_not_told() {
    // Without its tables, keys and layers the plan would have further faults.
    let text = BASE.replace("\"nlcd\"", "\"nlcd\"\nband = \"x\"");
    let (_desk, said) = refused(&format!(
        "{text}[change]\nspans = [[2010, 2020]]\n[forest]\nneighbours = 4\nmin-area-ha = \"half\"\n[[layer]]\nname = 3\npath = \"map.tif\"\nunit = \"m\"\n[carbon]\nclimate-zone = 5\n[[carbon.ecosystem]]\necosystem = \"grassland\"\nmethod = \"grassland-biomass-ipcc2006\"\n[[carbon.ecosystem]]\necosystem = \"forest\"\nmethod = \"density-layer\"\nlayer = \"height\"\n"
    ));
    let names: Vec<&str> = said
        .told()
        .into_iter()
        .map(|what| what.split(':').next().unwrap_or_default())
        .collect();
    assert_eq!(
        names,
        [
            "`land-cover.band`",
            "`forest.min-area-ha`",
            "`layer.name`",
            "`carbon.climate-zone`"
        ],
        "{said:#?}"
    );
}

#[test]
fn brackets_of_tables_and_of_lists_of_them_are_told() {
    let text = BASE
        .replace("[[land-cover]]", "[land-cover]")
        .replace("[regions]", "[[regions]]");
    let (_desk, said) = refused(&format!("{text}[grid]\nresolution = \"30\"\n"));
    let regions = said.finding("line 2", "`regions`: found a list, expected one table");
    assert_eq!(regions.remedy, "write `[regions]`");
    let maps = said.finding("line 5", "`land-cover`: found one table, expected a list");
    assert_eq!(maps.remedy, "write `[[land-cover]]`");
    said.finding("line 10", "`grid.resolution`: expected a number, or two");
    // As they are told to be written, the tables are looked at.
    said.finding("`[grid]`", "by one of `crs` and `resolution` alone");
    assert_eq!(said.findings.len(), 4, "{said:#?}");
}

#[test]
fn a_plan_without_a_name_or_regions_is_looked_at_further() {
    let (_desk, said) = refused(
        "[[land-cover]]\nyear = 2020\npath = \"no.tif\"\nlegend = \"nlcd\"\n[regions]\npath = \"none.gpkg\"\n",
    );
    let name = said.finding("plan.toml, line 1", "missing key `name`");
    assert!(name.remedy.contains("Name of the run"), "{name:?}");
    said.finding("line 5", "missing key `regions.id`");
    said.finding("no.tif", "");
    said.finding("none.gpkg", "the file is missing");
    assert_eq!(said.findings.len(), 4, "{said:#?}");
}

#[test]
fn all_wrong_and_missing_keys_of_an_entry_are_told() {
    let of_cropland = |keys: &str| {
        let text = format!(
            "{BASE}[carbon]\nclimate-zone = \"warm-temperate-moist\"\n[[carbon.ecosystem]]\necosystem = \"cropland\"\nmethod = \"cropland-soil-ipcc2019\"\nkeys = {{ {keys} }}\n"
        );
        refused(&text).1
    };
    let soil = "soil-class = \"high-activity-clay\"";
    let wrong = of_cropland(&format!(
        "{soil}, land-use = \"annual-cropsx\", management = \"fulltillage\", input = \"mediun\""
    ));
    for word in [
        "land-use `annual-cropsx`",
        "management `fulltillage`",
        "input `mediun`",
    ] {
        wrong.finding("cropland", word);
    }
    assert_eq!(wrong.findings.len(), 3, "{wrong:#?}");
    // What a missing key can be are the words that the method takes.
    let missing = of_cropland(&format!("{soil}, land-use = \"annual-crops\""));
    let management = missing.finding("cropland", "needs `management`");
    assert!(
        management
            .what
            .ends_with("one of `no-tillage`, `reduced-tillage`, `full-tillage`"),
        "{management:?}"
    );
    missing.finding("cropland", "needs `input`");
    assert_eq!(missing.findings.len(), 2, "{missing:#?}");
    // Wrong keys and missing ones of one parameter.
    let both = refused(&format!(
        "{BASE}[carbon]\nclimate-zone = \"warm-temperat\"\n[[carbon.ecosystem]]\necosystem = \"cropland\"\nmethod = \"soil-reference-ipcc2019\"\n[[carbon.ecosystem]]\necosystem = \"grassland\"\nmethod = \"soil-reference-ipcc2019\"\nkeys = {{ soil-class = \"hac\" }}\n"
    ));
    let cropland = both.1.finding("cropland", "`climate-zone` can be");
    assert!(
        cropland.what.contains("; it needs `soil-class`, one of"),
        "{cropland:?}"
    );
    let grassland = both.1.finding("grassland", "`climate-zone` can be");
    assert!(
        grassland.what.contains("; `soil-class` can be `"),
        "{grassland:?}"
    );
}

#[test]
fn a_climate_zone_by_another_name_is_not_what_is_wrong() {
    let (_desk, said) = refused(&format!(
        "{BASE}[carbon]\nclimate-zone = \"warm-temperate-moist\"\n[[carbon.ecosystem]]\necosystem = \"grassland\"\nmethod = \"grassland-soil-ipcc2006\"\nkeys = {{ soil-class = \"hac\", management = \"nominal\", input = \"nominal\" }}\n"
    ));
    let found = said.finding("grassland", "no row");
    assert!(found.what.contains("; `soil-class` can be"), "{found:?}");
    assert!(!found.what.contains("`climate-zone` can be"), "{found:?}");
}

#[test]
fn a_wrong_key_hides_no_clash_of_methods() {
    let (_desk, said) = refused(&format!(
        "{BASE}[carbon]\nclimate-zone = \"warm-temperate-moist\"\nkeys = {{ soil-class = \"high-activity-clay\" }}\n[[carbon.ecosystem]]\necosystem = \"cropland\"\nmethod = \"soil-change-tier1\"\n[[carbon.ecosystem]]\necosystem = \"grassland\"\nmethod = \"soil-reference-ipcc2019\"\n[[carbon.ecosystem]]\necosystem = \"grassland\"\nmethod = \"grassland-soil-ipcc2019\"\nkeys = {{ management = \"nominally-managed\", input = \"medium\" }}\nmanaged = {{ since = 2010, before = {{ management = \"grazed\" }} }}\n"
    ));
    said.finding("cropland", "needs land cover of two years");
    said.finding("grassland", "both give the stock of pool `soil-organic`");
    said.finding("grassland", "management `nominally-managed`");
    said.finding("before 2010", "management `grazed`");
    assert_eq!(said.findings.len(), 4, "{said:#?}");
}

#[test]
fn one_wrong_key_of_several_parameters_is_told_once() {
    let (_desk, said) = refused(&format!(
        "{BASE}[carbon]\nclimate-zone = \"warm-temperate\"\n[[carbon.ecosystem]]\necosystem = \"grassland\"\nmethod = \"grassland-biomass-ipcc2006\"\n[[carbon.ecosystem]]\necosystem = \"cropland\"\nmethod = \"cropland-soil-ipcc2019\"\nkeys = {{ soil-class = \"sandy\", land-use = \"annual-crops\", management = \"full-tillage\", input = \"medium\" }}\n"
    ));
    let places: Vec<&str> = said
        .findings
        .iter()
        .map(|found| found.place.as_str())
        .collect();
    assert_eq!(
        places,
        [
            "carbon, ecosystem grassland, method grassland-biomass-ipcc2006",
            "carbon, ecosystem cropland, method cropland-soil-ipcc2019"
        ],
        "{said:#?}"
    );
}

#[test]
fn a_wrong_key_inside_the_table_of_a_column_is_named() {
    let desk = Desk::new();
    desk.replace(
        "plan.toml",
        "volume = \"volume_m3_ha\"\nabove-ground-carbon = \"agc_t_ha\"",
        "volume = { colum = \"volume_m3_ha\" }\nabove-ground-carbon = { column = \"agc_t_ha\", unit = 3 }\nlitter-carbon = { unit = \"t/ha\" }\nsoil-carbon = { column = \"agc_t_ha\", depth = 30 }",
    );
    let said = desk.refused();
    assert_eq!(
        said.told(),
        [
            "unknown key `inventory.fields.volume.colum`",
            "missing key `inventory.fields.litter-carbon.column`",
            "unknown key `inventory.fields.soil-carbon.depth`",
            "`inventory.fields.above-ground-carbon.unit`: found integer `3`, expected a text in quotes",
        ],
        "{said:#?}"
    );
    let remedies: Vec<&str> = said.findings.iter().map(|f| f.remedy.as_str()).collect();
    assert_eq!(remedies[0], "did you mean `column`?");
    assert_eq!(remedies[2], "did you mean `depth-cm`?");
}

#[test]
fn an_inventory_without_a_design_is_looked_at_further() {
    for (design, told) in [
        ("design = \"stratifyed\"", "unknown design `stratifyed`"),
        ("", "`[inventory]` has plots and no `design`"),
        ("desing = \"stratified\"", "unknown key `inventory.desing`"),
        ("design = 3", "`inventory.design`: found integer `3`"),
    ] {
        let desk = Desk::new();
        desk.replace("plan.toml", "design = \"stratified\"", design);
        desk.replace("plan.toml", "weight = \"weight\"", "weight = \"wait\"");
        desk.replace("plan.toml", "region = \"region\"", "region = \"county\"");
        desk.replace(
            "plan.toml",
            "[inventory.fields]",
            "[[inventory.plots]]\nyear = 2010\npath = \"older.csv\"\n[inventory.fields]",
        );
        let said = desk.refused();
        said.finding("plan.toml", told);
        said.finding("plots.csv", "no column `county`");
        said.finding("older.csv", "cannot be read");
        said.finding("strata.csv", "no column `wait`");
        assert_eq!(said.findings.len(), 4, "{said:#?}");
    }
}

#[test]
fn a_wrong_key_of_the_inventory_hides_nothing_of_its_tables() {
    let desk = Desk::new();
    let plan = desk.read("plan.toml");
    let strata = plan.find("[inventory.strata]").unwrap();
    let carbon = plan.find("[carbon]").unwrap();
    desk.write(
        "plan.toml",
        format!("{}{}", &plan[..strata], &plan[carbon..])
            .replace("design = \"stratified\"", "design = \"simple-random\"")
            .replace("min-plots = 2", "min-plots = \"2\"")
            .replace("stratum = \"stratum\"\n", "")
            .replace("\"agc_t_ha\"", "\"agc\""),
    );
    let said = desk.refused();
    said.finding("plan.toml", "`inventory.min-plots`: found string \"2\"");
    said.finding("the plan", "nothing says how large the sampled area is");
    // That the name says no unit is no second mistake.
    said.finding("plots.csv", "no column `agc`");
    assert_eq!(said.findings.len(), 3, "{said:#?}");
}

#[test]
fn a_year_that_is_missing_hides_no_other_inventory() {
    let desk = Desk::new();
    desk.replace(
        "plan.toml",
        "[inventory.fields]",
        "[[inventory.plots]]\npath = \"older.csv\"\n[inventory.fields]",
    );
    desk.write(
        "older.csv",
        "plot,region,stratum,forest,volume_m3_ha\n1,west,wood,x,1\n",
    );
    desk.replace("plan.toml", "\"agc_t_ha\"", "\"agb_t_ha\"");
    let said = desk.refused();
    said.finding("plan.toml, line", "missing key `inventory.plots.year`");
    said.finding("plots.csv", "no column `agb_t_ha`");
    said.finding("older.csv", "no column `agb_t_ha`");
    said.finding("older.csv, row 2, column forest", "found `x`");
    assert_eq!(said.findings.len(), 4, "{said:#?}");
}

/// A desk with registers of two years and without plots.
fn registers(older: &str, newer: &str) -> Said {
    let desk = Desk::new();
    desk.write(
        "stands.geojson",
        regions(&[("1", "T", square(0.0, 0.0, 10.0, 10.0))]),
    );
    desk.write("classes.csv", "code,name,kind\nT,trees,tree-forest\n");
    let entry = |keys: &str, fields: &str| {
        format!("[[inventory.stands]]\n{keys}\n[inventory.stands.fields]\n{fields}\n")
    };
    let newer = entry(newer, "id = \"id\"\nland-class = \"name\"");
    desk.write("plan.toml", format!("{BASE}{older}{newer}"));
    desk.refused()
}

#[test]
fn a_register_that_is_missing_hides_nothing_of_its_entry() {
    let fields = "[inventory.stands.fields]\nid = \"id\"\nland-class = \"name\"\nvolume = { column = \"v\", unit = \"m3ha\" }\n";
    let said = registers(
        &format!(
            "[[inventory.stands]]\nyear = 2010\npath = \"no.gpkg\"\nland-classes = \"none.csv\"\n{fields}"
        ),
        "year = 2020\npath = \"stands.geojson\"\nland-classes = \"lost.csv\"",
    );
    said.finding("no.gpkg", "the file is missing");
    said.finding("none.csv", "cannot be read");
    said.finding("plan.toml", "the unit of the volume is `m3ha`");
    said.finding("lost.csv", "cannot be read");
    assert_eq!(said.findings.len(), 4, "{said:#?}");
}

#[test]
fn a_register_without_a_year_is_looked_at() {
    let said = registers(
        "[[inventory.stands]]\npath = \"stands.geojson\"\nland-classes = \"classes.csv\"\n[inventory.stands.fields]\nid = \"stand\"\nvolume = \"v\"\n",
        "year = 2020\npath = \"stands.geojson\"\nland-classes = \"classes.csv\"\nwhere = { kind = \"T\" }",
    );
    said.finding("plan.toml, line", "missing key `inventory.stands.year`");
    said.finding("stands.geojson", "no field `stand`");
    said.finding("stands.geojson", "no field `v`");
    said.finding("stands.geojson", "no field `kind`");
    assert_eq!(said.findings.len(), 4, "{said:#?}");
}

#[test]
fn a_wrong_key_hides_nothing_of_maps_regions_and_methods() {
    let (_desk, said) = refused(&format!(
        "{}[[land-cover]]\nyear = 2010\npath = \"map.tif\"\nlegend = \"old.csv\"\nnodata = 1.5\ncrs = \"EPSG:99999\"\n[accuracy]\npath = \"plots.csv\"\nreference-class = \"truth\"\n[[accuracy.group]]\nname = \"g\"\ncodes = [\"1\"]\n[forest]\nclasses = [\"a\"]\nland-area = \"dry\"\n[carbon]\nmethod = \"forest-x\"\nclimate-zone = 3\n",
        BASE.replace(
            "id = \"id\"",
            "id = \"id\"\nlayer = \"towns\"\nrepair = \"yes\""
        )
    ));
    for (place, what) in [
        ("plan.toml", "`regions.repair`"),
        ("regions.geojson", "`towns`"),
        ("plan.toml", "`land-cover.nodata`"),
        ("old.csv", "the legend cannot be read"),
        ("map.tif", "EPSG:99999"),
        ("plan.toml", "`accuracy.group.codes`"),
        ("plots.csv", "no column `truth`"),
        ("plan.toml", "`forest.classes`"),
        ("plan.toml", "land area rule `dry`"),
        ("plan.toml", "`carbon.climate-zone`"),
        ("forest-x", "unknown method"),
    ] {
        said.finding(place, what);
    }
}

#[test]
fn an_empty_table_is_one_mistake() {
    let desk = Desk::new();
    desk.write("empty.csv", "");
    desk.replace("plan.toml", "legend = \"nlcd\"", "legend = \"empty.csv\"");
    let said = desk.refused();
    assert_eq!(said.told(), ["the file is empty"], "{said:#?}");
}

#[test]
fn regions_that_are_missing_hide_nothing_of_tables_by_region() {
    let desk = Desk::new();
    desk.write(
        "wood.csv",
        "region,product,year,production,unit\nx,sawnwood,2020,many,m3\n",
    );
    desk.write(
        "soil.csv",
        "site,region,year,top_cm,bottom_cm,carbon_pct,bulk_density_g_cm3,coarse_pct\n1,y,2020,0,30,q,1.2,0\n",
    );
    desk.write("ages.csv", "region,area_ha,age_yr\nz,-1,20\n");
    desk.write(
        "plan.toml",
        format!(
            "{}[harvested-wood]\npath = \"wood.csv\"\nbefore = \"nothing\"\n[soil-samples]\npath = \"soil.csv\"\ndesign = \"systematic\"\ndepth-cm = 30\n[carbon.age-classes]\npath = \"ages.csv\"\nyear = 2020\n",
            BASE.replace("regions.geojson", "towns.geojson")
        ),
    );
    let said = desk.refused();
    said.finding("towns.geojson", "the file is missing");
    said.finding("wood.csv, row 2", "`many`");
    said.finding("soil.csv, row 2", "`q`");
    said.finding("ages.csv, row 2", "-1");
    assert_eq!(said.findings.len(), 4, "{said:#?}");
}

#[test]
fn words_of_an_entry_with_a_mistake_are_looked_at() {
    let (_desk, said) = refused(&format!(
        "{BASE}[[carbon.ecosystem]]\necosystem = \"gras\"\nmethod = \"grass\"\ndepth-cm = \"30\"\n[[fire]]\nname = \"f\"\nyear = 2010\necosystem = \"forest\"\nemission = \"woods\"\ncombustion = \"other-temperate-forest-all\"\nareas-ha = {{ west = 1 }}\n"
    ));
    said.finding("plan.toml", "missing key `fire.fuel-t-ha`");
    said.finding("plan.toml", "`carbon.ecosystem.depth-cm`");
    said.finding("plan.toml", "unknown ecosystem `gras`");
    said.finding("grass", "unknown method");
    said.finding("fire `f`", "`woods`");
    said.finding("`[[carbon.ecosystem]]` gras", "say something of a `layer`");
    assert_eq!(said.findings.len(), 6, "{said:#?}");
}

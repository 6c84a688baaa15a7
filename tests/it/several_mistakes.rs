//! What a plan is told to be mended to is looked at in the same pass, and nothing follows from a mistake that
//! was told.

use crate::desk::Desk;

#[test]
fn a_misspelt_key_is_read_as_the_one_that_it_is_told_to_be() {
    let desk = Desk::new();
    desk.replace("plan.toml", "weight = ", "wieght = ");
    desk.replace(
        "plan.toml",
        "stratum = \"stratum\"\nforest-share",
        "stratum = \"sratum\"\nforest-share",
    );
    let plan = desk.read("plan.toml");
    desk.write(
        "plan.toml",
        format!(
            "{plan}[[layr]]\nname = \"height\"\npath = \"map.tif\"\nunits = \"m\"\nbands = \"x\"\n"
        ),
    );
    let said = desk.refused();
    said.finding("plan.toml", "unknown key `inventory.strata.wieght`");
    said.finding("plots.csv", "no column `sratum`");
    said.finding("plan.toml", "unknown key `layr`");
    said.finding("plan.toml", "unknown key `layer.units`");
    let bands = said.finding("plan.toml", "unknown key `layer.bands`");
    let band = said.finding("plan.toml", "`layer.band`: found string \"x\"");
    assert_eq!(bands.place, band.place);
    assert_eq!(said.findings.len(), 6, "{said:#?}");
}

#[test]
fn a_number_in_quotes_and_a_word_that_is_like_another_hide_nothing() {
    let desk = Desk::new();
    desk.replace(
        "plan.toml",
        "year = 2020\npath = \"map.tif\"",
        "year = \"2020\"\npath = \"map.tif\"",
    );
    let plan = desk.read("plan.toml");
    desk.write(
        "plan.toml",
        format!(
            "{plan}[[fire]]\nname = \"f\"\nyear = 2020.0\necosystem = \"forest\"\nemission = \"extra-tropical-forest\"\ncombustion = \"other-temperate-forest-all\"\nareas-ha = {{ west = 1 }}\nfuel-t-ha = -5\n[inventory.small-areas]\nmethod = \"fay\"\nlayers = [\"heigth\"]\n[[restoration]]\nname = \"r\"\ntreated = {{ path = \"regions.geojson\" }}\ncontrol = {{ path = \"regions.geojson\" }}\nbefore = 2020\nafter = 2025\nmeasure = \"forest\"\n"
        ),
    );
    let said = desk.refused();
    said.finding("plan.toml", "`land-cover.year`: found string \"2020\"");
    said.finding("plan.toml", "`fire.year`: found floating point");
    said.finding("fire `f`", "`fuel-t-ha` is -5");
    said.finding("plan.toml", "`inventory.small-areas.method`: found `fay`");
    said.finding("plan.toml", "names the layer `heigth`");
    said.finding("plan.toml", "`restoration.measure`: found `forest`");
    said.finding("restoration `r`", "`after = 2025`, and no");
    // The sites are the same land, of two regions.
    assert_eq!(said.findings.len(), 9, "{said:#?}");
}

#[test]
fn a_key_that_is_like_none_may_be_the_one_that_lacks() {
    let desk = Desk::new();
    let plan = desk.read("plan.toml");
    desk.write(
        "plan.toml",
        format!(
            "{plan}[targets]\nfile = \"t.csv\"\n[[layer]]\nname = \"height\"\npath = \"map.tif\"\nmeasure = \"m\"\n"
        ),
    );
    let said = desk.refused();
    said.finding("plan.toml", "unknown key `targets.file`");
    said.finding("plan.toml", "unknown key `layer.measure`");
    assert_eq!(said.findings.len(), 2, "{said:#?}");
}

#[test]
fn a_product_without_a_half_life_is_told_and_leaves_no_gap() {
    let desk = Desk::new();
    let plan = desk.read("plan.toml");
    desk.write(
        "plan.toml",
        format!("{plan}[harvested-wood]\npath = \"wood.csv\"\nbefore = \"nothing\"\nafter = 1\n"),
    );
    desk.write(
        "wood.csv",
        "region,product,year,production,unit\nwest,paper,2001,10,t_c\nwest,plank,2002,10,t_c\nwest,paper,2003,10,t_c\nwest,paper,2005,10,t_c\n",
    );
    let said = desk.refused();
    said.finding("plan.toml", "unknown key `harvested-wood.after`");
    said.finding("harvested-wood", "no row for product `plank`");
    said.finding("wood.csv", "paper of region west has no row for 2004");
    assert_eq!(said.findings.len(), 3, "{said:#?}");
}

#[test]
fn classes_without_densities_are_told_beside_other_mistakes() {
    let desk = Desk::new();
    let plan = desk.read("plan.toml");
    let inventory = plan.find("[inventory]").unwrap();
    desk.write(
        "plan.toml",
        format!(
            "{}[carbon]\nclass-density = {{ path = \"d.csv\" }}\n[price]\ntco2e = 50\n",
            &plan[..inventory]
        ),
    );
    desk.write("d.csv", "lucode,c_above\n9999,100\n");
    let said = desk.refused();
    said.finding("plan.toml", "missing key `price.currency`");
    said.finding("d.csv", "no row for class");
}

#[test]
fn targets_are_looked_at_without_regions() {
    let desk = Desk::new();
    desk.replace("plan.toml", "\"regions.geojson\"", "\"towns.geojson\"");
    let plan = desk.read("plan.toml");
    desk.write("plan.toml", format!("{plan}[targets]\npath = \"t.csv\"\n"));
    desk.write(
        "t.csv",
        "year,indicator,comparison,value,unit,scope\n2020,carbon_stok,>=,8,t_c,every-region\n2020,carbon_stock,>=,8,tc,west\n",
    );
    let said = desk.refused();
    said.finding("towns.geojson", "the file is missing");
    said.finding("t.csv, row 2", "unknown indicator `carbon_stok`");
    said.finding("t.csv, row 3", "`carbon_stock` is in `tc`");
    assert_eq!(said.findings.len(), 3, "{said:#?}");
}

#[test]
fn points_whose_column_is_not_there_are_not_told_to_have_no_place() {
    let desk = Desk::new();
    let plan = desk.read("plan.toml");
    desk.write(
        "plan.toml",
        format!("{plan}[accuracy]\npath = \"ref.csv\"\nreference-class = \"true\"\nx = \"lon\"\ny = \"y\"\ncrs = \"EPSG:4326\"\n"),
    );
    desk.write("ref.csv", "x,y,true\n0,0,41\n");
    let said = desk.refused();
    assert_eq!(said.told(), ["no column `lon`"], "{said:#?}");
}

#[test]
fn plots_without_an_id_or_a_stratum_are_told_once() {
    for (key, told) in [
        ("id = \"plot\"", "`[inventory.fields]` names no `id`"),
        ("stratum = ", "nothing says which stratum a plot is in"),
    ] {
        let desk = Desk::new();
        let plan = desk.read("plan.toml");
        let fields = plan.find("[inventory.fields]").unwrap();
        let at = fields + plan[fields..].find(key).unwrap_or_else(|| panic!("{plan}"));
        let end = at + plan[at..].find('\n').unwrap();
        desk.write("plan.toml", format!("{}{}", &plan[..at], &plan[end + 1..]));
        let said = desk.refused();
        assert_eq!(said.told(), [told], "{said:#?}");
    }
}

#[test]
fn strata_and_trees_are_looked_at_where_not_all_columns_are_named() {
    let desk = Desk::new();
    desk.replace("plan.toml", "weight = \"weight\"\n", "");
    desk.replace("plan.toml", "area = \"area_ha\"", "area = \"area\"");
    let plan = desk.read("plan.toml");
    desk.write(
        "plan.toml",
        format!(
            "{plan}[[inventory.trees]]\npath = \"trees.csv\"\n[inventory.tree-fields]\nplot = \"plot\"\nspecies = \"spec\"\ndiameter-cm = \"dbh\"\nplot-area-m2 = \"four\"\n"
        ),
    );
    desk.write("trees.csv", "plot,species,dbh\n1,oak,20\n1,oak,x\n");
    let said = desk.refused();
    said.finding("plan.toml", "missing key `inventory.strata.weight`");
    said.finding("strata.csv", "no column `area`");
    said.finding("plan.toml", "missing key `inventory.trees.year`");
    said.finding("plan.toml", "`inventory.tree-fields.plot-area-m2`: found");
    said.finding("trees.csv", "no column `spec`");
    said.finding("trees.csv, row 3, column dbh", "found `x`");
    assert_eq!(said.findings.len(), 6, "{said:#?}");
}

#[test]
fn a_unit_that_another_key_may_state_is_not_told_to_lack() {
    let desk = Desk::new();
    desk.replace(
        "plan.toml",
        "volume = \"volume_m3_ha\"",
        "volume = { column = \"vol\", einheit = \"m3/ha\" }",
    );
    desk.replace("plots.csv", "volume_m3_ha", "vol");
    let said = desk.refused();
    assert_eq!(
        said.told(),
        ["unknown key `inventory.fields.volume.einheit`"],
        "{said:#?}"
    );
}

#[test]
fn entries_with_a_mistake_are_looked_at_for_others() {
    let desk = Desk::new();
    let plan = desk.read("plan.toml");
    desk.write(
        "plan.toml",
        format!(
            "{plan}[[fire]]\nname = \"f\"\nyear = 2010\necosystem = \"forest\"\nemission = \"extra-tropical-forest\"\ncombustion = \"other-temperate-forest-all\"\nareas-ha = {{ q = 1 }}\nfuel-se-pct = 300\n[[restoration]]\nname = \"\"\ntreated = {{ path = \"t.gpkg\" }}\ncontrol = {{ path = \"t.gpkg\" }}\nbefore = 2001\nmeasure = \"forest-share\"\n[credit]\nrule = 5\n[accuracy]\npath = \"ref.csv\"\nx = \"lon\"\nyear = 1999\n"
        ),
    );
    desk.write("ref.csv", "lon,true\n0,41\n");
    let said = desk.refused();
    said.finding("plan.toml", "missing key `fire.fuel-t-ha`");
    said.finding("fire `f`", "`fuel-se-pct` is 300");
    said.finding("fire `f`", "names region `q`");
    said.finding("plan.toml", "missing key `restoration.after`");
    said.finding("restoration ``", "`name` is empty");
    said.finding("restoration ``", "`before = 2001`, and no");
    said.finding("t.gpkg", "the file is missing");
    said.finding(
        "plan.toml",
        "`credit.rule`: found integer `5`, expected a text in quotes",
    );
    said.finding("plan.toml", "missing key `accuracy.reference-class`");
    said.finding("plan.toml", "names one of `x` and `y`");
    said.finding("plan.toml", "`[accuracy] year` is 1999");
    assert_eq!(said.findings.len(), 11, "{said:#?}");
}

#[test]
fn columns_that_tables_lack_are_told_once_and_not_by_row() {
    let desk = Desk::new();
    let plan = desk.read("plan.toml");
    desk.write(
        "plan.toml",
        format!(
            "{plan}[targets]\npath = \"t.csv\"\n[harvested-wood]\npath = \"wood.csv\"\nbefore = \"nothing\"\n[soil-samples]\npath = \"soil.csv\"\ndesign = \"systematic\"\ndepth-cm = 30\n"
        ),
    );
    desk.write(
        "t.csv",
        "year,indicator,comparison,val,unit\n2020,carbon_stok,>=,8,t_c\n2020,carbon_stock,>=,8,t_c\n",
    );
    desk.write(
        "wood.csv",
        "region,product,year,production,units\nwest,paper,2001,10,t_c\nwest,paper,2002,10,t_c\n",
    );
    desk.write("soil.csv", "site,region,yr\n1,west,2000\n2,west,2000\n");
    let said = desk.refused();
    said.finding("t.csv", "no column value; there are");
    said.finding("t.csv, row 2", "unknown indicator `carbon_stok`");
    said.finding("wood.csv", "no column unit; there are");
    said.finding("soil.csv", "no column year, top_cm");
    assert_eq!(said.findings.len(), 4, "{said:#?}");
}

#[test]
fn cells_that_are_none_are_told_once_and_forest_by_key() {
    let desk = Desk::new();
    desk.replace(
        "plan.toml",
        "definition = \"fao-fra\"",
        "definition = 5\nclasses = [\"41\"]\nneighbours = \"6\"\nmin-area-ha = -1\n[grid]\ncrs = \"EPSG:32650\"\nresolution = -1\n[harvested-wood]\npath = \"wood.csv\"\nbefore = \"steady-state\"\nsteady-years = 5",
    );
    desk.write(
        "wood.csv",
        "region,product,year,production,unit\nwest,paper,2001,10,t_c\nwest,paper,2002,10,t_c\n",
    );
    let said = desk.refused();
    said.finding("plan.toml", "`forest.definition`: found integer");
    said.finding("plan.toml", "`forest.classes`: found string \"41\"");
    said.finding("plan.toml", "`forest.neighbours`: found string \"6\"");
    said.finding("plan.toml", "`[forest] neighbours` is 6");
    said.finding("plan.toml", "`[forest] min-area-ha` is not");
    said.finding("`[grid]`", "`resolution` is not positive");
    said.finding("wood.csv", "has 2 years, and the steady state is of 5");
    assert_eq!(said.findings.len(), 7, "{said:#?}");
}

#[test]
fn strata_that_nobody_listed_are_told_once_with_their_plots() {
    let desk = Desk::new();
    desk.replace("plots.csv", ",open,", ",Open,");
    desk.replace("plots.csv", "4,west,wood,", "4,west,swamp,");
    let said = desk.refused();
    let found = said.finding(
        "plots.csv, row 5, plot 4",
        "plot `4` lies in stratum `swamp`",
    );
    assert!(found.remedy.contains("add the stratum"), "{found:?}");
    let found = said.finding("plots.csv, row 6, plot 5", "stratum `Open`");
    assert_eq!(
        found.what,
        "4 plots, this one first, lie in stratum `Open`, which the strata do not list"
    );
    // That `open` has no plot then is no mistake of its own.
    assert_eq!(said.findings.len(), 2, "{said:#?}");
}

#[test]
fn plots_are_held_against_strata_that_have_mistakes() {
    let desk = Desk::new();
    desk.replace("strata.csv", "wood,144,0.5", "wood,144,half");
    desk.replace("plots.csv", "4,west,wood,", "4,west,swamp,");
    desk.replace("plots.csv", "1,west,wood,1,120", "1,west,wood,1,x120");
    let said = desk.refused();
    said.finding("strata.csv, row 2, column weight", "found `half`");
    said.finding("plots.csv, row 5, plot 4", "stratum `swamp`");
    said.finding("plots.csv, row 2, column volume_m3_ha", "found `x120`");
    assert_eq!(said.findings.len(), 3, "{said:#?}");
}

#[test]
fn layers_boundaries_and_entries_with_a_mistake_are_looked_at_for_others() {
    let desk = Desk::new();
    desk.write("text.tif", "no raster");
    let plan = desk.read("plan.toml");
    desk.write(
        "plan.toml",
        format!(
            "{plan}[[layer]]\nname = \"height\"\npath = \"text.tif\"\nunit = \"m\"\nresampling = 3\n[[boundary]]\necosystem = \"mangrov\"\npath = \"text.tif\"\noverrides = [\"forst\"]\nyear = \"x\"\n[[carbon.ecosystem]]\necosystem = \"cropland\"\nmethod = \"cropland-soil-ipcc2019\"\nclimate-zone = \"warm-temperate-moist\"\nkeys = {{ soil-class = \"hac\", land-use = \"annual-cropland-uncultivated\", management = \"full-tillage\", input = \"medium\", extra = \"x\" }}\nwithin = {{ layer = \"zones\", classes = [1] }}\nmanaged = 3\n"
        ),
    );
    let said = desk.refused();
    said.finding("plan.toml", "`layer.resampling`");
    said.finding("plan.toml", "`boundary.year`");
    said.finding("plan.toml", "`carbon.ecosystem.managed`");
    said.finding("plan.toml", "unknown ecosystem `mangrov`");
    said.finding("plan.toml", "unknown ecosystem `forst`");
    said.finding("cropland", "`extra`");
    said.finding("cropland", "`hac`");
    let of_file = said.findings.iter();
    let of_file = of_file.filter(|found| found.place.ends_with("text.tif"));
    assert_eq!(of_file.count(), 2, "{said:#?}");
}

#[test]
fn units_of_a_register_with_a_mistake_are_looked_at() {
    let desk = Desk::new();
    desk.replace(
        "plan.toml",
        "[carbon]\n",
        "[[inventory.stands]]\nyear = \"x\"\npath = \"none.gpkg\"\n[inventory.stands.fields]\nid = \"id\"\nvolume = { column = \"v\", unit = \"m3/acre\" }\n[carbon]\n",
    );
    let said = desk.refused();
    said.finding("plan.toml", "`inventory.stands.year`");
    said.finding("plan.toml", "`volume` of the `[inventory.stands.fields]`: ");
    said.finding("none.gpkg", "missing");
    assert_eq!(said.findings.len(), 3, "{said:#?}");
}

#[test]
fn domains_and_trees_are_looked_at_beside_mistakes_of_either() {
    let trees = "[[inventory.trees]]\nyear = 2020\npath = \"trees.csv\"\n[inventory.tree-fields]\nplot = \"plot\"\nspecies = \"species\"\nDIAMETER\ntrees-per-ha = \"tph\"\n";
    for (key, told) in [
        ("diameter-cm = 3", "`inventory.tree-fields.diameter-cm`"),
        ("diameter-cm = \"dbh\"", "found `x20`, expected a number"),
    ] {
        let desk = Desk::new();
        let plan = desk.read("plan.toml").replace(
            "min-plots = 2\n",
            "min-plots = 2\ndomains = [\"species\", \"region\", \"distric\"]\n",
        );
        let trees = trees.replace("DIAMETER", key);
        desk.write("plan.toml", format!("{plan}{trees}"));
        desk.write(
            "trees.csv",
            "plot,species,dbh,district\n1,oak,x20,a\n99,oak,20,a\n",
        );
        let said = desk.refused();
        said.finding("", told);
        said.finding("trees.csv", "no column `tph`");
        let found = said.finding("trees.csv", "no column `distric`");
        assert_eq!(found.remedy, "did you mean `district`?");
        // Which plots trees stand on is known beside wrong columns, but not beside keys that were not read.
        let strange = said
            .told()
            .iter()
            .any(|told| told.ends_with("not have: 99"));
        assert_eq!(strange, told.starts_with("found"), "{said:#?}");
        assert_eq!(said.findings.len(), 3 + usize::from(strange), "{said:#?}");
    }
}

#[test]
fn a_reference_sample_without_its_column_is_looked_at_further() {
    let desk = Desk::new();
    let plan = desk.read("plan.toml");
    desk.write(
        "plan.toml",
        format!(
            "{plan}[accuracy]\npath = \"ref.csv\"\nreference-class = \"tru\"\nmap-class = \"map\"\nx = \"x\"\ny = \"y\"\ncrs = \"EPSG:99999\"\n[[fire]]\nname = \"f\"\nyear = 2020\necosystem = \"forest\"\nemission = \"extra-tropical-forest\"\ncombustion = \"other-temperate-forest-all\"\nfuel-t-ha = 5\nareas-ha = {{ west = \"ten\", q = 1 }}\n"
        ),
    );
    desk.write("ref.csv", "x,y,true,map\neast,0,41,41\n0,0,41,forst\n");
    let said = desk.refused();
    said.finding("ref.csv", "no column `tru`");
    said.finding("ref.csv", "99999");
    said.finding("ref.csv, row 2, column x", "found `east`");
    said.finding("ref.csv, row 3", "forst");
    said.finding("plan.toml", "`fire.areas-ha.west`");
    said.finding("fire `f`", "names region `q`");
    assert_eq!(said.findings.len(), 6, "{said:#?}");
}

#[test]
fn a_missing_legend_and_a_set_of_parameters_are_told_once() {
    let desk = Desk::new();
    let plan = desk.read("plan.toml");
    let plan = plan.replace(
        "[carbon]\n",
        "[carbon]\nkeys = { parameter-set = \"set9\" }\n",
    );
    desk.write(
        "plan.toml",
        format!(
            "{plan}[[layer]]\nname = \"zones\"\npath = \"map.tif\"\nlegend = \"zonnes.csv\"\n[[carbon.ecosystem]]\necosystem = \"grassland\"\nmethod = \"grassland-biomas\"\nwithin = {{ layer = \"zones\", classes = [1] }}\n"
        ),
    );
    let said = desk.refused();
    said.finding("zonnes.csv", "");
    said.finding(
        "plan.toml",
        "no parameter has a `parameter-set` named `set9`",
    );
    said.finding("grassland", "grassland-biomas");
    assert_eq!(said.findings.len(), 3, "{said:#?}");
}

/// Neither a year without a map nor an unknown definition of forest hides them.
#[test]
fn columns_and_place_of_a_reference_sample_are_looked_at_for_any_map() {
    for (of_accuracy, definition) in [("year = 2017\n", "fao-fra"), ("", "x")] {
        let desk = Desk::new();
        let plan = desk.read("plan.toml");
        let plan = plan.replace("fao-fra", definition);
        desk.write(
            "plan.toml",
            format!(
                "{plan}[accuracy]\npath = \"ref.csv\"\nreference-class = \"tru\"\nmap-class = \"map\"\nx = \"x\"\ny = \"y\"\ncrs = \"EPSG:99999\"\n{of_accuracy}"
            ),
        );
        desk.write("ref.csv", "x,y,true,map\n0,0,41,41\n");
        let said = desk.refused();
        said.finding("ref.csv", "no column `tru`");
        said.finding("ref.csv", "99999");
        assert_eq!(said.findings.len(), 3, "{said:#?}");
    }
}

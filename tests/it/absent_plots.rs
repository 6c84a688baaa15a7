//! Regions whose plots one inventory lacks, as rows or as values.

use std::fmt::Write as _;

use crate::field::{Field, lattice, near};

/// Two inventories of six plots in each of some regions of 100 ha side by side; the newer has of `b` what `kept` says of
/// its carbon.
fn field(regions: &[&str], kept: impl Fn(&str, usize) -> Option<String>) -> (Field, String) {
    let field = Field::new();
    let places: Vec<_> = regions
        .iter()
        .zip(0..)
        .map(|(id, at)| {
            (
                *id,
                [
                    1000.0 * f64::from(at),
                    0.0,
                    1000.0 * f64::from(at + 1),
                    1000.0,
                ],
            )
        })
        .collect();
    field.regions("regions.json", 5070, &places);
    let mut blocks = String::new();
    for year in [2010, 2020] {
        let mut plots = "id,region,agc_t_ha\n".to_owned();
        for region in regions {
            for plot in 0..6 {
                let carbon = (60 + 3 * plot + (year - 2010) / 2).to_string();
                let carbon = if year == 2020 && *region == "b" {
                    kept(&carbon, plot)
                } else {
                    Some(carbon)
                };
                if let Some(carbon) = carbon {
                    let _ = writeln!(plots, "{region}{plot},{region},{carbon}");
                }
            }
        }
        field.write(&format!("p{year}.csv"), &plots);
        let _ = writeln!(
            blocks,
            "[[inventory.plots]]\nyear = {year}\npath = \"p{year}.csv\""
        );
    }
    let plan = format!(
        "[inventory]\ndesign = \"simple-random\"\narea-ha = {}\nmin-plots = 3\n{blocks}\
         [inventory.fields]\nid = \"id\"\nregion = \"region\"\nabove-ground-carbon = \"agc_t_ha\"\n\
         [carbon]\nmethod = \"plots-stock-difference\"\n[uncertainty]\ndraws = 100\nseed = 1\n",
        100 * regions.len()
    );
    (field, plan)
}

#[test]
fn a_region_without_plots_in_the_newest_inventory_is_told_with_those_it_raises() {
    let (sound, plan) = field(&["a", "b"], |carbon, _| Some(carbon.to_owned()));
    assert!(!sound.done(&plan, &[]).contains("it has no plots in"));
    let (lacking, plan) = field(&["a", "b"], |_, _| None);
    let said = lacking.done(&plan, &[]);
    let told =
        "inventory 2020: it has no plots in 1 region, which other inventories have: b (6 in 2010)";
    assert!(said.contains(told), "{said}");
    let row = |field: &Field, id: &str| field.row("summary.csv", &[("region_id", id)]);
    // Six plots of a stand for 200 ha.
    let half = row(&sound, "a")["carbon_tc"].parse::<f64>().unwrap();
    near(&row(&lacking, "a"), "carbon_tc", 2.0 * half, 1e-9);
    for (id, words) in [
        ("a", "make the figures of the others too high"),
        ("b", "no plots in region b, which has 6 in 2010"),
        ("_total", "plots of other regions stand for its land"),
    ] {
        let row = row(&lacking, id);
        assert!(row["notes"].contains(words), "{row:?}");
    }
}

#[test]
fn a_gap_that_drops_the_model_of_small_areas_is_named() {
    let regions = ["a", "b", "c", "d", "e"];
    let (field, plan) = field(&regions, |carbon, plot| {
        Some(if plot == 1 {
            String::new()
        } else {
            carbon.to_owned()
        })
    });
    let of_map = lattice(5070, (0.0, 1000.0), 50.0, (100, 20));
    drop(field.raster("lc.tif", of_map, &[], |col, row| {
        1 + u8::from((col * 7 + row * 3) % 11 > col / 12)
    }));
    field.write(
        "lc.csv",
        "code,class_name,ecosystem\n1,wood,forest\n2,field,cropland\n",
    );
    let plan = format!(
        "[[land-cover]]\nyear = 2020\npath = \"lc.tif\"\nlegend = \"lc.csv\"\n{}",
        plan.replace(
            "[uncertainty]",
            "[inventory.small-areas]\nmethod = \"fay-herriot\"\n[uncertainty]"
        )
    );
    let said = field.done(&plan, &[]);
    let told = "above_ground_carbon, all_carbon of 2020 by the estimates of the regions without the model of small areas: region b has no estimate from its plots: 1 plot has no value: `b1`";
    assert!(said.contains(told), "{said}");
    assert_eq!(said.matches("without the model").count(), 1, "{said}");
    for id in ["a", "c"] {
        let row = field.row("summary.csv", &[("region_id", id)]);
        assert!(row["notes"].contains(told), "{row:?}");
        assert_eq!(row["quality"], "direct");
    }
}

#[test]
fn an_older_inventory_with_few_plots_of_a_region_takes_nothing_from_the_newer_ones() {
    let (field, plan) = field(&["a", "b"], |carbon, _| Some(carbon.to_owned()));
    let mut plots = "id,region,agc_t_ha\n".to_owned();
    for plot in 0..6 {
        let _ = writeln!(plots, "a{plot},a,{}", 50 + plot);
    }
    field.write("p2000.csv", &plots);
    let plan = plan.replace(
        "[inventory.fields]",
        "[[inventory.plots]]\nyear = 2000\npath = \"p2000.csv\"\n[inventory.fields]",
    );
    field.done(&plan, &[]);
    // Means of 60 to 75 and five more, and a change of five in ten years.
    for id in ["a", "b"] {
        let row = field.row("summary.csv", &[("region_id", id)]);
        near(&row, "carbon_tc", 7250.0, 1e-9);
        near(&row, "sequestration_tco2e_yr", 50.0 * 44.0 / 12.0, 1e-4);
        assert_eq!(row["quality"], "direct");
        let few = "2000: 0 plots, fewer than the 3 asked for an estimate of its own";
        assert_eq!(row["notes"].contains(few), id == "b", "{row:?}");
    }
    let older = [("region_id", "b"), ("period_start", "2000")];
    let row = field.row("tables/sequestration.csv", &older);
    assert_eq!(row["sequestration_tco2e_yr"], "");
    assert!(
        row["note"].contains("the inventory of 2000 has 0 plots in it"),
        "{row:?}"
    );
}

/// Of the six plots of `b` two have no row in 2020: ten plots stand for 200 ha, those of `a` for 120.
#[test]
fn a_region_with_fewer_of_the_same_plots_is_told_with_those_it_raises() {
    let kept = |rows: usize| move |carbon: &str, plot| (plot < rows).then(|| carbon.to_owned());
    let (lacking, plan) = field(&["a", "b"], kept(4));
    let said = lacking.done(&plan, &[]);
    let told = "inventory 2020: plots of 2010 have no row in 1 region: b (2 of 6: b4, b5); plots that were left out of the design make the figures of the other regions too high";
    assert!(said.contains(told), "{said}");
    let lack = "the inventory of 2020 has 4 plots in region b, which has 6 in 2010: 2 of these have no row (b4, b5)";
    for (id, words) in [
        ("a", "make the figures of the others too high"),
        ("b", lack),
        ("_total", "plots of other regions stand for its land"),
    ] {
        let row = lacking.row("summary.csv", &[("region_id", id)]);
        let is_told = row["notes"].contains(lack) && row["notes"].contains(words);
        assert!(is_told, "{row:?}");
    }
    let (lacking, plan) = field(&["a", "b"], kept(5));
    assert!(!lacking.done(&plan, &[]).contains("have no row"));
    // Strata of regions leave the land to each of them.
    let (lacking, plan) = field(&["a", "b"], kept(2));
    lacking.write("st.csv", "st,ha,w\na,100,1\nb,100,1\n");
    let strata = "[inventory.strata]\npath = \"st.csv\"\nstratum = \"st\"\nunit = \"st\"\narea = \"ha\"\nweight = \"w\"\n[carbon]";
    let plan = plan
        .replace("simple-random", "stratified")
        .replace("area-ha = 200\n", "")
        .replace(
            "region = \"region\"\n",
            "region = \"region\"\nstratum = \"region\"\nunit = \"region\"\n",
        )
        .replace("[carbon]", strata);
    assert!(!lacking.done(&plan, &[]).contains("have no row"));
}

#[test]
fn a_first_stock_is_no_gain() {
    let regions = ["a", "b"];
    let (field, plan) = field(&regions, |carbon, _| Some(carbon.to_owned()));
    for year in [2010, 2020] {
        let mut plots = "id,region,agc_t_ha\n".to_owned();
        for region in &regions[..=usize::from(year == 2020)] {
            for plot in 0..6 {
                let carbon = 60 + 3 * plot + (year - 2010) / 2;
                let _ = writeln!(plots, "{region}{plot},{region},{carbon}");
            }
        }
        field.write(&format!("p{year}.csv"), &plots);
    }
    field.write(
        "st.csv",
        "year,stratum,ha,w\n2010,a,100,1\n2020,a,200,.5\n2020,b,200,.5\n",
    );
    let plan = plan
        .replace("simple-random", "stratified")
        .replace("area-ha = 200\n", "")
        .replace("region = \"region\"\n", "region = \"region\"\nstratum = \"region\"\n")
        .replace(
            "[carbon]",
            "[inventory.strata]\npath = \"st.csv\"\nstratum = \"stratum\"\narea = \"ha\"\nweight = \"w\"\nyear = \"year\"\n[carbon]",
        );
    field.done(&plan, &[]);
    let total = field.row("summary.csv", &[("region_id", "_total")]);
    near(&total, "carbon_tc", 14500.0, 1e-9);
    near(&total, "sequestration_tco2e_yr", 50.0 * 44.0 / 12.0, 1e-4);
    assert!(total["notes"].contains("without region b"), "{total:?}");
    // What b borrows is the change of a, which both inventories have.
    let of_map = lattice(5070, (0.0, 1000.0), 50.0, (40, 20));
    drop(field.raster("lc.tif", of_map, &[], |_, _| 1));
    field.write("lc.csv", "code,class_name,ecosystem\n1,wood,forest\n");
    let map = "[[land-cover]]\nyear = 2020\npath = \"lc.tif\"\nlegend = \"lc.csv\"\n";
    field.done(&format!("{map}{plan}"), &[]);
    let b = field.row("summary.csv", &[("region_id", "b")]);
    near(&b, "carbon_tc", 7250.0, 1e-9);
    near(&b, "sequestration_tco2e_yr", 50.0 * 44.0 / 12.0, 1e-4);
    let from = "change 2010 to 2020: 0 plots, fewer than the 3 asked for an estimate of its own: synthetic from all regions with plots";
    assert!(b["notes"].contains(from), "{b:?}");
    let total = field.row("summary.csv", &[("region_id", "_total")]);
    near(&total, "sequestration_tco2e_yr", 50.0 * 44.0 / 12.0, 1e-4);
    // Of a larger area that holds b there is no change to borrow.
    let places = [
        ("a", [0.0, 0.0, 1000.0, 1000.0]),
        ("b", [1000.0, 0.0, 2000.0, 1000.0]),
        ("p", [0.0, 0.0, 2000.0, 1000.0]),
    ];
    field.regions("regions.json", 5070, &places);
    let mut regions = std::fs::read_to_string(field.path("regions.json")).unwrap();
    for id in ["a", "b"] {
        let own = format!("\"id\":\"{id}\"");
        regions = regions.replace(&own, &format!("{own},\"of\":\"p\""));
    }
    field.write("regions.json", &regions);
    field.done(&format!("parent = \"of\"\n{map}{plan}"), &[]);
    for id in ["b", "p"] {
        let row = field.row("summary.csv", &[("region_id", id)]);
        assert_eq!(row["sequestration_tco2e_yr"], "");
        let why = "the inventory of 2010 is not of the land of region b: all that stands there would count as gained";
        assert!(row["notes"].contains(why), "{row:?}");
    }
}

/// Regions surveyed in turn: inventories of as much land, and not of the same.
#[test]
fn regions_surveyed_in_turn_give_the_change_of_those_that_both_inventories_have() {
    let field = Field::new();
    let places = [
        ("a", [0.0, 0.0, 1000.0, 1000.0]),
        ("b", [1000.0, 0.0, 2000.0, 1000.0]),
        ("c", [2000.0, 0.0, 3000.0, 1000.0]),
    ];
    field.regions("regions.json", 5070, &places);
    for (year, [first, second]) in [(2010, ["a", "b"]), (2020, ["b", "c"])] {
        let mut plots = String::from("plot,region,stratum,forest,agc_t_c_ha\n");
        for (place, region) in [first, second].into_iter().enumerate() {
            for plot in 0..6 {
                let carbon = 60 + 10 * place + plot + (year - 2010) / 2;
                let row = format!("{region}{plot},{region},{region},1,{carbon}\n");
                plots.push_str(&row);
            }
        }
        field.write(&format!("p{year}.csv"), &plots);
        let strata = format!("stratum,area_ha,weight\n{first},200,0.5\n{second},200,0.5\n");
        field.write(&format!("s{year}.csv"), &strata);
    }
    let both = ["s2010.csv", "s2020.csv"].map(|name| {
        let text = std::fs::read_to_string(field.path(name)).unwrap();
        let year = &name[1..5];
        let lines = text.lines().skip(1).map(|line| format!("{line},{year}\n"));
        lines.collect::<String>()
    });
    field.write(
        "strata.csv",
        &format!("stratum,area_ha,weight,year\n{}", both.concat()),
    );
    field.done(
        "[inventory]\ndesign = \"stratified\"\nmin-plots = 3\n\
         [[inventory.plots]]\nyear = 2010\npath = \"p2010.csv\"\n\
         [[inventory.plots]]\nyear = 2020\npath = \"p2020.csv\"\n\
         [inventory.fields]\nid = \"plot\"\nregion = \"region\"\nstratum = \"stratum\"\n\
         forest-share = \"forest\"\nabove-ground-carbon = \"agc_t_c_ha\"\n\
         [inventory.strata]\npath = \"strata.csv\"\nyear = \"year\"\nstratum = \"stratum\"\n\
         area = \"area_ha\"\nweight = \"weight\"\n\
         [carbon]\nmethod = \"plots-stock-difference\"\n",
        &[],
    );
    let row = |id: &str| field.row("summary.csv", &[("region_id", id)]);
    let (b, total) = (row("b"), row("_total"));
    // b is the second of 2010 and the first of 2020: 70 to 75, then 65 to 70 t C/ha on 100 ha.
    near(&b, "sequestration_tco2e_yr", -50.0 * 44.0 / 12.0, 1e-4);
    near(&total, "sequestration_tco2e_yr", -50.0 * 44.0 / 12.0, 1e-4);
    for without in ["without region a (", "region c ("] {
        assert!(total["notes"].contains(without), "{total:?}");
    }
}

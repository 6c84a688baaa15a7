//! Figures that are of a part because the rest is not known: their values, credits and targets say so.

use std::fmt::Write as _;

use crate::field::{Field, lattice, near};

/// Two regions of 100 ha with three plots each, of which `b1` has no value in 2020; the map shows half of `b`.
fn field() -> Field {
    let field = Field::new();
    let regions = [
        ("a", [0.0, 0.0, 1000.0, 1000.0]),
        ("b", [1000.0, 0.0, 2000.0, 1000.0]),
    ];
    field.regions("regions.json", 5070, &regions);
    let place = lattice(5070, (0.0, 1000.0), 100.0, (20, 10));
    field.codes("lc.tif", place, 0, |col, _| match col {
        15.. => 0,
        12.. => 2,
        _ => 1,
    });
    field.write(
        "legend.csv",
        "code,class_name,ecosystem\n1,wood,forest\n2,field,cropland\n",
    );
    for (year, last) in [(2010, "50"), (2020, "")] {
        let gained = year / 10 - 201;
        let plots: String = [("a", 1), ("a", 2), ("a", 3), ("b", 2), ("b", 3)]
            .map(|(region, number)| {
                format!("{region}{number},{region},{}\n", 50 + number + 5 * gained)
            })
            .concat();
        field.write(
            &format!("plots{year}.csv"),
            &format!("id,region,agc_t_c_ha\n{plots}b1,b,{last}\n"),
        );
    }
    field.write(
        "targets.csv",
        "year,indicator,comparison,value,unit,scope\n\
         2020,sequestration,>=,150,t_co2e/yr,_total\n\
         2020,sequestration,>=,150,t_co2e/yr,a\n\
         2020,forest_coverage_rate,>=,15,percent,b\n\
         2021,forest_coverage_rate,>=,50,percent,b\n\
         2022,forest_coverage_rate,>=,75,percent,b\n",
    );
    field
}

const PLAN: &str = "[[land-cover]]\nyear = 2020\npath = \"lc.tif\"\nlegend = \"legend.csv\"\n\
    [inventory]\ndesign = \"simple-random\"\narea-ha = 200\nmin-plots = 3\n\
    [[inventory.plots]]\nyear = 2010\npath = \"plots2010.csv\"\n\
    [[inventory.plots]]\nyear = 2020\npath = \"plots2020.csv\"\n\
    [inventory.fields]\nid = \"id\"\nprevious = \"id\"\nregion = \"region\"\n\
    above-ground-carbon = \"agc_t_c_ha\"\n\
    [carbon]\nmethod = \"plots-stock-difference\"\n\
    [price]\ntco2e = 50\ncurrency = \"CNY\"\n[credit]\nrule = \"art-trees-2.0\"\n\
    [targets]\npath = \"targets.csv\"\n";

/// The removal of all is that of `a`, 100 ha x 5 t C/ha / 10 yr x 44/12 = 183.3 t `CO2e` a year: above the target of
/// all, which says nothing of `b`. Of `b` 50 ha are seen, of which 20 are forest: 20 to 70 % of it.
#[test]
fn what_rests_on_a_figure_of_a_part_says_so() {
    let field = field();
    field.done(PLAN, &[]);
    let words = "removal of forest: without region b (1 plot has no value: `b1`): the change there is not in it";
    let all = [("region_id", "_total")];
    let mut notes = vec![field.row("summary.csv", &all)["notes"].clone()];
    for table in [
        "tables/value.csv",
        "tables/credit.csv",
        "tables/targets.csv",
    ] {
        notes.push(field.row(table, &all)["note"].clone());
    }
    for note in &notes {
        assert!(note.contains(words), "{note}");
    }
    let target = |region: &str, year: &str| {
        let row = field.row(
            "tables/targets.csv",
            &[("region_id", region), ("year", year)],
        );
        (row["met"].clone(), row["gap"].clone())
    };
    let unknown = (String::new(), String::new());
    assert_eq!(target("_total", "2020"), unknown);
    assert_eq!(target("b", "2020").0, "true");
    assert_eq!(target("b", "2021"), unknown);
    assert_eq!(target("b", "2022").0, "false");
    let keys = [("region_id", "a"), ("indicator", "sequestration")];
    let row = field.row("tables/targets.csv", &keys);
    assert_eq!(row["met"], "true");
    assert!(!row["note"].contains("part"), "{row:?}");
}

/// `met` and note of a target.
fn target(field: &Field, keys: &[(&str, &str)]) -> (String, String) {
    let row = field.row("tables/targets.csv", keys);
    (row["met"].clone(), row["note"].clone())
}

/// Of `a` 20 ha are crops, whose stock no method gives: what its plots hold is the least that there is. Of `b`, which has
/// no plot and borrows by its mapped forest, the map shows half.
#[test]
fn stocks_without_an_ecosystem_and_what_is_borrowed_by_half_a_map_are_of_a_part() {
    let field = field();
    let place = lattice(5070, (0.0, 1000.0), 100.0, (20, 10));
    field.codes("lc.tif", place, 0, |col, _| match col {
        15.. => 0,
        8..10 => 2,
        _ => 1,
    });
    for (year, gained) in [(2010, 0), (2020, 5)] {
        let plot = |number: i32| format!("a{number},a,{}\n", 50 + number + gained);
        let plots: String = [1, 2, 3].map(plot).concat();
        field.write(
            &format!("plots{year}.csv"),
            &format!("id,region,agc_t_c_ha\n{plots}"),
        );
    }
    field.write(
        "targets.csv",
        "year,indicator,comparison,value,unit,scope\n\
         2020,carbon_stock,>=,1000,t_c,every-region\n\
         2021,carbon_stock,>=,90000,t_c,every-region\n\
         2020,sequestration,>=,1,t_co2e/yr,every-region\n",
    );
    field.done(PLAN, &[]);
    let unknown = "whether it is met is not known";
    for (region, words) in [
        ("a", "not in the carbon stock: cropland"),
        ("b", "the map has valid cells on 50.00 % of the region"),
    ] {
        let of = |indicator, year| {
            let keys = [
                ("region_id", region),
                ("indicator", indicator),
                ("year", year),
            ];
            target(&field, &keys)
        };
        let (met, note) = of("carbon_stock", "2020");
        assert!(met == "true" && note.contains(words), "{met} {note}");
        let (met, note) = of("carbon_stock", "2021");
        let is_told = note.contains(words) && note.contains(unknown);
        assert!(met.is_empty() && is_told, "{met} {note}");
        let (met, note) = of("sequestration", "2020");
        let is_known = region == "a";
        assert_eq!((met == "true", !note.contains(words)), (is_known, is_known));
        for table in ["tables/value.csv", "tables/credit.csv"] {
            let note = field.row(table, &[("region_id", region)])["note"].clone();
            assert_eq!(note.contains(words), !is_known, "{note}");
        }
    }
}

/// A density that the table lacks leaves its pool out of stock and removal, which say so.
#[test]
fn figures_by_class_without_a_pool_are_of_a_part() {
    let field = field();
    for year in [2010, 2020] {
        let place = lattice(5070, (0.0, 1000.0), 100.0, (20, 10));
        let path = format!("lc{year}.tif");
        drop(field.raster::<u8>(&path, place, &[], |col, row| {
            if col >= 10 && (year == 2020 || row > 4) {
                2
            } else {
                1
            }
        }));
    }
    field.write("densities.csv", "lucode,c_above,c_soil\n1,100,50\n2,,60\n");
    field.write(
        "targets.csv",
        "year,indicator,comparison,value,unit,scope\n\
         2020,carbon_stock,>=,90000,t_c,_total\n\
         2020,sequestration,>=,1,t_co2e/yr,_total\n",
    );
    let map = |year: i32| {
        format!("[[land-cover]]\nyear = {year}\npath = \"lc{year}.tif\"\nlegend = \"legend.csv\"\n")
    };
    let money = &PLAN[PLAN.find("[price]").unwrap()..];
    let plan = format!(
        "{}{}[carbon]\nclass-density = {{ path = \"densities.csv\", soil-depth-cm = 30 }}\n{money}",
        map(2010),
        map(2020)
    );
    field.done(&plan, &[]);
    let why = "densities.csv has no density of it for class 2";
    let of_stock = "not in the carbon stock: above-ground";
    let of_removal =
        "removal of above-ground by class-density is not in sequestration_tco2e_yr: unknown";
    let all = [("region_id", "_total")];
    let summary = field.row("summary.csv", &all);
    let notes = &summary["notes"];
    assert!(
        notes.contains(of_stock) && notes.contains(of_removal),
        "{notes}"
    );
    assert_eq!(notes.matches(why).count(), 2, "{notes}");
    for table in ["tables/value.csv", "tables/credit.csv"] {
        let note = field.row(table, &all)["note"].clone();
        assert!(note.contains(of_removal), "{note}");
    }
    for (indicator, words) in [("carbon_stock", of_stock), ("sequestration", of_removal)] {
        let (met, note) = target(&field, &[all[0], ("indicator", indicator)]);
        assert!(met.is_empty() && note.contains(words), "{met} {note}");
    }
    let keys = [("region_id", "a"), ("pool", "above-ground")];
    let row = field.row("tables/carbon.csv", &[keys[0], keys[1], ("year", "2020")]);
    assert_eq!(row["quality"], "user-parameter");
}

/// The map shows nothing of `b`: nothing is known of it, and its targets say why.
#[test]
fn what_is_not_known_at_all_has_no_quality_and_its_targets_say_why() {
    let field = field();
    let place = lattice(5070, (0.0, 1000.0), 100.0, (20, 10));
    field.codes("lc.tif", place, 0, |col, _| u8::from(col < 10));
    let map = &PLAN[..PLAN.find("[inventory]").unwrap()];
    field.done(&format!("{map}[targets]\npath = \"targets.csv\"\n"), &[]);
    for (region, quality) in [("a", "map-only"), ("b", "missing")] {
        let row = field.row("summary.csv", &[("region_id", region)]);
        assert_eq!(row["quality"], quality);
    }
    for (indicator, why) in [
        (
            "forest_coverage_rate",
            "no valid cell of the map in the region: no forest coverage",
        ),
        ("sequestration", "no carbon method in the plan"),
    ] {
        let region = if indicator == "sequestration" {
            "a"
        } else {
            "b"
        };
        let keys = [("region_id", region), ("indicator", indicator)];
        let (met, note) = target(&field, &keys);
        let told = format!("no figure to hold it against: {why}");
        assert!(met.is_empty() && note.contains(&told), "{note}");
        assert!(note.contains("`terrasink check` says what to do"), "{note}");
    }
}

/// `b1` has no value of dead wood in 2020: what stands above ground is known of `b` and of all, and in no sum.
#[test]
fn a_gap_of_one_pool_leaves_the_others_known() {
    let field = field();
    for year in [2010, 2020] {
        let plots = ["a1", "a2", "a3", "b1", "b2", "b3"].map(|id| {
            let dead = if (id, year) == ("b1", 2020) { "" } else { "4" };
            format!("{id},{},{},{dead}\n", &id[..1], 50 + (year - 2010) / 2)
        });
        field.write(
            &format!("plots{year}.csv"),
            &format!("id,region,agc_t_c_ha,dead_t_c_ha\n{}", plots.concat()),
        );
    }
    let above = "above-ground-carbon = \"agc_t_c_ha\"\n";
    let plan = PLAN.replace(
        above,
        &format!("{above}dead-wood-carbon = \"dead_t_c_ha\"\n"),
    );
    field.done(&plan, &[]);
    let why = "not known: dead-wood: 1 plot has no value: `b1`";
    for (id, stock) in [("b", "5500"), ("_total", "11000")] {
        let row = field.row("summary.csv", &[("region_id", id)]);
        assert_eq!(row["carbon_tc"], "", "{row:?}");
        assert!(row["notes"].contains(&format!("forest: {why}")), "{row:?}");
        assert_eq!(
            row["notes"].matches("not known: dead-wood").count(),
            if id == "b" { 2 } else { 1 }
        );
        let of = |table: &str, pool| {
            let year = if table.contains("carbon") {
                "year"
            } else {
                "period_end"
            };
            field.row(
                table,
                &[
                    ("region_id", id),
                    ("pool", pool),
                    ("ecosystem", "forest"),
                    (year, "2020"),
                ],
            )
        };
        let above = of("tables/carbon.csv", "above-ground");
        assert_eq!(above["carbon_tc"], stock, "{above:?}");
        assert_eq!(
            (&*above["counted"], &*above["quality"]),
            ("false", "direct")
        );
        let told = "not counted: the sum of the pools is not known";
        assert!(above["note"].contains(told), "{above:?}");
        for pool in ["dead-wood", "all"] {
            let row = of("tables/carbon.csv", pool);
            assert_eq!((&*row["carbon_tc"], &*row["quality"]), ("", "missing"));
            assert!(row["note"].contains(why), "{row:?}");
        }
    }
    let row = |id, pool| {
        let keys = [("region_id", id), ("pool", pool), ("period_end", "2020")];
        field.row("tables/sequestration.csv", &keys)
    };
    let above = row("b", "above-ground");
    near(&above, "sequestration_tco2e_yr", 50.0 * 44.0 / 12.0, 1e-3);
    assert_eq!(above["counted"], "false");
    for pool in ["dead-wood", "all"] {
        let row = row("b", pool);
        assert_eq!(row["sequestration_tco2e_yr"], "");
        assert!(row["note"].contains(why), "{row:?}");
    }
    let without =
        "without region b (dead-wood: 1 plot has no value: `b1`): the change there is not in it";
    assert!(row("_total", "all")["note"].contains(without));
}

/// Litter was measured at the first visit alone, and of roots the biomass: stock and removal are without both, and what
/// rests on them says so.
#[test]
fn pools_without_carbon_at_a_visit_make_figures_of_a_part() {
    let field = field();
    for (year, litter) in [(2010, "5"), (2020, "")] {
        let mut plots = "id,region,agc_t_c_ha,lit_t_c_ha,bgb_t_ha\n".to_owned();
        for (at, id) in ["a1", "a2", "a3", "b1", "b2", "b3"].iter().enumerate() {
            let above = year - 1960 + at;
            let _ = writeln!(plots, "{id},{},{above},{litter},20", &id[..1]);
        }
        field.write(&format!("plots{year}.csv"), &plots);
    }
    field.write(
        "targets.csv",
        "year,indicator,comparison,value,unit,scope\n\
         2020,sequestration,>=,99999,t_co2e/yr,_total\n\
         2020,carbon_stock,>=,99999,t_c,_total\n2021,carbon_stock,>=,100,t_c,_total\n",
    );
    let litter = "without litter: no plot of 2020 has a value of it";
    let stock = "without below-ground: the plots of 2020 have the biomass of it and no carbon";
    let change =
        "without below-ground: the plots of 2010 and 2020 have the biomass of it and no carbon";
    for (column, [of_stock, of_change]) in [
        ("litter-carbon = \"lit_t_c_ha\"", [litter, litter]),
        ("below-ground-biomass = \"bgb_t_ha\"", [stock, change]),
    ] {
        let above = "above-ground-carbon = \"agc_t_c_ha\"\n";
        field.done(&PLAN.replace(above, &format!("{above}{column}\n")), &[]);
        let summary = field.row("summary.csv", &[("region_id", "_total")]);
        for words in [
            format!("forest: {of_stock}"),
            format!("removal of forest: {of_change}"),
        ] {
            assert!(
                summary["notes"].contains(&words),
                "{words} not in {summary:?}"
            );
        }
        for (indicator, year, met, words) in [
            ("sequestration", "2020", "", of_change),
            ("carbon_stock", "2020", "", of_stock),
            ("carbon_stock", "2021", "true", of_stock),
        ] {
            let (found, note) = target(&field, &[("indicator", indicator), ("year", year)]);
            assert_eq!(found, met, "{indicator} {year}: {note}");
            assert!(note.contains(words), "{indicator} {year}: {note}");
        }
        for table in ["tables/value.csv", "tables/credit.csv"] {
            let row = field.row(table, &[("region_id", "_total")]);
            assert!(row["note"].contains(of_change), "{table}: {row:?}");
        }
    }
}

//! Regions that belong to other regions of the run.

use crate::field::{Field, lattice, near};

/// A county of 400 ha with two towns, and as much forest in each: 100 ha.
fn county() -> Field {
    let field = Field::new();
    let map = lattice(5070, (0.0, 1000.0), 100.0, (40, 10));
    drop(field.raster::<u8>("lc.tif", map, &[], |col, _| if col < 20 { 41 } else { 71 }));
    field.regions(
        "regions.json",
        5070,
        &[
            ("C", [0.0, 0.0, 4000.0, 1000.0]),
            ("T1", [0.0, 0.0, 1000.0, 1000.0]),
            ("T2", [1000.0, 0.0, 4000.0, 1000.0]),
        ],
    );
    let text = std::fs::read_to_string(field.path("regions.json")).unwrap();
    let text = text.replace("\"id\":\"T", "\"county\":\"C\",\"id\":\"T");
    field.write("regions.json", &text);
    field
}

/// Plots of 660 m3/ha together, the first in the place that comes with them.
fn plots(field: &Field, places: [&str; 8]) {
    let stock = ["120", "85", "0", "150", "60", "95", "110", "40"];
    let rows = places.iter().zip(stock).enumerate();
    let rows = rows.map(|(id, (place, stock))| format!("{id},{place},{stock}\n"));
    field.write(
        "plots.csv",
        &format!("id,place,v\n{}", rows.collect::<String>()),
    );
}

fn plan(place: &str) -> String {
    format!(
        "parent = \"county\"\n[[land-cover]]\nyear = 2020\npath = \"lc.tif\"\nlegend = \"nlcd\"\n\
         [inventory]\ndesign = \"simple-random\"\narea-ha = 400\n\
         [[inventory.plots]]\nyear = 2020\npath = \"plots.csv\"\n\
         [inventory.fields]\nid = \"id\"\n{place} = \"place\"\nvolume = {{ column = \"v\", unit = \"m3/ha\" }}\n"
    )
}

/// The plan of plots that are known by their coordinates, any number of them enough.
fn plan_by_place() -> String {
    plan("region")
        .replace(
            "region = \"place\"",
            "x = \"x\"\ny = \"y\"\ncrs = \"EPSG:5070\"",
        )
        .replace("area-ha = 400\n", "area-ha = 400\nmin-plots = 1\n")
}

/// The volume of a region, and how good it is.
fn volume(field: &Field, region: &str, expected: f64, quality: &str, note: &str) {
    let row = field.row("summary.csv", &[("region_id", region)]);
    near(&row, "volume_m3", expected, 1e-7);
    assert!(row["quality"].contains(quality), "{row:?}");
    assert!(row["notes"].contains(note), "{row:?}");
}

#[test]
fn towns_borrow_from_the_county_whose_plots_are_known() {
    let field = county();
    plots(&field, ["C"; 8]);
    // By the region itself, and by the parent of the regions.
    for place in ["region", "parent"] {
        field.done(&plan(place), &[]);
        volume(&field, "C", 33_000.0, "direct", "");
        for town in ["T1", "T2"] {
            volume(&field, town, 16_500.0, "synthetic", "synthetic from C");
        }
    }
}

#[test]
fn plots_of_towns_are_plots_of_their_county() {
    let field = county();
    plots(&field, ["T1", "T1", "T1", "T1", "T1", "T1", "T2", "T2"]);
    field.done(&plan("region"), &[]);
    volume(&field, "C", 33_000.0, "direct", "");
    volume(&field, "T1", 400.0 * 510.0 / 8.0, "direct", "");
    volume(&field, "T2", 16_500.0, "synthetic", "synthetic from C");
}

/// The text of the towns alone.
fn without_county(field: &Field) -> String {
    let text = std::fs::read_to_string(field.path("regions.json")).unwrap();
    let (head, rest) = text.split_once("\"features\":[").unwrap();
    let towns: Vec<&str> = rest
        .trim_end_matches("]}")
        .split("{\"type\":\"Feature\"")
        .skip(2)
        .collect();
    let towns = towns.join("{\"type\":\"Feature\"");
    format!("{head}\"features\":[{{\"type\":\"Feature\"{towns}]}}")
}

#[test]
fn a_parent_that_is_no_region_is_not_borrowed_from_and_said_to_be_none() {
    let field = county();
    field.write("regions.json", &without_county(&field));
    plots(&field, ["T1", "T1", "T1", "T1", "T1", "T1", "T2", "T2"]);
    field.done(&plan("region"), &[]);
    let note = "synthetic from all regions; its parent `C` is no region of the run and is not borrowed from";
    volume(&field, "T2", 16_500.0, "synthetic", note);
    // An older inventory with plots enough there: stock and change are borrowed, and that is said once.
    let newer = std::fs::read_to_string(field.path("plots.csv")).unwrap();
    plots(&field, ["T1", "T1", "T2", "T2", "T2", "T2", "T2", "T2"]);
    std::fs::rename(field.path("plots.csv"), field.path("older.csv")).unwrap();
    field.write("plots.csv", &newer);
    let older = "[[inventory.plots]]\nyear = 2010\npath = \"older.csv\"\n[inventory.fields]";
    field.done(&plan("region").replace("[inventory.fields]", older), &[]);
    let row = field.row("summary.csv", &[("region_id", "T2")]);
    assert!(
        row["notes"].contains("change 2010 to 2020: 2 plots"),
        "{row:?}"
    );
    assert_eq!(row["notes"].matches("its parent").count(), 1, "{row:?}");
}

#[test]
fn towns_of_a_county_without_plots_borrow_from_all_and_are_not_zero() {
    let field = county();
    // Two counties that are no regions; the second has no plot.
    let text = without_county(&field);
    field.write(
        "regions.json",
        &text.replacen("\"C\",\"id\":\"T2", "\"D\",\"id\":\"T2", 1),
    );
    plots(&field, ["C"; 8]);
    field.done(&plan("parent"), &[]);
    // The plots of C stand for its only town.
    volume(&field, "T1", 33_000.0, "synthetic", "synthetic from C");
    volume(&field, "T2", 16_500.0, "synthetic", "0 plots in D");
}

/// Four regions of a hundred hectares that the map shows or hides, `Z` beside it. The mean of the plots is
/// 82.5 m3/ha in 2020: 33 000 m3 on 400 ha, of whose 250 ha of mapped forest `S` has 50.
#[test]
fn a_region_that_the_map_shows_nothing_of_borrows_nothing() {
    let field = Field::new();
    let map = lattice(5070, (0.0, 1000.0), 100.0, (40, 10));
    drop(field.raster::<u8>("lc.tif", map, &[], |col, _| match col {
        0..25 => 41,
        25..30 => 71,
        _ => 0,
    }));
    let square = |at: f64| [1000.0 * at, 0.0, 1000.0 * at + 1000.0, 1000.0];
    let all = ["T1", "T2", "S", "N", "Z"].into_iter();
    let all = all.zip([0.0, 1.0, 2.0, 3.0, 6.0]);
    let all: Vec<_> = all.map(|(id, at)| (id, square(at))).collect();
    field.regions("regions.json", 5070, &all);
    plots(&field, ["T1", "T1", "T1", "T1", "T2", "T2", "T2", "T2"]);
    let stock = std::fs::read_to_string(field.path("plots.csv")).unwrap();
    let rows = stock.lines().skip(1);
    let at = |scale: f64| -> String {
        let rows = rows.clone().map(|row| {
            let (_, stock) = row.rsplit_once(',').unwrap();
            format!("{row},1,{}\n", scale * stock.parse::<f64>().unwrap())
        });
        rows.collect()
    };
    for (name, scale) in [("plots.csv", 0.5), ("earlier.csv", 0.4)] {
        field.write(name, &format!("id,place,v,f,c\n{}", at(scale)));
    }
    let plan = plan("region")
        .replace("parent = \"county\"\n", "")
        .replace(
            "[[inventory.plots]]",
            "min-plots = 2\n[[inventory.plots]]\nyear = 2010\npath = \"earlier.csv\"\n[[inventory.plots]]",
        );
    let carbon = "previous = \"id\"\nforest-share = \"f\"\nabove-ground-carbon = { column = \"c\", unit = \"t_c/ha\" }\n\
        [carbon]\nmethod = \"plots-stock-difference\"\n";
    let output = field.run(&format!("{plan}{carbon}"), &[]);
    assert_eq!(output.status.code(), Some(1), "Z lies beside the map");
    volume(
        &field,
        "S",
        6_600.0,
        "synthetic",
        "synthetic from all regions",
    );
    volume(&field, "_total", 33_000.0, "direct", "");
    let total = field.row("summary.csv", &[("region_id", "_total")]);
    near(&total, "carbon_tc", 16_500.0, 1e-9);
    near(&total, "sequestration_tco2e_yr", 330.0 * 44.0 / 12.0, 1e-6);
    for region in ["N", "Z"] {
        let row = field.row("summary.csv", &[("region_id", region)]);
        for column in [
            "forest_area_est_ha",
            "volume_m3",
            "volume_m3_ha",
            "carbon_tc",
            "sequestration_tco2e_yr",
        ] {
            assert_eq!(row[column], "", "{column} of {row:?}");
        }
        let told = "0 plots, fewer than the 2 asked for an estimate of its own: no map has a value in it, so its share of the mapped forest is not known";
        assert!(row["notes"].contains(told), "{row:?}");
        for said in ["synthetic", "no sequestration: no method"] {
            assert!(!row["notes"].contains(said), "{row:?}");
        }
    }
    // Nor is its share of mapped forest known for the model of small areas.
    let model = "[inventory.small-areas]\nmethod = \"fay-herriot\"\n";
    field.refused(
        &format!("{plan}{model}"),
        &["region N: no map has a value in it", "region Z: no map"],
    );
}

#[test]
fn overlapping_regions_without_a_lender_say_why_they_have_no_figure() {
    let field = county();
    plots(&field, ["T1", "T1", "T1", "T2", "T2", "T2", "T2", "T2"]);
    let plan = plan("region").replace("area-ha = 400\n", "area-ha = 400\nmin-plots = 9\n");
    field.done(&plan, &[]);
    let row = field.row("summary.csv", &[("region_id", "T1")]);
    assert_eq!(row["volume_m3"], "");
    assert!(
        row["notes"].contains(
            "3 plots, fewer than the 9 asked for an estimate of its own: the regions overlap"
        ),
        "{row:?}"
    );
    assert!(!row["notes"].contains("synthetic from"), "{row:?}");
}

#[test]
fn a_plot_on_a_border_belongs_to_one_of_the_regions_that_share_it() {
    let field = county();
    // A row of plots of 100 m3/ha 500 m apart; the third lies on the border of the towns, and the
    // first and the last on that of the county.
    let rows = (0..9).map(|n| format!("{n},{},500,100\n", n * 500));
    field.write(
        "plots.csv",
        &format!("id,x,y,v\n{}", rows.collect::<String>()),
    );
    let plan = plan_by_place();
    field.done(&plan, &[]);
    let each = 400.0 * 100.0 / 9.0;
    volume(&field, "C", 9.0 * each, "direct", "");
    // On the border to the east, and on the outer border to those inside.
    volume(&field, "T1", 2.0 * each, "direct", "");
    volume(&field, "T2", 7.0 * each, "direct", "");
}

#[test]
fn a_layer_speaks_for_the_whole_that_it_covers_and_not_for_a_part_that_it_does_not() {
    let field = county();
    // Three of the hundred cells of the first town have no value: 97 % of it, 99.25 % of the county.
    let map = lattice(5070, (0.0, 1000.0), 100.0, (40, 10));
    drop(field.raster("canopy.tif", map, &[], |col, row| {
        if row == 0 && col < 3 {
            f64::NAN
        } else {
            f64::from(u32::try_from(col).unwrap())
        }
    }));
    let stock = [120, 85, 0, 150, 60, 95, 110, 40];
    let rows = stock.iter().enumerate();
    let rows = rows.map(|(n, stock)| format!("{n},{},450,{stock}\n", n * 500 + 250));
    field.write(
        "plots.csv",
        &format!("id,x,y,v\n{}", rows.collect::<String>()),
    );
    let plan = plan_by_place();
    field.done(
        &format!(
            "{plan}[[layer]]\nname = \"canopy\"\npath = \"canopy.tif\"\nunit = \"percent\"\n\
             [inventory.model-assisted]\nlayers = [\"canopy\"]\n"
        ),
        &[],
    );
    let of = |region| {
        let keys = [
            ("region_id", region),
            ("attribute", "volume"),
            ("statistic", "total"),
        ];
        field.row("tables/inventory.csv", &keys)
    };
    for (region, estimator, note) in [
        ("C", "model-assisted", "of canopy"),
        ("T2", "model-assisted", "of canopy"),
        (
            "T1",
            "simple-random",
            "layer canopy covers 97.00 % of the land",
        ),
    ] {
        let row = of(region);
        assert_eq!(row["estimator"], estimator, "{row:?}");
        assert!(row["note"].contains(note), "{row:?}");
    }
}

#[test]
fn regions_that_belong_to_themselves_are_refused_and_odd_parents_told() {
    let field = county();
    let map =
        "parent = \"county\"\n[[land-cover]]\nyear = 2020\npath = \"lc.tif\"\nlegend = \"nlcd\"\n";
    let right = std::fs::read_to_string(field.path("regions.json")).unwrap();
    let itself = right.replace(
        "\"county\":\"C\",\"id\":\"T1",
        "\"county\":\"T1\",\"id\":\"T1",
    );
    field.write("regions.json", &itself);
    field.refused(map, &["region T1: the region names itself as its parent"]);
    let circle = right.replace("\"id\":\"C\"", "\"county\":\"T2\",\"id\":\"C\"");
    field.write("regions.json", &circle);
    field.refused(map, &["belong to each other in a circle: C -> T2 -> C"]);
    // The county itself may belong to what is no region; of its towns that is a slip.
    let slip = right
        .replace("\"id\":\"C\"", "\"county\":\"state\",\"id\":\"C\"")
        .replace(
            "\"county\":\"C\",\"id\":\"T1",
            "\"county\":\"c\",\"id\":\"T1",
        );
    field.write("regions.json", &slip);
    let said = field.done(map, &[]);
    assert!(
        said.contains("`c`, the parent of T1, is no region of the run"),
        "{said}"
    );
    assert!(!said.contains("`state`"), "{said}");
}

/// Eight plots with squares of deviations of 16 000 in all: the total of 400 ha has a standard error of
/// `400 x sqrt(16 000 / 7 / 8)`. Student's quantile at 95 % with seven degrees of freedom is 1.894579.
#[test]
fn a_target_is_met_with_the_probability_of_the_interval() {
    let field = county();
    plots(&field, ["C"; 8]);
    let error = 400.0 * (16_000.0_f64 / 7.0 / 8.0).sqrt();
    let target = 33_000.0 - 1.894_579 * error;
    field.write(
        "own.csv",
        &format!("year,indicator,comparison,value,unit,scope\n2030,forest_stock_volume,>=,{target},m3,C\n"),
    );
    field.done(
        &format!("{}[targets]\npath = \"own.csv\"\n", plan("region")),
        &[],
    );
    let row = field.row("tables/targets.csv", &[("region_id", "C")]);
    near(&row, "found", 33_000.0, 1e-9);
    near(&row, "probability_pct", 95.0, 1e-5);
}

/// A county, a district in it and a town in that: 300 ha lie in more than one region, some in three.
#[test]
fn land_of_several_regions_is_told_once() {
    let field = county();
    field.regions(
        "regions.json",
        5070,
        &[
            ("C", [0.0, 0.0, 4000.0, 1000.0]),
            ("D", [0.0, 0.0, 3000.0, 1000.0]),
            ("T", [0.0, 0.0, 1000.0, 1000.0]),
        ],
    );
    let map = "[[land-cover]]\nyear = 2020\npath = \"lc.tif\"\nlegend = \"nlcd\"\n";
    let said = field.done(map, &[]);
    assert!(
        said.contains("300.0000 ha lie in more than one region"),
        "{said}"
    );
}

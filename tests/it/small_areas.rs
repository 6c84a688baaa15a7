//! Regions with few plots by a model of all regions: sums of pools, and what keeps the model from being made.

use std::fmt::Write as _;

use crate::field::{Field, lattice, near, number};
use crate::scratch::terrasink;

/// Six regions of 100 ha side by side with 90, 80, ... 40 ha of forest, five plots in each with carbon above and below
/// ground, and a map that hides the first `hidden` of ten rows of `b`.
fn field(hidden: usize, below: impl Fn(&str, f64) -> Option<f64>) -> Field {
    let field = Field::new();
    let ids = ["a", "b", "c", "d", "e", "f"];
    let places: Vec<_> = ids
        .iter()
        .zip([0.0, 1000.0, 2000.0, 3000.0, 4000.0, 5000.0])
        .map(|(id, x)| (*id, [x, 0.0, x + 1000.0, 1000.0]))
        .collect();
    field.regions("regions.json", 5070, &places);
    let of_map = lattice(5070, (0.0, 1000.0), 100.0, (60, 10));
    field.codes("lc.tif", of_map, 0, |col, row| {
        match (col / 10 == 1 && row < hidden, row < 9 - col / 10) {
            (true, _) => 0,
            (_, true) => 1,
            _ => 2,
        }
    });
    field.write(
        "lc.csv",
        "code,class_name,ecosystem\n1,wood,forest\n2,field,cropland\n",
    );
    let mut plots = "id,region,agc_t_ha,bgc_t_ha\n".to_owned();
    for (id, forest) in ids.iter().zip([90.0, 80.0, 70.0, 60.0, 50.0, 40.0]) {
        for (plot, wobble) in [0.0, 8.0, -6.0, 11.0, -9.0].into_iter().enumerate() {
            let plot = format!("{id}{plot}");
            let above = forest + wobble;
            let below = below(&plot, 0.2 * forest - 0.3 * wobble);
            let below = below.map(|carbon| carbon.to_string());
            let _ = writeln!(plots, "{plot},{id},{above},{}", below.unwrap_or_default());
        }
    }
    field.write("plots.csv", &plots);
    field
}

const PLAN: &str = "[[land-cover]]\nyear = 2020\npath = \"lc.tif\"\nlegend = \"lc.csv\"\n\
    [inventory]\ndesign = \"simple-random\"\narea-ha = 600\nmin-plots = 3\n\
    [[inventory.plots]]\nyear = 2020\npath = \"plots.csv\"\n\
    [inventory.fields]\nid = \"id\"\nregion = \"region\"\n\
    above-ground-carbon = \"agc_t_ha\"\nbelow-ground-carbon = \"bgc_t_ha\"\n\
    [inventory.small-areas]\nmethod = \"fay-herriot\"\n\
    [carbon]\nmethod = \"plots-stock-difference\"\n[uncertainty]\ndraws = 100\nseed = 1\n";

/// The sum of the rows of carbon that count in a region.
fn counted(field: &Field, id: &str) -> f64 {
    let rows = field.table("tables/carbon.csv").into_iter();
    let rows = rows.filter(|row| row["region_id"] == id && row["counted"] == "true");
    rows.map(|row| number(&row, "carbon_tc")).sum()
}

#[test]
fn pools_by_their_models_add_up_to_the_carbon_of_the_summary() {
    let field = field(0, |_, carbon| Some(carbon));
    field.done(PLAN, &[]);
    let mut sum = 0.0;
    for id in ["a", "b", "c", "d", "e", "f"] {
        let row = field.row("summary.csv", &[("region_id", id)]);
        assert_eq!(row["quality"], "composite");
        near(&row, "carbon_tc", counted(&field, id), 1e-6);
        sum += number(&row, "carbon_tc");
        let all = [
            ("region_id", id),
            ("attribute", "all_carbon"),
            ("statistic", "total"),
        ];
        let all = field.row("tables/inventory.csv", &all);
        near(&all, "value", number(&row, "carbon_tc"), 1e-6);
        let words =
            "the sum of the pools, each by its model; standard error by the model of the sum";
        assert!(all["note"].contains(words), "{all:?}");
        // Every pool is told as it is in the table of the inventory.
        let told = terrasink(&["explain", &field.text("out"), id, "carbon_tc"]);
        let told = String::from_utf8(told.stdout).unwrap();
        assert!(told.contains(words), "{told}");
        assert_eq!(told.matches(" ha x (").count(), 3, "{told}");
        assert!(told.contains(" from the plots + "), "{told}");
        assert!(!told.contains("differ by"), "{told}");
        let told = "times the factor that adjusts them to their total";
        assert!(all["note"].contains(told), "{all:?}");
    }
    near(
        &field.row("summary.csv", &[("region_id", "_total")]),
        "carbon_tc",
        sum,
        1e-6,
    );
}

#[test]
fn a_gap_of_one_pool_drops_the_model_of_all_pools_and_every_gap_is_named() {
    let field = field(0, |plot, carbon| {
        (!["b1", "e2"].contains(&plot)).then_some(carbon)
    });
    let said = field.done(PLAN, &[]);
    let told = "above_ground_carbon, below_ground_carbon, all_carbon of 2020 by the estimates of the regions without the model of small areas: region b has no estimate from its plots: 1 plot has no value: `b1`, region e has no estimate from its plots: 1 plot has no value: `e2`";
    assert!(said.contains(told), "{said}");
    for id in ["a", "c", "d", "f"] {
        let row = field.row("summary.csv", &[("region_id", id)]);
        assert_eq!(row["quality"], "direct");
        near(&row, "carbon_tc", counted(&field, id), 1e-6);
    }
}

#[test]
fn land_under_cloud_is_not_taken_as_without_forest() {
    let field = field(5, |_, carbon| Some(carbon));
    let said = field.done(PLAN, &[]);
    let told = "no model of small areas, as the map shows only a part of b (50.00 %) and the share of mapped forest there is not known: regions have the estimates without it";
    assert!(said.contains(told), "{said}");
    let without = PLAN.replace("[inventory.small-areas]\nmethod = \"fay-herriot\"\n", "");
    let ids = ["a", "b", "c", "d", "e", "f"];
    let carbon = || ids.map(|id| field.row("summary.csv", &[("region_id", id)]));
    let dropped = carbon();
    field.done(&without, &[]);
    for (dropped, direct) in dropped.iter().zip(carbon()) {
        assert_eq!(dropped["carbon_tc"], direct["carbon_tc"]);
        assert_eq!(dropped["quality"], "direct");
        assert!(dropped["notes"].contains(told), "{dropped:?}");
    }
}

/// The plots of `f` are no part of the sample: the regions of its land add up to the direct total, and `f` has what the
/// model says of it. Where its hectares do not tell whether `f` is among it, nothing is adjusted.
#[test]
fn regions_add_up_to_the_total_of_the_land_that_they_are_of() {
    let ids = ["a", "b", "c", "d", "e", "f"];
    let carbon = |area: u32, benchmark: &str| {
        let field = field(0, |_, carbon| Some(carbon));
        let plots = std::fs::read_to_string(field.path("plots.csv")).unwrap();
        let kept = plots.lines().filter(|plot| !plot.starts_with('f'));
        field.write("plots.csv", &kept.collect::<Vec<_>>().join("\n"));
        let method = "method = \"fay-herriot\"\n";
        let plan = PLAN
            .replace("area-ha = 600", &format!("area-ha = {area}"))
            .replace(method, &format!("{method}{benchmark}"));
        let said = field.done(&plan, &[]);
        let row = |id: &str| field.row("summary.csv", &[("region_id", id)]);
        let f = row("f")["notes"].clone();
        let all = row("_total");
        let regions = ids.map(|id| number(&row(id), "carbon_tc"));
        (
            regions,
            number(&all, "carbon_tc"),
            all["notes"].clone(),
            f,
            said,
        )
    };
    let (bare, total, ..) = carbon(500, "benchmark = false\n");
    let sum = |regions: &[f64; 6]| regions[..5].iter().sum::<f64>();
    let close = |found: f64, expected: f64| {
        assert!((found / expected - 1.0).abs() < 1e-9, "{found} {expected}");
    };
    let (regions, _, notes, of_f, said) = carbon(500, "");
    close(sum(&regions), total);
    close(regions[5], bare[5]);
    // Each pool has a factor of its own, so that of their sum is nearly the same everywhere.
    let factor = total / sum(&bare);
    for (adjusted, bare) in regions[..5].iter().zip(&bare) {
        assert!((adjusted / bare / factor - 1.0).abs() < 1e-3);
    }
    let words = "without region f (the inventory of 2020 is not of its land): the stock there is not in it; carbon_tc_ha divides by the land of all regions";
    assert!(notes.contains(words), "{notes}");
    let words = "by the model alone, not adjusted to the direct total";
    assert!(
        of_f.contains(words) && !said.contains("not adjusted"),
        "{of_f}"
    );
    let (unadjusted, _, notes, of_f, said) = carbon(550, "");
    let (bare, ..) = carbon(550, "benchmark = false\n");
    for (unadjusted, bare) in unadjusted.iter().zip(bare) {
        close(*unadjusted, bare);
    }
    let words = "the inventory of 2020 has no plots in region f and is of 550.0 ha: whether the stock there is in it is not known";
    assert!(notes.contains(words), "{notes}");
    let words = "stocks of 2020 are not adjusted to the direct total: its plots stand for 550.0 ha of the 600.0 ha of all regions, and whether region f is of this land is not known";
    assert!(
        said.contains(words) && of_f.contains(words),
        "{said} {of_f}"
    );
    let (regions, total, notes, ..) = carbon(600, "");
    close(sum(&regions) + regions[5], total);
    assert!(!notes.contains("without region"), "{notes}");
}

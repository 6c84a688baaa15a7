//! Components of change from a user's own trees: two visits with ids and a status.

use crate::field::{Field, Row, near, number};

/// 1 000 ha with four plots: A and B visited in 2010 and 2015, C once as D before, E in 2015 alone.
fn square() -> Field {
    let field = Field::new();
    field.regions("regions.json", 5070, &[("u", [0.0, 0.0, 5000.0, 2000.0])]);
    field.write(
        "plots.csv",
        "epoch,id,before,region,share,year\n\
         2010,A,,u,1,2010\n2010,B,,u,1,2010\n2010,D,,u,0,2011\n\
         2015,A,,u,1,2015\n2015,B,,u,1,2014\n2015,C,D,u,0,2015\n2015,E,,u,1,2015\n",
    );
    field.write(
        "trees.csv",
        "epoch,plot,tree,status,n,v_m3\n\
         2010,A,1,live,20,1\n2010,A,2,live,20,0.5\n2010,A,3,live,20,0.25\n2010,B,1,live,10,2\n2010,B,9,dead,,\n\
         2015,A,1,live,20,1.5\n2015,A,2,dead,,\n2015,A,3,stump,,\n2015,A,4,live,20,0.1\n2015,B,1,live,10,3\n2015,B,9,dead,,\n2015,E,1,live,20,4\n",
    );
    field
}

const PLAN: &str = "[inventory]\ndesign = \"simple-random\"\narea-ha = 1000\nmin-plots = 1\n\
    [[inventory.plots]]\nyear = 2010\npath = \"plots.csv\"\nwhere = { epoch = 2010 }\n\
    [[inventory.plots]]\nyear = 2015\npath = \"plots.csv\"\nwhere = { epoch = 2015 }\n\
    [inventory.fields]\nid = \"id\"\nprevious = \"before\"\nregion = \"region\"\nforest-share = \"share\"\nmeasured = \"year\"\n\
    [[inventory.trees]]\nyear = 2010\npath = \"trees.csv\"\nwhere = { epoch = 2010 }\n\
    [[inventory.trees]]\nyear = 2015\npath = \"trees.csv\"\nwhere = { epoch = 2015 }\n\
    [inventory.tree-fields]\nplot = \"plot\"\ntrees-per-ha = \"n\"\nvolume = \"v_m3\"\n\
    tree = \"tree\"\nstatus = \"status\"\nlive = \"live\"\ndead = \"dead\"\ncut = [\"stump\", \"gone\"]\n";

fn figure(field: &Field, attribute: &str, statistic: &str) -> Row {
    let keys = [
        ("region_id", "u"),
        ("attribute", attribute),
        ("statistic", statistic),
        ("domain", ""),
    ];
    field.row("tables/inventory.csv", &keys)
}

#[test]
fn components_of_two_visits_by_hand() {
    let field = square();
    field.done(PLAN, &[]);
    // m3/ha and year on A, B and C, with five, four and four years between the visits.
    let parts: [(&str, [f64; 3]); 5] = [
        ("yearly_growth", [20.0 * 0.5 / 5.0, 10.0 / 4.0, 0.0]),
        ("yearly_ingrowth", [20.0 * 0.1 / 5.0, 0.0, 0.0]),
        ("yearly_mortality", [20.0 * 0.5 / 5.0, 0.0, 0.0]),
        ("yearly_cut", [20.0 * 0.25 / 5.0, 0.0, 0.0]),
        ("yearly_net_change", [(32.0 - 35.0) / 5.0, 10.0 / 4.0, 0.0]),
    ];
    for (statistic, plots) in parts {
        let mean = plots.iter().sum::<f64>() / 3.0;
        let spread: f64 = plots.iter().map(|plot| (plot - mean).powi(2)).sum();
        let found = figure(&field, "volume", statistic);
        near(&found, "value", mean * 1000.0, 1e-10);
        near(
            &found,
            "standard_error",
            (spread / 6.0).sqrt() * 1000.0,
            1e-10,
        );
        assert_eq!((&*found["from_year"], &*found["plots"]), ("2010", "3"));
        // Two of the three plots were forest at both visits.
        let of_forest = figure(&field, "volume", &format!("{statistic}_per_forest_hectare"));
        near(&of_forest, "value", mean * 1.5, 1e-10);
    }
    let ingrowth = figure(&field, "trees", "yearly_ingrowth");
    near(&ingrowth, "value", 20.0 / 5.0 / 3.0 * 1000.0, 1e-10);
    assert!(
        ingrowth["note"].contains("3 of 4 plots visited twice"),
        "{ingrowth:?}"
    );
    // The stock is that of living trees alone.
    let stock = field.table("tables/inventory.csv");
    let stock = stock.iter().find(|row| {
        row["year"] == "2015" && row["attribute"] == "volume" && row["statistic"] == "total"
    });
    let mean = (32.0 + 30.0 + 0.0 + 80.0) / 4.0;
    assert!((number(stock.unwrap(), "value") - mean * 1000.0).abs() < 1e-6);
}

#[test]
fn components_of_species_by_hand() {
    let field = square();
    let trees = std::fs::read_to_string(field.path("trees.csv")).unwrap();
    let species = |line: &str| match line.split(',').nth(2) {
        Some("tree") => "kind",
        // The third was called an ash when it was there, and nothing as a stump.
        Some("3" | "4") if line.contains("live") => "ash",
        Some("3") => "",
        _ => "oak",
    };
    let with_species = trees
        .lines()
        .map(|line| format!("{line},{}\n", species(line)));
    field.write("trees.csv", &with_species.collect::<String>());
    field.done(&format!("{PLAN}species = \"kind\"\n"), &[]);
    for (species, statistic, plots) in [
        ("oak", "yearly_growth", [20.0 * 0.5 / 5.0, 10.0 / 4.0]),
        ("oak", "yearly_mortality", [20.0 * 0.5 / 5.0, 0.0]),
        ("oak", "yearly_net_change", [0.0, 10.0 / 4.0]),
        ("ash", "yearly_ingrowth", [20.0 * 0.1 / 5.0, 0.0]),
        ("ash", "yearly_cut", [20.0 * 0.25 / 5.0, 0.0]),
        ("ash", "yearly_net_change", [20.0 * (0.1 - 0.25) / 5.0, 0.0]),
    ] {
        let keys = [
            ("region_id", "u"),
            ("attribute", "volume"),
            ("statistic", statistic),
            ("domain", &format!("species={species}")),
        ];
        let found = field.row("tables/inventory.csv", &keys);
        near(
            &found,
            "value",
            plots.iter().sum::<f64>() / 3.0 * 1000.0,
            1e-10,
        );
    }
}

#[test]
fn a_share_of_forest_leaves_the_components_without_hectares() {
    let field = square();
    let plots = std::fs::read_to_string(field.path("plots.csv")).unwrap();
    field.write("plots.csv", &plots.replace("2015,B,,u,1", "2015,B,,u,0.5"));
    field.done(PLAN, &[]);
    figure(&field, "volume", "yearly_growth");
    let rows = field.table("tables/inventory.csv");
    assert!(
        !rows
            .iter()
            .any(|row| row["statistic"].starts_with("yearly_growth_per"))
    );
}

#[test]
fn what_two_visits_do_not_tell_is_refused_with_the_trees() {
    let field = square();
    let trees = std::fs::read_to_string(field.path("trees.csv")).unwrap();
    field.write(
        "trees.csv",
        &trees
            .replace("2015,A,2,dead", "2015,A,8,dead")
            .replace("2015,B,9,dead,,", "2015,B,9,live,10,1"),
    );
    field.refused(
        PLAN,
        &[
            "1 tree alive in 2010 without a row in 2015: 2 on plot A",
            "1 tree dead or cut in 2010 and alive in 2015: 9 on plot B",
        ],
    );
    field.write(
        "trees.csv",
        &trees
            .replace("2015,A,4,live", "2015,A,1,live")
            .replace("2015,E,1,live", "2015,E,,live")
            .replace("2010,B,9,dead", "2010,B,9,fallen"),
    );
    field.refused(
        PLAN,
        &[
            "trees stand twice: 1 on plot A",
            "1 tree has no id",
            "1 tree has the status `fallen`",
        ],
    );
}

#[test]
fn keys_of_the_status_go_together() {
    let field = square();
    let without = |key: &str| {
        let lines = PLAN.lines().filter(|line| !line.starts_with(key));
        lines.collect::<Vec<_>>().join("\n")
    };
    field.refused(
        &without("status = "),
        &[
            "`live`, `dead` or `cut`",
            "`tree` of `[inventory.tree-fields]` without `status`",
        ],
    );
    field.refused(
        &without("live = "),
        &["`status` of `[inventory.tree-fields]` without `live`"],
    );
    // Ids that do not meet: no second visit at all.
    let plots = std::fs::read_to_string(field.path("plots.csv")).unwrap();
    let apart = plots
        .replace("2010,A,,u", "2010,X,,u")
        .replace("2010,B,,u", "2010,Y,,u");
    field.write("plots.csv", &apart.replace("C,D,u", "C,,u"));
    let trees = std::fs::read_to_string(field.path("trees.csv")).unwrap();
    let apart = trees
        .replace("2010,A,", "2010,X,")
        .replace("2010,B,", "2010,Y,");
    field.write("trees.csv", &apart);
    field.refused(PLAN, &["no plot of 2015 was visited before, in 2010"]);
}

//! The forest of map, plots and register side by side, through a plan.

use std::fmt::Write as _;

use crate::field::{Field, lattice, near};
use crate::scratch::terrasink;

const PLAN: &str = "[[land-cover]]\nyear = 2019\npath = \"lc.tif\"\nlegend = \"nlcd\"\n\
    [forest]\ndefinition = \"cn-nfi\"\n\
    [inventory]\ndesign = \"simple-random\"\narea-ha = 100\n\
    [[inventory.plots]]\nyear = 2018\npath = \"plots.csv\"\n\
    [inventory.fields]\nid = \"id\"\nregion = \"region\"\nforest-share = \"forest\"\n\
    [[inventory.stands]]\nyear = 2019\npath = \"stands.json\"\n[inventory.stands.fields]\nid = \"id\"\n";

/// A square kilometre: 60 ha of forest on the map, 50 ha in the register, five of eight plots.
#[test]
fn map_plots_and_register_stand_beside_each_other_with_their_rules() {
    let field = Field::new();
    let cells = lattice(5070, (0.0, 1000.0), 100.0, (10, 10));
    field.raster::<u8>("lc.tif", cells, &[], |_, row| if row < 6 { 41 } else { 71 });
    field.regions("regions.json", 5070, &[("a", [0.0, 0.0, 1000.0, 1000.0])]);
    field.regions("stands.json", 5070, &[("1", [0.0, 500.0, 1000.0, 1000.0])]);
    let mut plots = String::from("id,region,forest\n");
    for (id, forest) in [1, 1, 1, 0, 1, 0, 1, 0].iter().enumerate() {
        let _ = writeln!(plots, "{id},a,{forest}");
    }
    field.write("plots.csv", &plots);
    field.done(PLAN, &[]);
    let row = |source: &str, other: &str| {
        let keys = [("region_id", "a"), ("source", source), ("other", other)];
        field.row("tables/coverage_compared.csv", &keys)
    };
    let map = row("map", "");
    near(&map, "forest_area_ha", 60.0, 1e-6);
    near(&map, "forest_cover_pct", 60.0, 1e-6);
    assert!(map["forest_area_se_ha"].is_empty() && map["difference_ha"].is_empty());
    assert!(
        map["rule"].starts_with("cn-nfi (continuous inventory")
            && map["rule"].contains("canopy 20 %, patch 0.0667 ha, width 10 m"),
        "{map:?}"
    );
    // Five of eight plots: share p with the standard error sqrt(p (1 - p) / (n - 1)).
    let error = 100.0 * (0.625_f64 * 0.375 / 7.0).sqrt();
    let plots = row("plots", "map");
    near(&plots, "forest_area_ha", 62.5, 1e-6);
    near(&plots, "difference_ha", 2.5, 1e-5);
    near(&plots, "difference_se_ha", error, 1e-5);
    // Student's quantile of seven degrees of freedom.
    near(&plots, "difference_hi_ha", 2.5 + 2.364_624 * error, 1e-5);
    assert!(plots["rule"].contains("column `forest`"));
    assert!(
        plots["note"].contains("of 2018 and 2019") && plots["note"].contains("the rules differ")
    );
    let register = row("register", "map");
    near(&register, "difference_ha", -10.0, 1e-5);
    assert!(register["difference_se_ha"].is_empty());
    assert!(register["note"].contains("neither has a sampling error"));
    let both = row("register", "plots");
    near(&both, "difference_ha", -12.5, 1e-5);
    near(&both, "difference_se_ha", error, 1e-5);
    let told = terrasink(&["explain", &field.text("out"), "a", "forest_cover_pct"]);
    let told = String::from_utf8(told.stdout).unwrap();
    for words in [
        "map of 2019: cn-nfi",
        "plots less map: 2.5 ha, standard error 18.2981",
        "register of 2019: registered area of all stands",
    ] {
        assert!(told.contains(words), "no `{words}` in {told}");
    }
    // A fifth of the region has no map.
    field.regions("regions.json", 5070, &[("a", [0.0, 0.0, 1250.0, 1000.0])]);
    field.done(PLAN, &[]);
    let part = "of the whole region, where land and map are of the 80.00 % of it with a class";
    for (source, told) in [("plots", true), ("register", true), ("map", false)] {
        let other = if told { "map" } else { "" };
        let row = row(source, other);
        assert_eq!(row["note"].contains(part), told, "{row:?}");
    }
}

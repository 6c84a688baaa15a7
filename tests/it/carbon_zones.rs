//! Methods by zone: land that changed is told by the entries that hold for it.

use crate::field::{Field, Lattice, Row, lattice, near, number};

/// Removals are written to three decimals.
const WRITTEN: f64 = 1e-4;

/// Ten by ten cells of 1 ha, all forest (41) in 2010; the left half is cropland (82) in 2020. The upper
/// row lies in zone 1, warm and moist, the rest in zone 2, cool and dry.
pub(crate) fn field() -> Field {
    let field = Field::new();
    field.raster::<u8>("lc2010.tif", cells(), &[], |_, _| 41);
    field.raster::<u8>(
        "lc2020.tif",
        cells(),
        &[],
        |col, _| if col < 5 { 82 } else { 41 },
    );
    field.raster::<u8>(
        "zones.tif",
        cells(),
        &[],
        |_, row| if row == 0 { 1 } else { 2 },
    );
    field.write("zones.csv", "code,class_name\n1,wet\n2,dry\n");
    field.regions("regions.json", 5070, &[("a", [0.0, 0.0, 1000.0, 1000.0])]);
    field
}

/// Two maps and the zones.
pub(crate) const MAPS: &str = "[[land-cover]]\nyear = 2010\npath = \"lc2010.tif\"\nlegend = \"nlcd\"\n\
    [[land-cover]]\nyear = 2020\npath = \"lc2020.tif\"\nlegend = \"nlcd\"\n\
    [[layer]]\nname = \"zones\"\npath = \"zones.tif\"\nlegend = \"zones.csv\"\n";

/// Keys of secondary forest of the subtropics.
pub(crate) const TREES: &str = "keys = { ecological-zone = \"subtropical-humid\", continent = \"asia\", status = \"secondary-gt20y\", root-zone = \"subtropical-humid\", origin = \"natural\", above-ground-class = \"125\" }\n";

/// Ten by ten cells of 1 ha, those of the maps.
pub(crate) fn cells() -> Lattice {
    lattice(5070, (0.0, 1000.0), 100.0, (10, 10))
}

/// The yearly removal of the region.
pub(crate) fn headline(field: &Field) -> f64 {
    let summary = field.row("summary.csv", &[("region_id", "a")]);
    number(&summary, "sequestration_tco2e_yr")
}

/// The removal of a pool by a method.
pub(crate) fn removal(field: &Field, method: &str, pool: &str) -> Row {
    let keys = [("region_id", "a"), ("method", method), ("pool", pool)];
    field.row("tables/sequestration.csv", &keys)
}

/// Removals of the summary are written to three decimals.
pub(crate) fn close(found: f64, expected: f64) {
    assert!((found - expected).abs() < 0.01, "{found} {expected}");
}

/// An entry for an ecosystem, with further lines.
pub(crate) fn entry(ecosystem: &str, method: &str, more: &str) -> String {
    format!("[[carbon.ecosystem]]\necosystem = \"{ecosystem}\"\nmethod = \"{method}\"\n{more}\n")
}

const CROPS: &str = "keys = { land-use = \"long-term-cultivated\", management = \"full-tillage\", input = \"medium\" }\n";

/// Soils of forest and cropland in a zone.
fn soils(zone: &str, class: u8) -> [String; 2] {
    let within = format!(
        "climate-zone = \"{zone}\"\nwithin = {{ layer = \"zones\", classes = [{class}] }}\n"
    );
    [
        entry("forest", "soil-reference-ipcc2006", &within),
        entry(
            "cropland",
            "cropland-soil-ipcc2006",
            &format!("{within}{CROPS}"),
        ),
    ]
}

const HEAD: &str = "[carbon]\nkeys = { soil-class = \"high-activity-clay\" }\n";

fn changed(field: &Field) -> Row {
    field.row(
        "tables/sequestration.csv",
        &[("region_id", "a"), ("method", "soil-change-tier1")],
    )
}

/// 5 ha lose 88 x 0.31 t C/ha and 45 ha lose 50 x 0.20, over twenty years, whatever the order of the
/// entries; the transitions of the same run say the same.
#[test]
fn soil_that_changed_takes_the_entry_of_its_own_zone() {
    let field = field();
    let change = entry("cropland", "soil-change-tier1", "");
    let yearly = -(5.0 * 27.28 + 45.0 * 10.0) / 20.0 * 44.0 / 12.0;
    for turned in [false, true] {
        let [a, b] = soils("warm-temperate-moist", 1);
        let [c, d] = soils("cool-temperate-dry", 2);
        let mut entries = [a, b, c, d];
        if turned {
            entries.reverse();
        }
        field.done(&format!("{MAPS}{HEAD}{}{change}", entries.concat()), &[]);
        near(&changed(&field), "sequestration_tco2e_yr", yearly, WRITTEN);
        let summary = field.row("summary.csv", &[("region_id", "a")]);
        near(&summary, "sequestration_tco2e_yr", yearly, WRITTEN);
        let pair = field.row(
            "tables/carbon_transitions.csv",
            &[
                ("from_code", "forest"),
                ("to_code", "cropland"),
                ("pool", "soil-organic"),
            ],
        );
        near(&pair, "change_tc", yearly * 20.0 * 12.0 / 44.0, WRITTEN);
    }
}

/// Soils of one zone alone: the change is of the land there, and the row says how much is left out.
#[test]
fn changed_land_that_no_entry_holds_has_no_figure() {
    let field = field();
    let change = entry("cropland", "soil-change-tier1", "");
    let soils = soils("cool-temperate-dry", 2).concat();
    field.done(&format!("{MAPS}{HEAD}{soils}{change}"), &[]);
    let row = changed(&field);
    near(
        &row,
        "sequestration_tco2e_yr",
        -45.0 * 0.5 * 44.0 / 12.0,
        WRITTEN,
    );
    assert!(
        row["note"].contains("5.0000 ha that changed are left out"),
        "{row:?}"
    );
    assert!(row["note"].contains("where they lie"), "{row:?}");
    // Without a soil of what it was, none of 50 ha is told, and no other land is counted.
    let growth = entry("forest", "forest-growth-ipcc2019", TREES);
    let [_, cropland] = self::soils("cool-temperate-dry", 2);
    field.done(&format!("{MAPS}{HEAD}{cropland}{growth}{change}"), &[]);
    let notes = &field.row("summary.csv", &[("region_id", "a")])["notes"];
    let told = "removal of cropland by soil-change-tier1 is not in sequestration_tco2e_yr: \
        50.0000 ha that changed are left out";
    assert!(notes.contains(told), "{notes}");
}

/// Of a region where no land changed its use, or longer than twenty years ago, the change of soil is none.
#[test]
fn soil_of_land_that_did_not_change_gains_nothing() {
    let field = field();
    let halves = [
        ("a", [0.0, 0.0, 500.0, 1000.0]),
        ("b", [500.0, 0.0, 1000.0, 1000.0]),
    ];
    field.regions("regions.json", 5070, &halves);
    let soil = "climate-zone = \"warm-temperate-moist\"\n";
    let stocks = entry("forest", "soil-reference-ipcc2006", soil)
        + &entry(
            "cropland",
            "cropland-soil-ipcc2006",
            &format!("{soil}{CROPS}"),
        );
    let changes = ["forest", "cropland"].map(|one| entry(one, "soil-change-tier1", ""));
    let plan = format!("{MAPS}{HEAD}{stocks}{}", changes.concat());
    field.done(&plan, &[]);
    let removal = |region: &str| {
        let row = field.row("summary.csv", &[("region_id", region)]);
        row["sequestration_tco2e_yr"].parse::<f64>().ok()
    };
    assert_eq!(removal("b"), Some(0.0));
    assert_eq!(removal("a"), removal("_total"));
    let keys = [("region_id", "b"), ("method", "soil-change-tier1")];
    let row = field.row("tables/sequestration.csv", &keys);
    assert!(row["note"].starts_with("no land became forest"), "{row:?}");
    // The change of 1980 is over; nothing changed since.
    let old = MAPS.replace("2010", "1980").replace("lc1980", "lc2010");
    let between = "[[land-cover]]\nyear = 1990\npath = \"lc2020.tif\"\nlegend = \"nlcd\"\n";
    field.done(&plan.replace(MAPS, &format!("{old}{between}")), &[]);
    assert_eq!(removal("a"), Some(0.0));
}

/// The change of one zone alone.
#[test]
fn a_change_of_soil_can_be_of_a_zone() {
    let field = field();
    let within = "within = { layer = \"zones\", classes = [1] }\n";
    let change = entry("cropland", "soil-change-tier1", within);
    let soils = [
        soils("warm-temperate-moist", 1),
        soils("cool-temperate-dry", 2),
    ];
    let soils = soils.concat().concat();
    field.done(&format!("{MAPS}{HEAD}{soils}{change}"), &[]);
    near(
        &changed(&field),
        "sequestration_tco2e_yr",
        -5.0 * 27.28 / 20.0 * 44.0 / 12.0,
        WRITTEN,
    );
}

/// A layer of biomass is chosen within zone 2: of the 50 ha that were converted it tells the 45 ha there, and of the
/// 5 ha in zone 1 nothing does.
#[test]
fn a_layer_within_classes_does_not_tell_the_loss_of_others() {
    let field = field();
    field.raster::<f32>("agb.tif", cells(), &[], |_, _| 100.0);
    let layer = "[[layer]]\nname = \"agb\"\npath = \"agb.tif\"\nunit = \"t_c/ha\"\n";
    let of = |within: &str| {
        let more = format!("layer = \"agb\"\nholds = \"above-ground\"\n{within}");
        let loss = entry("forest", "conversion-loss-tier1", "");
        let stock = entry("forest", "density-layer", &more);
        format!("{MAPS}{layer}{stock}{loss}")
    };
    let dry = "within = { layer = \"zones\", classes = [2] }\n";
    for (within, hectares) in [("", 50.0), (dry, 45.0)] {
        let said = field.done(&of(within), &[]);
        let yearly = -hectares * 100.0 / 10.0 * 44.0 / 12.0;
        close(headline(&field), yearly);
        let row = removal(&field, "conversion-loss-tier1", "above-ground");
        close(number(&row, "sequestration_tco2e_yr"), yearly);
        let told = row["note"].contains("5.0000 ha of them are left out");
        assert_eq!(told, hectares < 50.0, "{row:?}");
        let told = said.contains("what 5.0000 ha that were converted gave off is not known");
        assert_eq!(told, hectares < 50.0, "{said}");
    }
}

/// A table in one zone and a layer in the other have the stock of all forest together. Without roots in the layer
/// those of its 45 ha are missing, and nothing else.
#[test]
fn entries_of_two_methods_that_have_all_classes_together_leave_nothing_out() {
    let field = field();
    field.raster::<f32>("agb.tif", cells(), &[], |_, _| 100.0);
    let layer = "[[layer]]\nname = \"agb\"\npath = \"agb.tif\"\nunit = \"t_c/ha\"\n";
    let of = |class: u8| format!("within = {{ layer = \"zones\", classes = [{class}] }}\n");
    let table = entry(
        "forest",
        "forest-biomass-ipcc2019",
        &format!("{TREES}{}", of(1)),
    );
    let missing = [
        ("region_id", "a"),
        ("ecosystem", "forest"),
        ("quality", "missing"),
    ];
    let roots = "roots = \"mokany-bgb-agb-ratio-mean\"\n";
    for roots in [roots, ""] {
        let more = format!(
            "layer = \"agb\"\nholds = \"above-ground\"\n{roots}{}",
            of(2)
        );
        let stock = entry("forest", "density-layer", &more);
        let said = field.done(&format!("{MAPS}{layer}{table}{stock}"), &[]);
        let notes = &field.row("summary.csv", &[("region_id", "a")])["notes"];
        let told = "not in the carbon stock: cropland, 45.0000 ha of forest (below-ground)";
        if roots.is_empty() {
            let row = field.row("tables/carbon.csv", &missing);
            assert_eq!(row["pool"], "below-ground");
            near(&row, "area_ha", 45.0, 1e-9);
            assert!(notes.contains(told), "{notes}");
            let told = "45.0000 ha lie under no class that `within` names for these pools, and their stock (below-ground)";
            assert!(said.contains(told), "{said}");
        } else {
            assert!(!said.contains("under no class"), "{said}");
            assert!(!notes.contains("ha of forest"), "{notes}");
        }
    }
}

/// Layers of 100 t C/ha chosen in zone 1 and of 200 in zone 2: of the 5 ha and 20 ha that were converted each loses what
/// their own zone holds, by one entry of losses or by one a zone.
#[test]
fn a_loss_is_told_by_the_layer_of_its_own_classes() {
    let field = field();
    let left = |col, row| if col < 5 && row < 5 { 82 } else { 41 };
    field.raster::<u8>("lc2020.tif", cells(), &[], left);
    let values = |_, row| if row == 0 { 100.0 } else { 200.0 };
    field.raster::<f32>("agb.tif", cells(), &[], values);
    let layer = "[[layer]]\nname = \"agb\"\npath = \"agb.tif\"\nunit = \"t_c/ha\"\n";
    let of = |class: u8| format!("within = {{ layer = \"zones\", classes = [{class}] }}\n");
    let stock = |class: u8, error: u8| {
        let more = format!(
            "layer = \"agb\"\nholds = \"above-ground\"\nse-pct = {error}\n{}",
            of(class)
        );
        entry("forest", "density-layer", &more)
    };
    let stocks = stock(1, 10) + &stock(2, 20);
    let loss = |within: &str| entry("forest", "conversion-loss-tier1", within);
    let yearly = |carbon: f64| -carbon / 10.0 * 44.0 / 12.0;
    for losses in [loss(""), loss(&of(1)) + &loss(&of(2))] {
        field.done(&format!("{MAPS}{layer}{stocks}{losses}"), &[]);
        close(headline(&field), yearly(5.0 * 100.0 + 20.0 * 200.0));
        let keys = [
            ("from_code", "forest"),
            ("to_code", "cropland"),
            ("pool", "above-ground"),
        ];
        let pair = field.row("tables/carbon_transitions.csv", &keys);
        near(&pair, "change_tc", -4500.0, WRITTEN);
        // Both errors are of one layer, and of the same side.
        let width = number(&pair, "change_tc_hi") - number(&pair, "change_tc_lo");
        close(width / 2.0, 1.959_964 * (0.1 * 500.0 + 0.2 * 4000.0));
    }
    field.done(&format!("{MAPS}{layer}{stocks}{}", loss(&of(1))), &[]);
    close(headline(&field), yearly(5.0 * 100.0));
}

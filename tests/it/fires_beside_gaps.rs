//! Fires beside a change of forest that is not known in a region: their gases alone are not its removal.

use crate::field::{Field, Row, lattice};

/// Methane and nitrous oxide of a hectare that burnt, in t `CO2e` (worked example W17).
const GASES: f64 = 22.5 * (0.0047 * 28.0 + 0.00026 * 265.0);

/// Two regions of 100 ha with six plots each, which gained 5 t C/ha in ten years; plot `b1` has no value in the year of the gap. Of the
/// fire of 2015 10 ha lie in `a` and 20 ha in `b`.
fn field(gap: i32) -> Field {
    let field = Field::new();
    let regions = [
        ("a", [0.0, 0.0, 1000.0, 1000.0]),
        ("b", [1000.0, 0.0, 2000.0, 1000.0]),
    ];
    field.regions("regions.json", 5070, &regions);
    for name in ["lc2010.tif", "lc2020.tif"] {
        let place = lattice(5070, (0.0, 1000.0), 100.0, (20, 10));
        drop(field.raster::<u8>(name, place, &[], |_, _| 1));
    }
    field.write("legend.csv", "code,class_name,ecosystem\n1,wood,forest\n");
    for (year, gained) in [(2000, 0), (2010, 4), (2020, 9)] {
        let plot = |region: &str, number: i32| {
            let carbon = if (region, number, year) == ("b", 1, gap) {
                String::new()
            } else {
                (50 + number + gained).to_string()
            };
            format!("{region}{number},{region},{carbon}\n")
        };
        let of = |region: &str| {
            (1..=6)
                .map(|number| plot(region, number))
                .collect::<String>()
        };
        let plots = format!("id,region,agc_t_c_ha\n{}{}", of("a"), of("b"));
        field.write(&format!("plots{year}.csv"), &plots);
    }
    field
}

fn plan(maps: &[i32], burnt: &str) -> String {
    let map = |year: &i32| {
        format!("[[land-cover]]\nyear = {year}\npath = \"lc{year}.tif\"\nlegend = \"legend.csv\"\n")
    };
    let maps: String = maps.iter().map(map).collect();
    let plots =
        |year: i32| format!("[[inventory.plots]]\nyear = {year}\npath = \"plots{year}.csv\"\n");
    let plots: String = [2000, 2010, 2020].map(plots).concat();
    format!(
        "{maps}[inventory]\ndesign = \"simple-random\"\narea-ha = 200\nmin-plots = 3\n{plots}\
        [inventory.fields]\nid = \"id\"\nprevious = \"id\"\nregion = \"region\"\n\
        above-ground-carbon = \"agc_t_c_ha\"\n\
        [carbon]\nmethod = \"plots-stock-difference\"\n\
        [price]\ntco2e = 50\ncurrency = \"CNY\"\n[credit]\nrule = \"art-trees-2.0\"\n\
        [[fire]]\nname = \"f\"\nyear = 2015\necosystem = \"forest\"\nemission = \"extra-tropical-forest\"\n\
        combustion = \"other-temperate-forest-all\"\nfuel-t-ha = 50\nareas-ha = {burnt}\n"
    )
}

fn summary(field: &Field, region: &str) -> Row {
    field.row("summary.csv", &[("region_id", region)])
}

/// With whatever maps, the gases of `b` stand apart for the true reason and its removal, value and credit are empty;
/// the sum of all is that of `a`.
#[test]
fn gases_beside_a_change_that_is_not_known_are_no_removal() {
    let field = field(2020);
    let why = "the change of forest over 2010 to 2020 is not known here: 1 plot has no value: `b1`";
    for maps in [&[][..], &[2020], &[2010, 2020]] {
        let said = field.done(&plan(maps, "{ a = 10, b = 20 }"), &[]);
        assert!(!said.contains("are in no figure"), "{said}");
        let b = summary(&field, "b");
        assert_eq!(b["sequestration_tco2e_yr"], "", "{b:?}");
        assert_eq!(b["notes"].matches(why).count(), 3, "{b:?}");
        for table in ["tables/value.csv", "tables/credit.csv"] {
            let row = field.row(table, &[("region_id", "b")]);
            assert!(row["note"].contains("no sequestration is known"), "{row:?}");
        }
        let expected = 100.0 * 5.0 / 10.0 * 44.0 / 12.0 - 10.0 * GASES / 10.0;
        for region in ["a", "_total"] {
            let row = summary(&field, region);
            let found: f64 = row["sequestration_tco2e_yr"].parse().unwrap();
            assert!((found - expected).abs() < 1e-3, "{found} {expected}");
        }
        let all = summary(&field, "_total");
        let left = "without 20.0000 ha that burnt in region b (1 plot has no value: `b1`): the change there is not in it";
        assert!(all["notes"].contains(left), "{all:?}");
        // The tonnes of gas are those of the land that counts.
        assert!(all["notes"].contains("f: 1.057500 t CH4"), "{all:?}");
        let whole = [
            ("region_id", "_total"),
            ("pool", "fire-ch4"),
            ("period_start", "2015"),
        ];
        let note = field.row("tables/sequestration.csv", &whole)["note"].clone();
        let part = "the even part of the years 2010 to 2020 of a part of it, without 20.0000 ha";
        assert!(
            note.contains("f: 3.172500 t CH4") && note.contains(part),
            "{note}"
        );
    }
}

/// All that burnt lies where the change is not known: nothing of it is in the sum of all.
#[test]
fn a_fire_of_such_a_region_alone_is_in_no_sum() {
    let field = field(2020);
    field.done(&plan(&[2010, 2020], "{ b = 20 }"), &[]);
    let all = summary(&field, "_total");
    let found: f64 = all["sequestration_tco2e_yr"].parse().unwrap();
    assert!((found - 50.0 * 44.0 / 12.0).abs() < 1e-3, "{found}");
    let left = "all of it burnt in region b (1 plot has no value: `b1`): the change there is not in the sum";
    assert_eq!(all["notes"].matches(left).count(), 3, "{all:?}");
}

/// A gap in the oldest of three inventories is none of the headline: the note says of which years it is.
#[test]
fn a_gap_of_earlier_years_is_told_with_its_years() {
    let field = field(2000);
    field.done(&plan(&[], "{ b = 20 }"), &[]);
    let b = summary(&field, "b");
    let found: f64 = b["sequestration_tco2e_yr"].parse().unwrap();
    assert!(
        (found - 50.0 * 44.0 / 12.0 + 2.0 * GASES).abs() < 1e-3,
        "{found}"
    );
    let told = "removal of forest from 2000 to 2010 (the headline does not rest on it): not known: 1 plot has no value: `b1`";
    assert!(b["notes"].contains(told), "{b:?}");
    assert!(!b["notes"].contains("between earlier"), "{b:?}");
}

/// Grass that burnt beside forest whose change is not known: its gases are of a part, which says nothing of whether the
/// region is a source.
#[test]
fn gases_of_a_part_make_no_region_a_source() {
    let field = field(2020);
    let plan = plan(&[2010, 2020], "{ b = 20 }");
    let plan = plan.replace("ecosystem = \"forest\"", "ecosystem = \"grassland\"");
    field.done(&plan, &[]);
    let found: f64 = summary(&field, "b")["sequestration_tco2e_yr"]
        .parse()
        .unwrap();
    assert!((found + 2.0 * GASES).abs() < 1e-3, "{found}");
    for (table, words) in [
        (
            "tables/value.csv",
            "whether the region is a source is not known",
        ),
        (
            "tables/credit.csv",
            "whether the region is one is not known",
        ),
    ] {
        let note = &field.row(table, &[("region_id", "b")])["note"];
        let why = "is not in sequestration_tco2e_yr: not known: 1 plot has no value: `b1`";
        assert!(note.contains(words) && note.contains(why), "{note}");
        for untrue in ["the region is a source: ", "the region is no sink"] {
            assert!(!note.contains(untrue), "{note}");
        }
    }
}

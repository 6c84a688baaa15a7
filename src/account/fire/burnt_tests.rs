use super::*;

fn fire(emission: &str, combustion: &str) -> Fire {
    Fire {
        name: "north".to_owned(),
        year: 2019,
        ecosystem: Ecosystem::Forest,
        emission: emission.to_owned(),
        combustion: combustion.to_owned(),
        fuel: PerHectare::new(TonnesDryMatter::new(50.0)),
        fuel_error: None,
        areas: vec![("a".to_owned(), Hectares::new(100.0))],
        warming: None,
        of_areas: String::new(),
        of_region: BTreeMap::new(),
        converted: BTreeMap::new(),
        held: BTreeMap::new(),
        unseen: BTreeMap::new(),
    }
}

/// Worked example W17, with the warming effects of the Fifth Assessment Report.
#[test]
fn gases_of_a_fire_are_losses_apart() {
    let seeds = Seeds::embedded();
    let of = fire("extra-tropical-forest", "other-temperate-forest-all");
    let how = (0.95, &mut Trace::default());
    let account = fires(&[of], &seeds, Evidence::Registry, how).unwrap();
    let values: Vec<(&str, f64)> = account
        .rows
        .iter()
        .map(|FireRow { row, .. }| {
            assert!(!row.counted);
            let removal = row.removal.unwrap();
            (row.pool.as_str(), removal.value.in_one_year().value())
        })
        .collect();
    let expected = [
        ("fire-co2", -3530.25),
        ("fire-ch4", -10.575 * 28.0),
        ("fire-n2o", -0.585 * 265.0),
    ];
    for ((pool, value), (gas, wanted)) in values.iter().zip(expected) {
        assert_eq!(*pool, gas);
        assert!((value - wanted).abs() < 1e-9, "{pool} {value}");
    }
    assert_eq!(account.parameters.len(), 6);
}

#[test]
fn unknown_categories_are_all_named() {
    let seeds = Seeds::embedded();
    let how = (0.95, &mut Trace::default());
    let problems = fires(&[fire("moon", "sea")], &seeds, Evidence::Any, how).unwrap_err();
    assert_eq!(problems.len(), 2, "{problems:?}");
    assert!(problems[0].remedy.contains("other-temperate-forest-all"));
}

/// 10 % of the fuel and, by a table of the user's, 20 % of the combustion factor: the root of the
/// sum of their squares.
#[test]
fn the_spread_of_factors_and_fuel_makes_that_of_the_gas() {
    let mut seeds = Seeds::embedded();
    let table = "id,category,value,unit,lower,upper,interval_kind,cite,locator\n\
        fire-combustion-factor,other-temperate-forest-all,0.45,1,0.36,0.54,se,user,burns\n";
    seeds.override_parameters(table, "mine.csv").unwrap();
    let of = Fire {
        fuel_error: Some(Fraction::new(0.1).unwrap()),
        ..fire("extra-tropical-forest", "other-temperate-forest-all")
    };
    let how = (0.95, &mut Trace::default());
    let account = fires(&[of], &seeds, Evidence::Any, how).unwrap();
    // The factor of carbon dioxide has a spread of its own, that of methane none.
    let of_gas = 131.0_f64 / 1569.0;
    for (at, tonnes, expected) in [
        (0, 3530.25, (0.05 + of_gas * of_gas).sqrt()),
        (1, 10.575 * 28.0, 0.05_f64.sqrt()),
    ] {
        let removal = account.rows[at].row.removal.unwrap();
        let relative = removal.standard_error.unwrap() / tonnes;
        assert!((relative - expected).abs() < 1e-9, "{relative}");
        let (low, high) = removal.interval.unwrap();
        let half = (high.in_one_year().value() - low.in_one_year().value()) / 2.0;
        assert!((half / tonnes / relative - 1.959_964).abs() < 1e-5);
    }
    assert!(account.rows[1].row.note.contains("lower limit"));
}

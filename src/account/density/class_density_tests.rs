use super::*;
use crate::account::land::YearAreas;
use crate::account::outcome::Market;

/// Pool table of the unit tests of the `InVEST` carbon model (Apache-2.0, natcap/invest,
/// `tests/test_carbon.py`), with the answers that they assert.
const TABLE: &str = "lucode,LULC_Name,C_above,C_below,C_soil,C_dead\n\
    1,lulc code 1,15,10,60,1\n2,lulc code 2,5,3,20,0\n3,lulc code 3,2,1,5,0\n";

/// 10 by 10 cells of 1 m: class 1 in 2016, class 2 in 2030.
fn square(first: i64, second: i64) -> AreaAccount {
    let area = Hectares::new(0.01);
    let year = |year, class| YearAreas {
        year,
        classes: BTreeMap::from([(class, (area, 100.0))]),
        valid: area,
        ..YearAreas::default()
    };
    AreaAccount {
        regions: vec![RegionAreas {
            region_id: "a".to_owned(),
            area,
            years: vec![year(2016, first), year(2030, second)],
            ..RegionAreas::default()
        }],
        ..AreaAccount::default()
    }
}

#[test]
fn stocks_and_their_change_are_those_of_the_reference_model() {
    let table = ClassDensities::from_csv(TABLE, "pools.csv", None).unwrap();
    let account = class_density(&table, &square(1, 2), 0.95).unwrap();
    let stock = |year| -> f64 {
        account
            .carbon
            .iter()
            .filter(|row| row.year == year)
            .map(|row| row.carbon.unwrap().value.value())
            .sum()
    };
    assert!((stock(2016) - 0.86).abs() < 1e-12);
    assert!((stock(2030) - 0.28).abs() < 1e-12);
    let removal: f64 = account
        .sequestration
        .iter()
        .map(|row| row.removal.unwrap().value.in_one_year().value())
        .sum();
    assert!((removal * 14.0 * 12.0 / 44.0 + 0.58).abs() < 1e-12);
}

/// By hand, 0.01 ha: 15 ± 3 t C/ha of class 1, then 5 ± 4 of class 2. The stock of 2030 is 0.05 ±
/// 0.04 t C; the removal -0.1 x 44/12 / 14 with the root of 9 and 16, 5, in place of 10.
#[test]
fn densities_with_a_standard_error_give_one_to_stock_and_removal() {
    let text = "lucode,c_above,c_above_se,c_soil\n1,15,3,60\n2,5,4,\n";
    let table = ClassDensities::from_csv(text, "pools.csv", None).unwrap();
    let account = class_density(&table, &square(1, 2), 0.95).unwrap();
    let stock = |year: i32, pool: &str| {
        let of = |row: &&CarbonRow| row.year == year && row.pool == pool;
        account.carbon.iter().find(of).unwrap()
    };
    let above = stock(2030, "above-ground").carbon.unwrap();
    assert!((above.standard_error.unwrap() - 0.04).abs() < 1e-12);
    assert_eq!(stock(2030, "above-ground").note, "");
    let removal = account.sequestration[0].removal.unwrap();
    let by_year = 44.0 / 12.0 / 14.0;
    assert!((removal.value.in_one_year().value() + 0.1 * by_year).abs() < 1e-12);
    assert!((removal.standard_error.unwrap() - 0.05 * by_year).abs() < 1e-12);
    assert_eq!(
        account.sequestration[0].arithmetic,
        "(-0.01 ha x 15 t C/ha + 0.01 ha x 5 t C/ha) / 14 yr x 44/12 = -0.02619 t CO2e/yr"
    );
    // The empty cell takes the pool of the whole region, and the row names class and pool.
    let soil = stock(2030, "soil-organic");
    assert!(soil.carbon.is_none());
    assert_eq!(
        soil.note,
        "unknown for the whole region: pools.csv has no density of it for class 2"
    );
    assert!(stock(2016, "soil-organic").note.contains("no spread"));
    let ids: Vec<&str> = account.parameters.iter().map(|row| &*row.id).collect();
    assert!(ids.contains(&"pools.csv/1/above-ground"), "{ids:?}");
    assert!(ClassDensities::from_csv("lucode,c_soil,c_soil_se\n1,,3\n", "p", None).is_err());
}

#[test]
fn the_value_of_the_change_is_that_of_the_reference_model() {
    // The reference model's rate of change lowers the price.
    let market = |change: f64, discount| Market {
        price_per_tonne: 43.0,
        price_change_pct: 100.0 / (1.0 + change / 100.0) - 100.0,
        discount_pct: discount,
    };
    let change = PerYear::new(TonnesCarbon::new(-58.0 / 14.0));
    let present_value = |market: Market| {
        change.in_one_year().value() * market.price_per_tonne * market.present_years(14)
    };
    let value = present_value(market(2.8, -7.1));
    assert!((value + 3422.079).abs() < 0.001, "{value}");
    assert!((present_value(market(0.0, 0.0)) + 2494.0).abs() < 1e-9);
}

#[test]
fn a_class_without_a_row_is_named_with_its_area() {
    let table = ClassDensities::from_csv(TABLE, "pools.csv", None).unwrap();
    let findings = class_density(&table, &square(200, 2), 0.95).unwrap_err();
    assert!(
        findings[0]
            .what
            .contains("class 200, which covers 0.0100 ha in 2016")
    );
}

#[test]
fn an_empty_cell_is_unknown_not_zero() {
    let table =
        ClassDensities::from_csv("code,c_above,c_soil\n1,10,\n2,5,20\n", "p.csv", Some(30.0))
            .unwrap();
    let account = class_density(&table, &square(1, 2), 0.95).unwrap();
    let soil: Vec<_> = account
        .carbon
        .iter()
        .filter(|row| row.pool == "soil-organic")
        .collect();
    assert_eq!((soil[0].carbon, soil[0].soil_depth_cm), (None, Some(30.0)));
    assert!(soil[1].carbon.is_some());
    let change = account
        .sequestration
        .iter()
        .find(|row| row.pool == "soil-organic")
        .unwrap();
    assert_eq!(change.removal, None);
}

#[test]
fn bad_rows_are_all_named() {
    let findings =
        ClassDensities::from_csv("code,c_above\nx,1\n2,-3\n2,a\n", "p.csv", None).unwrap_err();
    assert_eq!(findings.len(), 4);
}

#[test]
fn the_stock_of_an_older_map_says_what_that_hides() {
    let table = ClassDensities::from_csv(TABLE, "pools.csv", None).unwrap();
    let mut areas = square(1, 2);
    let half = (Hectares::new(0.005), 50.0);
    areas.regions[0].years[0].nodata = half;
    let account = class_density(&table, &areas, 0.95).unwrap();
    let told = "0.0050 ha have no value on the map of 2016 and are left out";
    for row in &account.carbon {
        assert_eq!(row.note.contains(told), row.year == 2016, "{row:?}");
    }
}

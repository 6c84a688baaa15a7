//! Volume of stands to carbon where the way is no straight line.

use crate::outputs::{Row, number};
use crate::stands::{Field, PLAN, Square, close, one};

/// Oaks of the oldest set have `b` of -3.8999 t/ha: below 2.9 m3/ha the function gives less than nothing.
#[test]
fn stands_with_less_than_nothing_are_held_at_zero_one_by_one() {
    let plan = format!(
        "{PLAN}[carbon]\nmethod = \"forest-cbef-china\"\nkeys = {{ parameter-set = \"set1-fang-liu-xu-1996\" }}\n"
    );
    let oak = |at: f64, volume: u32| -> Square {
        let of_oak = format!(
            r#""小班":"{at}","面积":150,"地类":"111","优势树种":"栎类","公顷蓄积":{volume}"#
        );
        Square(at, 1.0, Box::leak(of_oak.into_boxed_str()))
    };
    let outputs = Field::new(&plan, &[oak(1.0, 1), oak(21.0, 1), oak(22.0, 150)]).outputs();
    let summary = outputs.table("summary.csv");
    let carbon = |region: &str| number(one(&summary, &[("region_id", region)]), "carbon_tc");
    let rows = outputs.table("tables/stand_carbon.csv");
    let held: Vec<&Row> = rows.iter().filter(|row| !row["note"].is_empty()).collect();
    assert!(
        held.iter()
            .all(|row| number(row, "carbon_tc").abs() < 1e-12),
        "{held:?}"
    );
    assert_eq!(held.len(), 3, "w, e and all regions");
    let standing = rows.iter().find(|row| row["note"].is_empty()).unwrap();
    let fraction = number(standing, "carbon_tc")
        / (number(standing, "above_ground_tdm") + number(standing, "below_ground_tdm"));
    assert!(carbon("w").abs() < 1e-12);
    close(
        carbon("e"),
        (1.3288 * 1500.0 - 3.8999 * 10.0) * fraction,
        1e-9,
    );
    close(carbon("_total"), carbon("w") + carbon("e"), 1e-12);
    let west = one(&summary, &[("region_id", "w")]);
    let told = "1 stand (10.0000 ha) with so little stock that the continuous function gives less";
    assert!(west["notes"].contains(told), "{}", west["notes"]);
    assert_eq!(west["carbon_tc_lo"], "", "a zero without a spread");
    let log = String::from_utf8_lossy(&outputs.files()["run/log.jsonl"]);
    assert!(
        log.contains("2 stands, 20.0000 ha, with so little volume"),
        "{log}"
    );
}

//! A stand register held against plots in the same region: the check `stand-control`.

use crate::outputs::{Outputs, Row, number};
use crate::stands::{Field, PLAN, Square, close, one};

/// A register of 10 ha with so many m3/ha beside three plots of 70, 80 and 96 m3/ha on 10 ha.
fn held(properties: &'static str) -> Row {
    let plan = PLAN.replace(
        "[[inventory.stands]]",
        "[inventory]\ndesign = \"simple-random\"\narea-ha = 10\nmin-plots = 1\n\
         [[inventory.plots]]\nyear = 2020\npath = \"plots.csv\"\n\
         [inventory.fields]\nid = \"id\"\nregion = \"region\"\nvolume = \"v_m3_ha\"\n[[inventory.stands]]",
    );
    let field = Field::new(&plan, &[Square(1.0, 1.0, properties)]);
    field.write("plots.csv", "id,region,v_m3_ha\n1,w,70\n2,w,80\n3,w,96\n");
    let outputs: Outputs = field.outputs();
    // The sample goes before the register.
    let summary = outputs.table("summary.csv");
    close(
        number(one(&summary, &[("region_id", "w")]), "volume_m3"),
        820.0,
        1e-9,
    );
    let checks = outputs.table("tables/checks.csv");
    one(&checks, &[("check", "stand-control"), ("region_id", "w")]).clone()
}

#[test]
fn a_register_in_the_interval_of_the_sample_passes() {
    let check = held(r#""小班":"1","面积":150,"地类":"111","优势树种":"220","公顷蓄积":80"#);
    assert_eq!(check["passed"], "true", "{check:?}");
    close(number(&check, "found"), 800.0, 1e-9);
    close(number(&check, "expected"), 820.0, 1e-9);
    // Half of the interval over the estimate: Student's t for two degrees of freedom, 4.302653.
    let half = 4.302_653 * 10.0 * (172.0_f64 / 3.0).sqrt();
    close(number(&check, "tolerance"), half / 820.0, 1e-6);
}

#[test]
fn a_register_outside_the_interval_of_the_sample_fails() {
    let check = held(r#""小班":"1","面积":150,"地类":"111","优势树种":"220","公顷蓄积":200"#);
    assert_eq!(check["passed"], "false", "{check:?}");
    close(number(&check, "found"), 2_000.0, 1e-9);
    assert!(check["note"].contains("interval"), "{check:?}");
}

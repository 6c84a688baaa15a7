//! The smallest patch of the forest rule, through plans.

use crate::desk::Desk;
use crate::outputs::{Outputs, number, rows, with_absolute_paths};

const SCIPY: &[u8] = include_bytes!("reference/northampton-patches/small_patches_by_ward.csv");

/// The wards by cell centres, under a rule for patches.
fn wards(rule: &str) -> Outputs {
    let plan = with_absolute_paths("northampton/wards-centre.toml");
    let key = "definition = \"fao-fra\"";
    assert!(plan.contains(key));
    Outputs::of_text(&plan.replace(key, &format!("{key}\n{rule}")))
}

#[test]
fn forest_in_small_patches_is_that_of_scipy_with_four_and_eight_neighbours() {
    /// Hectares of a cell.
    const CELL: f64 = 0.09;
    for neighbours in ["4", "8"] {
        let outputs = wards(&format!("min-area-ha = 0.5\nneighbours = {neighbours}"));
        let areas = outputs.index("tables/area.csv", &["region_id", "year", "kind", "code"]);
        let area = |ward: &str, year: &str, kind: &str| {
            let key = [ward, year, kind, "fao-fra"].map(str::to_owned).to_vec();
            number(&areas[&key], "area_ha")
        };
        let theirs = rows(SCIPY);
        let theirs: Vec<_> = theirs
            .iter()
            .filter(|row| row["neighbours"] == neighbours)
            .collect();
        assert_eq!(theirs.len(), 28);
        for row in theirs {
            for (kind, column) in [("forest", "cells_forest"), ("small-patches", "cells_small")] {
                let ours = area(&row["ward"], &row["epoch"], kind);
                let expected = CELL * number(row, column);
                assert!((ours - expected).abs() < 1e-6, "{kind} {row:?}: {ours}");
            }
        }
    }
}

#[test]
fn a_rule_for_patches_that_says_too_little_or_too_much_is_refused() {
    for (rule, what) in [
        ("min-area-ha = 0.0", "min-area-ha` is not a positive"),
        ("min-area-ha = 0.5\nneighbours = 6", "neighbours` is 6"),
        ("neighbours = 4", "without `min-area-ha`"),
        ("min-area-ha = 1000.0", "expected at most 2048 cells"),
    ] {
        let desk = Desk::new();
        desk.replace("plan.toml", "[forest]\n", &format!("[forest]\n{rule}\n"));
        let said = desk.refused();
        assert!(
            said.findings
                .iter()
                .any(|finding| finding.what.contains(what)),
            "{rule}: {:?}",
            said.findings
        );
    }
}

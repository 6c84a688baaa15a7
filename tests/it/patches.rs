//! The smallest patch of the forest rule, through plans.

use crate::desk::Desk;
use crate::field::{Field, lattice, near};
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

/// By hand, ten by ten cells of 0.01 ha. Canopy of 30 % on two squares of four cells and two of two
/// cells each; one of the latter touches by a corner. Trees are 6 m high but for one cell of the first
/// square (4 m), one without a height in the second, and the low corner.
///
/// | cells | canopy and height | in patches of 0.03 ha, 4 neighbours | 8 neighbours |
/// |---|---|---|---|
/// | first square, one too low | 3 | 3 | 3 |
/// | second square, one unknown | 3 | 3 | 3 |
/// | pair that touches the second by a corner | 2 | 0 | 2 |
/// | pair alone | 2 | 0 | 0 |
#[test]
fn forest_needs_canopy_and_height_in_patches_that_are_large_enough() {
    let field = Field::new();
    let cells = lattice(5070, (0.0, 100.0), 10.0, (10, 10));
    let trees = |col: usize, row: usize| {
        matches!(
            (col, row),
            (0..2 | 5..7, 0..2) | (7..9, 2) | (0..2, 8)
        )
    };
    field.raster::<u8>("canopy.tif", cells, &[], |col, row| {
        if trees(col, row) { 30 } else { 10 }
    });
    field.raster::<f32>("height.tif", cells, &[], |col, row| match (col, row) {
        (0, 0) => 4.0,
        (5, 0) => f32::NAN,
        _ => 6.0,
    });
    field.regions("regions.json", 5070, &[("a", [0.0, 0.0, 100.0, 100.0])]);
    let plan = |forest: &str| {
        format!(
            "[[land-cover]]\nyear = 2020\npath = \"canopy.tif\"\nlegend = \"canopy-percent\"\n\
             [[layer]]\nname = \"height\"\npath = \"height.tif\"\nunit = \"m\"\n\
             [forest]\ndefinition = \"fao-fra\"\ncanopy-min-pct = 20\n{forest}"
        )
    };
    let high = "height-layer = \"height\"\n";
    for (rule, forest, small) in [
        (String::new(), 12.0, 0.0),
        (high.to_owned(), 10.0, 0.0),
        (format!("{high}height-min-m = 3\n"), 11.0, 0.0),
        (
            format!("{high}min-area-ha = 0.03\nneighbours = 4\n"),
            6.0,
            4.0,
        ),
        (
            format!("{high}min-area-ha = 0.03\nneighbours = 8\n"),
            8.0,
            2.0,
        ),
    ] {
        field.done(&plan(&rule), &[]);
        let summary = field.row("summary.csv", &[("region_id", "a")]);
        near(&summary, "forest_area_ha", 0.01 * forest, 1e-6);
        let areas = field.table("tables/area.csv");
        let of = |kind: &str| {
            let rows = areas
                .iter()
                .filter(|row| row["kind"] == kind && row["region_id"] == "a");
            rows.map(|row| crate::field::number(row, "area_ha"))
                .sum::<f64>()
        };
        assert!((of("small-patches") - 0.01 * small).abs() < 1e-9, "{rule}");
        let unknown = if rule.is_empty() { 0.0 } else { 0.01 };
        assert!((of("nodata") - unknown).abs() < 1e-9, "{rule}");
        let told = field.row("tables/coverage_compared.csv", &[("region_id", "a")]);
        assert_eq!(
            told["rule"].contains("and height of at least"),
            !rule.is_empty(),
            "{told:?}"
        );
    }
    field.refused(
        &plan("height-layer = \"trees\"\nheight-min-m = 500\n"),
        &["`[forest] height-min-m` is 500"],
    );
    field.refused(&plan("height-min-m = 5\n"), &["without `height-layer`"]);
    field.refused(
        &plan("height-layer = \"trees\"\nheight-min-m = -1\n"),
        &[
            "no `[[layer]]` is named `trees`",
            "`[forest] height-min-m` is -1",
        ],
    );
}

//! A pocket calculator gives the figures that `explain` tells, on what the program wrote.

use std::path::Path;

use crate::scratch::{samples, terrasink};

/// Rounding of the tables, three decimals, in a sum of a few terms.
const ROUNDING: f64 = 0.005;

/// What runs of the two plans of Rhode Island wrote.
fn written(place: &Path, plan: &str) -> std::path::PathBuf {
    let out = place.join(plan);
    let plan = samples().join("rhode-island").join(format!("{plan}.toml"));
    let run = terrasink(&[
        "run".as_ref(),
        plan.as_os_str(),
        "--quiet".as_ref(),
        "--out".as_ref(),
        out.as_os_str(),
    ]);
    assert!(
        run.status.success(),
        "{}",
        String::from_utf8_lossy(&run.stderr)
    );
    out
}

fn told(out: &Path, region: &str, figure: Option<&str>) -> String {
    let mut arguments = vec!["explain".as_ref(), out.as_os_str(), region.as_ref()];
    arguments.extend(figure.map(std::ffi::OsStr::new));
    let output = terrasink(&arguments);
    assert!(output.status.success());
    String::from_utf8(output.stdout).unwrap()
}

#[test]
fn every_sum_that_is_told_is_right_and_gives_the_figure() {
    let place = tempfile::tempdir().unwrap();
    for (plan, regions) in [
        ("counties", ["44001", "44007", "_total"]),
        ("towns", ["Barrington", "9030", "_total"]),
    ] {
        let out = written(place.path(), plan);
        for region in regions {
            let text = told(&out, region, None);
            assert!(!text.contains("these rows give"), "{text}");
            let mut sums = 0;
            for line in text.lines() {
                let Some(sum) = line.strip_prefix("  sum ") else {
                    continue;
                };
                sums += 1;
                let sum = sum.rsplit_once(": ").map_or(sum, |(_, sum)| sum);
                let (left, right) = sum.rsplit_once(" = ").unwrap();
                let (left, right) = (calculated(left), calculated(right));
                let tolerance = ROUNDING.max(1e-6 * right.abs());
                assert!((left - right).abs() <= tolerance, "{line}: {left}");
            }
            assert!(sums >= 11, "{sums} sums in {text}");
        }
    }
}

#[test]
fn figures_of_plots_are_told_stratum_by_stratum() {
    let place = tempfile::tempdir().unwrap();
    let out = written(place.path(), "counties");
    for (region, figure, blocks) in [
        ("44007", "carbon_tc", 6),
        ("_total", "volume_m3", 1),
        ("44001", "forest_area_est_ha", 1),
    ] {
        let text = told(&out, region, Some(figure));
        let (mut parts, mut sums, mut errors) = (Vec::new(), 0, 0);
        for line in text.lines() {
            let line = line.trim();
            if let Some((value, product)) = line.split_once("  unit ") {
                let value: f64 = value.split_once(' ').unwrap().0.parse().unwrap();
                let product = calculated(product.rsplit_once(": ").unwrap().1);
                assert!((value - product).abs() <= 1e-9 * value, "{line}");
                parts.push(value);
            } else if let Some((value, _)) = line.split_once("  sum").filter(|_| !parts.is_empty())
            {
                let value: f64 = value.split_once(' ').unwrap().0.parse().unwrap();
                let sum: f64 = parts.drain(..).sum();
                assert!((value - sum).abs() <= 1e-9 * value, "{line}: {sum}");
                sums += 1;
            }
            errors += usize::from(line.starts_with("error ") && line.contains("root of the sum"));
        }
        assert_eq!((sums, errors), (blocks, blocks), "{text}");
    }
}

#[test]
fn a_cover_lists_the_classes_of_forest_and_of_land() {
    let place = tempfile::tempdir().unwrap();
    let text = told(
        &written(place.path(), "counties"),
        "Bristol",
        Some("forest_cover_pct"),
    );
    let lines: Vec<&str> = text.lines().collect();
    let block = |from: &str| -> (f64, f64) {
        let start = lines.iter().position(|line| line.contains(from)).unwrap();
        let mut parts = 0.0;
        for line in &lines[start + 1..] {
            let (area, name) = line.trim_start().split_once(" ha  ").unwrap();
            let area: f64 = area.parse().unwrap();
            if ["forest", "land"].contains(&name) {
                return (parts, area);
            }
            parts += area;
        }
        unreachable!("the block ends with its sum")
    };
    let (forest, all_forest) = block("that count as forest");
    let (land, all_land) = block("that count as land");
    assert!((forest - all_forest).abs() < ROUNDING && (land - all_land).abs() < ROUNDING);
    // exactextract 0.3.0: 826.5584 of 6259.0069 ha.
    assert!((forest - 826.558).abs() < ROUNDING, "{text}");
    assert!((land - 6259.007).abs() < ROUNDING, "{text}");
    assert!(text.contains("not land: 11 Open water"), "{text}");
}

#[test]
fn a_town_is_told_as_the_share_of_its_county() {
    let place = tempfile::tempdir().unwrap();
    let out = written(place.path(), "towns");
    for (figure, value) in [("volume_m3", 119_537.742), ("carbon_tc", 66_145.883)] {
        let text = told(&out, "Barrington", Some(figure));
        let line = text
            .lines()
            .find(|line| line.contains(" in the larger area x "));
        let line = line.unwrap_or_else(|| panic!("{text}"));
        let line = line
            .replace("note", "")
            .replace("t_c ", "")
            .replace("m3 ", "");
        let sum = line.split(" ha of mapped forest").next().unwrap();
        let sum = sum.replace("in the larger area ", "");
        let found = calculated(&sum);
        // Mapped forest is printed to 1e-4 ha.
        assert!((found - value).abs() < 1e-6 * value, "{line}: {found}");
    }
}

#[test]
fn the_interval_of_the_summary_is_marked_and_follows_from_the_standard_error() {
    let place = tempfile::tempdir().unwrap();
    let out = written(place.path(), "counties");
    let text = told(&out, "_total", Some("sequestration_tco2e_yr_lo"));
    let marked: Vec<&str> = text
        .lines()
        .filter(|line| line.contains("[the interval of the summary]"))
        .collect();
    let [line] = marked[..] else {
        panic!("{text}");
    };
    let after = |word: &str| -> f64 {
        let rest = line.split(word).nth(1).unwrap().trim_start();
        let end = rest.find([' ', ',']).unwrap();
        rest[..end].parse().unwrap()
    };
    let (value, error) = (after("all:"), after("standard error"));
    let (low, times) = (after("interval"), after("= value -"));
    // The multiple is printed to three decimals.
    assert!(
        (value - times * error - low).abs() < 0.0006 * error,
        "{line}"
    );
}

/// The value of a line of arithmetic, as a pocket calculator that knows brackets gives it.
fn calculated(text: &str) -> f64 {
    let spaced = text
        .replace('(', " ( ")
        .replace(')', " ) ")
        .replace("44/12", "44 / 12");
    let tokens: Vec<&str> = spaced.split_whitespace().collect();
    let mut position = 0;
    let value = sum(&tokens, &mut position);
    assert_eq!(position, tokens.len(), "{text}");
    value
}

fn sum(tokens: &[&str], position: &mut usize) -> f64 {
    let mut value = product(tokens, position);
    while let Some(sign @ ("+" | "-")) = tokens.get(*position).copied() {
        *position += 1;
        let next = product(tokens, position);
        value += if sign == "+" { next } else { -next };
    }
    value
}

fn product(tokens: &[&str], position: &mut usize) -> f64 {
    let mut value = factor(tokens, position);
    while let Some(sign @ ("x" | "/")) = tokens.get(*position).copied() {
        *position += 1;
        let next = factor(tokens, position);
        value = if sign == "x" {
            value * next
        } else {
            value / next
        };
    }
    value
}

fn factor(tokens: &[&str], position: &mut usize) -> f64 {
    let token = tokens[*position];
    *position += 1;
    if token == "(" {
        let value = sum(tokens, position);
        *position += 1;
        return value;
    }
    token
        .parse()
        .unwrap_or_else(|_| panic!("`{token}` in {tokens:?}"))
}

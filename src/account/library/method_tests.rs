//! Tests of methods.

use super::*;

const METHOD: &str = r#"
schema = 1
id = "m"
title = "a method"
approach = "density-table"
ecosystems = ["grassland"]
source = { cite = "book", locator = "tab. 1" }
[[pool]]
pool = "above-ground"
density = { parameter = "x" }
"#;

#[test]
fn a_method_reads_back() {
    let method = Method::from_toml(METHOD, "m.toml").unwrap();
    assert_eq!(method.approach, Approach::DensityTable);
    assert_eq!(method.pools[0].density.parameter, "x");
}

#[test]
fn an_unknown_key_names_its_line() {
    let findings = Method::from_toml(&METHOD.replace("title", "titel"), "m.toml").unwrap_err();
    assert!(findings[0].what.contains("titel"), "{}", findings[0]);
    assert!(findings[0].what.contains("line 4"), "{}", findings[0]);
}

#[test]
fn a_soil_stock_without_depth_is_refused() {
    let text = METHOD.replace("above-ground", "soil-organic");
    assert!(Method::from_toml(&text, "m.toml").is_err());
}

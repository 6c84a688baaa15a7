//! Sample sizes by `plan-sample`, redone by hand on the strata of worked example W6.

use crate::field::Field;
use crate::scratch::terrasink;

const PLAN: &str = "name = \"W6\"\n[regions]\npath = \"nowhere.gpkg\"\nid = \"id\"\n\
    [inventory]\ndesign = \"stratified\"\n[[inventory.plots]]\nyear = 2020\npath = \"plots.csv\"\n\
    [inventory.fields]\nid = \"plot\"\nstratum = \"stratum\"\nvolume = \"v_m3_ha\"\n\
    above-ground-carbon = \"agc_tc_ha\"\n\
    [inventory.strata]\npath = \"strata.csv\"\nstratum = \"stratum\"\narea = \"area_ha\"\nweight = \"share\"\n";

const STRATA: [(&str, f64, &[f64]); 3] = [
    ("conifer", 0.6, &[180.0, 150.0, 165.0, 140.0, 200.0]),
    ("broadleaf", 0.3, &[90.0, 110.0, 70.0, 100.0]),
    ("non-forest", 0.1, &[0.0, 10.0, 0.0, 5.0]),
];

/// The plots of W6; carbon is a quarter of the volume, but even within the conifers.
fn field(plan: &str) -> Field {
    let field = Field::new();
    let mut plots = vec!["plot,stratum,v_m3_ha,agc_tc_ha".to_owned()];
    let mut strata = vec!["stratum,area_ha,share".to_owned()];
    let mut plot = 0;
    for (stratum, share, volumes) in STRATA {
        strata.push(format!("{stratum},1000,{share}"));
        for (position, volume) in volumes.iter().enumerate() {
            plot += 1;
            let carbon = if stratum == "conifer" {
                [41.0, 42.0, 42.0, 42.0, 43.0][position]
            } else {
                volume / 4.0
            };
            plots.push(format!("{plot},{stratum},{volume},{carbon}"));
        }
    }
    field.write("plots.csv", &plots.join("\n"));
    field.write("strata.csv", &strata.join("\n"));
    field.write("plan.toml", plan);
    field
}

fn asked(field: &Field, flags: &[&str]) -> serde_json::Value {
    let plan = field.path("plan.toml");
    let mut arguments = vec!["plan-sample", plan.to_str().unwrap(), "--json"];
    arguments.extend(flags);
    let output = terrasink(&arguments);
    serde_json::from_slice(&output.stdout).unwrap()
}

/// Plots by stratum of a variable and allocation.
fn plots(answer: &serde_json::Value, variable: &str, allocation: &str) -> Vec<u64> {
    let rows = answer["sample"]["rows"].as_array().unwrap();
    rows.iter()
        .filter(|row| row["variable"] == variable)
        .map(|row| row[allocation]["plots"].as_u64().unwrap())
        .collect()
}

/// W6: s² 570, 291.667, 22.917; W s 14.3248, 5.1235, 0.4787; mean 128.325, so that 5 % are 6.41625.
/// With t = 2.03 (Satterthwaite, about 36 degrees) Neyman's n is (2.03 / 6.41625)² 19.927² = 39.8.
#[test]
fn w6_takes_the_plots_that_the_formula_says() {
    let field = field(PLAN);
    let answer = asked(&field, &["--precision", "volume=5"]);
    assert_eq!(answer["ok"], true, "{answer}");
    let neyman = plots(&answer, "volume", "neyman");
    let (conifer, broadleaf) = (0.6 * 570.0_f64.sqrt(), 0.3 * (875.0_f64 / 3.0).sqrt());
    assert!((neyman[0] as f64 / neyman[1] as f64 - conifer / broadleaf).abs() < 0.25);
    assert_eq!(neyman[2], 4, "the plots at hand stay");
    // The half-width of the larger sample, term by term: enough, and with one plot less too much.
    let half_width = |n: [f64; 3]| {
        let terms = [
            0.36 * 570.0 / n[0],
            0.09 * 875.0 / 3.0 / n[1],
            0.01 * 68.75 / 3.0 / n[2],
        ];
        let variance: f64 = terms.iter().sum();
        let weighted: f64 = terms.iter().zip(n).map(|(v, n)| v * v / (n - 1.0)).sum();
        let t = terrasink::estimate::two_sided_quantile(0.95, Some(variance * variance / weighted));
        t * variance.sqrt() / 128.325
    };
    let n = [neyman[0] as f64, neyman[1] as f64, 4.0];
    assert!(half_width(n) <= 0.05, "{neyman:?}");
    assert!(half_width([n[0] - 1.0, n[1], n[2]]) > 0.05, "{neyman:?}");
    assert!((38.0..=44.0).contains(&(n[0] + n[1])), "{neyman:?}");
    let proportional = plots(&answer, "volume", "proportional");
    let all: u64 = proportional.iter().sum();
    assert!((proportional[0] as f64 / all as f64 - 0.6).abs() < 0.02);
    assert!(all > neyman.iter().sum::<u64>());
    let now = answer["sample"]["variables"][0]["now_pct"]
        .as_f64()
        .unwrap();
    assert!((now / 100.0 - half_width([5.0, 4.0, 4.0])).abs() < 1e-12);
}

#[test]
fn of_several_variables_each_stratum_takes_the_largest_number() {
    let field = field(PLAN);
    let flags = ["--precision", "volume=5", "--precision", "carbon=2"];
    let answer = asked(&field, &flags);
    let (volume, carbon) = (
        plots(&answer, "volume", "neyman"),
        plots(&answer, "carbon", "neyman"),
    );
    assert!(
        volume[0] > carbon[0] && volume[1] < carbon[1],
        "{volume:?} {carbon:?}"
    );
    let largest: Vec<u64> = volume.iter().zip(&carbon).map(|(a, b)| *a.max(b)).collect();
    assert_eq!(plots(&answer, "_all", "neyman"), largest);
    for variable in answer["sample"]["variables"].as_array().unwrap() {
        let expected = variable["neyman_expected_pct"].as_f64().unwrap();
        assert!(expected <= variable["wanted_pct"].as_f64().unwrap() + 1e-6);
    }
}

#[test]
fn a_higher_level_takes_more_plots_and_a_table_is_written() {
    let field = field(PLAN);
    let out = field.path("sample.csv");
    let sum =
        |flags: &[&str]| -> u64 { plots(&asked(&field, flags), "_all", "neyman").iter().sum() };
    let usual = sum(&["--precision", "volume=5"]);
    let strict = sum(&[
        "--precision",
        "volume=5",
        "--confidence",
        "0.99",
        "--out",
        out.to_str().unwrap(),
    ]);
    assert!(strict > usual);
    let table = std::fs::read_to_string(&out).unwrap();
    assert!(table.starts_with("variable,unit_id,stratum_id,share_pct,plots,standard_deviation,"));
    assert_eq!(table.lines().count(), 1 + 2 * 3);
    let again = asked(&field, &["--out", out.to_str().unwrap()]);
    assert_eq!(again["ok"], false, "an existing table stays");
}

#[test]
fn what_keeps_a_sample_from_being_planned_is_said_at_once() {
    let no_plots = "name = \"n\"\n[regions]\npath = \"nowhere.gpkg\"\nid = \"id\"\n\
        [[land-cover]]\nyear = 2020\npath = \"nowhere.tif\"\nlegend = \"nlcd\"\n";
    for (plan, flags, what) in [
        (no_plots, vec![], "no plots to plan a sample from"),
        (
            PLAN,
            vec!["--precision", "litter-carbon=5"],
            "no `litter-carbon`",
        ),
        (
            PLAN,
            vec!["--precision", "forest-area=5"],
            "no `forest-area`",
        ),
    ] {
        let field = field(plan);
        let answer = asked(&field, &flags);
        assert_eq!(answer["ok"], false);
        let findings = answer["findings"].to_string();
        assert!(findings.contains(what), "{findings}");
    }
}

#[test]
fn a_stratum_with_one_plot_is_given_two_and_named() {
    let field = field(PLAN);
    let plots = std::fs::read_to_string(field.path("plots.csv")).unwrap();
    let one: Vec<&str> = plots
        .lines()
        .filter(|line| !["7,", "8,", "9,"].iter().any(|id| line.starts_with(id)))
        .collect();
    field.write("plots.csv", &one.join("\n"));
    let answer = asked(&field, &["--precision", "volume=5"]);
    let rows = answer["sample"]["rows"].as_array().unwrap();
    let broadleaf = rows
        .iter()
        .find(|row| row["stratum_id"] == "broadleaf")
        .unwrap();
    assert_eq!(broadleaf["neyman"]["plots"], 2);
    assert!(broadleaf["standard_deviation"].is_null());
    let variable = &answer["sample"]["variables"][0];
    assert!(variable["now_pct"].is_null() && variable["neyman_expected_pct"].is_null());
    let notes = answer["sample"]["notes"].to_string();
    assert!(
        notes.contains("broadleaf of unit all") && notes.contains("least possible"),
        "{notes}"
    );
}

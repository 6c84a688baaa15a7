//! `terrasink methods`: what can be computed, by which formula, with which parameters and sources.

use std::fmt::Write;

use super::{Common, Ending, fail, say, seeds, tell_findings};
use crate::account::{MethodDescription, ParameterDescription, Seeds};

pub(super) fn methods(id: Option<&str>, common: &Common) -> Ending {
    let seeds = match seeds(common) {
        Ok(seeds) => seeds,
        Err(findings) => {
            tell_findings(&findings, common);
            return Ending::Rejected;
        }
    };
    let Some(id) = id else {
        return list(&seeds, common);
    };
    match seeds.description(id) {
        Ok(description) => {
            if common.json {
                json(&description)
            } else {
                say(text(&description).trim_end())
            }
        }
        Err(finding) => {
            tell_findings(&[finding], common);
            Ending::Rejected
        }
    }
}

fn json(value: &impl serde::Serialize) -> Ending {
    match serde_json::to_string_pretty(value) {
        Ok(text) => say(&text),
        Err(error) => fail(&error.to_string()),
    }
}

fn list(seeds: &Seeds, common: &Common) -> Ending {
    let described = seeds.described();
    if common.json {
        return json(&described);
    }
    let width = described
        .iter()
        .map(|method| method.id.len())
        .max()
        .unwrap_or(0);
    let mut lines = String::new();
    for method in &described {
        let _ = writeln!(lines, "{:width$}  {}", method.id, method.title);
    }
    lines.push_str("\nterrasink methods ID tells formula, parameters and sources of one method");
    say(&lines)
}

fn text(method: &MethodDescription) -> String {
    let mut out = String::new();
    let mut line = |label: &str, value: &str| {
        let _ = writeln!(out, "{label:<12}{value}");
    };
    line("method", &method.id);
    line("", &method.title);
    line("approach", &method.approach);
    for (i, part) in method.formula.lines().enumerate() {
        line(if i == 0 { "formula" } else { "" }, part);
    }
    if !method.ecosystems.is_empty() {
        line("ecosystems", &method.ecosystems.join(", "));
    }
    for (key, values) in &method.keys {
        line("key", &format!("{key}: {}", values.join(", ")));
    }
    line("source", &method.source);
    for note in &method.notes {
        line("note", note);
    }
    for pool in &method.pools {
        let depth = pool
            .depth_cm
            .map_or_else(String::new, |depth| format!(" to {depth} cm"));
        let _ = writeln!(
            out,
            "\npool        {}{depth}\n            {}",
            pool.pool, pool.arithmetic
        );
        for parameter in &pool.parameters {
            let _ = writeln!(out, "  {}", row(parameter));
        }
    }
    out
}

fn row(parameter: &ParameterDescription) -> String {
    let value = parameter
        .value
        .map_or_else(|| "no value".to_owned(), |value| value.to_string());
    let interval = parameter.interval.map_or_else(String::new, |(low, high)| {
        format!(" [{low} to {high}, {}]", parameter.interval_kind)
    });
    format!(
        "{} = {value} {}{interval}; {}; {}",
        parameter.id, parameter.unit, parameter.source, parameter.confidence
    )
}

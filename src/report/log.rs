//! `run/log.jsonl`: what a run had to say, one JSON object a line.
//!
//! It holds no times, so that equal runs write equal bytes; those stand in the manifest.

use std::path::Path;

use serde_json::{Value, json};

use super::document::Document;
use crate::finding::Finding;

/// Path of the log.
const LOG: &str = "run/log.jsonl";

/// What a run had to say.
#[derive(Debug, Clone, Copy)]
pub struct RunLog<'a> {
    /// Name of the run, from the plan.
    pub name: &'a str,
    /// Directory of the plan: paths below it are told from it on.
    pub directory: Option<&'a Path>,
    /// Number of regions.
    pub regions: usize,
    /// What must be known.
    pub warnings: &'a [Finding],
    /// Regions without all their figures, with the reason.
    pub failed: &'a [(String, String)],
}

impl RunLog<'_> {
    /// The file.
    #[must_use]
    pub fn document(&self) -> Document {
        let begin = json!({
            "event": "run",
            "name": self.name,
            "program": concat!("terrasink ", env!("CARGO_PKG_VERSION")),
        });
        let warnings = self.warnings.iter().map(|finding| {
            json!({
                "event": finding.severity,
                "place": self.seen_from_plan(&finding.place),
                "what": self.seen_from_plan(&finding.what),
                "remedy": finding.remedy,
            })
        });
        let failed = self.failed.iter().map(|(region, reason)| {
            json!({
                "event": "region-failed",
                "region_id": region,
                "reason": self.seen_from_plan(reason),
            })
        });
        let end = json!({
            "event": "done",
            "regions": self.regions,
            "failed": self.failed.len(),
            "warnings": self.warnings.len(),
        });
        let lines: Vec<Value> = std::iter::once(begin)
            .chain(warnings)
            .chain(failed)
            .chain([end])
            .collect();
        let lines: Vec<String> = lines.iter().map(Value::to_string).collect();
        Document::new(LOG, (lines.join("\n") + "\n").into_bytes())
    }

    /// A text with paths as the plan has them, wherever the run was begun.
    fn seen_from_plan(&self, text: &str) -> String {
        let directory = self
            .directory
            .map(|directory| directory.display().to_string());
        match directory.filter(|directory| !directory.is_empty()) {
            Some(directory) => text.replace(&format!("{directory}/"), ""),
            None => text.to_owned(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_log_is_the_same_wherever_the_run_was_begun() {
        let log = |directory: &str| {
            let warnings = [Finding::warning(
                Path::new(directory).join("lc.tif").display().to_string(),
                "no nodata",
                "look at it",
            )];
            let log = RunLog {
                name: "a run",
                directory: Some(Path::new(directory)),
                regions: 3,
                warnings: &warnings,
                failed: &[("b".to_owned(), "block 3 is damaged".to_owned())],
            };
            String::from_utf8(log.document().bytes).unwrap()
        };
        assert_eq!(log("/data/x"), log(""));
        let lines: Vec<Value> = log("x/y")
            .lines()
            .map(|line| serde_json::from_str(line).unwrap())
            .collect();
        assert_eq!(lines[1]["event"], "warning");
        assert_eq!(lines[1]["place"], "lc.tif");
        assert_eq!(lines[2]["region_id"], "b");
        assert_eq!(
            (&lines[3]["regions"], &lines[3]["warnings"]),
            (&json!(3), &json!(1))
        );
    }
}

//! `terrasink explain`: how a figure came about, from the files of an output alone.

use std::path::Path;

use super::{Common, Ending, say, tell};
use crate::report::{self, OutTables};

pub(super) fn explain(out: &Path, region: &str, figure: Option<&str>, common: &Common) -> Ending {
    let tables = match OutTables::read(out) {
        Ok(tables) => tables,
        Err(error) => {
            tell(&format!("error: {}: {error}", out.display()));
            tell("    -> give a directory that `terrasink run` wrote");
            return Ending::Rejected;
        }
    };
    match report::explain(&tables, region, figure) {
        Ok(text) if common.json => {
            say(&serde_json::json!({ "region": region, "text": text }).to_string())
        }
        Ok(text) => say(text.trim_end()),
        Err(error) => {
            tell(&format!("error: {error}"));
            Ending::Rejected
        }
    }
}

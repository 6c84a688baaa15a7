//! The evaluations of an FIA database, and the one that a plan means.

use std::collections::BTreeSet;

use super::database::{Columns, Database};
use crate::estimate::Design;
use crate::finding::Finding;
use crate::plan::PlotsTable;

/// A row of `POP_EVAL`.
#[derive(Debug, Clone)]
pub(super) struct Listed {
    cn: String,
    group: String,
    pub(super) id: String,
    words: String,
    state: String,
    end: String,
    method: String,
}

/// The evaluations of a database, with what each is made for.
pub(super) struct Catalogue {
    name: String,
    listed: Vec<Listed>,
    /// `EVAL_CN` and `EVAL_TYP`.
    types: BTreeSet<(String, String)>,
}

impl Catalogue {
    pub(super) fn read(database: &Database) -> Result<Self, Vec<Finding>> {
        let columns = Columns {
            needed: &[
                "CN",
                "EVAL_GRP_CN",
                "EVALID",
                "EVAL_DESCR",
                "STATECD",
                "END_INVYR",
                "ESTN_METHOD",
            ],
            optional: &[],
        };
        let evaluations = database.read("POP_EVAL", &columns, &|_| true);
        let columns = Columns {
            needed: &["EVAL_CN", "EVAL_TYP"],
            optional: &[],
        };
        let types = database.read("POP_EVAL_TYP", &columns, &|_| true);
        let (evaluations, types) = match (evaluations, types) {
            (Ok(evaluations), Ok(types)) => (evaluations, types),
            (evaluations, types) => {
                let mut found = evaluations.err().unwrap_or_default();
                found.extend(types.err().unwrap_or_default());
                return Err(found);
            }
        };
        let listed = evaluations.rows.iter().filter_map(|(_, row)| {
            let [cn, group, id, words, state, end, method] = &row[..] else {
                return None;
            };
            Some(Listed {
                cn: cn.clone(),
                group: group.clone(),
                id: id.clone(),
                words: words.clone(),
                state: state.clone(),
                end: end.clone(),
                method: method.clone(),
            })
        });
        let types = types.rows.iter().filter_map(|(_, row)| match &row[..] {
            [cn, kind] => Some((cn.clone(), kind.clone())),
            _ => None,
        });
        Ok(Self {
            listed: listed.collect(),
            name: evaluations.name,
            types: types.collect(),
        })
    }

    fn serves(&self, listed: &Listed, kind: &str) -> bool {
        self.types.contains(&(listed.cn.clone(), kind.to_owned()))
    }

    /// The evaluation of growth that was made together with one of area and volume.
    pub(super) fn growth_beside(&self, listed: &Listed) -> Option<&Listed> {
        self.listed
            .iter()
            .find(|other| other.group == listed.group && self.serves(other, "EXPGROW"))
    }

    /// The evaluation of area and volume that the plan means.
    pub(super) fn chosen(&self, plots: &PlotsTable) -> Result<&Listed, Finding> {
        const KIND: &str = "EXPVOL";
        let fit: Vec<&Listed> = self
            .listed
            .iter()
            .filter(|listed| self.serves(listed, KIND))
            .collect();
        let remedy = || {
            if fit.is_empty() {
                return "the tables have no evaluation of area and volume (EVAL_TYP EXPVOL): get POP_EVAL and POP_EVAL_TYP again together".to_owned();
            }
            let all: Vec<String> = fit
                .iter()
                .map(|listed| format!("{} (state {}, to {})", listed.id, listed.state, listed.end))
                .collect();
            format!("evaluations of area and volume are: {}", all.join(", "))
        };
        let year = plots.year.to_string();
        if let Some(wanted) = plots.evaluation {
            let wanted = wanted.to_string();
            let Some(listed) = self.listed.iter().find(|listed| listed.id == wanted) else {
                return Err(Finding::error(
                    &self.name,
                    format!("no evaluation {wanted}"),
                    remedy(),
                ));
            };
            if !self.serves(listed, KIND) {
                return Err(Finding::error(
                    &self.name,
                    format!(
                        "evaluation {wanted} (`{}`) is not one of area and volume",
                        listed.words
                    ),
                    remedy(),
                ));
            }
            if listed.end != year {
                return Err(Finding::error(
                    &self.name,
                    format!(
                        "evaluation {wanted} ends in {}, and the plan calls it {year}",
                        listed.end
                    ),
                    format!("set `year` to {}, or choose another evaluation", listed.end),
                ));
            }
            return Ok(listed);
        }
        // The plan alone is refused without the one and the other.
        let state = plots
            .state
            .map_or_else(String::new, |state| state.to_string());
        let mut of_state = fit
            .iter()
            .filter(|listed| listed.state == state && listed.end == year);
        match (of_state.next(), of_state.next()) {
            (Some(only), None) => Ok(only),
            (Some(_), Some(_)) => Err(Finding::error(
                &self.name,
                format!("several evaluations of state {state} end in {year}"),
                format!("set `evaluation`; {}", remedy()),
            )),
            (None, _) => Err(Finding::error(
                &self.name,
                format!("no evaluation of area and volume of state {state} ends in {year}"),
                remedy(),
            )),
        }
    }
}

impl Listed {
    /// The design that an evaluation names.
    pub(super) fn design(&self, name: &str, declared: Option<Design>) -> Result<Design, Finding> {
        let design = match self.method.to_lowercase().as_str() {
            "post-stratification" | "post-stratified" => Design::PostStratified,
            "stratified random sampling" => Design::Stratified,
            "simple random sampling" => Design::SimpleRandom,
            "double sampling for stratification" | "double sampling" => Design::DoubleSampling,
            other => {
                return Err(Finding::error(
                    name,
                    format!(
                        "evaluation {} is made by `{other}`, a method that the program does not know",
                        self.id
                    ),
                    "known are post-stratification, stratified random sampling, simple random sampling and double sampling for stratification",
                ));
            }
        };
        match declared {
            Some(declared) if declared != design => Err(Finding::error(
                name,
                format!(
                    "evaluation {} is made by `{}`, and the plan declares `{declared}`",
                    self.id, self.method
                ),
                "leave `design` out: the database says it",
            )),
            _ => Ok(design),
        }
    }
}

//! The sample that a plan means.

use std::path::{Path, PathBuf};

use super::catalogue::Catalogue;
use super::database::Database;
use super::evaluation::Evaluation;
use super::{growth, own_sample};
use crate::estimate::Design;
use crate::finding::Finding;
use crate::input::plots::Placing;
use crate::plan::{InventoryTable, PlotsTable};

/// Finds a path of the plan.
pub(super) type Resolve<'a> = dyn Fn(&Path) -> PathBuf + 'a;

/// The sample that a plan means.
pub(super) struct Sampled {
    /// An evaluation, or strata of the plan's own.
    pub(super) evaluation: Evaluation,
    /// The evaluation of growth beside it.
    pub(super) of_growth: Option<Evaluation>,
    pub(super) warnings: Vec<Finding>,
    /// What is wrong with rows of the tables of the population.
    pub(super) problems: Vec<Finding>,
}

impl Sampled {
    /// Reads what says which plots stand for what.
    ///
    /// # Errors
    ///
    /// What keeps all other tables from being read.
    pub(super) fn read(
        database: &Database,
        table: &InventoryTable,
        declared: Option<Design>,
        plots: &PlotsTable,
        (resolve, placing): (&Resolve<'_>, Option<&Placing<'_>>),
    ) -> Result<Self, Vec<Finding>> {
        if plots.evaluation.is_none() && plots.state.is_none() {
            // The plan alone is refused without a design, or without a sample of its own.
            let Some(design) = declared.filter(|_| table.has_own_sample()) else {
                return Err(Vec::new());
            };
            let (evaluation, warnings) =
                own_sample::read(database, table, design, plots, resolve, placing)?;
            return Ok(Self {
                evaluation,
                of_growth: None,
                warnings,
                problems: Vec::new(),
            });
        }
        let catalogue = Catalogue::read(database)?;
        let listed = catalogue.chosen(plots).map_err(|finding| vec![finding])?;
        let (evaluation, mut problems) = Evaluation::read(database, listed, declared);
        let Some(evaluation) = evaluation else {
            return Err(problems);
        };
        let growth = catalogue.growth_beside(listed);
        let mut warnings = Vec::new();
        let mut of_growth = None;
        match growth::is_there(database, growth.is_some()) {
            Ok(true) => {
                if let Some(growth) = growth {
                    let (growth, found) = Evaluation::read(database, growth, declared);
                    of_growth = growth;
                    problems.extend(found);
                }
            }
            Ok(false) => {}
            Err(warning) => warnings.push(warning),
        }
        Ok(Self {
            evaluation,
            of_growth,
            warnings,
            problems,
        })
    }
}

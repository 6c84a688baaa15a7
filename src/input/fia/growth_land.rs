//! Land of the FIA database that was forest at both visits.

use std::collections::BTreeMap;

use super::conditions::{ByPlot, add, basis, observed};
use super::database::{Columns, Database};
use super::evaluation::Basis;
use super::growth::Reading;
use super::rows::{overfull, repeated, within};
use crate::estimate::Observations;
use crate::finding::Finding;
use crate::units::Hectares;

/// Share of one subplot, or one macroplot, in a plot.
const SHARE_OF_SUBPLOT: f64 = 0.25;

/// Land in all, and by value of each column that makes domains.
type Stayed = (Observations<Hectares>, Vec<ByValue>);

/// Land by value of a column.
pub(super) type ByValue = BTreeMap<String, Observations<Hectares>>;

impl Reading<'_> {
    /// Land that was forest at both visits, in all and by value of each column that makes domains (that of
    /// the later visit); `None` without the table of changes of conditions.
    pub(super) fn forest(&mut self, database: &Database) -> Result<Option<Stayed>, Vec<Finding>> {
        const TABLE: &str = "SUBP_COND_CHNG_MTRX";
        if !database.has(TABLE) {
            return Ok(None);
        }
        let evaluation = self.evaluation;
        let needed = [
            "PLT_CN",
            "PREV_PLT_CN",
            "SUBPTYP",
            "CONDID",
            "PREVCOND",
            "SUBPTYP_PROP_CHNG",
        ];
        let columns = Columns {
            needed: &needed,
            optional: &["SUBP"],
        };
        let rows = database.read(TABLE, &columns, &|row| {
            evaluation.position(&row[0]).is_some()
        })?;
        let key = [
            "PLT_CN",
            "PREV_PLT_CN",
            "SUBP",
            "SUBPTYP",
            "CONDID",
            "PREVCOND",
        ];
        self.problems.extend(repeated(&rows, &key));
        let plots = evaluation.assigned.len();
        let mut forest = vec![Some(0.0); plots];
        let mut land: Vec<BTreeMap<String, ByPlot>> = vec![BTreeMap::new(); self.of_land.len()];
        let mut mapped_parts: BTreeMap<(&str, &str), f64> = BTreeMap::new();
        for (line, row) in &rows.rows {
            let Some(plot) = evaluation.position(&row[0]) else {
                continue;
            };
            let share = within(&rows, 5, (*line, row), &(0.0..=1.0), &mut self.problems);
            *mapped_parts.entry((&row[0], &row[2])).or_default() +=
                share.unwrap_or_default() * SHARE_OF_SUBPLOT;
            let same = self
                .pairs
                .get(&plot)
                .is_some_and(|pair| pair.previous == row[1]);
            let condition = self.conditions.get(&(row[0].clone(), row[3].clone()));
            let mapped = condition.and_then(|condition| basis(&condition.basis));
            let part = match row[2].as_str() {
                "1" => Some(Basis::Subplot),
                "3" => Some(Basis::Macroplot),
                _ => None,
            };
            if !same
                || part.is_none()
                || part != mapped
                || !self.stayed_forest(plot, &row[3], &row[4])
            {
                continue;
            }
            let factor = part.and_then(|part| evaluation.factor(plot, part));
            let value = share.zip(factor);
            let value = value.map(|(share, factor)| share * SHARE_OF_SUBPLOT * factor);
            add(&mut forest[plot], value);
            let of_land = condition
                .into_iter()
                .flat_map(|condition| &condition.domains);
            for (sums, name) in land
                .iter_mut()
                .zip(of_land)
                .filter(|(_, name)| !name.is_empty())
            {
                let of_value = sums.entry(name.clone()).or_default();
                add(of_value.entry(plot).or_insert(Some(0.0)), value);
            }
        }
        let parts = mapped_parts
            .iter()
            .map(|((plot, _), share)| (*plot, *share));
        let found = overfull(&rows.name, ("rows", "SUBPTYP_PROP_CHNG"), parts);
        self.problems.extend(found);
        let observed_by = |values: ByPlot| {
            let value = |plot: usize| values.get(&plot).copied().unwrap_or(Some(0.0));
            observed((0..plots).map(value).collect())
        };
        let land = land.into_iter().map(|sums| {
            let sums = sums.into_iter();
            sums.map(|(name, values)| (name, observed_by(values)))
                .collect()
        });
        Ok(Some((observed(forest), land.collect())))
    }
}

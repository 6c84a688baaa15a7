//! Pools that are what one parameter leaves of another, such as roots, where a plan gives one of the two alone.

use std::collections::BTreeSet;

use super::area_pools::Resolved;
use crate::account::library::{Parameter, Standing};
use crate::account::words::number;
use crate::finding::Finding;

impl Resolved<'_> {
    fn place(&self) -> String {
        format!(
            "carbon, ecosystem {}, method {}",
            self.choice.ecosystem, self.method.id
        )
    }

    /// The parameter of the plan and that of the seeds, where the pool is the difference of both.
    fn sources(&self) -> Option<(&Parameter, &Parameter)> {
        let (all, less) = (self.density.0, self.less?.0);
        let is_own = |row: &Parameter| row.standing == Standing::User;
        match (is_own(all), is_own(less)) {
            (true, false) => Some((all, less)),
            (false, true) => Some((less, all)),
            _ => None,
        }
    }

    /// That the pool is the difference of a parameter of the plan and one of the seeds, in words; empty where it is not.
    pub(super) fn mixed_words(&self) -> String {
        let (Some((own, seed)), Some((less, _))) = (self.sources(), self.less) else {
            return String::new();
        };
        format!(
            "{} is `{}` less `{}`: `{}` is of a table of the plan, `{}` is not",
            self.rule.pool,
            self.density.0.row_id(),
            less.row_id(),
            own.row_id(),
            seed.row_id()
        )
    }

    /// That more is taken off than there is.
    pub(super) fn below_none(&self) -> Option<Finding> {
        let ((all, value), (less, taken)) = (self.density, self.less?);
        (taken > value).then(|| {
            Finding::error(
                self.place(),
                format!(
                    "{} is `{}` less `{}`: {} less {} is below none",
                    self.rule.pool,
                    all.row_id(),
                    less.row_id(),
                    number(value),
                    number(taken)
                ),
                "give both parameters in your table, from one source",
            )
        })
    }
}

/// Warns of pools that change with a parameter of the plan which is given for another pool.
pub(in crate::account) fn warnings(rules: &[Resolved<'_>]) -> BTreeSet<Finding> {
    let mixed = rules.iter().filter_map(|rule| {
        let (own, seed) = rule.sources()?;
        Some(Finding::warning(
            rule.place(),
            rule.mixed_words(),
            format!(
                "give `{}` too, from the source of `{}`, or leave it where the difference is what you mean",
                seed.id, own.id
            ),
        ))
    });
    mixed.collect()
}

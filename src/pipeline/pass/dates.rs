//! What lines of the ledger say of the dates of a run.

use std::collections::BTreeSet;

use super::measure::Measured;
use crate::account::{Ecosystem, MapYear};
use crate::pipeline::open::Prepared;

/// Codes that the legend calls nodata are nodata; at a date without a map there is no code.
pub(in crate::pipeline) fn known(
    classes: &[Option<i64>],
    dates: &[MapYear<'_>],
) -> Vec<Option<i64>> {
    let code = |(at, date): (usize, &MapYear<'_>)| {
        let legend = date.legend?;
        classes[at].filter(|code| !legend.is_nodata(*code))
    };
    dates.iter().enumerate().map(code).collect()
}

/// Ecosystems of the classes that maps show in the regions.
pub(in crate::pipeline) fn ecosystems_shown(
    measured: &Measured,
    dates: &[MapYear<'_>],
) -> BTreeSet<Ecosystem> {
    let codes = measured
        .lines
        .iter()
        .flat_map(|line| line.classes.iter().zip(dates));
    let classes = codes.filter_map(|(code, date)| date.legend?.class((*code)?));
    classes.filter_map(|class| class.ecosystem).collect()
}

/// The dates of the run, with the legends of its maps.
pub(in crate::pipeline) fn map_years(prepared: &Prepared) -> Vec<MapYear<'_>> {
    let legend = |at: usize| Some(&prepared.maps.as_ref()?.legends[at]);
    let dates = prepared.dates.iter().enumerate();
    dates
        .map(|(at, year)| MapYear {
            year: *year,
            legend: legend(at),
        })
        .collect()
}

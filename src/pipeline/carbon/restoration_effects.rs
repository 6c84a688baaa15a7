//! The effects of restorations: their sites as the pass measured them.

use crate::account::{self, MapYear, MeasuredArea, Restoration, RestorationTables, SiteWeight};
use crate::finding::Finding;
use crate::pipeline::open::{Prepared, known_layer_classes, measure};
use crate::pipeline::pass::{Measured, known};
use crate::plan::{Plan, WeightKey};

/// The effects of the restorations of the plan.
///
/// # Errors
///
/// Class codes under the sites without a legend entry.
pub(in crate::pipeline) fn restorations(
    plan: &Plan,
    prepared: &Prepared,
    measured: &Measured,
    maps: &[MapYear<'_>],
) -> Result<RestorationTables, Vec<Finding>> {
    let lines: Vec<MeasuredArea> = measured
        .site_lines
        .iter()
        .map(|line| MeasuredArea {
            classes: known(&line.classes, maps),
            layer_classes: known_layer_classes(&line.layer_classes, &prepared.layers),
            ..line.clone()
        })
        .collect();
    let mut of_site: Vec<Vec<&MeasuredArea>> = vec![Vec::new(); prepared.sites.len()];
    for line in &lines {
        of_site[line.unit].push(line);
    }
    let meanings: Vec<_> = plan
        .file
        .restoration
        .iter()
        .map(|table| measure(table, prepared))
        .collect();
    let all: Vec<Restoration<'_>> = plan
        .file
        .restoration
        .iter()
        .enumerate()
        .filter_map(|(index, table)| {
            let (measure, words, unit) = meanings[index].as_ref()?;
            let places = prepared.sites.iter().enumerate();
            let sites = places.filter(|(_, site)| site.restoration == index);
            let sites = sites.map(|(number, site)| account::Site {
                group: site.group,
                id: &site.id,
                area: site.area,
                measured: of_site[number].clone(),
                unread: measured.site_failures.get(&number).map(String::as_str),
            });
            Some(Restoration {
                name: &table.name,
                measure: *measure,
                words: words.clone(),
                unit,
                before_year: table.before,
                after_year: table.after,
                weight: match table.weight {
                    WeightKey::Site => SiteWeight::Site,
                    WeightKey::Area => SiteWeight::Area,
                },
                sites: sites.collect(),
            })
        })
        .collect();
    account::restoration(&all, maps, &prepared.forest, plan.confidence())
}

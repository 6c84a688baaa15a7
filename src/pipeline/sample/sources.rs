//! Where the figures of a region come from: its own plots, a larger area, or nowhere; by inventory, and by change
//! between two.

use crate::estimate::{Estimate, synthetic};
use crate::finding::counted;
use crate::units::{Hectares, Quantity};

/// Where the estimate of a region comes from.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Source {
    /// From the plots of a domain.
    Direct(usize),
    /// From a domain (`None`: all plots of the regions), by the share of its mapped forest.
    Synthetic {
        domain: Option<usize>,
        mapped_in_parent: Hectares,
        mapped_in_area: Hectares,
    },
    /// From nowhere, for this reason.
    None(String),
}

/// The estimate of a region, or of the union where it is `None`, out of those of all domains; that of
/// the union of all stands at `union`.
pub(super) fn picked<Q: Quantity>(
    sources: &[Source],
    region: Option<usize>,
    union: usize,
    of_domain: impl Fn(usize) -> Result<Estimate<Q>, String>,
) -> Result<Estimate<Q>, String> {
    match region.map(|region| &sources[region]) {
        None => of_domain(union),
        Some(Source::Direct(domain)) => of_domain(*domain),
        Some(Source::Synthetic {
            domain,
            mapped_in_parent,
            mapped_in_area,
        }) => {
            let parent = of_domain(domain.unwrap_or(union))?;
            synthetic(&parent, *mapped_in_parent, *mapped_in_area)
                .map_err(|error| error.to_string())
        }
        Some(Source::None(reason)) => Err(reason.clone()),
    }
}

/// The sources of every region, one list an inventory and one a change between two that follow each other.
pub(super) struct Sources {
    pub(super) of_stocks: Vec<Vec<Source>>,
    /// What both inventories of a change have.
    pub(super) of_changes: Vec<Vec<Source>>,
}

/// What a region takes where the domains have these numbers of plots in these inventories, and the note that says so.
type Rule<'r> = dyn Fn(usize, &[usize], &[usize]) -> (Source, Option<String>) + 'r;

impl Sources {
    /// By a rule, from the years of the inventories and the plots that each has in the domains; a change has the
    /// fewer plots of its two inventories. Gives the notes of the regions too.
    pub(super) fn by(
        (years, plots): (&[i32], &[Vec<usize>]),
        regions: usize,
        domain_of: &dyn Fn(usize) -> Option<usize>,
        rule: &Rule<'_>,
    ) -> (Self, Vec<Vec<String>>) {
        let decide = |plots: &[usize], inventories: &[usize]| -> Vec<(Source, Option<String>)> {
            let regions = 0..regions;
            regions.map(|at| rule(at, plots, inventories)).collect()
        };
        let stocks = plots.iter().enumerate();
        let of_stocks: Vec<_> = stocks.map(|(at, plots)| decide(plots, &[at])).collect();
        let pairs = plots.windows(2).enumerate();
        let of_pair = |(at, pair): (usize, &[Vec<usize>])| {
            let both = pair[0].iter().zip(&pair[1]);
            let fewer: Vec<usize> = both.map(|(one, other)| *one.min(other)).collect();
            decide(&fewer, &[at, at + 1])
        };
        let mut of_changes: Vec<_> = pairs.map(of_pair).collect();
        let mut notes = vec![Vec::new(); regions];
        for (region, notes) in notes.iter_mut().enumerate() {
            let told = of_stocks.iter().map(|of| of[region].1.as_deref());
            notes.extend(by_years(years, &told.collect::<Vec<_>>()));
            for (earlier, of) in of_changes.iter_mut().enumerate() {
                let (source, note) = &mut of[region];
                let is_direct = |at: &usize| matches!(of_stocks[*at][region].0, Source::Direct(_));
                let pair = [earlier, earlier + 1];
                let Some(few) = pair.into_iter().find(|at| !is_direct(at)) else {
                    continue;
                };
                if !pair.iter().any(is_direct) {
                    continue;
                }
                if let Source::None(reason) = source {
                    let has = domain_of(region).map_or(0, |domain| plots[few][domain]);
                    let has = counted(has, "plot", "plots");
                    *reason = format!("the inventory of {} has {has} in it: {reason}", years[few]);
                } else if let Some(note) = note {
                    notes.push(format!(
                        "change {} to {}: {note}",
                        years[earlier],
                        years[earlier + 1]
                    ));
                }
            }
        }
        let bare = |of: Vec<(Source, _)>| of.into_iter().map(|(source, _)| source).collect();
        let sources = Self {
            of_stocks: of_stocks.into_iter().map(bare).collect(),
            of_changes: of_changes.into_iter().map(bare).collect(),
        };
        (sources, notes)
    }

    /// Those of a region.
    pub(super) fn of(&self, region: usize) -> impl Iterator<Item = &Source> {
        let each = self.of_stocks.iter().chain(&self.of_changes);
        each.map(move |of| &of[region])
    }

    /// All of them, one a region and inventory or change.
    pub(super) fn all(&self) -> impl Iterator<Item = &Source> {
        self.of_stocks.iter().chain(&self.of_changes).flatten()
    }
}

/// What is told of inventories, with their years where it is not the same of all.
fn by_years(years: &[i32], told: &[Option<&str>]) -> Vec<String> {
    let mut groups: Vec<(&str, Vec<String>)> = Vec::new();
    for (year, words) in years.iter().zip(told) {
        let Some(words) = words else { continue };
        match groups.iter_mut().find(|(of, _)| of == words) {
            Some((_, years)) => years.push(year.to_string()),
            None => groups.push((words, vec![year.to_string()])),
        }
    }
    let words = groups.into_iter().map(|(words, of)| {
        if of.len() == years.len() {
            words.to_owned()
        } else {
            format!("{}: {words}", of.join(", "))
        }
    });
    words.collect()
}

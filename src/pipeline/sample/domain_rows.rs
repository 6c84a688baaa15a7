//! Estimates for each value of a column of the plots: species, forest type, owner.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::attributes::Work;
use super::inventory_rows::RowOf;
use super::sources::Source;
use crate::account::{Pool, period};
use crate::estimate::{Change, Estimate, Observations};
use crate::input::{DomainSums, Inventory, PlotRecord};
use crate::units::{Hectares, Quantity, TonnesCarbon};

/// A domain and a value of a column, by position; the union of all domains comes last.
type Key = (usize, usize);

/// Attribute and domain of a row.
type Names<'n> = (&'n Arc<str>, &'n Arc<str>);

/// What makes domains: a column of the plots, or the species of the trees.
struct Column<'a> {
    name: &'a str,
    /// Its values in all inventories, numbers by their size.
    values: Vec<&'a str>,
}

/// The plots of an inventory by domain and value of a column.
struct Groups {
    /// Every pair of domain and value that some plot has, in order.
    keys: Vec<Key>,
    /// Places among the keys of each plot.
    of_plot: Vec<Vec<usize>>,
}

/// The observations of one variable by domain and value.
type ByRegion<Q> = BTreeMap<Key, Observations<Q>>;

/// What a pair of inventories compares in place of what each has, or why it compares nothing.
type Shared<Q> = Result<Option<[ByRegion<Q>; 2]>, String>;

/// The forest of an inventory that values of a domain are per hectare of.
type ForestOf<'f> = dyn Fn(usize, Key) -> Option<&'f Observations<Hectares>> + 'f;

impl<'a> Work<'a> {
    /// The rows of all columns that the plan names, for every attribute of the plots.
    pub(super) fn column_domains(&mut self, columns: &'a [String]) {
        for (place, name) in columns.iter().enumerate() {
            let values: BTreeSet<&str> = self
                .inventories
                .iter()
                .flat_map(|inventory| &inventory.records)
                .map(|record| record.domains[place].as_str())
                .filter(|value| !value.is_empty())
                .collect();
            let column = Column {
                name,
                values: in_order(values),
            };
            let groups: Vec<Groups> = (0..self.inventories.len())
                .map(|position| self.groups(position, &column, place))
                .collect();
            let forest: Vec<Option<ByRegion<Hectares>>> = groups
                .iter()
                .zip(self.inventories)
                .map(|(groups, inventory)| Some(grouped(inventory.forest.as_ref()?, groups)))
                .collect();
            let of = (&column, &groups[..]);
            let per = |position: usize, key: Key| forest[position].as_ref()?.get(&key);
            self.column_domain("forest_area", of, |i| i.forest.as_ref(), &|_, _| None);
            self.column_domain("volume", of, |i| i.volume.as_ref(), &per);
            let stems = |i: &'a Inventory| Some(&i.trees.as_ref()?.all.stems);
            self.column_domain("trees", of, stems, &per);
            let basal_area = |i: &'a Inventory| i.trees.as_ref()?.all.basal_area.as_ref();
            self.column_domain("basal_area", of, basal_area, &per);
            let above = |i: &'a Inventory| i.above_ground_biomass.as_ref();
            self.column_domain("above_ground_biomass", of, above, &per);
            let below = |i: &'a Inventory| i.below_ground_biomass.as_ref();
            self.column_domain("below_ground_biomass", of, below, &per);
            let pools: BTreeSet<_> = self
                .inventories
                .iter()
                .flat_map(|inventory| inventory.carbon.keys().copied())
                .collect();
            for pool in pools {
                let attribute = pool.attribute();
                self.column_domain(&attribute, of, |i| i.carbon.get(&pool), &per);
            }
            self.all_carbon_domain(of, &per);
        }
    }

    /// The rows of the domains that trees, or the land under them, make: species, forest type, owner.
    pub(super) fn tree_domains(&mut self) {
        let trees = || self.inventories.iter().filter_map(|i| i.trees.as_ref());
        let columns: BTreeSet<&str> = trees()
            .flat_map(|trees| trees.domains.keys().map(String::as_str))
            .collect();
        // Values of a domain of trees are per hectare of all forest of the region.
        let forest: Vec<Option<Vec<Observations<Hectares>>>> = (0..self.inventories.len())
            .map(|position| {
                let inventory = &self.inventories[position];
                let forest = inventory
                    .forest
                    .as_ref()
                    .filter(|_| inventory.trees.is_some());
                Some(self.parts(position, forest?))
            })
            .collect();
        for name in columns {
            let of_column = || trees().filter_map(|trees| trees.domains.get(name));
            let values: BTreeSet<&str> = of_column()
                .flat_map(|of| of.keys().map(String::as_str))
                .collect();
            let pools: BTreeSet<Pool> = of_column()
                .flat_map(BTreeMap::values)
                .flat_map(|sums| sums.carbon.keys().copied())
                .collect();
            let column = Column {
                name,
                values: in_order(values),
            };
            let land = self.domain_parts(&column, |sums| sums.forest.as_ref());
            let per = |position: usize, key: Key| {
                let land = land[position].as_ref()?;
                if land.is_empty() {
                    forest[position].as_ref()?.get(key.0)
                } else {
                    land.get(&key)
                }
            };
            self.tell_domains("forest_area", &column, (&land, &[]), &|_, _| None);
            self.of_trees("trees", &column, |sums| Some(&sums.trees.stems), &per);
            let basal_area = |sums: &'a DomainSums| sums.trees.basal_area.as_ref();
            self.of_trees("basal_area", &column, basal_area, &per);
            self.of_trees("volume", &column, |sums| sums.trees.volume.as_ref(), &per);
            let above = |sums: &'a DomainSums| sums.trees.above_ground_biomass.as_ref();
            self.of_trees("above_ground_biomass", &column, above, &per);
            let below = |sums: &'a DomainSums| sums.trees.below_ground_biomass.as_ref();
            self.of_trees("below_ground_biomass", &column, below, &per);
            for pool in pools {
                let carbon = |sums: &'a DomainSums| sums.carbon.get(&pool);
                self.of_trees(&pool.attribute(), &column, carbon, &per);
            }
            self.of_trees("all_carbon", &column, |sums| sums.all_carbon.as_ref(), &per);
        }
    }

    fn of_trees<Q: Quantity + 'a>(
        &mut self,
        attribute: &str,
        column: &Column<'_>,
        observed: impl Fn(&'a DomainSums) -> Option<&'a Observations<Q>>,
        forest: &ForestOf<'_>,
    ) {
        let parts = self.domain_parts(column, observed);
        self.tell_domains(attribute, column, (&parts, &[]), forest);
    }

    /// One variable of the trees of each inventory by domain and value; only where it is not zero.
    fn domain_parts<Q: Quantity + 'a>(
        &self,
        column: &Column<'_>,
        observed: impl Fn(&'a DomainSums) -> Option<&'a Observations<Q>>,
    ) -> Vec<Option<ByRegion<Q>>> {
        let of_inventory = |position: usize| {
            let of_column = self.inventories[position]
                .trees
                .as_ref()?
                .domains
                .get(column.name)?;
            let mut of_inventory = ByRegion::new();
            for (value, name) in column.values.iter().enumerate() {
                let Some(all) = of_column.get(*name).and_then(&observed) else {
                    continue;
                };
                for (domain, part) in self.parts(position, all).into_iter().enumerate() {
                    if part.plots_nonzero() > 0 || !part.missing().is_empty() {
                        of_inventory.insert((domain, value), part);
                    }
                }
            }
            Some(of_inventory)
        };
        (0..self.inventories.len()).map(of_inventory).collect()
    }

    /// Carbon of all pools; its change is that of the pools that both inventories measured.
    fn all_carbon_domain(
        &mut self,
        (column, groups): (&Column<'_>, &[Groups]),
        forest: &ForestOf<'_>,
    ) {
        let of_inventories = groups.iter().zip(self.inventories);
        let parts: Vec<Option<ByRegion<TonnesCarbon>>> = of_inventories
            .map(|(groups, inventory)| Some(grouped(inventory.all_carbon.as_ref()?, groups)))
            .collect();
        let shared = self.pairs.iter().map(|pair| {
            let sums = pair.shared(Pool::All)?;
            let part = |[before, after]: &[_; 2]| {
                [
                    grouped(before, &groups[pair.earlier]),
                    grouped(after, &groups[pair.later]),
                ]
            };
            Ok(sums.map(part))
        });
        let shared: Vec<_> = shared.collect();
        self.tell_domains(&Pool::All.attribute(), column, (&parts, &shared), forest);
    }

    fn column_domain<Q: Quantity + 'a>(
        &mut self,
        attribute: &str,
        (column, groups): (&Column<'_>, &[Groups]),
        observed: impl Fn(&'a Inventory) -> Option<&'a Observations<Q>>,
        forest: &ForestOf<'_>,
    ) {
        let parts: Vec<Option<ByRegion<Q>>> = groups
            .iter()
            .zip(self.inventories)
            .map(|(groups, inventory)| Some(grouped(observed(inventory)?, groups)))
            .collect();
        self.tell_domains(attribute, column, (&parts, &[]), forest);
    }

    fn tell_domains<Q: Quantity>(
        &mut self,
        attribute: &str,
        column: &Column<'_>,
        (parts, shared): (&[Option<ByRegion<Q>>], &[Shared<Q>]),
        forest: &ForestOf<'_>,
    ) {
        let sources = &self.domains.sources;
        let regions_of = |sources: &Vec<Source>| self.regions_of_domains(sources.as_slice());
        let of_stocks: Vec<_> = sources.of_stocks.iter().map(regions_of).collect();
        let of_changes: Vec<_> = sources.of_changes.iter().map(regions_of).collect();
        let attribute: Arc<str> = attribute.into();
        let label = |value: &&str| Arc::from(format!("{}={value}", column.name));
        let labels: Vec<Arc<str>> = column.values.iter().map(label).collect();
        let keys: BTreeSet<Key> = parts
            .iter()
            .flatten()
            .flat_map(BTreeMap::keys)
            .copied()
            .collect();
        for (domain, value) in keys {
            let name = &labels[value];
            let key = (domain, value);
            for (position, of_value) in parts.iter().enumerate() {
                let Some(region) = &of_stocks[position][domain] else {
                    continue;
                };
                let Some(part) = of_value.as_ref().and_then(|parts| parts.get(&key)) else {
                    continue;
                };
                self.tell_value(position, (&attribute, name), region, part);
                if let Some(forest) = forest(position, key)
                    && let Ok(ratio) = self.samples[position].ratio(part, forest)
                {
                    let of = self.row_of(position, None, (&attribute, name), region);
                    let row = of.ratio(&ratio, ratio.estimator(), self.setting.confidence);
                    self.rows.push(row);
                }
            }
            let names = (&attribute, name);
            let regions = of_changes.iter().map(|of| of[domain].clone());
            self.tell_change(names, &regions.collect::<Vec<_>>(), key, (parts, shared));
        }
    }

    /// The plots of each domain, and of the union of all, under each value of the column at `place`.
    fn groups(&self, inventory: usize, column: &Column<'_>, place: usize) -> Groups {
        let records = &self.inventories[inventory].records;
        let domains = &self.domains.of_plot[inventory];
        let values = column.values.iter().enumerate();
        let values: BTreeMap<&str, usize> = values.map(|(at, value)| (*value, at)).collect();
        let keys_of = |(record, domains): (&PlotRecord, &Vec<usize>)| -> Vec<Key> {
            let value = values.get(record.domains[place].as_str());
            let (Some(value), false) = (value, domains.is_empty()) else {
                return Vec::new();
            };
            let domains = domains.iter().chain([&self.domains.count]);
            domains.map(|domain| (*domain, *value)).collect()
        };
        let of_plot: Vec<Vec<Key>> = records.iter().zip(domains).map(keys_of).collect();
        let mut keys: Vec<Key> = of_plot.iter().flatten().copied().collect();
        keys.sort_unstable();
        keys.dedup();
        let place_of = |key: Key| keys.binary_search(&key).ok();
        let of_plot = of_plot
            .into_iter()
            .map(|of| of.into_iter().filter_map(place_of).collect());
        Groups {
            of_plot: of_plot.collect(),
            keys,
        }
    }

    /// The region that each domain speaks for by these sources, and last the union where there is one.
    pub(super) fn regions_of_domains(&self, sources: &[Source]) -> Vec<Option<Arc<str>>> {
        let mut regions = vec![None; self.domains.count + 1];
        for (region, source) in sources.iter().enumerate() {
            if let Source::Direct(domain) = source {
                regions[*domain] = Some(self.id(Some(region)));
            }
        }
        regions[self.domains.count] = self.setting.disjoint.then(|| self.id(None));
        regions
    }

    fn row_of(
        &self,
        position: usize,
        from_year: Option<i32>,
        (attribute, domain): Names<'_>,
        region: &Arc<str>,
    ) -> RowOf {
        RowOf {
            region: region.clone(),
            year: self.inventories[position].year,
            from_year,
            attribute: attribute.clone(),
            domain: domain.clone(),
            note: "".into(),
        }
    }

    fn tell_value<Q: Quantity>(
        &mut self,
        position: usize,
        names: Names<'_>,
        region: &Arc<str>,
        part: &Observations<Q>,
    ) {
        let mut of = self.row_of(position, None, names, region);
        let total: Option<Estimate<Q>> = self.samples[position]
            .total(part)
            .map_err(|error| of.note = error.to_string().into())
            .ok()
            .map(|total| match self.model_error(position, names.0) {
                Some(error) => total.with_model_error(error),
                None => total,
            });
        self.rows.push(of.total(total, self.setting.confidence));
    }

    fn tell_change<Q: Quantity>(
        &mut self,
        names: Names<'_>,
        regions: &[Option<Arc<str>>],
        key: Key,
        (parts, shared): (&[Option<ByRegion<Q>>], &[Shared<Q>]),
    ) {
        for ((position, pair), region) in self.pairs.iter().enumerate().zip(regions) {
            let Some(region) = region else { continue };
            let (Some(before), Some(after)) = (&parts[pair.earlier], &parts[pair.later]) else {
                continue;
            };
            let both = match shared.get(position) {
                Some(Ok(Some([before, after]))) => Ok((before, after)),
                Some(Err(why)) => Err(why.clone()),
                _ => Ok((before, after)),
            };
            let of_key = |inventory: usize, parts: &ByRegion<Q>| {
                let nothing = || Observations::zero(self.samples[inventory].plots().len());
                parts.get(&key).cloned().unwrap_or_else(nothing)
            };
            let mut of = self.row_of(pair.later, Some(pair.from), names, region);
            let of_other_land = pair.of_other_land[key.0].clone();
            let both = of_other_land.map_or(both, Err);
            let years = period(pair.from, pair.to);
            let change = both.and_then(|(before, after)| {
                let before = of_key(pair.earlier, before);
                let after = of_key(pair.later, after);
                let change: Result<Change<Q>, _> =
                    pair.remeasurement.change(&before, &after, years);
                change.map_err(|error| error.to_string())
            });
            let change: Option<Estimate<Q>> = change
                .map(|change| change.net())
                .map_err(|why| of.note = why.into())
                .ok();
            let row = of.yearly_change(change, years.value(), self.setting.confidence);
            self.rows.push(row);
        }
    }
}

/// Values in the order that a reader looks for them: classes and codes by their number, then words.
fn in_order(values: BTreeSet<&str>) -> Vec<&str> {
    let number = |value: &str| {
        let bare = value.trim_start_matches('<');
        let sign = usize::from(bare.starts_with('-'));
        let digits = bare[sign..].find(|c: char| !c.is_ascii_digit() && c != '.');
        let end = digits.map_or(bare.len(), |digits| sign + digits);
        let number: Option<f64> = bare[..end].parse().ok();
        // What is below a number comes before it.
        (number.unwrap_or(f64::INFINITY), bare.len() == value.len())
    };
    let mut all: Vec<&str> = values.into_iter().collect();
    all.sort_by(|one, other| {
        let ((a, from_a), (b, from_b)) = (number(one), number(other));
        a.total_cmp(&b).then(from_a.cmp(&from_b))
    });
    all
}

/// The observations of each group of plots.
fn grouped<Q: Quantity>(all: &Observations<Q>, groups: &Groups) -> ByRegion<Q> {
    let parts = all.split(&groups.of_plot, groups.keys.len());
    groups.keys.iter().copied().zip(parts).collect()
}

#[cfg(test)]
mod tests {
    use super::in_order;

    #[test]
    fn classes_are_in_the_order_of_their_numbers_those_below_zero_first() {
        let values = [
            "2-<2.1",
            "-0.5-<-0.4",
            "oak",
            "-5-<-4.9",
            "<-6",
            "10+",
            "0-<0.1",
        ];
        let found = in_order(values.into_iter().collect());
        let expected = [
            "<-6",
            "-5-<-4.9",
            "-0.5-<-0.4",
            "0-<0.1",
            "2-<2.1",
            "10+",
            "oak",
        ];
        assert_eq!(found, expected);
    }
}

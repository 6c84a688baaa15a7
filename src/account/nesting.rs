//! Areas that are more than one region: all regions together, and regions that hold others.

use std::collections::{BTreeMap, BTreeSet};

use super::land::is_more_than_a_sliver;
use crate::units::Hectares;

/// Which regions lie in which.
///
/// A figure of an area that is more than one region is of those of its regions that have it, whether the area is the
/// union of all or a region that holds others, such as a prefecture of counties.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Nesting {
    ids: Vec<String>,
    /// Of each region that holds others: those that hold none themselves.
    parts: BTreeMap<usize, BTreeSet<usize>>,
    /// Regions that the others in them make up, each piece of land once.
    made_up: BTreeSet<usize>,
    /// Of each region that holds others: all of them.
    held: BTreeMap<usize, BTreeSet<usize>>,
    /// Of regions that are the same land, such as a prefecture of one county: the others.
    same: BTreeMap<usize, BTreeSet<usize>>,
}

impl Nesting {
    /// That of regions by their areas and what two of them share; a sliver over a border is none.
    #[must_use]
    pub fn new(regions: &[(&str, Hectares)], shared: &[(usize, usize, Hectares)]) -> Self {
        let area = |place: usize| regions[place].1;
        let lies_in = |one: usize, other: usize, shared: Hectares| {
            !is_more_than_a_sliver(area(one) - shared, area(one))
                && is_more_than_a_sliver(area(other) - shared, area(other))
        };
        let mut parts: BTreeMap<usize, BTreeSet<usize>> = BTreeMap::new();
        let mut same: BTreeMap<usize, BTreeSet<usize>> = BTreeMap::new();
        for (one, other, shared) in shared {
            let is_all_of = |place| !is_more_than_a_sliver(area(place) - *shared, area(place));
            let is_same = is_all_of(*one) && is_all_of(*other);
            for (inner, outer) in [(*one, *other), (*other, *one)] {
                if is_same {
                    same.entry(outer).or_default().insert(inner);
                }
                if lies_in(inner, outer, *shared) {
                    parts.entry(outer).or_default().insert(inner);
                }
            }
        }
        let larger: BTreeSet<usize> = parts.keys().copied().collect();
        let all_held = parts.clone();
        for held in parts.values_mut() {
            held.retain(|part| !larger.contains(part));
        }
        let made_up = parts.iter().filter(|(outer, held)| {
            let all: Hectares = held.iter().map(|part| area(*part)).sum();
            let twice = shared.iter().any(|(one, other, shared)| {
                let smaller = area(*one).value().min(area(*other).value());
                held.contains(one)
                    && held.contains(other)
                    && is_more_than_a_sliver(*shared, Hectares::new(smaller))
            });
            !twice && !is_more_than_a_sliver(area(**outer) - all, area(**outer))
        });
        Self {
            ids: regions.iter().map(|(id, _)| (*id).to_owned()).collect(),
            made_up: made_up.map(|(outer, _)| *outer).collect(),
            parts,
            held: all_held,
            same,
        }
    }

    /// That of figures which are given for each region by itself, such as areas of age classes: none holds others.
    #[must_use]
    pub fn without_larger(&self) -> Self {
        Self {
            ids: self.ids.clone(),
            ..Self::default()
        }
    }

    /// The regions in a region that hold no others, or in the union of all (`None`) all regions, which do not overlap
    /// where this is asked; none of a region that holds no other.
    pub(super) fn parts(&self, place: Option<usize>) -> Vec<usize> {
        place.map_or_else(
            || (0..self.ids.len()).collect(),
            |place| {
                self.parts
                    .get(&place)
                    .into_iter()
                    .flatten()
                    .copied()
                    .collect()
            },
        )
    }

    /// The regions that hold a region or are the same land.
    #[must_use]
    pub fn holding(&self, region: usize) -> Vec<usize> {
        let same = self.same.get(&region).into_iter().flatten().copied();
        self.larger(region).into_iter().chain(same).collect()
    }

    /// The regions that hold a region.
    fn larger(&self, region: usize) -> Vec<usize> {
        let holds = self.held.iter().filter(|(_, held)| held.contains(&region));
        holds.map(|(outer, _)| *outer).collect()
    }

    /// Figures by region that are given for some, and their sum for each region that holds such and has none itself.
    #[must_use]
    pub fn with_larger(&self, given: &BTreeMap<usize, Hectares>) -> BTreeMap<usize, Hectares> {
        let mut all = given.clone();
        let outers = self.parts.keys().chain(self.same.keys());
        for outer in outers.filter(|outer| !given.contains_key(outer)) {
            let within: Vec<usize> = given
                .keys()
                .copied()
                .filter(|region| self.holding(*region).contains(outer))
                .collect();
            // What another figure has in it counts once.
            let largest = within.iter().filter(|region| {
                !self
                    .larger(**region)
                    .iter()
                    .any(|holds| within.contains(holds))
            });
            let sum: Hectares = largest.map(|region| given[region]).sum();
            if !within.is_empty() {
                all.insert(*outer, sum);
            }
        }
        all
    }

    /// Whether these regions make up all of the place.
    pub(super) fn is_made_up(&self, place: Option<usize>) -> bool {
        place.is_none_or(|place| self.made_up.contains(&place))
    }

    /// The same by id, `None` of a name that is no region and so the union of all.
    pub(super) fn parts_of(&self, id: &str) -> Vec<&str> {
        let place = self.ids.iter().position(|region| region == id);
        let parts = self.parts(place).into_iter();
        parts.map(|part| self.ids[part].as_str()).collect()
    }

    /// Regions of a place that hold no others and have something to say, by id.
    pub fn told<T>(
        &self,
        place: Option<usize>,
        what: impl Fn(usize) -> Option<T>,
    ) -> Vec<(String, T)> {
        let parts = self.parts(place).into_iter();
        parts
            .filter_map(|part| Some((self.ids[part].clone(), what(part)?)))
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn nesting(shared: &[(usize, usize, f64)]) -> Nesting {
        let regions = [("P", 200.0), ("a", 100.0), ("b", 100.0), ("c", 50.0)];
        let regions = regions.map(|(id, area)| (id, Hectares::new(area)));
        let shared = shared.iter();
        let shared: Vec<_> = shared
            .map(|(one, other, area)| (*one, *other, Hectares::new(*area)))
            .collect();
        Nesting::new(&regions, &shared)
    }

    #[test]
    fn a_region_is_made_up_of_those_in_it_that_hold_none() {
        let nesting = nesting(&[(0, 1, 99.9), (0, 2, 100.0), (0, 3, 0.1)]);
        assert_eq!(nesting.parts_of("P"), ["a", "b"]);
        assert!(nesting.is_made_up(Some(0)) && nesting.parts_of("a").is_empty());
    }

    #[test]
    fn what_leaves_land_out_or_has_it_twice_makes_no_region_up() {
        let short = nesting(&[(0, 1, 100.0)]);
        assert!(!short.is_made_up(Some(0)) && short.parts_of("P") == ["a"]);
        let twice = nesting(&[(0, 1, 100.0), (0, 2, 100.0), (1, 2, 20.0)]);
        assert!(!twice.is_made_up(Some(0)));
        // Of three levels the lowest counts: it has a quarter of the land.
        let three = nesting(&[(0, 1, 100.0), (0, 3, 50.0), (1, 3, 50.0)]);
        assert_eq!(
            (three.parts_of("P"), three.parts_of("a")),
            (vec!["c"], vec!["c"])
        );
        assert!(!three.is_made_up(Some(0)));
    }

    #[test]
    fn what_is_given_for_a_part_is_given_for_what_holds_it() {
        // `a` and `b` in `P`, `c` in `a`.
        let nested = nesting(&[(0, 1, 100.0), (0, 2, 100.0), (0, 3, 50.0), (1, 3, 50.0)]);
        assert_eq!(nested.holding(3), [0, 1]);
        assert_eq!(nested.holding(1), [0]);
        let of = |given: &[(usize, f64)]| {
            let given = given
                .iter()
                .map(|(place, area)| (*place, Hectares::new(*area)));
            let all = nested.with_larger(&given.collect());
            all.into_iter()
                .map(|(place, area)| (place, area.value()))
                .collect::<Vec<_>>()
        };
        assert_eq!(
            of(&[(2, 3.0), (3, 2.0)]),
            [(0, 5.0), (1, 2.0), (2, 3.0), (3, 2.0)]
        );
        // `c` is in what `a` has, and `P` has its own.
        assert_eq!(of(&[(1, 4.0), (2, 3.0), (3, 2.0)])[0], (0, 7.0));
        assert_eq!(of(&[(0, 9.0), (2, 3.0)]), [(0, 9.0), (2, 3.0)]);
        // `c` alone in `a`, and `a` alone in `P`.
        let chain = nesting(&[(0, 1, 100.0), (0, 3, 50.0), (1, 3, 50.0)]);
        assert_eq!((chain.holding(1), chain.holding(0)), (vec![0], vec![]));
        // A prefecture of one county.
        let same = nesting(&[(1, 2, 100.0)]);
        assert_eq!((same.holding(1), same.holding(2)), (vec![2], vec![1]));
        let given = BTreeMap::from([(1, Hectares::new(4.0))]);
        assert_eq!(same.with_larger(&given).len(), 2);
    }
}

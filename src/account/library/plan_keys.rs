//! The names of keys that a plan gives to methods.

use std::collections::{BTreeMap, BTreeSet};

use super::method::Method;
use super::parameters::Parameters;
use super::reference::{PARAMETER_SET, Reference};
use super::seeds::Seeds;
use crate::account::ecosystem::nearest;
use crate::finding::Finding;

/// Keys of a plan, and a set of parameters, that no method and no parameter knows; `place` is where
/// the plan gives them.
#[must_use]
pub fn unknown_keys(keys: &BTreeMap<String, String>, seeds: &Seeds, place: &str) -> Vec<Finding> {
    let methods = || seeds.methods();
    let of_methods = methods().flat_map(|method| names(method, seeds.parameters()));
    let of_rows = seeds.parameters().iter().flat_map(|row| row.keys.keys());
    let known: BTreeSet<&str> = of_methods.chain(of_rows.map(String::as_str)).collect();
    let unknown = keys.keys().filter(|key| !known.contains(key.as_str()));
    let sets = seeds.parameters().words(PARAMETER_SET);
    let wrong_set = keys
        .get(PARAMETER_SET)
        .filter(|set| !sets.contains(set.as_str()));
    let wrong_set = wrong_set.map(|set| {
        let near = nearest(set, sets.iter().copied());
        Finding::error(
            place,
            format!("no parameter has a `{PARAMETER_SET}` named `{set}`"),
            near.map_or_else(
                || "`terrasink methods ID` lists the sets of a method".to_owned(),
                |near| format!("did you mean `{near}`?"),
            ),
        )
    });
    unknown
        .map(|key| {
            let near = nearest(key, known.iter().copied());
            Finding::error(
                place,
                format!("unknown key `{key}` in `keys`"),
                near.map_or_else(
                    || "`terrasink methods ID` lists the keys of a method".to_owned(),
                    |near| format!("did you mean `{near}`?"),
                ),
            )
        })
        .chain(wrong_set)
        .collect()
}

/// Keys, and words for a set of parameters, that are given to one method alone and that it does not
/// take.
#[must_use]
pub fn idle_keys(
    keys: &BTreeMap<String, String>,
    method: &Method,
    seeds: &Seeds,
    place: &str,
) -> Vec<Finding> {
    let taken = names(method, seeds.parameters());
    let idle = keys.keys().filter(|key| !taken.contains(key.as_str()));
    let mut findings: Vec<Finding> = idle
        .map(|key| {
            let remedy = match taken.len() {
                0 => "take it out: the method has no keys".to_owned(),
                _ => format!(
                    "it takes {}",
                    taken.iter().copied().collect::<Vec<_>>().join(", ")
                ),
            };
            let what = format!("method `{}` does not take the key `{key}`", method.id);
            Finding::error(place, what, remedy)
        })
        .collect();
    if let Some(set) = keys.get(PARAMETER_SET).filter(|_| findings.is_empty()) {
        let sets = sets(method, seeds.parameters());
        if !sets.contains(set.as_str()) {
            findings.push(Finding::error(
                place,
                format!("no parameter of method `{}` has a set `{set}`", method.id),
                format!(
                    "there are {}",
                    sets.into_iter().collect::<Vec<_>>().join(", ")
                ),
            ));
        }
    }
    findings
}

/// The keys that a method takes from a plan.
fn names<'a>(method: &'a Method, parameters: &'a Parameters) -> BTreeSet<&'a str> {
    let of_references = method.references().flat_map(|reference| {
        let of_rows = reference.ids().flat_map(|id| parameters.of(id));
        let of_rows = of_rows.flat_map(|row| row.keys.keys());
        let free = of_rows.filter(|key| is_free(reference, key));
        let choice = reference.choose.iter().map(|choose| &choose.key);
        let bound = reference.bind.values().chain(reference.otherwise.values());
        free.chain(bound).chain(choice)
    });
    let all = of_references.chain(&method.keys);
    all.map(String::as_str).collect()
}

/// Whether a plan can say what a key of a parameter is.
fn is_free(reference: &Reference, key: &str) -> bool {
    let fixed = reference.fixed.contains_key(key) && key != PARAMETER_SET;
    !fixed && !reference.bind.contains_key(key)
}

/// The sets that the parameters of a method come in.
fn sets<'a>(method: &'a Method, parameters: &'a Parameters) -> BTreeSet<&'a str> {
    let references = method.references();
    let ids = references.flat_map(Reference::ids);
    let rows = ids.flat_map(|id| parameters.of(id));
    rows.filter_map(|row| row.keys.get(PARAMETER_SET).map(String::as_str))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn keys(pairs: &[(&str, &str)]) -> BTreeMap<String, String> {
        let owned = |(key, word): &(&str, &str)| ((*key).to_owned(), (*word).to_owned());
        pairs.iter().map(owned).collect()
    }

    /// Slopes of larch of seeds/parameters/cbef-china.csv.
    #[test]
    fn a_set_that_the_plan_names_goes_before_that_of_the_method() {
        let seeds = Seeds::embedded();
        let method = seeds.method("forest-cbef-china").unwrap();
        let mut references = method.references();
        let slope = references
            .find(|reference| reference.parameter == "cbef-a")
            .unwrap();
        let of_larch = |more: &[(&str, &str)]| {
            let mut keys = keys(&[("cbef-type", "larix")]);
            keys.extend(self::keys(more));
            slope.resolve(seeds.parameters(), &keys).unwrap().value
        };
        assert_eq!(of_larch(&[]), Some(0.6096));
        assert_eq!(
            of_larch(&[(PARAMETER_SET, "set1-fang-liu-xu-1996")]),
            Some(0.9671)
        );
        // A set of another parameter is not this one's.
        assert_eq!(
            of_larch(&[(PARAMETER_SET, "forest-type-average")]),
            Some(0.6096)
        );
    }

    #[test]
    fn keys_and_sets_that_a_method_does_not_take_are_told() {
        let seeds = Seeds::embedded();
        let method = seeds.method("forest-cbef-china").unwrap();
        let told = |pairs: &[(&str, &str)]| idle_keys(&keys(pairs), method, &seeds, "plan");
        assert_eq!(told(&[(PARAMETER_SET, "set1-fang-liu-xu-1996")]), []);
        let wrong = told(&[(PARAMETER_SET, "set9")]);
        assert!(
            wrong[0].remedy.contains("set1-fang-liu-xu-1996"),
            "{wrong:?}"
        );
        let idle = told(&[("soil-climate", "x")]);
        assert!(
            idle[0]
                .what
                .contains("does not take the key `soil-climate`"),
            "{idle:?}"
        );
        let near = unknown_keys(
            &keys(&[(PARAMETER_SET, "set1-fang-liu-xu-1997")]),
            &seeds,
            "plan",
        );
        assert!(near[0].remedy.contains("set1-fang-liu-xu-1996"), "{near:?}");
    }
}

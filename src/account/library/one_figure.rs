//! Rows of tables that state one and the same figure of their source: what is not known of it is the same in
//! all of them, so it is drawn once.

use std::collections::{BTreeMap, BTreeSet};

use super::parameter::Parameter;
use super::parameters::Parameters;
use super::sheet;
use crate::finding::Finding;

/// The file of the seeds that says which rows these are.
pub(super) const FILE: &str = "one-figure.csv";

/// Marks the rows of the parameters that state one figure by the rules of a text; what is wrong with these.
pub(super) fn join(parameters: &mut Parameters, text: &str) -> Vec<Finding> {
    match read(text, FILE) {
        Ok(rules) => {
            let problems = rules.iter().map(|rule| rule.mark(parameters.rows_mut()));
            problems.filter_map(Result::err).collect()
        }
        Err(problems) => problems,
    }
}

/// Rows of a parameter that a figure of the source is laid out to: they differ in some keys alone, and agree
/// in value, bounds and source.
#[derive(Debug, Clone, PartialEq, Eq)]
struct OneFigure {
    /// Where the rule stands.
    place: String,
    /// Id of the parameter.
    id: String,
    /// Keys in which the rows may differ.
    across: BTreeSet<String>,
    /// Words of keys that the rows have.
    only: BTreeMap<String, BTreeSet<String>>,
}

/// The rules of a table: `id, across, only, cite, why`, of which `across` are keys with blanks between, and `only`
/// keys with their words, `key=word|word;key=word`.
fn read(text: &str, place: &str) -> Result<Vec<OneFigure>, Vec<Finding>> {
    let mut findings = Vec::new();
    let mut rules = Vec::new();
    for row in sheet::read(text, place)?.rows {
        let place = format!("{place}, row {}", row.line);
        let (Some(id), Some(across), Some(_), Some(_)) = (
            row.get("id"),
            row.get("across"),
            row.get("cite"),
            row.get("why"),
        ) else {
            findings.push(Finding::error(
                place,
                "no `id`, `across`, `cite` or `why`",
                "give all four",
            ));
            continue;
        };
        let only = row.get("only").unwrap_or_default().split(';');
        let only = only.filter_map(|words| words.split_once('='));
        rules.push(OneFigure {
            place,
            id: id.to_owned(),
            across: across.split_whitespace().map(str::to_owned).collect(),
            only: only
                .map(|(key, words)| {
                    let words = words.split('|').map(str::to_owned).collect();
                    (key.to_owned(), words)
                })
                .collect(),
        });
    }
    if findings.is_empty() {
        Ok(rules)
    } else {
        Err(findings)
    }
}

impl OneFigure {
    fn is_of(&self, row: &Parameter) -> bool {
        let has = |(key, words): (&String, &BTreeSet<String>)| {
            row.keys.get(key).is_some_and(|word| words.contains(word))
        };
        row.id == self.id && self.only.iter().all(has)
    }

    /// What rows of the figure share, in words; `None` of a row without bounds, of which nothing is drawn.
    fn figure(&self, row: &Parameter) -> Option<String> {
        let (lower, upper, kind) = row.interval?;
        let keys = row.keys.iter();
        let keys: Vec<String> = keys
            .filter(|(key, _)| !self.across.contains(*key))
            .map(|(key, word)| format!("{key}={word}"))
            .collect();
        Some(format!(
            "{} {} {} {lower} {upper} {} {} {} {}",
            row.id,
            keys.join(" "),
            row.value?,
            kind.id(),
            row.unit,
            row.cite,
            row.locator
        ))
    }

    /// Marks the rows that state one figure; where rules meet, the later one goes before.
    ///
    /// # Errors
    ///
    /// A rule that joins no rows.
    fn mark<'a>(&self, rows: impl Iterator<Item = &'a mut Parameter>) -> Result<(), Finding> {
        let mut figures: BTreeMap<String, Vec<&mut Parameter>> = BTreeMap::new();
        for row in rows.filter(|row| self.is_of(row)) {
            if let Some(figure) = self.figure(row) {
                figures.entry(figure).or_default().push(row);
            }
        }
        figures.retain(|_, rows| rows.len() > 1);
        if figures.is_empty() {
            return Err(Finding::error(
                self.place.clone(),
                format!("no two rows of `{}` state one figure by this rule", self.id),
                "check its keys and words, or take it out",
            ));
        }
        for (figure, rows) in figures {
            for row in rows {
                row.figure = Some(figure.clone());
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::account::Seeds;
    use crate::account::uncertainty::closed_form;
    use crate::account::uncertainty::{Term, Trace};

    fn find<'a>(parameters: &'a Parameters, id: &str, keys: &[(&str, &str)]) -> &'a Parameter {
        let keys = keys
            .iter()
            .map(|(key, word)| ((*key).to_owned(), (*word).to_owned()))
            .collect();
        parameters.find(id, &keys).unwrap()
    }

    fn forest<'a>(seeds: &'a Seeds, zone: &str, continent: &str, status: &str) -> &'a Parameter {
        find(
            seeds.parameters(),
            "forest-above-ground",
            &[
                ("ecological-zone", zone),
                ("continent", continent),
                ("status", status),
            ],
        )
    }

    /// Table 4.7: 258.4 t/ha with an sd of 128.05 for both ages of secondary forest of subtropical humid Asia.
    #[test]
    fn rows_of_one_figure_err_together() {
        let mut seeds = Seeds::embedded();
        let error = |seeds: &Seeds, statuses: [&str; 2]| {
            let mut trace = Trace::default();
            let terms = statuses.map(|status| {
                let row = forest(seeds, "subtropical-humid", "asia", status);
                Term {
                    coefficient: 10.0,
                    inputs: vec![trace.parameter(row, row.value.unwrap())],
                }
            });
            closed_form(&terms, trace.inputs()).standard_error.unwrap()
        };
        let sd = (386.5 - 130.3) / 2.0;
        let secondary = ["secondary-gt20y", "secondary-le20y"];
        let found = error(&seeds, secondary);
        assert!((found - 20.0 * sd).abs() < 1e-9, "{found}");
        // Primary forest has another mean, and the user's figure another source.
        let primary = forest(&seeds, "subtropical-humid", "asia", "primary");
        assert_eq!(primary.figure, None);
        let table = "id,ecological-zone,continent,status,value,unit,lower,upper,interval_kind,cite,locator\n\
            forest-above-ground,subtropical-humid,asia,secondary-le20y,258.4,t_dm/ha,130.3,386.5,sd,user,mine\n";
        seeds.override_parameters(table, "mine.csv").unwrap();
        let found = error(&seeds, secondary);
        assert!((found - 10.0 * sd * 2.0_f64.sqrt()).abs() < 1e-9, "{found}");
    }

    #[test]
    fn rows_are_one_figure_by_rule_and_not_by_chance() {
        let seeds = Seeds::embedded();
        let of =
            |id: &str, keys: &[(&str, &str)]| find(seeds.parameters(), id, keys).figure.clone();
        let moist = |class: &str, zone: &str| {
            let keys = [
                ("edition", "2019"),
                ("class", class),
                ("climate-zone", zone),
            ];
            of("factor-management", &keys)
        };
        let reduced = moist("reduced-tillage", "tropical-wet");
        assert!(reduced.is_some());
        assert_eq!(reduced, moist("reduced-tillage", "tropical-moist"));
        // Another practice with the same 1.04 and 7 %.
        assert_ne!(reduced, moist("no-tillage", "tropical-dry"));
        let crops = |class: &str, zone: &str| {
            let keys = [
                ("edition", "2019"),
                ("class", class),
                ("climate-zone", zone),
            ];
            of("factor-land-use", &keys)
        };
        let wet = crops("annual-crops-wet", "tropical-wet");
        assert!(wet.is_some());
        assert_eq!(wet, crops("annual-crops", "tropical-moist"));
        let sand = |zone: &str| {
            let keys = [
                ("edition", "2006"),
                ("climate-zone", zone),
                ("soil-class", "sandy"),
            ];
            of("soil-reference-stock", &keys)
        };
        assert!(sand("tropical-montane").is_some());
        assert_eq!(sand("tropical-montane"), sand("warm-temperate-moist"));
        assert_eq!(sand("cool-temperate-dry"), None);
        // Growth above 20 years is one rate here, and that of 20 years and below another.
        let growth = |status: &str| {
            let keys = [
                ("ecological-zone", "tropical-shrubland"),
                ("continent", "americas"),
                ("status", status),
            ];
            of("forest-above-ground-growth", &keys)
        };
        assert!(growth("primary").is_some());
        assert_eq!(growth("primary"), growth("secondary-gt20y"));
        assert_eq!(growth("secondary-le20y"), None);
    }

    #[test]
    fn a_rule_that_joins_nothing_is_told() {
        let rules = read(
            "id,across,only,cite,why\nx,status,,ipcc,one\ny,,,,\n",
            "one.csv",
        );
        assert_eq!(rules.unwrap_err().len(), 1);
        let rules = read("id,across,only,cite,why\nx,status,,ipcc,one\n", "one.csv").unwrap();
        assert!(rules[0].mark(std::iter::empty()).is_err());
    }
}

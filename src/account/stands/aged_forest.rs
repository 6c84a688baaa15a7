//! Forest by age: from the stands of a register, or from a table of areas by age class.

use std::collections::{BTreeMap, BTreeSet};

use super::register::{Register, StandPart};
use crate::account::library::{self, SheetRow};
use crate::finding::Finding;
use crate::units::Hectares;

/// Forest of one species, origin and age.
#[derive(Debug, Clone, PartialEq)]
pub struct AgedArea {
    /// Regions that it lies in, with its share in each.
    pub parts: Vec<StandPart>,
    /// Its area.
    pub area: Hectares,
    /// Mean age in years; `None` where it is not known.
    pub age: Option<f64>,
    /// Species or forest type.
    pub species: String,
    /// `natural` or `planted`; empty where it is not known.
    pub origin: String,
    /// Keys by which tables of parameters know it, such as `species-group`.
    pub keys: BTreeMap<String, String>,
}

/// The forest of one year by age.
#[derive(Debug, Clone, PartialEq)]
pub struct AgedForest {
    /// Year that it stands for.
    pub year: i32,
    /// File, and layer where it has several.
    pub name: String,
    /// Its parts, in the order of the file.
    pub areas: Vec<AgedArea>,
    /// Land by region that counts as forest and that a register has neither wood nor age of, such as bamboo.
    pub unstocked: BTreeMap<usize, Hectares>,
    /// Regions that it says something of: those that any stand lies in, with forest or without, or an age class.
    pub regions: BTreeSet<usize>,
    /// Whether its codes were understood by tables that were recalled, not read again.
    pub recalled_codes: bool,
    /// Whether it is a table of age classes, and no register of all stands.
    pub is_of_classes: bool,
}

/// Columns of a table of age classes that are not keys of parameters.
const REGION: &str = "region";
const AREA: &str = "area_ha";
const AGE: &str = "age_yr";
const SPECIES: &str = "species";
const ORIGIN: &str = "origin";

impl AgedForest {
    /// The stands of a register that carry forest stock.
    #[must_use]
    pub fn of_register(register: &Register) -> Self {
        let stands = register.stands.iter().filter(|s| s.has_forest_stock());
        let areas = stands
            .map(|stand| {
                let row = stand.species_row.map(|row| &register.species.rows()[row]);
                let mut keys = row.map(|row| row.meaning.clone()).unwrap_or_default();
                if !stand.age_group.is_empty() {
                    keys.insert("age-group".to_owned(), stand.age_group.clone());
                }
                AgedArea {
                    parts: stand.parts.clone(),
                    area: stand.stock_area(),
                    age: stand.age,
                    species: stand.species.clone(),
                    origin: stand.origin.clone(),
                    keys,
                }
            })
            .collect();
        let mut unstocked: BTreeMap<usize, Hectares> = BTreeMap::new();
        let others = register.stands.iter().filter(|stand| stand.is_unstocked());
        for (stand, part) in others.flat_map(|s| s.parts.iter().map(move |part| (s, part))) {
            *unstocked.entry(part.region).or_default() += stand.stock_area() * part.share;
        }
        Self {
            year: register.year,
            name: register.name.clone(),
            areas,
            unstocked,
            regions: regions_of(register.stands.iter().flat_map(|stand| &stand.parts)),
            recalled_codes: register.recalled_codes,
            is_of_classes: false,
        }
    }

    /// A table of areas by age class: `region, area_ha, age_yr`, and as far as they are known
    /// `origin`, `species` and any key of the parameters; `regions` are the ids and areas of the regions.
    ///
    /// # Errors
    ///
    /// All that is wrong with its rows: what cannot be read, regions that do not exist, ages of more than
    /// 1000 years, a class given twice; and regions smaller than their classes together.
    pub fn from_csv(
        text: &str,
        place: &str,
        year: i32,
        regions: &[(&str, Hectares)],
    ) -> Result<Self, Vec<Finding>> {
        let sheet = library::sheet::read(text, place)?;
        let remedy = "give `region`, `area_ha` and `age_yr`, one row an age class";
        if let Some(finding) = sheet.without(&[REGION, AREA, AGE], place, remedy) {
            return Err(vec![finding]);
        }
        let keys: Vec<&String> = sheet
            .columns
            .iter()
            .filter(|column| ![REGION, AREA, AGE, SPECIES, ORIGIN].contains(&column.as_str()))
            .collect();
        let mut findings = Vec::new();
        let mut read: Vec<(u64, AgedArea)> = Vec::new();
        for row in &sheet.rows {
            let mut refuse = |what: String, remedy: &str| {
                let at = format!("{place}, row {}", row.line);
                findings.push(Finding::error(at, what, remedy));
            };
            let Some(area) = area(row, &keys, regions, &mut |what| {
                refuse(
                    what,
                    "mend the row; leave `age_yr` empty where the age is not known",
                );
            }) else {
                continue;
            };
            match read.iter().find(|(_, other)| other.is_class_of(&area)) {
                Some((first, _)) => refuse(
                    format!("the age class of row {first} again: same region, age and keys"),
                    "keep one of both rows, or one row with their sum",
                ),
                None => read.push((row.line, area)),
            }
        }
        let areas: Vec<AgedArea> = read.into_iter().map(|(_, area)| area).collect();
        let forest = Self {
            year,
            name: place.to_owned(),
            regions: regions_of(areas.iter().flat_map(|area| &area.parts)),
            areas,
            unstocked: BTreeMap::new(),
            recalled_codes: false,
            is_of_classes: true,
        };
        findings.extend(forest.beyond_regions(regions));
        if findings.is_empty() {
            Ok(forest)
        } else {
            Err(findings)
        }
    }

    /// The area of its parts in a region.
    #[must_use]
    pub fn area_in(&self, region: usize) -> Hectares {
        let of_region = |area: &AgedArea| {
            let parts = area.parts.iter().filter(|part| part.region == region);
            let share: f64 = parts.map(|part| part.share).sum();
            Hectares::new(area.area.value() * share)
        };
        self.areas.iter().map(of_region).sum()
    }

    /// Regions that are smaller than their forest by age.
    fn beyond_regions(&self, regions: &[(&str, Hectares)]) -> Vec<Finding> {
        let beyond = |(place, (id, area)): (usize, &(&str, Hectares))| {
            let aged = self.area_in(place);
            (aged > *area * SPARE).then(|| {
                Finding::error(
                    &self.name,
                    format!(
                        "the age classes of region `{id}` have {:.4} ha, and the region has {:.4} ha",
                        aged.value(),
                        area.value()
                    ),
                    "check the unit of `area_ha` and the region of the rows",
                )
            })
        };
        regions.iter().enumerate().filter_map(beyond).collect()
    }

    /// A warning for each region, by its id, whose forest on the newest map is smaller than its forest by
    /// age.
    pub fn beyond_map<'a>(
        &self,
        forest_on_map: impl IntoIterator<Item = (&'a str, Hectares)>,
    ) -> Vec<Finding> {
        let beyond = |(place, (id, forest)): (usize, (&str, Hectares))| {
            let aged = self.area_in(place);
            (aged > forest * SPARE).then(|| {
                Finding::warning(
                    &self.name,
                    format!(
                        "the age classes of region `{id}` have {:.4} ha, and the newest map has {:.4} ha of forest there",
                        aged.value(),
                        forest.value()
                    ),
                    "check the rows of the region: the growth is that of the age classes, whatever the map has",
                )
            })
        };
        forest_on_map
            .into_iter()
            .enumerate()
            .filter_map(beyond)
            .collect()
    }
}

/// The regions of parts.
fn regions_of<'a>(parts: impl Iterator<Item = &'a StandPart>) -> BTreeSet<usize> {
    parts.map(|part| part.region).collect()
}

/// Share by which forest by age may exceed region or map: areas of registers differ.
pub(super) const SPARE: f64 = 1.01;

/// Greatest age that a mean of a class can have, in years: what is more is a calendar year, as a rule.
const OLDEST: f64 = 1000.0;

impl AgedArea {
    /// Whether both are one age class of one region.
    fn is_class_of(&self, other: &Self) -> bool {
        let of = |area: &Self| area.parts.first().map(|part| part.region);
        of(self) == of(other)
            && self.age == other.age
            && self.species == other.species
            && self.origin == other.origin
            && self.keys == other.keys
    }
}

/// An age class of a row; all that is wrong with the row goes to `refuse`.
fn area(
    row: &SheetRow,
    keys: &[&String],
    regions: &[(&str, Hectares)],
    refuse: &mut dyn FnMut(String),
) -> Option<AgedArea> {
    let region = match row.get(REGION) {
        None => Err("no `region`".to_owned()),
        Some(named) => regions
            .iter()
            .position(|(known, _)| *known == named)
            .ok_or_else(|| format!("names region `{named}`, and there is none")),
    };
    let within = |column: &str, most: f64, expected: &str| match row.number(column)? {
        Some(value) if !(0.0..=most).contains(&value) => {
            Err(format!("`{column}` is {value}, expected {expected}"))
        }
        value => Ok(value),
    };
    let area = within(AREA, f64::INFINITY, "0 or more");
    let area = area.and_then(|area| area.ok_or_else(|| format!("no `{AREA}`")));
    let age = within(AGE, OLDEST, "an age of 0 to 1000 years");
    let origin = match row.get(ORIGIN).unwrap_or_default() {
        origin @ ("" | "natural" | "planted") => Ok(origin),
        origin => Err(format!(
            "`origin` is `{origin}`, expected natural or planted"
        )),
    };
    let region = region.map_err(&mut *refuse).ok();
    let area = area.map_err(&mut *refuse).ok();
    let age = age.map_err(&mut *refuse).ok();
    let origin = origin.map_err(&mut *refuse).ok()?;
    Some(AgedArea {
        parts: vec![StandPart {
            region: region?,
            share: 1.0,
        }],
        area: Hectares::new(area?),
        age: age?,
        species: row.get(SPECIES).unwrap_or_default().to_owned(),
        origin: origin.to_owned(),
        keys: keys
            .iter()
            .filter_map(|key| Some(((*key).clone(), row.get(key)?.to_owned())))
            .collect(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_table_of_age_classes_has_its_keys_in_its_columns() {
        let text = "region,area_ha,age_yr,origin,species-group\na,10,15,planted,larix\nb,5,,,\n";
        let forest = AgedForest::from_csv(text, "ages.csv", 2020, &regions()).unwrap();
        assert_eq!(forest.areas.len(), 2);
        assert_eq!(forest.areas[0].keys["species-group"], "larix");
        assert_eq!(
            (forest.areas[1].age, forest.areas[1].parts[0].region),
            (None, 1)
        );
    }

    fn regions() -> [(&'static str, Hectares); 2] {
        [("a", Hectares::new(100.0)), ("b", Hectares::new(20.0))]
    }

    #[test]
    fn all_that_is_wrong_with_a_row_and_with_the_sums_is_told_in_one_pass() {
        let text = "region,area_ha,age_yr,origin\n\
            a,90,10,natural\na,90,10,natural\na,30,20,natural\nb,abc,2018,wild\n";
        let problems = AgedForest::from_csv(text, "ages.csv", 2020, &regions()).unwrap_err();
        let told: Vec<String> = problems.iter().map(ToString::to_string).collect();
        assert_eq!(told.len(), 5, "{told:?}");
        for (at, words) in [
            (0, "row 3"),
            (0, "the age class of row 2 again"),
            (1, "`area_ha` is `abc`"),
            (2, "`age_yr` is 2018, expected an age"),
            (3, "`origin` is `wild`"),
            (
                4,
                "region `a` have 120.0000 ha, and the region has 100.0000 ha",
            ),
        ] {
            assert!(told[at].contains(words), "{words} not in {told:?}");
        }
    }

    #[test]
    fn forest_by_age_beyond_that_of_the_map_is_told() {
        let text = "region,area_ha,age_yr\na,50,10\nb,15,10\n";
        let forest = AgedForest::from_csv(text, "ages.csv", 2020, &regions()).unwrap();
        let on_map = [("a", Hectares::new(49.9)), ("b", Hectares::new(10.0))];
        let told = forest.beyond_map(on_map);
        assert_eq!(told.len(), 1, "{told:?}");
        assert!(
            told[0]
                .what
                .contains("have 15.0000 ha, and the newest map has 10.0000 ha")
        );
    }

    #[test]
    fn every_bad_row_is_named() {
        let text = "region,area_ha,age_yr,origin\nz,10,15,planted\na,-1,3,\na,1,2,wild\na,,2,\n";
        let problems = AgedForest::from_csv(text, "ages.csv", 2020, &regions()).unwrap_err();
        assert_eq!(problems.len(), 4, "{problems:?}");
        let missing =
            AgedForest::from_csv("region,area\n", "ages.csv", 2020, &regions()).unwrap_err();
        assert!(missing[0].what.contains("no column area_ha, age_yr"));
    }
}

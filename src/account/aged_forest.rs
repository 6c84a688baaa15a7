//! Forest by age: from the stands of a register, or from a table of areas by age class.

use std::collections::BTreeMap;

use super::sheet::{self, SheetRow};
use super::stands::{Register, StandPart};
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
    /// Whether its codes were understood by tables that were recalled, not read again.
    pub recalled_codes: bool,
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
        Self {
            year: register.year,
            name: register.name.clone(),
            areas,
            recalled_codes: register.recalled_codes,
        }
    }

    /// A table of areas by age class: `region, area_ha, age_yr`, and as far as they are known
    /// `origin`, `species` and any key of the parameters; `regions` are the ids of the regions.
    ///
    /// # Errors
    ///
    /// All rows that cannot be read, or that name no region.
    pub fn from_csv(
        text: &str,
        place: &str,
        year: i32,
        regions: &[&str],
    ) -> Result<Self, Vec<Finding>> {
        let sheet = sheet::read(text, place)?;
        let missing: Vec<&str> = [REGION, AREA, AGE]
            .into_iter()
            .filter(|column| !sheet.columns.iter().any(|known| known == column))
            .collect();
        if !missing.is_empty() {
            return Err(vec![Finding::error(
                place,
                format!(
                    "no column {}; there are {}",
                    missing.join(", "),
                    sheet.columns.join(", ")
                ),
                "give `region`, `area_ha` and `age_yr`, one row an age class",
            )]);
        }
        let keys: Vec<&String> = sheet
            .columns
            .iter()
            .filter(|column| ![REGION, AREA, AGE, SPECIES, ORIGIN].contains(&column.as_str()))
            .collect();
        let mut findings = Vec::new();
        let mut areas = Vec::new();
        for row in &sheet.rows {
            match area(row, &keys, regions) {
                Ok(area) => areas.push(area),
                Err(what) => findings.push(Finding::error(
                    format!("{place}, row {}", row.line),
                    what,
                    "mend the row; leave `age_yr` empty where the age is not known",
                )),
            }
        }
        if !findings.is_empty() {
            return Err(findings);
        }
        Ok(Self {
            year,
            name: place.to_owned(),
            areas,
            recalled_codes: false,
        })
    }
}

fn area(row: &SheetRow, keys: &[&String], regions: &[&str]) -> Result<AgedArea, String> {
    let region = row.get(REGION).ok_or("no region")?;
    let region = regions
        .iter()
        .position(|known| *known == region)
        .ok_or_else(|| format!("names region `{region}`, and there is none"))?;
    let positive = |column: &str| {
        let value = row.number(column)?;
        if value.is_some_and(|value| value < 0.0) {
            return Err(format!(
                "`{column}` is {}, expected 0 or more",
                value.unwrap_or_default()
            ));
        }
        Ok(value)
    };
    let origin = row.get(ORIGIN).unwrap_or_default();
    if !["", "natural", "planted"].contains(&origin) {
        return Err(format!(
            "`origin` is `{origin}`, expected natural or planted"
        ));
    }
    Ok(AgedArea {
        parts: vec![StandPart { region, share: 1.0 }],
        area: Hectares::new(positive(AREA)?.ok_or("no `area_ha`")?),
        age: positive(AGE)?,
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
        let forest = AgedForest::from_csv(text, "ages.csv", 2020, &["a", "b"]).unwrap();
        assert_eq!(forest.areas.len(), 2);
        assert_eq!(forest.areas[0].keys["species-group"], "larix");
        assert_eq!(
            (forest.areas[1].age, forest.areas[1].parts[0].region),
            (None, 1)
        );
    }

    #[test]
    fn every_bad_row_is_named() {
        let text = "region,area_ha,age_yr,origin\nz,10,15,planted\na,-1,3,\na,1,2,wild\na,,2,\n";
        let problems = AgedForest::from_csv(text, "ages.csv", 2020, &["a"]).unwrap_err();
        assert_eq!(problems.len(), 4, "{problems:?}");
        let missing = AgedForest::from_csv("region,area\n", "ages.csv", 2020, &["a"]).unwrap_err();
        assert!(missing[0].what.contains("no column area_ha, age_yr"));
    }
}

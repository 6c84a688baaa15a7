//! Profiles of soil as a survey took them: layers by site and year, read from a table.

use std::collections::BTreeMap;

use super::sample::{SoilLayer, fine_earth, profile_stock, stock_to_mass};
use crate::account::library::{self, SheetRow};
use crate::finding::Finding;
use crate::units::{Fraction, PerHectare, TonnesCarbon};

/// Column of the stratum of a site.
const STRATUM: &str = "stratum";

/// Columns that a table must have.
const COLUMNS: [&str; 8] = [
    "site",
    "region",
    "year",
    "top_cm",
    "bottom_cm",
    "carbon_pct",
    "bulk_density_g_cm3",
    "coarse_pct",
];

/// What a row must have.
const REMEDY: &str = "give site, region, year, top_cm, bottom_cm, carbon_pct, bulk_density_g_cm3 and coarse_pct (0 where there are no stones)";

/// How sites stand for areas.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Strata {
    /// They give means, and no area.
    None,
    /// All sites of a region stand for all of it.
    Region,
    /// They name the stratum that they were drawn from.
    Named,
}

/// One profile: its layers from the surface down, without gaps.
#[derive(Debug, Clone, PartialEq)]
pub struct SoilProfile {
    /// Region of the site.
    pub region_id: String,
    /// Stratum that it was drawn from; empty where the region is one.
    pub stratum: String,
    /// Its layers, the upper first.
    pub layers: Vec<SoilLayer>,
}

impl SoilProfile {
    /// The layers down to a depth; `None` where the profile ends above it.
    fn above(&self, depth_cm: f64) -> Option<Vec<SoilLayer>> {
        /// Layers whose sum misses the depth by less end at it, in centimetres.
        const ROUNDING: f64 = 1e-9;
        let mut left = depth_cm;
        let mut layers = Vec::new();
        for layer in &self.layers {
            let thickness_cm = layer.thickness_cm.min(left);
            layers.push(SoilLayer {
                thickness_cm,
                ..*layer
            });
            left -= thickness_cm;
            if left <= ROUNDING {
                return Some(layers);
            }
        }
        None
    }

    /// Carbon and mass of fine earth (t/ha) down to a depth; `None` where the profile ends above it.
    #[must_use]
    pub fn to_depth(&self, depth_cm: f64) -> Option<(PerHectare<TonnesCarbon>, f64)> {
        let layers = self.above(depth_cm)?;
        Some((profile_stock(&layers), fine_earth(&layers)))
    }

    /// Carbon down to a mass of fine earth in t/ha; `None` where the profile holds less.
    #[must_use]
    pub fn to_mass(&self, fine_earth_t_per_ha: f64) -> Option<PerHectare<TonnesCarbon>> {
        stock_to_mass(&self.layers, fine_earth_t_per_ha)
    }
}

/// The profiles of a survey.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct SoilSurvey {
    /// File that they were read from.
    pub name: String,
    /// By site and year.
    pub profiles: BTreeMap<(String, i32), SoilProfile>,
}

/// A layer as a row has it: site, year, region, top and bottom in centimetres.
struct Row {
    key: (String, i32),
    region: String,
    stratum: String,
    top: f64,
    bottom: f64,
    layer: SoilLayer,
}

impl SoilSurvey {
    /// Reads one row a layer: `site, region, year, top_cm, bottom_cm, carbon_pct` (of the mass of fine
    /// earth), `bulk_density_g_cm3`, and `coarse_pct` (of the volume; a column that must be there);
    /// and `stratum` where the sites were drawn by strata.
    ///
    /// # Errors
    ///
    /// All rows that cannot be read or name no region; profiles with gaps or overlaps, or that do not
    /// begin at the surface; sites in two regions.
    pub fn from_csv(
        text: &str,
        place: &str,
        regions: &[&str],
        strata: Strata,
    ) -> Result<Self, Vec<Finding>> {
        let sheet = library::sheet::read(text, place)?;
        if let Some(finding) = sheet.without(&COLUMNS, place, REMEDY) {
            return Err(vec![finding]);
        }
        let mut findings = Vec::new();
        let has = sheet.columns.iter().any(|column| column == STRATUM);
        let passed_over = match strata {
            Strata::None => Some("the plan does not say what area each stratum has"),
            Strata::Region => Some("the plan takes all of a region as one stratum"),
            Strata::Named => None,
        };
        if let Some(why) = passed_over.filter(|_| has) {
            findings.push(Finding::error(
                place,
                format!("a column `stratum`, and {why}"),
                "give `[soil-samples] strata` by which they are told, or take the column out where sites were drawn from the whole region",
            ));
        }
        let mut by_profile: BTreeMap<(String, i32), Vec<Row>> = BTreeMap::new();
        let mut home: BTreeMap<String, (String, String)> = BTreeMap::new();
        let mut unread = Vec::new();
        for row in &sheet.rows {
            let at = format!("{place}, row {}", row.line);
            match read(row, regions, strata) {
                Ok(layer) => {
                    let here = (layer.region.clone(), layer.stratum.clone());
                    let known = home
                        .entry(layer.key.0.clone())
                        .or_insert_with(|| here.clone());
                    if *known != here {
                        let words = |(region, stratum): &(String, String)| {
                            if stratum.is_empty() {
                                format!("region `{region}`")
                            } else {
                                format!("stratum `{stratum}` of region `{region}`")
                            }
                        };
                        findings.push(Finding::error(
                            at,
                            format!(
                                "site `{}` is in {}, and in {} before",
                                layer.key.0,
                                words(&here),
                                words(known)
                            ),
                            "give each site one region and stratum",
                        ));
                    }
                    by_profile.entry(layer.key.clone()).or_default().push(layer);
                }
                Err(what) => {
                    unread.push((
                        row.get("site"),
                        row.get("year").and_then(|year| year.parse().ok()),
                    ));
                    findings.push(Finding::error(at, what, REMEDY));
                }
            }
        }
        let mut survey = Self {
            name: place.to_owned(),
            ..Self::default()
        };
        for ((site, year), mut rows) in by_profile {
            rows.sort_by(|a, b| a.top.total_cmp(&b.top));
            let mut reached = 0.0;
            // A layer that was told may be the one that lacks here.
            let is_whole = !unread
                .iter()
                .any(|(of, when): &(Option<&str>, Option<i32>)| {
                    of.is_none_or(|of| of == site) && when.is_none_or(|when| when == year)
                });
            for row in &rows {
                if is_whole && (row.top - reached).abs() > 1e-6 {
                    findings.push(Finding::error(
                        place,
                        format!(
                            "profile of site `{site}` in {year}: a layer begins at {} cm, the one above ends at {reached} cm",
                            row.top
                        ),
                        "layers follow each other from the surface, without gaps and overlaps",
                    ));
                }
                reached = row.bottom;
            }
            survey.profiles.insert(
                (site, year),
                SoilProfile {
                    region_id: rows[0].region.clone(),
                    stratum: rows[0].stratum.clone(),
                    layers: rows.iter().map(|row| row.layer).collect(),
                },
            );
        }
        if findings.is_empty() {
            Ok(survey)
        } else {
            Err(findings)
        }
    }
}

fn read(row: &SheetRow, regions: &[&str], strata: Strata) -> Result<Row, String> {
    let text = |column: &str| row.get(column).ok_or_else(|| format!("no `{column}`"));
    let number = |column: &str| {
        row.number(column)?
            .filter(|value| *value >= 0.0)
            .ok_or_else(|| format!("no `{column}` of 0 or more"))
    };
    let percent = |column: &str| {
        let value = number(column)?;
        Fraction::new(value / 100.0)
            .map_err(|_| format!("`{column}` is {value}, expected a percentage up to 100"))
    };
    let region = text("region")?;
    if !regions.contains(&region) {
        return Err(format!("names region `{region}`, and there is none"));
    }
    let year = text("year")?;
    let year = year
        .parse::<f64>()
        .map_err(|_| format!("found `{year}`, expected a year"))
        .and_then(crate::units::year)
        .map_err(|what| format!("column `year`: {what}"))?;
    let (top, bottom) = (number("top_cm")?, number("bottom_cm")?);
    if bottom <= top {
        return Err(format!("`bottom_cm` is {bottom}, not below {top}"));
    }
    let density = number("bulk_density_g_cm3")?;
    if !(0.01..=2.65).contains(&density) {
        return Err(format!(
            "`bulk_density_g_cm3` is {density}, and soil has 0.01 to 2.65 g/cm3"
        ));
    }
    Ok(Row {
        key: (text("site")?.to_owned(), year),
        region: region.to_owned(),
        stratum: match strata {
            Strata::Named => text(STRATUM)?.to_owned(),
            Strata::None | Strata::Region => String::new(),
        },
        top,
        bottom,
        layer: SoilLayer {
            carbon: percent("carbon_pct")?,
            bulk_density_g_per_cm3: density,
            thickness_cm: bottom - top,
            coarse: percent("coarse_pct")?,
        },
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bad_layers_are_all_named() {
        let head = "site,region,year,top_cm,bottom_cm,carbon_pct,bulk_density_g_cm3,coarse_pct\n";
        let rows = "1,a,2000,0,10,2,1.2,0\n1,a,2000,15,30,2,1.2,0\n2,z,2000,0,10,2,1.2,0\n\
            3,a,2000,0,10,2,12,0\n4,a,2000,0,10,120,1.2,0\n5,a,2000,10,10,2,1.2,0\n6,a,2000,0,10,2,1.2,\n";
        let problems =
            SoilSurvey::from_csv(&[head, rows].concat(), "soil.csv", &["a"], Strata::None)
                .unwrap_err();
        assert_eq!(problems.len(), 6, "{problems:#?}");
        assert!(
            problems[5]
                .what
                .contains("begins at 15 cm, the one above ends at 10")
        );
    }

    #[test]
    fn a_layer_that_cannot_be_read_is_not_told_to_be_missing() {
        let head = "site,region,year,top_cm,bottom_cm,carbon_pct,bulk_density_g_cm3,coarse_pct\n";
        let rows = "1,z,2000,0,15,2,1.2,0\n1,a,2000,15,30,2,1.2,0\n2,a,2000,5,10,2,1.2,0\n";
        let text = [head, rows].concat();
        let problems = SoilSurvey::from_csv(&text, "soil.csv", &["a"], Strata::None).unwrap_err();
        assert_eq!(problems.len(), 2, "{problems:#?}");
        assert!(problems[0].what.contains("region `z`"), "{problems:#?}");
        assert!(problems[1].what.contains("site `2`"), "{problems:#?}");
    }

    #[test]
    fn a_profile_that_ends_early_has_no_stock_to_the_depth() {
        let text = "site,region,year,top_cm,bottom_cm,carbon_pct,bulk_density_g_cm3,coarse_pct\n\
            1,a,2000,0,20,2,1.0,0\n";
        let survey = SoilSurvey::from_csv(text, "soil.csv", &["a"], Strata::None).unwrap();
        let profile = &survey.profiles[&("1".to_owned(), 2000)];
        assert_eq!(profile.to_depth(30.0), None);
        let (stock, mass) = profile.to_depth(20.0).unwrap();
        assert!(
            (stock.on_one_hectare().value() - 40.0).abs() < 1e-9 && (mass - 2000.0).abs() < 1e-9
        );
    }
}

//! Carbon that goes into products of wood, read from a table.

use std::collections::BTreeMap;

use super::sheet::{self, SheetRow};
use crate::finding::Finding;
use crate::units::{PerYear, TonnesCarbon};

/// Product that stands for the sum of all.
pub(super) const ALL: &str = "all";

/// Carbon that went into products, by region and product: a year of each.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct WoodProduction {
    /// File that it was read from.
    pub name: String,
    /// By region and product, the carbon that comes in by year.
    pub(super) series: BTreeMap<(String, String), BTreeMap<i32, PerYear<TonnesCarbon>>>,
}

impl WoodProduction {
    /// Reads `region, product, year, production, unit`, with `carbon_factor` (t C by unit) where the
    /// unit is not carbon.
    ///
    /// # Errors
    ///
    /// All rows that cannot be read, that stand twice or name no region, and all gaps in a series.
    pub fn from_csv(text: &str, place: &str, regions: &[&str]) -> Result<Self, Vec<Finding>> {
        let sheet = sheet::read(text, place)?;
        let mut production = Self {
            name: place.to_owned(),
            ..Self::default()
        };
        let mut findings = Vec::new();
        for row in &sheet.rows {
            let at = format!("{place}, row {}", row.line);
            match line(row, regions) {
                Ok((key, year, inflow)) => {
                    let series = production.series.entry(key).or_default();
                    if series.insert(year, inflow).is_some() {
                        findings.push(Finding::error(
                            at,
                            format!("the year {year} stands twice for this region and product"),
                            "keep one row",
                        ));
                    }
                }
                Err(what) => findings.push(Finding::error(
                    at,
                    what,
                    "give region, product, year, production and its unit; `carbon_factor` where the unit is m3 or t_dm",
                )),
            }
        }
        for ((region, product), series) in &production.series {
            let (first, last) = (series.keys().next(), series.keys().last());
            let (Some(first), Some(last)) = (first, last) else {
                continue;
            };
            let missing: Vec<String> = (*first..=*last)
                .filter(|year| !series.contains_key(year))
                .map(|year| year.to_string())
                .collect();
            if !missing.is_empty() {
                findings.push(Finding::error(
                    place,
                    format!(
                        "{product} of region {region} has no row for {}",
                        missing.join(", ")
                    ),
                    "what is not known is not zero: give a row with 0 where nothing was made",
                ));
            }
        }
        if findings.is_empty() {
            Ok(production)
        } else {
            Err(findings)
        }
    }
}

type Line = ((String, String), i32, PerYear<TonnesCarbon>);

fn line(row: &SheetRow, regions: &[&str]) -> Result<Line, String> {
    let needed = |column: &str| row.get(column).ok_or_else(|| format!("no `{column}`"));
    let region = needed("region")?;
    if !regions.contains(&region) {
        return Err(format!("names region `{region}`, and there is none"));
    }
    let product = needed("product")?;
    if product == ALL {
        return Err("the product `all` is the name of the sum".to_owned());
    }
    let year = needed("year")?;
    let year = year
        .parse::<i32>()
        .map_err(|_| format!("`year` is `{year}`, expected a year"))?;
    let production = row.number("production")?.ok_or("no `production`")?;
    let factor = row.number("carbon_factor")?;
    let factor = match (needed("unit")?, factor) {
        ("t_c", None) => 1.0,
        ("t_c", Some(_)) => return Err("`carbon_factor`, and the unit is carbon".to_owned()),
        ("m3" | "t_dm", Some(factor)) if factor > 0.0 => factor,
        (unit @ ("m3" | "t_dm"), _) => {
            return Err(format!(
                "`unit` is `{unit}` and there is no `carbon_factor`"
            ));
        }
        (unit, _) => return Err(format!("`unit` is `{unit}`, expected t_c, m3 or t_dm")),
    };
    if production < 0.0 {
        return Err(format!("`production` is {production}, expected 0 or more"));
    }
    let inflow = PerYear::new(TonnesCarbon::new(production * factor));
    Ok(((region.to_owned(), product.to_owned()), year, inflow))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn gaps_and_bad_rows_are_all_named() {
        let text = "region,product,year,production,unit,carbon_factor\n\
            a,paper,2001,10,t_c,\na,paper,2003,10,t_c,\na,paper,2003,1,t_c,\nz,paper,2001,1,t_c,\n\
            a,sawnwood,2001,1,m3,\na,sawnwood,2001,1,kg,0.2\na,sawnwood,2001,-1,m3,0.2\n";
        let problems = WoodProduction::from_csv(text, "wood.csv", &["a"]).unwrap_err();
        assert_eq!(problems.len(), 6, "{problems:#?}");
        assert!(problems[5].what.contains("no row for 2002"));
    }
}

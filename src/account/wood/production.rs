//! Carbon that goes into products of wood, read from a table.

use std::collections::{BTreeMap, BTreeSet};

use crate::account::library::{self, SheetRow};
use crate::finding::Finding;

/// Columns that a table must have.
const COLUMNS: [&str; 5] = ["region", "product", "year", "production", "unit"];

/// What a row must have.
const REMEDY: &str = "give region, product, year, production and its unit; `carbon_factor` where the unit is m3, t_dm or t and no parameter `wood-carbon-factor` has it";

/// Product that stands for the sum of all.
pub(super) const ALL: &str = "all";

/// A unit of production whose carbon is a parameter.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum WoodUnit {
    /// Cubic metres.
    CubicMetre,
    /// Tonnes of dry matter.
    DryMatter,
    /// Tonnes as traded, air-dry.
    Tonne,
}

impl WoodUnit {
    fn parse(text: &str) -> Option<Self> {
        let all = [Self::CubicMetre, Self::DryMatter, Self::Tonne];
        all.into_iter().find(|unit| unit.id() == text)
    }

    /// The word in tables.
    pub(super) const fn id(self) -> &'static str {
        match self {
            Self::CubicMetre => "m3",
            Self::DryMatter => "t_dm",
            Self::Tonne => "t",
        }
    }

    /// Unit of the parameter that makes it carbon.
    pub(super) const fn factor(self) -> &'static str {
        match self {
            Self::CubicMetre => "t_c/m3",
            Self::DryMatter => "t_c/t_dm",
            Self::Tonne => "t_c/t",
        }
    }
}

/// What goes into a product in a year.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Inflow {
    /// Amount, in tonnes of carbon or in `unit`.
    pub(super) amount: f64,
    /// Unit whose carbon is a parameter; `None` where the table tells the carbon.
    pub(super) unit: Option<WoodUnit>,
}

/// Carbon that went into products, by region and product: a year of each.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct WoodProduction {
    /// File that it was read from.
    pub name: String,
    /// By region and product, what comes in by year.
    pub(super) series: BTreeMap<(String, String), BTreeMap<i32, Inflow>>,
}

impl WoodProduction {
    /// Units of a product whose carbon is a parameter.
    pub(super) fn units_of(&self, product: &str) -> BTreeSet<WoodUnit> {
        let of_product = self.series.iter().filter(|((_, of), _)| of == product);
        let inflows = of_product.flat_map(|(_, series)| series.values());
        inflows.filter_map(|inflow| inflow.unit).collect()
    }

    /// Reads `region, product, year, production, unit`, with `carbon_factor` (t C by unit) where the
    /// unit is not carbon and the carbon of it is no parameter.
    ///
    /// # Errors
    ///
    /// All rows that cannot be read, that stand twice or name no region, and all gaps in a series.
    pub fn from_csv(text: &str, place: &str, regions: &[&str]) -> Result<Self, Vec<Finding>> {
        Self::of_products(text, place, regions, |_| BTreeMap::new())
    }

    /// The same, with what `unfit` finds wrong with products: a row of one that nobody knows may be that of
    /// another.
    ///
    /// # Errors
    ///
    /// Likewise.
    pub fn of_products(
        text: &str,
        place: &str,
        regions: &[&str],
        unfit: impl FnOnce(&Self) -> BTreeMap<String, Vec<Finding>>,
    ) -> Result<Self, Vec<Finding>> {
        let sheet = library::sheet::read(text, place)?;
        if let Some(finding) = sheet.without(&COLUMNS, place, REMEDY) {
            return Err(vec![finding]);
        }
        let mut production = Self {
            name: place.to_owned(),
            ..Self::default()
        };
        let mut findings = Vec::new();
        let mut unread = Vec::new();
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
                Err(what) => {
                    unread.push(Named::of(row, regions));
                    findings.push(Finding::error(at, what, REMEDY));
                }
            }
        }
        let unfit = unfit(&production);
        let of_unfit = production.series.iter();
        let of_unfit = of_unfit.filter(|((_, product), _)| unfit.contains_key(product));
        unread.extend(of_unfit.flat_map(|((region, _), series)| {
            series.keys().map(|year| Named {
                region: Some(region),
                product: None,
                year: Some(*year),
            })
        }));
        findings.extend(unfit.values().flatten().cloned());
        for ((region, product), series) in &production.series {
            let (first, last) = (series.keys().next(), series.keys().last());
            let (Some(first), Some(last)) = (first, last) else {
                continue;
            };
            // A row that was told may be the one that lacks here.
            let told = |year: i32| {
                let mut rows = unread.iter();
                rows.any(|named| named.may_be(region, product, year))
            };
            let missing: Vec<String> = (*first..=*last)
                .filter(|year| !series.contains_key(year) && !told(*year))
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

/// What a row names that could not be read, as far as it does.
struct Named<'a> {
    region: Option<&'a str>,
    product: Option<&'a str>,
    year: Option<i32>,
}

impl<'a> Named<'a> {
    fn of(row: &'a SheetRow, regions: &[&str]) -> Self {
        let year = row.get("year").and_then(|year| year.parse().ok());
        Self {
            region: row.get("region").filter(|id| regions.contains(id)),
            product: row.get("product").filter(|product| *product != ALL),
            year: year.and_then(|year: f64| crate::units::year(year).ok()),
        }
    }

    /// Whether the row may be meant to be of a region, a product and a year.
    fn may_be(&self, region: &str, product: &str, year: i32) -> bool {
        self.region.is_none_or(|named| named == region)
            && self.product.is_none_or(|named| named == product)
            && self.year.is_none_or(|named| named == year)
    }
}

type Line = ((String, String), i32, Inflow);

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
        .parse::<f64>()
        .map_err(|_| format!("found `{year}`, expected a year"))
        .and_then(crate::units::year)
        .map_err(|what| format!("column `year`: {what}"))?;
    let production = row.number("production")?.ok_or("no `production`")?;
    let factor = row.number("carbon_factor")?;
    let (factor, unit) = match (needed("unit")?, factor) {
        ("t_c", None) => (1.0, None),
        ("t_c", Some(_)) => return Err("`carbon_factor`, and the unit is carbon".to_owned()),
        (text, factor) => {
            let unit = WoodUnit::parse(text)
                .ok_or_else(|| format!("`unit` is `{text}`, expected t_c, m3, t_dm or t"))?;
            match factor {
                None => (1.0, Some(unit)),
                Some(factor) if factor > 0.0 => (factor, None),
                Some(factor) => {
                    return Err(format!("`carbon_factor` is {factor}, expected more than 0"));
                }
            }
        }
    };
    if production < 0.0 {
        return Err(format!("`production` is {production}, expected 0 or more"));
    }
    let inflow = Inflow {
        amount: production * factor,
        unit,
    };
    Ok(((region.to_owned(), product.to_owned()), year, inflow))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn gaps_and_bad_rows_are_all_named() {
        let text = "region,product,year,production,unit,carbon_factor\n\
            a,paper,2001,10,t_c,\na,paper,2003,10,t_c,\na,paper,2003,1,t_c,\nz,paper,2001,1,t_c,\n\
            a,sawnwood,2001,1,m3,0\na,sawnwood,2001,1,kg,0.2\na,sawnwood,2001,-1,m3,0.2\n";
        let problems = WoodProduction::from_csv(text, "wood.csv", &["a"]).unwrap_err();
        assert_eq!(problems.len(), 6, "{problems:#?}");
        assert!(problems[5].what.contains("no row for 2002"));
    }

    #[test]
    fn a_row_that_cannot_be_read_is_not_told_to_be_missing() {
        let text = |row: &str| {
            format!(
                "region,product,year,production,unit\na,paper,2001,10,t_c\n{row}\na,paper,2003,10,t_c\n"
            )
        };
        for row in [
            "a,paper,2002,-10,t_c",
            "z,paper,2002,10,t_c",
            "a,paper,x,10,t_c",
        ] {
            let problems = WoodProduction::from_csv(&text(row), "wood.csv", &["a"]).unwrap_err();
            assert_eq!(problems.len(), 1, "{row}: {problems:#?}");
        }
        let other = text("b,paper,2002,-10,t_c");
        let problems = WoodProduction::from_csv(&other, "wood.csv", &["a", "b"]).unwrap_err();
        assert_eq!(problems.len(), 2, "{problems:#?}");
    }
}

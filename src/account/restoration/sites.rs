//! Treated and control sites: what the maps and layers say of each.

use std::collections::BTreeMap;

use super::effect::{Restoration, SiteGroup};
use crate::account::ecosystem::Ecosystem;
use crate::account::land::{ForestRule, LegendClass, MapYear, MeasuredArea, MeasuredValues};
use crate::finding::Finding;
use crate::units::Hectares;

/// How sites count in a mean.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SiteWeight {
    /// Every site alike.
    Site,
    /// Every hectare alike.
    Area,
}

impl SiteWeight {
    /// The word in plans and tables.
    #[must_use]
    pub const fn id(self) -> &'static str {
        match self {
            Self::Site => "site",
            Self::Area => "area",
        }
    }
}

/// What is measured on a site, before and after.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SiteMeasure {
    /// Share that is forest on two maps, in percent.
    Forest([usize; 2]),
    /// Share that is an ecosystem on two maps, in percent.
    Ecosystem(Ecosystem, [usize; 2]),
    /// Means of two layers, by their places among the value layers.
    Layers([usize; 2]),
}

/// A polygon that was treated, or one that was not: one observation.
#[derive(Debug, Clone)]
pub struct Site<'a> {
    /// Its group.
    pub group: SiteGroup,
    /// Its id.
    pub id: &'a str,
    /// Area of the polygon on the ellipsoid.
    pub area: Hectares,
    /// Its lines of the ledger.
    pub measured: Vec<&'a MeasuredArea>,
    /// Why its cells could not be read, where they could not.
    pub unread: Option<&'a str>,
}

/// The sites of a restoration.
pub type Sites<'a> = Vec<Site<'a>>;

/// A row of `tables/restoration_sites.csv`.
#[derive(Debug, Clone, PartialEq)]
pub struct SiteRow {
    /// Name of the restoration.
    pub name: String,
    /// Group of the site.
    pub group: SiteGroup,
    /// Its id.
    pub site_id: String,
    /// Area of the polygon on the ellipsoid.
    pub area: Hectares,
    /// The part that is compared, and the weight by area.
    pub compared: Hectares,
    /// Value before.
    pub before: Option<f64>,
    /// Value after.
    pub after: Option<f64>,
    /// Unit of the values.
    pub unit: String,
    /// Whether it counts.
    pub counted: bool,
    /// What must be known of it.
    pub note: String,
}

/// Class codes under the sites without a legend entry.
pub(super) fn unknown_codes<'a>(
    sites: impl Iterator<Item = &'a Site<'a>>,
    maps: &[MapYear<'_>],
) -> Vec<Finding> {
    let mut unknown: BTreeMap<(usize, i64), Hectares> = BTreeMap::new();
    for line in sites.flat_map(|site| &site.measured) {
        for (map, code) in line.classes.iter().enumerate() {
            if let (Some(code), Some(legend)) = (code, maps[map].legend)
                && legend.class(*code).is_none()
            {
                *unknown.entry((map, *code)).or_default() += line.area;
            }
        }
    }
    let finding = |((map, code), area): ((usize, i64), Hectares)| {
        let MapYear { year, legend } = maps[map];
        Finding::error(
            format!("land cover {year}, class {code}"),
            format!(
                "legend `{}` has no entry for class {code}, which covers {:.4} ha of restoration sites",
                legend.map_or("", |legend| legend.id.as_str()),
                area.value()
            ),
            "add the class to the legend, or name the code as nodata",
        )
    };
    unknown.into_iter().map(finding).collect()
}

/// What was found on a site: the area compared and the two values.
struct Observed {
    compared: Hectares,
    values: [Option<f64>; 2],
}

/// Shares of what counts, in percent of the part with a class on both maps. Whether the place lies
/// in a patch that is too small is told with the class.
fn shares(
    site: &Site<'_>,
    maps: &[MapYear<'_>],
    pair: [usize; 2],
    counts: &dyn Fn(&LegendClass, bool) -> bool,
) -> Observed {
    let class = |line: &MeasuredArea, map: usize| {
        let class = maps[map].legend?.class(line.classes[map]?)?;
        class.ecosystem.map(|_| class)
    };
    let mut compared = Hectares::ZERO;
    let mut sums = [Hectares::ZERO; 2];
    for line in &site.measured {
        let classes = pair.map(|map| class(line, map));
        if classes.iter().any(Option::is_none) {
            continue;
        }
        compared += line.area;
        for ((sum, class), map) in sums.iter_mut().zip(classes).zip(pair) {
            let small = line.too_small.get(map).copied().unwrap_or(false);
            if class.is_some_and(|class| counts(class, small)) {
                *sum += line.area;
            }
        }
    }
    let known = compared > Hectares::ZERO;
    Observed {
        compared,
        values: sums.map(|sum| known.then(|| 100.0 * (sum / compared))),
    }
}

/// Means of two layers, each over the part where it has a value.
fn layer_means(site: &Site<'_>, places: [usize; 2]) -> Observed {
    let sums = places.map(|place| {
        let mut sum = MeasuredValues::default();
        for values in site
            .measured
            .iter()
            .filter_map(|l| l.layer_values.get(place))
        {
            sum.merge(values);
        }
        sum
    });
    let [before, after] = sums.map(|sum| sum.area.value());
    Observed {
        compared: Hectares::new(before.min(after)),
        values: sums.map(|sum| sum.mean()),
    }
}

/// The row of a site.
pub(super) fn site_row(
    of: &Restoration<'_>,
    site: &Site<'_>,
    maps: &[MapYear<'_>],
    rule: &ForestRule,
) -> SiteRow {
    /// Share of a site that rounding may leave without a value.
    const ROUNDING: f64 = 1e-6;
    let found = match of.measure {
        SiteMeasure::Forest(pair) => shares(site, maps, pair, &|class, small| {
            !small && rule.is_forest(class)
        }),
        SiteMeasure::Ecosystem(ecosystem, pair) => shares(site, maps, pair, &|class, _| {
            class.ecosystem == Some(ecosystem)
        }),
        SiteMeasure::Layers(places) => layer_means(site, places),
    };
    let counted = site.unread.is_none() && found.values.iter().all(Option::is_some);
    let left = (site.area - found.compared).value();
    let note = match site.unread {
        Some(why) => format!("left out: its cells could not be read: {why}"),
        None if !counted => "left out: no value in one of the years".to_owned(),
        None if left > ROUNDING * site.area.value() => {
            format!("{left:.4} ha of it have no value in both years")
        }
        None => String::new(),
    };
    let known = |value: Option<f64>| value.filter(|_| site.unread.is_none());
    SiteRow {
        name: of.name.to_owned(),
        group: site.group,
        site_id: site.id.to_owned(),
        area: site.area,
        compared: found.compared,
        before: known(found.values[0]),
        after: known(found.values[1]),
        unit: of.unit.to_owned(),
        counted,
        note,
    }
}

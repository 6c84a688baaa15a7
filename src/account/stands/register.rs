//! Stand registers: what they sum up to, by region and by group, and the laws that they are held
//! against.

use std::collections::BTreeMap;

use super::codes::{CodeTable, LandKind, SpeciesKeys};
use super::sum::StandSum;
use crate::account::tables::{CheckRow, StandCarbonRow, TOTAL};
use crate::estimate::ValueClasses;
use crate::units::{CubicMetres, Hectares};

/// One stand of a register.
#[derive(Debug, Clone, PartialEq)]
pub struct Stand {
    /// Its id.
    pub id: String,
    /// What its land class is; `None` where the register has no land classes.
    pub land: Option<LandKind>,
    /// Land class as a reader knows it.
    pub land_class: String,
    /// `natural`, `planted`, or as the register has it.
    pub origin: String,
    /// Species or forest type.
    pub species: String,
    /// Position of the species in the register's table.
    pub species_row: Option<usize>,
    /// Mean age, in years.
    pub age: Option<f64>,
    /// Age group.
    pub age_group: String,
    /// Area that the register states.
    pub registered: Option<Hectares>,
    /// Area of the polygon in the plane of the register's coordinates.
    pub plane: Option<Hectares>,
    /// Area of the polygon on the ellipsoid.
    pub area: Hectares,
    /// Stock volume of the whole stand; `None` where it is not known.
    pub volume: Option<CubicMetres>,
    /// Regions that it lies in, with its share in each.
    pub parts: Vec<StandPart>,
    /// Its share in no region.
    pub outside: f64,
}

/// The part of a stand in one region.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct StandPart {
    /// Position of the region.
    pub region: usize,
    /// Share of the stand's area, 0 to 1.
    pub share: f64,
}

impl Stand {
    /// The area that stock stands on: that of the register, else that of the polygon.
    #[must_use]
    pub fn stock_area(&self) -> Hectares {
        self.registered.unwrap_or(self.area)
    }

    /// Whether its stems are forest stock. Without land classes every stand is forest.
    #[must_use]
    pub fn has_forest_stock(&self) -> bool {
        self.land.is_none_or(LandKind::has_forest_stock)
    }

    /// Whether it counts as forest.
    #[must_use]
    pub fn is_forest(&self) -> bool {
        self.land.is_none_or(LandKind::is_forest)
    }

    /// Whether it counts as forest and has no forest stock, such as bamboo.
    pub(super) fn is_unstocked(&self) -> bool {
        self.is_forest() && !self.has_forest_stock()
    }
}

/// The register of one year.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Register {
    /// Year that it stands for.
    pub year: i32,
    /// File and layer.
    pub name: String,
    /// Its stands, in the order of the file.
    pub stands: Vec<Stand>,
    /// What its species are in the tables of parameters.
    pub species: CodeTable<SpeciesKeys>,
    /// Whether it says what its volume is.
    pub has_volume: bool,
    /// Classes of age that the plan asks for.
    pub age_classes: Option<ValueClasses>,
    /// Whether the meaning of its codes rests on tables that were recalled, not read again.
    pub recalled_codes: bool,
}

/// A stand in a region: a row of `tables/stands.csv`.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct StandRow {
    /// Year of the register.
    pub year: i32,
    /// Id of the stand.
    pub stand_id: String,
    /// Region; empty for what lies in none.
    pub region_id: String,
    /// Share of the stand in the region, in percent.
    pub share_pct: f64,
    /// Kind of land, such as `tree-forest`.
    pub land_kind: String,
    /// Land class.
    pub land_class: String,
    /// Origin.
    pub origin: String,
    /// Species or forest type.
    pub species: String,
    /// Mean age in years.
    pub age: Option<f64>,
    /// Age group.
    pub age_group: String,
    /// Registered area in the region.
    pub registered: Option<Hectares>,
    /// Plane area in the region.
    pub plane: Option<Hectares>,
    /// Area on the ellipsoid in the region.
    pub area: Hectares,
    /// Registered less ellipsoidal area, in percent of the latter.
    pub difference_pct: Option<f64>,
    /// Volume per hectare of the stock area.
    pub volume_per_hectare: Option<f64>,
    /// Volume in the region.
    pub volume: Option<CubicMetres>,
    /// What must be known.
    pub note: String,
}

/// A sum over a group of stands: a row of `tables/register.csv`.
#[derive(Debug, Clone, PartialEq)]
pub struct RegisterRow {
    /// Region, or [`TOTAL`].
    pub region_id: String,
    /// Year of the register.
    pub year: i32,
    /// What the groups are: `all`, `forest`, `land-kind`, `land-class`, `origin`, `species` or
    /// `age-group`, `age-class`, from `origin` on of stands with forest stock; `uncovered` for what no stand
    /// covers, `map` for the forest of the map.
    pub grouping: String,
    /// The group.
    pub group: String,
    /// Stands, or parts of stands.
    pub stands: usize,
    /// Their registered area; `None` where one of them has none.
    pub registered: Option<Hectares>,
    /// Their plane area.
    pub plane: Option<Hectares>,
    /// Their area on the ellipsoid.
    pub area: Hectares,
    /// Volume of those with a volume.
    pub volume: Option<CubicMetres>,
    /// Stands without a volume; they are not in it.
    pub without_volume: usize,
    /// Area on which their stock stands.
    pub area_without_volume: Hectares,
}

/// Something about a stand that its keeper should look at: a row of `tables/stand_issues.csv`.
#[derive(Debug, Clone, PartialEq)]
pub struct StandIssue {
    /// Year of the register.
    pub year: i32,
    /// `overlap`, `gap`, `outside-regions`, `area-differs`, `volume-missing`, `volume-differs`.
    pub kind: String,
    /// Id of the stand; empty for a gap.
    pub stand_id: String,
    /// The other stand of an overlap.
    pub other_id: String,
    /// Region; empty where it is not one region's.
    pub region_id: String,
    /// Area concerned.
    pub area: Option<Hectares>,
    /// Longitude of a point of it.
    pub longitude: Option<f64>,
    /// Latitude of that point.
    pub latitude: Option<f64>,
    /// What was found.
    pub what: String,
}

/// What the registers of a run say, as tables.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct StandTables {
    /// `tables/stands.csv`.
    pub stands: Vec<StandRow>,
    /// `tables/register.csv`.
    pub register: Vec<RegisterRow>,
    /// `tables/stand_issues.csv`.
    pub issues: Vec<StandIssue>,
    /// `tables/stand_carbon.csv`.
    pub carbon: Vec<StandCarbonRow>,
}

/// The sums of a register by region, the union last where regions do not overlap.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct RegisterSums {
    /// By place (`None` is the union), grouping and group.
    sums: BTreeMap<(Option<usize>, &'static str, String), StandSum>,
}

impl Register {
    /// The sums of the register; those of the union when `disjoint`.
    #[must_use]
    pub fn sums(&self, disjoint: bool) -> RegisterSums {
        let mut sums: BTreeMap<(Option<usize>, &'static str, String), StandSum> = BTreeMap::new();
        for stand in &self.stands {
            let mut groups = vec![("all", "all".to_owned())];
            if stand.is_forest() {
                groups.push(("forest", "forest".to_owned()));
            }
            if let Some(kind) = stand.land {
                groups.push(("land-kind", kind.id().to_owned()));
                groups.push(("land-class", stand.land_class.clone()));
            }
            if stand.has_forest_stock() {
                groups.push(("stock", "stock".to_owned()));
                groups.push(("origin", named(&stand.origin)));
                groups.push(("species", named(&stand.species)));
                groups.push(("age-group", named(&stand.age_group)));
                if let Some(classes) = &self.age_classes {
                    groups.push(("age-class", classes.label(stand.age)));
                }
            }
            for (grouping, group) in groups {
                for part in &stand.parts {
                    for place in [Some(part.region), None] {
                        if place.is_some() || disjoint {
                            sums.entry((place, grouping, group.clone()))
                                .or_default()
                                .add(stand, part.share);
                        }
                    }
                }
            }
        }
        RegisterSums { sums }
    }

    /// Rows of `tables/stands.csv`.
    #[must_use]
    pub fn stand_rows(&self, regions: &[&str]) -> Vec<StandRow> {
        let mut rows = Vec::with_capacity(self.stands.len());
        for stand in &self.stands {
            let places = stand
                .parts
                .iter()
                .map(|part| (regions[part.region], part.share))
                .chain((stand.outside > 0.0).then_some(("", stand.outside)));
            rows.extend(places.map(|(region, share)| self.stand_row(stand, region, share)));
        }
        rows
    }

    /// The row of a stand as a whole, with the region of its largest part.
    #[must_use]
    pub fn whole_row(&self, stand: &Stand, regions: &[&str]) -> StandRow {
        let largest = stand
            .parts
            .iter()
            .max_by(|one, other| one.share.total_cmp(&other.share));
        let region = largest.map_or("", |part| regions[part.region]);
        self.stand_row(stand, region, 1.0)
    }

    fn stand_row(&self, stand: &Stand, region: &str, share: f64) -> StandRow {
        let part = |area: Hectares| Hectares::new(area.value() * share);
        let stock_area = stand.stock_area().value();
        let mut notes = Vec::new();
        if self.has_volume && stand.volume.is_none() && stand.has_forest_stock() {
            notes.push("no volume in the register: not known");
        }
        if stand.volume.is_some_and(|v| v.value() > 0.0) && !stand.has_forest_stock() {
            notes.push("its volume is no forest stock, by its land class");
        }
        StandRow {
            year: self.year,
            stand_id: stand.id.clone(),
            region_id: region.to_owned(),
            share_pct: 100.0 * share,
            land_kind: stand
                .land
                .map_or_else(String::new, |kind| kind.id().to_owned()),
            land_class: stand.land_class.clone(),
            origin: stand.origin.clone(),
            species: stand.species.clone(),
            age: stand.age,
            age_group: stand.age_group.clone(),
            registered: stand.registered.map(part),
            plane: stand.plane.map(part),
            area: part(stand.area),
            difference_pct: stand
                .registered
                .filter(|_| stand.area > Hectares::ZERO)
                .map(|registered| 100.0 * (registered / stand.area - 1.0)),
            volume_per_hectare: stand
                .volume
                .filter(|_| stock_area > 0.0)
                .map(|volume| volume.value() / stock_area),
            volume: stand.volume.map(|v| CubicMetres::new(v.value() * share)),
            note: notes.join("; "),
        }
    }
}

fn named(text: &str) -> String {
    if text.is_empty() {
        "not stated".to_owned()
    } else {
        text.to_owned()
    }
}

impl RegisterSums {
    /// The sum of a place, `None` being the union.
    #[must_use]
    pub fn of(&self, place: Option<usize>, grouping: &'static str) -> StandSum {
        self.sums
            .get(&(place, grouping, grouping.to_owned()))
            .copied()
            .unwrap_or_default()
    }

    /// Rows of `tables/register.csv`.
    #[must_use]
    pub fn rows(&self, year: i32, regions: &[&str]) -> Vec<RegisterRow> {
        let (union, own): (Vec<_>, Vec<_>) = self
            .sums
            .iter()
            .partition(|((place, ..), _)| place.is_none());
        own.into_iter()
            .chain(union)
            .filter(|((_, grouping, _), _)| *grouping != "stock")
            .map(|((place, grouping, group), sum)| {
                let region = place.map_or(TOTAL, |place| regions[place]);
                sum.row((region, year), grouping, group)
            })
            .collect()
    }

    /// The register held against its polygons: one row a place whose stands all have a registered
    /// area.
    #[must_use]
    pub fn area_checks(&self, year: i32, regions: &[&str]) -> Vec<CheckRow> {
        /// Share by which the areas of a register may differ from its polygons.
        const TOLERANCE: f64 = 0.01;
        let all = self
            .sums
            .iter()
            .filter(|((_, grouping, _), _)| *grouping == "all");
        all.filter_map(|((place, ..), sum)| {
            let registered = sum.registered?;
            let relative = (registered.value() - sum.area.value()).abs() / sum.area.value();
            Some(CheckRow {
                check: "stand-area".to_owned(),
                region_id: place.map_or(TOTAL, |place| regions[place]).to_owned(),
                law: format!("registered areas of {year} sum to the area of the polygons"),
                found: registered.value(),
                expected: sum.area.value(),
                unit: "ha".to_owned(),
                tolerance: TOLERANCE,
                passed: relative <= TOLERANCE,
                note: sum.plane.map_or_else(String::new, |plane| {
                    format!("plane area {:.4} ha", plane.value())
                }),
            })
        })
        .collect()
    }
}

#[cfg(test)]
#[path = "register_tests.rs"]
mod tests;

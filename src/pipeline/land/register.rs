//! Stand registers become figures: a census without sampling error, and the laws it is held
//! against.

use crate::account::{
    AreaAccount, CheckRow, InventoryRow, NO_STAND, Nesting, RegisterRow, RegisterSums, StandTables,
    TOTAL, regions_without,
};
use crate::estimate::{Confidence, Estimate, Estimator, census, control_check};
use crate::finding::{are, counted};
use crate::pipeline::open::{PlacedRegister, Prepared};
use crate::pipeline::sample::{Estimates, RegionEstimates};
use crate::report::StandShape;
use crate::units::{CubicMetres, Hectares, Quantity};

/// What the registers add to a run.
#[derive(Debug, Default)]
pub(in crate::pipeline) struct Registered {
    pub(in crate::pipeline) tables: StandTables,
    pub(in crate::pipeline) checks: Vec<CheckRow>,
}

/// Fills the figures that no sample gives, and says what the registers sum up to.
pub(in crate::pipeline) fn registered(
    prepared: &Prepared,
    estimates: &mut Estimates,
    areas: Option<&AreaAccount>,
    level: f64,
) -> Registered {
    let mut out = Registered::default();
    if prepared.stands.is_empty() {
        return out;
    }
    let disjoint = prepared.regions_are_disjoint();
    let ids: Vec<&str> = prepared
        .regions
        .iter()
        .map(|region| region.id.as_str())
        .collect();
    if disjoint && estimates.total.is_none() {
        estimates.total = Some(RegionEstimates::default());
    }
    let level = Confidence::new(level).unwrap_or(Confidence::P95);
    let newest = prepared.stands.len() - 1;
    for (at, placed) in prepared.stands.iter().enumerate() {
        let (register, year) = (&placed.register, placed.register.year);
        let sums = register.sums(disjoint);
        out.tables.stands.extend(register.stand_rows(&ids));
        out.tables.register.extend(sums.rows(year, &ids));
        out.tables.issues.extend(placed.issues.iter().cloned());
        out.checks.extend(sums.area_checks(year, &ids));
        out.checks.extend(overlap_check(placed));
        out.checks.extend(cover_checks(prepared, placed));
        out.tables.register.extend(beside(prepared, placed, areas));
        let places = (0..ids.len()).map(Some).chain(disjoint.then_some(None));
        for place in places {
            let id = place.map_or(TOTAL, |place| ids[place]);
            let figures = Figures::of(&sums, place, register.has_volume);
            estimates.rows.extend(figures.rows(id, year));
            if at != newest {
                continue;
            }
            let region = match place {
                Some(place) => &mut estimates.regions[place],
                None => estimates.total.as_mut().expect("a total was made above"),
            };
            if let (Some(control), Some(volume)) = (&region.volume, figures.volume) {
                out.checks
                    .extend(control_row(id, year, volume, control, level));
            }
            let of_register = region.volume.is_none() && figures.volume.is_some();
            figures.fill(region, placed, year);
            let unshown = without_stand(&sums, (place, &prepared.nesting), areas);
            if let Some(words) = unshown.filter(|_| of_register) {
                region.limit_volume(&words);
            }
        }
    }
    out
}

/// Regions of a place without any stand of a register, though the maps do not show that there are no trees, in words.
fn without_stand(
    sums: &RegisterSums,
    (place, nesting): (Option<usize>, &Nesting),
    areas: Option<&AreaAccount>,
) -> Option<String> {
    let is_bare = |part: usize| areas.is_some_and(|areas| areas.regions[part].is_bare());
    let unshown = nesting.told(place, |part| {
        let is_unshown = sums.of(Some(part), "all").stands == 0 && !is_bare(part);
        is_unshown.then(|| NO_STAND.to_owned())
    });
    (!unshown.is_empty()).then(|| format!("without {}", regions_without(&unshown)))
}

/// The figures of a register in one place.
struct Figures {
    forest: Option<Estimate<Hectares>>,
    volume: Option<Estimate<CubicMetres>>,
    density: Option<f64>,
    without: usize,
    area_without: Hectares,
}

impl Figures {
    fn of(sums: &RegisterSums, place: Option<usize>, has_volume: bool) -> Self {
        let all = sums.of(place, "all");
        let (forest, stock) = (sums.of(place, "forest"), sums.of(place, "stock"));
        // A place without any stand has no register; one without forest stands has no forest.
        let known = all.stands > 0;
        let volume = (known && has_volume && (stock.with_volume > 0 || stock.without_volume == 0))
            .then(|| census(stock.volume, stock.with_volume));
        Self {
            forest: known.then(|| census(forest.stock_area, forest.stands)),
            density: volume
                .filter(|_| forest.stock_area > Hectares::ZERO)
                .map(|volume| volume.value().value() / forest.stock_area.value()),
            volume,
            without: if has_volume { stock.without_volume } else { 0 },
            area_without: stock.area_without_volume,
        }
    }

    fn rows(&self, id: &str, year: i32) -> Vec<InventoryRow> {
        fn row<Q: Quantity>(
            id: &str,
            year: i32,
            name: &str,
            estimate: &Estimate<Q>,
        ) -> InventoryRow {
            InventoryRow {
                region_id: id.into(),
                year,
                from_year: None,
                attribute: name.into(),
                domain: "".into(),
                statistic: "total".into(),
                value: Some(estimate.value().value()),
                unit: Q::UNIT.into(),
                standard_error: None,
                interval: None,
                degrees_of_freedom: None,
                plots: estimate.plots(),
                plots_nonzero: estimate.plots_nonzero(),
                estimator: Estimator::Census.id().into(),
                note: Estimator::Census.note().into(),
            }
        }
        let forest = self
            .forest
            .as_ref()
            .map(|e| row(id, year, "register_forest_area", e));
        let volume = self
            .volume
            .as_ref()
            .map(|e| row(id, year, "register_volume", e));
        forest.into_iter().chain(volume).collect()
    }

    /// Fills what no sample gave.
    fn fill(self, region: &mut RegionEstimates, placed: &PlacedRegister, year: i32) {
        let register = &placed.register;
        let from_sample = region.volume.is_some();
        if region.forest.is_none() {
            region.forest = self.forest;
        }
        if !from_sample && self.volume.is_some() {
            region.volume = self.volume;
            region.volume_density = self.density;
            region.notes.push(format!(
                "stock volume and forest area are those of the stand register of {year}: a census, without sampling error, but not exact"
            ));
        }
        if self.forest.is_none() {
            region
                .notes
                .push(format!("no stand of the register of {year} in the region"));
        }
        if !from_sample && self.without > 0 {
            region.limit_volume(&format!(
                "{} ({:.4} ha) of forest without a volume {} not in it",
                counted(self.without, "stand", "stands"),
                self.area_without.value(),
                are(self.without)
            ));
        }
        if register.recalled_codes {
            region.notes.push(
                "land classes, origins, ages and species of the register by code tables that were recalled, not read again".to_owned(),
            );
        }
    }
}

impl RegionEstimates {
    /// Says what the volume of a register is without.
    fn limit_volume(&mut self, without: &str) {
        let note = format!("the stock volume of the register is a lower limit: {without}");
        self.volume_without.push(note.clone());
        self.notes.push(note);
    }
}

/// Stands lie beside each other.
fn overlap_check(placed: &PlacedRegister) -> Option<CheckRow> {
    /// Share of the area that may be in two stands.
    const TOLERANCE: f64 = 1e-4;
    let stands = &placed.register.stands;
    let all: Hectares = stands.iter().map(|stand| stand.area).sum();
    (all > Hectares::ZERO).then(|| CheckRow {
        check: "stand-overlap".to_owned(),
        region_id: String::new(),
        law: format!("stands of {} do not overlap", placed.register.year),
        found: all.value(),
        expected: (all - placed.overlap).value(),
        unit: "ha".to_owned(),
        tolerance: TOLERANCE,
        passed: placed.overlap.value() <= TOLERANCE * all.value(),
        note: "area of the stands, and without what two of them share".to_owned(),
    })
}

/// What the stands of a region leave of it, for a register of all land.
fn cover_checks(prepared: &Prepared, placed: &PlacedRegister) -> Vec<CheckRow> {
    /// Share of a region that a register of all land may leave out.
    const TOLERANCE: f64 = 1e-4;
    if !placed.of_all_land {
        return Vec::new();
    }
    let regions = prepared.regions.iter().zip(&placed.uncovered);
    regions
        .map(|(region, left)| CheckRow {
            check: "stand-cover".to_owned(),
            region_id: region.id.clone(),
            law: format!("stands of {} cover the region", placed.register.year),
            found: (region.area - *left).value(),
            expected: region.area.value(),
            unit: "ha".to_owned(),
            tolerance: TOLERANCE,
            passed: left.value() <= TOLERANCE * region.area.value(),
            note: format!("{:.4} ha of the region without stands", left.value()),
        })
        .collect()
}

/// Areas beside the sums of a register: what of each region no stand covers, and the forest of the
/// newest map.
fn beside(
    prepared: &Prepared,
    placed: &PlacedRegister,
    areas: Option<&AreaAccount>,
) -> Vec<RegisterRow> {
    let row = |region: &str, grouping: &str, group: String, area: Hectares| RegisterRow {
        region_id: region.to_owned(),
        year: placed.register.year,
        grouping: grouping.to_owned(),
        group,
        stands: 0,
        registered: None,
        plane: None,
        area,
        volume: None,
        without_volume: 0,
        area_without_volume: Hectares::ZERO,
    };
    let mut rows = Vec::new();
    for (at, (region, left)) in prepared.regions.iter().zip(&placed.uncovered).enumerate() {
        rows.push(row(&region.id, "uncovered", "no stand".to_owned(), *left));
        if let Some(year) = areas.and_then(|areas| areas.regions[at].newest()) {
            let group = format!("forest of the map of {}", year.year);
            rows.push(row(&region.id, "map", group, year.forest));
        }
    }
    rows
}

/// The register held against the interval of a control sample.
fn control_row(
    id: &str,
    year: i32,
    volume: Estimate<CubicMetres>,
    control: &Estimate<CubicMetres>,
    level: Confidence,
) -> Option<CheckRow> {
    let check = control_check(volume.value(), control, level)?;
    let half = (check.interval.1 - check.interval.0).value() / 2.0;
    let expected = control.value().value();
    Some(CheckRow {
        check: "stand-control".to_owned(),
        region_id: id.to_owned(),
        law: format!(
            "the stock volume of the register of {year} lies in the interval of the sample"
        ),
        found: volume.value().value(),
        expected,
        unit: "m3".to_owned(),
        tolerance: if expected == 0.0 {
            0.0
        } else {
            half / expected.abs()
        },
        passed: check.within,
        note: format!(
            "interval {:.4} to {:.4} m3 at {} %; difference {} %",
            check.interval.0.value(),
            check.interval.1.value(),
            100.0 * level.value(),
            check
                .difference_pct
                .map_or_else(|| "unknown".to_owned(), |pct| format!("{pct:.4}"))
        ),
    })
}

/// The stands of the registers for the map, each as a whole.
pub(in crate::pipeline) fn shapes(prepared: &Prepared) -> Vec<StandShape> {
    let ids: Vec<&str> = prepared
        .regions
        .iter()
        .map(|region| region.id.as_str())
        .collect();
    let mut shapes = Vec::new();
    for placed in &prepared.stands {
        let stands = placed.register.stands.iter().zip(&placed.shapes);
        shapes.extend(stands.map(|(stand, outline)| StandShape {
            row: placed.register.whole_row(stand, &ids),
            outline: outline.clone(),
        }));
    }
    shapes
}

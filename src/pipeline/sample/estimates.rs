//! Plots become estimates for every region: direct where there are plots enough, synthetic where
//! strength must be borrowed, nothing where neither is possible.

use std::collections::BTreeMap;

use super::absent_plots;
use super::attributes::Work;
use super::domains::{Domains, Setting};
use super::growth_rows::{GrowthPoints, growth_rows};
use super::known_changes::known_changes;
use super::larger_areas::name_bare_land;
use super::map_weights::Weighed;
use super::models::{unfit_layers, union_of};
use super::region_pools::fill_pools;
use super::sampled_land::land_beyond;
use super::shared_pools::SharedPools;
use super::small_areas::not_adjusted;
use super::strata_rows::strata_rows;
use crate::account::{InventoryRow, Pool, StratumPartRow, StratumRow, period};
use crate::estimate::{
    Estimate, EstimateError, Observations, RatioEstimate, Remeasurement, Sample, WallToWall,
};
use crate::finding::{Finding, counted};
use crate::input::Inventory;
use crate::pipeline::pass::Helpers;
use crate::units::{CubicMetres, Hectares, Quantity, TonnesCarbon};

/// What the sample says of one region, or of the union of all.
#[derive(Debug, Clone, Default)]
pub(in crate::pipeline) struct RegionEstimates {
    /// Forest area, newest inventory.
    pub(in crate::pipeline) forest: Option<Estimate<Hectares>>,
    /// Forest area by year.
    pub(in crate::pipeline) forest_by_year: BTreeMap<i32, Estimate<Hectares>>,
    /// Stem volume, newest inventory.
    pub(in crate::pipeline) volume: Option<Estimate<CubicMetres>>,
    /// Stem volume per hectare of forest, newest inventory.
    pub(in crate::pipeline) volume_per_forest: Option<RatioEstimate<CubicMetres, Hectares>>,
    /// Volume per hectare of forest without an error: of a stand register, or the quotient of two
    /// totals by a model of small areas, whose covariance is not known.
    pub(in crate::pipeline) volume_density: Option<f64>,
    /// What `volume` is without because it is not known, in words of `notes`.
    pub(in crate::pipeline) volume_without: Vec<String>,
    /// What stocks of carbon are without, as their sample is not of all land, by year.
    pub(in crate::pipeline) of_stocks: BTreeMap<i32, String>,
    /// Carbon by year and pool.
    pub(in crate::pipeline) pools: BTreeMap<(i32, Pool), Estimate<TonnesCarbon>>,
    /// Why measured pools are not known, by earlier year, for a change, year and pool.
    pub(super) unknown: BTreeMap<(Option<i32>, i32, Pool), String>,
    /// Carbon of all pools by year, with the variance of the sum, or why it is not known.
    pub(in crate::pipeline) carbon: BTreeMap<i32, Result<Estimate<TonnesCarbon>, String>>,
    /// Change of carbon by (earlier year, later year, pool); `Pool::All` for the sum.
    pub(in crate::pipeline) changes: BTreeMap<(i32, i32, Pool), Estimate<TonnesCarbon>>,
    /// What changes of carbon leave out, or why there is none, by earlier and later year.
    pub(in crate::pipeline) of_changes: BTreeMap<(i32, i32), String>,
    /// Of all regions together: those that changes of carbon leave out, and why, by the same years.
    pub(in crate::pipeline) left_out: BTreeMap<(i32, i32), Vec<(String, String)>>,
    /// What must be known.
    pub(in crate::pipeline) notes: Vec<String>,
}

/// What the sample says.
#[derive(Debug, Clone, Default)]
pub(in crate::pipeline) struct Estimates {
    /// One a region.
    pub(in crate::pipeline) regions: Vec<RegionEstimates>,
    /// The union of the regions; `None` when they overlap.
    pub(in crate::pipeline) total: Option<RegionEstimates>,
    /// `tables/inventory.csv`.
    pub(in crate::pipeline) rows: Vec<InventoryRow>,
    /// `tables/strata.csv`.
    pub(in crate::pipeline) strata: Vec<StratumRow>,
    /// `tables/inventory_strata.csv`.
    pub(in crate::pipeline) stratum_parts: Vec<StratumPartRow>,
    /// What must be known of the sample.
    pub(in crate::pipeline) warnings: Vec<Finding>,
    /// Layers that helped.
    pub(in crate::pipeline) helpers: Option<Helpers>,
}

/// Estimates everything that the inventories allow.
pub(super) fn estimates(
    inventories: &[Inventory],
    growth_points: &GrowthPoints,
    setting: &Setting<'_>,
) -> Result<Estimates, EstimateError> {
    let samples = inventories
        .iter()
        .map(|inventory| Sample::new(inventory.frame.clone()))
        .collect::<Result<Vec<_>, _>>()?;
    let mut out = Estimates {
        regions: vec![RegionEstimates::default(); setting.regions.len()],
        total: setting.disjoint.then(RegionEstimates::default),
        ..Estimates::default()
    };
    let mut domains = Domains::new((inventories, &samples), setting, &mut out.warnings);
    let mut of_union = absent_plots::tell(inventories, &mut domains, setting, &mut out.warnings);
    let of_samples = (inventories, &samples[..]);
    of_union.extend(absent_plots::tell_fewer(
        of_samples,
        &mut domains,
        setting,
        &mut out.warnings,
    ));
    of_union.extend(absent_plots::tell_never(
        of_samples,
        &mut domains,
        setting,
        &mut out.warnings,
    ));
    if let Some(total) = &mut out.total {
        total.notes.extend(of_union);
    }
    for (region, notes) in out.regions.iter_mut().zip(&domains.notes) {
        region.notes.clone_from(notes);
    }
    for ((sample, inventory), of_plot) in samples.iter().zip(inventories).zip(&domains.of_plot) {
        let other = other_land(sample, inventory, of_plot, setting);
        out.warnings.extend(other);
    }
    if let Some(helpers) = setting.helpers {
        let unfit = unfit_layers(inventories, &samples, helpers);
        out.warnings.extend(unfit);
    }
    let pairs = matched((inventories, &samples), (&domains, setting), &mut out);
    let over = over_domains(setting, &domains);
    let mut work = Work::new(setting, inventories, &samples, &pairs, &domains, &over);
    let forest = work.attribute("forest_area", |i| i.forest.as_ref());
    let volume = work.attribute("volume", |i| i.volume.as_ref());
    work.attribute("above_ground_biomass", |i| i.above_ground_biomass.as_ref());
    work.attribute("below_ground_biomass", |i| i.below_ground_biomass.as_ref());
    work.attribute("trees", |i| Some(&i.trees.as_ref()?.all.stems));
    work.attribute("basal_area", |i| i.trees.as_ref()?.all.basal_area.as_ref());
    let per_forest = work.volume_per_forest();
    let newest = inventories.len() - 1;
    out.each(|region, estimates| {
        estimates.forest = forest.total(newest, region).ok();
        let area = region.map(|region| setting.regions[region].area);
        let more = estimates.forest.zip(area);
        let more = more.and_then(|(forest, area)| absent_plots::more_than_all(forest, area));
        estimates.notes.extend(more);
        for (position, inventory) in inventories.iter().enumerate() {
            if let Ok(area) = forest.total(position, region) {
                estimates.forest_by_year.insert(inventory.year, area);
            }
        }
        estimates.volume = volume.total(newest, region).ok();
        estimates.volume_per_forest = per_forest.get(&region).copied().flatten();
        if setting.is_modelled(region) {
            let totals = estimates.volume.zip(estimates.forest);
            estimates.volume_density = totals
                .map(|(volume, forest)| volume.value().value() / forest.value().value())
                .filter(|density| density.is_finite());
        }
    });
    fill_pools(&mut work, &mut out);
    known_changes(&work, &mut out);
    out.each(|region, estimates| {
        name_bare_land((inventories, &domains), (region, setting), estimates);
    });
    work.column_domains(setting.columns);
    work.tree_domains();
    let without = work.without_model.findings(inventories, setting);
    for estimates in &mut out.regions {
        let notes = without.iter().map(|finding| finding.what.clone());
        estimates.notes.extend(notes);
    }
    out.warnings.extend(without);
    let (not_adjusted, notes) = not_adjusted(inventories, &domains.bare, setting);
    for (region, note) in notes {
        out.regions[region].notes.push(note);
    }
    out.warnings.extend(not_adjusted);
    out.rows = work.rows;
    out.stratum_parts = work.stratum_parts;
    growth_rows(inventories, growth_points, setting, &mut out);
    Ok(out)
}

impl Estimates {
    /// Takes the strata of the inventories, with what became of those of a map.
    pub(super) fn take_strata(&mut self, inventories: &[Inventory], weighed: Option<&Weighed>) {
        self.strata = strata_rows(inventories, weighed);
        let Some(weighed) = weighed else { return };
        self.warnings.extend(weighed.warnings.iter().cloned());
        for note in weighed.notes() {
            self.each(|_, estimates| estimates.notes.push(note.clone()));
        }
    }

    /// Fills in each region, and the union under `None`.
    pub(super) fn each(&mut self, mut fill: impl FnMut(Option<usize>, &mut RegionEstimates)) {
        for (region, estimates) in self.regions.iter_mut().enumerate() {
            fill(Some(region), estimates);
        }
        if let Some(total) = &mut self.total {
            fill(None, total);
        }
    }
}

/// Says so where the plots in the regions stand for more or less land than the regions have.
fn other_land(
    sample: &Sample,
    inventory: &Inventory,
    of_plot: &[Vec<usize>],
    setting: &Setting<'_>,
) -> Option<Finding> {
    let (found, regions) = land_beyond(sample, of_plot, setting)?;
    Some(Finding::warning(
        format!("inventory {}", inventory.year),
        format!(
            "its plots in the regions stand for {found:.1} ha, and the regions have {regions:.1} ha"
        ),
        "check `area-ha`, or the areas of the estimation units, and the polygons: all totals from plots follow the sampled area",
    ))
}

/// The layers of the plan over each domain, then over the union of all.
fn over_domains(setting: &Setting<'_>, domains: &Domains) -> Vec<Result<WallToWall, String>> {
    let Some(helpers) = setting.helpers else {
        return Vec::new();
    };
    let all: Vec<usize> = (0..setting.regions.len()).collect();
    let of_domains = domains.regions.iter();
    of_domains
        .map(|regions| helpers.over.together(regions))
        .chain([union_of(setting, || helpers.over.together(&all))])
        .collect()
}

/// Two inventories one after the other.
pub(super) struct Pair<'a> {
    pub(super) from: i32,
    pub(super) to: i32,
    pub(super) earlier: usize,
    pub(super) later: usize,
    pub(super) remeasurement: Remeasurement<'a>,
    /// What both measured, where one of them lacks a pool.
    pub(super) shared: Option<SharedPools>,
    /// Why a domain, and last the union, has no change: the two inventories are not of the same land there.
    pub(super) of_other_land: Vec<Option<String>>,
}

impl Pair<'_> {
    /// The change of each domain, that of the union last, or why there is none.
    pub(super) fn changes<Q: Quantity>(
        &self,
        earlier: &[Observations<Q>],
        later: &[Observations<Q>],
    ) -> Vec<Result<Estimate<Q>, String>> {
        let years = period(self.from, self.to);
        let both = earlier.iter().zip(later).zip(&self.of_other_land);
        let change = |((earlier, later), of_other_land): (_, &Option<String>)| {
            if let Some(why) = of_other_land {
                return Err(why.clone());
            }
            let change = self.remeasurement.change(earlier, later, years);
            change
                .map(|change| change.net())
                .map_err(|error| error.to_string())
        };
        both.map(change).collect()
    }

    /// Carbon that the change of a pool is of, where it is not all that the inventories have of it; an error without
    /// any.
    pub(super) fn shared(
        &self,
        pool: Pool,
    ) -> Result<Option<&[Observations<TonnesCarbon>; 2]>, String> {
        let shared = self.shared.as_ref().filter(|_| pool == Pool::All);
        let sums = shared.map(|shared| shared.sums.as_ref().ok_or_else(|| shared.without.clone()));
        sums.transpose()
    }
}

/// Carbon of a pool, or of all, on the plots of an inventory.
pub(super) fn carbon_of(inventory: &Inventory, pool: Pool) -> Option<&Observations<TonnesCarbon>> {
    match pool {
        Pool::All => inventory.all_carbon.as_ref(),
        _ => inventory.carbon.get(&pool),
    }
}

fn matched<'a>(
    (inventories, samples): (&[Inventory], &'a [Sample]),
    (domains, setting): (&Domains, &Setting<'_>),
    out: &mut Estimates,
) -> Vec<Pair<'a>> {
    let mut pairs = Vec::new();
    for later in 1..samples.len() {
        let earlier = later - 1;
        let remeasurement = Remeasurement::between(&samples[earlier], &samples[later]);
        let counts = remeasurement.matches();
        let note = format!(
            "change {} to {}: {} of {} measured again, {} shared by both inventories",
            inventories[earlier].year,
            inventories[later].year,
            counts.remeasured,
            counted(samples[later].plots().len(), "plot", "plots"),
            counted(counts.shared, "measurement", "measurements")
        );
        let apart = interval_note(&inventories[earlier], &inventories[later], &remeasurement);
        out.each(|_, estimates| {
            estimates.notes.push(note.clone());
            estimates.notes.extend(apart.clone());
        });
        pairs.push(Pair {
            from: inventories[earlier].year,
            to: inventories[later].year,
            earlier,
            later,
            shared: SharedPools::of(&inventories[earlier], &inventories[later]),
            of_other_land: absent_plots::of_other_land(
                (inventories, samples),
                [earlier, later],
                (domains, setting),
            ),
            remeasurement,
        });
    }
    pairs
}

/// What to know where the plots were not measured as far apart as the years of the inventories.
fn interval_note(
    earlier: &Inventory,
    later: &Inventory,
    remeasurement: &Remeasurement<'_>,
) -> Option<String> {
    /// Shares closer than this to each other are the same to a reader.
    const TELLING: f64 = 0.01;
    let years = period(earlier.year, later.year).value();
    let measured = remeasurement.mean_interval()?.value();
    let factor = years / measured;
    ((factor - 1.0).abs() > TELLING).then(|| {
        format!(
            "yearly changes divide by the {years} years between the inventories; the plots were measured {measured:.2} years apart on average, by which yearly changes would be {factor:.3} times as large"
        )
    })
}

//! Models of the variables on the layers of the plan: they predict a region, its plots correct them.

use std::fmt::Write;

use super::attributes::Work;
use super::domains::Setting;
use crate::estimate::{
    Estimate, EstimateError, MappedMean, Neighbours, Observations, RatioEstimate, Regression,
    Sample, WallToWall,
};
use crate::finding::Finding;
use crate::input::Inventory;
use crate::pipeline::pass::{Helpers, NeighbourMap, mean_over};
use crate::units::{Hectares, PerHectare, Quantity};

/// A model of one variable, as the plan asks for it.
pub(super) enum Model<'a, Q> {
    /// A line through the plots, with the layers over each domain; the union of all comes last.
    Regression(
        Regression<'a, Q>,
        &'a Helpers,
        &'a [Result<WallToWall, String>],
    ),
    /// The plots that resemble a cell most, with the mean of their map over each domain, likewise.
    Neighbours(Neighbours<'a, Q>, Vec<Result<MappedMean<Q>, String>>),
}

impl<Q: Quantity> Model<'_, Q> {
    /// The total of a domain with the plots at these positions; `None` where the layers do not speak
    /// for it.
    pub(super) fn total(
        &self,
        domain: usize,
        inside: &[usize],
    ) -> Option<Result<Estimate<Q>, EstimateError>> {
        match self {
            Self::Regression(model, _, over) => {
                Some(model.total(over.get(domain)?.as_ref().ok()?, inside))
            }
            Self::Neighbours(model, mapped) => {
                Some(model.total(*mapped.get(domain)?.as_ref().ok()?, inside))
            }
        }
    }

    /// The ratio to the variable of another model of the same kind.
    pub(super) fn ratio<D: Quantity>(
        &self,
        denominator: &Model<'_, D>,
        domain: usize,
        inside: &[usize],
    ) -> Option<Result<RatioEstimate<Q, D>, EstimateError>> {
        match (self, denominator) {
            (Self::Regression(model, _, over), Model::Regression(of, ..)) => {
                Some(model.ratio(of, over.get(domain)?.as_ref().ok()?, inside))
            }
            (Self::Neighbours(model, mapped), Model::Neighbours(of, of_mapped)) => {
                let of_domain = |mapped: Option<&Result<_, String>>| mapped?.as_ref().ok().copied();
                let per = (of, *of_mapped.get(domain)?.as_ref().ok()?);
                Some(model.ratio(of_domain(mapped.get(domain))?, per, inside))
            }
            _ => None,
        }
    }

    /// A total in the figures that a pocket calculator needs; without one, why the layers do not speak
    /// for the domain.
    pub(super) fn words(&self, domain: usize, total: Option<&Estimate<Q>>) -> String {
        let total = total.map(|total| total.value().value());
        let words = match self {
            Self::Regression(model, helpers, over) => over.get(domain).map(|over| {
                let of = |over| Some(regression_words(model, helpers, over, total?));
                over.as_ref().map(of)
            }),
            Self::Neighbours(model, mapped) => mapped.get(domain).map(|mapped| {
                let of = |mapped: &_| Some(neighbour_words(model, *mapped, total?));
                mapped.as_ref().map(of)
            }),
        };
        match words {
            Some(Ok(words)) => words.unwrap_or_default(),
            Some(Err(why)) => format!("{why}: by the plots alone"),
            None => String::new(),
        }
    }
}

/// Layers that no line can be drawn through, whatever the variable.
pub(super) fn unfit_layers(
    inventories: &[Inventory],
    samples: &[Sample],
    helpers: &Helpers,
) -> Vec<Finding> {
    if helpers.maps.is_some() {
        return Vec::new();
    }
    let fits = samples.iter().zip(&helpers.at_plots);
    let fits = fits.map(|(sample, layers)| {
        let none = Observations::<Hectares>::zero(sample.plots().len());
        Regression::fit(sample, &none, layers).err()
    });
    let errors = inventories.iter().zip(fits);
    errors
        .filter_map(|(inventory, error)| Some((inventory, error?)))
        .map(|(inventory, error)| {
            Finding::error(
                format!("inventory {}", inventory.year),
                format!("no regression on `layers`: {error}"),
                "leave layers out of `[inventory.model-assisted]`: each must say something of its own, and there must be more plots than layers",
            )
        })
        .collect()
}

impl<'a> Work<'a> {
    /// The model of a variable on the layers of the plan, where it names any.
    pub(super) fn model<Q: Quantity>(
        &self,
        inventory: usize,
        name: &str,
        observed: &Observations<Q>,
    ) -> Option<Result<Model<'a, Q>, EstimateError>> {
        let helpers = self.setting.helpers?;
        let sample = &self.samples[inventory];
        let Some(maps) = &helpers.maps else {
            let layers = &helpers.at_plots[inventory];
            let fit = Regression::fit(sample, observed, layers);
            return Some(fit.map(|fit| Model::Regression(fit, helpers, self.over)));
        };
        let map: &'a NeighbourMap = &maps[inventory];
        let model = Neighbours::new(sample, observed, &map.space);
        Some(model.map(|model| Model::Neighbours(model, self.mapped(map, name))))
    }

    /// The map of a variable over each domain, and over the union of all.
    fn mapped<Q: Quantity>(
        &self,
        map: &NeighbourMap,
        name: &str,
    ) -> Vec<Result<MappedMean<Q>, String>> {
        let Some(means) = map.means.get(name) else {
            return Vec::new();
        };
        let together = |regions: &[usize]| {
            let of = regions.iter();
            let of = of.map(|region| (self.setting.regions[*region].area, means[*region]));
            let (area, mean) = mean_over(of).map_err(|share| {
                format!(
                    "the layers together cover {share:.2} % of the land, too little to speak for it"
                )
            })?;
            let mean = PerHectare::new(Q::new(mean));
            Ok(MappedMean { area, mean })
        };
        let of_domains = self.domains.regions.iter().map(|of| together(of));
        let all: Vec<usize> = (0..self.setting.regions.len()).collect();
        of_domains
            .chain([union_of(self.setting, || together(&all))])
            .collect()
    }
}

/// What a map says of the union of all regions, which is unknown where they overlap.
pub(super) fn union_of<T>(
    setting: &Setting<'_>,
    all: impl FnOnce() -> Result<T, String>,
) -> Result<T, String> {
    if setting.disjoint {
        all()
    } else {
        Err("the regions overlap".to_owned())
    }
}

fn regression_words<Q: Quantity>(
    model: &Regression<'_, Q>,
    helpers: &Helpers,
    over: &WallToWall,
    total: f64,
) -> String {
    let (intercept, slopes) = match model.coefficients() {
        [intercept, slopes @ ..] => (*intercept, slopes),
        [] => (0.0, &[][..]),
    };
    let mut words = format!("{:.4} ha x ({intercept:.6}", over.area.value());
    let mut mean = intercept;
    for ((slope, layer), name) in slopes.iter().zip(&over.means).zip(&helpers.over.names) {
        let _ = write!(words, " + {slope:.6} x {layer:.6} of {name}");
        mean += slope * layer;
    }
    let _ = write!(
        words,
        ") + {:.4} of the residuals of the plots; R2 {:.4}",
        total - over.area.value() * mean,
        model.r_squared()
    );
    words
}

fn neighbour_words<Q: Quantity>(
    model: &Neighbours<'_, Q>,
    mapped: MappedMean<Q>,
    total: f64,
) -> String {
    let mean = mapped.mean.on_one_hectare().value();
    format!(
        "{:.4} ha x {mean:.6}, the mean of the map of {} nearest plots, + {:.4} of the residuals of the plots, each predicted from all others; root mean squared error {:.6} {}/ha at one plot",
        mapped.area.value(),
        model.space().neighbours(),
        total - mapped.area.value() * mean,
        model.root_mean_squared_error().on_one_hectare().value(),
        Q::UNIT,
    )
}

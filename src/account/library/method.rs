//! Methods: which approach, with which pools and parameters, for which ecosystems. Methods are
//! data; the approaches that they pick are code.

use std::collections::BTreeMap;
use std::fmt;

use serde::{Deserialize, Serialize};

use super::growth_rule::GrowthRule;
use super::reference::Reference;
use super::volume_rule::VolumeRule;
use crate::account::ecosystem::Ecosystem;
use crate::account::pool::Pool;
use crate::finding::Finding;

/// A formula of the program.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Approach {
    /// Pools estimated from plots; the sink is their change between two inventories.
    PlotPools,
    /// Area times carbon density.
    DensityTable,
    /// Area times reference stock of the soil times stock change factors.
    SoilReferenceStock,
    /// Area that changed its use times the yearly step of its soil to the new equilibrium.
    SoilChange,
    /// Area times yearly growth.
    GrowthGain,
    /// Areas of stands times the yearly growth of their zone, type and age.
    StandGrowth,
    /// Area that became the ecosystem, times yearly accumulation.
    CoastalAccumulation,
    /// Area that was the ecosystem and is not, times what stood on it.
    CoastalLoss,
    /// Area that was converted to another ecosystem, times what its biomass and dead matter held
    /// before less what they hold after.
    ConversionLoss,
    /// Area times emission factor.
    EmissionFactor,
    /// Volume and area of stands to total biomass by a linear function.
    ContinuousFunction,
    /// Volume times wood density times expansion factor.
    ExpansionFactor,
    /// Volume times the conversion and expansion factor of its class.
    ConversionFactor,
    /// Values of a layer of the plan, summed over true area.
    DensityLayer,
    /// Area times the yearly flux of weathering rock, reported apart.
    WeatheringFlux,
    /// Area times emission factor of methane times its warming effect.
    MethaneEmission,
}

impl Approach {
    /// Those whose removal is a difference of stocks of one ecosystem, from plots or stands.
    pub(in crate::account) const DIFFERENCES: [Self; 4] = [
        Self::PlotPools,
        Self::ContinuousFunction,
        Self::ExpansionFactor,
        Self::ConversionFactor,
    ];

    /// The id in seeds and tables.
    #[must_use]
    pub const fn id(self) -> &'static str {
        match self {
            Self::PlotPools => "plot-pools",
            Self::DensityTable => "density-table",
            Self::SoilReferenceStock => "soil-reference-stock",
            Self::SoilChange => "soil-change",
            Self::GrowthGain => "growth-gain",
            Self::StandGrowth => "stand-growth",
            Self::CoastalAccumulation => "coastal-accumulation",
            Self::CoastalLoss => "coastal-loss",
            Self::ConversionLoss => "conversion-loss",
            Self::EmissionFactor => "emission-factor",
            Self::ContinuousFunction => "continuous-function",
            Self::ExpansionFactor => "expansion-factor",
            Self::ConversionFactor => "conversion-factor",
            Self::DensityLayer => "density-layer",
            Self::WeatheringFlux => "weathering-flux",
            Self::MethaneEmission => "methane-emission",
        }
    }

    /// The formula, with its symbols and units.
    #[must_use]
    pub const fn formula(self) -> &'static str {
        match self {
            Self::PlotPools => {
                "stock [t C] = estimate from the plots; removal [t CO2e/yr] = (stock at the later \
                 inventory - stock at the earlier) / years * 44/12, with the covariance of plots \
                 measured at both"
            }
            Self::DensityTable => {
                "stock [t C] = area [ha] * density [t d.m./ha or t C/ha] * factors (such as the \
                 carbon fraction [t C/t d.m.])"
            }
            Self::SoilReferenceStock => {
                "stock [t C] = area [ha] * SOC_ref [t C/ha] * F_LU * F_MG * F_I"
            }
            Self::SoilChange => {
                "removal [t CO2e/yr] = area changed [ha] * (stock at equilibrium [t C/ha] - stock \
                 when the use changed [t C/ha]) / 20 * 44/12, for 20 years after the change"
            }
            Self::GrowthGain => {
                "removal [t CO2e/yr] = area [ha] * growth [t d.m./ha/yr] * factors (root-shoot \
                 ratio, carbon fraction [t C/t d.m.]) * 44/12"
            }
            Self::StandGrowth => {
                "removal [t CO2e/yr] = sum over stands of area [ha] * growth at their age [t \
                 d.m./ha/yr] (of a curve: its rise over the year that follows) * (1 + R) * carbon \
                 fraction [t C/t d.m.] * 44/12"
            }
            Self::CoastalAccumulation => {
                "removal [t CO2e/yr] = area gained between the first and the last map [ha] * rate \
                 [t C/ha/yr] * 44/12"
            }
            Self::CoastalLoss => {
                "removal [t CO2e/yr] = - area lost between the first and the last date [ha] * stock \
                 [t C/ha] / years * 44/12"
            }
            Self::ConversionLoss => {
                "removal [t CO2e/yr] = area converted from each map to the next [ha] * (stock after - \
                 stock before [t C/ha]) / years from the first map to the last * 44/12, of biomass, dead \
                 wood and litter, by the stock methods of the plan"
            }
            Self::EmissionFactor => {
                "removal [t CO2e/yr] = - area [ha] * emission factor [t C/ha/yr] * 44/12"
            }
            Self::ContinuousFunction => {
                "stock [t C] = (a [t d.m./m3] * volume [m3] + b [t d.m./ha] * area with stock \
                 [ha]) * carbon fraction [t C/t d.m.], roots included; above ground 1/(1+R), \
                 below ground R/(1+R) of it; removal by the difference of two registers"
            }
            Self::ExpansionFactor => {
                "stock [t C] = volume [m3] * wood density [t d.m./m3] * BEF * (1 + R) * carbon \
                 fraction [t C/t d.m.]; removal by the difference of two registers"
            }
            Self::ConversionFactor => {
                "stock [t C] = volume [m3] * BCEF [t d.m./m3] of the class of volume per hectare \
                 * (1 + R) * carbon fraction [t C/t d.m.]; removal by the difference of two \
                 registers"
            }
            Self::DensityLayer => {
                "stock [t C] = sum over cells of covered area [ha] * value of the layer [t d.m./ha \
                 or t C/ha] * carbon fraction of dry matter [t C/t d.m.] (of roots: * root-shoot \
                 ratio)"
            }
            Self::WeatheringFlux => {
                "flux [t CO2e/yr] = area [ha] * flux of the rock [t C/ha/yr] * 44/12, never added \
                 to the removal that is credited"
            }
            Self::MethaneEmission => {
                "flux [t CO2e/yr] = - area [ha] * emission factor [kg CH4-C/ha/yr] / 1000 * 16/12 * \
                 warming effect of methane over 100 years"
            }
        }
    }

    /// Whether it starts from the volume of stands.
    #[must_use]
    pub const fn is_volume(self) -> bool {
        matches!(
            self,
            Self::ContinuousFunction | Self::ExpansionFactor | Self::ConversionFactor
        )
    }

    /// Whether it is a gain by growth, beside which losses are counted.
    #[must_use]
    pub const fn is_growth(self) -> bool {
        matches!(self, Self::GrowthGain | Self::StandGrowth)
    }

    /// Whether it is a gain of an ecosystem by growth, on all its land or on land gained.
    #[must_use]
    pub const fn is_gain(self) -> bool {
        self.is_growth() || matches!(self, Self::CoastalAccumulation)
    }

    /// What its densities end in: those of a yearly rate are by year.
    pub(in crate::account) fn per_year(self) -> &'static str {
        if self.is_flux() && self != Self::CoastalLoss {
            "/yr"
        } else {
            ""
        }
    }

    /// Whether the result is a yearly removal rather than a stock.
    #[must_use]
    pub const fn is_flux(self) -> bool {
        matches!(
            self,
            Self::SoilChange
                | Self::GrowthGain
                | Self::StandGrowth
                | Self::CoastalAccumulation
                | Self::CoastalLoss
                | Self::ConversionLoss
                | Self::EmissionFactor
                | Self::WeatheringFlux
                | Self::MethaneEmission
        )
    }

    /// Whether its fluxes stand apart from the headline removal.
    pub(in crate::account) const fn is_apart(self) -> bool {
        matches!(self, Self::WeatheringFlux)
    }
}

impl fmt::Display for Approach {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.id())
    }
}

/// Where a method comes from.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Citation {
    /// Key in `seeds/sources.csv`.
    pub cite: String,
    /// Chapter, equation or table.
    pub locator: String,
}

/// Which way a published yearly rate counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Direction {
    /// Positive when the ecosystem takes carbon up.
    #[default]
    Removal,
    /// Positive when it loses carbon.
    Emission,
}

/// One pool of a method: `(density - less) * times`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PoolRule {
    /// The pool.
    pub pool: Pool,
    /// Depth of a soil pool, in centimetres.
    #[serde(default, rename = "depth-cm")]
    pub depth_cm: Option<f64>,
    /// Which way a yearly rate counts.
    #[serde(default)]
    pub states: Direction,
    /// What stands on a hectare, or comes to it in a year.
    pub density: Reference,
    /// What of it belongs to another pool and is taken off first.
    #[serde(default)]
    pub less: Option<Reference>,
    /// What it is multiplied by.
    #[serde(default)]
    pub times: Vec<Reference>,
}

impl PoolRule {
    /// All parameters of the rule.
    pub fn references(&self) -> impl Iterator<Item = &Reference> {
        std::iter::once(&self.density)
            .chain(&self.less)
            .chain(&self.times)
    }
}

/// A method of the seeds.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Method {
    /// Version of the file's form; 1.
    pub schema: u32,
    /// Id in plans.
    pub id: String,
    /// What it does, in a line.
    pub title: String,
    /// The formula that it picks.
    pub approach: Approach,
    /// Ecosystems that it can be used for.
    pub ecosystems: Vec<Ecosystem>,
    /// Keys that the plan must give, such as `climate-zone`.
    #[serde(default)]
    pub keys: Vec<String>,
    /// Its pools; for `plot-pools` they carry no parameters and stand in `counted`.
    #[serde(default, rename = "pool")]
    pub pools: Vec<PoolRule>,
    /// For `plot-pools`: pools of the inventory that the stock counts; from volume or age, those it
    /// gives.
    #[serde(default)]
    pub counted: Vec<Pool>,
    /// How volume becomes carbon, for approaches that start from it.
    #[serde(default)]
    pub volume: Option<VolumeRule>,
    /// How stands grow with their age, for the approach that starts from it.
    #[serde(default)]
    pub growth: Option<GrowthRule>,
    /// Parameters that no source gives for all, so that the plan's own tables must.
    #[serde(default)]
    pub own: Vec<String>,
    /// Why it gives no removal, where it gives a stock alone.
    #[serde(default, rename = "no-removal")]
    pub no_removal: Option<String>,
    /// Id of the method that gives what this one leaves out of the same land, such as its methane.
    #[serde(default)]
    pub beside: Option<String>,
    /// What must be known of its results.
    #[serde(default)]
    pub note: String,
    /// Where it comes from.
    pub source: Citation,
}

/// The form of method files that this program reads.
const SCHEMA: u32 = 1;

impl Method {
    /// All parameters of the method.
    pub fn references(&self) -> impl Iterator<Item = &Reference> {
        let of_volume = self.volume.iter().flat_map(VolumeRule::references);
        let of_growth = self.growth.iter().flat_map(GrowthRule::references);
        self.pools
            .iter()
            .flat_map(PoolRule::references)
            .chain(of_volume)
            .chain(of_growth)
    }

    /// Keys that the plan may give for a table that has another word than the others, with the table and its key.
    fn keys_of_tables(&self) -> BTreeMap<&String, (&String, &String)> {
        let of_tables = self.references().flat_map(|of| {
            let keys = of.otherwise.iter();
            keys.map(move |(table, key)| (key, (&of.parameter, table)))
        });
        of_tables.collect()
    }

    /// Keys that the plan may give beside [`Self::keys`].
    pub(super) fn further_keys(&self) -> impl Iterator<Item = &String> {
        self.keys_of_tables().into_keys()
    }

    /// What these keys are for, as the beginning of a remedy.
    pub(in crate::account) fn further_keys_told(&self) -> String {
        let keys = self.keys_of_tables().into_iter();
        let told = keys.map(|(key, (parameter, table))| {
            format!("`{key}` is the `{table}` of `{parameter}`, where that is another word than `{table}`; ")
        });
        told.collect()
    }

    /// Reads a method from TOML text.
    ///
    /// # Errors
    ///
    /// A finding that names the line of a syntax error or an unknown key, and findings for a method
    /// whose parts do not fit.
    pub fn from_toml(text: &str, place: &str) -> Result<Self, Vec<Finding>> {
        let method: Self = toml::from_str(text).map_err(|error| {
            vec![Finding::error(
                place,
                error.to_string().trim().to_owned(),
                "see the methods of the seeds for the form",
            )]
        })?;
        let mut findings = Vec::new();
        if method.schema != SCHEMA {
            findings.push(Finding::error(
                place,
                format!("schema is {}, expected {SCHEMA}", method.schema),
                "use a method file of this program's version",
            ));
        }
        let plots = method.approach == Approach::PlotPools;
        let volume = method.approach.is_volume();
        let ruled = method
            .volume
            .as_ref()
            .map_or(!volume, |rule| rule.fits(method.approach));
        let growth = method.approach == Approach::StandGrowth;
        let grows = method
            .growth
            .as_ref()
            .map_or(!growth, |rule| growth && rule.fits());
        let bare = plots
            || volume
            || growth
            || matches!(
                method.approach,
                Approach::SoilChange | Approach::ConversionLoss | Approach::DensityLayer
            );
        if (plots || volume || growth) == method.counted.is_empty()
            || bare != method.pools.is_empty()
            || !ruled
            || !grows
        {
            findings.push(Finding::error(
                place,
                format!("approach `{}` and its pools do not fit", method.approach),
                "`plot-pools` lists `counted` pools, approaches from volume these and `[volume]` with the parameters of their formula, `stand-growth` these and `[growth]` with increments or a curve, `soil-change`, `conversion-loss` and `density-layer` neither, every other approach has `[[pool]]` tables",
            ));
        }
        for rule in &method.pools {
            let deep = match rule.pool {
                Pool::SoilOrganic => rule.depth_cm.is_some(),
                Pool::All => true,
                _ => rule.depth_cm.is_none(),
            };
            if !deep && !method.approach.is_flux() {
                findings.push(Finding::error(
                    place,
                    format!("pool `{}` and `depth-cm` do not fit", rule.pool),
                    "a soil stock states its depth, no other pool has one",
                ));
            }
        }
        if findings.is_empty() {
            Ok(method)
        } else {
            Err(findings)
        }
    }
}

#[cfg(test)]
#[path = "method_tests.rs"]
mod tests;

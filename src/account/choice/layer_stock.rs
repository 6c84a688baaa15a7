//! What a plan says of a layer that holds a stock.

use super::depths::Depths;
use crate::account::pool::Pool;
use crate::account::uncertainty::{Input, Trace};

/// A layer of values of the run.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ValueLayer<'a> {
    /// Its name.
    pub name: &'a str,
    /// Unit of its values, such as `t_dm/ha`.
    pub unit: &'a str,
    /// Place among the value layers.
    pub place: usize,
}

/// What the plan says of a layer that holds a stock.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct LayerStock {
    /// Name of the layer.
    pub layer: String,
    /// The pool that it holds; [`Pool::Biomass`] has the roots in it, [`Pool::All`] the soil too.
    pub pool: Option<Pool>,
    /// Depth of a soil pool, in centimetres.
    pub depth_cm: Option<f64>,
    /// Depth from which on it is given, where that is not the surface, in centimetres.
    pub from_cm: Option<f64>,
    /// Parameter that turns dry matter into carbon; the usual fraction of biomass, or of litter, without it.
    pub carbon_fraction: Option<String>,
    /// Parameter with the ratio of roots to what is above ground; roots are then a pool of their
    /// own.
    pub roots: Option<String>,
    /// Standard error of the layer over its value, in percent, shared by all places.
    pub se_pct: Option<f64>,
}

impl LayerStock {
    /// From where to where its soil goes, where that is stated.
    pub(in crate::account) fn depths(&self) -> Option<Depths> {
        let from = self.from_cm.unwrap_or(0.0);
        self.depth_cm.map(|to| Depths { from, to })
    }

    /// The error of the layer about one, which all that rests on it shares; where entries state several, each is
    /// as much wider or narrower as it says.
    pub(in crate::account) fn error(&self, trace: &mut Trace) -> usize {
        let layer = &self.layer;
        match self.se_pct {
            Some(percent) => trace.shared_error(&format!("layer {layer}"), percent / 100.0),
            None => trace.add_input(Input {
                key: format!("layer {layer}, without `se-pct`"),
                mean: 1.0,
                spread: None,
                degrees_of_freedom: None,
                follows: None,
            }),
        }
    }
}

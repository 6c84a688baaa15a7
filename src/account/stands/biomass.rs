//! Biomass and carbon of stands that share their factors.

use super::carbon::{Group, Work};
use crate::account::library::{Approach, Curve, Parameter, value};
use crate::account::uncertainty::{Term, Trace};
use crate::account::words::number;
use crate::units::{CubicMetres, Hectares};

/// Biomass of a group, as figures and as terms over shared inputs.
pub(super) struct Made {
    pub(super) above_ground: f64,
    pub(super) below_ground: f64,
    pub(super) above: Vec<Term>,
    pub(super) below: Vec<Term>,
    pub(super) all: Vec<Term>,
    pub(in crate::account) arithmetic: String,
}

impl Work<'_> {
    /// Biomass and carbon of a group, as figures and as terms over shared inputs.
    pub(super) fn made(&self, trace: &mut Trace, group: &Group<'_>) -> Made {
        let Group {
            factors,
            area,
            volume,
            ..
        } = *group;
        let (first, second) = factors.biomass;
        let (r, cf) = (value(factors.root_shoot), value(factors.carbon_fraction));
        let root = trace.parameter(factors.root_shoot, r);
        let fraction = trace.parameter(factors.carbon_fraction, cf);
        let one = trace.parameter(first, value(first));
        let two = second.map(|row| trace.parameter(row, value(row)));
        let term = |coefficient: f64, inputs: &[usize]| Term {
            coefficient,
            inputs: inputs.to_vec(),
        };
        if self.method.approach == Approach::ContinuousFunction {
            let second = second.expect("the continuous function has two parameters");
            let two = two.expect("the continuous function has two parameters");
            let biomass = crate::account::library::by_continuous_function(
                CubicMetres::new(volume),
                Hectares::new(area),
                value(first),
                value(second),
            );
            let all = biomass.biomass.value();
            let (above_share, below_share) = shares(trace, factors.root_shoot);
            let terms = |share: Option<usize>| {
                if group.held {
                    // A zero that is known, so that the place has a figure.
                    return vec![term(0.0, &[])];
                }
                let with = |inputs: [usize; 2]| inputs.into_iter().chain(share).collect::<Vec<_>>();
                vec![
                    term(volume, &with([one, fraction])),
                    term(area, &with([two, fraction])),
                ]
            };
            return Made {
                above_ground: all / (1.0 + r),
                below_ground: all * r / (1.0 + r),
                above: terms(Some(above_share)),
                below: terms(Some(below_share)),
                all: terms(None),
                arithmetic: format!(
                    "({} t d.m./m3 x {} m3 + {} t d.m./ha x {} ha) x {} t C/t d.m. = {} t C{}",
                    number(value(first)),
                    number(volume),
                    number(value(second)),
                    number(area),
                    number(cf),
                    number((value(first) * volume + value(second) * area) * cf),
                    if group.held { ", held at 0" } else { "" },
                ),
            };
        }
        let per_m3: f64 = value(first) * second.map_or(1.0, value);
        let above_ground = volume * per_m3;
        let inputs: Vec<usize> = [Some(one), two, Some(fraction)]
            .into_iter()
            .flatten()
            .collect();
        let with_root: Vec<usize> = inputs.iter().copied().chain([root]).collect();
        let above = vec![term(volume, &inputs)];
        let below = vec![term(volume, &with_root)];
        let factor_words = second.map_or_else(
            || format!("{} t d.m./m3", number(value(first))),
            |second| {
                format!(
                    "{} t d.m./m3 x {}",
                    number(value(first)),
                    number(value(second))
                )
            },
        );
        Made {
            above_ground,
            below_ground: above_ground * r,
            all: above.iter().chain(&below).cloned().collect(),
            above,
            below,
            arithmetic: format!(
                "{} m3 x {factor_words} x (1 + {}) x {} t C/t d.m. = {} t C",
                number(volume),
                number(r),
                number(cf),
                number(above_ground * (1.0 + r) * cf)
            ),
        }
    }
}

/// Above-ground and below-ground share of total biomass, `1/(1+R)` and `R/(1+R)`, as inputs that
/// follow the one ratio: what it adds to the one it takes from the other.
fn shares(trace: &mut Trace, root_shoot: &Parameter) -> (usize, usize) {
    let ratio = trace.parameter(root_shoot, value(root_shoot));
    (
        trace.following(ratio, Curve::AboveGround),
        trace.following(ratio, Curve::BelowGround),
    )
}

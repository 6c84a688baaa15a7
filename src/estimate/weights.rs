//! What share of its unit each stratum holds.

use super::{EstimateError, EstimationUnit, Weight};

/// Weights may miss one by this much before they are refused.
///
/// Published weights are rounded to three or four digits (a course of the World Bank on land-cover
/// change prints weights that sum to 1.0004), and the estimate is off by the same share.
pub(super) const WEIGHT_TOLERANCE: f64 = 1e-3;

/// Weights of the strata, and their counts where they were counted.
pub(super) type Weights = (Vec<f64>, Option<Vec<f64>>);

/// The shares of the strata of a unit, checked.
pub(super) fn weights(unit: &EstimationUnit) -> Result<Weights, EstimateError> {
    if unit.strata.is_empty() {
        return Err(EstimateError::Empty {
            what: format!("strata in unit `{}`", unit.id),
        });
    }
    let mut known = Vec::new();
    let mut counted = Vec::new();
    for stratum in &unit.strata {
        match stratum.weight {
            Weight::Known(share) => known.push(share.value()),
            Weight::Counted(count) => counted.push(count as f64),
        }
    }
    if counted.is_empty() {
        let sum: f64 = known.iter().sum();
        if (sum - 1.0).abs() > WEIGHT_TOLERANCE {
            return Err(EstimateError::Weights {
                unit: unit.id.clone(),
                sum,
            });
        }
        return Ok((known, None));
    }
    if !known.is_empty() {
        return Err(EstimateError::MixedWeights {
            unit: unit.id.clone(),
        });
    }
    let all: f64 = counted.iter().sum();
    if all <= 0.0 {
        return Err(EstimateError::Weights {
            unit: unit.id.clone(),
            sum: 0.0,
        });
    }
    let shares = counted.iter().map(|count| count / all).collect();
    Ok((shares, Some(counted)))
}

//! `[credit]`: what a crediting standard takes off for uncertainty.

use schemars::JsonSchema;
use serde::Deserialize;

/// `[credit]`: the deduction of a crediting standard for the uncertainty of the yearly removal, in
/// `tables/credit.csv`.
#[derive(Debug, Clone, Copy, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct CreditTable {
    /// The rule. None is assumed.
    pub rule: CreditRuleKey,
}

/// Value of `rule`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
pub enum CreditRuleKey {
    /// ART-TREES 2.0: in proportion to the half-width of the interval at 90 %.
    #[serde(rename = "art-trees-2.0")]
    ArtTrees,
    /// VM0033 v2.1: what exceeds 20 % at 90 % confidence.
    #[serde(rename = "vm0033-2.1-90")]
    Vm0033At90,
    /// VM0033 v2.1: what exceeds 30 % at 95 % confidence.
    #[serde(rename = "vm0033-2.1-95")]
    Vm0033At95,
}

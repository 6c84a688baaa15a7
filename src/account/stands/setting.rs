//! What the accounts of stands rest on beside the stands.

use crate::account::land::AreaAccount;
use crate::account::library::Parameters;
use crate::account::quality::Evidence;

/// What the accounts of stands rest on beside the stands.
#[derive(Debug, Clone, Copy)]
pub(in crate::account) struct Setting<'a> {
    /// The parameters.
    pub(in crate::account) parameters: &'a Parameters,
    /// Areas by ecosystem, where there is a map.
    pub(in crate::account) areas: Option<&'a AreaAccount>,
    /// Which parameters the run may rest on.
    pub(in crate::account) evidence: Evidence,
    /// Level of confidence of the intervals in rows.
    pub(in crate::account) level: f64,
}

//! Whether a reference sample speaks for the forest area of the headline.

use crate::account::MapAccuracy;
use crate::pipeline::sample::RegionEstimates;

/// What the carbon of a plan comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum CarbonFrom {
    /// The classes of the map.
    Classes,
    /// Anything else, or nothing.
    Others,
}

/// Whether the sample may speak for the forest area of the headline.
#[derive(Debug, Clone, Copy)]
pub(super) struct Corrects {
    pub(super) wanted: bool,
    pub(super) newest: bool,
    pub(super) patches: bool,
    pub(super) year: i32,
    pub(super) carbon: CarbonFrom,
}

impl Corrects {
    pub(super) fn may(self) -> bool {
        self.wanted && self.newest && !self.patches
    }

    /// Takes what was found as the forest area of a region, or says why not.
    pub(super) fn apply(self, region: &mut RegionEstimates, found: &MapAccuracy) {
        if !self.wanted {
            return;
        }
        let year = self.year;
        let note = if region.forest.is_some() {
            "forest_area_est_ha is from the plots; the area corrected by the reference sample stands in tables/accuracy.csv".to_owned()
        } else if self.may() && found.forest.is_some() {
            region.forest = found.forest;
            let carbon = match self.carbon {
                CarbonFrom::Classes => {
                    "so is carbon by class, a removal is that of the maps as they are"
                }
                CarbonFrom::Others => "carbon rests on the map as it is",
            };
            format!(
                "forest_area_est_ha is the map of {year} corrected by its reference sample; {carbon}"
            )
        } else {
            format!(
                "the reference sample of {year} gives no forest area: see the warnings of the run"
            )
        };
        region.notes.push(note);
    }
}

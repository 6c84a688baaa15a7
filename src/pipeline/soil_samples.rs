//! Soil samples: profiles as read, and what they say of the regions.

use super::choices::text_of;
use super::prepare::{Gathered, Place, Prepared};
use crate::account::{self, SoilSurvey, SoilTables};
use crate::finding::Finding;
use crate::plan::{Plan, SoilDesignKey};

/// The profiles of the plan.
pub(super) fn survey(
    plan: &Plan,
    regions: &[Place],
    gathered: &mut Gathered,
) -> Option<SoilSurvey> {
    let path = plan.resolve(&plan.file.soil_samples.as_ref()?.path);
    gathered.inputs.push(path.clone());
    let ids: Vec<&str> = regions.iter().map(|region| region.id.as_str()).collect();
    text_of(&path)
        .map_err(|finding| vec![finding])
        .and_then(|text| SoilSurvey::from_csv(&text, &path.display().to_string(), &ids))
        .map_err(|problems: Vec<Finding>| gathered.findings.extend(problems))
        .ok()
}

/// Stocks and changes of soil carbon.
pub(super) fn soils(plan: &Plan, prepared: &Prepared) -> SoilTables {
    let (Some(table), Some(survey)) = (&plan.file.soil_samples, &prepared.listed.soil) else {
        return SoilTables::default();
    };
    let note = match table.design {
        SoilDesignKey::SimpleRandom => "",
        SoilDesignKey::Systematic => "variance as of a simple random sample, mostly too large",
    };
    account::soil_survey(survey, table.depth_cm, plan.confidence(), note)
}

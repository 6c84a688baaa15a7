//! How many more plots a wanted precision takes, from the newest inventory of a plan.

use super::RunError;
use super::open::{Gathered, inventories};
use crate::account::Pool;
use crate::estimate::{
    Allocation, Confidence, Design, EstimateError, EstimationUnit, Observations, Outlook, Sample,
};
use crate::finding::Finding;
use crate::input::Inventory;
use crate::plan::Plan;
use crate::report::{ALL_VARIABLES, SamplePlan, SampleRow, SampleSize, SampleVariable};
use crate::units::{Fraction, Quantity};

/// The variables that a precision can be wanted of.
pub const SAMPLE_VARIABLES: [&str; 11] = [
    "forest-area",
    "volume",
    "above-ground-biomass",
    "below-ground-biomass",
    "carbon",
    "above-ground-carbon",
    "below-ground-carbon",
    "understory-carbon",
    "dead-wood-carbon",
    "litter-carbon",
    "soil-carbon",
];

/// The variables that are planned for where none is named, as far as the plots have them.
const USUAL_VARIABLES: [&str; 3] = ["forest-area", "volume", "carbon"];

/// The precision of these, in percent.
const USUAL_PERCENT: f64 = 10.0;

/// Fewer plots than this give a spread that is itself hardly known.
const FEW: u64 = 10;

/// A wanted precision.
#[derive(Debug, Clone, PartialEq)]
pub struct Precision {
    /// One of [`SAMPLE_VARIABLES`].
    pub variable: String,
    /// Half-width of the interval of the total, in percent of the total.
    pub percent: f64,
}

/// How many more plots the precisions take; without any, the usual ones. `confidence` goes before the
/// plan's. Warnings on the plots come beside.
///
/// # Errors
///
/// [`RunError::Rejected`] with all problems of the plan, of its newest inventory and of the wishes.
pub fn plan_sample(
    plan: &Plan,
    precisions: &[Precision],
    confidence: Option<f64>,
) -> Result<(SamplePlan, Vec<Finding>), RunError> {
    let place = plan.path.display().to_string();
    let mut gathered = Gathered::of(plan);
    gathered.rests_on(plan, &["inventory"]);
    let refuse =
        |what: &str, remedy: &str| RunError::Rejected(vec![Finding::error(&place, what, remedy)]);
    let table = plan.file.inventory.as_ref();
    if table.is_some_and(|inventory| inventory.map_strata.is_some()) {
        return Err(refuse(
            "the strata are classes of a map, which is not measured here",
            "run the plan, and give tables/strata.csv of its output as `[inventory.strata]`, with the stratum of each plot in a column of the plots",
        ));
    }
    let newest = inventories(plan, None, &mut gathered).pop();
    gathered.end(plan);
    if !gathered.findings.is_empty() {
        return Err(RunError::Rejected(gathered.findings));
    }
    let newest = newest.ok_or_else(|| {
        refuse(
            "the plan has no plots to plan a sample from",
            "add `[inventory]` with `[[inventory.plots]]`, see docs/plan.md; a pilot sample of a few plots a stratum will do",
        )
    })?;
    let level = Confidence::new(confidence.unwrap_or(plan.confidence()))
        .map_err(|error| refuse(&error.to_string(), "give a level such as 0.95"))?;
    let sample = Sample::new(newest.frame.clone())?;
    let wanted = wanted(precisions, &newest);
    let mut findings = Vec::new();
    let mut looks = Vec::new();
    for precision in &wanted {
        match outlook(&newest, &sample, &precision.variable, level) {
            Ok(outlook) => looks.push(outlook),
            Err((what, remedy)) => findings.push(Finding::error(
                format!("{place}, inventory {}", newest.year),
                what,
                remedy,
            )),
        }
    }
    if wanted.is_empty() {
        findings.push(Finding::error(
            format!("{place}, inventory {}", newest.year),
            "the plots have no forest share, volume or carbon",
            "name their columns in `[inventory.fields]`, or another variable with --precision",
        ));
    }
    if !findings.is_empty() {
        return Err(RunError::Rejected(findings));
    }
    let asked = Asked {
        inventory: &newest,
        wanted: &wanted,
        looks: &looks,
    };
    Ok((asked.answer(&plan.file.name, level), gathered.warnings))
}

/// What is wanted, or the usual.
fn wanted(precisions: &[Precision], inventory: &Inventory) -> Vec<Precision> {
    if !precisions.is_empty() {
        return precisions.to_vec();
    }
    let has = |name: &&str| match *name {
        "forest-area" => inventory.forest.is_some(),
        "volume" => inventory.volume.is_some(),
        _ => inventory.all_carbon.is_some(),
    };
    let usual = USUAL_VARIABLES.into_iter().filter(has);
    usual
        .map(|variable| Precision {
            variable: variable.to_owned(),
            percent: USUAL_PERCENT,
        })
        .collect()
}

/// What the plots say of a variable, or what is wrong and its remedy.
fn outlook(
    inventory: &Inventory,
    sample: &Sample,
    variable: &str,
    level: Confidence,
) -> Result<Outlook, (String, String)> {
    fn look<Q: Quantity>(
        column: Option<&Observations<Q>>,
        sample: &Sample,
        level: Confidence,
    ) -> Option<Result<Outlook, EstimateError>> {
        column.map(|column| Outlook::new(sample, column, level))
    }
    let pool = |id: &str| match id {
        "soil" => Some(Pool::SoilOrganic),
        id => Pool::ALL.into_iter().find(|pool| pool.id() == id),
    };
    let found = match variable {
        "forest-area" => look(inventory.forest.as_ref(), sample, level),
        "volume" => look(inventory.volume.as_ref(), sample, level),
        "above-ground-biomass" => look(inventory.above_ground_biomass.as_ref(), sample, level),
        "below-ground-biomass" => look(inventory.below_ground_biomass.as_ref(), sample, level),
        "carbon" => look(inventory.all_carbon.as_ref(), sample, level),
        name => {
            let pool = name.strip_suffix("-carbon").and_then(pool);
            let column = pool.and_then(|pool| inventory.carbon.get(&pool));
            look(column, sample, level)
        }
    };
    match found {
        Some(Ok(outlook)) => Ok(outlook),
        Some(Err(EstimateError::Denominator { found })) => Err((
            format!(
                "the total of `{variable}` is {found}: no precision in percent of it can be reached"
            ),
            "ask for a variable that the plots hold something of".to_owned(),
        )),
        Some(Err(error)) => Err((
            format!("`{variable}`: {error}"),
            "mend the plots first; `terrasink check` lists what is wrong with them".to_owned(),
        )),
        None => Err((
            format!("the plots have no `{variable}`"),
            match variable {
                "carbon" => "name the columns of carbon in `[inventory.fields]`".to_owned(),
                "forest-area" => {
                    "name the column of `forest-share` in `[inventory.fields]`".to_owned()
                }
                other => format!("name the column of `{other}` in `[inventory.fields]`"),
            },
        )),
    }
}

/// Draws by stratum; `None` where no number is enough.
type Draws = Option<Vec<u64>>;

/// What is asked of the plots at hand.
struct Asked<'a> {
    inventory: &'a Inventory,
    wanted: &'a [Precision],
    looks: &'a [Outlook],
}

impl Asked<'_> {
    fn answer(&self, name: &str, level: Confidence) -> SamplePlan {
        let neyman = self.draws(Allocation::Neyman);
        let proportional = self.draws(Allocation::Proportional);
        let together = (largest(&neyman), largest(&proportional));
        let mut rows = Vec::new();
        let mut variables = Vec::new();
        let draws = neyman.iter().zip(&proportional);
        for ((precision, look), (neyman, proportional)) in
            self.wanted.iter().zip(self.looks).zip(draws)
        {
            rows.extend(self.rows(&precision.variable, Some(look), neyman, proportional));
            let expected = |allocation, draws: &Draws| {
                let draws = draws.as_ref().filter(|_| look.without_spread().is_empty());
                draws.map(|draws| 100.0 * look.expected(allocation, draws))
            };
            variables.push(SampleVariable {
                variable: precision.variable.clone(),
                wanted_pct: precision.percent,
                now_pct: look.now().map(|half_width| 100.0 * half_width),
                neyman: self.sum(neyman),
                proportional: self.sum(proportional),
                neyman_expected_pct: expected(Allocation::Neyman, &together.0),
                proportional_expected_pct: expected(Allocation::Proportional, &together.1),
            });
        }
        rows.extend(self.rows(ALL_VARIABLES, None, &together.0, &together.1));
        let design = self.inventory.frame.design;
        SamplePlan {
            name: name.to_owned(),
            year: self.inventory.year,
            design: design.id().to_owned(),
            drawn: drawn(design),
            confidence: level.value(),
            notes: self.notes(&variables),
            variables,
            rows,
        }
    }

    /// What each variable takes by itself.
    fn draws(&self, allocation: Allocation) -> Vec<Draws> {
        let needed = |(precision, look): (&Precision, &Outlook)| {
            let allowable = Fraction::new(precision.percent / 100.0).ok()?;
            look.needed(allocation, allowable)
        };
        self.wanted.iter().zip(self.looks).map(needed).collect()
    }

    /// The units and strata of the frame, in its order.
    fn strata(&self) -> impl Iterator<Item = (&EstimationUnit, &str)> {
        let units = self.inventory.frame.units.iter();
        units.flat_map(|unit| {
            let strata = unit.strata.iter();
            strata.map(move |stratum| (unit, stratum.id.as_str()))
        })
    }

    fn rows(
        &self,
        variable: &str,
        look: Option<&Outlook>,
        neyman: &Draws,
        proportional: &Draws,
    ) -> Vec<SampleRow> {
        let Some(spreads) = look.or(self.looks.first()).map(Outlook::strata) else {
            return Vec::new();
        };
        let at = |draws: &Draws, position: usize| {
            let plots = draws.as_ref()?[position];
            Some(SampleSize {
                plots,
                more: plots.saturating_sub(spreads[position].drawn),
            })
        };
        self.strata()
            .zip(&spreads)
            .enumerate()
            .map(|(position, ((unit, stratum), spread))| SampleRow {
                variable: variable.to_owned(),
                unit_id: unit.id.clone(),
                stratum_id: stratum.to_owned(),
                share_pct: 100.0 * spread.share,
                plots: spread.drawn,
                standard_deviation: look.and(spread.standard_deviation),
                neyman: at(neyman, position),
                proportional: at(proportional, position),
            })
            .collect()
    }

    fn sum(&self, draws: &Draws) -> Option<SampleSize> {
        let at_hand: u64 = self.looks.first()?.strata().iter().map(|s| s.drawn).sum();
        let plots = draws.as_ref()?.iter().sum();
        Some(SampleSize {
            plots,
            more: plots - at_hand,
        })
    }

    fn notes(&self, variables: &[SampleVariable]) -> Vec<String> {
        let mut notes = Vec::new();
        let Some(look) = self.looks.first() else {
            return notes;
        };
        let named = |position: usize| {
            let (unit, stratum) = self.strata().nth(position)?;
            Some(format!("{stratum} of unit {}", unit.id))
        };
        let unknown: Vec<String> = look
            .without_spread()
            .into_iter()
            .filter_map(named)
            .collect();
        let design = self.inventory.frame.design;
        let drawn = drawn(design);
        if !unknown.is_empty() {
            notes.push(format!(
                "fewer than two {drawn} in stratum {}: their spread is unknown, so they are given two and left out of the rest; every number here is the least possible. Measure there first, then ask again",
                unknown.join(", ")
            ));
        }
        for variable in variables {
            if variable.neyman.is_none() || variable.proportional.is_none() {
                notes.push(format!(
                    "no number of {drawn} reaches {} % for {}: what the first phase leaves of error is too large by itself; enlarge the first phase",
                    variable.wanted_pct, variable.variable
                ));
            }
        }
        match design {
            Design::PostStratified => notes.push(
                "the Neyman numbers are for new plots drawn stratum by stratum; the plan then declares `stratified`. The proportional ones are for new plots drawn over the whole unit, as now; how many fall into each stratum is what is to be expected".to_owned(),
            ),
            Design::Systematic => notes.push(
                "the variance of a systematic sample is taken as that of a random one, which is mostly too large, and so are these numbers".to_owned(),
            ),
            _ => {}
        }
        let few: Vec<String> = look
            .strata()
            .iter()
            .enumerate()
            .filter(|(_, spread)| (2..FEW).contains(&spread.drawn))
            .filter_map(|(position, _)| named(position))
            .collect();
        if !few.is_empty() {
            notes.push(format!(
                "fewer than {FEW} {drawn} in stratum {}: their spread is itself hardly known; plan for more than it says",
                few.join(", ")
            ));
        }
        notes
    }
}

/// What is drawn, in the plural.
fn drawn(design: Design) -> String {
    format!("{}s", design.thing())
}

/// The largest number that any variable asks for in each stratum; `None` where one is out of reach.
fn largest(draws: &[Draws]) -> Draws {
    let mut largest: Vec<u64> = Vec::new();
    for draws in draws {
        let draws = draws.as_ref()?;
        largest.resize(draws.len(), 0);
        for (most, draws) in largest.iter_mut().zip(draws) {
            *most = (*most).max(*draws);
        }
    }
    Some(largest)
}

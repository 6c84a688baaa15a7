//! What land holds by hectare: by a rule with parameters, or by the mean that plots, stands and layers gave.

use crate::account::carbon_account::CarbonAccount;
use crate::account::density::{FoundDensities, FoundDensity, Resolved, found_densities};
use crate::account::ecosystem::Ecosystem;
use crate::account::land::AreaAccount;
use crate::account::pool::Pool;
use crate::account::soil::Change;

/// What gives stocks by hectare.
pub(in crate::account) struct Densities<'a, 'b> {
    /// Rules with parameters.
    pub(in crate::account) rules: Vec<&'b Resolved<'a>>,
    /// Stocks of soil from before a change of management.
    managed: &'b [Change<'a>],
    /// Means of the stocks that plots, stands and layers gave.
    pub(in crate::account) found: FoundDensities,
    /// Id of each region.
    pub(in crate::account) regions: Vec<&'b str>,
}

impl<'a, 'b> Densities<'a, 'b> {
    /// What the rules and the stocks of the account give.
    pub(in crate::account) fn new(
        account: &CarbonAccount,
        areas: &'b AreaAccount,
        (rules, managed): (&'b [Resolved<'a>], &'b [Change<'a>]),
    ) -> Self {
        let stocks = rules
            .iter()
            .filter(|rule| !rule.method.approach.is_flux() && !rule.choice.ecosystem.is_overlay());
        let ids = areas.regions.iter().map(|region| region.region_id.as_str());
        Self {
            rules: stocks.collect(),
            managed,
            found: found_densities(account.carbon.iter(), &account.stock_terms, |row| {
                rules.iter().any(|rule| rule.method.id == row.method)
            }),
            regions: ids.collect(),
        }
    }

    /// The mean of what the run found in a region, of layers that are chosen for the classes there.
    fn mean(
        &self,
        (ecosystem, pool): (Ecosystem, Pool),
        (region, classes): (usize, &[Option<i64>]),
    ) -> Option<&FoundDensity> {
        let key = (self.regions[region].to_owned(), ecosystem, pool);
        let mut found = self.found.get(&key)?.iter();
        found.find(|density| density.is_of(classes))
    }

    /// A stock as it was in a year: soil under the management of that year.
    pub(in crate::account) fn in_year(&self, held: Held<'a, 'b>, year: i32) -> Held<'a, 'b> {
        let Held::By(rule) = held else { return held };
        let mut changes = self.managed.iter();
        Held::By(
            changes
                .find_map(|change| change.before(rule, year))
                .unwrap_or(rule),
        )
    }

    /// Place of a rule among them.
    pub(in crate::account) fn place(&self, rule: &Resolved<'_>) -> usize {
        let same = |other: &&Resolved<'_>| std::ptr::eq(*other, rule);
        self.rules.iter().position(same).unwrap_or_default()
    }
}

/// What a pool of an ecosystem holds on a part of it.
pub(in crate::account) enum Held<'a, 'b> {
    /// By a method.
    By(&'b Resolved<'a>),
    /// The mean of what the run found in the region.
    Mean(&'b FoundDensity),
    /// Nothing: no plants grow there.
    Nothing,
    /// Nothing that lasts: annual crops.
    Crops,
    /// No method says.
    Unknown,
}

/// What a pool of an ecosystem holds in a region, under classes of the layers.
pub(in crate::account) fn held<'a, 'b>(
    ecosystem: Ecosystem,
    pool: Pool,
    (region, classes): (usize, &[Option<i64>]),
    densities: &'b Densities<'a, 'b>,
) -> Held<'a, 'b> {
    let found = densities.rules.iter().find(|rule| {
        rule.choice.ecosystem == ecosystem && rule.rule.pool == pool && rule.choice.holds(classes)
    });
    if let Some(rule) = found {
        return Held::By(rule);
    }
    match densities.mean((ecosystem, pool), (region, classes)) {
        Some(mean) => Held::Mean(mean),
        None if !ecosystem.holds_carbon() && pool != Pool::SoilOrganic => Held::Nothing,
        None if ecosystem.is_annual_crop() && !pool.parts().contains(&Pool::SoilOrganic) => {
            Held::Crops
        }
        None => Held::Unknown,
    }
}

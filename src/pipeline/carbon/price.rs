//! The value of the removals of the summary at the price of the plan, and what a crediting standard takes
//! off them.

use crate::account::{self, Accounts, CreditRow, CreditRule, UncertaintyAccount, ValueRow};
use crate::plan::{CreditRuleKey, Plan, PriceTable};

/// Rows of `tables/value.csv`; none without a price.
pub(in crate::pipeline) fn sink_values(plan: &Plan, accounts: &Accounts) -> Vec<ValueRow> {
    let Some(price) = &plan.file.price else {
        return Vec::new();
    };
    let regions = accounts.regions.iter().chain(&accounts.total);
    account::sink_values(regions, &price_of(price))
}

/// Rows of `tables/credit.csv`; none without a rule.
pub(in crate::pipeline) fn credits(
    plan: &Plan,
    accounts: &Accounts,
    uncertainty: &UncertaintyAccount,
) -> Vec<CreditRow> {
    let Some(table) = &plan.file.credit else {
        return Vec::new();
    };
    let rule = match table.rule {
        CreditRuleKey::ArtTrees => CreditRule::ArtTrees,
        CreditRuleKey::Vm0033At90 => CreditRule::Vm0033At90,
        CreditRuleKey::Vm0033At95 => CreditRule::Vm0033At95,
    };
    let regions = accounts.regions.iter().chain(&accounts.total);
    account::credits(regions, uncertainty, rule)
}

/// The price of a plan; rates that it does not give are zero.
fn price_of(table: &PriceTable) -> account::Price {
    account::Price {
        market: account::Market {
            price_per_tonne: table.tco2e,
            price_change_pct: table.price_change_pct.unwrap_or(0.0),
            discount_pct: table.discount_pct.unwrap_or(0.0),
        },
        currency: table.currency.trim().to_owned(),
        years: table.years,
    }
}

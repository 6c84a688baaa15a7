//! Rows of stocks, of what is gained or lost, and of what changed land holds.

use super::figure::Figure;
use crate::account::ecosystem::Ecosystem;
use crate::account::pool::Pool;
use crate::account::quality::Quality;
use crate::account::within::Within;
use crate::units::{Hectares, PerYear, TonnesCarbon, TonnesCo2e, Years};

/// Carbon stock of one pool of one ecosystem of one region.
#[derive(Debug, Clone, PartialEq)]
pub struct CarbonRow {
    /// Region, or [`TOTAL`](crate::account::TOTAL).
    pub region_id: String,
    /// Year of the stock.
    pub year: i32,
    /// Ecosystem id.
    pub ecosystem: String,
    /// Pool id.
    pub pool: String,
    /// Depth of a soil pool, in centimetres.
    pub soil_depth_cm: Option<f64>,
    /// Classes of a layer that the plan chose it for; `None` where it is of all land.
    pub within: Option<Within>,
    /// Area that the stock stands on.
    pub area: Option<Hectares>,
    /// The stock; `None` where no method gives one, with the reason in `note`.
    pub carbon: Option<Figure<TonnesCarbon>>,
    /// Whether it is part of the headline stock.
    pub counted: bool,
    /// Method id.
    pub method: String,
    /// Approach (formula) id.
    pub approach: String,
    /// How it follows from area and parameters, to be redone with a pocket calculator; empty where
    /// other tables tell.
    pub arithmetic: String,
    /// Ids of the parameter rows that went in.
    pub parameters: Vec<String>,
    /// How good the figure is.
    pub quality: String,
    /// What must be known of it.
    pub note: String,
}

/// Net removal from the atmosphere by one pool of one ecosystem of one region.
#[derive(Debug, Clone, PartialEq)]
pub struct SequestrationRow {
    /// Region, or [`TOTAL`](crate::account::TOTAL).
    pub region_id: String,
    /// First year of the period.
    pub period_start: i32,
    /// Last year of the period.
    pub period_end: i32,
    /// Ecosystem id.
    pub ecosystem: String,
    /// Pool id.
    pub pool: String,
    /// Removal, positive when the ecosystem takes up carbon; `None` with the reason in `note`.
    pub removal: Option<Figure<PerYear<TonnesCo2e>>>,
    /// Whether it is part of the headline figure.
    pub counted: bool,
    /// Method id.
    pub method: String,
    /// Approach (formula) id.
    pub approach: String,
    /// How it follows from area and parameters, to be redone with a pocket calculator; empty where
    /// other tables tell.
    pub arithmetic: String,
    /// Ids of the parameter rows that went in.
    pub parameters: Vec<String>,
    /// How good the figure is.
    pub quality: String,
    /// What must be known of it.
    pub note: String,
}

/// A row of `tables/carbon_transitions.csv`.
#[derive(Debug, Clone, PartialEq)]
pub struct CarbonTransitionRow {
    /// Region, or [`TOTAL`](crate::account::TOTAL).
    pub region_id: String,
    /// Year of the earlier map.
    pub from_year: i32,
    /// Year of the later map.
    pub to_year: i32,
    /// Class code or ecosystem at the earlier.
    pub from_code: String,
    /// Class code or ecosystem at the later.
    pub to_code: String,
    /// Pool id.
    pub pool: String,
    /// Depth of a soil pool, in centimetres.
    pub soil_depth_cm: Option<f64>,
    /// The area that the stocks are of.
    pub area: Hectares,
    /// Stock of that area as the earlier class or ecosystem.
    pub from_stock: Option<TonnesCarbon>,
    /// Stock of that area as the later class or ecosystem.
    pub to_stock: Option<TonnesCarbon>,
    /// Later less earlier.
    pub change: Option<Figure<TonnesCarbon>>,
    /// Years that the change takes from the later map on; `None` where no method says.
    pub over: Option<Years>,
    /// Ids of the methods before and after.
    pub method: String,
    /// Ids of the parameter rows that went in.
    pub parameters: Vec<String>,
    /// How good the figure is.
    pub quality: String,
    /// What must be known of it.
    pub note: String,
}

/// A row of a removal that is not known.
pub(in crate::account) fn no_removal(
    region_id: String,
    (period_start, period_end): (i32, i32),
    ecosystem: Ecosystem,
    note: String,
) -> SequestrationRow {
    SequestrationRow {
        region_id,
        period_start,
        period_end,
        ecosystem: ecosystem.id().to_owned(),
        pool: Pool::All.id().to_owned(),
        removal: None,
        counted: false,
        method: String::new(),
        approach: String::new(),
        arithmetic: String::new(),
        parameters: Vec::new(),
        quality: Quality::Missing.id().to_owned(),
        note,
    }
}

//! Quantities that name their substance.
//!
//! A tonne of dry matter, of carbon and of carbon dioxide are three types; adding two of them does
//! not compile. Densities and rates are [`PerHectare`] and [`PerYear`] of a quantity. This room
//! never reads files and knows no other room.

mod area;
mod carbon;
pub mod customary;
mod fraction;
mod quantity;
mod year;

pub use area::{Hectares, SquareMetres};
pub use carbon::{TonnesCarbon, TonnesCo2e, TonnesDryMatter, TonnesMethane};
pub use fraction::{Fraction, FractionError};
pub use quantity::{CubicMetres, PerHectare, PerYear, Quantity, Stems, Years};
pub use year::year;

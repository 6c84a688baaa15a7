//! United States customary units in metric ones, for data that are kept in them.
//!
//! All are exact by definition: NIST Special Publication 811 (2008), appendix B.8, with the
//! international foot and acre.

/// Hectares of one acre.
pub const HECTARES_PER_ACRE: f64 = 0.404_685_642_24;

/// Cubic metres of one cubic foot.
pub const CUBIC_METRES_PER_CUBIC_FOOT: f64 = 0.028_316_846_592;

/// Tonnes of one avoirdupois pound.
pub const TONNES_PER_POUND: f64 = 0.000_453_592_37;

/// Tonnes of one short ton, 2 000 pounds.
pub const TONNES_PER_SHORT_TON: f64 = 0.907_184_74;

/// Centimetres of one inch.
pub const CENTIMETRES_PER_INCH: f64 = 2.54;

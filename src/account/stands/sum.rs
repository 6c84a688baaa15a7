//! A sum over stands of a register.

use super::register::{RegisterRow, Stand};
use crate::units::{CubicMetres, Hectares};

/// A sum over stands.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct StandSum {
    /// Stands, or parts of stands.
    pub stands: usize,
    /// Registered area; `None` where a stand has none.
    pub registered: Option<Hectares>,
    /// Plane area.
    pub plane: Option<Hectares>,
    /// Area on the ellipsoid.
    pub area: Hectares,
    /// Area that stock stands on.
    pub stock_area: Hectares,
    /// Volume of those with one.
    pub volume: CubicMetres,
    /// Those with one.
    pub with_volume: usize,
    /// Those without one.
    pub without_volume: usize,
    /// Area on which their stock stands.
    pub area_without_volume: Hectares,
}

impl Default for StandSum {
    fn default() -> Self {
        Self {
            stands: 0,
            registered: Some(Hectares::ZERO),
            plane: Some(Hectares::ZERO),
            area: Hectares::ZERO,
            stock_area: Hectares::ZERO,
            volume: CubicMetres::ZERO,
            with_volume: 0,
            without_volume: 0,
            area_without_volume: Hectares::ZERO,
        }
    }
}

impl StandSum {
    pub(super) fn add(&mut self, stand: &Stand, share: f64) {
        let plus = |sum: Option<Hectares>, part: Option<Hectares>| {
            Some(sum? + Hectares::new(part?.value() * share))
        };
        let part = |area: Hectares| Hectares::new(area.value() * share);
        self.stands += 1;
        self.registered = plus(self.registered, stand.registered);
        self.plane = plus(self.plane, stand.plane);
        self.area += part(stand.area);
        self.stock_area += part(stand.stock_area());
        match stand.volume {
            Some(volume) => {
                self.volume += CubicMetres::new(volume.value() * share);
                self.with_volume += 1;
            }
            None if stand.has_forest_stock() => {
                self.without_volume += 1;
                self.area_without_volume += part(stand.stock_area());
            }
            None => {}
        }
    }

    pub(super) fn row(&self, place: (&str, i32), grouping: &str, group: &str) -> RegisterRow {
        RegisterRow {
            region_id: place.0.to_owned(),
            year: place.1,
            grouping: grouping.to_owned(),
            group: group.to_owned(),
            stands: self.stands,
            registered: self.registered,
            plane: self.plane,
            area: self.area,
            volume: (self.with_volume > 0).then_some(self.volume),
            without_volume: self.without_volume,
            area_without_volume: self.area_without_volume,
        }
    }
}

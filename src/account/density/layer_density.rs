//! What a layer of densities holds of the land of a choice.

use crate::units::Hectares;

/// What the layer holds of a region.
#[derive(Debug, Clone, Copy)]
pub(super) struct Found {
    /// Of the ecosystem.
    pub(super) area: Hectares,
    /// The part of it with a value.
    pub(super) known: Hectares,
    /// Whether the soil is of the depth that is counted.
    pub(super) right_depth: bool,
    /// Tonnes of what the layer counts; of carbon dioxide, the carbon in it.
    pub(super) tonnes: f64,
}

impl Found {
    pub(super) fn is_nothing(&self) -> bool {
        self.known == Hectares::ZERO
    }

    pub(super) fn counts(&self) -> bool {
        !self.is_nothing() && self.right_depth
    }

    /// The area without a value, in words; less than a millionth is the rounding of the overlay.
    pub(super) fn lacks(&self) -> String {
        let missing = (self.area - self.known).value();
        if self.is_nothing() || missing <= 1e-6 * self.area.value() {
            return String::new();
        }
        format!(
            "{missing:.4} ha of {:.4} ha have no value in the layer and are not counted",
            self.area.value()
        )
    }
}

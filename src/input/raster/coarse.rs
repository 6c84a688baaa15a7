//! What must be known of a raster that is brought to much larger cells.

use gdal::raster::GdalDataType;

use super::band::{Cells, Raster};
use crate::finding::Finding;
use crate::plan::ResamplingKey;

/// From how many own cells across on the most frequent of codes that are kept in a list is slow: GDAL looks through the
/// list for every cell.
const SLOW: f64 = 50.0;

impl<T: Cells> Raster<T> {
    /// Warnings of how it comes to the grid of the run: that it takes long, or that its edge may be lost.
    #[must_use]
    pub fn caveats(&self) -> Vec<Finding> {
        let Some(warp) = &self.warp else {
            return Vec::new();
        };
        let wide = warp.drawn.sqrt() / f64::from(warp.edge.max(1));
        let own = &warp.source;
        let name = self.path.display().to_string();
        let is_counted = matches!(
            own.kind,
            GdalDataType::UInt8 | GdalDataType::UInt16 | GdalDataType::Int16
        );
        let slow = (warp.resampling == ResamplingKey::Mode && !is_counted && wide > SLOW).then(|| {
            Finding::warning(
                &name,
                format!(
                    "`mode` over some {wide:.0} x {wide:.0} cells of {} takes long: their codes are kept in a list, not counted",
                    own.kind.name()
                ),
                "store the codes as bytes or 16-bit numbers (gdal_translate -ot UInt16), or choose a finer grid",
            )
        });
        let draws = matches!(
            warp.resampling,
            ResamplingKey::Mode | ResamplingKey::Average
        );
        let (width, height) = (f64::from(own.grid.width), f64::from(own.grid.height));
        let small = (draws && (width < wide || height < wide)).then(|| {
            Finding::warning(
                &name,
                format!(
                    "it has {} x {} cells and is smaller than a cell of the grid, which is some {wide:.0} of its cells wide: cells of the grid that it lies under a part of may come out empty",
                    own.grid.width, own.grid.height
                ),
                "choose a finer grid, such as that of this raster",
            )
        });
        slow.into_iter().chain(small).collect()
    }
}

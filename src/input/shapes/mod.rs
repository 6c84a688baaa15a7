//! Features with polygons: regions, boundaries, sites, and the package that a run writes.

mod boundaries;
mod features;
mod geometry;
mod geopackage;
mod regions;
mod simple_rings;
mod sites;
mod zones;

pub(crate) use boundaries::without;
pub use boundaries::{Boundary, read_boundary};
pub(super) use features::{Feature, chosen_layer, garbled};
pub use features::{Polygons, VectorSource};
pub use geopackage::{GeoPackageError, write_geopackage};
pub use regions::{Region, RegionFields, read_regions};
pub use sites::{SiteShape, read_sites};
pub(super) use zones::{zone_of, zone_problem};

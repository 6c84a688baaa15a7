//! What lies at a path: files on disk and what is inside them, as GDAL names and opens them, and what it says.

mod ascii_grid;
mod classic_netcdf;
mod companions;
mod cut_off;
mod inside;
mod messages;
mod no_file;
mod opening;
mod other_kind;
mod silence;

pub(super) use companions::beside;
pub use companions::files_behind;
pub(super) use cut_off::{is_hdf5, short_of_cells};
pub(super) use inside::{RASTER, layer_meant, layers, unreadable};
pub use inside::{file_behind, missing};
pub use messages::{gdal_version, quiet, set_cache};
pub(super) use messages::{take, words};
pub(super) use no_file::bytes_of;
pub use no_file::text_of;
pub(super) use opening::{open_raster, open_vector};
pub use silence::aloud;
pub(super) use silence::in_silence;

//! Tables of rows: text, workbooks, and what GDAL reads as a table.

mod rows;
mod vector_table;
mod workbook;

pub(super) use rows::{POINT_COLUMNS, describe, parse_number};
pub use rows::{Table, read_table};
pub use vector_table::TableSource;

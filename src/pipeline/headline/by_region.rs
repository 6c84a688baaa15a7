//! Rows of a table by their region, found once for all regions.

use std::collections::BTreeMap;

/// The rows of each region, in the order of the table.
pub(in crate::pipeline) fn by_region<'a, Row>(
    rows: impl IntoIterator<Item = &'a Row>,
    region: impl Fn(&Row) -> &str,
) -> BTreeMap<&'a str, Vec<&'a Row>> {
    let mut of_regions: BTreeMap<&str, Vec<&Row>> = BTreeMap::new();
    for row in rows {
        of_regions.entry(region(row)).or_default().push(row);
    }
    of_regions
}

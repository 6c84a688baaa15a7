//! What GDAL says while it works: kept for our own messages instead of printed.

use std::cell::RefCell;

use gdal::config;
use gdal::errors::CplErrType;

thread_local! {
    static SAID: RefCell<Vec<String>> = const { RefCell::new(Vec::new()) };
}

/// Stops GDAL from printing and sets what every run needs, among it how many bytes GDAL may keep of
/// decoded blocks. Call once, before any file is opened.
pub fn quiet(cache: u64) {
    config::set_error_handler(|class, _, message| {
        if matches!(
            class,
            CplErrType::Warning | CplErrType::Failure | CplErrType::Fatal
        ) {
            SAID.with_borrow_mut(|said| said.push(plain(message)));
        }
    });
    for (key, value) in [
        ("OGR_GEOJSON_MAX_OBJ_SIZE", "200"),
        // The first row of a sheet names its columns, whatever the cells below hold, and cells are
        // texts until a column is read.
        ("OGR_XLSX_HEADERS", "DISABLE"),
        ("OGR_XLSX_FIELD_TYPES", "STRING"),
        ("OGR_ODS_HEADERS", "DISABLE"),
        ("OGR_ODS_FIELD_TYPES", "STRING"),
        ("OSR_DEFAULT_AXIS_MAPPING_STRATEGY", "TRADITIONAL_GIS_ORDER"),
    ] {
        // An option that this GDAL does not know is no harm.
        let _ = config::set_config_option(key, value);
    }
    set_cache(cache);
}

/// How many bytes GDAL may keep of decoded blocks. It holds to what is said before the first block is read.
pub fn set_cache(bytes: u64) {
    let _ = config::set_config_option("GDAL_CACHEMAX", &bytes.to_string());
}

/// Rows as libtiff counts those of a tile that it has not begun.
const NO_ROW: [&str; 3] = [
    " at scanline 4294967295",
    " at row 4294967295",
    " for scanline 4294967295",
];

/// A message of GDAL without rows that there are none of.
fn plain(message: &str) -> String {
    let message = message.trim().to_owned();
    let without = |message: String, words: &&str| message.replace(words, "");
    NO_ROW.iter().fold(message, without)
}

/// What GDAL said on this thread since the last call.
pub(in crate::input) fn take() -> Vec<String> {
    SAID.with_borrow_mut(std::mem::take)
}

/// GDAL's own words for a failure, on one line.
pub(in crate::input) fn words(error: &gdal::errors::GdalError) -> String {
    use gdal::errors::GdalError as E;
    let text = match error {
        E::CplError { msg, .. } | E::NullPointer { msg, .. } if !msg.trim().is_empty() => {
            plain(msg)
        }
        E::InvalidCoordinateRange { from, to, msg } => {
            let cause = msg.as_deref().unwrap_or("a point is out of range");
            format!("{cause} (from {from} to {to})")
        }
        E::CplError { .. } => "GDAL gives no reason".to_owned(),
        E::NullPointer { .. } => {
            "the format is not known to GDAL, or the file is damaged".to_owned()
        }
        other => other.to_string(),
    };
    text.replace('\n', " ")
}

/// The version of GDAL, such as `3.6.2`.
#[must_use]
pub fn gdal_version() -> String {
    gdal::version::VersionInfo::release_name()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_row_that_was_not_begun_is_not_told() {
        let said = "LZWDecode:Not enough data at scanline 4294967295 (short 7 bytes)";
        assert_eq!(plain(said), "LZWDecode:Not enough data (short 7 bytes)");
        let said = "ZIPDecode:Decoding error at scanline 256";
        assert_eq!(plain(said), said);
    }
}

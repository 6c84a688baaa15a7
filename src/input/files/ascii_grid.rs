//! Grids of text (`.asc`) that were cut off: GDAL does not come to the end of one.

use std::io::{self, BufRead, Read as _};

/// Bytes that a line of the header may have.
const LINE: u64 = 1024;

/// The cells that a grid of text has, and those that its header states; `None` of other files.
///
/// # Source
///
/// Esri ASCII raster format: a line each for `ncols`, `nrows`, the corner, the size of the cells and `nodata_value`,
/// then the values by rows, parted by blanks.
pub(super) fn cells(file: impl BufRead) -> Option<(u64, u64)> {
    counted(file).ok().flatten()
}

fn counted(mut file: impl BufRead) -> io::Result<Option<(u64, u64)>> {
    let (mut cols, mut rows) = (None, None);
    while let Some(first) = file.fill_buf()?.first().copied() {
        if first.is_ascii_whitespace() {
            file.consume(1);
            continue;
        }
        if !first.is_ascii_alphabetic() {
            break;
        }
        let mut line = Vec::new();
        (&mut file).take(LINE).read_until(b'\n', &mut line)?;
        let line = String::from_utf8_lossy(&line).to_ascii_lowercase();
        let mut words = line.split_whitespace();
        match (words.next(), words.next()) {
            (Some("ncols"), Some(value)) => cols = value.parse::<u64>().ok(),
            _ if cols.is_none() => return Ok(None),
            (Some("nrows"), Some(value)) => rows = value.parse::<u64>().ok(),
            (
                Some(
                    "xllcorner" | "yllcorner" | "xllcenter" | "yllcenter" | "cellsize" | "dx"
                    | "dy" | "nodata_value",
                ),
                Some(_),
            ) => {}
            _ => return Ok(None),
        }
    }
    let stated = cols
        .zip(rows)
        .and_then(|(cols, rows)| cols.checked_mul(rows));
    Ok(Some(words(file)?).zip(stated))
}

/// Number of words to the end.
fn words(mut file: impl BufRead) -> io::Result<u64> {
    let (mut words, mut within) = (0, false);
    loop {
        let bytes = file.fill_buf()?;
        let length = bytes.len();
        if length == 0 {
            return Ok(words);
        }
        for byte in bytes {
            let is_of_word = !byte.is_ascii_whitespace();
            words += u64::from(is_of_word && !within);
            within = is_of_word;
        }
        file.consume(length);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_counted_across_lines_and_blanks() {
        let header =
            "NCOLS 3\nnrows 2\r\nxllcorner 0.5\nyllcorner 0\ncellsize 10\nNODATA_value -9\n";
        for (values, has) in [
            ("1 2 3\n4 5 6\n", 6),
            (" 1 2 3 4 5 6", 6),
            ("1 2 3\n4", 4),
            ("", 0),
        ] {
            assert_eq!(
                cells(format!("{header}{values}").as_bytes()),
                Some((has, 6)),
                "{values}"
            );
        }
        for other in [
            "",
            "x,y\n1,2\n",
            "ncols\n",
            "ncols 3\nname 2\n1 2",
            "ncols 3\n1 2 3",
        ] {
            assert_eq!(cells(other.as_bytes()), None, "{other}");
        }
    }
}

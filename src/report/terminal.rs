//! The headline figures as a small aligned text for the terminal.

use crate::account::{Figure, RegionSummary, TOTAL};
use crate::units::{Hectares, Quantity};

/// What stands where a figure is not known.
pub(super) const UNKNOWN: &str = "—";

/// A column of the text: its two lines of heading and its value.
type TextColumn = (&'static str, &'static str, fn(&RegionSummary) -> String);

const COLUMNS: &[TextColumn] = &[
    ("region", "", |row| {
        row.region_name
            .clone()
            .filter(|name| !name.is_empty())
            .unwrap_or_else(|| {
                if row.region_id == TOTAL {
                    "total".to_owned()
                } else {
                    row.region_id.clone()
                }
            })
    }),
    ("forest cover", "%", |row| number(row.forest_cover_pct, 1)),
    ("forest area", "ha (± %)", |row| {
        let sampled = row.forest_area_estimate.as_ref();
        if sampled.is_some() {
            estimate(sampled)
        } else {
            number(row.forest_area.map(Hectares::value), 0)
        }
    }),
    ("volume", "m³ (± %)", |row| estimate(row.volume.as_ref())),
    ("carbon", "t C", |row| {
        number(row.carbon.map(|figure| figure.value.value()), 0)
    }),
    ("carbon", "t C/ha", |row| number(row.carbon_per_hectare, 1)),
    ("sequestration", "t CO₂e/yr", |row| {
        number(
            row.sequestration
                .map(|figure| figure.value.in_one_year().value()),
            0,
        )
    }),
    ("quality", "", |row| row.quality.clone()),
];

/// A number with its digits in groups of three.
pub(super) fn number(value: Option<f64>, decimals: usize) -> String {
    let Some(value) = value.filter(|value| value.is_finite()) else {
        return UNKNOWN.to_owned();
    };
    let plain = format!("{:.decimals$}", value.abs());
    let (whole, fraction) = plain.split_once('.').unwrap_or((plain.as_str(), ""));
    let mut text = String::new();
    if value < 0.0 && plain.bytes().any(|digit| (b'1'..=b'9').contains(&digit)) {
        text.push('-');
    }
    for (place, digit) in whole.char_indices() {
        if place > 0 && (whole.len() - place) % 3 == 0 {
            text.push(' ');
        }
        text.push(digit);
    }
    if !fraction.is_empty() {
        text.push('.');
        text.push_str(fraction);
    }
    text
}

/// An estimate and its relative standard error.
fn estimate<Q: Quantity>(figure: Option<&Figure<Q>>) -> String {
    let value = number(figure.map(|figure| figure.value.value()), 0);
    match super::headline::relative_error(figure) {
        Some(error) => format!("{value} (± {error:.1})"),
        None => value,
    }
}

/// The headline figures of `regions` and `total` as an aligned table; unknown figures are dashes.
///
/// Columns that no region has a figure for are left out; the forest area is the sample's where
/// there is one, else the map's; `±` is one standard error.
#[must_use]
pub fn summary_text(regions: &[RegionSummary], total: Option<&RegionSummary>) -> String {
    let rows: Vec<&RegionSummary> = regions.iter().chain(total).collect();
    let columns: Vec<(&TextColumn, Vec<String>)> = COLUMNS
        .iter()
        .enumerate()
        .map(|(place, column)| {
            let values: Vec<String> = rows.iter().map(|row| (column.2)(row)).collect();
            (place, column, values)
        })
        .filter(|(place, _, values)| {
            *place == 0
                || values
                    .iter()
                    .any(|text| text != UNKNOWN && !text.is_empty())
        })
        .map(|(_, column, values)| (column, values))
        .collect();
    let heads = columns.iter().map(|((head, _, _), _)| (*head).to_owned());
    let units = columns.iter().map(|((_, unit, _), _)| (*unit).to_owned());
    let mut lines: Vec<Vec<String>> = vec![heads.collect(), units.collect()];
    for row in 0..rows.len() {
        lines.push(
            columns
                .iter()
                .map(|(_, values)| values[row].clone())
                .collect(),
        );
    }
    let is_words = |place: &usize| *place == 0 || columns[*place].0.0 == "quality";
    let words: Vec<usize> = (0..columns.len()).filter(is_words).collect();
    aligned(&lines, &words)
}

/// Rows of cells as lines whose columns line up: those at the places of `words` on their left, the
/// others on their right.
pub(super) fn aligned(rows: &[Vec<String>], words: &[usize]) -> String {
    let columns = rows.iter().map(Vec::len).max().unwrap_or(0);
    let widths: Vec<usize> = (0..columns)
        .map(|place| {
            let cells = rows.iter().filter_map(|row| row.get(place));
            cells.map(|text| width(text)).max().unwrap_or(0)
        })
        .collect();
    let mut text = String::new();
    for row in rows {
        let mut line = String::new();
        for (place, (cell, wide)) in row.iter().zip(&widths).enumerate() {
            let space = " ".repeat(wide.saturating_sub(width(cell)));
            if place > 0 {
                line.push_str("  ");
            }
            if words.contains(&place) {
                line.push_str(cell);
                line.push_str(&space);
            } else {
                line.push_str(&space);
                line.push_str(cell);
            }
        }
        text.push_str(line.trim_end());
        text.push('\n');
    }
    text
}

/// Columns that a text takes on a terminal: two for each wide East Asian character.
fn width(text: &str) -> usize {
    text.chars()
        .map(|letter| match u32::from(letter) {
            0x1100..=0x115f
            | 0x2e80..=0xa4cf
            | 0xac00..=0xd7a3
            | 0xf900..=0xfaff
            | 0xfe30..=0xfe6f
            | 0xff00..=0xff60
            | 0xffe0..=0xffe6
            | 0x20000..=0x3fffd => 2,
            _ => 1,
        })
        .sum()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::units::CubicMetres;

    #[test]
    fn digits_stand_in_groups_of_three() {
        assert_eq!(number(Some(25_662_421.4), 0), "25 662 421");
        assert_eq!(number(Some(-1_234.56), 1), "-1 234.6");
        assert_eq!(number(Some(-0.2), 0), "0");
        assert_eq!(number(None, 0), "—");
    }

    #[test]
    fn the_columns_line_up_and_unknown_columns_are_left_out() {
        let row = |id: &str, cover| RegionSummary {
            region_id: id.to_owned(),
            forest_cover_pct: cover,
            ..RegionSummary::default()
        };
        let mut total = row(TOTAL, Some(46.9));
        total.volume = Some(Figure {
            value: CubicMetres::new(25_662_421.0),
            standard_error: Some(1_508_950.0),
            interval: None,
        });
        let text = summary_text(&[row("昆明", Some(5.0)), row("44003", None)], Some(&total));
        assert_eq!(
            text,
            "region  forest cover              volume\n\
             \u{20}                  %            m³ (± %)\n\
             昆明             5.0                   —\n\
             44003              —                   —\n\
             total           46.9  25 662 421 (± 5.9)\n"
        );
    }
}

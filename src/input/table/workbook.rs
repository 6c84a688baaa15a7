//! Cells TRUE and FALSE of a workbook.
//!
//! GDAL gives them as the numbers 1 and 0: a plot of TRUE cubic metres would have one. Office Open XML
//! says which cells they are, in the text of the sheet.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::Read;
use std::path::Path;

use libdeflater::Decompressor;
use zip::{CompressionMethod, ZipArchive};

/// The cells of a sheet that are TRUE or FALSE, by row, from 1, and column, from 0. A file of another
/// form has none.
pub(super) fn truths(path: &Path, sheet: &str) -> BTreeMap<(usize, usize), bool> {
    let text = File::open(path)
        .ok()
        .and_then(|file| sheet_text(&mut ZipArchive::new(file).ok()?, sheet));
    text.map_or_else(BTreeMap::new, |text| of_cells(&text))
}

/// The document of a sheet.
fn sheet_text(archive: &mut ZipArchive<File>, sheet: &str) -> Option<String> {
    let book = unpacked(archive, "xl/workbook.xml")?;
    let mut sheets = tags(&book).filter(|tag| tag.name == "sheet");
    let named = sheets.find(|tag| tag.value("name").as_deref() == Some(sheet))?;
    let id = named.value("id")?;
    let relations = unpacked(archive, "xl/_rels/workbook.xml.rels")?;
    let mut relations = tags(&relations).filter(|tag| tag.name == "Relationship");
    let target = relations
        .find(|tag| tag.value("Id").as_deref() == Some(&id))?
        .value("Target")?;
    let file = match target.strip_prefix('/') {
        Some(from_root) => from_root.to_owned(),
        None => format!("xl/{target}"),
    };
    unpacked(archive, &file)
}

/// The text of a file in an archive.
fn unpacked(archive: &mut ZipArchive<File>, name: &str) -> Option<String> {
    let mut file = archive.by_name_raw(name.as_bytes()).ok()?;
    let (method, size) = (file.compression(), usize::try_from(file.size()).ok()?);
    let mut packed = Vec::new();
    file.read_to_end(&mut packed).ok()?;
    let bytes = match method {
        CompressionMethod::Stored => packed,
        // Deflating makes a thousandth of a text at best.
        _ if size / 1100 <= packed.len() => {
            let mut bytes = vec![0; size];
            let inflated = Decompressor::new().deflate_decompress(&packed, &mut bytes);
            (inflated == Ok(size)).then_some(bytes)?
        }
        _ => return None,
    };
    String::from_utf8(bytes).ok()
}

/// The cells TRUE and FALSE of a sheet's document.
fn of_cells(text: &str) -> BTreeMap<(usize, usize), bool> {
    let mut cells = BTreeMap::new();
    let mut at = None;
    for tag in tags(text) {
        match tag.name {
            "c" => {
                let is_truth = tag.value("t").as_deref() == Some("b");
                at = tag.value("r").filter(|_| is_truth).and_then(|r| place(&r));
            }
            "v" => {
                if let Some(at) = at.take() {
                    cells.insert(at, tag.inside.trim() == "1");
                }
            }
            _ => {}
        }
    }
    cells
}

/// Row, from 1, and column, from 0, of a reference such as `AB12`.
fn place(reference: &str) -> Option<(usize, usize)> {
    let letters = reference.find(|c: char| c.is_ascii_digit())?;
    let (col, row) = reference.split_at(letters);
    let col = col.bytes().try_fold(0_usize, |col, letter| {
        let of_letter = letter.is_ascii_uppercase().then(|| letter - b'A')?;
        col.checked_mul(26)?.checked_add(usize::from(of_letter) + 1)
    })?;
    Some((row.parse().ok()?, col.checked_sub(1)?))
}

/// A start tag of a document: its name without the prefix, its attributes, and the text after it.
#[derive(Debug)]
struct Tag<'a> {
    name: &'a str,
    attributes: &'a str,
    inside: &'a str,
}

impl Tag<'_> {
    /// The value of an attribute by its name without the prefix.
    fn value(&self, name: &str) -> Option<String> {
        let mut rest = self.attributes;
        loop {
            let (key, after) = rest.split_once('=')?;
            let after = after.trim_start();
            let quote = after.chars().next().filter(|c| matches!(c, '"' | '\''))?;
            let (value, next) = after[1..].split_once(quote)?;
            if key.trim().rsplit(':').next() == Some(name) {
                return Some(plain(value));
            }
            rest = next;
        }
    }
}

/// The text that escapes of XML stand for.
fn plain(text: &str) -> String {
    text.replace("&lt;", "<")
        .replace("&gt;", ">")
        .replace("&quot;", "\"")
        .replace("&apos;", "'")
        .replace("&amp;", "&")
}

/// The start tags of a document, in their order.
fn tags(text: &str) -> impl Iterator<Item = Tag<'_>> {
    let pieces = text.split('<').skip(1);
    pieces.filter_map(|piece| {
        let (tag, inside) = piece.split_once('>')?;
        let tag = tag.trim_end_matches('/');
        let (name, attributes) = tag.split_once(char::is_whitespace).unwrap_or((tag, ""));
        let name = name.rsplit(':').next()?;
        (!tag.starts_with(['/', '?', '!'])).then_some(Tag {
            name,
            attributes,
            inside,
        })
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn truths_are_found_by_row_and_column() {
        let sheet = r#"<?xml version="1.0"?><x:worksheet><x:sheetData><x:row r="2">
            <x:c r="A2"><x:v>1</x:v></x:c><x:c r="B2" t="b"><x:f>A2&gt;0</x:f><x:v>1</x:v></x:c>
            <x:c t="s" r="C2"><x:v>1</x:v></x:c></x:row><x:row r="12"><x:c s="1" t='b' r="AB12">
            <x:v>0</x:v></x:c><x:c r="AC12" t="b"/><x:c r="AD12"><x:v>7</x:v></x:c></x:row>"#;
        let found: Vec<_> = of_cells(sheet).into_iter().collect();
        assert_eq!(found, [((2, 1), true), ((12, 27), false)]);
    }

    #[test]
    fn a_sheet_that_is_deflated_is_read() {
        use gdal::vector::{LayerAccess as _, LayerOptions, OGRFieldType, OGRwkbGeometryType};
        let folder = tempfile::TempDir::new().unwrap();
        let path = folder.path().join("t.xlsx");
        let driver = gdal::DriverManager::get_driver_by_name("XLSX").unwrap();
        let mut made = driver.create_vector_only(&path).unwrap();
        let layer = made.create_layer(LayerOptions {
            name: "a & b",
            ty: OGRwkbGeometryType::wkbNone,
            ..LayerOptions::default()
        });
        let layer = layer.unwrap();
        layer
            .create_defn_fields(&[("volume", OGRFieldType::OFTReal)])
            .unwrap();
        let mut feature = gdal::vector::Feature::new(layer.defn()).unwrap();
        feature.set_field_double(0, 12.5).unwrap();
        feature.create(&layer).unwrap();
        drop(feature);
        made.close().unwrap();
        let mut archive = ZipArchive::new(File::open(&path).unwrap()).unwrap();
        let text = sheet_text(&mut archive, "a & b").unwrap();
        assert!(text.contains("12.5"), "{text}");
        assert!(truths(&path, "a & b").is_empty());
        assert!(truths(&path, "c").is_empty());
    }
}

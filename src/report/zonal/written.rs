//! The table of `terrasink zonal` as CSV, Parquet, `GeoJSON` and `GeoPackage`.

use std::sync::Arc;

use arrow::array::{ArrayRef, Float64Array, Int64Array, RecordBatch, StringArray};
use arrow::datatypes::{DataType, Field as ArrowField, Schema};
use geo::{Geometry, MultiPolygon};
use geojson::{JsonObject, JsonValue};
use parquet::arrow::ArrowWriter;
use parquet::basic::{Compression, ZstdLevel};
use parquet::file::properties::WriterProperties;

use super::super::column::Cell;
use super::super::column::Kind;
use super::super::document::{Document, ReportError};
use super::super::exchange::{Collection, Exchange, exchange_geometry};
use super::super::geopackage::{Field, GeoPackage, GeometryKind, Layer, LayerFeature};
use super::super::style;
use super::{Content, WRITTEN, ZonalField};
use crate::grid::Crs;

/// What stands in a class column of a CSV table where the raster holds no data.
const NODATA: &str = "nodata";

/// Name of the program in Parquet files; without a version, so that equal tables are equal bytes.
const CREATED_BY: &str = "terrasink";

/// The rows of a table of zones.
#[derive(Debug, Clone, PartialEq)]
pub struct ZonalRows {
    pub(super) fields: Vec<ZonalField>,
    /// Number of the zone, and a cell for each field.
    pub(super) rows: Vec<(u32, Vec<Cell>)>,
}

/// The value as it is written: numbers by the rule of the table.
fn rounded(cell: &Cell) -> Cell {
    match cell {
        Cell::Real(value) => Cell::Real(WRITTEN.rounded(*value)),
        other => other.clone(),
    }
}

impl ZonalRows {
    /// Number of rows.
    #[must_use]
    pub fn len(&self) -> usize {
        self.rows.len()
    }

    /// Whether there are no rows.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }

    /// As CSV. A class column says `nodata` where the raster holds none.
    ///
    /// # Errors
    ///
    /// [`ReportError::Csv`] when the table cannot be written.
    pub fn csv(&self, path: &str) -> Result<Document, ReportError> {
        let refused = |source: csv::Error| ReportError::Csv {
            file: path.to_owned(),
            source,
        };
        let mut writer = csv::Writer::from_writer(Vec::new());
        let names = self.fields.iter().map(|field| field.name.as_str());
        writer.write_record(names).map_err(refused)?;
        for (_, cells) in &self.rows {
            let written = self
                .fields
                .iter()
                .zip(cells)
                .map(|(field, cell)| match cell {
                    Cell::Empty if field.content == Content::Class => NODATA.to_owned(),
                    Cell::Empty => String::new(),
                    Cell::Text(words) => words.clone(),
                    Cell::Integer(number) => number.to_string(),
                    Cell::Real(value) => WRITTEN.written(*value),
                    Cell::Boolean(yes) => yes.to_string(),
                });
            writer.write_record(written).map_err(refused)?;
        }
        let bytes = writer
            .into_inner()
            .map_err(|error| refused(error.into_error().into()))?;
        Ok(Document::new(path, bytes))
    }

    /// As Parquet: ids as text, classes as 64-bit integers with null where the raster holds no
    /// data, numbers in double precision.
    ///
    /// # Errors
    ///
    /// [`ReportError::Arrow`] or [`ReportError::Parquet`] when the document cannot be written.
    pub fn parquet(&self, path: &str) -> Result<Document, ReportError> {
        let mut fields = Vec::with_capacity(self.fields.len());
        let mut columns: Vec<ArrayRef> = Vec::with_capacity(self.fields.len());
        for (place, field) in self.fields.iter().enumerate() {
            let cells = self.rows.iter().map(|(_, cells)| &cells[place]);
            let (kind, column): (DataType, ArrayRef) = match field.content {
                Content::Id => (
                    DataType::Utf8,
                    Arc::new(cells.map(words).collect::<StringArray>()),
                ),
                Content::Class => (
                    DataType::Int64,
                    Arc::new(cells.map(integer).collect::<Int64Array>()),
                ),
                Content::Number => (
                    DataType::Float64,
                    Arc::new(
                        cells
                            .map(|cell| real(&rounded(cell)))
                            .collect::<Float64Array>(),
                    ),
                ),
            };
            let meaning = [("description".to_owned(), field.meaning.clone())];
            let field = ArrowField::new(&field.name, kind, field.content != Content::Id);
            fields.push(field.with_metadata(meaning.into()));
            columns.push(column);
        }
        let schema = Arc::new(Schema::new(fields));
        let batch = RecordBatch::try_new(Arc::clone(&schema), columns)?;
        let properties = WriterProperties::builder()
            .set_compression(Compression::ZSTD(ZstdLevel::default()))
            .set_created_by(CREATED_BY.to_owned())
            .build();
        let mut bytes = Vec::new();
        let mut writer = ArrowWriter::try_new(&mut bytes, schema, Some(properties))?;
        writer.write(&batch)?;
        writer.close()?;
        Ok(Document::new(path, bytes))
    }

    /// As `GeoJSON` (RFC 7946): one feature a row with the polygon of its zone. `shape` gives the
    /// polygons of a zone in longitude and latitude, WGS 84.
    ///
    /// # Errors
    ///
    /// [`ReportError::Json`] when the document cannot be written.
    pub fn geojson(
        &self,
        path: &str,
        shape: impl Fn(u32) -> Option<MultiPolygon<f64>>,
    ) -> Result<Document, ReportError> {
        let mut collection = Collection::default();
        let mut last: Option<(u32, Option<Exchange>)> = None;
        for (zone, cells) in &self.rows {
            if last.as_ref().is_none_or(|(of, _)| of != zone) {
                last = Some((*zone, shape(*zone).as_ref().map(exchange_geometry)));
            }
            let properties: JsonObject = self
                .fields
                .iter()
                .zip(cells)
                .map(|(field, cell)| {
                    let value = match rounded(cell) {
                        Cell::Empty => JsonValue::Null,
                        Cell::Text(words) => JsonValue::from(words),
                        Cell::Integer(number) => JsonValue::from(number),
                        Cell::Real(value) => JsonValue::from(value),
                        Cell::Boolean(yes) => JsonValue::from(yes),
                    };
                    (field.name.clone(), value)
                })
                .collect();
            let shape = last.as_ref().and_then(|(_, shape)| shape.as_ref());
            collection.add(path, None, shape, properties)?;
        }
        collection.document(path)
    }

    /// As a `GeoPackage` of one layer named `name`, to be written to the file `file`: one feature a
    /// row with the polygon of its zone. `shape` gives the polygons of a zone in `crs`.
    ///
    /// # Errors
    ///
    /// [`ReportError::Zip`] or [`ReportError::Pack`] when the project inside cannot be packed.
    pub fn geopackage(
        &self,
        name: &str,
        file: &str,
        crs: Crs,
        shape: impl Fn(u32) -> Option<MultiPolygon<f64>>,
    ) -> Result<GeoPackage, ReportError> {
        let features = self.rows.iter().map(|(zone, cells)| LayerFeature {
            geometry: shape(*zone).map(Geometry::MultiPolygon),
            values: cells.iter().map(rounded).collect(),
        });
        let fields = self.fields.iter().map(|field| Field {
            name: field.name.clone(),
            title: field.name.replace('_', " "),
            comment: field.meaning.clone(),
            kind: match field.content {
                Content::Id => Kind::Text,
                Content::Class => Kind::Integer,
                Content::Number => WRITTEN,
            },
        });
        let layer = Layer {
            name: name.to_owned(),
            title: name.to_owned(),
            description: "What every zone holds, by terrasink zonal".to_owned(),
            geometry: GeometryKind::MultiPolygon,
            crs,
            fields: fields.collect(),
            features: features.collect(),
            styles: self.styles(),
            views: Vec::new(),
        };
        GeoPackage::new(name, file, vec![layer], &[])
    }

    /// A theme for every number of zones that have one row each; outlines where they have several.
    fn styles(&self) -> Vec<style::Style> {
        let classes = self
            .fields
            .iter()
            .any(|field| field.content == Content::Class);
        let numbers = self.fields.iter().enumerate();
        let numbers = numbers.filter(|(_, field)| field.content == Content::Number && !classes);
        // The figures of values say more than the area, which is why they go first.
        let (areas, figures): (Vec<_>, Vec<_>) = numbers.partition(|(_, field)| {
            ["area_ha", "cell_fraction_sum"].contains(&field.name.as_str())
        });
        let mut styles: Vec<_> = figures
            .into_iter()
            .chain(areas)
            .filter_map(|(place, field)| {
                let values: Vec<f64> = self
                    .rows
                    .iter()
                    .filter_map(|(_, cells)| real(&cells[place]))
                    .collect();
                style::theme(&field.name, &field.meaning, &values)
            })
            .collect();
        if styles.is_empty() {
            styles.push(style::outlines("Zones"));
        }
        styles
    }
}

fn words(cell: &Cell) -> Option<&str> {
    match cell {
        Cell::Text(words) => Some(words),
        _ => None,
    }
}

fn integer(cell: &Cell) -> Option<i64> {
    match cell {
        Cell::Integer(number) => Some(*number),
        _ => None,
    }
}

fn real(cell: &Cell) -> Option<f64> {
    match cell {
        Cell::Real(value) => Some(*value),
        _ => None,
    }
}

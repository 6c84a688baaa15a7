//! `run/ledger.parquet`: the area ledger as a table of exact whole numbers, written and read back.

use std::collections::BTreeSet;
use std::sync::Arc;

use arrow::array::{
    Array, ArrayRef, Decimal128Array, Float64Array, Int64Array, RecordBatch, StringArray,
    UInt32Array, UInt64Array,
};
use arrow::datatypes::{DataType, Field, Schema};
use parquet::arrow::ArrowWriter;
use parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;
use parquet::basic::{Compression, ZstdLevel};
use parquet::file::metadata::KeyValue;
use parquet::file::properties::{EnabledStatistics, WriterProperties};

use super::column::{ColumnFacts, Kind};
use super::document::{Document, ReportError};

/// Path of the ledger.
pub const LEDGER: &str = "run/ledger.parquet";

/// Digits of the exact whole numbers of the ledger.
const PRECISION: u8 = 38;

/// What wrote the file. Not the version, so that equal ledgers are equal bytes.
const CREATED_BY: &str = "terrasink";

/// One row of the ledger: how much of a zone holds one combination of classes.
#[derive(Debug, Clone, PartialEq)]
pub struct LedgerRow {
    /// Number of the zone in the run.
    pub zone: u32,
    /// Region that the zone is of.
    pub region_id: String,
    /// Boundary that the zone lies in; `None` outside all boundaries.
    pub boundary: Option<String>,
    /// Class of each layer, in the order of [`Ledger::layers`]; `None` where the layer has none.
    pub classes: Vec<Option<i64>>,
    /// Cells that lie wholly inside the zone.
    pub cells_full: u64,
    /// Parts of the cells on its border, in the unit that the metadata names.
    pub cells_part: i128,
    /// Area, in the unit that the metadata names.
    pub area_units: i128,
    /// What each value layer holds, in the order of [`Ledger::value_layers`].
    pub values: Vec<LedgerValues>,
}

/// What one value layer holds of a row.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct LedgerValues {
    /// Area with data, in the unit that the metadata names.
    pub area_units: i128,
    /// Values times true area in square metres, summed.
    pub sum: f64,
    /// Least value; `None` without data or where it cannot be told.
    pub least: Option<f64>,
    /// Greatest value, likewise.
    pub greatest: Option<f64>,
}

/// The ledger as a table, with what is needed to read its numbers.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Ledger {
    /// Names of the class layers; each becomes a column.
    pub layers: Vec<String>,
    /// Names of the value layers; each becomes four columns after the others: `_area_units`,
    /// `_sum`, `_min` and `_max`.
    pub value_layers: Vec<String>,
    /// The rows, in their order.
    pub rows: Vec<LedgerRow>,
    /// Units, grid and digest of the configuration, as keys and values in their order.
    pub metadata: Vec<(String, String)>,
}

/// The columns that every ledger has; the class layers of the plan stand between `boundary` and
/// `cells_full`.
pub(super) static FIXED_COLUMNS: &[ColumnFacts] = &[
    fixed("zone", "number of the zone in the run", "", Kind::Integer),
    fixed("region_id", "region or site of the zone", "", Kind::Text),
    fixed(
        "boundary",
        "boundary that the zone lies in; null outside all boundaries",
        "",
        Kind::Text,
    ),
    fixed(
        "cells_full",
        "cells that lie wholly inside the zone",
        "cells",
        Kind::Integer,
    ),
    fixed(
        "cells_part",
        "parts of the cells on the border, whole number of the unit in the file's metadata",
        "see metadata",
        Kind::Integer,
    ),
    fixed(
        "area_units",
        "area, whole number of the unit in the file's metadata",
        "see metadata",
        Kind::Integer,
    ),
];

const fn fixed(
    name: &'static str,
    meaning: &'static str,
    unit: &'static str,
    kind: Kind,
) -> ColumnFacts {
    ColumnFacts {
        name,
        title: "",
        unit,
        meaning,
        sign: "",
        kind,
    }
}

fn schema(layers: &[String], value_layers: &[String]) -> Schema {
    let mut fields = vec![
        Field::new("zone", DataType::UInt32, false),
        Field::new("region_id", DataType::Utf8, false),
        Field::new("boundary", DataType::Utf8, true),
    ];
    fields.extend(
        layers
            .iter()
            .map(|name| Field::new(name, DataType::Int64, true)),
    );
    let exact = DataType::Decimal128(PRECISION, 0);
    fields.push(Field::new("cells_full", DataType::UInt64, false));
    fields.push(Field::new("cells_part", exact.clone(), false));
    fields.push(Field::new("area_units", exact.clone(), false));
    for name in value_layers {
        let [area, sum, min, max] = value_columns(name);
        fields.push(Field::new(area, exact.clone(), false));
        fields.push(Field::new(sum, DataType::Float64, false));
        fields.push(Field::new(min, DataType::Float64, true));
        fields.push(Field::new(max, DataType::Float64, true));
    }
    Schema::new(fields)
}

/// The columns of a value layer.
fn value_columns(layer: &str) -> [String; 4] {
    ["area_units", "sum", "min", "max"].map(|what| format!("{layer}_{what}"))
}

/// The ledger as a Parquet document at [`LEDGER`]. Equal ledgers give equal bytes.
///
/// # Errors
///
/// [`ReportError::LedgerLayer`] when two columns would have one name,
/// [`ReportError::LedgerClasses`] when a row has not one class for each layer,
/// [`ReportError::Arrow`] when a number has more than 38 digits, [`ReportError::Parquet`] when the
/// document cannot be written.
pub fn ledger_parquet(ledger: &Ledger) -> Result<Document, ReportError> {
    let fixed = FIXED_COLUMNS.iter().map(|facts| facts.name);
    let mut taken: BTreeSet<String> = fixed.map(str::to_owned).collect();
    let of_values = ledger
        .value_layers
        .iter()
        .flat_map(|name| value_columns(name));
    let mut columns = ledger.layers.iter().cloned().chain(of_values);
    if let Some(layer) = columns.find(|column| !taken.insert(column.clone())) {
        return Err(ReportError::LedgerLayer { layer });
    }
    for (number, row) in ledger.rows.iter().enumerate() {
        if row.classes.len() != ledger.layers.len() {
            return Err(ReportError::LedgerClasses {
                row: number,
                found: row.classes.len(),
                expected: ledger.layers.len(),
            });
        }
        if row.values.len() != ledger.value_layers.len() {
            return Err(ReportError::LedgerClasses {
                row: number,
                found: row.values.len(),
                expected: ledger.value_layers.len(),
            });
        }
    }
    let rows = &ledger.rows;
    let exact = |value: &dyn Fn(&LedgerRow) -> i128| -> Result<ArrayRef, ReportError> {
        let array = Decimal128Array::from_iter_values(rows.iter().map(value))
            .with_precision_and_scale(PRECISION, 0)?;
        array.validate_decimal_precision(PRECISION)?;
        Ok(Arc::new(array))
    };
    let mut columns: Vec<ArrayRef> = vec![
        Arc::new(UInt32Array::from_iter_values(
            rows.iter().map(|row| row.zone),
        )),
        Arc::new(StringArray::from_iter_values(
            rows.iter().map(|row| row.region_id.as_str()),
        )),
        Arc::new(
            rows.iter()
                .map(|row| row.boundary.as_deref())
                .collect::<StringArray>(),
        ),
    ];
    for layer in 0..ledger.layers.len() {
        columns.push(Arc::new(
            rows.iter()
                .map(|row| row.classes[layer])
                .collect::<Int64Array>(),
        ));
    }
    columns.push(Arc::new(UInt64Array::from_iter_values(
        rows.iter().map(|row| row.cells_full),
    )));
    columns.push(exact(&|row| row.cells_part)?);
    columns.push(exact(&|row| row.area_units)?);
    for layer in 0..ledger.value_layers.len() {
        columns.push(exact(&|row| row.values[layer].area_units)?);
        let sums = rows.iter().map(|row| row.values[layer].sum);
        columns.push(Arc::new(Float64Array::from_iter_values(sums)));
        for bound in [
            |values: &LedgerValues| values.least,
            |values: &LedgerValues| values.greatest,
        ] {
            let bounds = rows.iter().map(|row| bound(&row.values[layer]));
            columns.push(Arc::new(bounds.collect::<Float64Array>()));
        }
    }

    let schema = Arc::new(schema(&ledger.layers, &ledger.value_layers));
    let batch = RecordBatch::try_new(Arc::clone(&schema), columns)?;
    let metadata = ledger
        .metadata
        .iter()
        .map(|(key, value)| KeyValue::new(key.clone(), value.clone()))
        .collect();
    let properties = WriterProperties::builder()
        .set_compression(Compression::ZSTD(ZstdLevel::default()))
        .set_created_by(CREATED_BY.to_owned())
        .set_key_value_metadata(Some(metadata))
        .set_statistics_enabled(EnabledStatistics::Chunk)
        .build();
    let mut bytes = Vec::new();
    let mut writer = ArrowWriter::try_new(&mut bytes, schema, Some(properties))?;
    writer.write(&batch)?;
    writer.close()?;
    Ok(Document::new(LEDGER, bytes))
}

/// A column of a batch as the array type that the schema names.
fn column<'a, A: 'static>(batch: &'a RecordBatch, name: &str) -> Result<&'a A, ReportError> {
    batch
        .column_by_name(name)
        .and_then(|array| array.as_any().downcast_ref::<A>())
        .ok_or_else(|| ReportError::LedgerColumn {
            column: name.to_owned(),
        })
}

/// The columns of one value layer in a batch.
struct ValueArrays<'a> {
    area: &'a Decimal128Array,
    sum: &'a Float64Array,
    min: &'a Float64Array,
    max: &'a Float64Array,
}

impl<'a> ValueArrays<'a> {
    fn of(batch: &'a RecordBatch, layer: &str) -> Result<Self, ReportError> {
        let [area, sum, min, max] = value_columns(layer);
        Ok(Self {
            area: column(batch, &area)?,
            sum: column(batch, &sum)?,
            min: column(batch, &min)?,
            max: column(batch, &max)?,
        })
    }

    fn row(&self, row: usize) -> LedgerValues {
        let known = |array: &Float64Array| (!array.is_null(row)).then(|| array.value(row));
        LedgerValues {
            area_units: self.area.value(row),
            sum: self.sum.value(row),
            least: known(self.min),
            greatest: known(self.max),
        }
    }
}

/// Reads a document of [`ledger_parquet`] back.
///
/// # Errors
///
/// [`ReportError::Parquet`] when the bytes are no Parquet file, [`ReportError::LedgerColumn`] when
/// a column is missing or of another type.
pub fn read_ledger(bytes: &[u8]) -> Result<Ledger, ReportError> {
    let builder = ParquetRecordBatchReaderBuilder::try_new(bytes::Bytes::copy_from_slice(bytes))?;
    let fixed: Vec<&str> = FIXED_COLUMNS.iter().map(|facts| facts.name).collect();
    let fields = builder.schema().fields().iter();
    let layers: Vec<String> = fields
        .clone()
        .filter(|field| *field.data_type() == DataType::Int64)
        .map(|field| field.name().clone())
        .filter(|name| !fixed.contains(&name.as_str()))
        .collect();
    let value_layers: Vec<String> = fields
        .filter(|field| *field.data_type() == DataType::Float64)
        .filter_map(|field| field.name().strip_suffix("_sum").map(str::to_owned))
        .collect();
    let metadata = builder
        .metadata()
        .file_metadata()
        .key_value_metadata()
        .into_iter()
        .flatten()
        .filter(|entry| entry.key != "ARROW:schema")
        .map(|entry| (entry.key.clone(), entry.value.clone().unwrap_or_default()))
        .collect();
    let mut rows = Vec::new();
    for batch in builder.build()? {
        let batch = batch?;
        let zone: &UInt32Array = column(&batch, "zone")?;
        let region: &StringArray = column(&batch, "region_id")?;
        let boundary: &StringArray = column(&batch, "boundary")?;
        let classes = layers
            .iter()
            .map(|name| column::<Int64Array>(&batch, name))
            .collect::<Result<Vec<_>, _>>()?;
        let values = value_layers
            .iter()
            .map(|name| ValueArrays::of(&batch, name))
            .collect::<Result<Vec<_>, _>>()?;
        let full: &UInt64Array = column(&batch, "cells_full")?;
        let part: &Decimal128Array = column(&batch, "cells_part")?;
        let area: &Decimal128Array = column(&batch, "area_units")?;
        rows.extend((0..batch.num_rows()).map(|row| {
            LedgerRow {
                zone: zone.value(row),
                region_id: region.value(row).to_owned(),
                boundary: (!boundary.is_null(row)).then(|| boundary.value(row).to_owned()),
                classes: classes
                    .iter()
                    .map(|class| (!class.is_null(row)).then(|| class.value(row)))
                    .collect(),
                cells_full: full.value(row),
                cells_part: part.value(row),
                area_units: area.value(row),
                values: values.iter().map(|arrays| arrays.row(row)).collect(),
            }
        }));
    }
    Ok(Ledger {
        layers,
        value_layers,
        rows,
        metadata,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ledger() -> Ledger {
        let values = |least| LedgerValues {
            area_units: 5_000_000_000_000,
            sum: 0.1,
            least,
            greatest: Some(7.25),
        };
        let row = |zone, boundary: Option<&str>, classes, area_units| LedgerRow {
            zone,
            region_id: "44001".to_owned(),
            boundary: boundary.map(str::to_owned),
            classes,
            cells_full: 1_234_567,
            cells_part: 987_654_321_098_765_432,
            area_units,
            values: vec![values(boundary.map(|_| -1.5))],
        };
        Ledger {
            layers: vec!["lc_2016".to_owned(), "soil".to_owned()],
            value_layers: vec!["agb".to_owned()],
            rows: vec![
                row(
                    0,
                    None,
                    vec![Some(41), None],
                    170_141_183_460_469_231_731_687_303_715,
                ),
                row(1, Some("wetland"), vec![None, Some(3)], -5),
            ],
            metadata: vec![
                ("cells_part_unit".to_owned(), "2^-40 cell".to_owned()),
                ("config".to_owned(), "abc".to_owned()),
            ],
        }
    }

    #[test]
    fn a_ledger_reads_back_as_it_was_written() {
        let document = ledger_parquet(&ledger()).unwrap();
        assert_eq!(read_ledger(&document.bytes).unwrap(), ledger());
    }

    #[test]
    fn equal_ledgers_are_equal_bytes() {
        assert_eq!(
            ledger_parquet(&ledger()).unwrap(),
            ledger_parquet(&ledger()).unwrap()
        );
    }

    #[test]
    fn a_row_needs_a_class_for_each_layer() {
        let mut broken = ledger();
        broken.rows[1].classes.pop();
        assert!(matches!(
            ledger_parquet(&broken),
            Err(ReportError::LedgerClasses {
                row: 1,
                found: 1,
                expected: 2
            })
        ));
    }

    #[test]
    fn no_two_columns_have_one_name() {
        for name in ["soil", "zone"] {
            let mut broken = ledger();
            broken.layers[0] = name.to_owned();
            assert!(matches!(
                ledger_parquet(&broken),
                Err(ReportError::LedgerLayer { layer }) if layer == name
            ));
        }
    }

    #[test]
    fn a_ledger_without_rows_or_layers_is_written() {
        let empty = Ledger::default();
        let document = ledger_parquet(&empty).unwrap();
        assert_eq!(read_ledger(&document.bytes).unwrap(), empty);
    }
}

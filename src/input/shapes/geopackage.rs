//! Writes the `GeoPackage` that the report room describes.
//!
//! Equal descriptions give equal bytes: every date in the file is fixed, nothing is random.

use std::path::{Path, PathBuf};

use gdal::config::{clear_thread_local_config_option, set_thread_local_config_option};
use gdal::errors::GdalError;
use gdal::raster::RasterCreationOptions;
use gdal::spatial_ref::{AxisMappingStrategy, SpatialRef};
use gdal::vector::{
    Feature, LayerAccess as _, LayerOptions, OGRFieldType, OGRwkbGeometryType, ToGdal as _, sql,
};
use gdal::{Dataset, DriverManager};
use geo::Geometry;

use crate::grid::Crs;
use crate::report::{Cell, GeoPackage, GeometryKind, Kind, Layer};

/// Why a `GeoPackage` could not be written.
#[derive(Debug, thiserror::Error)]
#[error("cannot {action} in `{}`", path.display())]
pub struct GeoPackageError {
    /// The file.
    pub path: PathBuf,
    /// What was tried.
    pub action: String,
    /// The cause.
    #[source]
    pub source: GdalError,
}

/// Name of the geometry column of every layer.
const GEOMETRY: &str = "geom";

/// The date of everything in the file, so that equal content is equal bytes.
const DATE: &str = "2000-01-01T00:00:00.000Z";

/// The option by which GDAL takes its dates from us, for this thread, until dropped.
struct FixedDate;

impl FixedDate {
    const OPTION: &'static str = "OGR_CURRENT_DATE";

    fn set() -> Result<Self, GdalError> {
        set_thread_local_config_option(Self::OPTION, DATE)?;
        Ok(Self)
    }
}

impl Drop for FixedDate {
    fn drop(&mut self) {
        // The name has no zero byte, which is the only way for this to fail.
        let _ = clear_thread_local_config_option(Self::OPTION);
    }
}

/// Writes `package` to the new file `path`.
///
/// # Errors
///
/// [`GeoPackageError`] when GDAL refuses, with what was being written.
pub fn write_geopackage(package: &GeoPackage, path: &Path) -> Result<(), GeoPackageError> {
    let failed = |action: String| {
        let path = path.to_path_buf();
        move |source| GeoPackageError {
            path,
            action,
            source,
        }
    };
    let create = || "create the file".to_owned();
    let _date = FixedDate::set().map_err(failed(create()))?;
    // Version 1.2 is read without a warning by every GDAL since 2.2.
    let options = RasterCreationOptions::from_iter(["VERSION=1.2"]);
    let mut dataset = DriverManager::get_driver_by_name("GPKG")
        .and_then(|driver| {
            driver.create_with_band_type_with_options::<u8, _>(path, 0, 0, 0, &options)
        })
        .map_err(failed(create()))?;
    for layer in &package.layers {
        write_layer(&mut dataset, layer)
            .map_err(failed(format!("write the layer `{}`", layer.name)))?;
    }
    dataset
        .flush_cache()
        .map_err(failed("write the layers".to_owned()))?;
    write_extras(&mut dataset, package)
        .map_err(failed("write the styles and the project".to_owned()))?;
    dataset
        .close()
        .map_err(failed("complete the file".to_owned()))
}

fn spatial_reference(crs: &Crs) -> Result<SpatialRef, GdalError> {
    let known = crs
        .authority
        .as_deref()
        .and_then(|authority| SpatialRef::from_definition(authority).ok());
    let mut reference = match known {
        Some(reference) => reference,
        None => SpatialRef::from_wkt(&crs.wkt)?,
    };
    reference.set_axis_mapping_strategy(AxisMappingStrategy::TraditionalGisOrder);
    Ok(reference)
}

fn write_layer(dataset: &mut Dataset, layer: &Layer) -> Result<(), GdalError> {
    let reference = spatial_reference(&layer.crs)?;
    let geometry = format!("GEOMETRY_NAME={GEOMETRY}");
    let title = format!("IDENTIFIER={}", layer.title);
    let description = format!("DESCRIPTION={}", layer.description);
    let mut transaction = dataset.start_transaction()?;
    {
        let target = transaction.create_layer(LayerOptions {
            name: &layer.name,
            srs: Some(&reference),
            ty: match layer.geometry {
                GeometryKind::Point => OGRwkbGeometryType::wkbPoint,
                GeometryKind::MultiPolygon => OGRwkbGeometryType::wkbMultiPolygon,
            },
            options: Some(&[
                "FID=fid",
                geometry.as_str(),
                title.as_str(),
                description.as_str(),
                "SPATIAL_INDEX=YES",
            ]),
        })?;
        let fields: Vec<(&str, OGRFieldType::Type)> = layer
            .fields
            .iter()
            .map(|field| {
                let kind = match field.kind {
                    Kind::Text => OGRFieldType::OFTString,
                    Kind::Integer | Kind::Boolean => OGRFieldType::OFTInteger64,
                    Kind::Decimals(_) | Kind::Digits(_) => OGRFieldType::OFTReal,
                };
                (field.name.as_str(), kind)
            })
            .collect();
        target.create_defn_fields(&fields)?;
        for feature in &layer.features {
            let mut row = Feature::new(target.defn())?;
            for (place, cell) in feature.values.iter().enumerate() {
                match cell {
                    Cell::Empty => row.set_field_null(place)?,
                    Cell::Text(words) => row.set_field_string(place, words)?,
                    Cell::Integer(number) => row.set_field_integer64(place, *number)?,
                    Cell::Boolean(yes) => row.set_field_integer64(place, i64::from(*yes))?,
                    Cell::Real(value) => row.set_field_double(place, *value)?,
                }
            }
            match &feature.geometry {
                Some(Geometry::Point(point)) => row.set_geometry(point.to_gdal()?)?,
                Some(Geometry::MultiPolygon(polygons)) => row.set_geometry(polygons.to_gdal()?)?,
                Some(Geometry::Polygon(polygon)) => {
                    row.set_geometry(geo::MultiPolygon::from(polygon.clone()).to_gdal()?)?;
                }
                // A layer of this program holds no other kind.
                Some(_) | None => {}
            }
            row.create(&target)?;
        }
    }
    transaction.commit()
}

/// `text` as an SQL literal.
fn quoted(text: &str) -> String {
    format!("'{}'", text.replace('\'', "''").replace('\0', ""))
}

/// Aliases and comments of the fields, the styles, and the project.
fn write_extras(dataset: &mut Dataset, package: &GeoPackage) -> Result<(), GdalError> {
    let transaction = dataset.start_transaction()?;
    let statements = column_statements(package)
        .into_iter()
        .chain(style_statements(package))
        .chain(project_statements(package));
    for statement in statements {
        transaction.execute_sql(statement, None, sql::Dialect::DEFAULT)?;
    }
    transaction.commit()
}

/// The schema extension: `title` is the alias, `description` the comment.
///
/// `name` stays empty, since it is unique in the whole file and layers share field names.
fn column_statements(package: &GeoPackage) -> Vec<String> {
    let mut statements = vec![
        "CREATE TABLE IF NOT EXISTS gpkg_extensions (table_name TEXT, column_name TEXT, \
         extension_name TEXT NOT NULL, definition TEXT NOT NULL, scope TEXT NOT NULL, \
         CONSTRAINT ge_tce UNIQUE (table_name, column_name, extension_name))"
            .to_owned(),
        "CREATE TABLE gpkg_data_columns (table_name TEXT NOT NULL, column_name TEXT NOT NULL, \
         name TEXT, title TEXT, description TEXT, mime_type TEXT, constraint_name TEXT, \
         CONSTRAINT pk_gdc PRIMARY KEY (table_name, column_name), \
         CONSTRAINT gdc_tn UNIQUE (table_name, name))"
            .to_owned(),
        "CREATE TABLE gpkg_data_column_constraints (constraint_name TEXT NOT NULL, \
         constraint_type TEXT NOT NULL, value TEXT, min NUMERIC, min_is_inclusive BOOLEAN, \
         max NUMERIC, max_is_inclusive BOOLEAN, description TEXT, \
         CONSTRAINT gdcc_ntv UNIQUE (constraint_name, constraint_type, value))"
            .to_owned(),
    ];
    for table in ["gpkg_data_columns", "gpkg_data_column_constraints"] {
        statements.push(format!(
            "INSERT INTO gpkg_extensions VALUES ('{table}', NULL, 'gpkg_schema', \
             'http://www.geopackage.org/spec121/#extension_schema', 'read-write')"
        ));
    }
    for layer in &package.layers {
        for field in &layer.fields {
            statements.push(format!(
                "INSERT INTO gpkg_data_columns (table_name, column_name, title, description) \
                 VALUES ({}, {}, {}, {})",
                quoted(&layer.name),
                quoted(&field.name),
                quoted(&field.title),
                quoted(&field.comment),
            ));
        }
    }
    statements
}

/// The table as QGIS makes it; catalogue and schema are empty, not NULL, or QGIS finds no style.
fn style_statements(package: &GeoPackage) -> Vec<String> {
    let mut statements = vec![
        "CREATE TABLE layer_styles (id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL, \
         f_table_catalog TEXT(256), f_table_schema TEXT(256), f_table_name TEXT(256), \
         f_geometry_column TEXT(256), styleName TEXT(30), styleQML TEXT, styleSLD TEXT, \
         useAsDefault BOOLEAN, description TEXT, owner TEXT(30), ui TEXT(30), \
         update_time DATETIME DEFAULT (strftime('%Y-%m-%dT%H:%M:%fZ','now')))"
            .to_owned(),
        format!(
            "INSERT INTO gpkg_contents (table_name, data_type, identifier, description, \
             last_change, srs_id) VALUES ('layer_styles', 'attributes', 'layer_styles', '', \
             '{DATE}', 0)"
        ),
    ];
    for layer in &package.layers {
        for (place, style) in layer.styles.iter().enumerate() {
            statements.push(format!(
                "INSERT INTO layer_styles (f_table_catalog, f_table_schema, f_table_name, \
                 f_geometry_column, styleName, styleQML, styleSLD, useAsDefault, description, \
                 owner, ui, update_time) VALUES ('', '', {}, '{GEOMETRY}', {}, {}, '', {}, {}, \
                 '', NULL, '{DATE}')",
                quoted(&layer.name),
                quoted(&style.name),
                quoted(&style.qml(&layer.fields)),
                u8::from(place == 0),
                quoted(&style.description),
            ));
        }
    }
    statements
}

/// The project as QGIS stores it: the hexadecimal text of the archive.
fn project_statements(package: &GeoPackage) -> Vec<String> {
    let content: String = package
        .project
        .iter()
        .flat_map(|byte| [byte >> 4, byte & 0xf])
        .filter_map(|digit| char::from_digit(u32::from(digit), 16))
        .collect();
    vec![
        "CREATE TABLE qgis_projects (name TEXT PRIMARY KEY, metadata BLOB, content BLOB)"
            .to_owned(),
        format!(
            "INSERT INTO qgis_projects VALUES ({}, {}, '{content}')",
            quoted(&package.project_name),
            quoted(&format!(
                "{{\"last_modified_time\": \"{DATE}\", \"last_modified_user\": \"terrasink\"}}"
            )),
        ),
    ]
}

#[cfg(test)]
#[path = "geopackage_tests.rs"]
mod tests;

//! Polygons with attributes, and the regions of a run.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use gdal::Dataset;
use gdal::vector::LayerAccess;
use geo::MultiPolygon;

use super::geometry::{Shape, jump, shapes};
use crate::finding::{Finding, counted};
use crate::grid::CrsKind;
use crate::input::files::{layer_meant, layers, missing, open_vector, take, unreadable, words};
use crate::input::ground::Projection;
use crate::plan::{FieldValue, suggestion};

/// Features that are read before their shapes are looked at.
const BATCH: usize = 4096;

/// Which layer of which file, and what the plan says about it.
#[derive(Debug, Clone)]
pub struct VectorSource {
    /// The file.
    pub path: PathBuf,
    /// The layer; the only one where `None`.
    pub layer: Option<String>,
    /// Coordinate system, where the file does not say.
    pub crs: Option<String>,
    /// Encoding of the attributes, where the file does not say.
    pub encoding: Option<String>,
    /// Whether invalid polygons are repaired (and reported) or refused.
    pub repair: bool,
    /// Field that names a feature in messages, beside its number.
    pub id: Option<String>,
}

/// Polygons with their attributes as texts.
#[derive(Debug)]
pub struct Polygons {
    /// File and layer, for messages.
    pub name: String,
    /// Coordinate system of the shapes.
    pub projection: Projection,
    /// Names of the fields.
    pub fields: Vec<String>,
    /// Features in the order of the file.
    pub features: Vec<Feature>,
    /// What the reader must know: repairs.
    pub warnings: Vec<Finding>,
}

/// One feature.
#[derive(Debug, Clone)]
pub struct Feature {
    /// Number of the feature in the file, from 1.
    pub number: usize,
    /// Values of the fields; `None` where empty.
    pub values: Vec<Option<String>>,
    /// Its shape; a feature without one has an empty shape.
    pub shape: MultiPolygon<f64>,
}

impl VectorSource {
    fn open(&self) -> Result<Dataset, Finding> {
        if let Some(missing) = missing(&self.path) {
            return Err(missing);
        }
        open_vector(&self.path, self.encoding.as_deref()).map_err(|error| {
            let is_shapefile = self.path.extension().is_some_and(|ending| ending == "shp");
            let remedy = if is_shapefile {
                "a shapefile is several files, .shp, .shx, .dbf and .prj: copy all of them"
            } else {
                "give a file that GDAL reads, such as GeoPackage, GeoJSON or shapefile"
            };
            unreadable(&self.path, "polygons", &error, remedy)
        })
    }

    /// The layer that is `wanted`, of those of the file.
    fn chosen(file: &str, wanted: Option<&str>, layers: &[String]) -> Result<String, Finding> {
        let known = |layer: &str| layers.iter().any(|known| known == layer);
        chosen_layer(file, wanted, layers, known).map_err(|mut finding| {
            finding.remedy.push_str(" (`zonal`: --layer)");
            finding
        })
    }

    /// Reads the polygons.
    ///
    /// # Errors
    ///
    /// Findings: missing or unreadable file, unknown layer, missing or unknown coordinate system,
    /// features that are no polygons, invalid polygons with the place where they fail.
    pub fn read(&self) -> Result<Polygons, Vec<Finding>> {
        let file = self.path.display().to_string();
        let dataset = self.open().map_err(|finding| vec![finding])?;
        let wanted = layer_meant(&self.path, self.layer.as_deref()).map_err(|f| vec![f])?;
        let layers = layers(&file, &dataset, wanted.as_deref()).map_err(|f| vec![f])?;
        let wanted = Self::chosen(&file, wanted.as_deref(), &layers).map_err(|f| vec![f])?;
        let name = if layers.len() > 1 {
            format!("{file}, layer {wanted}")
        } else {
            file
        };
        let mut layer = dataset.layer_by_name(&wanted).map_err(|error| {
            vec![Finding::error(
                &name,
                words(&error),
                "check the file with ogrinfo",
            )]
        })?;
        if layer.defn().geom_fields().next().is_none() {
            return Err(vec![Finding::error(
                &name,
                "it is a table without shapes: it has no column of geometry",
                "give polygons, such as a layer of a GeoPackage, GeoJSON or a shapefile; a CSV file has them as text in a column `WKT`",
            )]);
        }
        let mut findings = Vec::new();
        let stated = layer.spatial_ref().map(Projection::new);
        let projection = self.projection(&name, stated).map_err(|f| vec![f])?;
        let fields: Vec<String> = layer.defn().fields().map(|field| field.name()).collect();
        let id = self.id.as_ref();
        let id = id.and_then(|id| fields.iter().position(|field| field == id));
        let in_degrees = (projection.describe()).is_ok_and(|crs| crs.kind == CrsKind::Geographic);
        let expected = layer.try_feature_count();
        take();
        let mut features = Vec::new();
        let mut warnings = Vec::new();
        let mut rest = layer.features().enumerate();
        loop {
            let batch: Vec<_> = rest.by_ref().take(BATCH).collect();
            if batch.is_empty() {
                break;
            }
            let values: Vec<Vec<Option<String>>> = batch
                .iter()
                .map(|(_, feature)| values_of(feature, fields.len()))
                .collect();
            let places = batch.iter().zip(&values).map(|((index, _), values)| {
                match id.and_then(|id| values[id].as_deref()) {
                    Some(id) => format!("{name}, feature {}, region {id}", index + 1),
                    None => format!("{name}, feature {}", index + 1),
                }
            });
            // A feature without a shape is an error here, and a null pointer in `geometry()`.
            let geometries = batch
                .iter()
                .map(|(_, feature)| feature.geometry_by_index(0).ok());
            let places: Vec<String> = places.collect();
            let drawn = shapes(places.iter().zip(geometries).collect(), self.repair);
            let rows = batch.iter().zip(values).zip(places.iter().zip(drawn));
            for (((index, _), values), (place, drawn)) in rows {
                let shape = drawn.unwrap_or_else(|finding| {
                    findings.push(finding);
                    Shape::default()
                });
                findings.extend(in_degrees.then(|| jump(place, &shape.polygons)).flatten());
                warnings.extend(shape.repaired);
                features.push(Feature {
                    number: index + 1,
                    values,
                    shape: shape.polygons,
                });
            }
        }
        let is_mended = !findings.is_empty() || !warnings.is_empty();
        findings.extend(unlike_its_source(
            &name,
            features.len(),
            expected,
            is_mended,
        ));
        if features.is_empty() && findings.is_empty() {
            findings.push(Finding::error(
                &name,
                "no features",
                "give a layer with polygons",
            ));
        }
        if findings.is_empty() {
            Ok(Polygons {
                name,
                projection,
                fields,
                features,
                warnings,
            })
        } else {
            Err(findings)
        }
    }

    fn projection(&self, name: &str, stated: Option<Projection>) -> Result<Projection, Finding> {
        match (&self.crs, stated) {
            (Some(definition), _) => Projection::parse(definition).map_err(|error| {
                Finding::error(name, error.to_string(), "give a code such as EPSG:4326")
            }),
            (None, Some(projection)) => {
                projection.describe().map(|_| projection).map_err(|error| {
                    Finding::error(
                        name,
                        format!("its coordinate system cannot be used: {error}"),
                        "set `crs` in the plan (`zonal`: --crs), such as crs = \"EPSG:4326\"",
                    )
                })
            }
            (None, None) => Err(Finding::error(
                name,
                "no coordinate system",
                "set `crs` in the plan (`zonal`: --crs), such as crs = \"EPSG:4326\"",
            )),
        }
    }
}

/// The values of the fields of a feature; blanks around them are cut off, and empty ones are none.
fn values_of(feature: &gdal::vector::Feature<'_>, fields: usize) -> Vec<Option<String>> {
    (0..fields)
        .map(|field| feature.field_as_string(field).ok().flatten())
        .map(|value| value.map(|v| v.trim().to_owned()).filter(|v| !v.is_empty()))
        .collect()
}

/// A damaged file ends early, or GDAL tells while it is read; of shapes that are not as they should be
/// it tells too, unless that `is_told` already.
fn unlike_its_source(
    name: &str,
    read: usize,
    expected: Option<u64>,
    is_told: bool,
) -> Option<Finding> {
    let said = take();
    let said = said
        .first()
        .map_or(String::new(), |said| format!(" ({said})"));
    match expected {
        Some(expected) if expected != read as u64 => Some(Finding::error(
            name,
            format!("the file is damaged: {read} features read of {expected}{said}"),
            "copy the file again from its source",
        )),
        _ if is_told || said.is_empty() => None,
        _ => Some(Finding::error(
            name,
            format!("not all that the file holds is as it should be{said}"),
            "mend the shapes (in QGIS: Fix geometries), or copy the file again from its source",
        )),
    }
}

/// The layer that the plan means: the one it names where that is `known`, else the only one listed.
pub(in crate::input) fn chosen_layer(
    file: &str,
    wanted: Option<&str>,
    listed: &[String],
    known: impl Fn(&str) -> bool,
) -> Result<String, Finding> {
    let found = match (wanted, listed) {
        (Some(layer), _) => Some(layer).filter(|layer| known(layer)),
        (None, [only]) => Some(only.as_str()),
        (None, _) => None,
    };
    found.map(str::to_owned).ok_or_else(|| {
        let what = match wanted {
            Some(layer) => format!("no layer `{layer}`"),
            None => format!("{} layers, and none is named", listed.len()),
        };
        let remedy = format!("set `layer` to one of: {}", listed.join(", "));
        Finding::error(file, what, remedy)
    })
}

impl Polygons {
    /// Position of a field.
    ///
    /// # Errors
    ///
    /// A finding that names the fields there are, with a suggestion.
    pub fn field(&self, name: &str) -> Result<usize, Finding> {
        self.fields
            .iter()
            .position(|field| field == name)
            .ok_or_else(|| {
                if self.fields.is_empty() {
                    return Finding::error(
                        &self.name,
                        format!("no field `{name}`, nor any other"),
                        "give a file with fields; a shapefile has them in the .dbf file beside it",
                    );
                }
                let remedy = match suggestion(name, self.fields.iter().map(String::as_str)) {
                    Some(meant) => format!("did you mean `{meant}`?"),
                    None => format!("fields there are: {}", self.fields.join(", ")),
                };
                let finding = Finding::error(&self.name, format!("no field `{name}`"), remedy);
                garbled(finding, &self.fields)
            })
    }

    /// A finding when texts of a field are in another encoding than the file or the plan says.
    pub(super) fn unreadable(&self, field: usize) -> Option<Finding> {
        let garbled = |feature: &&Feature| {
            let value = feature.values[field].as_deref();
            value.is_some_and(|value| value.contains(char::REPLACEMENT_CHARACTER))
        };
        let first = self.features.iter().find(garbled)?;
        let count = self.features.iter().filter(garbled).count();
        Some(Finding::error(
            format!("{}, field {}", self.name, self.fields[field]),
            format!(
                "the text of {} cannot be read, feature {} first: `{}`",
                counted(count, "feature", "features"),
                first.number,
                first.values[field].as_deref().unwrap_or_default()
            ),
            "set `encoding` in the plan, such as encoding = \"GBK\"; it must be a name that GDAL knows",
        ))
    }

    /// Only the features whose fields have the wanted values.
    ///
    /// # Errors
    ///
    /// A finding for each unknown field.
    pub fn only(&mut self, wanted: &BTreeMap<String, FieldValue>) -> Result<(), Vec<Finding>> {
        let mut findings = Vec::new();
        for (name, value) in wanted {
            match self.field(name) {
                Ok(index) if self.unreadable(index).is_some() => {
                    findings.extend(self.unreadable(index));
                }
                Ok(index) => self.features.retain(|feature| {
                    feature.values[index]
                        .as_deref()
                        .is_some_and(|v| value.matches(v))
                }),
                Err(finding) => findings.push(finding),
            }
        }
        if findings.is_empty() {
            Ok(())
        } else {
            Err(findings)
        }
    }
}

/// A finding about fields, with the advice to look at the encoding where the names look like text
/// read in the wrong one.
pub(in crate::input) fn garbled(finding: Finding, fields: &[String]) -> Finding {
    let odd = |c: char| {
        c == char::REPLACEMENT_CHARACTER
            || ('\u{80}'..='\u{ff}').contains(&c)
            // UTF-8 read as GBK gives characters like these for most words of forestry.
            || "鍦鍙闈鏋鎬钃绉灏锛濂".contains(c)
    };
    if fields.iter().any(|field| field.chars().any(odd)) {
        Finding {
            remedy: format!(
                "the names look like text read in the wrong encoding: set encoding = \"GBK\" (or \"UTF-8\") beside its `path`; else {}",
                finding.remedy
            ),
            ..finding
        }
    } else {
        finding
    }
}

impl VectorSource {
    /// The source of a path of a plan.
    #[must_use]
    pub fn new(path: &Path) -> Self {
        Self {
            path: path.to_path_buf(),
            layer: None,
            crs: None,
            encoding: None,
            repair: false,
            id: None,
        }
    }
}

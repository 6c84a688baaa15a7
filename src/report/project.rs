//! The QGIS project inside the `GeoPackage`: every layer with all its styles, packed as `.qgz`.

use std::fmt::Write as _;
use std::io::{Cursor, Write as _};

use geo::algorithm::bounding_rect::BoundingRect;
use geo::{Coord, Rect};
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, ZipWriter};

use super::document::ReportError;
use super::geopackage::{GeometryKind, Layer};
use super::map_layer::MapLayer;
use super::style::{self, QGIS_VERSION, Style, escaped};
use crate::grid::{Crs, CrsKind};

/// Share of the extent that is left free around the layers.
const MARGIN: f64 = 0.05;

/// The project as a `.qgz`: a zip with one stored entry of a fixed date, so that equal projects
/// are equal bytes.
///
/// # Errors
///
/// [`ReportError::Zip`] or [`ReportError::Pack`] when it cannot be packed.
pub(super) fn packed(
    name: &str,
    file: &str,
    layers: &[Layer],
    maps: &[MapLayer],
) -> Result<Vec<u8>, ReportError> {
    let mut archive = ZipWriter::new(Cursor::new(Vec::new()));
    let options = SimpleFileOptions::default()
        .compression_method(CompressionMethod::Stored)
        .last_modified_time(zip::DateTime::default())
        .unix_permissions(0o644);
    archive.start_file("terrasink.qgs", options)?;
    archive.write_all(document(name, file, layers, maps).as_bytes())?;
    Ok(archive.finish()?.into_inner())
}

/// The project as its XML document. Maps lie over the regions, which are filled.
pub(super) fn document(name: &str, file: &str, layers: &[Layer], maps: &[MapLayer]) -> String {
    let shown: Vec<&Layer> = layers
        .iter()
        .filter(|layer| !layer.features.is_empty())
        .collect();
    let mut tree = String::new();
    let mut elements = String::new();
    let mut order = String::new();
    for layer in &shown {
        if layer.name == "regions" {
            for map in maps {
                tree.push_str(&map.tree());
                elements.push_str(&map.element());
                order.push_str(&map.order());
            }
        }
        let views = View::all_of(layer, file).into_iter().chain(
            (layer.geometry == GeometryKind::MultiPolygon && layer.name == "regions")
                .then(|| View::below(layer, file)),
        );
        for view in views {
            tree.push_str(&view.tree());
            elements.push_str(&view.element());
            let _ = writeln!(order, "<layer id=\"{}\"/>", view.id);
        }
    }
    let crs = shown
        .iter()
        .find(|layer| layer.geometry == GeometryKind::MultiPolygon)
        .or(shown.first())
        .map(|layer| &layer.crs);
    let canvas = crs.map_or_else(String::new, |crs| canvas(crs, &shown));
    let project_crs = crs.map_or_else(String::new, |crs| {
        format!("<projectCrs>\n{}</projectCrs>\n", spatial_reference(crs))
    });
    format!(
        "<!DOCTYPE qgis PUBLIC 'http://mrcc.com/qgis.dtd' 'SYSTEM'>\n\
         <qgis projectname=\"{title}\" version=\"{QGIS_VERSION}\">\n<homePath path=\"\"/>\n\
         <title>{title}</title>\n{project_crs}<layer-tree-group>\n{tree}</layer-tree-group>\n\
         {canvas}<projectlayers>\n{elements}</projectlayers>\n\
         <layerorder>\n{order}</layerorder>\n\
         <properties>\n<Paths>\n<Absolute type=\"bool\">false</Absolute>\n</Paths>\n\
         <SpatialRefSys>\n<ProjectionsEnabled type=\"int\">1</ProjectionsEnabled>\n\
         </SpatialRefSys>\n\
         </properties>\n</qgis>\n",
        title = escaped(name),
    )
}

/// A layer as it is shown once in the project.
struct View<'a> {
    file: &'a str,
    layer: &'a Layer,
    id: String,
    title: String,
    styles: Vec<Style>,
    /// Condition on the features; empty for all.
    filter: String,
    /// Whether it is seen when the project is opened.
    seen: bool,
}

/// QGIS replaces ids of ten characters and fewer by random ones, so these are longer.
pub(super) fn identifier(name: &str) -> String {
    format!("terrasink_layer_{name}")
}

impl<'a> View<'a> {
    /// The views of a layer: of parts that lie one over the other only the first is seen.
    fn all_of(layer: &'a Layer, file: &'a str) -> Vec<Self> {
        if layer.views.is_empty() {
            return vec![Self::of(layer, file)];
        }
        let parts = layer.views.iter().enumerate();
        parts
            .map(|(place, part)| Self {
                id: identifier(&format!("{}_{}", layer.name, part.name)),
                title: part.title.clone(),
                filter: part.filter.clone(),
                seen: place == 0,
                ..Self::of(layer, file)
            })
            .collect()
    }

    fn of(layer: &'a Layer, file: &'a str) -> Self {
        Self {
            layer,
            file,
            id: identifier(&layer.name),
            title: layer.title.clone(),
            styles: layer.styles.clone(),
            filter: String::new(),
            seen: true,
        }
    }

    /// The same features below, hatched: what has no value in a theme shows there.
    fn below(layer: &'a Layer, file: &'a str) -> Self {
        Self {
            layer,
            file,
            id: identifier(&format!("{}_without_value", layer.name)),
            title: "No value".to_owned(),
            styles: vec![style::outline()],
            filter: String::new(),
            seen: true,
        }
    }

    fn source(&self) -> String {
        let whole = format!("./{}|layername={}", self.file, self.layer.name);
        if self.filter.is_empty() {
            whole
        } else {
            format!("{whole}|subset={}", self.filter)
        }
    }

    fn tree(&self) -> String {
        format!(
            "<layer-tree-layer id=\"{}\" name=\"{}\" source=\"{}\" providerKey=\"ogr\" \
             checked=\"Qt::{}\" expanded=\"1\"/>\n",
            self.id,
            escaped(&self.title),
            escaped(&self.source()),
            if self.seen { "Checked" } else { "Unchecked" },
        )
    }

    fn element(&self) -> String {
        let geometry = match self.layer.geometry {
            GeometryKind::Point => "Point",
            GeometryKind::MultiPolygon => "Polygon",
        };
        let fields = &self.layer.fields;
        let (current, body, labelled) = self.styles.first().map_or_else(
            || ("default", String::new(), false),
            |style| {
                (
                    style.name.as_str(),
                    style.body(fields),
                    !style.labels.is_empty(),
                )
            },
        );
        let mut styles = format!(
            "<map-layer-style-manager current=\"{0}\">\n<map-layer-style name=\"{0}\"/>\n",
            escaped(current)
        );
        for style in self.styles.iter().skip(1) {
            let _ = writeln!(
                styles,
                "<map-layer-style name=\"{}\">\n{}</map-layer-style>",
                escaped(&style.name),
                style.element(fields)
            );
        }
        styles.push_str("</map-layer-style-manager>\n");
        format!(
            "<maplayer type=\"vector\" geometry=\"{geometry}\" labelsEnabled=\"{}\" \
             hasScaleBasedVisibilityFlag=\"0\">\n<id>{}</id>\n<datasource>{}</datasource>\n\
             <layername>{}</layername>\n<title>{}</title>\n<abstract>{}</abstract>\n\
             <srs>\n{}</srs>\n<provider encoding=\"UTF-8\">ogr</provider>\n{styles}{body}\
             </maplayer>\n",
            u8::from(labelled),
            self.id,
            escaped(&self.source()),
            escaped(&self.title),
            escaped(&self.layer.title),
            escaped(&self.layer.description),
            spatial_reference(&self.layer.crs),
        )
    }
}

pub(super) fn spatial_reference(crs: &Crs) -> String {
    format!(
        "<spatialrefsys>\n<wkt>{}</wkt>\n<proj4></proj4>\n<srsid>0</srsid>\n<srid>0</srid>\n\
         <authid>{}</authid>\n<description>{}</description>\n\
         <geographicflag>{}</geographicflag>\n</spatialrefsys>\n",
        escaped(&crs.wkt),
        escaped(crs.authority.as_deref().unwrap_or("")),
        escaped(&crs.name),
        matches!(crs.kind, CrsKind::Geographic),
    )
}

/// The map view: the extent of the layers in the project's coordinate system, with a margin.
fn canvas(crs: &Crs, layers: &[&Layer]) -> String {
    let extent = layers
        .iter()
        .filter(|layer| layer.crs == *crs)
        .flat_map(|layer| &layer.features)
        .filter_map(|feature| feature.geometry.as_ref()?.bounding_rect())
        .reduce(|all, one| {
            Rect::new(
                Coord {
                    x: all.min().x.min(one.min().x),
                    y: all.min().y.min(one.min().y),
                },
                Coord {
                    x: all.max().x.max(one.max().x),
                    y: all.max().y.max(one.max().y),
                },
            )
        });
    let Some(extent) = extent else {
        return String::new();
    };
    let margin = MARGIN * extent.width().max(extent.height());
    let (west, south) = (extent.min().x - margin, extent.min().y - margin);
    let (east, north) = (extent.max().x + margin, extent.max().y + margin);
    let reference = spatial_reference(crs);
    let units = match crs.kind {
        CrsKind::Geographic => "degrees",
        CrsKind::Projected { .. } => "meters",
    };
    // The first element is for the window, the second for programs without one.
    format!(
        "<mapcanvas name=\"theMapCanvas\" annotationsVisible=\"1\">\n<units>{units}</units>\n\
         <extent>\n<xmin>{west}</xmin>\n<ymin>{south}</ymin>\n<xmax>{east}</xmax>\n\
         <ymax>{north}</ymax>\n</extent>\n<rotation>0</rotation>\n\
         <destinationsrs>\n{reference}</destinationsrs>\n</mapcanvas>\n\
         <ProjectViewSettings UseProjectScales=\"0\">\n<Scales/>\n\
         <DefaultViewExtent xmin=\"{west}\" ymin=\"{south}\" xmax=\"{east}\" ymax=\"{north}\">\n\
         {reference}</DefaultViewExtent>\n</ProjectViewSettings>\n"
    )
}

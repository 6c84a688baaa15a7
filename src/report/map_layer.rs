//! Maps of the output as QGIS shows them: a layer of the project, and a style beside the file.

use std::fmt::Write as _;

use super::column::Kind;
use super::document::Document;
use super::project::{identifier, spatial_reference};
use super::style::{CLASSES, COVER, QGIS_VERSION, breaks, escaped, on_ramp, sentence};
use crate::grid::Crs;

/// A raster of values that the run draws.
#[derive(Debug, Clone, PartialEq)]
pub struct MapLayer {
    /// Path of the file in the output.
    pub file: String,
    /// What is mapped: the id of an attribute.
    pub attribute: String,
    /// Year of the map.
    pub year: i32,
    /// Unit of the values.
    pub unit: String,
    /// What the map shows, in a sentence.
    pub description: String,
    /// Coordinate system of the cells.
    pub crs: Crs,
    /// Values between whose least and greatest those of the cells lie.
    pub values: Vec<f64>,
}

impl MapLayer {
    /// The name for people, such as `Volume 2020 (m3/ha)`.
    fn title(&self) -> String {
        let words = sentence(&self.attribute.replace('_', "-"));
        format!("{words} {} ({})", self.year, self.unit)
    }

    /// The file in the output without its ending.
    fn stem(&self) -> &str {
        self.file.strip_suffix(".tif").unwrap_or(&self.file)
    }

    /// The style beside the file, where QGIS looks for it; none where no value is known.
    #[must_use]
    pub fn style(&self) -> Option<Document> {
        let qml = format!(
            "<!DOCTYPE qgis PUBLIC 'http://mrcc.com/qgis.dtd' 'SYSTEM'>\n\
             <qgis version=\"{QGIS_VERSION}\" styleCategories=\"Symbology\">\n{}</qgis>\n",
            self.renderer()?
        );
        Some(Document::new(
            format!("{}.qml", self.stem()),
            qml.into_bytes(),
        ))
    }

    /// The `pipe` element: one colour between each two round breaks, as layers of features have.
    fn renderer(&self) -> Option<String> {
        let breaks = breaks(&self.values, CLASSES);
        let (least, greatest) = (breaks.first()?, breaks.last()?);
        let classes = breaks.len() - 1;
        let written = |value: f64| Kind::Digits(9).written(value);
        let mut items = String::new();
        for (class, pair) in breaks.windows(2).enumerate() {
            let share = class as f64 / classes.saturating_sub(1).max(1) as f64;
            let [red, green, blue] = on_ramp(&COVER, share);
            let (lower, upper) = (written(pair[0]), written(pair[1]));
            let _ = writeln!(
                items,
                "<item value=\"{upper}\" color=\"#{red:02x}{green:02x}{blue:02x}\" alpha=\"255\" \
                 label=\"{lower} – {upper} {}\"/>",
                escaped(&self.unit)
            );
        }
        let (least, greatest) = (written(*least), written(*greatest));
        Some(format!(
            "<pipe>\n<rasterrenderer type=\"singlebandpseudocolor\" band=\"1\" opacity=\"1\" \
             alphaBand=\"-1\" nodataColor=\"\" classificationMin=\"{least}\" \
             classificationMax=\"{greatest}\">\n<rasterTransparency/>\n<rastershader>\n\
             <colorrampshader colorRampType=\"DISCRETE\" classificationMode=\"1\" clip=\"0\" \
             minimumValue=\"{least}\" maximumValue=\"{greatest}\">\n{items}</colorrampshader>\n\
             </rastershader>\n</rasterrenderer>\n</pipe>\n"
        ))
    }

    fn id(&self) -> String {
        identifier(&self.stem().replace('/', "_"))
    }

    /// The line of the project's order of layers.
    pub(super) fn order(&self) -> String {
        format!("<layer id=\"{}\"/>\n", self.id())
    }

    /// The layer in the project's tree. It lies over the regions and is not seen at first.
    pub(super) fn tree(&self) -> String {
        format!(
            "<layer-tree-layer id=\"{}\" name=\"{}\" source=\"{}\" providerKey=\"gdal\" \
             checked=\"Qt::Unchecked\" expanded=\"1\"/>\n",
            self.id(),
            escaped(&self.title()),
            escaped(&format!("./{}", self.file)),
        )
    }

    /// The layer in the project.
    pub(super) fn element(&self) -> String {
        format!(
            "<maplayer type=\"raster\" hasScaleBasedVisibilityFlag=\"0\">\n<id>{}</id>\n\
             <datasource>{}</datasource>\n<layername>{}</layername>\n<title>{}</title>\n\
             <abstract>{}</abstract>\n<srs>\n{}</srs>\n<provider>gdal</provider>\n\
             <map-layer-style-manager current=\"default\">\n<map-layer-style name=\"default\"/>\n\
             </map-layer-style-manager>\n{}</maplayer>\n",
            self.id(),
            escaped(&format!("./{}", self.file)),
            escaped(&self.title()),
            escaped(&self.title()),
            escaped(&self.description),
            spatial_reference(&self.crs),
            self.renderer().unwrap_or_default(),
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::grid::{CrsKind, Ellipsoid};

    #[test]
    fn a_map_has_round_classes_with_their_unit() {
        let map = MapLayer {
            file: "rasters/above_ground_biomass_2020.tif".to_owned(),
            attribute: "above_ground_biomass".to_owned(),
            year: 2020,
            unit: "t_dm/ha".to_owned(),
            description: "a map".to_owned(),
            crs: Crs {
                authority: None,
                name: "test".to_owned(),
                wkt: String::new(),
                kind: CrsKind::Geographic,
                ellipsoid: Ellipsoid::WGS84,
            },
            values: vec![0.0, 148.5, 62.0],
        };
        let style = map.style().unwrap();
        assert_eq!(style.path, "rasters/above_ground_biomass_2020.qml");
        let text = String::from_utf8(style.bytes).unwrap();
        assert!(text.contains("label=\"100 – 150 t_dm/ha\""), "{text}");
        assert_eq!(text.matches("<item ").count(), 3, "{text}");
        assert!(
            map.element()
                .contains("Above ground biomass 2020 (t_dm/ha)")
        );
        let unknown = MapLayer {
            values: Vec::new(),
            ..map
        };
        assert!(unknown.style().is_none());
    }
}

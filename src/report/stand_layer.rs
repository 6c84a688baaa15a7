//! The layer of the stands, and how QGIS draws it.

use std::collections::BTreeSet;

use geo::{Geometry, MultiPolygon};

use super::geopackage::{GeometryKind, Layer, LayerFeature, LayerView, fields, values};
use super::stand_columns::STANDS;
use super::style::{COVER, Mark, Style, breaks, categorised, graduated, on_ramp, sentence};
use crate::account::StandRow;
use crate::grid::Crs;

/// One stand on the map: its figures as a whole, and its outline.
#[derive(Debug, Clone, PartialEq)]
pub struct StandShape {
    /// The figures; the region is that of its largest part.
    pub row: StandRow,
    /// Its outline.
    pub outline: MultiPolygon<f64>,
}

/// The layer of the stands.
#[must_use]
pub fn stands_layer(stands: Vec<StandShape>, crs: Crs) -> Layer {
    let styles = styles(&stands);
    let views = by_year(&stands);
    Layer {
        name: "stands".to_owned(),
        title: "Stands".to_owned(),
        description: "Stands of the registers".to_owned(),
        geometry: GeometryKind::MultiPolygon,
        crs,
        fields: fields(STANDS),
        features: stands
            .into_iter()
            .map(|stand| LayerFeature {
                values: values(STANDS, &stand.row),
                geometry: Some(Geometry::MultiPolygon(stand.outline)),
            })
            .collect(),
        styles,
        views,
    }
}

/// One view a year, the newest first, where there are registers of several: their stands lie one over
/// the other.
fn by_year(stands: &[StandShape]) -> Vec<LayerView> {
    let years: BTreeSet<i32> = stands.iter().map(|stand| stand.row.year).collect();
    if years.len() < 2 {
        return Vec::new();
    }
    let view = |year: i32| LayerView {
        name: year.to_string(),
        title: format!("Stands {year}"),
        filter: format!("\"year\" = {year}"),
    };
    years.into_iter().rev().map(view).collect()
}

/// The kind of land first, which every stand has; then the volume, where there is one.
fn styles(stands: &[StandShape]) -> Vec<Style> {
    let mut styles = Vec::new();
    let kinds: BTreeSet<&str> = stands
        .iter()
        .map(|stand| stand.row.land_kind.as_str())
        .collect();
    let classes: Vec<_> = kinds
        .into_iter()
        .map(|kind| {
            let label = if kind.is_empty() {
                "Not stated".to_owned()
            } else {
                sentence(kind)
            };
            (kind.to_owned(), label, colour(kind))
        })
        .collect();
    styles.push(Style {
        name: "Kind of land".to_owned(),
        description: "What the land class of the stand is".to_owned(),
        renderer: categorised("land_kind", &classes, Mark::Fill),
        labels: String::new(),
    });
    let volumes: Vec<f64> = stands
        .iter()
        .filter_map(|stand| stand.row.volume_per_hectare)
        .collect();
    let breaks = breaks(&volumes, 5);
    if !breaks.is_empty() {
        let colour = |class: usize, classes: usize| {
            on_ramp(
                &COVER,
                class as f64 / classes.saturating_sub(1).max(1) as f64,
            )
        };
        styles.push(Style {
            name: "Volume (m³/ha)".to_owned(),
            description: "Stock volume per hectare of the stand".to_owned(),
            renderer: graduated("volume_m3_ha", &breaks, "m³/ha", colour, Mark::Fill),
            labels: String::new(),
        });
    }
    styles
}

fn colour(kind: &str) -> [u8; 3] {
    match kind {
        "tree-forest" => [35, 120, 60],
        "mangrove" => [10, 110, 110],
        "bamboo" => [120, 175, 70],
        "special-shrub" => [165, 165, 70],
        "other-shrub" => [195, 190, 120],
        "sparse-forest" => [150, 200, 150],
        "unestablished" => [205, 225, 170],
        "other-forest-land" => [215, 195, 160],
        "non-forest" => [235, 225, 205],
        _ => [190, 190, 190],
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_kind_of_land_has_a_colour_of_its_own() {
        let all = crate::account::LandKind::ALL.map(|kind| colour(kind.id()));
        let distinct: BTreeSet<_> = all.iter().collect();
        assert_eq!(distinct.len(), all.len());
        assert!(!distinct.contains(&[190, 190, 190]));
    }

    fn stand(year: i32) -> StandShape {
        StandShape {
            row: StandRow {
                year,
                ..StandRow::default()
            },
            outline: MultiPolygon::new(Vec::new()),
        }
    }

    #[test]
    fn registers_of_several_years_are_views_of_one_table() {
        let crs = Crs {
            authority: None,
            name: "plane".to_owned(),
            wkt: String::new(),
            kind: crate::grid::CrsKind::Geographic,
            ellipsoid: crate::grid::Ellipsoid::WGS84,
        };
        let one = stands_layer(vec![stand(2024), stand(2024)], crs.clone());
        assert!(one.views.is_empty());
        let two = stands_layer(vec![stand(2014), stand(2024)], crs);
        let titles: Vec<&str> = two.views.iter().map(|view| &*view.title).collect();
        assert_eq!(titles, ["Stands 2024", "Stands 2014"]);
        let project = super::super::project::document("a", "t.gpkg", &[two], &[]);
        for (year, seen) in [("2024", "Checked"), ("2014", "Unchecked")] {
            let source = format!("|layername=stands|subset=&quot;year&quot; = {year}");
            assert!(
                project.contains(&format!("<datasource>./t.gpkg{source}</datasource>")),
                "{project}"
            );
            let tree = format!("{source}\" providerKey=\"ogr\" checked=\"Qt::{seen}\"");
            assert!(project.contains(&tree), "{project}");
        }
    }
}

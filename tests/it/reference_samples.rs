//! Answers of other programs on further data: grids in degrees, polygons without a map, an ASCII grid,
//! a coordinate system without a code.

use std::collections::BTreeMap;
use std::path::Path;

use crate::outputs::{Outputs, Row, number, with_absolute_paths};
use crate::reference::{Comparison, areas, expected, printed};
use crate::scratch::samples;

/// The folder of a case.
fn case(name: &str) -> String {
    let dir = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/it/reference");
    dir.join(name).display().to_string()
}

/// A plan of the samples under the rule of cell centres.
fn by_centre(plan: &str) -> Outputs {
    let plan = with_absolute_paths(plan);
    Outputs::of_text(&format!("{plan}\n[grid]\ncells = \"centre\"\n"))
}

/// The transitions of a run by region, years and codes.
fn transitions(outputs: &Outputs) -> BTreeMap<Vec<String>, Row> {
    let key = ["region_id", "from_year", "to_year", "from_code", "to_code"];
    outputs.index("tables/transitions.csv", &key)
}

#[test]
fn neiba_has_the_classes_and_transitions_that_rasterio_and_pyproj_found() {
    let ours = by_centre("neiba/neiba.toml");
    let theirs = expected("neiba-land-cover", "class_area_by_zone_year.csv");
    let classes = areas(&ours, "class");
    let mut comparison = Comparison::with(&theirs);
    for row in &theirs.rows {
        let key = [&*row["zone"], &*row["year"], &*row["class"]];
        let figure = |column| printed(&classes, &key, column);
        comparison.count(figure("cell_fraction_sum"), row, "cells_centre_rule");
        comparison.figure(figure("area_ha"), row, "geodesic_area_ha");
    }
    comparison.finish(2 * theirs.rows.len());

    let theirs = expected("neiba-land-cover", "transitions_2015_2019.csv");
    let went = transitions(&ours);
    let mut comparison = Comparison::with(&theirs);
    for row in &theirs.rows {
        let key = [
            &*row["zone"],
            "2015",
            "2019",
            &*row["class_2015"],
            &*row["class_2019"],
        ];
        let figure = |column| printed(&went, &key, column);
        comparison.count(figure("cell_fraction_sum"), row, "cells_centre_rule");
        comparison.figure(figure("area_ha"), row, "geodesic_area_ha");
    }
    comparison.finish(2 * theirs.rows.len());
    let span = |key: &&Vec<String>| key[1] == "2015" && key[2] == "2019" && key[0] != "_total";
    assert_eq!(went.keys().filter(span).count(), theirs.rows.len());
}

/// Ours are areas on the ellipsoid, theirs on a sphere; `case.toml` says what else differs, and why.
#[test]
fn forest_of_the_site_and_its_losses_are_those_of_mapme_on_its_sphere() {
    let ours = Outputs::of(&samples().join("neiba/forest_site.toml"), &[]);
    let theirs = expected("neiba-forest-site", "treecover_and_emissions.csv");
    let column = "treecover_area_ha_min_cover_10_min_size_1ha";
    let (flattening, latitude) = (1.0 / 298.257_223_563, 18.659_f64.to_radians());
    let eccentricity = flattening * (2.0 - flattening);
    // Area on the ellipsoid over area on the sphere of its greater radius: the product of its two
    // radii of curvature there over the square of that radius.
    let narrower = (1.0 - eccentricity) / (1.0 - eccentricity * latitude.sin().powi(2)).powi(2);
    let summary = ours.index("summary.csv", &["region_id"]);
    let mut left = number(&summary[&vec!["neiba".to_owned()]], "forest_area_ha") / narrower;
    let key = ["region_id", "ecosystem", "layer", "class_code"];
    let layers = ours.index("tables/layers.csv", &key);
    let mut before = None;
    let mut comparison = Comparison::with(&theirs);
    for row in &theirs.rows {
        let code = (number(row, "year") - 2000.0).to_string();
        let lost = printed(&layers, &["neiba", "forest", "loss_year", &code], "area_ha");
        if let Some(before) = before {
            let lost = lost.parse::<f64>().unwrap() / narrower;
            left -= lost;
            // One cell of 0.073 ha.
            let theirs: f64 = before - number(row, column);
            assert!(
                (lost - theirs).abs() < 0.0745,
                "{lost} and {theirs} in {row:?}"
            );
        }
        comparison.figure(&left.to_string(), row, column);
        before = Some(number(row, column));
    }
    comparison.finish(6);
}

#[test]
fn mangrove_of_two_years_is_that_of_geopandas() {
    let ours = Outputs::of(&samples().join("guyana-mangrove/mangrove.toml"), &[]);
    let theirs = expected("guyana-mangrove", "mangrove_area_by_zone.csv");
    let boundaries = areas(&ours, "boundary");
    let mut comparison = Comparison::with(&theirs);
    for row in &theirs.rows {
        let key = [&*row["zone"], &*row["year"], "mangrove"];
        comparison.figure(
            printed(&boundaries, &key, "area_ha"),
            row,
            "geodesic_area_ha",
        );
    }
    comparison.finish(4);

    let theirs = expected("guyana-mangrove", "mangrove_change.csv");
    let went = transitions(&ours);
    let mut comparison = Comparison::with(&theirs);
    for row in &theirs.rows {
        let (from, to) = match &*row["change"] {
            "stable" => ("mangrove", "mangrove"),
            "loss_1996_2016" => ("mangrove", "outside"),
            _ => ("outside", "mangrove"),
        };
        let key = ["_total", "1996", "2016", from, to];
        comparison.figure(printed(&went, &key, "area_ha"), row, "geodesic_area_ha");
    }
    comparison.finish(3);
}

#[test]
fn forest_of_dominica_and_its_loss_are_those_of_rasterio_and_pyproj() {
    let dir = case("forest-dominica");
    let layer = |name: &str, file: &str, legend: &str| {
        format!(
            "[[layer]]\nname = \"{name}\"\npath = \"{dir}/{file}\"\nlegend = \"{dir}/{legend}\"\n"
        )
    };
    let ours = Outputs::of_text(&format!(
        "name = \"Dominica\"\n[grid]\ncells = \"centre\"\n\
         [regions]\npath = \"{dir}/parishes.geojson\"\nid = \"name\"\n\
         [[land-cover]]\nyear = 2000\npath = \"{dir}/treecover2000.tif\"\nlegend = \"{dir}/tree_cover.csv\"\n\
         {}{}",
        layer("loss", "lossyear.tif", "loss_year.csv"),
        layer("gain", "gain.tif", "gain.csv"),
    ));
    let layers = ours.index(
        "tables/layers.csv",
        &["region_id", "ecosystem", "layer", "class_code"],
    );
    let theirs = expected("forest-dominica", "forest_by_parish.csv");
    let classes = areas(&ours, "class");
    let mut comparison = Comparison::with(&theirs);
    for row in &theirs.rows {
        let parish = &*row["parish"];
        let of_parish = classes.iter().filter(|(key, _)| key[0] == parish);
        let (mut cells, mut forest, mut area) = (0.0, 0.0, 0.0);
        for (key, class) in of_parish {
            let count = number(class, "cell_fraction_sum");
            cells += count;
            area += number(class, "area_ha");
            if key[2].parse::<u8>().unwrap() >= 30 {
                forest += count;
            }
        }
        comparison.count(&cells.to_string(), row, "cells");
        comparison.count(&forest.to_string(), row, "forest2000_cells_ge30pct");
        // A hundred addends, each rounded to four decimals.
        comparison.within(&area.to_string(), row, "area_ha", 100.0 * 0.000_05);
        let summary = ours.index("summary.csv", &["region_id"]);
        let of_forest = printed(&summary, &[parish], "forest_area_ha");
        comparison.figure(of_forest, row, "forest2000_ha");
        let gain = printed(&layers, &[parish, "all", "gain", "1"], "area_ha");
        comparison.figure(gain, row, "gain_ha_2000_2012");
    }
    comparison.finish(5 * 10);

    let theirs = expected("forest-dominica", "loss_by_parish_year.csv");
    let mut comparison = Comparison::with(&theirs);
    for row in &theirs.rows {
        let code = (number(row, "year") - 2000.0).to_string();
        // Their loss is that of the forest of 2000.
        let key = [&*row["parish"], "forest", "loss", &code];
        comparison.figure(printed(&layers, &key, "area_ha"), row, "loss_ha");
    }
    comparison.finish(theirs.rows.len());
}

#[test]
fn fine_cells_in_degrees_have_the_areas_and_the_crosstab_of_numpy() {
    let dir = case("worldcover-sao-tome");
    let map = |year: i32| {
        format!(
            "[[land-cover]]\nyear = {year}\npath = \"{dir}/worldcover_{year}.tif\"\nlegend = \"esa-worldcover\"\n"
        )
    };
    let ours = Outputs::of_text(&format!(
        "name = \"Sao Tome\"\n[regions]\npath = \"{dir}/region.geojson\"\nid = \"id\"\n{}{}",
        map(2020),
        map(2021)
    ));
    let classes = areas(&ours, "class");
    let theirs = expected("worldcover-sao-tome", "class_area.csv");
    let mut comparison = Comparison::with(&theirs);
    for row in &theirs.rows {
        let key = ["all", &*row["epoch"], &*row["class"]];
        // The frame is on the edges of cells but for the rounding of their size.
        let cells = printed(&classes, &key, "cell_fraction_sum");
        comparison.within(cells, row, "cells", 1e-6 * number(row, "cells"));
        comparison.figure(printed(&classes, &key, "area_ha"), row, "geodesic_area_ha");
    }
    comparison.finish(2 * theirs.rows.len());

    let theirs = expected("worldcover-sao-tome", "crosstab_2020_2021.csv");
    let went = transitions(&ours);
    let mut comparison = Comparison::with(&theirs);
    for row in &theirs.rows {
        let key = [
            "all",
            "2020",
            "2021",
            &*row["class_2020"],
            &*row["class_2021"],
        ];
        comparison.figure(printed(&went, &key, "area_ha"), row, "geodesic_area_ha");
    }
    comparison.finish(theirs.rows.len());
}

#[test]
fn an_ascii_grid_with_an_old_projection_file_has_the_cells_of_numpy() {
    let dir = case("clcd-yellow-river");
    let ours = Outputs::of_text(&format!(
        "name = \"Yellow River\"\n[grid]\ncells = \"centre\"\n\
         [regions]\npath = \"{dir}/region.geojson\"\nid = \"id\"\n\
         [[land-cover]]\nyear = 2020\npath = \"{dir}/clcd_2020_1km.asc\"\nlegend = \"{dir}/legend.csv\"\n"
    ));
    let classes = areas(&ours, "class");
    let theirs = expected("clcd-yellow-river", "class_area.csv");
    let mut comparison = Comparison::with(&theirs);
    for row in &theirs.rows {
        let key = ["all", "2020", &*row["class"]];
        let cells = printed(&classes, &key, "cell_fraction_sum");
        comparison.count(cells, row, "cells");
        // The scale of UTM is 0.9996 on its axis and 1.0004 at 270 km from it: areas by twice that.
        let plane = number(row, "area_ha_planar");
        let area = printed(&classes, &key, "area_ha");
        comparison.within(area, row, "area_ha_planar", 0.0016 * plane);
    }
    comparison.finish(2 * theirs.rows.len());
}

#[test]
fn polygons_of_wetlands_have_the_areas_of_geopandas_without_a_map() {
    let dir = case("wetlands-dc");
    let theirs = expected("wetlands-dc", "area_by_type.csv");
    let boundaries: Vec<String> = theirs
        .rows
        .iter()
        .map(|row| {
            format!(
                "[[boundary]]\necosystem = \"wetland\"\nyear = 2019\nname = \"{kind}\"\n\
                 path = \"{dir}/wetlands.fgb\"\nwhere = {{ wetland_type = \"{kind}\" }}\n",
                kind = row["wetland_type"]
            )
        })
        .collect();
    let ours = Outputs::of_text(&format!(
        "name = \"Wetlands\"\n[regions]\npath = \"{dir}/extent.gpkg\"\nid = \"state\"\n{}",
        boundaries.concat()
    ));
    let outlines = areas(&ours, "boundary");
    let mut comparison = Comparison::with(&theirs);
    for row in &theirs.rows {
        let key = ["_total", "2019", &*row["wetland_type"]];
        comparison.figure(printed(&outlines, &key, "area_ha"), row, "area_ha");
    }
    comparison.finish(3);
}

#[test]
fn a_grid_without_a_code_has_the_transitions_of_exactextract_and_rasterio() {
    let dir = case("new-guinea-transitions");
    let map = |year: i32| {
        format!(
            "[[land-cover]]\nyear = {year}\npath = \"{dir}/landcover_{year}.tif\"\nlegend = \"{dir}/legend.csv\"\n"
        )
    };
    let plan = format!(
        "name = \"New Guinea\"\n[regions]\npath = \"{dir}/ecoregions.gpkg\"\nid = \"ECO_ID\"\n{}{}",
        map(2001),
        map(2015)
    );
    let exact = transitions(&Outputs::of_text(&plan));
    let centre = format!("{plan}[grid]\ncells = \"centre\"\n");
    let centre = transitions(&Outputs::of_text(&centre));
    let theirs = expected("new-guinea-transitions", "transitions_by_ecoregion.csv");
    let mut comparison = Comparison::with(&theirs);
    for row in &theirs.rows {
        let key = [
            &*row["eco_id"],
            "2001",
            "2015",
            &*row["from_class_2001"],
            &*row["to_class_2015"],
        ];
        let area = printed(&exact, &key, "area_ha");
        comparison.figure(area, row, "area_ha_exact_fraction");
        let cells = printed(&centre, &key, "cell_fraction_sum");
        comparison.count(cells, row, "cells_centre_rule");
    }
    comparison.finish(2 * theirs.rows.len());
}

//! How QGIS draws the layers: renderers, labels and aliases in its style language (QML).
//!
//! Ramps are colour-blind safe; class breaks are round numbers and stand in the legend with their
//! unit; a change of sign has its break at zero.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use super::column::Kind;
use super::geopackage::{EcosystemPart, Field, PlotPoint};
use crate::account::RegionSummary;

/// Version that the styles declare: an old long-term release, so that newer ones read them too.
pub(super) const QGIS_VERSION: &str = "3.22.0-Białowieża";

/// A way to draw a layer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Style {
    /// Name, at most 30 characters.
    pub name: String,
    /// What it shows, in a sentence.
    pub description: String,
    /// The `renderer-v2` element.
    pub renderer: String,
    /// The `labeling` element; empty without labels.
    pub labels: String,
}

impl Style {
    /// The style as a QML document for a layer with these fields.
    #[must_use]
    pub fn qml(&self, fields: &[Field]) -> String {
        format!(
            "<!DOCTYPE qgis PUBLIC 'http://mrcc.com/qgis.dtd' 'SYSTEM'>\n{}",
            self.element(fields)
        )
    }

    /// The `qgis` element of the QML document.
    pub(super) fn element(&self, fields: &[Field]) -> String {
        format!(
            "<qgis version=\"{QGIS_VERSION}\" styleCategories=\"Symbology|Labeling|Fields\" \
             labelsEnabled=\"{}\">\n{}</qgis>\n",
            u8::from(!self.labels.is_empty()),
            self.body(fields),
        )
    }

    /// What stands in the `qgis` element of a style and in the layer element of a project.
    pub(super) fn body(&self, fields: &[Field]) -> String {
        format!("{}{}{}", self.renderer, self.labels, aliases(fields))
    }
}

/// Text for the content of an element or a quoted attribute.
pub(super) fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for letter in text.chars() {
        match letter {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\n' => out.push_str("&#10;"),
            // Other control characters have no place in XML 1.0.
            letter if letter.is_control() && letter != '\t' => out.push(' '),
            letter => out.push(letter),
        }
    }
    out
}

fn aliases(fields: &[Field]) -> String {
    let mut text = String::from("<aliases>\n");
    for (place, field) in fields.iter().enumerate() {
        // Field 0 is the row number that the file format adds.
        let _ = writeln!(
            text,
            "<alias index=\"{}\" field=\"{}\" name=\"{}\"/>",
            place + 1,
            escaped(&field.name),
            escaped(&field.title),
        );
    }
    text.push_str("</aliases>\n");
    text
}

pub(super) type Colour = [u8; 3];

/// Light to dark; `ColorBrewer` `YlGn`.
pub(super) const COVER: [Colour; 5] = [
    [255, 255, 204],
    [194, 230, 153],
    [120, 198, 121],
    [49, 163, 84],
    [0, 104, 55],
];
/// Light to dark; `ColorBrewer` `YlOrBr`.
const STOCK: [Colour; 5] = [
    [255, 255, 212],
    [254, 217, 142],
    [254, 153, 41],
    [217, 95, 14],
    [153, 52, 4],
];
/// Light to dark; `ColorBrewer` Purples.
const ERROR: [Colour; 5] = [
    [242, 240, 247],
    [203, 201, 226],
    [158, 154, 200],
    [117, 107, 177],
    [84, 39, 143],
];
/// White to green; `ColorBrewer`, the upper half of `PiYG`.
const UPTAKE: [Colour; 5] = [
    [247, 247, 247],
    [230, 245, 208],
    [184, 225, 134],
    [127, 188, 65],
    [39, 100, 25],
];
/// White to purple; `ColorBrewer`, the lower half of `PiYG`, from zero downwards.
const RELEASE: [Colour; 5] = [
    [247, 247, 247],
    [253, 224, 239],
    [241, 182, 218],
    [222, 119, 174],
    [142, 1, 82],
];
const LINE: Colour = [85, 85, 85];
const NO_VALUE: Colour = [190, 190, 190];
const FOREST: Colour = [35, 120, 60];
const NONFOREST: Colour = [225, 190, 120];

/// The colour of an ecosystem: greens for woody land, yellow-green for grass, blue-greens for
/// wetland and coast, sand for crops.
fn ecosystem_colour(ecosystem: &str) -> Colour {
    match ecosystem {
        "forest" => FOREST,
        "bamboo" => [85, 150, 60],
        "shrubland" | "shrub" => [150, 150, 75],
        "grassland" => [178, 205, 90],
        "cropland" | "black-soil" => [226, 196, 130],
        "wetland" | "inland-wetland" => [60, 155, 165],
        "peatland" => [95, 95, 130],
        "mangrove" => [10, 110, 110],
        "salt-marsh" => [120, 195, 185],
        "seagrass" => [60, 120, 190],
        "permafrost" | "frozen-ground" => [170, 200, 235],
        "karst" => [190, 165, 195],
        "water" => [120, 170, 215],
        "built" => [165, 85, 85],
        _ => NO_VALUE,
    }
}

/// The colour at `share` (0 to 1) of a ramp.
pub(super) fn on_ramp(ramp: &[Colour; 5], share: f64) -> Colour {
    let place = share.clamp(0.0, 1.0) * 4.0;
    let lower = (0..4_u8)
        .rev()
        .find(|step| f64::from(*step) <= place)
        .unwrap_or(0);
    let part = place - f64::from(lower);
    let (from, to) = (ramp[usize::from(lower)], ramp[usize::from(lower) + 1]);
    std::array::from_fn(|band| {
        let mixed = f64::from(from[band]).mul_add(1.0 - part, f64::from(to[band]) * part);
        (0..=u8::MAX)
            .find(|level| f64::from(*level) + 0.5 > mixed)
            .unwrap_or(u8::MAX)
    })
}

/// Share of a value below which differences are no difference on a map.
const TELLING: f64 = 1e-6;

/// Round class breaks that cover `values`, about `classes` of them; a change of sign gets a break
/// at zero. Empty without values.
pub(super) fn breaks(values: &[f64], classes: u8) -> Vec<f64> {
    let finite = || values.iter().copied().filter(|value| value.is_finite());
    let (Some(low), Some(high)) = (finite().reduce(f64::min), finite().reduce(f64::max)) else {
        return Vec::new();
    };
    let size = low.abs().max(high.abs());
    let spread = if high - low > TELLING * size {
        high - low
    } else {
        size.max(1.0) * 0.1
    };
    let rough = spread / f64::from(classes);
    let power = 10f64.powf(rough.log10().floor());
    let step = [1.0, 2.0, 2.5, 5.0, 10.0]
        .into_iter()
        .map(|factor| factor * power)
        .find(|step| *step >= rough * (1.0 - 1e-9))
        .unwrap_or(10.0 * power);
    let mut index = (low / step).floor();
    let mut found = Vec::new();
    loop {
        // A product of a whole number, rounded so that no break is written as 0.30000000000000004.
        let at = Kind::Digits(9).rounded(index * step);
        found.push(at);
        if at >= high && found.len() > 1 {
            return found;
        }
        index += 1.0;
    }
}

fn options(pairs: &[(&str, String)]) -> String {
    let mut text = String::from("<Option type=\"Map\">\n");
    for (name, value) in pairs {
        let _ = writeln!(
            text,
            "<Option name=\"{name}\" type=\"QString\" value=\"{}\"/>",
            escaped(value)
        );
    }
    text.push_str("</Option>\n");
    text
}

fn rgba(colour: Colour, alpha: u8) -> String {
    let [red, green, blue] = colour;
    format!("{red},{green},{blue},{alpha}")
}

fn symbol(kind: &str, name: usize, layer: &str, pairs: &[(&str, String)]) -> String {
    format!(
        "<symbol type=\"{kind}\" name=\"{name}\" alpha=\"1\" clip_to_extent=\"1\" \
         force_rhr=\"0\">\n<layer class=\"{layer}\" enabled=\"1\" locked=\"0\" pass=\"0\">\n\
         {}</layer>\n</symbol>\n",
        options(pairs)
    )
}

fn fill(name: usize, colour: Colour, pattern: &str, line: Colour) -> String {
    symbol(
        "fill",
        name,
        "SimpleFill",
        &[
            ("color", rgba(colour, 255)),
            ("style", pattern.to_owned()),
            ("outline_color", rgba(line, 255)),
            ("outline_style", "solid".to_owned()),
            ("outline_width", "0.2".to_owned()),
            ("outline_width_unit", "MM".to_owned()),
        ],
    )
}

fn marker(name: usize, colour: Colour) -> String {
    symbol(
        "marker",
        name,
        "SimpleMarker",
        &[
            ("name", "circle".to_owned()),
            ("color", rgba(colour, 255)),
            ("outline_color", rgba([255, 255, 255], 255)),
            ("outline_style", "solid".to_owned()),
            ("outline_width", "0.2".to_owned()),
            ("outline_width_unit", "MM".to_owned()),
            ("size", "2".to_owned()),
            ("size_unit", "MM".to_owned()),
        ],
    )
}

/// Which symbol a renderer draws.
#[derive(Clone, Copy)]
pub(super) enum Mark {
    /// Areas with grey borders.
    Fill,
    /// Areas with borders of their own colour, which do not drown small patches.
    Patch,
    /// Points.
    Dot,
}

impl Mark {
    fn symbol(self, name: usize, colour: Colour) -> String {
        match self {
            Self::Fill => fill(name, colour, "solid", LINE),
            Self::Patch => fill(name, colour, "solid", colour),
            Self::Dot => marker(name, colour),
        }
    }
}

/// A renderer with one class between each two breaks.
pub(super) fn graduated(
    attribute: &str,
    breaks: &[f64],
    unit: &str,
    colour: impl Fn(usize, usize) -> Colour,
    mark: Mark,
) -> String {
    let classes = breaks.len().saturating_sub(1);
    let written = |value: f64| Kind::Digits(9).written(value);
    let mut ranges = String::new();
    let mut symbols = String::new();
    for (class, pair) in breaks.windows(2).enumerate() {
        let (lower, upper) = (written(pair[0]), written(pair[1]));
        let _ = writeln!(
            ranges,
            "<range lower=\"{lower}\" upper=\"{upper}\" symbol=\"{class}\" \
             label=\"{lower} – {upper} {}\" render=\"true\"/>",
            escaped(unit)
        );
        symbols.push_str(&mark.symbol(class, colour(class, classes)));
    }
    format!(
        "<renderer-v2 type=\"graduatedSymbol\" attr=\"{}\" graduatedMethod=\"GraduatedColor\" \
         symbollevels=\"0\" enableorderby=\"0\" forceraster=\"0\">\n\
         <ranges>\n{ranges}</ranges>\n<symbols>\n{symbols}</symbols>\n</renderer-v2>\n",
        escaped(attribute)
    )
}

/// A renderer with one class for each value: value, label, colour.
pub(super) fn categorised(
    attribute: &str,
    classes: &[(String, String, Colour)],
    mark: Mark,
) -> String {
    let mut categories = String::new();
    let mut symbols = String::new();
    for (class, (value, label, colour)) in classes.iter().enumerate() {
        let _ = writeln!(
            categories,
            "<category value=\"{}\" symbol=\"{class}\" label=\"{}\" type=\"string\" \
             render=\"true\"/>",
            escaped(value),
            escaped(label),
        );
        symbols.push_str(&mark.symbol(class, *colour));
    }
    format!(
        "<renderer-v2 type=\"categorizedSymbol\" attr=\"{}\" symbollevels=\"0\" \
         enableorderby=\"0\" forceraster=\"0\">\n<categories>\n{categories}</categories>\n\
         <symbols>\n{symbols}</symbols>\n</renderer-v2>\n",
        escaped(attribute)
    )
}

fn single(symbol: &str) -> String {
    format!(
        "<renderer-v2 type=\"singleSymbol\" symbollevels=\"0\" enableorderby=\"0\" \
         forceraster=\"0\">\n<symbols>\n{symbol}</symbols>\n</renderer-v2>\n"
    )
}

/// Outlines with a grey hatch, to lie below the regions: what shines through has no value.
pub(super) fn outline() -> Style {
    Style {
        name: "No value".to_owned(),
        description: "Outlines of all regions; the hatch shows where a theme has no value"
            .to_owned(),
        renderer: single(&fill(0, NO_VALUE, "b_diagonal", LINE)),
        labels: String::new(),
    }
}

/// A ramp over the values of a column; `None` where they are all the same.
pub(super) fn theme(attribute: &str, description: &str, values: &[f64]) -> Option<Style> {
    let breaks = breaks(values, CLASSES);
    let colour = |class: usize, classes: usize| {
        on_ramp(
            &COVER,
            class as f64 / classes.saturating_sub(1).max(1) as f64,
        )
    };
    (!breaks.is_empty()).then(|| Style {
        name: attribute.chars().take(30).collect(),
        description: description.to_owned(),
        renderer: graduated(attribute, &breaks, "", colour, Mark::Fill),
        labels: String::new(),
    })
}

/// Outlines with a light fill.
pub(super) fn outlines(name: &str) -> Style {
    Style {
        name: name.to_owned(),
        description: "Outlines".to_owned(),
        renderer: single(&fill(0, COVER[1], "solid", LINE)),
        labels: String::new(),
    }
}

/// Labels from an expression, with a white halo.
fn labels(expression: &str) -> String {
    format!(
        "<labeling type=\"simple\">\n<settings calloutType=\"simple\">\n\
         <text-style fieldName=\"{}\" isExpression=\"1\" fontFamily=\"Sans Serif\" fontSize=\"9\" \
         fontSizeUnit=\"Point\" fontWeight=\"50\" textColor=\"30,30,30,255\" textOpacity=\"1\" \
         multilineHeight=\"1\" namedStyle=\"\" blendMode=\"0\" allowHtml=\"0\">\n\
         <text-buffer bufferDraw=\"1\" bufferSize=\"0.8\" bufferSizeUnits=\"MM\" \
         bufferColor=\"255,255,255,255\" bufferOpacity=\"1\" bufferNoFill=\"1\" \
         bufferJoinStyle=\"128\" bufferBlendMode=\"0\"/>\n</text-style>\n\
         <text-format wrapChar=\"\" autoWrapLength=\"0\" multilineAlign=\"1\" \
         useMaxLineLengthForAutoWrap=\"1\" formatNumbers=\"0\" plussign=\"0\" decimals=\"3\"/>\n\
         <placement placement=\"4\" priority=\"5\" dist=\"0\" polygonPlacementFlags=\"2\" \
         centroidInside=\"1\" centroidWhole=\"0\" fitInPolygonOnly=\"0\"/>\n\
         <rendering drawLabels=\"1\" displayAll=\"0\" scaleVisibility=\"0\" obstacle=\"1\" \
         obstacleFactor=\"1\" obstacleType=\"1\" labelPerPart=\"0\" upsidedownLabels=\"0\" \
         zIndex=\"0\" fontLimitPixelSize=\"0\" fontMinPixelSize=\"3\" fontMaxPixelSize=\"10000\" \
         minFeatureSize=\"0\" limitNumLabels=\"0\" maxNumLabels=\"2000\"/>\n\
         </settings>\n</labeling>\n",
        escaped(expression)
    )
}

/// Name or id of a region.
const REGION_LABEL: &str = "coalesce(\"region_name\", \"region_id\")";

/// A theme of the regions: a figure in classes.
struct Theme {
    name: &'static str,
    description: &'static str,
    attribute: &'static str,
    unit: &'static str,
    ramp: &'static [Colour; 5],
    /// Ramp below zero, where the figure has a sign.
    below: Option<&'static [Colour; 5]>,
    value: fn(&RegionSummary) -> Option<f64>,
}

/// Classes of a theme.
pub(super) const CLASSES: u8 = 5;

const THEMES: &[Theme] = &[
    Theme {
        name: "Forest cover (%)",
        description: "Forest area over land area, from the newest map",
        attribute: "forest_cover_pct",
        unit: "%",
        ramp: &COVER,
        below: None,
        value: |row| row.forest_cover_pct,
    },
    Theme {
        name: "Carbon density (t C/ha)",
        description: "Carbon stock per hectare of the region",
        attribute: "carbon_tc_ha",
        unit: "t C/ha",
        ramp: &STOCK,
        below: None,
        value: |row| row.carbon_per_hectare,
    },
    Theme {
        name: "Sequestration (t CO2e/ha/yr)",
        description: "Net removal per hectare of the region and year; positive: uptake",
        attribute: "\"sequestration_tco2e_yr\" / \"area_ha\"",
        unit: "t CO₂e/ha/yr",
        ramp: &UPTAKE,
        below: Some(&RELEASE),
        value: |row| {
            let removal = row.sequestration?.value.in_one_year().value();
            let area = row.area?.value();
            (area > 0.0).then_some(removal / area)
        },
    },
    Theme {
        name: "Std error of volume (%)",
        description: "Standard error of the stock volume over the estimate",
        attribute: "volume_se_pct",
        unit: "%",
        ramp: &ERROR,
        below: None,
        value: |row| super::headline::relative_error(row.volume.as_ref()),
    },
    Theme {
        name: "Std error of forest area (%)",
        description: "Standard error of the sampled forest area over the estimate",
        attribute: "forest_area_est_se_pct",
        unit: "%",
        ramp: &ERROR,
        below: None,
        value: |row| super::headline::relative_error(row.forest_area_estimate.as_ref()),
    },
];

/// The styles of the regions: a theme for each headline figure that any region has, coverage first.
pub(super) fn regions(rows: &[RegionSummary]) -> Vec<Style> {
    let mut styles: Vec<Style> = THEMES
        .iter()
        .filter_map(|theme| {
            let values: Vec<f64> = rows.iter().filter_map(theme.value).collect();
            let breaks = breaks(&values, CLASSES);
            let colour =
                |class: usize, classes: usize| theme_colour(theme, &breaks, class, classes);
            (!breaks.is_empty()).then(|| Style {
                name: theme.name.to_owned(),
                description: theme.description.to_owned(),
                renderer: graduated(theme.attribute, &breaks, theme.unit, colour, Mark::Fill),
                labels: labels(REGION_LABEL),
            })
        })
        .collect();
    if styles.is_empty() {
        styles.push(Style {
            labels: labels(REGION_LABEL),
            ..outline()
        });
    }
    styles
}

/// The colour of a class: along the ramp, or by its distance from zero on either side of it.
fn theme_colour(theme: &Theme, breaks: &[f64], class: usize, classes: usize) -> Colour {
    let negative = breaks.first().is_some_and(|lowest| *lowest < 0.0);
    let (Some(below), true) = (theme.below, negative) else {
        let last = classes.saturating_sub(1).max(1) as f64;
        return on_ramp(theme.ramp, class as f64 / last);
    };
    let reach = breaks.iter().fold(0.0, |most: f64, at| most.max(at.abs()));
    let far = breaks[class].abs().max(breaks[class + 1].abs()) / reach;
    on_ramp(
        if breaks[class] < 0.0 {
            below
        } else {
            theme.ramp
        },
        far,
    )
}

/// The styles of the plots.
pub(super) fn plots(rows: &[PlotPoint]) -> Vec<Style> {
    let status = categorised(
        "plot_status",
        &[
            ("forest".to_owned(), "Forest plot".to_owned(), FOREST),
            (
                "nonforest".to_owned(),
                "Nonforest plot".to_owned(),
                NONFOREST,
            ),
            (String::new(), "Not known".to_owned(), NO_VALUE),
        ],
        Mark::Dot,
    );
    let mut styles = vec![Style {
        name: "Forest or not".to_owned(),
        description: "Whether any part of the plot is forest".to_owned(),
        renderer: status,
        labels: String::new(),
    }];
    let volumes: Vec<f64> = rows.iter().filter_map(|row| row.volume_m3_ha).collect();
    let breaks = breaks(&volumes, CLASSES);
    if !breaks.is_empty() {
        let colour = |class: usize, classes: usize| {
            let last = classes.saturating_sub(1).max(1) as f64;
            on_ramp(&COVER, class as f64 / last)
        };
        styles.push(Style {
            name: "Volume (m³/ha)".to_owned(),
            description: "Stock volume per hectare of the plot".to_owned(),
            renderer: graduated("volume_m3_ha", &breaks, "m³/ha", colour, Mark::Dot),
            labels: String::new(),
        });
    }
    styles
}

/// The style of the ecosystems.
pub(super) fn ecosystems(parts: &[EcosystemPart]) -> Vec<Style> {
    let present: BTreeSet<&str> = parts.iter().map(|part| part.ecosystem.as_str()).collect();
    let classes: Vec<_> = present
        .into_iter()
        .map(|id| (id.to_owned(), sentence(id), ecosystem_colour(id)))
        .collect();
    vec![Style {
        name: "Ecosystem".to_owned(),
        description: "Ecosystem of the boundary".to_owned(),
        renderer: categorised("ecosystem", &classes, Mark::Patch),
        labels: String::new(),
    }]
}

/// `salt-marsh` as `Salt marsh`.
pub(super) fn sentence(id: &str) -> String {
    let words = id.replace('-', " ");
    let mut letters = words.chars();
    letters.next().map_or_else(String::new, |first| {
        first.to_uppercase().chain(letters).collect()
    })
}

#[cfg(test)]
#[path = "style_tests.rs"]
mod tests;

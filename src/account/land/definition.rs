//! Forest definitions: what counts as forest, and of which land the coverage rate is a share.

use std::collections::BTreeSet;
use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use super::legend::LegendClass;
use crate::account::ecosystem::{Ecosystem, UnknownName};
use crate::account::library::Citation;
use crate::finding::Finding;
use crate::units::Hectares;

/// Of which land the coverage rate is a share.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum LandRule {
    /// All mapped classes but open water.
    ExcludeWater,
    /// All mapped classes but open water and lasting snow and ice.
    ExcludeWaterAndIce,
    /// All mapped classes.
    Total,
}

impl LandRule {
    /// All rules.
    pub const ALL: [Self; 3] = [Self::ExcludeWater, Self::ExcludeWaterAndIce, Self::Total];

    /// The id in plans and tables.
    #[must_use]
    pub const fn id(self) -> &'static str {
        match self {
            Self::ExcludeWater => "exclude-water",
            Self::ExcludeWaterAndIce => "exclude-water-and-ice",
            Self::Total => "total",
        }
    }

    /// Whether a class of this ecosystem is land under the rule.
    #[must_use]
    pub const fn counts(self, ecosystem: Ecosystem) -> bool {
        match self {
            Self::ExcludeWater => !matches!(ecosystem, Ecosystem::Water),
            Self::ExcludeWaterAndIce => !matches!(ecosystem, Ecosystem::Water | Ecosystem::SnowIce),
            Self::Total => true,
        }
    }
}

impl fmt::Display for LandRule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.id())
    }
}

impl FromStr for LandRule {
    type Err = UnknownName;

    fn from_str(text: &str) -> Result<Self, UnknownName> {
        Self::ALL
            .into_iter()
            .find(|rule| rule.id() == text)
            .ok_or_else(|| UnknownName::new("land area rule", text, Self::ALL.map(Self::id)))
    }
}

/// A definition of forest, as a versioned rule.
///
/// A map carries classes, not trees: canopy, height and width were the map maker's business and
/// stand here for the reader. What the program applies is the list of ecosystems; the smallest
/// patch only where the plan gives it, for it depends on the cells of the map.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct ForestDefinition {
    /// Version of the file's form; 1.
    pub schema: u32,
    /// Id in plans.
    pub id: String,
    /// Which edition of the rule.
    pub version: String,
    /// Its name.
    pub title: String,
    /// Least canopy cover, in percent.
    pub canopy_min_pct: Option<f64>,
    /// Canopy cover that forest must exceed, in percent, where the rule says more than.
    pub canopy_over_pct: Option<f64>,
    /// Least height of the trees, in metres.
    pub height_min_m: Option<f64>,
    /// Smallest patch, in hectares.
    pub min_area_ha: Option<f64>,
    /// Least width, in metres.
    pub width_min_m: Option<f64>,
    /// Ecosystems that count as forest.
    pub ecosystems: BTreeSet<Ecosystem>,
    /// Denominator of the coverage rate unless the plan names another.
    pub land_area: LandRule,
    /// What must be known of it.
    pub note: String,
    /// Where it comes from.
    pub source: Citation,
    /// `verified` or `memory`.
    pub confidence: String,
}

/// The canopy that forest needs.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum CanopyRule {
    /// So many percent or more.
    AtLeast(f64),
    /// More than so many percent.
    MoreThan(f64),
}

impl CanopyRule {
    /// The rule of a least canopy, or else of one to exceed.
    #[must_use]
    pub fn new(least: Option<f64>, over: Option<f64>) -> Option<Self> {
        least.map(Self::AtLeast).or(over.map(Self::MoreThan))
    }

    /// Whether a canopy, in percent, is that of forest.
    #[must_use]
    pub fn holds(self, percent: f64) -> bool {
        match self {
            Self::AtLeast(least) => percent >= least,
            Self::MoreThan(over) => percent > over,
        }
    }
}

impl fmt::Display for CanopyRule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::AtLeast(least) => write!(f, "at least {least} %"),
            Self::MoreThan(over) => write!(f, "more than {over} %"),
        }
    }
}

impl ForestDefinition {
    /// The canopy that it asks for.
    #[must_use]
    pub fn canopy(&self) -> Option<CanopyRule> {
        CanopyRule::new(self.canopy_min_pct, self.canopy_over_pct)
    }

    /// Reads a definition from TOML text.
    ///
    /// # Errors
    ///
    /// A finding that names the line of a syntax error, an unknown key or an unknown ecosystem.
    pub fn from_toml(text: &str, place: &str) -> Result<Self, Vec<Finding>> {
        toml::from_str(text).map_err(|error| {
            vec![Finding::error(
                place,
                error.to_string().trim().to_owned(),
                "see the forest definitions of the seeds for the form",
            )]
        })
    }
}

/// The smallest patch that counts as forest.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct PatchRule {
    /// Patches of less do not count.
    pub smallest: Hectares,
    /// How many neighbours of a cell belong to its patch: 4, by edges, or 8, by corners too.
    pub neighbours: u8,
}

impl fmt::Display for PatchRule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{} ha ({} neighbours)",
            self.smallest.value(),
            self.neighbours
        )
    }
}

/// The least height of the trees of a forest, held against a layer of heights.
#[derive(Debug, Clone, PartialEq)]
pub struct HeightRule {
    /// Name of the layer, in metres.
    pub layer: String,
    /// Least height, in metres.
    pub least_m: f64,
}

/// The forest rule of a run: a definition, or classes that the plan names.
#[derive(Debug, Clone, PartialEq)]
pub struct ForestRule {
    /// Id of the definition, or `classes`.
    pub id: String,
    /// Ecosystems that count as forest, when no classes are named.
    pub ecosystems: BTreeSet<Ecosystem>,
    /// Classes that count as forest, whatever their ecosystem.
    pub classes: Option<BTreeSet<i64>>,
    /// Denominator of the coverage rate.
    pub land: LandRule,
    /// Smallest patch, where patches are looked at.
    pub patch: Option<PatchRule>,
    /// The canopy that it needs, where it is held against a map of canopy.
    pub canopy: Option<CanopyRule>,
    /// Least height, where it is held against a layer of heights beside the map of canopy.
    pub height: Option<HeightRule>,
}

impl ForestRule {
    /// The rule of a definition, with its own denominator.
    #[must_use]
    pub fn from_definition(definition: &ForestDefinition) -> Self {
        Self {
            id: definition.id.clone(),
            ecosystems: definition.ecosystems.clone(),
            classes: None,
            land: definition.land_area,
            patch: None,
            canopy: None,
            height: None,
        }
    }

    /// The rule that counts the named classes.
    #[must_use]
    pub fn from_classes(classes: BTreeSet<i64>, land: LandRule) -> Self {
        Self {
            id: "classes".to_owned(),
            ecosystems: BTreeSet::new(),
            classes: Some(classes),
            land,
            patch: None,
            canopy: None,
            height: None,
        }
    }

    /// The same rule with another denominator.
    #[must_use]
    pub fn with_land(self, land: LandRule) -> Self {
        Self { land, ..self }
    }

    /// The same rule with a smallest patch.
    #[must_use]
    pub fn with_patch(self, patch: Option<PatchRule>) -> Self {
        Self { patch, ..self }
    }

    /// The same rule with a canopy that is held against a map of canopy.
    #[must_use]
    pub fn with_canopy(self, canopy: Option<CanopyRule>) -> Self {
        Self { canopy, ..self }
    }

    /// The same rule with a least height, held against a layer of heights.
    #[must_use]
    pub fn with_height(self, height: Option<HeightRule>) -> Self {
        Self { height, ..self }
    }

    /// What it takes for forest, in words: what is applied to the classes of a map, and beside it what
    /// its definition states, which was the map maker's business.
    #[must_use]
    pub fn words(&self, definition: Option<&ForestDefinition>) -> String {
        let patch = self.patch.map_or_else(String::new, |patch| {
            format!(" in patches of at least {patch}")
        });
        let list = |words: Vec<String>| words.join(", ");
        if let Some(classes) = &self.classes {
            let classes = list(classes.iter().map(ToString::to_string).collect());
            return format!("classes {classes} of the map{patch}; land: {}", self.land);
        }
        let ecosystems = list(self.ecosystems.iter().map(ToString::to_string).collect());
        let version = definition.map_or_else(String::new, |d| format!(" ({})", d.version));
        let limits = definition.map_or_else(String::new, |definition| {
            let limit = |value: Option<f64>, what: &str, unit: &str| {
                value.map(|value| format!("{what} {value} {unit}"))
            };
            let canopy = definition.canopy().filter(|_| self.canopy.is_none());
            let canopy = canopy.map(|canopy| match canopy {
                CanopyRule::AtLeast(least) => format!("canopy {least} %"),
                CanopyRule::MoreThan(_) => format!("canopy of {canopy}"),
            });
            let limits = [
                canopy,
                limit(
                    definition.height_min_m.filter(|_| self.height.is_none()),
                    "height",
                    "m",
                ),
                limit(
                    definition.min_area_ha.filter(|_| self.patch.is_none()),
                    "patch",
                    "ha",
                ),
                limit(definition.width_min_m, "width", "m"),
            ];
            let limits = list(limits.into_iter().flatten().collect());
            if limits.is_empty() {
                limits
            } else {
                match self.canopy {
                    Some(_) => format!("; its other limits ({limits}) are not looked at"),
                    None => format!("; its limits ({limits}) are as the map maker applied them"),
                }
            }
        });
        let counted = self.canopy.map_or_else(
            || format!("classes of {ecosystems}"),
            |canopy| format!("canopy of {canopy} on the map"),
        );
        let high = self.height.as_ref().map_or_else(String::new, |height| {
            let (layer, least) = (&height.layer, height.least_m);
            format!(" and height of at least {least} m in layer {layer}")
        });
        format!(
            "{}{version}: {counted}{high}{patch}{limits}; land: {}",
            self.id, self.land
        )
    }

    /// Whether a class of the map counts as forest, in patches that are large enough.
    #[must_use]
    pub fn is_forest(&self, class: &LegendClass) -> bool {
        match &self.classes {
            Some(classes) => classes.contains(&class.value),
            None => class
                .ecosystem
                .is_some_and(|ecosystem| self.ecosystems.contains(&ecosystem)),
        }
    }

    /// Whether an ecosystem is forest by the definition; where it lists classes, one with trees.
    #[must_use]
    pub fn names(&self, ecosystem: Ecosystem) -> bool {
        match &self.classes {
            Some(_) => ecosystem.has_trees(),
            None => self.ecosystems.contains(&ecosystem),
        }
    }

    /// Whether a class of the map is land.
    #[must_use]
    pub fn is_land(&self, class: &LegendClass) -> bool {
        class
            .ecosystem
            .is_some_and(|ecosystem| self.land.counts(ecosystem))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// FAO says more than 10 %, the Chinese inventory 20 % and more.
    #[test]
    fn a_canopy_on_the_limit_is_forest_by_one_rule_and_not_by_the_other() {
        let seeds = crate::account::Seeds::embedded();
        let canopy = |id: &str| seeds.forest_definition(id).unwrap().canopy().unwrap();
        let (fao, china) = (canopy("fao-fra"), canopy("cn-nfi"));
        assert!(!fao.holds(10.0) && fao.holds(11.0));
        assert!(!china.holds(19.0) && china.holds(20.0));
        assert_eq!(fao.to_string(), "more than 10 %");
        assert_eq!(china.to_string(), "at least 20 %");
    }

    #[test]
    fn a_land_rule_reads_back_and_a_slip_is_met_with_a_suggestion() {
        assert_eq!("total".parse(), Ok(LandRule::Total));
        let error = "exclude_water".parse::<LandRule>().unwrap_err();
        assert_eq!(error.suggestion.as_deref(), Some("exclude-water"));
    }
}

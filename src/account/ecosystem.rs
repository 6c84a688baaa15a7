//! The ecosystems of an account: a closed list, so that no hectare is counted under two names.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// The six land-use categories of the IPCC, to which every ecosystem is assigned.
///
/// # Source
///
/// IPCC 2006 Guidelines, Volume 4, Chapter 3, section 3.2.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum LandCategory {
    /// Land with woody vegetation that meets the national definition of forest.
    ForestLand,
    /// Arable and tillage land, orchards.
    Cropland,
    /// Rangeland, pasture and other land that is neither forest nor cropland.
    Grassland,
    /// Land covered or saturated by water for all or part of the year.
    Wetlands,
    /// Developed land.
    Settlements,
    /// Bare soil, rock, ice, and all else.
    OtherLand,
}

impl LandCategory {
    /// All categories.
    pub const ALL: [Self; 6] = [
        Self::ForestLand,
        Self::Cropland,
        Self::Grassland,
        Self::Wetlands,
        Self::Settlements,
        Self::OtherLand,
    ];

    /// The id in seeds and tables.
    #[must_use]
    pub const fn id(self) -> &'static str {
        match self {
            Self::ForestLand => "forest-land",
            Self::Cropland => "cropland",
            Self::Grassland => "grassland",
            Self::Wetlands => "wetlands",
            Self::Settlements => "settlements",
            Self::OtherLand => "other-land",
        }
    }

    /// The ecosystem that a class of this category is taken for when its legend says no more.
    #[must_use]
    pub const fn plain_ecosystem(self) -> Ecosystem {
        match self {
            Self::ForestLand => Ecosystem::Forest,
            Self::Cropland => Ecosystem::Cropland,
            Self::Grassland => Ecosystem::Grassland,
            Self::Wetlands => Ecosystem::Wetland,
            Self::Settlements => Ecosystem::Built,
            Self::OtherLand => Ecosystem::Bare,
        }
    }
}

impl fmt::Display for LandCategory {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.id())
    }
}

/// A word that names none of the known things, with the nearest known one.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("unknown {kind} `{found}`{}", suggestion.as_ref().map(|near| format!(", did you mean `{near}`?")).unwrap_or_default())]
pub struct UnknownName {
    /// What was looked for, such as `ecosystem`.
    pub kind: &'static str,
    /// The word that was found.
    pub found: String,
    /// The nearest known word, where one is near.
    pub suggestion: Option<String>,
}

impl UnknownName {
    /// The error for `found`, with the nearest of the `known` words.
    pub fn new<'a>(
        kind: &'static str,
        found: &str,
        known: impl IntoIterator<Item = &'a str>,
    ) -> Self {
        Self {
            kind,
            found: found.to_owned(),
            suggestion: nearest(found, known),
        }
    }
}

/// The known word nearest to `found`, when it is near enough to be a slip of the keys.
pub(crate) fn nearest<'a>(found: &str, known: impl IntoIterator<Item = &'a str>) -> Option<String> {
    let plain = found.trim().to_lowercase().replace(['_', ' '], "-");
    known
        .into_iter()
        .map(|word| (strsim::jaro_winkler(&plain, word), word))
        .filter(|(likeness, _)| *likeness > 0.8)
        .max_by(|(a, _), (b, _)| a.total_cmp(b))
        .map(|(_, word)| word.to_owned())
}

/// Declares the ecosystems once: variant, id, category, colour, meaning.
macro_rules! ecosystems {
    ($($(#[$doc:meta])* $variant:ident, $id:literal, $category:ident, $colour:literal;)*) => {
        /// What grows or lies on a piece of land, as the account distinguishes it.
        ///
        /// Each piece of land belongs to exactly one ecosystem at a date. The assignment of an
        /// ecosystem to an IPCC category is the program's own; a legend may say otherwise for its
        /// class.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Ecosystem {
            $($(#[$doc])* $variant,)*
        }

        impl Ecosystem {
            pub(super) const ALL: &'static [Self] = &[$(Self::$variant),*];

            /// The id in plans, seeds and tables.
            #[must_use]
            pub const fn id(self) -> &'static str {
                match self { $(Self::$variant => $id,)* }
            }

            /// The IPCC category that it is reported under unless a legend says otherwise.
            #[must_use]
            pub const fn category(self) -> LandCategory {
                match self { $(Self::$variant => LandCategory::$category,)* }
            }

            /// Its colour on maps, `#rrggbb`.
            #[must_use]
            pub const fn colour(self) -> &'static str {
                match self { $(Self::$variant => $colour,)* }
            }
        }
    };
}

ecosystems! {
    /// Trees that meet the definition of forest in force.
    Forest, "forest", ForestLand, "#2f7d3b";
    /// Bamboo stands.
    Bamboo, "bamboo", ForestLand, "#5fa845";
    /// Trees below the canopy cover of forest.
    OpenWoodland, "open-woodland", ForestLand, "#86b36b";
    /// Woodland that is neither forest, shrub nor bamboo: young plantings, nurseries, clearings.
    OtherWoodland, "other-woodland", ForestLand, "#a3c585";
    /// Shrubs.
    Shrubland, "shrubland", Grassland, "#b9a35b";
    /// Shrub land that national rule counts toward the forest coverage rate.
    SpecialShrubland, "special-shrubland", Grassland, "#9c8f3f";
    /// Grass with scattered trees.
    Savanna, "savanna", Grassland, "#cdb75f";
    /// Grass and herbs.
    Grassland, "grassland", Grassland, "#dcd977";
    /// Mosses, lichens, tundra.
    MossLichen, "moss-lichen", Grassland, "#cfd8ae";
    /// Fields of annual crops.
    Cropland, "cropland", Cropland, "#d9a066";
    /// Fields mixed with natural vegetation.
    CroplandMosaic, "cropland-mosaic", Cropland, "#d8bd86";
    /// Orchards, tea, rubber and other perennial crops.
    Orchard, "orchard", Cropland, "#c07f4f";
    /// Cropland on black soil (mollisols and their kin).
    BlackSoilCropland, "black-soil-cropland", Cropland, "#5d4433";
    /// Inland marsh and other herbaceous wetland.
    Wetland, "wetland", Wetlands, "#6c9fb8";
    /// Wetland under trees or tall shrubs.
    ForestedWetland, "forested-wetland", Wetlands, "#4f8f8b";
    /// Bogs, fens and other land on peat.
    Peatland, "peatland", Wetlands, "#7d6b8a";
    /// Mangrove stands.
    Mangrove, "mangrove", Wetlands, "#1f6f63";
    /// Vegetated tidal marsh.
    SaltMarsh, "salt-marsh", Wetlands, "#7fb3a0";
    /// Submerged beds of seagrass.
    Seagrass, "seagrass", Wetlands, "#3fa29b";
    /// Bare flats between the tides.
    TidalFlat, "tidal-flat", Wetlands, "#c3c7b8";
    /// Bare flats along rivers and lakes.
    InlandTidalFlat, "tidal-flat-inland", Wetlands, "#cdd3c4";
    /// Ponds for the making of salt.
    SaltPan, "salt-pan", Wetlands, "#dfe3e8";
    /// Open water, inland or sea.
    Water, "water", Wetlands, "#466b9f";
    /// Buildings, roads and other sealed or developed land.
    Built, "built", Settlements, "#c4574e";
    /// Soil, sand or rock without vegetation.
    Bare, "bare", OtherLand, "#b3ac9f";
    /// Lasting snow and ice.
    SnowIce, "snow-ice", OtherLand, "#e3f0fa";
    /// Land on soluble rock, for the flux of rock weathering.
    Karst, "karst", OtherLand, "#a58fa5";
    /// Ground frozen for all or part of the year, for its soil stock.
    FrozenGround, "frozen-ground", OtherLand, "#9fb8cf";
}

impl Ecosystem {
    /// All ecosystems, in the order of tables.
    #[must_use]
    pub const fn all() -> &'static [Self] {
        Self::ALL
    }

    /// The id in words, such as `salt marsh`.
    #[must_use]
    pub fn name(self) -> String {
        self.id().replace('-', " ")
    }

    /// Whether it lies under other ecosystems: rock and frozen ground bear forest, grass and all
    /// else.
    #[must_use]
    pub const fn is_overlay(self) -> bool {
        matches!(self, Self::Karst | Self::FrozenGround)
    }

    /// Whether a boundary of the plan takes precedence over a class of this ecosystem when the
    /// plan does not say what it overrides: all but water and built land.
    #[must_use]
    pub const fn default_override(self) -> bool {
        !matches!(self, Self::Water | Self::Built)
    }

    /// Whether plants or soil of it store carbon that an account should name: all but water, built
    /// and bare land, ice and salt pans.
    #[must_use]
    pub const fn holds_carbon(self) -> bool {
        !matches!(
            self,
            Self::Water | Self::Built | Self::Bare | Self::SnowIce | Self::SaltPan
        )
    }

    /// Whether annual crops grow on it: what they gain in a year is harvested or decays in it, so their
    /// biomass is taken as zero (IPCC 2006 Guidelines, Volume 4, Chapter 5, section 5.2.1).
    #[must_use]
    pub const fn is_annual_crop(self) -> bool {
        matches!(self, Self::Cropland | Self::BlackSoilCropland)
    }

    /// Whether its plants are herbs, which are back within a year after a fire; the soil of peat, and trees
    /// and shrubs among grass, are not.
    #[must_use]
    pub const fn is_herbaceous(self) -> bool {
        matches!(
            self,
            Self::Grassland
                | Self::Cropland
                | Self::BlackSoilCropland
                | Self::Wetland
                | Self::SaltMarsh
        )
    }

    /// Whether it lies at the coast and can reach beyond a land polygon.
    #[must_use]
    pub const fn is_coastal(self) -> bool {
        matches!(
            self,
            Self::Mangrove | Self::SaltMarsh | Self::Seagrass | Self::TidalFlat
        )
    }

    /// Whether it is vegetated or flooded wetland (coastal ones included), open water apart.
    #[must_use]
    pub const fn is_wetland(self) -> bool {
        self.is_coastal()
            || matches!(
                self,
                Self::Wetland
                    | Self::ForestedWetland
                    | Self::Peatland
                    | Self::InlandTidalFlat
                    | Self::SaltPan
            )
    }

    /// Whether it is land rather than open water.
    #[must_use]
    pub const fn is_terrestrial(self) -> bool {
        !matches!(self, Self::Water | Self::Seagrass)
    }

    /// Whether trees stand on it, so that an inventory of all forest may already have measured it.
    #[must_use]
    pub const fn has_trees(self) -> bool {
        matches!(
            self,
            Self::Forest
                | Self::Bamboo
                | Self::OpenWoodland
                | Self::OtherWoodland
                | Self::ForestedWetland
                | Self::Mangrove
        )
    }

    /// Whether what stands there is woody and takes years to grow up.
    #[must_use]
    pub const fn is_woody(self) -> bool {
        self.has_trees()
            || matches!(
                self,
                Self::Shrubland | Self::SpecialShrubland | Self::Orchard
            )
    }
}

impl fmt::Display for Ecosystem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.id())
    }
}

impl FromStr for Ecosystem {
    type Err = UnknownName;

    fn from_str(text: &str) -> Result<Self, UnknownName> {
        Self::ALL
            .iter()
            .copied()
            .find(|ecosystem| ecosystem.id() == text)
            .ok_or_else(|| UnknownName::new("ecosystem", text, Self::ALL.iter().map(|e| e.id())))
    }
}

impl Serialize for Ecosystem {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.id())
    }
}

impl<'de> Deserialize<'de> for Ecosystem {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?
            .parse()
            .map_err(serde::de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_id_reads_back_as_its_ecosystem() {
        for ecosystem in Ecosystem::all() {
            assert_eq!(ecosystem.id().parse(), Ok(*ecosystem));
        }
    }

    #[test]
    fn a_slip_of_the_keys_is_met_with_a_suggestion() {
        let error = "salt_marsh".parse::<Ecosystem>().unwrap_err();
        assert_eq!(error.suggestion.as_deref(), Some("salt-marsh"));
        assert_eq!("xyzzy".parse::<Ecosystem>().unwrap_err().suggestion, None);
    }

    #[test]
    fn a_boundary_leaves_water_and_built_land_alone() {
        let kept: Vec<_> = Ecosystem::all()
            .iter()
            .filter(|ecosystem| !ecosystem.default_override())
            .collect();
        assert_eq!(kept, [&Ecosystem::Water, &Ecosystem::Built]);
    }
}

use proptest::prelude::*;

use super::*;
use crate::account::carbon::carbon;
use crate::account::choice::{LayerStock, ValueLayer};
use crate::account::land::{AreaAccount, LayerPart, MeasuredValues, RegionAreas, YearAreas};
use crate::account::quality::Evidence;
use crate::account::tables::CarbonRow;
use crate::account::within::Within;
use crate::account::{Ecosystem, Seeds};
use crate::units::Hectares;

/// A layer: name, what it holds, and from where to where the soil goes.
type Layer = (&'static str, Option<Pool>, Option<(f64, f64)>);

/// Layers of the run.
const LAYERS: [Layer; 9] = [
    ("all-0-100", Some(Pool::All), Some((0.0, 100.0))),
    ("biomass", Some(Pool::Biomass), None),
    ("above", Some(Pool::AboveGround), None),
    ("litter", Some(Pool::Litter), None),
    ("soil-0-30", Some(Pool::SoilOrganic), Some((0.0, 30.0))),
    ("soil-0-100", Some(Pool::SoilOrganic), Some((0.0, 100.0))),
    ("soil-30-100", Some(Pool::SoilOrganic), Some((30.0, 100.0))),
    ("soil-50-100", Some(Pool::SoilOrganic), Some((50.0, 100.0))),
    (
        "soil-100-200",
        Some(Pool::SoilOrganic),
        Some((100.0, 200.0)),
    ),
];

fn of_layer(ecosystem: Ecosystem, place: usize, roots: bool) -> CarbonChoice {
    let (layer, pool, soil) = LAYERS[place];
    CarbonChoice {
        stock: Some(LayerStock {
            layer: layer.to_owned(),
            pool,
            depth_cm: soil.map(|(_, to)| to),
            from_cm: soil.map(|(from, _)| from).filter(|from| *from > 0.0),
            roots: (roots && pool == Some(Pool::AboveGround))
                .then(|| "mokany-bgb-agb-ratio-mean".to_owned()),
            ..LayerStock::default()
        }),
        ..CarbonChoice::new(ecosystem, "density-layer")
    }
}

fn by_method(method: &str, keys: &[(&str, &str)]) -> CarbonChoice {
    let keys = keys
        .iter()
        .map(|(key, word)| ((*key).to_owned(), (*word).to_owned()));
    CarbonChoice {
        keys: keys.collect(),
        ..CarbonChoice::new(Ecosystem::Forest, method)
    }
}

/// An entry of a plan: of forest by a layer or by a method, or of frozen ground under all of it.
fn entry() -> impl Strategy<Value = CarbonChoice> {
    let layer = (0..LAYERS.len(), any::<bool>())
        .prop_map(|(place, roots)| of_layer(Ecosystem::Forest, place, roots));
    let frozen = (4..LAYERS.len()).prop_map(|place| CarbonChoice {
        within: Some(Within {
            place: 0,
            codes: [1].into(),
            words: "frozen".to_owned(),
        }),
        ..of_layer(Ecosystem::FrozenGround, place, false)
    });
    let biomass = by_method(
        "forest-biomass-ipcc2019",
        &[
            ("ecological-zone", "subtropical-humid"),
            ("continent", "asia"),
            ("status", "primary"),
            ("root-zone", "subtropical-humid"),
            ("origin", "natural"),
            ("above-ground-class", "125"),
        ],
    );
    let soil = by_method(
        "soil-reference-ipcc2019",
        &[
            ("climate-zone", "warm-temperate-moist"),
            ("soil-class", "high-activity-clay"),
        ],
    );
    let methods = prop::sample::select(vec![by_method("china-density", &[]), biomass, soil]);
    prop_oneof![3 => layer, 1 => frozen, 2 => methods]
}

/// The soil that a counted row is of; of a row of one layer, what its name says.
fn soil(row: &CarbonRow) -> Depths {
    let named = row
        .parameters
        .iter()
        .find_map(|name| name.strip_prefix("layer "));
    let of_layer = LAYERS.iter().find(|(name, _, _)| Some(*name) == named);
    of_layer
        .and_then(|(_, _, soil)| *soil)
        .map(|(from, to)| Depths { from, to })
        .or(row.soil_depth_cm.map(Depths::down_to))
        .unwrap_or(Depths::UNKNOWN)
}

proptest! {
    /// Whatever entries stand together, no piece of land has a pool, or a centimetre of soil, twice.
    #[test]
    fn no_combination_of_accepted_entries_counts_a_pool_twice(
        choices in prop::collection::vec(entry(), 1..5), depth in prop::option::of(prop::sample::select(vec![30.0, 100.0, 200.0])),
    ) {
        let seeds = Seeds::embedded();
        let ten = Hectares::new(10.0);
        let mut year = YearAreas { year: 2016, ..YearAreas::default() };
        year.ecosystems.insert(Ecosystem::Forest, ten);
        let value = MeasuredValues { area: ten, sum: 10.0, plain_sum: 10.0, least: None, greatest: None };
        let areas = AreaAccount {
            regions: vec![RegionAreas { region_id: "a".to_owned(), years: vec![year], ..RegionAreas::default() }],
            layer_parts: vec![LayerPart {
                region: 0,
                year: 2016,
                ecosystem: Some(Ecosystem::Forest),
                classes: vec![Some(1)],
                area: ten,
                values: vec![value; LAYERS.len()],
            }],
            ..AreaAccount::default()
        };
        let layers: Vec<ValueLayer<'_>> = LAYERS
            .iter()
            .enumerate()
            .map(|(place, (name, _, _))| ValueLayer { name, unit: "t_c/ha", place })
            .collect();
        let account = carbon(&CarbonInput {
            seeds: &seeds,
            areas: Some(&areas),
            stocks: &[],
            changes: &[],
            stands: None,
            growth: None,
            layers: &layers,
            choices: &choices,
            soil_depth_cm: depth,
            evidence: Evidence::Any,
            level: 0.95,
        });
        let Ok(account) = account else { return Ok(()) };
        let counted: Vec<&CarbonRow> = account.carbon.iter().filter(|row| row.counted).collect();
        for (place, row) in counted.iter().enumerate() {
            for other in &counted[..place] {
                let [mine, theirs] = [row, other].map(|row| row.pool.parse::<Pool>().unwrap());
                for pool in mine.parts().iter().filter(|pool| theirs.parts().contains(pool)) {
                    let (a, b) = (soil(row), soil(other));
                    let apart = *pool == Pool::SoilOrganic && (a.to <= b.from || b.to <= a.from);
                    prop_assert!(apart, "{row:?} and {other:?} both count {pool}");
                }
            }
        }
        // Of soil down to one depth.
        let ends: Vec<f64> = counted.iter().map(|row| soil(row).to).filter(|to| to.is_finite()).collect();
        if let (Some(depth), Some(deepest)) = (depth, ends.iter().copied().max_by(f64::total_cmp)) {
            prop_assert!(deepest <= depth, "{deepest} cm with soil to {depth} cm");
        }
    }
}

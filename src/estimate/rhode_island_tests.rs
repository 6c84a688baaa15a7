//! Rhode Island 2013 and 2018 against rFIA 1.1.4, state and counties.
//!
//! The plots are those of `data-samples/rhode-island`. The expected figures were computed by R rFIA
//! 1.1.4 (`area`, `volume`, `biomass`, `tpa`) from the raw tables of the Forest Service; sampling
//! errors are printed with six decimals. The plot table is rounded to six decimals, hence 1e-6.

use std::collections::BTreeMap;

use super::*;
use crate::units::{
    CubicMetres, Fraction, Hectares, PerHectare, Quantity, SquareMetres, TonnesCarbon,
    TonnesDryMatter, Years,
};

const PLOTS: &str = include_str!("../../data-samples/rhode-island/plots.csv");
const STRATA: &str = include_str!("../../data-samples/rhode-island/strata.csv");

struct Epoch {
    sample: Sample,
    rows: Vec<BTreeMap<String, String>>,
}

fn rows(table: &str, epoch: &str) -> Vec<BTreeMap<String, String>> {
    csv::Reader::from_reader(table.as_bytes())
        .deserialize()
        .map(Result::unwrap)
        .filter(|row: &BTreeMap<String, String>| row["epoch"] == epoch)
        .collect()
}

fn frame(epoch: &str) -> Frame {
    let mut units: Vec<EstimationUnit> = Vec::new();
    for row in rows(STRATA, epoch) {
        let id = &row["estimation_unit"];
        if units.last().is_none_or(|unit| unit.id != *id) {
            units.push(EstimationUnit {
                name: Some(row["estimation_unit_name"].clone()),
                strata: Vec::new(),
                ..EstimationUnit::whole(id, Hectares::new(row["unit_area_ha"].parse().unwrap()))
            });
        }
        units.last_mut().unwrap().strata.push(Stratum {
            name: Some(row["stratum_name"].clone()),
            declared_plots: Some(row["plots"].parse().unwrap()),
            ..Stratum::new(
                &row["stratum_id"],
                Weight::Known(Fraction::new(row["stratum_weight"].parse().unwrap()).unwrap()),
            )
        });
    }
    let plots = rows(PLOTS, epoch)
        .into_iter()
        .map(|row| Plot {
            previous: Some(row["prev_plot_id"].clone()).filter(|id| !id.is_empty()),
            measured: row["meas_year"].parse().ok(),
            ..Plot::new(&row["plot_id"], &row["stratum_id"])
        })
        .collect();
    Frame {
        design: Design::PostStratified,
        units,
        plots,
    }
}

impl Epoch {
    fn new(year: &str) -> Self {
        Self {
            sample: Sample::new(frame(year)).unwrap(),
            rows: rows(PLOTS, year),
        }
    }

    /// A column in a county, or in the state where the county is `44`.
    fn column<Q: Quantity>(&self, field: &str, county: &str) -> Observations<Q> {
        Observations::with_missing(self.rows.iter().map(|row| {
            row[field]
                .parse()
                .ok()
                .map(|value| PerHectare::new(Q::new(value)))
        }))
        .within(|plot| county == "44" || self.rows[plot]["county_fips"] == county)
    }

    fn total<Q: Quantity>(&self, field: &str, county: &str) -> Estimate<Q> {
        self.sample.total(&self.column::<Q>(field, county)).unwrap()
    }

    fn per_forest<Q: Quantity>(&self, field: &str, county: &str) -> RatioEstimate<Q, Hectares> {
        let forest = self.column("forest_prop_adj", county);
        self.sample
            .ratio(&self.column::<Q>(field, county), &forest)
            .unwrap()
    }
}

#[track_caller]
fn assert_figure(place: &str, (value, error): (f64, Option<f64>), expected: (f64, f64)) {
    let relative = value / expected.0 - 1.0;
    assert!(
        relative.abs() < 1e-6,
        "{place}: {value}, expected {}",
        expected.0
    );
    let error = error.expect("a sampling error");
    // Half of the last digit, and what the rounded plot values add.
    assert!(
        (error - expected.1).abs() < 2e-6,
        "{place}: {error} %, expected {} %",
        expected.1
    );
}

fn of<Q: Quantity>(estimate: Estimate<Q>) -> (f64, Option<f64>) {
    (estimate.value().value(), estimate.standard_error_pct())
}

fn per<Q: Quantity>(ratio: RatioEstimate<Q, Hectares>) -> (f64, Option<f64>) {
    (ratio.value(), ratio.standard_error_pct())
}

/// `year,region,attribute,estimate,sampling error in percent`.
const EXPECTED: &str = include_str!("rhode_island_expected.csv");

#[test]
fn totals_and_ratios_equal_rfia_in_the_state_and_its_counties() {
    let epochs = BTreeMap::from(["2013", "2018"].map(|year| (year, Epoch::new(year))));
    let mut compared = 0;
    for line in EXPECTED.lines().skip(1) {
        let cells: Vec<&str> = line.split(',').collect();
        let [year, region, attribute, value, error] = cells[..] else {
            panic!("{line}");
        };
        let (epoch, r) = (&epochs[year], region);
        let found = match attribute {
            "forest_area" => of::<Hectares>(epoch.total("forest_prop_adj", r)),
            "volume" => of::<CubicMetres>(epoch.total("volume_m3_ha", r)),
            "volume_per_forest_ha" => per::<CubicMetres>(epoch.per_forest("volume_m3_ha", r)),
            "biomass" => of::<TonnesDryMatter>(epoch.total("agb_t_ha", r)),
            "biomass_per_forest_ha" => per::<TonnesDryMatter>(epoch.per_forest("agb_t_ha", r)),
            "carbon" => of::<TonnesCarbon>(epoch.total("agc_t_ha", r)),
            "carbon_per_forest_ha" => per::<TonnesCarbon>(epoch.per_forest("agc_t_ha", r)),
            "basal_area" => of::<SquareMetres>(epoch.total("basal_area_m2_ha", r)),
            "litter_carbon" => of::<TonnesCarbon>(epoch.total("litter_c_t_ha", r)),
            "soil_carbon" => of::<TonnesCarbon>(epoch.total("soil_c_t_ha", r)),
            other => panic!("{other}"),
        };
        assert_figure(
            line,
            found,
            (value.parse().unwrap(), error.parse().unwrap()),
        );
        compared += 1;
    }
    assert!(compared >= 80, "{compared}");
}

#[test]
fn the_real_frames_have_no_findings() {
    struct Here;
    impl Places for Here {
        fn plot(&self, _: usize, plot: &Plot) -> String {
            plot.id.clone()
        }
        fn stratum(&self, _: &EstimationUnit, stratum: &Stratum) -> String {
            stratum.id.clone()
        }
    }
    for year in ["2013", "2018"] {
        let epoch = Epoch::new(year);
        let volume: Observations<CubicMetres> = epoch.column("volume_m3_ha", "44");
        let carbon: Observations<TonnesCarbon> = epoch.column("agc_t_ha", "44");
        let soil: Observations<TonnesCarbon> = epoch.column("soil_c_t_ha", "44");
        let variables = [
            Variable::new("volume_m3_ha", &volume, Limits::VOLUME),
            Variable::new("agc_t_ha", &carbon, Limits::CARBON),
            Variable::new("soil_c_t_ha", &soil, Limits::SOIL_CARBON),
        ];
        assert_eq!(findings(&frame(year), &variables, &Here), vec![], "{year}");
    }
}

#[test]
fn counties_sum_to_the_state() {
    let epoch = Epoch::new("2018");
    let counties: f64 = ["44001", "44003", "44005", "44007", "44009"]
        .map(|county| {
            epoch
                .total::<CubicMetres>("volume_m3_ha", county)
                .value()
                .value()
        })
        .iter()
        .sum();
    let state = epoch
        .total::<CubicMetres>("volume_m3_ha", "44")
        .value()
        .value();
    assert!((counties / state - 1.0).abs() < 1e-12);
}

#[test]
fn the_remeasured_plots_sharpen_the_change_from_2013_to_2018() {
    let (before, after) = (Epoch::new("2013"), Epoch::new("2018"));
    let plots = Remeasurement::between(&before.sample, &after.sample);
    let matches = plots.matches();
    assert_eq!(
        (matches.shared, matches.remeasured, matches.moved),
        (59, 151, 1)
    );
    // The inventories of 2013 and 2018 were measured from 2009 to 2014 and from 2012 to 2019.
    let interval = plots.mean_interval().unwrap().value();
    assert!((interval - 4.146_77).abs() < 1e-5, "{interval}");
    let change = plots
        .change::<TonnesDryMatter>(
            &before.column("agb_t_ha", "44"),
            &after.column("agb_t_ha", "44"),
            Years::new(5.0),
        )
        .unwrap();
    let (net, covariance) = (change.net(), change.covariance().unwrap());
    assert!(
        (net.value().value() - 1_348_205.262_489_744).abs() < 10.0,
        "{net:?}"
    );
    let apart = change.before().variance().unwrap() + change.after().variance().unwrap();
    assert!(
        covariance > 0.0 && net.variance().unwrap() < 0.5 * apart,
        "{change:?}"
    );
}

use super::super::parsed::ParsedTable;
use super::*;
use crate::account::{
    AreaKind, AreaRow, CarbonRow, CheckRow, EffectRow, Figure, InventoryRow, ParameterRow,
    RegionSummary, RestorationTables, SequestrationRow, SiteGroup, SiteRow, SiteWeight, SoilTables,
    TOTAL, TargetRow, TransitionRow, UncertaintyRow, ValueRow,
};
use crate::units::{CubicMetres, Hectares, PerYear, TonnesCarbon, TonnesCo2e};

fn figure<Q>(value: Q, standard_error: f64, lower: Q, upper: Q) -> Figure<Q> {
    Figure {
        value,
        standard_error: Some(standard_error),
        interval: Some((lower, upper)),
    }
}

fn rate(value: f64) -> PerYear<TonnesCo2e> {
    PerYear::new(TonnesCo2e::new(value))
}

/// Accounts with one row in each table.
fn restoration() -> RestorationTables {
    RestorationTables {
        effects: vec![EffectRow {
            name: "dunes".into(),
            measure: "forest-share".into(),
            unit: "%".into(),
            weight: SiteWeight::Site,
            before_year: 2010,
            after_year: 2020,
            treated_sites: 1,
            control_sites: 0,
            treated: None,
            control: None,
            effect: None,
            degrees_of_freedom: None,
            method: "m".into(),
            note: "no effect".into(),
        }],
        sites: vec![SiteRow {
            name: "dunes".into(),
            group: SiteGroup::Treated,
            site_id: "1".into(),
            area: Hectares::new(1.0),
            compared: Hectares::ZERO,
            before: None,
            after: None,
            unit: "%".into(),
            counted: false,
            note: String::new(),
        }],
    }
}

#[expect(
    clippy::too_many_lines,
    reason = "one row of each kind, field by field"
)]
fn accounts() -> Accounts {
    let region = RegionSummary {
        region_id: "44003".into(),
        region_name: Some("Kent, \"the\" county".into()),
        area: Some(Hectares::new(48_765.432_19)),
        forest_cover_pct: Some(55.123_456_789),
        volume: Some(figure(
            CubicMetres::new(25_662_421.123_456),
            1_508_950.7,
            CubicMetres::new(22_000_000.0),
            CubicMetres::new(29_000_000.0),
        )),
        carbon: Some(figure(
            TonnesCarbon::new(100.0),
            5.0,
            TonnesCarbon::new(90.0),
            TonnesCarbon::new(110.0),
        )),
        sequestration: Some(figure(rate(-2.5), 1.0, rate(-4.5), rate(-0.5))),
        period_start: Some(2013),
        period_end: Some(2018),
        method: "plots-stock-difference".into(),
        quality: "direct".into(),
        notes: vec!["first".into(), "second".into()],
        ..RegionSummary::default()
    };
    let total = RegionSummary {
        region_id: TOTAL.into(),
        ..RegionSummary::default()
    };
    let id = || "44003".to_owned();
    Accounts {
        regions: vec![region],
        total: Some(total),
        areas: vec![AreaRow {
            region_id: id(),
            year: Some(2016),
            kind: AreaKind::Class,
            code: "41".into(),
            name: "Deciduous Forest".into(),
            area: Hectares::new(0.000_05),
            cell_fraction_sum: Some(12.25),
            plane_area: None,
        }],
        accuracy: Vec::new(),
        layers: Vec::new(),
        stands: crate::account::StandTables::default(),
        transitions: vec![TransitionRow {
            region_id: id(),
            from_year: 2001,
            to_year: 2019,
            from_code: "41".into(),
            from_name: "Deciduous Forest".into(),
            to_code: "nodata".into(),
            to_name: String::new(),
            area: Hectares::new(1.5),
            cell_fraction_sum: Some(16.6),
        }],
        strata: Vec::new(),
        stratum_parts: Vec::new(),
        inventory: vec![InventoryRow {
            region_id: id().into(),
            year: 2018,
            from_year: None,
            attribute: "volume".into(),
            domain: "".into(),
            statistic: "total".into(),
            value: Some(25_662_421.123_456),
            unit: "m3".into(),
            standard_error: Some(1_508_950.701_234_567),
            interval: None,
            degrees_of_freedom: Some(120.0),
            plots: 133,
            plots_nonzero: 80,
            estimator: "post-stratified".into(),
            note: "".into(),
        }],
        carbon: vec![CarbonRow {
            within: None,
            arithmetic: String::new(),
            region_id: id(),
            year: 2018,
            ecosystem: "forest".into(),
            pool: "above-ground".into(),
            soil_depth_cm: None,
            area: None,
            carbon: Some(figure(
                TonnesCarbon::new(100.0),
                5.0,
                TonnesCarbon::new(90.0),
                TonnesCarbon::new(110.0),
            )),
            counted: true,
            method: "m".into(),
            approach: "plot-pools".into(),
            parameters: vec!["a".into(), "b".into()],
            quality: "direct".into(),
            note: String::new(),
        }],
        sequestration: vec![SequestrationRow {
            arithmetic: String::new(),
            region_id: id(),
            period_start: 2013,
            period_end: 2018,
            ecosystem: "forest".into(),
            pool: "above-ground".into(),
            removal: None,
            counted: false,
            method: "m".into(),
            approach: "stock-difference".into(),
            parameters: vec![],
            quality: String::new(),
            note: "no earlier inventory".into(),
        }],
        growth: Vec::new(),
        soil: SoilTables::default(),
        coverage: Vec::new(),
        harvested_wood: Vec::new(),
        carbon_transitions: Vec::new(),
        uncertainty: vec![UncertaintyRow {
            region_id: id(),
            figure: "carbon_tc".into(),
            approach: "approach-2".into(),
            input: "all".into(),
            value: 100.0,
            standard_error: Some(5.0),
            interval: Some((90.0, 110.0)),
            level: 0.95,
            variance_share_pct: Some(100.0),
            draws: Some(10_000),
            note: String::new(),
        }],
        targets: vec![TargetRow {
            region_id: id(),
            policy: "p".into(),
            year: 2030,
            indicator: "forest_coverage_rate".into(),
            comparison: ">=".into(),
            target: 25.0,
            unit: "%".into(),
            found: None,
            found_year: None,
            gap: None,
            met: None,
            probability: None,
            source: "s".into(),
            note: String::new(),
        }],
        restoration: restoration(),
        values: vec![ValueRow {
            region_id: id(),
            period_start: Some(2013),
            period_end: Some(2018),
            removal: None,
            price: 60.0,
            currency: "CNY".into(),
            yearly: None,
            years: None,
            discount_pct: None,
            price_change_pct: None,
            present: None,
            quality: String::new(),
            note: "no sequestration is known".into(),
        }],
        credits: Vec::new(),
        parameters: vec![ParameterRow {
            id: "carbon-fraction".into(),
            quantity: "carbon fraction".into(),
            value: 0.47,
            unit: "t_c/t_dm".into(),
            interval: Some((0.44, 0.49)),
            interval_kind: "ci95".into(),
            cite: "ipcc-2006-v4".into(),
            locator: "ch. 4".into(),
            confidence: "verified".into(),
            used_by: vec!["m".into()],
        }],
        checks: vec![CheckRow {
            check: "partition".into(),
            region_id: id(),
            law: "classes add up".into(),
            found: 1.0 / 3.0,
            expected: 1.0 / 3.0,
            unit: "ha".into(),
            tolerance: 1e-9,
            passed: true,
            note: String::new(),
        }],
    }
}

fn written() -> Vec<Document> {
    tables(&accounts(), ByteOrderMark::Without).unwrap()
}

fn table(path: &str) -> ParsedTable {
    let document = written()
        .into_iter()
        .find(|document| document.path == path)
        .unwrap();
    ParsedTable::read(path, &document.bytes).unwrap()
}

#[test]
fn what_is_written_reads_back_to_the_rounding_of_its_column() {
    let summary = table(SUMMARY);
    let row = summary.rows().next().unwrap();
    assert_eq!(row.text("region_name"), "Kent, \"the\" county");
    assert_eq!(row.text("area_ha"), "48765.4322");
    assert_eq!(row.text("forest_cover_pct"), "55.123457");
    assert_eq!(row.text("volume_m3"), "25662421.123");
    assert_eq!(row.text("volume_se_pct"), "5.880001");
    assert_eq!(row.text("land_area_ha"), "");
    assert_eq!(row.text("sequestration_tco2e_yr"), "-2.5");
    assert_eq!(row.text("sequestration_tco2e_yr_lo"), "-4.5");
    assert_eq!(row.text("notes"), "first; second");
    let inventory = table("tables/inventory.csv");
    let row = inventory.rows().next().unwrap();
    assert_eq!(row.text("value"), "25662421.1235");
    assert_eq!(row.text("standard_error"), "1508950.70123");
    assert_eq!(row.text("se_pct"), "5.880001");
}

#[test]
fn the_union_is_the_last_row() {
    let ids: Vec<String> = table(SUMMARY)
        .rows()
        .map(|row| row.text("region_id").to_owned())
        .collect();
    assert_eq!(ids, ["44003", TOTAL]);
}

#[test]
fn unknown_is_empty_and_no_is_false() {
    let removal = table("tables/sequestration.csv");
    let row = removal.rows().next().unwrap();
    assert_eq!(row.text("sequestration_tco2e_yr"), "");
    assert_eq!(row.text("counted"), "false");
    assert_eq!(
        table("tables/targets.csv")
            .rows()
            .next()
            .unwrap()
            .text("met"),
        ""
    );
}

#[test]
fn every_column_of_every_table_has_a_row_in_the_dictionary() {
    let dictionary = table("tables/dictionary.csv");
    for document in written() {
        let read = ParsedTable::read(&document.path, &document.bytes).unwrap();
        for column in read.columns() {
            let found = dictionary
                .rows()
                .filter(|row| row.text("file") == document.path && row.text("column") == column)
                .count();
            assert_eq!(found, 1, "{}, {column}", document.path);
        }
    }
}

#[test]
fn every_column_says_what_it_means_and_every_measure_has_a_unit() {
    for row in dictionary_rows() {
        let name = row.facts.name;
        assert!(!row.facts.meaning.is_empty(), "{name}");
        let suffixes = [
            ("_ha", "ha"),
            ("_pct", "%"),
            ("_yr", "yr"),
            ("_tc", "t C"),
            ("_m3", "m3"),
        ];
        for (suffix, unit) in suffixes {
            if name.ends_with(suffix) {
                assert!(row.facts.unit.contains(unit), "{name}: {}", row.facts.unit);
            }
        }
        if name.starts_with("sequestration") && !name.ends_with("_se") {
            assert!(row.facts.sign.contains("takes carbon out"), "{name}");
        }
    }
}

#[test]
fn the_columns_of_map_layers_have_titles() {
    for row in dictionary_rows() {
        if row.file.starts_with("terrasink.gpkg") {
            assert!(
                !row.facts.title.is_empty(),
                "{}: {}",
                row.file,
                row.facts.name
            );
        }
    }
}

#[test]
fn the_byte_order_mark_is_on_the_summary_only_when_asked_for() {
    let marked = summary_csv(&accounts(), ByteOrderMark::With).unwrap();
    assert_eq!(marked.bytes[..3], [0xef, 0xbb, 0xbf]);
    let read = ParsedTable::read(SUMMARY, &marked.bytes).unwrap();
    assert_eq!(read.columns()[0], "region_id");
    assert!(written().iter().all(|document| document.bytes[0] != 0xef));
}

#[test]
fn a_figure_that_is_no_number_is_refused_by_name() {
    let mut broken = accounts();
    broken.regions[0].forest_cover_pct = Some(f64::NAN);
    let error = tables(&broken, ByteOrderMark::Without).unwrap_err();
    let ReportError::NotFinite {
        file, column, row, ..
    } = error
    else {
        panic!("{error}");
    };
    assert_eq!(
        (file.as_str(), column, row.as_str()),
        (SUMMARY, "forest_cover_pct", "44003")
    );
}

#[test]
fn tables_of_empty_accounts_have_their_headers() {
    let documents = tables(&Accounts::default(), ByteOrderMark::Without).unwrap();
    assert_eq!(documents.len(), 29);
    assert!(documents.iter().all(|document| !document.bytes.is_empty()));
}

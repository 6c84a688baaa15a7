use super::*;

const SUMMARY: &str = "\
region_id,region_name,area_ha,land_area_ha,land_cover_valid_pct,forest_area_ha,forest_cover_pct,\
forest_area_est_ha,forest_area_est_se_pct,volume_m3,volume_se_pct,volume_m3_ha,\
carbon_tc,carbon_tc_lo,carbon_tc_hi,carbon_tc_ha,sequestration_tco2e_yr,\
sequestration_tco2e_yr_lo,sequestration_tco2e_yr_hi,period_start,period_end,method,quality,notes
44003,Kent,1000,900,100,450,50,480,10,72000,12.5,150,60000,48240,71760,60,\
-146.666667,-300,10,2013,2018,plot-pools,direct,a note
44005,Newport,500,,,,,,,,,,,,,,,,,,,,map-only,no plots
";
const AREA: &str = "\
region_id,year,kind,code,name,area_ha,cell_fraction_sum,plane_area_ha
44003,,region,,Kent,1000,,
44003,2011,forest,forest,Forest,470,5222.2,
44003,2016,forest,forest,Forest,450,5000,
44003,2016,land,land,Land,900,10000,
44003,2016,class,11,Open Water,100,1111.1,
44003,2016,class,41,Deciduous Forest,450,5000,
44003,2016,class,81,Pasture,450,5000,
";
const INVENTORY: &str = "\
region_id,year,from_year,attribute,statistic,value,unit,standard_error,estimator,plots,plots_nonzero,note
44003,2013,,volume,total,70000,m3,9000,post-stratified,30,20,
44003,2018,,volume,total,72000,m3,9000,post-stratified,31,21,
44003,2018,,forest_area,total,480,ha,48,post-stratified,31,21,
";
const CARBON: &str = "\
region_id,year,ecosystem,pool,carbon_tc,counted,method,approach,parameters,quality,note
44003,2013,forest,above-ground,40200,true,plot-pools,plots,,direct,
44003,2018,forest,above-ground,40000,true,plot-pools,plots,carbon-fraction,direct,
44003,2018,forest,soil,20000,true,plot-pools,plots,,direct,
44003,2018,karst,flux,5,false,karst,flux,,,reported apart
";
const SEQUESTRATION: &str = "\
region_id,period_start,period_end,ecosystem,pool,sequestration_tco2e_yr,counted,method,approach,parameters,quality,note
44003,2013,2018,forest,above-ground,-146.666667,true,plots-stock-difference,stock-difference,,direct,
";
const UNCERTAINTY: &str = "\
region_id,figure,approach,input,value,standard_error,value_lo,value_hi,level_pct,variance_share_pct,draws,note
44003,carbon_tc,approach-1,all,60000,6000,48240,71760,95,100,,
44003,carbon_tc,approach-2,all,60010,6020,48300,71800,95,100,10000,
";
const PARAMETERS: &str = "\
id,quantity,value,unit,value_lo,value_hi,interval_kind,cite,locator,confidence,used_by
carbon-fraction,carbon fraction of wood,0.47,t_c/t_dm,0.44,0.49,ci95,ipcc-2006-v4,\"ch. 4, tab. 4.3\",verified,plot-pools
";

fn tables() -> OutTables {
    OutTables::from_files([
        ("summary.csv", SUMMARY.as_bytes()),
        ("tables/area.csv", AREA.as_bytes()),
        ("tables/inventory.csv", INVENTORY.as_bytes()),
        ("tables/carbon.csv", CARBON.as_bytes()),
        ("tables/sequestration.csv", SEQUESTRATION.as_bytes()),
        ("tables/uncertainty.csv", UNCERTAINTY.as_bytes()),
        ("tables/parameters.csv", PARAMETERS.as_bytes()),
    ])
    .unwrap()
}

fn told(figure: &str) -> String {
    explain(&tables(), "44003", Some(figure)).unwrap()
}

#[test]
fn the_cover_is_forest_over_land() {
    let text = told("forest_cover_pct");
    assert!(
        text.starts_with("forest_cover_pct of Kent (44003): 50 %\n"),
        "{text}"
    );
    assert!(text.contains("100 x 450 / 900 = 50"), "{text}");
    assert!(!text.contains("differ"), "{text}");
}

#[test]
fn the_newest_map_and_inventory_are_told() {
    assert!(told("forest_area_ha").contains("450 ha, map of 2016"));
    let text = told("volume_m3");
    assert!(text.contains("inventory of 2018: 72000 m3"), "{text}");
    assert!(text.contains("31 plots, 21 of them"), "{text}");
}

#[test]
fn sampling_errors_densities_and_shares_are_sums_to_follow() {
    assert!(told("volume_se_pct").contains("100 x 9000 / 72000 = 12.5"));
    assert!(told("volume_m3_ha").contains("72000 / 480 = 150"));
    assert!(told("carbon_tc_ha").contains("60000 / 1000 = 60"));
    assert!(told("land_cover_valid_pct").contains("100 x 1000 / 1000 = 100"));
}

#[test]
fn the_stock_is_the_sum_of_the_counted_rows_with_parameters_and_their_source() {
    let text = told("carbon_tc");
    assert!(text.contains("60000 t C  sum of the 2 counted"), "{text}");
    assert!(
        text.contains("karst, flux, 2018 (karst, flux)  [not counted]"),
        "{text}"
    );
    assert!(
        text.contains(
            "carbon-fraction = 0.47 t_c/t_dm (0.44 to 0.49, ci95); carbon fraction of wood; \
             ipcc-2006-v4, ch. 4, tab. 4.3; verified"
        ),
        "{text}"
    );
    assert!(!text.contains("differ"), "{text}");
}

#[test]
fn the_removal_is_told_with_its_sign_and_its_stock_difference() {
    let text = told("sequestration_tco2e_yr");
    assert!(
        text.contains("takes carbon out of the atmosphere"),
        "{text}"
    );
    assert!(
        text.contains("(40000 - 40200) / 5 x 44/12 = -146.667"),
        "{text}"
    );
}

/// Rows of any period count; what does not count is not listed beside them, and half of the last digit of
/// each row is no difference.
#[test]
fn the_removal_lists_the_counted_rows_of_every_period() {
    const ROWS: &str = "\
44003,2000,2018,forest,biomass,-819.169,true,loss,conversion-loss,,published-default,
44003,2013,2018,forest,biomass,-1200,false,loss,conversion-loss,,published-default,a part
44003,2018,2018,forest,biomass,120.248,true,growth,growth-gain,,published-default,
";
    let header = SEQUESTRATION.lines().next().unwrap();
    let sequestration = format!("{header}\n{ROWS}");
    let summary = |value: &str| SUMMARY.replace("-146.666667", value);
    let told = |value: &str| {
        let summary = summary(value);
        let tables = OutTables::from_files([
            ("summary.csv", summary.as_bytes()),
            ("tables/sequestration.csv", sequestration.as_bytes()),
            ("tables/carbon.csv", CARBON.as_bytes()),
            ("tables/parameters.csv", PARAMETERS.as_bytes()),
        ]);
        explain(&tables.unwrap(), "44003", Some("sequestration_tco2e_yr")).unwrap()
    };
    let text = told("-698.92");
    assert!(text.contains("-819.169"), "{text}");
    assert!(!text.contains("-1200"), "{text}");
    assert!(
        text.contains("-698.921 t CO2e/yr  sum of the 2 counted"),
        "{text}"
    );
    assert!(text.contains("that do not count: 1;"), "{text}");
    assert!(!text.contains("differ"), "{text}");
    assert!(told("-698.9").contains("they differ by"), "{text}");
}

/// The figures of a small region have few digits, which their quotients multiply.
#[test]
fn figures_of_a_small_region_are_compared_at_their_precision() {
    // 0.001 24 of 0.003 31 ha are forest, with 0.062 49 t C.
    const SMALL: &str =
        "44009,Rock,0.0033,0.0033,100,0.0012,37.462236,,,,,,0.062,,,18.879154,,,,,,,,\n";
    const CLASSES: &str = "44009,,region,,Rock,0.0033,,\n44009,2016,forest,forest,Forest,0.0012,,\n\
        44009,2016,land,land,Land,0.0033,,\n44009,2016,class,41,Forest,0.0012,,\n44009,2016,class,81,Pasture,0.0021,,\n";
    let told = |figure: &str, small: &str| {
        let (summary, area) = (format!("{SUMMARY}{small}"), format!("{AREA}{CLASSES}"));
        let tables = OutTables::from_files([
            ("summary.csv", summary.as_bytes()),
            ("tables/area.csv", area.as_bytes()),
            ("tables/carbon.csv", CARBON.as_bytes()),
            ("tables/parameters.csv", PARAMETERS.as_bytes()),
        ]);
        explain(&tables.unwrap(), "44009", Some(figure)).unwrap()
    };
    for figure in ["forest_cover_pct", "carbon_tc_ha", "land_cover_valid_pct"] {
        let text = told(figure, SMALL);
        assert!(!text.contains("differ"), "{text}");
    }
    let text = told("forest_cover_pct", SMALL);
    assert!(
        text.contains("the summary says 37.462236: it is made of"),
        "{text}"
    );
    let wrong = SMALL.replace("37.462236", "39.5");
    let text = told("forest_cover_pct", &wrong);
    assert!(text.contains("they differ by"), "{text}");
}

#[test]
fn bounds_name_both_approaches_and_the_multiple_of_the_error() {
    let text = told("carbon_tc_lo");
    assert!(
        text.contains("approach-1, all: 60000, standard error 6000"),
        "{text}"
    );
    assert!(text.contains("= value - 1.96 and + 1.96 standard errors, 100 % of the variance  [the interval of the summary]"), "{text}");
    assert!(text.contains("10000 draws"), "{text}");
}

#[test]
fn every_headline_figure_can_be_told() {
    let text = explain(&tables(), "kent", None).unwrap();
    for column in HEADLINE.iter().filter(|c| c.facts.kind != Kind::Text) {
        assert!(text.contains(&format!("{} of Kent", column.facts.name)));
    }
    assert!(!text.contains("these rows give"), "{text}");
}

#[test]
fn what_is_not_known_is_told_with_its_note() {
    let text = explain(&tables(), "44005", Some("carbon_tc")).unwrap();
    assert!(
        text.contains("carbon_tc of Newport (44005): not known"),
        "{text}"
    );
    assert!(text.contains("notes     no plots"), "{text}");
    assert!(explain(&tables(), "44005", None).is_ok());
}

#[test]
fn a_sum_that_does_not_give_the_figure_is_called_out() {
    let broken = SUMMARY.replace("60000,48240", "61000,48240");
    let mut files = vec![("summary.csv", broken.as_bytes())];
    files.push(("tables/carbon.csv", CARBON.as_bytes()));
    files.push(("tables/parameters.csv", PARAMETERS.as_bytes()));
    let tables = OutTables::from_files(files).unwrap();
    let text = explain(&tables, "44003", Some("carbon_tc")).unwrap();
    assert!(text.contains("the summary says 61000"), "{text}");
}

#[test]
fn unknown_regions_figures_and_tables_are_named() {
    let error = explain(&tables(), "44009", None).unwrap_err().to_string();
    assert!(error.contains("`44003`, `44005`"), "{error}");
    let error = explain(&tables(), "44003", Some("carbon_t")).unwrap_err();
    assert!(error.to_string().contains("`carbon_tc`"), "{error}");
    let only = OutTables::from_files([("summary.csv", SUMMARY.as_bytes())]).unwrap();
    let error = explain(&only, "44003", Some("carbon_tc")).unwrap_err();
    assert!(error.to_string().contains("tables/carbon.csv"), "{error}");
}

#[test]
fn the_cover_lists_what_counts_as_forest_and_as_land() {
    let area = AREA
        .replace(
            ",forest,Forest,450",
            ",cn-nfi,classes that count as forest: 41,450",
        )
        .replace(
            "2016,land,land,Land,900",
            "2016,land,exclude-water,\"denominator of the coverage rate, classes: 41, 81\",900",
        );
    let files = [("summary.csv", SUMMARY), ("tables/area.csv", &area)];
    let tables = OutTables::from_files(files.map(|(path, text)| (path, text.as_bytes()))).unwrap();
    let text = explain(&tables, "44003", Some("forest_cover_pct")).unwrap();
    for line in [
        "450 ha  41 Deciduous Forest\n                 450 ha  forest\n",
        "not forest: 11 Open Water, 81 Pasture\n",
        "900 ha  land\n",
        "not land: 11 Open Water\n",
    ] {
        assert!(text.contains(line), "{text}");
    }
}

#[test]
fn method_and_notes_stand_once_where_all_figures_are_told() {
    let text = explain(&tables(), "44003", None).unwrap();
    assert_eq!(text.matches("a note").count(), 1, "{text}");
}

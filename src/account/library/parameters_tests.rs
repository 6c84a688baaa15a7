use super::super::parameter::{Shape, Spread};
use super::*;

const TABLE: &str = "\
id,climate-zone,parameter-set,quantity,value,unit,lower,upper,interval_kind,level,depth_cm,cite,locator,confidence,note
x,warm-wet,default,q,10,t_c/ha,9,11,se,,,book,tab. 1,verified,
x,warm-wet,conflict,q,12,t_c/ha,,,,,,book,tab. 1,memory,
x,cold,default,q,4,t_c/ha,1,7,default,0.95,,book,tab. 1,verified,
x,any,default,q,5,t_c/ha,4,6,ci95,0.95,,book,tab. 1,verified,
y,,,q,2,1,1,3,range,,,book,tab. 2,verified,
";

fn parameters() -> Parameters {
    let mut parameters = Parameters::default();
    parameters.add_table(TABLE, "p.csv").unwrap();
    parameters
        .add_zones("zone,also\nwarm-moist,warm-wet\n", "z.csv")
        .unwrap();
    parameters
}

fn keys(pairs: &[(&str, &str)]) -> BTreeMap<String, String> {
    pairs
        .iter()
        .map(|(key, value)| ((*key).to_owned(), (*value).to_owned()))
        .collect()
}

#[test]
fn a_verified_row_wins_over_a_recalled_one() {
    let all = parameters();
    let row = all
        .find("x", &keys(&[("climate-zone", "warm-wet")]))
        .unwrap();
    assert_eq!(row.value, Some(10.0));
    assert_eq!(row.row_id(), "x/warm-wet/default");
}

#[test]
fn a_set_can_be_asked_for() {
    let all = parameters();
    let wanted = keys(&[("climate-zone", "warm-wet"), ("parameter-set", "conflict")]);
    assert_eq!(all.find("x", &wanted).unwrap().value, Some(12.0));
}

#[test]
fn a_zone_is_known_under_the_names_of_other_tables() {
    let mut all = parameters();
    all.rows.remove("x/any/default");
    let row = all
        .find("x", &keys(&[("climate-zone", "warm-moist")]))
        .unwrap();
    assert_eq!(row.value, Some(10.0));
}

#[test]
fn a_catch_all_row_answers_last() {
    let all = parameters();
    let row = all
        .find("x", &keys(&[("climate-zone", "elsewhere")]))
        .unwrap();
    assert_eq!(row.value, Some(5.0));
}

#[test]
fn an_unknown_word_is_met_with_those_allowed() {
    let mut all = parameters();
    all.rows.remove("x/any/default");
    let error = all
        .find("x", &keys(&[("climate-zone", "hot")]))
        .unwrap_err();
    let told = error.to_string();
    assert!(told.contains("`hot`") && told.contains("`cold`"), "{told}");
    assert!(matches!(
        all.find("z", &keys(&[])),
        Err(ParameterError::UnknownId { .. })
    ));
}

#[test]
fn a_missing_key_is_named() {
    let mut all = parameters();
    all.rows.remove("x/any/default");
    let told = all.find("x", &keys(&[])).unwrap_err().to_string();
    assert!(told.contains("needs `climate-zone`"), "{told}");
}

#[test]
fn each_kind_of_interval_has_its_own_standard_deviation() {
    let all = parameters();
    let spread = |id: &str, zone: &str| {
        all.find(id, &keys(&[("climate-zone", zone)]))
            .unwrap()
            .spread()
            .unwrap()
    };
    assert_eq!(
        spread("x", "warm-wet"),
        Spread {
            sigma: 1.0,
            shape: Shape::Normal
        }
    );
    let cold = spread("x", "cold");
    assert!((cold.sigma - 3.0 / 1.959_964).abs() < 1e-6);
    assert_eq!(cold.shape, Shape::LogNormal);
    let range = spread("y", "cold");
    assert!((range.sigma - 2.0 / 12.0_f64.sqrt()).abs() < 1e-12);
    assert_eq!(range.shape, Shape::Uniform);
}

#[test]
fn a_row_without_a_source_does_not_load() {
    let mut all = Parameters::default();
    let findings = all
        .add_table(
            "id,value,unit,cite,locator\na,1,1,,tab. 1\nb,x,1,book,tab. 1\n",
            "p.csv",
        )
        .unwrap_err();
    assert_eq!(findings.len(), 2);
    assert!(findings[0].what.contains("no `cite`"));
    assert!(findings[1].what.contains("expected a number"));
}

#[test]
fn a_users_row_replaces_and_is_recorded() {
    let mut all = parameters();
    let overrides = all
        .override_with(
            "id,climate-zone,parameter-set,value,unit,cite,locator\nx,cold,default,5,t_c/ha,user,own survey\nw,,,1,1,user,own survey\n",
            "mine.csv",
            &BTreeSet::from(["w".to_owned()]),
        )
        .unwrap();
    assert_eq!(overrides.replaced, ["x/cold/default"]);
    assert_eq!(overrides.added, ["w"]);
    let row = all.find("x", &keys(&[("climate-zone", "cold")])).unwrap();
    assert_eq!((row.value, row.standing), (Some(5.0), Standing::User));
}

/// The root-shoot ratio of temperate oak is given above 70 t/ha alone.
#[test]
fn a_class_that_a_table_lacks_is_named() {
    let seeds = crate::account::Seeds::embedded();
    let asked = keys(&[
        ("edition", "2006"),
        ("ecological-zone", "temperate"),
        ("continent", "all-2006"),
        ("origin-type", "quercus"),
    ]);
    let find = |at| seeds.parameters().find_at("root-shoot-forest", &asked, at);
    assert_eq!(find(100.0).unwrap().value, Some(0.3));
    let error = find(12.0).unwrap_err();
    assert!(
        matches!(error, ParameterError::OutsideClasses { .. }),
        "{error}"
    );
    let said = error.to_string();
    assert!(
        said.contains("origin-type `quercus`") && said.contains("only above-ground above 70"),
        "{said}"
    );
}

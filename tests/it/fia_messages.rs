//! What is wrong with a made FIA database: told with what causes it, and hiding nothing else.

use crate::fia_input::{PLAN, database, visited_twice};
use crate::field::said;

#[test]
fn wrong_rows_of_the_population_hide_no_others() {
    let field = database(|name, text| match name {
        "POP_STRATUM" => text.replace("brown,4,2", "brown,-4,2"),
        "PLOT" => text.replace("A,,1,1,2018", "A,,1,1,then"),
        "COND" => text.replace("SUBP,0.8,", "SUBP,1.8,"),
        "TREE" => text.replace("12,10,6,20", "12,10,6,-20"),
        _ => text,
    });
    let output = field.run(PLAN, &[]);
    let told = said(&output);
    for words in [
        "column P1POINTCNT: found -4, expected a whole number",
        "found `then`, expected a number",
        "column CONDPROP_UNADJ: found 1.8",
        "column VOLCFNET: found -20",
    ] {
        assert!(told.contains(words), "no `{words}` in: {told}");
    }
    // What follows from the wrong count is not told too.
    assert!(!told.contains("P1PNTCNT_EU"), "{told}");
    assert!(!told.contains("in strata that"), "{told}");
}

#[test]
fn what_is_not_there_is_named() {
    let field = database(|name, text| match name {
        "POP_EVAL_TYP" => "EVAL_CN,EVAL_TYP\n".to_owned(),
        _ => text,
    });
    field.refused(
        PLAN,
        &["no evaluation of area and volume (EVAL_TYP EXPVOL)"],
    );
    let field = database(|_, text| text);
    let output = field.run(&PLAN.replace("evaluation = 11901", ""), &[]);
    let told = said(&output);
    assert!(
        told.contains("`preset = \"fia\"` and no evaluation"),
        "{told}"
    );
    assert!(
        !told.contains("state 0") && !told.contains("of state "),
        "{told}"
    );
    let field = visited_twice(|_, text| text);
    std::fs::remove_file(field.path("fia/AL_TREE_GRM_MIDPT.csv")).unwrap();
    let told = field.done(PLAN, &[]);
    assert!(
        told.contains("no table TREE_GRM_MIDPT: there are no components of change"),
        "{told}"
    );
}

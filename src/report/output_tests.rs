use std::fs;

use super::*;

fn document(path: &str, text: &str) -> Document {
    Document::new(path, text)
}

/// An output as the program writes it, the manifest included.
fn output(text: &str) -> Vec<Document> {
    vec![document("summary.csv", text), document(MANIFEST, "{}\n")]
}

fn names(directory: &Path) -> Vec<String> {
    let mut names: Vec<String> = fs::read_dir(directory)
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    names.sort();
    names
}

#[test]
fn all_documents_are_written_under_the_name() {
    let home = tempfile::tempdir().unwrap();
    let target = home.path().join("a/out");
    write_atomically(&target, Existing::Keep, &output("x")).unwrap();
    assert_eq!(fs::read_to_string(target.join("summary.csv")).unwrap(), "x");
    assert!(target.join("run/manifest.json").is_file());
    assert_eq!(names(&home.path().join("a")), ["out"]);
}

#[test]
fn an_existing_output_is_kept_unless_it_is_to_be_replaced() {
    let home = tempfile::tempdir().unwrap();
    let target = home.path().join("out");
    write_atomically(&target, Existing::Keep, &output("old")).unwrap();
    let refusal = write_atomically(&target, Existing::Keep, &output("new")).unwrap_err();
    assert!(matches!(refusal, OutputError::Exists { .. }));
    assert!(refusal.hint().is_some());
    assert_eq!(
        fs::read_to_string(target.join("summary.csv")).unwrap(),
        "old"
    );
    write_atomically(&target, Existing::Replace, &output("new")).unwrap();
    assert_eq!(
        fs::read_to_string(target.join("summary.csv")).unwrap(),
        "new"
    );
    assert_eq!(names(home.path()), ["out"]);
}

#[test]
fn the_old_output_stays_until_the_new_one_is_complete() {
    let home = tempfile::tempdir().unwrap();
    let target = home.path().join("out");
    write_atomically(&target, Existing::Keep, &output("old")).unwrap();
    let unfinished = OutputDirectory::begin(&target, Existing::Replace).unwrap();
    unfinished.write(&document("summary.csv", "new")).unwrap();
    assert_eq!(
        fs::read_to_string(target.join("summary.csv")).unwrap(),
        "old"
    );
    drop(unfinished);
    assert_eq!(
        fs::read_to_string(target.join("summary.csv")).unwrap(),
        "old"
    );
    assert_eq!(names(home.path()), ["out"]);
}

#[test]
fn a_run_that_was_overtaken_leaves_the_output_of_the_other() {
    let home = tempfile::tempdir().unwrap();
    let target = home.path().join("out");
    let slow = OutputDirectory::begin(&target, Existing::Keep).unwrap();
    slow.write(&document("summary.csv", "slow")).unwrap();
    write_atomically(&target, Existing::Keep, &output("fast")).unwrap();
    let refusal = slow.complete().unwrap_err();
    assert!(matches!(refusal, OutputError::Meanwhile { .. }));
    let kept = fs::read_to_string(target.join("summary.csv")).unwrap();
    assert_eq!(kept, "fast");
    assert_eq!(names(home.path()), ["out"]);
}

#[cfg(unix)]
#[test]
fn a_link_is_told_to_be_one() {
    let home = tempfile::tempdir().unwrap();
    let target = home.path().join("out");
    write_atomically(&target, Existing::Keep, &output("x")).unwrap();
    let link = home.path().join("link");
    std::os::unix::fs::symlink(&target, &link).unwrap();
    let refusal = check_target(&link, Existing::Replace).unwrap_err();
    assert!(matches!(refusal, OutputError::Link { .. }));
}

#[test]
fn a_directory_of_something_else_is_never_replaced() {
    let home = tempfile::tempdir().unwrap();
    let target = home.path().join("thesis");
    fs::create_dir(&target).unwrap();
    fs::write(target.join("chapter1.txt"), "years of work").unwrap();
    let refusal = write_atomically(&target, Existing::Replace, &output("x")).unwrap_err();
    assert!(matches!(refusal, OutputError::NotAnOutput { .. }));
    let file = home.path().join("file");
    fs::write(&file, "x").unwrap();
    assert!(matches!(
        check_target(&file, Existing::Replace),
        Err(OutputError::NotAnOutput { .. })
    ));
    assert!(target.join("chapter1.txt").is_file());
}

#[test]
fn an_empty_directory_is_filled() {
    let home = tempfile::tempdir().unwrap();
    let target = home.path().join("out");
    fs::create_dir(&target).unwrap();
    write_atomically(&target, Existing::Keep, &output("x")).unwrap();
    assert!(target.join("summary.csv").is_file());
}

#[test]
fn a_document_cannot_leave_the_directory_and_a_refused_one_leaves_nothing() {
    let home = tempfile::tempdir().unwrap();
    let target = home.path().join("out");
    for path in ["../evil.csv", "/evil.csv", "", "tables/../../evil.csv"] {
        let documents = [document("summary.csv", "x"), document(path, "x")];
        let refusal = write_atomically(&target, Existing::Keep, &documents).unwrap_err();
        assert!(matches!(refusal, OutputError::Outside { .. }), "{path}");
    }
    assert!(names(home.path()).is_empty());
}

#[test]
fn the_records_hold_size_and_digest_in_the_order_of_the_paths() {
    let home = tempfile::tempdir().unwrap();
    let directory = OutputDirectory::begin(&home.path().join("out"), Existing::Keep).unwrap();
    directory
        .write(&document("tables/area.csv", "abc"))
        .unwrap();
    directory.write(&document("regions.geojson", "")).unwrap();
    let records = directory.records().unwrap();
    assert_eq!(records[0].path, "regions.geojson");
    assert_eq!(
        records[1],
        FileRecord::of_bytes("tables/area.csv", "", b"abc")
    );
}

#[test]
fn the_tables_of_an_output_are_read_where_they_are() {
    let home = tempfile::tempdir().unwrap();
    let target = home.path().join("out");
    let summary = "region_id,area_ha\n44003,12.5\n";
    write_atomically(&target, Existing::Keep, &output(summary)).unwrap();
    let tables = OutTables::read(&target).unwrap();
    assert!(tables.get("tables/area.csv").is_none());
    let row = tables.get("summary.csv").unwrap().rows().next().unwrap();
    assert_eq!(row.number("area_ha"), Some(12.5));
}

use super::*;

fn manifest(started: &str, threads: usize) -> Manifest {
    Manifest {
        name: "Rhode Island 2018".into(),
        description: "Accounts of the ecosystem carbon sink.".into(),
        version: "0.1.0".into(),
        plan: Some(FileRecord::of_bytes("counties.toml", "plan", b"name = 1")),
        plan_text: "name = \"Rhode Island 2018\"".into(),
        inputs: vec![FileRecord::of_bytes(
            "data/land cover.tif",
            "land-cover 2016",
            b"x",
        )],
        outputs: vec![FileRecord::of_bytes("summary.csv", "", b"a,b\n")],
        parameters_sha256: sha256(b"p"),
        seeds_sha256: sha256(b"s"),
        seed: Some(20_260_101),
        grid: Some(GridFacts {
            crs: "EPSG:5070".into(),
            columns: 2292,
            rows: 3298,
            transform: [1.0, 30.0, 0.0, 2.0, 0.0, -30.0],
            block: 512,
            resampled: vec![],
        }),
        run: RunFacts {
            started: started.into(),
            ended: started.into(),
            threads,
            plan_directory: Some("..".into()),
            machine: vec![("gdal".into(), "3.6.2".into())],
        },
        ..Manifest::default()
    }
}

#[test]
fn the_digest_is_sha_256() {
    // FIPS 180-4, example of one block.
    assert_eq!(
        sha256(b"abc"),
        "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
    );
}

#[test]
fn two_equal_runs_differ_in_the_action_only() {
    let read = |started, threads| manifest_json(&manifest(started, threads)).unwrap();
    let one = read("2026-01-01T00:00:00Z", 1);
    let other = read("2026-01-02T00:00:00Z", 7);
    assert_ne!(one.bytes, other.bytes);
    let rest = |document: &Document| manifest_without_run(&document.bytes).unwrap();
    assert_eq!(rest(&one), rest(&other));
}

#[test]
fn the_file_lists_read_back() {
    let written = manifest("2026-01-01T00:00:00Z", 1);
    let files = manifest_files(&manifest_json(&written).unwrap().bytes).unwrap();
    assert_eq!(files.inputs[0], written.plan.unwrap());
    assert_eq!(files.inputs[1..], written.inputs);
    assert_eq!(files.outputs, written.outputs);
    assert_eq!(files.plan_directory, written.run.plan_directory);
}

#[test]
fn ids_are_valid_paths() {
    assert_eq!(
        id(INPUT, "data/land cover.tif"),
        "#input/data/land%20cover.tif"
    );
}

#[test]
fn what_is_no_manifest_is_refused() {
    assert!(manifest_files(b"{}").is_err());
    assert!(manifest_files(b"nonsense").is_err());
}

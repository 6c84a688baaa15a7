//! The command line, and the commands of the README.
//!
//! `cli/*.md` hold command lines with what they print and the code they end with. After a wanted
//! change of the help, `TRYCMD=overwrite cargo test --test it cli` writes them anew.

use std::fs;
use std::path::Path;
use std::process::Output;

use crate::scratch::{samples, terrasink};

#[test]
fn what_the_commands_print_is_what_their_pages_say() {
    let version = env!("CARGO_PKG_VERSION");
    let cases = trycmd::TestCases::new();
    cases
        .insert_var("[VERSION]", version)
        .expect("a variable in brackets");
    cases.case("tests/it/cli/*.md");
}

#[test]
fn the_published_schema_is_the_one_that_the_program_prints() {
    let printed = text(&terrasink(&["schema"]).stdout);
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/plan.schema.json");
    let published = fs::read_to_string(path).unwrap();
    assert_eq!(
        printed, published,
        "write it anew: terrasink schema > docs/plan.schema.json"
    );
}

#[test]
fn every_key_of_the_plan_stands_in_its_reference() {
    let schema: serde_json::Value = serde_json::from_slice(&terrasink(&["schema"]).stdout).unwrap();
    let reference = document("docs/plan.md");
    let tables = schema["$defs"].as_object().unwrap().values();
    let mut keys = 0;
    for table in tables.chain([&schema]) {
        for key in table["properties"].as_object().into_iter().flatten() {
            keys += 1;
            let key = key.0;
            let named = [format!("`{key}`"), format!("[{key}]"), format!("[{key}.")];
            let table = format!(".{key}]");
            assert!(
                named.iter().any(|name| reference.contains(name)) || reference.contains(&table),
                "`{key}` is not in docs/plan.md"
            );
        }
    }
    assert!(keys > 60, "only {keys} keys were seen");
}

#[test]
fn every_command_stands_in_the_readme() {
    let help = text(&terrasink(&["--help"]).stdout);
    let commands = help.split("Commands:").nth(1).unwrap();
    let commands = commands.split("Options:").next().unwrap();
    let names = commands.lines().filter_map(|line| {
        let word = line.strip_prefix("  ")?;
        (!word.starts_with(' ')).then(|| word.split_whitespace().next())?
    });
    let readme = readme();
    for name in names.filter(|name| *name != "help") {
        assert!(
            readme.contains(&format!("`terrasink {name}")),
            "`{name}` is not in README.md"
        );
    }
}

/// The commands of the README run one after the other, as a reader would type them in the root of
/// the project.
#[test]
fn the_commands_of_the_readme_work() {
    let place = tempfile::tempdir().unwrap();
    copy(&samples(), &place.path().join("data-samples"));
    let readme = readme();
    let mut commands = 0;
    for block in readme.split("```sh\n").skip(1) {
        let block = block.split("```").next().unwrap();
        for line in block.lines().filter(|line| line.starts_with("terrasink ")) {
            commands += 1;
            let command = line.split('#').next().unwrap();
            let arguments: Vec<&str> = command.split_whitespace().skip(1).collect();
            let output = std::process::Command::new(env!("CARGO_BIN_EXE_terrasink"))
                .args(&arguments)
                .current_dir(place.path())
                .output()
                .unwrap();
            assert!(output.status.success(), "{line}\n{}", text(&output.stderr));
        }
    }
    assert!(commands >= 6, "only {commands} commands were seen");
}

#[test]
fn the_sample_of_an_empty_directory_runs_and_nothing_is_overwritten() {
    let place = tempfile::tempdir().unwrap();
    let dir = place.path().join("new");
    assert_eq!(code(&at(&dir, &["init"])), 0);
    let plan = dir.join("counties.toml");
    let before = fs::read(&plan).unwrap();
    let check = terrasink(&["check".as_ref(), plan.as_os_str()]);
    assert_eq!(code(&check), 0, "{}", text(&check.stderr));
    // A directory with data and plans gets a draft; a second draft is refused.
    assert_eq!(code(&at(&dir, &["init"])), 0);
    let again = at(&dir, &["init"]);
    assert_eq!(code(&again), 3);
    assert!(text(&again.stderr).contains("not overwritten"));
    assert_eq!(fs::read(&plan).unwrap(), before);
}

#[test]
fn a_draft_is_a_plan_once_its_questions_are_answered() {
    let place = tempfile::tempdir().unwrap();
    for file in ["counties.gpkg", "landcover_2016.tif", "plots.csv"] {
        fs::copy(
            samples().join("rhode-island").join(file),
            place.path().join(file),
        )
        .unwrap();
    }
    assert_eq!(code(&at(place.path(), &["init"])), 0);
    let plan = place.path().join("plan.toml");
    let draft = fs::read_to_string(&plan).unwrap();
    let unanswered = terrasink(&["check".as_ref(), plan.as_os_str()]);
    assert_eq!(code(&unanswered), 3);
    let answered = draft
        .replace("\"CHECK: name of the run\"", "\"A county\"")
        .replace("legend = \"CHECK\"", "legend = \"nlcd\"");
    fs::write(&plan, answered).unwrap();
    let check = terrasink(&["check".as_ref(), plan.as_os_str()]);
    assert_eq!(code(&check), 0, "{draft}\n{}", text(&check.stderr));
}

#[test]
fn an_output_verifies_until_a_file_of_it_or_of_its_data_changes() {
    let place = tempfile::tempdir().unwrap();
    let data = place.path().join("rhode-island");
    copy(&samples().join("rhode-island"), &data);
    let (plan, out) = (data.join("counties.toml"), place.path().join("out"));
    let run = terrasink(&[
        "run".as_ref(),
        plan.as_os_str(),
        "--out".as_ref(),
        out.as_os_str(),
        "--threads".as_ref(),
        "1".as_ref(),
    ]);
    assert_eq!(code(&run), 0, "{}", text(&run.stderr));

    let again = at(&out, &["verify", "--rerun", "--threads", "2"]);
    assert_eq!(
        code(&again),
        0,
        "{}{}",
        text(&again.stdout),
        text(&again.stderr)
    );
    assert!(text(&again.stdout).contains("second run: "));

    // Data and output may move together; apart, the plan is given.
    let moved = place.path().join("moved");
    fs::rename(&data, &moved).unwrap();
    let lost = at(&out, &["verify"]);
    assert_eq!(code(&lost), 1);
    assert!(text(&lost.stderr).contains("--plan"));
    let plan = moved.join("counties.toml");
    let given = |out: &Path| {
        terrasink(&[
            "verify".as_ref(),
            out.as_os_str(),
            "--plan".as_ref(),
            plan.as_os_str(),
        ])
    };
    assert_eq!(code(&given(&out)), 0);

    // Notes beside the output are no harm; a figure whose record was taken out is.
    fs::write(out.join("notes.txt"), "seen by the office\n").unwrap();
    assert_eq!(code(&given(&out)), 0);
    let path = out.join("run/manifest.json");
    let whole = fs::read_to_string(&path).unwrap();
    let mut manifest: serde_json::Value = serde_json::from_str(&whole).unwrap();
    let entities = manifest["@graph"].as_array_mut().unwrap();
    entities.retain(|entity| entity["@id"] != "summary.csv");
    fs::write(&path, manifest.to_string()).unwrap();
    let without = given(&out);
    assert_eq!(code(&without), 1);
    assert!(text(&without.stderr).contains("summary.csv: not in the manifest"));
    fs::write(&path, whole).unwrap();

    fs::write(out.join("summary.csv"), "region_id\n").unwrap();
    fs::remove_file(out.join("tables/area.csv")).unwrap();
    let changed = given(&out);
    assert_eq!(code(&changed), 1);
    let told = text(&changed.stderr);
    assert!(told.contains("outputs: summary.csv: changed"), "{told}");
    assert!(told.contains("outputs: tables/area.csv: missing"), "{told}");
}

#[test]
fn what_no_run_wrote_cannot_be_verified() {
    let place = tempfile::tempdir().unwrap();
    let output = at(place.path(), &["verify"]);
    assert_eq!(code(&output), 3);
    assert!(text(&output.stderr).contains("terrasink run"));
}

#[test]
fn this_machine_is_fit() {
    let output = terrasink(&["doctor", "--json"]);
    assert_eq!(code(&output), 0, "{}", text(&output.stderr));
    let facts: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(facts["fit"], true);
    assert_eq!(facts["drivers"].as_array().unwrap().len(), 5);
    assert_eq!(facts["proj"], true);
}

#[test]
fn completions_name_every_command() {
    for shell in ["bash", "fish", "zsh"] {
        let output = terrasink(&["completions", shell]);
        assert_eq!(code(&output), 0);
        for command in ["check", "run", "explain", "verify", "doctor"] {
            assert!(text(&output.stdout).contains(command), "{shell}: {command}");
        }
    }
}

/// Runs a command on a directory: its words, the directory second.
fn at(dir: &Path, words: &[&str]) -> Output {
    let mut arguments: Vec<&std::ffi::OsStr> = vec![words[0].as_ref(), dir.as_os_str()];
    arguments.extend(words[1..].iter().map(|word| std::ffi::OsStr::new(*word)));
    terrasink(&arguments)
}

fn code(output: &Output) -> i32 {
    output.status.code().unwrap()
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

fn readme() -> String {
    document("README.md")
}

/// A text of the project.
fn document(path: &str) -> String {
    fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join(path)).unwrap()
}

/// Copies a directory with all that is in it.
fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap() {
        let path = entry.unwrap().path();
        let target = to.join(path.file_name().unwrap());
        if path.is_dir() {
            copy(&path, &target);
        } else {
            fs::copy(&path, &target).unwrap();
        }
    }
}

/// The files of a register of sub-compartments, with tables of soil and wood beside them.
#[test]
fn a_draft_knows_stand_registers_and_tables_by_their_fields() {
    let place = tempfile::tempdir().unwrap();
    for entry in fs::read_dir(samples().join("made-xiaoban")).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        if name.starts_with("xia") {
            fs::copy(&path, place.path().join(name)).unwrap();
        }
    }
    let write = |name: &str, text: &str| fs::write(place.path().join(name), text).unwrap();
    write(
        "profiles.csv",
        "site,region,year,top_cm,bottom_cm,carbon_pct,bulk_density_g_cm3,coarse_pct\n",
    );
    write("wood.csv", "region,product,year,production,unit\n");
    assert_eq!(code(&at(place.path(), &["init"])), 0);
    let plan = place.path().join("plan.toml");
    let draft = fs::read_to_string(&plan).unwrap();
    assert!(draft.contains("[regions]\npath = \"xiang.shp\""), "{draft}");
    assert_eq!(
        draft.matches("preset = \"cn-xiaoban\"").count(),
        2,
        "{draft}"
    );
    assert!(!draft.contains("[[boundary]]"), "{draft}");
    assert!(
        draft.contains("# [soil-samples]\n# path = \"profiles.csv\""),
        "{draft}"
    );
    assert!(
        draft.contains("# [harvested-wood]\n# path = \"wood.csv\""),
        "{draft}"
    );
    assert!(!draft.contains("plots or strata"), "{draft}");
    fs::write(
        &plan,
        draft.replace("\"CHECK: name of the run\"", "\"Townships\""),
    )
    .unwrap();
    let check = terrasink(&["check".as_ref(), plan.as_os_str()]);
    assert_eq!(code(&check), 0, "{draft}\n{}", text(&check.stderr));
}

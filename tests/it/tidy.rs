//! Walls between rooms, sizes of files, sources of seeds.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

/// The rooms in the order of the journey: left never knows right.
const ROOMS: [&str; 6] = ["units", "grid", "zonal", "estimate", "account", "report"];

/// Rooms and files within three of the rooms, in the order of the work: none knows those after it.
const WITHIN: [(&str, &[&str]); 3] = [
    (
        "account",
        &[
            "quality",
            "ecosystem",
            "pool",
            "within",
            "words",
            "tables",
            "library",
            "uncertainty",
            "choice",
            "land",
            "nesting",
            "carbon_account",
            "plots",
            "density",
            "soil",
            "change",
            "fire",
            "stands",
            "wood",
            "restoration",
            "carbon_input",
            "checks",
            "carbon",
            "outcome",
            "accounts",
        ],
    ),
    (
        "input",
        &[
            "files",
            "ground",
            "shapes",
            "table",
            "plots",
            "raster",
            "stands",
            "fia",
            "table_kinds",
            "survey",
        ],
    ),
    (
        "pipeline",
        &[
            "open",
            "pass",
            "sample",
            "carbon",
            "headline",
            "land",
            "laws",
            "accounts",
            "capability",
            "write",
            "verify",
            "sample_plan",
            "zonal",
        ],
    ),
];

/// What none of these rooms may name.
const ROOMS_OF_PEOPLE: [&str; 3] = ["input", "pipeline", "cli"];

/// The most lines that a file may have.
const LINES: usize = 450;

/// Files that are longer, with the most lines that each may reach and why it is one file.
const LONG: [(&str, usize, &str); 15] = [
    ("src/account/carbon_tests.rs", 640, "tests of one table"),
    (
        "src/account/library/seeds/mod.rs",
        520,
        "one loader a seed table",
    ),
    (
        "src/estimate/simulation_tests.rs",
        530,
        "one bench a design",
    ),
    ("src/report/columns.rs", 700, "columns as data, one a table"),
    ("src/report/explain.rs", 900, "to be split by figure"),
    ("src/report/style.rs", 600, "XML of QGIS styles"),
    ("tests/it/accuracy.rs", 500, "tests of one subject"),
    ("tests/it/bad_input.rs", 520, "tests of one subject"),
    ("tests/it/fia_input.rs", 480, "tests of one subject"),
    ("tests/it/journey.rs", 620, "tests of one subject"),
    ("tests/it/odd_input.rs", 740, "tests of one subject"),
    ("tests/it/reference.rs", 680, "tests of one subject"),
    ("tests/it/zonal.rs", 670, "tests of one subject"),
    ("src/zonal/measure_tests.rs", 540, "tests of one pass"),
    ("src/zonal/sweep_tests.rs", 500, "tests of one algorithm"),
];

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// All files under a folder of the project, sorted.
fn files(folder: &str) -> Vec<PathBuf> {
    let mut found = Vec::new();
    let mut open = vec![root().join(folder)];
    while let Some(folder) = open.pop() {
        for entry in fs::read_dir(&folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                open.push(path);
            } else {
                found.push(path);
            }
        }
    }
    found.sort();
    found
}

fn rust_files(folder: &str) -> Vec<PathBuf> {
    let mut found = files(folder);
    found.retain(|path| path.extension().is_some_and(|ending| ending == "rs"));
    assert!(!found.is_empty(), "no source under {folder}");
    found
}

/// Path as the project names it.
fn name(path: &Path) -> String {
    let inside = path.strip_prefix(root()).unwrap();
    let parts: Vec<_> = inside.iter().map(|part| part.to_string_lossy()).collect();
    parts.join("/")
}

/// The lines of code with their numbers: comments and what follows `#[cfg(test)]` do not count.
fn code(text: &str) -> Vec<(usize, &str)> {
    text.lines()
        .enumerate()
        .take_while(|(_, line)| !line.contains("#[cfg(test)]"))
        .map(|(index, line)| (index + 1, line))
        .filter(|(_, line)| !line.trim_start().starts_with("//"))
        .collect()
}

fn is_test(path: &Path) -> bool {
    let stem = path.file_stem().unwrap().to_string_lossy();
    stem.ends_with("_tests") || stem == "tests"
}

/// The places where the code of `files` has one of `words`.
fn places(files: &[PathBuf], words: &[String]) -> Vec<String> {
    let mut found = Vec::new();
    for path in files.iter().filter(|path| !is_test(path)) {
        let text = fs::read_to_string(path).unwrap();
        for (number, line) in code(&text) {
            if let Some(word) = words.iter().find(|word| line.contains(word.as_str())) {
                found.push(format!("{}:{number}: `{word}`", name(path)));
            }
        }
    }
    found
}

#[test]
fn a_room_knows_only_rooms_to_its_left() {
    let mut wrong = Vec::new();
    for (position, room) in ROOMS.iter().enumerate() {
        let words: Vec<String> = ROOMS[position + 1..]
            .iter()
            .chain(&ROOMS_OF_PEOPLE)
            .flat_map(|right| [format!("crate::{right}::"), format!("crate::{right};")])
            .collect();
        wrong.extend(places(&rust_files(&format!("src/{room}")), &words));
    }
    assert!(
        wrong.is_empty(),
        "rooms that know rooms to their right: {wrong:#?}"
    );
}

/// Names that a text takes from a room by its path, such as `land` of `crate::account::land::Gaps`.
fn taken(text: &str, room: &str) -> BTreeSet<String> {
    let path = format!("crate::{room}::");
    let mut names = BTreeSet::new();
    for rest in text.split(path.as_str()).skip(1) {
        let list = rest.strip_prefix('{');
        let list = list.map_or(rest, |list| &list[..list.find(';').unwrap_or(list.len())]);
        let all = list
            .split(',')
            .take(if rest.starts_with('{') { usize::MAX } else { 1 });
        names.extend(all.map(|name| {
            let name = name.trim();
            let end = name.find(|c: char| !c.is_alphanumeric() && c != '_');
            name[..end.unwrap_or(name.len())].to_owned()
        }));
    }
    names
}

#[test]
fn a_room_within_a_room_knows_none_after_it() {
    let mut wrong = Vec::new();
    for (room, order) in WITHIN {
        let folder = root().join("src").join(room);
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            let stem = path.file_stem().unwrap().to_string_lossy().into_owned();
            let is_door = stem == "mod" || is_test(&path);
            assert!(
                is_door || order.contains(&&*stem),
                "{room}/{stem} has no place"
            );
        }
        for (place, within) in order.iter().enumerate() {
            let is_folder = root().join(format!("src/{room}/{within}")).is_dir();
            let sources = if is_folder {
                rust_files(&format!("src/{room}/{within}"))
            } else {
                vec![root().join(format!("src/{room}/{within}.rs"))]
            };
            // The seeds are read as all rooms mean them: legends, definitions, codes, policies.
            let of_seeds = |path: &PathBuf| name(path).starts_with("src/account/library/seeds/");
            let sources = sources.iter();
            for path in sources.filter(|path| !is_test(path) && !of_seeds(path)) {
                let text = fs::read_to_string(path).unwrap();
                let lines: Vec<&str> = code(&text).into_iter().map(|(_, line)| line).collect();
                let taken = taken(&lines.join(" "), room);
                let later = order[place + 1..]
                    .iter()
                    .filter(|later| taken.contains(**later));
                wrong.extend(later.map(|later| format!("{}: `{later}`", name(path))));
            }
        }
    }
    assert!(
        wrong.is_empty(),
        "rooms that know rooms after them: {wrong:#?}"
    );
}

#[test]
fn only_pipeline_and_cli_see_the_pipeline() {
    let words = ["crate::pipeline".to_owned(), "crate::cli".to_owned()];
    for room in ["input", "plan"] {
        let wrong = places(&rust_files(&format!("src/{room}")), &words);
        assert!(wrong.is_empty(), "{wrong:#?}");
    }
}

#[test]
fn gdal_is_named_in_the_room_of_input_only() {
    let mut sources = rust_files("src");
    sources.retain(|path| !name(path).starts_with("src/input/"));
    let words = ["gdal::", "gdal_sys", "use gdal", "extern crate gdal"].map(str::to_owned);
    let wrong = places(&sources, &words);
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn the_rooms_of_numbers_touch_nothing_outside() {
    const WORDS: [&str; 10] = [
        "std::fs",
        "std::env",
        "std::process",
        "std::net",
        "fs::",
        "SystemTime",
        "Instant::now",
        "println!",
        "print!(",
        "env::var",
    ];
    // The door to the file system of the room of reports.
    const DOORS: [&str; 2] = ["src/report/output.rs", "src/report/parsed.rs"];
    let words = WORDS.map(str::to_owned);
    for room in ROOMS {
        let mut sources = rust_files(&format!("src/{room}"));
        sources.retain(|path| !DOORS.contains(&name(path).as_str()));
        let wrong = places(&sources, &words);
        assert!(wrong.is_empty(), "{wrong:#?}");
    }
}

#[test]
fn only_the_command_line_prints() {
    let mut sources = rust_files("src");
    // It keeps others from printing.
    let silence = "src/input/files/silence.rs";
    sources.retain(|path| !name(path).starts_with("src/cli/") && name(path) != silence);
    let words = ["println!", "print!(", "stdout()", "stderr()"].map(str::to_owned);
    let wrong = places(&sources, &words);
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn no_file_hides_a_second_room() {
    let mut wrong = Vec::new();
    for path in rust_files("src").iter().chain(&rust_files("tests")) {
        let lines = fs::read_to_string(path).unwrap().lines().count();
        let name = name(path);
        let listed = LONG.iter().find(|(long, _, _)| *long == name);
        let most = listed.map_or(LINES, |(_, most, _)| *most);
        if lines > most {
            wrong.push(format!("{name}: {lines} lines, at most {most}"));
        }
    }
    assert!(wrong.is_empty(), "split these files: {wrong:#?}");
}

#[test]
fn the_list_of_long_files_names_files_that_exist() {
    for (long, _, reason) in LONG {
        assert!(root().join(long).is_file(), "{long} is gone: unlist it");
        assert!(!reason.is_empty());
    }
}

#[test]
fn no_room_is_called_by_a_word_without_meaning() {
    const EMPTY: [&str; 5] = ["utils", "util", "helpers", "common", "misc"];
    for path in rust_files("src") {
        for part in path.strip_prefix(root()).unwrap() {
            let stem = Path::new(part).file_stem().unwrap().to_string_lossy();
            assert!(!EMPTY.contains(&stem.as_ref()), "{}", path.display());
        }
    }
}

/// The values of a column of a CSV of the seeds, with their line.
fn column(path: &Path, column: &str) -> Vec<(u64, String)> {
    let mut reader = csv::Reader::from_path(path).unwrap();
    let Some(position) = reader.headers().unwrap().iter().position(|h| h == column) else {
        return Vec::new();
    };
    reader
        .records()
        .map(|record| {
            let record = record.unwrap();
            let line = record.position().map_or(0, csv::Position::line);
            (line, record[position].to_owned())
        })
        .collect()
}

#[test]
fn every_source_that_the_seeds_cite_is_listed() {
    let sources = root().join("seeds/sources.csv");
    let known: BTreeSet<String> = column(&sources, "cite")
        .into_iter()
        .map(|(_, c)| c)
        .collect();
    let mut cited = 0;
    let mut wrong = Vec::new();
    for path in files("seeds").iter().filter(|path| **path != sources) {
        let mut check = |line: u64, cite: &str| {
            cited += 1;
            if !known.contains(cite) {
                wrong.push(format!("{}:{line}: `{cite}`", name(path)));
            }
        };
        match path.extension().and_then(|ending| ending.to_str()) {
            Some("csv") => {
                let of_legend = name(path).starts_with("seeds/legends/");
                let key = if of_legend { "source" } else { "cite" };
                for (line, cite) in column(path, key) {
                    check(line, &cite);
                }
            }
            Some("toml") => {
                let text = fs::read_to_string(path).unwrap();
                let table: toml::Table = text.parse().unwrap();
                let source = table["source"]["cite"].as_str().unwrap();
                check(0, source);
            }
            _ => {}
        }
    }
    assert!(cited > 200, "only {cited} citations were seen");
    assert!(wrong.is_empty(), "not in seeds/sources.csv: {wrong:#?}");
}

#[test]
fn every_parameter_says_its_unit_and_where_it_stands() {
    for path in files("seeds/parameters") {
        for key in ["id", "unit", "locator", "confidence"] {
            for (line, value) in column(&path, key) {
                assert!(!value.is_empty(), "{}:{line}: no `{key}`", name(&path));
            }
        }
    }
}

#[test]
fn nothing_names_a_place_on_somebodys_machine() {
    // In two parts, so that this file does not find itself.
    let places = [
        ["/ho", "me/"],
        ["/ro", "ot/"],
        ["/Us", "ers/"],
        ["/tm", "p/"],
        ["/wo", "rk/"],
    ];
    let mut texts = Vec::new();
    for folder in [
        "src",
        "seeds",
        "tests",
        "benches",
        "docs",
        "data-samples",
        "scripts",
        ".ci",
    ] {
        if root().join(folder).is_dir() {
            texts.extend(files(folder));
        }
    }
    for file in [
        "README.md",
        "ARCHITECTURE.md",
        "CHANGELOG.md",
        "Makefile",
        "Cargo.toml",
    ] {
        texts.push(root().join(file));
    }
    for path in texts {
        // Rasters and packages are not text.
        let Ok(text) = fs::read_to_string(&path) else {
            continue;
        };
        for place in places.map(|parts| parts.concat()) {
            assert!(!text.contains(&place), "{} has `{place}`", name(&path));
        }
    }
}

use super::super::parameter::Standing;
use super::*;
use crate::account::ecosystem::Ecosystem;

#[test]
fn every_compiled_in_seed_loads() {
    let texts = embedded::FILES
        .iter()
        .map(|(path, text)| ((*path).to_owned(), (*text).to_owned()))
        .collect();
    let seeds = match Seeds::from_texts(&texts) {
        Ok(seeds) => seeds,
        Err(findings) => panic!(
            "{}",
            findings
                .iter()
                .map(ToString::to_string)
                .collect::<Vec<_>>()
                .join("\n")
        ),
    };
    assert_eq!(seeds.legends().count(), 13);
    assert_eq!(seeds.parameters().len(), 1374);
    assert_eq!(seeds.forest_definitions().count(), 3);
    assert_eq!(seeds.digest().len(), 64);
}

#[test]
fn every_file_of_the_folder_is_compiled_in() {
    fn walk(folder: &std::path::Path, root: &std::path::Path, found: &mut Vec<String>) {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                walk(&path, root, found);
            } else {
                let inside = path.strip_prefix(root).unwrap();
                found.push(inside.to_str().unwrap().replace('\\', "/"));
            }
        }
    }
    let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("seeds");
    let mut found = Vec::new();
    walk(&root, &root, &mut found);
    found.retain(|path| path != "README.md");
    found.sort_unstable();
    let listed: Vec<&str> = embedded::FILES.iter().map(|(path, _)| *path).collect();
    assert_eq!(found, listed);
}

#[test]
fn nlcd_counts_three_classes_as_forest() {
    let seeds = Seeds::embedded();
    let nlcd = seeds.legend("nlcd").unwrap();
    let forest: Vec<i64> = nlcd
        .classes()
        .filter(|class| class.ecosystem == Some(Ecosystem::Forest))
        .map(|class| class.value)
        .collect();
    assert_eq!(forest, [41, 42, 43]);
    assert_eq!(nlcd.class(11).unwrap().colour, "#466b9f");
    assert_eq!(
        nlcd.class(90).unwrap().ecosystem,
        Some(Ecosystem::ForestedWetland)
    );
    assert!(nlcd.is_nodata(0));
}

#[test]
fn an_unknown_id_is_met_with_those_known() {
    let seeds = Seeds::embedded();
    let finding = seeds.legend("nldc").unwrap_err();
    assert!(finding.what.contains("did you mean `nlcd`"), "{finding}");
    assert!(finding.remedy.contains("esa-worldcover"));
}

#[test]
fn a_changed_text_changes_the_digest() {
    let mut texts: BTreeMap<String, String> = embedded::FILES
        .iter()
        .map(|(path, text)| ((*path).to_owned(), (*text).to_owned()))
        .collect();
    let before = Seeds::from_texts(&texts).unwrap().digest().to_owned();
    texts.get_mut("legends/clcd.csv").unwrap().push('\n');
    assert_ne!(Seeds::from_texts(&texts).unwrap().digest(), before);
}

#[test]
fn a_file_in_no_known_place_is_named() {
    let texts = BTreeMap::from([("legend/nlcd.csv".to_owned(), String::new())]);
    let findings = Seeds::from_texts(&texts).unwrap_err();
    assert_eq!(findings[0].place, "legend/nlcd.csv");
}

#[test]
fn a_method_is_described_with_the_values_that_its_keys_choose() {
    let seeds = Seeds::embedded();
    let method = seeds.method("grassland-biomass-ipcc2006").unwrap();
    let keys = BTreeMap::from([("climate-zone".to_owned(), "warm-temperate-wet".to_owned())]);
    let told = seeds.describe(method, &keys);
    assert_eq!(told.pools[0].parameters[0].value, Some(2.7));
    assert_eq!(
        told.pools[1].arithmetic,
        "area * (grassland-above-and-below-ground - grassland-above-ground) * carbon-fraction-grassland"
    );
    assert_eq!(told.keys["climate-zone"].len(), 7);
}

#[test]
fn recalled_figures_keep_their_mark() {
    let seeds = Seeds::embedded();
    let memory = seeds
        .parameters()
        .iter()
        .filter(|row| row.standing == Standing::Memory)
        .count();
    assert!(memory > 200, "{memory}");
    assert!(
        seeds
            .parameters()
            .of("bef-china")
            .all(|row| row.standing == Standing::Memory)
    );
}

#[test]
fn every_key_of_every_method_has_words_to_choose_from() {
    let seeds = Seeds::embedded();
    for method in seeds.methods() {
        let told = seeds.describe(method, &BTreeMap::new());
        for (key, words) in &told.keys {
            assert!(!words.is_empty(), "method {} key {key}", method.id);
        }
    }
}

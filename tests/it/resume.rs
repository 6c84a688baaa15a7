//! Passes that are stopped, and go on.

use std::fs;
use std::num::NonZeroUsize;
use std::ops::ControlFlow;
use std::sync::Mutex;

use terrasink::account::Seeds;
use terrasink::input::VectorSource;
use terrasink::pipeline::{
    self, Memory, NamedRaster, Parts, Pass, RunError, RunOptions, Watch, ZonalRequest,
};
use terrasink::plan::Plan;
use terrasink::report::{Existing, Statistic};
use terrasink::zonal::Edges;

use crate::field::{Field, lattice, said};
use crate::scratch::terrasink;

/// Stops a pass once so many blocks are done, and remembers which counts it was told.
struct StopAt {
    blocks: u64,
    told: Mutex<Vec<u64>>,
}

impl StopAt {
    fn new(blocks: u64) -> Self {
        Self {
            blocks,
            told: Mutex::new(Vec::new()),
        }
    }

    fn first(&self) -> u64 {
        self.told.lock().unwrap()[0]
    }
}

impl Watch for StopAt {
    fn step(&self, _: &str) {}

    fn blocks(&self, done: u64, _: u64) -> ControlFlow<()> {
        self.told.lock().unwrap().push(done);
        if done >= self.blocks {
            ControlFlow::Break(())
        } else {
            ControlFlow::Continue(())
        }
    }
}

const NEVER: u64 = u64::MAX;

/// Four by three blocks of classes and values.
fn field() -> Field {
    let field = Field::new();
    let cells = lattice(32649, (500_000.0, 3_300_000.0), 30.0, (2000, 1500));
    let tiled = [("TILED", "YES"), ("COMPRESS", "DEFLATE")];
    field.raster::<u8>("lc.tif", cells, &tiled, |col, row| {
        [41, 42, 71][(col / 7 + row / 5) % 3]
    });
    field.raster::<f32>("agb.tif", cells, &tiled, |col, row| {
        f32::from(u16::try_from((col * 31 + row * 17) % 997).unwrap()) / 7.0
    });
    field.regions(
        "regions.json",
        32649,
        &[
            ("a", [501_000.0, 3_256_000.0, 540_000.0, 3_299_000.0]),
            ("b", [540_000.0, 3_256_000.0, 559_000.0, 3_299_000.0]),
        ],
    );
    field
}

fn pass(parts: Parts) -> Pass {
    Pass {
        threads: NonZeroUsize::new(2).unwrap(),
        memory: Memory::of(1 << 30),
        parts,
    }
}

fn request(field: &Field, out: &str, resume: bool) -> ZonalRequest {
    let out = field.path(out);
    ZonalRequest {
        rasters: vec![
            NamedRaster::new("lc", field.path("lc.tif")),
            NamedRaster::new("agb", field.path("agb.tif")),
        ],
        by: vec!["lc".to_owned()],
        grid: None,
        raster_crs: None,
        zones: VectorSource::new(&field.path("regions.json")),
        id: "id".to_owned(),
        statistics: Statistic::ALL.to_vec(),
        edges: Edges::Exact,
        pass: pass(Parts::beside(&out, resume)),
        out: Some(out),
        existing: Existing::Replace,
    }
}

#[test]
fn a_stopped_pass_goes_on_and_gives_the_same_bytes() {
    let field = field();
    pipeline::zonal(&request(&field, "whole.csv", false), &StopAt::new(NEVER)).unwrap();
    let whole = fs::read(field.path("whole.csv")).unwrap();

    let stopped = pipeline::zonal(&request(&field, "z.csv", false), &StopAt::new(5));
    assert!(matches!(stopped, Err(RunError::Stopped)));
    assert!(!field.path("z.csv").exists());
    assert!(field.path(".z.csv.parts").exists());
    let watch = StopAt::new(NEVER);
    pipeline::zonal(&request(&field, "z.csv", true), &watch).unwrap();
    assert!(watch.first() >= 5, "began at {}", watch.first());
    assert_eq!(fs::read(field.path("z.csv")).unwrap(), whole);
    assert!(!field.path(".z.csv.parts").exists());
}

#[test]
fn parts_of_other_inputs_are_not_used() {
    let field = field();
    let stop = || {
        let stopped = pipeline::zonal(&request(&field, "z.csv", false), &StopAt::new(6));
        assert!(matches!(stopped, Err(RunError::Stopped)));
    };
    let begins = |request: &ZonalRequest| {
        let watch = StopAt::new(NEVER);
        pipeline::zonal(request, &watch).unwrap();
        watch.first()
    };
    // Without being asked to, another rule, other polygons, another raster under the same name.
    stop();
    assert_eq!(begins(&request(&field, "z.csv", false)), 1);
    stop();
    let mut centre = request(&field, "z.csv", true);
    centre.edges = Edges::CellCentre;
    assert_eq!(begins(&centre), 1);
    stop();
    field.regions(
        "regions.json",
        32649,
        &[("a", [501_000.0, 3_256_000.0, 540_001.0, 3_299_000.0])],
    );
    assert_eq!(begins(&request(&field, "z.csv", true)), 1);
    stop();
    let cells = lattice(32649, (500_000.0, 3_300_000.0), 30.0, (2000, 1500));
    field.raster::<u8>("lc.tif", cells, &[], |_, _| 41);
    assert_eq!(begins(&request(&field, "z.csv", true)), 1);
    // A file that is no part is not used either.
    stop();
    fs::write(field.path(".z.csv.parts"), "{\"key\": 3").unwrap();
    assert_eq!(begins(&request(&field, "z.csv", true)), 1);
}

const PLAN: &str = "name = \"a field\"\n[regions]\npath = \"regions.json\"\nid = \"id\"\n\
    [[land-cover]]\nyear = 2020\npath = \"lc.tif\"\nlegend = \"nlcd\"\n\
    [[layer]]\nname = \"agb\"\npath = \"agb.tif\"\nunit = \"t_dm/ha\"\n";

#[test]
fn a_stopped_run_goes_on_and_gives_the_same_bytes() {
    let field = field();
    let path = field.path("plan.toml");
    fs::write(&path, PLAN).unwrap();
    let plan = Plan::parse(&path, PLAN).unwrap();
    let run = |out: &str, resume: bool, watch: &StopAt| {
        let out = field.path(out);
        let options = RunOptions {
            seeds: Seeds::embedded(),
            pass: pass(Parts::beside(&out, resume)),
            out,
            overwrite: false,
            excel: false,
        };
        pipeline::run(&plan, options, watch)
    };
    run("whole", false, &StopAt::new(NEVER)).unwrap();
    assert!(matches!(
        run("out", false, &StopAt::new(7)),
        Err(RunError::Stopped)
    ));
    assert!(!field.path("out").exists());
    let watch = StopAt::new(NEVER);
    run("out", true, &watch).unwrap();
    assert!(watch.first() >= 7);
    for file in ["summary.csv", "tables/layers.csv", "run/ledger.parquet"] {
        let read = |out: &str| fs::read(field.path(out).join(file)).unwrap();
        assert!(read("out") == read("whole"), "{file}");
    }
}

#[test]
fn a_batch_leaves_what_is_complete_and_unchanged() {
    let field = field();
    for name in ["one.toml", "two.toml"] {
        fs::write(field.path(name), PLAN).unwrap();
    }
    let (one, two, out) = (
        field.text("one.toml"),
        field.text("two.toml"),
        field.text("out"),
    );
    let run = |more: &[&str]| {
        let mut all = vec!["run", &one, &two, "--out", &out];
        all.extend(more);
        terrasink(&all)
    };
    assert_eq!(run(&[]).status.code(), Some(0));
    fs::remove_dir_all(field.path("out/two")).unwrap();
    let manifest = fs::read(field.path("out/one/run/manifest.json")).unwrap();
    let output = run(&["--resume"]);
    assert_eq!(output.status.code(), Some(0), "{}", said(&output));
    assert_eq!(said(&output).matches("already complete").count(), 1);
    assert_eq!(
        fs::read(field.path("out/one/run/manifest.json")).unwrap(),
        manifest
    );
    assert!(field.path("out/two/summary.csv").exists());
    // Of changed inputs, a complete output is not left: it is in the way.
    fs::write(&two, PLAN.replace("a field", "another")).unwrap();
    let output = run(&["--resume"]);
    assert!(
        said(&output).contains("already exists"),
        "{}",
        said(&output)
    );
    assert_eq!(run(&["--resume", "--overwrite"]).status.code(), Some(0));
}

#[test]
fn a_budget_that_is_too_small_is_refused_before_the_pass() {
    let field = field();
    let lc = format!("lc={}", field.text("lc.tif"));
    let zones = field.text("regions.json");
    let zonal = |memory: &str| {
        terrasink(&[
            "zonal", "--by", &lc, "--zones", &zones, "--id", "id", "--memory", memory,
        ])
    };
    let output = zonal("20M");
    assert_eq!(output.status.code(), Some(3));
    assert!(
        said(&output).contains("give --memory "),
        "{}",
        said(&output)
    );
    assert_eq!(zonal("100M").status.code(), Some(0));
    assert_eq!(zonal("much").status.code(), Some(2));
}

/// A strip that is the whole raster is decoded at once, by every thread.
#[test]
fn a_large_block_as_it_is_stored_counts() {
    let field = field();
    let fine = lattice(5070, (0.0, 0.0), 0.5, (1900, 1900));
    let strip = [("COMPRESS", "DEFLATE"), ("BLOCKYSIZE", "1900")];
    drop(field.raster("strip.tif", fine, &strip, |col, row| (col * row % 9) as f64));
    field.regions("whole.json", 5070, &[("a", [0.0, -950.0, 950.0, 0.0])]);
    let (strip, zones) = (
        format!("v={}:m", field.text("strip.tif")),
        field.text("whole.json"),
    );
    let zonal = |memory: &str| {
        let mut all = vec!["zonal", "--zones", &zones, "--id", "id", "--raster", &strip];
        all.extend(["--memory", memory]);
        terrasink(&all)
    };
    let refused = said(&zonal("100M"));
    assert!(
        refused.contains("blocks as they are stored take "),
        "{refused}"
    );
    assert!(refused.contains("TILED=YES"), "{refused}");
    let (_, least) = refused.split_once("--memory ").expect(&refused);
    let least = least.split_whitespace().next().unwrap();
    let output = zonal(least);
    assert_eq!(output.status.code(), Some(0), "{least}: {}", said(&output));
}

/// Of bands side by side all are decoded at once, and the one that is read lies in the cache too.
#[test]
fn bands_side_by_side_count_once_together_and_once_apart() {
    let field = field();
    let fine = lattice(5070, (0.0, 0.0), 0.5, (2048, 2048));
    let tiles = [
        ("TILED", "YES"),
        ("BLOCKXSIZE", "2048"),
        ("BLOCKYSIZE", "2048"),
    ];
    let bands = (1..=4).map(|band| {
        let name = format!("band{band}.tif");
        drop(field.raster(&name, fine, &tiles, |_, _| f64::from(band)));
        name
    });
    let bands: Vec<String> = bands.map(|name| field.text(&name)).collect();
    let vrt = std::process::Command::new("gdalbuildvrt")
        .args(["-q", "-separate", &field.text("all.vrt")])
        .args(&bands)
        .status();
    assert!(vrt.unwrap().success());
    let packed = std::process::Command::new("gdal_translate")
        .args(["-q", "-co", "TILED=YES", "-co", "BLOCKXSIZE=2048"])
        .args(["-co", "BLOCKYSIZE=2048", "-co", "INTERLEAVE=PIXEL"])
        .args([&field.text("all.vrt"), &field.text("all.tif")])
        .status();
    assert!(packed.unwrap().success());
    field.regions("whole.json", 5070, &[("a", [0.0, -900.0, 900.0, 0.0])]);
    let (raster, zones) = (
        format!("v={}:m", field.text("all.tif")),
        field.text("whole.json"),
    );
    let zonal = |memory: &str| {
        let all = [
            "zonal", "--zones", &zones, "--id", "id", "--raster", &raster,
        ];
        terrasink(&[&all[..], &["--memory", memory]].concat())
    };
    let refused = said(&zonal("64M"));
    // 32 MiB of each band: four as stored, four as decoded, and one in the cache.
    assert!(refused.contains("take 288 MiB a thread"), "{refused}");
    assert_eq!(zonal("410M").status.code(), Some(0));
}

/// The cache of GDAL takes a share of the budget, and so of the remedy.
#[test]
fn the_least_budget_that_is_named_is_enough() {
    let field = field();
    let fine = lattice(5070, (0.0, 0.0), 0.5, (3200, 3200));
    let options = [("COMPRESS", "DEFLATE")];
    drop(field.raster("fine.tif", fine, &options, |_, _| 1_u8));
    let coarse = lattice(5070, (0.0, 0.0), 1600.0, (1, 1));
    drop(field.raster("coarse.tif", coarse, &[], |_, _| 1_u8));
    let rasters: Vec<String> = (0..8)
        .map(|at| format!("r{at}={}", field.text("fine.tif")))
        .collect();
    let like = format!("like={}", field.text("coarse.tif"));
    field.regions("whole.json", 5070, &[("a", [0.0, -1600.0, 1600.0, 0.0])]);
    let zones = field.text("whole.json");
    let zonal = |memory: &str| {
        let mut all = vec!["zonal", "--zones", &zones, "--id", "id", "--by", &like];
        all.extend(["--grid", "like", "--memory", memory]);
        all.extend(rasters.iter().flat_map(|raster| ["--by", raster]));
        terrasink(&all)
    };
    let refused = said(&zonal("256M"));
    let (_, least) = refused.split_once("--memory ").expect(&refused);
    let least = least.split_whitespace().next().unwrap();
    let output = zonal(least);
    assert_eq!(output.status.code(), Some(0), "{least}: {}", said(&output));
    let mebibytes: u64 = least.trim_end_matches('M').parse().unwrap();
    let less = zonal(&format!("{}M", mebibytes - 1));
    assert_eq!(less.status.code(), Some(3), "{least} is not the least");
}

//! Damaged tiles of a raster: what fails, what does not, and how it is told.

use std::collections::BTreeSet;
use std::fs;

use gdal::raster::{GdalType, RasterBand};
use gdal::{Dataset, Metadata as _};

use crate::field::{Field, lattice, said};
use crate::scratch::terrasink;

/// Cells along a side of the rasters, of their tiles, and metres along a side of a cell.
pub(crate) const SIDE: usize = 1024;
const TILE: usize = 256;
pub(crate) const CELL: f64 = 30.0;

/// Column and row of the damaged tile: the block of the pass from row 512 and column 0 holds three
/// sound ones.
const DAMAGED: (usize, usize) = (1, 2);

/// A raster in tiles, of which one is damaged, and zones: one in each tile, by column and row, one over
/// two sound tiles of the damaged block and one that reaches one cell into the damaged tile.
pub(crate) fn field<T: GdalType + Copy>(
    options: &[(&str, &str)],
    cell: impl Fn(usize, usize) -> T,
) -> Field {
    let field = Field::new();
    let lattice = lattice(5070, (0.0, 0.0), CELL, (SIDE, SIDE));
    let tile = TILE.to_string();
    let tiled = [
        ("TILED", "YES"),
        ("BLOCKXSIZE", &tile),
        ("BLOCKYSIZE", &tile),
    ];
    let options: Vec<_> = tiled.iter().chain(options).copied().collect();
    drop(field.raster("sound.tif", lattice, &options, &cell));
    spoil(&field, "sound.tif", "map.tif", DAMAGED);
    let span = |first: usize, last: usize| {
        let at = |tile: usize| CELL * (tile * TILE) as f64;
        [at(first) + 120.0, at(last + 1) - 120.0]
    };
    let zone = |(col, row): (usize, usize), (to_col, to_row): (usize, usize)| {
        let ([x0, x1], [y0, y1]) = (span(col, to_col), span(row, to_row));
        [x0, -y1, x1, -y0]
    };
    let mut zones: Vec<(String, [f64; 4])> = Vec::new();
    for row in 0..SIDE / TILE {
        for col in 0..SIDE / TILE {
            zones.push((format!("{col} {row}"), zone((col, row), (col, row))));
        }
    }
    zones.push(("left".to_owned(), zone((0, 2), (0, 3))));
    let [x0, y0, x1, y1] = zone((0, 3), (1, 3));
    zones.push(("into".to_owned(), [x0, y0, x1, y1 + 150.0]));
    let named: Vec<_> = zones
        .iter()
        .map(|(id, zone)| (id.as_str(), *zone))
        .collect();
    field.regions("regions.json", 5070, &named);
    field
}

/// Writes a raster once more with one tile, by its column and row, overwritten.
pub(crate) fn spoil(field: &Field, sound: &str, damaged: &str, place: (usize, usize)) {
    let dataset = Dataset::open(field.path(sound)).unwrap();
    let (offset, size) = place_of(&dataset.rasterband(1).unwrap(), place);
    let mut bytes = fs::read(field.path(sound)).unwrap();
    bytes[offset..offset + size].fill(0xff);
    fs::write(field.path(damaged), bytes).unwrap();
}

/// Runs `zonal`; gives rows as texts, and what was said.
fn zonal(field: &Field, arguments: &[&str]) -> (Option<i32>, BTreeSet<String>, String) {
    let zones = field.text("regions.json");
    let mut all = vec!["zonal", "--zones", &zones, "--id", "id"];
    all.extend(arguments);
    let output = terrasink(&all);
    let table = String::from_utf8_lossy(&output.stdout).into_owned();
    let rows = table.lines().map(str::to_owned).collect();
    (output.status.code(), rows, said(&output))
}

/// Holds the damaged raster against the sound one: all rows but those of `failed` are the same.
fn only_these_fail(
    field: &Field,
    argument: impl Fn(&str) -> Vec<String>,
    failed: &[&str],
) -> String {
    let run = |name: &str| {
        let arguments = argument(&field.text(name));
        zonal(
            field,
            &arguments.iter().map(String::as_str).collect::<Vec<_>>(),
        )
    };
    let (code, sound, words) = run("sound.tif");
    assert_eq!(code, Some(0), "{words}");
    let (code, rows, words) = run("map.tif");
    assert_eq!(code, Some(1), "{words}");
    let expected: BTreeSet<String> = sound
        .iter()
        .filter(|row| !failed.iter().any(|id| row.starts_with(&format!("{id},"))))
        .cloned()
        .collect();
    assert!(expected.len() < sound.len());
    let lost: Vec<_> = expected.difference(&rows).take(3).collect();
    let more: Vec<_> = rows.difference(&expected).take(3).collect();
    assert!(
        lost.is_empty() && more.is_empty(),
        "lost {lost:?}, more {more:?}: {words}"
    );
    words
}

pub(crate) fn class(col: usize, row: usize) -> u8 {
    u8::try_from((col / 7 + row / 11) % 5).unwrap()
}

fn value(col: usize, row: usize) -> f32 {
    f32::from(u16::try_from(col * 31 % 977 + row * 17 % 613).unwrap()) / 8.0
}

/// What looks random, so that a tile takes more room than the stream put in its place.
pub(crate) fn code(col: usize, row: usize) -> usize {
    (col * col * 31 + row * row * 17 + col * row) % 251
}

pub(crate) const TOLD: &str = "map.tif`, band 1, rows 512 to 767, columns 256 to 511 (tile in column 1 and row 2 of the file): ";

#[test]
fn a_damaged_tile_fails_the_zones_that_touch_it_and_no_others_of_its_block() {
    for options in [
        &[("COMPRESS", "DEFLATE")][..],
        &[("COMPRESS", "DEFLATE"), ("PREDICTOR", "2")],
        &[("COMPRESS", "LZW")],
    ] {
        let field = field(options, class);
        let by = |file: &str| vec!["--by".to_owned(), format!("lc={file}")];
        let words = only_these_fail(&field, by, &["1 2", "into"]);
        assert!(words.contains("zone 1 2 has no rows"), "{words}");
        assert!(words.contains(TOLD), "{words}");
    }
}

#[test]
fn a_file_that_was_cut_off_is_told_with_the_bytes_that_it_lacks() {
    let field = field(&[("COMPRESS", "LZW")], class);
    let bytes = fs::read(field.path("sound.tif")).unwrap();
    let dataset = Dataset::open(field.path("sound.tif")).unwrap();
    // Within the last tile but one.
    let (offset, size) = place_of(&dataset.rasterband(1).unwrap(), (2, 3));
    fs::write(field.path("map.tif"), &bytes[..offset + size / 2]).unwrap();
    let by = |file: &str| vec!["--by".to_owned(), format!("lc={file}")];
    let words = only_these_fail(&field, by, &["2 3", "3 3"]);
    let lacks = format!("got {} bytes, expected {size}", size / 2);
    assert!(words.contains(&lacks), "{words}");
}

#[test]
fn a_damaged_tile_of_values_fails_the_zones_that_touch_it() {
    let field = field(&[("COMPRESS", "DEFLATE"), ("PREDICTOR", "3")], value);
    let lattice = lattice(5070, (0.0, 0.0), CELL, (SIDE, SIDE));
    drop(field.raster("lc.tif", lattice, &[], class));
    let by = format!("lc={}", field.text("lc.tif"));
    let raster = |file: &str| {
        let more = ["--by", &by, "--stat", "area,sum,mean,variance", "--raster"];
        let more = more.iter().map(ToString::to_string);
        more.chain([format!("v={file}:t_c/ha")]).collect()
    };
    let words = only_these_fail(&field, raster, &["1 2", "into"]);
    assert!(words.contains(TOLD), "{words}");
}

#[test]
fn a_damaged_tile_behind_a_virtual_raster_is_named() {
    let field = field(&[("COMPRESS", "DEFLATE")], class);
    // The virtual raster begins 40 cells before the file: its own blocks are not those of the file.
    for name in ["sound", "map"] {
        let text = format!(
            r#"<VRTDataset rasterXSize="1100" rasterYSize="1100">
            <GeoTransform>-1200, 30, 0, 1200, 0, -30</GeoTransform><SRS>EPSG:5070</SRS>
            <VRTRasterBand dataType="Byte" band="1"><NoDataValue>255</NoDataValue><SimpleSource>
            <SourceFilename relativeToVRT="1">{name}.tif</SourceFilename><SourceBand>1</SourceBand>
            <SrcRect xOff="0" yOff="0" xSize="1024" ySize="1024"/>
            <DstRect xOff="40" yOff="40" xSize="1024" ySize="1024"/>
            </SimpleSource></VRTRasterBand></VRTDataset>"#
        );
        field.write(&format!("{name}.vrt"), &text);
    }
    let by = |file: &str| {
        let file = file.replace(".tif", ".vrt");
        vec!["--by".to_owned(), format!("lc={file}")]
    };
    let words = only_these_fail(&field, by, &["1 2", "into"]);
    assert!(words.contains("map.vrt`, band 1, rows "), "{words}");
    assert!(words.contains("X offset 1, Y offset 2"), "{words}");
}

#[test]
fn a_file_that_a_virtual_raster_lacks_is_named() {
    let field = field(&[("COMPRESS", "DEFLATE")], class);
    for (name, right) in [("sound", "sound"), ("map", "g&amp;ne")] {
        let half = |file: &str, from: usize| {
            format!(
                r#"<SimpleSource><SourceFilename relativeToVRT="1">{file}.tif</SourceFilename>
                <SourceBand>1</SourceBand><SourceProperties RasterXSize="1024" RasterYSize="1024"
                DataType="Byte" BlockXSize="256" BlockYSize="256"/>
                <SrcRect xOff="{from}" yOff="0" xSize="512" ySize="1024"/>
                <DstRect xOff="{from}" yOff="0" xSize="512" ySize="1024"/></SimpleSource>"#
            )
        };
        let text = format!(
            r#"<VRTDataset rasterXSize="1024" rasterYSize="1024"><SRS>EPSG:5070</SRS>
            <GeoTransform>0, 30, 0, 0, 0, -30</GeoTransform>
            <VRTRasterBand dataType="Byte" band="1">{}{}</VRTRasterBand></VRTDataset>"#,
            half("sound", 0),
            half(right, 512)
        );
        field.write(&format!("{name}.vrt"), &text);
    }
    let by = |file: &str| {
        let file = file.replace(".tif", ".vrt");
        vec!["--by".to_owned(), format!("lc={file}")]
    };
    let failed = ["2 0", "2 1", "2 2", "2 3", "3 0", "3 1", "3 2", "3 3"];
    let words = only_these_fail(&field, by, &failed);
    let lacks = "1 file that it is put together of missing: `";
    assert!(
        words.contains(lacks) && words.contains("/g&ne.tif`"),
        "{words}"
    );
}

#[test]
fn a_damaged_tile_of_a_raster_of_other_cells_fails_zones_near_it() {
    let field = field(&[("COMPRESS", "DEFLATE")], class);
    let lattice = lattice(5070, (0.0, 0.0), 45.0, (700, 700));
    drop(field.raster("like.tif", lattice, &[], class));
    let by = warped(&field, "--by", "lc", None);
    let words = only_these_fail(&field, by, &["1 2", "into"]);
    assert!(words.contains(TOLD), "{words}");
}

/// Arguments that have a layer warped to the cells of `like.tif`.
fn warped(
    field: &Field,
    flag: &str,
    layer: &str,
    rule: Option<&str>,
) -> impl Fn(&str) -> Vec<String> {
    let like = format!("like={}", field.text("like.tif"));
    let unit = if flag == "--by" { "" } else { ":t_c/ha" };
    let mut rest = vec![
        "--by".to_owned(),
        like,
        "--grid".to_owned(),
        "like".to_owned(),
    ];
    if let Some(rule) = rule {
        rest.extend(["--resampling".to_owned(), format!("{layer}={rule}")]);
    }
    let first = flag.to_owned();
    let layer = layer.to_owned();
    move |file| {
        let of_file = [first.clone(), format!("{layer}={file}{unit}")];
        of_file.into_iter().chain(rest.clone()).collect()
    }
}

/// The plane of the rasters of [`field`] in another system, whose cells lie askew to theirs.
fn askew(field: &Field) {
    let cells = lattice(32614, (806_500.0, 2_548_400.0), 37.0, (900, 910));
    drop(field.raster("like.tif", cells, &[], class));
}

#[test]
fn damage_fails_zones_near_it_in_another_coordinate_system_and_moves_no_others() {
    for pack in ["DEFLATE", "LZW", "ZSTD"] {
        for rule in ["nearest", "mode"] {
            let field = field(&[("COMPRESS", pack)], class);
            askew(&field);
            let by = warped(&field, "--by", "lc", Some(rule));
            let words = only_these_fail(&field, by, &["1 2", "into"]);
            assert!(words.contains(TOLD), "{words}");
        }
        for rule in ["average", "bilinear"] {
            let field = field(&[("COMPRESS", pack)], value);
            askew(&field);
            let by = warped(&field, "--raster", "v", Some(rule));
            let words = only_these_fail(&field, by, &["1 2", "into"]);
            assert!(words.contains(TOLD), "{words}");
        }
    }
}

/// Overwrites a tile, by its place in the file and size, by a sound stream of more bytes than a tile
/// has, which GDAL takes as it is.
fn overfill(field: &Field, of: impl Fn(&Dataset) -> (usize, usize)) {
    let more: Vec<u8> = (0..5).cycle().take(5 * TILE * TILE).collect();
    let level = libdeflater::CompressionLvl::best();
    let mut compressor = libdeflater::Compressor::new(level);
    let mut stream = vec![0; compressor.zlib_compress_bound(more.len())];
    let length = compressor.zlib_compress(&more, &mut stream).unwrap();
    let mut bytes = fs::read(field.path("sound.tif")).unwrap();
    let (offset, size) = of(&Dataset::open(field.path("sound.tif")).unwrap());
    assert!(length <= size, "{length} of {size}");
    bytes[offset..offset + length].copy_from_slice(&stream[..length]);
    fs::write(field.path("map.tif"), bytes).unwrap();
}

/// Where a tile of a band, by its column and row, lies in the file, and its size.
fn place_of(band: &RasterBand<'_>, (col, row): (usize, usize)) -> (usize, usize) {
    let told = |what: &str| -> usize {
        let key = format!("BLOCK_{what}_{col}_{row}");
        band.metadata_item(&key, "TIFF").unwrap().parse().unwrap()
    };
    (told("OFFSET"), told("SIZE"))
}

#[test]
fn damage_that_gdal_takes_is_told_of_every_type_of_cells_warped_or_not() {
    let own = |flag: &'static str| move |file: &str| vec![flag.to_owned(), format!("lc={file}")];
    let of_data = |dataset: &Dataset| place_of(&dataset.rasterband(1).unwrap(), DAMAGED);
    let deflate = [("COMPRESS", "DEFLATE")];
    let failed = ["1 2", "into"];
    let bytes = field(&deflate, |col, row| u8::try_from(code(col, row)).unwrap());
    let shorts = field(&deflate, |col, row| i16::try_from(code(col, row)).unwrap());
    let longs = field(&deflate, |col, row| u32::try_from(code(col, row)).unwrap());
    let reals = field(&deflate, |col, row| {
        f32::from(u8::try_from(code(col, row)).unwrap())
    });
    for field in [bytes, shorts, longs, reals] {
        overfill(&field, of_data);
        only_these_fail(&field, own("--by"), &failed);
        askew(&field);
        for rule in ["nearest", "mode"] {
            let words = only_these_fail(&field, warped(&field, "--by", "lc", Some(rule)), &failed);
            assert!(
                words.contains("do not fit its size or its checksum"),
                "{words}"
            );
            assert!(words.contains(TOLD), "{words}");
        }
    }
}

#[test]
fn damage_of_bytes_with_a_sign_is_told_though_gdal_takes_it() {
    let options = [("COMPRESS", "DEFLATE"), ("PIXELTYPE", "SIGNEDBYTE")];
    let field = field(&options, |col, row| {
        u8::try_from(code(col, row) / 2).unwrap()
    });
    overfill(&field, |dataset| {
        place_of(&dataset.rasterband(1).unwrap(), DAMAGED)
    });
    for flag in [["--by", "lc"], ["--raster", "v"]] {
        let own = |file: &str| {
            let unit = if flag[1] == "v" { ":t_c/ha" } else { "" };
            vec![flag[0].to_owned(), format!("{}={file}{unit}", flag[1])]
        };
        only_these_fail(&field, own, &["1 2", "into"]);
    }
}

#[test]
fn a_damaged_mask_inside_a_file_is_told() {
    let own = |file: &str| vec!["--by".to_owned(), format!("lc={file}")];
    let failed = ["1 2", "into"];
    for pack in ["DEFLATE", "LZW"] {
        let field = field(&[("COMPRESS", pack)], class);
        let inside = "GDAL_TIFF_INTERNAL_MASK";
        gdal::config::set_thread_local_config_option(inside, "YES").unwrap();
        let options = gdal::DatasetOptions {
            open_flags: gdal::GdalOpenFlags::GDAL_OF_UPDATE,
            ..gdal::DatasetOptions::default()
        };
        let dataset = Dataset::open_ex(field.path("sound.tif"), options).unwrap();
        let mut band = dataset.rasterband(1).unwrap();
        band.create_mask_band(true).unwrap();
        let opaque = |place: usize| u8::from(code(place % SIDE, place / SIDE) > 9) * 255;
        let cells = (0..SIDE * SIDE).map(opaque).collect();
        let mut mask = band.open_mask_band().unwrap();
        let mut buffer = gdal::raster::Buffer::new((SIDE, SIDE), cells);
        mask.write((0, 0), (SIDE, SIDE), &mut buffer).unwrap();
        drop(dataset);
        assert!(!field.path("sound.tif.msk").exists());
        overfill(&field, |dataset| {
            let band = dataset.rasterband(1).unwrap();
            place_of(&band.open_mask_band().unwrap(), DAMAGED)
        });
        let words = only_these_fail(&field, own, &failed);
        assert!(words.contains(TOLD), "{words}");
        askew(&field);
        for rule in ["nearest", "mode"] {
            only_these_fail(&field, warped(&field, "--by", "lc", Some(rule)), &failed);
        }
    }
}

/// GDAL shows a strip of more than 2000 rows that is the whole raster as 2500 blocks of a row.
#[test]
fn a_raster_in_one_long_strip_is_no_damaged_one() {
    let field = Field::new();
    let cells = lattice(5070, (0.0, 0.0), CELL, (8, 2500));
    let strips = |rows: &'static str| [("COMPRESS", "DEFLATE"), ("BLOCKYSIZE", rows)];
    for (name, rows) in [("long.tif", "2500"), ("short.tif", "100")] {
        drop(field.raster(name, cells, &strips(rows), class));
    }
    let rows = |name: &str| {
        let dataset = Dataset::open(field.path(name)).unwrap();
        dataset.rasterband(1).unwrap().block_size().1
    };
    assert_eq!((rows("long.tif"), rows("short.tif")), (1, 100));
    field.regions(
        "regions.json",
        5070,
        &[("a", [30.0, -70_000.0, 200.0, -50.0])],
    );
    let [long, short] = ["long.tif", "short.tif"].map(|name| {
        let by = format!("lc={}", field.text(name));
        let (code, rows, words) = zonal(&field, &["--by", &by, "--out", "-"]);
        assert_eq!(code, Some(0), "{words}");
        rows
    });
    assert_eq!(long, short);
}

//! What the person types. One definition makes the help, the shell completions and the man page.

use std::num::NonZeroUsize;
use std::path::PathBuf;

use clap::{Args, Parser, Subcommand, ValueEnum};

use crate::pipeline::{NamedRaster, Precision, SAMPLE_VARIABLES};
use crate::plan::{InsideName, ResamplingKey};
use crate::report::Statistic;

/// Accounts of the ecosystem carbon sink of regions: forest coverage, stock volume, carbon stock
/// and yearly sequestration, each with its uncertainty and its trace.
#[derive(Debug, Parser)]
#[command(
    name = "terrasink",
    version,
    max_term_width = 100,
    arg_required_else_help = true
)]
#[command(
    after_help = "Exit codes: 0 done; 1 finished, but some regions or plans failed; 2 wrong \
    usage; 3 the plan or the data were rejected; 4 internal error; 130 stopped by Ctrl-C.\n\
    Results go to files, or to stdout when asked; progress and messages go to stderr."
)]
pub struct Cli {
    /// What to do.
    #[command(subcommand)]
    pub command: Command,
    /// Flags of every command.
    #[command(flatten)]
    pub common: Common,
}

/// Flags of every command.
#[derive(Debug, Clone, Args)]
#[command(next_help_heading = "Common flags")]
pub struct Common {
    /// Worker threads; the result does not depend on it [default: all cores]
    #[arg(long, global = true, value_name = "N")]
    pub threads: Option<NonZeroUsize>,
    /// Memory that the pass over rasters may take, such as 512M or 2G [default: a quarter of the
    /// machine's]
    #[arg(long, global = true, value_name = "SIZE", value_parser = size)]
    pub memory: Option<u64>,
    /// Directory of seeds to use instead of those compiled in
    #[arg(long, global = true, value_name = "DIR")]
    pub seeds: Option<PathBuf>,
    /// Print the result to stdout as JSON
    #[arg(long, global = true)]
    pub json: bool,
    /// Print problems only
    #[arg(long, short, global = true)]
    pub quiet: bool,
    /// Say more about what is done
    #[arg(long, short, global = true)]
    pub verbose: bool,
}

/// The commands.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Write a commented plan with the sample data, or a draft plan from the data found in DIR
    Init {
        /// Where to write; an existing directory with data gets a draft plan
        #[arg(default_value = ".")]
        dir: PathBuf,
    },
    /// List every problem of plans and data in one pass; writes nothing
    Check {
        /// Plan files
        #[arg(required = true, value_name = "PLAN")]
        plans: Vec<PathBuf>,
    },
    /// Do the whole job; several plans are a batch, and one that fails stops no other
    Run(RunArgs),
    /// Measure rasters within polygons: area by class, and statistics of values
    Zonal(Box<ZonalArgs>),
    /// Tell how many more plots, in which stratum, reach a wanted precision
    PlanSample(PlanSampleArgs),
    /// Tell how a figure came about: areas, method, parameters with source, sums
    Explain {
        /// Directory that a run wrote
        out: PathBuf,
        /// Region id, or `_total`
        region: String,
        /// Headline column, such as `carbon_tc` [default: all]
        figure: Option<String>,
    },
    /// List what can be computed, by which formula, with which parameters and sources
    Methods {
        /// Method to describe in full
        id: Option<String>,
    },
    /// Tell whether this machine is fit: GDAL, drivers, PROJ, cores, memory, and what is missing
    Doctor,
    /// Hold inputs and outputs against the manifest of an output
    Verify(VerifyArgs),
    /// Print the JSON schema of plan files
    Schema,
    /// Print shell completions
    Completions {
        /// Which shell
        shell: clap_complete::Shell,
    },
    /// Print the man page
    #[command(hide = true)]
    Man,
}

/// Flags of `run`.
#[derive(Debug, Clone, Args)]
pub struct RunArgs {
    /// Plan files
    #[arg(required = true, value_name = "PLAN")]
    pub plans: Vec<PathBuf>,
    /// Directory to write; with several plans, a directory for each inside it [default: as the plan
    /// says]
    #[arg(long, value_name = "DIR")]
    pub out: Option<PathBuf>,
    /// Replace an output that is there; the old one stays until the new one is complete
    #[arg(long)]
    pub overwrite: bool,
    /// Go on from what a stopped run finished; plans whose output is complete and unchanged are
    /// left as they are
    #[arg(long)]
    pub resume: bool,
    /// Begin CSV files with a byte-order mark, as Excel wants it
    #[arg(long)]
    pub excel: bool,
}

/// Flags of `plan-sample`.
#[derive(Debug, Clone, Args)]
#[command(
    after_help = "Variables: forest-area, volume, carbon (all pools), above-ground-biomass, \
    below-ground-biomass, and the carbon of one pool: above-ground-carbon, below-ground-carbon, \
    understory-carbon, dead-wood-carbon, litter-carbon, soil-carbon.\n\
    The newest inventory of the plan gives mean and spread of each stratum. Plots at hand are kept. \
    For several variables each stratum takes the largest number that one of them asks for."
)]
pub struct PlanSampleArgs {
    /// Plan file with an inventory
    pub plan: PathBuf,
    /// Wanted half-width of the interval of the total, in percent of it, such as volume=5; can be
    /// given several times [default: 10 each for forest-area, volume and carbon, where the plots
    /// have them]
    #[arg(long, value_name = "VARIABLE=PERCENT", value_parser = precision)]
    pub precision: Vec<Precision>,
    /// Level of confidence of the interval [default: as the plan says, or 0.95]
    #[arg(long, value_name = "LEVEL", value_parser = level)]
    pub confidence: Option<f64>,
    /// Table to write as CSV: numbers by variable and stratum
    #[arg(long, value_name = "FILE")]
    pub out: Option<PathBuf>,
    /// Replace a file that is there
    #[arg(long)]
    pub overwrite: bool,
}

/// Flags of `verify`.
#[derive(Debug, Clone, Args)]
pub struct VerifyArgs {
    /// Directory that a run wrote
    pub out: PathBuf,
    /// The plan of the run [default: where the manifest says it is, seen from OUT]
    #[arg(long, value_name = "PLAN")]
    pub plan: Option<PathBuf>,
    /// Compute again into a temporary directory and compare all bytes
    #[arg(long)]
    pub rerun: bool,
}

/// Flags of `zonal`.
#[derive(Debug, Clone, Args)]
#[command(after_help = "\
One row a zone and class, or combination of classes, in the order of the zones and of the codes: \
zone_id, a column a class raster (`nodata` where it holds nothing), area_ha (true area on the \
ellipsoid), cell_fraction_sum (covered cells, parts included), then the statistics of each value \
raster with their unit in the name. Features of one id are one zone. Parts of a zone outside the \
raster have no rows. Rasters of other cells or coordinate systems than those of the grid are \
resampled block by block, which is said.

Statistics of a value raster leave out cells without a value. count is covered cells, mean and \
variance are weighted by true covered area, min and max are over all cells touched. sum is over \
the true area where the unit is per ha, mu, m2 or km2 (t_dm/ha gives t_dm), else the sum of value x \
covered share of the cell. Scale and offset of the file are applied.

  terrasink zonal --by lc=landcover.tif --zones counties.gpkg --id fips --out area.csv
  terrasink zonal --raster agb=agb.tif:t_dm/ha --by lc=landcover.tif --zones stands.gpkg --id id \
--stat area,sum,mean")]
pub struct ZonalArgs {
    /// A raster, with the unit of its values; may be repeated
    #[arg(long = "raster", value_name = "NAME=PATH[:UNIT]", value_parser = named_raster)]
    pub rasters: Vec<NamedRaster>,
    /// A raster whose cells are classes, by its name or opened here; repeated, it makes a crosstab
    #[arg(long, value_name = "NAME[=PATH]", value_parser = class_raster)]
    pub by: Vec<ClassArgument>,
    /// The polygons
    #[arg(long, value_name = "PATH")]
    pub zones: PathBuf,
    /// Field of the polygons with the id of the zone
    #[arg(long, value_name = "FIELD")]
    pub id: String,
    /// Layer of the polygons, where the file has several
    #[arg(long, value_name = "NAME")]
    pub layer: Option<String>,
    /// Coordinate system of the polygons, instead of what their file says
    #[arg(long, value_name = "CODE")]
    pub crs: Option<String>,
    /// Coordinate system of the rasters, instead of what their files say
    #[arg(long, value_name = "CODE")]
    pub raster_crs: Option<String>,
    /// The raster whose cells all others are brought to [default: the first --by, else the first
    /// --raster]
    #[arg(long, value_name = "NAME")]
    pub grid: Option<String>,
    /// How a raster of other cells is brought to the grid: nearest (default) or mode for classes;
    /// average (default), bilinear or nearest for values
    #[arg(long, value_name = "NAME=RULE", value_parser = resampling)]
    pub resampling: Vec<(String, ResamplingKey)>,
    /// The band of a raster to read [default: 1]
    #[arg(long, value_name = "NAME=N", value_parser = band)]
    pub band: Vec<(String, u32)>,
    /// The stored number that means "no value" in a raster, instead of what its file says
    #[arg(long, value_name = "NAME=NUMBER", value_parser = nodata, allow_hyphen_values = true)]
    pub nodata: Vec<(String, f64)>,
    /// Repair invalid polygons and say so, instead of refusing them
    #[arg(long)]
    pub repair: bool,
    /// area, count, sum, mean, min, max, variance [default: area, and sum and mean of values]
    #[arg(long = "stat", value_name = "LIST", value_delimiter = ',')]
    pub statistics: Vec<Statistic>,
    /// Which cells belong to a zone
    #[arg(long, value_enum, default_value = "exact")]
    pub cells: CellRule,
    /// Table to write: .csv, .parquet, .geojson or .gpkg (with the polygons of the zones), or - for
    /// CSV on stdout
    #[arg(long, value_name = "FILE", default_value = "-")]
    pub out: PathBuf,
    /// Replace a file that is there
    #[arg(long)]
    pub overwrite: bool,
    /// Go on from what a stopped pass into the same file finished
    #[arg(long)]
    pub resume: bool,
}

/// Which cells belong to a zone.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum CellRule {
    /// A cell counts by the share of it inside the polygon
    Exact,
    /// A cell counts whole if its centre is inside, else not at all
    Centre,
}

/// A class raster: its name, and the file where it is given here.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ClassArgument {
    /// The name.
    pub name: String,
    /// The file.
    pub path: Option<PathBuf>,
}

/// A number of bytes, with the letters `K`, `M`, `G` or `T` for powers of 1024.
fn size(text: &str) -> Result<u64, String> {
    let wrong = || format!("`{text}` is no size; give bytes, or such as 512M or 2G");
    let upper = text.trim().to_uppercase();
    let number = upper.trim_end_matches("IB").trim_end_matches('B');
    let (number, power) = match number.char_indices().next_back() {
        Some((end, letter)) if letter.is_ascii_alphabetic() => {
            let power = "KMGT".find(letter).ok_or_else(wrong)? + 1;
            (&number[..end], power)
        }
        _ => (number, 0),
    };
    let number: f64 = number.trim().parse().map_err(|_| wrong())?;
    let bytes = number * 1024_f64.powi(i32::try_from(power).map_err(|_| wrong())?);
    if !(1.0..1e18).contains(&bytes) {
        return Err(wrong());
    }
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "between 1 and 1e18"
    )]
    Ok(bytes as u64)
}

fn raster_name(name: &str) -> Result<String, String> {
    let fits = |c: char| c.is_alphanumeric() || c == '_' || c == '-';
    if !name.is_empty() && name.chars().all(fits) {
        Ok(name.to_owned())
    } else {
        Err(format!(
            "the name `{name}` is not made of letters, digits, _ and -"
        ))
    }
}

/// `NAME=PATH[:UNIT]`. A unit has no path in front of it: what follows the last colon is one unless
/// it begins like a path, as after the letter of a Windows drive.
fn named_raster(text: &str) -> Result<NamedRaster, String> {
    let (name, rest) = text
        .split_once('=')
        .ok_or("expected NAME=PATH or NAME=PATH:UNIT, such as agb=agb.tif:t_dm/ha")?;
    // Colons part the name of a raster in a file that holds several.
    let is_whole = |path: &str| !InsideName::begins(rest) || InsideName::of(path).is_some();
    let (path, unit) = match rest.rsplit_once(':') {
        Some((path, unit))
            if path.len() > 1 && !unit.starts_with(['/', '\\']) && is_whole(path) =>
        {
            (path, Some(unit))
        }
        _ => (rest, None),
    };
    if path.is_empty() {
        return Err("the path is empty".to_owned());
    }
    if unit.is_some_and(|unit| !unit.contains(char::is_alphanumeric)) {
        return Err("the unit after the last colon is empty".to_owned());
    }
    Ok(NamedRaster {
        unit: unit.map(str::to_owned),
        ..NamedRaster::new(raster_name(name)?, path)
    })
}

/// `NAME=VALUE`.
fn of_raster<'a>(text: &'a str, example: &str) -> Result<(String, &'a str), String> {
    let (name, value) = text
        .split_once('=')
        .ok_or_else(|| format!("expected NAME=VALUE, such as {example}"))?;
    Ok((raster_name(name)?, value))
}

/// `VARIABLE=PERCENT`.
fn precision(text: &str) -> Result<Precision, String> {
    let (name, percent) = text
        .split_once('=')
        .ok_or("expected VARIABLE=PERCENT, such as volume=5")?;
    let variable = name.trim().replace('_', "-");
    if !SAMPLE_VARIABLES.contains(&variable.as_str()) {
        let names = SAMPLE_VARIABLES.join(", ");
        return Err(format!("there is no variable `{name}`; there are {names}"));
    }
    let number = percent.trim().trim_end_matches('%');
    match number.parse::<f64>() {
        Ok(percent) if percent > 0.0 && percent < 100.0 => Ok(Precision { variable, percent }),
        _ => Err(format!(
            "`{percent}` is no precision; give percent of the total, above 0 and below 100"
        )),
    }
}

/// A level of confidence.
fn level(text: &str) -> Result<f64, String> {
    match text.parse::<f64>() {
        Ok(level) if level > 0.0 && level < 1.0 => Ok(level),
        _ => Err(format!(
            "`{text}` is no level; give a number between 0 and 1, such as 0.95"
        )),
    }
}

fn resampling(text: &str) -> Result<(String, ResamplingKey), String> {
    let (name, rule) = of_raster(text, "soil=mode")?;
    let mut rules = ResamplingKey::ALL.into_iter();
    let found = rules.find(|known| known.id() == rule);
    let found = found.ok_or_else(|| {
        format!("no rule `{rule}`; there are nearest, mode, average and bilinear")
    })?;
    Ok((name, found))
}

fn band(text: &str) -> Result<(String, u32), String> {
    let (name, band) = of_raster(text, "agb=2")?;
    match band.parse() {
        Ok(band) if band > 0 => Ok((name, band)),
        _ => Err(format!("`{band}` is no band; bands count from 1")),
    }
}

fn nodata(text: &str) -> Result<(String, f64), String> {
    let (name, number) = of_raster(text, "agb=-9999")?;
    let number = number
        .parse()
        .map_err(|_| format!("`{number}` is no number"))?;
    Ok((name, number))
}

fn class_raster(text: &str) -> Result<ClassArgument, String> {
    let (name, path) = match text.split_once('=') {
        Some((_, "")) => return Err("the path is empty".to_owned()),
        Some((name, path)) => (name, Some(PathBuf::from(path))),
        None => (text, None),
    };
    Ok(ClassArgument {
        name: raster_name(name)?,
        path,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_have_letters_of_1024() {
        assert_eq!(size("1000"), Ok(1000));
        assert_eq!(size("512M"), Ok(512 << 20));
        assert_eq!(size("1.5GiB"), Ok(3 << 29));
        assert_eq!(size("2 gb"), Ok(2 << 30));
        for wrong in ["", "M", "-1G", "0", "2X", "many"] {
            assert!(size(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn a_unit_follows_the_last_colon_of_a_raster() {
        let raster = |text: &str| {
            let raster = named_raster(text).unwrap();
            (raster.path.display().to_string(), raster.unit)
        };
        assert_eq!(
            raster("a=agb.tif:t_dm/ha"),
            ("agb.tif".into(), Some("t_dm/ha".into()))
        );
        assert_eq!(raster("a=x/agb.tif"), ("x/agb.tif".into(), None));
        assert_eq!(raster("a=C:\\agb.tif"), ("C:\\agb.tif".into(), None));
        assert_eq!(
            raster("a=C:\\agb.tif:m"),
            ("C:\\agb.tif".into(), Some("m".into()))
        );
        assert_eq!(
            raster("a=GPKG:m.gpkg:agb:m"),
            ("GPKG:m.gpkg:agb".into(), Some("m".into()))
        );
        assert_eq!(
            raster("a=GPKG:m.gpkg:agb"),
            ("GPKG:m.gpkg:agb".into(), None)
        );
        assert!(named_raster("agb.tif").is_err());
        assert!(named_raster("a=agb.tif:").is_err());
        assert!(named_raster("a b=agb.tif").is_err());
    }
}

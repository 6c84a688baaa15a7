//! `terrasink zonal`: the engine alone.

use clap::CommandFactory as _;
use clap::error::ErrorKind;

use super::args::{CellRule, Cli, Common, ZonalArgs};
use super::progress::Progress;
use super::{Ending, chain, pass, print, say, tell, tell_findings};
use crate::finding::counted;
use crate::input::VectorSource;
use crate::pipeline::{self, NamedRaster, Parts, RunError, ZonalReport, ZonalRequest};
use crate::report::{Existing, Statistic};
use crate::zonal::Edges;

pub(super) fn zonal(args: &ZonalArgs, common: &Common) -> Ending {
    let request = request(args, common);
    let progress = Progress::new(common.quiet || common.json);
    let outcome = pipeline::zonal(&request, &progress);
    let ending = match &outcome {
        Ok(report) if report.failed.is_empty() => Ending::Done,
        Ok(_) => Ending::SomeFailed,
        Err(error) => Ending::from(error),
    };
    let told = match &outcome {
        Ok(report) => tell_report(&request, report, common),
        Err(error) => {
            tell_error(error, common);
            tell("nothing was written");
            if matches!(error, RunError::Stopped) && request.out.is_some() {
                tell("    -> the finished part is kept: --resume goes on from it");
            }
            Ending::Done
        }
    };
    let ending = ending.max(told);
    if common.json {
        say(&json(&request, ending, &outcome).to_string());
    }
    ending
}

/// The request of the arguments; wrong usage ends the program.
fn request(args: &ZonalArgs, common: &Common) -> ZonalRequest {
    let usage = |what: &str| -> ! {
        let mut command = Cli::command();
        command.build();
        let zonal = command.find_subcommand_mut("zonal").cloned();
        let mut command = zonal.unwrap_or(command);
        command.error(ErrorKind::ArgumentConflict, what).exit()
    };
    let to_stdout = args.out.as_os_str() == "-";
    if to_stdout && common.json {
        usage("--json and the table cannot both go to stdout: give --out FILE");
    }
    let mut rasters = args.rasters.clone();
    for argument in &args.by {
        if let Some(path) = &argument.path {
            rasters.push(NamedRaster::new(&argument.name, path));
        }
    }
    if rasters.is_empty() {
        usage("give a raster: --raster NAME=PATH[:UNIT] or --by NAME=PATH");
    }
    if let Err(what) = detail(args, &mut rasters) {
        usage(&what);
    }
    let by: Vec<String> = args.by.iter().map(|by| by.name.clone()).collect();
    let of_values = |statistic: &&Statistic| **statistic != Statistic::Area;
    let has_values = rasters.iter().any(|raster| !by.contains(&raster.name));
    if let Some(statistic) = args.statistics.iter().find(of_values)
        && !has_values
    {
        usage(&format!(
            "--stat {statistic} needs a raster of values: one given by --raster and not in --by"
        ));
    }
    let statistics = if args.statistics.is_empty() {
        vec![Statistic::Area, Statistic::Sum, Statistic::Mean]
    } else {
        args.statistics.clone()
    };
    ZonalRequest {
        rasters,
        by,
        grid: args.grid.clone(),
        raster_crs: args.raster_crs.clone(),
        zones: VectorSource {
            layer: args.layer.clone(),
            crs: args.crs.clone(),
            repair: args.repair,
            ..VectorSource::new(&args.zones)
        },
        id: args.id.clone(),
        statistics,
        edges: match args.cells {
            CellRule::Exact => Edges::Exact,
            CellRule::Centre => Edges::CellCentre,
        },
        pass: pass(
            common,
            if to_stdout {
                Parts::default()
            } else {
                Parts::beside(&args.out, args.resume)
            },
        ),
        out: (!to_stdout).then(|| args.out.clone()),
        existing: if args.overwrite {
            Existing::Replace
        } else {
            Existing::Keep
        },
    }
}

/// What the flags by name say of the rasters.
fn detail(args: &ZonalArgs, rasters: &mut [NamedRaster]) -> Result<(), String> {
    let mut named = |flag: &str, name: &str, change: &dyn Fn(&mut NamedRaster)| {
        let raster = rasters.iter_mut().find(|raster| raster.name == name);
        let raster =
            raster.ok_or_else(|| format!("{flag} {name}=...: no raster has the name `{name}`"))?;
        change(raster);
        Ok::<_, String>(())
    };
    for (name, rule) in &args.resampling {
        named("--resampling", name, &|raster| {
            raster.resampling = Some(*rule);
        })?;
    }
    for (name, band) in &args.band {
        named("--band", name, &|raster| raster.band = *band)?;
    }
    for (name, number) in &args.nodata {
        named("--nodata", name, &|raster| raster.nodata = Some(*number))?;
    }
    Ok(())
}

fn tell_report(request: &ZonalRequest, report: &ZonalReport, common: &Common) -> Ending {
    tell_findings(&report.warnings, common);
    for (zone, reason) in &report.failed {
        tell(&format!("error: zone {zone} has no rows: {reason}"));
    }
    if let Some(table) = &report.table {
        return print(table);
    }
    if let Some(out) = &request.out
        && !common.quiet
        && !common.json
    {
        say(&format!(
            "{} of {} written to {}",
            counted(report.rows, "row", "rows"),
            counted(report.zones, "zone", "zones"),
            out.display()
        ));
    }
    Ending::Done
}

fn tell_error(error: &RunError, common: &Common) {
    match error {
        RunError::Rejected(findings) => tell_findings(findings, common),
        other => tell(&format!("error: {}", chain(other))),
    }
    if let Some(hint) = error.hint() {
        tell(&format!("    -> {hint}"));
    }
}

fn json(
    request: &ZonalRequest,
    ending: Ending,
    outcome: &Result<ZonalReport, RunError>,
) -> serde_json::Value {
    let report = outcome.as_ref().ok();
    let findings = match outcome {
        Ok(report) => report.warnings.clone(),
        Err(RunError::Rejected(findings)) => findings.clone(),
        Err(_) => Vec::new(),
    };
    let error = outcome.as_ref().err();
    serde_json::json!({
        "ok": ending == Ending::Done,
        "out": report.and(request.out.as_ref()).map(|out| out.display().to_string()),
        "zones": report.map(|report| report.zones),
        "rows": report.map(|report| report.rows),
        "columns": report.map(|report| &report.columns),
        "failed": report.map(|report| &report.failed),
        "error": error.filter(|e| !matches!(e, RunError::Rejected(_))).map(ToString::to_string),
        "findings": findings,
    })
}

//! `terrasink doctor`: whether this machine is fit for a run, and what is missing.

use std::fs;

use super::{Common, Ending, say, tell, threads};
use crate::input::{drivers, gdal_version, projection_works};

/// Limits of memory that a container may set, by version of control groups.
const LIMITS: [&str; 2] = [
    "/sys/fs/cgroup/memory.max",
    "/sys/fs/cgroup/memory/memory.limit_in_bytes",
];

pub(super) fn doctor(common: &Common) -> Ending {
    let (present, absent): (Vec<_>, Vec<_>) = drivers().into_iter().partition(|(_, has)| *has);
    let projection = projection_works();
    let mut missing: Vec<String> = absent
        .iter()
        .map(|(driver, _)| {
            format!("GDAL has no driver {driver}: install the full package, such as libgdal-dev")
        })
        .collect();
    if let Err(error) = &projection {
        missing.push(format!(
            "PROJ does not work: {error}: install its database (package proj-data), and unset \
             PROJ_DATA and PROJ_LIB where they name another one"
        ));
    }
    let (total, limit) = machine_memory();
    let cores = std::thread::available_parallelism().map_or(1, std::num::NonZeroUsize::get);
    let names = |list: &[(&str, bool)]| -> Vec<String> {
        list.iter().map(|(name, _)| (*name).to_owned()).collect()
    };
    if common.json {
        say(&serde_json::json!({
            "fit": missing.is_empty(),
            "version": env!("CARGO_PKG_VERSION"),
            "gdal": gdal_version(),
            "drivers": names(&present),
            "drivers_missing": names(&absent),
            "proj": projection.is_ok(),
            "cores": cores,
            "threads": threads(common),
            "memory_bytes": total,
            "memory_limit_bytes": limit,
            "missing": missing,
        })
        .to_string());
    } else {
        let proj = match &projection {
            Ok(()) => "finds its database; EPSG:4326 to EPSG:5070 gives what it should",
            Err(_) => "does not work",
        };
        say(&format!("terrasink  {}", env!("CARGO_PKG_VERSION")));
        say(&format!("GDAL       {}", gdal_version()));
        say(&format!("drivers    {}", names(&present).join(", ")));
        say(&format!("PROJ       {proj}"));
        say(&format!(
            "cores      {cores}; a run uses {} threads",
            threads(common)
        ));
        say(&format!("memory     {}", gibibytes(total)));
        if limit.is_some() {
            say(&format!(
                "limit      {} for this container",
                gibibytes(limit)
            ));
        }
        if missing.is_empty() {
            say("fit: yes");
        } else {
            say("fit: no");
        }
    }
    for line in &missing {
        tell(&format!("missing: {line}"));
    }
    if missing.is_empty() {
        Ending::Done
    } else {
        Ending::Internal
    }
}

/// Bytes of memory of the machine, and of the container where it has a limit.
pub(super) fn machine_memory() -> (Option<u64>, Option<u64>) {
    let total = fs::read_to_string("/proc/meminfo")
        .ok()
        .and_then(|text| memory(&text));
    let limit = LIMITS
        .iter()
        .find_map(|path| limit(&fs::read_to_string(path).ok()?, total));
    (total, limit)
}

/// Bytes of memory, from the text of `/proc/meminfo`.
fn memory(text: &str) -> Option<u64> {
    let line = text.lines().find(|line| line.starts_with("MemTotal:"))?;
    let kibibytes: u64 = line.split_whitespace().nth(1)?.parse().ok()?;
    Some(kibibytes * 1024)
}

/// A limit in bytes; `max`, or more than the machine has, is none.
fn limit(text: &str, total: Option<u64>) -> Option<u64> {
    let bytes: u64 = text.trim().parse().ok()?;
    total.is_none_or(|total| bytes < total).then_some(bytes)
}

fn gibibytes(bytes: Option<u64>) -> String {
    bytes.map_or_else(
        || "not known on this system".to_owned(),
        |bytes| format!("{:.1} GiB", bytes as f64 / f64::from(1 << 30)),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn memory_is_read_in_bytes() {
        assert_eq!(
            memory("MemTotal:       2048 kB\nMemFree: 1 kB\n"),
            Some(2_097_152)
        );
        assert_eq!(memory("nothing"), None);
    }

    #[test]
    fn a_container_without_a_limit_has_none() {
        assert_eq!(limit("max\n", Some(10)), None);
        assert_eq!(limit("9223372036854771712\n", Some(10)), None);
        assert_eq!(limit("5\n", Some(10)), Some(5));
    }
}

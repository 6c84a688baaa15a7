//! What a table holds, told from its columns, for a draft plan.

use std::fmt::Write;

/// A kind of table that a plan can name.
struct TableKind {
    /// Columns that it must have.
    needs: &'static [&'static str],
    /// What it is, in words.
    what: &'static str,
    /// Lines of the plan with `FILE` in place of the file, without comment signs.
    lines: &'static [&'static str],
}

const KINDS: [TableKind; 6] = [
    TableKind {
        needs: &["site", "top_cm", "bottom_cm", "carbon_pct"],
        what: "Layers of soil profiles",
        lines: &[
            "[soil-samples]",
            "path = FILE",
            "design = \"CHECK\"   # simple-random or systematic",
            "depth-cm = 30      # CHECK: depth that stocks go to",
        ],
    },
    TableKind {
        needs: &["region", "product", "year", "production", "unit"],
        what: "Production of wood",
        lines: &[
            "[harvested-wood]",
            "path = FILE",
            "before = \"CHECK\"   # what the products held before: nothing or steady-state",
        ],
    },
    TableKind {
        needs: &["region", "stratum", "area_ha"],
        what: "Areas of strata, such as those of soil samples",
        lines: &[
            "strata = \"areas\"   # under [soil-samples]",
            "areas = FILE",
        ],
    },
    TableKind {
        needs: &["region", "area_ha", "age_yr"],
        what: "Areas of forest by age",
        lines: &[
            "[carbon.age-classes]",
            "path = FILE",
            "year = 0           # CHECK",
        ],
    },
    TableKind {
        needs: &["lucode"],
        what: "Carbon densities by class of the map",
        lines: &["[carbon]", "class-density = { path = FILE }"],
    },
    TableKind {
        needs: &["id", "value", "unit", "cite", "locator"],
        what: "Parameters of your own",
        lines: &["[carbon]", "parameters = [FILE]"],
    },
];

/// The commented part of a draft plan for a table whose columns tell what it is.
pub(super) fn told(file: &str, columns: &[String]) -> Option<String> {
    let has = |needed: &&str| {
        columns
            .iter()
            .any(|column| column.eq_ignore_ascii_case(needed))
    };
    let kind = KINDS.iter().find(|kind| kind.needs.iter().all(has))?;
    let mut text = format!(
        "\n# {}. Where it belongs to the run, take the signs away:\n",
        kind.what
    );
    for line in kind.lines {
        // Writing to a text never fails.
        let _ = writeln!(text, "# {}", line.replace("FILE", &format!("{file:?}")));
    }
    Some(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn soil_and_wood_are_told_from_plots() {
        let columns = |text: &str| text.split(',').map(str::to_owned).collect::<Vec<_>>();
        let soil =
            columns("site,region,year,top_cm,bottom_cm,carbon_pct,bulk_density_g_cm3,coarse_pct");
        assert!(told("s.csv", &soil).unwrap().contains("# path = \"s.csv\""));
        let wood = columns("region,product,year,production,unit,carbon_factor");
        assert!(told("w.csv", &wood).unwrap().contains("[harvested-wood]"));
        assert_eq!(told("p.csv", &columns("plot_id,volume_m3_ha")), None);
    }
}

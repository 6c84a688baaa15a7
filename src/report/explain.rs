//! How a headline figure came about, told from the files of an output alone.
//!
//! Every line of arithmetic can be followed with a pocket calculator. Where the rows of the tables
//! do not give the figure of the summary, the text says so.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use super::column::{ColumnFacts, Kind};
use super::document::ReportError;
use super::explain_accuracy::{beside, corrected};
use super::explain_change::change_lines;
use super::explain_coverage::coverage_lines;
use super::explain_plots::{pool_lines, stratum_lines};
use super::explain_restoration::restoration_text;
use super::explain_stands::{carbon_lines, growth_lines, register_lines};
use super::explain_value::value_lines;
use super::headline::{HEADLINE, HECTARES, half_digit};
use super::parsed::{OutTables, ParsedRow};

/// Relative difference between a figure and its sum that rounding in the tables can cause.
const ROUNDING: f64 = 1e-6;

/// How the figure `figure` of `region` came about, or all figures of the region.
///
/// `region` is an id or a name as `summary.csv` has it; `_total` is the union. The name of a
/// restoration tells its effect.
///
/// # Errors
///
/// [`ReportError::MissingTable`] when a table is not in the output, [`ReportError::UnknownRegion`]
/// and [`ReportError::UnknownFigure`] when there is none of that name.
pub fn explain(
    tables: &OutTables,
    region: &str,
    figure: Option<&str>,
) -> Result<String, ReportError> {
    let wanted = figure.unwrap_or("every figure");
    let summary = tables
        .get("summary.csv")
        .ok_or_else(|| ReportError::MissingTable {
            file: "summary.csv",
            figure: wanted.to_owned(),
        })?;
    let row = summary
        .rows()
        .find(|row| row.text("region_id") == region)
        .or_else(|| {
            summary
                .rows()
                .find(|row| row.text("region_name").to_lowercase() == region.to_lowercase())
        });
    if let (None, Some(text)) = (row, restoration_text(tables, region)) {
        return Ok(text);
    }
    let row = row.ok_or_else(|| ReportError::UnknownRegion {
        region: region.to_owned(),
        known: summary
            .rows()
            .map(|row| row.text("region_id").to_owned())
            .collect(),
    })?;
    let chosen: Vec<ColumnFacts> = HEADLINE
        .iter()
        .map(|column| column.facts)
        .filter(|facts| figure.map_or(facts.kind != Kind::Text, |figure| figure == facts.name))
        .collect();
    if let (Some(figure), true) = (figure, chosen.is_empty()) {
        return Err(unknown_figure(figure));
    }
    let mut texts = Vec::new();
    for facts in chosen {
        let mut story = Story {
            tables,
            row,
            region: row.text("region_id"),
            facts,
            text: String::new(),
            parameters: BTreeSet::new(),
        };
        story.tell(figure.is_none())?;
        texts.push(story.text);
    }
    if figure.is_none() {
        texts.push(remarks(row, ""));
    }
    Ok(texts.join("\n"))
}

/// Method, quality and notes of a row of the summary, apart from `figure`.
fn remarks(row: ParsedRow<'_>, figure: &str) -> String {
    let mut text = String::new();
    for key in ["method", "quality", "notes"] {
        let words = row.text(key);
        if !words.is_empty() && figure != key {
            let _ = writeln!(text, "  {key:<9} {words}");
        }
    }
    text
}

fn unknown_figure(figure: &str) -> ReportError {
    let mut best = HEADLINE[0].facts.name;
    let mut score = -1.0;
    for column in HEADLINE {
        let likeness = strsim::jaro_winkler(figure, column.facts.name);
        if likeness > score {
            (best, score) = (column.facts.name, likeness);
        }
    }
    ReportError::UnknownFigure {
        figure: figure.to_owned(),
        suggestion: best,
    }
}

/// The figure with enough digits to follow the sums.
fn digits(value: f64) -> String {
    Kind::Digits(12).written(value)
}

/// How far a quotient may be off, of a figure and one that it is divided by, each with how far it may be.
fn off_quotient((above, above_off): (f64, f64), (below, below_off): (f64, f64)) -> f64 {
    let least = (below.abs() - below_off).max(0.0);
    (above_off + (above / below).abs() * below_off) / least
}

/// The rows of the newest time of each ecosystem, pool, soil depth and method.
fn newest_each<'a, Time: Ord>(
    rows: &[ParsedRow<'a>],
    time: impl Fn(&ParsedRow<'a>) -> Time,
) -> Vec<ParsedRow<'a>> {
    const KEY: [&str; 4] = ["ecosystem", "pool", "soil_depth_cm", "method"];
    let same = |one: &ParsedRow<'a>, other: &ParsedRow<'a>| {
        KEY.iter().all(|key| one.text(key) == other.text(key))
    };
    rows.iter()
        .filter(|row| {
            !rows
                .iter()
                .any(|other| same(row, other) && time(other) > time(row))
        })
        .copied()
        .collect()
}

/// A text being written about one figure of one region.
struct Story<'a> {
    tables: &'a OutTables,
    row: ParsedRow<'a>,
    region: &'a str,
    facts: ColumnFacts,
    text: String,
    parameters: BTreeSet<&'a str>,
}

impl<'a> Story<'a> {
    fn line(&mut self, line: &str) {
        self.text.push_str(line);
        self.text.push('\n');
    }

    /// The rows of a table that are about this region.
    fn rows(&self, file: &'static str) -> Result<Vec<ParsedRow<'a>>, ReportError> {
        let region = self.region;
        let table = self
            .tables
            .get(file)
            .ok_or_else(|| ReportError::MissingTable {
                file,
                figure: self.facts.name.to_owned(),
            })?;
        Ok(table
            .rows()
            .filter(|row| row.text("region_id") == region)
            .collect())
    }

    fn summary(&self, column: &str) -> Option<f64> {
        self.row.number(column)
    }

    /// Tells the figure: alone, or as one of all figures of the region.
    fn tell(&mut self, one_of_all: bool) -> Result<(), ReportError> {
        let name = match self.row.text("region_name") {
            "" => self.region.to_owned(),
            name => format!("{name} ({})", self.region),
        };
        let value = match (self.row.text(self.facts.name), self.facts.unit) {
            ("", _) => "not known".to_owned(),
            (value, "" | "year") => value.to_owned(),
            (value, unit) => format!("{value} {unit}"),
        };
        self.line(&format!("{} of {name}: {value}", self.facts.name));
        self.line(&format!("  what      {}", self.facts.meaning));
        if !self.facts.sign.is_empty() {
            self.line(&format!("  sign      {}", self.facts.sign));
        }
        match self.facts.name {
            "area_ha" => self.one_area("region")?,
            "land_area_ha" => {
                self.one_area("land")?;
                self.counted_classes("land")?;
            }
            "forest_area_ha" => {
                self.one_area("forest")?;
                self.counted_classes("forest")?;
                self.text.push_str(&beside(self.tables, self.region));
                self.text
                    .push_str(&coverage_lines(self.tables, self.region));
            }
            "land_cover_valid_pct" => self.valid_share()?,
            "forest_cover_pct" => {
                self.counted_classes("forest")?;
                self.counted_classes("land")?;
                self.ratio("forest_area_ha", "land_area_ha", 100.0);
                self.text
                    .push_str(&coverage_lines(self.tables, self.region));
            }
            "forest_area_est_ha" => {
                self.sampled("forest_area")?;
                self.text
                    .push_str(&coverage_lines(self.tables, self.region));
            }
            "forest_area_est_se_pct" => self.sampled("forest_area")?,
            "volume_m3" | "volume_se_pct" => self.sampled("volume")?,
            "volume_m3_ha" => self.volume_density()?,
            "carbon_tc" => self.carbon()?,
            "carbon_tc_hi" | "sequestration_tco2e_yr_hi" if one_of_all => {
                self.line("  source    that of the lower bound");
            }
            "carbon_tc_lo" | "carbon_tc_hi" => self.bound("carbon_tc")?,
            "carbon_tc_ha" => self.ratio("carbon_tc", "area_ha", 1.0),
            "sequestration_tco2e_yr" => {
                self.sequestration()?;
                self.text.push_str(&growth_lines(self.tables, self.region));
                self.text.push_str(&value_lines(self.tables, self.region));
            }
            "sequestration_tco2e_yr_lo" | "sequestration_tco2e_yr_hi" => {
                self.bound("sequestration_tco2e_yr")?;
            }
            "period_start" | "period_end" => self.period()?,
            _ => {}
        }
        self.parameter_lines()?;
        if !one_of_all {
            self.text.push_str(&remarks(self.row, self.facts.name));
        }
        Ok(())
    }

    /// Says whether a result gives what the summary has; rounding of what it is made of may put it `off`.
    fn compare(&mut self, computed: f64, off: f64) {
        let Some(printed) = self.summary(self.facts.name) else {
            self.line("  the summary gives no figure; see the notes");
            return;
        };
        let scale = printed.abs().max(computed.abs());
        let allowed = off + self.facts.kind.half_digit() + ROUNDING * scale;
        let written = |value| self.facts.kind.written(value);
        if (printed - computed).abs() > allowed {
            self.line(&format!(
                "  these rows give {}, the summary says {}: they differ by {}",
                digits(computed),
                digits(printed),
                digits(computed - printed)
            ));
        } else if written(printed) != written(computed) {
            self.line(&format!(
                "  the summary says {}: it is made of figures before they are rounded",
                digits(printed)
            ));
        }
    }

    /// `factor x a / b`, from two columns of the summary.
    fn ratio(&mut self, above: &str, below: &str, factor: f64) {
        let facts = self.facts;
        let lead = if factor > 1.0 {
            format!("{factor} x ")
        } else {
            String::new()
        };
        self.line(&format!(
            "  formula   {} = {lead}{above} / {below}",
            facts.name
        ));
        match (self.summary(above), self.summary(below)) {
            (Some(over), Some(under)) if under.abs() > 0.0 => {
                let result = factor * over / under;
                self.line(&format!(
                    "  sum       {lead}{} / {} = {}",
                    digits(over),
                    digits(under),
                    facts.kind.written(result)
                ));
                let off = off_quotient((over, half_digit(above)), (under, half_digit(below)));
                self.compare(result, factor * off);
            }
            (over, under) => {
                for (name, value) in [(above, over), (below, under)] {
                    let value = value.map_or_else(|| "not known".to_owned(), digits);
                    self.line(&format!("            {name} is {value}"));
                }
            }
        }
    }

    /// The newest map year of a kind of area in this region.
    fn newest(rows: &[ParsedRow<'a>], kind: &str) -> Option<&'a str> {
        rows.iter()
            .filter(|row| row.text("kind") == kind)
            .map(|row| row.text("year"))
            .max()
    }

    fn one_area(&mut self, kind: &str) -> Result<(), ReportError> {
        let rows = self.rows("tables/area.csv")?;
        let newest = Self::newest(&rows, kind);
        let Some(found) = rows
            .iter()
            .find(|row| row.text("kind") == kind && Some(row.text("year")) == newest)
        else {
            self.line(&format!("  tables/area.csv has no row of kind `{kind}`"));
            return Ok(());
        };
        let year = match found.text("year") {
            "" => "not from a map".to_owned(),
            year => format!("map of {year}"),
        };
        self.line(&format!(
            "  source    tables/area.csv, kind {kind}, {}: {} ha, {year}",
            found.text("name"),
            found.text("area_ha"),
        ));
        if let Some(cells) = found.number("cell_fraction_sum") {
            self.line(&format!(
                "            counted over {} cells, those on the border by their share inside",
                digits(cells)
            ));
        }
        if let Some(plane) = found.number("plane_area_ha") {
            self.line(&format!(
                "            the plane area in the grid's coordinates would be {} ha",
                digits(plane)
            ));
        }
        if let Some(area) = found.number("area_ha") {
            self.compare(area, 0.0);
        }
        Ok(())
    }

    /// The classes of the newest map that count as forest, or as land, with their sum.
    fn counted_classes(&mut self, kind: &str) -> Result<(), ReportError> {
        let rows = self.rows("tables/area.csv")?;
        let newest = Self::newest(&rows, kind);
        let of_year = |row: &&ParsedRow<'a>, kind: &str| {
            row.text("kind") == kind && Some(row.text("year")) == newest
        };
        let named = rows.iter().find(|row| of_year(row, kind));
        let Some((_, codes)) = named.and_then(|row| row.text("name").rsplit_once(": ")) else {
            return self.classes().map(|_| ());
        };
        let codes: BTreeSet<&str> = codes.split(", ").collect();
        self.line(&format!(
            "  classes   of the map of {} that count as {kind}:",
            newest.unwrap_or("")
        ));
        let mut sum = 0.0;
        let mut others = Vec::new();
        for class in rows.iter().filter(|row| of_year(row, "class")) {
            let (code, name) = (class.text("code"), class.text("name"));
            if codes.contains(code) {
                let area = class.number("area_ha").unwrap_or(0.0);
                sum += area;
                self.line(&format!("  {:>18} ha  {code} {name}", digits(area)));
            } else {
                others.push(format!("{code} {name}"));
            }
        }
        let small = rows
            .iter()
            .find(|row| kind == "forest" && of_year(row, "small-patches"));
        if let Some((row, area)) = small.and_then(|row| Some((row, row.number("area_ha")?))) {
            sum -= area;
            self.line(&format!("  {:>18} ha  {}", digits(-area), row.text("name")));
        }
        self.line(&format!("  {:>18} ha  {kind}", digits(sum)));
        if !others.is_empty() {
            self.line(&format!("            not {kind}: {}", others.join(", ")));
        }
        Ok(())
    }

    /// The classes of the newest map: their sum, and how far rounding may put it off.
    fn classes(&mut self) -> Result<(f64, f64), ReportError> {
        let rows = self.rows("tables/area.csv")?;
        let newest = Self::newest(&rows, "class");
        let classes: Vec<_> = rows
            .iter()
            .filter(|row| row.text("kind") == "class" && Some(row.text("year")) == newest)
            .collect();
        let (mut sum, mut off) = (0.0, 0.0);
        if !classes.is_empty() {
            self.line(&format!(
                "  classes   of the map of {} in the region:",
                newest.unwrap_or("")
            ));
        }
        for class in classes {
            let area = class.number("area_ha").unwrap_or(0.0);
            sum += area;
            off += HECTARES.half_digit();
            self.line(&format!(
                "  {:>18} ha  {} {}",
                digits(area),
                class.text("code"),
                class.text("name")
            ));
        }
        if sum > 0.0 {
            self.line(&format!("  {:>18} ha  all classes", digits(sum)));
        }
        Ok((sum, off))
    }

    fn valid_share(&mut self) -> Result<(), ReportError> {
        if self.summary(self.facts.name).is_none() {
            self.line("            what the map shows of the region is not known: see the notes");
            return Ok(());
        }
        let (valid, off) = self.classes()?;
        let rows = self.rows("tables/area.csv")?;
        for kind in ["nodata", "outside"] {
            let newest = Self::newest(&rows, kind);
            for row in rows
                .iter()
                .filter(|row| row.text("kind") == kind && Some(row.text("year")) == newest)
            {
                self.line(&format!("  {:>18} ha  {kind}", row.text("area_ha")));
            }
        }
        if let Some(area) = self.summary("area_ha").filter(|area| *area > 0.0) {
            let result = 100.0 * valid / area;
            self.line("  formula   land_cover_valid_pct = 100 x all classes / area_ha");
            self.line(&format!(
                "  sum       100 x {} / {} = {}",
                digits(valid),
                digits(area),
                self.facts.kind.written(result)
            ));
            let off = off_quotient((valid, off), (area, HECTARES.half_digit()));
            self.compare(result, 100.0 * off);
        }
        Ok(())
    }

    /// The row of the newest inventory that estimates `attribute`.
    fn estimate(
        &self,
        attribute: &str,
        statistic: &str,
    ) -> Result<Option<ParsedRow<'a>>, ReportError> {
        Ok(self
            .rows("tables/inventory.csv")?
            .into_iter()
            .filter(|row| {
                let named = row.text("attribute");
                let of_register = named.strip_prefix("register_") == Some(attribute);
                (named == attribute || of_register)
                    && row.text("statistic") == statistic
                    && row.text("domain").is_empty()
            })
            // What a sample says goes before a register.
            .max_by_key(|row| (row.text("attribute") == attribute, row.text("year"))))
    }

    fn estimate_lines(&mut self, row: &ParsedRow<'a>) {
        self.line(&format!(
            "  source    tables/inventory.csv, {} {}, inventory of {}: {} {}",
            row.text("attribute"),
            row.text("statistic"),
            row.text("year"),
            row.text("value"),
            row.text("unit"),
        ));
        self.line(&format!(
            "  estimator {}, from {} {}, {} of them in the region and not zero",
            row.text("estimator"),
            row.text("plots"),
            if row.text("estimator") == "census" {
                "stands"
            } else {
                "plots"
            },
            row.text("plots_nonzero"),
        ));
        if row.text("statistic") == "total" {
            self.text.push_str(&stratum_lines(self.tables, *row));
        }
        if row.text("attribute") == "register_volume" {
            let lines = register_lines(self.tables, self.region, &["species", "age-group"]);
            self.text.push_str(&lines);
        }
        if !row.text("note").is_empty() {
            self.line(&format!("  note      {}", row.text("note")));
        }
    }

    /// Tells the forest area that a reference sample gives, where there is one.
    fn corrected(&mut self) -> bool {
        let Some(found) = corrected(self.tables, self.region) else {
            return false;
        };
        self.text.push_str(&found.text);
        let (area, error) = ((found.area, found.off), (found.standard_error, found.off));
        if self.facts.name.ends_with("_se_pct") {
            self.compare(100.0 * error.0 / area.0, 100.0 * off_quotient(error, area));
        } else {
            self.compare(area.0, area.1);
        }
        true
    }

    fn sampled(&mut self, attribute: &str) -> Result<(), ReportError> {
        let Some(row) = self.estimate(attribute, "total")? else {
            if attribute == "forest_area" && self.corrected() {
                return Ok(());
            }
            self.line(&format!(
                "  tables/inventory.csv has no total of `{attribute}` for this region"
            ));
            return Ok(());
        };
        self.estimate_lines(&row);
        let value = row.number("value");
        if !self.facts.name.ends_with("_se_pct") {
            if let Some(value) = value {
                self.compare(value, 0.0);
            }
            return Ok(());
        }
        self.line(&format!(
            "  formula   {} = 100 x standard_error / value",
            self.facts.name
        ));
        match (row.number("standard_error"), value) {
            (Some(error), Some(value)) if value.abs() > 0.0 => {
                let result = 100.0 * error / value.abs();
                self.line(&format!(
                    "  sum       100 x {} / {} = {}",
                    digits(error),
                    digits(value.abs()),
                    self.facts.kind.written(result)
                ));
                self.compare(result, 0.0);
            }
            _ => self.line("            the design gives no standard error here"),
        }
        Ok(())
    }

    fn volume_density(&mut self) -> Result<(), ReportError> {
        if let Some(row) = self.estimate("volume", "per_forest_hectare")? {
            self.estimate_lines(&row);
            if let Some(value) = row.number("value") {
                self.compare(value, 0.0);
            }
        }
        let area = if self.summary("forest_area_est_ha").is_some() {
            "forest_area_est_ha"
        } else {
            "forest_area_ha"
        };
        self.ratio("volume_m3", area, 1.0);
        Ok(())
    }

    /// Lists rows with a figure, adds up those that count, and says which do not.
    fn add_up(&mut self, rows: &[ParsedRow<'a>], column: &str, times: &[&str]) {
        let unit = self.facts.unit;
        let mut sum = 0.0;
        let mut counted = 0_usize;
        for row in rows {
            let when: Vec<&str> = times.iter().map(|time| row.text(time)).collect();
            let what = format!(
                "{}, {}, {}",
                row.text("ecosystem"),
                row.text("pool"),
                when.join("-")
            );
            let by = ["method", "approach", "quality"].map(|column| row.text(column));
            let by: Vec<&str> = by.into_iter().filter(|words| !words.is_empty()).collect();
            let by = by.join(", ");
            let counts = row.text("counted") == "true";
            let value = row.number(column);
            let shown = value.map_or_else(|| "not known".to_owned(), digits);
            let remark = if counts { "" } else { "  [not counted]" };
            self.line(&format!("  {shown:>18} {unit}  {what} ({by}){remark}"));
            for words in [row.text("arithmetic"), row.text("note")] {
                if !words.is_empty() {
                    self.line(&format!("  {:>18}  {words}", ""));
                }
            }
            self.text.push_str(&pool_lines(self.tables, *row, times));
            if let (true, Some(value)) = (counts, value) {
                sum += value;
                counted += 1;
                self.parameters.extend(
                    row.text("parameters")
                        .split("; ")
                        .filter(|id| !id.is_empty()),
                );
            }
        }
        if counted > 0 {
            let part = match self.summary(self.facts.name) {
                Some(_) => "",
                None => " that are known, a part of the figure",
            };
            self.line(&format!(
                "  {:>18} {unit}  sum of the {counted} counted{part}",
                digits(sum)
            ));
            let off = self.facts.kind.half_digit() * counted as f64;
            self.compare(sum, off);
        }
    }

    fn carbon(&mut self) -> Result<(), ReportError> {
        let rows = newest_each(&self.rows("tables/carbon.csv")?, |row| row.text("year"));
        if rows.is_empty() {
            self.line("  tables/carbon.csv has no row for this region");
            return Ok(());
        }
        self.line("  source    tables/carbon.csv, the newest stock of each ecosystem and pool:");
        self.add_up(&rows, "carbon_tc", &["year"]);
        let lines = carbon_lines(self.tables, self.region, None);
        self.text.push_str(&lines);
        Ok(())
    }

    fn sequestration(&mut self) -> Result<(), ReportError> {
        let all = self.rows("tables/sequestration.csv")?;
        if all.is_empty() {
            self.line("  tables/sequestration.csv has no row for this region");
            return Ok(());
        }
        let counts = |row: &&ParsedRow<'a>| row.text("counted") == "true";
        let mut rows: Vec<ParsedRow<'a>> = all.iter().filter(counts).copied().collect();
        if rows.is_empty() {
            rows = newest_each(&all, |row| {
                (row.text("period_end"), row.text("period_start"))
            });
            self.line(
                "  source    tables/sequestration.csv, of which no row counts; the newest of each ecosystem and pool:",
            );
        } else {
            self.line(
                "  source    tables/sequestration.csv, the rows that count, of every period:",
            );
        }
        let apart = all.len() - rows.len();
        self.add_up(
            &rows,
            "sequestration_tco2e_yr",
            &["period_start", "period_end"],
        );
        if apart > 0 {
            self.line(&format!(
                "            rows of the region there that do not count: {apart}; their notes say why"
            ));
        }
        if let Some(row) = rows.iter().find(counts) {
            let years = (row.text("period_start"), row.text("period_end"));
            let lines = carbon_lines(self.tables, self.region, Some(years));
            self.text.push_str(&lines);
        }
        let lines = change_lines(self.tables, &rows);
        self.text.push_str(&lines);
        Ok(())
    }

    /// Where the bounds of a figure come from.
    fn bound(&mut self, figure: &str) -> Result<(), ReportError> {
        let rows: Vec<_> = self
            .rows("tables/uncertainty.csv")?
            .into_iter()
            .filter(|row| row.text("figure") == figure)
            .collect();
        if rows.is_empty() {
            self.line(&format!(
                "  tables/uncertainty.csv has no row of `{figure}`"
            ));
            return Ok(());
        }
        self.line("  source    tables/uncertainty.csv:");
        let taken = self.summary(self.facts.name);
        let side = if self.facts.name.ends_with("_lo") {
            "value_lo"
        } else {
            "value_hi"
        };
        for row in rows {
            let is_taken = match (taken, row.number(side)) {
                (Some(taken), Some(bound)) => {
                    (taken - bound).abs() <= ROUNDING.max(1e-3).max(ROUNDING * taken.abs())
                }
                _ => false,
            };
            let mut line = format!(
                "            {}, {}: ",
                row.text("approach"),
                row.text("input")
            );
            let _ = write!(line, "{}", row.text("value"));
            let error = row.number("standard_error");
            if let Some(error) = error {
                let _ = write!(line, ", standard error {}", digits(error));
            }
            if let (Some(low), Some(high)) = (row.number("value_lo"), row.number("value_hi")) {
                let _ = write!(
                    line,
                    ", {} % interval {} to {}",
                    row.text("level_pct"),
                    digits(low),
                    digits(high)
                );
                if let (Some(value), Some(error)) = (row.number("value"), error)
                    && error > 0.0
                {
                    let _ = write!(
                        line,
                        " = value - {} and + {} standard errors",
                        Kind::Decimals(3).written((value - low) / error),
                        Kind::Decimals(3).written((high - value) / error)
                    );
                }
            }
            if !row.text("variance_share_pct").is_empty() {
                let _ = write!(
                    line,
                    ", {} % of the variance",
                    row.text("variance_share_pct")
                );
            }
            if !row.text("draws").is_empty() {
                let _ = write!(line, ", {} draws", row.text("draws"));
            }
            if is_taken {
                line.push_str("  [the interval of the summary]");
            }
            self.line(&line);
            if !row.text("note").is_empty() {
                self.line(&format!("            {}", row.text("note")));
            }
        }
        self.line(
            "  formula   approach-1: value - and + quantile x standard error, by Student's t with the \
             degrees of freedom of tables/inventory.csv, or the normal law where they are many; \
             approach-2: quantiles of the draws",
        );
        Ok(())
    }

    fn period(&mut self) -> Result<(), ReportError> {
        let periods: BTreeSet<(&str, &str)> = self
            .rows("tables/sequestration.csv")?
            .iter()
            .filter(|row| row.text("counted") == "true")
            .map(|row| (row.text("period_start"), row.text("period_end")))
            .collect();
        for (start, end) in periods {
            self.line(&format!(
                "  source    tables/sequestration.csv, counted rows from {start} to {end}"
            ));
        }
        Ok(())
    }

    /// The parameters that went in, with value and source.
    fn parameter_lines(&mut self) -> Result<(), ReportError> {
        if self.parameters.is_empty() {
            return Ok(());
        }
        let file = "tables/parameters.csv";
        let table = self
            .tables
            .get(file)
            .ok_or_else(|| ReportError::MissingTable {
                file,
                figure: self.facts.name.to_owned(),
            })?;
        self.line("  parameters");
        for id in std::mem::take(&mut self.parameters) {
            let Some(row) = table.rows().find(|row| row.text("id") == id) else {
                let where_from = match id.split_once(' ') {
                    Some(("layer", _)) => "of the plan, with the `se-pct` of its entry".to_owned(),
                    _ => format!("not in {file}"),
                };
                self.line(&format!("            {id}: {where_from}"));
                continue;
            };
            let mut line = format!(
                "            {id} = {} {}",
                row.text("value"),
                row.text("unit")
            );
            if !row.text("value_lo").is_empty() || !row.text("value_hi").is_empty() {
                let _ = write!(
                    line,
                    " ({} to {}, {})",
                    row.text("value_lo"),
                    row.text("value_hi"),
                    row.text("interval_kind")
                );
            }
            let _ = write!(
                line,
                "; {}; {}, {}; {}",
                row.text("quantity"),
                row.text("cite"),
                row.text("locator"),
                row.text("confidence")
            );
            self.line(&line);
        }
        Ok(())
    }
}

#[cfg(test)]
#[path = "explain_tests.rs"]
mod tests;

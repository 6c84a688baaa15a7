//! The reference sample of a plan: points with their true class and their class on the map.

use super::gathered::Gathered;
use super::locator::Locator;
use super::maps::Maps;
use super::prepare::Place;
use super::reference_classes::{ReferenceClass, classes};
use super::reference_places::unknown_crs;
use crate::account::{ForestRule, Legend};
use crate::finding::Finding;
use crate::input::{Ground, Projection, Table, TableSource};
use crate::plan::{AccuracyTable, Plan, suggestion};
use crate::zonal::AtPoint;

/// One row of the sample.
#[derive(Debug, Clone, PartialEq)]
pub(in crate::pipeline) struct ReferencePoint {
    /// Class on the map, by position.
    pub(in crate::pipeline) mapped: usize,
    /// Class in truth, by position.
    pub(in crate::pipeline) reference: usize,
    /// Stratum by position, where strata are no classes of the map.
    pub(in crate::pipeline) stratum: Option<usize>,
    /// Points that the row stands for.
    pub(in crate::pipeline) points: u64,
    /// Regions that it lies in; `None` where it has no place.
    pub(in crate::pipeline) regions: Option<Vec<usize>>,
}

/// The reference sample of a run.
#[derive(Debug, Clone, PartialEq)]
pub(in crate::pipeline) struct Reference {
    /// File, for messages.
    pub(in crate::pipeline) name: String,
    /// Year of the map.
    pub(in crate::pipeline) year: i32,
    /// All classes of the legend, groups first.
    pub(in crate::pipeline) classes: Vec<ReferenceClass>,
    /// The points.
    pub(in crate::pipeline) points: Vec<ReferencePoint>,
}

/// What a sample is read against.
pub(super) struct Against<'a> {
    pub(super) maps: &'a Maps,
    pub(super) forest: &'a ForestRule,
    pub(super) regions: &'a [Place],
    pub(super) ground: &'a Ground,
}

impl<'a> Against<'a> {
    /// The maps, where the plan has any.
    pub(super) fn of(
        maps: Option<&'a Maps>,
        forest: &'a ForestRule,
        (regions, ground): (&'a [Place], &'a Ground),
    ) -> Option<Self> {
        maps.map(|maps| Self {
            maps,
            forest,
            regions,
            ground,
        })
    }
}

/// Reads the reference sample, where the plan has one. Problems are gathered.
pub(super) fn reference(
    plan: &Plan,
    maps: Option<&Maps>,
    forest: &ForestRule,
    on: (&[Place], &Ground),
    gathered: &mut Gathered,
) -> Option<Reference> {
    let rests_on = ["accuracy", "forest", "grid", "land-cover"];
    if !plan.spares(&rests_on) {
        look_at_reference(plan, gathered);
    }
    gathered.rests_on(plan, &rests_on);
    let against = &Against::of(maps, forest, on)?;
    let table = plan.file.accuracy.as_ref()?;
    let path = plan.resolve(&table.path);
    if !gathered.inputs.contains(&path) {
        gathered.inputs.push(path.clone());
    }
    let maps = against.maps;
    let year = table.year.or(maps.years.last().copied())?;
    let Some(map) = maps.years.iter().position(|known| *known == year) else {
        look_at_reference(plan, gathered);
        return None;
    };
    let source = TableSource {
        path: &path,
        layer: table.layer.as_deref(),
        encoding: None,
    };
    let read = source.read().and_then(|rows| rows.only(&table.rows));
    let read = read
        .map_err(|findings| gathered.findings.extend(findings))
        .ok()?;
    let before = gathered.findings.len();
    let classes = classes(
        table,
        &maps.legends[map],
        against.forest,
        &mut gathered.findings,
    );
    let reading = Reading {
        plan: table,
        rows: &read,
        classes: &classes,
        legend: &maps.legends[map],
        is_whole: plan.lacks(&["accuracy.x", "accuracy.y", "accuracy.map-class"]),
    };
    let points = reading.points(against, map, gathered);
    (gathered.findings.len() == before).then(|| Reference {
        name: read.name.clone(),
        year,
        classes,
        points,
    })
}

/// Looks for the columns of the reference sample of a plan of which the map or the classes are not known.
pub(super) fn look_at_reference(plan: &Plan, gathered: &mut Gathered) {
    gathered.rests_on(plan, &["accuracy.path", "accuracy.layer", "accuracy.where"]);
    let Some(table) = &plan.file.accuracy else {
        return;
    };
    let source = TableSource {
        path: &plan.resolve(&table.path),
        layer: table.layer.as_deref(),
        encoding: None,
    };
    let rows = source.read().and_then(|rows| rows.only(&table.rows));
    let problems = rows.map(|rows| {
        let named = [
            &table.map_class,
            &table.points,
            &table.stratum,
            &table.x,
            &table.y,
        ];
        let named = named.into_iter().flatten().chain([&table.reference_class]);
        // A column of which nobody says the name was told.
        let named = named.filter(|name| !name.is_empty());
        let wrong = named.filter_map(|name| rows.column(name).err());
        let crs = table.crs.as_deref().map(Projection::parse);
        let crs = crs.and_then(|parsed| Some(unknown_crs(&rows.name, &parsed.err()?)));
        wrong.chain(crs).collect()
    });
    gathered
        .findings
        .extend(problems.unwrap_or_else(|found| found));
}

/// A table of points and what its words mean.
pub(super) struct Reading<'a> {
    pub(super) plan: &'a AccuracyTable,
    pub(super) rows: &'a Table,
    classes: &'a [ReferenceClass],
    legend: &'a Legend,
    /// Whether no key of the plan may be meant to say where the points are.
    pub(super) is_whole: bool,
}

impl Reading<'_> {
    fn points(
        &self,
        against: &Against<'_>,
        map: usize,
        gathered: &mut Gathered,
    ) -> Vec<ReferencePoint> {
        let table = self.rows;
        let mut column = |name: Option<&String>| {
            let found = name.map(|name| table.column(name)).transpose();
            found.unwrap_or_else(|finding| {
                gathered.findings.push(finding);
                None
            })
        };
        let reference = column(Some(&self.plan.reference_class));
        let (given, points) = (
            column(self.plan.map_class.as_ref()),
            column(self.plan.points.as_ref()),
        );
        let stratum = column(self.plan.stratum.as_ref());
        let (x, y) = (column(self.plan.x.as_ref()), column(self.plan.y.as_ref()));
        let shapes = self.rows.points();
        let on_ground = x.is_some() && y.is_some() || shapes.is_some();
        // A column that is not there was told.
        let is_placed = self.plan.x.is_some() && self.plan.y.is_some();
        if !on_ground && !is_placed && self.plan.map_class.is_none() {
            if !self.is_whole {
                return Vec::new();
            }
            gathered.findings.push(Finding::error(
                &table.name,
                "the points have neither a class on the map nor a place to read it at",
                "name `map-class`, or `x` and `y`, in `[accuracy]`, or give a file of points",
            ));
            return Vec::new();
        }
        let places = x.zip(y).or(shapes).filter(|_| on_ground);
        let places = places.map(|columns| self.places(columns, against, gathered));
        let at_points = places
            .as_ref()
            .and_then(|places| self.on_map(places, against, map, &mut gathered.findings));
        let locator = Locator::new(against.regions);
        let mut found = Vec::new();
        let mut outside = Vec::new();
        let mut beyond = Vec::new();
        for (position, (line, row)) in table.rows.iter().enumerate() {
            let place = format!("{}, row {line}", table.name);
            let regions = places
                .as_ref()
                .map(|places| places[position].map_or_else(Vec::new, |at| locator.regions_at(at)));
            // A point beyond the map is no point of another region, but a wrong one.
            let on_map = at_points
                .as_ref()
                .is_some_and(|found| found[position] != AtPoint::Outside);
            if on_map && regions.as_ref().is_some_and(Vec::is_empty) {
                outside.push(line.to_string());
                continue;
            }
            let findings = &mut gathered.findings;
            let truth = reference.and_then(|at| {
                let name = self.plan.reference_class.as_str();
                self.class(&place, name, &row[at], findings)
            });
            let given = given.map(|at| {
                let name = self.plan.map_class.as_deref().unwrap_or_default();
                self.class(&place, name, &row[at], findings)
            });
            let seen = at_points.as_ref().map(|at_points| {
                let at = at_points[position];
                let is_placed = places.as_ref().is_some_and(|all| all[position].is_some());
                if at == AtPoint::Outside && is_placed {
                    beyond.push(place.clone());
                }
                self.seen(&place, at, findings)
            });
            let mapped = match (given, seen) {
                (Some(Some(given)), Some(Some(seen))) if given != seen => {
                    findings.push(self.disagreement(&place, given, seen));
                    None
                }
                (Some(given), _) => given,
                (None, seen) => seen.flatten(),
            };
            let points = points.map_or(Some(1), |at| count(&place, &row[at], findings));
            let stratum = stratum.map(|at| self.stratum(&place, &row[at], findings));
            if let (Some(mapped), Some(reference), Some(points)) = (mapped, truth, points)
                && stratum.is_none_or(|stratum| stratum.is_some())
            {
                found.push(ReferencePoint {
                    mapped,
                    reference,
                    stratum: stratum.flatten(),
                    points,
                    regions,
                });
            }
        }
        self.tell_beyond(&beyond, &mut gathered.findings);
        self.tell_outside(&outside, gathered);
        found
    }

    /// The class that the map holds at a point.
    fn seen(&self, place: &str, at: AtPoint, findings: &mut Vec<Finding>) -> Option<usize> {
        let nodata = match at {
            // Told of all such points together.
            AtPoint::Outside => return None,
            AtPoint::Nodata => true,
            AtPoint::Class(code) => self.legend.is_nodata(code),
        };
        if nodata {
            findings.push(Finding::error(
                place,
                "the map has no data at the point",
                "leave the point out with `where`: where the map says nothing it cannot be right or wrong",
            ));
            return None;
        }
        let AtPoint::Class(code) = at else {
            return None;
        };
        // A code that the legend does not know is reported with its area by the pass over the map.
        self.classes
            .iter()
            .position(|class| class.codes.contains(&code))
    }

    /// The table says another class than the map.
    fn disagreement(&self, place: &str, given: usize, seen: usize) -> Finding {
        Finding::error(
            place,
            format!(
                "the table says that the map is `{}` at the point, and the map is `{}`",
                self.classes[given].name, self.classes[seen].name
            ),
            "check the coordinates and the version of the map, or leave `map-class` out to take what the map holds",
        )
    }

    /// The class that a word means: a code, the name of a class, or of a group.
    fn class(
        &self,
        place: &str,
        column: &str,
        word: &str,
        findings: &mut Vec<Finding>,
    ) -> Option<usize> {
        let is_group = |class: &ReferenceClass| class.name.eq_ignore_ascii_case(word);
        let of_code = |code: i64| {
            self.classes
                .iter()
                .position(|class| class.codes.contains(&code))
        };
        let code = word.parse::<f64>().ok().filter(|code| code.fract() == 0.0);
        #[expect(clippy::cast_possible_truncation, reason = "a whole number")]
        let by_code = code.and_then(|code| of_code(code as i64));
        let named = || {
            let mut classes = self.legend.classes();
            let class = classes.find(|class| class.name.eq_ignore_ascii_case(word))?;
            of_code(class.value)
        };
        let found = self.classes.iter().position(is_group).or(by_code);
        if let Some(found) = found.or_else(named) {
            return Some(found);
        }
        let groups = self.plan.group.iter().map(|group| group.name.as_str());
        let classes = self.legend.classes().map(|class| class.name.as_str());
        let meant = suggestion(word, groups.chain(classes));
        findings.push(Finding::error(
            format!("{place}, column {column}"),
            format!("`{word}` is no class of the legend `{}`", self.legend.id),
            meant.map_or_else(
                || {
                    "give a code or name of the legend, or put it into an `[[accuracy.group]]`"
                        .to_owned()
                },
                |meant| format!("did you mean `{meant}`?"),
            ),
        ));
        None
    }

    fn stratum(&self, place: &str, word: &str, findings: &mut Vec<Finding>) -> Option<usize> {
        let found = self
            .plan
            .strata
            .iter()
            .position(|stratum| stratum.id == word);
        if found.is_none() {
            findings.push(Finding::error(
                place,
                format!("`{word}` is none of `[[accuracy.strata]]`"),
                "add the stratum with its area, or mend its name",
            ));
        }
        found
    }
}

/// The number of points of a row.
fn count(place: &str, word: &str, findings: &mut Vec<Finding>) -> Option<u64> {
    let count = word.parse().ok();
    if count.is_none() {
        findings.push(Finding::error(
            place,
            format!("found `{word}`, expected a number of points"),
            "give a whole number of at least 0",
        ));
    }
    count
}

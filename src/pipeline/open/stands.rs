//! The stand registers of a run: read, laid over the regions and over each other.

use geo::MultiPolygon;

use super::choices::choices;
use super::gathered::Gathered;
use super::prepare::{Place, by_id};
use super::stand_issues::tell;
use super::stand_overlay::{Measure, StandIndex};
use crate::account::{self, Nesting, Register, Seeds, Stand, StandInput, StandIssue, StandPart};
use crate::estimate::ValueClasses;
use crate::finding::{Finding, counted};
use crate::grid::CrsKind;
use crate::input::{Ground, StandFile, Transformer, read_stands, value_classes};
use crate::plan::{CoversKey, Plan, REGISTER_AGE, StandsTable};
use crate::units::Hectares;

/// A register on the ground of the run.
#[derive(Debug)]
pub(in crate::pipeline) struct PlacedRegister {
    pub(in crate::pipeline) register: Register,
    /// Shapes of the stands in the coordinates of the grid.
    pub(in crate::pipeline) shapes: Vec<MultiPolygon<f64>>,
    /// What its keeper should look at.
    pub(in crate::pipeline) issues: Vec<StandIssue>,
    /// Area that is in two stands, on the ellipsoid.
    pub(in crate::pipeline) overlap: Hectares,
    /// Area of each region that no stand covers.
    pub(in crate::pipeline) uncovered: Vec<Hectares>,
    /// Whether the register is of all land.
    pub(in crate::pipeline) of_all_land: bool,
}

/// Registers as read, before their place is known.
pub(super) fn read(
    plan: &Plan,
    seeds: &Seeds,
    gathered: &mut Gathered,
) -> Vec<(StandsTable, StandFile)> {
    let tables = plan
        .file
        .inventory
        .iter()
        .flat_map(|inventory| &inventory.stands);
    let mut files = Vec::new();
    gathered.findings.extend(of_partly_read(plan, seeds));
    let of_fields = |key: &str| format!("inventory.stands.fields.{key}.unit");
    for table in tables {
        let mut table = table.clone();
        // Nobody asks for a unit that another key may be meant to state.
        for (key, column, unit) in [
            ("volume", &mut table.fields.volume, "m3/ha"),
            ("age", &mut table.fields.age, "years"),
        ] {
            if let (Some(column), false) = (column, plan.lacks(&[&of_fields(key)])) {
                column.assume_unit(unit);
            }
        }
        let table = &table;
        let paths = [
            Some(&table.path),
            table.land_classes.as_ref(),
            table.species.as_ref(),
        ];
        for path in paths.into_iter().flatten() {
            let path = plan.resolve(path);
            if !gathered.inputs.contains(&path) {
                gathered.inputs.push(path);
            }
        }
        match read_stands(table, seeds.stand_codes(), &|path| plan.resolve(path)) {
            Ok(mut file) => {
                gathered.warnings.append(&mut file.warnings);
                if plan.file.registry && file.recalled_codes {
                    gathered.findings.push(Finding::error(
                        &file.name,
                        "registry mode, and codes of the register were understood by tables that were recalled, not read again",
                        "state what the codes mean: `land-classes` and `species` in `[[inventory.stands]]`, names in place of codes of origin and age group",
                    ));
                }
                files.push((table.clone(), file));
            }
            Err(problems) => gathered.findings.extend(problems),
        }
    }
    files.sort_by_key(|(table, _)| table.year);
    files
}

/// What is wrong with registers of which some key was not read, but none that says what is in them.
fn of_partly_read(plan: &Plan, seeds: &Seeds) -> Vec<Finding> {
    let keys = [
        "path",
        "layer",
        "crs",
        "encoding",
        "repair",
        "where",
        "preset",
        "land-classes",
        "species",
    ];
    let keys = keys.map(|key| format!("inventory.stands.{key}"));
    if !plan.spares(&keys.each_ref().map(String::as_str)) {
        return Vec::new();
    }
    let entries = plan.partly.stands.iter();
    let found = entries.map(|table| {
        let read = read_stands(table, seeds.stand_codes(), &|path| plan.resolve(path));
        read.err().unwrap_or_default()
    });
    found.flatten().collect()
}

/// The registers on the ground of the run.
pub(super) fn place(
    plan: &Plan,
    (files, seeds): (Vec<(StandsTable, StandFile)>, &Seeds),
    (regions, disjoint, nesting): (&[Place], bool, &Nesting),
    ground: &Ground,
    tolerance: (f64, f64),
    gathered: &mut Gathered,
) -> Vec<PlacedRegister> {
    let mut placed = Vec::new();
    let inventory = plan.file.inventory.as_ref();
    let age_classes = inventory.and_then(|table| table.classes.get(REGISTER_AGE));
    let age_classes = age_classes.and_then(value_classes);
    for (table, file) in files {
        let placing = Placing {
            table: &table,
            regions,
            disjoint,
            nesting,
            ground,
            tolerance,
            age_classes: age_classes.clone(),
        };
        match placing.register(file) {
            Ok((register, notes)) => {
                gathered.warnings.extend(notes);
                placed.push(register);
            }
            Err(problems) => gathered.findings.extend(problems),
        }
    }
    unfit_species(plan, seeds, (&placed, regions, disjoint), gathered);
    placed
}

/// Species without parameters of the chosen method, of a plan that is refused for other reasons; of one that
/// is not, the account tells them.
fn unfit_species(
    plan: &Plan,
    seeds: &Seeds,
    (placed, regions, disjoint): (&[PlacedRegister], &[Place], bool),
    gathered: &mut Gathered,
) {
    if gathered.findings.is_empty() {
        return;
    }
    let of_carbon = ["method", "ecosystem", "keys", "climate-zone", "parameters"];
    let of_stands = ["fields", "species", "land-classes", "preset"];
    let keys = of_carbon.map(|key| format!("carbon.{key}")).into_iter();
    let keys = keys.chain(of_stands.map(|key| format!("inventory.stands.{key}")));
    let keys: Vec<String> = keys.collect();
    let keys: Vec<&str> = keys.iter().map(String::as_str).collect();
    gathered.rests_on(plan, &keys);
    // What is wrong with the choices themselves is told elsewhere.
    let choices = choices(plan, &[], &mut Vec::new());
    let registers = placed.iter().map(|placed| placed.register.clone());
    let registers: Vec<Register> = registers.collect();
    let ids: Vec<&str> = regions.iter().map(|region| region.id.as_str()).collect();
    let input = StandInput {
        registers: &registers,
        regions: &ids,
        disjoint,
        nesting: &Nesting::default(),
    };
    let unfit = account::unfit_stands(&choices, seeds, &input);
    gathered.findings.extend(unfit);
}

/// Lays a register on the ground of the run.
pub(super) struct Placing<'a> {
    pub(super) table: &'a StandsTable,
    pub(super) regions: &'a [Place],
    pub(super) disjoint: bool,
    pub(super) nesting: &'a Nesting,
    pub(super) ground: &'a Ground,
    pub(super) tolerance: (f64, f64),
    /// Classes of age that the plan asks for.
    pub(super) age_classes: Option<ValueClasses>,
}

impl Placing<'_> {
    fn register(&self, file: StandFile) -> Result<(PlacedRegister, Vec<Finding>), Vec<Finding>> {
        let name = file.name.clone();
        let refused = |error: String| {
            vec![Finding::error(
                &name,
                error,
                "check the coordinates of the stands and `crs` in the plan",
            )]
        };
        let own = Ground::new(file.projection.clone()).map_err(|e| refused(e.to_string()))?;
        let to_ground = Transformer::new(&file.projection, self.ground.projection())
            .map_err(|e| refused(e.to_string()))?;
        let (mut stands, mut shapes) = (Vec::new(), Vec::new());
        let mut second = Vec::new();
        let mut named = Vec::new();
        let mut findings = Vec::new();
        for record in file.stands {
            let place = || -> Result<_, String> {
                let area = own.area(&record.shape).map_err(|e| e.to_string())?;
                let shape = to_ground
                    .polygons(&record.shape, self.tolerance)
                    .map_err(|e| e.to_string())?;
                Ok((area, shape))
            };
            match place() {
                Ok((area, shape)) => {
                    let flat = matches!(own.crs().kind, CrsKind::Projected { .. });
                    let mut stand = Stand {
                        plane: flat.then(|| own.plane_area(&record.shape)),
                        area,
                        id: record.id,
                        land: record.land,
                        land_class: record.land_class,
                        origin: record.origin,
                        species: record.species,
                        species_row: record.species_row,
                        age: record.age,
                        age_group: record.age_group,
                        registered: record.registered,
                        volume: None,
                        parts: Vec::new(),
                        outside: 1.0,
                    };
                    let on = stand.stock_area();
                    stand.volume = record.volume.map(|volume| volume.on(on));
                    second.push(record.second_volume.map(|volume| volume.on(on)));
                    named.push(record.region);
                    stands.push(stand);
                    shapes.push(shape);
                }
                Err(what) => findings.push(Finding::error(
                    format!("{name}, stand {}", record.id),
                    what,
                    "check the coordinates of the stand and `crs` in the plan",
                )),
            }
        }
        if !findings.is_empty() {
            return Err(findings);
        }
        Self::scale_of_areas(&name, &stands)?;
        let index = StandIndex::new(&shapes);
        let mut notes = Vec::new();
        if file.has_region {
            self.by_name(&name, &mut stands, &named, &mut notes)?;
        } else {
            self.by_place(&name, &mut stands, &index, &mut notes)?;
        }
        let mut placed = PlacedRegister {
            register: Register {
                year: self.table.year,
                name: name.clone(),
                stands,
                species: file.species,
                has_volume: file.has_volume,
                age_classes: self.age_classes.clone(),
                recalled_codes: file.recalled_codes,
            },
            issues: Vec::new(),
            overlap: Hectares::ZERO,
            uncovered: Vec::new(),
            of_all_land: self.table.covers == CoversKey::Land,
            shapes: Vec::new(),
        };
        self.look(&mut placed, &index, &second);
        tell(&placed, &mut notes);
        placed.shapes = shapes;
        Ok((placed, notes))
    }

    /// Refuses a register whose areas are in another unit than they are read in.
    fn scale_of_areas(name: &str, stands: &[Stand]) -> Result<(), Vec<Finding>> {
        let with = || stands.iter().filter(|stand| stand.registered.is_some());
        let registered: Hectares = with().filter_map(|stand| stand.registered).sum();
        let drawn: Hectares = with().map(|stand| stand.area).sum();
        if drawn <= Hectares::ZERO || registered <= Hectares::ZERO {
            return Ok(());
        }
        let ratio = registered / drawn;
        let near = |factor: f64| (ratio / factor - 1.0).abs() < 0.2;
        let unit = if near(15.0) {
            "mu read as hectares"
        } else if near(1.0 / 15.0) {
            "hectares read as mu"
        } else if near(10_000.0) {
            "square metres read as hectares"
        } else if near(1500.0 / 2.25) {
            "square metres read as mu"
        } else {
            return Ok(());
        };
        Err(vec![Finding::error(
            name,
            format!(
                "the registered areas sum to {:.4} ha, the polygons to {:.4} ha: they look like {unit}",
                registered.value(),
                drawn.value()
            ),
            "state the unit: area = { column = \"...\", unit = \"mu\" } (or \"ha\", \"m2\") in `[inventory.stands.fields]`",
        )])
    }

    fn by_name(
        &self,
        name: &str,
        stands: &mut [Stand],
        named: &[Option<String>],
        notes: &mut Vec<Finding>,
    ) -> Result<(), Vec<Finding>> {
        let index = by_id(self.regions);
        let mut strange: std::collections::BTreeMap<String, usize> =
            std::collections::BTreeMap::new();
        for (stand, region) in stands.iter_mut().zip(named) {
            match region.as_deref().and_then(|id| index.get(id)) {
                Some(region) => {
                    // What lies in a county lies in its prefecture.
                    let holding = self.nesting.holding(*region).into_iter();
                    let all = [*region].into_iter().chain(holding);
                    let part = |region| StandPart { region, share: 1.0 };
                    stand.parts = all.map(part).collect();
                    stand.outside = 0.0;
                }
                None => {
                    *strange
                        .entry(region.clone().unwrap_or_default())
                        .or_default() += 1;
                }
            }
        }
        let lost: usize = strange.values().sum();
        if lost == 0 {
            return Ok(());
        }
        let named: Vec<String> = strange
            .iter()
            .map(|(id, count)| format!("`{id}` ({})", counted(*count, "stand", "stands")))
            .collect();
        let what = format!(
            "{lost} of {} {} a region that is none of the plan's: {}",
            counted(stands.len(), "stand", "stands"),
            if lost == 1 { "names" } else { "name" },
            named.join(", ")
        );
        if lost == stands.len() {
            return Err(vec![Finding::error(
                name,
                what,
                "name the field with the ids of the regions, or leave `region` out: the stands are then laid over the regions",
            )]);
        }
        notes.push(Finding::warning(
            name,
            what,
            "they count for no region; mend the ids if they should",
        ));
        Ok(())
    }

    fn by_place(
        &self,
        name: &str,
        stands: &mut [Stand],
        index: &StandIndex<'_>,
        notes: &mut Vec<Finding>,
    ) -> Result<(), Vec<Finding>> {
        let shapes: Vec<&MultiPolygon<f64>> = self.regions.iter().map(|r| &r.shape).collect();
        let measure = match self.ground.crs().kind {
            CrsKind::Geographic => Measure::Degrees(self.ground.crs().ellipsoid),
            CrsKind::Projected { .. } => Measure::Plane,
        };
        for (region, parts) in index.parts(&shapes, measure).into_iter().enumerate() {
            for (stand, share) in parts {
                stands[stand].parts.push(StandPart { region, share });
            }
        }
        for stand in stands.iter_mut() {
            // Less than a square metre, or a millionth of the stand, is the drawing of the border.
            let least = (1e-4 / stand.area.value()).max(1e-6);
            stand.parts.retain(|part| part.share >= least);
            let sum: f64 = stand.parts.iter().map(|part| part.share).sum();
            stand.outside = if stand.parts.is_empty() {
                1.0
            } else if self.disjoint {
                (1.0 - sum).max(0.0)
            } else {
                0.0
            };
            if stand.outside > 0.0 && stand.outside < least + 1e-9 {
                stand.outside = 0.0;
            }
            if self.disjoint && stand.outside == 0.0 && sum > 0.0 {
                for part in &mut stand.parts {
                    part.share /= sum;
                }
            }
        }
        let lost = stands.iter().filter(|stand| stand.parts.is_empty()).count();
        if lost == stands.len() && lost > 0 {
            return Err(vec![Finding::error(
                name,
                match lost {
                    1 => "the one stand lies in no region".to_owned(),
                    _ => format!("none of the {lost} stands lies in a region"),
                },
                "check the coordinate systems of stands and regions (`crs`)",
            )]);
        }
        let outside: Hectares = stands
            .iter()
            .map(|stand| Hectares::new(stand.area.value() * stand.outside))
            .sum();
        let some = stands.iter().filter(|stand| stand.outside > 0.0).count();
        if some > 0 {
            notes.push(Finding::warning(
                name,
                format!(
                    "{some} of {} {} outside every region, {lost} of them as a whole: {:.4} ha",
                    counted(stands.len(), "stand", "stands"),
                    if some == 1 { "lies" } else { "lie" },
                    outside.value()
                ),
                "what lies outside counts for no region; see outside-regions in tables/stand_issues.csv",
            ));
        }
        Ok(())
    }
}

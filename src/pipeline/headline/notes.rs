//! Notes of the headline rows: what is missing of a region and why, and what must be known of its figures.
//!
//! A fact is told once: facts that several ecosystems share name all of them.

use super::brief_notes::{
    brief, by_subjects, is_of_stock, pairs, subject, told_once, without_phrase, without_removal,
};
use super::row::{PLOT_POOLS, Row, distinct};
use crate::account::{
    APART, Approach, BETWEEN_EARLIER, CarbonRow, FIRE, Headline, IN_ITS_STOCK, Pool, Quality,
    RegionAreas, SequestrationRow, UncountedSoil,
};
use crate::estimate::Estimator;
use crate::pipeline::open::WHOLE_PCT;
use crate::units::Hectares;

impl Row<'_> {
    /// Why figures of the row have no standard error or interval.
    fn without_spread(&self, id: &str) -> Vec<String> {
        let mut notes = Vec::new();
        let forest = self.estimates.forest.as_ref();
        let forest = forest.map(|e| (e.standard_error(), e.estimator()));
        let volume = self.estimates.volume.as_ref();
        let volume = volume.map(|e| (e.standard_error(), e.estimator()));
        for (column, told) in [("forest_area_est_ha", forest), ("volume_m3", volume)] {
            // Of a register the notes of its figures say why.
            if let Some((None, estimator)) = told
                && estimator != Estimator::Census
            {
                notes.push(format!(
                    "{column} has no standard error: tables/inventory.csv or tables/accuracy.csv says why"
                ));
            }
        }
        let why = |headline| self.uncertainty.without.get(&(headline, id.to_owned()));
        let [carbon, removal] = [Headline::Carbon, Headline::Sequestration].map(|headline| {
            let column = headline.column();
            why(headline).map(|why| (column, why))
        });
        match (carbon, removal) {
            (Some((carbon, why)), Some((removal, same))) if why == same => {
                notes.push(format!("{carbon} and {removal} have {why}"));
            }
            each => {
                let told = [each.0, each.1].into_iter().flatten();
                notes.extend(told.map(|(column, why)| format!("{column} has {why}")));
            }
        }
        for headline in [Headline::Carbon, Headline::Sequestration] {
            let why = self.uncertainty.lower_limit.get(&(headline, id.to_owned()));
            notes.extend(why.map(|why| format!("interval of {}: {why}", headline.column())));
        }
        notes
    }

    /// The notes, each fact once.
    pub(super) fn notes(&self, id: &str, has_map: bool) -> Vec<String> {
        let mut notes = self.estimates.notes.clone();
        notes.extend(self.lost.iter().cloned());
        let is_lost = |headline| self.parts.lost.is_carbon_lost(headline, id);
        if self.lost.is_empty() {
            notes.extend(self.of_map(has_map));
            notes.extend(self.of_boundaries(has_map));
        }
        if !self.parts.lost.is_sample_lost(id) {
            notes.extend(self.of_sample());
        }
        if self.parts.plan.file.carbon.is_none() {
            notes
                .push("no carbon method in the plan: no carbon stock, no sequestration".to_owned());
        } else if !is_lost(Headline::Sequestration)
            && self.spread(Headline::Sequestration, id).is_none()
        {
            let why = match self.unknown_removals().next() {
                Some(_) => "what its land gained or lost is not known",
                None if self.others_have_removal() => {
                    "no method of the plan that gives one has land or plots here"
                }
                None => {
                    "it needs two inventories with carbon pools, two stand registers, or a method that gives a removal"
                }
            };
            notes.push(format!("no sequestration: {why}"));
        }
        if !is_lost(Headline::Carbon) && self.lacks_plot_stock() {
            let mut of_plots = self.stocks.iter().filter(|row| row.approach == PLOT_POOLS);
            let why = if of_plots.any(|row| row.quality == Quality::Missing.id()) {
                "the stock of the plots is not known"
            } else {
                "no estimate from plots for the region"
            };
            notes.push(format!("{why}: no carbon stock"));
        }
        let told = |headline| {
            self.uncertainty
                .without
                .contains_key(&(headline, id.to_owned()))
        };
        let seeds = &self.parts.prepared.seeds;
        let counted: Vec<(String, String)> = (self.stocks.iter())
            .filter(|row| row.counted)
            .map(|row| (of_stock(row), brief(&row.note, &row.method, seeds)))
            .collect();
        notes.extend(told_once(pairs(&counted), told(Headline::Carbon)));
        notes.extend(self.of_density(id));
        notes.extend(self.without_spread(id));
        notes.extend(self.not_in_stock());
        notes.extend(self.of_other_depth(id));
        let counted = self.removals.iter().filter(|row| row.counted);
        let counted: Vec<(String, String)> = counted
            .map(|row| (of_removal(row), brief(&row.note, &row.method, seeds)))
            .collect();
        notes.extend(told_once(pairs(&counted), told(Headline::Sequestration)));
        notes.extend(self.of_periods());
        notes.extend(self.apart());
        let missing = Quality::Missing.id();
        // A stock by area without a method, and one of all classes, is told as not in the stock.
        let stocks = self.stocks.iter().filter(|row| row.quality == missing);
        let stocks = stocks.filter(|row| !row.method.is_empty() && row.ecosystem != "all");
        let stocks = stocks.map(|row| (row.ecosystem.clone(), row.note.as_str()));
        notes.extend(told_once(stocks, false));
        // Beside a removal it is enough to name what has none; without one the reasons are wanted.
        let has_removal = self.spread(Headline::Sequestration, id).is_some();
        let removals = self.removals.iter().copied();
        let removals = removals.filter(|row| row.quality == missing && !self.is_in_longer(row));
        let (of_stock, others): (Vec<_>, Vec<_>) =
            removals.partition(|row| has_removal && is_of_stock(row, seeds));
        if has_removal {
            notes.extend(self.left_out_of_removal());
        }
        let others = others
            .into_iter()
            .filter(|row| !(has_removal && self.is_left_out(row)));
        let others: Vec<(String, String)> = others
            .map(|row| {
                let note = brief(&row.note, &row.method, seeds);
                (self.of_unknown(row), without_phrase(&note, BETWEEN_EARLIER))
            })
            .collect();
        notes.extend(told_once(pairs(&others), false));
        notes.extend(without_removal(&of_stock));
        distinct(notes.into_iter().filter(|note| !note.is_empty()))
    }

    /// What a removal is of that is not known, in words: of a difference of inventories which years, and whether the
    /// headline is of later ones.
    fn of_unknown(&self, row: &SequestrationRow) -> String {
        let of = of_removal(row);
        if !row.is_difference() {
            return of;
        }
        let (from, to) = (row.period_start, row.period_end);
        let mut others = self.removals.iter().filter(|other| other.is_difference());
        if others.any(|other| other.period_end > to) {
            format!("{of} from {from} to {to} (the headline does not rest on it)")
        } else {
            format!("{of} from {from} to {to}")
        }
    }

    /// Rows that the removal of the region leaves out because they are not known.
    pub(super) fn left_out_rows(&self) -> impl Iterator<Item = &SequestrationRow> {
        let missing = Quality::Missing.id();
        let rows = self.removals.iter().copied();
        rows.filter(move |row| {
            row.quality == missing && self.is_left_out(row) && !self.is_in_longer(row)
        })
    }

    /// What the removal of the region has nothing of because it is not known.
    pub(super) fn left_out_of_removal(&self) -> Vec<String> {
        let seeds = &self.parts.prepared.seeds;
        let left_out = self.left_out_rows();
        let left_out: Vec<(String, String)> = left_out
            .map(|row| {
                let subject = format!("{} by {}", of_removal(row), row.method);
                (subject, brief(&row.note, &row.method, seeds))
            })
            .collect();
        let left_out = by_subjects(pairs(&left_out), false).into_iter();
        let left_out = left_out
            .map(|(subjects, note)| format!("{subjects} is not in sequestration_tco2e_yr: {note}"));
        left_out.collect()
    }

    /// Removals that the plan asks for and that are not known, such as that of stands without a volume.
    fn unknown_removals(&self) -> impl Iterator<Item = &SequestrationRow> {
        let rows = self.removals.iter().copied();
        rows.filter(|row| row.is_unknown_change())
    }

    /// Whether the removal of the region leaves a row out because it is not known, and has no other of its method, of
    /// densities by class of its pool.
    fn is_left_out(&self, row: &SequestrationRow) -> bool {
        let mut counted = self.removals.iter().filter(|other| other.counted);
        row.is_unknown_change()
            && !counted.any(|other| {
                other.method == row.method
                    && subject(&other.ecosystem, &other.pool) == subject(&row.ecosystem, &row.pool)
            })
    }

    /// Whether another row is of the same over more years, of which these are a part.
    fn is_in_longer(&self, row: &SequestrationRow) -> bool {
        let key = |row: &SequestrationRow| {
            let of = (row.ecosystem.clone(), row.pool.clone());
            (row.method.clone(), of)
        };
        let years = |row: &SequestrationRow| row.period_start..=row.period_end;
        let mut others = self.removals.iter().filter(|other| key(other) == key(row));
        others.any(|other| {
            years(other) != years(row)
                && years(other).contains(&row.period_start)
                && years(other).contains(&row.period_end)
        })
    }

    /// Whether any region of the run has a removal.
    fn others_have_removal(&self) -> bool {
        let first = (Headline::Sequestration, String::new());
        let mut from = self.uncertainty.headline.range(first..);
        from.next()
            .is_some_and(|((headline, _), _)| *headline == Headline::Sequestration)
    }

    /// What the map does not tell.
    pub(super) fn of_map(&self, has_map: bool) -> Option<String> {
        if self.parts.plan.file.land_cover.is_empty() {
            return Some("no map: no forest coverage".to_owned());
        }
        if !has_map {
            let carbon = match self.parts.plan.file.carbon {
                Some(_) if self.is_outlined() => "; its areas are those of boundaries alone",
                Some(_) => ", no carbon by area",
                None => "",
            };
            return Some(format!(
                "no valid cell of the map in the region: no forest coverage{carbon}"
            ));
        }
        let valid = self.areas.and_then(RegionAreas::valid_pct)?;
        let density = if self.stocks.iter().any(|row| row.counted) {
            ", but carbon_tc_ha divides by the whole region"
        } else {
            ""
        };
        let outlines = if self.is_outlined() {
            " and of boundaries beside it"
        } else {
            ""
        };
        (valid < WHOLE_PCT).then(|| {
            format!(
                "the map has valid cells on {valid:.2} % of the region: its areas, and what rests on them, are those of this part{outlines}{density}"
            )
        })
    }

    /// Whether boundaries lie where the newest map has no value.
    fn is_outlined(&self) -> bool {
        let newest = self.areas.and_then(RegionAreas::newest);
        newest.is_some_and(|newest| newest.outlined > Hectares::ZERO)
    }

    /// Where boundaries say otherwise than the classes that forest coverage is counted by.
    fn of_boundaries(&self, has_map: bool) -> Option<String> {
        let newest = self.areas.filter(|_| has_map)?.newest()?;
        let taken = newest.forest_elsewhere.iter();
        let mut words: Vec<String> = taken
            .map(|(ecosystem, area)| {
                format!("{:.4} ha of it are {ecosystem} by a boundary", area.value())
            })
            .collect();
        if newest.forest_by_boundary > Hectares::ZERO {
            words.push(format!(
                "{:.4} ha that are forest by a boundary are not in it",
                newest.forest_by_boundary.value()
            ));
        }
        (!words.is_empty()).then(|| {
            format!(
                "forest_area_ha is tree cover by the classes of the map, which boundaries do not move: {}",
                words.join(", ")
            )
        })
    }

    /// What the sample does not tell.
    fn of_sample(&self) -> Vec<String> {
        let inventory = self.parts.plan.file.inventory.as_ref();
        let Some(inventory) = inventory.filter(|inventory| !inventory.plots.is_empty()) else {
            let none = "no sample: no forest area from plots, no stock volume";
            let none = self.estimates.volume.is_none().then(|| none.to_owned());
            return none.into_iter().collect();
        };
        let (fields, estimates) = (&inventory.fields, self.estimates);
        let wanted = [
            (
                fields.forest_share.is_some(),
                estimates.forest.is_some(),
                "forest-share",
                "forest area from plots",
            ),
            (
                fields.volume.is_some(),
                estimates.volume.is_some(),
                "volume",
                "stock volume",
            ),
        ];
        let lacking = wanted.into_iter().filter(|(_, has, _, _)| !has);
        lacking
            .map(|(named, _, key, what)| {
                if named {
                    format!("no {what}: tables/inventory.csv says why")
                } else {
                    format!("no {what}: the plan names no column `{key}`")
                }
            })
            .collect()
    }

    /// Counted removals of other years than the period of the row.
    fn of_periods(&self) -> Option<String> {
        let whole = self.period()?;
        let counted = self
            .removals
            .iter()
            .filter(|row| row.counted && row.removal.is_some());
        let other = counted.filter(|row| (row.period_start, row.period_end) != whole);
        let other = distinct(other.map(|row| {
            let years = match (row.period_start, row.period_end) {
                (start, end) if start == end => format!("in {end}"),
                (start, end) => format!("from {start} to {end}"),
            };
            format!("{} {years}", row.method)
        }));
        (!other.is_empty()).then(|| {
            let other = other.join(", ");
            format!("some removals are the rate of a part of the period: {other}")
        })
    }

    /// Fluxes that stand apart from the headline removal, gases of fires with the reason.
    fn apart(&self) -> Option<String> {
        let counts = |row: &SequestrationRow| {
            let mut others = self.removals.iter().filter(|other| other.counted);
            others.any(|other| other.pool == row.pool && other.ecosystem == row.ecosystem)
        };
        let apart = self.removals.iter().filter(|row| row.removal.is_some());
        let apart = apart.filter_map(|row| {
            let name = format!("{} of {}", row.pool, row.ecosystem);
            let reasons = row.note.split("; ");
            let reason = reasons
                .filter_map(|phrase| phrase.strip_prefix(APART))
                .last();
            match row.approach.as_str() {
                FIRE => reason.map(|reason| format!("{name} of {} ({reason})", row.period_start)),
                approach => {
                    (approach == Approach::WeatheringFlux.id() && !counts(row)).then_some(name)
                }
            }
        });
        let apart = distinct(apart);
        (!apart.is_empty()).then(|| {
            let apart = apart.join(", ");
            format!("apart from sequestration_tco2e_yr, in tables/sequestration.csv: {apart}")
        })
    }

    /// What the carbon stock leaves out because its soil goes to another depth.
    pub(super) fn of_other_depth(&self, id: &str) -> Option<String> {
        let left_out = self.uncounted.iter().filter(|one| one.region_id == id);
        let left_out: Vec<&UncountedSoil> = left_out.collect();
        let counted = left_out.first()?.counted_cm;
        let words: Vec<String> = left_out.iter().map(|one| one.words()).collect();
        Some(format!(
            "not in the carbon stock, which counts soil to {counted} cm: {}",
            words.join(", ")
        ))
    }

    /// What the carbon stock leaves out: whole ecosystems, parts of those that are counted, and pools of
    /// all classes together, whose rows say which classes.
    pub(super) fn not_in_stock(&self) -> Option<String> {
        let counts = |ecosystem: &str| {
            let mut rows = self.stocks.iter();
            rows.any(|row| row.counted && row.ecosystem == ecosystem)
        };
        let left_out = |row: &&CarbonRow| match (row.ecosystem.as_str(), row.area) {
            ("all", _) => format!("{} ({})", row.pool, row.note),
            (ecosystem, Some(area)) if counts(ecosystem) && row.method.is_empty() => {
                let pool = if row.pool == Pool::All.id() {
                    String::new()
                } else {
                    format!(" ({})", row.pool)
                };
                format!("{:.4} ha of {ecosystem}{pool}", area.value())
            }
            (ecosystem, _) if counts(ecosystem) => format!("a part of {ecosystem}"),
            (ecosystem, _) => ecosystem.to_owned(),
        };
        // All of it is in the stock already, as land of the inventory.
        let is_elsewhere =
            |row: &CarbonRow| row.area == Some(Hectares::ZERO) && row.note.contains(IN_ITS_STOCK);
        let missing = self.stocks.iter();
        // Of a method that tells a newer stock an older one is none of the headline.
        let is_newest = |row: &CarbonRow| {
            let mut same = self
                .stocks
                .iter()
                .filter(|other| other.method == row.method);
            row.method.is_empty() || same.all(|other| other.year <= row.year)
        };
        let missing = missing.filter(|row| is_newest(row));
        let missing = missing.filter(|row| row.carbon.is_none() && !is_elsewhere(row));
        let missing = distinct(missing.map(left_out));
        (!missing.is_empty()).then(|| format!("not in the carbon stock: {}", missing.join(", ")))
    }
}

/// What a stock is of, in words.
fn of_stock(row: &CarbonRow) -> String {
    subject(&row.ecosystem, &row.pool).to_owned()
}

/// What a removal is of, in words.
fn of_removal(row: &SequestrationRow) -> String {
    format!("removal of {}", subject(&row.ecosystem, &row.pool))
}

/// Notes of stocks, with what they are of before them.
pub(super) fn told_of_stocks<'a>(
    rows: impl Iterator<Item = (&'a CarbonRow, String)>,
) -> Vec<String> {
    let told: Vec<(String, String)> = rows.map(|(row, note)| (of_stock(row), note)).collect();
    told_once(pairs(&told), false)
}

/// Notes of removals, likewise.
pub(super) fn told_of_removals<'a>(
    rows: impl Iterator<Item = (&'a SequestrationRow, String)>,
) -> Vec<String> {
    let told: Vec<(String, String)> = rows.map(|(row, note)| (of_removal(row), note)).collect();
    told_once(pairs(&told), false)
}

//! The course of a soil through changes of use and of management, as a mix of equilibrium stocks: the
//! clock runs before any number is known, so that shared parameters stay shared.

use std::collections::BTreeMap;

use super::clock::DEFAULT_TRANSITION;
use crate::account::ecosystem::Ecosystem;

/// An equilibrium stock of soil.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Equilibrium {
    /// Of an ecosystem as it is managed now.
    Now(Ecosystem),
    /// Of an ecosystem as it was managed before its management changed.
    Before(Ecosystem),
}

/// A stock, or the change of one, as a mix of equilibrium stocks.
pub(super) type Mix = BTreeMap<Equilibrium, f64>;

/// A time in which a soil moves to one equilibrium.
#[derive(Debug)]
struct Stretch {
    /// Its first year; `None` where the soil is at rest from before the first map.
    since: Option<i32>,
    /// The stock when it began.
    start: Mix,
    towards: Equilibrium,
}

/// What a soil went through up to a map.
#[derive(Debug)]
pub(super) struct Course {
    stretches: Vec<Stretch>,
    last: i32,
    until: Option<i32>,
    /// Whether the management of a use changed while the land was that use, or before the first map.
    managed: bool,
}

impl Course {
    /// Of land that was these ecosystems in these years and keeps the last use `until` the next map.
    /// `managed` is the year from which an ecosystem is managed as it is now.
    ///
    /// Land is at rest at the first map, but for a change of management in the years before, of the
    /// use that it then is. A use begins in the year of the map that shows it, and under the management of
    /// that year. `None` of land whose use did not change.
    pub(super) fn of(
        history: &[Ecosystem],
        years: &[i32],
        until: Option<i32>,
        managed: impl Fn(Ecosystem) -> Option<i32>,
    ) -> Option<Self> {
        let last = *years.last()?;
        history.windows(2).find(|pair| pair[0] != pair[1])?;
        let mut course = Self {
            stretches: Vec::new(),
            last,
            until,
            managed: false,
        };
        for (at, (ecosystem, from)) in history.iter().zip(years).enumerate() {
            let to = years.get(at + 1).copied().or(until).unwrap_or(last + 1);
            let (now, before) = (
                Equilibrium::Now(*ecosystem),
                Equilibrium::Before(*ecosystem),
            );
            let change = managed(*ecosystem);
            let arrives = at > 0 && history[at - 1] != *ecosystem;
            let comes = change.is_some_and(|change| change > *from);
            if at == 0 {
                course.turn(None, if change.is_some() { before } else { now });
            } else if arrives {
                course.turn(Some(*from), if comes { before } else { now });
            }
            let stayed = change.filter(|change| {
                (*change < to && comes)
                    || (*change <= *from && at == 0)
                    || (change == from && !arrives)
            });
            if let Some(change) = stayed {
                course.turn(Some(change), now);
                course.managed = true;
            }
        }
        Some(course)
    }

    /// From a year on it moves to another equilibrium, from where it is.
    fn turn(&mut self, since: Option<i32>, towards: Equilibrium) {
        let start = match since {
            Some(year) => self.stock(year),
            None => Mix::from([(towards, 1.0)]),
        };
        self.stretches.push(Stretch {
            since,
            start,
            towards,
        });
    }

    /// Whether a change of management goes into the yearly change of a soil.
    pub(super) fn is_managed(&self, step: &Mix) -> bool {
        let before = |of: &Equilibrium| matches!(of, Equilibrium::Before(_));
        self.managed && step.keys().any(before)
    }

    /// The stretch that a year lies in.
    fn stretch(&self, year: i32) -> Option<&Stretch> {
        let mut stretches = self.stretches.iter().rev();
        stretches.find(|stretch| stretch.since.is_none_or(|since| since <= year))
    }

    /// The stock of a year.
    fn stock(&self, year: i32) -> Mix {
        let Some(stretch) = self.stretch(year) else {
            return Mix::new();
        };
        let passed = stretch.since.map(|since| f64::from(year - since));
        let share = passed.map_or(1.0, |passed| (passed / DEFAULT_TRANSITION.value()).min(1.0));
        let start = stretch.start.iter();
        let mut mix: Mix = start
            .map(|(of, part)| (*of, part * (1.0 - share)))
            .collect();
        *mix.entry(stretch.towards).or_default() += share;
        mix.retain(|_, part| *part > 0.0);
        mix
    }

    /// The yearly change at the last map, or its mean over the years until the next; `None` of a soil at
    /// rest.
    ///
    /// `step = (equilibrium - stock when the use or the management changed) / D`
    ///
    /// # Source
    ///
    /// IPCC 2006 Guidelines, Volume 4, Chapter 2, equation 2.25.
    pub(super) fn yearly_change(&self) -> Option<Mix> {
        let (mut change, years) = if let Some(until) = self.until {
            let mut change = self.stock(until);
            for (of, part) in self.stock(self.last) {
                *change.entry(of).or_default() -= part;
            }
            (change, f64::from(until - self.last))
        } else {
            let stretch = self.stretch(self.last)?;
            let period = DEFAULT_TRANSITION.value();
            if f64::from(self.last - stretch.since?) >= period {
                return None;
            }
            let mut change = Mix::from([(stretch.towards, 1.0)]);
            for (of, part) in &stretch.start {
                *change.entry(*of).or_default() -= part;
            }
            (change, period)
        };
        change.retain(|_, part| part.abs() > f64::EPSILON);
        for part in change.values_mut() {
            *part /= years;
        }
        (!change.is_empty()).then_some(change)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const FOREST: Ecosystem = Ecosystem::Forest;
    const CROPLAND: Ecosystem = Ecosystem::Cropland;
    const GRASSLAND: Ecosystem = Ecosystem::Grassland;

    fn step(
        history: &[Ecosystem],
        years: &[i32],
        until: Option<i32>,
        managed: Option<(Ecosystem, i32)>,
    ) -> Option<Mix> {
        let of = |ecosystem| {
            managed
                .filter(|(of, _)| *of == ecosystem)
                .map(|(_, year)| year)
        };
        Course::of(history, years, until, of)?.yearly_change()
    }

    fn value(mix: &Mix, stocks: &[(Equilibrium, f64)]) -> f64 {
        let known: f64 = stocks
            .iter()
            .filter_map(|(of, stock)| Some(mix.get(of)? * stock))
            .sum();
        assert!(
            mix.keys()
                .all(|of| stocks.iter().any(|(known, _)| known == of)),
            "{mix:?}"
        );
        known
    }

    fn near(mix: Option<Mix>, stocks: &[(Equilibrium, f64)], expected: f64) {
        let found = value(&mix.unwrap(), stocks);
        assert!(
            (found - expected).abs() < 1e-9,
            "{found}, expected {expected}"
        );
    }

    /// Worked example W14: 81 to 56.7 t C/ha over 20 years.
    #[test]
    fn one_change_steps_by_a_twentieth() {
        let stocks = [
            (Equilibrium::Now(FOREST), 81.0),
            (Equilibrium::Now(CROPLAND), 56.7),
        ];
        near(
            step(&[FOREST, CROPLAND], &[2000, 2010], None, None),
            &stocks,
            -1.215,
        );
        let rested = step(
            &[FOREST, CROPLAND, CROPLAND],
            &[2000, 2001, 2021],
            None,
            None,
        );
        assert_eq!(rested, None);
        assert_eq!(step(&[FOREST, FOREST], &[2000, 2010], None, None), None);
        // Twenty of the forty years to the next map.
        let mean = step(&[FOREST, CROPLAND], &[2000, 2010], Some(2050), None);
        near(mean, &stocks, -1.215 / 2.0);
    }

    /// Worked example W15: cropland for 8 years, then forest again.
    #[test]
    fn a_second_change_steps_from_where_the_soil_was() {
        let stocks = [
            (Equilibrium::Now(FOREST), 88.0),
            (Equilibrium::Now(CROPLAND), 60.72),
        ];
        let again = step(&[FOREST, CROPLAND, FOREST], &[1999, 2000, 2008], None, None);
        near(again, &stocks, 0.5456);
    }

    /// Degraded grassland of 44.8 t C/ha that was managed better (64) for two years when it became
    /// cropland (44.16): it holds 44.8 + 2/20 of 19.2 = 46.72 then.
    #[test]
    fn land_that_leaves_takes_along_what_its_management_made_of_it() {
        let stocks = [
            (Equilibrium::Before(GRASSLAND), 44.8),
            (Equilibrium::Now(GRASSLAND), 64.0),
            (Equilibrium::Now(CROPLAND), 44.16),
        ];
        let left = |since| {
            step(
                &[GRASSLAND, CROPLAND],
                &[2010, 2020],
                None,
                Some((GRASSLAND, since)),
            )
        };
        near(left(2018), &stocks, (44.16 - 46.72) / 20.0);
        // Managed so before the first map: five years then, fifteen at the change.
        near(left(2005), &stocks, (44.16 - (44.8 + 0.75 * 19.2)) / 20.0);
        near(left(1990), &stocks, (44.16 - 64.0) / 20.0);
        near(left(2020), &stocks, (44.16 - 44.8) / 20.0);
    }

    /// Cropland of 44.16 t C/ha, without tillage (48.576) from a year on; forest has 64.
    #[test]
    fn land_that_arrives_is_managed_as_in_its_time() {
        let stocks = [
            (Equilibrium::Now(FOREST), 64.0),
            (Equilibrium::Before(CROPLAND), 44.16),
            (Equilibrium::Now(CROPLAND), 48.576),
        ];
        let came = |until, since| {
            let (history, years) = ([FOREST, CROPLAND, CROPLAND], [2000, 2010, 2020]);
            let known = if until == Some(2020) { 2 } else { 3 };
            step(
                &history[..known],
                &years[..known],
                until,
                Some((CROPLAND, since)),
            )
        };
        // Five years on the way to the old equilibrium, then on to the new one.
        let in_2015 = 64.0 - 5.0 / 20.0 * 19.84;
        near(came(None, 2015), &stocks, (48.576 - in_2015) / 20.0);
        let in_2020 = in_2015 + 5.0 / 20.0 * (48.576 - in_2015);
        near(came(Some(2020), 2015), &stocks, (in_2020 - 64.0) / 10.0);
        near(came(None, 2010), &stocks, (48.576 - 64.0) / 20.0);
        let in_2020 = 64.0 - 10.0 / 20.0 * 19.84;
        near(came(None, 2020), &stocks, (48.576 - in_2020) / 20.0);
        // Left before the management changed, which is of those who stayed.
        let uses = [CROPLAND, FOREST, FOREST];
        let back = step(&uses, &[2000, 2010, 2020], None, Some((CROPLAND, 2015)));
        near(back, &stocks, (64.0 - 44.16) / 20.0);
        let is_managed = |since| {
            let of = |ecosystem| (ecosystem == CROPLAND).then_some(since);
            let course = Course::of(&uses, &[2000, 2010, 2020], None, of).unwrap();
            course.is_managed(&course.yearly_change().unwrap())
        };
        assert!(!is_managed(2015) && is_managed(2005));
    }
}

//! Components of change: what became of the trees of plots that were visited twice.

use super::{EstimateError, Observations};
use crate::units::{PerHectare, Quantity, Years};

/// What became of a tree between two visits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Fate {
    /// It was tallied alive at both.
    Survived,
    /// It was tallied at the later visit only: it grew past the least diameter.
    GrewIn,
    /// It was alive at the earlier visit and is dead.
    Died,
    /// It was alive at the earlier visit and was cut or otherwise taken away.
    Cut,
}

/// A tree of a plot that was visited twice, with what it stands for on one hectare of the plot.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct VisitedTree<Q> {
    /// Position of its plot in the sample.
    pub plot: usize,
    /// Time between the visits.
    pub years: Years,
    /// What became of it.
    pub fate: Fate,
    /// At the earlier visit, or when it was lost; `None` where unknown. Not looked at for a tree that
    /// grew in.
    pub before: Option<Q>,
    /// At the later visit; `None` where unknown. Not looked at for a tree that is gone.
    pub after: Option<Q>,
}

/// Components of the change of one variable on plots visited twice, in one year; none is negative by
/// its sign.
#[derive(Debug, Clone, PartialEq)]
pub struct Components<Q> {
    /// What trees that are alive at both visits gained.
    pub survivor_growth: Observations<Q>,
    /// What grew in.
    pub ingrowth: Observations<Q>,
    /// What died.
    pub mortality: Observations<Q>,
    /// What was cut or otherwise taken away.
    pub cut: Observations<Q>,
}

impl<Q: Quantity> Components<Q> {
    /// Sums trees to plots.
    ///
    /// | component         | sum over the trees of a plot, over the years between its visits |
    /// | :---------------- | :---------------------------------------------------------------- |
    /// | survivor growth   | `after − before` of those that survived                           |
    /// | ingrowth          | `after` of those that grew in                                      |
    /// | mortality         | `before` of those that died                                        |
    /// | cut               | `before` of those that were cut                                    |
    ///
    /// A plot without such trees has zero; one with a tree of unknown value has none.
    ///
    /// # Errors
    ///
    /// [`EstimateError::UnknownPlot`] for a tree on no plot of the sample, and
    /// [`EstimateError::Period`] unless the visits of its plot are apart.
    ///
    /// # Source
    ///
    /// Beers 1962, Journal of Forestry 60 (components of forest growth; recalled); Bechtold and
    /// Patterson 2005, GTR SRS-80, chapter 4 (estimates of change on remeasured plots).
    pub fn new(
        plots: usize,
        trees: impl IntoIterator<Item = VisitedTree<Q>>,
    ) -> Result<Self, EstimateError> {
        let mut sums: [Vec<Option<f64>>; 4] = std::array::from_fn(|_| vec![Some(0.0); plots]);
        for (position, tree) in trees.into_iter().enumerate() {
            if tree.plot >= plots {
                return Err(EstimateError::UnknownPlot {
                    tree: position,
                    plot: tree.plot,
                    plots,
                });
            }
            let years = tree.years.value();
            if years.is_nan() || years <= 0.0 {
                return Err(EstimateError::Period { found: years });
            }
            let (before, after) = (tree.before.map(Q::value), tree.after.map(Q::value));
            let (component, value) = match tree.fate {
                Fate::Survived => (0, before.zip(after).map(|(before, after)| after - before)),
                Fate::GrewIn => (1, after),
                Fate::Died => (2, before),
                Fate::Cut => (3, before),
            };
            let sum = &mut sums[component][tree.plot];
            *sum = sum.zip(value).map(|(sum, value)| sum + value / years);
        }
        let [survivor_growth, ingrowth, mortality, cut] = sums.map(|sums| {
            let on_one_hectare = |value| PerHectare::new(Q::new(value));
            Observations::with_missing(sums.into_iter().map(|sum| sum.map(on_one_hectare)))
        });
        Ok(Self {
            survivor_growth,
            ingrowth,
            mortality,
            cut,
        })
    }

    /// Survivor growth and ingrowth less mortality and cut: what the living trees gained.
    ///
    /// Its variance is that of the sum on each plot, never the sum of variances.
    ///
    /// # Errors
    ///
    /// [`EstimateError::PlotCount`] where the components are not of the same plots.
    pub fn net_change(&self) -> Result<Observations<Q>, EstimateError> {
        let gains = self.survivor_growth.plus(&self.ingrowth)?;
        let losses = self.mortality.plus(&self.cut)?;
        gains.plus(&losses.times(-1.0))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::units::CubicMetres;

    fn tree(plot: usize, fate: Fate, before: f64, after: f64) -> VisitedTree<CubicMetres> {
        VisitedTree {
            plot,
            years: Years::new(5.0),
            fate,
            before: Some(CubicMetres::new(before)),
            after: Some(CubicMetres::new(after)),
        }
    }

    fn at(observations: &Observations<CubicMetres>, plot: usize) -> Option<f64> {
        observations
            .get(plot)
            .map(|value| value.on_one_hectare().value())
    }

    #[test]
    fn components_of_a_plot_add_up_to_its_net_change() {
        let trees = [
            tree(0, Fate::Survived, 10.0, 15.0),
            tree(0, Fate::GrewIn, 0.0, 2.0),
            tree(0, Fate::Died, 4.0, 0.0),
            tree(0, Fate::Cut, 8.0, 0.0),
        ];
        let components = Components::new(2, trees).unwrap();
        assert_eq!(at(&components.survivor_growth, 0), Some(1.0));
        assert_eq!(at(&components.ingrowth, 0), Some(0.4));
        assert_eq!(at(&components.mortality, 0), Some(0.8));
        assert_eq!(at(&components.cut, 0), Some(1.6));
        let net = components.net_change().unwrap();
        // 17 standing now, 22 before, five years.
        assert!((at(&net, 0).unwrap() + 1.0).abs() < 1e-12);
        assert_eq!(at(&net, 1), Some(0.0));
    }

    #[test]
    fn an_unknown_loss_leaves_the_other_components_known() {
        let lost = VisitedTree {
            before: None,
            ..tree(0, Fate::Died, 0.0, 0.0)
        };
        let components = Components::new(1, [lost, tree(0, Fate::Survived, 1.0, 2.0)]).unwrap();
        assert_eq!(at(&components.mortality, 0), None);
        assert!(at(&components.survivor_growth, 0).is_some());
        assert_eq!(at(&components.net_change().unwrap(), 0), None);
    }

    #[test]
    fn visits_on_one_day_have_no_yearly_change() {
        let same = VisitedTree {
            years: Years::new(0.0),
            ..tree(0, Fate::Survived, 1.0, 2.0)
        };
        assert!(Components::new(1, [same]).is_err());
        assert!(Components::new(1, [tree(1, Fate::Survived, 1.0, 2.0)]).is_err());
    }
}

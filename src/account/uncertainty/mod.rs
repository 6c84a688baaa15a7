//! How figures came about, and how far they spread: in closed form and by draws.
//!
//! A trace keeps each headline figure as a sum of products of inputs. Inputs that figures share are one input, so
//! that their errors move together.

mod closed_form;
mod monte_carlo;
pub(super) mod spread;
mod trace;

pub use closed_form::{ClosedForm, closed_form};
pub use monte_carlo::{DrawPlan, Drawn};
pub use spread::{Goals, HeadlineSpread, UncertaintyAccount, UncertaintyPlan, uncertainty};
pub(super) use trace::sample_key;
pub use trace::{ArithmeticLine, Headline, Input, SampleFigure, Term, Trace, TracedFigure};

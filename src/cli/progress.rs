//! Progress on stderr: a bar on a terminal, plain lines elsewhere.

use std::io::{IsTerminal, Write};
use std::ops::ControlFlow;
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use indicatif::{HumanDuration, ProgressBar, ProgressStyle};

use crate::grid::BLOCK;
use crate::input::aloud;

use crate::pipeline::Watch;

/// How often a line is printed where there is no terminal.
const LINE_EVERY: Duration = Duration::from_secs(10);

/// Blocks by which the speed is first told.
const FIRST: u64 = 4;

/// Set by Ctrl-C.
static STOP: AtomicBool = AtomicBool::new(false);

/// Lets Ctrl-C ask the run to stop at the next block.
pub(super) fn stop_on_ctrl_c() {
    // A second handler, as in tests, is no harm: the first one works.
    let _ = ctrlc::set_handler(|| STOP.store(true, Ordering::Relaxed));
}

/// Shows how far a run is.
pub(super) struct Progress {
    quiet: bool,
    terminal: bool,
    bar: ProgressBar,
    last_line: Mutex<Instant>,
    /// When the pass began, and with how many blocks done: a resumed one does not begin at none.
    began: Mutex<Option<(Instant, u64)>>,
}

impl Progress {
    pub(super) fn new(quiet: bool) -> Self {
        let terminal = std::io::stderr().is_terminal();
        let bar = ProgressBar::hidden();
        bar.set_style(
            ProgressStyle::with_template("  {msg:<28} {bar:30} {percent}%, {prefix}")
                .unwrap_or_else(|_| ProgressStyle::default_bar()),
        );
        Self {
            quiet,
            terminal,
            bar,
            last_line: Mutex::new(Instant::now()),
            began: Mutex::new(None),
        }
    }

    /// Cells a second and the time that is left, from the blocks done since the pass began.
    fn speed(&self, done: u64, total: u64) -> String {
        let Ok(mut began) = self.began.lock() else {
            return String::new();
        };
        let (start, first) = *began.get_or_insert_with(|| (Instant::now(), done));
        let (blocks, seconds) = (done - first, start.elapsed().as_secs_f64());
        if blocks < FIRST || seconds <= 0.0 {
            return format!("{done} of {total} blocks");
        }
        let rate = blocks as f64 / seconds;
        let cells = rate * f64::from(BLOCK) * f64::from(BLOCK) / 1e6;
        let left = Duration::from_secs_f64((total - done) as f64 / rate);
        format!("{cells:.0} million cells/s, {} left", HumanDuration(left))
    }

    pub(super) fn line(&self, text: &str) {
        if !self.quiet {
            // Nobody reads a closed stderr; the run goes on.
            let _ = aloud(|| writeln!(std::io::stderr(), "{text}"));
        }
    }
}

impl Watch for Progress {
    fn step(&self, what: &str) {
        self.bar.finish_and_clear();
        self.line(&format!("  {what}"));
        self.bar.set_message(what.to_owned());
        if let Ok(mut began) = self.began.lock() {
            *began = None;
        }
    }

    fn blocks(&self, done: u64, total: u64) -> ControlFlow<()> {
        if STOP.load(Ordering::Relaxed) {
            self.bar.finish_and_clear();
            return ControlFlow::Break(());
        }
        if self.quiet {
            return ControlFlow::Continue(());
        }
        if self.terminal {
            if self.bar.is_hidden() {
                self.bar
                    .set_draw_target(indicatif::ProgressDrawTarget::stderr());
                self.bar.reset();
            }
            let speed = self.speed(done, total);
            aloud(|| {
                self.bar.set_length(total);
                self.bar.set_prefix(speed);
                self.bar.set_position(done);
                if done == total {
                    self.bar.finish_and_clear();
                }
            });
        } else if let Ok(mut last) = self.last_line.lock()
            && last.elapsed() >= LINE_EVERY
        {
            *last = Instant::now();
            let percent = 100 * done / total.max(1);
            self.line(&format!("    {percent}%, {}", self.speed(done, total)));
        }
        ControlFlow::Continue(())
    }
}

//! What the person types. One definition makes the help, the shell completions and the man page.

use std::num::NonZeroUsize;
use std::path::PathBuf;

use clap::{Args, Parser, Subcommand};

/// Accounts of the ecosystem carbon sink of regions: forest coverage, stock volume, carbon stock
/// and yearly sequestration, each with its uncertainty and its trace.
#[derive(Debug, Parser)]
#[command(
    name = "terrasink",
    version,
    max_term_width = 100,
    arg_required_else_help = true
)]
#[command(
    after_help = "Exit codes: 0 done; 1 finished, but some regions or plans failed; 2 wrong \
    usage; 3 the plan or the data were rejected; 4 internal error; 130 stopped by Ctrl-C.\n\
    Results go to files, or to stdout when asked; progress and messages go to stderr."
)]
pub struct Cli {
    /// What to do.
    #[command(subcommand)]
    pub command: Command,
    /// Flags of every command.
    #[command(flatten)]
    pub common: Common,
}

/// Flags of every command.
#[derive(Debug, Clone, Args)]
#[command(next_help_heading = "Common flags")]
pub struct Common {
    /// Worker threads; the result does not depend on it [default: all cores]
    #[arg(long, global = true, value_name = "N")]
    pub threads: Option<NonZeroUsize>,
    /// Directory of seeds to use instead of those compiled in
    #[arg(long, global = true, value_name = "DIR")]
    pub seeds: Option<PathBuf>,
    /// Print the result to stdout as JSON
    #[arg(long, global = true)]
    pub json: bool,
    /// Print problems only
    #[arg(long, short, global = true)]
    pub quiet: bool,
    /// Say more about what is done
    #[arg(long, short, global = true)]
    pub verbose: bool,
}

/// The commands.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Write a commented plan with the sample data, or a draft plan from the data found in DIR
    Init {
        /// Where to write; an existing directory with data gets a draft plan
        #[arg(default_value = ".")]
        dir: PathBuf,
    },
    /// List every problem of plans and data in one pass; writes nothing
    Check {
        /// Plan files
        #[arg(required = true, value_name = "PLAN")]
        plans: Vec<PathBuf>,
    },
    /// Do the whole job; several plans are a batch, and one that fails stops no other
    Run(RunArgs),
    /// Tell how a figure came about: areas, method, parameters with source, sums
    Explain {
        /// Directory that a run wrote
        out: PathBuf,
        /// Region id, or `_total`
        region: String,
        /// Headline column, such as `carbon_tc` [default: all]
        figure: Option<String>,
    },
    /// List what can be computed, by which formula, with which parameters and sources
    Methods {
        /// Method to describe in full
        id: Option<String>,
    },
    /// Tell whether this machine is fit: GDAL, drivers, PROJ, cores, memory, and what is missing
    Doctor,
    /// Hold inputs and outputs against the manifest of an output
    Verify(VerifyArgs),
    /// Print the JSON schema of plan files
    Schema,
    /// Print shell completions
    Completions {
        /// Which shell
        shell: clap_complete::Shell,
    },
    /// Print the man page
    #[command(hide = true)]
    Man,
}

/// Flags of `run`.
#[derive(Debug, Clone, Args)]
pub struct RunArgs {
    /// Plan files
    #[arg(required = true, value_name = "PLAN")]
    pub plans: Vec<PathBuf>,
    /// Directory to write; with several plans, a directory for each inside it [default: as the plan
    /// says]
    #[arg(long, value_name = "DIR")]
    pub out: Option<PathBuf>,
    /// Replace an output that is there; the old one stays until the new one is complete
    #[arg(long)]
    pub overwrite: bool,
    /// Begin CSV files with a byte-order mark, as Excel wants it
    #[arg(long)]
    pub excel: bool,
}

/// Flags of `verify`.
#[derive(Debug, Clone, Args)]
pub struct VerifyArgs {
    /// Directory that a run wrote
    pub out: PathBuf,
    /// The plan of the run [default: where the manifest says it is, seen from OUT]
    #[arg(long, value_name = "PLAN")]
    pub plan: Option<PathBuf>,
    /// Compute again into a temporary directory and compare all bytes
    #[arg(long)]
    pub rerun: bool,
}

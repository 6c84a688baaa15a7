//! The `terrasink` program: parse, run, exit.

use std::process::ExitCode;

fn main() -> ExitCode {
    terrasink::cli::main()
}

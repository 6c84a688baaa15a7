//! Running the program in a directory of the test's own.

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

/// The samples of the project.
pub(crate) fn samples() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("data-samples")
}

/// Runs the program with `arguments`.
pub(crate) fn terrasink<A: AsRef<std::ffi::OsStr>>(arguments: &[A]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_terrasink"))
        .args(arguments)
        .output()
        .expect("the program starts")
}

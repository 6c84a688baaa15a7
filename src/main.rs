//! The `terrasink` program.
fn main() {}

//! The program `mapwright` once more, in the package of its tests: cargo builds it for them, with what they were built
//! with, and tells them where it is.

use std::process::ExitCode;

fn main() -> ExitCode {
    mapwright::cli::main()
}

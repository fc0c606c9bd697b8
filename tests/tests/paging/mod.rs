//! Bundled page-table formats: random tables in each of them, read in four ways.

mod list;
mod machine;
mod naive;
mod random;
mod sizes;
mod written;

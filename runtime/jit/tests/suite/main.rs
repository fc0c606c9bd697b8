//! Tests of machine code, over its public interface only.

#[path = "../../../tests/samples/mod.rs"]
mod samples;
mod translators;
mod walk;

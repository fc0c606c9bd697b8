//! Tests of layouts, formats and walks, over their public interface only.

mod formats;
mod layouts;
mod ranges;
#[path = "../samples/mod.rs"]
mod samples;
mod translation;
mod walk;

//! Tests of the runtime, over its public interface only.

mod formats;
mod layouts;
mod machine;
mod ranges;
mod samples;
mod translation;
#[cfg(feature = "jit")]
mod translators;
#[cfg(feature = "jit")]
mod walk;

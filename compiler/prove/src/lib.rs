//! Numbers and conditions that depend on parameters, and exact proofs about them.
//!
//! It knows nothing of layouts: [`term`] holds expressions over integer variables, [`domain`] says which values a variable
//! has, and [`prove`](mod@prove) decides whether a condition holds for all of them. The compiler of layouts asks; the answer
//! is a proof, the smallest counterexample, or an honest "not decided".

#![forbid(unsafe_code)]

pub mod domain;
pub mod prove;
pub mod term;

//! The Mapwright compiler: from the text of a layout file to a layout that is proved for every
//! value of its parameters, and to one instance of it.
//!
//! [`compile`] is the whole of it: parse, resolve, eval, check, lower. Every stage returns what it
//! made and its messages; nothing stops at the first mistake, and what is wrong has one message.

#![deny(unsafe_code)]

pub mod bundled;
pub mod check;
#[cfg(feature = "cli")]
pub mod cli;
pub mod diagnostic;
pub mod did_you_mean;
pub mod emit;
pub mod eval;
pub mod load;
pub mod lower;
pub mod machine_text;
pub mod model;
pub mod resolve;
pub mod settings;
pub mod show;
pub mod show_value;
#[cfg(feature = "simulate")]
pub mod simulate;
pub mod source;
pub mod syntax;
#[cfg(feature = "simulate")]
pub mod trace;

mod compilation;
mod trial;
mod wrap;

pub use mapwright_prove::{prove, term};

pub use compilation::{Compilation, Options, on_large_stack, pages};

use diagnostic::has_errors;
use source::{Files, Input, InputError, Sources};

/// Compiles a layout.
///
/// # Errors
/// When the main file cannot be read. Mistakes in the layout are [`Compilation::diagnostics`].
pub fn compile(
    input: &Input,
    files: &(dyn Files + Sync),
    options: &Options,
) -> Result<Compilation, InputError> {
    on_large_stack(|| stages(input, files, options))
}

fn stages(input: &Input, files: &dyn Files, options: &Options) -> Result<Compilation, InputError> {
    let mut sources = Sources::default();
    let (loaded, mut found) = load::load(&mut sources, files, input, &options.include)?;
    let (resolved, more) = resolve::resolve(&loaded, &sources, &found);
    found.extend(more);
    let (model, more) = eval::eval(&resolved);
    found.extend(more);
    let (settings, more) = options.settings(&model, &mut sources);
    let settings_are_good = !has_errors(&more);
    found.extend(more);
    let mut made = Compilation::new(sources, model, settings, found);
    if settings_are_good {
        made.check(options);
        trial::settle(&mut made.diagnostics, &loaded, &made.sources, &made.model);
        made.lower();
    }
    Ok(made)
}

#[cfg(test)]
mod samples;

//! Binding names: what every name of all files stands for, which range lies in which, and what
//! windows, aliases and examples refer to. Numbers stay expressions.

pub mod attribute;
pub mod duplicate_name;
pub mod parent_cycle;
pub mod shadows_builtin;
pub mod split_twice;
pub mod unknown_name;
pub mod variant_cycle;
pub mod wrong_alias;
pub mod wrong_covers;
pub mod wrong_name;
pub mod wrong_parent;
pub mod wrong_target;

mod attrs;
mod broken;
mod declare;
mod declared;
mod examples;
mod look_up;
mod names;
mod parents;
mod targets;

pub use declared::{
    ClaimDecl, ExpectDecl, ExportDecl, ItemDecl, LetDecl, OutcomeDecl, Resolved, SegmentDecl,
    SpaceDecl, SplitDecl, TargetDecl, VariantDecl, Written,
};
pub use names::{Meaning, Name, Names, built_in};

use crate::diagnostic::{Diagnostic, Page};
use crate::load::Loaded;
use crate::source::Sources;
use broken::Lacks;

/// The diagnostic codes of this stage.
pub const PAGES: &[&Page] = &[
    &attribute::PAGE,
    &duplicate_name::PAGE,
    &parent_cycle::PAGE,
    &shadows_builtin::PAGE,
    &split_twice::PAGE,
    &unknown_name::PAGE,
    &variant_cycle::PAGE,
    &wrong_alias::PAGE,
    &wrong_covers::PAGE,
    &wrong_name::PAGE,
    &wrong_parent::PAGE,
    &wrong_target::PAGE,
];

/// Binds all names. `earlier` are the messages about the files' texts: what could not be read is
/// not reported missing again.
#[must_use]
pub fn resolve<'a>(
    loaded: &'a Loaded,
    sources: &Sources,
    earlier: &[Diagnostic],
) -> (Resolved<'a>, Vec<Diagnostic>) {
    let mut resolver = Resolver {
        out: Resolved::default(),
        diagnostics: Vec::new(),
        variant_bases: Vec::new(),
    };
    broken::note(&mut resolver.out, loaded, sources, earlier);
    resolver.declare_all(loaded);
    resolver.bind_spaces();
    let order = resolver.bind_parents();
    resolver.bind_targets();
    resolver.bind_attributes(&order);
    resolver.bind_rest(loaded);
    resolver.out.lacks = Lacks::of(loaded);
    let out = &mut resolver.out;
    out.lacks.note(&resolver.diagnostics, &mut out.missing);
    (resolver.out, resolver.diagnostics)
}

/// The work in progress.
struct Resolver<'a> {
    out: Resolved<'a>,
    diagnostics: Vec<Diagnostic>,
    /// For each variant, the name of its base as written.
    variant_bases: Vec<&'a mapwright_grammar::ast::Ident>,
}

#[cfg(test)]
mod tests;

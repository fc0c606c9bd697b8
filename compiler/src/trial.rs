//! Places that messages propose. A place is only named when the layout is right with it, or at least without the mistake, for
//! the values of the parameters that show it: it is tried, as the reader would, by writing it into the text.
//!
//! Checks say which places come into question ([`Proposal`]); [`settle`] tries them once everything else is said.

use crate::check::{self, Scope};
use crate::diagnostic::{Diagnostic, Place, Proposal, Severity, has_errors};
use crate::load::Loaded;
use crate::model::Model;
use crate::source::{Loc, Sources};
use crate::{eval, resolve};
use std::collections::{BTreeMap, BTreeSet};

/// More messages than this are not tried: what is wrong everywhere stays quick.
const MOST_MESSAGES: usize = 16;

/// Layouts with more items than this are not tried.
const MOST_ITEMS: usize = 2_000;

/// Tries what messages propose, and turns it into their help.
pub(crate) fn settle(
    diagnostics: &mut [Diagnostic],
    loaded: &Loaded,
    sources: &Sources,
    model: &Model,
) {
    let trial = Trial {
        loaded,
        sources,
        variables: model.vars.len(),
    };
    let mut tried = 0;
    for diagnostic in diagnostics {
        let Some(proposal) = diagnostic.proposal.take() else {
            continue;
        };
        tried += 1;
        let right = if tried <= MOST_MESSAGES && model.items.len() <= MOST_ITEMS {
            trial.right_places(&proposal)
        } else {
            Vec::new()
        };
        let help = if right.is_empty() {
            proposal.otherwise
        } else {
            format!(
                "{}{}{}",
                proposal.before,
                right.join(" or "),
                proposal.after
            )
        };
        if !help.is_empty() {
            diagnostic.help.insert(0, help);
        }
    }
}

/// An error as far as it is compared: code and message.
type Told = BTreeSet<(&'static str, String)>;

struct Trial<'a> {
    loaded: &'a Loaded,
    sources: &'a Sources,
    variables: usize,
}

impl Trial<'_> {
    /// The places with which fewer is wrong, and nothing that was not wrong before.
    fn right_places<'p>(&self, proposal: &'p Proposal) -> Vec<&'p str> {
        let values = &proposal.values[..self.variables.min(proposal.values.len())];
        let Some(before) = self.errors(&[], values) else {
            return Vec::new();
        };
        let is_right = |place: &&Place| {
            let after = self.errors(&place.edits, values);
            after.is_some_and(|after| after.len() < before.len() && after.is_subset(&before))
        };
        let right = proposal.places.iter().filter(is_right);
        right
            .take(proposal.most)
            .map(|place| place.text.as_str())
            .collect()
    }

    /// What is wrong for these values with these edits; `None` when it is not even understood.
    fn errors(&self, edits: &[(Loc, String)], values: &[i128]) -> Option<Told> {
        let (loaded, sources) = self.edited(edits)?;
        let (resolved, found) = resolve::resolve(&loaded, &sources, &[]);
        let (model, more) = eval::eval(&resolved);
        if has_errors(&found) || has_errors(&more) || model.vars.len() != values.len() {
            return None;
        }
        let (_, found) = check::check(&model, &sources, &Scope::One(values.to_vec()));
        let errors = found
            .into_iter()
            .filter(|found| found.severity == Severity::Error);
        Some(errors.map(|found| (found.code, found.message)).collect())
    }

    /// The texts with edits in them.
    fn edited(&self, edits: &[(Loc, String)]) -> Option<(Loaded, Sources)> {
        let (mut loaded, mut sources) = (self.loaded.clone(), self.sources.clone());
        let mut by_file: BTreeMap<_, Vec<_>> = BTreeMap::new();
        for (loc, text) in edits {
            by_file.entry(loc.file).or_default().push((
                loc.span.start as usize,
                loc.span.end as usize,
                text,
            ));
        }
        for (file, mut edits) in by_file {
            // From the end on, so that earlier places stay.
            edits.sort_unstable_by_key(|edit| std::cmp::Reverse(edit.0));
            let mut text = sources.get(file).text.clone();
            for (start, end, new) in edits {
                text.get(start..end)?;
                text.replace_range(start..end, new);
            }
            let (ast, errors) = mapwright_grammar::parse(&text);
            if !errors.is_empty() {
                return None;
            }
            loaded
                .files
                .iter_mut()
                .find(|parsed| parsed.id == file)?
                .ast = ast;
            sources.replace(file, text);
        }
        Some((loaded, sources))
    }
}

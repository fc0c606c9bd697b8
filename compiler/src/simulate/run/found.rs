//! What is wrong with a run, each thing at each place once.

use std::collections::BTreeMap;

use crate::diagnostic::Diagnostic;

/// The messages of a run in the order found.
#[derive(Debug, Default)]
pub(crate) struct Found {
    diagnostics: Vec<(Diagnostic, u64)>,
    seen: BTreeMap<(&'static str, u32, u32), usize>,
}

impl Found {
    /// Adds a message, or counts it where it was said already.
    pub(crate) fn add(&mut self, diagnostic: Diagnostic) {
        let span = diagnostic.primary.as_ref().map(|label| label.loc.span);
        let (start, end) = span.map_or((0, 0), |span| (span.start, span.end));
        let key = (diagnostic.code, start, end);
        match self.seen.get(&key) {
            Some(at) => self.diagnostics[*at].1 += 1,
            None => {
                self.seen.insert(key, self.diagnostics.len());
                self.diagnostics.push((diagnostic, 1));
            }
        }
    }

    /// The messages, with how often each is meant.
    pub(crate) fn into_diagnostics(self) -> Vec<Diagnostic> {
        let all = self.diagnostics.into_iter();
        let said = all.map(|(diagnostic, times)| match times {
            1 => diagnostic,
            times => diagnostic.note(format!("this is the first of {times} times")),
        });
        said.collect()
    }
}

//! What a compilation is asked for and what it gives.

use crate::check::{self, Scope, Summary};
use crate::diagnostic::{Diagnostic, Page, Severity, has_errors};
use crate::load;
use crate::lower::{self, Lowered};
use crate::model::Model;
use crate::settings::{self, Settings};
#[cfg(feature = "simulate")]
use crate::simulate;
use crate::source::Sources;
use crate::{emit, eval, resolve, syntax};
use std::path::PathBuf;

/// Stack for the stages that follow expressions and terms down to their leaves: a chain of 65,536
/// ranges makes terms that deep. Only what is used of it takes memory.
const STACK_BYTES: usize = 512 << 20;

/// Errors beyond this many are counted and not shown.
const MAX_ERRORS: usize = 100;

/// What to compile for.
#[derive(Debug, Clone, Default)]
pub struct Options {
    /// Directories that `use` may reach into besides the layout's own.
    pub include: Vec<PathBuf>,
    /// `NAME=VALUE` arguments. With any of them, or a variant, one instance is checked instead of
    /// all.
    pub set: Vec<String>,
    /// The variant to start from.
    pub variant: Option<String>,
    /// Checks one instance even when nothing is set: for commands that need no more than that.
    pub instance: bool,
    /// Leaves the checks out: for looking at a layout that is wrong or still being written.
    pub unchecked: bool,
}

impl Options {
    /// The parameters that the variant and the arguments fix, arguments last.
    pub(crate) fn settings(
        &self,
        model: &Model,
        sources: &mut Sources,
    ) -> (Settings, Vec<Diagnostic>) {
        let base = settings::variant(model, sources, self.variant.as_deref());
        let (given, mut diagnostics) = settings::settings(model, sources, &self.set);
        let mut settings = base.unwrap_or_else(|unknown| {
            diagnostics.insert(0, *unknown);
            Settings::new()
        });
        settings.extend(given);
        (settings, diagnostics)
    }

    /// True when one instance is asked for.
    pub(crate) fn is_one(&self) -> bool {
        self.instance || !self.set.is_empty() || self.variant.is_some()
    }
}

/// A compiled layout, right or wrong.
#[derive(Debug)]
pub struct Compilation {
    /// All texts, arguments included.
    pub sources: Sources,
    /// What the layout says.
    pub model: Model,
    /// What was fixed, variant first.
    pub settings: Settings,
    /// The values of all variables: defaults overlaid by settings.
    pub values: Vec<i128>,
    /// The instance of these values; `None` when something is wrong.
    pub lowered: Option<Lowered>,
    /// How many laws were decided, and how.
    pub summary: Summary,
    /// All messages, at most 100 errors.
    pub diagnostics: Vec<Diagnostic>,
    /// How many errors are not among the messages.
    pub hidden_errors: usize,
}

impl Compilation {
    pub(crate) fn new(
        sources: Sources,
        model: Model,
        settings: Settings,
        diagnostics: Vec<Diagnostic>,
    ) -> Self {
        let mut made = Self {
            values: settings::instance(&model, &settings),
            sources,
            model,
            settings,
            lowered: None,
            summary: Summary::default(),
            diagnostics: Vec::new(),
            hidden_errors: 0,
        };
        made.say(diagnostics);
        made
    }

    /// Decides all laws.
    pub(crate) fn check(&mut self, options: &Options) {
        if options.unchecked {
            return;
        }
        let scope = if options.is_one() {
            Scope::One(self.values.clone())
        } else {
            Scope::All
        };
        let (summary, found) = check::check(&self.model, &self.sources, &scope);
        self.summary = summary;
        self.say(found);
        if !self.is_wrong() {
            let found = emit::collision::warnings(&self.model, &self.values);
            self.say(found);
        }
    }

    /// Makes the instance, when nothing is wrong.
    pub(crate) fn lower(&mut self) {
        if self.is_wrong() {
            return;
        }
        match lower::lower(&self.model, &self.sources, &self.values) {
            Ok(lowered) => self.lowered = Some(lowered),
            Err(found) => self.say(found),
        }
    }

    /// True when the layout (or the setting of a parameter) has an error.
    #[must_use]
    pub fn is_wrong(&self) -> bool {
        has_errors(&self.diagnostics)
    }

    /// Adds messages, errors only up to the limit.
    fn say(&mut self, diagnostics: Vec<Diagnostic>) {
        let is_error = |d: &Diagnostic| d.severity == Severity::Error;
        let mut errors = self.diagnostics.iter().filter(|d| is_error(d)).count();
        for diagnostic in diagnostics {
            errors += usize::from(is_error(&diagnostic));
            if is_error(&diagnostic) && errors > MAX_ERRORS {
                self.hidden_errors += 1;
            } else {
                self.diagnostics.push(diagnostic);
            }
        }
    }
}

/// Does work that may recurse deeply.
pub fn on_large_stack<T: Send>(work: impl FnOnce() -> T + Send) -> T {
    let mut work = Some(work);
    let mut take = || work.take().map(|work| work());
    let done = std::thread::scope(|scope| {
        let builder = std::thread::Builder::new()
            .name("compile".into())
            .stack_size(STACK_BYTES);
        let thread = builder.spawn_scoped(scope, &mut take).ok()?;
        match thread.join() {
            Ok(done) => done,
            Err(panic) => std::panic::resume_unwind(panic),
        }
    });
    // Where no such thread is to be had, small layouts still work on this one.
    done.or_else(take)
        .expect("the work was done by one of them")
}

/// The pages of all diagnostic codes, in alphabetical order.
#[must_use]
pub fn pages() -> Vec<&'static Page> {
    let stages = [
        load::PAGES,
        syntax::PAGES,
        resolve::PAGES,
        eval::PAGES,
        check::PAGES,
        lower::PAGES,
        #[cfg(feature = "simulate")]
        simulate::PAGES,
        &[
            &emit::collision::PAGE,
            &emit::export_name::PAGE,
            &emit::no_value::PAGE,
        ],
    ];
    let mut pages: Vec<&Page> = stages.concat();
    pages.sort_by_key(|page| page.code);
    pages
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_code_has_one_page() {
        let pages = pages();
        for pair in pages.windows(2) {
            assert_ne!(pair[0].code, pair[1].code);
        }
        for page in pages {
            assert!(page.text().lines().count() > 8, "{}", page.code);
        }
    }

    #[test]
    fn deep_recursion_has_room() {
        fn depth(n: u64) -> u64 {
            if n == 0 {
                0
            } else {
                1 + std::hint::black_box(depth(n - 1))
            }
        }
        assert_eq!(on_large_stack(|| depth(1_000_000)), 1_000_000);
    }
}

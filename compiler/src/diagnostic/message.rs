//! Messages as data: what the stages make, and what rendering and JSON read.

use super::proposal::Proposal;
use crate::source::Loc;

/// How bad it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Severity {
    /// The layout is wrong.
    Error,
    /// Something is probably not meant.
    Warning,
}

/// A diagnostic code with its page: what `mapwright explain CODE` prints.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Page {
    /// A few words joined by `-`, such as `overlap`.
    pub code: &'static str,
    /// One line, for `mapwright list`.
    pub title: &'static str,
    /// The source text of the file that makes this diagnostic; its leading `//!` lines are the page.
    pub source: &'static str,
}

impl Page {
    /// The page: the leading `//!` lines of the file that makes the diagnostic.
    #[must_use]
    pub fn text(&self) -> String {
        let lines = self
            .source
            .lines()
            .map_while(|line| line.strip_prefix("//!"));
        let mut text = String::new();
        for line in lines {
            text.push_str(line.strip_prefix(' ').unwrap_or(line));
            text.push('\n');
        }
        text
    }
}

/// A place with words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Label {
    /// Where.
    pub loc: Loc,
    /// What to say there; may be empty.
    pub text: String,
}

/// The smallest parameter values that show a mistake.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Counterexample {
    /// Every parameter that matters, in the order of declaration.
    pub values: Vec<CounterValue>,
    /// False when the search for smaller ones was given up.
    pub smallest: bool,
}

/// One parameter of a [`Counterexample`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CounterValue {
    /// Its name.
    pub name: String,
    /// Its value as a literal of the language.
    pub value: String,
    /// True when that is its default value.
    pub default: bool,
}

/// One message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Diagnostic {
    /// Its code.
    pub code: &'static str,
    /// How bad it is.
    pub severity: Severity,
    /// One line: what is wrong.
    pub message: String,
    /// The culprit.
    pub primary: Option<Label>,
    /// The others involved.
    pub secondary: Vec<Label>,
    /// Numbers and reasons.
    pub notes: Vec<String>,
    /// A way out.
    pub help: Vec<String>,
    /// When it shows, for mistakes that depend on parameters.
    pub counterexample: Option<Counterexample>,
    /// Places that may be a way out: they become help once they are tried.
    pub proposal: Option<Box<Proposal>>,
}

impl Diagnostic {
    /// An error.
    #[must_use]
    pub fn error(page: &Page, message: impl Into<String>) -> Self {
        Self::new(page, Severity::Error, message)
    }

    /// A warning.
    #[must_use]
    pub fn warning(page: &Page, message: impl Into<String>) -> Self {
        Self::new(page, Severity::Warning, message)
    }

    fn new(page: &Page, severity: Severity, message: impl Into<String>) -> Self {
        Self {
            code: page.code,
            severity,
            message: message.into(),
            primary: None,
            secondary: Vec::new(),
            notes: Vec::new(),
            help: Vec::new(),
            counterexample: None,
            proposal: None,
        }
    }

    /// Proposes places, to be tried before they are named.
    #[must_use]
    pub fn propose(mut self, proposal: Proposal) -> Self {
        self.proposal = Some(Box::new(proposal));
        self
    }

    /// Names the culprit.
    #[must_use]
    pub fn at(mut self, loc: Loc, text: impl Into<String>) -> Self {
        self.primary = Some(Label {
            loc,
            text: text.into(),
        });
        self
    }

    /// Names another place involved.
    #[must_use]
    pub fn also(mut self, loc: Loc, text: impl Into<String>) -> Self {
        self.secondary.push(Label {
            loc,
            text: text.into(),
        });
        self
    }

    /// Adds a note.
    #[must_use]
    pub fn note(mut self, text: impl Into<String>) -> Self {
        self.notes.push(text.into());
        self
    }

    /// Adds a way out.
    #[must_use]
    pub fn help(mut self, text: impl Into<String>) -> Self {
        self.help.push(text.into());
        self
    }

    /// Says for which parameter values it shows.
    #[must_use]
    pub fn shown_by(mut self, counterexample: Option<Counterexample>) -> Self {
        if counterexample.as_ref().is_some_and(|shown| !shown.smallest) {
            self.notes.push(
                "smaller values may show it as well: the search for them was given up".to_owned(),
            );
        }
        self.counterexample = counterexample;
        self
    }
}

/// True when any of them is an error.
#[must_use]
pub fn has_errors(diagnostics: &[Diagnostic]) -> bool {
    diagnostics.iter().any(|d| d.severity == Severity::Error)
}

//! What can be wrong with the text of a layout file.

use crate::ast::Span;

/// A mistake in the text, ready to be shown under the source line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SyntaxError {
    /// Which kind of mistake it is.
    pub kind: SyntaxErrorKind,
    /// The culprit. It may be empty (`start == end`) where something is missing.
    pub span: Span,
    /// The headline: one sentence without a full stop.
    pub message: String,
    /// A few words for the place itself.
    pub label: String,
    /// A way out, when one is known.
    pub help: Option<String>,
}

/// The kinds of mistakes in a text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum SyntaxErrorKind {
    /// Something else was expected here.
    Unexpected,
    /// Brackets, `if`s or operators are nested deeper than [`crate::MAX_NESTING`] or [`crate::MAX_DEPTH`].
    Nesting,
    /// The file is larger than [`crate::MAX_FILE`], or an item larger than [`crate::MAX_ITEM`].
    FileTooLarge,
    /// A character that no layout file may contain, in comments and texts neither.
    Character,
    /// The bytes are not UTF-8.
    Encoding,
    /// A doc comment that documents nothing.
    LooseDoc,
}

impl SyntaxError {
    /// An [`SyntaxErrorKind::Unexpected`] without a help text.
    pub(crate) fn unexpected(
        span: Span,
        message: impl Into<String>,
        label: impl Into<String>,
    ) -> Self {
        Self::new(SyntaxErrorKind::Unexpected, span, message, label)
    }

    /// A mistake without a help text.
    pub(crate) fn new(
        kind: SyntaxErrorKind,
        span: Span,
        message: impl Into<String>,
        label: impl Into<String>,
    ) -> Self {
        Self {
            kind,
            span,
            message: message.into(),
            label: label.into(),
            help: None,
        }
    }

    /// The same mistake with a way out.
    pub(crate) fn with_help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
    }
}

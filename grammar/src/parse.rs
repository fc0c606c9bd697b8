//! Reading a file: item by item, so that all its mistakes are found in one run.

use pest::Parser as _;
use pest::error::{ErrorVariant, InputLocation};

use crate::ast::{Expr, File, Item, Range};
use crate::build;
use crate::error::{SyntaxError, SyntaxErrorKind};
use crate::explain::{Failure, explain};
use crate::lex;
use crate::parser::{LayoutParser, Pair, Rule};
use crate::recover;
use crate::scan::{self, Chunk, MAX_NESTING};
use crate::text::{self, MAX_ERRORS, MAX_FILE, MAX_ITEM, span};

/// Reads a whole file. Items with mistakes are left out of the tree; everything else is in it. The mistakes are in the
/// order of the text, at most [`MAX_ERRORS`] of them. Takes time linear in the length of the text.
#[must_use]
pub fn parse(text: &str) -> (File, Vec<SyntaxError>) {
    if text.len() > MAX_FILE {
        return (File::default(), vec![text::too_large(text)]);
    }
    let (clean, errors) = text::without_forbidden(text);
    let scan = scan::scan(&clean);
    let mut reader = Reader {
        source: &clean,
        file: File::default(),
        errors,
        last_end: 0,
    };
    reader.file.comments = scan.comments;
    reader.file_docs(scan.chunks.first().map_or(clean.len(), |chunk| chunk.start));
    reader.items(&scan.chunks);
    reader.errors.sort_by_key(|error| error.span);
    reader.errors.truncate(MAX_ERRORS);
    (reader.file, reader.errors)
}

/// Reads one expression, as in `--set NAME=VALUE`.
///
/// # Errors
/// The first mistake, with its place in `text`.
pub fn parse_expr(text: &str) -> Result<Expr, SyntaxError> {
    lone(text, Rule::lone_expr, |pair| build::build_expr(pair, 0))
}

/// Reads `START .. END` or `START .. +SIZE`, with nothing before or behind.
///
/// # Errors
/// The first mistake, with its place in `text`.
pub fn parse_range(text: &str) -> Result<Range, SyntaxError> {
    lone(text, Rule::lone_range, |pair| build::build_range(pair, 0))
}

/// True for what can be a name: letters, digits and `_`, no digit first, and neither a reserved word nor a version.
#[must_use]
pub fn is_name(text: &str) -> bool {
    let whole = |pair: Pair<'_>| pair.into_inner().next().map(|name| name.as_str().len());
    run(Rule::lone_name, text, 0, text.len()).is_ok_and(|pair| whole(pair) == Some(text.len()))
}

/// Reads a text that is one piece: `rule` wraps what `build` takes.
fn lone<T>(
    text: &str,
    rule: Rule,
    build: impl FnOnce(Pair<'_>) -> Result<T, SyntaxError>,
) -> Result<T, SyntaxError> {
    if text.len() > MAX_ITEM {
        return Err(item_too_large(0, text.len()));
    }
    let (clean, errors) = text::without_forbidden(text);
    if let Some(error) = errors.into_iter().next() {
        return Err(error);
    }
    if let Some(at) = scan::scan(&clean)
        .chunks
        .iter()
        .find_map(|chunk| chunk.too_deep)
    {
        return Err(nested_too_deep(&clean, at));
    }
    let pair = run(rule, &clean, 0, clean.len()).map_err(|stop| stop.told(&clean))?;
    let nothing = || SyntaxError::unexpected(span(0, clean.len()), "expected a value", "no value");
    build(pair.into_inner().next().ok_or_else(nothing)?)
}

struct Reader<'s> {
    source: &'s str,
    file: File,
    errors: Vec<SyntaxError>,
    /// Where the item before ended, its `;` included.
    last_end: usize,
}

/// How many pieces that seem to be items of their own may be one.
const MOST_JOINED: usize = 3;

impl<'s> Reader<'s> {
    fn file_docs(&mut self, top: usize) {
        let Ok(pair) = run(Rule::head, self.source, 0, top) else {
            return;
        };
        for doc in pair
            .into_inner()
            .filter(|pair| pair.as_rule() == Rule::inner_doc)
        {
            let place = span(doc.as_span().start(), doc.as_span().end());
            let first = self.file.docs.is_empty();
            self.file.docs_span = if first {
                place
            } else {
                self.file.docs_span.to(place)
            };
            self.file.docs.push(build::doc_text(doc.as_str()));
            self.last_end = doc.as_span().end();
        }
    }

    fn items(&mut self, mut chunks: &[Chunk]) {
        while let Some((chunk, rest)) = chunks.split_first() {
            if self.errors.len() >= MAX_ERRORS {
                return;
            }
            chunks = rest;
            if let Some(at) = chunk.too_deep {
                self.errors.push(nested_too_deep(self.source, at));
            } else if chunk.end - chunk.start > MAX_ITEM {
                self.errors.push(item_too_large(chunk.start, chunk.end));
            } else {
                let joined = self.chunk(*chunk, rest);
                chunks = &rest[joined..];
            }
            self.last_end = self.last_end.max(chunk.end);
        }
    }

    /// Reads the items of a piece (one, when nothing is wrong). Returns how many of the pieces after it belonged to it.
    fn chunk(&mut self, chunk: Chunk, rest: &[Chunk]) -> usize {
        let mut end = chunk.end;
        let mut joined = 0;
        let mut at = chunk.start;
        while at < end && self.errors.len() < MAX_ERRORS {
            let stop = match run(Rule::lone_item, self.source, at, end) {
                Ok(pair) => {
                    at = lex::skip_blanks(self.source, self.accept(pair, at));
                    continue;
                }
                Err(stop) => stop,
            };
            // Perhaps the next line only looked like another item.
            if chunk.cut
                && joined == 0
                && stop.at() >= end
                && let Some((pair, count)) = self.longer(at, rest)
            {
                joined = count;
                end = rest[count - 1].end;
                at = lex::skip_blanks(self.source, self.accept(pair, at));
                continue;
            }
            let from = stop.at();
            self.errors.push(stop.told(self.source));
            at = self.recover(at, from, end);
        }
        joined
    }

    /// The item at `at` when it reaches into the pieces that follow, and how many of them it takes.
    fn longer(&self, at: usize, rest: &[Chunk]) -> Option<(Pair<'s>, usize)> {
        for (index, last) in rest.iter().enumerate().take(MOST_JOINED) {
            if last.too_deep.is_some() || last.end - at > MAX_ITEM {
                return None;
            }
            match run(Rule::lone_item, self.source, at, last.end) {
                Ok(pair) => return Some((pair, index + 1)),
                Err(stop) if last.cut && stop.at() >= last.end => {}
                Err(_) => return None,
            }
        }
        None
    }

    /// Takes a parsed item that begins at `at`; returns its end.
    fn accept(&mut self, pair: Pair<'s>, at: usize) -> usize {
        let end = build::end_of(&pair, at);
        if let Some(item) = pair.into_inner().find(|pair| pair.as_rule() == Rule::item) {
            match build::build_item(item, at) {
                Ok(item) => self.push(item, at),
                Err(error) => self.errors.push(error),
            }
        }
        self.last_end = end;
        end.max(at + 1)
    }

    /// After a mistake at `from` in the item that begins at `start`: looks for mistakes in the rest of its body, and for the
    /// beginning of another item before `end`. Returns that beginning, or `end`.
    fn recover(&mut self, start: usize, from: usize, end: usize) -> usize {
        let next = recover::next_item(self.source, start, from, end);
        let Some(mut walk) = recover::Walk::new(self.source, start, next) else {
            return next;
        };
        let mut from = from;
        while self.errors.len() < MAX_ERRORS
            && let Some(part) = walk.next_part(self.source, from)
        {
            from = match run(walk.rule(), self.source, part, next) {
                Ok(pair) => build::end_of(&pair, part),
                Err(stop) => {
                    let at = stop.at();
                    self.errors.push(stop.told(self.source));
                    at.max(part + 1)
                }
            };
        }
        next
    }

    fn push(&mut self, mut item: Item, start: usize) {
        item.blank_before = self.last_end != 0 && self.blank_above(start);
        self.file.items.push(item);
    }

    /// True when a blank line parts the item before from what belongs to the one at `start`: its comments, docs, or itself.
    fn blank_above(&self, start: usize) -> bool {
        let mut line_feeds = 0;
        let mut at = self.last_end;
        while at < start {
            match self.source.as_bytes()[at] {
                b'\n' => line_feeds += 1,
                b' ' | b'\t' | b'\r' => {}
                // A comment on the line of the item before belongs to that one.
                b'/' if line_feeds == 0 => at = lex::line_end(self.source, at) - 1,
                _ => break,
            }
            at += 1;
        }
        line_feeds >= 2
    }
}

/// Why the grammar did not accept a piece.
enum Stop {
    Failure(Failure),
    /// The stack is nearly used up, which only a thread with a very small one can meet.
    Stack(usize),
}

impl Stop {
    /// The place that was reached.
    fn at(&self) -> usize {
        match self {
            Stop::Failure(failure) => failure.at,
            Stop::Stack(at) => *at,
        }
    }

    fn told(&self, source: &str) -> SyntaxError {
        match self {
            Stop::Failure(failure) => explain(source, failure),
            Stop::Stack(at) => nested_too_deep(source, *at),
        }
    }
}

/// Runs the grammar from `rule` on one piece of the text.
fn run(rule: Rule, source: &str, start: usize, end: usize) -> Result<Pair<'_>, Stop> {
    let error = match LayoutParser::parse(rule, &source[start..end]) {
        Ok(mut pairs) => {
            let failure = Failure {
                start,
                at: start,
                expected: Vec::new(),
                rule,
            };
            return pairs.next().ok_or(Stop::Failure(failure));
        }
        Err(error) => error,
    };
    let at = match error.location {
        InputLocation::Pos(at) | InputLocation::Span((at, _)) => start + at,
    };
    Err(match error.variant {
        ErrorVariant::ParsingError { positives, .. } => Stop::Failure(Failure {
            start,
            at,
            expected: positives,
            rule,
        }),
        ErrorVariant::CustomError { .. } => Stop::Stack(at),
    })
}

fn nested_too_deep(source: &str, at: usize) -> SyntaxError {
    let token = lex::token(source, at);
    let message = format!(
        "nested too deep: at most {MAX_NESTING} brackets, `if`s or operators may stand in one another"
    );
    SyntaxError::new(
        SyntaxErrorKind::Nesting,
        span(token.start, token.end),
        message,
        "this is one too many",
    )
    .with_help("give inner parts a name of their own with `let`")
}

fn item_too_large(start: usize, end: usize) -> SyntaxError {
    let message = format!(
        "this item is too large: {} bytes, and at most {MAX_ITEM} (1 MiB) are read",
        end - start
    );
    SyntaxError::new(
        SyntaxErrorKind::FileTooLarge,
        span(start, start),
        message,
        "it begins here",
    )
    .with_help("is a `;` or a closing brace missing?")
}

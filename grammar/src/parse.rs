//! Reading a file: item by item, so that all its mistakes are found in one run.

use pest::Parser as _;
use pest::error::{ErrorVariant, InputLocation};

use crate::ast::{Expr, File, Item};
use crate::build;
use crate::error::{SyntaxError, SyntaxErrorKind};
use crate::lex;
use crate::parser::{LayoutParser, Pair, Rule};
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
    let top = scan.chunks.first().map_or(clean.len(), |chunk| chunk.start);
    reader.file_docs(top);
    for chunk in &scan.chunks {
        if reader.errors.len() >= MAX_ERRORS {
            break;
        }
        reader.chunk(*chunk);
    }
    reader.errors.sort_by_key(|error| error.span);
    reader.errors.truncate(MAX_ERRORS);
    (reader.file, reader.errors)
}

/// Reads one expression, as in `--set NAME=VALUE`.
///
/// # Errors
/// The first mistake, with its place in `text`.
pub fn parse_expr(text: &str) -> Result<Expr, SyntaxError> {
    let all = Chunk {
        start: 0,
        end: text.len(),
        too_deep: None,
    };
    if text.len() > MAX_ITEM {
        return Err(item_too_large(all));
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
    let pair = run(Rule::lone_expr, &clean, 0, clean.len())?;
    let expr = pair.into_inner().find(|pair| pair.as_rule() == Rule::expr);
    expr.map_or_else(
        || {
            Err(SyntaxError::unexpected(
                span(0, clean.len()),
                "expected an expression",
                "no expression",
            ))
        },
        |expr| build::build_expr(expr, 0),
    )
}

struct Reader<'s> {
    source: &'s str,
    file: File,
    errors: Vec<SyntaxError>,
    /// Where the item before ended, its `;` included.
    last_end: usize,
}

impl Reader<'_> {
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

    fn chunk(&mut self, chunk: Chunk) {
        if let Some(at) = chunk.too_deep {
            self.errors.push(nested_too_deep(self.source, at));
        } else if chunk.end - chunk.start > MAX_ITEM {
            self.errors.push(item_too_large(chunk));
        } else {
            let mut at = lex::skip_blanks(self.source, chunk.start);
            while at < chunk.end && self.errors.len() < MAX_ERRORS {
                at = self.item(at, chunk.end);
                at = lex::skip_blanks(self.source, at);
            }
        }
        self.last_end = chunk.end;
    }

    /// Reads the item that begins at `at`; returns where the next one may begin.
    fn item(&mut self, at: usize, end: usize) -> usize {
        let pair = match run(Rule::lone_item, self.source, at, end) {
            Ok(pair) => pair,
            Err(error) => {
                let place = error.span.end as usize;
                self.errors.push(error);
                return end.max(place);
            }
        };
        let stop = build::end_of(&pair, at);
        let Some(item) = pair.into_inner().find(|pair| pair.as_rule() == Rule::item) else {
            return end;
        };
        match build::build_item(item, at) {
            Ok(item) => self.push(item, at),
            Err(error) => self.errors.push(error),
        }
        self.last_end = stop;
        stop.max(at + 1)
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

/// Runs the grammar from `rule` on one piece of the text.
fn run(rule: Rule, source: &str, start: usize, end: usize) -> Result<Pair<'_>, SyntaxError> {
    let error = match LayoutParser::parse(rule, &source[start..end]) {
        Ok(mut pairs) => match pairs.next() {
            Some(pair) => return Ok(pair),
            None => {
                return Err(SyntaxError::unexpected(
                    span(start, end),
                    "nothing was read",
                    "here",
                ));
            }
        },
        Err(error) => error,
    };
    let at = match error.location {
        InputLocation::Pos(at) | InputLocation::Span((at, _)) => start + at,
    };
    Err(match error.variant {
        ErrorVariant::ParsingError { .. } => {
            SyntaxError::unexpected(span(at, at), "unexpected", "here")
        }
        // pest gives up when the stack is nearly used up, which only a thread with a very small stack can meet.
        ErrorVariant::CustomError { .. } => nested_too_deep(source, at),
    })
}

fn nested_too_deep(source: &str, at: usize) -> SyntaxError {
    let token = lex::token(source, at);
    let message = format!(
        "nested too deep: brackets, `if`s and operators before one operand may stand {MAX_NESTING} deep in one another"
    );
    SyntaxError::new(
        SyntaxErrorKind::Nesting,
        span(token.start, token.end),
        message,
        "this is one too many",
    )
    .with_help("give inner parts a name of their own with `let`")
}

fn item_too_large(chunk: Chunk) -> SyntaxError {
    let message = format!(
        "this item is too large: {} bytes, and at most {MAX_ITEM} (1 MiB) are read",
        chunk.end - chunk.start
    );
    SyntaxError::new(
        SyntaxErrorKind::FileTooLarge,
        span(chunk.start, chunk.start),
        message,
        "it begins here",
    )
    .with_help("is a `;` or a closing brace missing?")
}

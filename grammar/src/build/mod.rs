//! From pest's pairs to the syntax tree. The grammar has already said yes; what is left to refuse is what a grammar cannot
//! say: trees that are too deep, chained comparisons, clauses written twice.

mod expr;
mod item;
mod paging;
mod place;

use pest::iterators::Pairs;

use crate::ast::{Ident, Item, Span, Text};
use crate::error::{SyntaxError, SyntaxErrorKind};
use crate::parser::{Pair, Rule};
use crate::text::span;

pub(crate) use expr::build_expr;
pub(crate) use item::build_range;

/// How deep an expression's tree may be. Chains count too: `a + b + c` is three deep. Everything that walks a tree may
/// recurse this far, which is some hundred kilobytes of stack.
pub const MAX_DEPTH: usize = 512;

type Result<T> = std::result::Result<T, SyntaxError>;

/// Reads the parts of one pair in order.
struct Parts<'i> {
    whole: Pair<'i>,
    pairs: Pairs<'i, Rule>,
    /// The offset in the file of the piece that was parsed.
    base: usize,
}

impl<'i> Parts<'i> {
    fn new(pair: Pair<'i>, base: usize) -> Self {
        Self {
            pairs: pair.clone().into_inner(),
            whole: pair,
            base,
        }
    }

    /// The place of the whole pair.
    fn span(&self) -> Span {
        tight_span(&self.whole, self.base)
    }

    fn peek(&self) -> Option<Rule> {
        self.pairs.peek().map(|pair| pair.as_rule())
    }

    /// The next part, whatever it is.
    fn next(&mut self) -> Result<Pair<'i>> {
        self.pairs.next().ok_or_else(|| disagreement(self.span()))
    }

    /// The next part, when it is this.
    fn eat(&mut self, rule: Rule) -> Option<Pair<'i>> {
        if self.peek() == Some(rule) {
            self.pairs.next()
        } else {
            None
        }
    }

    /// The next part, which must be this.
    fn take(&mut self, rule: Rule) -> Result<Pair<'i>> {
        self.eat(rule).ok_or_else(|| disagreement(self.span()))
    }

    /// The next part that is no mark and no keyword of one meaning.
    fn skip_to(&mut self, rule: Rule) -> Result<Pair<'i>> {
        loop {
            let pair = self.next()?;
            if pair.as_rule() == rule {
                return Ok(pair);
            }
        }
    }

    /// All remaining parts that are this.
    fn all(&mut self, rule: Rule) -> Vec<Pair<'i>> {
        self.pairs
            .by_ref()
            .filter(|pair| pair.as_rule() == rule)
            .collect()
    }

    fn docs(&mut self) -> Vec<String> {
        let mut docs = Vec::new();
        while let Some(doc) = self.eat(Rule::doc) {
            docs.push(doc_text(doc.as_str()));
        }
        docs
    }

    fn ident(&mut self) -> Result<Ident> {
        let pair = self.skip_to(Rule::name)?;
        Ok(ident(&pair, self.base))
    }

    fn text(&mut self) -> Result<Text> {
        let pair = self.skip_to(Rule::string)?;
        Ok(text(&pair, self.base))
    }

    fn expr(&mut self) -> Result<crate::ast::Expr> {
        let pair = self.skip_to(Rule::expr)?;
        build_expr(pair, self.base)
    }
}

/// The item of a parsed piece that begins at `base`.
pub(crate) fn build_item(pair: Pair<'_>, base: usize) -> Result<Item> {
    let mut parts = Parts::new(pair, base);
    let docs = parts.docs();
    let body = parts.next()?;
    let start = tight_span(&body, base).start;
    let end = end_without_semi(&body, base);
    Ok(Item {
        docs,
        kind: item::build_kind(body, base)?,
        span: Span::new(start, end),
        blank_before: false,
    })
}

/// The true end of a parsed piece that begins at `base`.
pub(crate) fn end_of(pair: &Pair<'_>, base: usize) -> usize {
    tight_span(pair, base).end as usize
}

/// The text of a doc line without its marker and one blank.
pub(crate) fn doc_text(line: &str) -> String {
    let line = line.strip_suffix('\r').unwrap_or(line);
    let text = &line[3.min(line.len())..];
    text.strip_prefix(' ').unwrap_or(text).to_owned()
}

fn ident(pair: &Pair<'_>, base: usize) -> Ident {
    Ident {
        text: pair.as_str().to_owned(),
        span: pair_span(pair, base),
    }
}

fn text(pair: &Pair<'_>, base: usize) -> Text {
    let quoted = pair.as_str();
    let inner = quoted.get(1..quoted.len().saturating_sub(1)).unwrap_or("");
    let mut text = String::with_capacity(inner.len());
    let mut chars = inner.chars();
    while let Some(c) = chars.next() {
        // The grammar lets only `\"` and `\\` through.
        text.push(if c == '\\' {
            chars.next().unwrap_or(c)
        } else {
            c
        });
    }
    Text {
        text,
        span: pair_span(pair, base),
    }
}

fn pair_span(pair: &Pair<'_>, base: usize) -> Span {
    let found = pair.as_span();
    span(base + found.start(), base + found.end())
}

/// The place of a pair without the blanks that pest includes when a rule ends in an optional part: up to the end of its
/// last word or mark.
fn tight_span(pair: &Pair<'_>, base: usize) -> Span {
    let start = base + pair.as_span().start();
    let mut last = pair.clone();
    while let Some(inner) = last.clone().into_inner().next_back() {
        last = inner;
    }
    span(start, base + last.as_span().end())
}

/// The end of a pair, its final `;` left out.
fn end_without_semi(pair: &Pair<'_>, base: usize) -> u32 {
    let mut parts = pair.clone().into_inner().rev();
    match parts.next() {
        Some(last) if last.as_rule() == Rule::semi => parts
            .next()
            .map_or(base as u32, |before| tight_span(&before, base).end),
        _ => tight_span(pair, base).end,
    }
}

/// The mistake of this crate when tree building and grammar do not fit together. Tests run every rule through both.
fn disagreement(place: Span) -> SyntaxError {
    SyntaxError::unexpected(
        place,
        "this could not be read although the grammar allows it",
        "a mistake of Mapwright",
    )
    .with_help("please report it, with this line")
}

fn twice(place: Span, what: &str) -> SyntaxError {
    SyntaxError::unexpected(
        place,
        format!("`{what}` is written twice"),
        "the second one",
    )
    .with_help("remove one of the two")
}

fn too_deep(place: Span) -> SyntaxError {
    let message = format!(
        "this expression is too deep: more than {MAX_DEPTH} operators stand in one another"
    );
    SyntaxError::new(SyntaxErrorKind::Nesting, place, message, "too deep")
        .with_help("give parts of it a name of their own with `let`")
}

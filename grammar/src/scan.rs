//! One pass over the text before parsing. It collects the comments, finds where each item ends, and measures how deep
//! brackets nest, so that the recursive parser only ever sees pieces of bounded depth.

use crate::ast::Comment;
use crate::lex::{self, TokenKind};
use crate::text::span;
use crate::words::{Behind, JOINTS, item_word};

/// How deep brackets, `if`s and runs of unary operators may nest.
pub const MAX_NESTING: usize = 128;

/// How many tokens are looked at to tell a `;` that ends an item from one inside a list.
const MOST_PEEKED: usize = 128;

/// How many tokens are looked at for that purpose in a whole file: enough for [`crate::MAX_ERRORS`] such mistakes.
const ALL_PEEKED: usize = 100 * MOST_PEEKED;

/// A piece of the text that should be one item.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Chunk {
    /// Its first byte: of its doc lines, or of its first word.
    pub(crate) start: usize,
    /// One past its last byte.
    pub(crate) end: usize,
    /// The first bracket, `if` or operator that is nested too deep.
    pub(crate) too_deep: Option<usize>,
    /// True when it ends only because the next line looks like another item.
    pub(crate) cut: bool,
}

/// What the pass found.
#[derive(Debug, Default)]
pub(crate) struct Scan {
    /// Every comment that is no doc comment.
    pub(crate) comments: Vec<Comment>,
    /// The pieces, in order. Between them are only blanks and comments.
    pub(crate) chunks: Vec<Chunk>,
}

/// How the item that a piece begins with ends.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Shape {
    /// No word but docs seen yet.
    Unknown,
    /// At its `;`.
    Line,
    /// At the brace that closes its body, or at the `;` after it.
    Body,
    /// The body is closed; a `;` may follow.
    Closed,
}

/// What is open at some place.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Open {
    Bracket(u8),
    /// An `if` whose `{` has not come yet.
    If,
}

struct Scanner<'s> {
    source: &'s str,
    scan: Scan,
    shape: Shape,
    start: usize,
    /// The end of the last token of this piece.
    end: usize,
    /// Where the doc lines that directly precede the place reached begin, and where the token before them ends.
    docs: Option<(usize, usize)>,
    open: Vec<Open>,
    unary_run: usize,
    too_deep: Option<usize>,
    /// True while nothing but `//!` lines has been seen.
    at_top: bool,
    /// True when the last token is an opening bracket.
    after_open: bool,
    /// How many tokens may still be looked at ahead.
    peeks: usize,
}

/// Looks over `source`.
pub(crate) fn scan(source: &str) -> Scan {
    let mut scanner = Scanner {
        source,
        scan: Scan::default(),
        shape: Shape::Unknown,
        start: 0,
        end: 0,
        docs: None,
        open: Vec::new(),
        unary_run: 0,
        too_deep: None,
        at_top: true,
        after_open: false,
        peeks: ALL_PEEKED,
    };
    scanner.run();
    scanner.scan
}

impl Scanner<'_> {
    fn run(&mut self) {
        let bytes = self.source.as_bytes();
        let mut at = 0;
        let mut line_is_empty = true;
        while let Some(&byte) = bytes.get(at) {
            match byte {
                b'\n' => {
                    line_is_empty = true;
                    at += 1;
                }
                b' ' | b'\t' | b'\r' => at += 1,
                b'/' if lex::comment_at(self.source, at) => {
                    let end = lex::line_end(self.source, at);
                    let text = self.source[at + 2..end].trim_end();
                    let blank_before = line_is_empty && blank_line_above(bytes, at);
                    let blank_after = line_is_empty && blank_line_below(bytes, end);
                    self.scan.comments.push(Comment {
                        text: text.to_owned(),
                        span: span(at, at + 2 + text.len()),
                        own_line: line_is_empty,
                        after_open: self.after_open,
                        blank_before,
                        blank_after,
                    });
                    at = end;
                }
                _ => {
                    at = self.token(at, line_is_empty);
                    line_is_empty = false;
                }
            }
        }
        self.finish();
    }

    /// Takes the token at `at` (neither blank nor comment) and returns its end.
    fn token(&mut self, at: usize, first_on_line: bool) -> usize {
        let token = lex::token(self.source, at);
        self.after_open = matches!(token.text(self.source), "(" | "[" | "{");
        if self.shape == Shape::Closed {
            if token.text(self.source) == ";" {
                self.end = token.end;
                self.finish();
                return token.end;
            }
            self.finish();
        }
        if token.kind == TokenKind::Doc {
            if self.at_top && token.text(self.source).starts_with("//!") {
                return token.end;
            }
            self.at_top = false;
            self.docs = self.docs.or(first_on_line.then_some((at, self.end)));
            self.extend(at, token.end);
            return token.end;
        }
        if first_on_line && self.shape != Shape::Unknown && begins_item(self.source, at) {
            self.cut(at);
        }
        self.at_top = false;
        self.docs = None;
        self.extend(at, token.end);
        match token.kind {
            TokenKind::Word => self.word(at, token.text(self.source)),
            TokenKind::Mark => self.mark(at, token.text(self.source)),
            _ => {
                self.shape = if self.shape == Shape::Unknown {
                    Shape::Line
                } else {
                    self.shape
                };
                self.unary_run = 0;
            }
        }
        token.end
    }

    fn word(&mut self, at: usize, word: &str) {
        self.unary_run = 0;
        if self.shape == Shape::Unknown {
            self.shape = match word {
                "split" | "paging" | "enum" => Shape::Body,
                _ => Shape::Line,
            };
        } else if word == "if" {
            self.push(at, Open::If);
        }
    }

    fn mark(&mut self, at: usize, mark: &str) {
        if mark == "!" || mark == "-" {
            self.unary_run += 1;
            if self.unary_run > MAX_NESTING {
                self.too_deep = self.too_deep.or(Some(at));
            }
        } else {
            self.unary_run = 0;
        }
        match mark {
            "(" | "[" => self.push(at, Open::Bracket(mark.as_bytes()[0])),
            "{" => {
                // The brace takes the place of its `if`.
                if self.open.last() == Some(&Open::If) {
                    self.open.pop();
                }
                self.push(at, Open::Bracket(b'{'));
            }
            ")" => self.close(b'('),
            "]" => self.close(b'['),
            "}" => {
                self.close(b'{');
                if self.shape == Shape::Unknown {
                    self.finish();
                } else if self.shape == Shape::Body && self.open.is_empty() {
                    self.shape = Shape::Closed;
                }
            }
            "," => self.drop_ifs(),
            ";" => {
                self.drop_ifs();
                let inside = !self.open.is_empty()
                    && (self.shape == Shape::Body || self.list_goes_on(at + 1));
                if !inside {
                    self.finish();
                }
            }
            _ => {}
        }
        if self.shape == Shape::Unknown && self.start != self.end {
            self.shape = Shape::Line;
        }
    }

    /// True when the bracket that is open at `at`, behind a `;`, is closed before another item begins: then the `;` was
    /// written for a `,`. Only a short stretch is looked at, so that the scan stays linear.
    fn list_goes_on(&mut self, at: usize) -> bool {
        let mut depth = self.open.len();
        let mut at = at;
        for _ in 0..MOST_PEEKED {
            self.peeks = match self.peeks.checked_sub(1) {
                Some(left) => left,
                None => return false,
            };
            let token = lex::token(self.source, at);
            let new_line = self.source[at..token.start].contains('\n');
            match token.text(self.source) {
                "" => return false,
                "(" | "[" | "{" => depth += 1,
                ")" | "]" | "}" => depth -= 1,
                _ if new_line && begins_item(self.source, token.start) => return false,
                _ => {}
            }
            if depth == 0 {
                return true;
            }
            at = token.end;
        }
        false
    }

    fn push(&mut self, at: usize, open: Open) {
        if self.open.len() < MAX_NESTING {
            self.open.push(open);
        } else {
            self.too_deep = self.too_deep.or(Some(at));
        }
    }

    /// Closes the innermost bracket of this kind, with everything that was left open in it; none, when there is none.
    fn close(&mut self, bracket: u8) {
        if let Some(depth) = self
            .open
            .iter()
            .rposition(|&open| open == Open::Bracket(bracket))
        {
            self.open.truncate(depth);
        }
    }

    fn drop_ifs(&mut self) {
        while self.open.last() == Some(&Open::If) {
            self.open.pop();
        }
    }

    fn extend(&mut self, at: usize, end: usize) {
        if self.start == self.end {
            self.start = at;
        }
        self.end = end;
    }

    /// Ends the piece before the item that begins at `at`, with its docs, although this one has not ended.
    fn cut(&mut self, at: usize) {
        let (start, before) = self.docs.unwrap_or((at, self.end));
        self.end = before;
        self.finish_as(true);
        self.start = start;
        self.end = at;
    }

    fn finish(&mut self) {
        self.finish_as(false);
    }

    fn finish_as(&mut self, cut: bool) {
        if self.start != self.end {
            self.scan.chunks.push(Chunk {
                start: self.start,
                end: self.end,
                too_deep: self.too_deep,
                cut,
            });
        }
        self.start = self.end;
        self.shape = Shape::Unknown;
        self.open.clear();
        self.unary_run = 0;
        self.too_deep = None;
    }
}

/// True when the line above the one that holds `at` (where only blanks precede it) is blank.
fn blank_line_above(bytes: &[u8], at: usize) -> bool {
    let before = bytes[..at]
        .iter()
        .rev()
        .take_while(|b| b.is_ascii_whitespace());
    before.filter(|&&b| b == b'\n').count() >= 2
}

/// True when the line below the one that ends at `end` is blank.
fn blank_line_below(bytes: &[u8], end: usize) -> bool {
    let after = bytes[end..].iter().take_while(|b| b.is_ascii_whitespace());
    after.filter(|&&b| b == b'\n').count() >= 2
}

/// True for words that join the parts of an item.
pub(crate) fn is_joint(word: &str) -> bool {
    JOINTS.contains(&word)
}

/// True when the words at `at` can only be the beginning of an item, not a piece of one: such a line ends an item whose
/// `;` or brace is missing. All of it must stand on one line.
pub(crate) fn begins_item(source: &str, at: usize) -> bool {
    let line = &source[at..lex::line_end(source, at)];
    let first = lex::token(line, 0);
    let second = lex::token(line, first.end);
    let third = lex::token(line, second.end);
    let (next, then) = (second.text(line), third.text(line));
    let named = second.kind == TokenKind::Word && !JOINTS.contains(&next);
    let Some(item) = item_word(first.text(line)) else {
        return false;
    };
    match item.behind {
        Behind::Name(marks) => named && marks.contains(&then),
        Behind::Other(mark) => named && then == mark,
        Behind::Path => {
            second.kind == TokenKind::Text || (next == "std" && third.kind == TokenKind::Text)
        }
        Behind::Text => second.kind == TokenKind::Text,
        Behind::Example => {
            named
                && (third.kind == TokenKind::Number
                    || (third.kind == TokenKind::Word && !JOINTS.contains(&then)))
        }
        Behind::Condition => {
            (named && next != "if") || next == "!" || second.kind == TokenKind::Number
        }
    }
}

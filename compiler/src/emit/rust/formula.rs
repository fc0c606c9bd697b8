//! Terms as Rust expressions. Long or shared parts become `let`s, so that every line is short and nothing is written twice.

use super::arithmetic::Service;
use super::lines::{Lines, has_word};
use super::operand::{Binds, LONG, Piece, literal};
use crate::emit::expression::defined::{VarKind, VarText};
use crate::emit::expression::{Form, Shape, Shaper, is_condition};
use crate::term::TermId;
use std::collections::btree_map::Entry;
use std::collections::{BTreeMap, BTreeSet};

/// A `let`.
#[derive(Debug)]
struct Binding {
    name: String,
    line: String,
    /// For a choice: its condition and both sides.
    choice: Option<[String; 3]>,
}

/// Writes the body of one function.
#[derive(Debug)]
pub(super) struct Writer<'a, 'm> {
    pub(super) shaper: Shaper<'a, 'm>,
    /// What names the boot parameters: `boot` or `self`.
    pub(super) boot: &'a str,
    /// Names that `let`s must not have.
    pub(super) taken: &'a BTreeSet<String>,
    depth: usize,
    /// When the root is the value of a function: whether that is an `i128`.
    pub(super) value: Option<bool>,
    /// The `let`s.
    lets: Vec<Binding>,
    /// How many `let`s have been made.
    pub(super) parts: usize,
}

/// Roots written together: their pieces, and whether numbers are `i128`.
#[derive(Debug)]
pub(super) struct Written {
    /// Each root as a number.
    pub(super) numbers: Vec<Piece>,
    /// Each root as a condition.
    pub(super) conditions: Vec<Piece>,
    /// True when the numbers are `i128`.
    pub(super) wide: bool,
    /// The `let`s that stand before them.
    pub(super) lets: String,
    /// When the only root is a function's value and a choice: its condition and both sides, to be written instead of the root.
    pub(super) choice: Option<[String; 3]>,
}

impl<'a, 'm> Writer<'a, 'm> {
    /// A writer for a function at `depth` steps.
    pub(super) fn new(
        shaper: Shaper<'a, 'm>,
        boot: &'a str,
        taken: &'a BTreeSet<String>,
        depth: usize,
    ) -> Self {
        Self {
            shaper,
            boot,
            taken,
            depth,
            value: None,
            lets: Vec::new(),
            parts: 0,
        }
    }

    /// Writes `roots`, in `u64` arithmetic if that is exact and `wide` does not forbid it.
    pub(super) fn write(&mut self, roots: &[TermId], wide: bool) -> Written {
        self.shaper.words = !wide;
        let mut shapes = self.shapes(roots);
        let fits = shapes
            .iter()
            .all(|(&id, shape)| self.shaper.fits(shape, id));
        if !wide && !fits {
            self.shaper.words = false;
            shapes = self.shapes(roots);
        }
        let mut uses: BTreeMap<TermId, usize> = BTreeMap::new();
        for shape in shapes.values() {
            for operand in shape.operands() {
                *uses.entry(operand).or_default() += 1;
            }
        }
        let mut pieces: BTreeMap<TermId, Piece> = BTreeMap::new();
        for (&id, shape) in &shapes {
            let mut piece = self.piece(shape, &pieces);
            let used = uses.get(&id).copied().unwrap_or(0);
            let shared = used > 1 && piece.text.len() > 24;
            if used > 0 && (shared || piece.text.len() > LONG) {
                piece = self.name(&piece);
            }
            pieces.insert(id, piece);
        }
        let numbers = roots
            .iter()
            .map(|&root| self.number(root, &pieces))
            .collect();
        let conditions = roots
            .iter()
            .map(|&root| self.condition(root, &pieces))
            .collect();
        let mut written = Written {
            numbers,
            conditions,
            wide: !self.shaper.words,
            lets: String::new(),
            choice: None,
        };
        self.keep_used(&mut written);
        written
    }

    /// Conditions that turned out to be decided leave `let`s behind that nothing uses.
    fn keep_used(&mut self, written: &mut Written) {
        let mut text: String = written
            .numbers
            .iter()
            .chain(&written.conditions)
            .map(|piece| &*piece.text)
            .collect::<Vec<_>>()
            .join(" ");
        let mut kept = Vec::new();
        for binding in std::mem::take(&mut self.lets).into_iter().rev() {
            // The value of a block is no `let` that is only named again.
            let alone =
                kept.is_empty() && written.numbers.len() == 1 && self.value == Some(written.wide);
            let whole = alone && written.numbers[0].text == binding.name;
            if let (true, Some(choice)) = (whole && written.choice.is_none(), &binding.choice) {
                text = choice.join(" ");
                written.choice = Some(choice.clone());
            } else if has_word(&text, &binding.name) {
                text.push_str(&binding.line);
                kept.push(binding.line);
            }
        }
        written.lets = kept.into_iter().rev().collect();
    }

    /// The shapes of everything that the roots need.
    fn shapes(&mut self, roots: &[TermId]) -> BTreeMap<TermId, Shape> {
        let mut shapes = BTreeMap::new();
        let mut stack = roots.to_vec();
        while let Some(id) = stack.pop() {
            if let Entry::Vacant(place) = shapes.entry(id) {
                let shape = self.shaper.shape(id);
                stack.extend(shape.operands());
                place.insert(shape);
            }
        }
        shapes
    }

    /// Gives a piece a `let`.
    pub(super) fn name(&mut self, piece: &Piece) -> Piece {
        let name = self.fresh();
        let mut line = Lines::at(self.depth);
        line.assign(&format!("let {name}"), &piece.text);
        self.lets.push(Binding {
            name: name.clone(),
            line: line.into_text(),
            choice: None,
        });
        Piece::tight(name)
    }

    fn fresh(&mut self) -> String {
        loop {
            self.parts += 1;
            let name = format!("part_{}", self.parts);
            if !self.taken.contains(&name) {
                return name;
            }
        }
    }

    fn piece(&mut self, shape: &Shape, made: &BTreeMap<TermId, Piece>) -> Piece {
        match shape {
            Shape::Literal(value) => Piece::tight(literal(*value)),
            Shape::Bool(value) => Piece::tight(value.to_string()),
            Shape::Var(var) => self.variable(*var),
            Shape::Form(form) => self.form(form, made),
            Shape::Product(a, b) => self.product(*a, *b, made),
            Shape::Div(a, b) => self.call(Service::Divide, Service::DivideWide, &[*a, *b], made),
            Shape::Rem(a, b) => {
                self.call(Service::Remainder, Service::RemainderWide, &[*a, *b], made)
            }
            Shape::Min(a, b) => self.call(Service::Min, Service::MinWide, &[*a, *b], made),
            Shape::Max(a, b) => self.call(Service::Max, Service::MaxWide, &[*a, *b], made),
            Shape::Log2(a) => self.call(Service::Log2, Service::Log2Wide, &[*a], made),
            Shape::If(c, a, b) => self.choice(*c, *a, *b, made),
            Shape::Compare(left, op, right) => self.compare(left, op, right, made),
            Shape::Choice(var, value, equal) => self.is_choice(*var, *value, *equal),
            Shape::Same(a, b, equal) => {
                let op = if *equal { "==" } else { "!=" };
                let (a, b) = (self.condition(*a, made), self.condition(*b, made));
                let decided = |text: &str| text.parse().ok().map(|value: bool| value == *equal);
                match (decided(&a.text), decided(&b.text)) {
                    (Some(true), _) => return b,
                    (_, Some(true)) => return a,
                    _ => {}
                }
                let (a, b) = self.shorter(a, b);
                Piece::new(
                    format!("{} {op} {}", a.operand(Binds::Add), b.operand(Binds::Add)),
                    Binds::Compare,
                )
            }
            Shape::Truth(a, true) => self.condition(*a, made),
            Shape::Truth(a, false) => {
                let opposite = format!("!{}", self.condition(*a, made).operand(Binds::Unary));
                Piece::new(opposite, Binds::Unary)
            }
            Shape::And(all) => self.junction(all, "&&", Binds::And, made),
            Shape::Or(all) => self.junction(all, "||", Binds::Or, made),
        }
    }

    pub(super) fn wide(&self) -> bool {
        !self.shaper.words
    }

    /// The word of a name or field, in the arithmetic of this function.
    pub(super) fn widened(&self, name: String, is_wide: bool) -> Piece {
        if self.wide() && !is_wide {
            Piece::new(format!("{name} as i128"), Binds::Cast)
        } else {
            Piece::tight(name)
        }
    }

    fn variable(&self, var: crate::term::VarId) -> Piece {
        match self.shaper.names.var(var) {
            Some(VarText::Member { name, wide }) => self.widened(name.clone(), *wide),
            Some(VarText::Field { name, kind }) => {
                let path = format!("{}.{name}", self.boot);
                match kind {
                    VarKind::Word | VarKind::Signed => self.widened(path, false),
                    VarKind::Wide | VarKind::Bool => Piece::tight(path),
                    VarKind::Choice(..) => {
                        let number = if self.wide() { "i128" } else { "u64" };
                        Piece::new(format!("{path} as {number}"), Binds::Cast)
                    }
                }
            }
            None => Piece::tight("0"),
        }
    }

    fn is_choice(&self, var: crate::term::VarId, value: i128, equal: bool) -> Piece {
        let Some(VarText::Field { name, .. }) = self.shaper.names.var(var) else {
            return Piece::tight("false");
        };
        let choice = self.shaper.names.choice(var, value).unwrap_or_default();
        let matches = format!("matches!({}.{name}, {choice})", self.boot);
        if equal {
            Piece::tight(matches)
        } else {
            Piece::new(format!("!{matches}"), Binds::Unary)
        }
    }

    /// A piece as a number: conditions count as 0 and 1.
    pub(super) fn number(&self, id: TermId, made: &BTreeMap<TermId, Piece>) -> Piece {
        let piece = &made[&id];
        if is_condition(self.shaper.terms, self.shaper.names, id) {
            let number = if self.wide() { "i128" } else { "u64" };
            return Piece::new(
                format!("{} as {number}", piece.operand(Binds::Cast)),
                Binds::Cast,
            );
        }
        piece.clone()
    }

    /// A piece as a condition: numbers hold when they are not 0.
    fn condition(&self, id: TermId, made: &BTreeMap<TermId, Piece>) -> Piece {
        let piece = &made[&id];
        match self.shaper.terms.as_const(id) {
            Some(value) => Piece::tight((value != 0).to_string()),
            None if is_condition(self.shaper.terms, self.shaper.names, id) => piece.clone(),
            None => Piece::new(
                format!("{} != 0", piece.operand(Binds::Add)),
                Binds::Compare,
            ),
        }
    }

    fn call(
        &mut self,
        word: Service,
        wide: Service,
        ids: &[TermId],
        made: &BTreeMap<TermId, Piece>,
    ) -> Piece {
        let service = if self.wide() { wide } else { word };
        if let (Service::Divide | Service::Remainder, [a, b]) = (service, ids)
            && let Some(divisor) = self
                .shaper
                .terms
                .as_const(*b)
                .filter(|&divisor| divisor > 0)
        {
            let op = if service == Service::Divide { "/" } else { "%" };
            let text = format!(
                "{} {op} {}",
                self.number(*a, made).operand(Binds::Multiply),
                literal(divisor)
            );
            return Piece::new(text, Binds::Multiply);
        }
        let arguments = ids.iter().map(|&id| self.number(id, made)).collect();
        self.service(service, arguments)
    }

    pub(super) fn service(&mut self, service: Service, mut arguments: Vec<Piece>) -> Piece {
        while arguments
            .iter()
            .map(|piece| piece.text.len() + 2)
            .sum::<usize>()
            > LONG + 2
        {
            let Some(longest) = arguments.iter_mut().max_by_key(|piece| piece.text.len()) else {
                break;
            };
            if longest.text.len() < 20 {
                break;
            }
            let piece = longest.clone();
            let named = self.name(&piece);
            if let Some(longest) = arguments.iter_mut().max_by_key(|piece| piece.text.len()) {
                *longest = named;
            }
        }
        let texts: Vec<String> = arguments.into_iter().map(|piece| piece.text).collect();
        Piece::tight(format!("{}({})", service.name(), texts.join(", ")))
    }

    /// `left op right`, where a left side that became too long has its own `let`.
    pub(super) fn join(&mut self, left: Piece, op: &str, right: Piece, binds: Binds) -> Piece {
        let (mut left, mut right) = (left, right);
        while left.text.len() + right.text.len() > LONG + 10 {
            let longer = if left.text.len() >= right.text.len() {
                &mut left
            } else {
                &mut right
            };
            let piece = longer.clone();
            *longer = self.name(&piece);
            if longer.text.len() >= piece.text.len() {
                break;
            }
        }
        let text = format!(
            "{} {op} {}",
            left.operand(binds),
            right.operand(binds.tighter())
        );
        Piece::new(text, binds)
    }

    fn product(&mut self, a: TermId, b: TermId, made: &BTreeMap<TermId, Piece>) -> Piece {
        let (a, b) = (self.number(a, made), self.number(b, made));
        self.join(a, "*", b, Binds::Multiply)
    }

    fn choice(&mut self, c: TermId, a: TermId, b: TermId, made: &BTreeMap<TermId, Piece>) -> Piece {
        let (a, b) = (self.number(a, made), self.number(b, made));
        let name = self.fresh();
        let condition = self.condition(c, made).text;
        match condition.as_str() {
            "true" => return a,
            "false" => return b,
            _ => {}
        }
        let mut line = Lines::at(self.depth);
        line.assign_choice(&format!("let {name}"), &condition, &a.text, &b.text);
        let choice = Some([condition, a.text, b.text]);
        self.lets.push(Binding {
            name: name.clone(),
            line: line.into_text(),
            choice,
        });
        Piece::tight(name)
    }

    fn compare(
        &mut self,
        left: &Form,
        op: &str,
        right: &Form,
        made: &BTreeMap<TermId, Piece>,
    ) -> Piece {
        let (left, right) = (self.form(left, made), self.form(right, made));
        let (left, right) = self.shorter(left, right);
        // `a as u64 < b` would begin a list of type arguments.
        let cast = left.text.rsplit(' ').nth(1) == Some("as") && op.starts_with('<');
        let left = if cast {
            format!("({})", left.text)
        } else {
            left.operand(Binds::Add)
        };
        Piece::new(
            format!("{left} {op} {}", right.operand(Binds::Add)),
            Binds::Compare,
        )
    }

    /// The two sides of a comparison, the longer one as a `let` when both together are long.
    pub(super) fn shorter(&mut self, left: Piece, right: Piece) -> (Piece, Piece) {
        if left.text.len() + right.text.len() <= LONG {
            return (left, right);
        }
        if left.text.len() > right.text.len() {
            (self.name(&left), right)
        } else {
            (left, self.name(&right))
        }
    }

    fn junction(
        &mut self,
        all: &[TermId],
        op: &str,
        binds: Binds,
        made: &BTreeMap<TermId, Piece>,
    ) -> Piece {
        let mut joined: Option<Piece> = None;
        for id in all {
            let piece = self.condition(*id, made);
            // What is decided decides all, or is left out.
            match (piece.text.as_str(), op) {
                ("true", "&&") | ("false", "||") => continue,
                ("false", "&&") | ("true", "||") => return piece,
                _ => {}
            }
            joined = Some(match joined {
                None => piece,
                Some(before) => self.join(before, op, piece, binds),
            });
        }
        joined.unwrap_or_else(|| Piece::tight((op == "&&").to_string()))
    }
}

//! Sums, with the alignments and quotients inside them.

use super::arithmetic::Service;
use super::formula::Writer;
use super::operand::{Binds, Piece, literal};
use crate::emit::expression::{Form, Part};
use crate::term::TermId;
use std::collections::BTreeMap;

impl Writer<'_, '_> {
    pub(super) fn form(&mut self, form: &Form, made: &BTreeMap<TermId, Piece>) -> Piece {
        let name: Option<Piece> = form.name.as_ref().map(|known| {
            let call = if known.boot {
                format!("{}({})", known.name, self.boot)
            } else {
                known.name.clone()
            };
            self.widened(call, known.wide && !known.signed)
        });
        // A base comes before what is added to it.
        let base = match &name {
            Some(_) => self.shaper.names.address(form.constant).is_some(),
            None => {
                form.constant >= crate::emit::expression::defined::LOWEST_ADDRESS
                    && !form.parts.is_empty()
            }
        };
        let mut sum = match name {
            Some(name) if base => {
                let text = self.constant(form.constant, true);
                Some(self.join(text, "+", name, Binds::Add))
            }
            None if base => Some(self.constant(form.constant, true)),
            name => name,
        };
        // What is added comes first, so that words never pass below zero on the way.
        for &(ref part, by) in form.parts.iter().filter(|(_, by)| *by > 0) {
            let piece = self.scaled(part, by, made);
            sum = Some(match sum {
                None => piece,
                Some(before) => self.join(before, "+", piece, Binds::Add),
            });
        }
        if (form.constant > 0 && !base) || (sum.is_none() && form.constant == 0) {
            let text = self.constant(form.constant, sum.is_some());
            sum = Some(match sum {
                None => text,
                Some(before) => self.join(before, "+", text, Binds::Add),
            });
        }
        // A form of negative parts only: wide, and begins at nothing.
        let mut sum = sum.unwrap_or_else(|| Piece::tight("0"));
        for &(ref part, by) in form.parts.iter().filter(|(_, by)| *by < 0) {
            let piece = self.scaled(part, by.saturating_neg(), made);
            sum = self.join(sum, "-", piece, Binds::Add);
        }
        if form.constant < 0 {
            let text = self.constant(form.constant.saturating_neg(), true);
            sum = self.join(sum, "-", text, Binds::Add);
        }
        sum
    }

    /// A constant: in a sum, a named address where it is one.
    fn constant(&self, value: i128, in_sum: bool) -> Piece {
        match self.shaper.names.address(value).filter(|_| in_sum) {
            Some(name) => self.widened(name.to_owned(), false),
            None => Piece::tight(literal(value)),
        }
    }

    fn scaled(&mut self, part: &Part, by: i128, made: &BTreeMap<TermId, Piece>) -> Piece {
        let piece = self.part(part, made);
        if by == 1 {
            return piece;
        }
        self.join(piece, "*", Piece::tight(literal(by)), Binds::Multiply)
    }

    fn part(&mut self, part: &Part, made: &BTreeMap<TermId, Piece>) -> Piece {
        match part {
            Part::Atom(atom) => self.number(*atom, made),
            Part::AlignDown(form, to) => {
                let service = if self.wide() {
                    Service::AlignDownWide
                } else {
                    Service::AlignDown
                };
                let piece = self.form(form, made);
                self.service(service, vec![piece, Piece::tight(literal(*to))])
            }
            Part::Remainder(form, by) if self.wide() => {
                let piece = self.form(form, made);
                self.service(
                    Service::RemainderWide,
                    vec![piece, Piece::tight(literal(*by))],
                )
            }
            Part::Remainder(form, by) => {
                let piece = self.form(form, made);
                self.join(piece, "%", Piece::tight(literal(*by)), Binds::Multiply)
            }
            Part::Quotient(form, by) => {
                let over = self.form(form, made).operand(Binds::Multiply);
                Piece::new(format!("{over} / {}", literal(*by)), Binds::Multiply)
            }
            Part::AlignUp(form, to) => self.method(form, "next_multiple_of", *to, made),
            Part::CeilDiv(form, by) => self.method(form, "div_ceil", *by, made),
        }
    }

    fn method(
        &mut self,
        form: &Form,
        name: &str,
        argument: i128,
        made: &BTreeMap<TermId, Piece>,
    ) -> Piece {
        let mut piece = self.form(form, made);
        // A method of a plain number would not know its type.
        if piece.text.len() > 20 || piece.text.starts_with(|c: char| c.is_ascii_digit()) {
            piece = self.name(&piece);
        }
        let text = format!(
            "{}.{name}({})",
            piece.operand(Binds::Tight),
            literal(argument)
        );
        Piece::tight(text)
    }
}

//! Whether plain `u64` arithmetic is exact for what is written.

use super::{Form, Part, Shape, Shaper};
use crate::emit::bounds::{WORD, is_word};
use crate::term::TermId;

impl Shaper<'_, '_> {
    /// True when writing this shape with `u64` arithmetic is exact for every valid boot.
    pub(in crate::emit) fn fits(&mut self, shape: &Shape, id: TermId) -> bool {
        match shape {
            Shape::Literal(value) => (WORD.0..=WORD.1).contains(value),
            Shape::Form(form) => {
                let promised = is_word(self.facts.bounds(self.terms, id));
                self.form_fits(form, promised)
            }
            Shape::Compare(left, _, right) => {
                self.form_fits(left, false) && self.form_fits(right, false)
            }
            Shape::Bool(_)
            | Shape::Choice(..)
            | Shape::Same(..)
            | Shape::Truth(..)
            | Shape::And(_)
            | Shape::Or(_) => true,
            _ => is_word(self.facts.bounds(self.terms, id)),
        }
    }

    /// Positive parts are added up first, so that they and the whole must fit. The whole may be known to fit.
    fn form_fits(&mut self, form: &Form, whole: bool) -> bool {
        if form.name.as_ref().is_some_and(|known| known.wide) {
            return false;
        }
        let (mut added, mut total) = ((0_i128, 0_i128), (0_i128, 0_i128));
        let name = form.name.as_ref().map(|known| (known.bounds, 1));
        let mut parts: Vec<_> = name.into_iter().collect();
        parts.push((Some((1, 1)), form.constant));
        for (part, by) in &form.parts {
            let Some(bounds) = self.part_bounds(part) else {
                return false;
            };
            parts.push((Some(bounds), *by));
        }
        for (bounds, by) in parts {
            let scaled =
                bounds.and_then(|(low, high)| Some((low.checked_mul(by)?, high.checked_mul(by)?)));
            let Some((a, b)) = scaled else { return false };
            let (low, high) = (a.min(b), a.max(b));
            if by > 0 {
                added = (added.0.saturating_add(low), added.1.saturating_add(high));
            }
            total = (total.0.saturating_add(low), total.1.saturating_add(high));
        }
        is_word(Some(added)) && (whole || is_word(Some(total)))
    }

    /// The bounds of a part, when it is a word itself.
    fn part_bounds(&mut self, part: &Part) -> Option<(i128, i128)> {
        let (form, by) = match part {
            Part::Atom(atom) => {
                return self
                    .facts
                    .bounds(self.terms, *atom)
                    .filter(|&bounds| is_word(Some(bounds)));
            }
            Part::AlignDown(form, by)
            | Part::Remainder(form, by)
            | Part::Quotient(form, by)
            | Part::AlignUp(form, by)
            | Part::CeilDiv(form, by) => (form, *by),
        };
        if !self.form_fits(form, false) {
            return None;
        }
        let (low, high) = self.form_bounds(form)?;
        let up = |x: i128| x.checked_add(by - 1).map(|x| x.div_euclid(by));
        let bounds = match part {
            Part::Remainder(..) => (0, by - 1),
            Part::Quotient(..) => (low.div_euclid(by), high.div_euclid(by)),
            Part::AlignDown(..) => (low.div_euclid(by) * by, high.div_euclid(by) * by),
            Part::AlignUp(..) => (up(low)?.checked_mul(by)?, up(high)?.checked_mul(by)?),
            _ => (up(low)?, up(high)?),
        };
        is_word(Some(bounds)).then_some(bounds)
    }

    fn form_bounds(&mut self, form: &Form) -> Option<(i128, i128)> {
        let mut total = (form.constant, form.constant);
        let mut add = |bounds: (i128, i128), by: i128| {
            let (a, b) = (bounds.0.checked_mul(by)?, bounds.1.checked_mul(by)?);
            total = (
                total.0.checked_add(a.min(b))?,
                total.1.checked_add(a.max(b))?,
            );
            Some(())
        };
        if let Some(known) = &form.name {
            add(known.bounds?, 1)?;
        }
        for (part, by) in &form.parts {
            add(self.part_bounds(part)?, *by)?;
        }
        Some(total)
    }
}

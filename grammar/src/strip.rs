//! Forgetting what a tree does not mean: places, comments, blank lines, parentheses.

use crate::ast::{
    Alias, Attr, AttrValue, BitSlice, Covers, Domain, EntryForm, EntryPlace, Expect, Expr,
    ExprKind, Family, File, Ident, Item, ItemKind, Outcome, Paging, PagingClauseKind, Param, Part,
    Place, Range, RangeEnd, Span, Target, TargetKind, Text,
};

/// Makes all spans empty, drops comments and blank lines, and takes the inside of every parenthesis in its place, so that two
/// files are equal when they say the same.
///
/// ```
/// use mapwright_grammar::{parse, strip};
/// let mut a = parse("let  X = (1 + (2 * 3)); // six and one").0;
/// let mut b = parse("let X = 1 + 2 * 3;").0;
/// assert_ne!(a, b);
/// strip(&mut a);
/// strip(&mut b);
/// assert_eq!(a, b);
/// ```
pub fn strip(file: &mut File) {
    file.comments.clear();
    file.docs_span.strip();
    file.items.strip();
}

/// What can be stripped in place.
trait Strip {
    fn strip(&mut self);
}

impl Strip for Span {
    fn strip(&mut self) {
        *self = Span::default();
    }
}

impl<T: Strip> Strip for Vec<T> {
    fn strip(&mut self) {
        self.iter_mut().for_each(T::strip);
    }
}

impl<T: Strip> Strip for Option<T> {
    fn strip(&mut self) {
        self.iter_mut().for_each(T::strip);
    }
}

impl<A: Strip, B: Strip> Strip for (A, B) {
    fn strip(&mut self) {
        self.0.strip();
        self.1.strip();
    }
}

impl Strip for String {
    fn strip(&mut self) {}
}

impl Strip for Ident {
    fn strip(&mut self) {
        self.span.strip();
    }
}

impl Strip for Text {
    fn strip(&mut self) {
        self.span.strip();
    }
}

impl Strip for Item {
    fn strip(&mut self) {
        self.span.strip();
        self.blank_before = false;
        self.kind.strip();
    }
}

impl Strip for ItemKind {
    fn strip(&mut self) {
        match self {
            ItemKind::Use { path, .. } => path.strip(),
            ItemKind::Param(param) => param.strip(),
            ItemKind::Assume { cond, why } | ItemKind::Assert { cond, why } => {
                cond.strip();
                why.strip();
            }
            ItemKind::Let { name, kind, value } => {
                name.strip();
                kind.strip();
                value.strip();
            }
            ItemKind::Enum { name, variants } => {
                name.strip();
                variants.strip();
            }
            ItemKind::Paging(paging) => paging.strip(),
            ItemKind::Space {
                name,
                bits,
                paging,
                to,
            } => {
                name.strip();
                bits.strip();
                paging.strip();
                to.strip();
            }
            ItemKind::Split { space, parts } => {
                space.strip();
                parts.strip();
            }
            ItemKind::Place(place) => place.strip(),
            ItemKind::Segment {
                name,
                table,
                index,
                class,
                attrs,
            } => {
                name.strip();
                table.strip();
                index.strip();
                class.strip();
                attrs.strip();
            }
            ItemKind::Expect(expect) => expect.strip(),
            ItemKind::Variant { name, base, with } => {
                name.strip();
                base.strip();
                with.strip();
            }
            ItemKind::Export { name, value } => {
                name.strip();
                value.strip();
            }
        }
    }
}

impl Strip for Param {
    fn strip(&mut self) {
        self.name.strip();
        self.kind.strip();
        self.default.strip();
        self.domain.strip();
    }
}

impl Strip for Domain {
    fn strip(&mut self) {
        match self {
            Domain::Set { values, span } => {
                values.strip();
                span.strip();
            }
            Domain::Interval {
                low,
                high,
                step,
                span,
            } => {
                low.strip();
                high.strip();
                step.strip();
                span.strip();
            }
        }
    }
}

impl Strip for Paging {
    fn strip(&mut self) {
        self.name.strip();
        for clause in &mut self.clauses {
            clause.span.strip();
            clause.kind.strip();
        }
    }
}

impl Strip for PagingClauseKind {
    fn strip(&mut self) {
        match self {
            PagingClauseKind::Address { bits, form } => {
                bits.strip();
                form.strip();
            }
            PagingClauseKind::Physical { bits } => bits.strip(),
            PagingClauseKind::Entry { bytes, fields } => {
                bytes.strip();
                for field in fields {
                    field.name.strip();
                    field.place.strip();
                }
            }
            PagingClauseKind::Reserved { slices } => slices.strip(),
            PagingClauseKind::Level {
                name,
                index,
                entries,
            } => {
                name.strip();
                index.strip();
                entries.strip();
            }
        }
    }
}

impl Strip for EntryPlace {
    fn strip(&mut self) {
        match self {
            EntryPlace::Bits { slice, .. } => slice.strip(),
            EntryPlace::When(cond) => cond.strip(),
        }
    }
}

impl Strip for BitSlice {
    fn strip(&mut self) {
        self.high.strip();
        self.low.strip();
        self.span.strip();
    }
}

impl Strip for EntryForm {
    fn strip(&mut self) {
        self.when.strip();
        self.frame.strip();
        self.reserved.strip();
        self.span.strip();
    }
}

impl Strip for Part {
    fn strip(&mut self) {
        self.name.strip();
        self.range.strip();
        self.attrs.strip();
        self.span.strip();
    }
}

impl Strip for Range {
    fn strip(&mut self) {
        self.start.strip();
        match &mut self.end {
            RangeEnd::End(end) | RangeEnd::Size(end) => end.strip(),
        }
        self.span.strip();
    }
}

impl Strip for Family {
    fn strip(&mut self) {
        self.var.strip();
        self.low.strip();
        self.high.strip();
        self.span.strip();
    }
}

impl Strip for Alias {
    fn strip(&mut self) {
        self.of.strip();
        self.because.strip();
        self.span.strip();
    }
}

impl Strip for Covers {
    fn strip(&mut self) {
        self.what.strip();
        self.because.strip();
        self.span.strip();
    }
}

impl Strip for Place {
    fn strip(&mut self) {
        self.name.strip();
        self.family.strip();
        self.parent.strip();
        self.range.strip();
        self.target.strip();
        self.because.strip();
        self.alias.strip();
        self.covers.strip();
        self.when.strip();
        self.optional.strip();
        self.attrs.strip();
    }
}

impl Strip for Target {
    fn strip(&mut self) {
        self.span.strip();
        match &mut self.kind {
            TargetKind::Linear { space, at, repeat } => {
                space.strip();
                at.strip();
                repeat.strip();
            }
            TargetKind::Pages { from: names, .. } | TargetKind::Device { of: names } => {
                names.strip()
            }
            TargetKind::Slots { count, from } => {
                count.strip();
                from.strip();
            }
            TargetKind::Fixed { slots } => {
                for slot in slots {
                    slot.name.strip();
                    slot.count.strip();
                }
            }
            TargetKind::Table { element, per, of } => {
                element.strip();
                per.strip();
                of.strip();
            }
            TargetKind::Tables { of, level, entry } => {
                of.strip();
                level.strip();
                entry.strip();
            }
        }
    }
}

impl Strip for Attr {
    fn strip(&mut self) {
        self.name.strip();
        self.because.strip();
        match &mut self.value {
            AttrValue::Flag => {}
            AttrValue::Expr(value) => value.strip(),
            AttrValue::List(values) => values.strip(),
            AttrValue::Text(text) => text.strip(),
        }
    }
}

impl Strip for Expect {
    fn strip(&mut self) {
        self.space.strip();
        self.address.strip();
        match &mut self.outcome {
            Outcome::Mapped {
                space,
                address,
                window,
            } => {
                space.strip();
                address.strip();
                window.strip();
            }
            Outcome::Dynamic { name } => name.strip(),
            Outcome::Fault { kind, name } => {
                kind.strip();
                name.strip();
            }
        }
        self.with.strip();
    }
}

impl Strip for Expr {
    fn strip(&mut self) {
        while let ExprKind::Paren(inner) = &mut self.kind {
            let inner = std::mem::replace(&mut inner.kind, ExprKind::Bool(false));
            self.kind = inner;
        }
        self.span.strip();
        match &mut self.kind {
            ExprKind::Field(base, name) => {
                base.strip();
                name.strip();
            }
            ExprKind::Index(a, b) | ExprKind::Binary(_, a, b) => {
                a.strip();
                b.strip();
            }
            ExprKind::Slice(a, b, c) | ExprKind::If(a, b, c) => {
                a.strip();
                b.strip();
                c.strip();
            }
            ExprKind::Call(name, arguments) => {
                name.strip();
                arguments.strip();
            }
            ExprKind::Unary(_, inner) => inner.strip(),
            _ => {}
        }
    }
}

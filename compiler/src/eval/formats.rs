//! Page-table formats: from their clauses to data. Whether the data makes sense (levels that add
//! up, tables of one page) is a matter of the checks.

use super::expr::Scope;
use super::{Evaluator, wrong_paging};
use crate::model::{self, Kind};
use crate::resolve::{duplicate_name, unknown_name};
use crate::source::Loc;
use mapwright_grammar::ast::{self, BitSlice, EntryPlace, Expr, Ident, PagingClauseKind};
use mapwright_runtime::paging::{
    AddressForm, Condition, EntryForm, Field, FormatSpec, Level, Slice,
};

/// The words for what the bits above an address's width must be.
const FORMS: &[(&str, AddressForm)] = &[
    ("sign_extended", AddressForm::SignExtended),
    ("zero_extended", AddressForm::ZeroExtended),
    ("two_roots", AddressForm::TwoRoots),
];

/// What the clauses of a format have said so far.
#[derive(Default)]
struct Clauses {
    address: Option<(u32, AddressForm, Loc)>,
    physical: Option<(u32, Loc)>,
    entry: Option<(u32, Loc)>,
    present: Option<Condition>,
    fields: Vec<Field>,
    reserved: Vec<Slice>,
    levels: Vec<Level>,
    level_locs: Vec<Loc>,
    field_locs: Vec<Loc>,
    /// False once something was wrong.
    good: bool,
}

impl Evaluator<'_> {
    /// Every format has its place, with or without its data.
    pub(super) fn declare_formats(&mut self) {
        for written in &self.decls.formats {
            let loc = written.at(written.what.name.span);
            self.model.formats.push(model::Format {
                name: written.what.name.text.clone(),
                loc,
                doc: written.doc(),
                spec: None,
                level_locs: Vec::new(),
                field_locs: Vec::new(),
                address_loc: loc,
            });
        }
    }

    /// The data of a format.
    pub(super) fn format(&mut self, at: usize) {
        let written = &self.decls.formats[at];
        let scope = Scope::always(written.file);
        let mut said = Clauses {
            good: true,
            ..Clauses::default()
        };
        for clause in &written.what.clauses {
            if self.clause(clause, scope, &mut said).is_none() {
                said.good = false;
            }
        }
        let loc = written.at(written.what.name.span);
        self.missing_clauses(&said, &written.what.name.text, loc);
        let format = &mut self.model.formats[at];
        format.level_locs.clone_from(&said.level_locs);
        format.field_locs.clone_from(&said.field_locs);
        if let Some((.., loc)) = said.address {
            format.address_loc = loc;
        }
        let parts = (said.address, said.physical, said.entry, said.present);
        let (true, (Some(address), Some(physical), Some(entry), Some(present))) =
            (said.good && !said.levels.is_empty(), parts)
        else {
            return;
        };
        self.formats_good[at] = true;
        format.spec = Some(FormatSpec {
            name: format.name.clone(),
            doc: format.doc.clone(),
            va_bits: address.0,
            form: address.1,
            physical_bits: physical.0,
            entry_bytes: entry.0,
            present,
            fields: said.fields,
            reserved: said.reserved,
            levels: said.levels,
        });
    }

    /// Messages about what every format needs; nothing when a clause was wrong, as that may be it.
    fn missing_clauses(&mut self, said: &Clauses, name: &str, loc: Loc) {
        if !said.good {
            return;
        }
        let needed = [
            (said.address.is_some(), "address 48 bits sign_extended;"),
            (said.physical.is_some(), "physical 52 bits;"),
            (said.entry.is_some(), "entry 8 bytes { present [0] };"),
            (
                said.entry.is_none() || said.present.is_some(),
                "present [0]` in `entry",
            ),
            (
                !said.levels.is_empty(),
                "level PT : va[20:12] -> leaf entry[51:12] << 12;",
            ),
        ];
        for (_, clause) in needed.iter().filter(|(is_there, _)| !is_there) {
            self.diagnostics
                .push(wrong_paging::missing(name, clause, loc));
        }
    }

    fn clause(
        &mut self,
        clause: &ast::PagingClause,
        scope: Scope<'_>,
        said: &mut Clauses,
    ) -> Option<()> {
        let loc = scope.at(clause.span);
        match &clause.kind {
            PagingClauseKind::Address { bits, form } => {
                self.once("address", said.address.map(|(.., first)| first), loc)?;
                let bits = self.width(bits, scope)?;
                let form = self.address_form(form, scope)?;
                said.address = Some((bits, form, loc));
            }
            PagingClauseKind::Physical { bits } => {
                self.once("physical", said.physical.map(|(_, first)| first), loc)?;
                said.physical = Some((self.width(bits, scope)?, loc));
            }
            PagingClauseKind::Entry { bytes, fields } => {
                self.once("entry", said.entry.map(|(_, first)| first), loc)?;
                let bytes = self.small(bytes, scope, 1..=8, "an entry has 4 or 8 bytes")?;
                said.entry = Some((bytes, loc));
                self.fields(fields, scope, said)?;
            }
            PagingClauseKind::Reserved { slices } => {
                for slice in slices {
                    let slice = self.slice(slice, scope)?;
                    said.reserved.push(slice);
                }
            }
            PagingClauseKind::Level {
                name,
                index,
                entries,
            } => {
                let earlier = said.levels.iter().position(|level| level.name == name.text);
                if let Some(first) = earlier {
                    let first = said.level_locs[first];
                    let at = scope.at(name.span);
                    let twice = duplicate_name::of(&name.text, "level", at, "level", first);
                    self.diagnostics.push(twice);
                    return None;
                }
                let index = self.slice(index, scope);
                let forms: Vec<Option<EntryForm>> =
                    entries.iter().map(|form| self.form(form, scope)).collect();
                said.level_locs.push(loc);
                said.levels.push(Level {
                    name: name.text.clone(),
                    index: index?,
                    forms: forms.into_iter().collect::<Option<_>>()?,
                });
            }
        }
        Some(())
    }

    /// A clause that may stand once.
    fn once(&mut self, word: &str, first: Option<Loc>, loc: Loc) -> Option<()> {
        let Some(first) = first else {
            return Some(());
        };
        self.diagnostics.push(wrong_paging::twice(word, loc, first));
        None
    }

    /// A small number that is known without parameters.
    pub(super) fn small(
        &mut self,
        expr: &Expr,
        scope: Scope<'_>,
        range: std::ops::RangeInclusive<u32>,
        what: &str,
    ) -> Option<u32> {
        let value = self.constant_as(expr, scope, Kind::Int, "a number of a paging format")?;
        match u32::try_from(value)
            .ok()
            .filter(|value| range.contains(value))
        {
            Some(value) => Some(value),
            None => {
                let wrong = wrong_paging::number(value, what, scope.at(expr.span));
                self.diagnostics.push(wrong);
                None
            }
        }
    }

    fn width(&mut self, bits: &Expr, scope: Scope<'_>) -> Option<u32> {
        self.small(bits, scope, 1..=64, "an address has 1 to 64 bits")
    }

    fn address_form(&mut self, words: &[Ident], scope: Scope<'_>) -> Option<AddressForm> {
        match words {
            [] => Some(AddressForm::ZeroExtended),
            [word] => {
                if let Some((_, form)) = FORMS.iter().find(|(name, _)| *name == word.text) {
                    return Some(*form);
                }
                let names = FORMS.iter().map(|(name, _)| *name);
                let loc = scope.at(word.span);
                let unknown = unknown_name::among(&word.text, "address form", loc, names);
                self.diagnostics.push(unknown);
                None
            }
            [first, .., last] => {
                let loc = scope.at(first.span.to(last.span));
                self.diagnostics.push(wrong_paging::two_forms(loc));
                None
            }
        }
    }

    /// `[hi:lo]`, both below 64.
    pub(super) fn slice(&mut self, slice: &BitSlice, scope: Scope<'_>) -> Option<Slice> {
        self.bits(&slice.high, slice.low.as_ref(), scope)
    }

    pub(super) fn bits(
        &mut self,
        high: &Expr,
        low: Option<&Expr>,
        scope: Scope<'_>,
    ) -> Option<Slice> {
        let what = "bits are numbered from 0 to 63";
        let hi = self.small(high, scope, 0..=63, what);
        let lo = match low {
            Some(low) => self.small(low, scope, 0..=63, what),
            None => hi,
        };
        let (hi, lo) = (hi?, lo?);
        if lo > hi {
            let loc = scope.at(high.span.to(low.unwrap_or(high).span));
            self.diagnostics.push(wrong_paging::inverted(hi, lo, loc));
            return None;
        }
        Some(Slice::new(hi, lo))
    }

    fn fields(
        &mut self,
        fields: &[ast::EntryField],
        scope: Scope<'_>,
        said: &mut Clauses,
    ) -> Option<()> {
        let mut seen: Vec<&Ident> = Vec::new();
        let mut good = Some(());
        for field in fields {
            let name = &field.name;
            if let Some(first) = seen.iter().find(|first| first.text == name.text) {
                let (at, first) = (scope.at(name.span), scope.at(first.span));
                let twice = duplicate_name::of(&name.text, "field", at, "field", first);
                self.diagnostics.push(twice);
                good = None;
                continue;
            }
            seen.push(name);
            if self.field(field, scope, said).is_none() {
                good = None;
            }
        }
        good
    }

    fn field(
        &mut self,
        field: &ast::EntryField,
        scope: Scope<'_>,
        said: &mut Clauses,
    ) -> Option<()> {
        let is_present = field.name.text == "present";
        match &field.place {
            EntryPlace::Bits { inverted, slice } => {
                let slice = self.slice(slice, scope)?;
                if is_present {
                    let set = Condition::NotEqual(slice, 0);
                    let clear = Condition::Equal(slice, 0);
                    said.present = Some(if *inverted { clear } else { set });
                }
                said.field_locs.push(scope.at(field.name.span));
                said.fields.push(Field {
                    name: field.name.text.clone(),
                    slice,
                    inverted: *inverted,
                });
            }
            EntryPlace::When(cond) if is_present => {
                said.present = Some(self.entry_condition(cond, scope)?);
            }
            EntryPlace::When(cond) => {
                let wrong = wrong_paging::conditional(&field.name.text, scope.at(cond.span));
                self.diagnostics.push(wrong);
                return None;
            }
        }
        Some(())
    }

    fn form(&mut self, form: &ast::EntryForm, scope: Scope<'_>) -> Option<EntryForm> {
        let when = match &form.when {
            Some(cond) => Some(self.entry_condition(cond, scope)?),
            None => None,
        };
        let mut frame = Vec::new();
        self.address(&form.frame, scope, &mut frame)?;
        let mut reserved = Vec::new();
        for slice in &form.reserved {
            reserved.push(self.slice(slice, scope)?);
        }
        Some(EntryForm {
            leaf: form.leaf,
            when,
            frame,
            reserved,
        })
    }
}

//! Page-table formats.

use crate::ast::{
    BitSlice, EntryField, EntryForm, EntryPlace, Paging, PagingClause, PagingClauseKind, Span,
};
use crate::parser::{Pair, Rule};

use super::{Parts, Result, disagreement, end_without_semi, ident, tight_span};

pub(super) fn build_paging(parts: &mut Parts<'_>) -> Result<Paging> {
    let base = parts.base;
    let name = parts.ident()?;
    let clauses = parts
        .all(Rule::paging_clause)
        .into_iter()
        .map(|pair| clause(pair, base));
    Ok(Paging {
        name,
        clauses: clauses.collect::<Result<_>>()?,
    })
}

fn clause(pair: Pair<'_>, base: usize) -> Result<PagingClause> {
    let mut parts = Parts::new(pair, base);
    let docs = parts.docs();
    let body = parts.next()?;
    let span = Span::new(tight_span(&body, base).start, end_without_semi(&body, base));
    Ok(PagingClause {
        docs,
        kind: clause_kind(body, base)?,
        span,
    })
}

fn clause_kind(pair: Pair<'_>, base: usize) -> Result<PagingClauseKind> {
    let rule = pair.as_rule();
    let mut parts = Parts::new(pair, base);
    Ok(match rule {
        Rule::address => {
            let bits = parts.expr()?;
            let form = parts
                .all(Rule::name)
                .iter()
                .map(|name| ident(name, base))
                .collect();
            PagingClauseKind::Address { bits, form }
        }
        Rule::physical => PagingClauseKind::Physical {
            bits: parts.expr()?,
        },
        Rule::entry => {
            let bytes = parts.expr()?;
            let fields = parts
                .all(Rule::entry_field)
                .into_iter()
                .map(|field| entry_field(field, base));
            PagingClauseKind::Entry {
                bytes,
                fields: fields.collect::<Result<_>>()?,
            }
        }
        Rule::reserved => PagingClauseKind::Reserved {
            slices: bit_slices(parts.skip_to(Rule::bit_slices)?, base)?,
        },
        Rule::level => {
            let name = parts.ident()?;
            let index = bit_slice(parts.skip_to(Rule::bit_slice)?, base)?;
            let entries = parts
                .all(Rule::entry_form)
                .into_iter()
                .map(|form| entry_form(form, base));
            PagingClauseKind::Level {
                name,
                index,
                entries: entries.collect::<Result<_>>()?,
            }
        }
        _ => return Err(disagreement(parts.span())),
    })
}

fn entry_field(pair: Pair<'_>, base: usize) -> Result<EntryField> {
    let mut parts = Parts::new(pair, base);
    let name = parts.ident()?;
    let place = parts.next()?;
    let rule = place.as_rule();
    let mut inner = Parts::new(place, base);
    let place = if rule == Rule::bit_place {
        let inverted = inner.eat(Rule::bang).is_some();
        EntryPlace::Bits {
            inverted,
            slice: bit_slice(inner.take(Rule::bit_slice)?, base)?,
        }
    } else {
        EntryPlace::When(inner.expr()?)
    };
    Ok(EntryField { name, place })
}

fn bit_slices(pair: Pair<'_>, base: usize) -> Result<Vec<BitSlice>> {
    Parts::new(pair, base)
        .all(Rule::bit_slice)
        .into_iter()
        .map(|slice| bit_slice(slice, base))
        .collect()
}

fn bit_slice(pair: Pair<'_>, base: usize) -> Result<BitSlice> {
    let mut parts = Parts::new(pair, base);
    let high = parts.expr()?;
    let low = if parts.eat(Rule::colon).is_some() {
        Some(parts.expr()?)
    } else {
        None
    };
    Ok(BitSlice {
        high,
        low,
        span: parts.span(),
    })
}

fn entry_form(pair: Pair<'_>, base: usize) -> Result<EntryForm> {
    let mut parts = Parts::new(pair, base);
    let leaf = parts.eat(Rule::kw_leaf).is_some();
    let table = parts.eat(Rule::kw_table).is_some();
    let when = if parts.eat(Rule::kw_when).is_some() {
        Some(parts.expr()?)
    } else {
        None
    };
    let frame = parts.expr()?;
    let reserved = match parts.eat(Rule::kw_reserved) {
        Some(_) => bit_slices(parts.take(Rule::bit_slices)?, base)?,
        None => Vec::new(),
    };
    Ok(EntryForm {
        leaf,
        table,
        when,
        frame,
        reserved,
        span: parts.span(),
    })
}

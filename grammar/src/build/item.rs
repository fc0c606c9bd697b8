//! Items but places and page-table formats.

use crate::ast::{
    Attr, AttrValue, Domain, Expect, Expr, Ident, ItemKind, Outcome, Param, ParamClass, Part,
    Range, RangeEnd, Span, Text,
};
use crate::parser::{Pair, Rule};

use super::{Parts, Result, disagreement, end_without_semi, paging, place};

pub(super) fn build_kind(pair: Pair<'_>, base: usize) -> Result<ItemKind> {
    let rule = pair.as_rule();
    let mut parts = Parts::new(pair, base);
    match rule {
        Rule::use_item => use_item(&mut parts),
        Rule::param => Ok(ItemKind::Param(param(&mut parts)?)),
        Rule::assume => {
            let (cond, why) = law(&mut parts)?;
            Ok(ItemKind::Assume { cond, why })
        }
        Rule::assert_item => {
            let (cond, why) = law(&mut parts)?;
            Ok(ItemKind::Assert { cond, why })
        }
        Rule::let_item => let_item(&mut parts),
        Rule::enum_item => enum_item(&mut parts),
        Rule::paging => Ok(ItemKind::Paging(paging::build_paging(&mut parts)?)),
        Rule::space => space(&mut parts),
        Rule::split => split(&mut parts),
        Rule::place => Ok(ItemKind::Place(place::build_place(&mut parts)?)),
        Rule::segment => segment(&mut parts),
        Rule::expect => Ok(ItemKind::Expect(expect(&mut parts)?)),
        Rule::variant => variant(&mut parts),
        Rule::export => Ok(ItemKind::Export {
            name: parts.text()?,
            value: parts.expr()?,
        }),
        _ => Err(disagreement(parts.span())),
    }
}

fn use_item(parts: &mut Parts<'_>) -> Result<ItemKind> {
    parts.take(Rule::kw_use)?;
    let std = parts.eat(Rule::kw_std).is_some();
    Ok(ItemKind::Use {
        std,
        path: parts.text()?,
    })
}

fn law(parts: &mut Parts<'_>) -> Result<(Expr, Option<Text>)> {
    let cond = parts.expr()?;
    let why = if parts.eat(Rule::comma).is_some() {
        Some(parts.text()?)
    } else {
        None
    };
    Ok((cond, why))
}

fn let_item(parts: &mut Parts<'_>) -> Result<ItemKind> {
    let name = parts.ident()?;
    let kind = if parts.eat(Rule::colon).is_some() {
        Some(parts.ident()?)
    } else {
        None
    };
    Ok(ItemKind::Let {
        name,
        kind,
        value: parts.expr()?,
    })
}

fn param(parts: &mut Parts<'_>) -> Result<Param> {
    let class = match parts.take(Rule::param_class)?.as_str() {
        "boot" => ParamClass::Boot,
        _ => ParamClass::Config,
    };
    let name = parts.ident()?;
    let kind = parts.ident()?;
    let default = parts.expr()?;
    let domain = match parts.eat(Rule::kw_in) {
        Some(_) => Some(domain(parts.take(Rule::domain)?, parts.base)?),
        None => None,
    };
    Ok(Param {
        class,
        name,
        kind,
        default,
        domain,
    })
}

fn domain(pair: Pair<'_>, base: usize) -> Result<Domain> {
    let mut outer = Parts::new(pair, base);
    let inner = outer.next()?;
    let rule = inner.as_rule();
    let mut parts = Parts::new(inner, base);
    let span = parts.span();
    if rule == Rule::value_set {
        return Ok(Domain::Set {
            values: exprs(&mut parts)?,
            span,
        });
    }
    let low = parts.expr()?;
    let high = parts.expr()?;
    let step = if parts.eat(Rule::kw_step).is_some() {
        Some(parts.expr()?)
    } else {
        None
    };
    Ok(Domain::Interval {
        low,
        high,
        step,
        span,
    })
}

/// All remaining expressions.
fn exprs(parts: &mut Parts<'_>) -> Result<Vec<Expr>> {
    let base = parts.base;
    parts
        .all(Rule::expr)
        .into_iter()
        .map(|pair| super::build_expr(pair, base))
        .collect()
}

fn enum_item(parts: &mut Parts<'_>) -> Result<ItemKind> {
    let name = parts.ident()?;
    let base = parts.base;
    let mut variants = Vec::new();
    for choice in parts.all(Rule::enum_choice) {
        let mut choice = Parts::new(choice, base);
        variants.push((choice.docs(), choice.ident()?));
    }
    Ok(ItemKind::Enum { name, variants })
}

fn space(parts: &mut Parts<'_>) -> Result<ItemKind> {
    let name = parts.ident()?;
    let bits = parts.expr()?;
    let (mut paging, mut to) = (None, None);
    while let Ok(part) = parts.next() {
        match part.as_rule() {
            Rule::space_paging => paging = Some(Parts::new(part, parts.base).expr()?),
            Rule::space_to => to = Some(Parts::new(part, parts.base).ident()?),
            _ => {}
        }
    }
    Ok(ItemKind::Space {
        name,
        bits,
        paging,
        to,
    })
}

fn split(parts: &mut Parts<'_>) -> Result<ItemKind> {
    let space = parts.ident()?;
    let base = parts.base;
    let parts = parts
        .all(Rule::part)
        .into_iter()
        .map(|pair| part(pair, base))
        .collect::<Result<_>>()?;
    Ok(ItemKind::Split { space, parts })
}

fn part(pair: Pair<'_>, base: usize) -> Result<Part> {
    let mut parts = Parts::new(pair, base);
    let docs = parts.docs();
    let name = parts.ident()?;
    let range = build_range(parts.skip_to(Rule::range)?, base)?;
    let attrs = optional_attrs(&mut parts)?;
    let span = Span::new(name.span.start, end_without_semi(&parts.whole, base));
    Ok(Part {
        docs,
        name,
        range,
        attrs,
        span,
    })
}

/// `start .. end` or `start .. +size`.
pub(crate) fn build_range(pair: Pair<'_>, base: usize) -> Result<Range> {
    let mut parts = Parts::new(pair, base);
    let start = parts.expr()?;
    parts.take(Rule::dotdot)?;
    let (end, last) = match parts.eat(Rule::size_end) {
        Some(size) => {
            let size = Parts::new(size, base).expr()?;
            let last = size.span;
            (RangeEnd::Size(size), last)
        }
        None => {
            let end = parts.expr()?;
            let last = end.span;
            (RangeEnd::End(end), last)
        }
    };
    let span = start.span.to(last);
    Ok(Range { start, end, span })
}

/// The attributes, when they are next.
pub(super) fn optional_attrs(parts: &mut Parts<'_>) -> Result<Vec<Attr>> {
    let Some(block) = parts.eat(Rule::attrs) else {
        return Ok(Vec::new());
    };
    let base = parts.base;
    Parts::new(block, base)
        .all(Rule::attr)
        .into_iter()
        .map(|pair| attr(pair, base))
        .collect()
}

/// `because "..."`, when it is next.
pub(super) fn optional_reason(parts: &mut Parts<'_>) -> Result<Option<Text>> {
    let base = parts.base;
    let reason = parts.eat(Rule::reason);
    reason.map(|pair| Parts::new(pair, base).text()).transpose()
}

fn attr(pair: Pair<'_>, base: usize) -> Result<Attr> {
    let mut parts = Parts::new(pair, base);
    let name = parts.ident()?;
    let value = if parts.eat(Rule::colon).is_none() {
        AttrValue::Flag
    } else {
        match parts.peek() {
            Some(Rule::string) => AttrValue::Text(parts.text()?),
            Some(Rule::attr_list) => {
                let list = parts.next()?;
                AttrValue::List(exprs(&mut Parts::new(list, base))?)
            }
            _ => AttrValue::Expr(parts.expr()?),
        }
    };
    Ok(Attr {
        name,
        value,
        because: optional_reason(&mut parts)?,
    })
}

fn segment(parts: &mut Parts<'_>) -> Result<ItemKind> {
    Ok(ItemKind::Segment {
        name: parts.ident()?,
        table: parts.ident()?,
        index: parts.expr()?,
        class: parts.ident()?,
        attrs: optional_attrs(parts)?,
    })
}

fn expect(parts: &mut Parts<'_>) -> Result<Expect> {
    let space = parts.ident()?;
    let address = parts.expr()?;
    let found = parts.skip_to(Rule::outcome)?;
    let outcome = outcome(found, parts.base)?;
    Ok(Expect {
        space,
        address,
        outcome,
        with: optional_bindings(parts)?,
    })
}

fn outcome(pair: Pair<'_>, base: usize) -> Result<Outcome> {
    let inner = Parts::new(pair, base).next()?;
    let rule = inner.as_rule();
    let mut parts = Parts::new(inner, base);
    match rule {
        Rule::dynamic => Ok(Outcome::Dynamic {
            name: parts.ident()?,
        }),
        Rule::fault => Ok(Outcome::Fault {
            kind: parts.ident()?,
            name: parts.ident().ok(),
        }),
        _ => Ok(Outcome::Mapped {
            space: parts.ident()?,
            address: parts.expr()?,
            window: parts.ident().ok(),
        }),
    }
}

fn variant(parts: &mut Parts<'_>) -> Result<ItemKind> {
    Ok(ItemKind::Variant {
        name: parts.ident()?,
        base: parts.ident()?,
        with: optional_bindings(parts)?,
    })
}

/// The `NAME = value` pairs after `with`, when it is next.
fn optional_bindings(parts: &mut Parts<'_>) -> Result<Vec<(Ident, Expr)>> {
    if parts.eat(Rule::kw_with).is_none() {
        return Ok(Vec::new());
    }
    parts.eat(Rule::open_brace);
    let Some(list) = parts.eat(Rule::bindings) else {
        return Ok(Vec::new());
    };
    let base = parts.base;
    let bind = |pair: Pair<'_>| {
        let mut parts = Parts::new(pair, base);
        Ok((parts.ident()?, parts.expr()?))
    };
    Parts::new(list, base)
        .all(Rule::binding)
        .into_iter()
        .map(bind)
        .collect()
}

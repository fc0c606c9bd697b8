//! Places: `zone`, `reserve`, `device`, `window`, `guard`, `hole`, `area`.

use crate::ast::{
    Alias, Covers, Expr, Family, FixedSlot, Ident, Place, PlaceKind, Span, Target, TargetKind, Text,
};
use crate::parser::{Pair, Rule};

use super::item::{build_range, optional_attrs, optional_reason};
use super::{Parts, Result, disagreement, ident, tight_span, twice};

pub(super) fn build_place(parts: &mut Parts<'_>) -> Result<Place> {
    let base = parts.base;
    let word = parts.take(Rule::place_kind)?;
    let kind = place_kind(word.as_str()).ok_or_else(|| disagreement(parts.span()))?;
    let name = parts.ident()?;
    let family = parts
        .eat(Rule::family)
        .map(|pair| family(pair, base))
        .transpose()?;
    let parent = parts.ident()?;
    let range = build_range(parts.skip_to(Rule::range)?, base)?;
    let target = match parts.eat(Rule::arrow) {
        Some(_) => Some(target(parts.take(Rule::target)?, base)?),
        None => None,
    };
    let clauses = clauses(parts)?;
    Ok(Place {
        kind,
        name,
        family,
        parent,
        range,
        target,
        because: clauses.because,
        alias: clauses.alias,
        covers: clauses.covers,
        when: clauses.when,
        optional: clauses.optional,
        attrs: optional_attrs(parts)?,
    })
}

fn place_kind(word: &str) -> Option<PlaceKind> {
    PlaceKind::ALL.into_iter().find(|kind| kind.word() == word)
}

fn family(pair: Pair<'_>, base: usize) -> Result<Family> {
    let mut parts = Parts::new(pair, base);
    Ok(Family {
        var: parts.ident()?,
        low: parts.expr()?,
        high: parts.expr()?,
        span: parts.span(),
    })
}

#[derive(Default)]
struct Clauses {
    because: Option<Text>,
    alias: Option<Alias>,
    covers: Option<Covers>,
    when: Option<Expr>,
    optional: Option<Span>,
}

/// The clauses after the target, in any order, each at most once.
fn clauses(parts: &mut Parts<'_>) -> Result<Clauses> {
    let base = parts.base;
    let mut clauses = Clauses::default();
    while let Some(
        Rule::reason | Rule::alias | Rule::covers | Rule::when_clause | Rule::kw_optional,
    ) = parts.peek()
    {
        let pair = parts.next()?;
        let place = tight_span(&pair, base);
        let (word, again) = match pair.as_rule() {
            Rule::reason => {
                let why = Parts::new(pair, base).text()?;
                ("because", clauses.because.replace(why).is_some())
            }
            Rule::covers => {
                let found = covers(pair, base)?;
                ("covers", clauses.covers.replace(found).is_some())
            }
            Rule::alias => ("alias", clauses.alias.replace(alias(pair, base)?).is_some()),
            Rule::when_clause => (
                "when",
                clauses
                    .when
                    .replace(Parts::new(pair, base).expr()?)
                    .is_some(),
            ),
            _ => ("optional", clauses.optional.replace(place).is_some()),
        };
        if again {
            return Err(twice(place, word));
        }
    }
    Ok(clauses)
}

fn alias(pair: Pair<'_>, base: usize) -> Result<Alias> {
    let mut parts = Parts::new(pair, base);
    let of = names(&mut parts)?;
    Ok(Alias {
        of,
        because: optional_reason(&mut parts)?,
        span: parts.span(),
    })
}

fn covers(pair: Pair<'_>, base: usize) -> Result<Covers> {
    let mut parts = Parts::new(pair, base);
    parts.take(Rule::kw_covers)?;
    let what = match parts.eat(Rule::name_list) {
        Some(list) => {
            let names = Parts::new(list, base).all(Rule::name);
            Some(names.iter().map(|name| ident(name, base)).collect())
        }
        None => {
            parts.take(Rule::kw_all)?;
            None
        }
    };
    Ok(Covers {
        what,
        because: optional_reason(&mut parts)?,
        span: parts.span(),
    })
}

/// The next list of names.
fn names(parts: &mut Parts<'_>) -> Result<Vec<Ident>> {
    let base = parts.base;
    let list = parts.skip_to(Rule::names)?;
    Ok(Parts::new(list, base)
        .all(Rule::name)
        .iter()
        .map(|name| ident(name, base))
        .collect())
}

fn target(pair: Pair<'_>, base: usize) -> Result<Target> {
    let inner = Parts::new(pair, base).next()?;
    let rule = inner.as_rule();
    let mut parts = Parts::new(inner, base);
    let span = parts.span();
    let kind = match rule {
        Rule::linear => linear(&mut parts)?,
        Rule::pages => TargetKind::Pages {
            from: names(&mut parts)?,
            or_device: parts.eat(Rule::kw_or).is_some(),
        },
        Rule::slots => TargetKind::Slots {
            count: parts.expr()?,
            from: names(&mut parts)?,
        },
        Rule::fixed => {
            let slots = parts
                .all(Rule::fixed_slot)
                .into_iter()
                .map(|slot| fixed_slot(slot, base));
            TargetKind::Fixed {
                slots: slots.collect::<Result<_>>()?,
            }
        }
        Rule::table => TargetKind::Table {
            element: parts.expr()?,
            per: parts.expr()?,
            of: parts.ident()?,
        },
        Rule::device_target => {
            parts.take(Rule::kw_device)?;
            let of = if parts.eat(Rule::kw_of).is_some() {
                names(&mut parts)?
            } else {
                Vec::new()
            };
            TargetKind::Device { of }
        }
        Rule::tables_target => TargetKind::Tables {
            of: parts.ident()?,
            level: parts.ident()?,
            entry: parts.expr()?,
        },
        _ => return Err(disagreement(span)),
    };
    Ok(Target { kind, span })
}

fn linear(parts: &mut Parts<'_>) -> Result<TargetKind> {
    let space = parts.ident()?;
    let at = parts.expr()?;
    let repeat = if parts.eat(Rule::kw_repeat).is_some() {
        Some(parts.expr()?)
    } else {
        None
    };
    Ok(TargetKind::Linear { space, at, repeat })
}

fn fixed_slot(pair: Pair<'_>, base: usize) -> Result<FixedSlot> {
    let mut parts = Parts::new(pair, base);
    let docs = parts.docs();
    let name = parts.ident()?;
    let count = if parts.eat(Rule::open_bracket).is_some() {
        Some(parts.expr()?)
    } else {
        None
    };
    Ok(FixedSlot { docs, name, count })
}

//! Random syntax trees of every kind of node, such as a parser could have made.

use proptest::collection::vec;
use proptest::option;
use proptest::prelude::*;
use proptest::sample::select;

use crate::ast::*;

/// Words that stand between the parts of items. The language reads them as names in most places; in the few where it does
/// not (see the reference), a tree with such a name has no text, so random trees do without.
const JOINTS: [&str; 13] = [
    "when", "optional", "alias", "because", "covers", "or", "with", "leaf", "table", "at",
    "dynamic", "fault", "reserved",
];

/// Keywords that are names wherever the grammar asks for a name.
const KEYWORDS: [&str; 27] = [
    "zone", "window", "guard", "area", "let", "in", "of", "to", "bits", "std", "step", "from",
    "physical", "entry", "level", "va", "pages", "slots", "fixed", "device", "expect", "layout",
    "split", "v", "all", "tables", "via",
];

fn name() -> impl Strategy<Value = String> {
    let made = "[a-zA-Z_][a-zA-Z0-9_]{0,8}".prop_filter("reserved", |word| {
        let version = word
            .strip_prefix('v')
            .is_some_and(|rest| !rest.is_empty() && rest.chars().all(|c| c.is_ascii_digit()));
        !version
            && !matches!(word.as_str(), "if" | "else" | "true" | "false")
            && !JOINTS.contains(&word.as_str())
    });
    prop_oneof![4 => made, 1 => select(&KEYWORDS[..]).prop_map(str::to_owned)]
}

fn ident() -> impl Strategy<Value = Ident> {
    name().prop_map(|text| Ident {
        text,
        span: Span::default(),
    })
}

fn idents(most: usize) -> impl Strategy<Value = Vec<Ident>> {
    vec(ident(), 1..=most)
}

fn text() -> impl Strategy<Value = Text> {
    "[ -~é–\t]{0,20}".prop_map(|text| Text {
        text,
        span: Span::default(),
    })
}

fn docs() -> impl Strategy<Value = Vec<String>> {
    prop_oneof![3 => Just(Vec::new()), 1 => vec("[ -~ü]{0,20}", 1..3)]
}

fn number() -> impl Strategy<Value = ExprKind> {
    let spelled = prop_oneof![
        "[0-9]{1,6}[KMGTPE]?",
        "[0-9][0-9_]{0,9}",
        "0x[0-9a-fA-F]{1,4}(_[0-9a-fA-F]{4}){0,3}",
        "0b[01]{1,8}",
        "0o[0-7]{1,8}",
        Just("0xFFFF_FFFF_FFFF_FFFF_FFFF_FFFF_FFFF_FFFF".to_owned()),
    ];
    spelled.prop_map(|text| {
        let number = crate::read_number(&text).ok();
        ExprKind::Number {
            value: number.map(|number| number.value),
            sized: number.is_some_and(|number| number.sized),
            text,
        }
    })
}

fn version() -> impl Strategy<Value = ExprKind> {
    r"v[0-9]{1,2}(\.[0-9]{1,5}){0,3}(-[a-z0-9]{1,5}){0,2}".prop_map(|text| ExprKind::Version {
        value: crate::read_version(&text).ok(),
        text,
    })
}

fn bare(kind: ExprKind) -> Expr {
    Expr {
        kind,
        span: Span::default(),
    }
}

/// Any expression.
pub(super) fn expr() -> impl Strategy<Value = Expr> {
    let leaf = prop_oneof![
        4 => number(),
        4 => name().prop_map(ExprKind::Name),
        1 => version(),
        1 => any::<bool>().prop_map(ExprKind::Bool),
    ];
    leaf.prop_map(bare).prop_recursive(5, 24, 3, |inner| {
        let boxed = inner.clone().prop_map(Box::new);
        prop_oneof![
            8 => (select(&BinaryOp::ALL[..]), boxed.clone(), boxed.clone())
                .prop_map(|(op, a, b)| ExprKind::Binary(op, a, b)),
            2 => (select(&[UnaryOp::Neg, UnaryOp::Not][..]), boxed.clone()).prop_map(|(op, a)| ExprKind::Unary(op, a)),
            2 => (boxed.clone(), ident()).prop_map(|(a, name)| ExprKind::Field(a, name)),
            1 => (boxed.clone(), boxed.clone()).prop_map(|(a, b)| ExprKind::Index(a, b)),
            1 => (boxed.clone(), boxed.clone(), boxed.clone()).prop_map(|(a, b, c)| ExprKind::Slice(a, b, c)),
            2 => (ident(), vec(inner, 0..4)).prop_map(|(name, arguments)| ExprKind::Call(name, arguments)),
            2 => (boxed.clone(), boxed.clone(), boxed.clone()).prop_map(|(a, b, c)| ExprKind::If(a, b, c)),
            1 => boxed.prop_map(ExprKind::Paren),
        ]
        .prop_map(bare)
    })
}

fn range() -> impl Strategy<Value = Range> {
    let end = prop_oneof![
        expr().prop_map(RangeEnd::End),
        expr().prop_map(RangeEnd::Size)
    ];
    (expr(), end).prop_map(|(start, end)| Range {
        start,
        end,
        span: Span::default(),
    })
}

fn attrs() -> impl Strategy<Value = Vec<Attr>> {
    let value = prop_oneof![
        Just(AttrValue::Flag),
        expr().prop_map(AttrValue::Expr),
        vec(expr(), 0..3).prop_map(AttrValue::List),
        text().prop_map(AttrValue::Text),
    ];
    vec(
        (ident(), value, option::weighted(0.3, text())).prop_map(|(name, value, because)| Attr {
            name,
            value,
            because,
        }),
        0..4,
    )
}

fn bindings(least: usize) -> impl Strategy<Value = Vec<(Ident, Expr)>> {
    vec((ident(), expr()), least..3)
}

fn param() -> impl Strategy<Value = ItemKind> {
    let domain = prop_oneof![
        vec(expr(), 0..5).prop_map(|values| Domain::Set {
            values,
            span: Span::default()
        }),
        (expr(), expr(), option::of(expr())).prop_map(|(low, high, step)| Domain::Interval {
            low,
            high,
            step,
            span: Span::default()
        }),
    ];
    let class = select(&[ParamClass::Config, ParamClass::Boot][..]);
    (class, ident(), ident(), expr(), option::of(domain)).prop_map(
        |(class, name, kind, default, domain)| {
            ItemKind::Param(Param {
                class,
                name,
                kind,
                default,
                domain,
            })
        },
    )
}

fn target() -> impl Strategy<Value = Target> {
    let slot = (docs(), ident(), option::of(expr())).prop_map(|(docs, name, count)| FixedSlot {
        docs,
        name,
        count,
    });
    prop_oneof![
        (ident(), expr(), option::of(expr())).prop_map(|(space, at, repeat)| TargetKind::Linear {
            space,
            at,
            repeat
        }),
        (idents(3), any::<bool>())
            .prop_map(|(from, or_device)| TargetKind::Pages { from, or_device }),
        (expr(), idents(3)).prop_map(|(count, from)| TargetKind::Slots { count, from }),
        vec(slot, 0..6).prop_map(|slots| TargetKind::Fixed { slots }),
        vec(ident(), 0..3).prop_map(|of| TargetKind::Device { of }),
        (expr(), expr(), ident()).prop_map(|(element, per, of)| TargetKind::Table {
            element,
            per,
            of
        }),
        (ident(), ident(), expr()).prop_map(|(of, level, entry)| TargetKind::Tables {
            of,
            level,
            entry
        }),
    ]
    .prop_map(|kind| Target {
        kind,
        span: Span::default(),
    })
}

fn place() -> impl Strategy<Value = ItemKind> {
    let family = (ident(), expr(), expr()).prop_map(|(var, low, high)| Family {
        var,
        low,
        high,
        span: Span::default(),
    });
    let alias = (idents(3), option::of(text())).prop_map(|(of, because)| Alias {
        of,
        because,
        span: Span::default(),
    });
    let covers =
        (option::of(vec(ident(), 0..3)), option::of(text())).prop_map(|(what, because)| Covers {
            what,
            because,
            span: Span::default(),
        });
    let optional = option::of(Just(Span::default()));
    let first = (
        select(&PlaceKind::ALL[..]),
        ident(),
        option::weighted(0.2, family),
        ident(),
        range(),
    );
    let rest = (
        option::of(target()),
        option::weighted(0.2, text()),
        option::weighted(0.2, alias),
        option::weighted(0.2, covers),
        option::weighted(0.2, expr()),
        optional,
        attrs(),
    );
    (first, rest).prop_map(
        |(
            (kind, name, family, parent, range),
            (target, because, alias, covers, when, optional, attrs),
        )| {
            ItemKind::Place(Place {
                kind,
                name,
                family,
                parent,
                range,
                target,
                because,
                alias,
                covers,
                when,
                optional,
                attrs,
            })
        },
    )
}

fn split() -> impl Strategy<Value = ItemKind> {
    let part = (docs(), ident(), range(), attrs()).prop_map(|(docs, name, range, attrs)| Part {
        docs,
        name,
        range,
        attrs,
        span: Span::default(),
    });
    (ident(), vec(part, 0..4)).prop_map(|(space, parts)| ItemKind::Split { space, parts })
}

fn slice() -> impl Strategy<Value = BitSlice> {
    (expr(), option::of(expr())).prop_map(|(high, low)| BitSlice {
        high,
        low,
        span: Span::default(),
    })
}

fn entry_form() -> impl Strategy<Value = EntryForm> {
    (0..3_u8, option::of(expr()), expr(), vec(slice(), 0..3)).prop_map(
        |(word, when, frame, reserved)| EntryForm {
            leaf: word == 1,
            table: word == 2,
            when,
            frame,
            reserved,
            span: Span::default(),
        },
    )
}

fn clause() -> impl Strategy<Value = PagingClause> {
    let place = prop_oneof![
        (any::<bool>(), slice()).prop_map(|(inverted, slice)| EntryPlace::Bits { inverted, slice }),
        expr().prop_map(EntryPlace::When),
    ];
    let field = (ident(), place).prop_map(|(name, place)| EntryField { name, place });
    let kind = prop_oneof![
        (expr(), vec(ident(), 0..3))
            .prop_map(|(bits, form)| PagingClauseKind::Address { bits, form }),
        expr().prop_map(|bits| PagingClauseKind::Physical { bits }),
        (expr(), vec(field, 0..6))
            .prop_map(|(bytes, fields)| PagingClauseKind::Entry { bytes, fields }),
        vec(slice(), 1..3).prop_map(|slices| PagingClauseKind::Reserved { slices }),
        (ident(), slice(), vec(entry_form(), 1..3)).prop_map(|(name, index, entries)| {
            PagingClauseKind::Level {
                name,
                index,
                entries,
            }
        }),
    ];
    (docs(), kind).prop_map(|(docs, kind)| PagingClause {
        docs,
        kind,
        span: Span::default(),
    })
}

fn expect() -> impl Strategy<Value = ItemKind> {
    let outcome = prop_oneof![
        (ident(), expr(), option::of(ident())).prop_map(|(space, address, window)| {
            Outcome::Mapped {
                space,
                address,
                window,
            }
        }),
        ident().prop_map(|name| Outcome::Dynamic { name }),
        (ident(), option::of(ident())).prop_map(|(kind, name)| Outcome::Fault { kind, name }),
    ];
    (ident(), expr(), outcome, bindings(0)).prop_map(|(space, address, outcome, with)| {
        ItemKind::Expect(Expect {
            space,
            address,
            outcome,
            with,
        })
    })
}

fn small_item() -> impl Strategy<Value = ItemKind> {
    prop_oneof![
        (any::<bool>(), text()).prop_map(|(std, path)| ItemKind::Use { std, path }),
        (expr(), option::of(text())).prop_map(|(cond, why)| ItemKind::Assume { cond, why }),
        (expr(), option::of(text())).prop_map(|(cond, why)| ItemKind::Assert { cond, why }),
        (ident(), option::of(ident()), expr()).prop_map(|(name, kind, value)| ItemKind::Let {
            name,
            kind,
            value
        }),
        (ident(), vec((docs(), ident()), 0..6))
            .prop_map(|(name, variants)| ItemKind::Enum { name, variants }),
        (ident(), expr(), option::of(expr()), option::of(ident())).prop_map(
            |(name, bits, paging, to)| ItemKind::Space {
                name,
                bits,
                paging,
                to
            }
        ),
        (ident(), ident(), expr(), ident(), attrs()).prop_map(
            |(name, table, index, class, attrs)| ItemKind::Segment {
                name,
                table,
                index,
                class,
                attrs
            }
        ),
        (ident(), ident(), bindings(0)).prop_map(|(name, base, with)| ItemKind::Variant {
            name,
            base,
            with
        }),
        (text(), expr()).prop_map(|(name, value)| ItemKind::Export { name, value }),
    ]
}

fn item() -> impl Strategy<Value = Item> {
    let paging = (ident(), vec(clause(), 0..4))
        .prop_map(|(name, clauses)| ItemKind::Paging(Paging { name, clauses }));
    let kind = prop_oneof![4 => place(), 4 => small_item(), 1 => param(), 1 => split(), 1 => paging, 1 => expect()];
    (docs(), kind, any::<bool>()).prop_map(|(docs, kind, blank_before)| Item {
        docs,
        kind,
        span: Span::default(),
        blank_before,
    })
}

/// A file that is shown as its text when a test fails.
#[derive(Clone)]
pub(super) struct Shown(pub(super) File);

impl std::fmt::Debug for Shown {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&crate::print(&self.0))
    }
}

/// Any file, without comments.
pub(super) fn file() -> impl Strategy<Value = Shown> {
    (docs(), vec(item(), 0..5)).prop_map(|(docs, items)| {
        Shown(File {
            docs,
            items,
            ..File::default()
        })
    })
}

//! Random layouts of two spaces of 256 bytes: small enough that every byte for every parameter value can be looked at.

use proptest::prelude::*;
use std::fmt::Write as _;

/// The spaces' names and the format are always the same; with `paged`, pages have 16 bytes.
#[derive(Debug, Clone)]
pub(crate) struct Plan {
    paged: bool,
    a: (u32, u32, u32),
    b: Vec<u32>,
    b_default: usize,
    n: (u32, u32),
    c: bool,
    assume: Option<String>,
    zones: Vec<Piece>,
    items: Vec<Piece>,
    /// The size of a zone that the first window shows all of.
    direct: Option<String>,
    /// The author's laws: the left is at most the right.
    claims: Vec<(String, String)>,
}

/// What an item is made of; numbers choose among what there is.
#[derive(Debug, Clone)]
struct Piece {
    role: u32,
    start: String,
    size: String,
    at: String,
    step: String,
    /// Where it begins in what holds it.
    inner: String,
    when: Option<String>,
    optional: bool,
    near: Option<u32>,
    alias: Option<u32>,
    inside: u32,
}

/// A size: a number, a parameter, or a little arithmetic.
fn size() -> impl Strategy<Value = String> {
    let leaf = prop_oneof![
        8 => (1_u32..6).prop_map(|n| (n * 16).to_string()),
        1 => (0_u32..16).prop_map(|n| (n * 8).to_string()),
        3 => Just("A".to_owned()),
        3 => Just("B".to_owned()),
        1 => Just("N * U".to_owned()).prop_map(|t| format!("({t})")),
    ];
    leaf.prop_recursive(2, 3, 2, |inner| {
        let pair = (inner.clone(), inner.clone());
        prop_oneof![
            8 => pair.clone().prop_map(|(x, y)| format!("({x} + {y})")),
            2 => pair.clone().prop_map(|(x, y)| format!("({x} - {y})")),
            8 => pair.clone().prop_map(|(x, y)| format!("min({x}, {y})")),
            8 => pair.clone().prop_map(|(x, y)| format!("max({x}, {y})")),
            8 => (condition(), pair).prop_map(|(c, (x, y))| format!("(if {c} {{ {x} }} else {{ {y} }})")),
            4 => (inner.clone(), 4_u32..7).prop_map(|(x, k)| format!("align_up({x}, {})", 1 << k)),
            4 => (inner.clone(), 4_u32..7).prop_map(|(x, k)| format!("align_down({x}, {})", 1 << k)),
            4 => (inner.clone(), 1_u32..4).prop_map(|(x, k)| format!("({x} * {k})")),
            1 => inner.prop_map(|x| format!("({x} / N)")),
        ]
    })
}

fn condition() -> impl Strategy<Value = String> {
    prop_oneof![
        Just("C".to_owned()),
        Just("!C".to_owned()),
        Just("A <= B".to_owned()),
        Just("A != B".to_owned()),
        (0_u32..6).prop_map(|n| format!("A < {}", n * 16)),
        (0_u32..4).prop_map(|n| format!("N == {n}")),
        Just("C && A < B".to_owned()),
        Just("C || N > 1".to_owned()),
    ]
}

fn piece() -> impl Strategy<Value = Piece> {
    let inner = (0_u32..3).prop_map(|n| (n * 16).to_string());
    let texts = (
        size(),
        size(),
        prop_oneof![1 => size(), 2 => Just("0".to_owned()), 1 => Just("(0 - 16)".to_owned())],
        inner,
        prop_oneof![Just("U"), Just("2 * U"), Just("A"), Just("B")],
    );
    let choices = (
        proptest::option::weighted(0.1, condition()),
        proptest::bool::weighted(0.3),
        proptest::option::weighted(0.85, 0_u32..6),
        proptest::option::weighted(0.7, 0_u32..6),
    );
    (0_u32..12, texts, choices, 0_u32..6).prop_map(
        |(role, (start, size, at, inner, step), (when, optional, near, alias), inside)| Piece {
            role,
            start,
            size,
            at,
            step: step.to_owned(),
            inner,
            when,
            optional,
            near,
            alias,
            inside,
        },
    )
}

/// Layouts.
pub(crate) fn plans() -> impl Strategy<Value = Plan> {
    let params = (
        (
            prop_oneof![1 => Just(0_u32), 6 => 1_u32..5],
            1_u32..4,
            prop_oneof![6 => Just(16_u32), 1 => Just(8)],
        ),
        proptest::collection::btree_set(
            prop_oneof![1 => Just(0_u32), 12 => (1_u32..6).prop_map(|n| n * 16)],
            1..4,
        ),
        any::<proptest::sample::Index>(),
        (prop_oneof![1 => Just(0_u32), 5 => Just(1)], 1_u32..4),
        any::<bool>(),
    );
    let rest = (
        any::<bool>(),
        proptest::option::weighted(0.15, condition()),
        proptest::collection::vec(piece(), 1..3),
        proptest::collection::vec(piece(), 0..5),
        proptest::option::weighted(0.8, size()),
        proptest::option::weighted(0.3, (size(), size())),
    );
    (params, rest).prop_map(
        |((a, b, pick, n, c), (paged, assume, zones, items, direct, claim))| {
            let b: Vec<u32> = b.into_iter().collect();
            // Several laws, of which some are wrong: its opposite, and one about another size.
            let claims = claim.map_or_else(Vec::new, |(left, right)| {
                let zone = zones[0].size.clone();
                vec![
                    (left.clone(), right.clone()),
                    (right, left.clone()),
                    (left, zone),
                ]
            });
            let b_default = pick.index(b.len());
            Plan {
                paged,
                a,
                b,
                b_default,
                n,
                c,
                assume,
                zones,
                items,
                direct,
                claims,
            }
        },
    )
}

impl Plan {
    /// As a layout file.
    pub(crate) fn text(&self) -> String {
        let mut text = String::new();
        self.params(&mut text);
        // What may be named by later ones: its name, whether it is a family, whether it holds others.
        let mut earlier: Vec<(String, bool, bool)> = Vec::new();
        match &self.direct {
            Some(size) => {
                let _ = writeln!(text, "zone   z0 in physical : 0 .. +{size};");
                text.push_str("window direct in linear : 0 .. +z0.size -> physical at 0;\n");
                earlier.push(("direct".to_owned(), false, true));
            }
            None => self.zones(&mut text),
        }
        for (at, piece) in self.items.iter().enumerate() {
            let linear = self.item(&mut text, at, piece, &earlier);
            earlier.push((format!("i{at}"), piece.role == 9, linear));
        }
        for (at, (left, right)) in self.claims.iter().enumerate() {
            let _ = writeln!(text, "assert {left} <= {right}, \"{at}\";");
        }
        text
    }

    fn zones(&self, text: &mut String) {
        for (at, zone) in self.zones.iter().enumerate() {
            let start = if at == 0 {
                "0".to_owned()
            } else {
                format!("z{}.end", at - 1)
            };
            let optional = if zone.optional { " optional" } else { "" };
            let _ = writeln!(
                text,
                "zone   z{at} in physical : {start} .. +{}{optional};",
                zone.size
            );
        }
    }

    fn params(&self, text: &mut String) {
        let (low, count, step) = self.a;
        let (low, high) = (low * 16, low * 16 + count * step);
        let _ = writeln!(
            text,
            "config A : size = {} in {low} ..= {high} step {step};",
            low + step
        );
        let list: Vec<String> = self.b.iter().map(u32::to_string).collect();
        let _ = writeln!(
            text,
            "boot   B : size = {} in {{ {} }};",
            self.b[self.b_default],
            list.join(", ")
        );
        let (low, high) = self.n;
        let _ = writeln!(text, "config N : int  = {high} in {low} ..= {high};");
        let _ = writeln!(text, "config C : bool = {};", self.c);
        text.push_str("let    U : size = 16;\n");
        if let Some(assume) = &self.assume {
            let _ = writeln!(text, "assume {assume};");
        }
        if self.paged {
            text.push_str("paging toy {\n    address 8 bits;\n    physical 8 bits;\n    entry 4 bytes { present [0] };\n");
            text.push_str("    level PT : va[7:4] -> leaf entry[7:4] << 4;\n}\n");
        }
        let paging = if self.paged { ", paging toy" } else { "" };
        let _ = writeln!(
            text,
            "space  physical : 8 bits;\nspace  linear   : 8 bits{paging}, to physical;"
        );
    }

    /// Writes one item; true when it is a linear window that may hold others.
    fn item(
        &self,
        text: &mut String,
        at: usize,
        piece: &Piece,
        earlier: &[(String, bool, bool)],
    ) -> bool {
        let named = |choice: u32| earlier.get(choice as usize % earlier.len().max(1));
        // Mostly after the last one, so that not everything meets everything.
        let last = earlier.len().saturating_sub(1) as u32;
        let near = piece.near.map(|near| if near < 5 { last } else { near });
        let start = match near.and_then(named) {
            Some((name, true, _)) => format!("{name}[0].end"),
            Some((name, false, _)) => format!("{name}.end"),
            None => piece.start.clone(),
        };
        let holders: Vec<&String> = earlier
            .iter()
            .filter(|(_, family, linear)| *linear && !*family)
            .map(|(name, ..)| name)
            .collect();
        let holder = holders.get(piece.inside as usize % holders.len().max(1));
        let when = piece
            .when
            .as_ref()
            .map_or_else(String::new, |when| format!(" when {when}"));
        let alias = match piece.alias.and_then(named) {
            Some((name, _, true)) => format!(" alias of {name} because \"a test\""),
            _ => String::new(),
        };
        let (size, target, inner) = (&piece.size, &piece.at, &piece.inner);
        let (line, holds) = match (piece.role, holder) {
            (0..=1, _) => (
                format!("guard  i{at} in linear : {start} .. +{size}"),
                false,
            ),
            (2, Some(holder)) => (
                format!("window i{at} in {holder} : {holder}.start + {inner} .. +{size}"),
                false,
            ),
            (3, Some(holder)) => (
                format!("guard  i{at} in {holder} : {holder}.start + {inner} .. +{size}"),
                false,
            ),
            (4, _) if self.paged => (
                format!("window i{at} in linear : {start} .. +{size} -> pages from z0"),
                false,
            ),
            (9, _) => (family(at, piece, &alias), true),
            _ => (
                format!(
                    "window i{at} in linear : {start} .. +{size} -> physical at {target}{alias}"
                ),
                true,
            ),
        };
        let optional = if piece.optional { " optional" } else { "" };
        let _ = writeln!(text, "{line}{when}{optional};");
        holds
    }
}

/// A family; what its expressions need must not depend on whether it has members.
fn family(at: usize, piece: &Piece, alias: &str) -> String {
    let of = |text: &str| text.replace(" / N", " / 1");
    let (start, size, target, step) = (
        of(&piece.start),
        of(&piece.size),
        of(&piece.at),
        &piece.step,
    );
    let range = format!("{start} + p * {step} .. +{size}");
    format!(
        "window i{at}[p in 0 .. N] in linear : {range} -> physical at {target} + p * {step}{alias}"
    )
}

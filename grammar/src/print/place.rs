//! Places as rows: `KIND name in parent : start .. end -> target clauses { attributes };`.

use crate::ast::{Alias, Covers, FixedSlot, Ident, Place, Span, Target, TargetKind, Text};

use super::attrs::attributes;
use super::comments::Comments;
use super::doc::{Doc, INDENT, WIDTH};
use super::expr::expr;
use super::list::{Break, Element, braces, commas};
use super::row::{Body, Cell, Joint, Table};
use super::words::{because, ident, prefixed, range};

pub(super) fn row<'a>(place: &'a Place, end: u32, comments: &Comments<'a>) -> Body<'a> {
    let (first, last) = range(&place.range, comments);
    let goal = place
        .target
        .as_ref()
        .map(|found| prefixed("-> ", target(found, comments)));
    let tail = tail(place, end, comments);
    let mut cells = vec![
        Cell::new(place.kind.word()),
        Cell::new(name(place, comments)),
        Cell::new(prefixed("in ", ident(&place.parent))),
        Cell::new(first),
        Cell::joined(last, Joint::Fit),
    ];
    let clauses = has_clauses(place);
    match goal {
        Some(goal) => cells.extend(mapped(place, goal, tail)),
        None if clauses && tail.flat().is_some() => {
            cells.push(Cell::joined(tail, Joint::Break).wide())
        }
        None => cells.push(Cell::new(tail).wide()),
    }
    Body::row(Table::Place, 3, cells)
}

/// The cells behind the range of a window: its target and what follows that.
///
/// In a broken row they are moved in as one. A list that is broken over lines begins on the line of the range instead.
fn mapped<'a>(place: &Place, goal: Doc<'a>, tail: Doc<'a>) -> [Cell<'a>; 2] {
    let fixed = matches!(
        &place.target,
        Some(Target {
            kind: TargetKind::Fixed { .. },
            ..
        })
    );
    let tail_joint = if has_clauses(place) {
        Joint::Fit
    } else {
        Joint::Blank
    };
    let Some(tail_text) = tail.flat() else {
        return [Cell::new(goal), Cell::joined(tail, tail_joint)];
    };
    // With a `;` and a blank between.
    let below = goal
        .flat()
        .map(|goal| INDENT + goal.chars().count() + tail_text.chars().count() + 2);
    if fixed && below.is_none_or(|width| width > WIDTH) {
        // The list is broken, not what follows it.
        return [Cell::new(goal), Cell::new(tail_text)];
    }
    [
        Cell::joined(goal, Joint::Break),
        Cell::joined(tail, tail_joint),
    ]
}

fn has_clauses(place: &Place) -> bool {
    place.because.is_some()
        || place.alias.is_some()
        || place.covers.is_some()
        || place.when.is_some()
        || place.optional.is_some()
}

fn name<'a>(place: &'a Place, comments: &Comments<'a>) -> Doc<'a> {
    let Some(family) = &place.family else {
        return ident(&place.name);
    };
    Doc::Seq(vec![
        ident(&place.name),
        Doc::from("["),
        ident(&family.var),
        Doc::from(" in "),
        expr(&family.low, comments),
        Doc::from(" .. "),
        expr(&family.high, comments),
        Doc::from("]"),
    ])
}

/// Everything after the target. Broken, each clause has a line of its own; attributes stay on the line of the last one, but
/// not behind a reason.
fn tail<'a>(place: &'a Place, end: u32, comments: &Comments<'a>) -> Doc<'a> {
    let mut docs = Vec::new();
    let mut put = |doc: Doc<'a>, joint: Doc<'a>| {
        if !docs.is_empty() {
            docs.push(joint);
        }
        docs.push(doc);
    };
    // Before `alias` and `covers`, which would take it for their own.
    if let Some(why) = &place.because {
        put(because(why), Doc::Line);
    }
    if let Some(found) = &place.alias {
        put(alias(found), Doc::Line);
    }
    if let Some(found) = &place.covers {
        put(covers(found), Doc::Line);
    }
    if let Some(when) = &place.when {
        put(prefixed("when ", expr(when, comments)), Doc::Line);
    }
    if place.optional.is_some() {
        let joint = if place.when.is_some() {
            Doc::from(" ")
        } else {
            Doc::Line
        };
        put(Doc::from("optional"), joint);
    }
    let attrs = attributes(
        &place.attrs,
        Span::new(before_attributes(place), end),
        comments,
    );
    if !attrs.is_empty() {
        let behind_reason = place.when.is_none() && place.optional.is_none();
        put(
            attrs,
            if behind_reason {
                Doc::Line
            } else {
                Doc::from(" ")
            },
        );
    }
    Doc::Group(docs)
}

/// The end of what stands before the attributes.
fn before_attributes(place: &Place) -> u32 {
    let ends = [
        Some(place.range.span),
        place.target.as_ref().map(|target| target.span),
        place.because.as_ref().map(|why| why.span),
        place.covers.as_ref().map(|covers| covers.span),
        place.alias.as_ref().map(|alias| alias.span),
        place.when.as_ref().map(|when| when.span),
        place.optional,
    ];
    ends.into_iter()
        .flatten()
        .map(|span| span.end)
        .max()
        .unwrap_or(0)
}

fn alias(alias: &Alias) -> Doc<'_> {
    let what = Doc::Seq(vec![Doc::from("alias of "), names(&alias.of)]);
    with_reason(what, alias.because.as_ref())
}

fn covers(covers: &Covers) -> Doc<'_> {
    let what = match &covers.what {
        Some(list) => Doc::Seq(vec![
            Doc::from("covers ["),
            commas(list.iter().map(ident)),
            Doc::from("]"),
        ]),
        None => Doc::from("covers all"),
    };
    with_reason(what, covers.because.as_ref())
}

/// A clause with its reason on the same line, or below it.
fn with_reason<'a>(what: Doc<'a>, why: Option<&'a Text>) -> Doc<'a> {
    let mut docs = vec![what];
    if let Some(why) = why {
        docs.push(Doc::Group(vec![Doc::Line, because(why)]));
    }
    Doc::Group(docs)
}

fn names(names: &[Ident]) -> Doc<'_> {
    Doc::Group(vec![commas(names.iter().map(ident))])
}

fn target<'a>(target: &'a Target, comments: &Comments<'a>) -> Doc<'a> {
    match &target.kind {
        TargetKind::Linear { space, at, repeat } => {
            let mut docs = vec![ident(space), Doc::from(" at "), expr(at, comments)];
            if let Some(repeat) = repeat {
                docs.extend([Doc::from(" repeat "), expr(repeat, comments)]);
            }
            Doc::Seq(docs)
        }
        TargetKind::Pages { from, or_device } => {
            let device = Doc::from(if *or_device { " or device" } else { "" });
            Doc::Seq(vec![Doc::from("pages from "), names(from), device])
        }
        TargetKind::Slots { count, from } => Doc::Seq(vec![
            Doc::from("slots "),
            expr(count, comments),
            Doc::from(" from "),
            names(from),
        ]),
        TargetKind::Fixed { slots } => {
            let elements = slots
                .iter()
                .map(|slot| fixed_slot(slot, comments))
                .collect();
            // The list's brace is the target's last character; the word before it holds no comments of the list.
            prefixed(
                "fixed ",
                braces(comments, elements, target.span, Break::Fill),
            )
        }
        TargetKind::Device { of } if of.is_empty() => Doc::from("device"),
        TargetKind::Device { of } => prefixed("device of ", names(of)),
        TargetKind::Table { element, per, of } => Doc::Seq(vec![
            Doc::from("table of "),
            expr(element, comments),
            Doc::from(" per "),
            expr(per, comments),
            Doc::from(" of "),
            ident(of),
        ]),
        TargetKind::Tables { of, level, entry } => Doc::Seq(vec![
            Doc::from("tables of "),
            ident(of),
            Doc::from(" via "),
            ident(level),
            Doc::from("["),
            expr(entry, comments),
            Doc::from("]"),
        ]),
    }
}

fn fixed_slot<'a>(slot: &'a FixedSlot, comments: &Comments<'a>) -> Element<'a> {
    let mut docs = vec![ident(&slot.name)];
    let mut span = slot.name.span;
    if let Some(count) = &slot.count {
        docs.extend([Doc::from("["), expr(count, comments), Doc::from("]")]);
        span = span.to(count.span);
    }
    Element {
        docs: &slot.docs,
        span,
        doc: Doc::Seq(docs),
    }
}

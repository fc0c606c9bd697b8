//! What nothing else refers to: segments, examples and variants.

use super::{
    ExpectDecl, OutcomeDecl, Resolver, SegmentDecl, VariantDecl, Written, attribute,
    duplicate_name, names, shadows_builtin, unknown_name, variant_cycle,
};
use crate::load::Loaded;
use crate::model::{FaultKind, ItemKind};
use crate::source::{FileId, Loc};
use mapwright_grammar::ast::{self, Ident, ItemKind as Ast, Outcome, PlaceKind};
use mapwright_grammar::words::Owner;

/// The faults that an example may name.
const FAULTS: &[(&str, FaultKind)] = &[
    ("unmapped", FaultKind::Unmapped),
    ("guard", FaultKind::Guard),
    ("hole", FaultKind::Hole),
    ("non_canonical", FaultKind::NonCanonical),
    ("out_of_space", FaultKind::OutOfSpace),
];

const WINDOW: ItemKind = ItemKind::Place(PlaceKind::Window);
const AREA: ItemKind = ItemKind::Place(PlaceKind::Area);
const GUARD: ItemKind = ItemKind::Place(PlaceKind::Guard);
const HOLE: ItemKind = ItemKind::Place(PlaceKind::Hole);

impl<'a> Resolver<'a> {
    /// Declares variants and examples and segments, in the order of the files.
    pub(super) fn bind_rest(&mut self, loaded: &'a Loaded) {
        for file in &loaded.files {
            for item in &file.ast.items {
                let written = Written {
                    file: file.id,
                    loc: Loc {
                        file: file.id,
                        span: item.span,
                    },
                    docs: &item.docs,
                    what: (),
                };
                // What is wrong has had its message and is left out.
                let _ = match &item.kind {
                    Ast::Expect(expect) => self.bind_expect(written, expect),
                    Ast::Variant { name, base, with } => {
                        self.declare_variant(written, name, base, with)
                    }
                    Ast::Segment { .. } => self.bind_segment(written, &item.kind),
                    _ => None,
                };
            }
        }
        self.bind_bases();
    }

    fn bind_expect(&mut self, written: Written<'a, ()>, expect: &'a ast::Expect) -> Option<()> {
        let file = written.file;
        let space = self.space_named(&expect.space, file);
        let outcome = self.outcome(file, &expect.outcome);
        self.out.expects.push(written.with(ExpectDecl {
            space: space?,
            address: &expect.address,
            outcome: outcome?,
            with: &expect.with,
        }));
        Some(())
    }

    fn outcome(&mut self, file: FileId, outcome: &'a Outcome) -> Option<OutcomeDecl<'a>> {
        match outcome {
            Outcome::Mapped {
                space,
                address,
                window,
            } => {
                let space = self.space_named(space, file);
                let window = match window {
                    Some(name) => Some(self.place_named(name, file, PlaceKind::Window)?),
                    None => None,
                };
                Some(OutcomeDecl::Mapped(space?, address, window))
            }
            Outcome::Dynamic { name } => {
                let kinds = [ItemKind::Part, WINDOW, AREA];
                let found = self.item_named(name, file, "part, window or area", &kinds);
                found.map(OutcomeDecl::Dynamic)
            }
            Outcome::Fault { kind, name } => self.fault(file, kind, name.as_ref()),
        }
    }

    fn fault(
        &mut self,
        file: FileId,
        kind: &Ident,
        name: Option<&Ident>,
    ) -> Option<OutcomeDecl<'a>> {
        let Some((_, fault)) = FAULTS.iter().find(|(word, _)| *word == kind.text) else {
            let loc = Loc {
                file,
                span: kind.span,
            };
            let words = FAULTS.iter().map(|(word, _)| *word);
            let unknown = unknown_name::among(&kind.text, "fault", loc, words);
            self.diagnostics.push(unknown);
            return None;
        };
        let item = match name {
            Some(name) => Some(match fault {
                FaultKind::Guard => self.item_named(name, file, "guard", &[GUARD])?,
                FaultKind::Hole => self.item_named(name, file, "hole", &[HOLE])?,
                _ => self.item_named(name, file, "part", &[ItemKind::Part])?,
            }),
            None => None,
        };
        Some(OutcomeDecl::Fault(*fault, item))
    }

    fn declare_variant(
        &mut self,
        written: Written<'a, ()>,
        name: &'a Ident,
        base: &'a Ident,
        with: &'a [(Ident, ast::Expr)],
    ) -> Option<()> {
        let loc = written.at(name.span);
        if let Some(meaning) = names::built_in(&name.text) {
            let taken = shadows_builtin::of(&name.text, "variant", meaning, loc);
            self.diagnostics.push(taken);
            return None;
        }
        let earlier = self
            .out
            .variants
            .iter()
            .find(|v| v.what.name.text == name.text);
        if let Some(first) = earlier.map(|first| first.at(first.what.name.span)) {
            let twice = duplicate_name::of(&name.text, "variant", loc, "variant", first);
            self.diagnostics.push(twice);
            return None;
        }
        self.variant_bases.push(base);
        let what = VariantDecl {
            name,
            base: None,
            with,
        };
        self.out.variants.push(written.with(what));
        Some(())
    }

    /// Binds the bases of variants and brings each behind its base.
    fn bind_bases(&mut self) {
        let count = self.out.variants.len();
        let mut bases: Vec<Option<usize>> = (0..count).map(|at| self.base_of(at)).collect();
        let mut order: Vec<usize> = Vec::with_capacity(count);
        let mut done = vec![false; count];
        for start in 0..count {
            let mut path = Vec::new();
            let mut next = Some(start);
            while let Some(at) = next.filter(|&at| !done[at]) {
                if let Some(first) = path.iter().position(|&seen| seen == at) {
                    self.variant_circle(&path[first..]);
                    // Cut there, so that what is based on the circle is not reported too.
                    bases[at] = None;
                    break;
                }
                path.push(at);
                next = bases[at];
            }
            for at in path
                .into_iter()
                .rev()
                .filter(|&at| !std::mem::replace(&mut done[at], true))
            {
                order.push(at);
            }
        }
        let new_place = |old: usize| order.iter().position(|&at| at == old);
        let sorted = order.iter().map(|&old| {
            let mut variant = self.out.variants[old];
            variant.what.base = bases[old].and_then(new_place);
            variant
        });
        self.out.variants = sorted.collect();
    }

    fn base_of(&mut self, at: usize) -> Option<usize> {
        let base = self.variant_bases[at];
        if base.text == "default" {
            return None;
        }
        let names = self.out.variants.iter().map(|v| v.what.name.text.as_str());
        let own = self.out.variants[at].what.name.text.as_str();
        if let Some(found) = names.clone().position(|name| name == base.text) {
            return Some(found);
        }
        let loc = self.out.variants[at].at(base.span);
        if !self.out.names.excused(&base.text) {
            let others = names.filter(|name| *name != own).chain(["default"]);
            let unknown = unknown_name::among(&base.text, "variant", loc, others);
            self.diagnostics.push(unknown);
        }
        None
    }

    fn variant_circle(&mut self, members: &[usize]) {
        let hop = |&at: &usize| {
            let variant = &self.out.variants[at];
            let name = variant.what.name.text.clone();
            (name, variant.at(self.variant_bases[at].span))
        };
        let hops: Vec<_> = members.iter().map(hop).collect();
        self.diagnostics.push(variant_cycle::of(&hops));
    }

    fn bind_segment(&mut self, written: Written<'a, ()>, item: &'a Ast) -> Option<()> {
        let Ast::Segment {
            name,
            table,
            index,
            class,
            attrs,
        } = item
        else {
            return None;
        };
        let file = written.file;
        let keys = ["base", "limit", "dpl"];
        let known = self.known_keys(file, Owner::Segment, attrs);
        let mut found = [None; 3];
        for (key, place) in keys.iter().zip(&mut found) {
            let attr = known.iter().find(|(attribute, _)| attribute.key == *key);
            *place = match attr {
                Some((_, attr)) => self.number(file, attr, "a number"),
                // A key that is misspelt has had its message.
                None if known.len() < attrs.len() => None,
                None => {
                    let loc = written.at(name.span);
                    let missing = attribute::missing(key, "segment", &name.text, loc);
                    self.diagnostics.push(missing);
                    None
                }
            };
        }
        let local = self.word_among(file, table, "descriptor table", ["gdt", "ldt"]);
        let data = self.word_among(file, class, "class of segment", ["code", "data"]);
        let [base, limit, dpl] = found;
        self.out.segments.push(written.with(SegmentDecl {
            name,
            local: local?,
            index,
            code: !data?,
            base: base?,
            limit: limit?,
            dpl: dpl?,
        }));
        Some(())
    }

    /// Whether `word` is the second of two; a message when it is neither.
    fn word_among(
        &mut self,
        file: FileId,
        word: &Ident,
        noun: &str,
        words: [&str; 2],
    ) -> Option<bool> {
        let found = words.iter().position(|known| *known == word.text);
        if found.is_none() {
            let loc = Loc {
                file,
                span: word.span,
            };
            let unknown = unknown_name::among(&word.text, noun, loc, words);
            self.diagnostics.push(unknown);
        }
        found.map(|at| at == 1)
    }
}

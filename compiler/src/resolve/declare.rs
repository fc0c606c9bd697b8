//! The first pass: every declaration gets its place and its name.

use super::{
    ClaimDecl, ExportDecl, ItemDecl, LetDecl, Meaning, Name, Resolver, SpaceDecl, SplitDecl,
    TargetDecl, Written, duplicate_name, names, shadows_builtin,
};
use crate::load::Loaded;
use crate::model::{self, Enum, EnumId, FormatId, ItemId, ItemKind, SpaceId};
use crate::source::{FileId, Loc};
use mapwright_grammar::ast::{self, Ident, ItemKind as Ast, Span};
use std::collections::BTreeMap;

/// The number of the next element of a list, as the ids of the model count.
fn next<T>(list: &[T]) -> u32 {
    u32::try_from(list.len()).expect("a file of 16 MiB declares fewer")
}

impl<'a> Resolver<'a> {
    /// Declares the items of all files.
    pub(super) fn declare_all(&mut self, loaded: &'a Loaded) {
        for file in &loaded.files {
            for item in &file.ast.items {
                self.declare(file.id, item);
            }
        }
        if let Some(main) = loaded.main() {
            self.out.doc = main.ast.docs.join("\n");
        }
        self.unique_exports();
    }

    /// Takes a name; `None`, with a message, when it cannot be had.
    fn take(&mut self, name: &Ident, loc: Loc, noun: &'static str, is: Name) -> Option<()> {
        if let Some(meaning) = names::built_in(&name.text) {
            let diagnostic = shadows_builtin::of(&name.text, noun, meaning, loc);
            self.diagnostics.push(diagnostic);
            // Whoever names it means this declaration, which has had its message.
            self.out.names.broken.push(name.text.clone());
            return None;
        }
        let meaning = Meaning {
            name: is,
            noun,
            loc,
        };
        if let Err(first) = self.out.names.add(&name.text, meaning) {
            let diagnostic = duplicate_name::of(&name.text, noun, loc, first.noun, first.loc);
            self.diagnostics.push(diagnostic);
            return None;
        }
        Some(())
    }

    fn declare(&mut self, file: FileId, item: &'a ast::Item) -> Option<()> {
        let at = |span: Span| Loc { file, span };
        let loc = at(item.span);
        let written = Written {
            file,
            loc,
            docs: &item.docs,
            what: (),
        };
        match &item.kind {
            Ast::Param(param) => {
                let id = Name::Param(self.out.params.len());
                self.take(&param.name, at(param.name.span), "parameter", id)?;
                self.out.params.push(written.with(param));
            }
            Ast::Let { name, kind, value } => {
                let id = Name::Let(self.out.lets.len());
                self.take(name, at(name.span), "named value", id)?;
                let kind = kind.as_ref();
                self.out
                    .lets
                    .push(written.with(LetDecl { name, kind, value }));
            }
            Ast::Enum { name, variants } => {
                let id = Name::Enum(EnumId(next(&self.out.enums)));
                self.take(name, at(name.span), "enum", id)?;
                self.declare_enum(written, name, variants);
            }
            Ast::Paging(paging) => {
                let id = Name::Format(FormatId(next(&self.out.formats)));
                self.take(&paging.name, at(paging.name.span), "paging format", id)?;
                self.out.formats.push(written.with(paging));
            }
            Ast::Space { .. } => self.declare_space(written, &item.kind)?,
            Ast::Segment { name, .. } => {
                self.take(name, at(name.span), "segment", Name::Segment)?;
            }
            Ast::Split { space, parts } => self.declare_split(file, loc, space, parts),
            Ast::Place(place) => self.declare_place(written, place)?,
            Ast::Assume { cond, why } => {
                let why = why.as_ref();
                self.out.assumes.push(written.with(ClaimDecl { cond, why }));
            }
            Ast::Assert { cond, why } => {
                let why = why.as_ref();
                self.out.asserts.push(written.with(ClaimDecl { cond, why }));
            }
            Ast::Export { name, value } => {
                self.out
                    .exports
                    .push(written.with(ExportDecl { name, value }));
            }
            // Bound in the last pass: nothing refers to them.
            Ast::Use { .. } | Ast::Expect(_) | Ast::Variant { .. } => {}
        }
        Some(())
    }

    fn declare_space(&mut self, written: Written<'a, ()>, item: &'a Ast) -> Option<()> {
        let Ast::Space {
            name,
            bits,
            paging,
            to,
        } = item
        else {
            return None;
        };
        let id = Name::Space(SpaceId(next(&self.out.spaces)));
        self.take(name, written.at(name.span), "space", id)?;
        self.out.spaces.push(written.with(SpaceDecl {
            name,
            bits,
            paging: paging.as_ref(),
            to_name: to.as_ref(),
            to: None,
        }));
        Some(())
    }

    fn declare_enum(
        &mut self,
        written: Written<'a, ()>,
        name: &'a Ident,
        variants: &'a [(Vec<String>, Ident)],
    ) {
        let mut seen: BTreeMap<&str, Loc> = BTreeMap::new();
        let mut choices = Vec::new();
        for (docs, choice) in variants {
            let loc = written.at(choice.span);
            match seen.get(choice.text.as_str()) {
                Some(&first) => {
                    let twice = duplicate_name::of(&choice.text, "choice", loc, "choice", first);
                    self.diagnostics.push(twice);
                }
                None => {
                    seen.insert(&choice.text, loc);
                    choices.push((choice.text.clone(), docs.join("\n")));
                }
            }
        }
        self.out.enums.push(Enum {
            name: name.text.clone(),
            variants: choices,
            loc: written.at(name.span),
            doc: written.doc(),
        });
    }

    fn declare_split(&mut self, file: FileId, loc: Loc, space: &'a Ident, parts: &'a [ast::Part]) {
        let mut ids = Vec::new();
        for part in parts {
            let id = ItemId(next(&self.out.items));
            let name_loc = Loc {
                file,
                span: part.name.span,
            };
            if self
                .take(&part.name, name_loc, "part", Name::Item(id))
                .is_none()
            {
                continue;
            }
            ids.push(id);
            self.out.items.push(ItemDecl {
                file,
                loc: Loc {
                    file,
                    span: part.span,
                },
                docs: &part.docs,
                kind: ItemKind::Part,
                written_attrs: &part.attrs,
                place: None,
                ..ItemDecl::new(&part.name, &part.range, file)
            });
        }
        self.out.splits.push(SplitDecl {
            loc,
            space_name: space,
            space: None,
            parts: ids,
        });
    }

    fn declare_place(&mut self, written: Written<'a, ()>, place: &'a ast::Place) -> Option<()> {
        let id = ItemId(next(&self.out.items));
        let kind = ItemKind::Place(place.kind);
        let name_loc = written.at(place.name.span);
        self.take(&place.name, name_loc, kind.word(), Name::Item(id))?;
        self.out.items.push(ItemDecl {
            loc: written.loc,
            docs: written.docs,
            kind,
            written_attrs: &place.attrs,
            place: Some(place),
            ..ItemDecl::new(&place.name, &place.range, written.file)
        });
        Some(())
    }

    /// Exports have a list of their own: the names of generated code.
    fn unique_exports(&mut self) {
        let mut seen: BTreeMap<&str, Loc> = BTreeMap::new();
        let mut twice = Vec::new();
        self.out.exports.retain(|export| {
            let name = export.what.name;
            let loc = export.at(name.span);
            match seen.get(name.text.as_str()) {
                Some(&first) => {
                    twice.push(duplicate_name::of(
                        &name.text, "export", loc, "export", first,
                    ));
                    false
                }
                None => {
                    seen.insert(&name.text, loc);
                    true
                }
            }
        });
        self.diagnostics.extend(twice);
    }
}

impl<'a> Written<'a, ()> {
    /// The same place with something written there.
    pub(super) fn with<T>(self, what: T) -> Written<'a, T> {
        Written {
            file: self.file,
            loc: self.loc,
            docs: self.docs,
            what,
        }
    }
}

impl<'a> ItemDecl<'a> {
    fn new(name: &'a Ident, range: &'a ast::Range, file: FileId) -> Self {
        Self {
            file,
            loc: Loc {
                file,
                span: name.span,
            },
            docs: &[],
            kind: ItemKind::Part,
            name,
            range,
            written_attrs: &[],
            place: None,
            space: None,
            parent: None,
            target: TargetDecl::None,
            because: None,
            alias: None,
            covers: None,
            attrs: model::Attrs::default(),
            guard: None,
            page: None,
            reach: None,
        }
    }
}

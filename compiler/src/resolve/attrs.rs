//! Attributes: which key belongs to what, and the words that are their values.

use super::{Resolver, attribute};
use crate::model::{ItemId, ItemKind, Mode, Rights, Sharing};
use crate::source::{FileId, Loc};
use mapwright_grammar::ast::{Attr, AttrValue, Expr, ExprKind, Ident, PlaceKind};

/// The attributes of every kind of range that has some.
const KEYS: &[(ItemKind, &[&str])] = &[
    (ItemKind::Part, &["access", "tables"]),
    (
        ItemKind::Place(PlaceKind::Window),
        &["access", "global", "guard", "page"],
    ),
    (
        ItemKind::Place(PlaceKind::Area),
        &["access", "global", "guard", "page", "grows", "backing"],
    ),
    (
        ItemKind::Place(PlaceKind::Zone),
        &["fallback", "reach", "unreached"],
    ),
];

fn keys_of(kind: ItemKind) -> &'static [&'static str] {
    let found = KEYS.iter().find(|(of, _)| *of == kind);
    found.map_or(&[], |(_, keys)| keys)
}

/// A single word as the value.
fn word(attr: &Attr) -> Option<&str> {
    match &attr.value {
        AttrValue::Expr(Expr {
            kind: ExprKind::Name(name),
            ..
        }) => Some(name),
        _ => None,
    }
}

/// Where the value stands; the key, when there is none.
fn value_loc(file: FileId, attr: &Attr) -> Loc {
    let span = match &attr.value {
        AttrValue::Flag => attr.name.span,
        AttrValue::Expr(expr) => expr.span,
        AttrValue::Text(text) => text.span,
        AttrValue::List(list) => match (list.first(), list.last()) {
            (Some(first), Some(last)) => first.span.to(last.span),
            _ => attr.name.span,
        },
    };
    Loc { file, span }
}

/// `r`, `w`, `x`, each at most once and in this order.
fn rights(letters: &str) -> Option<Rights> {
    let access = mapwright_runtime::Access::from_letters(letters)?;
    Some(Rights {
        read: access.read,
        write: access.write,
        execute: access.execute,
    })
}

impl<'a> Resolver<'a> {
    /// Binds the attributes of all items; `order` has parents before what lies in them.
    pub(super) fn bind_attributes(&mut self, order: &[ItemId]) {
        for at in 0..self.out.items.len() {
            let item = &self.out.items[at];
            let (file, kind, attrs) = (item.file, item.kind, item.written_attrs);
            let keys = keys_of(kind);
            for attr in self.known_keys(file, kind.word(), keys, attrs) {
                self.bind_attribute(at, attr);
            }
        }
        for id in order {
            self.inherit_mode(id.index());
        }
    }

    /// The attributes whose keys are known and not repeated; messages about the others.
    pub(super) fn known_keys(
        &mut self,
        file: FileId,
        noun: &str,
        keys: &[&str],
        attrs: &'a [Attr],
    ) -> Vec<&'a Attr> {
        let mut known: Vec<&Attr> = Vec::new();
        for attr in attrs {
            let key = attr.name.text.as_str();
            let at = |name: &Ident| Loc {
                file,
                span: name.span,
            };
            let loc = at(&attr.name);
            if !keys.contains(&key) {
                let other = KEYS.iter().find(|(_, keys)| keys.contains(&key));
                let elsewhere = other.map(|(kind, _)| kind.word());
                let unknown = attribute::unknown(key, noun, keys, elsewhere, loc);
                self.diagnostics.push(unknown);
            } else if let Some(first) = known.iter().find(|first| first.name.text == key) {
                let twice = attribute::twice(key, loc, at(&first.name));
                self.diagnostics.push(twice);
            } else {
                known.push(attr);
            }
        }
        known
    }

    /// The message for a value that is not among `words`.
    fn wrong_value(&mut self, file: FileId, attr: &Attr, wanted: &str, words: &[&str]) {
        let loc = value_loc(file, attr);
        let wrong = attribute::value(&attr.name.text, wanted, words, word(attr), loc);
        self.diagnostics.push(wrong);
    }

    /// The word among `words` that is the value.
    fn one_of(
        &mut self,
        file: FileId,
        attr: &Attr,
        words: &[&'static str],
    ) -> Option<(&'static str, Loc)> {
        let found = word(attr).and_then(|word| words.iter().find(|known| **known == word));
        match found {
            Some(found) => Some((found, value_loc(file, attr))),
            None => {
                self.wrong_value(file, attr, "one of a few words", words);
                None
            }
        }
    }

    /// The expression that is the value.
    pub(super) fn number(
        &mut self,
        file: FileId,
        attr: &'a Attr,
        wanted: &str,
    ) -> Option<&'a Expr> {
        if let AttrValue::Expr(expr) = &attr.value {
            return Some(expr);
        }
        self.wrong_value(file, attr, wanted, &[]);
        None
    }

    fn bind_attribute(&mut self, at: usize, attr: &'a Attr) {
        let item = &self.out.items[at];
        let (file, kind) = (item.file, item.kind);
        match (attr.name.text.as_str(), kind) {
            ("access", ItemKind::Part) => {
                let found = self.one_of(file, attr, &["user", "supervisor", "none"]);
                let mode = |word| match word {
                    "user" => Mode::User,
                    "supervisor" => Mode::Supervisor,
                    _ => Mode::Nobody,
                };
                let found = found.map(|(word, loc)| (mode(word), Some(loc)));
                self.out.items[at].attrs.mode = found;
            }
            ("access", _) => self.bind_rights(at, file, attr),
            ("tables", _) => {
                let found = self.one_of(file, attr, &["shared", "per_process"]);
                let sharing = |word| match word {
                    "shared" => Sharing::Shared,
                    _ => Sharing::PerProcess,
                };
                let found = found.map(|(word, loc)| (sharing(word), loc));
                self.out.items[at].attrs.tables = found;
            }
            ("grows", _) => {
                let found = self.one_of(file, attr, &["up", "down"]);
                let found = found.map(|(word, loc)| (word == "down", loc));
                self.out.items[at].attrs.grows_down = found;
            }
            ("backing", _) => {
                let found = self.one_of(file, attr, &["anon", "file"]);
                let found = found.map(|(word, loc)| (word == "file", loc));
                self.out.items[at].attrs.file_backed = found;
            }
            ("global", _) if attr.value == AttrValue::Flag => {
                self.out.items[at].attrs.global = Some(value_loc(file, attr));
            }
            ("global", _) => self.wrong_value(file, attr, "no value", &[]),
            ("guard", _) => self.out.items[at].guard = self.number(file, attr, "a size"),
            ("page", _) => self.out.items[at].page = self.number(file, attr, "a size"),
            ("reach", _) => self.out.items[at].reach = self.number(file, attr, "a size"),
            ("unreached", _) => match &attr.value {
                AttrValue::Text(why) => {
                    let found = Some((why.text.clone(), value_loc(file, attr)));
                    self.out.items[at].attrs.unreached = found;
                }
                _ => self.wrong_value(file, attr, "the reason as a text in quotes", &[]),
            },
            ("fallback", _) => self.bind_fallback(at, file, attr),
            // `known_keys` lets no other through.
            _ => {}
        }
    }

    fn bind_rights(&mut self, at: usize, file: FileId, attr: &Attr) {
        match word(attr).and_then(rights) {
            Some(rights) => {
                let loc = value_loc(file, attr);
                self.out.items[at].attrs.rights = Some((rights, loc));
            }
            None => {
                let words = ["r", "rw", "rx", "rwx"];
                self.wrong_value(file, attr, "letters of `rwx`, in this order", &words);
            }
        }
    }

    fn bind_fallback(&mut self, at: usize, file: FileId, attr: &Attr) {
        let list = match &attr.value {
            AttrValue::List(list) => list.as_slice(),
            AttrValue::Expr(one) => std::slice::from_ref(one),
            AttrValue::Flag | AttrValue::Text(_) => {
                self.wrong_value(file, attr, "a list of zones: `[NORMAL, DMA]`", &[]);
                return;
            }
        };
        let mut zones = Vec::new();
        for expr in list {
            let ExprKind::Name(text) = &expr.kind else {
                self.wrong_value(file, attr, "a list of zones: `[NORMAL, DMA]`", &[]);
                return;
            };
            let name = Ident {
                text: text.clone(),
                span: expr.span,
            };
            zones.extend(self.place_named(&name, file, PlaceKind::Zone));
        }
        let loc = value_loc(file, attr);
        self.out.items[at].attrs.fallback = Some((zones, loc));
    }

    /// What a part says about its users holds for everything in it.
    fn inherit_mode(&mut self, at: usize) {
        let Some(parent) = self.out.items[at].parent else {
            return;
        };
        if self.out.items[at].attrs.mode.is_none() {
            let mode = self.out.items[parent.index()].attrs.mode;
            self.out.items[at].attrs.mode = mode.map(|(mode, _)| (mode, None));
        }
    }
}

//! Attributes, bound to what they say. Which there are, on what, and what they take is declared in
//! [`mapwright_grammar::words`].

use super::{Resolver, attribute};
use crate::model::{Attrs, Cache, ItemId, Mode, Reason, Sharing};
use crate::source::{FileId, Loc};
use mapwright_grammar::ast::{Attr, AttrValue, Expr, ExprKind, Ident, PlaceKind, Text};
use mapwright_grammar::words::{ATTRIBUTES, Attribute, Owner, Takes, attributes_of};
use mapwright_runtime::Access;

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

/// What an attribute takes, read.
enum Value<'a> {
    /// The key alone.
    Flag,
    /// One of the words of its declaration.
    Word(&'static str),
    Rights(Access),
    Number(&'a Expr),
    Reason(&'a Text),
    Zones(Vec<ItemId>),
}

impl<'a> Resolver<'a> {
    /// Binds the attributes of all items; `order` has parents before what lies in them.
    pub(super) fn bind_attributes(&mut self, order: &[ItemId]) {
        for at in 0..self.out.items.len() {
            let item = &self.out.items[at];
            let (file, kind, attrs) = (item.file, item.kind, item.written_attrs);
            for (attribute, attr) in self.known_keys(file, kind.owner(), attrs) {
                self.bind_reason(at, file, attribute, attr);
                if let Some(value) = self.value(file, attribute, attr) {
                    self.bind(at, attribute.key, value, value_loc(file, attr));
                }
            }
        }
        for id in order {
            self.inherit_mode(id.index());
        }
    }

    /// The attributes whose keys are known and not repeated, with their declarations; messages about the others.
    pub(super) fn known_keys(
        &mut self,
        file: FileId,
        owner: Owner,
        attrs: &'a [Attr],
    ) -> Vec<(&'static Attribute, &'a Attr)> {
        let mut known: Vec<(&'static Attribute, &'a Attr)> = Vec::new();
        for attr in attrs {
            let key = attr.name.text.as_str();
            let at = |name: &Ident| Loc {
                file,
                span: name.span,
            };
            let loc = at(&attr.name);
            let Some(attribute) = attributes_of(owner).find(|declared| declared.key == key) else {
                let keys: Vec<&str> = attributes_of(owner).map(|declared| declared.key).collect();
                let other = ATTRIBUTES.iter().find(|declared| declared.key == key);
                let elsewhere = other.map(|declared| declared.on[0].word());
                let unknown = attribute::unknown(key, owner.word(), &keys, elsewhere, loc);
                self.diagnostics.push(unknown);
                continue;
            };
            if let Some((_, first)) = known.iter().find(|(_, first)| first.name.text == key) {
                let twice = attribute::twice(key, loc, at(&first.name));
                self.diagnostics.push(twice);
            } else {
                known.push((attribute, attr));
            }
        }
        known
    }

    /// The reason as written, with a message when it says nothing.
    pub(super) fn reason(&mut self, file: FileId, why: &Text) -> Option<Reason> {
        let loc = Loc {
            file,
            span: why.span,
        };
        if why.text.trim().is_empty() {
            self.diagnostics.push(attribute::no_reason(loc));
            return None;
        }
        Some(Reason {
            why: why.text.clone(),
            loc,
        })
    }

    fn bind_reason(&mut self, at: usize, file: FileId, attribute: &'static Attribute, attr: &Attr) {
        let Some(why) = &attr.because else { return };
        if let Some(reason) = self.reason(file, why) {
            let reasons = &mut self.out.items[at].attrs.reasons;
            reasons.push((attribute.key, reason));
        }
    }

    /// What stands behind the key, when it is what the attribute takes; otherwise a message.
    fn value(
        &mut self,
        file: FileId,
        attribute: &'static Attribute,
        attr: &'a Attr,
    ) -> Option<Value<'a>> {
        match (attribute.takes, &attr.value) {
            (Takes::Nothing, AttrValue::Flag) => return Some(Value::Flag),
            (Takes::Nothing, _) => self.wrong_value(file, attr, "no value", &[]),
            (Takes::Word(words), _) => return self.one_of(file, attr, words).map(Value::Word),
            (Takes::Rights, _) => match word(attr).and_then(Access::from_letters) {
                Some(rights) => return Some(Value::Rights(rights)),
                None => {
                    let words = ["r", "rw", "rx", "rwx"];
                    self.wrong_value(file, attr, "letters of `rwx`, in this order", &words);
                }
            },
            (Takes::Number(wanted), _) => {
                return self.number(file, attr, wanted).map(Value::Number);
            }
            (Takes::Reason, AttrValue::Text(why)) => return Some(Value::Reason(why)),
            (Takes::Reason, _) => {
                self.wrong_value(file, attr, "the reason as a text in quotes", &[]);
            }
            (Takes::Zones, _) => return self.zones(file, attr).map(Value::Zones),
        }
        None
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
        words: &'static [&'static str],
    ) -> Option<&'static str> {
        let found = word(attr).and_then(|word| words.iter().find(|known| **known == word));
        if found.is_none() {
            self.wrong_value(file, attr, "one of a few words", words);
        }
        found.copied()
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

    /// Puts the value of an attribute where the later stages look for it.
    fn bind(&mut self, at: usize, key: &str, value: Value<'a>, loc: Loc) {
        let item = &mut self.out.items[at];
        let attrs = &mut item.attrs;
        match (key, value) {
            ("global", Value::Flag) => attrs.global = Some(loc),
            ("everywhere", Value::Flag) => attrs.everywhere = Some(loc),
            (_, Value::Rights(rights)) => attrs.rights = Some((rights, loc)),
            (_, Value::Word(word)) => bind_word(attrs, key, word, loc),
            ("guard", Value::Number(size)) => item.guard = Some(size),
            ("page", Value::Number(size)) => item.page = Some(size),
            ("reach", Value::Number(size)) => item.reach = Some(size),
            ("unreached", Value::Reason(why)) => attrs.unreached = Some((why.text.clone(), loc)),
            ("needed", Value::Reason(why)) => attrs.needed = Some((why.text.clone(), loc)),
            (_, Value::Zones(zones)) => attrs.fallback = Some((zones, loc)),
            (_, Value::Flag | Value::Number(_) | Value::Reason(_)) => {
                unreachable!("`{key}` is declared in `words`, but says nothing here")
            }
        }
    }

    /// A list of zones, or one zone without brackets.
    fn zones(&mut self, file: FileId, attr: &Attr) -> Option<Vec<ItemId>> {
        let wanted = "a list of zones: `[NORMAL, DMA]`";
        let list = match &attr.value {
            AttrValue::List(list) => list.as_slice(),
            AttrValue::Expr(one) => std::slice::from_ref(one),
            AttrValue::Flag | AttrValue::Text(_) => {
                self.wrong_value(file, attr, wanted, &[]);
                return None;
            }
        };
        let mut zones = Vec::new();
        for expr in list {
            let ExprKind::Name(text) = &expr.kind else {
                self.wrong_value(file, attr, wanted, &[]);
                return None;
            };
            let name = Ident {
                text: text.clone(),
                span: expr.span,
            };
            zones.extend(self.place_named(&name, file, PlaceKind::Zone));
        }
        Some(zones)
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

/// An attribute whose value is a word.
fn bind_word(attrs: &mut Attrs, key: &str, word: &'static str, loc: Loc) {
    match (key, word) {
        ("access", "user") => attrs.mode = Some((Mode::User, Some(loc))),
        ("access", "supervisor") => attrs.mode = Some((Mode::Supervisor, Some(loc))),
        ("access", _) => attrs.mode = Some((Mode::Nobody, Some(loc))),
        ("tables", "shared") => attrs.tables = Some((Sharing::Shared, loc)),
        ("tables", _) => attrs.tables = Some((Sharing::PerProcess, loc)),
        ("grows", _) => attrs.grows_down = Some((word == "down", loc)),
        ("backing", _) => attrs.file_backed = Some((word == "file", loc)),
        ("map", _) => attrs.never_mapped = Some(loc),
        ("cache", _) => {
            let cache = Cache::ALL.into_iter().find(|cache| cache.word() == word);
            attrs.cache = cache.map(|cache| (cache, loc));
        }
        _ => unreachable!("`{key}: {word}` is declared in `words`, but says nothing here"),
    }
}

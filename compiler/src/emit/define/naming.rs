//! How targets name what is defined, and that each name has one owner.

use super::Entry;
use super::deciders::Decider;
use super::words::lower;
use crate::diagnostic::Diagnostic;
use crate::emit::collision::{Side, collision, reserved};
use crate::emit::fixed::Fixed;
use crate::model::Model;
use crate::source::Loc;
use crate::term::{TermId, VarId};
use std::collections::BTreeMap;

/// Names with their owners.
pub(in crate::emit) type Named = Vec<(String, Owner)>;

/// The rules by which a target names things.
#[derive(Debug, Clone, Copy)]
pub(in crate::emit) struct Naming {
    /// The targets that name by these, as the command line spells them.
    pub(in crate::emit) targets: &'static [&'static str],
    /// True when the values of boot parameters are fixed like those of the others.
    pub(in crate::emit) one_instance: bool,
    /// The name of what does not depend on boot parameters or members.
    pub(in crate::emit) constant: fn(&str) -> String,
    /// The name of what does.
    pub(in crate::emit) function: fn(&str) -> String,
    /// The name of a boot parameter.
    pub(in crate::emit) field: fn(&str) -> String,
    /// The name of a choice, of an enum and a choice.
    pub(in crate::emit) choice: fn(&str, &str) -> String,
    /// A name as it is written: words that the target keeps for itself need marks.
    pub(in crate::emit) escape: fn(&str) -> String,
    /// True when an export can have this name.
    pub(in crate::emit) can_be: fn(&str) -> bool,
    /// True for names that the generated code needs for itself.
    pub(in crate::emit) is_reserved: fn(&str) -> bool,
    /// The names of types, choices and fields.
    pub(in crate::emit) types: fn(&Model) -> Named,
    /// The names of functions besides those of values.
    pub(in crate::emit) functions: fn(&Model, &mut Fixed<'_>, &[Vec<Decider>]) -> Named,
}

/// Names that are taken, with who has them.
#[derive(Debug)]
pub(in crate::emit) struct Taken<'n> {
    naming: &'n Naming,
    /// The owners by name.
    pub(in crate::emit) by_name: BTreeMap<String, Owner>,
    /// Names that cannot be kept apart.
    pub(in crate::emit) told: Vec<Diagnostic>,
}

/// Who has a name.
#[derive(Debug, Clone)]
pub(in crate::emit) struct Owner {
    /// What it is.
    pub(in crate::emit) what: String,
    /// Where it is declared.
    pub(in crate::emit) loc: Loc,
    /// What makes two values the same: value, condition and family.
    pub(in crate::emit) same: Option<(TermId, TermId, Option<VarId>)>,
    /// It is an export: its name is its own.
    pub(in crate::emit) export: bool,
    /// How the layout's language writes its value; empty where it has no word for it.
    pub(in crate::emit) written: String,
}

impl Owner {
    /// The owner of a name that is no value's.
    pub(in crate::emit) const fn other(what: String, loc: Loc) -> Self {
        Self {
            what,
            loc,
            same: None,
            export: false,
            written: String::new(),
        }
    }

    /// The owner of an entry's name.
    pub(in crate::emit) fn of(entry: &Entry) -> Self {
        let what = if entry.exact {
            format!("export \"{}\"", entry.name)
        } else {
            lower(entry.brief.trim_end_matches('.'))
        };
        let family = entry.members.as_ref().map(|members| members.var);
        Self {
            what,
            loc: entry.loc,
            same: Some((entry.term, entry.exists, family)),
            export: entry.exact,
            written: entry.written.clone(),
        }
    }

    fn side(&self) -> Side<'_> {
        Side {
            what: &self.what,
            loc: self.loc,
            written: &self.written,
        }
    }
}

impl<'n> Taken<'n> {
    /// No name is taken.
    pub(in crate::emit) const fn new(naming: &'n Naming) -> Self {
        Self {
            naming,
            by_name: BTreeMap::new(),
            told: Vec::new(),
        }
    }

    /// Claims a name: true when it is to be written, false when something has it already. When that is an export or the
    /// same value, all is well; otherwise it is told.
    pub(in crate::emit) fn claim(&mut self, name: &str, owner: Owner) -> bool {
        if (self.naming.is_reserved)(name) {
            self.told.push(reserved(name, &owner.what, owner.loc));
            return false;
        }
        match self.by_name.get(name) {
            None => {
                self.by_name.insert(name.to_owned(), owner);
                true
            }
            Some(first) => {
                let yields = first.export && !owner.export && owner.same.is_some();
                let same = first.same.is_some() && first.same == owner.same;
                if !(yields || same) {
                    let message = collision(name, first.side(), owner.side());
                    self.told.push(message);
                }
                false
            }
        }
    }

    /// True when the owner of a name has the value of this entry.
    pub(in crate::emit) fn is_same(&self, name: &str, entry: &Entry) -> bool {
        let first = self.by_name.get(name);
        first.is_some_and(|first| first.same == Owner::of(entry).same)
    }
}

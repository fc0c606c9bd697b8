//! Names in generated code: each has one owner.

use crate::diagnostic::Diagnostic;
use crate::emit::collision::{collision, reserved};
use crate::emit::define::Entry;
use crate::emit::rust::arithmetic::SERVICES;
use crate::emit::rust::names::{self, lower};
use crate::source::Loc;
use crate::term::{TermId, VarId};
use std::collections::BTreeMap;

/// Names that are taken, with who has them.
#[derive(Debug, Default)]
pub(in crate::emit) struct Taken {
    /// The owners by name.
    pub(in crate::emit) by_name: BTreeMap<String, Owner>,
}

/// Who has a name.
#[derive(Debug, Clone)]
pub(in crate::emit) struct Owner {
    /// What it is.
    pub(in crate::emit) what: String,
    /// Where it is declared.
    pub(in crate::emit) loc: Loc,
    /// What makes two values the same: value, condition, family and type.
    pub(in crate::emit) same: Option<(TermId, TermId, Option<VarId>)>,
    /// It is an export: its name is its own.
    pub(in crate::emit) export: bool,
}

/// Names that generated code needs for itself, besides its own functions.
const OWN: [&str; 8] = [
    "Boot",
    "Option",
    "Some",
    "None",
    "laws_hold",
    "generated",
    "Place",
    "PlaceKind",
];

impl Taken {
    /// Claims a name: true when it is to be written, false when the same value has it already.
    pub(in crate::emit) fn claim(
        &mut self,
        name: &str,
        owner: Owner,
    ) -> Result<bool, Box<Diagnostic>> {
        let own = OWN.contains(&name)
            || names::LOCAL.contains(&name)
            || SERVICES.iter().any(|service| service.name() == name);
        if own {
            return Err(reserved(name, &owner.what, owner.loc));
        }
        match self.by_name.get(name) {
            None => {
                self.by_name.insert(name.to_owned(), owner);
                Ok(true)
            }
            Some(first) if first.export && !owner.export => Ok(false),
            Some(first) if first.same.is_some() && first.same == owner.same => Ok(false),
            Some(first) => Err(collision(
                name,
                (&first.what, first.loc),
                (&owner.what, owner.loc),
            )),
        }
    }
}

/// The owner of an entry's name.
pub(in crate::emit) fn owner(entry: &Entry) -> Owner {
    let what = if entry.exact {
        format!("export \"{}\"", entry.name)
    } else {
        lower(entry.brief.trim_end_matches('.'))
    };
    let family = entry.members.as_ref().map(|members| members.var);
    let same = Some((entry.term, entry.exists, family));
    Owner {
        what,
        loc: entry.loc,
        same,
        export: entry.exact,
    }
}

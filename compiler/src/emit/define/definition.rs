//! What generated code defines: each entry with its type and the name that the target gives it, and no name twice.

use super::naming::{Naming, Owner, Taken};
use crate::diagnostic::Diagnostic;
use crate::emit::bounds::{Bounds, WORD, is_word};
use crate::emit::define::{Entry, Facet, Group};
use crate::emit::export_name::export_name;
use crate::emit::expression::defined::{Known, NameTable, VarKind, VarText};
use crate::emit::expression::linear;
use crate::emit::facts::Facts;
use crate::emit::fixed::Fixed;
use crate::emit::no_value;
use crate::model::{EnumId, ItemId, Kind, Model};
use crate::term::TermId;
use mapwright_grammar::ast::ParamClass;
use std::collections::{BTreeMap, BTreeSet};

/// The type of a value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::emit) enum Type {
    /// `u64`
    Word,
    /// `i64`
    Signed,
    /// `i128`: beyond 64 bits.
    Wide,
    /// `bool`
    Bool,
    /// An enum.
    Choice(EnumId),
}

impl Type {
    /// The smallest type of numbers that holds all of these.
    pub(in crate::emit) fn of(bounds: Bounds) -> Self {
        let signed = |(low, high): (i128, i128)| {
            // Differences of two of them, too.
            let most = i128::from(i64::MAX);
            i128::from(i64::MIN) <= low && high <= most && high - low <= most
        };
        if is_word(bounds) {
            Self::Word
        } else if bounds.is_some_and(signed) {
            Self::Signed
        } else {
            Self::Wide
        }
    }
}

/// One constant or function.
#[derive(Debug, Clone)]
pub(in crate::emit) struct Def {
    /// What it says.
    pub(in crate::emit) entry: Entry,
    /// Its name, as written.
    pub(in crate::emit) name: String,
    /// Its type.
    pub(in crate::emit) kind: Type,
    /// True when it depends on boot parameters.
    pub(in crate::emit) boot: bool,
    /// The parameter for the member number, in a family.
    pub(in crate::emit) member: Option<String>,
}

impl Def {
    /// True for a constant.
    pub(in crate::emit) fn is_constant(&self) -> bool {
        !self.boot && self.member.is_none()
    }

    /// True when it has a value for every valid boot.
    pub(in crate::emit) fn is_plain(&self) -> bool {
        self.entry.exists == TermId::TRUE
    }

    /// How its value is written where the boot parameters and the member number are at hand.
    pub(in crate::emit) fn call(&self) -> String {
        if self.is_constant() {
            return self.name.clone();
        }
        let boot = self.boot.then(|| "boot".to_owned());
        let arguments: Vec<String> = boot.into_iter().chain(self.member.clone()).collect();
        format!("{}({})", self.name, arguments.join(", "))
    }
}

/// What became of a name.
enum Claimed {
    /// It is written.
    New(Box<Def>),
    /// It is written already, with the same value.
    Same(String),
    /// An export with another value has it. Holds what it would have been.
    Displaced(String, String),
}

/// All definitions, and where the items' are.
#[derive(Debug, Default)]
pub(in crate::emit) struct Defs {
    /// In the order of declaration.
    pub(in crate::emit) all: Vec<Def>,
    /// Headings with the definitions below them.
    pub(in crate::emit) groups: Vec<(String, Option<ItemId>, std::ops::Range<usize>)>,
    facets: BTreeMap<(ItemId, Facet), usize>,
    /// What is said about items, whether it has a definition of its own or an export took its name.
    said: BTreeMap<(ItemId, Facet), Entry>,
    /// Exports that took the name of something with another value: the name, and what that is.
    pub(in crate::emit) displaced: BTreeMap<String, String>,
    /// Names that cannot be kept apart.
    pub(in crate::emit) told: Vec<Diagnostic>,
    /// The names of all values.
    pub(in crate::emit) taken: BTreeSet<String>,
}

impl Defs {
    /// What says this about an item.
    pub(in crate::emit) fn facet(&self, item: ItemId, facet: Facet) -> Option<&Def> {
        self.facets.get(&(item, facet)).map(|&at| &self.all[at])
    }

    /// What is said about an item, defined under a name of its own or not.
    pub(in crate::emit) fn said(&self, item: ItemId, facet: Facet) -> Option<&Entry> {
        self.said.get(&(item, facet))
    }
}

/// Names and types everything.
pub(in crate::emit) struct Definer<'a, 'm> {
    pub(in crate::emit) model: &'m Model,
    pub(in crate::emit) fixed: &'a mut Fixed<'m>,
    pub(in crate::emit) facts: &'a mut Facts<'m>,
    pub(in crate::emit) naming: &'a Naming,
}

impl Definer<'_, '_> {
    /// The definitions for the groups.
    ///
    /// # Errors
    /// Names that cannot be, or are not one thing's.
    pub(in crate::emit) fn define(
        &mut self,
        groups: Vec<Group>,
        functions: Vec<(String, Owner)>,
    ) -> Result<Defs, Box<Diagnostic>> {
        let mut taken = Taken::new(self.naming);
        for (name, owner) in (self.naming.types)(self.model) {
            taken.claim(&name, owner);
        }
        let mut exports = BTreeSet::new();
        for group in &groups {
            for entry in group.entries.iter().filter(|entry| entry.exact) {
                if !(self.naming.can_be)(&entry.name) {
                    return Err(export_name(&entry.name, entry.loc));
                }
                if taken.claim(&entry.name, Owner::of(entry)) {
                    exports.insert(entry.name.clone());
                }
            }
        }
        self.promise(&groups);
        let mut defs = Defs::default();
        let mut written: BTreeMap<String, usize> = BTreeMap::new();
        for group in groups {
            let start = defs.all.len();
            for entry in group.entries {
                let key = entry.item.map(|item| (item, entry.facet));
                if let Some(key) = key.filter(|(_, facet)| *facet != Facet::Other) {
                    defs.said.entry(key).or_insert_with(|| entry.clone());
                }
                let at = match self.def(entry, &mut taken, &mut exports)? {
                    Claimed::New(def) => {
                        written.insert(def.name.clone(), defs.all.len());
                        defs.all.push(*def);
                        Some(defs.all.len() - 1)
                    }
                    Claimed::Same(name) => written.get(&name).copied(),
                    Claimed::Displaced(name, what) => {
                        defs.displaced.insert(name, what);
                        None
                    }
                };
                if let (Some(key), Some(at)) = (key, at) {
                    defs.facets.entry(key).or_insert(at);
                }
            }
            defs.groups
                .push((group.heading, group.item, start..defs.all.len()));
        }
        for (name, owner) in functions {
            taken.claim(&name, owner);
        }
        defs.told = taken.told;
        defs.taken = taken.by_name.into_keys().collect();
        for def in &mut defs.all {
            while def
                .member
                .as_ref()
                .is_some_and(|name| defs.taken.contains(name))
            {
                def.member.as_mut().expect("just seen").push('_');
            }
        }
        Ok(defs)
    }

    fn def(
        &mut self,
        entry: Entry,
        taken: &mut Taken<'_>,
        exports: &mut BTreeSet<String>,
    ) -> Result<Claimed, Box<Diagnostic>> {
        let vars = self.fixed.terms.vars(&[entry.term, entry.exists]);
        // What is the same for all members is one constant.
        let family = entry
            .members
            .as_ref()
            .map(|members| members.var)
            .filter(|var| vars.contains(var));
        let boot = vars.iter().any(|&var| Some(var) != family);
        let constant = !boot && family.is_none();
        let kind = self.kind(&entry);
        if constant {
            let value = self.fixed.terms.as_const(entry.term);
            let fits = |value| kind != Type::Word || (WORD.0..=WORD.1).contains(&value);
            if !value.is_some_and(fits) {
                return Err(no_value::no_value(&entry.name, entry.loc));
            }
        }
        let bare = match (entry.exact, constant) {
            (true, _) => entry.name.clone(),
            (false, true) => (self.naming.constant)(&entry.name),
            (false, false) => (self.naming.function)(&entry.name),
        };
        // What an export names again stands where it is declared first.
        let again = exports.contains(&bare) && taken.is_same(&bare, &entry);
        let written = match entry.exact || again {
            true => exports.remove(&bare),
            false => taken.claim(&bare, Owner::of(&entry)),
        };
        let name = (self.naming.escape)(&bare);
        if !written {
            let what = entry.brief.trim_end_matches('.').to_owned();
            return Ok(match taken.is_same(&bare, &entry) {
                true => Claimed::Same(name),
                false => Claimed::Displaced(name, what),
            });
        }
        let member = entry
            .members
            .as_ref()
            .filter(|_| family.is_some())
            .map(|members| self.member_name(&members.name));
        Ok(Claimed::New(Box::new(Def {
            name,
            kind,
            boot,
            member,
            entry,
        })))
    }

    /// The laws promise that the bounds of items that always exist are words.
    fn promise(&mut self, groups: &[Group]) {
        for entry in groups.iter().flat_map(|group| &group.entries) {
            if entry.word && entry.exists == TermId::TRUE && entry.members.is_none() {
                self.facts.promise_word(entry.term);
            }
        }
    }

    fn kind(&mut self, entry: &Entry) -> Type {
        match entry.kind {
            Kind::Bool => Type::Bool,
            Kind::Enum(id) => Type::Choice(id),
            _ if entry.word => Type::Word,
            _ => match self
                .facts
                .fits_word(&mut self.fixed.terms, entry.term, TermId::TRUE)
            {
                TermId::TRUE => Type::Word,
                _ => Type::of(self.facts.bounds(&self.fixed.terms, entry.term)),
            },
        }
    }

    /// The names by which values are known in expressions.
    pub(in crate::emit) fn names(&mut self, defs: &Defs) -> NameTable {
        let mut table = NameTable::default();
        for param in &self.model.params {
            if param.class == ParamClass::Boot {
                let name = (self.naming.escape)(&(self.naming.field)(&param.name));
                let var = &self.model.vars[param.var.index()];
                let kind = match param.kind {
                    Kind::Bool => VarKind::Bool,
                    Kind::Enum(id) => self.choices(id),
                    _ => match Type::of(Some((var.domain.low(), var.domain.high()))) {
                        Type::Word => VarKind::Word,
                        Type::Signed => VarKind::Signed,
                        _ => VarKind::Wide,
                    },
                };
                table.add_var(param.var, VarText::Field { name, kind });
            }
        }
        for family in self
            .model
            .items
            .iter()
            .filter_map(|item| item.family.as_ref())
        {
            let wide = !is_word(Some(self.domain(family.var)));
            let mut name = self.member_name(&family.name);
            // A parameter hides a function of its name.
            while defs.taken.contains(&name) {
                name.push('_');
            }
            table.add_var(family.var, VarText::Member { name, wide });
        }
        for (position, def) in defs.all.iter().enumerate() {
            self.add_name(&mut table, position, def);
        }
        table
    }

    fn domain(&self, var: crate::term::VarId) -> (i128, i128) {
        let domain = &self.model.vars[var.index()].domain;
        (domain.low(), domain.high())
    }

    fn choices(&self, id: EnumId) -> VarKind {
        let declared = &self.model.enums[id.index()];
        let choices = declared.variants.iter();
        let path = |(choice, _): &(String, String)| (self.naming.choice)(&declared.name, choice);
        VarKind::Choice(choices.map(path).collect())
    }

    /// The parameter for a family's member number.
    fn member_name(&self, name: &str) -> String {
        (self.naming.escape)(&(self.naming.function)(name))
    }

    fn add_name(&mut self, table: &mut NameTable, position: usize, def: &Def) {
        let wide = match def.kind {
            Type::Word => false,
            Type::Signed | Type::Wide => true,
            Type::Bool | Type::Choice(_) => return,
        };
        if def.member.is_some() || !def.is_plain() {
            return;
        }
        if let Some(value) = self.fixed.terms.as_const(def.entry.term) {
            let names_it = def.entry.item.is_none() || def.entry.facet == Facet::Start;
            if def.entry.kind == Kind::Addr && names_it && !wide {
                table.add_address(value, &def.name);
            }
            return;
        }
        let (parts, constant) = linear(&self.fixed.terms, def.entry.term);
        // A lone parameter is its own best name.
        if matches!(parts[..], [(atom, 1)] if self.fixed.terms.as_var(atom).is_some())
            && constant == 0
        {
            return;
        }
        let bounds = self.facts.bounds(&self.fixed.terms, def.entry.term);
        let bounds = if def.kind == Type::Word {
            Some(within_word(bounds))
        } else {
            bounds
        };
        table.add(
            parts,
            constant,
            Known {
                name: def.name.clone(),
                boot: def.boot,
                wide,
                signed: def.kind == Type::Signed,
                bounds,
                position,
            },
        );
    }
}

/// The laws promise a word: no bound lies outside.
fn within_word(bounds: Option<(i128, i128)>) -> (i128, i128) {
    let (low, high) = bounds.unwrap_or(WORD);
    (low.clamp(WORD.0, WORD.1), high.clamp(WORD.0, WORD.1))
}

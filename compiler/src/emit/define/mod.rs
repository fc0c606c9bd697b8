//! The constants of a layout: what every target writes, with the config parameters fixed.

pub(super) mod deciders;
pub(super) mod definition;
mod items;
pub(super) mod naming;
pub(super) mod words;

use super::expression::defined::NameTable;
use super::facts::Facts;
use super::fixed::Fixed;
use super::no_value;
use crate::diagnostic::Diagnostic;
use crate::model::{ItemId, Kind, Model, Num, SpaceId};
use crate::source::Loc;
use crate::term::{TermId, VarId};
use deciders::{Decider, deciders};
use definition::{Definer, Defs};
use mapwright_grammar::ast::ParamClass;
use naming::Naming;

/// What a value says about its item.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Facet {
    /// The first address.
    Start,
    /// One past the last address.
    End,
    /// The last address.
    Last,
    /// The bytes.
    Size,
    /// The address that the first byte of a linear window is mapped to.
    Target,
    /// The number of page slots of a fixed window.
    Slots,
    /// Anything else.
    Other,
}

/// The members of a family.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Members {
    /// The variable.
    pub(crate) var: VarId,
    /// Its name.
    pub(crate) name: String,
    /// The first member.
    pub(crate) low: TermId,
    /// One past the last.
    pub(crate) high: TermId,
}

/// One constant, or one function of what is learned at boot.
#[derive(Debug, Clone)]
pub(crate) struct Entry {
    /// Its name in words of the language, such as `vmalloc_start`; exactly the name when `exact`.
    pub(crate) name: String,
    /// How the layout's language writes its value; empty where it has no word for it.
    pub(crate) written: String,
    /// True for exports: the name is not respelled.
    pub(crate) exact: bool,
    /// What it is, such as ``window `vmalloc`: first address``.
    pub(crate) brief: String,
    /// The author's documentation.
    pub(crate) doc: String,
    /// Where it is declared.
    pub(crate) loc: Loc,
    /// What the number means.
    pub(crate) kind: Kind,
    /// The value.
    pub(crate) term: TermId,
    /// It has a value only when this holds.
    pub(crate) exists: TermId,
    /// For a family: its members.
    pub(crate) members: Option<Members>,
    /// True when the laws promise that the value is a `u64`.
    pub(crate) word: bool,
    /// The item.
    pub(crate) item: Option<ItemId>,
    /// What it says about the item.
    pub(crate) facet: Facet,
}

/// Entries under one heading.
#[derive(Debug, Clone)]
pub(crate) struct Group {
    /// The heading; empty for groups that belong to the one before.
    pub(crate) heading: String,
    /// The entries, in the order of declaration.
    pub(crate) entries: Vec<Entry>,
    /// The item that they belong to.
    pub(crate) item: Option<ItemId>,
}

/// A layout as it is for given config parameters, with all that is defined of it.
#[derive(Debug)]
pub(in crate::emit) struct Defined<'m> {
    pub(in crate::emit) model: &'m Model,
    /// A value for every variable.
    pub(in crate::emit) values: Vec<i128>,
    pub(in crate::emit) fixed: Fixed<'m>,
    pub(in crate::emit) facts: Facts<'m>,
    pub(in crate::emit) defs: Defs,
    /// Who decides in each space.
    pub(in crate::emit) deciders: Vec<Vec<Decider>>,
}

/// Names and types everything in `model` by the rules of a target. `values` has a value for every parameter, by variable.
/// Without `proofs`, nothing is asked of the prover: what depends on that is more general than it need be.
///
/// # Errors
/// An export that cannot be a name, a number without a value. Names that collide are [`Defs::told`].
pub(in crate::emit) fn define<'m>(
    model: &'m Model,
    values: &[i128],
    naming: &Naming,
    proofs: bool,
) -> Result<Defined<'m>, Box<Diagnostic>> {
    let mut all = model.defaults();
    for (place, value) in all.iter_mut().zip(values) {
        *place = *value;
    }
    let mut fixed = Fixed::new(model, &all, naming.one_instance);
    let mut facts = Facts::new(model, &mut fixed, &all);
    if !proofs {
        facts = facts.without_proofs();
    }
    let groups = Catalogue {
        model,
        fixed: &mut fixed,
        facts: &mut facts,
    }
    .groups()?;
    let spaces = (0..).map(SpaceId).take(model.spaces.len());
    let deciders: Vec<_> = spaces
        .map(|space| deciders(model, &mut fixed, space))
        .collect();
    let functions = (naming.functions)(model, &mut fixed, &deciders);
    let mut definer = Definer {
        model,
        fixed: &mut fixed,
        facts: &mut facts,
        naming,
    };
    let defs = definer.define(groups, functions)?;
    Ok(Defined {
        model,
        values: all,
        fixed,
        facts,
        defs,
        deciders,
    })
}

impl<'m> Defined<'m> {
    /// # Errors
    /// Two things under one name.
    pub(in crate::emit) fn kept_apart(mut self) -> Result<Self, Box<Diagnostic>> {
        match self.defs.told.is_empty() {
            true => Ok(self),
            false => Err(Box::new(self.defs.told.swap_remove(0))),
        }
    }

    /// The names by which values are known in formulas.
    pub(in crate::emit) fn names(&mut self, naming: &Naming) -> NameTable {
        let mut definer = Definer {
            model: self.model,
            fixed: &mut self.fixed,
            facts: &mut self.facts,
            naming,
        };
        definer.names(&self.defs)
    }
}

/// Makes the groups.
#[derive(Debug)]
pub(crate) struct Catalogue<'a, 'm> {
    pub(crate) model: &'m Model,
    pub(crate) fixed: &'a mut Fixed<'m>,
    pub(crate) facts: &'a mut Facts<'m>,
}

impl<'m> Catalogue<'_, 'm> {
    /// All groups.
    ///
    /// # Errors
    /// A number without exact value.
    pub(crate) fn groups(&mut self) -> Result<Vec<Group>, Box<Diagnostic>> {
        let mut groups = Vec::new();
        groups.push(self.params());
        groups.push(self.spaces()?);
        groups.push(self.lets()?);
        for at in 0..self.model.items.len() {
            let id = ItemId(u32::try_from(at).expect("ids are 32 bits"));
            groups.extend(self.item(id)?);
        }
        groups.push(self.segments()?);
        groups.push(self.exports()?);
        groups.retain(|group| !group.entries.is_empty());
        Ok(groups)
    }

    fn plain(name: &str, kind: Kind, term: TermId, loc: Loc, doc: &str, brief: String) -> Entry {
        Entry {
            name: name.to_owned(),
            written: String::new(),
            exact: false,
            brief,
            doc: doc.to_owned(),
            loc,
            kind,
            term,
            exists: TermId::TRUE,
            members: None,
            word: false,
            item: None,
            facet: Facet::Other,
        }
    }

    fn value(&mut self, name: &str, num: Num) -> Result<TermId, Box<Diagnostic>> {
        self.fixed
            .fix(num.term)
            .ok_or_else(|| no_value::no_value(name, num.loc))
    }

    fn params(&mut self) -> Group {
        let mut entries = Vec::new();
        for param in self
            .model
            .params
            .iter()
            .filter(|param| param.class == ParamClass::Config)
        {
            let term = self.fixed.variable(param.var);
            let brief = format!("Fixed when the kernel is built: `{}`.", param.name);
            let (name, kind, doc) = (&param.name, param.kind, &param.doc);
            let mut entry = Self::plain(name, kind, term, param.loc, doc, brief);
            entry.written.clone_from(name);
            entries.push(entry);
        }
        Group {
            heading: "Fixed when this was generated".into(),
            entries,
            item: None,
        }
    }

    fn spaces(&mut self) -> Result<Group, Box<Diagnostic>> {
        let mut entries = Vec::new();
        for space in &self.model.spaces {
            let Some(bits) = space.bits else { continue };
            let (name, doc) = (&space.name, &space.doc);
            let term = self.value(name, bits)?;
            let brief = format!("Space `{name}`: the width of its addresses in bits.");
            entries.push(Self::plain(
                &format!("{name}_bits"),
                Kind::Int,
                term,
                space.loc,
                doc,
                brief,
            ));
            if !space.paging.is_empty() {
                let page = self.fixed.fix(space.page);
                let page = page.ok_or_else(|| no_value::no_value(name, space.loc))?;
                let brief = format!("Space `{name}`: the smallest page in bytes.");
                entries.push(Self::plain(
                    &format!("{name}_page"),
                    Kind::Size,
                    page,
                    space.loc,
                    "",
                    brief,
                ));
            }
        }
        Ok(Group {
            heading: "Address spaces".into(),
            entries,
            item: None,
        })
    }

    fn lets(&mut self) -> Result<Group, Box<Diagnostic>> {
        let mut entries = Vec::new();
        for named in &self.model.lets {
            let term = self.value(&named.name, named.value)?;
            let brief = format!("Named value `{}`.", named.name);
            let (name, kind, doc) = (&named.name, named.kind, &named.doc);
            let mut entry = Self::plain(name, kind, term, named.loc, doc, brief);
            entry.written.clone_from(name);
            entries.push(entry);
        }
        Ok(Group {
            heading: "Named values".into(),
            entries,
            item: None,
        })
    }

    fn exports(&mut self) -> Result<Group, Box<Diagnostic>> {
        let mut entries = Vec::new();
        for export in &self.model.exports {
            let term = self.value(&export.name, export.value)?;
            let brief = format!(
                "`{}`, under the name that the kernel's own sources use.",
                export.name
            );
            let mut entry = Self::plain(
                &export.name,
                export.kind,
                term,
                export.loc,
                &export.doc,
                brief,
            );
            entry.exact = true;
            entries.push(entry);
        }
        Ok(Group {
            heading: "Exports".into(),
            entries,
            item: None,
        })
    }

    fn segments(&mut self) -> Result<Group, Box<Diagnostic>> {
        let mut entries = Vec::new();
        for segment in &self.model.segments {
            let name = &segment.name;
            let (index, dpl) = (
                self.value(name, segment.index)?,
                self.value(name, segment.dpl)?,
            );
            let table = i128::from(segment.local) << 2;
            let selector = self.fixed.terms.sum(&[(index, 8), (dpl, 1)], table);
            let (base, limit) = (
                self.value(name, segment.base)?,
                self.value(name, segment.limit)?,
            );
            for (suffix, kind, term, what) in [
                (
                    "selector",
                    Kind::Int,
                    selector,
                    "selector of its own privilege level",
                ),
                ("base", Kind::Addr, base, "linear address of its first byte"),
                ("limit", Kind::Size, limit, "size in bytes"),
                ("dpl", Kind::Int, dpl, "privilege level"),
            ] {
                let brief = format!("Segment `{name}`: {what}.");
                let full = format!("{name}_{suffix}");
                let doc = if suffix == "selector" {
                    segment.doc.as_str()
                } else {
                    ""
                };
                entries.push(Self::plain(&full, kind, term, segment.loc, doc, brief));
            }
        }
        Ok(Group {
            heading: "Segments".into(),
            entries,
            item: None,
        })
    }
}

//! Which nodes an expression or a node needs.

use super::Evaluator;
use super::graph::{Dependency, Node};
use super::references::Reference;
use crate::model::{ItemId, SpaceId};
use crate::resolve::{Name, TargetDecl};
use crate::source::{FileId, Loc};
use mapwright_grammar::ast::{
    BitSlice, Domain, EntryPlace, Expr, ExprKind, Ident, PagingClauseKind, RangeEnd,
};

/// Collects what expressions of one file and family need.
struct Walk<'w, 'a> {
    evaluator: &'w Evaluator<'a>,
    file: FileId,
    member: Option<&'w str>,
    needs: Vec<Dependency>,
}

impl Evaluator<'_> {
    /// What a node needs.
    pub(super) fn dependencies(&self, node: Node) -> Vec<Dependency> {
        match node {
            Node::Param(at) => self.param_needs(at),
            Node::Let(at) => {
                let written = &self.decls.lets[at];
                self.needs_of(written.file, [written.what.value])
            }
            Node::Format(at) => self.format_needs(at),
            Node::Bits(id) => {
                let written = &self.decls.spaces[id.index()];
                self.needs_of(written.file, [written.what.bits])
            }
            Node::Paging(id) => self.paging_needs(id),
            Node::Exists(id) => self.exists_needs(id),
            Node::Family(id) => self.family_needs(id),
            Node::Start(id) => {
                let item = &self.decls.items[id.index()];
                let mut walk = self.walk_item(id);
                walk.own(id);
                walk.expr(&item.range.start);
                walk.needs
            }
            Node::End(id) => self.end_needs(id),
            Node::Slots(id) => self.slot_needs(id),
        }
    }

    fn walk(&self, file: FileId) -> Walk<'_, '_> {
        Walk {
            evaluator: self,
            file,
            member: None,
            needs: Vec::new(),
        }
    }

    fn walk_item(&self, id: ItemId) -> Walk<'_, '_> {
        let item = &self.decls.items[id.index()];
        let family = item.place.and_then(|place| place.family.as_ref());
        Walk {
            member: family.map(|family| family.var.text.as_str()),
            ..self.walk(item.file)
        }
    }

    fn needs_of<'e>(
        &self,
        file: FileId,
        exprs: impl IntoIterator<Item = &'e Expr>,
    ) -> Vec<Dependency> {
        let mut walk = self.walk(file);
        for expr in exprs {
            walk.expr(expr);
        }
        walk.needs
    }

    fn param_needs(&self, at: usize) -> Vec<Dependency> {
        let written = &self.decls.params[at];
        let param = written.what;
        let mut walk = self.walk(written.file);
        walk.expr(&param.default);
        match &param.domain {
            Some(Domain::Set { values, .. }) => values.iter().for_each(|value| walk.expr(value)),
            Some(Domain::Interval {
                low, high, step, ..
            }) => {
                walk.expr(low);
                walk.expr(high);
                step.iter().for_each(|step| walk.expr(step));
            }
            None => {}
        }
        walk.needs
    }

    fn format_needs(&self, at: usize) -> Vec<Dependency> {
        let written = &self.decls.formats[at];
        let mut walk = self.walk(written.file);
        for clause in &written.what.clauses {
            match &clause.kind {
                PagingClauseKind::Address { bits, .. } | PagingClauseKind::Physical { bits } => {
                    walk.expr(bits);
                }
                PagingClauseKind::Entry { bytes, fields } => {
                    walk.expr(bytes);
                    for field in fields {
                        match &field.place {
                            EntryPlace::Bits { slice, .. } => walk.slice(slice),
                            EntryPlace::When(cond) => walk.entry(cond),
                        }
                    }
                }
                PagingClauseKind::Reserved { slices } => {
                    slices.iter().for_each(|slice| walk.slice(slice));
                }
                PagingClauseKind::Level { index, entries, .. } => {
                    walk.slice(index);
                    for form in entries {
                        form.when.iter().for_each(|cond| walk.entry(cond));
                        walk.entry(&form.frame);
                        form.reserved.iter().for_each(|slice| walk.slice(slice));
                    }
                }
            }
        }
        walk.needs
    }

    fn paging_needs(&self, id: SpaceId) -> Vec<Dependency> {
        let written = &self.decls.spaces[id.index()];
        let mut walk = self.walk(written.file);
        if let Some(paging) = written.what.paging {
            walk.formats(paging);
        }
        walk.needs
    }

    fn exists_needs(&self, id: ItemId) -> Vec<Dependency> {
        let item = &self.decls.items[id.index()];
        let mut walk = self.walk_item(id);
        if let Some(parent) = item.parent {
            walk.push(Node::Exists(parent), item.at(item.name.span));
        }
        if let Some(cond) = item.place.and_then(|place| place.when.as_ref()) {
            walk.push(Node::Family(id), item.at(item.name.span));
            walk.expr(cond);
        }
        walk.needs
    }

    fn family_needs(&self, id: ItemId) -> Vec<Dependency> {
        let item = &self.decls.items[id.index()];
        match item.place.and_then(|place| place.family.as_ref()) {
            Some(family) => self.needs_of(item.file, [&family.low, &family.high]),
            None => Vec::new(),
        }
    }

    fn end_needs(&self, id: ItemId) -> Vec<Dependency> {
        let item = &self.decls.items[id.index()];
        let mut walk = self.walk_item(id);
        walk.own(id);
        match &item.range.end {
            RangeEnd::End(end) => walk.expr(end),
            RangeEnd::Size(size) => {
                walk.push(Node::Start(id), item.at(item.range.start.span));
                walk.expr(size);
            }
        }
        walk.needs
    }

    fn slot_needs(&self, id: ItemId) -> Vec<Dependency> {
        let TargetDecl::Fixed { slots } = &self.decls.items[id.index()].target else {
            return Vec::new();
        };
        let mut walk = self.walk_item(id);
        walk.own(id);
        for slot in *slots {
            slot.count.iter().for_each(|count| walk.expr(count));
        }
        walk.needs
    }
}

impl Walk<'_, '_> {
    fn push(&mut self, node: Node, loc: Loc) {
        self.needs.push((node, loc));
    }

    /// What every number of an item needs: whether it exists, and its members.
    fn own(&mut self, id: ItemId) {
        let item = &self.evaluator.decls.items[id.index()];
        let loc = item.at(item.name.span);
        self.push(Node::Exists(id), loc);
        if item.place.is_some_and(|place| place.family.is_some()) {
            self.push(Node::Family(id), loc);
        }
    }

    fn loc(&self, expr: &Expr) -> Loc {
        Loc {
            file: self.file,
            span: expr.span,
        }
    }

    fn expr(&mut self, expr: &Expr) {
        let loc = self.loc(expr);
        match &expr.kind {
            ExprKind::Number { .. } | ExprKind::Version { .. } | ExprKind::Bool(_) => {}
            ExprKind::Name(name) => self.name(name, loc),
            ExprKind::Field(..) | ExprKind::Index(..) => {
                let reference = self.evaluator.classify(expr, self.member);
                self.reference(reference, loc);
            }
            ExprKind::Slice(base, high, low) => {
                self.expr(base);
                self.expr(high);
                self.expr(low);
            }
            ExprKind::Call(function, arguments) => self.call(function, arguments, loc),
            ExprKind::Unary(_, inner) | ExprKind::Paren(inner) => self.expr(inner),
            ExprKind::Binary(_, left, right) => {
                self.expr(left);
                self.expr(right);
            }
            ExprKind::If(condition, yes, no) => {
                self.expr(condition);
                self.expr(yes);
                self.expr(no);
            }
        }
    }

    fn name(&mut self, name: &str, loc: Loc) {
        if self.member == Some(name) {
            return;
        }
        match self.evaluator.decls.names.get(name).map(|found| found.name) {
            Some(Name::Param(at)) => self.push(Node::Param(at), loc),
            Some(Name::Let(at)) => self.push(Node::Let(at), loc),
            _ => {}
        }
    }

    fn call(&mut self, function: &Ident, arguments: &[Expr], loc: Loc) {
        let skip = usize::from(function.text == "index");
        for argument in arguments.iter().skip(skip) {
            self.expr(argument);
        }
        if skip == 1 {
            let spaces = self.evaluator.all_paged();
            self.pages(&spaces, loc);
        }
    }

    /// The formats of spaces.
    fn pages(&mut self, spaces: &[SpaceId], loc: Loc) {
        for &space in spaces {
            self.push(Node::Paging(space), loc);
        }
    }

    fn reference(&mut self, reference: Reference<'_>, loc: Loc) {
        match reference {
            Reference::Item(id, member, field) => {
                self.own_at(id, loc);
                member.iter().for_each(|index| self.expr(index));
                let field = field.text.as_str();
                if matches!(field, "start" | "size" | "pages") {
                    self.push(Node::Start(id), loc);
                }
                if field != "start" {
                    self.push(Node::End(id), loc);
                }
                if field == "pages" {
                    self.pages_of(id, loc);
                }
            }
            Reference::Slot(id, _, member) => {
                self.own_at(id, loc);
                member.iter().for_each(|index| self.expr(index));
                self.push(Node::End(id), loc);
                self.push(Node::Slots(id), loc);
                self.pages_of(id, loc);
            }
            Reference::Space(id, field) => {
                if field.text != "start" {
                    self.push(Node::Bits(id), loc);
                }
                if field.text == "pages" {
                    let spaces = self.evaluator.paged_spaces(id);
                    self.pages(&spaces, loc);
                }
            }
            Reference::PageOf(base) => {
                self.expr(base);
                let spaces = self.evaluator.all_paged();
                self.pages(&spaces, loc);
            }
            Reference::Choice(..)
            | Reference::Member(..)
            | Reference::Unknown(..)
            | Reference::NoField(..)
            | Reference::NoIndex(_) => {}
        }
    }

    fn own_at(&mut self, id: ItemId, loc: Loc) {
        let item = &self.evaluator.decls.items[id.index()];
        self.push(Node::Exists(id), loc);
        if item.place.is_some_and(|place| place.family.is_some()) {
            self.push(Node::Family(id), loc);
        }
    }

    /// The formats that say how large the pages of an item are.
    fn pages_of(&mut self, id: ItemId, loc: Loc) {
        if let Some(space) = self.evaluator.decls.items[id.index()].space {
            let spaces = self.evaluator.paged_spaces(space);
            self.pages(&spaces, loc);
        }
    }

    /// The name of a format, or an `if` over such names.
    fn formats(&mut self, expr: &Expr) {
        match &expr.kind {
            ExprKind::Paren(inner) => self.formats(inner),
            ExprKind::If(condition, yes, no) => {
                self.expr(condition);
                self.formats(yes);
                self.formats(no);
            }
            ExprKind::Name(name) => {
                let found = self.evaluator.decls.names.get(name).map(|found| found.name);
                if let Some(Name::Format(id)) = found {
                    self.push(Node::Format(id.index()), self.loc(expr));
                }
            }
            _ => {}
        }
    }

    fn slice(&mut self, slice: &BitSlice) {
        self.expr(&slice.high);
        slice.low.iter().for_each(|low| self.expr(low));
    }

    /// A condition on an entry or the frame in it: only the bit numbers and constants count.
    fn entry(&mut self, expr: &Expr) {
        match &expr.kind {
            ExprKind::Index(_, bit) => self.expr(bit),
            ExprKind::Slice(_, high, low) => {
                self.expr(high);
                self.expr(low);
            }
            ExprKind::Unary(_, inner) | ExprKind::Paren(inner) => self.entry(inner),
            ExprKind::Binary(_, left, right) => {
                self.entry(left);
                self.entry(right);
            }
            _ => self.expr(expr),
        }
    }
}

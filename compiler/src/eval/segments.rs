//! x86 segments.

use super::Evaluator;
use super::expr::Scope;
use crate::model::{Kind, Segment};

impl Evaluator<'_> {
    pub(super) fn fill_segments(&mut self) {
        for written in &self.decls.segments {
            let decl = written.what;
            let scope = Scope::always(written.file);
            let index = self.num(decl.index, scope, Kind::Int, "descriptors are counted");
            let base = self.num(decl.base, scope, Kind::Addr, "`base` is an address");
            let limit = self.num(decl.limit, scope, Kind::Size, "`limit` is a size");
            let dpl = self.num(decl.dpl, scope, Kind::Int, "`dpl` is a level from 0 to 3");
            if let (Some(index), Some(base), Some(limit), Some(dpl)) = (index, base, limit, dpl) {
                self.model.segments.push(Segment {
                    name: decl.name.text.clone(),
                    loc: written.at(decl.name.span),
                    doc: written.doc(),
                    local: decl.local,
                    index,
                    code: decl.code,
                    base,
                    limit,
                    dpl,
                });
            }
        }
    }
}

//! Segments of an instance.

use super::instance::Instance;
use mapwright_runtime::layout as rt;

impl Instance<'_> {
    pub(super) fn segments(&mut self) {
        for segment in &self.model.segments {
            let what = |of: &str| format!("{of} of `{}`", segment.name);
            let index = self.value(segment.index.term, segment.index.loc, &what("the index"));
            let dpl = self.value(segment.dpl.term, segment.dpl.loc, &what("`dpl`"));
            let made = rt::Segment {
                name: segment.name.clone(),
                table: match segment.local {
                    true => rt::DescriptorTable::Ldt,
                    false => rt::DescriptorTable::Gdt,
                },
                index: self.fits(index, segment.index.loc, &what("the index")),
                class: match segment.code {
                    true => rt::SegmentClass::Code,
                    false => rt::SegmentClass::Data,
                },
                base: self.small(segment.base, &what("`base`")),
                limit: self.small(segment.limit, &what("`limit`")),
                dpl: self.fits(dpl, segment.dpl.loc, &what("`dpl`")),
                declared_at: self.declared_at(segment.loc),
                doc: segment.doc.clone(),
            };
            self.builder.segment(made);
        }
    }
}

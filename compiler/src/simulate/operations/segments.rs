//! Segmentation: logical addresses.

use mapwright_machine::AccessKind;
use mapwright_machine::segments::{Selector, linear_of};
use mapwright_runtime::layout::DescriptorTable;

use super::{ACCESS, access};
use crate::simulate::operations::declaration::{Operation, Takes, may, need, number, text};
use crate::simulate::outcome::{Outcome, Refusal};
use crate::simulate::refusals::SEGMENT_FAULTS;
use crate::simulate::world::{Arguments, World};

pub(super) const OPERATIONS: &[Operation] = &[
    Operation {
        name: "selector",
        does: "the selector of a segment of the layout",
        arguments: &[need("segment", Takes::Segment, "the name of the segment")],
        fields: &[
            number("selector"),
            number("index"),
            number("dpl"),
            number("base"),
            number("limit"),
        ],
        refuses: &[],
        run: selector,
    },
    Operation {
        name: "logical",
        does: "the linear address of a logical one: limit, type and privilege are checked",
        arguments: &[
            need("selector", Takes::Number, "the selector"),
            need("offset", Takes::Number, "the offset in the segment"),
            may("bytes", Takes::Number, "the bytes accessed, 1 if left out"),
            may(
                "access",
                Takes::Choice(ACCESS),
                "what is done, `read` if left out",
            ),
            may(
                "cpl",
                Takes::Number,
                "the privilege of the code, 0 if left out",
            ),
        ],
        fields: &[
            number("linear"),
            number("index"),
            number("rpl"),
            text("table"),
        ],
        refuses: &[&SEGMENT_FAULTS],
        run: logical,
    },
];

fn selector(world: &mut World<'_>, arguments: &Arguments) -> Result<Outcome, Refusal> {
    let name = arguments.text("segment").unwrap_or("");
    let segments = world.layout.segments();
    let found = segments.iter().find(|segment| segment.name == name);
    let Some(segment) = found else {
        let message = format!("is `{name}`, which is no segment of this layout");
        return Err(Refusal::argument("segment", message));
    };
    Ok(Outcome::new()
        .hex("selector", segment.selector().into())
        .count("index", segment.index.into())
        .count("dpl", segment.dpl.into())
        .hex("base", segment.base)
        .hex("limit", segment.limit))
}

fn logical(world: &mut World<'_>, arguments: &Arguments) -> Result<Outcome, Refusal> {
    // Each was checked to fit.
    let selector = Selector(arguments.within("selector", 0, 0xFFFF, 0)? as u16);
    let cpl = arguments.within("cpl", 0, 3, 0)? as u8;
    let offset = arguments.number("offset")?;
    let bytes = arguments.maybe("bytes").unwrap_or(1);
    let kind: AccessKind = access::kind(arguments);
    let linear =
        linear_of(world.layout, selector, offset, bytes, kind, cpl).map_err(Refusal::Segment)?;
    let table = match selector.table() {
        DescriptorTable::Gdt => "gdt",
        DescriptorTable::Ldt => "ldt",
    };
    Ok(Outcome::new()
        .hex("linear", linear)
        .count("index", selector.index().into())
        .count("rpl", selector.rpl().into())
        .text("table", table))
}

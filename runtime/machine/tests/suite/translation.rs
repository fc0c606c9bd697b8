//! Segmentation.

use super::layouts::i386;
use mapwright_machine::AccessKind;
use mapwright_machine::segments::{SegmentFault, Selector, linear_of};

#[test]
fn selectors_and_segment_faults() {
    let layout = i386(64 << 20, 1, true);
    let selectors: Vec<u16> = layout.segments().iter().map(|one| one.selector()).collect();
    assert_eq!(selectors, [0x60, 0x68, 0x73, 0x7b, 0xa3]);
    let linear =
        |selector, offset, kind, cpl| linear_of(&layout, Selector(selector), offset, 4, kind, cpl);
    let (read, write, execute) = (AccessKind::Read, AccessKind::Write, AccessKind::Execute);
    assert_eq!(linear(0x73, 0x0804_8000, execute, 3), Ok(0x0804_8000));
    assert_eq!(linear(0x7b, 0xffff_fffc, write, 3), Ok(0xffff_fffc));
    assert_eq!(linear(0x60, 0xc010_0000, execute, 0), Ok(0xc010_0000));
    assert_eq!(
        linear(0x7b, 0, read, 0),
        Ok(0),
        "the kernel reads user data"
    );
    let word = |result: Result<u64, SegmentFault>| result.expect_err("a fault").word();
    assert_eq!(word(linear(0x68, 0, read, 3)), "privilege");
    assert_eq!(
        word(linear(0x6b, 0, read, 0)),
        "privilege",
        "asked for by level 3"
    );
    assert_eq!(word(linear(0x60, 0, execute, 3)), "privilege");
    assert_eq!(word(linear(0x73, 0, write, 3)), "type");
    assert_eq!(word(linear(0x7b, 0, execute, 3)), "type");
    assert_eq!(word(linear(0, 0, read, 0)), "no_descriptor");
    assert_eq!(word(linear(0x88, 0, read, 0)), "no_descriptor");
    assert_eq!(
        word(linear(0x74, 0, read, 0)),
        "no_descriptor",
        "of the local table"
    );
    // A table that is not flat: 4K from 0x08000000.
    assert_eq!(linear(0xa3, 0xffc, write, 3), Ok(0x0800_0ffc));
    let beyond = SegmentFault::Limit {
        selector: 0xa3,
        offset: 0x1000,
        limit: 0x1000,
    };
    assert_eq!(linear(0xa3, 0xffd, write, 3), Err(beyond));
    assert_eq!(word(linear(0xa3, u64::MAX, read, 3)), "limit");
}

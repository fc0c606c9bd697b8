//! # maps-null
//!
//! A window maps the page at address 0. (A warning.)
//!
//! A pointer that points nowhere is 0 in most languages. As long as nothing is mapped there, using one faults; where something
//! is, it reads and writes that, and nobody notices.
//!
//! ```layout
//! use std "paging/x86.layout";
//! space  physical : 32 bits;
//! space  linear   : 32 bits, paging x86_32, to physical;
//! zone   low    in physical : 0 .. 64M;
//! window direct in linear   : 0 .. 64M -> physical at 0 { access: rw };      // warned about
//! ```
//!
//! What to do: begin the window one page higher, put a `guard` over its first page, or say why it is mapped: `-> physical at 0
//! because "the interrupt table of real mode is there"`.

use super::Checker;
use super::edges::{self, Edge};
use crate::diagnostic::Page;

/// Its page.
pub const PAGE: Page = Page {
    code: "maps-null",
    title: "a window maps address 0",
    source: include_str!("maps_null.rs"),
};

/// Page 0 of a space with page tables is mapped only with a reason.
pub(super) fn check(checker: &mut Checker<'_>) {
    edges::check(
        checker,
        &Edge {
            page: &PAGE,
            last: false,
            what: "page 0",
            label: "address 0 is mapped",
            note: "a null pointer would not fault",
        },
    );
}

//! # maps-error-values
//!
//! A window maps the last page of its space. (A warning.)
//!
//! Kernels return errors in pointers: -1, -2, ... are the last addresses of the space (Linux's `ERR_PTR`). And ranges that end
//! with the space overflow to 0 when their end is computed. As long as nothing is mapped there, a pointer that was not
//! checked faults.
//!
//! ```layout
//! use std "paging/x86.layout";
//! space  physical : 32 bits;
//! space  linear   : 32 bits, paging x86_32, to physical;
//! zone   low    in physical : 0 .. 64M;
//! window direct in linear   : linear.end - 64M .. linear.end -> physical at 0 { access: rw };      // warned about
//! ```
//!
//! What to do: end the window one page lower, put a `hole` over its last page, or say why it is mapped: `-> physical at 0
//! because "the reset vector is there"`.

use super::Checker;
use super::edges::{self, Edge};
use crate::diagnostic::Page;

/// Its page.
pub const PAGE: Page = Page {
    code: "maps-error-values",
    title: "a window maps the last page of its space",
    source: include_str!("maps_error_values.rs"),
};

/// The last page of a space with page tables is mapped only with a reason.
pub(super) fn check(checker: &mut Checker<'_>) {
    edges::check(
        checker,
        &Edge {
            page: &PAGE,
            last: true,
            what: "the last page of the space",
            label: "the last page is mapped",
            note: "an error value in a pointer would not fault",
        },
    );
}

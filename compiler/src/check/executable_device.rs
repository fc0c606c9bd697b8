//! # executable-device
//!
//! A window that shows only a device can be executed.
//!
//! Registers are no code. A processor that fetches ahead of what it runs may touch whatever it is allowed to execute, and a
//! fetch from a register is an access to the device. Where the format can forbid execution, it must.
//!
//! ```layout
//! use std "paging/arm64.layout";
//! space  physical : 40 bits;
//! space  linear   : 64 bits, paging arm64_4k_48, to physical;
//! device uart      in physical : 0x900_0000 .. +4K;
//! window registers in linear   : 0xFFFF_0000_0900_0000 .. +4K -> physical at uart.start
//!     { access: rwx because "copied from an example" };                                            // rejected
//! ```
//!
//! What to do: write `{ access: rw }`.

use super::frames::linear_windows;
use super::writable_code::forbidding;
use super::{Checker, Law, item_title};
use crate::diagnostic::{Diagnostic, Page};
use crate::model::{ItemId, Target};
use crate::term::TermId;
use mapwright_grammar::ast::PlaceKind;

/// Its page.
pub const PAGE: Page = Page {
    code: "executable-device",
    title: "a window that shows only a device can be executed",
    source: include_str!("executable_device.rs"),
};

/// What shows only a device is not executable.
pub(super) fn check(checker: &mut Checker<'_>) {
    let executable = |checker: &Checker<'_>, id: ItemId| {
        let rights = checker.model.item(id).attrs.rights;
        rights.is_some_and(|(rights, _)| rights.execute)
    };
    for window in linear_windows(checker) {
        if !executable(checker, window.id) {
            continue;
        }
        for device in checker.sound_in(window.space, PlaceKind::Device) {
            let Some(range) = checker.model.item(device).range else {
                continue;
            };
            if checker.is_mistaken(window.id) {
                break;
            }
            let there = checker.present(device);
            let inside = [
                there,
                checker.terms.ge(window.at, range.start.term),
                checker.terms.le(window.end, range.end.term),
            ];
            let inside = checker.terms.all(&inside);
            ask(checker, window.id, Some(device), inside);
        }
    }
    for id in checker.sound(PlaceKind::Window) {
        if executable(checker, id) && matches!(checker.model.item(id).target, Target::Device { .. })
        {
            ask(checker, id, None, TermId::TRUE);
        }
    }
}

/// Asks whether a window can show nothing but a device, whatever device that is.
fn ask(checker: &mut Checker<'_>, id: ItemId, device: Option<ItemId>, only_device: TermId) {
    let item = checker.model.item(id);
    let Some((_, loc)) = item.attrs.rights else {
        return;
    };
    let forbidding = forbidding(checker, id);
    let law = Law {
        under: forbidding,
        goal: checker.terms.not(only_device),
        loc,
        what: "what shows only a device is not executable",
    };
    checker.hold(id, &law, |checker, case| {
        let name = checker.name(id, case);
        let of = device.map_or_else(
            || "devices".to_owned(),
            |device| format!("the device `{}`", checker.name(device, case)),
        );
        let diagnostic = Diagnostic::error(
            &PAGE,
            format!("{} shows only {of}, and can be executed", item_title(item)),
        )
        .at(loc, format!("`{name}` can be executed"));
        let diagnostic = match device {
            Some(device) => {
                let place = checker.model.item(device).name_loc;
                diagnostic.also(place, checker.described(device, case))
            }
            None => diagnostic,
        };
        diagnostic
            .note("registers are no code, and a processor that fetches ahead would access them")
            .help("leave out the `x`")
    });
}

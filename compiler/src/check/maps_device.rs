//! # maps-device
//!
//! A linear window maps a device together with what is not one.
//!
//! Memory is read ahead and kept in caches; a device's registers must not be. So a window for memory must not run across a
//! device (the PCI hole below 4G, say), unless it says that this is meant. A window that maps only devices is fine, but for
//! a device with `map: never`, which no window may show.
//!
//! ```layout
//! use std "paging/x86.layout";
//! space  physical : 36 bits;
//! space  linear   : 64 bits, paging x86_64_4level, to physical;
//! zone   low  in physical : 0 .. 3G;
//! device pci  in physical : 3G .. 4G { unreached: "no driver yet" };
//! zone   high in physical : 4G .. 8G;
//! window direct in linear : 0xFFFF_8880_0000_0000 .. +8G -> physical at 0;       // rejected
//! ```
//!
//! What to do: end the window where the device begins and begin another behind it, keep the device's addresses free with
//! a `guard` inside the window, or say why they are shown: `covers [pci] because "the loader's map"`.

use super::covered::{Kind, ask, is_covered, parents, top_of};
use super::frames::{linear_windows, memory_is_known};
use super::{Checker, Law, item_title};
use crate::diagnostic::{Diagnostic, Page};
use crate::model::{ItemId, Target};
use crate::term::TermId;
use mapwright_grammar::ast::PlaceKind;

/// Its page.
pub const PAGE: Page = Page {
    code: "maps-device",
    title: "a window maps a device together with what is not one",
    source: include_str!("maps_device.rs"),
};

const DEVICES: Kind = Kind {
    page: &PAGE,
    why: "memory is cached and read ahead, which a device's registers must not be",
};

/// A linear window that shows a device shows only devices, or says that it covers it.
pub(super) fn check(checker: &mut Checker<'_>) {
    for window in linear_windows(checker) {
        // Two that claim the same frames have had their message.
        if !memory_is_known(checker, window.space) {
            continue;
        }
        let devices = checker.sound_in(window.space, PlaceKind::Device);
        for &device in &devices {
            if checker.broken.contains(&window.id) {
                break;
            }
            let never = checker.model.item(device).attrs.never_mapped.is_some();
            let is_inner = parents(checker, device).any(|outer| devices.contains(&outer));
            if never || !(is_inner || is_covered(checker, window.id, device)) {
                let allowed = if never { &[][..] } else { &devices };
                ask(checker, &DEVICES, &window, device, allowed);
            }
        }
    }
    on_demand(checker);
}

/// A window in which devices are mapped when they are asked for names none that nobody may map.
fn on_demand(checker: &mut Checker<'_>) {
    for id in checker.sound(PlaceKind::Window) {
        let item = checker.model.item(id);
        let Target::Device { of } = &item.target else {
            continue;
        };
        for &device in of {
            let top = top_of(checker, device, |item| item.attrs.never_mapped.is_some());
            let Some(never) = top.and_then(|top| checker.model.item(top).attrs.never_mapped) else {
                continue;
            };
            let (there, mine) = (checker.present(device), checker.present(id));
            let law = Law {
                under: checker.terms.and(there, mine),
                goal: TermId::FALSE,
                loc: item.target_loc.unwrap_or(item.name_loc),
                what: "no window maps what nobody may map",
            };
            checker.hold(id, &law, |checker, _| {
                forbidden(checker, id, device)
                    .at(law.loc, "named here")
                    .also(never, "never mapped")
                    .help("leave it out")
            });
        }
    }
}

fn forbidden(checker: &Checker<'_>, window: ItemId, device: ItemId) -> Diagnostic {
    let (item, other) = (checker.model.item(window), checker.model.item(device));
    let message = format!(
        "{} maps the {}, which nobody may",
        item_title(item),
        item_title(other)
    );
    Diagnostic::error(&PAGE, message)
}

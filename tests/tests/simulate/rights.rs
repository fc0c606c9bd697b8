//! Rights of processes: what a page gives is what its area gives, as far as the format can keep rights apart, whether the
//! page was there before or not.

use crate::cli::program::with_input;
use std::fmt::Write as _;

/// Which accesses an area allows, by the rights asked for: `(read, write, execute)`.
type Rule = fn(bool, bool, bool) -> (bool, bool, bool);

/// The layouts, with what their formats can keep apart. No rights at all are no access in each of them.
fn formats() -> [(&'static str, String, Rule); 4] {
    let beside = |name: &str| super::folder().join(name).display().to_string();
    [
        // Entries have R/W and U/S only: whoever may do anything may load and fetch (Intel SDM vol. 3, 4.6).
        ("x86_32", "std:linux/i386-3g1g".into(), |_, write, _| {
            (true, write, true)
        }),
        // With XD (bit 63), fetches are apart; loads still come with anything.
        ("x86_64", "std:linux/x86_64".into(), |_, write, execute| {
            (true, write, execute)
        }),
        // AP[2:1] and UXN: an EL0 page that can be used at all can be loaded from (Arm ARM, D8.4).
        ("arm64", beside("arm64.layout"), |_, write, execute| {
            (true, write, execute)
        }),
        // R, W and X; W without R is reserved (Privileged Architecture, 4.3), so Linux gives R with W.
        ("riscv", beside("riscv.layout"), |read, write, execute| {
            (read || write, write, execute)
        }),
    ]
}

/// Accesses of a page, each allowed or refused.
fn accesses(steps: &mut String, name: &str, (read, write, execute): (bool, bool, bool)) {
    for (access, allowed) in [("read", read), ("write", write), ("execute", execute)] {
        let _ = write!(
            steps,
            "[[step]]\ndo = \"touch\"\nprocess = \"p\"\naddress = \"{name}\"\naccess = \"{access}\"\n"
        );
        if !allowed {
            steps.push_str("expect_fault = \"area_rights\"\n");
        }
    }
    // The kernel reads for the process what the process may read; and what the tables say is said alike.
    let left = if read { 0 } else { 4 };
    let _ = write!(
        steps,
        "[[step]]\ndo = \"copy_from_user\"\nprocess = \"p\"\naddress = \"{name}\"\nbytes = 4\n\
         expect_left = {left}\n"
    );
    if !read {
        let _ = write!(
            steps,
            "[[step]]\ndo = \"translate\"\nprocess = \"p\"\nmode = \"user\"\naddress = \"{name}\"\n\
             expect_fault = \"area_rights\"\n"
        );
    }
}

/// Every set of rights, for pages that were there and for pages that were not, in four formats.
#[test]
fn pages_give_what_areas_give() {
    for (format, layout, rule) in formats() {
        let mut steps =
            String::from("[run]\ncheck_every = 1\n[[step]]\ndo = \"spawn\"\nas = \"p\"\n");
        for bits in 0..8 {
            let (read, write, execute) = (bits & 1 != 0, bits & 2 != 0, bits & 4 != 0);
            let letters = [(read, 'r'), (write, 'w'), (execute, 'x')];
            let letters: String = letters
                .iter()
                .filter(|one| one.0)
                .map(|one| one.1)
                .collect();
            let allowed = match bits {
                0 => (false, false, false),
                _ => rule(read, write, execute),
            };
            // Asked for at once, and taken from a page that holds a number.
            let _ = write!(
                steps,
                "[[step]]\ndo = \"mmap\"\nprocess = \"p\"\nbytes = 1\nrights = \"{letters}\"\nas = \"new{bits}\"\n\
                 [[step]]\ndo = \"mmap\"\nprocess = \"p\"\nbytes = 1\nas = \"old{bits}\"\n\
                 [[step]]\ndo = \"write\"\nprocess = \"p\"\naddress = \"old{bits}\"\nvalue = {value}\n\
                 [[step]]\ndo = \"mprotect\"\nprocess = \"p\"\naddress = \"old{bits}\"\nbytes = 1\nrights = \"{letters}\"\n",
                value = 40 + bits
            );
            accesses(&mut steps, &format!("new{bits}"), allowed);
            accesses(&mut steps, &format!("old{bits}"), allowed);
        }
        // A child has the same rights, and the numbers are there when the rights come back.
        steps.push_str("[[step]]\ndo = \"fork\"\nprocess = \"p\"\nas = \"child\"\n");
        for bits in 0..8 {
            for process in ["child", "p"] {
                let _ = write!(
                    steps,
                    "[[step]]\ndo = \"mprotect\"\nprocess = \"{process}\"\naddress = \"old{bits}\"\nbytes = 1\nrights = \"rw\"\n\
                     [[step]]\ndo = \"read\"\nprocess = \"{process}\"\naddress = \"old{bits}\"\nexpect_value = {value}\n\
                     [[step]]\ndo = \"write\"\nprocess = \"{process}\"\naddress = \"old{bits}\"\nvalue = 1\n",
                    value = 40 + bits
                );
            }
        }
        let run = with_input(["simulate", &layout, "-"], steps.as_bytes());
        assert_eq!(run.code, 0, "{format}: {}", run.err);
    }
}

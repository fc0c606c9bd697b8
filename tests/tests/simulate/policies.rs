//! Replacement policies on recorded traces, against references that are written here and share nothing with them.

use super::{bundled, run_text};
use mapwright_machine::Random;
use std::fmt::Write as _;

/// A page that is there, and whether it was used since it was looked at last.
#[derive(Clone, Copy)]
struct Present {
    page: u64,
    used: bool,
}

fn use_page(pages: &mut [Present], page: u64) -> bool {
    let found = pages.iter_mut().find(|one| one.page == page);
    found.map(|one| one.used = true).is_some()
}

/// What came first goes first.
fn fifo(frames: usize, trace: &[u64]) -> u64 {
    let mut pages: Vec<u64> = Vec::new();
    let mut faults = 0;
    for page in trace {
        if !pages.contains(page) {
            faults += 1;
            if pages.len() == frames {
                pages.remove(0);
            }
            pages.push(*page);
        }
    }
    faults
}

/// What was used gets another round.
fn clock(frames: usize, trace: &[u64]) -> u64 {
    let mut ring: Vec<Present> = Vec::new();
    let mut faults = 0;
    for &page in trace {
        if use_page(&mut ring, page) {
            continue;
        }
        faults += 1;
        if ring.len() == frames {
            while ring[0].used {
                ring[0].used = false;
                ring.rotate_left(1);
            }
            ring.remove(0);
        }
        ring.push(Present { page, used: true });
    }
    faults
}

/// New pages are inactive, used ones become active, and the inactive list is kept at least as long.
fn two_lists(frames: usize, trace: &[u64]) -> u64 {
    let (mut inactive, mut active): (Vec<Present>, Vec<Present>) = (Vec::new(), Vec::new());
    let mut faults = 0;
    for &page in trace {
        if use_page(&mut inactive, page) || use_page(&mut active, page) {
            continue;
        }
        faults += 1;
        if inactive.len() + active.len() == frames {
            loop {
                for _ in 0..active.len() {
                    if inactive.len() >= active.len() {
                        break;
                    }
                    let oldest = active.remove(0);
                    let back = Present {
                        used: false,
                        ..oldest
                    };
                    let list = if oldest.used {
                        &mut active
                    } else {
                        &mut inactive
                    };
                    list.push(back);
                }
                if inactive.is_empty() {
                    inactive.push(active.remove(0));
                }
                let oldest = inactive.remove(0);
                if !oldest.used {
                    break;
                }
                active.push(Present {
                    used: false,
                    ..oldest
                });
            }
        }
        inactive.push(Present { page, used: true });
    }
    faults
}

/// What is used last, or never again, goes.
fn optimal(frames: usize, trace: &[u64]) -> u64 {
    let mut pages: Vec<u64> = Vec::new();
    let mut faults = 0;
    for (at, page) in trace.iter().enumerate() {
        if pages.contains(page) {
            continue;
        }
        faults += 1;
        if pages.len() == frames {
            let next = |page: &u64| {
                let rest = trace[at..].iter();
                rest.clone()
                    .position(|one| one == page)
                    .unwrap_or(usize::MAX)
            };
            let last = (0..pages.len()).max_by_key(|at| next(&pages[*at]));
            pages.remove(last.expect("at least one frame"));
        }
        pages.push(*page);
    }
    faults
}

type Reference = fn(usize, &[u64]) -> u64;

const POLICIES: [(&str, Reference); 4] = [
    ("fifo", fifo),
    ("clock", clock),
    ("two_lists", two_lists),
    ("optimal", optimal),
];

#[test]
fn four_policies_on_random_traces() {
    let mut random = Random::new(14);
    for _ in 0..40 {
        let pages = random.between(2, 12);
        let length = random.between(1, 120);
        // Some pages are used more often than others.
        let trace: Vec<u64> = (0..length)
            .map(|_| random.below(pages).min(random.below(pages)))
            .collect();
        let frames = random.between(1, 8);
        let mut text = String::new();
        for (policy, reference) in POLICIES {
            let faults = reference(frames as usize, &trace);
            let _ = writeln!(
                text,
                "[[step]]\ndo = \"replay\"\npolicy = \"{policy}\"\nframes = {frames}\n\
                 trace = {trace:?}\nexpect_faults = {faults}\nexpect_references = {length}"
            );
        }
        let run = run_text(&text, &[]);
        assert_eq!(run.code, 0, "{text}\n{}", run.err);
    }
}

/// The bundled scenario's counts are those of the references too.
#[test]
fn the_bundled_traces() {
    let mut all = bundled().into_iter();
    let scenario = all
        .find(|one| one.name == "swap-policies")
        .expect("it is there");
    let value = |step: &str, key: &str| {
        let prefix = format!("{key} = ");
        let line = step.lines().find_map(|line| line.strip_prefix(&prefix));
        line.expect("the key is there")
            .trim_matches('"')
            .to_string()
    };
    let run = scenario.run(&["--format", "json"]);
    let results = run.out.lines().filter(|line| line.contains("\"replay\""));
    let steps: Vec<&str> = scenario.text.split("[[step]]").skip(1).collect();
    assert!(steps.len() >= 8);
    for (step, line) in steps.iter().zip(results) {
        let trace = value(step, "trace");
        let numbers = trace.trim_matches(['[', ']']).split(", ");
        let trace: Vec<u64> = numbers.map(|n| n.parse().expect("a page")).collect();
        let frames: usize = value(step, "frames").parse().expect("a number");
        let policy = value(step, "policy");
        let (_, reference) = POLICIES
            .iter()
            .find(|(name, _)| *name == policy)
            .expect("known");
        let line: serde_json::Value = serde_json::from_str(line).expect("JSON");
        assert_eq!(
            line["result"]["faults"],
            reference(frames, &trace),
            "{step}"
        );
    }
}

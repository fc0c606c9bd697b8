//! Requests for frames that fail, one after the other, in every scenario: no panic, and every law holds.

use super::bundled;

/// Failing every n-th request, for every n up to 12 and some beyond, meets the first ones of every step.
const PERIODS: [u64; 16] = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 17, 33, 129, 1025];

#[test]
fn allocations_fail_in_every_scenario() {
    for scenario in bundled() {
        // The large ones take as long each time, and their later rounds repeat the first.
        let large = ["borrow", "fragmentation", "random-load"].contains(&scenario.name.as_str());
        let periods = PERIODS.iter().step_by(if large { 5 } else { 1 });
        for period in periods {
            let run = scenario.run(&["--fail-allocation", &period.to_string()]);
            let name = &scenario.name;
            assert_eq!(run.code, 0, "{name}, every {period}-th fails:\n{}", run.err);
        }
    }
}

/// A failure that is ordered from inside is an error like any other.
#[test]
fn failures_can_be_ordered_one_by_one() {
    for nth in 1..=6 {
        let text = format!(
            "[[step]]\ndo = \"fail_allocation\"\nnth = {nth}\n\
             [[step]]\ndo = \"repeat\"\ncount = 10\nuntil = \"injected\"\n\
             step = [{{ do = \"alloc_pages\" }}]\nexpect = \"it.rounds == {nth} - 1\"\n"
        );
        let run = super::run_text(&text, &[]);
        assert_eq!(run.code, 0, "{}", run.err);
    }
}

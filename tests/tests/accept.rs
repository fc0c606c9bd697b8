//! Beside every rejected layout stands one that is right: it checks without a message and has an instance.

use crate::fixtures::{self, rendered};

#[test]
fn accepted_layouts_say_nothing() {
    let mut wrong = Vec::new();
    for fixture in fixtures::all("accept") {
        let made = fixture.compile();
        if !made.diagnostics.is_empty() || made.lowered.is_none() {
            wrong.push(format!("{}:\n{}", fixture.path, rendered(&made)));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

//! What is told while a run is on its way.

use super::watcher::Watcher;
use super::{Output, StepEnd, StepReport};
use crate::simulate::scenario::Step;
use crate::simulate::world::World;

/// Tells steps, with what happened in them.
pub(super) struct Telling<'a> {
    output: &'a mut dyn Output,
    watcher: Watcher,
    /// How deep the steps are inside repeats and choices.
    pub(super) depth: usize,
}

impl<'a> Telling<'a> {
    pub(super) fn new(output: &'a mut dyn Output, watcher: Watcher) -> Self {
        Self {
            output,
            watcher,
            depth: 0,
        }
    }

    /// How a step ended.
    pub(super) fn step(&mut self, step: &Step, end: StepEnd<'_>) {
        self.output.step(&StepReport {
            line: step.line,
            depth: self.depth,
            operation: step.action.name(),
            name: step.name.as_deref(),
            end,
        });
    }

    /// What happened in the step that is told next.
    pub(super) fn events(&mut self, step: &Step) {
        let kept = std::mem::take(&mut self.watcher.0.borrow_mut().kept);
        for event in &kept {
            self.output.event(step.line, event);
        }
    }

    /// What the step printed.
    pub(super) fn printed(&mut self, step: &Step, world: &mut World<'_>) {
        for text in std::mem::take(&mut world.printed) {
            self.output.printed(step.line, &text);
        }
    }

    /// How many events there were of each kind.
    pub(super) fn counts(&self) -> std::collections::BTreeMap<&'static str, u64> {
        self.watcher.0.borrow().counts.clone()
    }
}

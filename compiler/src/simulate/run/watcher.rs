//! What happened while a scenario ran: counted always, kept for those who want every event.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::rc::Rc;

use mapwright_machine::event::{Event, EventLog};

/// Events since they were last taken, and how many there were of each kind.
#[derive(Debug, Default)]
pub(crate) struct Watched {
    /// Every event is kept until it is taken.
    pub(crate) keeps: bool,
    /// The events.
    pub(crate) kept: Vec<Event>,
    /// How many of each kind there were.
    pub(crate) counts: BTreeMap<&'static str, u64>,
}

/// What watches a machine; the scenario has the other end.
#[derive(Debug, Clone, Default)]
pub(crate) struct Watcher(pub(crate) Rc<RefCell<Watched>>);

impl EventLog for Watcher {
    fn note(&mut self, event: &Event) {
        let mut watched = self.0.borrow_mut();
        *watched.counts.entry(word(event)).or_default() += 1;
        if watched.keeps {
            watched.kept.push(event.clone());
        }
    }
}

/// The kind of an event, as machines read it.
pub(crate) fn word(event: &Event) -> &'static str {
    match event {
        Event::FramesTaken { .. } => "frames_taken",
        Event::FramesGiven { .. } => "frames_given",
        Event::Pressure => "pressure",
        Event::Object { given: true, .. } => "object_given",
        Event::Object { .. } => "object_freed",
        Event::AreaMade { .. } => "area_made",
        Event::AreaFreed { .. } => "area_freed",
        Event::SlotMapped { .. } => "slot_mapped",
        Event::SlotsFlushed { .. } => "slots_flushed",
        Event::SlotWait { .. } => "slot_wait",
        Event::FixedOverwritten { .. } => "fixed_overwritten",
        Event::PageFault { how, .. } => match *how {
            "demand" => "fault_demand",
            "copy" => "fault_copy",
            "stack" => "fault_stack",
            "kernel" => "fault_kernel",
            "swap" => "fault_swap",
            "rights" => "fault_rights",
            _ => "fault_retry",
        },
        Event::ProcessMade { .. } => "process_made",
        Event::ProcessEnded { .. } => "process_ended",
        Event::Swapped { out: true, .. } => "swapped_out",
        Event::Swapped { .. } => "swapped_in",
        Event::BusMapped { .. } => "bus_mapped",
        Event::BusUnmapped { .. } => "bus_unmapped",
        Event::OutOfMemory { .. } => "out_of_memory",
    }
}

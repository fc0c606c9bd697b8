//! The words by which scenarios name errors, faults and laws.

use super::operations::bus;
use mapwright_runtime::machine::MachineError;
use mapwright_runtime::machine::buddy::{FrameFailure, FreeError};
use mapwright_runtime::machine::laws::Law;
use mapwright_runtime::machine::memory::MemoryError;
use mapwright_runtime::machine::process::ProcessError;
use mapwright_runtime::machine::slab::SlabError;
use mapwright_runtime::machine::tables::TableError;
use mapwright_runtime::machine::window::WindowError;

/// What `expect_error` may name.
pub(super) const ERRORS: &[&str] = &[
    "no_frames",
    "fragmented",
    "order_too_large",
    "no_zone",
    "injected",
    "foreign_frame",
    "never_free",
    "double_free",
    "inside_block",
    "wrong_order",
    "other_use",
    "no_memory_there",
    "host_limit",
    "not_canonical",
    "misaligned",
    "no_such_page",
    "already_mapped",
    "tables_in_use",
    "not_mapped",
    "unencodable",
    "unusable_format",
    "too_large",
    "bad_shape",
    "duplicate_name",
    "unknown_cache",
    "objects_in_use",
    "foreign_object",
    "not_an_object",
    "wrong_cache",
    "no_address",
    "no_window",
    "exhausted",
    "empty",
    "is_memory",
    "not_memory",
    "not_for_devices",
    "outside_space",
    "slots_in_use",
    "no_slot",
    "slot_free",
    "no_process",
    "bad_range",
    "in_use",
    "no_area",
    "no_gap",
    "no_template",
    "bad_break",
    "killed",
    "not_direct",
    "no_swap",
    "no_device",
    "no_domain",
    "no_bus",
    "no_bus_tables",
    "beyond_reach",
    "shared_tables",
    "domain_in_use",
];

/// What `expect_fault` may name.
pub(super) const FAULTS: &[&str] = &[
    "not_present",
    "non_canonical",
    "reserved_bit",
    "bad_table_address",
    "image_hole",
    "permission",
    "protection",
    "privilege",
    "no_area",
    "area_rights",
    "stack_limit",
    "no_descriptor",
    "limit",
    "type",
    "guard",
    "hole",
    "unmapped",
    "out_of_space",
    "bus_not_mapped",
    "bus_permission",
    "bus_reach",
    "bus_out_of_space",
    "bus_bad_table",
    "bus_nothing",
    "bus_stale",
];

/// The laws with the words that `expect_law` may name.
pub(super) const LAWS: [(&str, Law); 11] = [
    ("frame_is_memory", Law::FrameIsMemory),
    ("frame_in_zone", Law::FrameInZone),
    ("one_owner", Law::OneOwner),
    ("owner_gives_up", Law::OwnerGivesUp),
    ("frames_add_up", Law::FramesAddUp),
    ("address_in_window", Law::AddressInWindow),
    ("no_overlap", Law::NoOverlap),
    ("tables_decode", Law::TablesDecode),
    ("tables_count", Law::TablesCount),
    ("objects_add_up", Law::ObjectsAddUp),
    ("sharers_add_up", Law::SharersAddUp),
];

/// The word of an error, a fault or a broken law.
pub(super) fn of(error: &MachineError) -> &'static str {
    match error {
        MachineError::Frames(error) => frames(error),
        MachineError::Free(error) => free(*error),
        MachineError::Memory(MemoryError::Host(_)) => "host_limit",
        MachineError::Memory(_) => "no_memory_there",
        MachineError::Table(error) => table(error),
        MachineError::Slab(error) => slab(error),
        MachineError::Window(error) => window(error),
        MachineError::Process(error) => process(error),
        MachineError::Bus(error) => bus::word(error),
        MachineError::Fault(fault) => fault.why.word(),
        MachineError::Law(violation) => law(violation.law),
    }
}

/// The word of a law.
pub(super) fn law(law: Law) -> &'static str {
    let mut all = LAWS.iter();
    all.find(|(_, one)| *one == law)
        .map_or("law", |(word, _)| word)
}

fn frames(error: &FrameFailure) -> &'static str {
    match error {
        FrameFailure::Exhausted { .. } if error.is_fragmentation() => "fragmented",
        FrameFailure::Exhausted { .. } => "no_frames",
        FrameFailure::OrderTooLarge { .. } => "order_too_large",
        FrameFailure::NoZones => "no_zone",
        FrameFailure::Injected { .. } => "injected",
    }
}

fn free(error: FreeError) -> &'static str {
    match error {
        FreeError::Foreign { .. } => "foreign_frame",
        FreeError::NeverFree { .. } => "never_free",
        FreeError::AlreadyFree { .. } | FreeError::OnCpuList { .. } => "double_free",
        FreeError::InsideBlock { .. } => "inside_block",
        FreeError::WrongOrder { .. } => "wrong_order",
        FreeError::OtherUse { .. } => "other_use",
    }
}

fn table(error: &TableError) -> &'static str {
    match error {
        TableError::UnusableFormat { .. } => "unusable_format",
        TableError::NotCanonical { .. } => "not_canonical",
        TableError::Misaligned { .. } => "misaligned",
        TableError::NoSuchPage { .. } => "no_such_page",
        TableError::AlreadyMapped { .. } => "already_mapped",
        TableError::InUse { .. } => "tables_in_use",
        TableError::NotMapped { .. } => "not_mapped",
        TableError::Unencodable { .. } => "unencodable",
    }
}

fn slab(error: &SlabError) -> &'static str {
    match error {
        SlabError::TooLarge { .. } => "too_large",
        SlabError::BadShape { .. } => "bad_shape",
        SlabError::DuplicateName { .. } => "duplicate_name",
        SlabError::UnknownCache { .. } => "unknown_cache",
        SlabError::InUse { .. } => "objects_in_use",
        SlabError::Foreign { .. } => "foreign_object",
        SlabError::NotAnObject { .. } => "not_an_object",
        SlabError::DoubleFree { .. } => "double_free",
        SlabError::WrongCache { .. } => "wrong_cache",
        SlabError::NoAddress { .. } => "no_address",
    }
}

fn window(error: &WindowError) -> &'static str {
    match error {
        WindowError::NoWindow { .. } => "no_window",
        WindowError::Exhausted { .. } => "exhausted",
        WindowError::Empty => "empty",
        WindowError::NoArea { .. } => "no_area",
        WindowError::IsMemory { .. } => "is_memory",
        WindowError::NotMemory { .. } => "not_memory",
        WindowError::NotForDevices { .. } => "not_for_devices",
        WindowError::OutsideSpace { .. } => "outside_space",
        WindowError::SlotsInUse { .. } => "slots_in_use",
        WindowError::NotMapped { .. } => "not_mapped",
        WindowError::NoSlot { .. } => "no_slot",
        WindowError::SlotFree { .. } => "slot_free",
    }
}

fn process(error: &ProcessError) -> &'static str {
    match error {
        ProcessError::NoProcess { .. } => "no_process",
        ProcessError::BadRange { .. } => "bad_range",
        ProcessError::InUse { .. } => "in_use",
        ProcessError::NoArea { .. } => "no_area",
        ProcessError::NoGap { .. } => "no_gap",
        ProcessError::NoTemplate { .. } => "no_template",
        ProcessError::BadBreak { .. } => "bad_break",
        ProcessError::Killed { .. } => "killed",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_listed() {
        assert!(ERRORS.contains(&frames(&FrameFailure::NoZones)));
        assert!(ERRORS.contains(&free(FreeError::Foreign { frame: 0 })));
        assert!(ERRORS.contains(&window(&WindowError::Empty)));
        assert!(LAWS.iter().all(|(word, one)| law(*one) == *word));
    }
}

//! The words by which scenarios name what is refused: errors and faults by subject, and laws. Each is declared once,
//! with what it says; operations declare by subject what they may answer, and the reader, the run and the reference
//! ask these tables.

use mapwright_machine::MachineError;
use mapwright_machine::buddy::{FrameFailure, FreeError};
use mapwright_machine::bus::BusError;
use mapwright_machine::laws::Law;
use mapwright_machine::memory::MemoryError;
use mapwright_machine::process::ProcessError;
use mapwright_machine::slab::SlabError;
use mapwright_machine::tables::TableError;
use mapwright_machine::window::WindowError;

use super::operations::declaration::Operation;

/// The words about one subject.
#[derive(Debug)]
pub(crate) struct Subject {
    /// What they are about.
    pub(crate) name: &'static str,
    /// `expect_fault` names them, not `expect_error`.
    pub(crate) faults: bool,
    /// The words, with what each says.
    pub(crate) words: &'static [(&'static str, &'static str)],
}

impl Subject {
    /// Whether it has this word.
    pub(crate) fn has(&self, word: &str) -> bool {
        self.words.iter().any(|(one, _)| *one == word)
    }
}

/// Declares a subject whose words are of one kind of error: the table, and the word of an error.
macro_rules! words {
    ($subject:ident $name:literal, $of:ident($error:ident: $kind:ty) {
        $($word:literal $says:literal: $pattern:pat $(if $guard:expr)?,)*
    } $(and $other:pat => $their:expr)?) => {
        pub(crate) const $subject: Subject = Subject {
            name: $name,
            faults: false,
            words: &[$(($word, $says)),*],
        };

        fn $of($error: &$kind) -> &'static str {
            match $error {
                $($pattern $(if $guard)? => $word,)*
                $($other => $their,)?
            }
        }
    };
}

words! { FRAMES "requests for frames", frames(error: FrameFailure) {
    "fragmented" "enough frames are free, and no block of the order": FrameFailure::Exhausted { .. } if error.is_fragmentation(),
    "no_frames" "no zone that may be asked has so many frames to spare": FrameFailure::Exhausted { .. },
    "order_too_large" "blocks of this order there are none": FrameFailure::OrderTooLarge { .. },
    "no_zone" "no zone may be asked": FrameFailure::NoZones,
    "injected" "the failure was ordered": FrameFailure::Injected { .. },
} }

words! { FREES "frames given back", frees(error: FreeError) {
    "foreign_frame" "no zone has the frame": FreeError::Foreign { .. },
    "never_free" "the frame is reserved, or no memory": FreeError::NeverFree { .. },
    "double_free" "it is free already": FreeError::AlreadyFree { .. } | FreeError::OnCpuList { .. },
    "inside_block" "it lies inside a block, not at its beginning": FreeError::InsideBlock { .. },
    "wrong_order" "the block has another order": FreeError::WrongOrder { .. },
    "other_use" "the frame is used for something else": FreeError::OtherUse { .. },
} }

words! { MEMORY "physical memory", memory(error: MemoryError) {
    "host_limit" "the run has taken the memory of the host that it may take": MemoryError::Host(_),
    "no_memory_there" "nothing answers at the physical address": MemoryError::Nothing { .. } | MemoryError::PastTheEnd { .. },
} }

words! { TABLES "page tables", tables(error: TableError) {
    "not_canonical" "the format cannot translate the address": TableError::NotCanonical { .. },
    "misaligned" "an address is no multiple of the page": TableError::Misaligned { .. },
    "no_such_page" "the format has no pages of this size": TableError::NoSuchPage { .. },
    "already_mapped" "something is mapped there already": TableError::AlreadyMapped { .. },
    "tables_in_use" "smaller pages are mapped where a larger one should be": TableError::InUse { .. },
    "not_mapped" "nothing is mapped there": TableError::NotMapped { .. },
    "unencodable" "the format has no entry for it": TableError::Unencodable { .. },
    "unusable_format" "tables of this format cannot be written": TableError::UnusableFormat { .. },
} }

words! { OBJECTS "objects and caches", objects(error: SlabError) {
    "too_large" "more bytes than kmalloc gives": SlabError::TooLarge { .. },
    "bad_shape" "no slab can have such objects": SlabError::BadShape { .. },
    "duplicate_name" "there is a cache of this name": SlabError::DuplicateName { .. },
    "unknown_cache" "there is no such cache": SlabError::UnknownCache { .. },
    "objects_in_use" "the cache has objects that are used": SlabError::InUse { .. },
    "foreign_object" "no slab holds the address": SlabError::Foreign { .. },
    "not_an_object" "no object begins at the address": SlabError::NotAnObject { .. },
    "double_free" "the object is free already": SlabError::DoubleFree { .. },
    "wrong_cache" "the object is another cache's": SlabError::WrongCache { .. },
    "no_address" "no linear window shows the memory": SlabError::NoAddress { .. },
} }

words! { WINDOWS "the kernel's windows", windows(error: WindowError) {
    "no_window" "the layout has no such window": WindowError::NoWindow { .. },
    "exhausted" "no gap of the window is large enough": WindowError::Exhausted { .. },
    "empty" "no bytes were asked for": WindowError::Empty,
    "no_area" "no area begins at the address": WindowError::NoArea { .. },
    "is_memory" "a device was wanted, and memory is there": WindowError::IsMemory { .. },
    "not_memory" "memory was wanted, and none is there": WindowError::NotMemory { .. },
    "not_for_devices" "the window shows no devices": WindowError::NotForDevices { .. },
    "outside_space" "the range leaves physical space": WindowError::OutsideSpace { .. },
    "slots_in_use" "all slots have users": WindowError::SlotsInUse { .. },
    "not_mapped" "the frame has no slot": WindowError::NotMapped { .. },
    "no_slot" "there is no such slot": WindowError::NoSlot { .. },
    "slot_free" "the slot shows nothing": WindowError::SlotFree { .. },
} }

words! { PROCESSES "processes", processes(error: ProcessError) {
    "no_process" "there is no such process (any more)": ProcessError::NoProcess { .. },
    "bad_range" "the range is empty, not in whole pages, or not the process's": ProcessError::BadRange { .. },
    "in_use" "an area is there already": ProcessError::InUse { .. },
    "kept" "the layout declares a guard, a hole or a window there": ProcessError::Kept { .. },
    "no_area" "a part of the range is in no area": ProcessError::NoArea { .. },
    "no_gap" "no gap is large enough": ProcessError::NoGap { .. },
    "no_template" "the layout declares no such area": ProcessError::NoTemplate { .. },
    "bad_break" "the heap may not end there": ProcessError::BadBreak { .. },
    "killed" "the process was ended for its memory": ProcessError::Killed { .. },
} }

words! { BUS "devices and their bus", bus(error: BusError) {
    "no_device" "there is no such device": BusError::NoDevice { .. },
    "no_domain" "there is no such domain": BusError::NoDomain { .. },
    "no_bus" "the layout has no bus space": BusError::NoSpace,
    "no_bus_tables" "the bus space has no tables of its own": BusError::NoFormat { .. },
    "unusable_format" "tables of its format cannot be written": BusError::TableSize { .. },
    "bad_shape" "a device has not so many address lines": BusError::AddressLines { .. },
    "bad_range" "the range is empty, or leaves the space": BusError::BadRange { .. },
    "in_use" "the bus addresses are mapped already": BusError::InUse { .. },
    "not_mapped" "no mapping begins there": BusError::NotMapped { .. },
    "no_gap" "no gap of bus addresses is large enough": BusError::NoGap { .. },
    "beyond_reach" "the device has not so many address lines": BusError::BeyondReach { .. },
    "not_memory" "no memory is there": BusError::Hole { .. },
    "shared_tables" "the tables are not the domain's own": BusError::SharedTables { .. },
    "domain_in_use" "a device is attached to the domain": BusError::DomainInUse { .. },
} and BusError::Fault(fault) => fault.why.word() }

/// What the direct map refuses.
pub(crate) const DIRECT: Subject = Subject {
    name: "the direct map",
    faults: false,
    words: &[
        ("not_direct", "the address is in no linear window"),
        ("no_address", "no linear window shows the physical address"),
    ],
};

/// What needs swap.
pub(crate) const SWAP: Subject = Subject {
    name: "swap",
    faults: false,
    words: &[("no_swap", "there is no swap")],
};

/// Faults of a processor's access.
pub(crate) const PAGE_FAULTS: Subject = Subject {
    name: "page faults",
    faults: true,
    words: &[
        ("not_present", "the tables lead to no page"),
        ("non_canonical", "the format cannot translate the address"),
        (
            "reserved_bit",
            "an entry has a reserved bit set, or no meaning",
        ),
        ("bad_table_address", "a table is where no memory is"),
        ("out_of_space", "the address is wider than its space"),
        ("permission", "the page may not be used so"),
        ("privilege", "the page is the kernel's"),
        ("no_area", "no area of the process is there"),
        ("area_rights", "the area may not be used so"),
        ("stack_limit", "the stack may not grow so far"),
    ],
};

/// Faults of segmentation.
pub(crate) const SEGMENT_FAULTS: Subject = Subject {
    name: "faults of segmentation",
    faults: true,
    words: &[
        ("no_descriptor", "the selector names no descriptor"),
        ("limit", "the offset passes the segment's limit"),
        ("type", "a segment of this type may not be used so"),
        ("privilege", "the code is not privileged enough"),
    ],
};

/// Addresses that the layout gives no meaning.
pub(crate) const NO_MEANING: Subject = Subject {
    name: "addresses without a meaning",
    faults: true,
    words: &[
        ("guard", "a guard is declared there"),
        ("hole", "a hole is declared there"),
        ("unmapped", "nothing is declared there"),
        ("non_canonical", "the format cannot translate the address"),
        ("out_of_space", "the address is wider than its space"),
    ],
};

/// Faults of a device's access.
pub(crate) const BUS_FAULTS: Subject = Subject {
    name: "faults on the bus",
    faults: true,
    words: &[
        ("bus_not_mapped", "the device's tables lead to no page"),
        ("bus_permission", "the device may not use the page so"),
        ("bus_reach", "the device has not so many address lines"),
        (
            "bus_out_of_space",
            "the address is wider than the bus space",
        ),
        (
            "bus_bad_table",
            "an entry has no meaning, or a table is where no memory is",
        ),
        ("bus_nothing", "nothing answers at the physical address"),
        ("bus_stale", "the frame was given back since it was mapped"),
    ],
};

/// All of them, as the reference lists them.
pub(crate) const ALL: &[&Subject] = &[
    &FRAMES,
    &FREES,
    &MEMORY,
    &TABLES,
    &OBJECTS,
    &WINDOWS,
    &PROCESSES,
    &BUS,
    &DIRECT,
    &SWAP,
    &PAGE_FAULTS,
    &SEGMENT_FAULTS,
    &NO_MEANING,
    &BUS_FAULTS,
];

/// The words of some subjects: faults, or errors.
pub(crate) fn words(subjects: &[&'static Subject], faults: bool) -> Vec<&'static str> {
    let mut words = Vec::new();
    for subject in subjects.iter().filter(|subject| subject.faults == faults) {
        for (word, _) in subject.words {
            if !words.contains(word) {
                words.push(word);
            }
        }
    }
    words
}

/// Whether a word names a fault.
pub(crate) fn is_fault(word: &str) -> bool {
    let mut faults = ALL.iter().filter(|subject| subject.faults);
    faults.any(|subject| subject.has(word))
}

/// Whether an operation declares that it may be refused so. Laws may be broken by all.
pub(crate) fn declares(operation: &Operation, word: &str) -> bool {
    let mut subjects = operation.refuses.iter();
    subjects.any(|subject| subject.has(word)) || LAWS.iter().any(|(law, _)| *law == word)
}

/// The laws with the words that `expect_law` may name.
pub(crate) const LAWS: [(&str, Law); 11] = [
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

/// The word of a law.
pub(crate) fn law(law: Law) -> &'static str {
    let mut all = LAWS.iter();
    all.find(|(_, one)| *one == law)
        .map_or("law", |(word, _)| word)
}

/// The word of an error, a fault or a broken law.
pub(crate) fn of(error: &MachineError) -> &'static str {
    match error {
        MachineError::Frames(error) => frames(error),
        MachineError::Free(error) => frees(error),
        MachineError::Memory(error) => memory(error),
        MachineError::Table(error) => tables(error),
        MachineError::Slab(error) => objects(error),
        MachineError::Window(error) => windows(error),
        MachineError::Process(error) => processes(error),
        MachineError::Bus(error) => bus(error),
        MachineError::Fault(fault) => fault.why.word(),
        MachineError::Law(violation) => law(violation.law),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_law_has_a_word_of_its_own() {
        assert!(LAWS.iter().all(|(word, one)| law(*one) == *word));
        assert!(LAWS.iter().all(|(word, _)| !is_fault(word)));
    }

    /// A word may be said of several subjects, but as an error or as a fault.
    #[test]
    fn words_say_something() {
        for subject in ALL {
            assert!(
                subject
                    .words
                    .iter()
                    .all(|(word, says)| word != says && !says.is_empty())
            );
        }
        let errors = words(ALL, false);
        let both = words(ALL, true)
            .into_iter()
            .filter(|word| errors.contains(word));
        // Of a range without an area, and of an access where there is none.
        assert_eq!(both.collect::<Vec<_>>(), ["no_area"]);
    }
}

//! The laws of layouts, decided for all values of all parameters.
//!
//! One file per check: its page, its function, its wording. Checks run from the most basic to the most derived. A law
//! that was refuted is *assumed* by the laws after it: what follows from an earlier mistake is then proved and says
//! nothing, and a mistake of its own is shown by values for which everything reported before is fine.

mod case;
mod checker;
mod covered;
mod edges;
mod frames;
mod members;
mod pieces;
mod reach;
mod room;
mod sweep;

pub mod alias_shares_nothing;
pub mod always_true;
pub mod area_in_shared;
pub mod assert_fails;
pub mod assumptions_contradict;
pub mod breaks_assumption;
pub mod cache_differs;
pub mod canonical_unused;
pub mod cut_off;
pub mod device_cached;
pub mod empty_range;
pub mod executable_device;
pub mod expect_fails;
pub mod export_range;
pub mod fallback_cycle;
pub mod family_size;
pub mod fixed_slots_do_not_fit;
pub mod frame_too_high;
pub mod frames_without_zone;
pub mod global_per_process;
pub mod guard_empty;
pub mod impossible_value;
pub mod leaves_parent;
pub mod maps_device;
pub mod maps_error_values;
pub mod maps_null;
pub mod maps_reserve;
pub mod may_not_exist;
pub mod never_exists;
pub mod no_guard;
pub mod no_such_member;
pub mod non_canonical;
pub mod not_accessible;
pub mod not_congruent;
pub mod not_everywhere;
pub mod not_page_aligned;
pub mod not_positive;
pub mod not_proved;
pub mod outside_space;
pub mod overlap;
pub mod page_size;
pub mod paging;
pub mod segment_index;
pub mod segment_level;
pub mod segment_limit;
pub mod shared_tables;
pub mod slots_do_not_fit;
pub mod slots_too_few;
pub mod space_bits;
pub mod split_gap;
pub mod split_overlap;
pub mod stack_grows;
pub mod table_too_small;
pub mod target_outside;
pub mod undeclared_alias;
pub mod undefined_value;
pub mod unreachable_device;
pub mod unreachable_memory;
pub mod unused_name;
pub mod writable_code;
pub mod write_and_execute;
pub mod zone_reach;

use crate::diagnostic::{Diagnostic, Page};
use crate::model::Model;
use crate::source::Sources;
pub use case::{Case, as_addr, item_title, span_text};
pub use checker::{Checker, Law};

/// The pages of all checks, in the order in which they run.
pub const PAGES: &[&Page] = &[
    &assumptions_contradict::PAGE,
    &breaks_assumption::PAGE,
    &impossible_value::PAGE,
    &paging::levels::PAGE,
    &paging::misspelt_right::PAGE,
    &paging::table_size::PAGE,
    &paging::entry::PAGE,
    &paging::forms::PAGE,
    &paging::frame::PAGE,
    &space_bits::PAGE,
    &undefined_value::PAGE,
    &may_not_exist::PAGE,
    &no_such_member::PAGE,
    &family_size::PAGE,
    &never_exists::PAGE,
    &empty_range::PAGE,
    &guard_empty::PAGE,
    &outside_space::PAGE,
    &split_gap::PAGE,
    &split_overlap::PAGE,
    &leaves_parent::PAGE,
    &overlap::PAGE,
    &non_canonical::PAGE,
    &canonical_unused::PAGE,
    &not_page_aligned::PAGE,
    &shared_tables::PAGE,
    &not_accessible::PAGE,
    &area_in_shared::PAGE,
    &global_per_process::PAGE,
    &not_everywhere::PAGE,
    &no_guard::PAGE,
    &stack_grows::PAGE,
    &maps_null::PAGE,
    &maps_error_values::PAGE,
    &page_size::PAGE,
    &not_congruent::PAGE,
    &target_outside::PAGE,
    &frame_too_high::PAGE,
    &maps_device::PAGE,
    &frames_without_zone::PAGE,
    &maps_reserve::PAGE,
    &undeclared_alias::PAGE,
    &alias_shares_nothing::PAGE,
    &executable_device::PAGE,
    &writable_code::PAGE,
    &write_and_execute::PAGE,
    &device_cached::PAGE,
    &cache_differs::PAGE,
    &table_too_small::PAGE,
    &not_positive::PAGE,
    &slots_do_not_fit::PAGE,
    &slots_too_few::PAGE,
    &fixed_slots_do_not_fit::PAGE,
    &fallback_cycle::PAGE,
    &zone_reach::PAGE,
    &unreachable_memory::PAGE,
    &unreachable_device::PAGE,
    &cut_off::PAGE,
    &segment_index::PAGE,
    &segment_level::PAGE,
    &segment_limit::PAGE,
    &export_range::PAGE,
    &assert_fails::PAGE,
    &always_true::PAGE,
    &unused_name::PAGE,
    &expect_fails::PAGE,
    &not_proved::PAGE,
];

/// The checks, from the most basic to the most derived. Those of assumptions come before them all.
const CHECKS: &[fn(&mut Checker<'_>)] = &[
    impossible_value::check,
    paging::check,
    space_bits::check,
    undefined_value::check,
    may_not_exist::check,
    no_such_member::check,
    family_size::check,
    never_exists::check,
    empty_range::check,
    guard_empty::check,
    outside_space::check,
    split_gap::check,
    split_overlap::check,
    leaves_parent::check,
    overlap::check,
    non_canonical::check,
    canonical_unused::check,
    not_page_aligned::check,
    shared_tables::check,
    not_accessible::check,
    area_in_shared::check,
    global_per_process::check,
    not_everywhere::check,
    no_guard::check,
    stack_grows::check,
    maps_null::check,
    maps_error_values::check,
    page_size::check,
    not_congruent::check,
    target_outside::check,
    frame_too_high::check,
    maps_device::check,
    frames_without_zone::check,
    maps_reserve::check,
    undeclared_alias::check,
    alias_shares_nothing::check,
    executable_device::check,
    writable_code::check,
    write_and_execute::check,
    device_cached::check,
    cache_differs::check,
    table_too_small::check,
    not_positive::check,
    slots_do_not_fit::check,
    slots_too_few::check,
    fixed_slots_do_not_fit::check,
    fallback_cycle::check,
    zone_reach::check,
    unreachable_memory::check,
    unreachable_device::check,
    segment_index::check,
    segment_level::check,
    segment_limit::check,
    export_range::check,
    assert_fails::check,
    always_true::check,
    unused_name::check,
    expect_fails::check,
];

/// For which parameter values the laws are to hold.
#[derive(Debug, Clone, Default)]
pub enum Scope {
    /// For all of them.
    #[default]
    All,
    /// For this one assignment, by variable.
    One(Vec<i128>),
}

/// What was decided.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Summary {
    /// Laws that hold.
    pub proved: usize,
    /// Laws that do not.
    pub refuted: usize,
    /// Laws that were not decided within the budget.
    pub undecided: usize,
    /// How many parameter assignments the domains have together (saturating).
    pub points: u128,
}

impl Summary {
    /// All laws.
    #[must_use]
    pub const fn laws(&self) -> usize {
        self.proved + self.refuted + self.undecided
    }
}

/// Decides every law of a layout. Where no parameter values are left to ask about (the assumptions contradict each
/// other, or the values given break one), nothing else is decided.
#[must_use]
pub fn check(model: &Model, sources: &Sources, scope: &Scope) -> (Summary, Vec<Diagnostic>) {
    let mut checker = Checker::new(model, sources, scope);
    if assumptions_contradict::check(&mut checker) && breaks_assumption::check(&mut checker) {
        for run in CHECKS {
            run(&mut checker);
        }
    }
    (checker.summary, checker.diagnostics)
}

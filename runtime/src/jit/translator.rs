//! The public face: a layout's space as something that translates many addresses quickly.

use super::memory::Code;
use super::plan;
use super::table::{Piece, Table};
use crate::layout::{Layout, PlaceId, SpaceId};
use crate::translate::{Fault, Linear, Outcome, Rule, Segment, Translation};
use alloc::string::String;
use alloc::vec::Vec;
use core::fmt;

/// What does the work.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Engine {
    /// Machine code made for the layout.
    Jit,
    /// Rust code that walks the same tables.
    Table,
}

/// `jit` or `table`, as on the command line.
impl fmt::Display for Engine {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::Jit => "jit",
            Self::Table => "table",
        })
    }
}

/// The translation of one address.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Answer {
    /// The address in the target space; the address itself where nothing static maps it.
    pub physical: u64,
    /// Which meaning it is: see [`Translator::decode`].
    pub code: u32,
}

/// Addresses are looked up in stretches of this many, so that what a stretch has written is still
/// in the first cache when repeated pages are corrected.
const STRETCH: usize = 2048;

/// The translation of one space of a layout.
///
/// It owns its tables and its code, gives both back when dropped, and may be shared by threads.
/// Its code is never writable and executable at once.
pub struct Translator {
    lookup: Lookup,
    space: SpaceId,
    /// What each piece means.
    meanings: Vec<Meaning>,
    /// The segments whose pages are repeated in a way that no mask can say, by code.
    repeated: Vec<(u32, Segment, Linear)>,
}

impl Translator {
    /// A translator for `space`, as machine code where the system allows it.
    ///
    /// # Panics
    /// If `space` is from another layout and beyond this one's spaces.
    #[must_use]
    pub fn new(layout: &Layout, space: SpaceId) -> Self {
        Self::with_engine(layout, space, Engine::Jit)
    }

    /// A translator that uses this engine, or [`Engine::Table`] where [`Engine::Jit`] is refused.
    ///
    /// # Panics
    /// If `space` is from another layout and beyond this one's spaces.
    #[must_use]
    pub fn with_engine(layout: &Layout, space: SpaceId, engine: Engine) -> Self {
        let segments = layout.segments_of(space);
        let (pieces, meanings) = pieces(segments);
        let lookup = Lookup::new(&pieces, engine);
        let corrected = |code| {
            let first = meanings[lookup.table.piece(code)?].segment?;
            let segment = segments[first as usize];
            let linear = repeated(&segment).filter(|linear| !is_masked(linear))?;
            Some((code, segment, *linear))
        };
        let codes = (0..).take_while(|code| lookup.table.piece(*code).is_some());
        Self {
            space,
            repeated: codes.filter_map(corrected).collect(),
            lookup,
            meanings,
        }
    }

    /// What does the work.
    #[must_use]
    pub fn engine(&self) -> Engine {
        self.lookup.engine()
    }

    /// The space whose addresses it translates.
    #[must_use]
    pub fn space(&self) -> SpaceId {
        self.space
    }

    /// The bytes of its tables.
    #[must_use]
    pub fn table_bytes(&self) -> usize {
        self.lookup.table.bytes()
    }

    /// The shape of its tables in words, such as `radix, 1 node`.
    #[must_use]
    pub fn shape(&self) -> String {
        self.lookup.table.shape.words()
    }

    /// Translates one address.
    #[must_use]
    pub fn translate(&self, address: u64) -> Answer {
        let (physical, code) = self.lookup.one(address);
        let physical = match self.repeated(code) {
            Some((segment, linear)) => linear.address_of(segment.range, address),
            None => physical,
        };
        Answer { physical, code }
    }

    /// Translates many addresses: `physical[i]` and `codes[i]` are the [`Answer`] for
    /// `addresses[i]`.
    ///
    /// # Panics
    /// If the three are not of one length.
    pub fn translate_batch(&self, addresses: &[u64], physical: &mut [u64], codes: &mut [u32]) {
        if self.repeated.is_empty() {
            return self.lookup.many(addresses, physical, codes);
        }
        assert_eq!(
            addresses.len(),
            physical.len(),
            "one target for each address"
        );
        assert_eq!(addresses.len(), codes.len(), "one code for each address");
        let stretches = addresses.chunks(STRETCH);
        let results = physical.chunks_mut(STRETCH).zip(codes.chunks_mut(STRETCH));
        for (addresses, (physical, codes)) in stretches.zip(results) {
            self.lookup.many(addresses, physical, codes);
            self.correct_repeated(addresses, physical, codes);
        }
    }

    /// What an answer means, in full.
    ///
    /// # Panics
    /// If `layout` is not the one that the translator was made from, or the answer not its own,
    /// and the code names nothing.
    #[must_use]
    pub fn decode(&self, layout: &Layout, answer: Answer) -> Translation {
        let meaning = self
            .meaning(answer.code)
            .expect("a code of this translator");
        let Some(first) = meaning.segment else {
            return Translation::Fault(Fault::OutOfSpace);
        };
        match layout.segments_of(self.space)[first as usize].outcome {
            // Views are no codes of their own: which it is, the address tells.
            Outcome::Linear(linear) if matches!(linear.rule, Rule::Straight { .. }) => {
                let address = answer.physical.wrapping_sub(meaning.delta);
                layout.translate(self.space, address)
            }
            Outcome::Linear(linear) => Translation::Mapped {
                window: linear.window,
                view: linear.view,
                space: linear.space,
                address: answer.physical,
                zone: layout.zone_at(linear.space, answer.physical),
                access: linear.access,
            },
            Outcome::Dynamic(place) => Translation::Dynamic { place },
            Outcome::Fault(fault) => Translation::Fault(fault),
        }
    }

    /// The window, dynamic place, guard or hole that a code stands for. Several codes may stand for
    /// one place: there are more where guards or other windows lie in a window, and at the ends of
    /// the addresses.
    #[must_use]
    pub fn place(&self, code: u32) -> Option<PlaceId> {
        self.meaning(code)?.place
    }

    fn meaning(&self, code: u32) -> Option<&Meaning> {
        self.meanings.get(self.lookup.table.piece(code)?)
    }

    fn repeated(&self, code: u32) -> Option<(&Segment, &Linear)> {
        if self.repeated.is_empty() {
            return None;
        }
        let at = self
            .repeated
            .binary_search_by_key(&code, |(code, ..)| *code);
        let (_, segment, linear) = self.repeated.get(at.ok()?)?;
        Some((segment, linear))
    }

    fn correct_repeated(&self, addresses: &[u64], physical: &mut [u64], codes: &[u32]) {
        let (Some((first, ..)), Some((last, ..))) = (self.repeated.first(), self.repeated.last())
        else {
            return;
        };
        let may_be = |code: &u32| code.wrapping_sub(*first) <= last - first;
        // Eight at a time without a branch between them: nearly always none of them is.
        for (number, group) in codes.chunks(8).enumerate() {
            if group.iter().fold(false, |any, code| any | may_be(code)) {
                for (lane, code) in group.iter().enumerate() {
                    if let Some((segment, linear)) = self.repeated(*code) {
                        let at = number * 8 + lane;
                        physical[at] = linear.address_of(segment.range, addresses[at]);
                    }
                }
            }
        }
    }
}

impl fmt::Debug for Translator {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Translator")
            .field("engine", &self.engine())
            .field("space", &self.space)
            .field("shape", &self.shape())
            .field("table_bytes", &self.table_bytes())
            .finish_non_exhaustive()
    }
}

/// What a piece means.
#[derive(Debug, Clone, Copy)]
struct Meaning {
    /// The first of the segments that it stands for, by position; none, where the space has no
    /// such address.
    segment: Option<u32>,
    /// What is added to its addresses.
    delta: u64,
    /// Who decides there.
    place: Option<PlaceId>,
}

/// The pieces of all 64-bit addresses with their meanings: the segments of the space, and what
/// lies beyond it. Neighbours under one straight rule, such as a window and a view in it, are one
/// piece.
fn pieces(segments: &[Segment]) -> (Vec<Piece>, Vec<Meaning>) {
    let mut pieces: Vec<Piece> = Vec::with_capacity(segments.len());
    let mut meanings: Vec<Meaning> = Vec::with_capacity(segments.len());
    for (segment, number) in segments.iter().zip(0..) {
        let piece = piece(segment);
        let meaning = Meaning {
            segment: Some(number),
            delta: piece.delta,
            place: place(segment),
        };
        let goes_on = is_straight(segment)
            && number > 0
            && is_straight(&segments[number as usize - 1])
            && meanings.last().is_some_and(|last: &Meaning| {
                (last.delta, last.place) == (meaning.delta, meaning.place)
            });
        if !goes_on {
            pieces.push(piece);
            meanings.push(meaning);
        }
    }
    let end = segments
        .last()
        .and_then(|last| last.range.last().checked_add(1));
    if let Some(base) = end {
        pieces.push(Piece::straight(base, 0));
        meanings.push(Meaning {
            segment: None,
            delta: 0,
            place: None,
        });
    }
    (pieces, meanings)
}

fn is_straight(segment: &Segment) -> bool {
    matches!(segment.outcome, Outcome::Linear(linear) if matches!(linear.rule, Rule::Straight { .. }))
}

/// Who decides in a segment.
fn place(segment: &Segment) -> Option<PlaceId> {
    match segment.outcome {
        Outcome::Linear(linear) => Some(linear.window),
        Outcome::Dynamic(place) => Some(place),
        Outcome::Fault(fault) => fault.place(),
    }
}

/// The rule of a segment of repeated pages.
fn repeated(segment: &Segment) -> Option<&Linear> {
    match &segment.outcome {
        Outcome::Linear(linear) if matches!(linear.rule, Rule::Repeat { .. }) => Some(linear),
        _ => None,
    }
}

fn piece(segment: &Segment) -> Piece {
    let base = segment.range.base();
    let Outcome::Linear(linear) = segment.outcome else {
        return Piece::straight(base, 0);
    };
    match linear.rule {
        Rule::Straight { first } => Piece::straight(base, first.wrapping_sub(base)),
        Rule::Repeat { at, unit, mask, .. } if is_masked(&linear) => Piece {
            mask: unit - 1,
            ..Piece::straight(base, at & mask)
        },
        // Corrected afterwards.
        Rule::Repeat { .. } => Piece::straight(base, 0),
    }
}

/// True for repeated pages that a mask can say: their size is a power of two, the window begins on
/// such a page, and the target does not go round the end of its space.
fn is_masked(linear: &Linear) -> bool {
    let Rule::Repeat {
        origin,
        at,
        unit,
        mask,
    } = linear.rule
    else {
        return false;
    };
    let first = at & mask;
    unit.is_power_of_two() && origin.is_multiple_of(unit) && unit - 1 <= mask - first
}

/// A table with the code that walks it, if there is any.
#[derive(Debug)]
pub(super) struct Lookup {
    pub(super) table: Table,
    code: Option<Code>,
}

impl Lookup {
    pub(super) fn new(pieces: &[Piece], engine: Engine) -> Self {
        Self::of(plan::table(pieces), engine)
    }

    pub(super) fn of(table: Table, engine: Engine) -> Self {
        let code = match engine {
            // Code reaches entries by distances of 31 bits.
            Engine::Jit if table.bytes() <= i32::MAX as usize => Code::new(table.shape),
            Engine::Jit => None,
            Engine::Table => None,
        };
        Self { table, code }
    }

    pub(super) fn engine(&self) -> Engine {
        match self.code {
            Some(_) => Engine::Jit,
            None => Engine::Table,
        }
    }

    pub(super) fn one(&self, address: u64) -> (u64, u32) {
        match &self.code {
            Some(code) => code.one(&self.table, address),
            None => self.table.look_up(address),
        }
    }

    /// # Panics
    /// If the three are not of one length.
    pub(super) fn many(&self, addresses: &[u64], targets: &mut [u64], codes: &mut [u32]) {
        assert_eq!(
            addresses.len(),
            targets.len(),
            "one target for each address"
        );
        assert_eq!(addresses.len(), codes.len(), "one code for each address");
        match &self.code {
            Some(code) => code.many(&self.table, addresses, targets, codes),
            None => {
                let results = targets.iter_mut().zip(codes);
                for (address, (target, code)) in addresses.iter().zip(results) {
                    (*target, *code) = self.table.look_up(*address);
                }
            }
        }
    }
}

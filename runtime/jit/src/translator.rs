//! The public face: a layout's space as something that translates many addresses quickly.

use super::lookup::{Lookup, same_length};
use super::meaning::{Meaning, has_narrow_targets, is_masked, pieces, repeated};
use alloc::string::String;
use alloc::vec::Vec;
use core::fmt;
use mapwright_runtime::layout::{Layout, PlaceId, SpaceId};
use mapwright_runtime::translate::{Decision, Fault, Linear, Rule, Stretch, Translation};

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
    /// The stretches whose pages are repeated in a way that no mask can say, by code.
    repeated: Vec<(u32, Stretch, Linear)>,
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
        let stretches = layout.stretches_of(space);
        let (pieces, meanings) = pieces(stretches);
        let narrow = stretches
            .iter()
            .filter_map(repeated)
            .all(has_narrow_targets);
        let lookup = Lookup::new(&pieces, narrow, engine);
        let corrected = |code| {
            let first = meanings[lookup.table.piece(code)?].stretch?;
            let stretch = stretches[first as usize];
            let linear = repeated(&stretch).filter(|linear| !is_masked(linear))?;
            Some((code, stretch, *linear))
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
            Some((stretch, linear)) => linear.address_of(stretch.range, address),
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
        same_length(addresses, physical, codes);
        let stretches = addresses.chunks(STRETCH);
        let results = physical.chunks_mut(STRETCH).zip(codes.chunks_mut(STRETCH));
        for (addresses, (physical, codes)) in stretches.zip(results) {
            self.lookup.many(addresses, physical, codes);
            self.correct_repeated(codes, |at, exact| physical[at] = exact(addresses[at]));
        }
    }

    /// True when every address of 32 bits has a target of 32 bits, as in a 32-bit kernel without
    /// PAE: then [`Translator::translate_batch_32`] halves the memory that goes through.
    #[must_use]
    pub fn is_narrow(&self) -> bool {
        self.lookup.narrow
    }

    /// [`Translator::translate_batch`] for addresses and targets of 32 bits.
    ///
    /// # Panics
    /// If the three are not of one length, or [`Translator::is_narrow`] is false.
    pub fn translate_batch_32(&self, addresses: &[u32], physical: &mut [u32], codes: &mut [u32]) {
        self.lookup.many_narrow(addresses, physical, codes);
        if !self.repeated.is_empty() {
            self.correct_repeated(codes, |at, exact| {
                // That it fits is what `is_narrow` says.
                physical[at] = exact(addresses[at].into()) as u32;
            });
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
        let Some(first) = meaning.stretch else {
            return Translation::Fault(Fault::OutOfSpace);
        };
        match layout.stretches_of(self.space)[first as usize].decision {
            // Views are no codes of their own: which it is, the address tells.
            Decision::Linear(linear) if matches!(linear.rule, Rule::Straight { .. }) => {
                let address = answer.physical.wrapping_sub(meaning.delta);
                layout.translate(self.space, address)
            }
            Decision::Linear(linear) => Translation::Mapped {
                window: linear.window,
                view: linear.view,
                space: linear.space,
                address: answer.physical,
                zone: layout.zone_at(linear.space, answer.physical),
                access: linear.access,
            },
            Decision::Dynamic(place) => Translation::Dynamic { place },
            Decision::Fault(fault) => Translation::Fault(fault),
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

    fn repeated(&self, code: u32) -> Option<(&Stretch, &Linear)> {
        if self.repeated.is_empty() {
            return None;
        }
        let at = self
            .repeated
            .binary_search_by_key(&code, |(code, ..)| *code);
        let (_, stretch, linear) = self.repeated.get(at.ok()?)?;
        Some((stretch, linear))
    }

    /// Calls `correct` with the position of each code of repeated pages that no mask can say, and
    /// with what gives the target of its address.
    fn correct_repeated(&self, codes: &[u32], mut correct: impl FnMut(usize, &dyn Fn(u64) -> u64)) {
        let (Some((first, ..)), Some((last, ..))) = (self.repeated.first(), self.repeated.last())
        else {
            return;
        };
        let may_be = |code: &u32| code.wrapping_sub(*first) <= last - first;
        // Eight at a time without a branch between them: nearly always none of them is.
        for (number, group) in codes.chunks(8).enumerate() {
            if group.iter().fold(false, |any, code| any | may_be(code)) {
                for (lane, code) in group.iter().enumerate() {
                    if let Some((stretch, linear)) = self.repeated(*code) {
                        let exact = |address| linear.address_of(stretch.range, address);
                        correct(number * 8 + lane, &exact);
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

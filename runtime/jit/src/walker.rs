//! Walks of page tables as machine code, made from the declaration of their format.
//!
//! The code does what [`Interpreter`] does, and what it cannot answer (a table that no piece of the image holds, or two
//! pieces in part) it leaves to it: the two always agree.

mod cache;
mod code;
mod context;
mod emit;
mod functions;
mod gather;
mod outcome;
mod plan;

pub use cache::WalkCache;

use super::lookup::same_length;
use alloc::vec::Vec;
use code::Code;
use context::{MOST_LEVELS, Stretches};
use core::fmt;
use cranelift_jit::{JITMemoryProvider, SystemMemoryProvider};
use gather::Way;
use mapwright_runtime::paging::Format;
use mapwright_runtime::walk::{Image, Interpreter, Page, Reading, Rights, Walk, WalkFault};
use outcome::{ASK, Kind};
use plan::Plan;

/// Batches of so many addresses have a cache of their own.
const WORTH_A_CACHE: usize = 4096;

/// Last tables of more bytes are not cached.
const LARGEST_CACHED: u64 = 1 << 20;

/// What does the work of walks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum WalkEngine {
    /// Machine code made for the format.
    Jit,
    /// [`Interpreter`].
    Interpreter,
}

/// `jit` or `interpreter`.
impl fmt::Display for WalkEngine {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::Jit => "jit",
            Self::Interpreter => "interpreter",
        })
    }
}

/// What a batch says of an address, without where its entry stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct FoundPage {
    /// The physical address.
    pub physical: u64,
    /// The bytes of the page.
    pub page: u64,
    /// The rights of all levels together.
    pub rights: Rights,
    /// The level of the page's entry, 0 for the top.
    pub level: u32,
    /// True when an entry on the way has reserved bits set: [`Walker::walk`] says which. Never where reading is
    /// [`Reading::Strict`].
    pub reserved: bool,
}

/// Walks of the tables of one format in spaces of one width.
///
/// It owns its code, gives it back when dropped, and may be shared by threads. Its code is never writable and
/// executable at once, and reads nothing outside of the image that it is given, whatever the tables say.
pub struct Walker {
    interpreter: Interpreter,
    /// The bytes of a page by level.
    pages: Vec<u64>,
    plan: Option<Plan>,
    code: Option<Code>,
    physical_bits: u32,
    entry_bytes: u32,
}

impl Walker {
    /// A walker for `format` in a space of `space_bits` bits, as machine code where the system allows it, and as strict as a
    /// processor.
    #[must_use]
    pub fn new(format: &Format, space_bits: u32) -> Self {
        Self::with_reading(format, space_bits, Reading::Strict)
    }

    /// [`Walker::new`], as strict as this.
    #[must_use]
    pub fn with_reading(format: &Format, space_bits: u32, reading: Reading) -> Self {
        Self::with_engine(format, space_bits, reading, WalkEngine::Jit)
    }

    /// A walker that uses this engine, or [`WalkEngine::Interpreter`] where [`WalkEngine::Jit`] is refused, or the format has more
    /// than 16 levels or tables of more than 2^40 bytes.
    #[must_use]
    pub fn with_engine(
        format: &Format,
        space_bits: u32,
        reading: Reading,
        engine: WalkEngine,
    ) -> Self {
        let memory = Box::new(SystemMemoryProvider::new());
        Self::with_memory(format, space_bits, reading, engine, memory)
    }

    pub(super) fn with_memory(
        format: &Format,
        space_bits: u32,
        reading: Reading,
        engine: WalkEngine,
        memory: Box<dyn JITMemoryProvider + Send>,
    ) -> Self {
        let few = format.levels().len() <= MOST_LEVELS;
        let plan = (engine == WalkEngine::Jit && few)
            .then(|| Plan::new(format, space_bits, reading))
            .flatten();
        let code = plan
            .as_ref()
            .and_then(|plan| Code::new(plan, is_cacheable(plan), memory));
        Self {
            interpreter: Interpreter::with_reading(format, space_bits, reading),
            pages: format.levels().iter().map(|level| level.span()).collect(),
            code,
            plan,
            physical_bits: format.physical_bits(),
            entry_bytes: format.entry_bytes(),
        }
    }

    /// What does the work.
    #[must_use]
    pub fn engine(&self) -> WalkEngine {
        match self.code {
            Some(_) => WalkEngine::Jit,
            None => WalkEngine::Interpreter,
        }
    }

    /// The same walks in Rust.
    #[must_use]
    pub fn interpreter(&self) -> &Interpreter {
        &self.interpreter
    }

    /// True when [`Walker::walk_batch_cached`] uses its cache: not for formats of one level, nor where fields of
    /// rights have several bits, or last tables more than a mebibyte.
    #[must_use]
    pub fn is_cacheable(&self) -> bool {
        self.code.as_ref().is_some_and(Code::has_cached)
    }

    /// A cache for this walker.
    #[must_use]
    pub fn cache(&self) -> WalkCache {
        WalkCache::new(self.reach_bits())
    }

    /// Translates an address by the tables at `roots` (physical addresses: see [`mapwright_runtime::walk`]).
    ///
    /// # Errors
    /// Why it has no translation.
    pub fn walk(&self, image: &Image<'_>, roots: &[u64], address: u64) -> Result<Walk, WalkFault> {
        let Some((code, stretches, roots_given)) = self.ready(image, roots) else {
            return self.interpreter.walk(image, roots, address);
        };
        let Some(one) = code.one(&stretches, roots_given, address) else {
            return self.interpreter.walk(image, roots, address);
        };
        let code = one.code as u32;
        let level = outcome::level_of(code);
        if let Some(fault) =
            Kind::of(code).and_then(|kind| kind.fault(level, one.entry_at, one.entry))
        {
            return Err(fault);
        }
        let Some(found) = self
            .mapped(one.physical, code)
            .filter(|found| !found.reserved)
        else {
            // Which entry has the reserved bits, the code does not keep.
            return self.interpreter.walk(image, roots, address);
        };
        let offset = address & (found.page - 1);
        Ok(Walk {
            physical: one.physical,
            page: Page {
                address: address - offset,
                physical: one.physical - offset,
                bytes: found.page,
                access: found.rights.access(),
                rights: found.rights,
                entry_at: one.entry_at,
                entry: one.entry,
            },
            level,
            reads: level + 1,
            reserved: None,
        })
    }

    /// Translates many addresses: `physical[i]` and `codes[i]` say what `addresses[i]` is, for
    /// [`Walker::decode`].
    ///
    /// Batches of 4,096 addresses and more remember last tables while they run; for smaller ones, and from batch to batch,
    /// there is [`Walker::walk_batch_cached`].
    ///
    /// # Panics
    /// If the three are not of one length.
    pub fn walk_batch(
        &self,
        image: &Image<'_>,
        roots: &[u64],
        addresses: &[u64],
        physical: &mut [u64],
        codes: &mut [u32],
    ) {
        self.batch(image, roots, addresses, physical, codes, None);
    }

    /// [`Walker::walk_batch`], remembering the last tables. [`WalkCache`] says what it must be told.
    ///
    /// # Panics
    /// If the three are not of one length.
    pub fn walk_batch_cached(
        &self,
        cache: &mut WalkCache,
        image: &Image<'_>,
        roots: &[u64],
        addresses: &[u64],
        physical: &mut [u64],
        codes: &mut [u32],
    ) {
        self.batch(image, roots, addresses, physical, codes, Some(cache));
    }

    fn batch(
        &self,
        image: &Image<'_>,
        roots: &[u64],
        addresses: &[u64],
        physical: &mut [u64],
        codes: &mut [u32],
        cache: Option<&mut WalkCache>,
    ) {
        same_length(addresses, physical, codes);
        if addresses.is_empty() {
            return;
        }
        let Some((code, stretches, roots_given)) = self.ready(image, roots) else {
            for (at, address) in addresses.iter().enumerate() {
                (physical[at], codes[at]) = self.asked(image, roots, *address);
            }
            return;
        };
        let some_asked = match cache {
            None if addresses.len() >= WORTH_A_CACHE && code.has_cached() => {
                self.with_own_cache(code, &stretches, roots_given, addresses, physical, codes)
            }
            cache => code.many(&stretches, roots_given, addresses, physical, codes, cache),
        };
        if some_asked {
            for (at, address) in addresses.iter().enumerate() {
                if codes[at] == ASK {
                    (physical[at], codes[at]) = self.asked(image, roots, *address);
                }
            }
        }
    }

    /// A large batch, with a cache for itself alone: what is borrowed does not change while it runs. Where the addresses
    /// are too far apart for that, it goes on without.
    fn with_own_cache(
        &self,
        code: &Code,
        stretches: &Stretches<'_>,
        roots: [u64; 2],
        addresses: &[u64],
        physical: &mut [u64],
        codes: &mut [u32],
    ) -> bool {
        let mut cache = self.cache();
        let (first, rest) = addresses.split_at(WORTH_A_CACHE / 2);
        let (first_physical, physical) = physical.split_at_mut(first.len());
        let (first_codes, codes) = codes.split_at_mut(first.len());
        let asked = code.many(
            stretches,
            roots,
            first,
            first_physical,
            first_codes,
            Some(&mut cache),
        );
        let cache = (!cache.is_crowded()).then_some(&mut cache);
        code.many(stretches, roots, rest, physical, codes, cache) | asked
    }

    /// What a batch has said of an address.
    ///
    /// # Errors
    /// The fault, with its entry read again from the image.
    ///
    /// # Panics
    /// If the answer is none of this walker.
    pub fn decode(
        &self,
        image: &Image<'_>,
        roots: &[u64],
        address: u64,
        answer: (u64, u32),
    ) -> Result<FoundPage, WalkFault> {
        let (physical, code) = answer;
        match self.mapped(physical, code) {
            Some(mapped) => Ok(mapped),
            None => match self.interpreter.walk(image, roots, address) {
                Err(fault) => Err(fault),
                Ok(walk) => Ok(self.of_walk(&walk)),
            },
        }
    }

    /// What a code says of an address that is mapped; `None` for a fault.
    #[must_use]
    pub fn mapped(&self, physical: u64, code: u32) -> Option<FoundPage> {
        if Kind::of(code) != Some(Kind::Mapped) {
            return None;
        }
        let level = outcome::level_of(code);
        Some(FoundPage {
            physical,
            page: *self.pages.get(level as usize)?,
            rights: self.rights(code)?,
            level,
            reserved: outcome::has_reserved(code),
        })
    }

    /// The word of a code's fault, as [`WalkFault::word`], its level, and where its entry stands (for a
    /// non-canonical address, level 0 and the address); `None` when the address is mapped.
    #[must_use]
    pub fn fault(&self, physical: u64, code: u32) -> Option<(&'static str, u32, u64)> {
        let level = outcome::level_of(code);
        let fault = Kind::of(code)?.fault(level, physical, 0)?;
        Some((fault.word(), level, physical))
    }

    fn of_walk(&self, walk: &Walk) -> FoundPage {
        FoundPage {
            physical: walk.physical,
            page: walk.page.bytes,
            rights: walk.page.rights,
            level: walk.level,
            reserved: walk.reserved.is_some(),
        }
    }

    fn rights(&self, code: u32) -> Option<Rights> {
        let gathered = outcome::gathered_of(code);
        match &self.plan {
            Some(plan) => plan.gather.rights.get(gathered).copied(),
            None => Some(Rights::from_bits(gathered as u8)),
        }
    }

    /// The answer by the interpreter.
    #[cold]
    fn asked(&self, image: &Image<'_>, roots: &[u64], address: u64) -> (u64, u32) {
        let walk = self.interpreter.walk(image, roots, address);
        let (physical, code) = outcome::answer(address, &walk);
        let rights = walk.map_or(Rights::NONE, |walk| walk.page.rights);
        let gathered = match &self.plan {
            _ if rights == Rights::NONE => Some(0),
            Some(plan) => plan.gather.gathered(rights),
            None => Some(rights.bits().into()),
        };
        // Whatever rights a walk can find, the code can say.
        (
            physical,
            code | gathered.unwrap_or(0) << outcome::RIGHTS_SHIFT,
        )
    }

    /// The code, the pieces and both roots, if all is such that the code can do it.
    fn ready<'a>(
        &self,
        image: &'a Image<'_>,
        roots: &[u64],
    ) -> Option<(&Code, Stretches<'a>, [u64; 2])> {
        let code = self.code.as_ref()?;
        let stretches = Stretches::new(image, self.physical_bits, self.entry_bytes);
        let roots = roots.get(..self.interpreter.roots())?;
        let good = |root: &u64| {
            u128::from(*root).is_multiple_of(self.interpreter.root_bytes())
                && *root & stretches.beyond() == 0
        };
        if stretches.list().is_empty() || !roots.iter().all(good) {
            return None;
        }
        let both = [*roots.first()?, *roots.last()?];
        Some((code, stretches, both))
    }

    fn reach_bits(&self) -> u32 {
        self.plan.as_ref().map_or(0, Plan::reach_bits)
    }
}

/// A format of one level has nothing above the last; fields that are asked one by one cannot be put together
/// from two halves; and a cache has a table of zeros of its own.
fn is_cacheable(plan: &Plan) -> bool {
    let small = |level: &plan::LevelPlan| level.table_bytes <= LARGEST_CACHED;
    plan.levels.len() > 1
        && matches!(plan.gather.way, Way::Bits(_))
        && plan.levels.last().is_some_and(small)
}

impl fmt::Debug for Walker {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Walker")
            .field("engine", &self.engine())
            .field("is_cacheable", &self.is_cacheable())
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests;

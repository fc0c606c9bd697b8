//! What is compared: each writes a physical address and a code for every address.

use crate::tables::Frame;
use mapwright_jit::{WalkCache, Walker};
use mapwright_runtime::walk::{Image, Interpreter, Rights};
use x86_64::VirtAddr;
use x86_64::structures::paging::{OffsetPageTable, PageTable, Translate};

/// The root of the tables.
const ROOTS: [u64; 1] = [0];

/// What a batch has given.
#[derive(Default, Clone)]
pub struct Output {
    /// The physical addresses; of a fault, whatever the contender says.
    pub physical: Vec<u64>,
    /// Their codes, each contender's own.
    pub codes: Vec<u32>,
}

impl Output {
    /// Room for so many answers.
    pub fn new(count: usize) -> Self {
        Self {
            physical: vec![0; count],
            codes: vec![0; count],
        }
    }
}

/// Something that walks.
pub trait Contender {
    /// Its name in the table.
    fn name(&self) -> &'static str;
    /// Walks a batch.
    fn run(&mut self, addresses: &[u64], output: &mut Output);
    /// The rights that a code says, if this one tells them.
    fn rights(&self, code: u32) -> Option<Rights>;
}

/// Machine code made from the declaration.
pub struct Jit<'a> {
    /// The walker.
    pub walker: &'a Walker,
    /// The tables.
    pub image: Image<'a>,
}

impl Contender for Jit<'_> {
    fn name(&self) -> &'static str {
        "jit"
    }

    fn run(&mut self, addresses: &[u64], output: &mut Output) {
        let (physical, codes) = (&mut output.physical, &mut output.codes);
        self.walker
            .walk_batch(&self.image, &ROOTS, addresses, physical, codes);
    }

    fn rights(&self, code: u32) -> Option<Rights> {
        self.walker.mapped(0, code).map(|found| found.rights)
    }
}

/// The same, with the cache of last tables.
pub struct Cached<'a> {
    /// Without it.
    pub jit: Jit<'a>,
    /// The cache.
    pub cache: WalkCache,
}

impl Contender for Cached<'_> {
    fn name(&self) -> &'static str {
        "jit, cache"
    }

    fn run(&mut self, addresses: &[u64], output: &mut Output) {
        let (physical, codes) = (&mut output.physical, &mut output.codes);
        let (cache, image) = (&mut self.cache, &self.jit.image);
        self.jit
            .walker
            .walk_batch_cached(cache, image, &ROOTS, addresses, physical, codes);
    }

    fn rights(&self, code: u32) -> Option<Rights> {
        self.jit.rights(code)
    }
}

/// Machine code in batches so small that each walk goes all the way.
pub struct Small<'a>(pub Jit<'a>);

impl Contender for Small<'_> {
    fn name(&self) -> &'static str {
        "jit by 256"
    }

    fn run(&mut self, addresses: &[u64], output: &mut Output) {
        let results = output
            .physical
            .chunks_mut(256)
            .zip(output.codes.chunks_mut(256));
        for (addresses, (physical, codes)) in addresses.chunks(256).zip(results) {
            let (walker, image) = (self.0.walker, &self.0.image);
            walker.walk_batch(image, &ROOTS, addresses, physical, codes);
        }
    }

    fn rights(&self, code: u32) -> Option<Rights> {
        self.0.rights(code)
    }
}

/// The format interpreted.
pub struct Interpreted<'a> {
    /// The interpreter.
    pub interpreter: &'a Interpreter,
    /// The tables.
    pub image: Image<'a>,
}

impl Contender for Interpreted<'_> {
    fn name(&self) -> &'static str {
        "interpreter"
    }

    fn run(&mut self, addresses: &[u64], output: &mut Output) {
        let results = output.physical.iter_mut().zip(&mut output.codes);
        for (address, (physical, code)) in addresses.iter().zip(results) {
            (*physical, *code) = match self.interpreter.walk(&self.image, &ROOTS, *address) {
                Ok(walk) => (walk.physical, u32::from(walk.page.rights.bits())),
                Err(fault) => (fault.entry_at().unwrap_or(*address), u32::MAX),
            };
        }
    }

    fn rights(&self, code: u32) -> Option<Rights> {
        Some(Rights::from_bits(code as u8))
    }
}

/// The crate `x86_64`, as kernels use it.
pub struct Crate {
    table: OffsetPageTable<'static>,
}

impl Crate {
    /// Over these tables, which are never given back.
    #[allow(unsafe_code)]
    pub fn new(frames: &[Frame]) -> Self {
        let frames: &'static mut [Frame] = Vec::leak(frames.to_vec());
        let offset = VirtAddr::new(frames.as_ptr() as u64);
        let top = (&raw mut frames[0]).cast::<PageTable>();
        // SAFETY: a frame has the size and alignment of a page table, and any words are one; all tables lie one
        // after the other from physical address 0 on, which is `offset` here, and no entry above the last level
        // points elsewhere. Nobody else has them, for ever.
        let table = unsafe { OffsetPageTable::new(&mut *top, offset) };
        Self { table }
    }
}

impl Contender for Crate {
    fn name(&self) -> &'static str {
        "x86_64"
    }

    fn run(&mut self, addresses: &[u64], output: &mut Output) {
        let results = output.physical.iter_mut().zip(&mut output.codes);
        for (address, (physical, code)) in addresses.iter().zip(results) {
            (*physical, *code) = match VirtAddr::try_new(*address) {
                Ok(address) => match self.table.translate_addr(address) {
                    Some(found) => (found.as_u64(), 0),
                    None => (0, 1),
                },
                Err(_) => (0, 2),
            };
        }
    }

    fn rights(&self, _: u32) -> Option<Rights> {
        None
    }
}

/// Written by hand for this one format, with the same checks: canonical, inside of the image, present, reserved
/// bits, rights of all levels.
pub struct Hand {
    /// The image in words, from physical address 0 on.
    pub words: Vec<u64>,
}

const FRAME: u64 = 0x000f_ffff_ffff_f000;
const LARGE: u64 = 1 << 7;

impl Hand {
    /// The physical address and a code: rights from bit 16 on, or a fault and its level.
    #[inline(always)]
    fn walk(words: &[u64], address: u64) -> (u64, u32) {
        if ((address << 16) as i64 >> 16) as u64 != address {
            return (address, 1 << 8);
        }
        let (mut table, mut all, mut any) = (0_u64, u64::MAX, 0_u64);
        for level in 0..4_u32 {
            let low = 39 - 9 * level;
            let at = table + (address >> low & 511) * 8;
            let Some(&entry) = words.get((at / 8) as usize) else {
                return (at, 2 << 8 | level);
            };
            if entry & 1 == 0 {
                return (at, 3 << 8 | level);
            }
            all &= entry;
            any |= entry;
            if level == 3 || level != 0 && entry & LARGE != 0 {
                let span = (1_u64 << low) - 1;
                if entry & span & !0x1fff != 0 {
                    return (at, 4 << 8 | level);
                }
                let rights = (all & 6) >> 1 | (any >> 63) << 2 | (entry & 0x100) >> 5;
                let physical = entry & FRAME & !span | address & span;
                return (physical, (rights << 16) as u32 | level);
            }
            if level == 0 && entry & LARGE != 0 {
                return (at, 4 << 8 | level);
            }
            table = entry & FRAME;
        }
        (0, 0)
    }
}

impl Contender for Hand {
    fn name(&self) -> &'static str {
        "by hand"
    }

    fn run(&mut self, addresses: &[u64], output: &mut Output) {
        let results = output.physical.iter_mut().zip(&mut output.codes);
        for (address, (physical, code)) in addresses.iter().zip(results) {
            (*physical, *code) = Self::walk(&self.words, *address);
        }
    }

    fn rights(&self, code: u32) -> Option<Rights> {
        let has = |bit: u32| code >> bit & 1 == 1;
        let mut rights = Rights::READ;
        for (is, right) in [
            (has(16), Rights::WRITE),
            (has(17), Rights::USER),
            (!has(18), Rights::KERNEL_EXECUTE),
            (has(17) && !has(18), Rights::USER_EXECUTE),
            (has(19), Rights::GLOBAL),
        ] {
            if is {
                rights = rights.with(right);
            }
        }
        Some(rights)
    }
}

//! The executable memory of a walker, and the only calls into it.
#![allow(unsafe_code)]

use super::super::memory::{Definer, isa};
use super::cache::WalkCache;
use super::context::{Context, Stretches};
use super::emit::Memory;
use super::functions::{self, One};
use super::plan::Plan;
use core::sync::atomic::{AtomicU64, Ordering};
use core::{fmt, mem};
use cranelift_jit::{JITBuilder, JITMemoryProvider, JITModule};
use cranelift_module::{FuncId, Module, default_libcall_names};

/// `(context, address, one)`
type OneCode = unsafe extern "C" fn(*mut Context, u64, *mut One);
/// `(context, addresses, physical, codes, count)`
type ManyCode = unsafe extern "C" fn(*mut Context, *const u64, *mut u64, *mut u32, usize);
/// `(context, addresses, count)`
type TouchCode = unsafe extern "C" fn(*mut Context, *const u64, usize);
static NEXT: AtomicU64 = AtomicU64::new(1);

/// So many addresses are looked up at once with a cache: their entries stay near for that long.
const GROUP: usize = 128;

/// Machine code that walks tables of one format in one space.
pub(super) struct Code {
    /// Taken out only to be freed, on drop.
    module: Option<JITModule>,
    /// The bytes of a table by level.
    tables: Vec<u64>,
    /// Told apart from all other code, for caches.
    number: u64,
    reach_bits: u32,
    physical_bits: u32,
    one: OneCode,
    flat: ManyCode,
    pieces: ManyCode,
    /// Only where what is gathered above the last level can be kept.
    cached: Option<Cached>,
}

/// What a cache is used by.
#[derive(Clone, Copy)]
struct Cached {
    flat: ManyCode,
    pieces: ManyCode,
    touch: TouchCode,
}

// SAFETY: what a module holds is a heap of its own and mappings of memory, bound to no thread.
unsafe impl Send for Code {}
// SAFETY: after `Code::new` nothing touches the module but `drop`, which has it alone; the code changes only
// what it is given by the one call.
unsafe impl Sync for Code {}

impl Code {
    /// Code for a plan; `None` when the processor is none that we make code for, or the system refuses executable
    /// memory.
    pub(super) fn new(
        plan: &Plan,
        cached: bool,
        memory: Box<dyn JITMemoryProvider + Send>,
    ) -> Option<Self> {
        let mut builder = JITBuilder::with_isa(isa()?, default_libcall_names());
        builder.memory_provider(memory);
        let mut module = JITModule::new(builder);
        let Some(compiled) = compile(&mut module, plan, cached) else {
            // SAFETY: nothing has been called, and no pointer into the code has left `compile`.
            unsafe { module.free_memory() };
            return None;
        };
        let at = |id| module.get_finalized_function(id);
        // SAFETY: `compile` has defined the functions with these very signatures, for the calling
        // convention that `extern "C"` is on the systems for which `isa` is `Some`.
        let (one, flat, pieces, cached) = unsafe {
            (
                mem::transmute::<*const u8, OneCode>(at(compiled.one)),
                mem::transmute::<*const u8, ManyCode>(at(compiled.flat)),
                mem::transmute::<*const u8, ManyCode>(at(compiled.pieces)),
                compiled.cached.map(|[flat, pieces, touch]| Cached {
                    flat: mem::transmute::<*const u8, ManyCode>(at(flat)),
                    pieces: mem::transmute::<*const u8, ManyCode>(at(pieces)),
                    touch: mem::transmute::<*const u8, TouchCode>(at(touch)),
                }),
            )
        };
        Some(Self {
            module: Some(module),
            tables: plan.levels.iter().map(|level| level.table_bytes).collect(),
            // Shared counters need no order among them: each number is given once.
            number: NEXT.fetch_add(1, Ordering::Relaxed),
            reach_bits: plan.reach_bits(),
            physical_bits: plan.physical_bits(),
            one,
            flat,
            pieces,
            cached,
        })
    }

    pub(super) fn has_cached(&self) -> bool {
        self.cached.is_some()
    }

    /// Walks for one address; `None` when it is the interpreter's. There is at least one piece.
    pub(super) fn one(
        &self,
        stretches: &Stretches<'_>,
        roots: [u64; 2],
        address: u64,
    ) -> Option<One> {
        assert!(!stretches.list().is_empty());
        let mut context = stretches.context(roots, &self.tables);
        let mut one = One::default();
        // SAFETY: the code reads entries only inside of the pieces of the context, which are of a borrowed image:
        // where each stands is compared with the limits of a piece before it is read. It writes to
        // `context.asked` and `one`, which are ours alone.
        unsafe { (self.one)(&mut context, address, &mut one) };
        (context.asked == 0).then_some(one)
    }

    /// Walks for many addresses; the three slices are of one length, and there is at least one piece. True when
    /// some address is the interpreter's.
    ///
    /// # Panics
    /// If the lengths differ, or there is no piece.
    pub(super) fn many(
        &self,
        stretches: &Stretches<'_>,
        roots: [u64; 2],
        addresses: &[u64],
        physical: &mut [u64],
        codes: &mut [u32],
        cache: Option<&mut WalkCache>,
    ) -> bool {
        let count = addresses.len();
        assert!(count == physical.len() && count == codes.len());
        assert!(!stretches.list().is_empty());
        if count == 0 {
            return false;
        }
        let mut context = stretches.context(roots, &self.tables);
        let is_flat = stretches.is_flat(self.physical_bits, roots, self.tables[0]);
        if is_flat {
            let host = context.first.host;
            context.roots = roots.map(|root| root.wrapping_add(host));
        }
        let (Some(cache), Some(cached)) = (cache, self.cached) else {
            let code = if is_flat { self.flat } else { self.pieces };
            self.run(code, None, &mut context, addresses, physical, codes);
            return context.asked != 0;
        };
        let last = *self.tables.last().unwrap_or(&0);
        cache.filled_from(self.number, (self.reach_bits, last), stretches, roots);
        (context.sets, context.epoch) = cache.given();
        let code = if is_flat { cached.flat } else { cached.pieces };
        let results = physical.chunks_mut(GROUP).zip(codes.chunks_mut(GROUP));
        for (addresses, (physical, codes)) in addresses.chunks(GROUP).zip(results) {
            // Neighbours are near each other anyway.
            let (first, last) = (addresses[0], addresses[addresses.len() - 1]);
            let far = first.abs_diff(last).checked_shr(self.reach_bits) > Some(0);
            let touch = far.then_some(cached.touch);
            self.run(code, touch, &mut context, addresses, physical, codes);
        }
        context.asked != 0
    }
}

impl Code {
    /// Runs code over slices of one length, which is not 0.
    fn run(
        &self,
        code: ManyCode,
        touch: Option<TouchCode>,
        context: &mut Context,
        addresses: &[u64],
        physical: &mut [u64],
        codes: &mut [u32],
    ) {
        let count = addresses.len();
        assert!(count != 0 && count == physical.len() && count == codes.len());
        let from = addresses.as_ptr();
        if let Some(touch) = touch {
            // SAFETY: `context.sets` are the sets of a cache that is borrowed for as long as the code runs; each has
            // the place of a table, of the image that is borrowed (`filled_from`) or of zeros, in which the format
            // limits all indices. It writes to `context.touched`.
            unsafe { touch(context, from, count) };
        }
        // SAFETY: the slices have `count` elements each, and cannot overlap, being borrowed so; for entries see
        // `one`; with one piece at 0, whole tables are compared with its end, the roots by `is_flat`. What a cache
        // holds was put there by this code for these very pieces (`filled_from`): tables that lie in a piece as
        // a whole, in which the format limits all indices.
        unsafe {
            code(
                context,
                from,
                physical.as_mut_ptr(),
                codes.as_mut_ptr(),
                count,
            );
        }
    }
}

impl Drop for Code {
    fn drop(&mut self) {
        if let Some(module) = self.module.take() {
            // SAFETY: the code is called by methods of `self` only, which is not borrowed any more.
            unsafe { module.free_memory() };
        }
    }
}

impl fmt::Debug for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Code").finish_non_exhaustive()
    }
}

/// The functions of a module.
struct Compiled {
    one: FuncId,
    flat: FuncId,
    pieces: FuncId,
    cached: Option<[FuncId; 3]>,
}

/// Defines the functions and makes them executable.
fn compile(module: &mut JITModule, plan: &Plan, cached: bool) -> Option<Compiled> {
    let frontend = module.isa().frontend_config();
    let mut definer = Definer::new(module);
    let one = definer.define("one", |function| functions::one(function, plan, frontend))?;
    let mut many = |name, memory, cached| {
        definer.define(name, |function| {
            functions::many(function, plan, memory, cached, frontend);
        })
    };
    let flat = many("flat", Memory::Flat, false)?;
    let pieces = many("pieces", Memory::Pieces, false)?;
    let cached = match cached {
        true => Some([
            many("cached_flat", Memory::Flat, true)?,
            many("cached_pieces", Memory::Pieces, true)?,
            definer.define("touch", |function| {
                functions::touch(function, plan, frontend);
            })?,
        ]),
        false => None,
    };
    definer.finish()?;
    Some(Compiled {
        one,
        flat,
        pieces,
        cached,
    })
}

//! The executable memory of a walker, and the only calls into it.
#![allow(unsafe_code)]

use super::super::memory::isa;
use super::cache::WalkCache;
use super::context::{Context, Stretches};
use super::emit::Memory;
use super::functions::{self, One};
use super::plan::Plan;
use core::sync::atomic::{AtomicU64, Ordering};
use core::{fmt, mem};
use cranelift_codegen::ir::Function;
use cranelift_jit::{JITBuilder, JITMemoryProvider, JITModule};
use cranelift_module::{FuncId, Linkage, Module, default_libcall_names};

/// `(context, address, one)`
type OneCode = unsafe extern "C" fn(*mut Context, u64, *mut One);
/// `(context, addresses, physical, codes, count)`
type ManyCode = unsafe extern "C" fn(*mut Context, *const u64, *mut u64, *mut u32, usize);
static NEXT: AtomicU64 = AtomicU64::new(1);

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
    cached: Option<[ManyCode; 2]>,
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
                compiled
                    .cached
                    .map(|ids| ids.map(|id| mem::transmute::<*const u8, ManyCode>(at(id)))),
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
        let mut codes_by_pieces = [self.flat, self.pieces];
        if let (Some(cache), Some(cached)) = (cache, self.cached) {
            cache.filled_from(self.number, self.reach_bits, stretches, roots);
            (context.sets, context.epoch) = cache.given();
            codes_by_pieces = cached;
        }
        let [flat, pieces] = codes_by_pieces;
        let is_flat = stretches.is_flat(self.physical_bits, roots, self.tables[0]);
        if is_flat {
            let host = context.first.host;
            context.roots = roots.map(|root| root.wrapping_add(host));
        }
        let code = if is_flat { flat } else { pieces };
        let from = addresses.as_ptr();
        let (to, codes) = (physical.as_mut_ptr(), codes.as_mut_ptr());
        // SAFETY: the slices have `count` elements each, which is not 0, and cannot overlap, being borrowed so; for
        // entries see `one`; with one piece at 0, whole tables are compared with its end, the roots by `is_flat`. What a cache holds was put
        // there by this code for these very pieces (`filled_from`): tables that lie in a piece as a whole, in
        // which the format limits all indices; it is borrowed for as long as the code runs.
        unsafe { code(&mut context, from, to, codes, count) };
        context.asked != 0
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
    cached: Option<[FuncId; 2]>,
}

/// Defines the functions and makes them executable.
fn compile(module: &mut JITModule, plan: &Plan, cached: bool) -> Option<Compiled> {
    let frontend = module.isa().frontend_config();
    let convention = module.isa().default_call_conv();
    let mut context = module.make_context();
    let mut define = |name, build: &dyn Fn(&mut Function)| {
        context.clear();
        context.func.signature.call_conv = convention;
        build(&mut context.func);
        let signature = context.func.signature.clone();
        let id = module
            .declare_function(name, Linkage::Local, &signature)
            .ok()?;
        module.define_function(id, &mut context).ok()?;
        Some(id)
    };
    let one = define("one", &|function| functions::one(function, plan, frontend))?;
    let mut many = |name, memory, cached| {
        define(name, &|function| {
            functions::many(function, plan, memory, cached, frontend);
        })
    };
    let flat = many("flat", Memory::Flat, false)?;
    let pieces = many("pieces", Memory::Pieces, false)?;
    let cached = match cached {
        true => Some([
            many("cached_flat", Memory::Flat, true)?,
            many("cached_pieces", Memory::Pieces, true)?,
        ]),
        false => None,
    };
    module.finalize_definitions().ok()?;
    Some(Compiled {
        one,
        flat,
        pieces,
        cached,
    })
}

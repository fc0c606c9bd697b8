//! Executable memory and the only calls into it.
#![allow(unsafe_code)]

use super::code::{self, Width};
use super::table::{Shape, Table};
use core::{fmt, mem};
use cranelift_codegen::Context;
use cranelift_codegen::ir::Function;
use cranelift_codegen::isa::TargetIsa;
use cranelift_codegen::settings::{self, Configurable};
use cranelift_jit::{JITBuilder, JITMemoryProvider, JITModule, SystemMemoryProvider};
use cranelift_module::{FuncId, Linkage, Module, default_libcall_names};
use std::sync::Arc;

/// Addresses that the code for many takes at once.
const GROUP: usize = 8;

/// An address and its code, as two registers return them.
#[repr(C)]
struct Pair {
    target: u64,
    code: u64,
}

/// `(address, words)`
type One = unsafe extern "C" fn(u64, *const u64) -> Pair;
/// `(addresses, targets, codes, count, words)`
type Many<Word> = unsafe extern "C" fn(*const Word, *mut Word, *mut u32, usize, *const u64);

/// The two sizes of addresses and targets.
pub(super) trait Word: Copy + Default {
    /// What the code is called with.
    const WIDTH: Width;
    /// The code for this size, if it was made.
    fn code(code: &Code) -> Option<Many<Self>>;
}

impl Word for u64 {
    const WIDTH: Width = Width::Wide;

    fn code(code: &Code) -> Option<Many<Self>> {
        Some(code.wide)
    }
}

impl Word for u32 {
    const WIDTH: Width = Width::Narrow;

    fn code(code: &Code) -> Option<Many<Self>> {
        code.narrow
    }
}

/// Machine code that walks tables of one shape.
pub(super) struct Code {
    /// Taken out only to be freed, on drop.
    module: Option<JITModule>,
    shape: Shape,
    one: One,
    wide: Many<u64>,
    /// Only where addresses and targets have 32 bits.
    narrow: Option<Many<u32>>,
}

// SAFETY: what a module holds is a heap of its own and mappings of memory, bound to no thread.
unsafe impl Send for Code {}
// SAFETY: after `Code::with_memory` nothing touches the module but `drop`, which has it alone; the
// code only reads the tables that it is given.
unsafe impl Sync for Code {}

impl Code {
    /// Code for a shape, for addresses and targets of 32 bits too if they are `narrow`; `None` when
    /// the processor is none that we make code for, or the system refuses executable memory.
    pub(super) fn new(shape: Shape, narrow: bool) -> Option<Self> {
        Self::with_memory(shape, narrow, Box::new(SystemMemoryProvider::new()))
    }

    pub(super) fn with_memory(
        shape: Shape,
        narrow: bool,
        memory: Box<dyn JITMemoryProvider + Send>,
    ) -> Option<Self> {
        let mut builder = JITBuilder::with_isa(isa()?, default_libcall_names());
        builder.memory_provider(memory);
        let mut module = JITModule::new(builder);
        let Some(compiled) = compile(&mut module, shape, narrow) else {
            // SAFETY: nothing has been called, and no pointer into the code has left `compile`.
            unsafe { module.free_memory() };
            return None;
        };
        let at = |id| module.get_finalized_function(id);
        // SAFETY: `compile` has defined the functions with these very signatures, for the calling
        // convention that `extern "C"` is on the systems for which `isa` is `Some`.
        let (one, wide, narrow) = unsafe {
            (
                mem::transmute::<*const u8, One>(at(compiled.one)),
                mem::transmute::<*const u8, Many<u64>>(at(compiled.wide)),
                compiled
                    .narrow
                    .map(|id| mem::transmute::<*const u8, Many<u32>>(at(id))),
            )
        };
        Some(Self {
            module: Some(module),
            shape,
            one,
            wide,
            narrow,
        })
    }

    /// The target and the code of one address.
    pub(super) fn one(&self, table: &Table, address: u64) -> (u64, u32) {
        debug_assert_eq!(table.shape, self.shape);
        // SAFETY: the table has the shape for which the code was made, so that every index that the
        // code makes for any address is inside its words (`Table::look_up` makes the same ones,
        // with checks); the code lives as long as `self`.
        let pair = unsafe { (self.one)(address, table.words().as_ptr()) };
        (pair.target, pair.code as u32)
    }

    /// The targets and the codes of many addresses; all three are of one length.
    ///
    /// # Panics
    /// If they are not, or no code was made for this size.
    pub(super) fn many<W: Word>(
        &self,
        table: &Table,
        addresses: &[W],
        targets: &mut [W],
        codes: &mut [u32],
    ) {
        let whole = addresses.len() / GROUP * GROUP;
        let (addresses, rest) = addresses.split_at(whole);
        let (targets, rest_targets) = targets.split_at_mut(whole);
        let (codes, rest_codes) = codes.split_at_mut(whole);
        self.groups(table, addresses, targets, codes);
        if !rest.is_empty() {
            // What is less than a group is filled up with its own last address.
            let mut group = [rest[rest.len() - 1]; GROUP];
            group[..rest.len()].copy_from_slice(rest);
            let (mut group_targets, mut group_codes) = ([W::default(); GROUP], [0; GROUP]);
            self.groups(table, &group, &mut group_targets, &mut group_codes);
            rest_targets.copy_from_slice(&group_targets[..rest.len()]);
            rest_codes.copy_from_slice(&group_codes[..rest.len()]);
        }
    }

    /// As many addresses as fill groups.
    fn groups<W: Word>(
        &self,
        table: &Table,
        addresses: &[W],
        targets: &mut [W],
        codes: &mut [u32],
    ) {
        debug_assert_eq!(table.shape, self.shape);
        assert!(addresses.len().is_multiple_of(GROUP));
        assert!(addresses.len() == targets.len() && addresses.len() == codes.len());
        let many = W::code(self).expect("code for this size");
        if addresses.is_empty() {
            return;
        }
        // SAFETY: the three slices have the length given, a multiple of the group of the code and
        // not 0, and cannot overlap, being borrowed so; for the table see `one`.
        unsafe {
            many(
                addresses.as_ptr(),
                targets.as_mut_ptr(),
                codes.as_mut_ptr(),
                addresses.len(),
                table.words().as_ptr(),
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
        f.debug_struct("Code")
            .field("shape", &self.shape)
            .finish_non_exhaustive()
    }
}

/// The functions of a module.
struct Compiled {
    one: FuncId,
    wide: FuncId,
    narrow: Option<FuncId>,
}

/// Defines the functions and makes them executable.
fn compile(module: &mut JITModule, shape: Shape, narrow: bool) -> Option<Compiled> {
    let frontend = module.isa().frontend_config();
    let mut functions = Definer::new(module);
    let one = functions.define("one", |function| code::one(function, shape, frontend))?;
    let wide = functions.define("wide", |function| {
        code::many(function, shape, u64::WIDTH, frontend);
    })?;
    let narrow = match narrow {
        true => Some(functions.define("narrow", |function| {
            code::many(function, shape, u32::WIDTH, frontend);
        })?),
        false => None,
    };
    functions.finish()?;
    Some(Compiled { one, wide, narrow })
}

/// Defines functions of a module, one after the other.
pub(super) struct Definer<'m> {
    module: &'m mut JITModule,
    context: Context,
}

impl<'m> Definer<'m> {
    pub(super) fn new(module: &'m mut JITModule) -> Self {
        let context = module.make_context();
        Self { module, context }
    }

    /// A function for the calling convention of `extern "C"`, which `build` writes.
    pub(super) fn define(&mut self, name: &str, build: impl Fn(&mut Function)) -> Option<FuncId> {
        let Self { module, context } = self;
        context.clear();
        context.func.signature.call_conv = module.isa().default_call_conv();
        build(&mut context.func);
        let signature = context.func.signature.clone();
        let id = module
            .declare_function(name, Linkage::Local, &signature)
            .ok()?;
        module.define_function(id, context).ok()?;
        Some(id)
    }

    /// Makes all of them executable.
    pub(super) fn finish(self) -> Option<()> {
        self.module.finalize_definitions().ok()
    }
}

/// The processor that we run on. `None` where two numbers are not returned in two registers.
pub(super) fn isa() -> Option<Arc<dyn TargetIsa>> {
    if !cfg!(all(
        unix,
        target_endian = "little",
        target_pointer_width = "64"
    )) {
        return None;
    }
    let mut flags = settings::builder();
    flags.set("opt_level", "speed").ok()?;
    // Our own code is checked by tests, not each time that it is made.
    flags
        .set(
            "enable_verifier",
            if cfg!(debug_assertions) {
                "true"
            } else {
                "false"
            },
        )
        .ok()?;
    flags.set("unwind_info", "false").ok()?;
    flags.set("is_pic", "false").ok()?;
    let isa = cranelift_native::builder().ok()?;
    isa.finish(settings::Flags::new(flags)).ok()
}

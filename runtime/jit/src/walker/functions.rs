//! The functions of a walker: one address in full, many, and many with a cache.

use super::context::Context;
use super::emit::{Emit, INNER, Memory, OUTER};
use super::plan::Plan;
use core::mem::offset_of;
use cranelift_codegen::ir::{AbiParam, Function, InstBuilder, Value, types};
use cranelift_codegen::isa::TargetFrontendConfig;
use cranelift_frontend::{FunctionBuilder, FunctionBuilderContext};

/// What `one` writes: in this order, each a word.
#[repr(C)]
#[derive(Debug, Default)]
pub(super) struct One {
    pub(super) physical: u64,
    pub(super) code: u64,
    pub(super) entry_at: u64,
    pub(super) entry: u64,
}

/// A function of `arguments` words, the first of which is the [`Context`].
fn begin<'a, 'f>(
    function: &'f mut Function,
    context: &'f mut FunctionBuilderContext,
    plan: &'a Plan,
    memory: Memory,
    arguments: usize,
) -> (Emit<'a, 'f>, Vec<Value>) {
    function.signature.params = vec![AbiParam::new(types::I64); arguments];
    let mut builder = FunctionBuilder::new(function, context);
    let entry = builder.create_block();
    builder.append_block_params_for_function_params(entry);
    builder.switch_to_block(entry);
    let values = builder.block_params(entry).to_vec();
    (Emit::new(builder, plan, memory, values[0]), values)
}

/// `(context, address, one)`
pub(super) fn one(function: &mut Function, plan: &Plan, frontend: TargetFrontendConfig) {
    let mut context = FunctionBuilderContext::new();
    let (mut emit, arguments) = begin(function, &mut context, plan, Memory::Pieces, 3);
    emit.walk(arguments[1]);
    emit.builder.switch_to_block(emit.done);
    let found = emit.found;
    let code = emit.builder.use_var(found.code);
    let code = emit.builder.ins().uextend(types::I64, code);
    let physical = emit.builder.use_var(found.physical);
    let entry_at = emit.builder.use_var(found.entry_at);
    let entry = emit.builder.use_var(found.entry);
    for (place, value) in [physical, code, entry_at, entry].into_iter().enumerate() {
        let offset = 8 * place as i32;
        emit.builder.ins().store(INNER, value, arguments[2], offset);
    }
    emit.builder.ins().return_(&[]);
    emit.builder.seal_all_blocks();
    emit.builder.finalize(frontend);
}

/// `(context, addresses, physical, codes, count)`; the count is not 0.
pub(super) fn many(
    function: &mut Function,
    plan: &Plan,
    memory: Memory,
    cached: bool,
    frontend: TargetFrontendConfig,
) {
    let mut context = FunctionBuilderContext::new();
    let (mut emit, arguments) = begin(function, &mut context, plan, memory, 5);
    let [head, end] = [emit.block(), emit.block()];
    let index = emit.builder.declare_var(types::I64);
    let zero = emit.word(0);
    emit.builder.def_var(index, zero);
    emit.builder.ins().jump(head, &[]);

    emit.builder.switch_to_block(head);
    let at = emit.builder.use_var(index);
    let from = element(&mut emit, arguments[1], at, 3);
    let address = emit.builder.ins().load(types::I64, OUTER, from, 0);
    if cached {
        emit.cached_walk(address);
    } else {
        emit.walk(address);
    }

    // Bottom-tested: one taken branch for each address.
    emit.builder.switch_to_block(emit.done);
    let found = emit.found;
    let physical = emit.builder.use_var(found.physical);
    let to = element(&mut emit, arguments[2], at, 3);
    emit.builder.ins().store(OUTER, physical, to, 0);
    let code = emit.builder.use_var(found.code);
    let to = element(&mut emit, arguments[3], at, 2);
    emit.builder.ins().store(OUTER, code, to, 0);
    let one = emit.word(1);
    let next = emit.builder.ins().iadd(at, one);
    emit.builder.def_var(index, next);
    let more = emit.below(next, arguments[4]);
    emit.branch(more, head, end);

    emit.builder.switch_to_block(end);
    emit.builder.ins().return_(&[]);
    emit.builder.seal_all_blocks();
    emit.builder.finalize(frontend);
}

/// `(context, addresses, count)`: brings the last entries of addresses near, as far as a cache has their tables; the
/// count is not 0. As each entry is found without the one before, many are on their way at once.
pub(super) fn touch(function: &mut Function, plan: &Plan, frontend: TargetFrontendConfig) {
    let mut context = FunctionBuilderContext::new();
    let (mut emit, arguments) = begin(function, &mut context, plan, Memory::Flat, 3);
    let [head, end] = [emit.block(), emit.block()];
    let (index, sum) = (
        emit.builder.declare_var(types::I64),
        emit.builder.declare_var(types::I64),
    );
    let zero = emit.word(0);
    emit.builder.def_var(index, zero);
    emit.builder.def_var(sum, zero);
    emit.builder.ins().jump(head, &[]);

    emit.builder.switch_to_block(head);
    let at = emit.builder.use_var(index);
    let from = element(&mut emit, arguments[1], at, 3);
    let address = emit.builder.ins().load(types::I64, OUTER, from, 0);
    let entry = emit.touch(address);
    let before = emit.builder.use_var(sum);
    let after = emit.builder.ins().bxor(before, entry);
    emit.builder.def_var(sum, after);
    let one = emit.word(1);
    let next = emit.builder.ins().iadd(at, one);
    emit.builder.def_var(index, next);
    let more = emit.below(next, arguments[2]);
    emit.branch(more, head, end);

    emit.builder.switch_to_block(end);
    // So that the entries are read at all.
    let touched = offset_of!(Context, touched) as i32;
    emit.builder
        .ins()
        .store(INNER, after, arguments[0], touched);
    emit.builder.ins().return_(&[]);
    emit.builder.switch_to_block(emit.done);
    emit.builder.ins().return_(&[]);
    emit.builder.seal_all_blocks();
    emit.builder.finalize(frontend);
}

/// `array + (index << shift)`
fn element(emit: &mut Emit<'_, '_>, array: Value, index: Value, shift: i32) -> Value {
    let offset = emit.shift(index, shift);
    emit.builder.ins().iadd(array, offset)
}

// `one` writes four words.
const _: () = assert!(size_of::<One>() == 32);

//! The code that walks a table: branch-free, the same work for every address.

mod group;

pub(super) use group::{Width, many};

use super::cuts::Key;
use super::table::{Root, Shape};
use cranelift_codegen::ir::condcodes::IntCC;
use cranelift_codegen::ir::{AbiParam, Function, InstBuilder, MemFlagsData, Type, Value, types};
use cranelift_codegen::isa::TargetFrontendConfig;
use cranelift_frontend::{FunctionBuilder, FunctionBuilderContext};

/// `(address, words) -> (target, code)`
pub(super) fn one(function: &mut Function, shape: Shape, frontend: TargetFrontendConfig) {
    let mut context = FunctionBuilderContext::new();
    let mut walk = Walk::new(function, &mut context, shape, 1, 2);
    let address = walk.arguments[0];
    let (target, code) = walk.look_up(address);
    let code = walk.builder.ins().uextend(types::I64, code);
    walk.builder.ins().return_(&[target, code]);
    walk.finish(frontend);
}

/// A function that is being written, with the table that it is given.
struct Walk<'a> {
    builder: FunctionBuilder<'a>,
    shape: Shape,
    /// The arguments before the table.
    arguments: Vec<Value>,
    words: Value,
}

impl<'a> Walk<'a> {
    /// A function of `arguments` words and a table that returns `results` words.
    fn new(
        function: &'a mut Function,
        context: &'a mut FunctionBuilderContext,
        shape: Shape,
        arguments: usize,
        results: usize,
    ) -> Self {
        let word = AbiParam::new(types::I64);
        function.signature.params = vec![word; arguments + 1];
        function.signature.returns = vec![word; results];
        let mut builder = FunctionBuilder::new(function, context);
        let entry = builder.create_block();
        builder.append_block_params_for_function_params(entry);
        builder.switch_to_block(entry);
        let values = builder.block_params(entry).to_vec();
        Self {
            builder,
            shape,
            arguments: values[..arguments].to_vec(),
            words: values[arguments],
        }
    }

    fn finish(mut self, target: TargetFrontendConfig) {
        self.builder.seal_all_blocks();
        self.builder.finalize(target);
    }

    fn constant(&mut self, kind: Type, value: i64) -> Value {
        self.builder.ins().iconst(kind, value)
    }

    /// `array + index * size` for a size that is a power of two.
    fn element(&mut self, array: Value, index: Value, size: u32) -> Value {
        let shift = self.constant(types::I64, size.ilog2().into());
        let offset = self.builder.ins().ishl(index, shift);
        self.builder.ins().iadd(array, offset)
    }

    /// The word at this index of a section.
    fn word(&mut self, section: usize, index: Value) -> Value {
        let from = self.element(self.words, index, 8);
        self.load(types::I64, from, section * 8)
    }

    /// The table does not change, and its entries are aligned.
    fn load(&mut self, kind: Type, from: Value, offset: usize) -> Value {
        let flags = MemFlagsData::trusted().with_readonly();
        // Larger tables have no code (`Lookup::of`).
        self.builder.ins().load(kind, flags, from, offset as i32)
    }

    /// The target (64 bits) and the code (32 bits) of an address, as in `Table::look_up`.
    fn look_up(&mut self, address: Value) -> (Value, Value) {
        let sections = self.shape.sections;
        let key = self.key(address);
        let key = match self.shape.highest() {
            Some(highest) => self.at_most(key, highest),
            None => key,
        };
        let code = match self.index(key) {
            None => {
                let first = self.constant(types::I64, 0);
                self.halve(key, first)
            }
            Some(index) => {
                let first = self.element(self.words, index, 4);
                match self.shape.halvings {
                    0 => self.compare(key, index, first),
                    _ => {
                        let first = self.load(types::I32, first, sections.firsts * 8);
                        let first = self.builder.ins().uextend(types::I64, first);
                        self.halve(key, first)
                    }
                }
            }
        };
        let index = self.builder.ins().uextend(types::I64, code);
        let mut masked = address;
        if self.shape.masked {
            let mask = self.word(sections.masks, index);
            masked = self.builder.ins().band(address, mask);
        }
        let delta = self.word(sections.deltas, index);
        (self.builder.ins().iadd(masked, delta), code)
    }

    /// The key of an address, as in [`Key::of`].
    fn key(&mut self, address: Value) -> Value {
        match self.shape.key {
            Key::Above { pivot: 0 } => address,
            Key::Above { pivot } => {
                let pivot = self.constant(types::I64, pivot.wrapping_neg() as i64);
                self.builder.ins().iadd(address, pivot)
            }
            Key::Below { pivot: u64::MAX } => self.builder.ins().bnot(address),
            Key::Below { pivot } => {
                let pivot = self.constant(types::I64, pivot as i64);
                self.builder.ins().isub(pivot, address)
            }
        }
    }

    fn at_most(&mut self, value: Value, most: u64) -> Value {
        let most = self.constant(types::I64, most as i64);
        self.builder.ins().umin(value, most)
    }

    /// The leaf of a key.
    fn index(&mut self, key: Value) -> Option<Value> {
        let sections = self.shape.sections;
        let mut index = match self.shape.root {
            Root::Shift { shift, clamp } => {
                let shift = self.constant(types::I64, shift.into());
                let high = self.builder.ins().ushr(key, shift);
                match clamp {
                    Some(clamp) if self.shape.highest().is_none() => self.at_most(high, clamp),
                    _ => high,
                }
            }
            Root::Log => self.builder.ins().clz(key),
            Root::None => return None,
        };
        for _ in 0..self.shape.depth {
            let node = self.element(self.words, index, 8);
            let shift = self.load(types::I32, node, sections.nodes * 8);
            let high = self.builder.ins().ushr(key, shift);
            let high = self.builder.ins().ireduce(types::I32, high);
            let base = self.load(types::I32, node, sections.nodes * 8 + 4);
            let sum = self.builder.ins().iadd(high, base);
            index = self.builder.ins().uextend(types::I64, sum);
        }
        Some(index)
    }

    /// One comparison chooses between the two pieces of a leaf, by adding it, not by a branch.
    fn compare(&mut self, key: Value, index: Value, first: Value) -> Value {
        let sections = self.shape.sections;
        let boundary = self.word(sections.boundaries, index);
        let reached = if self.shape.by_sign {
            // Two instructions less than a comparison of which a number is made.
            let sign = self.builder.ins().isub(boundary, key);
            let shift = self.constant(types::I64, 63);
            let sign = self.builder.ins().ushr(sign, shift);
            self.builder.ins().ireduce(types::I32, sign)
        } else {
            let reached = IntCC::UnsignedGreaterThanOrEqual;
            let reached = self.builder.ins().icmp(reached, key, boundary);
            self.builder.ins().uextend(types::I32, reached)
        };
        let first = self.load(types::I32, first, sections.firsts * 8);
        self.builder.ins().iadd(reached, first)
    }

    /// The pieces from `first` on are halved, each time by a conditional move.
    fn halve(&mut self, key: Value, first: Value) -> Value {
        let mut code = first;
        for step in (0..self.shape.halvings).rev() {
            let half = self.constant(types::I64, 1 << step);
            let middle = self.builder.ins().iadd(code, half);
            // The distance is part of the address.
            let section = self.shape.sections.boundaries + (1 << step);
            let lowest = self.word(section, code);
            let reached = IntCC::UnsignedGreaterThanOrEqual;
            let reached = self.builder.ins().icmp(reached, key, lowest);
            code = self.builder.ins().select(reached, middle, code);
        }
        self.builder.ins().ireduce(types::I32, code)
    }
}

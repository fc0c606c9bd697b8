//! The syntax tree of a layout file, as written: names are unresolved, numbers keep their spelling, and every node has a
//! [`Span`]. Nothing here says whether the file means anything; that is the compiler's work.

use crate::version::Version;

/// A half-open byte range `start .. end` in one source text. Source texts are shorter than 4 GiB.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Default)]
pub struct Span {
    /// First byte.
    pub start: u32,
    /// One past the last byte.
    pub end: u32,
}

impl Span {
    /// The span of `start .. end`.
    #[must_use]
    pub const fn new(start: u32, end: u32) -> Self {
        Self { start, end }
    }

    /// The smallest span that holds both.
    #[must_use]
    pub fn to(self, other: Self) -> Self {
        Self {
            start: self.start.min(other.start),
            end: self.end.max(other.end),
        }
    }
}

/// A name, with its place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ident {
    /// The name's text.
    pub text: String,
    /// Where it stands.
    pub span: Span,
}

/// A whole file.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct File {
    /// The `//!` lines at the top, each without its marker and one leading blank.
    pub docs: Vec<String>,
    /// From the first `//!` to the end of the last; empty when there are none.
    pub docs_span: Span,
    /// The items, in the order written.
    pub items: Vec<Item>,
    /// Every `//` comment (no doc comments) in the order written; the formatter puts them back.
    pub comments: Vec<Comment>,
}

/// A `//` comment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Comment {
    /// Its text after `//`, without trailing blanks.
    pub text: String,
    /// Where it stands.
    pub span: Span,
    /// True when nothing but blanks precedes it on its line.
    pub own_line: bool,
    /// True when the last thing before it, blanks and comments aside, is an opening bracket.
    pub after_open: bool,
    /// True when it has its own line and the line above that is blank.
    pub blank_before: bool,
    /// True when it has its own line and the line below that is blank.
    pub blank_after: bool,
}

/// One item: everything up to its `;` or closing brace.
#[derive(Debug, Clone, PartialEq)]
pub struct Item {
    /// The `///` lines above it, each without its marker and one leading blank.
    pub docs: Vec<String>,
    /// What it is.
    pub kind: ItemKind,
    /// From its first keyword to its end, without the `;`.
    pub span: Span,
    /// True when at least one blank line stands above it (above its docs and comments); the formatter keeps one.
    pub blank_before: bool,
}

/// The kinds of items.
#[derive(Debug, Clone, PartialEq)]
#[expect(
    clippy::large_enum_variant,
    reason = "places, the largest kind, are what files are made of"
)]
pub enum ItemKind {
    /// `use std "paging/x86.layout";` or `use "beside.layout";`
    Use {
        /// True for the bundled library.
        std: bool,
        /// The path between the quotes.
        path: Text,
    },
    /// `config NAME : kind = default in domain;` or `boot ...`.
    Param(Param),
    /// `assume expr;` or `assume expr, "why";`
    Assume {
        /// The relation.
        cond: Expr,
        /// Why the outside world guarantees it.
        why: Option<Text>,
    },
    /// `let name : kind = expr;`
    Let {
        /// Its name.
        name: Ident,
        /// Its kind, when written.
        kind: Option<Ident>,
        /// Its value.
        value: Expr,
    },
    /// `enum Name { A, B }`
    Enum {
        /// Its name.
        name: Ident,
        /// Its choices, in order, each with its doc lines.
        variants: Vec<(Vec<String>, Ident)>,
    },
    /// `paging NAME { ... }`
    Paging(Paging),
    /// `space NAME : n bits, paging F, to SPACE;`
    Space {
        /// Its name.
        name: Ident,
        /// How many bits its addresses have.
        bits: Expr,
        /// The name of its page-table format, or an `if` over such names.
        paging: Option<Expr>,
        /// The space that it is translated into.
        to: Option<Ident>,
    },
    /// `split SPACE { part : range { ... }; ... }`
    Split {
        /// The space that is split.
        space: Ident,
        /// Its parts, in the order written.
        parts: Vec<Part>,
    },
    /// `zone`, `reserve`, `device`, `window`, `guard`, `hole`, `area`: one range that means something.
    Place(Place),
    /// `segment NAME : gdt[n] = code { base: 0, limit: 4G, dpl: 0 };`
    Segment {
        /// Its name.
        name: Ident,
        /// `gdt` or `ldt`.
        table: Ident,
        /// Its index in the table.
        index: Expr,
        /// `code` or `data`.
        class: Ident,
        /// `base`, `limit`, `dpl` and others.
        attrs: Vec<Attr>,
    },
    /// `assert expr, "why";`
    Assert {
        /// The law.
        cond: Expr,
        /// What it protects.
        why: Option<Text>,
    },
    /// `expect SPACE ADDR -> outcome with NAME = value, ...;`
    Expect(Expect),
    /// `layout NAME = BASE with { PARAM = value, ... };`
    Variant {
        /// Its name.
        name: Ident,
        /// Another variant, or `default`.
        base: Ident,
        /// The parameters that it fixes.
        with: Vec<(Ident, Expr)>,
    },
    /// `export "VMALLOC_END" = vmalloc.last;`
    Export {
        /// The constant's name in generated code.
        name: Text,
        /// Its value.
        value: Expr,
    },
}

/// The text between two quotes, escapes (`\"` and `\\` only) resolved.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Text {
    /// The text.
    pub text: String,
    /// Where it stands, quotes included.
    pub span: Span,
}

/// A parameter.
#[derive(Debug, Clone, PartialEq)]
pub struct Param {
    /// When it is learned.
    pub class: ParamClass,
    /// Its name.
    pub name: Ident,
    /// Its kind: `addr`, `size`, `int`, `bool`, `version` or an enum's name.
    pub kind: Ident,
    /// Its default value.
    pub default: Expr,
    /// The values that it may take; absent for bools and enums, which have all of theirs.
    pub domain: Option<Domain>,
}

/// When a parameter is learned.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ParamClass {
    /// When the kernel is built.
    Config,
    /// When it starts.
    Boot,
}

/// The values that a parameter may take.
#[derive(Debug, Clone, PartialEq)]
#[expect(
    clippy::large_enum_variant,
    reason = "a file has few parameters, and most have an interval"
)]
pub enum Domain {
    /// `{ a, b, c }`
    Set {
        /// The values, in the order written.
        values: Vec<Expr>,
        /// Braces included.
        span: Span,
    },
    /// `a ..= b` or `a ..= b step s`
    Interval {
        /// The smallest value.
        low: Expr,
        /// The largest value (inclusive).
        high: Expr,
        /// The distance between values, counted from `low`; 1 when absent.
        step: Option<Expr>,
        /// From `low` to the end.
        span: Span,
    },
}

/// A page-table format.
#[derive(Debug, Clone, PartialEq)]
pub struct Paging {
    /// Its name.
    pub name: Ident,
    /// Its clauses, in the order written.
    pub clauses: Vec<PagingClause>,
}

/// A clause of a page-table format, with its doc lines.
#[derive(Debug, Clone, PartialEq)]
pub struct PagingClause {
    /// The `///` lines above it.
    pub docs: Vec<String>,
    /// What it is.
    pub kind: PagingClauseKind,
    /// From its keyword to its end.
    pub span: Span,
}

/// The clauses of a page-table format.
#[derive(Debug, Clone, PartialEq)]
pub enum PagingClauseKind {
    /// `address 48 bits sign_extended;`
    Address {
        /// The width of a virtual address.
        bits: Expr,
        /// `sign_extended`, `zero_extended`, `two_roots`, ...
        form: Vec<Ident>,
    },
    /// `physical 52 bits;`
    Physical {
        /// The width of a physical address.
        bits: Expr,
    },
    /// `entry 8 bytes { present [0], execute ![63], present when entry[1:0] == 3 }` (a `;` may follow)
    Entry {
        /// The size of an entry.
        bytes: Expr,
        /// Its named bits.
        fields: Vec<EntryField>,
    },
    /// `reserved [51:40], [6];` bits that must be zero in every entry.
    Reserved {
        /// The slices, each `hi : lo` (both inclusive).
        slices: Vec<BitSlice>,
    },
    /// `level PD : va[29:21] -> entry[51:12] << 12, leaf when entry[7] -> entry[51:21] << 21 reserved [20:13];`
    Level {
        /// Its name.
        name: Ident,
        /// The virtual address bits that index its table.
        index: BitSlice,
        /// What an entry may be, in the order of trial.
        entries: Vec<EntryForm>,
    },
}

/// A named bit, slice or condition of an entry.
#[derive(Debug, Clone, PartialEq)]
pub struct EntryField {
    /// Its name.
    pub name: Ident,
    /// Where it is.
    pub place: EntryPlace,
}

/// Where a named part of an entry is.
#[derive(Debug, Clone, PartialEq)]
pub enum EntryPlace {
    /// `[7]`, `[51:12]`, or with `!` before it when set means no.
    Bits {
        /// True for `![63]`.
        inverted: bool,
        /// The bits.
        slice: BitSlice,
    },
    /// `when entry[1:0] == 3`
    When(Expr),
}

/// `[hi:lo]`, both inclusive; `[n]` has `hi` equal to `lo`.
#[derive(Debug, Clone, PartialEq)]
pub struct BitSlice {
    /// The highest bit.
    pub high: Expr,
    /// The lowest bit; absent in `[n]`.
    pub low: Option<Expr>,
    /// Brackets included.
    pub span: Span,
}

/// One meaning of an entry: `leaf when COND -> FRAME reserved [a:b]`.
#[derive(Debug, Clone, PartialEq)]
pub struct EntryForm {
    /// True when it maps memory, false when it points to the next table.
    pub leaf: bool,
    /// True when the word `table` was written.
    pub table: bool,
    /// When the entry has this meaning; always, when absent.
    pub when: Option<Expr>,
    /// The frame's or table's address: slices of `entry` shifted and joined by `|`.
    pub frame: Expr,
    /// Bits that must be zero in this form.
    pub reserved: Vec<BitSlice>,
    /// From its first word to its end.
    pub span: Span,
}

/// A part of a split.
#[derive(Debug, Clone, PartialEq)]
pub struct Part {
    /// The `///` lines above it.
    pub docs: Vec<String>,
    /// Its name.
    pub name: Ident,
    /// Its range.
    pub range: Range,
    /// `access`, `tables`.
    pub attrs: Vec<Attr>,
    /// From its name to its end.
    pub span: Span,
}

/// `start .. end` or `start .. +size`.
#[derive(Debug, Clone, PartialEq)]
pub struct Range {
    /// Its first address.
    pub start: Expr,
    /// Its end (exclusive), or its size.
    pub end: RangeEnd,
    /// From start to end.
    pub span: Span,
}

/// The right side of a range.
#[derive(Debug, Clone, PartialEq)]
pub enum RangeEnd {
    /// `.. end`, exclusive.
    End(Expr),
    /// `.. +size`.
    Size(Expr),
}

/// What kind of range a [`Place`] is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum PlaceKind {
    /// A class of frames with an allocator.
    Zone,
    /// Memory that is not to be allocated.
    Reserve,
    /// A device's registers or memory.
    Device,
    /// A range with one mapping rule.
    Window,
    /// A hole left on purpose, so that a stray access faults.
    Guard,
    /// A range that is documented to be unused.
    Hole,
    /// A range of a process: text, heap, stack.
    Area,
}

/// `KIND name[v in a .. b] in parent : range -> target alias of W because "why" when cond optional { attributes };`
#[derive(Debug, Clone, PartialEq)]
pub struct Place {
    /// The keyword.
    pub kind: PlaceKind,
    /// Its name.
    pub name: Ident,
    /// `[p in 0 .. 64]`, when it is a family.
    pub family: Option<Family>,
    /// The space, part or window that holds it.
    pub parent: Ident,
    /// Its range.
    pub range: Range,
    /// What it maps to.
    pub target: Option<Target>,
    /// `because "..."`: why it is as it is.
    pub because: Option<Text>,
    /// `alias of WINDOW because "..."`
    pub alias: Option<Alias>,
    /// `covers [A, B] because "..."`
    pub covers: Option<Covers>,
    /// `when cond`: it exists only then.
    pub when: Option<Expr>,
    /// `optional`: it may be empty. The span is the word's.
    pub optional: Option<Span>,
    /// `{ access: rwx, global }`
    pub attrs: Vec<Attr>,
}

/// `[p in 0 .. 64]`
#[derive(Debug, Clone, PartialEq)]
pub struct Family {
    /// The variable.
    pub var: Ident,
    /// Its first value.
    pub low: Expr,
    /// One past its last value.
    pub high: Expr,
    /// Brackets included.
    pub span: Span,
}

/// `alias of WINDOW because "..."`
#[derive(Debug, Clone, PartialEq)]
pub struct Alias {
    /// The windows whose frames it shows a second time.
    pub of: Vec<Ident>,
    /// Why.
    pub because: Option<Text>,
    /// From `alias` to its end.
    pub span: Span,
}

/// `covers [A, B] because "..."` or `covers all because "..."`
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Covers {
    /// The devices and reserves that it shows on purpose; all of them, when absent.
    pub what: Option<Vec<Ident>>,
    /// Why.
    pub because: Option<Text>,
    /// From `covers` to its end.
    pub span: Span,
}

/// What a window maps to.
#[derive(Debug, Clone, PartialEq)]
pub struct Target {
    /// What it is.
    pub kind: TargetKind,
    /// Without the arrow.
    pub span: Span,
}

/// The mapping rules of windows.
#[derive(Debug, Clone, PartialEq)]
pub enum TargetKind {
    /// `physical at p` or `physical at p repeat 4K`
    Linear {
        /// The space mapped to.
        space: Ident,
        /// The address there of the window's first byte.
        at: Expr,
        /// With `repeat n`: offsets are taken modulo n.
        repeat: Option<Expr>,
    },
    /// `pages from HIGHMEM, NORMAL`, or `pages from HIGHMEM, NORMAL or device`
    Pages {
        /// The zones, in order of preference.
        from: Vec<Ident>,
        /// True when device ranges may be mapped here too (`ioremap`).
        or_device: bool,
    },
    /// `slots 1024 from HIGHMEM`
    Slots {
        /// How many page slots.
        count: Expr,
        /// The zones, in order of preference.
        from: Vec<Ident>,
    },
    /// `fixed { HOLE, APIC, IO_APIC[64] }`
    Fixed {
        /// The slots, numbered from 0 at the top of the window.
        slots: Vec<FixedSlot>,
    },
    /// `device`, or `device of UART, PCI`
    Device {
        /// The devices that it may map; any, when empty.
        of: Vec<Ident>,
    },
    /// `table of 64 per page of physical`
    Table {
        /// The size of one element, in bytes.
        element: Expr,
        /// The size of memory that one element describes: `page`, or an expression.
        per: Expr,
        /// The space described.
        of: Ident,
    },
    /// `tables of linear via PML4[510]`: the page tables of a space, seen through one of their own entries.
    Tables {
        /// The space that they translate.
        of: Ident,
        /// The level whose table holds the entry: the top one.
        level: Ident,
        /// The number of the entry.
        entry: Expr,
    },
}

/// One named group of slots.
#[derive(Debug, Clone, PartialEq)]
pub struct FixedSlot {
    /// The `///` lines above it.
    pub docs: Vec<String>,
    /// Its name.
    pub name: Ident,
    /// How many; one, when absent.
    pub count: Option<Expr>,
}

/// `key: value`, `key: [a, b]` or `flag`, and perhaps the reason.
#[derive(Debug, Clone, PartialEq)]
pub struct Attr {
    /// The key.
    pub name: Ident,
    /// The value.
    pub value: AttrValue,
    /// `because "..."`
    pub because: Option<Text>,
}

/// The value of an attribute.
#[derive(Debug, Clone, PartialEq)]
pub enum AttrValue {
    /// The key alone.
    Flag,
    /// `key: expr`; names such as `rwx` are paths of one part.
    Expr(Expr),
    /// `key: [a, b]`
    List(Vec<Expr>),
    /// `key: "text"`
    Text(Text),
}

/// An example that must hold.
#[derive(Debug, Clone, PartialEq)]
pub struct Expect {
    /// The space of the address.
    pub space: Ident,
    /// The address.
    pub address: Expr,
    /// What translating it gives.
    pub outcome: Outcome,
    /// Parameters that it fixes; the others have their defaults.
    pub with: Vec<(Ident, Expr)>,
}

/// What translating an address gives.
#[derive(Debug, Clone, PartialEq)]
pub enum Outcome {
    /// `physical 0x1000 in lowmem`
    Mapped {
        /// The space of the target.
        space: Ident,
        /// The address there.
        address: Expr,
        /// The window that maps it.
        window: Option<Ident>,
    },
    /// `dynamic vmalloc`
    Dynamic {
        /// The window or part.
        name: Ident,
    },
    /// `fault guard gap`
    Fault {
        /// `unmapped`, `guard`, `hole`, `non_canonical`, `out_of_space`.
        kind: Ident,
        /// The guard or hole.
        name: Option<Ident>,
    },
}

/// An expression.
#[derive(Debug, Clone, PartialEq)]
pub struct Expr {
    /// What it is.
    pub kind: ExprKind,
    /// Where it stands.
    pub span: Span,
}

/// The kinds of expressions.
#[derive(Debug, Clone, PartialEq)]
pub enum ExprKind {
    /// `42`, `0xC000_0000`, `0b1010`, `896M`.
    Number {
        /// The value, suffix applied; `None` when it does not fit.
        value: Option<i128>,
        /// True when a suffix made it a size; false when it does not fit.
        sized: bool,
        /// As written.
        text: String,
    },
    /// `v6.1`, `v2.6.32`, `v6.1.0-50-amd64`.
    Version {
        /// The version; `None` when a part exceeds 65,535.
        value: Option<Version>,
        /// As written.
        text: String,
    },
    /// `true`, `false`
    Bool(bool),
    /// A name.
    Name(String),
    /// `lowmem.end`, `Split.Three`, `fixmap.APIC`
    Field(Box<Expr>, Ident),
    /// `kstack[3]`, `entry[7]`
    Index(Box<Expr>, Box<Expr>),
    /// `entry[51:12]`
    Slice(Box<Expr>, Box<Expr>, Box<Expr>),
    /// `min(a, b)`
    Call(Ident, Vec<Expr>),
    /// `-x`, `!x`
    Unary(UnaryOp, Box<Expr>),
    /// `a + b`
    Binary(BinaryOp, Box<Expr>, Box<Expr>),
    /// `if c { a } else { b }`; `else if` is an `If` in the last place.
    If(Box<Expr>, Box<Expr>, Box<Expr>),
    /// `( x )`, kept for the formatter.
    Paren(Box<Expr>),
}

/// Operators before one operand.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum UnaryOp {
    /// `-`
    Neg,
    /// `!`
    Not,
}

/// Operators between two operands, from the loosest to the tightest: `||`, `&&`, comparisons (not associative), `|`, `&`,
/// `<< >>`, `+ -`, `* / %`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum BinaryOp {
    /// `||`
    Or,
    /// `&&`
    And,
    /// `==`
    Eq,
    /// `!=`
    Ne,
    /// `<`
    Lt,
    /// `<=`
    Le,
    /// `>`
    Gt,
    /// `>=`
    Ge,
    /// `|`, in paging formats
    BitOr,
    /// `&`, in paging formats
    BitAnd,
    /// `<<`
    Shl,
    /// `>>`
    Shr,
    /// `+`
    Add,
    /// `-`
    Sub,
    /// `*`
    Mul,
    /// `/`
    Div,
    /// `%`
    Rem,
}

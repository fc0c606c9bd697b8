//! What can be written on the command line.

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand, ValueEnum};
use mapwright_runtime::walk::Reading;

use super::address::parse_count;

/// The whole command line.
#[derive(Debug, Parser)]
#[command(
    name = "mapwright",
    version,
    about = "A compiler for memory layouts: proves, draws, translates and emits address spaces.",
    after_help = "LAYOUT is a file, - for standard input, or std:NAME for a bundled file (see `mapwright list`); \
                  LAYOUT:VARIANT picks one of its named variants.\n\
                  Exit codes: 0 fine; 1 a layout is wrong; 2 the command line, a file or an address is.",
    max_term_width = 100,
    disable_help_subcommand = true
)]
pub(super) struct CommandLine {
    #[command(flatten)]
    pub(super) global: Global,
    #[command(subcommand)]
    pub(super) command: Command,
}

/// Options of every command.
#[derive(Debug, Args)]
pub(super) struct Global {
    /// When messages are coloured; auto looks at the terminal, NO_COLOR and CLICOLOR_FORCE.
    #[arg(long, global = true, value_name = "WHEN", default_value = "auto")]
    pub(super) color: ColorWhen,
    /// A directory below which `use` may read files, besides the layout's own; repeatable.
    #[arg(short = 'I', long = "include", global = true, value_name = "DIR")]
    pub(super) include: Vec<PathBuf>,
}

/// When to use colour.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum ColorWhen {
    /// On a terminal, unless `NO_COLOR` is set.
    Auto,
    /// Always.
    Always,
    /// Never.
    Never,
}

/// The commands.
#[derive(Debug, Subcommand)]
pub(super) enum Command {
    /// Check layouts: every law, for every value of every parameter.
    Check(Check),
    /// Show the memory map of one instance as a table or a picture.
    Show(Show),
    /// Say what addresses mean, or which addresses reach a frame.
    Translate(Translate),
    /// Walk the page tables in a memory image.
    Walk(Walk),
    /// Run a scenario on a simulated machine with the layout.
    #[cfg(feature = "simulate")]
    Simulate(Simulate),
    /// Generate source code from a layout.
    Emit(Emit),
    /// Print the page of a diagnostic code.
    Explain(Explain),
    /// Format layout files in place.
    Fmt(Fmt),
    /// List bundled layouts, paging formats and diagnostic codes.
    List(List),
}

/// Fixed parameters.
#[derive(Debug, Args)]
pub(super) struct Settings {
    /// Fix a parameter, in the language's own literals: --set RAM=2G --set KERNEL=v4.19; repeatable.
    #[arg(long = "set", value_name = "NAME=VALUE")]
    pub(super) set: Vec<String>,
}

/// Text for people or JSON for programs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum TextOrJson {
    /// For people.
    Text,
    /// One JSON object per line; diagnostics too.
    Json,
}

/// `mapwright check`
#[derive(Debug, Args)]
pub(super) struct Check {
    /// Layouts to check.
    #[arg(required = true, value_name = "LAYOUT")]
    pub(super) layouts: Vec<String>,
    #[command(flatten)]
    pub(super) settings: Settings,
    /// How to print what was proved, and diagnostics.
    #[arg(long, value_name = "FORMAT", default_value = "text")]
    pub(super) format: TextOrJson,
    /// Print diagnostics only.
    #[arg(short, long)]
    pub(super) quiet: bool,
}

/// `mapwright show`
#[derive(Debug, Args)]
pub(super) struct Show {
    /// The layout.
    pub(super) layout: String,
    #[command(flatten)]
    pub(super) settings: Settings,
    /// How to show it.
    #[arg(long, value_name = "FORMAT", default_value = "text")]
    pub(super) format: ShowFormat,
    /// Write to a file, whole or not at all, instead of standard output.
    #[arg(short, long, value_name = "FILE")]
    pub(super) output: Option<PathBuf>,
}

/// How to show a memory map.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum ShowFormat {
    /// A table for terminals.
    Text,
    /// A table in the columns of Linux's mm.rst.
    Markdown,
    /// A picture.
    Svg,
    /// A page with the picture and the table.
    Html,
    /// One JSON object per line: the layout, its spaces, their rows.
    Json,
}

/// `mapwright translate`
#[derive(Debug, Args)]
pub(super) struct Translate {
    /// The layout.
    pub(super) layout: String,
    /// Addresses such as 0xC010_0000, 3221225472 or 3G; - reads them from standard input, one per line.
    #[arg(required = true, value_name = "ADDR")]
    pub(super) addresses: Vec<String>,
    #[command(flatten)]
    pub(super) settings: Settings,
    /// The space of the addresses (with --reverse: of the results). Default: `linear`, or else the first space with a
    /// paging format, or else the first that is translated into another.
    #[arg(long, value_name = "SPACE")]
    pub(super) space: Option<String>,
    /// From a target address to every address that reaches it.
    #[arg(long)]
    pub(super) reverse: bool,
    /// What translates: tables, or machine code made from them.
    #[arg(
        long,
        value_name = "ENGINE",
        default_value = "table",
        conflicts_with = "reverse"
    )]
    pub(super) engine: Engine,
    /// How to print results; plain is one line per address and nothing else.
    #[arg(long, value_name = "FORMAT", default_value = "text")]
    pub(super) format: TranslateFormat,
}

/// What translates.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum Engine {
    /// Rust: binary search in sorted tables; an interpreter of the paging format.
    Table,
    /// Machine code, compiled for this layout or format.
    Jit,
}

/// How to print translations.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum TranslateFormat {
    /// A table for people.
    Text,
    /// One line per address: `0xc0100000 0x100000 lowmem`.
    Plain,
    /// One JSON object per line.
    Json,
}

/// `mapwright walk`
#[derive(Debug, Args)]
#[command(after_help = "\
An image is raw memory that was at PHYS (default 0), or, without @PHYS, an ELF core of type ET_CORE: QEMU's dump-guest-memory, \
kdump's vmcore, a copy of /proc/kcore. It is mapped, not read; nobody may shorten it meanwhile.\n\
A root is the physical address of the top table, not the register that holds it: CR3, TTBR0_EL1 or satp without their other \
bits. A format with two roots has --root twice, for the lower and the upper half.\n\
Plain lines: `0x1234 0xb234`, or `0x1234 fault not_present level=PT entry=0x0 at=0x1014`; with --all \
`START END PHYSICAL PAGE ACCESS`, half-open, and `START END fault REASON ...` for entries that lead nowhere; a range whose frames \
repeat ends in `repeat BYTES`. ACCESS is rwxug: read, write, execute, user, global.\n\
An entry with reserved bits set is followed, as emulators leave such entries in their dumps: a line that came through one ends in \
`reserved_bit` and the entry. With --strict it is a fault, as for the processor.\n\
With --layout, --all says which window each range is in, and finds where tables and layout differ: `stray` (mapped where it says \
guard or hole), `outside` (in no window), `elsewhere` (not where a linear window maps it), `rights` (others than a linear window \
has, or more than any other window may have), `user` (for user mode, in a part that is not), `write_execute` (W+X, where the \
format can forbid execution), `reserved_bit`, `missing` (a linear window that is not mapped: `START END missing WINDOW`) and `empty` \
(nothing is mapped: `START END empty`). Then the exit code is 1, and 0 when nothing is found.")]
pub(super) struct Walk {
    /// Virtual addresses such as 0xC010_0000, 3221225472 or 3G; - reads them from standard input, one per line.
    #[arg(
        required_unless_present = "all",
        conflicts_with = "all",
        value_name = "ADDR"
    )]
    pub(super) addresses: Vec<String>,
    /// The format of the tables: a bundled name (see `mapwright list`), FILE.layout:NAME or std:FILE:NAME. Default with
    /// --layout: that of its space.
    #[arg(long, value_name = "FORMAT", required_unless_present = "layout")]
    pub(super) paging: Option<String>,
    /// The physical address of the top table; a second one for the upper half of a format with two.
    #[arg(long = "root", required = true, value_name = "ADDR")]
    pub(super) roots: Vec<String>,
    /// A memory image: a file at a physical address, or an ELF core; repeatable.
    #[arg(long = "image", required = true, value_name = "FILE[@PHYS]")]
    pub(super) images: Vec<String>,
    /// The width of the machine's physical addresses (x86's MAXPHYADDR): entries that go beyond are faults. Default: as
    /// much as the format can say.
    #[arg(long, value_name = "BITS", value_parser = physical_bits)]
    pub(super) physical_bits: Option<u32>,
    /// Ask for rights, too: any of r, w and x, and for user mode with `,user`. A page that does not give them is a fault.
    #[arg(long, value_name = "RIGHTS", conflicts_with = "all")]
    pub(super) access: Option<String>,
    /// Read tables as strictly as the processor: an entry with reserved bits set is a fault.
    #[arg(long)]
    pub(super) strict: bool,
    /// Print everything that the tables map, as ranges.
    #[arg(long)]
    pub(super) all: bool,
    /// With --all, compare with this layout.
    #[arg(long, value_name = "LAYOUT")]
    pub(super) layout: Option<String>,
    #[command(flatten)]
    pub(super) settings: Settings,
    /// The space of the layout whose tables these are. Default: as `translate` chooses.
    #[arg(long, value_name = "SPACE", requires = "layout")]
    pub(super) space: Option<String>,
    /// What walks to addresses: an interpreter of the format, or machine code made from it. (--all reads every table once,
    /// whatever is said here.)
    #[arg(long, value_name = "ENGINE", default_value = "table")]
    pub(super) engine: Engine,
    /// How to print results; plain is one line per address or range and nothing else. Default: plain for addresses, text
    /// with --all.
    #[arg(long, value_name = "FORMAT")]
    format: Option<WalkFormat>,
}

impl Walk {
    /// How strictly tables are read.
    pub(super) fn reading(&self) -> Reading {
        match self.strict {
            true => Reading::Strict,
            false => Reading::Lax,
        }
    }

    /// How to print results.
    pub(super) fn format(&self) -> WalkFormat {
        let usual = match self.all {
            true => WalkFormat::Text,
            false => WalkFormat::Plain,
        };
        self.format.unwrap_or(usual)
    }
}

/// How to print walks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum WalkFormat {
    /// A table for people.
    Text,
    /// One line per address or range.
    Plain,
    /// One JSON object per line.
    Json,
}

/// A width of physical addresses.
fn physical_bits(text: &str) -> Result<u32, String> {
    let bits = parse_count(text)?;
    let fits = u32::try_from(bits)
        .ok()
        .filter(|bits| (1..=64).contains(bits));
    fits.ok_or_else(|| format!("physical addresses have 1 to 64 bits, not {bits}"))
}

/// `mapwright simulate`
#[cfg(feature = "simulate")]
#[derive(Debug, Args)]
#[command(after_help = "\
With --trace or --pattern there is no scenario: a stream of memory references goes through TLBs of several sizes, for each \
size of page that the layout's format has, and a table compares what translation costs.\n\
A trace is what `valgrind --tool=lackey --trace-mem=yes --log-file=FILE PROGRAM` writes, or the binary format; a pattern is \
sequential, strided, random, zipf, chase or matrix with keys, such as `zipf:bytes=1G,count=10M,seed=7`.")]
pub(super) struct Simulate {
    /// The layout.
    pub(super) layout: String,
    /// The scenario, a TOML file; - reads it from standard input.
    #[arg(
        required_unless_present_any = ["trace", "pattern"],
        conflicts_with_all = ["trace", "pattern"]
    )]
    pub(super) scenario: Option<PathBuf>,
    /// Plays a trace of memory references through TLBs; - reads it from standard input.
    #[arg(long, value_name = "FILE", conflicts_with = "pattern")]
    pub(super) trace: Option<PathBuf>,
    /// The same with references made by a pattern.
    #[arg(long, value_name = "PATTERN")]
    pub(super) pattern: Option<String>,
    /// A size of page for --trace or --pattern, such as 4K; repeatable. Default: all that the format has.
    #[arg(long, value_name = "SIZE", conflicts_with = "scenario")]
    pub(super) page: Vec<String>,
    /// A TLB for --trace or --pattern: its levels as ENTRIES/WAYS@CYCLES joined by +, such as 64/4+1536/12; repeatable.
    /// Default: 16, 64 and 512, fully associative.
    #[arg(long, value_name = "TLB", conflicts_with = "scenario")]
    pub(super) tlb: Vec<String>,
    #[command(flatten)]
    pub(super) settings: Settings,
    /// The seed of all chance, instead of the scenario's.
    #[arg(long, value_name = "N", value_parser = parse_count, conflicts_with_all = ["trace", "pattern"])]
    pub(super) seed: Option<u64>,
    /// Print every step and every event.
    #[arg(long, conflicts_with_all = ["trace", "pattern"])]
    pub(super) events: bool,
    /// A run does at most so many steps, instead of the scenario's limit or 1000000.
    #[arg(long, value_name = "N", value_parser = parse_count, conflicts_with_all = ["trace", "pattern"])]
    pub(super) max_steps: Option<u64>,
    /// Every N-th request for frames fails; laws are held, expectations are not.
    #[arg(long, value_name = "N", value_parser = parse_count, conflicts_with_all = ["trace", "pattern"])]
    pub(super) fail_allocation: Option<u64>,
    /// How to print the run, and diagnostics.
    #[arg(long, value_name = "FORMAT", default_value = "text")]
    pub(super) format: TextOrJson,
}

/// `mapwright emit`
#[derive(Debug, Args)]
pub(super) struct Emit {
    /// The layout.
    pub(super) layout: String,
    /// What to generate.
    #[arg(long, value_name = "TARGET")]
    pub(super) target: EmitTarget,
    #[command(flatten)]
    pub(super) settings: Settings,
    /// Write to a file, whole or not at all, instead of standard output.
    #[arg(short, long, value_name = "FILE")]
    pub(super) output: Option<PathBuf>,
}

/// What to generate.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum EmitTarget {
    /// A Rust module that depends on `core` only.
    Rust,
    /// Constants, every parameter fixed, as one JSON object.
    Json,
    /// The same as TOML.
    Toml,
}

/// `mapwright explain`
#[derive(Debug, Args)]
pub(super) struct Explain {
    /// A code such as `overlap`, as printed in `error[overlap]`.
    pub(super) code: String,
    /// How to print it.
    #[arg(long, value_name = "FORMAT", default_value = "text")]
    pub(super) format: TextOrJson,
}

/// `mapwright fmt`
#[derive(Debug, Args)]
pub(super) struct Fmt {
    /// Files to format; - formats standard input to standard output.
    #[arg(required = true, value_name = "FILE")]
    pub(super) files: Vec<PathBuf>,
    /// Change nothing; print the files that differ, and exit with 1 when there are any.
    #[arg(long)]
    pub(super) check: bool,
    /// How to print diagnostics, and the files that differ.
    #[arg(long, value_name = "FORMAT", default_value = "text")]
    pub(super) format: TextOrJson,
}

/// `mapwright list`
#[derive(Debug, Args)]
pub(super) struct List {
    /// How to print it.
    #[arg(long, value_name = "FORMAT", default_value = "text")]
    pub(super) format: TextOrJson,
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::CommandFactory;

    #[test]
    fn the_command_line_is_consistent() {
        CommandLine::command().debug_assert();
    }
}

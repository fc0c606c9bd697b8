//! What can be written on the command line.

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand, ValueEnum};

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
    /// Binary search in sorted tables.
    Table,
    /// Machine code, compiled for this layout.
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

//! `mapwright simulate --trace` and `--pattern`: a stream of memory references through TLBs.

use super::console::{Console, Exit, Failure, Meter};
use super::open::{self, Need, Opener};
use super::options::{Simulate, TextOrJson};
use crate::diagnostic::visible_line;
use crate::trace::{
    CompareError, Comparison, Pattern, Progress, References, compare, configurations,
    open as open_trace, progress_bar,
};
use mapwright_machine::trace::TraceSpec;
use serde::Serialize;
use std::fs::File;
use std::io::BufReader;
use std::path::Path;

/// The columns of a terminal that the bar takes.
const BAR: usize = 79;

/// One line of `--format json`: a size of page with a TLB.
#[derive(Debug, Serialize)]
struct JsonRow<'a> {
    /// The page and the TLB, as in the table.
    configuration: &'a str,
    /// The bytes of a page.
    page: u64,
    /// References of the trace.
    references: u64,
    /// Loads, stores and instruction fetches among them.
    loads: u64,
    /// See `loads`.
    stores: u64,
    /// See `loads`.
    fetches: u64,
    /// Lookups: a reference that goes over the end of a page takes two.
    accesses: u64,
    /// Hits of each level of the TLB.
    hits: &'a [u64],
    /// Walks of the page tables.
    walks: u64,
    /// Entries of tables that walks read.
    reads: u64,
    /// What translation cost, in cycles.
    cycles: u64,
}

/// Plays a trace or a pattern, and prints the table.
pub(super) fn run(
    command: &Simulate,
    opener: &Opener,
    console: &mut Console<'_>,
) -> Result<Exit, Failure> {
    let from_input = command.trace.as_deref() == Some(Path::new("-"));
    if from_input && open::is_standard_input(&command.layout) {
        let why = "standard input cannot be the layout and the trace";
        return Err(Failure::new(why));
    }
    let json = command.format == TextOrJson::Json;
    let set = &command.settings.set;
    let layout = match opener.right(&command.layout, set, Need::Instance, json, console)? {
        Ok((_, layout)) => layout,
        Err(exit) => return Ok(exit),
    };
    let pages: Vec<&str> = command.page.iter().map(String::as_str).collect();
    let tlbs: Vec<&str> = command.tlb.iter().map(String::as_str).collect();
    let specs = configurations(&layout, &pages, &tlbs)
        .map_err(|error| Failure::new(visible_line(&error.to_string())))?;
    let found = play(command, &specs, console)?;
    match json {
        true => rows(&found)?
            .iter()
            .try_for_each(|line| console.print_line(line))?,
        false => console.print(&found.to_string())?,
    }
    Ok(Exit::Fine)
}

/// Opens the trace and lets it run.
fn play(
    command: &Simulate,
    specs: &[TraceSpec],
    console: &mut Console<'_>,
) -> Result<Comparison, Failure> {
    if let Some(text) = &command.pattern {
        let pattern =
            Pattern::parse(text).map_err(|e| Failure::new(visible_line(&e.to_string())))?;
        let (_, meter) = console.input_and_meter();
        return compared(&mut pattern.stream(), specs, None, meter, "the pattern");
    }
    let path = command.trace.as_deref().unwrap_or(Path::new("-"));
    if path == Path::new("-") {
        let (input, meter) = console.input_and_meter();
        return stream(input, specs, None, meter, "<stdin>");
    }
    let name = visible_line(&path.display().to_string());
    let what = format!("read `{name}`");
    let about = std::fs::metadata(path).map_err(|error| Failure::io(&what, &error))?;
    if about.is_dir() {
        return Err(Failure::new(format!(
            "`{name}` is a directory, not a trace"
        )));
    }
    let file = File::open(path).map_err(|error| Failure::io(&what, &error))?;
    let total = about.is_file().then_some(about.len());
    let (_, meter) = console.input_and_meter();
    stream(
        &mut BufReader::with_capacity(1 << 16, file),
        specs,
        total,
        meter,
        &name,
    )
}

/// A trace in one of the formats for files.
fn stream(
    mut input: &mut dyn std::io::BufRead,
    specs: &[TraceSpec],
    total: Option<u64>,
    meter: Meter<'_>,
    name: &str,
) -> Result<Comparison, Failure> {
    let opened = open_trace(&mut input).map_err(CompareError::Trace);
    let mut trace = opened.map_err(|error| failure(name, &error))?;
    compared(&mut trace, specs, total, meter, name)
}

fn compared(
    trace: &mut dyn References,
    specs: &[TraceSpec],
    total: Option<u64>,
    mut meter: Meter<'_>,
    name: &str,
) -> Result<Comparison, Failure> {
    let mut progress = |now: Progress| {
        if meter.is_seen() {
            meter.show(&progress_bar(&now, total, BAR));
        }
    };
    compare(trace, specs, &mut progress).map_err(|error| failure(name, &error))
}

fn failure(name: &str, error: &CompareError) -> Failure {
    let help = match error {
        CompareError::Trace(error) => error.help(),
        CompareError::Tlb { .. } => None,
    };
    let help = help.map(|help| format!("; {help}")).unwrap_or_default();
    Failure::new(visible_line(&format!("{name}: {error}{help}")))
}

/// The rows as JSON objects.
fn rows(found: &Comparison) -> Result<Vec<String>, Failure> {
    let [loads, stores, fetches] = found.kinds;
    let rows = found.rows.iter().map(|(spec, totals)| {
        let row = JsonRow {
            configuration: &spec.name,
            page: spec.walk.page,
            references: found.references,
            loads,
            stores,
            fetches,
            accesses: totals.tlb.accesses,
            hits: &totals.tlb.hits,
            walks: totals.walks(),
            reads: totals.tlb.reads,
            cycles: totals.tlb.cycles,
        };
        serde_json::to_string(&row)
    });
    rows.collect::<Result<_, _>>()
        .map_err(|error| Failure::new(error.to_string()))
}

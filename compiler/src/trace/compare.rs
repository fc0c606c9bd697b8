//! One trace through several TLBs at once, and the table that compares them.

use super::{PIECE, Progress, References, TraceError};
use mapwright_machine::AccessKind;
use mapwright_machine::tlb::{TlbError, TlbSpec};
use mapwright_machine::trace::{TraceRun, TraceSpec, TraceTotals, WalkShape};
use std::fmt;

/// The widest a table may be.
const WIDTH: usize = 80;

/// What each configuration made of a trace.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Comparison {
    /// References.
    pub references: u64,
    /// Loads, stores and instruction fetches among them.
    pub kinds: [u64; 3],
    /// The configurations, in their order, each with what was counted.
    pub rows: Vec<(TraceSpec, TraceTotals)>,
}

/// Why a comparison could not be made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum CompareError {
    /// A TLB cannot be.
    Tlb {
        /// The configuration's name.
        name: String,
        /// Why.
        error: TlbError,
    },
    /// The trace is wrong.
    Trace(TraceError),
}

impl fmt::Display for CompareError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Tlb { name, error } => write!(f, "{name}: {error}"),
            Self::Trace(error) => error.fmt(f),
        }
    }
}

impl std::error::Error for CompareError {}

/// Every page size with every number of entries: fully associative TLBs of one level that cost nothing to look
/// at, so that the differences are those of page size and reach alone.
#[must_use]
pub fn standard_configurations(walks: &[WalkShape], entries: &[u32]) -> Vec<TraceSpec> {
    let one = |walk: &WalkShape, entries: u32| TraceSpec {
        name: format!("{} pages, {entries} entries", size(walk.page)),
        walk: *walk,
        tlb: TlbSpec::single(entries, &[walk.page]),
    };
    let walks = walks.iter();
    walks
        .flat_map(|walk| entries.iter().map(move |entries| one(walk, *entries)))
        .collect()
}

/// Runs a trace through all configurations, piece by piece, calling `progress` after each piece.
///
/// # Errors
/// When a TLB cannot be, or the trace is wrong.
pub fn compare(
    trace: &mut (impl References + ?Sized),
    configurations: &[TraceSpec],
    progress: &mut dyn FnMut(Progress),
) -> Result<Comparison, CompareError> {
    let mut runs = Vec::with_capacity(configurations.len());
    for spec in configurations {
        let run = TraceRun::new(spec);
        runs.push(run.map_err(|error| CompareError::Tlb {
            name: spec.name.clone(),
            error,
        })?);
    }
    let mut found = Comparison::default();
    let mut piece = Vec::with_capacity(PIECE);
    let mut more = true;
    while more {
        piece.clear();
        more = trace.read(&mut piece).map_err(CompareError::Trace)?;
        found.references += piece.len() as u64;
        for reference in &piece {
            found.kinds[match reference.kind {
                AccessKind::Read => 0,
                AccessKind::Write => 1,
                AccessKind::Execute => 2,
            }] += 1;
        }
        runs.iter_mut().for_each(|run| run.run(&piece));
        progress(trace.progress());
    }
    let rows = runs.iter().map(|run| (run.spec().clone(), run.totals()));
    found.rows = rows.collect();
    Ok(found)
}

/// `4K`, `2M`, `1G`; bytes, when it is none of them.
pub(super) fn size(bytes: u64) -> String {
    let units = [(40, "T"), (30, "G"), (20, "M"), (10, "K")];
    let unit = units
        .iter()
        .find(|(shift, _)| bytes != 0 && bytes.trailing_zeros() >= *shift);
    match unit {
        Some((shift, letter)) => format!("{}{letter}", bytes >> shift),
        None => bytes.to_string(),
    }
}

/// A count in at most nine columns: exact up to there, in thousands, millions ... beyond.
fn count(number: u64) -> String {
    if number < 1_000_000_000 {
        return number.to_string();
    }
    let mut rest = number;
    for unit in ["k", "m", "g", "t"] {
        rest /= 1000;
        if rest < 100_000_000 {
            return format!("{rest}{unit}");
        }
    }
    rest.to_string()
}

impl fmt::Display for Comparison {
    /// A table of at most 80 columns: for each configuration the misses of every level, the last of which are
    /// walks, the table entries that walks read, and what translation cost.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let [reads, writes, fetches] = self.kinds;
        writeln!(
            f,
            "{} accesses: {reads} loads, {writes} stores, {fetches} instruction fetches",
            self.references
        )?;
        let levels = self.rows.iter().map(|(_, totals)| totals.tlb.hits.len());
        // More than three levels leave no room for a name.
        let levels = levels.max().unwrap_or(1).clamp(1, 3);
        let columns = (levels - 1) + 4;
        let name = WIDTH - 10 * columns;
        write!(f, "{:<name$}", "configuration")?;
        for level in 1..levels {
            write!(f, "{:>10}", format!("L{level} miss"))?;
        }
        writeln!(
            f,
            "{:>10}{:>10}{:>10}{:>10}",
            "walks", "reads", "cycles", "cyc/acc"
        )?;
        for (spec, totals) in &self.rows {
            let cut: String = spec.name.chars().take(name - 1).collect();
            write!(f, "{cut:<name$}")?;
            for level in 1..levels {
                let there = level < totals.tlb.hits.len();
                let misses = there.then(|| count(totals.tlb.misses_of(level - 1)));
                write!(f, "{:>10}", misses.unwrap_or_else(|| "-".into()))?;
            }
            let per = totals.cycles_per_thousand();
            let per = if per < 1_000_000 {
                format!("{}.{:03}", per / 1000, per % 1000)
            } else {
                count(per / 1000)
            };
            let walks = count(totals.walks());
            let (reads, cycles) = (count(totals.tlb.reads), count(totals.tlb.cycles));
            writeln!(f, "{walks:>10}{reads:>10}{cycles:>10}{per:>10}")?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::super::{Pattern, parse_tlb};
    use super::*;
    use expect_test::expect;

    const SMALL: WalkShape = WalkShape {
        page: 4 << 10,
        reads: 2,
        table_bytes: 4 << 20,
    };
    const LARGE: WalkShape = WalkShape {
        page: 4 << 20,
        reads: 1,
        table_bytes: 0,
    };

    #[test]
    fn a_table() {
        let pattern = Pattern::parse("random:bytes=64M,count=100K,write=4,seed=1").expect("one");
        let mut configurations = standard_configurations(&[SMALL, LARGE], &[16, 64, 512]);
        configurations.push(TraceSpec {
            name: "4K pages, two levels as processors of the 2010s have".into(),
            walk: SMALL,
            tlb: parse_tlb("64/4+1536/12", &[4096]).expect("a TLB"),
        });
        let mut last = Progress::default();
        let mut calls = 0;
        let table = compare(&mut pattern.stream(), &configurations, &mut |now| {
            assert!(now.done >= last.done);
            (last, calls) = (now, calls + 1);
        });
        assert_eq!((last.done, last.total, calls), (102_400, Some(102_400), 7));
        let text = table.expect("compared").to_string();
        assert!(text.lines().all(|line| line.len() <= 80), "{text}");
        expect![[r#"
            102400 accesses: 76800 loads, 25600 stores, 0 instruction fetches
            configuration                    L1 miss     walks     reads    cycles   cyc/acc
            4K pages, 16 entries                   -    102295    204590   2864260    27.971
            4K pages, 64 entries                   -    101975    203950   2855300    27.883
            4K pages, 512 entries                  -     99211    198422   2777908    27.128
            4M pages, 16 entries                   -        16        16       224     0.002
            4M pages, 64 entries                   -        16        16       224     0.002
            4M pages, 512 entries                  -        16        16       224     0.002
            4K pages, two levels as proce     101990     92989    185978   3317622    32.398
        "#]]
        .assert_eq(&text);
    }

    #[test]
    fn numbers_and_mistakes() {
        let counts = [0, 999_999_999, 1_000_000_000, 123_456_789_012_345, u64::MAX];
        let counts = counts.map(count);
        assert_eq!(
            counts,
            ["0", "999999999", "1000000k", "123456g", "18446744t"]
        );
        assert_eq!(
            [4096, 2 << 20, 1 << 30, 100, 0].map(size),
            ["4K", "2M", "1G", "100", "0"]
        );
        let mut stream = Pattern::parse("random").expect("one").stream();
        let configurations = standard_configurations(&[SMALL], &[16, 0]);
        let error = compare(&mut stream, &configurations, &mut |_| {}).expect_err("no entries");
        let expected = "4K pages, 0 entries: TLB level 0: 0 entries in 0 ways are no power of two of sets, \
                        or more than 2^20";
        assert_eq!(error.to_string(), expected);
        let mut wrong = super::super::LackeyReader::new(&b"I  1,1\nnonsense"[..]);
        let error = compare(&mut wrong, &[], &mut |_| {}).expect_err("wrong");
        assert_eq!(error.to_string(), "line 2: no memory reference: `nonsense`");
    }
}

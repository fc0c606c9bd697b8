//! How everything that tables map is printed: as ranges, alone or beside a layout.

mod json;

use std::collections::BTreeSet;
use std::iter::Peekable;
use std::slice;

use mapwright_runtime::layout::{Layout, PlaceId};
use mapwright_runtime::range::Range;
use mapwright_runtime::walk::{BrokenRange, MappedRange, MappedTree};

use super::super::console::{Console, Exit, Failure};
use super::super::options::WalkFormat;
use super::engine::Walker;
use super::findings::{Finding, Judge, Judged};
use super::gaps::{Gap, gaps};
use super::{Subject, rights_text};

/// Prints all ranges, in address order, those that lead nowhere among them.
pub(super) fn print(
    subject: &Subject,
    walker: &Walker<'_>,
    how: WalkFormat,
    console: &mut Console<'_>,
) -> Result<Exit, Failure> {
    let mapped = walker.ranges();
    let mut printer = Printer::new(subject, how);
    console.print(&printer.head())?;
    let missing = match &subject.layout {
        None => Vec::new(),
        Some((layout, space)) if mapped.ranges.is_empty() && mapped.stopped_at.is_none() => {
            // One mistake, not one for each window.
            console.print(&printer.empty(layout.space_range(*space)))?;
            Vec::new()
        }
        Some((layout, space)) => gaps(layout, *space, &walker.covered(), &mapped.ranges),
    };
    let mut others = Others::new(&mapped.broken, &missing);
    for range in &mapped.ranges {
        while let Some(other) = others.next_before(u128::from(range.range.base())) {
            printer.other(other, console)?;
        }
        printer.mapped(range, console)?;
        if console.is_closed() {
            return Ok(Exit::Fine);
        }
    }
    while let Some(other) = others.next_before(u128::MAX) {
        printer.other(other, console)?;
    }
    console.print(&printer.footer(&mapped))?;
    if let Some(address) = mapped.stopped_at {
        let found = mapped.ranges.len() + mapped.broken.len();
        return Err(Failure::new(format!(
            "these tables map more than {found} ranges; what begins at {address:#x} and above is not shown. \
             Walk to single addresses there"
        )));
    }
    Ok(match printer.found {
        0 => Exit::Fine,
        _ => Exit::Wrong,
    })
}

/// What is not mapped, and a line all the same.
enum Other<'a> {
    Broken(&'a BrokenRange),
    Missing(&'a Gap),
}

/// All of that, in address order.
struct Others<'a> {
    broken: Peekable<slice::Iter<'a, BrokenRange>>,
    missing: Peekable<slice::Iter<'a, Gap>>,
}

impl<'a> Others<'a> {
    fn new(broken: &'a [BrokenRange], missing: &'a [Gap]) -> Self {
        Self {
            broken: broken.iter().peekable(),
            missing: missing.iter().peekable(),
        }
    }

    /// The next that begins before `end`; of two that begin together, what is missing.
    fn next_before(&mut self, end: u128) -> Option<Other<'a>> {
        let broken = self.broken.peek().map(|one| one.range.base());
        let missing = self.missing.peek().map(|one| one.range.base());
        let is_missing_first = missing.is_some_and(|at| broken.is_none_or(|other| at <= other));
        let first = if is_missing_first { missing } else { broken };
        first.filter(|at| u128::from(*at) < end)?;
        match is_missing_first {
            true => self.missing.next().map(Other::Missing),
            false => self.broken.next().map(Other::Broken),
        }
    }
}

/// Prints ranges in one format.
struct Printer<'s> {
    subject: &'s Subject,
    judge: Option<(Judge<'s>, &'s Layout)>,
    how: WalkFormat,
    width: usize,
    /// How many parts have findings.
    found: u64,
    /// How many bytes are mapped.
    bytes: u128,
    seen: BTreeSet<PlaceId>,
}

impl<'s> Printer<'s> {
    fn new(subject: &'s Subject, how: WalkFormat) -> Self {
        let layout = subject.layout.as_ref();
        let judge = layout.map(|(layout, space)| {
            let judge = Judge::new(layout, *space, &subject.format);
            (judge, layout)
        });
        // Ends may be one digit longer than addresses.
        let bits = match subject.format.form() {
            mapwright_runtime::paging::AddressForm::ZeroExtended => subject.format.va_bits(),
            _ => subject.space_bits,
        };
        Self {
            subject,
            judge,
            how,
            width: 3 + bits.div_ceil(4) as usize,
            found: 0,
            bytes: 0,
            seen: BTreeSet::new(),
        }
    }

    fn head(&self) -> String {
        match (self.how, &self.judge) {
            (WalkFormat::Text, None) => {
                self.line(["START", "END", "SIZE", "PHYSICAL", "PAGE", "ACCESS", "", ""])
            }
            (WalkFormat::Text, Some(_)) => self.line([
                "START", "END", "SIZE", "PHYSICAL", "PAGE", "ACCESS", "WHERE", "FINDINGS",
            ]),
            _ => String::new(),
        }
    }

    fn line(&self, cells: [&str; 8]) -> String {
        let [start, end, size, physical, page, access, place, findings] = cells;
        let w = self.width;
        let line = format!(
            "{start:<w$}  {end:<w$}  {size:>8}  {physical:<18}  {page:<4}  {access:<6}  {place:<24}  {findings}"
        );
        format!("{}\n", line.trim_end())
    }

    /// The lines for a mapped range: one, or one for each part in which the layout says one thing.
    fn mapped(&mut self, range: &MappedRange, console: &mut Console<'_>) -> Result<(), Failure> {
        self.bytes += range.range.size();
        let Some((judge, _)) = &self.judge else {
            let text = self.part(range, None);
            return console.print(&text);
        };
        let mut parts = Vec::new();
        judge.judge(range, &mut |part| parts.push(part));
        for part in parts {
            self.found += u64::from(!part.findings.is_empty());
            let text = self.part(&part.mapped, Some(&part));
            self.seen.extend(part.place);
            console.print(&text)?;
        }
        Ok(())
    }

    fn part(&self, mapped: &MappedRange, judged: Option<&Judged>) -> String {
        match self.how {
            WalkFormat::Plain => self.plain(mapped, judged),
            WalkFormat::Json => {
                let layout = self.judge.as_ref().map(|(_, layout)| *layout);
                json::mapped(mapped, judged.zip(layout), &self.subject.format)
            }
            WalkFormat::Text => self.row(mapped, judged),
        }
    }

    fn plain(&self, mapped: &MappedRange, judged: Option<&Judged>) -> String {
        let mut line = format!(
            "{:#x} {:#x} {:#x} {:#x} {}",
            mapped.range.base(),
            mapped.range.end(),
            mapped.physical,
            mapped.page,
            rights_text(mapped.access())
        );
        if let Some(turn) = mapped.repeat {
            line.push_str(&format!(" repeat {turn:#x}"));
        }
        if let Some(judged) = judged {
            let place = judged.place.map(|id| self.label(id));
            line.push_str(&format!(" {}", place.as_deref().unwrap_or("-")));
            for finding in &judged.findings {
                line.push_str(&format!(" {}", finding.word()));
            }
        } else if let Some(fault) = &mapped.reserved {
            line.push_str(&format!(" {}", fault.in_format(&self.subject.format)));
        }
        line.push('\n');
        line
    }

    fn row(&self, mapped: &MappedRange, judged: Option<&Judged>) -> String {
        let reserved = mapped.reserved.map(|fault| {
            let fault = fault.in_format(&self.subject.format);
            fault.to_string()
        });
        let findings = match judged {
            None => reserved,
            Some(judged) => {
                let words = judged.findings.iter().map(|finding| match finding {
                    Finding::Elsewhere { address, expected } => {
                        format!("elsewhere ({address:#x} belongs to {expected:#x})")
                    }
                    Finding::Rights { declared } => format!("rights (declared {declared})"),
                    Finding::ReservedBit => reserved.clone().unwrap_or_default(),
                    other => other.word().to_string(),
                });
                Some(words.collect::<Vec<_>>().join(", "))
            }
        };
        let place = judged
            .and_then(|judged| judged.place)
            .map(|id| self.place_words(id));
        let physical = match mapped.repeat {
            Some(turn) => format!("{:#x} x {}", mapped.physical, bytes_text(turn.into())),
            None => format!("{:#x}", mapped.physical),
        };
        self.line([
            &format!("{:#x}", mapped.range.base()),
            &format!("{:#x}", mapped.range.end()),
            &bytes_text(mapped.range.size()),
            &physical,
            &bytes_text(mapped.page.into()),
            &rights_text(mapped.access()),
            place.as_deref().unwrap_or_default(),
            findings.as_deref().unwrap_or_default(),
        ])
    }

    /// The line for entries that lead nowhere.
    fn broken(&self, broken: &BrokenRange) -> String {
        let format = &self.subject.format;
        let (start, end) = (broken.range.base(), broken.range.end());
        let fault = &broken.fault;
        match self.how {
            WalkFormat::Plain => {
                format!("{start:#x} {end:#x} fault {}\n", fault.in_format(format))
            }
            WalkFormat::Text => {
                let w = self.width;
                let (from, to) = (format!("{start:#x}"), format!("{end:#x}"));
                let size = bytes_text(broken.range.size());
                format!(
                    "{from:<w$}  {to:<w$}  {size:>8}  fault {}\n",
                    fault.in_format(format)
                )
            }
            WalkFormat::Json => json::broken(broken, format),
        }
    }

    /// The line for what is not mapped.
    fn other(&mut self, other: Other<'_>, console: &mut Console<'_>) -> Result<(), Failure> {
        let text = match other {
            Other::Broken(broken) => self.broken(broken),
            Other::Missing(gap) => self.missing(gap),
        };
        console.print(&text)
    }

    fn missing(&mut self, gap: &Gap) -> String {
        self.found += 1;
        self.seen.insert(gap.window);
        let (start, end) = (gap.range.base(), gap.range.end());
        match (self.how, &self.judge) {
            (WalkFormat::Json, Some((_, layout))) => json::missing(gap, layout),
            (WalkFormat::Text, _) => {
                self.unmapped(gap.range, &self.place_words(gap.window), "missing")
            }
            _ => format!("{start:#x} {end:#x} missing {}\n", self.label(gap.window)),
        }
    }

    /// The line for tables that map nothing.
    fn empty(&mut self, space: Range) -> String {
        self.found += 1;
        let (start, end) = (space.base(), space.end());
        match (self.how, &self.judge) {
            (WalkFormat::Json, Some((_, layout))) => json::empty(space, layout),
            (WalkFormat::Text, _) => self.unmapped(space, "", "empty"),
            _ => format!("{start:#x} {end:#x} empty\n"),
        }
    }

    /// The row for what is not mapped.
    fn unmapped(&self, range: Range, place: &str, finding: &str) -> String {
        let (start, end) = (
            format!("{:#x}", range.base()),
            format!("{:#x}", range.end()),
        );
        let size = bytes_text(range.size());
        self.line([&start, &end, &size, "not mapped", "", "", place, finding])
    }

    /// What follows all ranges in a table: how much there is, and where what it names is declared.
    fn footer(&self, mapped: &MappedTree) -> String {
        if self.how != WalkFormat::Text {
            return String::new();
        }
        let count = |number: u64, word: &str| match number {
            1 => format!("1 {word}"),
            _ => format!("{number} {word}s"),
        };
        let mut text = format!(
            "\n{} mapped in {}, by {}",
            bytes_text(self.bytes),
            count(mapped.ranges.len() as u64, "range"),
            count(mapped.tables, "table"),
        );
        if !mapped.broken.is_empty() {
            let number = count(mapped.broken.len() as u64, "range");
            text.push_str(&format!("; the entries of {number} lead nowhere"));
        }
        if self.judge.is_some() {
            text.push_str(&match self.found {
                0 => "; no findings".to_string(),
                number => format!("; {} with findings", count(number, "range")),
            });
        }
        text.push('\n');
        if let Some((_, layout)) = &self.judge {
            for id in &self.seen {
                let declared = &layout.place(*id).declared_at;
                if !declared.is_empty() {
                    text.push_str(&format!("{} is declared at {declared}\n", self.label(*id)));
                }
            }
        }
        text
    }

    fn label(&self, id: PlaceId) -> String {
        let layout = self.judge.as_ref().map(|(_, layout)| layout);
        layout
            .map(|layout| layout.place(id).label().to_string())
            .unwrap_or_default()
    }

    /// `window lowmem`
    fn place_words(&self, id: PlaceId) -> String {
        let layout = self.judge.as_ref().map(|(_, layout)| layout);
        let kind = layout.map(|layout| layout.place(id).kind.word());
        format!("{} {}", kind.unwrap_or_default(), self.label(id))
    }
}

/// An exact number of bytes in the largest unit that divides it: `4K`, `12320K`, `1536M`.
fn bytes_text(bytes: u128) -> String {
    let units = ["", "K", "M", "G", "T", "P", "E"];
    let (mut number, mut unit) = (bytes, 0);
    while number != 0 && number.is_multiple_of(1024) && unit + 1 < units.len() {
        number /= 1024;
        unit += 1;
    }
    format!("{number}{}", units[unit])
}

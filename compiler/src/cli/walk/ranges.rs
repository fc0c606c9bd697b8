//! How everything that tables map is printed: as ranges, alone or beside a layout.

use std::collections::BTreeSet;

use mapwright_runtime::layout::{Layout, PlaceId};
use mapwright_runtime::walk::{BrokenRange, Mapped, MappedRange};
use serde::Serialize;

use super::super::console::{Console, Exit, Failure};
use super::super::options::WalkFormat;
use super::engine::Walker;
use super::findings::{Finding, Judge, Judged};
use super::{Subject, json_line, rights_text};

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
    let mut broken = mapped.broken.iter().peekable();
    for range in &mapped.ranges {
        while let Some(before) = broken.next_if(|b| b.range.base() < range.range.base()) {
            console.print(&printer.broken(before))?;
        }
        printer.mapped(range, console)?;
        if console.is_closed() {
            return Ok(Exit::Fine);
        }
    }
    for rest in broken {
        console.print(&printer.broken(rest))?;
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

/// One line of `--all --format json`. Numbers are strings, because JSON numbers are exact to 53 bits only in many programs.
#[derive(Debug, Serialize)]
struct JsonRange<'a> {
    /// The first virtual address.
    start: String,
    /// The virtual address after the last; may be 2^64.
    end: String,
    /// `mapped`, or `fault` for entries that are present and lead nowhere.
    result: &'static str,
    /// The physical address of the first byte; `null` for a fault.
    physical: Option<String>,
    /// The bytes of a page.
    page: Option<String>,
    /// The bytes after which the same frames come again; `null` when they lie one after the other like the pages.
    repeat: Option<String>,
    /// `rwxug`, with `-` for what is not allowed: read, write, execute, user, global.
    access: Option<String>,
    /// `reserved_bit`, `bad_table_address` or `image_hole`.
    fault: Option<&'static str>,
    /// The level of the first such entry, by its name in the format.
    level: Option<&'a str>,
    /// That entry, or what led there.
    entry: Option<String>,
    /// Where it stands.
    entry_at: Option<String>,
    /// With `--layout`: what is declared there.
    #[serde(flatten)]
    judged: Option<JsonJudged>,
}

/// What `--layout` adds.
#[derive(Debug, Serialize)]
struct JsonJudged {
    /// The window, guard, hole or part that is declared there; `null` for none.
    window: Option<String>,
    /// Any of `stray`, `outside`, `elsewhere`, `write_execute`.
    findings: Vec<&'static str>,
    /// With `elsewhere`: the first address that differs.
    differs_at: Option<String>,
    /// With `elsewhere`: where the layout maps that address.
    expected: Option<String>,
    /// Where `window` is declared, as `file:line:column`.
    declared_at: Option<String>,
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
            WalkFormat::Json => self.json(mapped, judged),
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
        }
        line.push('\n');
        line
    }

    fn json(&self, mapped: &MappedRange, judged: Option<&Judged>) -> String {
        let hex = |value: u64| Some(format!("{value:#x}"));
        json_line(&JsonRange {
            start: format!("{:#x}", mapped.range.base()),
            end: format!("{:#x}", mapped.range.end()),
            result: "mapped",
            physical: hex(mapped.physical),
            page: hex(mapped.page),
            repeat: mapped.repeat.and_then(hex),
            access: Some(rights_text(mapped.access())),
            fault: None,
            level: None,
            entry: None,
            entry_at: None,
            judged: judged.map(|judged| self.json_judged(judged)),
        })
    }

    fn json_judged(&self, judged: &Judged) -> JsonJudged {
        let differs = judged.findings.iter().find_map(|finding| match finding {
            Finding::Elsewhere { address, expected } => Some((*address, *expected)),
            _ => None,
        });
        let place = judged
            .place
            .and_then(|id| Some((id, self.judge.as_ref()?.1.place(id))));
        JsonJudged {
            window: place.map(|(id, _)| self.label(id)),
            findings: judged.findings.iter().map(|f| f.word()).collect(),
            differs_at: differs.map(|(address, _)| format!("{address:#x}")),
            expected: differs.map(|(_, expected)| format!("{expected:#x}")),
            declared_at: place.map(|(_, place)| place.declared_at.clone()),
        }
    }

    fn row(&self, mapped: &MappedRange, judged: Option<&Judged>) -> String {
        let findings = judged.map(|judged| {
            let words = judged.findings.iter().map(|finding| match finding {
                Finding::Elsewhere { address, expected } => {
                    format!("elsewhere ({address:#x} belongs to {expected:#x})")
                }
                other => other.word().to_string(),
            });
            words.collect::<Vec<_>>().join(", ")
        });
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
            WalkFormat::Json => {
                let level = fault.level().and_then(|l| format.levels().get(l as usize));
                let hex = |value: u64| format!("{value:#x}");
                json_line(&JsonRange {
                    start: format!("{start:#x}"),
                    end: format!("{end:#x}"),
                    result: "fault",
                    physical: None,
                    page: None,
                    repeat: None,
                    access: None,
                    fault: Some(fault.word()),
                    level: level.map(|level| level.name.as_str()),
                    entry: fault.entry().map(hex),
                    entry_at: fault.entry_at().map(hex),
                    judged: None,
                })
            }
        }
    }

    /// What follows all ranges in a table: how much there is, and where what it names is declared.
    fn footer(&self, mapped: &Mapped) -> String {
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

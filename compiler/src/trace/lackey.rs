//! Traces of valgrind: `valgrind --tool=lackey --trace-mem=yes`.
//!
//! A line is a reference: `I  0401ab70,3` an instruction fetch, ` L 1ffefffe20,8` a load, ` S ...` a store,
//! ` M ...` a load and a store of the same bytes; the address in hexadecimal, the size in decimal. Lines that
//! begin with `==` or `--` are valgrind's own. All others are mistakes.

use super::input::Input;
use super::{PIECE, Progress, References, TraceError, TraceErrorKind, TracePlace};
use mapwright_machine::AccessKind;
use mapwright_machine::trace::Reference;
use std::io::BufRead;

/// Reads the text of `--trace-mem=yes`.
#[derive(Debug)]
pub struct LackeyReader<R> {
    input: Input<R>,
    references: u64,
}

impl<R: BufRead> LackeyReader<R> {
    /// A reader of an open trace.
    #[must_use]
    pub fn new(reader: R) -> Self {
        Self {
            input: Input::new(reader),
            references: 0,
        }
    }
}

impl<R: BufRead> References for LackeyReader<R> {
    fn read(&mut self, into: &mut Vec<Reference>) -> Result<bool, TraceError> {
        let before = into.len();
        let more = self.input.lines(|line, number| {
            parse(line, into).map_err(|kind| TraceError {
                place: TracePlace::Line(number),
                kind,
            })?;
            // One line is two references at most.
            Ok(into.len() - before < PIECE - 1)
        });
        self.references += (into.len() - before) as u64;
        more
    }

    fn progress(&self) -> Progress {
        Progress {
            references: self.references,
            done: self.input.bytes,
            total: None,
        }
    }
}

fn parse(line: &[u8], into: &mut Vec<Reference>) -> Result<(), TraceErrorKind> {
    let kinds: &[AccessKind] = match line {
        [b'I', b' ', ..] => &[AccessKind::Execute],
        [b' ', b'L', b' ', ..] => &[AccessKind::Read],
        [b' ', b'S', b' ', ..] => &[AccessKind::Write],
        [b' ', b'M', b' ', ..] => &[AccessKind::Read, AccessKind::Write],
        [] | [b'=', b'=', ..] | [b'-', b'-', ..] => return Ok(()),
        _ => return Err(TraceErrorKind::NoReference { line: shown(line) }),
    };
    let rest = line[2..].trim_ascii();
    let comma = rest.iter().position(|byte| *byte == b',');
    let (address, size) = rest.split_at(comma.unwrap_or(rest.len()));
    let address = hexadecimal(address).ok_or_else(|| TraceErrorKind::Address {
        found: shown(address),
    })?;
    let size = size.get(1..).unwrap_or_default();
    let bytes = decimal(size).ok_or_else(|| TraceErrorKind::Size { found: shown(size) })?;
    into.extend(kinds.iter().map(|kind| Reference {
        address,
        bytes,
        kind: *kind,
    }));
    Ok(())
}

fn hexadecimal(digits: &[u8]) -> Option<u64> {
    let mut value = 0_u64;
    for digit in digits {
        let digit = (*digit as char).to_digit(16)?;
        if value >> 60 != 0 {
            return None;
        }
        value = value << 4 | u64::from(digit);
    }
    (!digits.is_empty()).then_some(value)
}

fn decimal(digits: &[u8]) -> Option<u32> {
    let mut value = 0_u32;
    for digit in digits {
        let digit = (*digit as char).to_digit(10)?;
        value = value.checked_mul(10)?.checked_add(digit)?;
    }
    (!digits.is_empty()).then_some(value)
}

/// The beginning of something, safe to print.
fn shown(bytes: &[u8]) -> String {
    let cut = &bytes[..bytes.len().min(40)];
    let text = String::from_utf8_lossy(cut);
    let text = crate::diagnostic::visible_line(&text).to_string();
    if cut.len() < bytes.len() {
        text + "..."
    } else {
        text
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::BufReader;

    const TRACE: &str = "==28977== Lackey, an example Valgrind tool\n\
        --28977-- warning: something\n\
        I  0401ab70,3\n S 1fff000688,8\r\n\n L 1fff000680,16\n M ffffffffffffffff,1\nI  0,65536";

    fn all(text: &[u8], room: usize) -> (Vec<Reference>, Result<(), TraceError>, Progress) {
        let mut reader = LackeyReader::new(BufReader::with_capacity(room, text));
        let mut found = Vec::new();
        let result = loop {
            match reader.read(&mut found) {
                Ok(true) => {}
                Ok(false) => break Ok(()),
                Err(error) => break Err(error),
            }
        };
        (found, result, reader.progress())
    }

    /// Whatever the pieces that the text comes in.
    #[test]
    fn every_kind_of_line() {
        for room in [1, 2, 3, 7, 64, 8192] {
            let (found, result, progress) = all(TRACE.as_bytes(), room);
            assert_eq!(result, Ok(()), "{room}");
            let plain: Vec<_> = found
                .iter()
                .map(|one| (one.kind.word(), one.address, one.bytes))
                .collect();
            let expected = [
                ("execute", 0x0401_ab70, 3),
                ("write", 0x1f_ff00_0688, 8),
                ("read", 0x1f_ff00_0680, 16),
                ("read", u64::MAX, 1),
                ("write", u64::MAX, 1),
                ("execute", 0, 65536),
            ];
            assert_eq!(plain, expected, "{room}");
            assert_eq!(
                (progress.references, progress.done),
                (6, TRACE.len() as u64)
            );
        }
    }

    #[test]
    fn mistakes_have_a_line() {
        let mistake = |text: &[u8], room| all(text, room).1.expect_err("a mistake").to_string();
        let long = [&b"I  0401ab70,3\n"[..], &vec![b'='; 5000]].concat();
        let cases: [(&[u8], &str); 8] = [
            (
                b"I  1,1\nHello, world\n",
                "line 2: no memory reference: `Hello, world`",
            ),
            (b"I  1,1\n\n L ,8", "line 3: no address: ``"),
            (
                b" L 12345678901234567,8",
                "line 1: no address: `12345678901234567`",
            ),
            (b" S 12g,8", "line 1: no address: `12g`"),
            (b" S 12\n", "line 1: no size in bytes: ``"),
            (
                b" S 12,4294967296\n",
                "line 1: no size in bytes: `4294967296`",
            ),
            (
                b"\x1b[31mI 1,1",
                "line 1: no memory reference: `␛[31mI 1,1`",
            ),
            (&long, "line 2: the line is too long for a trace"),
        ];
        for (text, expected) in cases {
            for room in [3, 8192] {
                assert_eq!(mistake(text, room), expected);
            }
        }
        assert_eq!(
            all(b"I  1,1\n S 2\nI  3,3", 64).0.len(),
            1,
            "what was good before is there"
        );
    }
}

//! A TLB from a short text: `64` (fully associative), `64/4`, `64/4+1536/12@7`.

use mapwright_grammar::{NumberError, read_number};
use mapwright_machine::tlb::{TablesIn, TlbLevelSpec, TlbPartSpec, TlbSpec};
use std::fmt;

/// Why a text is no TLB.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TlbTextError {
    /// The part that is wrong.
    pub part: String,
    /// What is wrong with one of its numbers; none, if one is missing or has more than 32 bits.
    pub number: Option<NumberError>,
}

impl fmt::Display for TlbTextError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "`{}` is no level of a TLB: ", self.part)?;
        if let Some(number) = &self.number {
            return number.fmt(f);
        }
        f.write_str(
            "levels are ENTRIES, ENTRIES/WAYS or ENTRIES/WAYS@CYCLES, joined by `+`; \
             parts of a level for pages of one size by `|`, ENTRIES/WAYS:PAGE",
        )
    }
}

impl std::error::Error for TlbTextError {}

/// A TLB from a text: its levels joined by `+`, the first looked at first. A level is `ENTRIES/WAYS@CYCLES`:
/// without ways it is fully associative, without cycles the first level costs none and others 7. A level split by
/// page size has parts joined by `|`, each with its size: `64/4:4K|32/4:4M+1536/12`. A part without a size holds
/// pages of all `page_sizes`. Tables are in the second-level cache, a flush costs 100 cycles, nothing is tagged.
///
/// # Errors
/// The part that is wrong.
pub fn parse_tlb(text: &str, page_sizes: &[u64]) -> Result<TlbSpec, TlbTextError> {
    let mut levels = Vec::new();
    for (at, level) in text.split('+').enumerate() {
        let wrong = |number| TlbTextError {
            part: level.trim().into(),
            number,
        };
        let (parts, cycles) = match level.split_once('@') {
            Some((parts, cycles)) => (parts, number(cycles).map_err(wrong)?),
            None => (level, if at == 0 { 0 } else { 7 }),
        };
        let parts = parts.split('|').map(|part| parse_part(part, page_sizes));
        levels.push(TlbLevelSpec {
            name: format!("L{}", at + 1),
            parts: parts.collect::<Result<_, _>>().map_err(wrong)?,
            hit_cycles: cycles,
        });
    }
    Ok(TlbSpec {
        levels,
        tagged: false,
        walk_cache: 0,
        read_cycles: TablesIn::L2.read_cycles(),
        flush_cycles: 100,
    })
}

fn parse_part(text: &str, page_sizes: &[u64]) -> Result<TlbPartSpec, Option<NumberError>> {
    let (shape, size) = match text.split_once(':') {
        Some((shape, size)) => (shape, Some(number(size)?)),
        None => (text, None),
    };
    let (entries, ways) = shape.split_once('/').unwrap_or((shape, shape));
    Ok(TlbPartSpec {
        entries: number(entries)?,
        ways: number(ways)?,
        page_sizes: size.map_or_else(|| page_sizes.to_vec(), |size| vec![size]),
    })
}

/// A number that fits its type. Where nothing is written, the form of the whole tells more than that it is no number.
fn number<T: TryFrom<i128>>(text: &str) -> Result<T, Option<NumberError>> {
    match text.trim() {
        "" => Err(None),
        text => T::try_from(read_number(text).map_err(Some)?.value).map_err(|_| None),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use mapwright_machine::tlb::Tlb;

    #[test]
    fn texts() {
        let sizes = [4 << 10, 4 << 20];
        let tlb = parse_tlb("64/4:4K | 32/4:4M + 1536/12@9", &sizes).expect("a TLB");
        let shape = |at: usize, part: usize| {
            let part: &TlbPartSpec = &tlb.levels[at].parts[part];
            (part.entries, part.ways, part.page_sizes.clone())
        };
        assert_eq!(shape(0, 0), (64, 4, vec![4 << 10]));
        assert_eq!(shape(0, 1), (32, 4, vec![4 << 20]));
        assert_eq!(shape(1, 0), (1536, 12, sizes.to_vec()));
        assert_eq!((tlb.levels[0].hit_cycles, tlb.levels[1].hit_cycles), (0, 9));
        assert!(Tlb::new(&tlb).is_ok());
        let full = parse_tlb("16+1K", &sizes).expect("a TLB");
        assert_eq!(full.levels[1].parts[0].ways, 1024);
        assert_eq!(
            (full.levels[1].name.as_str(), full.levels[1].hit_cycles),
            ("L2", 7)
        );
    }

    #[test]
    fn mistakes() {
        for (text, part) in [
            ("", ""),
            ("64+", ""),
            ("64/", "64/"),
            ("64/4+x", "x"),
            ("64@", "64@"),
            ("64:4Q", "64:4Q"),
            ("99999999999", "99999999999"),
        ] {
            let error = parse_tlb(text, &[4096]).expect_err(text);
            assert_eq!(error.part, part, "{text}");
        }
        let error = parse_tlb("4/0X10", &[]).expect_err("wrong");
        assert_eq!(
            error.to_string(),
            "`4/0X10` is no level of a TLB: `0X10` is not a number; write the prefix small: `0x`"
        );
        let error = parse_tlb("4/", &[]).expect_err("wrong");
        assert!(
            error
                .to_string()
                .starts_with("`4/` is no level of a TLB: levels are ENTRIES")
        );
    }
}

//! Telling the formats apart.

use super::{BinaryReader, LackeyReader, MAGIC, References, TraceError, TracePlace};
use std::io::BufRead;

/// A reader for an open trace: of the binary format, or of valgrind's text. The first byte tells: no line of a text begins as
/// the binary format does.
///
/// # Errors
/// When it cannot be read.
pub fn open<'a>(mut reader: impl BufRead + 'a) -> Result<Box<dyn References + 'a>, TraceError> {
    let begin = reader.fill_buf();
    let begin = begin.map_err(|error| TraceError::io(TracePlace::Byte(0), &error))?;
    if begin.first() == Some(&MAGIC[0]) {
        Ok(Box::new(BinaryReader::new(reader)))
    } else {
        Ok(Box::new(LackeyReader::new(reader)))
    }
}

#[cfg(test)]
mod tests {
    use super::super::{BinaryWriter, Pattern, parse_tlb};
    use super::*;
    use mapwright_machine::Random;
    use mapwright_machine::trace::Reference;
    use std::io::BufReader;

    /// Everything up to the end or the first mistake.
    fn all(bytes: &[u8], room: usize) -> Result<Vec<Reference>, TraceError> {
        let mut reader = open(BufReader::with_capacity(room, bytes))?;
        let mut found = Vec::new();
        while reader.read(&mut found)? {}
        Ok(found)
    }

    #[test]
    fn formats_are_told_apart() {
        let mut writer = BinaryWriter::new(Vec::new()).expect("begun");
        writer.write(&Reference::read(64, 8)).expect("written");
        let (_, binary) = writer.finish().expect("ended");
        let text = b" L 40,8\n";
        for room in [1, 7, 100] {
            assert_eq!(all(&binary, room), all(text, room));
        }
        assert_eq!(all(b"", 10), Ok(Vec::new()));
        let text = all(b"mwtraces are not of valgrind\n", 100);
        let expected = "byte 7: this is no binary trace";
        assert_eq!(text.expect_err("a mistake").to_string(), expected);
    }

    /// Good files with bytes changed, cut, doubled: read, or refused with a place; the pieces that they come in do not matter.
    #[test]
    fn broken_files_are_read_or_refused() {
        let mut random = Random::new(12);
        let text =
            "==1== Lackey\nI  0401ab70,3\n S 1fff000688,8\n M ffffffffffffffff,16\r\n".repeat(3);
        let mut writer = BinaryWriter::new(Vec::new()).expect("begun");
        for _ in 0..40 {
            let reference = Reference::read(random.word() >> random.below(60), 3);
            writer.write(&reference).expect("written");
        }
        let (_, binary) = writer.finish().expect("ended");
        let mut refused = 0;
        for round in 0..4_000 {
            let mut bytes = if round % 2 == 0 {
                text.clone().into_bytes()
            } else {
                binary.clone()
            };
            for _ in 0..random.between(1, 4) {
                let at = random.below(bytes.len() as u64) as usize;
                match random.below(3) {
                    0 => bytes[at] = random.word() as u8,
                    1 => bytes.truncate(at.max(1)),
                    _ => bytes.insert(at, b" ,\nIS0f\xff"[random.below(8) as usize]),
                }
            }
            let whole = all(&bytes, 1 << 16);
            assert_eq!(whole, all(&bytes, 5), "in small pieces");
            refused += u32::from(whole.is_err());
        }
        assert!((1_000..3_900).contains(&refused), "{refused}");
    }

    /// Texts of patterns and TLBs that nobody would write.
    #[test]
    fn broken_texts_are_read_or_refused() {
        let mut random = Random::new(13);
        let pieces = [
            "random",
            "zipf",
            "matrix",
            ":",
            "=",
            ",",
            "count",
            "bytes",
            "rows",
            "tile",
            "stride",
            "0x",
            "9",
            "18446744073709551615",
            "K",
            "T",
            "_",
            "-",
            "/",
            "+",
            "|",
            "@",
            " ",
            "ü",
            "chase",
            "strided",
        ];
        for _ in 0..20_000 {
            let count = random.below(9);
            let text: String = (0..count)
                .map(|_| pieces[random.below(26) as usize])
                .collect();
            if let Ok(pattern) = Pattern::parse(&text) {
                let mut found = Vec::new();
                pattern
                    .stream()
                    .read(&mut found)
                    .expect("patterns have no mistakes");
            }
            // Whatever is said of a TLB, making it is done or refused.
            if let Ok(spec) = parse_tlb(&text, &[4096]) {
                let _ = mapwright_machine::tlb::Tlb::new(&spec);
            }
        }
    }
}

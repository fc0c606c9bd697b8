//! Addresses as they are written on the command line.

use super::console::{Console, Exit, Failure};

/// Letters after a number, and the power of two that each stands for.
const SUFFIXES: [(char, u32); 6] = [
    ('K', 10),
    ('M', 20),
    ('G', 30),
    ('T', 40),
    ('P', 50),
    ('E', 60),
];

/// Reads `0xC010_0000`, `0b1010`, `3221225472` or `3G`. Numbers up to 128 bits are addresses, though those beyond 64 bits
/// are in no space.
///
/// # Errors
/// What is wrong, as the end of the sentence that begins with the text.
pub(super) fn parse(text: &str) -> Result<u128, &'static str> {
    let (digits, base) = match text.get(..2) {
        Some("0x" | "0X") => (&text[2..], 16),
        Some("0b" | "0B") => (&text[2..], 2),
        _ => (text, 10),
    };
    let suffix = SUFFIXES
        .iter()
        .find(|(letter, _)| digits.ends_with(*letter));
    let (digits, shift) = match suffix {
        // `E` is a digit of hexadecimal numbers.
        Some(&(letter, shift)) if !(base == 16 && letter == 'E') => {
            (&digits[..digits.len() - 1], shift)
        }
        _ => (digits, 0),
    };
    if text.starts_with('-') {
        return Err("is negative");
    }
    if !digits.starts_with(|c: char| c.is_digit(base)) {
        return Err("is no address; write 0xC010_0000, 3221225472 or 3G");
    }
    let mut value: u128 = 0;
    for c in digits.chars().filter(|c| *c != '_') {
        let Some(digit) = c.to_digit(base) else {
            return Err("is no address; write 0xC010_0000, 3221225472 or 3G");
        };
        let next = value.checked_mul(base.into());
        let next = next.and_then(|value| value.checked_add(digit.into()));
        value = next.ok_or("has more than 128 bits")?;
    }
    let scaled = value.checked_mul(1 << shift);
    scaled.ok_or("has more than 128 bits")
}

/// Prints what `lines` says about each address of the command line; `-` stands for those of standard input, one per line.
/// What is no address gets a message, and the others their lines.
pub(super) fn for_each(
    arguments: &[String],
    console: &mut Console<'_>,
    lines: &mut dyn FnMut(u128) -> String,
) -> Result<Exit, Failure> {
    let mut exit = Exit::Fine;
    for text in arguments {
        exit = exit.max(match text.as_str() {
            "-" => stream(console, lines)?,
            text => one(text, "", console, lines)?,
        });
    }
    Ok(exit)
}

/// One address. `place` says where it was read, for the message when it is none.
fn one(
    text: &str,
    place: &str,
    console: &mut Console<'_>,
    lines: &mut dyn FnMut(u128) -> String,
) -> Result<Exit, Failure> {
    match parse(text) {
        Ok(address) => {
            console.print(&lines(address))?;
            Ok(Exit::Fine)
        }
        Err(problem) => {
            let short: String = text.chars().take(60).collect();
            let dots = if short.len() < text.len() { "…" } else { "" };
            let message = format!("{place}`{short}{dots}` {problem}");
            console.complain(&Failure::new(message));
            Ok(Exit::Failed)
        }
    }
}

/// Every line of standard input; blank ones are passed over.
fn stream(
    console: &mut Console<'_>,
    lines: &mut dyn FnMut(u128) -> String,
) -> Result<Exit, Failure> {
    let mut exit = Exit::Fine;
    for number in 1_u64.. {
        let Some(line) = console.read_line()? else {
            break;
        };
        let text = String::from_utf8_lossy(&line);
        if !text.trim().is_empty() {
            let place = format!("<stdin>:{number}: ");
            exit = exit.max(one(text.trim(), &place, console, lines)?);
        }
        if console.is_closed() {
            break;
        }
    }
    Ok(exit)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_of_every_kind() {
        for (text, value) in [
            ("0", 0),
            ("0xC010_0000", 0xC010_0000),
            ("0XffE", 0xFFE),
            ("0b1010", 10),
            ("3221225472", 3 << 30),
            ("3G", 3 << 30),
            ("0x10K", 0x10 << 10),
            ("16E", 1 << 64),
            ("0xffff_ffff_ffff_ffff", u128::from(u64::MAX)),
            ("0xffffffffffffffffffffffffffffffff", u128::MAX),
        ] {
            assert_eq!(parse(text), Ok(value), "{text}");
        }
    }

    #[test]
    fn what_is_no_number_says_so() {
        for text in [
            "", "0x", "x", "K", "12z", "0xg", "0b2", "_1", "1.5G", "0x_", "é", "日本", "1 2", "+1",
        ] {
            let problem = parse(text).expect_err(text);
            assert!(problem.starts_with("is no address"), "{text}: {problem}");
        }
        assert_eq!(parse("-1"), Err("is negative"));
        let long = "9".repeat(40);
        assert_eq!(parse(&long), Err("has more than 128 bits"));
        assert_eq!(
            parse("0x1_0000_0000_0000_0000_0000_0000_0000_0000"),
            Err("has more than 128 bits")
        );
        assert_eq!(
            parse("340282366920938463463374607431768211455E"),
            Err("has more than 128 bits")
        );
    }
}

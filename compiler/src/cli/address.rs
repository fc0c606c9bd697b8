//! Addresses and other numbers of the command line.

use mapwright_grammar::{quote, read_number};

use super::console::{Console, Exit, Failure};

/// Reads a number of the language that is no negative one. Numbers up to 127 bits are addresses, though those beyond 64
/// bits are in no space.
///
/// # Errors
/// What is wrong with it, as a sentence.
pub(super) fn parse(text: &str) -> Result<u128, String> {
    if text.starts_with('-') {
        return Err(format!("{} is negative", quote(text)));
    }
    let number = read_number(text).map_err(|error| error.to_string())?;
    Ok(number.value.unsigned_abs())
}

/// Reads an address in memory, of 64 bits.
///
/// # Errors
/// What is wrong with it, as a sentence.
pub(super) fn parse_physical(text: &str) -> Result<u64, String> {
    let beyond = |_| format!("{} is beyond 2^64, where no memory is", quote(text));
    u64::try_from(parse(text)?).map_err(beyond)
}

/// The value of an option that is a number, for the parser of the command line.
///
/// # Errors
/// What is wrong with it, as a sentence.
pub(super) fn parse_count(text: &str) -> Result<u64, String> {
    let large = |_| format!("{} has more than 64 bits", quote(text));
    u64::try_from(parse(text)?).map_err(large)
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
            console.complain(&Failure::new(format!("{place}{problem}")));
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
    fn numbers_of_the_language_are_addresses() {
        for (text, value) in [
            ("0", 0),
            ("0xC010_0000", 0xC010_0000),
            ("0xffE", 0xFFE),
            ("0b1010", 10),
            ("3221225472", 3 << 30),
            ("3G", 3 << 30),
            ("16E", 1 << 64),
            ("0xffff_ffff_ffff_ffff", u128::from(u64::MAX)),
            ("0x7fffffffffffffffffffffffffffffff", u128::MAX >> 1),
        ] {
            assert_eq!(parse(text), Ok(value), "{text}");
        }
    }

    #[test]
    fn what_is_no_address_says_so() {
        for (text, problem) in [
            (
                "",
                "`` is not a number; a number is `4096`, `4K`, `0x1000`, `0b1010` or `0o17`; digits may be grouped with `_`",
            ),
            (
                "c0100000",
                "`c0100000` is not a number; hexadecimal numbers begin with `0x`",
            ),
            (
                "0x10K",
                "`0x10K` is not a number; after `0x` stand 0-9 and A-F; size suffixes go with decimal numbers only",
            ),
            (
                "1.5G",
                "numbers have no fraction; use a smaller unit: `1536M`",
            ),
            ("-1", "`-1` is negative"),
            (
                "0x80000000000000000000000000000000",
                "the number 0x80000000000000000000000000000000 is too large; no address has more than 64 bits: is there a digit too many?",
            ),
        ] {
            assert_eq!(parse(text), Err(problem.to_owned()));
        }
        assert_eq!(
            parse_physical("0x1_0000_0000_0000_0000"),
            Err("`0x1_0000_0000_0000_0000` is beyond 2^64, where no memory is".to_owned())
        );
        assert_eq!(
            parse_count("16E"),
            Err("`16E` has more than 64 bits".to_owned())
        );
    }
}

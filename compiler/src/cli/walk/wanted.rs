//! `--access`: the rights that are asked for.

use mapwright_runtime::Access;
use mapwright_runtime::walk::{AccessKind, Mode, Wanted};

use super::super::console::Failure;

/// Reads `r`, `w`, `x`, several of them such as `rw`, and `,user` behind them.
///
/// # Errors
/// What else it is.
pub(super) fn parse(text: &str) -> Result<Vec<Wanted>, Failure> {
    let wrong = || {
        Failure::new(format!(
            "--access `{text}`: write r, w or x, several as in rw, and ,user behind them to ask for user mode"
        ))
    };
    let (letters, mode) = match text.split_once(',') {
        None => (text, Mode::Kernel),
        Some((letters, "user")) => (letters, Mode::User),
        Some(_) => return Err(wrong()),
    };
    let access = Access::from_letters(letters).ok_or_else(wrong)?;
    let kinds = [
        (access.read, AccessKind::Read),
        (access.write, AccessKind::Write),
        (access.execute, AccessKind::Execute),
    ];
    let wanted: Vec<Wanted> = kinds
        .into_iter()
        .filter(|(asked, _)| *asked)
        .map(|(_, kind)| Wanted { kind, mode })
        .collect();
    if wanted.is_empty() {
        return Err(wrong());
    }
    Ok(wanted)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn letters_and_mode() {
        let of = |text| {
            parse(text).map(|list| list.iter().map(|w| (w.kind, w.mode)).collect::<Vec<_>>())
        };
        assert_eq!(of("r"), Ok(vec![(AccessKind::Read, Mode::Kernel)]));
        assert_eq!(
            of("wx,user"),
            Ok(vec![
                (AccessKind::Write, Mode::User),
                (AccessKind::Execute, Mode::User)
            ])
        );
        for wrong in ["", "-", "user", "xr", "r,kernel", "rr", "r,user,user"] {
            assert!(of(wrong).is_err(), "{wrong}");
        }
    }
}

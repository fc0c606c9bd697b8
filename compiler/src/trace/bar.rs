//! How far a trace is, in one line of a terminal.

use super::Progress;

/// A line of exactly `width` characters (at least 20) that says how far a trace was read, to be written over the last one: a bar and a
/// percentage where `total` (or the trace itself) says how much there is, and the number of references so far.
#[must_use]
pub fn progress_bar(progress: &Progress, total: Option<u64>, width: usize) -> String {
    let width = width.max(20);
    let references = millions(progress.references);
    let Some(total) = progress.total.or(total).filter(|total| *total != 0) else {
        return format!("{references:<width$.width$}");
    };
    let done = u128::from(progress.done.min(total));
    let percent = done * 100 / u128::from(total);
    let text = format!(" {percent:>3}% {references}");
    let room = width.saturating_sub(text.len() + 2);
    if room < 5 {
        let text = text.trim_start();
        return format!("{text:<width$.width$}");
    }
    // At most `room`, which is a width of a terminal.
    let full = (done * room as u128 / u128::from(total)) as usize;
    format!("[{}{}]{text}", "#".repeat(full), "-".repeat(room - full))
}

/// `12.3 M references`.
fn millions(references: u64) -> String {
    let tenths = references / 100_000;
    format!("{}.{} M references", tenths / 10, tenths % 10)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines() {
        let at = |done, total| Progress {
            references: 12_345_678,
            done,
            total,
        };
        let bar = |done, total, width| progress_bar(&at(done, None), total, width);
        assert_eq!(
            bar(0, Some(100), 40),
            "[---------------]   0% 12.3 M references"
        );
        assert_eq!(
            bar(50, Some(100), 40),
            "[#######--------]  50% 12.3 M references"
        );
        assert_eq!(
            bar(200, Some(100), 40),
            "[###############] 100% 12.3 M references"
        );
        assert_eq!(bar(5, None, 20), "12.3 M references   ");
        assert_eq!(bar(5, Some(0), 20), "12.3 M references   ");
        assert_eq!(bar(50, Some(100), 0), "50% 12.3 M reference");
        let own = progress_bar(&at(1, Some(2)), Some(u64::MAX), 40);
        assert!(own.contains(" 50% "), "{own}");
        for width in 0..200 {
            for done in [0, 1, u64::MAX] {
                let line = bar(done, Some(u64::MAX), width);
                assert_eq!(line.chars().count(), width.max(20), "{line}");
            }
        }
    }
}

//! Words in lines of limited width, by the columns that a terminal shows them in: a Chinese character takes two.

use unicode_width::{UnicodeWidthChar, UnicodeWidthStr};

/// The columns of a terminal: results fit in.
#[cfg(any(feature = "cli", feature = "simulate"))]
pub(crate) const COLUMNS: usize = 80;

/// `text` in lines of at most `room` columns, broken at blanks; words that are longer than a line are cut. No line is empty;
/// nothing makes no line. Control characters are shown as U+FFFD.
pub(crate) fn wrapped(text: &str, room: usize) -> Vec<String> {
    // A character may need two columns.
    let room = room.max(2);
    let pieces = text.split_whitespace().flat_map(|word| cut(word, room));
    lines(pieces, room)
}

/// `start` and then the words of `text` in lines of at most 80 columns; every line but the first is indented by the width of
/// `start`. A word that is longer than a line is not cut. Ends with a line break.
#[cfg(any(feature = "cli", feature = "simulate"))]
pub(crate) fn hanging(start: &str, text: &str) -> String {
    let indent = start.width();
    let words = text.split_whitespace().map(|word| (word.to_owned(), true));
    let lines = lines(words, COLUMNS.saturating_sub(indent));
    let joint = format!("\n{}", " ".repeat(indent));
    let text = format!("{start}{}", lines.join(&joint));
    format!("{}\n", text.trim_end())
}

/// Pieces in lines. True with a piece means that a blank stands before it.
fn lines(pieces: impl Iterator<Item = (String, bool)>, room: usize) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    let mut used = 0;
    for (piece, is_word) in pieces {
        let width = piece.width();
        match lines.last_mut() {
            Some(line) if is_word && used + 1 + width <= room => {
                line.push(' ');
                line.push_str(&piece);
                used += 1 + width;
            }
            _ => {
                lines.push(piece);
                used = width;
            }
        }
    }
    lines
}

/// A word in pieces of at most `room` columns.
fn cut(word: &str, room: usize) -> Vec<(String, bool)> {
    let mut pieces = vec![(String::new(), true)];
    let mut used = 0;
    for c in word.chars() {
        let c = if c.is_control() { '\u{FFFD}' } else { c };
        let width = c.width().unwrap_or(0);
        if used + width > room {
            pieces.push((String::new(), false));
            used = 0;
        }
        used += width;
        if let Some((piece, _)) = pieces.last_mut() {
            piece.push(c);
        }
    }
    pieces
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_wrapped_and_cut() {
        assert_eq!(wrapped("one two three", 7), ["one two", "three"]);
        assert_eq!(wrapped("abcdefgh ij", 3), ["abc", "def", "gh", "ij"]);
        assert_eq!(wrapped("", 5), Vec::<String>::new());
        assert_eq!(wrapped("a\u{7}b", 5), ["a\u{FFFD}b"]);
        assert_eq!(wrapped("日本語 の", 5), ["日本", "語 の"]);
        assert_eq!(wrapped("日本", 1), ["日", "本"]);
    }

    #[test]
    fn words_move_to_the_next_line() {
        assert_eq!(hanging("  name  ", "one two"), "  name  one two\n");
        assert_eq!(hanging("  name  ", ""), "  name\n");
        let long = "x".repeat(70);
        let text = hanging("  name  ", &format!("{long} yy z {long}{long} end"));
        assert_eq!(
            text,
            format!("  name  {long}\n        yy z\n        {long}{long}\n        end\n")
        );
    }

    #[test]
    fn a_full_line_stays() {
        let text = format!("{} {}", "a".repeat(39), "b".repeat(40));
        assert_eq!(hanging("", &text), format!("{text}\n"));
        assert_eq!(hanging("", &format!("{text}b")).lines().count(), 2);
    }
}

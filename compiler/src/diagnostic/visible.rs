//! Text from files and command lines, made safe to print: no control character, escape sequence, bidirectional override or
//! invisible character reaches the terminal.

use unicode_width::UnicodeWidthChar;

/// The longest message, label or note that is printed, in characters.
const LONGEST: usize = 4000;

/// More combining marks than this after one character are shown as numbers: a pile of them covers other lines.
const MOST_MARKS: usize = 3;

/// How a character is shown.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Shown {
    /// As it is, this many columns wide.
    Itself(usize),
    /// As this text; one column per character.
    Instead(String),
}

impl Shown {
    /// How many columns it takes.
    pub(super) fn width(&self) -> usize {
        match self {
            Self::Itself(width) => *width,
            Self::Instead(text) => text.chars().count(),
        }
    }
}

/// Decides how characters are shown, one after the other.
#[derive(Debug, Default)]
pub(super) struct Eye {
    marks: usize,
}

impl Eye {
    /// How `c` is shown at the (display) column `column`. A line break is a control character here.
    pub(super) fn see(&mut self, c: char, column: usize) -> Shown {
        if c == '\t' {
            self.marks = 0;
            return Shown::Instead(" ".repeat(4 - column % 4));
        }
        if let Some(text) = replacement(c) {
            self.marks = 0;
            return Shown::Instead(text);
        }
        let width = c.width().unwrap_or(0);
        self.marks = if width == 0 { self.marks + 1 } else { 0 };
        if self.marks > MOST_MARKS {
            return Shown::Instead(number(c));
        }
        Shown::Itself(width)
    }
}

/// What stands for a character that must not be printed.
fn replacement(c: char) -> Option<String> {
    let picture = match c {
        // Control pictures: one column, and plain to see.
        '\0'..='\x1f' => char::from_u32(0x2400 + u32::from(c)),
        '\x7f' => Some('\u{2421}'),
        _ => None,
    };
    match picture {
        Some(picture) => Some(picture.to_string()),
        None => is_deceptive(c).then(|| number(c)),
    }
}

fn number(c: char) -> String {
    format!("<U+{:04X}>", u32::from(c))
}

/// Characters that show nothing, or change how others are shown (Unicode classes Cc above ASCII, Cf, Zl, Zp, and the
/// fillers that are drawn as nothing).
const fn is_deceptive(c: char) -> bool {
    matches!(c,
        '\u{80}'..='\u{9f}' | '\u{ad}' | '\u{34f}' | '\u{600}'..='\u{605}' | '\u{61c}' | '\u{6dd}' | '\u{70f}'
        | '\u{115f}' | '\u{1160}' | '\u{17b4}' | '\u{17b5}' | '\u{180b}'..='\u{180f}' | '\u{200b}'..='\u{200f}'
        | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{3164}' | '\u{feff}' | '\u{ffa0}'
        | '\u{fff0}'..='\u{fffb}' | '\u{1bca0}'..='\u{1bca3}' | '\u{1d173}'..='\u{1d17a}' | '\u{e0000}'..='\u{e0fff}')
}

/// One line of text, safe to print: line breaks and tabs become blanks, and what is too long is cut.
#[must_use]
pub fn line(text: &str) -> String {
    let mut shown = paragraph(text);
    if shown.contains('\n') {
        shown = shown.replace('\n', " ");
    }
    shown
}

/// Text of several lines, safe to print: line breaks stay, and what is too long is cut.
pub(super) fn paragraph(text: &str) -> String {
    let mut eye = Eye::default();
    let mut shown = String::new();
    let mut characters = text.chars();
    for c in characters.by_ref().take(LONGEST) {
        match c {
            '\n' => shown.push('\n'),
            '\r' => {}
            '\t' => shown.push(' '),
            _ => match eye.see(c, 0) {
                Shown::Itself(_) => shown.push(c),
                Shown::Instead(text) => shown.push_str(&text),
            },
        }
    }
    if characters.next().is_some() {
        shown.push('…');
    }
    shown
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn escapes_become_visible() {
        assert_eq!(line("a\x1b[31mred\x07"), "a␛[31mred␇");
        assert_eq!(line("x\u{202e}y\u{9b}z\u{7f}"), "x<U+202E>y<U+009B>z␡");
        assert_eq!(line("one\ntwo\tthree\r\n"), "one two three ");
        assert_eq!(paragraph("one\r\ntwo"), "one\ntwo");
    }

    #[test]
    fn honest_text_stays() {
        for text in ["plain", "Größe 8 MiB", "日本語", "e\u{301}"] {
            assert_eq!(line(text), text);
        }
    }

    #[test]
    fn piles_of_marks_are_counted() {
        let pile = format!("a{}", "\u{301}".repeat(6));
        assert_eq!(
            line(&pile),
            "a\u{301}\u{301}\u{301}<U+0301><U+0301><U+0301>"
        );
    }

    #[test]
    fn long_text_is_cut() {
        let shown = line(&"x".repeat(LONGEST + 1));
        assert_eq!(shown.chars().count(), LONGEST + 1);
        assert!(shown.ends_with("x…"));
        assert_eq!(line(&"x".repeat(LONGEST)), "x".repeat(LONGEST));
    }

    #[test]
    fn tabs_reach_the_next_stop() {
        let mut eye = Eye::default();
        for (column, width) in [(0, 4), (1, 3), (3, 1), (4, 4)] {
            assert_eq!(eye.see('\t', column).width(), width);
        }
    }
}

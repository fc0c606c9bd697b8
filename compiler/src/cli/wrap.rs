//! Results fit a terminal of 80 columns.

use unicode_width::UnicodeWidthStr;

/// The columns of a terminal.
const COLUMNS: usize = 80;

/// `start` and then the words of `text`, broken at blanks into lines of at most 80 columns; every line but the first is
/// indented by the width of `start`. A word that is longer than a line is not broken. Ends with a line break.
pub(super) fn wrap(start: &str, text: &str) -> String {
    let indent = start.width();
    let mut lines = start.to_string();
    let mut column = indent;
    for word in text.split_whitespace() {
        let width = word.width();
        if column > indent && column + 1 + width > COLUMNS {
            lines.push('\n');
            lines.push_str(&" ".repeat(indent));
            column = indent;
        } else if column > indent {
            lines.push(' ');
            column += 1;
        }
        lines.push_str(word);
        column += width;
    }
    let end = lines.trim_end().len();
    lines.truncate(end);
    lines.push('\n');
    lines
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_move_to_the_next_line() {
        assert_eq!(wrap("  name  ", "one two"), "  name  one two\n");
        assert_eq!(wrap("  name  ", ""), "  name\n");
        let long = "x".repeat(70);
        let text = wrap("  name  ", &format!("{long} yy z {long}{long} end"));
        assert_eq!(
            text,
            format!("  name  {long}\n        yy z\n        {long}{long}\n        end\n")
        );
    }

    #[test]
    fn a_full_line_stays() {
        let text = format!("{} {}", "a".repeat(39), "b".repeat(40));
        assert_eq!(wrap("", &text), format!("{text}\n"));
        assert_eq!(wrap("", &format!("{text}b")).lines().count(), 2);
    }
}

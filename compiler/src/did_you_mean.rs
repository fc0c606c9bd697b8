//! Names that somebody may have meant.

/// How many suggestions are made at most.
const MOST: usize = 3;

/// The names closest to `word`, closest first, at most three; of equal distance in alphabetical
/// order. A name is close when at most a third of its letters (one of two to five) are wrong,
/// missing, doubled or swapped, or when only the case differs.
#[must_use]
pub fn nearest<'a>(word: &str, names: impl IntoIterator<Item = &'a str>) -> Vec<String> {
    let wanted: Vec<char> = word.chars().take(LONGEST).collect();
    let allowed = match wanted.len() {
        0 | 1 => 0,
        2..=5 => 1,
        long => long / 3,
    };
    let mut close: Vec<(usize, &str)> = names
        .into_iter()
        .filter(|name| *name != word)
        .filter_map(|name| {
            let distance = match name.eq_ignore_ascii_case(word) {
                true => 0,
                false => distance(&wanted, name, allowed)?,
            };
            Some((distance, name))
        })
        .collect();
    close.sort_unstable();
    close.dedup();
    // Something far nearer than the rest is what was meant.
    let best = close.first().map_or(0, |(distance, _)| *distance);
    close.retain(|(distance, _)| *distance <= best + 1);
    close.truncate(MOST);
    close.into_iter().map(|(_, name)| name.to_owned()).collect()
}

/// Names are compared up to this many letters.
const LONGEST: usize = 64;

/// The number of edits (insert, delete, replace, swap neighbours) from `wanted` to `name`, when it
/// is at most `allowed`.
fn distance(wanted: &[char], name: &str, allowed: usize) -> Option<usize> {
    let name: Vec<char> = name.chars().take(LONGEST).collect();
    if wanted.len().abs_diff(name.len()) > allowed {
        return None;
    }
    let mut before: Vec<usize> = Vec::new();
    let mut above: Vec<usize> = (0..=name.len()).collect();
    for (i, &a) in wanted.iter().enumerate() {
        let mut row = vec![i + 1];
        for (j, &b) in name.iter().enumerate() {
            let replaced = above[j] + usize::from(a != b);
            let mut least = replaced.min(above[j + 1] + 1).min(row[j] + 1);
            if i > 0 && j > 0 && a == name[j - 1] && wanted[i - 1] == b {
                least = least.min(before[j - 1] + 1);
            }
            row.push(least);
        }
        before = std::mem::replace(&mut above, row);
    }
    let total = above[name.len()];
    (total <= allowed).then_some(total)
}

/// `did you mean A?`, `did you mean A or B?`; `None` when there is no suggestion.
#[must_use]
pub fn question(near: &[String]) -> Option<String> {
    let quoted: Vec<String> = near.iter().map(|name| format!("`{name}`")).collect();
    match quoted.split_last()? {
        (last, []) => Some(format!("did you mean {last}?")),
        (last, rest) => Some(format!("did you mean {} or {last}?", rest.join(", "))),
    }
}

/// `a` or `an`, as a noun wants it.
#[must_use]
pub fn article(noun: &str) -> &'static str {
    match noun.as_bytes().first() {
        Some(b'a' | b'e' | b'i' | b'o' | b'u') => "an",
        _ => "a",
    }
}

/// `` `a`, `b` and `c` ``; empty for no names.
#[must_use]
pub fn list<'a>(names: impl IntoIterator<Item = &'a str>) -> String {
    let quoted: Vec<String> = names.into_iter().map(|name| format!("`{name}`")).collect();
    match quoted.split_last() {
        None => String::new(),
        Some((last, [])) => last.clone(),
        Some((last, rest)) => format!("{} and {last}", rest.join(", ")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn close_names_are_found_closest_first() {
        let names = ["lowmem", "vmalloc", "pkmap", "physical", "PAGE"];
        assert_eq!(nearest("lowmen", names), ["lowmem"]);
        assert_eq!(nearest("vmaloc", names), ["vmalloc"]);
        assert_eq!(nearest("page", names), ["PAGE"]);
        assert_eq!(nearest("phsyical", names), ["physical"]);
        assert!(nearest("highmem_window", names).is_empty());
        assert!(nearest("x", names).is_empty());
        assert_eq!(nearest("ab", ["ac", "ad", "ae", "af"]), ["ac", "ad", "ae"]);
    }

    #[test]
    fn questions_and_lists_read_well() {
        let names = |all: &[&str]| all.iter().map(|s| s.to_string()).collect::<Vec<_>>();
        assert_eq!(question(&[]), None);
        assert_eq!(
            question(&names(&["a", "b", "c"])).as_deref(),
            Some("did you mean `a`, `b` or `c`?")
        );
        assert_eq!(list(["a"]), "`a`");
        assert_eq!(list(["a", "b"]), "`a` and `b`");
    }
}

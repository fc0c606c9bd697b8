//! The words of names, in the spellings that targets make names of.

/// The words of a name: parted at `_`, and where a small letter or digit is followed by a capital.
pub(in crate::emit) fn words(name: &str) -> Vec<String> {
    let mut words = vec![String::new()];
    let mut before = '_';
    for letter in name.chars() {
        let turns = letter.is_uppercase() && (before.is_lowercase() || before.is_ascii_digit());
        if letter == '_' || turns {
            words.push(String::new());
        }
        if letter != '_' {
            words.last_mut().expect("never empty").push(letter);
        }
        before = letter;
    }
    words.retain(|word| !word.is_empty());
    words
}

/// What a joined name needs to be legal: a letter or `_` first, and something at all.
pub(in crate::emit) fn legal(joined: String) -> String {
    match joined.chars().next() {
        Some(first) if !first.is_numeric() => joined,
        Some(_) => format!("_{joined}"),
        None => "__".to_owned(),
    }
}

/// In capitals: `VMALLOC_START`.
pub(in crate::emit) fn capitals(name: &str) -> String {
    legal(words(name).join("_").to_uppercase())
}

/// In small letters: `vmalloc_start`.
pub(in crate::emit) fn small(name: &str) -> String {
    legal(words(name).join("_").to_lowercase())
}

/// True when `name` is letters, digits and `_`, and begins with no digit.
pub(in crate::emit) fn is_identifier(name: &str) -> bool {
    let mut letters = name.chars();
    let first = letters
        .next()
        .is_some_and(|c| c.is_ascii_alphabetic() || c == '_');
    first && letters.all(|c| c.is_ascii_alphanumeric() || c == '_') && name != "_"
}

/// With a small first letter.
pub(in crate::emit) fn lower(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map_or_else(String::new, |first| {
        first.to_lowercase().chain(letters).collect()
    })
}

//! Names of the language as names of Rust: one spelling for constants, one for functions and fields, one for types.

/// Words that Rust keeps for itself in any edition up to 2024, or has kept for later.
const KEYWORDS: [&str; 51] = [
    "abstract", "as", "async", "await", "become", "box", "break", "const", "continue", "crate",
    "do", "dyn", "else", "enum", "extern", "false", "final", "fn", "for", "gen", "if", "impl",
    "in", "let", "loop", "macro", "match", "mod", "move", "mut", "override", "priv", "pub", "ref",
    "return", "self", "Self", "static", "struct", "super", "trait", "true", "try", "type",
    "typeof", "unsafe", "unsized", "use", "virtual", "where", "while",
];

/// Keywords that `r#` does not make names of.
const NEVER_RAW: [&str; 4] = ["self", "Self", "super", "crate"];

/// Parameters and `let`s of generated functions.
pub(crate) const LOCAL: [&str; 19] = [
    "address", "at", "boot", "choice", "element", "found", "last", "members", "number", "offset",
    "page", "per", "reach", "repeat", "size", "slot", "slots", "start", "target",
];

/// The words of a name: parted at `_`, and where a small letter or digit is followed by a capital.
fn words(name: &str) -> Vec<String> {
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
fn legal(joined: String) -> String {
    match joined.chars().next() {
        Some(first) if !first.is_numeric() => joined,
        Some(_) => format!("_{joined}"),
        None => "__".to_owned(),
    }
}

/// A keyword as a name: `r#type`, and `self_` where Rust allows no raw name.
pub(crate) fn escape(name: &str) -> String {
    if NEVER_RAW.contains(&name) {
        format!("{name}_")
    } else if KEYWORDS.contains(&name) {
        format!("r#{name}")
    } else {
        name.to_owned()
    }
}

/// The name of a constant: `VMALLOC_START`.
pub(crate) fn constant(name: &str) -> String {
    legal(words(name).join("_").to_uppercase())
}

/// The name of a field, before [`escape`]: `vmalloc_start`.
pub(crate) fn field(name: &str) -> String {
    legal(words(name).join("_").to_lowercase())
}

/// The name of a function or parameter, before [`escape`]: that of a field, but for names that generated code gives to its
/// own parameters and `let`s, which would hide a function.
pub(crate) fn function(name: &str) -> String {
    let name = field(name);
    if LOCAL.contains(&name.as_str()) {
        format!("{name}_")
    } else {
        name
    }
}

/// The name of a type or choice: `VmSplit`.
pub(crate) fn type_name(name: &str) -> String {
    let capital = |word: &String| {
        let lower = if word.chars().any(char::is_lowercase) {
            word.clone()
        } else {
            word.to_lowercase()
        };
        let mut letters = lower.chars();
        letters.next().map_or_else(String::new, |first| {
            first.to_uppercase().chain(letters).collect()
        })
    };
    let words = words(name);
    let mut joined = String::new();
    for word in words.iter().map(capital) {
        // `v4_19` must not become `V419`: digits that met an underscore keep it.
        let digits_meet = joined.ends_with(|c: char| c.is_ascii_digit())
            && word.starts_with(|c: char| c.is_ascii_digit());
        if digits_meet {
            joined.push('_');
        }
        joined.push_str(&word);
    }
    let joined = legal(joined);
    if joined == "Self" {
        "Self_".to_owned()
    } else {
        joined
    }
}

/// True when `name` can be a Rust name as it stands or behind `r#`.
pub(crate) fn is_identifier(name: &str) -> bool {
    let mut letters = name.chars();
    let first = letters
        .next()
        .is_some_and(|c| c.is_ascii_alphabetic() || c == '_');
    first
        && letters.all(|c| c.is_ascii_alphanumeric() || c == '_')
        && name != "_"
        && !NEVER_RAW.contains(&name)
}

/// With a small first letter.
pub(crate) fn lower(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map_or_else(String::new, |first| {
        first.to_lowercase().chain(letters).collect()
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_spelling_for_each_use() {
        for (name, upper, lower, camel) in [
            ("vmalloc", "VMALLOC", "vmalloc", "Vmalloc"),
            (
                "cpu_entry_area",
                "CPU_ENTRY_AREA",
                "cpu_entry_area",
                "CpuEntryArea",
            ),
            ("kernelText", "KERNEL_TEXT", "kernel_text", "KernelText"),
            ("HIGHMEM", "HIGHMEM", "highmem", "Highmem"),
            ("NR_CPUS", "NR_CPUS", "nr_cpus", "NrCpus"),
            ("a__b_", "A_B", "a_b", "AB"),
            ("_9p", "_9P", "_9p", "_9p"),
            ("v4_19", "V4_19", "v4_19", "V4_19"),
            ("__", "__", "__", "__"),
        ] {
            assert_eq!(constant(name), upper);
            assert_eq!(function(name), lower);
            assert_eq!(type_name(name), camel);
        }
    }

    #[test]
    fn keywords_are_escaped() {
        assert_eq!(escape("type"), "r#type");
        assert_eq!(escape("self"), "self_");
        assert_eq!(escape("types"), "types");
        assert_eq!(type_name("self"), "Self_");
    }

    #[test]
    fn identifiers_are_told_from_other_texts() {
        for name in ["VMALLOC_END", "__va", "type", "_x9"] {
            assert!(is_identifier(name), "{name}");
        }
        for name in ["", "_", "9p", "a b", "a-b", "grün", "crate"] {
            assert!(!is_identifier(name), "{name}");
        }
    }
}

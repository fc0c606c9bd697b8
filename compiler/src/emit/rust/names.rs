//! Names of the language as names of Rust: one spelling for constants, one for functions and fields, one for types.

use super::arithmetic::SERVICES;
use crate::emit::define::naming::{Naming, Owner};
use crate::emit::define::words::{self, legal, words};
use crate::model::{Model, Param};
use mapwright_grammar::ast::ParamClass;

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
pub(crate) const LOCAL: [&str; 20] = [
    "address", "at", "boot", "choice", "element", "found", "last", "members", "number", "offset",
    "page", "per", "reach", "repeat", "rows", "size", "slot", "slots", "start", "target",
];

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

/// The name of a function or parameter, before [`escape`]: that of a field, but for names that generated code gives to its
/// own parameters and `let`s, which would hide a function.
pub(crate) fn function(name: &str) -> String {
    let name = words::small(name);
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
    words::is_identifier(name) && !NEVER_RAW.contains(&name)
}

/// Names that generated code needs for itself, besides its own functions.
const OWN: [&str; 8] = [
    "Boot",
    "Option",
    "Some",
    "None",
    "laws_hold",
    "generated",
    "Place",
    "PlaceKind",
];

fn is_reserved(name: &str) -> bool {
    OWN.contains(&name)
        || LOCAL.contains(&name)
        || SERVICES.iter().any(|service| service.name() == name)
}

/// Enums with their choices, and the fields of `Boot`.
fn types(model: &Model) -> Vec<(String, Owner)> {
    let mut all = Vec::new();
    for each in &model.enums {
        let what = format!("enum `{}`", each.name);
        all.push((type_name(&each.name), Owner::other(what, each.loc)));
        for (choice, _) in &each.variants {
            let what = format!("choice `{choice}` of `{}`", each.name);
            let path = choice_path(&each.name, choice);
            all.push((path, Owner::other(what, each.loc)));
        }
    }
    all.extend(super::tables::names(model));
    let boot = |param: &&Param| param.class == ParamClass::Boot;
    for param in model.params.iter().filter(boot) {
        let what = format!("parameter `{}`", param.name);
        let field = format!("boot.{}", words::small(&param.name));
        all.push((field, Owner::other(what, param.loc)));
    }
    all
}

/// `Split::Two`
pub(crate) fn choice_path(of: &str, choice: &str) -> String {
    format!("{}::{}", type_name(of), type_name(choice))
}

/// How Rust names things.
pub(in crate::emit) const NAMING: Naming = Naming {
    targets: &["rust"],
    one_instance: false,
    constant: words::capitals,
    function,
    field: words::small,
    choice: choice_path,
    escape,
    can_be: is_identifier,
    is_reserved,
    types,
    functions: super::function_names,
};

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
            assert_eq!(words::capitals(name), upper);
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

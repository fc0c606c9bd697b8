//! What the generated code must say, from the layout's table alone: names are made here by the documented rule, not by the
//! code that is tested.

use mapwright::Compilation;
use mapwright::model::Kind;
use mapwright_grammar::ast::ParamClass;
use mapwright_runtime::layout::{Layout, Place, PlaceId, Target};
use mapwright_runtime::translate::Translation;
use std::collections::BTreeSet;
use std::fmt::Write as _;

/// What the statements of [`comparisons`] call. Functions, so that rustc has less to read.
pub(super) const COMPARE: &str = "
/// A value that may be absent.
#[allow(dead_code)]
fn same(what: &str, code: Option<i128>, table: Option<i128>) {
    assert_eq!(code, table, \"{what}\");
}

/// An address that is one of some; of none, when it must be absent.
#[allow(dead_code)]
fn word(what: &str, code: Option<u64>, table: &[u64]) {
    match code {
        Some(address) => assert!(table.contains(&address), \"{what}: {address:#x} is not of {table:x?}\"),
        None => assert!(table.is_empty(), \"{what}: nothing, not of {table:x?}\"),
    }
}
";

/// Statements that fail when the code says anything else than the table of this instance.
pub(super) fn comparisons(text: &str, made: &Compilation) -> String {
    let layout = &made.lowered.as_ref().expect("an instance").layout;
    let code = Code { text };
    let mut out = String::new();
    boot(&mut out, text, made);
    let mut compared = 0;
    for (name, value) in layout.exports() {
        code.equal(&mut out, name, name, &[], Some(*value));
        compared += 1;
    }
    let exported: BTreeSet<&str> = layout
        .exports()
        .iter()
        .map(|(name, _)| name.as_str())
        .collect();
    for (name, value) in layout.constants() {
        let taken = exported.contains(upper(name).as_str());
        compared += usize::from(
            !taken && code.equal(&mut out, &upper(name), &lower(name), &[], Some(*value)),
        );
    }
    for (_, place) in layout.places() {
        compared += facets(&mut out, &code, place, &exported);
    }
    assert!(
        compared > layout.place_count(),
        "only {compared} values are compared"
    );
    for (id, _) in layout.places() {
        window(&mut out, &code, layout, id);
    }
    out
}

/// `let boot = Boot { ... };`
fn boot(out: &mut String, text: &str, made: &Compilation) {
    let Some(literal) = boot_literal(made) else {
        return;
    };
    writeln!(
        out,
        "    let boot = {literal};\n    assert!(boot.is_valid());"
    )
    .expect("a string");
    if text.contains("fn laws_hold") {
        out.push_str("    assert!(laws_hold(&boot));\n");
    }
}

/// `Boot { ... }`; `None` for a layout without boot parameters.
pub(super) fn boot_literal(made: &Compilation) -> Option<String> {
    let params: Vec<_> = made
        .model
        .params
        .iter()
        .filter(|param| param.class == ParamClass::Boot)
        .collect();
    if params.is_empty() {
        return None;
    }
    let mut out = String::from("Boot { ");
    for param in params {
        let value = made.values[param.var.index()];
        let value = match param.kind {
            Kind::Bool => (value != 0).to_string(),
            Kind::Enum(id) => {
                let declared = &made.model.enums[id.index()];
                let choice = &declared.variants[usize::try_from(value).expect("a choice")].0;
                format!("{}::{choice}", declared.name)
            }
            _ => value.to_string(),
        };
        write!(out, "{}: {value}, ", lower(&param.name)).expect("a string");
    }
    out.push('}');
    Some(out)
}

fn upper(name: &str) -> String {
    lower(name).to_uppercase()
}

/// Words in small letters, joined by one `_`.
pub(super) fn lower(name: &str) -> String {
    let words: Vec<&str> = name.split('_').filter(|word| !word.is_empty()).collect();
    words.join("_").to_lowercase()
}

/// The generated code.
pub(super) struct Code<'a> {
    pub(super) text: &'a str,
}

impl Code<'_> {
    /// How a function is called: its arguments, with `more` behind `&boot`; and whether it gives an `Option`.
    pub(super) fn call(&self, name: &str, more: &[String]) -> Option<(String, bool)> {
        let from = self.text.find(&format!("pub const fn {name}("))?;
        let line: String = self.text[from..]
            .chars()
            .take_while(|&c| c != '{')
            .collect();
        let mut arguments: Vec<String> = Vec::new();
        if line.contains("boot: &Boot") {
            arguments.push("&boot".into());
        }
        let wanted = line.matches(": u64").count() + line.matches(": i128").count();
        // A function that is the same for all members of a family does not ask which.
        let more = &more[more.len().saturating_sub(wanted)..];
        arguments.extend(more.iter().cloned());
        Some((
            format!("{name}({})", arguments.join(", ")),
            line.contains("-> Option<"),
        ))
    }

    /// Compares the constant or function of these names with a value; `None` is that there is none. False when the code
    /// has neither.
    fn equal(
        &self,
        out: &mut String,
        constant: &str,
        function: &str,
        more: &[String],
        value: Option<i128>,
    ) -> bool {
        let line = if self.text.contains(&format!("pub const {constant}: ")) {
            let value = value.expect("a constant has a value");
            format!("same(\"{constant}\", Some({constant} as i128), Some({value}));")
        } else if let Some((call, optional)) = self.call(function, more) {
            match (optional, value) {
                (true, Some(value)) => {
                    format!("same(\"{function}\", {call}.map(|x| x as i128), Some({value}));")
                }
                (true, None) => {
                    format!("same(\"{function}\", {call}.map(|x| x as i128), None);")
                }
                (false, Some(value)) => {
                    format!("same(\"{function}\", Some({call} as i128), Some({value}));")
                }
                (false, None) => return false,
            }
        } else {
            return false;
        };
        writeln!(out, "    {line}").expect("a string");
        true
    }
}

/// Where a place begins and ends; how many values were compared.
fn facets(out: &mut String, code: &Code<'_>, place: &Place, exported: &BTreeSet<&str>) -> usize {
    let member: Vec<String> = place.member.iter().map(ToString::to_string).collect();
    let range = place.range;
    let end = i128::try_from(range.end())
        .ok()
        .filter(|&end| end <= i128::from(u64::MAX));
    let size = i128::try_from(range.size())
        .ok()
        .filter(|&size| size <= i128::from(u64::MAX));
    let mut compared = 0;
    for (facet, value) in [
        ("start", Some(i128::from(range.base()))),
        ("end", end),
        ("last", Some(i128::from(range.last()))),
        ("size", size),
    ] {
        let (constant, function) = (
            format!("{}_{}", upper(&place.name), facet.to_uppercase()),
            format!("{}_{facet}", lower(&place.name)),
        );
        let taken = exported.contains(constant.as_str());
        if value.is_none() {
            assert!(
                !code.text.contains(&format!("pub const {constant}: ")),
                "{constant} does not fit"
            );
        }
        compared += usize::from(!taken && code.equal(out, &constant, &function, &member, value));
    }
    compared
}

/// The functions of a window at its ends and beyond them.
fn window(out: &mut String, code: &Code<'_>, layout: &Layout, id: PlaceId) {
    let place = layout.place(id);
    let (from, range) = (lower(&layout.space(place.space).name), place.range);
    if let Target::Fixed { .. } = place.target {
        let page = layout
            .format_of(place.space)
            .map_or(4096, |format| format.page_size());
        for (slot, member, address) in layout.fixed_slots(id, page) {
            if member != 0 && member + 1 != slot.count {
                continue;
            }
            let number = slot.first_index + member;
            let Some((call, _)) = code.call(
                &format!("{}_address", lower(&place.name)),
                &[number.to_string()],
            ) else {
                panic!("{} has no address function", place.name);
            };
            writeln!(out, "    word(\"slot {number}\", {call}, &[{address}]);").expect("a string");
        }
    }
    let Target::Linear { space, repeat, .. } = place.target else {
        return;
    };
    let to = lower(&layout.space(space).name);
    let around = [
        range.base().wrapping_sub(1),
        range.base(),
        range.base() + range.size() as u64 / 2,
        range.last(),
        range.last().wrapping_add(1),
    ];
    for address in around {
        let (call, _) = code
            .call(&format!("{from}_to_{to}"), &[address.to_string()])
            .expect("a way there");
        let expected = match layout.translate(place.space, address) {
            Translation::Mapped { address, .. } => Some(address),
            _ => None,
        };
        writeln!(
            out,
            "    word(\"{address:#x}\", {call}, &{:?});",
            expected.as_slice()
        )
        .expect("a string");
        if let (Some(target), None) = (expected, repeat) {
            let (call, _) = code
                .call(&format!("{from}_from_{to}"), &[target.to_string()])
                .expect("a way back");
            let all: Vec<u64> = layout
                .reverse(place.space, space, target)
                .iter()
                .map(|inverse| inverse.address)
                .collect();
            writeln!(out, "    word(\"back to {target:#x}\", {call}, &{all:?});")
                .expect("a string");
        }
    }
}

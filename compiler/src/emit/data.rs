//! The data targets: the same constants as the Rust target, with every parameter fixed, as JSON or TOML.

use super::define::naming::Naming;
use super::define::{Defined, Entry, define, words};
use super::fixed::Fixed;
use crate::diagnostic::Diagnostic;
use crate::model::{Kind, Model};
use crate::show_value::{value_literal, value_text};
use crate::term::TermId;
use mapwright_grammar::ast::ParamClass;
use serde::Serialize;

/// How data names things: all are constants.
pub(super) const NAMING: Naming = Naming {
    targets: &["json", "toml"],
    one_instance: true,
    constant: words::capitals,
    function: words::capitals,
    field: words::capitals,
    choice: |_, choice| choice.to_owned(),
    escape: str::to_owned,
    can_be: words::is_identifier,
    is_reserved: |_| false,
    types: |_| Vec::new(),
    functions: |_, _, _| Vec::new(),
};

/// A whole file.
#[derive(Debug, Serialize)]
struct Document {
    /// What the layout is called.
    layout: String,
    #[serde(skip_serializing_if = "String::is_empty")]
    doc: String,
    parameters: Vec<Parameter>,
    constants: Vec<Constant>,
}

#[derive(Debug, Serialize)]
struct Parameter {
    name: String,
    /// `config` or `boot`.
    class: &'static str,
    kind: String,
    /// As a literal of the layout language.
    value: String,
    #[serde(skip_serializing_if = "String::is_empty")]
    doc: String,
}

#[derive(Debug, Serialize)]
struct Constant {
    /// As in the Rust target.
    name: String,
    kind: String,
    /// The value; for a family, missing.
    #[serde(skip_serializing_if = "Option::is_none")]
    value: Option<Value>,
    /// The number of the first member of a family.
    #[serde(skip_serializing_if = "Option::is_none")]
    first_member: Option<i64>,
    /// The values of the members of a family.
    #[serde(skip_serializing_if = "Option::is_none")]
    members: Option<Vec<Value>>,
    /// For people.
    #[serde(skip_serializing_if = "Option::is_none")]
    text: Option<String>,
    /// What it is.
    about: String,
    #[serde(skip_serializing_if = "String::is_empty")]
    doc: String,
}

/// A value: addresses and sizes are hexadecimal strings, because neither TOML nor many readers of JSON have exact numbers
/// of 64 bits.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(untagged)]
enum Value {
    Bool(bool),
    Number(i64),
    Text(String),
}

/// Writes the constants of `model` as one JSON object: `layout`, `parameters` (`name`, `class`, `kind`, `value`) and
/// `constants` (`name`, `kind`, `value`, `about`, `doc`). `values` has a value for every parameter, by variable. Addresses
/// and sizes are hexadecimal strings.
///
/// # Errors
/// As [`super::rust()`].
pub fn json(model: &Model, values: &[i128], name: &str) -> Result<String, Box<Diagnostic>> {
    let document = document(model, values, name)?;
    // Only maps with keys that are no strings can fail, and there are none.
    Ok(serde_json::to_string_pretty(&document).unwrap_or_default() + "\n")
}

/// Writes the constants of `model` as TOML, in the form of [`json`].
///
/// # Errors
/// As [`super::rust()`].
pub fn toml(model: &Model, values: &[i128], name: &str) -> Result<String, Box<Diagnostic>> {
    let document = document(model, values, name)?;
    // All keys are names and all values have a form in TOML.
    Ok(toml::to_string_pretty(&document).unwrap_or_default())
}

fn document(model: &Model, values: &[i128], name: &str) -> Result<Document, Box<Diagnostic>> {
    let Defined {
        values: all,
        fixed,
        defs,
        ..
    } = define(model, values, &NAMING, true)?.kept_apart()?;
    let parameters = model.params.iter().map(|param| Parameter {
        name: param.name.clone(),
        class: if param.class == ParamClass::Config {
            "config"
        } else {
            "boot"
        },
        kind: kind_name(model, param.kind),
        value: value_literal(model, param.kind, all[param.var.index()]),
        doc: param.doc.clone(),
    });
    let mut constants = Vec::new();
    for def in defs.all {
        constants.extend(constant(model, &fixed, &all, def.name, &def.entry));
    }
    Ok(Document {
        layout: name.to_owned(),
        doc: model.doc.clone(),
        parameters: parameters.collect(),
        constants,
    })
}

/// One constant; `None` when it does not exist for these parameters.
fn constant(
    model: &Model,
    fixed: &Fixed<'_>,
    values: &[i128],
    name: String,
    entry: &Entry,
) -> Option<Constant> {
    let of = |values: &[i128]| {
        let exists =
            entry.exists == TermId::TRUE || fixed.terms.eval(entry.exists, values) == Ok(1);
        let value = fixed
            .terms
            .eval(entry.term, values)
            .ok()
            .filter(|_| exists)?;
        Some(value)
    };
    let (mut value, mut members, mut first_member, mut text) = (None, None, None, None);
    if let Some(family) = &entry.members {
        let low = fixed.terms.eval(family.low, values).ok()?;
        let high = fixed.terms.eval(family.high, values).ok()?;
        let mut values = values.to_vec();
        let each = (low..high).filter_map(|member| {
            values[family.var.index()] = member;
            of(&values)
        });
        members = Some(each.map(|value| data(model, entry.kind, value)).collect());
        first_member = i64::try_from(low).ok();
    } else {
        let number = of(values)?;
        value = Some(data(model, entry.kind, number));
        if matches!(entry.kind, Kind::Size | Kind::Version) {
            text = Some(value_text(model, entry.kind, number));
        }
    }
    let (kind, about, doc) = (
        kind_name(model, entry.kind),
        entry.brief.clone(),
        entry.doc.clone(),
    );
    Some(Constant {
        name,
        kind,
        value,
        first_member,
        members,
        text,
        about,
        doc,
    })
}

fn data(model: &Model, kind: Kind, value: i128) -> Value {
    match kind {
        Kind::Bool => Value::Bool(value != 0),
        Kind::Enum(_) => Value::Text(value_literal(model, kind, value)),
        Kind::Version => Value::Text(value_literal(model, kind, value)),
        Kind::Int | Kind::Number => {
            i64::try_from(value).map_or_else(|_| Value::Text(hex(value)), Value::Number)
        }
        Kind::Addr | Kind::Size => Value::Text(hex(value)),
    }
}

fn hex(value: i128) -> String {
    let sign = if value < 0 { "-" } else { "" };
    format!("{sign}{:#x}", value.unsigned_abs())
}

fn kind_name(model: &Model, kind: Kind) -> String {
    match kind {
        Kind::Number | Kind::Int => "int".to_owned(),
        Kind::Addr => "addr".to_owned(),
        Kind::Size => "size".to_owned(),
        Kind::Bool => "bool".to_owned(),
        Kind::Version => "version".to_owned(),
        Kind::Enum(id) => model.enums[id.index()].name.clone(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::emit::sketch::small_kernel;
    use expect_test::expect_file;

    #[test]
    fn small_kernel_as_data() {
        let model = small_kernel();
        let values = model.defaults();
        expect_file!["tests/small_kernel.json"]
            .assert_eq(&json(&model, &values, "small").expect("constants"));
        expect_file!["tests/small_kernel.toml"]
            .assert_eq(&toml(&model, &values, "small").expect("constants"));
    }

    #[test]
    fn values_do_not_depend_on_what_is_fixed_when() {
        let model = small_kernel();
        let mut values = model.defaults();
        values[2] = 64 << 20;
        let document = document(&model, &values, "small").expect("constants");
        let of = |name: &str| {
            document
                .constants
                .iter()
                .find(|c| c.name == name)
                .and_then(|c| c.value.clone())
        };
        assert_eq!(of("LOWMEM_END"), Some(Value::Text("0xc4000000".into())));
        assert_eq!(of("HIGHMEM_LAST"), None, "the zone is empty");
        assert_eq!(of("FIX_IO_APIC"), Some(Value::Number(2)));
        assert_eq!(
            of("VMALLOC_END"),
            of("VMALLOC_LAST"),
            "the export has the name"
        );
        let stacks = document
            .constants
            .iter()
            .find(|c| c.name == "KSTACK_START")
            .expect("a family");
        assert_eq!(stacks.members.as_ref().map(Vec::len), Some(4));
    }
}

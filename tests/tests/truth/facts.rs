//! The observed figures, read from the JSON files.

use serde_json::Value;

/// A machine that was seen, or a table that was printed.
pub(super) struct Machine {
    /// Which one.
    pub(super) name: String,
    /// The parameters of the layout that describe it.
    pub(super) set: Vec<(String, String)>,
    /// Values under the kernel's own names.
    pub(super) observed: Vec<(String, u64)>,
    /// Zones with their first frame and the one past their last.
    pub(super) zones: Vec<(String, u64, u64)>,
    /// Runs of the direct map: address, physical address, size.
    pub(super) direct: Vec<[u64; 3]>,
    /// Runs of the kernel's image: address, physical address, size.
    pub(super) text: Vec<[u64; 3]>,
}

impl Machine {
    /// What differs between the observed values and those of a layout, by the kernel's names.
    pub(super) fn differences(&self, ours: impl Fn(&str) -> Option<u64>) -> Vec<String> {
        let mut wrong = Vec::new();
        for (name, observed) in &self.observed {
            let ours = ours(name);
            if ours != Some(*observed) {
                wrong.push(format!(
                    "{}: {name} was {observed:#x}, the layout says {ours:x?}",
                    self.name
                ));
            }
        }
        wrong
    }
}

/// A documented table.
pub(super) struct Table {
    /// Which one.
    pub(super) name: String,
    /// The parameters of the layout that describe it.
    pub(super) set: Vec<(String, String)>,
    /// Name, first and last address of each row.
    pub(super) rows: Vec<(String, u64, u64)>,
    /// Rows that the documentation has wrong, or that a distribution added, with the reason.
    pub(super) not_so: Vec<(String, String)>,
}

/// The machines of a file.
pub(super) fn machines(json: &str) -> Vec<Machine> {
    list(&parse(json)).iter().map(machine).collect()
}

/// The tables of a file.
pub(super) fn tables(json: &str) -> Vec<Table> {
    list(&parse(json)).iter().map(table).collect()
}

fn machine(value: &Value) -> Machine {
    let runs = |key: &str| list(&value[key]).iter().map(run).collect();
    Machine {
        name: text(&value["machine"]),
        set: pairs(&value["set"], text),
        observed: pairs(&value["observed"], number),
        zones: pairs(&value["zones_pfn"], |pair| {
            (frame(&pair[0]), frame(&pair[1]))
        })
        .into_iter()
        .map(|(name, (start, end))| (name, start, end))
        .collect(),
        direct: runs("direct"),
        text: runs("text"),
    }
}

fn table(value: &Value) -> Table {
    Table {
        name: text(&value["table"]),
        set: pairs(&value["set"], text),
        rows: list(&value["rows"])
            .iter()
            .map(|row| (text(&row[0]), number(&row[1]), number(&row[2])))
            .collect(),
        not_so: pairs(&value["not_so"], text),
    }
}

fn run(value: &Value) -> [u64; 3] {
    [number(&value[0]), number(&value[1]), number(&value[2])]
}

fn parse(json: &str) -> Value {
    serde_json::from_str(json).expect("the facts are JSON")
}

/// The elements; none, where the key is absent.
fn list(value: &Value) -> Vec<Value> {
    value.as_array().cloned().unwrap_or_default()
}

/// The members; none, where the key is absent.
fn pairs<T>(value: &Value, read: impl Fn(&Value) -> T) -> Vec<(String, T)> {
    let members = value.as_object().into_iter().flatten();
    members
        .map(|(key, value)| (key.clone(), read(value)))
        .collect()
}

fn text(value: &Value) -> String {
    value
        .as_str()
        .unwrap_or_else(|| panic!("{value} is no text"))
        .to_owned()
}

fn frame(value: &Value) -> u64 {
    value
        .as_u64()
        .unwrap_or_else(|| panic!("{value} is no frame number"))
}

/// Addresses are written `"0xc0000000"`.
fn number(value: &Value) -> u64 {
    let digits = value.as_str().and_then(|text| text.strip_prefix("0x"));
    let parsed = digits.and_then(|digits| u64::from_str_radix(digits, 16).ok());
    parsed.unwrap_or_else(|| panic!("{value} is no address"))
}

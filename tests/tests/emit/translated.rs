//! Table, machine code and generated Rust, compiled and run, give the same answers on random right layouts: which address
//! each address is mapped to, by which window, from where, and what it is when it is not mapped.
//!
//! A part of the cases is tried in every run. `MAPWRIGHT_EMIT_LAYOUTS` and `MAPWRIGHT_EMIT_ADDRESSES` say how many
//! layouts, and how many questions in all.

use super::expected::Code;
use super::{Case, Dice, accepted, boot_literal, lower, rustc};
use mapwright::Compilation;
use mapwright::source::{Input, Memory};
use mapwright_jit::{Engine, Translator};
use mapwright_runtime::layout::{Layout, Place, PlaceKind, SpaceId, Target};
use mapwright_runtime::range::Range;
use mapwright_runtime::translate::{Fault, Translation};
use std::collections::BTreeMap;
use std::fmt::Write as _;

/// Layouts that are compiled by one run of rustc.
const BATCH: usize = 25;

/// The number of the function that answers with the table of windows.
const TABLE: usize = 1000;

/// Boots that each layout is asked for.
const BOOTS: usize = 4;

/// What a function of generated code is about.
#[derive(Debug, Clone)]
enum About {
    /// Where addresses of a space are mapped to in another, by any window or by this one.
    Forward(SpaceId, SpaceId, Option<String>),
    /// Which address is mapped there.
    Backward(SpaceId, SpaceId, Option<String>),
    /// What addresses of a space are.
    Classify(SpaceId),
}

/// A layout with its generated code.
struct Module {
    text: String,
    code: String,
    boots: Vec<(Option<String>, Compilation)>,
    functions: Vec<(String, About)>,
}

/// One question, and where it is answered.
struct Question {
    module: usize,
    function: usize,
    boot: usize,
    member: i128,
    address: u64,
}

fn number(name: &str, otherwise: usize) -> usize {
    let given = std::env::var(name).ok();
    given.map_or(otherwise, |text| text.parse().expect("a number"))
}

#[test]
fn what_is_emitted_translates_as_the_table_does() {
    let layouts = number("MAPWRIGHT_EMIT_LAYOUTS", BATCH);
    let questions = number("MAPWRIGHT_EMIT_ADDRESSES", 50_000).div_ceil(layouts);
    let mut dice = Dice(0x1A40_07F1_75EE_D001);
    let mut thrown = Vec::new();
    let (mut left, mut asked, mut seen) = (layouts, 0, BTreeMap::new());
    while left > 0 {
        let count = left.min(BATCH);
        left -= count;
        let modules: Vec<Module> = (0..count)
            .map(|_| Module::random(&mut dice, &mut thrown))
            .collect();
        asked += compare(&modules, questions, &mut dice, &mut seen);
    }
    rustc::say(&format!(
        "{layouts} layouts, {asked} answers compared: {seen:?}; {} drafts were not right",
        thrown.len()
    ));
    for kind in ["mapped", "back", "dynamic", "guard", "hole", "unmapped"] {
        let few = asked > 0 && seen.get(kind).is_none_or(|&count| count < 50);
        assert!(!few, "few answers are {kind}: {seen:?}");
    }
}

impl Module {
    fn random(dice: &mut Dice, thrown: &mut Vec<String>) -> Self {
        let (text, made) = accepted::layout(dice, thrown);
        let code = mapwright::emit::rust(&made.model, &made.values, "random.layout")
            .unwrap_or_else(|message| panic!("{message:?}\n{text}"));
        let files = Memory::new().with("/t.layout", text.clone());
        let case = Case {
            name: "random",
            input: Input::named("/t.layout"),
            files: &files,
            set: Vec::new(),
        };
        let boots: Vec<_> = case
            .boots(&made.model, &made.values)
            .iter()
            .take(BOOTS)
            .map(|set| {
                let made = case.instance(set);
                assert!(
                    made.lowered.is_some(),
                    "{set:?}: {:?}\n{text}",
                    made.diagnostics
                );
                (boot_literal(&made), made)
            })
            .collect();
        let functions = functions(&code, &boots);
        Self {
            text,
            code,
            boots,
            functions,
        }
    }

    fn layout(&self, boot: usize) -> &Layout {
        &self.boots[boot]
            .1
            .lowered
            .as_ref()
            .expect("an instance")
            .layout
    }

    /// A function that answers a question about this module as text.
    fn answers(&self, number: usize) -> String {
        let code = Code { text: &self.code };
        let mut arms = String::new();
        for (at, (name, about)) in self.functions.iter().enumerate() {
            let arguments = ["member as _".to_owned(), "address".to_owned()];
            let (call, _) = code.call(name, &arguments).expect("a function");
            let show = match about {
                About::Classify(_) => format!(
                    "match m{number}::{call} {{ Some(p) => format!(\"{{:?}} {{}} {{:?}}\", p.kind, p.name, p.member), None => String::new() }}"
                ),
                _ => format!("show(m{number}::{call})"),
            };
            writeln!(arms, "        {at} => {show},").expect("a string");
        }
        writeln!(arms, "        TABLE => {},", self.windows(number)).expect("a string");
        let mut out = format!(
            "fn answer_{number}(boot: u64, function: u64, member: i128, address: u64) -> String {{\n"
        );
        if self.boots[0].0.is_some() {
            out.push_str("    let boot = match boot {\n");
            for (at, (literal, _)) in self.boots.iter().enumerate() {
                let literal = literal.as_deref().expect("each has one");
                writeln!(out, "        {at} => m{number}::{literal},").expect("a string");
            }
            out.push_str("        _ => panic!(\"no such boot\"),\n    };\n");
            writeln!(
                out,
                "    assert!(boot.is_valid() && m{number}::laws_hold(&boot));"
            )
            .expect("a string");
        }
        write!(out, "    let _ = (&boot, member, address);\n    match function {{\n{arms}        _ => panic!(\"no such function\"),\n    }}\n}}\n").expect("a string");
        out
    }
}

impl Module {
    /// All rows of the table of windows, as text.
    fn windows(&self, number: usize) -> String {
        let rows = if self.code.contains("pub const WINDOWS: ") {
            format!("m{number}::WINDOWS.iter().copied().map(Some)")
        } else if self.code.contains("fn windows(boot: ") {
            format!("m{number}::windows(&boot).into_iter()")
        } else if self.code.contains("fn windows(") {
            format!("m{number}::windows().into_iter()")
        } else {
            return "String::new()".to_owned();
        };
        format!(
            "{rows}.flatten().map(|w| format!(\"{{}} {{:?}} {{}} {{:#x}} {{:#x}} {{}} {{}} {{}} {{:?}};\", w.name, w.member, w.space, w.start, w.last, w.read, w.write, w.execute, w.target)).collect::<String>()"
        )
    }

    /// The same from the table of this instance.
    fn verify_windows(&self, boot: usize, answer: &str) {
        let layout = self.layout(boot);
        let mut expected = String::new();
        for (_, place) in layout.places().filter(|(_, p)| p.kind == PlaceKind::Window) {
            let target = match &place.target {
                Target::Linear { space, at, .. } => {
                    let at = at & layout.space_range(*space).last();
                    format!("Linear({:?}, {at})", layout.space(*space).name)
                }
                other => {
                    let word = other.word();
                    word[..1].to_uppercase() + &word[1..]
                }
            };
            let (space, range, access) =
                (&layout.space(place.space).name, place.range, place.access);
            write!(
                expected,
                "{} {:?} {space} {:#x} {:#x} {} {} {} {target};",
                place.name,
                place.member,
                range.base(),
                range.last(),
                access.read,
                access.write,
                access.execute
            )
            .expect("a string");
        }
        assert_eq!(answer, expected, "{}\n{}", self.text, self.code);
    }
}

/// The functions of generated code that translate, by the names that the documentation gives them.
fn functions(code: &str, boots: &[(Option<String>, Compilation)]) -> Vec<(String, About)> {
    let mut all: BTreeMap<String, About> = BTreeMap::new();
    for (_, made) in boots {
        let layout = &made.lowered.as_ref().expect("an instance").layout;
        let name = |space: SpaceId| lower(&layout.space(space).name);
        for (_, place) in layout.places() {
            let Target::Linear { space: to, .. } = place.target else {
                continue;
            };
            let (from, to_name, own) = (place.space, name(to), lower(&place.name));
            let window = Some(place.name.clone());
            all.insert(
                format!("{own}_to_{to_name}"),
                About::Forward(from, to, window.clone()),
            );
            all.insert(
                format!("{own}_from_{to_name}"),
                About::Backward(from, to, window),
            );
            all.insert(
                format!("{}_to_{to_name}", name(from)),
                About::Forward(from, to, None),
            );
            all.insert(
                format!("{}_from_{to_name}", name(from)),
                About::Backward(from, to, None),
            );
        }
        let linear = layout.space_named("linear").expect("every draft has it");
        all.insert("classify".into(), About::Classify(linear));
        if let Some(physical) = layout.space_named("physical")
            && code.contains("fn classify_physical(")
        {
            all.insert("classify_physical".into(), About::Classify(physical));
        }
    }
    all.into_iter().collect()
}

/// Asks every function of every module; how many answers were compared.
fn compare(
    modules: &[Module],
    each: usize,
    dice: &mut Dice,
    seen: &mut BTreeMap<&'static str, usize>,
) -> usize {
    let mut main = String::from(
        "//! A test.\n#![deny(warnings)]\nuse std::io::{Read, Write};\nconst TABLE: u64 = 1000;\n",
    );
    let mut arms = String::new();
    for (at, module) in modules.iter().enumerate() {
        writeln!(main, "mod m{at};").expect("a string");
        main.push_str(&module.answers(at));
        writeln!(
            arms,
            "            {at} => answer_{at}(boot, function, member, address),"
        )
        .expect("a string");
    }
    write!(main, "{MAIN_BEFORE}{arms}{MAIN_AFTER}").expect("a string");
    let mut files: Vec<(String, &str)> = vec![("main.rs".into(), &main)];
    for (at, module) in modules.iter().enumerate() {
        files.push((format!("m{at}.rs"), &module.code));
    }
    let mut questions = Vec::new();
    for (at, module) in modules.iter().enumerate() {
        questions.extend((0..each).map(|_| module.question(at, dice)));
        questions.extend((0..module.boots.len()).map(|boot| Question {
            module: at,
            function: TABLE,
            boot,
            member: 0,
            address: 0,
        }));
    }
    let bytes: Vec<u8> = questions
        .iter()
        .flat_map(|q| {
            let member = u64::try_from(q.member).expect("members of drafts are small");
            [
                q.module as u64,
                q.boot as u64,
                q.function as u64,
                member,
                q.address,
            ]
        })
        .flat_map(u64::to_le_bytes)
        .collect();
    let Some(answers) = rustc::build_and_ask(&files, &bytes) else {
        return 0;
    };
    let answers: Vec<&str> = answers.lines().collect();
    assert_eq!(answers.len(), questions.len());
    let mut engines = BTreeMap::new();
    for (question, answer) in questions.iter().zip(answers) {
        let module = &modules[question.module];
        if question.function == TABLE {
            module.verify_windows(question.boot, answer);
            continue;
        }
        let kind = module.verify(question, answer, &mut engines);
        *seen.entry(kind).or_default() += 1;
    }
    questions.len()
}

const MAIN_BEFORE: &str = "
fn show(answer: Option<u64>) -> String {
    answer.map_or_else(String::new, |x| x.to_string())
}

fn main() {
    let mut questions = Vec::new();
    std::io::stdin().read_to_end(&mut questions).expect(\"questions\");
    let mut out = std::io::BufWriter::new(std::io::stdout().lock());
    for question in questions.chunks_exact(40) {
        let word = |at: usize| u64::from_le_bytes(question[8 * at..8 * at + 8].try_into().expect(\"8 bytes\"));
        let (boot, function, member, address) = (word(1), word(2), i128::from(word(3)), word(4));
        let answer = match word(0) {
";

const MAIN_AFTER: &str = "            _ => panic!(\"no such module\"),
        };
        writeln!(out, \"{answer}\").expect(\"an open pipe\");
    }
}
";

impl Module {
    fn question(&self, module: usize, dice: &mut Dice) -> Question {
        let boot = dice.roll(self.boots.len() as u64) as usize;
        let function = dice.roll(self.functions.len() as u64) as usize;
        let layout = self.layout(boot);
        let (space, window) = match &self.functions[function].1 {
            About::Forward(space, _, window) => (*space, window.as_deref()),
            About::Backward(_, to, window) => (*to, window.as_deref()),
            About::Classify(space) => (*space, None),
        };
        let named = |place: &&Place| window.is_some_and(|name| place.name == name);
        let members: Vec<i128> = layout
            .places()
            .map(|(_, place)| place)
            .filter(named)
            .filter_map(|place| place.member)
            .collect();
        let member = match members.len() as u64 {
            0 => 0,
            count => members[dice.roll(count) as usize],
        };
        Question {
            module,
            function,
            boot,
            member,
            address: address(layout, space, dice),
        }
    }

    /// Holds an answer against the table, and the table against machine code; what kind of answer it was.
    fn verify(
        &self,
        question: &Question,
        answer: &str,
        engines: &mut BTreeMap<(usize, usize, SpaceId), Translator>,
    ) -> &'static str {
        let layout = self.layout(question.boot);
        let (name, about) = &self.functions[question.function];
        let address = question.address;
        let what = || {
            let boot = &self.boots[question.boot].0;
            format!(
                "{name}({address:#x}), member {}, {boot:?}: {answer:?}\n{}\n{}",
                question.member, self.text, self.code
            )
        };
        match about {
            About::Classify(space) => {
                let exact = layout.translate(*space, address);
                let translator = engines
                    .entry((question.module, question.boot, *space))
                    .or_insert_with(|| Translator::with_engine(layout, *space, Engine::Jit));
                let fast = translator.decode(layout, translator.translate(address));
                assert_eq!(fast, exact, "machine code: {}", what());
                let (kind, expected) = place(layout, exact);
                assert_eq!(answer, expected, "{}", what());
                kind
            }
            About::Forward(from, to, window) => {
                let inside = self.range(question, window.as_deref());
                let expected = match layout.translate(*from, address) {
                    Translation::Mapped {
                        space,
                        address: found,
                        ..
                    } if space == *to && inside.is_some_and(|range| range.contains(address)) => {
                        found.to_string()
                    }
                    _ => String::new(),
                };
                assert_eq!(answer, expected, "{}", what());
                if expected.is_empty() {
                    "not mapped"
                } else {
                    "mapped"
                }
            }
            About::Backward(from, to, window) => {
                let inside = self.range(question, window.as_deref());
                let all = layout.reverse(*from, *to, address);
                let mut all = all
                    .iter()
                    .filter(|inverse| inside.is_some_and(|range| range.contains(inverse.address)));
                let Ok(found) = answer.parse::<u64>() else {
                    assert_eq!((answer, all.next()), ("", None), "{}", what());
                    return "not back";
                };
                let way = all.clone().find(|inverse| {
                    let steps = found.checked_sub(inverse.address);
                    let steps = steps.map(|distance| {
                        (
                            distance % inverse.stride.max(1),
                            distance / inverse.stride.max(1),
                        )
                    });
                    steps.is_some_and(|(rest, steps)| rest == 0 && steps < inverse.count)
                });
                let way = way.unwrap_or_else(|| {
                    panic!(
                        "not one of {:?}: {}",
                        all.clone().collect::<Vec<_>>(),
                        what()
                    )
                });
                let better = window.is_none() && way.alias && all.any(|other| !other.alias);
                assert!(!better, "an alias before the window: {}", what());
                "back"
            }
        }
    }

    /// Where the window is that a question is about, or the whole space.
    fn range(&self, question: &Question, window: Option<&str>) -> Option<Range> {
        let Some(name) = window else {
            return Some(Range::ALL);
        };
        let layout = self.layout(question.boot);
        let mut places = layout.places().map(|(_, place)| place);
        let found = places.find(|place| {
            place.name == name && place.member.is_none_or(|member| member == question.member)
        });
        found.map(|place| place.range)
    }
}

/// An address of a space: any, or one at an end of a place or near it, or one that something is mapped to.
fn address(layout: &Layout, space: SpaceId, dice: &mut Dice) -> u64 {
    let mut edges = Vec::new();
    for (_, place) in layout.places() {
        if place.space == space {
            edges.push(place.range);
        }
        if let Target::Linear {
            space: to,
            at,
            repeat,
        } = place.target
            && to == space
        {
            let size = repeat.map_or(place.range.size(), u128::from);
            let last = layout.space_range(to).last();
            edges.extend(Range::from_base_size(at & last, size));
        }
    }
    let count = edges.len() as u64;
    if count == 0 || dice.roll(16) == 0 {
        return dice.roll(u64::MAX) & layout.space_range(space).last();
    }
    let range = edges[dice.roll(count) as usize];
    match dice.roll(6) {
        0 => range.base(),
        1 => range.last(),
        2 => range.base().wrapping_sub(1),
        3 => range.last().wrapping_add(1),
        _ => range.base() + dice.roll(u64::try_from(range.size()).unwrap_or(u64::MAX)),
    }
}

/// How `classify` says what `translate` says, and the kind of it.
fn place(layout: &Layout, exact: Translation) -> (&'static str, String) {
    let of = |kind: &str, id: Option<_>| {
        let place = id.map(|id| layout.place(id));
        let name = place.map_or("", |place| place.name.as_str());
        let member = place.and_then(|place| place.member);
        format!("{kind} {name} {member:?}")
    };
    match exact {
        Translation::Mapped { window, .. } => ("mapped", of("Linear", Some(window))),
        Translation::Dynamic { place } => ("dynamic", of("Dynamic", Some(place))),
        Translation::Fault(Fault::Guard(place)) => ("guard", of("Guard", Some(place))),
        Translation::Fault(Fault::Hole(place)) => ("hole", of("Hole", Some(place))),
        Translation::Fault(Fault::Unmapped { part }) => ("unmapped", of("Unmapped", part)),
        Translation::Fault(Fault::NonCanonical) => ("non-canonical", of("NonCanonical", None)),
        Translation::Fault(Fault::OutOfSpace) => ("out of space", String::new()),
    }
}

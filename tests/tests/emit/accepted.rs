//! Random layouts that check finds right: windows of all kinds with guards, holes, views and windows inside of them, families,
//! several spaces with several page sizes, split and not.

use super::Dice;
use mapwright::source::{Input, Memory};
use mapwright::{Compilation, Options, compile};
use std::fmt::Write as _;

const K: u64 = 1 << 10;
const M: u64 = 1 << 20;
const G: u64 = 1 << 30;

/// A space that windows are laid into, slot by slot.
struct Ground {
    /// What declares it.
    head: &'static str,
    /// Its split, for every second layout.
    split: &'static str,
    /// The first slot.
    base: u64,
    /// The distance of slots: no window is longer than half of it.
    slot: u64,
}

const GROUNDS: [Ground; 6] = [
    Ground {
        head: "space physical : 32 bits;\nspace linear : 32 bits, to physical;",
        split: "split linear { user : 0 .. 1G { access: user, tables: per_process }; kernel : 1G .. linear.end { access: supervisor, tables: shared } }",
        base: G,
        slot: 128 * M,
    },
    Ground {
        head: "use std \"paging/x86.layout\";\nspace physical : 36 bits;\nspace linear : 32 bits, paging x86_pae, to physical;",
        split: "split linear { user : 0 .. 1G { access: user, tables: per_process }; kernel : 1G .. linear.end { access: supervisor, tables: shared } }",
        base: G,
        slot: 128 * M,
    },
    Ground {
        head: "use std \"paging/x86.layout\";\nspace physical : 46 bits;\nspace linear : 64 bits, paging x86_64_4level, to physical;",
        split: "split linear { user : 0 .. 128T { access: user, tables: per_process }; between : 128T .. linear.end - 128T { access: none }; kernel : linear.end - 128T .. linear.end { access: supervisor, tables: shared } }",
        base: 0xFFFF_8800_0000_0000,
        slot: 64 * G,
    },
    Ground {
        head: "use std \"paging/riscv.layout\";\nspace physical : 40 bits;\nspace linear : 64 bits, paging riscv_sv39, to physical;",
        split: "split linear { user : 0 .. 256G { access: user, tables: per_process }; between : 256G .. linear.end - 256G { access: none }; kernel : linear.end - 256G .. linear.end { access: supervisor, tables: shared } }",
        base: 0xFFFF_FFC0_0000_0000,
        slot: 2 * G,
    },
    Ground {
        head: "use std \"paging/arm64.layout\";\nspace machine : 48 bits;\nspace physical : 48 bits, to machine;\nspace linear : 48 bits, paging arm64_16k_48, to physical;\nwindow stage2 in physical : 1G .. +64M -> machine at 4G { access: rw };\nguard stage2_gap in stage2 : stage2.start + 1M .. +64K;",
        split: "",
        base: 64 * G,
        slot: 64 * G,
    },
    Ground {
        head: "space physical : 48 bits;\nspace linear : 64 bits, to physical;\nwindow top in linear : linear.end - 16M .. linear.end -> physical at 32T;",
        split: "",
        base: 1 << 60,
        slot: 64 * G,
    },
];

/// A layout's text, item by item.
struct Draft<'d> {
    dice: &'d mut Dice,
    text: String,
    /// The next frame that no window shows yet.
    frame: u64,
    /// Windows that others may be aliases of: name, frame, bytes.
    shown: Vec<(String, u64, u64)>,
}

/// The text of one layout; whether it is right is not known yet.
fn draft(dice: &mut Dice) -> String {
    let ground = &GROUNDS[dice.roll(GROUNDS.len() as u64) as usize];
    let mut draft = Draft {
        dice,
        text: String::from(
            "boot RAM : size = 4M in 1M ..= 16M step 64K;\nboot NODES : int = 2 in 1 ..= 4;\n\
             boot FLAG : bool = false;\nboot SHIFT : size = 0 in 0 ..= 1M step 64K;\nconfig CPUS : int = 3 in 1 ..= 9;\n",
        ),
        frame: G,
        shown: Vec::new(),
    };
    draft.line(ground.head);
    let split = !ground.split.is_empty() && draft.dice.roll(2) == 0;
    if split {
        draft.line(ground.split);
    }
    let parent = if split { "kernel" } else { "linear" };
    let mut at = ground.base;
    for number in 0..4 + draft.dice.roll(5) {
        draft.slot(&format!("w{number}"), parent, at);
        at += ground.slot;
    }
    draft.text
}

impl Draft<'_> {
    fn line(&mut self, text: &str) {
        writeln!(self.text, "{text}").expect("a string");
    }

    /// Frames that nothing else shows.
    fn frames(&mut self, bytes: u64) -> u64 {
        let first = self.frame;
        self.frame += bytes;
        first
    }

    /// Something at `at`.
    fn slot(&mut self, name: &str, parent: &str, at: u64) {
        let start = match self.dice.roll(4) {
            0 => format!("{at:#x} + SHIFT"),
            _ => format!("{at:#x}"),
        };
        let when = match self.dice.roll(6) {
            0 => " when FLAG",
            1 => " when !FLAG && NODES > 1",
            _ => "",
        };
        match self.dice.roll(12) {
            0 => self.line(&format!("guard {name} in {parent} : {start} .. +64K{when};")),
            1 => self.line(&format!("hole {name} in {parent} : {start} .. +RAM{when};")),
            2 => self.line(&format!("window {name} in {parent} : {start} .. +1M -> device{when} {{ access: rw }};")),
            3 => {
                self.line(&format!("window {name} in {parent} : {start} .. +1M -> fixed {{ {name}_a, {name}_b[CPUS], {name}_c }}{when} {{ access: rw }};"));
            }
            4 => self.family(name, parent, &start),
            5 => {
                let frame = self.frames(16 * M);
                self.line(&format!("window {name} in {parent} : {start} .. +RAM -> physical at {frame:#x}{when} {{ access: rw }};"));
            }
            6 => {
                let below = 64 * K * (1 + self.dice.roll(64));
                self.line(&format!("window {name} in {parent} : {start} .. +{below:#x} -> physical at 0 - {below:#x}{when} {{ access: rw }};"));
            }
            7 => self.line(&format!("hole {name} in {parent} : {start} .. +(if RAM >= 8M {{ 1M }} else {{ 0 }}) optional;")),
            _ => self.nest(name, parent, &start, when),
        }
    }

    /// A family: its members know their number, or the number of boots.
    fn family(&mut self, name: &str, parent: &str, start: &str) {
        let count = ["NODES", "CPUS", "5"][self.dice.roll(3) as usize];
        let frame = self.frames(16 * M);
        let range = format!(
            "{start} + p * 1M .. +{}",
            ["1M", "64K"][self.dice.roll(2) as usize]
        );
        let rest = match self.dice.roll(3) {
            0 => format!("guard {name}[p in 0 .. {count}] in {parent} : {range};"),
            1 => format!(
                "window {name}[p in 1 .. {count} + 1] in {parent} : {range} -> device {{ access: rw }};"
            ),
            _ => format!(
                "window {name}[p in 0 .. {count}] in {parent} : {range} -> physical at {frame:#x} + p * 1M {{ access: rw }};"
            ),
        };
        self.line(&rest);
    }

    /// A linear window with others inside of it.
    fn nest(&mut self, name: &str, parent: &str, start: &str, when: &str) {
        let mut frame = self.frames(8 * M);
        let mut alias = String::new();
        if let (0, Some((of, shown, _))) = (self.dice.roll(4), self.shown.last()) {
            (frame, alias) = (*shown, format!(" alias of {of} because \"twice\""));
        }
        let repeat = match self.dice.roll(6) {
            0 => " repeat 64K",
            1 => " repeat 3M",
            _ => "",
        };
        self.line(&format!("window {name} in {parent} : {start} .. +8M -> physical at {frame:#x}{repeat}{alias}{when} {{ access: rw }};"));
        if alias.is_empty() && repeat.is_empty() && when.is_empty() {
            self.shown.push((name.to_owned(), frame, 8 * M));
        }
        for at in 0..7 {
            let inner = format!("{name}_{}", ["a", "b", "c", "d", "e", "f", "g"][at]);
            let place = format!("{name}.start + {at}M");
            let when = if when.is_empty() {
                ["", " when FLAG"][self.dice.roll(2) as usize]
            } else {
                when
            };
            match self.dice.roll(11) {
                0 => self.line(&format!("guard {inner} in {name} : {place} .. +64K{when};")),
                1 => self.line(&format!("hole {inner} in {name} : {place} .. +(if RAM >= 8M {{ 128K }} else {{ 0 }}) optional;")),
                2 => self.line(&format!("guard {inner}[p in 0 .. NODES] in {name} : {place} + p * 128K .. +64K{when};")),
                3 => self.line(&format!("window {inner} in {name} : {place} .. +64K -> device{when} {{ access: rw }};")),
                4 => {
                    self.line(&format!("window {inner} in {name} : {place} .. +512K{when} {{ access: r }};"));
                    self.line(&format!("guard {inner}_gap in {inner} : {place} + 64K .. +64K{when};"));
                }
                5 => {
                    let frame = self.frames(M);
                    self.line(&format!("window {inner} in {name} : {place} .. +1M -> physical at {frame:#x}{when} {{ access: rw }};"));
                    self.line(&format!("hole {inner}_gap in {inner} : {place} + 512K .. +128K{when};"));
                }
                6 => {
                    let frame = self.frames(M);
                    self.line(&format!("window {inner}[p in 0 .. NODES] in {name} : {place} + p * 256K .. +128K -> physical at {frame:#x} + p * 128K{when} {{ access: rw }};"));
                }
                _ => {}
            }
        }
    }
}

/// A layout that is right for all values of its parameters, with its text; drafts are thrown away until one is.
pub(super) fn layout(dice: &mut Dice, thrown: &mut Vec<String>) -> (String, Compilation) {
    loop {
        let text = draft(dice);
        let files = Memory::new().with("/t.layout", text.clone());
        let made = compile(&Input::named("/t.layout"), &files, &Options::default())
            .expect("the layout is there");
        if !made.is_wrong() {
            return (text, made);
        }
        thrown.push(made.diagnostics[0].message.clone());
        assert!(thrown.len() < 5_000, "no draft is right: {thrown:?}");
    }
}

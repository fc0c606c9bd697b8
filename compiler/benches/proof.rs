//! How long proofs take: `cargo bench -p mapwright --bench proof`. Prints a table and fails on no number.
//!
//! Every row is checked for its answer before it is timed; the time is the median of some runs.

use mapwright::source::{Disk, Input, Memory};
use mapwright::{Compilation, Options, compile};
use std::fmt::Write as _;
use std::io::Write as _;
use std::time::{Duration, Instant};

/// What a row compiles, and the code of the first message that it must give.
struct Row {
    name: String,
    goal: &'static str,
    input: Input,
    text: Option<String>,
    expected: Option<&'static str>,
}

fn bundled(name: &str) -> Row {
    Row {
        name: format!("check std:{name}, all parameters"),
        goal: "1 s",
        input: Input::named(&format!("std:{name}")),
        text: None,
        expected: None,
    }
}

fn text(name: &str, goal: &'static str, text: String, expected: Option<&'static str>) -> Row {
    Row {
        name: name.to_owned(),
        goal,
        input: Input::named("/bench.layout"),
        text: Some(text),
        expected,
    }
}

/// A direct map under a cap, a gap and what is left: RAM against the room reserved above it.
fn capped(room: &str, gap: &str) -> String {
    format!(
        "boot RAM : size = 1G in 16M ..= 64G step 4K;\n{room}\n\
         space physical : 36 bits;\nspace linear : 32 bits, to physical;\n\
         split linear {{ user : 0 .. 3G {{ access: user, tables: per_process }};\n\
         kernel : 3G .. linear.end {{ access: supervisor, tables: shared }}; }}\n\
         let low : size = min(RAM, 1G - ROOM);\n\
         zone normal in physical : 0 .. low;\nzone high in physical : low .. RAM optional;\n\
         window direct in kernel : 3G .. +low -> physical at 0 {{ access: rwx }};\n\
         guard gap in kernel : direct.end .. +{gap};\n\
         window pool in kernel : gap.end .. linear.end - 4K -> pages from high, normal {{ access: rw }};\n"
    )
}

/// Windows of 64K with holes between them, onto frames in the opposite order.
fn many(count: u64) -> String {
    let mut text =
        String::from("space physical : 48 bits;\nspace linear : 48 bits, to physical;\n");
    for n in 0..count {
        let (start, target) = (n * 0x2_0000, (count - 1 - n) * 0x1_0000);
        let _ = writeln!(
            text,
            "window w{n} in linear : {start:#x} .. +64K -> physical at {target:#x} {{ access: rw }};"
        );
    }
    text
}

/// A window for each of many switches, each behind the one before.
fn switches(count: u32) -> String {
    let mut text = String::new();
    for n in 0..count {
        let _ = writeln!(text, "config C{n} : bool = false;");
    }
    text.push_str("space physical : 40 bits;\nspace linear : 48 bits, to physical;\nzone ram in physical : 0 .. 1G;\n");
    let mut before = String::from("0x4000_0000_0000");
    for n in 0..count {
        let size = 2 * (n + 1);
        let _ = writeln!(
            text,
            "let e{n} : addr = {before} + (if C{n} {{ {size}M }} else {{ 0 }});\n\
             window w{n} in linear : {before} .. e{n} -> pages from ram when C{n} {{ access: rw }};"
        );
        before = format!("e{n}");
    }
    text.push_str(
        "window direct in linear : 0x1000_0000_0000 .. +1G -> physical at 0 { access: rw };\n",
    );
    text
}

/// The smallest of many sizes is none of them but at most each.
fn smallest_of(count: u32) -> String {
    let mut text = String::new();
    for n in 0..count {
        let _ = writeln!(text, "boot S{n} : size = 1G in 16M ..= 4G step 4K;");
    }
    let mut before = String::from("S0");
    for n in 1..count {
        let _ = writeln!(text, "let m{n} : size = min({before}, S{n});");
        before = format!("m{n}");
    }
    let _ = writeln!(
        text,
        "space physical : 40 bits;\nhole low in physical : 0 .. +{before};\nassert {before} >= 16M;\nassert {before} <= S3;"
    );
    text
}

/// How the time of a row grows with what it is about: about `size ^ exponent`, from the last two sizes.
fn growth(what: &str, of: fn(u32) -> String) -> String {
    let mut line = format!("{what}:");
    let mut last: Option<f64> = None;
    for count in [8, 16, 32, 64] {
        let row = text(what, "-", of(count), None);
        let (_, made) = run(&row);
        assert!(
            made.diagnostics.is_empty(),
            "{what} {count}: {:?}",
            made.diagnostics.first()
        );
        let time = (0..5)
            .map(|_| run(&row).0)
            .min()
            .expect("five runs")
            .as_secs_f64();
        let _ = write!(line, " {count} in {:.1} ms", time * 1e3);
        if let Some(before) = last.replace(time) {
            let _ = write!(line, " (exponent {:.1})", (time / before).log2());
        }
    }
    line
}

fn run(row: &Row) -> (Duration, Compilation) {
    let start = Instant::now();
    let options = Options::default();
    let made = match &row.text {
        None => compile(&row.input, &Disk, &options),
        Some(text) => compile(
            &row.input,
            &Memory::new().with("/bench.layout", text.as_str()),
            &options,
        ),
    };
    (start.elapsed(), made.expect("the input is there"))
}

fn main() {
    let wide = "boot ROOM : size = 128M in 16M ..= 512M step 4K;";
    let one = "let ROOM : size = 128M;";
    let rows = [
        bundled("linux/i386"),
        bundled("linux/x86_64"),
        bundled("linux/i386-3g1g"),
        bundled("examples/small-kernel"),
        text("proof over RAM", "5 ms", capped(one, "8M"), None),
        text(
            "proof over RAM x ROOM (2.1e12 points)",
            "1 s",
            capped(wide, "8M"),
            None,
        ),
        text(
            "refutation over RAM, smallest shown",
            "50 ms",
            capped(one, "128M"),
            Some("empty-range"),
        ),
        text(
            "refutation over RAM x ROOM",
            "50 ms",
            capped(wide, "16M"),
            Some("empty-range"),
        ),
        text("1,000 windows", "-", many(1_000), None),
        text("65,536 windows", "3 s", many(65_536), None),
    ];
    let mut out = std::io::stdout().lock();
    let _ = writeln!(out, "| what | goal | median | laws |\n|---|---|---|---|");
    for row in &rows {
        let (first, made) = run(row);
        let found = made.diagnostics.first().map(|d| d.code);
        assert_eq!(
            found,
            row.expected,
            "{}: {:?}",
            row.name,
            made.diagnostics.first()
        );
        let runs = if first > Duration::from_secs(1) { 3 } else { 9 };
        let mut times: Vec<Duration> = (0..runs).map(|_| run(row).0).collect();
        times.sort_unstable();
        let median = times[runs / 2].as_secs_f64() * 1e3;
        let laws = made.summary.laws();
        let _ = writeln!(
            out,
            "| {} | {} | {median:.2} ms | {laws} |",
            row.name, row.goal
        );
    }
    let _ = writeln!(out, "\nGrowth with the number of conditions:");
    let _ = writeln!(out, "{}", growth("switches, a window each", switches));
    let _ = writeln!(out, "{}", growth("the smallest of many sizes", smallest_of));
}

//! Scenarios that want too much, or make no sense: named errors, never a panic, memory bounded by the limit.

use super::run_text;
use crate::cli::program::mapwright;
use mapwright_machine::Random;
use proptest::prelude::*;

fn codes(err: &str) -> Vec<&str> {
    let lines = err.lines().filter_map(|line| line.strip_prefix("error["));
    lines.filter_map(|line| line.split(']').next()).collect()
}

#[test]
fn more_memory_than_there_is() {
    for (ram, code) in [
        ("0 .. 1E", "machine-fails"),
        ("0 .. 4P", "machine-fails"),
        ("0 .. 17E", "scenario-value"),
        ("1M .. 0", "scenario-value"),
    ] {
        let directory = crate::cli::program::directory(&[(
            "s.toml",
            format!("[machine]\nram = [\"{ram}\"]\n[[step]]\ndo = \"check\"\n").as_bytes(),
        )]);
        let path = crate::cli::program::path(&directory, "s.toml");
        let run = mapwright(["simulate", "std:linux/x86_64", &path, "--set", "RAM=64T"]);
        assert_eq!(
            (run.code, codes(&run.err)),
            (1, vec![code]),
            "{ram}:\n{}",
            run.err
        );
    }
}

#[test]
fn the_limit_of_host_memory_can_be_set() {
    let text = |limit: &str| {
        format!(
            "[machine]\nhost_limit = \"{limit}\"\nwatermarks = \"none\"\n\
             [[step]]\ndo = \"vmalloc\"\nbytes = \"16M\"\nas = \"area\"\n\
             [[step]]\ndo = \"repeat\"\ncount = \"16M / 4K\"\nindex = \"i\"\n\
             step = [{{ do = \"write\", address = \"area + i * 4K\", value = 1 }}]\n\
             [[step]]\ndo = \"let\"\nvalue = \"host_bytes()\"\nexpect = \"it.value <= {limit}\"\n"
        )
    };
    let small = run_text(&text("4M"), &[]);
    assert_eq!(
        (small.code, codes(&small.err)),
        (1, vec!["step-fails"]),
        "{}",
        small.err
    );
    assert!(
        small.err.contains("expect_error = \"host_limit\""),
        "{}",
        small.err
    );
    assert!(small.err.contains("this is the first of"), "{}", small.err);
    let large = run_text(&text("64M"), &[]);
    assert_eq!(large.code, 0, "{}", large.err);
    let none = run_text(&text("0"), &[]);
    assert_eq!(
        (none.code, codes(&none.err)),
        (1, vec!["machine-fails"]),
        "{}",
        none.err
    );
}

#[test]
fn more_steps_than_there_is_time() {
    let nested = "[[step]]\ndo = \"repeat\"\ncount = 10_000\n\
                  [[step.step]]\ndo = \"repeat\"\ncount = 10_000\n\
                  [[step.step.step]]\ndo = \"repeat\"\ncount = 10_000\n\
                  step = [{ do = \"check\" }]\n";
    let run = run_text(nested, &[]);
    assert_eq!(
        (run.code, codes(&run.err)),
        (1, vec!["too-many-steps"]),
        "{}",
        run.err
    );
    assert!(run.err.contains("1000000000000 steps"), "{}", run.err);
    assert!(run.err.contains("--max-steps"), "{}", run.err);
    for hidden in [
        // The number comes out of the run.
        "[[step]]\ndo = \"let\"\nvalue = \"free() * 1G\"\nas = \"n\"\n\
         [[step]]\ndo = \"repeat\"\ncount = \"n\"\nstep = [{ do = \"note\", text = \"\" }]\n",
        // Nothing is done, often.
        "[[step]]\ndo = \"repeat\"\ncount = \"1E\"\nstep = []\n",
        // It would go on until something fails that never does.
        "[[step]]\ndo = \"repeat\"\ncount = \"1E\"\nuntil = \"no_frames\"\n\
         step = [{ do = \"let\", value = 1 }]\n",
        // Everything is left out.
        "[[step]]\ndo = \"alloc_pages\"\norder = 99\ninto = \"p\"\nexpect_error = \"no_frames\"\n\
         [[step]]\ndo = \"repeat\"\ncount = \"1E\"\nuntil = \"no_frames\"\n\
         step = [{ do = \"free_pages\", from = \"p\" }]\n",
    ] {
        let run = run_text(hidden, &["--max-steps", "5000"]);
        assert_eq!(run.code, 1, "{hidden}\n{}", run.err);
        assert!(
            codes(&run.err).contains(&"too-many-steps"),
            "{hidden}\n{}",
            run.err
        );
    }
}

#[test]
fn nesting_has_an_end() {
    let mut text = String::from("[[step]]\ndo = \"repeat\"\ncount = 1\n");
    for depth in 1..40 {
        let header = ".step".repeat(depth);
        text.push_str(&format!("[[step{header}]]\ndo = \"repeat\"\ncount = 1\n"));
    }
    let run = run_text(&text, &[]);
    assert_eq!(run.code, 1);
    assert!(run.err.contains("nest at most 16 deep"), "{}", run.err);
    for deep in ["(", "[", "-", "a[", "min("] {
        let text = format!(
            "[[step]]\ndo = \"let\"\nvalue = \"{}\"\n",
            deep.repeat(50_000)
        );
        assert_eq!(run_text(&text, &[]).code, 1);
        let text = format!("[[step]]\ndo = \"let\"\nvalue = {}\n", deep.repeat(50_000));
        assert_eq!(run_text(&text, &[]).code, 1);
    }
}

/// Arguments of every operation at their worst: each is refused or done, and the laws hold.
#[test]
fn numbers_at_the_ends() {
    let numbers = [
        "0",
        "1",
        "4095",
        "0xBFFFFFFF",
        "0xC0000000",
        "0xFFFFFFFF",
        "0xFFFFFFFFFFFFFFFF",
    ];
    let mut steps = String::from(
        "[[step]]\ndo = \"spawn\"\nas = \"p\"\n[[step]]\ndo = \"add_device\"\ndevice = \"d\"\n",
    );
    let reference = mapwright::simulate::reference();
    let operations = reference.split("\n### `").skip(1);
    for operation in operations {
        let name = operation.split('`').next().expect("a name");
        // What ends the process, and what a law is broken with, have tests of their own.
        if ["exit", "poke", "corrupt", "break_allocator", "paging"].contains(&name) {
            continue;
        }
        for number in numbers {
            steps.push_str(&format!("[[step]]\ndo = \"{name}\"\n"));
            for line in operation
                .lines()
                .filter_map(|line| line.strip_prefix("- `"))
            {
                let (key, rest) = line.split_once('`').expect("a key");
                let value = match (key, rest) {
                    ("process", _) => "\"p\"".to_string(),
                    ("device", _) => "\"d\"".to_string(),
                    ("slot", _) => "\"IO_APIC\"".to_string(),
                    ("segment", _) => "\"user_code\"".to_string(),
                    (_, rest) if rest.starts_with(" (number") => number.to_string(),
                    (_, rest) if rest.contains(", needed") && rest.starts_with(" (text") => {
                        "\"name\"".to_string()
                    }
                    (_, rest) if rest.starts_with(" (letters") => "\"rwx\"".to_string(),
                    (_, rest) if rest.starts_with(" (`true`") => "true".to_string(),
                    (_, rest) if rest.starts_with(" (array") => format!("[{number}, 1, {number}]"),
                    ("policy", _) => "\"clock\"".to_string(),
                    ("show", _) => "[\"buddyinfo\", \"maps\", \"tlb\"]".to_string(),
                    _ => continue,
                };
                // These two exclude each other.
                if !(name == "fail_allocation" && key == "every") {
                    steps.push_str(
                        &format!("{key} = {value}\n").replace("0xFFFFFFFFFFFFFFFF", "\"16E - 1\""),
                    );
                }
            }
        }
    }
    let run = run_text(&steps, &[]);
    assert!(!codes(&run.err).contains(&"law-broken"), "{}", run.err);
    assert!(!codes(&run.err).contains(&"scenario-key"), "{}", run.err);
    assert!(!codes(&run.err).contains(&"scenario-syntax"), "{}", run.err);
    assert!(run.out.contains("checked once"), "{}\n{}", run.out, run.err);
}

/// Functions of expressions at their ends: a number or a message, and the run goes on.
#[test]
fn functions_at_the_ends() {
    let huge = "(16E - 1) * (4E - 1) * 2";
    let mut steps = String::new();
    let reference = mapwright::simulate::reference();
    let functions = reference.split("## Functions").nth(1).expect("a list");
    let functions = functions.split("## Words").next().expect("an end");
    for line in functions
        .lines()
        .filter_map(|line| line.strip_prefix("- `"))
    {
        let (name, rest) = line.split_once('(').expect("a call");
        let parameters = rest
            .split(')')
            .next()
            .expect("an end")
            .replace(['[', ']'], "")
            .replace("...", "number");
        for number in [
            "0",
            "-1",
            "3",
            "16E - 1",
            "16E",
            huge,
            &format!("(0 - {huge})"),
        ] {
            let arguments = parameters
                .replace("ZONE", "NORMAL")
                .replace("WINDOW", "vmalloc")
                .replace("number", number);
            steps.push_str(&format!(
                "[[step]]\ndo = \"let\"\nvalue = \"{name}({arguments})\"\n"
            ));
        }
    }
    assert!(steps.contains("align_up(16E - 1, 16E - 1)"));
    let run = run_text(&steps, &[]);
    assert_eq!(run.code, 1);
    let known = ["scenario-value", "step-fails"];
    assert!(
        codes(&run.err).iter().all(|code| known.contains(code)),
        "{}",
        run.err
    );
    assert!(run.out.contains("checked once"), "{}\n{}", run.out, run.err);
}

/// Bundled scenarios with numbers, names and lines changed: each is refused or runs, and ends.
#[test]
fn bundled_scenarios_with_mistakes() {
    let mut random = Random::new(47);
    let pieces = [
        "0",
        "1",
        "-1",
        "\"16E - 1\"",
        "0xFFFFFFFFFFFFFFFF",
        "\"\"",
        "[]",
        "{}",
        "true",
        "\"process\"",
        "\"free()\"",
        "\"random(0, 1E)\"",
        "do",
        "expect",
        "[[step]]",
        "\"high\"",
        "1e9",
    ];
    for scenario in super::bundled() {
        for _ in 0..8 {
            let mut lines: Vec<String> = scenario.text.lines().map(str::to_string).collect();
            for _ in 0..random.between(1, 4) {
                let at = random.below(lines.len() as u64) as usize;
                let piece = pieces[random.below(pieces.len() as u64) as usize];
                match (random.below(4), lines[at].split_once(" = ")) {
                    (0, _) => lines[at] = String::new(),
                    (1, _) => lines.swap(at, 0),
                    (_, Some((key, _))) => lines[at] = format!("{key} = {piece}"),
                    (_, None) => lines[at].push_str(piece),
                }
            }
            let text = lines.join("\n");
            let directory = crate::cli::program::directory(&[("s.toml", text.as_bytes())]);
            let path = crate::cli::program::path(&directory, "s.toml");
            let run = mapwright(["simulate", &scenario.layout, &path, "--max-steps", "2000"]);
            assert!(run.code <= 1, "{text}\n{}", run.err);
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 200, failure_persistence: None, ..ProptestConfig::default() })]

    /// Any text at all.
    #[test]
    fn any_text(text in "[a-z0-9 =\\[\\]{}\"'.,_+*/()<>\n-]{0,200}") {
        let run = run_text(&text, &[]);
        prop_assert!(run.code <= 2);
    }

    /// Any expression at all.
    #[test]
    fn any_expression(text in "[a-z0-9 .,_+*/()<>%\\[\\]=KMG-]{0,60}") {
        let step = format!("[[step]]\ndo = \"let\"\nvalue = \"{text}\"\nexpect = \"{text}\"\n");
        let run = run_text(&step, &[]);
        prop_assert!(run.code <= 1, "{}", run.err);
    }
}

//! What a run prints, as people read it and as programs do.

use super::{bundled, run_text};
use expect_test::expect;

const SMALL: &str = "\
about = \"A page is taken, written and given back.\"

[[step]]
do = \"alloc_pages\"
as = \"page\"
expect_frame = \"page.physical / 4K\"

[[step]]
do = \"repeat\"
count = 3
index = \"i\"
step = [{ do = \"write\", address = \"page.address + i\", value = \"i + 1\" }]

[[step]]
do = \"read\"
address = \"page.address\"
bytes = 3
expect_value = \"1 + 2 * 256 + 3 * 65536\"

[[step]]
do = \"free_pages\"
frame = \"page\"

[[step]]
do = \"free_pages\"
frame = \"page\"
expect_error = \"double_free\"
";

#[test]
fn the_summary() {
    let run = run_text(SMALL, &[]);
    assert_eq!(run.err, "");
    expect![[r#"
        scenario <stdin> on std:linux/i386-3g1g
          A page is taken, written and given back.
          machine of 16384 frames: 16255 free, 129 used, 0 reserved; 1 processor; seed 0

          line  step                    result
             4  alloc_pages as page     frame 0x1001, physical 0x1001000, address
                                        0xc1001000, order 0, zone NORMAL, pressure 0
             9  repeat                  3 rounds, 3 steps
            15  read                    value 197121
            21  free_pages              done
            25  free_pages              refused, double_free: frame 0x1001 is free
                                        already, on the list of processor 0

          steps         7 done, 1 of them refused
          expectations  3 hold
          laws          checked once, at the end
          events        1 frames_given, 1 frames_taken
          memory        16384 frames: 16255 free, 129 used, 0 reserved
    "#]]
    .assert_eq(&run.out);
}

#[test]
fn every_event() {
    let run = run_text(SMALL, &["--events"]);
    assert_eq!(run.err, "");
    expect![[r#"
        scenario <stdin> on std:linux/i386-3g1g
          A page is taken, written and given back.
          machine of 16384 frames: 16255 free, 129 used, 0 reserved; 1 processor; seed 0

          line  step                    result
                .                       frames 0x1001 order 0 from zone 1
             4  alloc_pages as page     frame 0x1001, physical 0x1001000, address
                                        0xc1001000, order 0, zone NORMAL, pressure 0
            12    write                 bytes 1
            12    write                 bytes 1
            12    write                 bytes 1
             9  repeat                  3 rounds, 3 steps
            15  read                    value 197121
                .                       frames 0x1001 order 0 given back
            21  free_pages              done
            25  free_pages              refused, double_free: frame 0x1001 is free
                                        already, on the list of processor 0

          steps         7 done, 1 of them refused
          expectations  3 hold
          laws          checked once, at the end
          events        1 frames_given, 1 frames_taken
          memory        16384 frames: 16255 free, 129 used, 0 reserved
    "#]]
    .assert_eq(&run.out);
}

#[test]
fn lines_for_programs() {
    let run = run_text(SMALL, &["--format", "json"]);
    assert_eq!(run.err, "");
    expect![[r#"
        {"kind":"machine","about":"A page is taken, written and given back.","frames":{"memory":16384,"free":16255,"used":129,"reserved":0},"cpus":1,"seed":0}
        {"kind":"step","line":4,"depth":0,"do":"alloc_pages","as":"page","end":"done","result":{"address":"0xc1001000","frame":"0x1001","order":0,"physical":"0x1001000","pressure":0,"zone":"NORMAL"},"error":null,"message":null}
        {"kind":"step","line":9,"depth":0,"do":"repeat","as":null,"end":"done","result":{"rounds":3,"steps":3},"error":null,"message":null}
        {"kind":"step","line":15,"depth":0,"do":"read","as":null,"end":"done","result":{"value":197121},"error":null,"message":null}
        {"kind":"step","line":21,"depth":0,"do":"free_pages","as":null,"end":"done","result":{},"error":null,"message":null}
        {"kind":"step","line":25,"depth":0,"do":"free_pages","as":null,"end":"refused","result":{},"error":"double_free","message":"frame 0x1001 is free already, on the list of processor 0"}
        {"kind":"summary","right":true,"errors":0,"steps":7,"refused":1,"left_out":0,"held":3,"failed":0,"checks":1,"events":{"frames_given":1,"frames_taken":1},"frames":{"memory":16384,"free":16255,"used":129,"reserved":0}}
    "#]].assert_eq(&run.out);
}

/// Every line of every scenario is a JSON object with a kind; the last one is the summary.
#[test]
fn lines_are_json() {
    for scenario in bundled() {
        let run = scenario.run(&["--format", "json"]);
        let lines: Vec<serde_json::Value> = run
            .out
            .lines()
            .map(|line| serde_json::from_str(line).expect("JSON"))
            .collect();
        let kinds: Vec<&str> = lines
            .iter()
            .filter_map(|line| line["kind"].as_str())
            .collect();
        assert_eq!(kinds.len(), lines.len(), "{}", scenario.name);
        assert_eq!((kinds[0], kinds[kinds.len() - 1]), ("machine", "summary"));
        let summary = &lines[lines.len() - 1];
        assert_eq!(summary["right"], true, "{}", scenario.name);
        assert_eq!(summary["failed"], 0, "{}", scenario.name);
        // A frame that a broken allocator has lost is nobody's.
        if scenario.text.contains("break_allocator") {
            continue;
        }
        let frames = &summary["frames"];
        let of = |name: &str| frames[name].as_u64().expect("a number");
        assert_eq!(of("memory"), of("free") + of("used") + of("reserved"));
    }
}

/// A reader that goes away changes nothing about the exit code.
#[test]
fn a_closed_pipe_is_no_excuse() {
    struct Closed;
    impl std::io::Write for Closed {
        fn write(&mut self, _: &[u8]) -> std::io::Result<usize> {
            Err(std::io::ErrorKind::BrokenPipe.into())
        }
        fn flush(&mut self) -> std::io::Result<()> {
            Ok(())
        }
    }
    // More than the buffer of standard output holds, and a mistake at the end.
    let text = "[[step]]\ndo = \"repeat\"\ncount = 3000\nstep = [{ do = \"check\" }]\n\
                [[step]]\ndo = \"let\"\nvalue = 1\nexpect = \"it.value == 2\"\n";
    let mut errors = Vec::new();
    let streams = mapwright::cli::Streams {
        input: &mut text.as_bytes(),
        output: &mut Closed,
        errors: &mut errors,
        environment: mapwright::cli::Environment::default(),
    };
    let line = [
        "mapwright",
        "simulate",
        "std:linux/i386-3g1g",
        "-",
        "--set",
        "RAM=64M",
        "--events",
    ];
    assert_eq!(mapwright::cli::run(line, streams), 1);
    let errors = String::from_utf8(errors).expect("UTF-8");
    assert!(errors.contains("expectation-fails"), "{errors}");
}

/// A seed is a choice of chance, and nothing else.
#[test]
fn seeds_differ_and_repeat() {
    let text = "[[step]]\ndo = \"repeat\"\ncount = 20\n\
                step = [{ do = \"alloc_pages\", order = \"random(0, 5)\" }]\n\
                [[step]]\ndo = \"checkpoint\"\nshow = \"buddyinfo\"\n";
    let run = |seed| run_text(text, &["--seed", seed]);
    assert_eq!(run("7"), run("7"));
    assert_ne!(run("7").out, run("8").out);
}

/// The reference names every operation, function and word, as the reader knows them.
#[test]
fn the_reference_is_whole() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../compiler/SCENARIOS.md");
    let text = std::fs::read_to_string(path).expect("readable");
    let at = text.find("## Operations\n").expect("the generated half");
    let mut expected = text[..at].to_string();
    expected.push_str(&mapwright::simulate::reference());
    expect_test::expect_file![path].assert_eq(&expected);
}

/// The example at the head of the reference runs.
#[test]
fn the_example_of_the_reference_holds() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../compiler/SCENARIOS.md");
    let text = std::fs::read_to_string(path).expect("readable");
    let mut blocks = 0;
    for block in text.split("```toml\n").skip(1) {
        let scenario = block.split("```").next().expect("an end");
        if scenario.contains("[[step]]") {
            let run = run_text(scenario, &[]);
            assert_eq!(run.code, 0, "{scenario}\n{}", run.err);
            blocks += 1;
        }
    }
    assert!(blocks >= 3, "{blocks} examples");
}

//! Images that nobody made: random bytes as tables of every format, and tables that point to themselves. A walk ends with an answer.

use crate::cli::program::{directory, mapwright, path};
use mapwright_machine::Random;

/// All bundled formats, and the alignment of their roots.
fn formats() -> Vec<String> {
    let run = mapwright(["list", "--format", "json"]);
    let lines = run
        .out
        .lines()
        .map(|line| serde_json::from_str::<serde_json::Value>(line).expect("JSON"));
    let paging = lines.filter(|line| line["kind"] == "paging");
    paging
        .map(|line| line["name"].as_str().expect("a name").to_owned())
        .collect()
}

#[test]
fn random_bytes() {
    let mut random = Random::new(11);
    for round in 0..3 {
        // Sparse, dense, and entries that mostly point into the image.
        let image: Vec<u8> = (0..(256 << 10) / 8)
            .flat_map(|_| {
                let word = random.word();
                let word = match round {
                    0 => word & random.word() & random.word(),
                    1 => word,
                    _ => word & 0x3_ffff | 1,
                };
                word.to_le_bytes()
            })
            .collect();
        let files = directory(&[("image", &image)]);
        let image = path(&files, "image");
        for format in formats() {
            let address = format!("{:#x}", random.word() >> random.below(40));
            for engine in ["table", "jit"] {
                // Dense tables of many levels that point to each other map millions of ranges.
                let all = round < 2 || format.ends_with("32") && engine == "table";
                let address = [address.as_str()];
                let rests = [Some(["--all"]).filter(|_| all), Some(address)];
                for rest in rests.into_iter().flatten() {
                    let line = [
                        "walk", "--paging", &format, "--root", "0", "--image", &image, "--engine",
                        engine,
                    ];
                    let run = mapwright(line.iter().chain(&["--format", "plain"]).chain(&rest));
                    // 2: more ranges than are shown.
                    assert!(
                        run.code == 0 || run.err.contains("these tables map more than"),
                        "{format}: {}",
                        run.err
                    );
                    assert!(!run.out.is_empty() || rest == ["--all"], "{format}");
                }
            }
        }
    }
}

/// A table that is its own table at every level: the whole space is one frame again and again.
#[test]
fn tables_that_point_to_themselves() {
    let entry = 0x67_u64.to_le_bytes();
    let image: Vec<u8> = entry.iter().copied().cycle().take(4096).collect();
    let files = directory(&[("image", &image)]);
    let run = mapwright([
        "walk",
        "--paging",
        "x86_64_4level",
        "--root",
        "0",
        "--image",
        &path(&files, "image"),
        "--all",
        "--format",
        "plain",
    ]);
    assert_eq!((run.code, run.err.as_str()), (0, ""));
    assert_eq!(
        run.out,
        "0x0 0x800000000000 0x0 0x1000 rwxu- repeat 0x1000\n\
         0xffff800000000000 0x10000000000000000 0x0 0x1000 rwxu- repeat 0x1000\n"
    );
}

//! Many addresses at once, translated by machine code made for one layout:
//! `cargo run -p mapwright-jit --example translate_batch`.

#![allow(clippy::print_stdout)]

use mapwright::source::{Disk, Input};
use mapwright::{Options, compile};
use mapwright_jit::{Answer, Translator};

fn main() {
    let options = Options {
        set: vec!["RAM=2G".into()],
        ..Options::default()
    };
    let made = compile(&Input::named("std:linux/i386-3g1g"), &Disk, &options);
    let lowered = made.expect("bundled").lowered;
    let layout = lowered.expect("the bundled layouts are right").layout;
    let space = layout.space_named("linear").expect("its space");

    // Made once, used from any thread, and given back when it is dropped.
    let translator = Translator::new(&layout, space);
    let addresses = [
        0xc010_0000,
        0xf7ff_f000,
        0xf800_0000,
        0xff80_0000,
        0x0804_8000,
    ];
    let (mut physical, mut codes) = ([0; 5], [0; 5]);
    translator.translate_batch(&addresses, &mut physical, &mut codes);

    println!("by {}", translator.engine());
    for (at, address) in addresses.iter().enumerate() {
        let answer = Answer {
            physical: physical[at],
            code: codes[at],
        };
        let meaning = translator.decode(&layout, answer);
        println!("{address:#x} {}", meaning.plain(&layout));
        // The layout says the same, one address at a time.
        assert_eq!(meaning, layout.translate(space, *address));
    }
}

//! What a comparison is made of, from words: page sizes of a layout's format, and texts of TLBs.

use super::tlb_text::{TlbTextError, parse_tlb};
use mapwright_grammar::{NumberError, read_number};
use mapwright_machine::trace::{TraceSpec, WalkShape};
use mapwright_runtime::layout::Layout;
use std::fmt;

/// Why there is no such comparison.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SetupError {
    /// No space of the layout has page tables.
    NotPaged,
    /// The size of a page is no number.
    Size(NumberError),
    /// The format has no pages of a size.
    Page {
        /// The size as it was written.
        text: String,
        /// The format's name.
        format: String,
        /// The sizes that it has.
        known: Vec<String>,
    },
    /// A text is no TLB.
    Tlb(TlbTextError),
}

impl fmt::Display for SetupError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NotPaged => f.write_str("no space of the layout has page tables"),
            Self::Size(error) => error.fmt(f),
            Self::Page {
                text,
                format,
                known,
            } => {
                let known = crate::did_you_mean::list(known.iter().map(String::as_str));
                write!(
                    f,
                    "format `{format}` has no pages of {text}: it has {known}"
                )
            }
            Self::Tlb(error) => error.fmt(f),
        }
    }
}

impl std::error::Error for SetupError {}

/// Every page size with every TLB, for the first space of the layout that has page tables. Without a page size all that the format
/// has, without a TLB fully associative ones of 16, 64 and 512 entries.
///
/// # Errors
/// What cannot be.
pub fn configurations(
    layout: &Layout,
    pages: &[&str],
    tlbs: &[&str],
) -> Result<Vec<TraceSpec>, SetupError> {
    let mut spaces = layout.spaces();
    let format = spaces.find_map(|(id, _)| layout.format_of(id));
    let format = format.ok_or(SetupError::NotPaged)?;
    let shown = |bytes: &u64| super::compare::size(*bytes);
    let known = || format.leaf_sizes().iter().map(shown).collect();
    let sizes: Vec<String> = match pages {
        [] => known(),
        _ => pages.iter().map(ToString::to_string).collect(),
    };
    let tlbs = if tlbs.is_empty() {
        &["16", "64", "512"]
    } else {
        tlbs
    };
    let mut specs = Vec::new();
    for text in sizes {
        let bytes = read_number(text.trim()).map_err(SetupError::Size)?.value;
        let bytes = u64::try_from(bytes).ok();
        let walk = bytes.and_then(|bytes| Some((bytes, WalkShape::of(format, bytes)?)));
        let (bytes, walk) = walk.ok_or_else(|| SetupError::Page {
            text: text.clone(),
            format: format.name().into(),
            known: known(),
        })?;
        for tlb in tlbs {
            specs.push(TraceSpec {
                name: format!("{} pages, TLB {}", shown(&bytes), tlb.trim()),
                walk,
                tlb: parse_tlb(tlb, &[bytes]).map_err(SetupError::Tlb)?,
            });
        }
    }
    Ok(specs)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::{Disk, Input};
    use crate::{Options, compile};

    fn layout(name: &str) -> Layout {
        let options = Options {
            instance: true,
            ..Options::default()
        };
        let made = compile(&Input::named(name), &Disk, &options).expect("bundled");
        made.lowered.expect("an instance").layout
    }

    #[test]
    fn pages_and_tlbs() {
        let layout = layout("std:linux/i386-3g1g");
        let names = |pages: &[&str], tlbs: &[&str]| {
            let made = configurations(&layout, pages, tlbs);
            let made = made.map_err(|error| error.to_string())?;
            Ok(made.into_iter().map(|one| one.name).collect::<Vec<_>>())
        };
        let all = names(&[], &[]).expect("configurations");
        assert_eq!(all.len(), 6);
        assert_eq!(
            (all[0].as_str(), all[5].as_str()),
            ("4K pages, TLB 16", "4M pages, TLB 512")
        );
        let one = names(&["4M"], &["64/4+1536/12"]).expect("one");
        assert_eq!(one, ["4M pages, TLB 64/4+1536/12"]);
        let refused = |pages: &[&str], tlbs: &[&str]| -> String {
            names(pages, tlbs).expect_err("a mistake")
        };
        let expected = "format `x86_32` has no pages of 2M: it has `4K` and `4M`";
        assert_eq!(refused(&["2M"], &[]), expected);
        assert_eq!(
            refused(&["big"], &[]),
            "`big` is not a number; a number is `4096`, `4K`, `0x1000`, `0b1010` or `0o17`; digits may be grouped with `_`"
        );
        assert!(refused(&[], &["x"]).starts_with("`x` is no level of a TLB"));
    }
}

//! Functions of expressions: what can be asked of the machine, chance, and a little arithmetic.

use crate::did_you_mean::{nearest, question};

/// What an argument of a function is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Parameter {
    /// A number.
    Number,
    /// The name of a zone.
    Zone,
    /// The name of a window that is mapped while the machine runs.
    Window,
}

/// Declares the functions: name, parameters (those after `;` may be left out), and what it tells.
macro_rules! functions {
    ($($variant:ident $name:literal ($($need:ident),* $(; $may:ident)*) $doc:literal,)*) => {
        /// A function.
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub(super) enum Function {
            $(#[doc = $doc] $variant,)*
        }

        impl Function {
            /// All of them, with what each tells.
            pub(super) const ALL: &'static [(Self, &'static str, &'static str)] =
                &[$((Self::$variant, $name, $doc)),*];

            /// Its parameters, and how many of them must be there.
            pub(super) const fn parameters(self) -> (&'static [Parameter], usize) {
                match self {
                    $(Self::$variant => {
                        const NEED: &[Parameter] = &[$(Parameter::$need),*];
                        (&[$(Parameter::$need,)* $(Parameter::$may),*], NEED.len())
                    })*
                }
            }
        }
    };
}

functions! {
    Free "free" (; Zone) "free frames of a zone, or of all",
    FreeBlocks "free_blocks" (Zone, Number) "free blocks of an order in a zone",
    Used "used" () "frames that somebody has",
    Reserved "reserved" () "frames that no zone may give",
    Memory "memory" () "all frames of memory",
    Refs "refs" (Number) "how many pages of processes show a frame",
    Tables "tables" () "frames that hold page tables, of the kernel and of all processes",
    DirectPages "direct_pages" (Number) "pages of that many bytes in the direct map",
    Requests "requests" () "requests for frames so far, or since failures were ordered",
    Areas "areas" (Window) "areas in a window",
    Room "room" (Window) "bytes of the largest gap of a window",
    Spare "spare" (Window) "bytes of all gaps of a window",
    SlotsUsed "slots_used" (Window) "slots of a window that have users",
    Flushes "flushes" (Window) "how often the slots of a window were flushed",
    Waiting "waiting" (Window) "how many wait for a slot of a window",
    Processes "processes" () "processes that live",
    Resident "resident" (Number) "pages of a process that have a frame",
    Swapped "swapped" (Number) "pages of a process that are written out",
    Faults "faults" (Number) "page faults of a process that were served",
    Brk "brk" (Number) "the end of a process's heap",
    SwapUsed "swap_used" () "pages that are written out",
    Written "swap_written" () "pages written out so far",
    ReadBack "swap_read" () "pages read back so far",
    HostBytes "host_bytes" () "bytes of the host's memory that the machine takes",
    TlbHits "tlb_hits" () "translations that the TLB had",
    TlbMisses "tlb_misses" () "translations that had to be walked",
    TlbFlushes "tlb_flushes" () "how often the TLB was emptied",
    TlbValid "tlb_valid" () "entries of the TLB that are valid",
    Cycles "cycles" () "cycles that translation took, by the cost model",
    Loads "cr3_loads" () "how often another process's tables were loaded",
    Random "random" (Number, Number) "a number from the first to the second, both included",
    Minimum "min" (Number, Number) "the smallest of two or more",
    Maximum "max" (Number, Number) "the largest of two or more",
    AlignUp "align_up" (Number, Number) "the next multiple of a power of two",
    AlignDown "align_down" (Number, Number) "the multiple of a power of two before",
    CeilDiv "ceil_div" (Number, Number) "the quotient, rounded up",
    Log2 "log2" (Number) "the logarithm to base 2, rounded down",
}

impl Function {
    /// The function of this name, or a suggestion.
    pub(super) fn named(word: &str) -> Result<Self, Option<String>> {
        let names = Self::ALL.iter().map(|(_, name, _)| *name);
        match Self::ALL.iter().find(|(_, name, _)| *name == word) {
            Some((function, _, _)) => Ok(*function),
            None => Err(question(&nearest(word, names))),
        }
    }

    /// Its name.
    pub(super) fn name(self) -> &'static str {
        let mut all = Self::ALL.iter();
        all.find(|(one, _, _)| *one == self)
            .map_or("", |(_, name, _)| name)
    }

    /// True for calculations, which are the layout language's own; the others ask the machine.
    pub(super) const fn is_calculation(self) -> bool {
        self.takes_more()
            || matches!(
                self,
                Self::AlignUp | Self::AlignDown | Self::CeilDiv | Self::Log2
            )
    }

    /// True when any number of arguments like the last may follow.
    pub(super) const fn takes_more(self) -> bool {
        matches!(self, Self::Minimum | Self::Maximum)
    }

    /// Its parameters, one for each argument that it may be given.
    pub(super) fn each_parameter(self) -> impl Iterator<Item = Parameter> {
        let (parameters, _) = self.parameters();
        let more = parameters.last().copied().filter(|_| self.takes_more());
        let more = more.into_iter().flat_map(std::iter::repeat);
        parameters.iter().copied().chain(more)
    }

    /// Whether it takes so many arguments, or what it takes.
    pub(super) fn takes(self, given: usize) -> Result<(), String> {
        let (parameters, least) = self.parameters();
        if self.takes_more() {
            return match given >= least {
                true => Ok(()),
                false => Err(format!("{least} arguments or more")),
            };
        }
        let most = parameters.len();
        if (least..=most).contains(&given) {
            return Ok(());
        }
        let plural = if most == 1 { "" } else { "s" };
        Err(match (least, most) {
            (_, 0) => "no argument".into(),
            (least, most) if least == most => format!("{most} argument{plural}"),
            (least, most) => format!("{least} to {most} argument{plural}"),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn functions_are_found_and_counted() {
        for (function, name, _) in Function::ALL {
            assert_eq!(Function::named(name), Ok(*function));
            assert_eq!(function.name(), *name);
            assert_eq!(function.takes(9).is_err(), !function.takes_more());
        }
        let help = Function::named("fre").expect_err("no such");
        assert_eq!(help.as_deref(), Some("did you mean `free`?"));
        assert_eq!(Function::Free.takes(2), Err("0 to 1 argument".into()));
        assert_eq!(Function::Used.takes(1), Err("no argument".into()));
    }
}

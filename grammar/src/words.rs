//! The words of the language, each declared once: what items begin with, and what attributes there are.
//!
//! The parser's explanations, the search for lost item ends, the resolver, the editors' grammars and the reference all ask
//! here. What the grammar itself spells (`layout.pest`) is held against these tables by tests.

use crate::ast::PlaceKind;

/// A word that begins an item.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ItemWord {
    /// The word.
    pub word: &'static str,
    /// What stands behind it.
    pub behind: Behind,
    /// How an item of this kind is written, for messages.
    pub form: &'static str,
}

/// What stands behind the first word of an item: how a line that begins one is told from a line inside one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Behind {
    /// A name, and then a word or mark of these.
    Name(&'static [&'static str]),
    /// The name of something that is declared elsewhere, and then a mark.
    Other(&'static str),
    /// A text in quotes.
    Text,
    /// A text in quotes, with `std` before it where it names a bundled file.
    Path,
    /// A condition.
    Condition,
    /// A space and an address.
    Example,
}

impl ItemWord {
    /// True when the item declares the name behind its first word.
    #[must_use]
    pub const fn declares(&self) -> bool {
        matches!(self.behind, Behind::Name(_))
    }
}

const PLACE: Behind = Behind::Name(&["in", "["]);
const PLACE_FORM: &str = "WORD NAME in PARENT : start .. end { attributes };";
const PARAM_FORM: &str = "WORD NAME : kind = default in low ..= high;";

const fn item(word: &'static str, behind: Behind, form: &'static str) -> ItemWord {
    ItemWord { word, behind, form }
}

/// Every word that begins an item. In a form, `WORD` stands for the word itself.
pub const ITEMS: &[ItemWord] = &[
    item(
        "use",
        Behind::Path,
        "use \"file.layout\";` or `use std \"paging/x86.layout\";",
    ),
    item("config", Behind::Name(&[":"]), PARAM_FORM),
    item("boot", Behind::Name(&[":"]), PARAM_FORM),
    item("assume", Behind::Condition, "assume CONDITION, \"why\";"),
    item("let", Behind::Name(&[":", "="]), "let NAME : kind = VALUE;"),
    item("enum", Behind::Name(&["{"]), "enum NAME { A, B }"),
    item("paging", Behind::Name(&["{"]), "paging NAME { clauses }"),
    item(
        "space",
        Behind::Name(&[":"]),
        "space NAME : 32 bits, paging FORMAT, to SPACE;",
    ),
    item(
        "split",
        Behind::Other("{"),
        "split SPACE { part : start .. end { attributes }; ... }",
    ),
    item("zone", PLACE, PLACE_FORM),
    item("reserve", PLACE, PLACE_FORM),
    item("device", PLACE, PLACE_FORM),
    item(
        "window",
        PLACE,
        "window NAME in PARENT : start .. end -> target { attributes };",
    ),
    item("guard", PLACE, PLACE_FORM),
    item("hole", PLACE, PLACE_FORM),
    item("area", PLACE, PLACE_FORM),
    item(
        "segment",
        Behind::Name(&[":"]),
        "segment NAME : gdt[12] = code { base: 0, limit: 4G, dpl: 0 };",
    ),
    item("assert", Behind::Condition, "assert CONDITION, \"why\";"),
    item(
        "expect",
        Behind::Example,
        "expect SPACE ADDRESS -> SPACE ADDRESS in WINDOW;",
    ),
    item(
        "layout",
        Behind::Name(&["="]),
        "layout NAME = default with { PARAM = value };",
    ),
    item("export", Behind::Text, "export \"NAME\" = VALUE;"),
];

/// The entry of a word that begins an item.
#[must_use]
pub fn item_word(word: &str) -> Option<&'static ItemWord> {
    ITEMS.iter().find(|item| item.word == word)
}

/// What may have attributes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Owner {
    /// A part of a split.
    Part,
    /// A range that means something.
    Place(PlaceKind),
    /// A segment of x86.
    Segment,
}

impl Owner {
    /// Its keyword; `part` for parts, which have none.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Part => "part",
            Self::Place(kind) => kind.word(),
            Self::Segment => "segment",
        }
    }

    /// The kinds of places that may lie in one of this kind. (In a space that is not split, all may.)
    #[must_use]
    pub const fn children(self) -> &'static [PlaceKind] {
        match self {
            Self::Part => &PlaceKind::ALL,
            Self::Place(PlaceKind::Window) => &[
                PlaceKind::Window,
                PlaceKind::Guard,
                PlaceKind::Hole,
                PlaceKind::Area,
            ],
            Self::Place(PlaceKind::Zone | PlaceKind::Reserve | PlaceKind::Device) => {
                &[PlaceKind::Reserve, PlaceKind::Device]
            }
            Self::Place(PlaceKind::Guard | PlaceKind::Hole | PlaceKind::Area) | Self::Segment => {
                &[]
            }
        }
    }

    /// True when `child` may lie in one of this kind.
    #[must_use]
    pub fn holds(self, child: Self) -> bool {
        matches!(child, Self::Place(kind) if self.children().contains(&kind))
    }

    /// True when something may lie in one of this kind.
    #[must_use]
    pub const fn holds_any(self) -> bool {
        !self.children().is_empty()
    }
}

/// What stands behind the colon of an attribute.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Takes {
    /// Nothing: the key alone, without a colon.
    Nothing,
    /// One of these words.
    Word(&'static [&'static str]),
    /// Letters of `rwx`, each at most once and in this order.
    Rights,
    /// An expression of this kind, as a message names it.
    Number(&'static str),
    /// A text in quotes.
    Reason,
    /// A list of zones.
    Zones,
}

/// An attribute. `because "why"` may stand behind every one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Attribute {
    /// Its key.
    pub key: &'static str,
    /// What may have it.
    pub on: &'static [Owner],
    /// What stands behind the colon.
    pub takes: Takes,
    /// What it says, in a few words.
    pub says: &'static str,
}

const ZONE: Owner = Owner::Place(PlaceKind::Zone);
const RESERVE: Owner = Owner::Place(PlaceKind::Reserve);
const DEVICE: Owner = Owner::Place(PlaceKind::Device);
const WINDOW: Owner = Owner::Place(PlaceKind::Window);
const AREA: Owner = Owner::Place(PlaceKind::Area);

const fn attribute(
    key: &'static str,
    on: &'static [Owner],
    takes: Takes,
    says: &'static str,
) -> Attribute {
    Attribute {
        key,
        on,
        takes,
        says,
    }
}

/// Every attribute. A key that means different things on different items has an entry for each.
pub const ATTRIBUTES: &[Attribute] = &[
    attribute(
        "access",
        &[Owner::Part],
        Takes::Word(&["user", "supervisor", "none"]),
        "who may use its addresses",
    ),
    attribute(
        "tables",
        &[Owner::Part],
        Takes::Word(&["shared", "per_process"]),
        "whose page tables describe it",
    ),
    attribute(
        "access",
        &[WINDOW, AREA],
        Takes::Rights,
        "reading, writing, executing",
    ),
    attribute(
        "global",
        &[WINDOW, AREA],
        Takes::Nothing,
        "its entries survive a change of address space",
    ),
    attribute(
        "guard",
        &[WINDOW, AREA],
        Takes::Number("a size"),
        "what is left free behind everything allocated in it",
    ),
    attribute(
        "page",
        &[WINDOW, AREA],
        Takes::Number("a size"),
        "it is mapped with pages of this size",
    ),
    attribute(
        "grows",
        &[WINDOW, AREA],
        Takes::Word(&["up", "down"]),
        "at which end it runs over",
    ),
    attribute(
        "everywhere",
        &[WINDOW, AREA],
        Takes::Nothing,
        "it is needed with every process's tables",
    ),
    attribute(
        "cache",
        &[WINDOW, DEVICE],
        Takes::Word(&["write_back", "write_through", "uncached", "write_combining"]),
        "how accesses are cached",
    ),
    attribute(
        "backing",
        &[AREA],
        Takes::Word(&["anon", "file"]),
        "what its pages are",
    ),
    attribute(
        "fallback",
        &[ZONE],
        Takes::Zones,
        "which zones are asked when it is empty",
    ),
    attribute(
        "reach",
        &[ZONE],
        Takes::Number("a size"),
        "nothing of it lies at this address or above",
    ),
    attribute(
        "unreached",
        &[ZONE, RESERVE, DEVICE],
        Takes::Reason,
        "why no window need show it",
    ),
    attribute(
        "needed",
        &[RESERVE],
        Takes::Reason,
        "why some window must show it",
    ),
    attribute(
        "map",
        &[RESERVE, DEVICE],
        Takes::Word(&["never"]),
        "no window may show it",
    ),
    attribute(
        "base",
        &[Owner::Segment],
        Takes::Number("an address"),
        "its first linear address",
    ),
    attribute(
        "limit",
        &[Owner::Segment],
        Takes::Number("a size"),
        "its size",
    ),
    attribute(
        "dpl",
        &[Owner::Segment],
        Takes::Number("a level from 0 to 3"),
        "its privilege level",
    ),
];

/// The attributes that an item of this kind may have, in the order declared.
pub fn attributes_of(owner: Owner) -> impl Iterator<Item = &'static Attribute> {
    ATTRIBUTES
        .iter()
        .filter(move |attribute| attribute.on.contains(&owner))
}

/// Functions of expressions, each with what it takes.
pub const FUNCTIONS: &[(&str, &str)] = &[
    ("min", "min(a, b, ...)"),
    ("max", "max(a, b, ...)"),
    ("align_up", "align_up(x, to)"),
    ("align_down", "align_down(x, to)"),
    ("ceil_div", "ceil_div(a, b)"),
    ("log2", "log2(x)"),
    ("index", "index(LEVEL, address)"),
];

/// The kinds of numbers that are built in.
pub const KINDS: &[&str] = &["addr", "size", "int", "bool", "version"];

/// Words that join the parts of an item: two words of which the second is one of these do not begin an item.
pub const JOINTS: &[&str] = &[
    "in", "of", "when", "optional", "alias", "because", "covers", "or", "with", "step", "bits",
    "bytes", "from", "per", "at", "repeat", "reserved", "via",
];

/// Words that may stand between the target of a place and its attributes, in the order in which they are printed.
pub const CLAUSES: &[&str] = &["because", "alias", "covers", "when", "optional"];

//! Models made by hand, for tests: every item by one call, every name looked up nowhere.

use crate::model::paging::Pages;
use crate::model::{
    Alias, Attrs, Claim, Domain, Enum, EnumId, Export, Extent, Family, Item, ItemId, ItemKind,
    Kind, Let, Model, Num, Param, Slot, Space, SpaceId, Target, Var,
};
use crate::source::{FileId, Loc};
use crate::term::{TermId, VarId};
use mapwright_grammar::ast::{ParamClass, PlaceKind, Span};

/// A model being made.
#[derive(Debug, Default)]
pub(crate) struct Sketch {
    pub(crate) model: Model,
    places: u32,
}

pub(crate) const MIB: i128 = 1 << 20;
pub(crate) const GIB: i128 = 1 << 30;

impl Sketch {
    /// A place that no other call gives.
    pub(crate) fn loc(&mut self) -> Loc {
        self.places += 1;
        Loc {
            file: FileId(0),
            span: Span::new(self.places, self.places + 1),
        }
    }

    pub(crate) fn num(&mut self, term: TermId) -> Num {
        let loc = self.loc();
        Num { term, loc }
    }

    pub(crate) fn n(&mut self, value: i128) -> TermId {
        self.model.terms.constant(value)
    }

    fn var(&mut self, name: &str, domain: Domain, family: bool) -> (VarId, TermId) {
        let id = VarId(u32::try_from(self.model.vars.len()).expect("few"));
        self.model.vars.push(Var {
            name: name.into(),
            domain,
            family,
        });
        (id, self.model.terms.var(id))
    }

    pub(crate) fn param(
        &mut self,
        class: ParamClass,
        name: &str,
        kind: Kind,
        default: i128,
        domain: Domain,
    ) -> TermId {
        let (var, term) = self.var(name, domain, false);
        let (loc, domain_loc) = (self.loc(), self.loc());
        let doc = format!("Docs of {name}.");
        self.model.params.push(Param {
            name: name.into(),
            loc,
            doc,
            class,
            kind,
            default,
            domain_loc,
            var,
        });
        term
    }

    pub(crate) fn choices(&mut self, name: &str, choices: &[&str]) -> EnumId {
        let loc = self.loc();
        let variants = choices
            .iter()
            .map(|choice| ((*choice).to_owned(), String::new()))
            .collect();
        self.model.enums.push(Enum {
            name: name.into(),
            variants,
            loc,
            doc: String::new(),
        });
        EnumId(u32::try_from(self.model.enums.len() - 1).expect("few"))
    }

    pub(crate) fn space(&mut self, name: &str, bits: u32, to: Option<SpaceId>) -> SpaceId {
        let bits_term = self.n(i128::from(bits));
        let (bits_num, loc) = (self.num(bits_term), self.loc());
        let end = self.n(1 << bits);
        let page = Pages::PLAIN.size(&mut self.model.terms);
        let (doc, bits, paging) = (String::new(), Some(bits_num), Vec::new());
        let space = Space {
            name: name.into(),
            loc,
            doc,
            bits,
            paging,
            paging_loc: None,
            to,
            end,
            pages: Some(Pages::PLAIN),
            page,
        };
        self.model.spaces.push(space);
        SpaceId(u32::try_from(self.model.spaces.len() - 1).expect("few"))
    }

    pub(crate) fn named(&mut self, name: &str, kind: Kind, term: TermId) -> TermId {
        let (value, loc) = (self.num(term), self.loc());
        self.model.lets.push(Let {
            name: name.into(),
            loc,
            doc: String::new(),
            kind,
            value,
        });
        term
    }

    pub(crate) fn item(
        &mut self,
        kind: ItemKind,
        name: &str,
        space: SpaceId,
        start: TermId,
        end: TermId,
    ) -> ItemId {
        let (start, end) = (self.num(start), self.num(end));
        let (name_loc, loc, range_loc) = (self.loc(), self.loc(), self.loc());
        self.model.items.push(Item {
            kind,
            name: name.into(),
            name_loc,
            loc,
            doc: format!("Docs of {name}."),
            space,
            parent: None,
            range: Some(Extent {
                start,
                end,
                sized: false,
                loc: range_loc,
            }),
            family: None,
            exists: TermId::TRUE,
            when_loc: None,
            optional: false,
            target: Target::None,
            target_loc: None,
            because: None,
            alias: None,
            covers: None,
            attrs: Attrs::default(),
        });
        ItemId(u32::try_from(self.model.items.len() - 1).expect("few"))
    }

    pub(crate) fn get(&mut self, id: ItemId) -> &mut Item {
        &mut self.model.items[id.index()]
    }

    pub(crate) fn window(
        &mut self,
        name: &str,
        parent: ItemId,
        start: TermId,
        end: TermId,
        target: Target,
    ) -> ItemId {
        let space = self.model.item(parent).space;
        let id = self.item(ItemKind::Place(PlaceKind::Window), name, space, start, end);
        let item = self.get(id);
        item.parent = Some(parent);
        item.target = target;
        id
    }

    pub(crate) fn linear(&mut self, space: SpaceId, at: TermId) -> Target {
        Target::Linear {
            space,
            at: self.num(at),
            repeat: None,
        }
    }

    /// The member number of a family that does not exist yet.
    pub(crate) fn member(&mut self, name: &str, count: i128) -> (TermId, Family) {
        let (var, term) = self.var(
            name,
            Domain::Interval {
                low: 0,
                high: count - 1,
                step: 1,
            },
            true,
        );
        let (low, high, loc) = (TermId::FALSE, self.n(count), self.loc());
        (
            term,
            Family {
                var,
                name: name.into(),
                low,
                high,
                loc,
            },
        )
    }

    pub(crate) fn slot(&mut self, name: &str, first: TermId, count: TermId) -> Slot {
        let (count, loc) = (self.num(count), self.loc());
        Slot {
            name: name.into(),
            doc: String::new(),
            count,
            first,
            loc,
        }
    }

    pub(crate) fn export(&mut self, name: &str, kind: Kind, term: TermId) {
        let (value, loc) = (self.num(term), self.loc());
        self.model.exports.push(Export {
            name: name.into(),
            loc,
            doc: String::new(),
            kind,
            value,
        });
    }

    pub(crate) fn assume(&mut self, cond: TermId) {
        let (loc, item_loc) = (self.loc(), self.loc());
        self.model.assumes.push(Claim {
            cond,
            loc,
            why: String::new(),
            item_loc,
        });
    }

    pub(crate) fn assert(&mut self, cond: TermId) {
        let (loc, item_loc) = (self.loc(), self.loc());
        self.model.asserts.push(Claim {
            cond,
            loc,
            why: String::new(),
            item_loc,
        });
    }

    pub(crate) fn alias(&mut self, of: ItemId) -> Option<Alias> {
        let loc = self.loc();
        Some(Alias {
            of: vec![of],
            because: "a reason".into(),
            loc,
        })
    }
}

/// Every value from `low` to `high` in steps.
pub(crate) fn interval(low: i128, high: i128, step: i128) -> Domain {
    Domain::Interval { low, high, step }
}

/// A 32-bit kernel in the manner of i386: lowmem, gap, vmalloc, pkmap, fixmap, an optional zone, a family of stacks.
pub(crate) fn small_kernel() -> Model {
    let mut s = Sketch::default();
    s.model.doc = "A small kernel.".into();
    let offsets = Domain::Set(vec![0x8000_0000, 0xC000_0000]);
    let offset = s.param(
        ParamClass::Config,
        "PAGE_OFFSET",
        Kind::Addr,
        0xC000_0000,
        offsets,
    );
    let pae = s.param(
        ParamClass::Config,
        "PAE",
        Kind::Bool,
        0,
        Domain::Set(vec![0, 1]),
    );
    let ram = s.param(
        ParamClass::Boot,
        "RAM",
        Kind::Size,
        GIB,
        interval(16 * MIB, 64 * GIB, 4096),
    );
    let reserve = s.param(
        ParamClass::Boot,
        "RESERVE",
        Kind::Size,
        128 * MIB,
        interval(16 * MIB, 512 * MIB, 4 * MIB),
    );
    let limit = s.n(4 * GIB);
    let small = s.model.terms.le(ram, limit);
    let assumed = s.model.terms.or(pae, small);
    s.assume(assumed);

    let physical = s.space("physical", 36, None);
    let linear = s.space("linear", 32, Some(physical));
    let (zero, top) = (s.n(0), s.n(1 << 32));
    let user = s.item(ItemKind::Part, "user", linear, zero, offset);
    let kernel = s.item(ItemKind::Part, "kernel", linear, offset, top);
    let _ = user;

    let (pmd_pae, pmd_plain) = (s.n(2 * MIB), s.n(4 * MIB));
    let pmd = s.model.terms.choose(pae, pmd_pae, pmd_plain);
    s.named("PMD", Kind::Size, pmd);
    let fix_top = s.n(0xFFFF_F000);
    let slots = s.n(66);
    let page = s.n(4096);
    let fix_size = s.model.terms.mul(slots, page);
    let fix_start = s.model.terms.sub(fix_top, fix_size);
    let (one, sixty_four) = (s.n(1), s.n(64));
    let slot_list = vec![s.slot("HOLE", zero, one), s.slot("APIC", one, one)];
    let two = s.n(2);
    let io_apic = s.slot("IO_APIC", two, sixty_four);
    let slot_list = slot_list.into_iter().chain([io_apic]).collect();
    s.window(
        "fixmap",
        kernel,
        fix_start,
        fix_top,
        Target::Fixed { slots: slot_list },
    );
    let below = s.model.terms.plus(fix_start, -4096);
    let pkmap_end = s.model.terms.align_down(below, pmd);
    let pkmap_start = s.model.terms.plus(pkmap_end, -4 * MIB);
    let high_zone = ItemId(8);
    let count = s.n(1024);
    let count = s.num(count);
    let pool = Target::Slots {
        count,
        from: vec![high_zone],
    };
    s.window("pkmap", kernel, pkmap_start, pkmap_end, pool);

    let vmalloc_end = s.model.terms.plus(pkmap_start, -8192);
    let room = s.model.terms.sub(vmalloc_end, offset);
    let max = s.model.terms.sub(room, reserve);
    s.named("MAXMEM", Kind::Size, max);
    let low_size = s.model.terms.min(ram, max);
    s.named("lowmem_size", Kind::Size, low_size);
    let low_end = s.model.terms.add(offset, low_size);
    let direct = s.linear(physical, zero);
    s.window("lowmem", kernel, offset, low_end, direct);
    let gap_end = s.model.terms.plus(low_end, 8 * MIB);
    let gap = s.window("gap", kernel, low_end, gap_end, Target::None);
    s.get(gap).kind = ItemKind::Place(PlaceKind::Guard);
    let pages = Target::Pages {
        from: vec![high_zone],
        or_device: true,
    };
    s.window("vmalloc", kernel, gap_end, vmalloc_end, pages);
    let zone = ItemKind::Place(PlaceKind::Zone);
    s.item(zone, "NORMAL", physical, zero, low_size);
    let high = s.item(zone, "HIGHMEM", physical, low_size, ram);
    assert_eq!(high, high_zone);
    s.get(high).optional = true;

    let (p, family) = s.member("p", 4);
    let step = s.n(8192);
    let base = s.n(0xFFE0_0000);
    let down = s.model.terms.mul(p, step);
    let start = s.model.terms.add(base, down);
    let end = s.model.terms.add(start, page);
    let at = s.n(0x10_0000);
    let stack = s.linear(physical, at);
    let stacks = s.window("kstack", kernel, start, end, stack);
    s.get(stacks).family = Some(family);
    let lowmem = ItemId(4);
    s.get(stacks).alias = None;
    s.get(stacks).alias = s.alias(lowmem);

    let last = s.model.terms.plus(vmalloc_end, -1);
    s.export("VMALLOC_END", Kind::Addr, last);
    s.export("VMALLOC_START", Kind::Addr, gap_end);
    s.export("__va_offset", Kind::Addr, offset);
    let least = s.n(4 * MIB);
    let size = s.model.terms.sub(vmalloc_end, gap_end);
    let enough = s.model.terms.ge(size, least);
    let half = s.model.terms.div(size, two);
    s.named("half", Kind::Size, half);
    s.assert(enough);
    s.model
}

//! Instances of the bundled layouts, asked by name.

use mapwright::lower::{self, Lowered};
use mapwright::model::Model;
use mapwright::settings;
use mapwright::source::{Disk, Input, Sources};
use mapwright::{Compilation, Options, compile};
use mapwright_runtime::layout::{Layout, PlaceId, SpaceId};
use mapwright_runtime::translate::Translation;

const PAGE: u64 = 4096;

/// A bundled layout, read once.
pub(super) struct Bundled {
    model: Model,
    sources: Sources,
}

impl Bundled {
    /// The layout of this name.
    pub(super) fn new(name: &str) -> Self {
        let options = Options {
            unchecked: true,
            ..Options::default()
        };
        let made =
            compile(&Input::Bundled(name.to_owned()), &Disk, &options).expect("it is bundled");
        assert!(!made.is_wrong(), "{name}: {:?}", made.diagnostics);
        let Compilation { model, sources, .. } = made;
        Self { model, sources }
    }

    /// The instance in which these parameters have these values: they must be in their domains, fulfil every assumption
    /// and every assertion.
    pub(super) fn with(&self, set: &[(String, String)]) -> Instance {
        let arguments: Vec<String> = set
            .iter()
            .map(|(name, value)| format!("{name}={value}"))
            .collect();
        let mut sources = self.sources.clone();
        let (given, wrong) = settings::settings(&self.model, &mut sources, &arguments);
        assert!(wrong.is_empty(), "{arguments:?}: {wrong:?}");
        let values = settings::instance(&self.model, &given);
        for claim in self.model.assumes.iter().chain(&self.model.asserts) {
            let holds = self.model.terms.eval(claim.cond, &values);
            assert_eq!(
                holds,
                Ok(1),
                "{arguments:?} break: {}",
                sources.slice(claim.loc)
            );
        }
        let Lowered { layout, .. } = lower::lower(&self.model, &sources, &values)
            .unwrap_or_else(|wrong| panic!("{arguments:?}: {wrong:?}"));
        Instance {
            space: layout
                .space_named("linear")
                .expect("the space that kernels see"),
            layout,
        }
    }
}

/// One instance.
pub(super) struct Instance {
    layout: Layout,
    space: SpaceId,
}

impl Instance {
    fn place(&self, name: &str) -> Option<PlaceId> {
        self.layout.place_named(name)
    }

    /// Its first address; `None` when it does not exist or is empty.
    pub(super) fn start(&self, name: &str) -> Option<u64> {
        self.place(name)
            .map(|id| self.layout.place(id).range.base())
    }

    /// Its last address.
    pub(super) fn last(&self, name: &str) -> Option<u64> {
        self.place(name)
            .map(|id| self.layout.place(id).range.last())
    }

    /// One past its last address.
    ///
    /// # Panics
    /// If that is 2^64.
    pub(super) fn end(&self, name: &str) -> Option<u64> {
        self.last(name).map(|last| last + 1)
    }

    /// Both ends.
    pub(super) fn range(&self, name: &str) -> Option<(u64, u64)> {
        self.start(name).zip(self.end(name))
    }

    /// The frames of a zone, half-open.
    pub(super) fn frames(&self, zone: &str) -> Option<(u64, u64)> {
        self.range(zone)
            .map(|(start, end)| (start / PAGE, end / PAGE))
    }

    /// The address of a member of a group of fixed slots.
    pub(super) fn slot(&self, window: &str, group: &str, member: u64) -> Option<u64> {
        let window = self.place(window)?;
        let mut slots = self.layout.fixed_slots(window, PAGE);
        let found = slots.find(|(slot, number, _)| slot.name == group && *number == member);
        found.map(|(_, _, address)| address)
    }

    /// What an address means.
    pub(super) fn translate(&self, address: u64) -> Translation {
        self.layout.translate(self.space, address)
    }

    /// True when this window maps the address there.
    pub(super) fn maps(&self, address: u64, physical: u64, window: &str) -> bool {
        match self.translate(address) {
            Translation::Mapped {
                window: by,
                address: to,
                ..
            } => to == physical && Some(by) == self.place(window),
            _ => false,
        }
    }
}

//! Where the rights stand in an entry, as the one who writes entries needs them.

use super::Marks;
use super::pattern::Pattern;
use alloc::vec::Vec;
use mapwright_runtime::access::Access;
use mapwright_runtime::paging::{Format, Saying, Subject};

impl Pattern {
    /// The bits of an entry that says yes, or no.
    pub(super) const fn saying(saying: Saying, yes: bool) -> Self {
        Self {
            mask: saying.mask,
            value: if yes == saying.inverted {
                0
            } else {
                saying.mask
            },
        }
    }
}

/// The rights that the entries of one form, or of all that map pages, have bits for.
#[derive(Debug, Clone, Default)]
pub(super) struct Rights {
    sayings: Vec<Saying>,
}

impl Rights {
    /// Those of one form of a level.
    pub(super) fn of(format: &Format, level: usize, form: usize) -> Self {
        let sayings = format.sayings_in(level, form);
        Self { sayings }
    }

    /// Those of every form that maps pages, each once.
    pub(super) fn of_pages(format: &Format) -> Self {
        let mut sayings = Vec::new();
        for (depth, level) in format.levels().iter().enumerate() {
            for (number, form) in level.forms.iter().enumerate() {
                if form.leaf {
                    sayings.extend(format.sayings_in(depth, number));
                }
            }
        }
        sayings.sort_unstable();
        sayings.dedup();
        Self { sayings }
    }

    pub(super) fn has(&self, subject: Subject) -> bool {
        self.sayings.iter().any(|saying| saying.subject == subject)
    }

    /// The bits about a subject: `None` when there are none, an error when they are not the same in all forms.
    pub(super) fn only(&self, subject: Subject) -> Result<Option<Saying>, &'static str> {
        let mut found = self
            .sayings
            .iter()
            .filter(|saying| saying.subject == subject);
        match (found.next(), found.next()) {
            (first, None) => Ok(first.copied()),
            _ => Err("its pages note their use in different bits"),
        }
    }

    /// The bits of an entry that maps a page with these rights. Where the modes have a bit each, only the one that the
    /// page is for may fetch from it.
    pub(super) fn of_page(
        &self,
        access: Access,
        seen: Marks,
    ) -> impl Iterator<Item = Pattern> + '_ {
        let pattern = move |saying: &Saying| {
            let yes = match saying.subject {
                Subject::Read => access.read,
                Subject::Write => access.write,
                Subject::Execute => access.execute,
                Subject::KernelExecute => access.execute && !access.user,
                Subject::UserExecute => access.execute && access.user,
                Subject::User => access.user,
                Subject::Global => access.global,
                Subject::Accessed => seen.accessed,
                Subject::Dirty => seen.dirty,
            };
            Pattern::saying(*saying, yes)
        };
        self.sayings.iter().map(pattern)
    }

    /// The bits of an entry that leaves all decisions to the tables below.
    pub(super) fn of_table(&self) -> impl Iterator<Item = Pattern> + '_ {
        let pattern = |saying: &Saying| {
            let note = matches!(
                saying.subject,
                Subject::Global | Subject::Accessed | Subject::Dirty
            );
            Pattern::saying(*saying, !note)
        };
        self.sayings.iter().map(pattern)
    }

    /// What an entry that maps a page allows, in short: what it has no bits for is allowed, but for `global`.
    pub(super) fn decode(&self, entry: u64) -> Access {
        let says = |subject| {
            let mut about = self
                .sayings
                .iter()
                .filter(|saying| saying.subject == subject);
            about.all(|saying| saying.yes(entry))
        };
        let user = says(Subject::User);
        let by_user = says(Subject::UserExecute) && (user || self.has(Subject::UserExecute));
        Access {
            read: says(Subject::Read),
            write: says(Subject::Write),
            execute: says(Subject::Execute) && (by_user || says(Subject::KernelExecute)),
            user,
            global: self.has(Subject::Global) && says(Subject::Global),
        }
    }

    /// What of `access` an entry can say; what it cannot say is allowed, but for `global`.
    pub(super) fn expressible(&self, access: Access) -> Access {
        let says = |subject, asked| asked || !self.has(subject);
        let user = says(Subject::User, access.user);
        let keeps_users_off = self.has(Subject::UserExecute) || !user;
        let both = self.has(Subject::KernelExecute) && keeps_users_off;
        Access {
            read: says(Subject::Read, access.read),
            write: says(Subject::Write, access.write),
            execute: access.execute || !self.has(Subject::Execute) && !both,
            user,
            global: self.has(Subject::Global) && access.global,
        }
    }
}

//! The laws of buses: tables of devices decode to what was mapped and to nothing else.

use super::domain::OwnTables;
use super::{BusMapping, Domain};
use crate::Machine;
use crate::check::scan;
use crate::laws::{Law, Violation};
use crate::tables::Page;
use alloc::collections::BTreeMap;
use alloc::format;
use alloc::vec::Vec;

impl Machine {
    /// Every page of every domain's tables shows what its books say; every mapping is there from end to
    /// end; frames are pinned as often as they are mapped.
    pub(crate) fn check_bus(&self) -> Result<(), Violation> {
        let mut pinned: BTreeMap<u64, u32> = BTreeMap::new();
        for domain in self.bus.domains.values() {
            let Some(own) = &domain.own else { continue };
            self.check_domain(domain, own)?;
            for mapping in domain.mappings.values() {
                let (page, last) = (self.page(), mapping.physical + (mapping.bytes - 1));
                for frame in mapping.physical / page..=last / page {
                    *pinned.entry(frame).or_default() += 1;
                }
            }
        }
        if pinned != self.bus.pinned {
            let (expected, found) = (pinned.len(), self.bus.pinned.len());
            let operation = "counting the frames that devices reach";
            return Err(Violation::new(
                Law::TablesDecode,
                operation,
                format!("{expected} frames, each as often as it is mapped"),
                format!("{found} frames"),
            ));
        }
        Ok(())
    }

    fn check_domain(&self, domain: &Domain, own: &OwnTables) -> Result<(), Violation> {
        let (mut pages, mut counts) = (Vec::new(), Vec::new());
        scan(self, &own.tables, &mut pages, &mut counts);
        let mut bytes: BTreeMap<u64, u64> = BTreeMap::new();
        for page in &pages {
            if let Some(mapping) = domain.mapping_at(page.address) {
                check_page(domain, page, mapping)?;
                *bytes.entry(mapping.address).or_default() += page.bytes;
            } else if own.windows.physical_of(page.address) != Some(page.physical) {
                return Err(wrong(domain, page, "nothing"));
            }
        }
        for mapping in domain.mappings.values() {
            let found = bytes.get(&mapping.address).copied().unwrap_or(0);
            if found != mapping.bytes {
                let operation = format!("reading the tables of bus domain {}", domain.id);
                let expected = format!("{:#x} bytes at {:#x}", mapping.bytes, mapping.address);
                let found = format!("{found:#x} bytes");
                return Err(Violation::new(
                    Law::TablesDecode,
                    operation,
                    expected,
                    found,
                ));
            }
        }
        let (expected, found) = (own.tables.tables(), counts.len() as u64);
        if expected != found {
            let operation = format!("counting the tables of bus domain {}", domain.id);
            return Err(Violation::new(Law::TablesCount, operation, expected, found));
        }
        for (table, present) in counts {
            self.check_count(table, present)?;
        }
        Ok(())
    }
}

fn wrong(domain: &Domain, page: &Page, expected: impl core::fmt::Display) -> Violation {
    let operation = format!(
        "reading the tables of bus domain {} at {:#x}",
        domain.id, page.address
    );
    let found = format!(
        "{:#x}, {:#x} bytes, {:?}",
        page.physical, page.bytes, page.access
    );
    Violation::new(Law::TablesDecode, operation, expected, found)
}

fn check_page(domain: &Domain, page: &Page, mapping: &BusMapping) -> Result<(), Violation> {
    let physical = mapping.physical + (page.address - mapping.address);
    let inside = mapping.range().last() - page.address >= page.bytes - 1;
    let expressible = domain
        .own_tables()
        .map(|tables| tables.encoder().expressible(mapping.access));
    if page.physical == physical && inside && Some(page.access) == expressible {
        return Ok(());
    }
    let expected = format!("{physical:#x}, {:?}", mapping.access);
    Err(wrong(domain, page, expected))
}

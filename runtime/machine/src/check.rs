//! The laws of a whole machine: everything that is noted somewhere, counted anew from the bytes.

use super::direct::LinearWindow;
use super::laws::{Law, Violation};
use super::memory::{FrameState, FrameUse};
use super::process::Process;
use super::tables::{Page, PageTables, for_each_page};
use super::window::{AreaUse, AreaWindow};
use super::{Machine, MachineError};
use alloc::collections::BTreeMap;
use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;
use core::fmt;
use mapwright_runtime::access::Access;
use mapwright_runtime::range::Range;

/// The law: an address lies in its window.
pub(super) fn address_in(
    window: Range,
    address: u64,
    operation: impl fmt::Display,
) -> Result<(), Violation> {
    if window.contains(address) {
        return Ok(());
    }
    let found = format!("{address:#x}");
    Err(Violation::new(
        Law::AddressInWindow,
        operation,
        window,
        found,
    ))
}

/// The laws of a new area: inside its window with its guard, and away from its neighbours.
pub(super) fn area(window: &AreaWindow, start: u64) -> Result<(), MachineError> {
    let operation = format!("an area of window `{}`", window.name);
    let area = window.area_from(start)?;
    address_in(window.range, area.start, &operation)?;
    let last = area.start + (area.bytes - 1) + window.guard;
    address_in(window.range, last, &operation)?;
    let before = start.checked_sub(1).and_then(|last| window.area_at(last));
    let after = window.area_at(last);
    for other in [before, after].into_iter().flatten() {
        let reach = other.start + other.bytes + window.guard;
        if other.start != start && other.start <= last && reach > start {
            let found = format!("{:#x} .. {reach:#x}", other.start);
            let expected = format!("{start:#x} .. {:#x} alone", last + 1);
            return Err(Violation::new(Law::NoOverlap, operation, expected, found).into());
        }
    }
    Ok(())
}

/// The pages that the tables map and what is noted of them.
struct Census {
    /// Pages in each window, by its first address.
    pages: BTreeMap<u64, u64>,
    tables: u64,
    wrong: Option<Violation>,
}

impl Census {
    fn wrong(&mut self, page: &Page, expected: String) {
        let Page {
            physical,
            bytes,
            access,
            ..
        } = page;
        let found = format!("{physical:#x}, {bytes:#x} bytes, {access:?}");
        let operation = format!("reading the kernel's tables at {:#x}", page.address);
        let violation = Violation::new(Law::TablesDecode, operation, expected, found);
        self.wrong.get_or_insert(violation);
    }
}

impl Machine {
    /// Checks every law of the whole machine: frames add up, objects add up, every table's bytes decode
    /// to what is noted and to nothing else, areas keep apart, sharers are as many as mappings. The cost grows
    /// with what is in use, and with the allocator's bitmaps.
    ///
    /// # Errors
    /// The first law that is broken, as [`MachineError::Law`].
    pub fn check(&self) -> Result<(), MachineError> {
        self.physical.check()?;
        self.slabs.check(&self.physical)?;
        for window in self.dynamic.areas.values() {
            if let Some((expected, found)) = window.wrong() {
                let operation = format!("looking at the areas of window `{}`", window.name);
                return Err(Violation::new(Law::NoOverlap, operation, expected, found).into());
            }
        }
        let pages = self.check_kernel_tables()?;
        self.check_processes(&pages)?;
        self.check_bus()?;
        self.check_table_frames()
    }

    /// The pages of the kernel, by address.
    fn check_kernel_tables(&self) -> Result<Vec<Page>, Violation> {
        let mut census = Census {
            pages: BTreeMap::new(),
            tables: 0,
            wrong: None,
        };
        let mut pages = Vec::new();
        let mut counts = Vec::new();
        scan(self, &self.kernel, &mut pages, &mut counts);
        census.tables = counts.len() as u64;
        for page in &pages {
            self.check_page(page, &mut census);
        }
        for (table, present) in counts {
            self.check_count(table, present)?;
        }
        if let Some(violation) = census.wrong {
            return Err(violation);
        }
        self.check_census(&census)?;
        Ok(pages)
    }

    pub(super) fn check_count(&self, table: u64, present: u32) -> Result<(), Violation> {
        let memory = self.physical.memory();
        let state = memory.frames().get(table >> memory.frame_bits());
        if (state.used, state.count) == (FrameUse::Table, present) {
            return Ok(());
        }
        let operation = format!("counting the entries of the table at {table:#x}");
        let expected = format!("{present} entries in a table");
        let found = format!("{} entries in {}", state.count, state.used);
        Err(Violation::new(Law::TablesCount, operation, expected, found))
    }

    /// What one page of the kernel's tables should show.
    fn check_page(&self, page: &Page, census: &mut Census) {
        let address = page.address;
        let holds = |window: &&LinearWindow| window.range.contains(address);
        if let Some(window) = self.windows.windows().iter().find(holds) {
            let physical = window.target.base() + (address - window.range.base());
            if physical != page.physical {
                census.wrong(page, format!("{physical:#x}, by the linear window"));
            }
            self.expect_rights(page, window.access, census);
            return;
        }
        if let Some(window) = self
            .dynamic
            .areas
            .values()
            .find(|window| window.range.contains(address))
        {
            let shown = window.area_at(address).and_then(|area| {
                let number = (address - area.start) / window.page;
                match &area.used {
                    AreaUse::Frames(frames) => {
                        frames.get(number as usize).map(|frame| frame * window.page)
                    }
                    AreaUse::Device(at) | AreaUse::Borrowed(at) => Some(at + number * window.page),
                }
            });
            self.expect_rights(page, self.layout.place(window.place).access, census);
            return self.expect(page, shown, window.range, census);
        }
        if let Some(window) = self
            .dynamic
            .slots
            .values()
            .find(|window| window.range.contains(address))
        {
            let number = (address - window.range.base()) / window.page;
            let slot = window
                .slots()
                .get(number as usize)
                .filter(|slot| slot.count != 0);
            let shown = slot.map(|slot| slot.frame * window.page);
            self.expect_rights(page, self.layout.place(window.place).access, census);
            return self.expect(page, shown, window.range, census);
        }
        for window in self.dynamic.fixed.values() {
            let range = self.layout.place(window.place).range;
            if range.contains(address) {
                let mut used = window.used().map(|(_, _, mapping)| mapping);
                let shown = used.find(|mapping| mapping.address == address);
                let shown = shown.map(|mapping| mapping.physical);
                self.expect_rights(page, self.layout.place(window.place).access, census);
                return self.expect(page, shown, range, census);
            }
        }
        if !self
            .dynamic
            .descriptors
            .iter()
            .any(|range| range.contains(address))
        {
            census.wrong(page, "nothing: it is in no window".into());
        }
    }

    /// A page of the kernel has the rights of its window, as far as the format can say them.
    fn expect_rights(&self, page: &Page, access: Access, census: &mut Census) {
        let expected = self.kernel.encoder().expressible(access);
        if page.access != expected {
            census.wrong(page, format!("{expected:?}"));
        }
    }

    fn expect(&self, page: &Page, shown: Option<u64>, window: Range, census: &mut Census) {
        *census.pages.entry(window.base()).or_default() += 1;
        match shown {
            Some(physical) if (physical, self.page()) == (page.physical, page.bytes) => {}
            Some(physical) => census.wrong(page, format!("{physical:#x}, one page")),
            None => census.wrong(page, "nothing: nobody asked for it".into()),
        }
    }

    /// As many pages as the books have, in each window; as many tables as were made.
    fn check_census(&self, census: &Census) -> Result<(), Violation> {
        let areas = self.dynamic.areas.values().map(|window| {
            let pages = window.areas().map(|area| area.bytes / window.page).sum();
            (window.range, pages)
        });
        let slots = self.dynamic.slots.values().map(|window| {
            let mapped = window.slots().iter().filter(|slot| slot.count != 0).count();
            (window.range, mapped as u64)
        });
        let fixed = self.dynamic.fixed.values().map(|window| {
            let range = self.layout.place(window.place).range;
            (range, window.used().count() as u64)
        });
        for (range, expected) in areas.chain(slots).chain(fixed) {
            let found = census.pages.get(&range.base()).copied().unwrap_or(0);
            if found != expected {
                let operation = format!("counting the pages of {range}");
                return Err(Violation::new(
                    Law::TablesDecode,
                    operation,
                    expected,
                    found,
                ));
            }
        }
        let expected = self.kernel.tables();
        if census.tables != expected {
            let operation = "counting the kernel's tables";
            return Err(Violation::new(
                Law::TablesCount,
                operation,
                expected,
                census.tables,
            ));
        }
        Ok(())
    }

    /// Every page of every process is where its books say, and every frame has as many sharers as mappings.
    fn check_processes(&self, kernel: &[Page]) -> Result<(), MachineError> {
        let mut sharers: BTreeMap<u64, u32> = BTreeMap::new();
        for process in self.processes.values() {
            let mut resident = process.resident();
            let (mut pages, mut counts) = (Vec::new(), Vec::new());
            scan(self, process.tables(), &mut pages, &mut counts);
            let own = |page: &&Page| !self.is_shared(page.address);
            self.check_shared_pages(process, pages.iter().filter(|page| !own(page)), kernel)?;
            for page in pages.iter().filter(own) {
                let expected = resident.next();
                let found = Some(page.address);
                let inside = process.area_at(page.address).is_some();
                if expected != found || !inside {
                    let operation = format!("reading the tables of process {}", process.id());
                    let expected = format!("a page of an area at {expected:#x?}");
                    let found = format!("a page at {found:#x?}");
                    let law = Law::TablesDecode;
                    return Err(Violation::new(law, operation, expected, found).into());
                }
                self.check_user_page(process, page)?;
                *sharers.entry(page.physical / self.page()).or_default() += 1;
            }
            if let Some(address) = resident.next() {
                let operation = format!("reading the tables of process {}", process.id());
                let expected = format!("a page at {address:#x}");
                return Err(Violation::new(Law::TablesDecode, operation, expected, "none").into());
            }
            for (address, frame) in process.hidden() {
                let closed = process.area_at(address).is_some();
                if !closed
                    || process
                        .tables()
                        .walk(self.physical.memory(), address)
                        .is_ok()
                {
                    let operation =
                        format!("looking at the hidden pages of process {}", process.id());
                    let expected = format!("a page of an area at {address:#x}, without an entry");
                    return Err(
                        Violation::new(Law::TablesDecode, operation, expected, "another").into(),
                    );
                }
                *sharers.entry(frame).or_default() += 1;
            }
            for (table, present) in counts {
                self.check_count(table, present)?;
            }
        }
        self.check_sharers(&sharers)
    }

    /// What a process sees of the kernel is what the kernel sees, as far as it has seen it yet.
    fn check_shared_pages<'a>(
        &self,
        process: &Process,
        pages: impl Iterator<Item = &'a Page>,
        kernel: &[Page],
    ) -> Result<(), Violation> {
        let known = |page: &Page| (page.address, page.physical, page.bytes, page.access);
        for page in pages {
            let at = kernel.partition_point(|other| other.address < page.address);
            let theirs = kernel.get(at).map(known);
            if theirs != Some(known(page)) {
                let operation = format!(
                    "reading the kernel's part of the tables of process {}",
                    process.id()
                );
                let show = |(address, physical, bytes, access): (u64, u64, u64, Access)| {
                    format!("{address:#x}: {physical:#x}, {bytes:#x} bytes, {access:?}")
                };
                let expected = theirs.map_or_else(|| "nothing".into(), show);
                let found = show(known(page));
                let law = Law::TablesDecode;
                return Err(Violation::new(law, operation, expected, found));
            }
        }
        Ok(())
    }

    /// A page of a process is of the smallest size, has no right that its area has not, and is writable for one
    /// process only.
    fn check_user_page(&self, process: &Process, page: &Page) -> Result<(), Violation> {
        let area = process.area_at(page.address).map(|area| area.access);
        let allowed = process
            .tables()
            .encoder()
            .expressible(area.unwrap_or(Access::NONE));
        let frame = page.physical / self.page();
        let sharers = self.physical.memory().frames().get(frame).count;
        let rights = Access {
            write: allowed.write && page.access.write,
            ..allowed
        };
        let shared = page.access.write && sharers > 1;
        if page.access == rights && page.bytes == self.page() && !shared {
            return Ok(());
        }
        let operation = format!(
            "reading the tables of process {} at {:#x}",
            process.id(),
            page.address
        );
        let expected = format!("one page, at most {allowed:?}, written by one process only");
        let found = format!(
            "{:#x} bytes, {:?}, {sharers} sharers",
            page.bytes, page.access
        );
        Err(Violation::new(
            Law::TablesDecode,
            operation,
            expected,
            found,
        ))
    }

    fn check_sharers(&self, sharers: &BTreeMap<u64, u32>) -> Result<(), MachineError> {
        let mut noted = BTreeMap::new();
        self.physical
            .memory()
            .frames()
            .for_each_used(|frame, state| {
                if state.used == FrameUse::User {
                    noted.insert(frame, state.count);
                }
            });
        if noted == *sharers {
            return Ok(());
        }
        let differs = |frame: &&u64| noted.get(frame) != sharers.get(frame);
        let frame = noted.keys().chain(sharers.keys()).find(differs);
        let show = |map: &BTreeMap<u64, u32>| {
            let count = frame.and_then(|frame| map.get(frame)).copied().unwrap_or(0);
            format!("{count} of frame {:#x}", frame.copied().unwrap_or(0))
        };
        let operation = "counting the sharers of frames";
        let (expected, found) = (show(&noted), show(sharers));
        Err(Violation::new(Law::SharersAddUp, operation, expected, found).into())
    }

    /// As many frames hold tables as the kernel and all processes have made.
    fn check_table_frames(&self) -> Result<(), MachineError> {
        let processes = self.processes.values();
        let made: u64 = processes.map(|process| process.tables().tables()).sum();
        let expected = made + self.kernel.tables() + self.bus.tables();
        let mut found = 0;
        let table = |state: FrameState| u64::from(state.used == FrameUse::Table);
        let frames = self.physical.memory().frames();
        frames.for_each_used(|_, state| found += table(state));
        if found != expected {
            let operation = "counting the frames of all tables";
            return Err(Violation::new(Law::TablesCount, operation, expected, found).into());
        }
        Ok(())
    }
}

pub(super) fn scan(
    machine: &Machine,
    tables: &PageTables,
    pages: &mut Vec<Page>,
    counts: &mut Vec<(u64, u32)>,
) {
    for_each_page(
        machine.physical.memory(),
        tables.encoder().format(),
        tables.space_bits(),
        tables.roots(),
        |page| pages.push(page),
        |table, _, present| counts.push((table, present)),
    );
    pages.sort_unstable();
    // The same table may be seen by way of several roots.
    counts.sort_unstable();
    counts.dedup();
}

//! What the kernel is asked for: frames, objects, and its dynamic windows. Each call is the work of the part that has the
//! books: [`crate::physical`], [`crate::slab`], [`crate::window`].

use crate::slab::{CacheId, Object, SlabError};
use crate::spec::FrameFlags;
use crate::window::{FixedMapping, KernelArea, KmapResult, Kunmapped};
use crate::{Machine, MachineError, Pages};

/// Frames and objects.
impl Machine {
    /// `alloc_pages`: 2^order frames in one block.
    ///
    /// # Errors
    /// When no zone has them; the error names each zone tried and why.
    pub fn alloc_pages(&mut self, order: u32, flags: FrameFlags) -> Result<Pages, MachineError> {
        self.parts().0.alloc_pages(order, flags)
    }

    /// `free_pages`: gives back what `alloc_pages` gave.
    ///
    /// # Errors
    /// When it was not given so.
    pub fn free_pages(&mut self, frame: u64, order: u32, cpu: u32) -> Result<(), MachineError> {
        self.parts().0.free_pages(frame, order, cpu)
    }

    /// `kmalloc`: bytes in the direct map, contiguous in memory.
    ///
    /// # Errors
    /// When they are too many, or there is no frame for a slab.
    pub fn kmalloc(&mut self, bytes: u64, flags: FrameFlags) -> Result<Object, MachineError> {
        let (mut ground, _, slabs) = self.parts();
        slabs.kmalloc(&mut ground, bytes, flags)
    }

    /// `kfree`: gives an object back, of a size class or of a named cache.
    ///
    /// # Errors
    /// When the address is no object in use.
    pub fn kfree(&mut self, address: u64) -> Result<CacheId, MachineError> {
        let (mut ground, _, slabs) = self.parts();
        slabs.take_object(&mut ground, address, None)
    }

    /// `kmem_cache_create`.
    ///
    /// # Errors
    /// When such a cache cannot be, or there is one of this name.
    pub fn cache_create(
        &mut self,
        name: &str,
        bytes: u64,
        align: u64,
    ) -> Result<CacheId, MachineError> {
        let (ground, _, slabs) = self.parts();
        slabs.create_named(&ground, name, bytes, align)
    }

    /// `kmem_cache_alloc`.
    ///
    /// # Errors
    /// When there is no frame for a slab.
    pub fn cache_alloc(
        &mut self,
        cache: CacheId,
        flags: FrameFlags,
    ) -> Result<Object, MachineError> {
        let (mut ground, _, slabs) = self.parts();
        slabs.give_object(&mut ground, cache, flags)
    }

    /// `kmem_cache_free`.
    ///
    /// # Errors
    /// When the address is no object in use of this cache.
    pub fn cache_free(&mut self, cache: CacheId, address: u64) -> Result<(), MachineError> {
        let (mut ground, _, slabs) = self.parts();
        slabs
            .take_object(&mut ground, address, Some(cache))
            .map(|_| ())
    }

    /// `kmem_cache_destroy`.
    ///
    /// # Errors
    /// When objects are in use, or there is no such cache.
    pub fn cache_destroy(&mut self, cache: CacheId) -> Result<(), MachineError> {
        self.slabs.destroy(&mut self.physical, cache)
    }

    /// Gives back all slabs without objects; how many.
    ///
    /// # Errors
    /// When a law is broken.
    pub fn reap_slabs(&mut self) -> Result<u64, MachineError> {
        self.slabs.reap(&mut self.physical)
    }

    /// The address of a physical address in the direct map (`__va`).
    ///
    /// # Errors
    /// When no linear window shows it.
    pub fn virtual_of(&self, physical: u64) -> Result<u64, MachineError> {
        let address = self.windows.address_of(physical);
        Ok(address.ok_or(SlabError::NoAddress { physical })?)
    }

    /// `vmalloc`: bytes that are contiguous in the window only; frames come one by one from the
    /// window's zones, in its order of preference. Without a name the window is `vmalloc`, or else the
    /// largest one for areas.
    ///
    /// # Errors
    /// When no gap is large enough or frames run out; nothing has changed then.
    pub fn vmalloc(
        &mut self,
        bytes: u64,
        window: Option<&str>,
    ) -> Result<KernelArea, MachineError> {
        let (mut ground, windows, _) = self.parts();
        windows.vmalloc(&mut ground, bytes, window)
    }

    /// `vfree`, `iounmap`, giving back what was borrowed: takes the area away that begins at
    /// `address`, with its own frames, if it has any.
    ///
    /// # Errors
    /// When no area begins there.
    pub fn vfree(&mut self, address: u64) -> Result<KernelArea, MachineError> {
        let (mut ground, windows, _) = self.parts();
        windows.vfree(&mut ground, address)
    }

    /// `ioremap`: a device's physical range where the direct map shows it already, or else in a window for devices, or,
    /// if there is none, in the window for areas, when that takes devices too.
    ///
    /// # Errors
    /// When the range is memory, or leaves physical space, or no gap is large enough.
    pub fn ioremap(&mut self, at: u64, bytes: u64) -> Result<KernelArea, MachineError> {
        let (mut ground, windows, _) = self.parts();
        windows.ioremap(&mut ground, at, bytes)
    }

    /// `iounmap`: takes away what [`Machine::ioremap`] gave; the direct map stays as it is.
    ///
    /// # Errors
    /// When no area begins at the page of `address`.
    pub fn iounmap(&mut self, address: u64) -> Result<KernelArea, MachineError> {
        let (mut ground, windows, _) = self.parts();
        windows.iounmap(&mut ground, address)
    }

    /// Borrows address space to reach memory that belongs to others: maps a physical range of memory,
    /// to be given back with [`Machine::vfree`].
    ///
    /// # Errors
    /// When part of it is no memory, or no gap is large enough.
    pub fn borrow_memory(
        &mut self,
        at: u64,
        bytes: u64,
        window: Option<&str>,
    ) -> Result<KernelArea, MachineError> {
        let (mut ground, windows, _) = self.parts();
        windows.borrow_memory(&mut ground, at, bytes, window)
    }

    /// `kmap`: an address for a frame: its own in the direct map, or a slot's.
    ///
    /// # Errors
    /// When all slots are in use and the caller does not `wait`; when the frame is no memory.
    pub fn kmap(&mut self, frame: u64, wait: bool) -> Result<KmapResult, MachineError> {
        let (mut ground, windows, _) = self.parts();
        windows.kmap(&mut ground, frame, wait)
    }

    /// `kunmap`: one user of a frame's slot less. When nobody uses it any more, who waits longest
    /// gets a slot.
    ///
    /// # Errors
    /// When the frame is not mapped.
    pub fn kunmap(&mut self, frame: u64) -> Result<Kunmapped, MachineError> {
        let (mut ground, windows, _) = self.parts();
        windows.kunmap(&mut ground, frame)
    }

    /// `set_fixmap`: makes a fixed slot show the page at `physical`; what it showed before, which is
    /// overwritten.
    ///
    /// # Errors
    /// When there is no such slot, or it cannot be mapped.
    pub fn set_fixed(
        &mut self,
        name: &str,
        member: u64,
        physical: u64,
    ) -> Result<(FixedMapping, Option<FixedMapping>), MachineError> {
        let (mut ground, windows, _) = self.parts();
        windows.set_fixed(&mut ground, name, member, physical)
    }

    /// `clear_fixmap`: what the slot showed.
    ///
    /// # Errors
    /// When there is no such slot, or it is free.
    pub fn clear_fixed(&mut self, name: &str, member: u64) -> Result<FixedMapping, MachineError> {
        let (mut ground, windows, _) = self.parts();
        windows.clear_fixed(&mut ground, name, member)
    }

    /// The slot of `kmap_atomic` for a processor and a type: the group `KMAP` is shared out among the
    /// processors.
    ///
    /// # Errors
    /// When the layout has no such slot.
    pub fn atomic_slot(&self, cpu: u32, kind: u64) -> Result<u64, MachineError> {
        self.dynamic.atomic_slot(&self.layout, self.cpus, cpu, kind)
    }

    /// `kmap_atomic`: an address for a frame without waiting: its own in the direct map, or the fixed
    /// slot of this processor and type. What the slot showed before is overwritten, and given back
    /// as the second value: its user reads another frame from now on.
    ///
    /// # Errors
    /// When the layout has no such slot, or the frame is no memory.
    pub fn kmap_atomic(
        &mut self,
        cpu: u32,
        kind: u64,
        frame: u64,
    ) -> Result<(u64, Option<FixedMapping>), MachineError> {
        let (mut ground, windows, _) = self.parts();
        windows.kmap_atomic(&mut ground, cpu, kind, frame)
    }

    /// `kunmap_atomic`.
    ///
    /// # Errors
    /// When the slot is not in use.
    pub fn kunmap_atomic(&mut self, cpu: u32, kind: u64) -> Result<FixedMapping, MachineError> {
        let (mut ground, windows, _) = self.parts();
        windows.kunmap_atomic(&mut ground, cpu, kind)
    }
}

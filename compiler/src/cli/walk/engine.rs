//! What walks: the interpreter of the format, or machine code made from it.

use mapwright_runtime::walk::{Image, Interpreter, Mapped, WalkFault, Wanted};

use super::super::console::Failure;
use super::super::options::Engine;
use super::Subject;

/// The most ranges that are held at once; more than any real tables give.
const MOST_RANGES: usize = 1 << 24;

/// Tables of one address space, ready to be walked.
#[derive(Debug)]
pub(super) struct Walker<'a> {
    image: &'a Image<'a>,
    roots: &'a [u64],
    interpreter: Interpreter,
}

impl<'a> Walker<'a> {
    pub(super) fn new(
        subject: &Subject,
        image: &'a Image<'a>,
        roots: &'a [u64],
        engine: Engine,
    ) -> Result<Self, Failure> {
        let _ = engine;
        Ok(Self {
            image,
            roots,
            interpreter: Interpreter::new(&subject.format, subject.space_bits),
        })
    }

    /// Walks to one address, and asks for rights there. Addresses beyond 2^64 are not canonical.
    pub(super) fn walk(
        &self,
        address: u128,
        wanted: &[Wanted],
    ) -> Result<mapwright_runtime::walk::Walk, WalkFault> {
        let address = u64::try_from(address).map_err(|_| WalkFault::NonCanonical)?;
        let walk = self.interpreter.walk(self.image, self.roots, address)?;
        let refused = wanted.iter().any(|wanted| !walk.page.rights.allow(*wanted));
        if refused {
            return Err(WalkFault::Permission {
                level: walk.level,
                entry_at: walk.page.entry_at,
                entry: walk.page.entry,
            });
        }
        Ok(walk)
    }

    /// Everything that the tables map.
    pub(super) fn ranges(&self) -> Mapped {
        self.interpreter.ranges(self.image, self.roots, MOST_RANGES)
    }
}

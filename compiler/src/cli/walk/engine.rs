//! What walks: the interpreter of the format, or machine code made from it.

use mapwright_runtime::range::Range;
use mapwright_runtime::walk::{Image, Interpreter, MappedTree, Reading, Walk, WalkFault, Wanted};

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
    #[cfg(feature = "jit")]
    machine_code: Option<Box<mapwright_jit::Walker>>,
}

impl<'a> Walker<'a> {
    pub(super) fn new(
        subject: &Subject,
        image: &'a Image<'a>,
        roots: &'a [u64],
        reading: Reading,
        engine: Engine,
    ) -> Result<Self, Failure> {
        let machine_code = match engine {
            Engine::Table => None,
            Engine::Jit => Some(machine_code(subject, reading)?),
        };
        #[cfg(not(feature = "jit"))]
        let _: Option<()> = machine_code;
        Ok(Self {
            image,
            roots,
            interpreter: Interpreter::with_reading(&subject.format, subject.space_bits, reading),
            #[cfg(feature = "jit")]
            machine_code,
        })
    }

    /// Walks to one address, and asks for rights there. Addresses beyond 2^64 are not canonical.
    pub(super) fn walk(&self, address: u128, wanted: &[Wanted]) -> Result<Walk, WalkFault> {
        let address = u64::try_from(address).map_err(|_| WalkFault::NonCanonical)?;
        let walk = self.translate(address)?;
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

    fn translate(&self, address: u64) -> Result<Walk, WalkFault> {
        #[cfg(feature = "jit")]
        if let Some(code) = &self.machine_code {
            return code.walk(self.image, self.roots, address);
        }
        self.interpreter.walk(self.image, self.roots, address)
    }

    /// Everything that the tables map. Every table is read once, whatever the engine.
    pub(super) fn ranges(&self) -> MappedTree {
        self.interpreter.ranges(self.image, self.roots, MOST_RANGES)
    }

    /// The addresses that the roots translate, in order.
    pub(super) fn covered(&self) -> Vec<Range> {
        self.interpreter.covered(self.roots)
    }
}

#[cfg(feature = "jit")]
fn machine_code(
    subject: &Subject,
    reading: Reading,
) -> Result<Box<mapwright_jit::Walker>, Failure> {
    let walker = mapwright_jit::Walker::with_reading(&subject.format, subject.space_bits, reading);
    match walker.engine() {
        mapwright_jit::WalkEngine::Jit => Ok(Box::new(walker)),
        mapwright_jit::WalkEngine::Interpreter => Err(Failure::new(
            "there is no machine code for this format: the system refuses executable memory, or the format has too many \
             levels; use --engine table",
        )),
    }
}

#[cfg(not(feature = "jit"))]
fn machine_code(_: &Subject, _: Reading) -> Result<(), Failure> {
    Err(Failure::new(
        "this mapwright was built without machine code; use --engine table",
    ))
}

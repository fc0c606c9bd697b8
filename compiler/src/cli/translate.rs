//! `mapwright translate`: what addresses mean, and which addresses reach a frame.

use mapwright_runtime::layout::{Layout, SpaceId};
use mapwright_runtime::translate::{Fault, Translation};

use super::address;
use super::answers::Printer;
use super::console::{Console, Exit, Failure};
use super::open::{self, Need, Opener};
use super::options::{Engine, Translate, TranslateFormat};
use crate::did_you_mean::nearest;

/// Translates addresses of one instance of a layout.
pub(super) fn run(
    command: &Translate,
    opener: &Opener,
    console: &mut Console<'_>,
) -> Result<Exit, Failure> {
    let from_input = command.addresses.iter().any(|address| address == "-");
    if from_input && open::is_standard_input(&command.layout) {
        return Err(Failure::new(
            "standard input cannot be the layout and the addresses",
        ));
    }
    let json = command.format == TranslateFormat::Json;
    let set = &command.settings.set;
    let opened = opener.right(&command.layout, set, Need::Instance, json, console)?;
    let layout = match opened {
        Ok((_, layout)) => layout,
        Err(exit) => return Ok(exit),
    };
    let mut session = Session::new(&layout, command)?;
    let exit = address::for_each(&command.addresses, console, &mut |a| session.lines(a))?;
    if command.format == TranslateFormat::Text {
        console.print(&session.printer.footer())?;
    }
    Ok(exit)
}

/// Everything that stays the same from address to address.
struct Session<'l> {
    layout: &'l Layout,
    space: SpaceId,
    target: SpaceId,
    reverse: bool,
    translator: Translator<'l>,
    printer: Printer<'l>,
}

impl<'l> Session<'l> {
    fn new(layout: &'l Layout, command: &Translate) -> Result<Self, Failure> {
        let space = match &command.space {
            Some(name) => space_named(layout, name)?,
            None => {
                default_space(layout).ok_or_else(|| Failure::new("the layout declares no space"))?
            }
        };
        let target = layout.space(space).to;
        if command.reverse && target.is_none() {
            let name = &layout.space(space).name;
            let message = format!(
                "space `{name}` is not translated into another, so nothing is reached from it"
            );
            return Err(Failure::new(message));
        }
        let target = target.unwrap_or(space);
        Ok(Self {
            layout,
            space,
            target,
            reverse: command.reverse,
            translator: Translator::new(layout, space, command.engine)?,
            printer: Printer::new(layout, command.format, space, target),
        })
    }

    fn lines(&mut self, address: u128) -> String {
        let narrow = u64::try_from(address).ok();
        if self.reverse {
            let found = narrow.map(|a| self.layout.reverse(self.space, self.target, a));
            return self.printer.reverse(address, &found.unwrap_or_default());
        }
        let translation = match narrow {
            Some(address) => self.translator.translate(address),
            None => Translation::Fault(Fault::OutOfSpace),
        };
        self.printer.forward(address, &translation)
    }
}

pub(super) fn space_named(layout: &Layout, name: &str) -> Result<SpaceId, Failure> {
    layout.space_named(name).ok_or_else(|| {
        let names = layout.spaces().map(|(_, space)| space.name.as_str());
        let near = nearest(name, names.clone());
        let hint = match &near[..] {
            [] => format!("it has {}", names.collect::<Vec<_>>().join(", ")),
            near => format!("did you mean {}?", near.join(" or ")),
        };
        Failure::new(format!("the layout has no space `{name}`; {hint}"))
    })
}

/// The space whose addresses a program uses: `linear`, or else the first with a page-table format, or else the first that
/// is translated into another, or else the first.
pub(super) fn default_space(layout: &Layout) -> Option<SpaceId> {
    let first = |fits: fn(&mapwright_runtime::layout::Space) -> bool| {
        let mut spaces = layout.spaces();
        spaces.find(|(_, space)| fits(space)).map(|(id, _)| id)
    };
    first(|space| space.name == "linear")
        .or_else(|| first(|space| space.format.is_some()))
        .or_else(|| first(|space| space.to.is_some()))
        .or_else(|| first(|_| true))
}

/// What translates.
enum Translator<'l> {
    /// The layout's own tables.
    Table(&'l Layout, SpaceId),
    /// Machine code made for one space.
    #[cfg(feature = "jit")]
    Jit(&'l Layout, Box<mapwright_jit::Translator>),
}

impl<'l> Translator<'l> {
    fn new(layout: &'l Layout, space: SpaceId, engine: Engine) -> Result<Self, Failure> {
        match engine {
            Engine::Table => Ok(Self::Table(layout, space)),
            Engine::Jit => Self::machine_code(layout, space),
        }
    }

    #[cfg(feature = "jit")]
    fn machine_code(layout: &'l Layout, space: SpaceId) -> Result<Self, Failure> {
        let translator = mapwright_jit::Translator::new(layout, space);
        match translator.engine() {
            mapwright_jit::Engine::Jit => Ok(Self::Jit(layout, Box::new(translator))),
            mapwright_jit::Engine::Table => Err(Failure::new(
                "the system refuses executable memory; use --engine table",
            )),
        }
    }

    #[cfg(not(feature = "jit"))]
    fn machine_code(_: &'l Layout, _: SpaceId) -> Result<Self, Failure> {
        Err(Failure::new(
            "this mapwright was built without machine code; use --engine table",
        ))
    }

    fn translate(&self, address: u64) -> Translation {
        match self {
            Self::Table(layout, space) => layout.translate(*space, address),
            #[cfg(feature = "jit")]
            Self::Jit(layout, translator) => {
                translator.decode(layout, translator.translate(address))
            }
        }
    }
}

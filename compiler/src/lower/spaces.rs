//! Parameters and spaces of an instance.

use super::instance::Instance;
use super::refused;
use crate::model::{Kind, SpaceId};
use crate::show_value::value_literal;
use mapwright_runtime::layout as rt;
use mapwright_runtime::paging::Format;

/// The runtime's name for a space.
pub(super) const fn space_id(id: SpaceId) -> rt::SpaceId {
    rt::SpaceId::from_index(id.index())
}

impl Instance<'_> {
    pub(super) fn parameters(&mut self) {
        for param in &self.model.params {
            let value = self.values[param.var.index()];
            let number = match param.kind {
                Kind::Version | Kind::Enum(_) => None,
                _ => Some(value),
            };
            self.builder.parameter(rt::Parameter {
                name: param.name.clone(),
                value: value_literal(self.model, param.kind, value),
                number,
            });
        }
    }

    pub(super) fn spaces(&mut self) {
        for space in &self.model.spaces {
            let bits = match space.bits {
                Some(bits) => {
                    let what = format!("the width of `{}`", space.name);
                    let value = self.value(bits.term, bits.loc, &what);
                    self.fits(value, bits.loc, &what)
                }
                None => 64,
            };
            let mut cases = space.paging.iter();
            let taken = cases.find(|(cond, _)| self.evaluation.holds(*cond));
            let format = taken.and_then(|(_, id)| {
                let format = &self.model.formats[id.index()];
                match Format::new(format.spec.clone()?) {
                    Ok(format) => Some(self.builder.format(format)),
                    Err(error) => {
                        let wrong = refused::at(&error.to_string(), format.loc);
                        self.diagnostics.push(wrong);
                        None
                    }
                }
            });
            let declared_at = self.declared_at(space.loc);
            self.builder.space(rt::Space {
                name: space.name.clone(),
                bits,
                to: space.to.map(space_id),
                format,
                declared_at,
                doc: space.doc.clone(),
            });
        }
    }
}

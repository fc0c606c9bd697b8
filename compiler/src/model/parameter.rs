//! What is chosen: parameters, enums and variants.

use super::Kind;
use crate::source::Loc;
use crate::term::VarId;
use mapwright_grammar::ast::ParamClass;

/// A parameter.
#[derive(Debug, Clone)]
pub struct Param {
    /// Its name.
    pub name: String,
    /// Where its name is declared.
    pub loc: Loc,
    /// Its doc lines.
    pub doc: String,
    /// When it is learned.
    pub class: ParamClass,
    /// Its kind.
    pub kind: Kind,
    /// Its default value, in the domain.
    pub default: i128,
    /// Where its domain is written.
    pub domain_loc: Loc,
    /// Its variable.
    pub var: VarId,
}

/// An enum.
#[derive(Debug, Clone)]
pub struct Enum {
    /// Its name.
    pub name: String,
    /// Its choices: name and doc lines.
    pub variants: Vec<(String, String)>,
    /// Where its name is declared.
    pub loc: Loc,
    /// Its doc lines.
    pub doc: String,
}

/// A named variant.
#[derive(Debug, Clone)]
pub struct Variant {
    /// Its name.
    pub name: String,
    /// Where its name is declared.
    pub loc: Loc,
    /// Its doc lines.
    pub doc: String,
    /// What it fixes, its base's settings included.
    pub with: Vec<(VarId, i128)>,
}

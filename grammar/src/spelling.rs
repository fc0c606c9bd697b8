//! How keywords and operators are spelled: the one place that both the parser and the printer use.

use crate::ast::{BinaryOp, ParamClass, PlaceKind, UnaryOp};

impl PlaceKind {
    /// All kinds, in the order of their declaration.
    pub const ALL: [Self; 7] = [
        Self::Zone,
        Self::Reserve,
        Self::Device,
        Self::Window,
        Self::Guard,
        Self::Hole,
        Self::Area,
    ];

    /// Its keyword.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Zone => "zone",
            Self::Reserve => "reserve",
            Self::Device => "device",
            Self::Window => "window",
            Self::Guard => "guard",
            Self::Hole => "hole",
            Self::Area => "area",
        }
    }
}

impl ParamClass {
    /// Its keyword.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Config => "config",
            Self::Boot => "boot",
        }
    }
}

impl UnaryOp {
    /// Its mark.
    #[must_use]
    pub const fn mark(self) -> &'static str {
        match self {
            Self::Neg => "-",
            Self::Not => "!",
        }
    }
}

impl BinaryOp {
    /// All operators, from the loosest to the tightest.
    pub const ALL: [Self; 17] = [
        Self::Or,
        Self::And,
        Self::Eq,
        Self::Ne,
        Self::Lt,
        Self::Le,
        Self::Gt,
        Self::Ge,
        Self::BitOr,
        Self::BitAnd,
        Self::Shl,
        Self::Shr,
        Self::Add,
        Self::Sub,
        Self::Mul,
        Self::Div,
        Self::Rem,
    ];

    /// Its mark.
    #[must_use]
    pub const fn mark(self) -> &'static str {
        match self {
            Self::Or => "||",
            Self::And => "&&",
            Self::Eq => "==",
            Self::Ne => "!=",
            Self::Lt => "<",
            Self::Le => "<=",
            Self::Gt => ">",
            Self::Ge => ">=",
            Self::BitOr => "|",
            Self::BitAnd => "&",
            Self::Shl => "<<",
            Self::Shr => ">>",
            Self::Add => "+",
            Self::Sub => "-",
            Self::Mul => "*",
            Self::Div => "/",
            Self::Rem => "%",
        }
    }

    /// How tightly it binds: 1 for `||` up to 8 for `* / %`.
    #[must_use]
    pub const fn precedence(self) -> u8 {
        match self {
            Self::Or => 1,
            Self::And => 2,
            Self::Eq | Self::Ne | Self::Lt | Self::Le | Self::Gt | Self::Ge => 3,
            Self::BitOr => 4,
            Self::BitAnd => 5,
            Self::Shl | Self::Shr => 6,
            Self::Add | Self::Sub => 7,
            Self::Mul | Self::Div | Self::Rem => 8,
        }
    }

    /// True for `== != < <= > >=`, which cannot be chained.
    #[must_use]
    pub const fn is_comparison(self) -> bool {
        self.precedence() == 3
    }
}

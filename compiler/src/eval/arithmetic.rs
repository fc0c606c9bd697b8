//! What operators and functions do with numbers: the one meaning that layouts and scenarios share. Layouts apply it to terms,
//! which may depend on parameters; scenarios to numbers ([`number`]).

#[cfg(feature = "simulate")]
use crate::term::NoValue;
use crate::term::{TermId, Terms};
use mapwright_grammar::ast::BinaryOp;

/// `a op b` of two numbers; `None` for `&&`, `||` and the operators that only paging formats have, and for a shift by
/// something else than a constant from 0 to 126.
///
/// `/` rounds down, `%` is never negative; a divisor that is not positive gives no value.
pub(crate) fn binary(terms: &mut Terms, op: BinaryOp, a: TermId, b: TermId) -> Option<TermId> {
    Some(match op {
        BinaryOp::Add => terms.add(a, b),
        BinaryOp::Sub => terms.sub(a, b),
        BinaryOp::Mul => terms.mul(a, b),
        BinaryOp::Div => terms.div(a, b),
        BinaryOp::Rem => terms.rem(a, b),
        BinaryOp::Eq => terms.eq(a, b),
        BinaryOp::Ne => terms.ne(a, b),
        BinaryOp::Lt => terms.lt(a, b),
        BinaryOp::Le => terms.le(a, b),
        BinaryOp::Gt => terms.gt(a, b),
        BinaryOp::Ge => terms.ge(a, b),
        BinaryOp::Shl | BinaryOp::Shr => {
            let by = terms.as_const(b)?;
            let by = u32::try_from(by).ok().filter(|by| *by < 127)?;
            let factor = terms.constant(1 << by);
            match op {
                BinaryOp::Shl => terms.mul(a, factor),
                _ => terms.div(a, factor),
            }
        }
        BinaryOp::And | BinaryOp::Or | BinaryOp::BitAnd | BinaryOp::BitOr => return None,
    })
}

/// A function of numbers: `min` and `max` of one or more, `align_up`, `align_down`, `ceil_div` and `log2`; `None` for any
/// other, and for another number of values.
pub(crate) fn function(terms: &mut Terms, name: &str, values: &[TermId]) -> Option<TermId> {
    Some(match (name, values) {
        ("min", [first, rest @ ..]) => rest.iter().fold(*first, |a, &b| terms.min(a, b)),
        ("max", [first, rest @ ..]) => rest.iter().fold(*first, |a, &b| terms.max(a, b)),
        ("align_up", &[x, to]) => terms.align_up(x, to),
        ("align_down", &[x, to]) => terms.align_down(x, to),
        ("ceil_div", &[a, b]) => terms.ceil_div(a, b),
        ("log2", &[x]) => terms.log2(x),
        _ => return None,
    })
}

/// True for what something can be aligned to, where it is positive at all.
pub(crate) const fn is_power_of_two(number: i128) -> bool {
    number > 0 && number.unsigned_abs().is_power_of_two()
}

/// The number that a calculation with constants gives; `make` is one of the functions above.
#[cfg(feature = "simulate")]
pub(crate) fn number(
    numbers: &[i128],
    make: impl FnOnce(&mut Terms, &[TermId]) -> Option<TermId>,
) -> Option<Result<i128, NoValue>> {
    let mut terms = Terms::new();
    let constants: Vec<TermId> = numbers.iter().map(|&n| terms.constant(n)).collect();
    let made = make(&mut terms, &constants)?;
    if terms.take_overflow() {
        return Some(Err(NoValue::Overflow));
    }
    Some(terms.eval(made, &[]))
}

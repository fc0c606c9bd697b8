//! Values for the parameters: `--set NAME=VALUE`, variants, defaults.

use crate::diagnostic::Diagnostic;
use crate::eval::{Evaluator, binding, setting};
use crate::lower::undefined_here;
use crate::model::{EnumId, Kind, Model, Need};
use crate::resolve::{Meaning, Name, Resolved, unknown_name};
use crate::source::{FileId, Loc, Sources};
use crate::syntax;
use crate::term::{NoValue, TermId, VarId};
use mapwright_grammar::ast::{Expr, ExprKind, Ident, Span};
use mapwright_grammar::{SyntaxError, read_version};

/// Parameters with the values that were given for them, in the order given.
pub type Settings = Vec<(VarId, i128)>;

/// Reads `NAME=VALUE` arguments: literals of the language (and arithmetic of them), bare choices
/// of enums. Each argument is added to the sources as `--set`, so that messages can point into it.
pub fn settings(
    model: &Model,
    sources: &mut Sources,
    args: &[String],
) -> (Settings, Vec<Diagnostic>) {
    let mut settings = Settings::new();
    let mut places: Vec<(VarId, Loc)> = Vec::new();
    let mut diagnostics = Vec::new();
    for arg in args {
        let file = sources.add_setting(arg.as_str());
        let Some((var, value, loc)) = one(model, file, arg, &mut diagnostics) else {
            continue;
        };
        match places.iter().find(|(known, _)| *known == var) {
            Some((_, first)) => {
                let name = &model.vars[var.index()].name;
                diagnostics.push(setting::twice(name, loc, *first));
            }
            None => {
                places.push((var, loc));
                settings.push((var, value));
            }
        }
    }
    (settings, diagnostics)
}

/// One argument.
fn one(
    model: &Model,
    file: FileId,
    arg: &str,
    diagnostics: &mut Vec<Diagnostic>,
) -> Option<(VarId, i128, Loc)> {
    let at = |start: usize, end: usize| Loc {
        file,
        span: Span::new(
            u32::try_from(start).unwrap_or(u32::MAX),
            u32::try_from(end).unwrap_or(u32::MAX),
        ),
    };
    let Some((left, right)) = arg.split_once('=') else {
        diagnostics.push(setting::shape(arg, at(0, arg.len())));
        return None;
    };
    let name = left.trim();
    let name_start = left.len() - left.trim_start().len();
    let name_loc = at(name_start, name_start + name.len());
    let Some(place) = model.params.iter().position(|param| param.name == name) else {
        let names = model.params.iter().map(|param| param.name.as_str());
        diagnostics.push(unknown_name::among(name, "parameter", name_loc, names));
        return None;
    };
    let expr = value(model.params[place].kind, left.len() + 1, right);
    let expr = expr
        .map_err(|error| diagnostics.push(syntax::diagnostic(file, &error)))
        .ok()?;
    let ident = Ident {
        text: name.to_owned(),
        span: name_loc.span,
    };
    let enums = enums_of(model);
    let mut evaluator = Evaluator::new(&enums);
    evaluator.model.enums.clone_from(&model.enums);
    evaluator.model.params.clone_from(&model.params);
    evaluator.model.vars.clone_from(&model.vars);
    let bound = binding(&mut evaluator, file, place, &ident, &expr);
    diagnostics.append(&mut evaluator.diagnostics);
    if bound.is_none() {
        diagnostics.extend(undefined(&evaluator.model, name));
    }
    bound.map(|(var, value)| (var, value, name_loc))
}

/// The value of a parameter of this kind, which begins at `offset` in its argument: an expression, or a version as
/// systems print it.
fn value(kind: Kind, offset: usize, text: &str) -> Result<Expr, SyntaxError> {
    if kind == Kind::Version
        && let Ok(version) = read_version(text.trim())
    {
        let start = offset + text.len() - text.trim_start().len();
        let end = start + text.trim().len();
        return Ok(Expr {
            kind: ExprKind::Version {
                value: Some(version),
                text: text.trim().to_owned(),
            },
            span: Span::new(start as u32, end as u32),
        });
    }
    // Blanks stand for the name, so that places in the expression are places in the argument.
    let padded = format!("{}{text}", " ".repeat(offset));
    mapwright_grammar::parse_expr(&padded).map_err(|mut error| {
        let offset = offset as u32;
        error.span.start = error.span.start.max(offset);
        error.span.end = error.span.end.max(offset);
        error
    })
}

/// Nothing is declared for a setting but the enums.
fn enums_of(model: &Model) -> Resolved<'static> {
    let mut enums = Resolved::default();
    for (of, at) in model.enums.iter().zip(0..) {
        let meaning = Meaning {
            name: Name::Enum(EnumId(at)),
            noun: "enum",
            loc: of.loc,
        };
        // The layout has no two enums of one name.
        let _ = enums.names.add(&of.name, meaning);
    }
    enums
}

/// The message about a setting without a value: what it needs is never so.
fn undefined(model: &Model, name: &str) -> Option<Diagnostic> {
    let open = model
        .obligations
        .iter()
        .find(|need| need.cond == TermId::FALSE)?;
    let (Need::Divisor(term) | Need::Alignment(term)) = open.need else {
        let zero = NoValue::Logarithm(0);
        return Some(undefined_here::setting(name, zero, open.loc));
    };
    let divisor = model.terms.as_const(term).unwrap_or(0);
    Some(undefined_here::setting(
        name,
        NoValue::Divisor(divisor),
        open.loc,
    ))
}

/// The settings of a variant (`None` and `default` are no settings).
///
/// # Errors
/// When the layout has no variant of this name; the name is added to the sources.
pub fn variant(
    model: &Model,
    sources: &mut Sources,
    name: Option<&str>,
) -> Result<Settings, Box<Diagnostic>> {
    let Some(name) = name.filter(|name| *name != "default") else {
        return Ok(Settings::new());
    };
    if let Some(found) = model.variants.iter().find(|variant| variant.name == name) {
        return Ok(found.with.clone());
    }
    let file = sources.add_variant(name);
    let end = u32::try_from(name.len()).unwrap_or(u32::MAX);
    let loc = Loc {
        file,
        span: Span::new(0, end),
    };
    let names = model.variants.iter().map(|variant| variant.name.as_str());
    Err(Box::new(unknown_name::among(name, "variant", loc, names)))
}

/// The values of all variables: defaults, overlaid by settings (later ones win). Whether they agree
/// with the assumptions is for the checks to say.
#[must_use]
pub fn instance(model: &Model, settings: &[(VarId, i128)]) -> Vec<i128> {
    let mut values = model.defaults();
    for &(var, value) in settings {
        values[var.index()] = value;
    }
    values
}

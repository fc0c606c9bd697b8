//! Numbers as scenarios write them: `4K`, `0xC010_0000`, `page.frame + 3`, `vmalloc.start`, `free(NORMAL) - 1`,
//! `random(1, 32)`; and comparisons of them.

use super::function::Function;

/// Parentheses and signs nest at most so deep.
const MOST_DEPTH: u32 = 64;

/// An expression with the bytes of its text that it takes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Expression {
    /// What it is.
    pub(super) kind: Kind,
    /// Where it begins in its text, and one past its end.
    pub(super) at: (usize, usize),
}

/// What an expression is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Kind {
    /// A number.
    Number(i128),
    /// `name`, `name.field`, `pool[index]`, `pool[index].field`.
    Name {
        /// The name.
        name: String,
        /// Which member of a pool.
        member: Option<Box<Expression>>,
        /// Which field.
        field: Option<String>,
    },
    /// `function(arguments)`.
    Call {
        /// The function.
        function: Function,
        /// Its arguments.
        arguments: Vec<Expression>,
    },
    /// Two numbers make one.
    Binary {
        /// How.
        operator: Operator,
        /// The left one.
        left: Box<Expression>,
        /// The right one.
        right: Box<Expression>,
    },
}

/// How two numbers make one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Operator {
    /// `+`
    Add,
    /// `-`
    Subtract,
    /// `*`
    Multiply,
    /// `/`, towards zero.
    Divide,
    /// `%`
    Remainder,
}

/// How two numbers are compared.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Relation {
    /// `==`
    Equal,
    /// `!=`
    Differs,
    /// `<`
    Less,
    /// `<=`
    AtMost,
    /// `>`
    Greater,
    /// `>=`
    AtLeast,
}

impl Relation {
    /// Longer signs first, so that `<=` is not read as `<`.
    const ALL: [(&'static str, Self); 6] = [
        ("==", Self::Equal),
        ("!=", Self::Differs),
        ("<=", Self::AtMost),
        (">=", Self::AtLeast),
        ("<", Self::Less),
        (">", Self::Greater),
    ];

    /// Whether it holds between two numbers.
    pub(super) fn holds(self, left: i128, right: i128) -> bool {
        match self {
            Self::Equal => left == right,
            Self::Differs => left != right,
            Self::Less => left < right,
            Self::AtMost => left <= right,
            Self::Greater => left > right,
            Self::AtLeast => left >= right,
        }
    }
}

/// `left RELATION right`
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Comparison {
    pub(super) left: Expression,
    pub(super) relation: Relation,
    pub(super) right: Expression,
}

/// What is wrong with the text of an expression, and where.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Mistake {
    /// Where it begins, and one past its end.
    pub(super) at: (usize, usize),
    /// What is wrong.
    pub(super) message: String,
    /// A way out.
    pub(super) help: Option<String>,
}

/// Reads an expression.
pub(super) fn parse(text: &str) -> Result<Expression, Mistake> {
    let mut parser = Parser::new(text);
    let expression = parser.sum()?;
    parser.end()?;
    Ok(expression)
}

/// Reads a comparison.
pub(super) fn parse_comparison(text: &str) -> Result<Comparison, Mistake> {
    let mut parser = Parser::new(text);
    let left = parser.sum()?;
    parser.space();
    let rest = parser.rest();
    let Some((sign, relation)) = Relation::ALL.iter().find(|(s, _)| rest.starts_with(s)) else {
        return Err(parser.wrong("a comparison is wanted here: ==, !=, <, <=, > or >="));
    };
    parser.next += sign.len();
    let right = parser.sum()?;
    parser.end()?;
    Ok(Comparison {
        left,
        relation: *relation,
        right,
    })
}

/// Reads `START .. END` or `START .. +SIZE`: both expressions, and whether the second one is a size.
pub(super) fn parse_range(text: &str) -> Result<(Expression, Expression, bool), Mistake> {
    let mut parser = Parser::new(text);
    let start = parser.sum()?;
    if !parser.take("..") {
        return Err(parser.wrong("`..` is wanted here: a range is START .. END or START .. +SIZE"));
    }
    let sized = parser.take("+");
    let end = parser.sum()?;
    parser.end()?;
    Ok((start, end, sized))
}

/// True for what may name a result.
pub(super) fn is_name(text: &str) -> bool {
    let mut letters = text.chars();
    letters.next().is_some_and(is_first) && letters.all(is_letter)
}

fn is_first(c: char) -> bool {
    c.is_ascii_alphabetic() || c == '_'
}

fn is_letter(c: char) -> bool {
    c.is_ascii_alphanumeric() || c == '_'
}

struct Parser<'t> {
    text: &'t str,
    next: usize,
    depth: u32,
}

impl<'t> Parser<'t> {
    fn new(text: &'t str) -> Self {
        Self {
            text,
            next: 0,
            depth: 0,
        }
    }

    fn rest(&self) -> &'t str {
        &self.text[self.next..]
    }

    fn space(&mut self) {
        let rest = self.rest();
        self.next += rest.len() - rest.trim_start().len();
    }

    /// Takes a sign, after blanks.
    fn take(&mut self, sign: &str) -> bool {
        self.space();
        let found = self.rest().starts_with(sign);
        if found {
            self.next += sign.len();
        }
        found
    }

    /// What is wrong at the next character.
    fn wrong(&self, message: impl Into<String>) -> Mistake {
        let length = self.rest().chars().next().map_or(0, char::len_utf8);
        Mistake {
            at: (self.next, self.next + length),
            message: message.into(),
            help: None,
        }
    }

    fn end(&mut self) -> Result<(), Mistake> {
        self.space();
        match self.rest() {
            "" => Ok(()),
            _ => Err(self.wrong("the number should end here")),
        }
    }

    fn deeper(&mut self) -> Result<(), Mistake> {
        self.depth += 1;
        if self.depth > MOST_DEPTH {
            return Err(self.wrong(format!(
                "parentheses and signs nest deeper than {MOST_DEPTH}"
            )));
        }
        Ok(())
    }

    /// A chain of operators of one strength, from left to right.
    fn chain(
        &mut self,
        operators: &[(&str, Operator)],
        inner: fn(&mut Self) -> Result<Expression, Mistake>,
    ) -> Result<Expression, Mistake> {
        let mut left = inner(self)?;
        let mut links = 0;
        loop {
            self.space();
            let rest = self.rest();
            let found = operators.iter().find(|(sign, _)| rest.starts_with(sign));
            let Some((sign, operator)) = found else {
                return Ok(left);
            };
            links += 1;
            if links > 16 * MOST_DEPTH {
                return Err(self.wrong("this expression is too long"));
            }
            self.next += sign.len();
            let right = inner(self)?;
            let at = (left.at.0, right.at.1);
            left = Expression {
                kind: Kind::Binary {
                    operator: *operator,
                    left: Box::new(left),
                    right: Box::new(right),
                },
                at,
            };
        }
    }

    fn sum(&mut self) -> Result<Expression, Mistake> {
        let operators = [("+", Operator::Add), ("-", Operator::Subtract)];
        self.chain(&operators, Self::product)
    }

    fn product(&mut self) -> Result<Expression, Mistake> {
        let operators = [
            ("*", Operator::Multiply),
            ("/", Operator::Divide),
            ("%", Operator::Remainder),
        ];
        self.chain(&operators, Self::one)
    }

    fn one(&mut self) -> Result<Expression, Mistake> {
        self.space();
        let from = self.next;
        match self.rest().chars().next() {
            Some('(') => {
                self.next += 1;
                self.deeper()?;
                let inner = self.sum()?;
                self.close(")")?;
                self.depth -= 1;
                Ok(inner)
            }
            Some('-') => {
                self.next += 1;
                self.deeper()?;
                let inner = self.one()?;
                self.depth -= 1;
                let zero = Expression {
                    kind: Kind::Number(0),
                    at: (from, from),
                };
                let at = (from, inner.at.1);
                let kind = Kind::Binary {
                    operator: Operator::Subtract,
                    left: Box::new(zero),
                    right: Box::new(inner),
                };
                Ok(Expression { kind, at })
            }
            Some(c) if c.is_ascii_digit() => self.number(),
            Some(c) if is_first(c) => self.named(),
            Some(_) => Err(self.wrong("a number or a name is wanted here")),
            None => Err(self.wrong("a number or a name is missing at the end")),
        }
    }

    fn close(&mut self, sign: &str) -> Result<(), Mistake> {
        if self.take(sign) {
            Ok(())
        } else {
            Err(self.wrong(format!("`{sign}` is missing here")))
        }
    }

    fn word(&mut self) -> &'t str {
        let rest = self.rest();
        let end = rest.find(|c| !is_letter(c)).unwrap_or(rest.len());
        self.next += end;
        &rest[..end]
    }

    fn number(&mut self) -> Result<Expression, Mistake> {
        let from = self.next;
        let word = self.word();
        let at = (from, self.next);
        match number(word) {
            Some(value) => Ok(Expression {
                kind: Kind::Number(value),
                at,
            }),
            None => Err(Mistake {
                at,
                message: format!("`{word}` is no number"),
                help: Some("write 4096, 0x1000 or 4K; the suffixes are K, M, G, T, P and E".into()),
            }),
        }
    }

    fn named(&mut self) -> Result<Expression, Mistake> {
        let from = self.next;
        let word = self.word();
        if self.take("(") {
            return self.call(from, word);
        }
        let mut member = None;
        if self.rest().starts_with('[') {
            self.next += 1;
            self.deeper()?;
            member = Some(Box::new(self.sum()?));
            self.close("]")?;
            self.depth -= 1;
        }
        let mut field = None;
        let is_field = self.rest().starts_with('.') && !self.rest().starts_with("..");
        if is_field {
            self.next += 1;
            let word = self.word();
            if word.is_empty() {
                return Err(self.wrong("the name of a field is wanted after the point"));
            }
            field = Some(word.to_string());
        }
        Ok(Expression {
            kind: Kind::Name {
                name: word.to_string(),
                member,
                field,
            },
            at: (from, self.next),
        })
    }

    fn call(&mut self, from: usize, word: &str) -> Result<Expression, Mistake> {
        let name_at = (from, from + word.len());
        self.deeper()?;
        let mut arguments = Vec::new();
        if !self.take(")") {
            loop {
                arguments.push(self.sum()?);
                if !self.take(",") {
                    break;
                }
            }
            self.close(")")?;
        }
        self.depth -= 1;
        let function = Function::named(word).map_err(|help| Mistake {
            at: name_at,
            message: format!("there is no function `{word}`"),
            help,
        })?;
        if let Err(wanted) = function.takes(arguments.len()) {
            return Err(Mistake {
                at: (from, self.next),
                message: format!("`{word}` takes {wanted}"),
                help: None,
            });
        }
        Ok(Expression {
            kind: Kind::Call {
                function,
                arguments,
            },
            at: (from, self.next),
        })
    }
}

/// A number with underscores and a suffix; `E` is a digit of hexadecimal ones.
fn number(word: &str) -> Option<i128> {
    let (digits, base) = match word.get(..2) {
        Some("0x" | "0X") => (&word[2..], 16),
        Some("0b" | "0B") => (&word[2..], 2),
        _ => (word, 10),
    };
    let suffixes = ['K', 'M', 'G', 'T', 'P', 'E'];
    let last = digits.chars().next_back()?;
    let suffix = suffixes.iter().position(|letter| *letter == last);
    let (digits, shift) = match suffix {
        Some(at) if !(base == 16 && last == 'E') => (&digits[..digits.len() - 1], 10 * (at + 1)),
        _ => (digits, 0),
    };
    let digits: String = digits.chars().filter(|c| *c != '_').collect();
    let value = i128::from_str_radix(&digits, base).ok()?;
    let shown = digits.chars().next()?.is_digit(base);
    value.checked_mul(1 << shift).filter(|_| shown)
}

#[cfg(test)]
mod tests;

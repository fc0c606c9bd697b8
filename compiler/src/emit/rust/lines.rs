//! Lines that rustfmt leaves as they are.

/// The longest line.
pub(super) const WIDTH: usize = 100;

/// Text with indentation.
#[derive(Debug, Default)]
pub(super) struct Lines {
    text: String,
    depth: usize,
}

impl Lines {
    /// No lines yet, indented by `depth` steps.
    pub(super) fn at(depth: usize) -> Self {
        Self {
            text: String::new(),
            depth,
        }
    }

    /// The text.
    pub(super) fn into_text(self) -> String {
        self.text
    }

    /// True when the lines so far call a function of this name.
    pub(super) fn call(&self, name: &str) -> bool {
        let part = |c: char| c.is_alphanumeric() || c == '_' || c == '.';
        let call = format!("{name}(");
        self.text
            .match_indices(&call)
            .any(|(at, _)| !self.text[..at].ends_with(part))
    }

    /// How many columns are left on a line.
    pub(super) fn room(&self) -> usize {
        WIDTH.saturating_sub(4 * self.depth)
    }

    /// One line.
    pub(super) fn line(&mut self, text: &str) -> &mut Self {
        if !text.is_empty() {
            for _ in 0..self.depth {
                self.text.push_str("    ");
            }
            self.text.push_str(text);
        }
        self.text.push('\n');
        self
    }

    /// An empty line, unless there is one already or nothing before it.
    pub(super) fn blank(&mut self) -> &mut Self {
        let opens = self.text.ends_with("{\n");
        if !self.text.is_empty() && !self.text.ends_with("\n\n") && !opens {
            self.text.push('\n');
        }
        self
    }

    /// A line that ends in `{`: what follows is one step deeper.
    pub(super) fn open(&mut self, text: &str) -> &mut Self {
        self.line(text);
        self.depth += 1;
        self
    }

    /// The end of what [`Lines::open`] began.
    pub(super) fn close(&mut self, text: &str) -> &mut Self {
        self.depth = self.depth.saturating_sub(1);
        self.line(text)
    }

    /// `left = right;`, broken after `=` when it is too long.
    pub(super) fn assign(&mut self, left: &str, right: &str) -> &mut Self {
        if left.len() + right.len() + 4 <= self.room() {
            return self.line(&format!("{left} = {right};"));
        }
        self.open(&format!("{left} ="));
        self.line(&format!("{right};"));
        self.depth -= 1;
        self
    }

    /// `let name = if c { a } else { b };`, on one line while rustfmt does so.
    pub(super) fn assign_choice(&mut self, left: &str, c: &str, a: &str, b: &str) -> &mut Self {
        let flat = format!("if {c} {{ {a} }} else {{ {b} }}");
        if flat.len() <= 50 {
            return self.assign(left, &flat);
        }
        self.open(&format!("{left} = if {c} {{")).line(a);
        self.close("} else {").open_again().line(b).close("};")
    }

    /// `a` if `c` holds, otherwise `b`, as the value of a function. Written with `return`, because the editions of rustfmt
    /// do not agree about a short `if` with `else` there.
    pub(super) fn choice(&mut self, c: &str, a: &str, b: &str) -> &mut Self {
        self.open(&format!("if {c} {{"))
            .line(&format!("return {a};"));
        self.close("}").line(b)
    }

    fn open_again(&mut self) -> &mut Self {
        self.depth += 1;
        self
    }

    /// The operands joined by an operator such as `&&`: on one line when they fit, otherwise each on its own.
    /// `end` closes the last line.
    pub(super) fn chain(&mut self, operator: &str, operands: &[String], end: &str) -> &mut Self {
        let flat = operands.join(&format!(" {operator} "));
        if flat.len() + end.len() <= self.room() {
            return self.line(&format!("{flat}{end}"));
        }
        let Some((first, rest)) = operands.split_first() else {
            return self;
        };
        self.open(first);
        for (at, operand) in rest.iter().enumerate() {
            let end = if at + 1 == rest.len() { end } else { "" };
            self.line(&format!("{operator} {operand}{end}"));
        }
        self.depth -= 1;
        self
    }

    /// `if a && b {`, and one step deeper.
    pub(super) fn open_if(&mut self, tests: &[String]) -> &mut Self {
        let flat = format!("if {} {{", tests.join(" && "));
        if flat.len() <= self.room() {
            return self.open(&flat);
        }
        if let Some((first, rest)) = tests.split_first() {
            self.open(&format!("if {first}"));
            for test in rest {
                self.line(&format!("&& {test}"));
            }
            self.depth -= 1;
        }
        self.open("{")
    }

    /// How deep the next line stands.
    pub(super) const fn depth(&self) -> usize {
        self.depth
    }

    /// No lines yet, one step deeper than these.
    pub(super) fn inner(&self) -> Self {
        Self::at(self.depth + 1)
    }

    /// A whole function. Parameters that its body does not name are marked: what depends on them may have turned out to be
    /// the same for all their values.
    pub(super) fn function(
        &mut self,
        name: &str,
        arguments: &[String],
        result: &str,
        body: Self,
    ) -> &mut Self {
        let body = body.into_text();
        let marked = |argument: &String| {
            let used = argument
                .split(':')
                .next()
                .is_some_and(|name| has_word(&body, name));
            if used || argument.starts_with('&') {
                argument.clone()
            } else {
                format!("_{argument}")
            }
        };
        let arguments: Vec<String> = arguments.iter().map(marked).collect();
        self.open_function(name, &arguments, result)
            .push(&body)
            .close("}")
    }

    /// `pub const fn name(arguments) -> result {`, and one step deeper.
    pub(super) fn open_function(
        &mut self,
        name: &str,
        arguments: &[String],
        result: &str,
    ) -> &mut Self {
        let flat = format!("{name}({}) -> {result} {{", arguments.join(", "));
        if flat.len() <= self.room() {
            return self.open(&flat);
        }
        self.open(&format!("{name}("));
        for argument in arguments {
            self.line(&format!("{argument},"));
        }
        self.depth -= 1;
        self.open(&format!(") -> {result} {{"))
    }

    /// `left { a: 1, b: 2 };`
    pub(super) fn literal(&mut self, left: &str, fields: &[String]) -> &mut Self {
        let flat = fields.join(", ");
        if flat.len() <= 18 {
            return self.line(&format!("{left} {{ {flat} }};"));
        }
        self.open(&format!("{left} {{"));
        for field in fields {
            self.line(&format!("{field},"));
        }
        self.close("};")
    }

    /// `const _: () = assert!(law);`
    pub(super) fn assertion(&mut self, law: &str) -> &mut Self {
        let (left, right) = ("const _: () =", format!("assert!({law});"));
        if left.len() + 1 + right.len() <= self.room() {
            return self.line(&format!("{left} {right}"));
        }
        if right.len() + 4 <= self.room() {
            self.open(left).line(&right);
            self.depth -= 1;
            return self;
        }
        self.open("const _: () = assert!(").line(law).close(");")
    }

    /// A `///` comment. See [`doc_lines`].
    pub(super) fn doc(&mut self, text: &str) -> &mut Self {
        for line in doc_lines(text) {
            self.line(format!("/// {line}").trim_end());
        }
        self
    }

    /// A `//` comment.
    pub(super) fn comment(&mut self, text: &str) -> &mut Self {
        for line in text.lines() {
            self.line(format!("// {}", visible(line)).trim_end());
        }
        self
    }

    /// Text made elsewhere, at this depth already.
    pub(super) fn push(&mut self, text: &str) -> &mut Self {
        self.text.push_str(text);
        self
    }
}

/// True when `text` has `word` with no letter, digit or `_` beside it.
pub(super) fn has_word(text: &str, word: &str) -> bool {
    let part = |c: Option<char>| c.is_some_and(|c| c.is_alphanumeric() || c == '_');
    text.match_indices(word).any(|(at, _)| {
        let (before, after) = (
            text[..at].chars().next_back(),
            text[at + word.len()..].chars().next(),
        );
        !part(before) && !part(after)
    })
}

/// Without characters that a Rust comment must not have or that turn text around.
pub(super) fn visible(text: &str) -> String {
    let hidden = |c: char| {
        (c.is_control() && c != '\t')
            || matches!(c, '\u{200B}'..='\u{200F}' | '\u{2028}'..='\u{202E}' | '\u{2066}'..='\u{2069}' | '\u{FEFF}')
    };
    let spaced = text.replace('\t', "    ");
    spaced
        .chars()
        .map(|c| if hidden(c) { '\u{FFFD}' } else { c })
        .collect()
}

/// Documentation that rustdoc does not run as an example: examples of a layout file are not Rust. Fences are marked as
/// text, and deep indentation is made shallow.
fn doc_lines(text: &str) -> Vec<String> {
    let mut lines = Vec::new();
    let mut fence: Option<&str> = None;
    for line in text.lines() {
        let line = visible(line);
        let inner = line.trim_start();
        let depth = line.len() - inner.len();
        let marker = ["```", "~~~"]
            .into_iter()
            .find(|marker| inner.starts_with(marker));
        match (fence, marker) {
            (None, Some(marker)) => {
                lines.push(format!("{marker}text"));
                fence = Some(marker);
            }
            (Some(open), Some(marker)) if open == marker => {
                lines.push(marker.to_owned());
                fence = None;
            }
            (Some(_), _) => lines.push(line.clone()),
            (None, None) => lines.push(format!("{}{inner}", " ".repeat(depth.min(3)))),
        }
    }
    lines.extend(fence.map(str::to_owned));
    lines
}

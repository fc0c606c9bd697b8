//! Every node knows its place in the text: no blanks, no comments and no `;` around it.

use crate::ast::*;
use crate::{Version, parse};

/// The only item of a text that is right.
fn only(text: &str) -> Item {
    let (file, errors) = parse(text);
    assert_eq!(errors, [], "{text}");
    let mut items = file.items;
    assert_eq!(items.len(), 1);
    items.remove(0)
}

/// The text of a place.
fn at(text: &str, span: Span) -> &str {
    &text[span.start as usize..span.end as usize]
}

#[test]
fn of_a_place_and_its_parts() {
    let text = "// c\n/// d\nwindow w [ p in 0 .. 4 ] in /* no */k : a .. + b -> x at 0;";
    assert!(!parse(text).1.is_empty(), "there are no block comments");
    let text = "// c\n/// d\nwindow w [ p in 0 .. 4 ] in k : a + 1 .. + b * 2 // e\n -> physical at -x repeat 4K \
                alias of low , high because \"why\" when ( c ) optional { guard : 4K , flag } // f\n ;\n";
    let item = only(text);
    assert!(
        at(text, item.span).starts_with("window w [") && at(text, item.span).ends_with("flag }")
    );
    let ItemKind::Place(place) = item.kind else {
        panic!("a place")
    };
    assert_eq!(at(text, place.name.span), "w");
    assert_eq!(
        place.family.map(|family| at(text, family.span)),
        Some("[ p in 0 .. 4 ]")
    );
    assert_eq!(at(text, place.parent.span), "k");
    assert_eq!(at(text, place.range.span), "a + 1 .. + b * 2");
    assert_eq!(at(text, place.range.start.span), "a + 1");
    assert_eq!(
        place.target.map(|target| at(text, target.span)),
        Some("physical at -x repeat 4K")
    );
    assert_eq!(
        place.alias.map(|alias| at(text, alias.span)),
        Some("alias of low , high because \"why\"")
    );
    assert_eq!(place.when.map(|when| at(text, when.span)), Some("( c )"));
    assert_eq!(place.optional.map(|span| at(text, span)), Some("optional"));
    assert_eq!(
        place
            .attrs
            .iter()
            .map(|attr| at(text, attr.name.span))
            .collect::<Vec<_>>(),
        ["guard", "flag"]
    );
}

#[test]
fn of_targets() {
    for target in [
        "physical at 0",
        "pages from A, B",
        "pages from A, B or device",
        "slots 1024 from A",
        "fixed { A, B[3], }",
        "device",
        "device of A, B",
        "table of 64 per page of physical",
    ] {
        for tail in [";", " optional;", " { access: r };", " // c\n ;"] {
            let text = format!("window w in k : 0 .. 1 -> {target}{tail}");
            let ItemKind::Place(place) = only(&text).kind else {
                panic!("a place")
            };
            assert_eq!(
                place.target.map(|found| at(&text, found.span).to_owned()),
                Some(target.to_owned())
            );
        }
    }
}

#[test]
fn of_parts_and_domains() {
    let text = "split s { user : 0 .. 1 { access: user } ; high : 1 .. +2 ; } ;";
    let item = only(text);
    assert_eq!(
        at(text, item.span),
        "split s { user : 0 .. 1 { access: user } ; high : 1 .. +2 ; }"
    );
    let ItemKind::Split { parts, .. } = item.kind else {
        panic!("a split")
    };
    let places: Vec<&str> = parts.iter().map(|part| at(text, part.span)).collect();
    assert_eq!(places, ["user : 0 .. 1 { access: user }", "high : 1 .. +2"]);
    for domain in ["{ 1 , 2, }", "{}", "1 ..= 2", "1 ..= 2 step 3"] {
        let text = format!("boot A : int = 0 in {domain} ;");
        let ItemKind::Param(Param {
            domain: Some(found),
            ..
        }) = only(&text).kind
        else {
            panic!("a parameter")
        };
        let (Domain::Set { span, .. } | Domain::Interval { span, .. }) = found;
        assert_eq!(at(&text, span), domain);
    }
}

#[test]
fn of_page_table_formats() {
    let text = "paging f { entry 8 bytes { p [0] , x ! [63] } ; level L : va[ 1 : 0 ] -> entry[2:1] << 3 , \
                leaf when entry[7] -> entry[9] reserved [5:4] , [6] ; }";
    let ItemKind::Paging(paging) = only(text).kind else {
        panic!("a format")
    };
    let places: Vec<&str> = paging
        .clauses
        .iter()
        .map(|clause| at(text, clause.span))
        .collect();
    assert_eq!(places[0], "entry 8 bytes { p [0] , x ! [63] }");
    assert!(places[1].starts_with("level L") && places[1].ends_with("[6]"));
    let PagingClauseKind::Level { index, entries, .. } = &paging.clauses[1].kind else {
        panic!("a level")
    };
    assert_eq!(at(text, index.span), "[ 1 : 0 ]");
    let forms: Vec<&str> = entries.iter().map(|form| at(text, form.span)).collect();
    assert_eq!(
        forms,
        [
            "entry[2:1] << 3",
            "leaf when entry[7] -> entry[9] reserved [5:4] , [6]"
        ]
    );
    assert_eq!(
        entries[1]
            .reserved
            .iter()
            .map(|slice| at(text, slice.span))
            .collect::<Vec<_>>(),
        ["[5:4]", "[6]"]
    );
}

#[test]
fn of_values() {
    for value in [
        "1",
        "0x10_00",
        "v6.1",
        "true",
        "a",
        "a.b",
        "a . b",
        "a[ 1 ]",
        "a[2 : 1]",
        "min(1, 2, )",
        "- a",
        "! ! a",
        "a+b*c",
        "( a )",
        "if a { 1 } else if b { 2 } else { 3 }",
        "(a).b[3] + f()",
    ] {
        let text = format!("let x =  {value} // c\n ;");
        let ItemKind::Let { value: found, .. } = only(&text).kind else {
            panic!("a let")
        };
        assert_eq!(at(&text, found.span), value);
    }
    let text = "let x = if a { 1 } else if b { 2 } else { 3 };";
    let ItemKind::Let { value, .. } = only(text).kind else {
        panic!("a let")
    };
    let ExprKind::If(_, _, other) = value.kind else {
        panic!("an if")
    };
    assert_eq!(at(text, other.span), "if b { 2 } else { 3 }");
}

#[test]
fn numbers_and_versions_have_values() {
    let value = |text: &str| match crate::parse_expr(text).map(|expr| expr.kind) {
        Ok(ExprKind::Number { value, sized, .. }) => Some((value, sized)),
        _ => None,
    };
    assert_eq!(value("1_000"), Some((Some(1_000), false)));
    assert_eq!(value("0xFFFF_0000"), Some((Some(0xFFFF_0000), false)));
    assert_eq!(value("0b1010"), Some((Some(10), false)));
    assert_eq!(value("0o17"), Some((Some(15), false)));
    assert_eq!(value("4K"), Some((Some(4 << 10), true)));
    assert_eq!(value("16E"), Some((Some(1 << 64), true)));
    assert_eq!(
        value("170141183460469231731687303715884105727"),
        Some((Some(i128::MAX), false))
    );
    assert_eq!(
        value("170141183460469231731687303715884105728"),
        Some((None, false))
    );
    assert_eq!(
        value("170141183460469231731687303715884105727K"),
        Some((None, false))
    );
    let version = |text: &str| match crate::parse_expr(text).map(|expr| expr.kind) {
        Ok(ExprKind::Version { value, .. }) => value,
        _ => None,
    };
    assert_eq!(version("v6.1"), Some(Version::new([6, 1, 0, 0])));
    assert_eq!(version("v2.6.32"), Some(Version::new([2, 6, 32, 0])));
    assert_eq!(version("v6"), Some(Version::new([6, 0, 0, 0])));
    assert_eq!(version("v2.6.32.69"), Some(Version::new([2, 6, 32, 69])));
    assert_eq!(version("v6.1.0-50-amd64"), Some(Version::new([6, 1, 0, 0])));
    assert_eq!(version("v65536.0"), None);
    // What is added to a version touches it and begins with a letter or digit.
    for text in ["v6.1 - 50", "v6.1-(50)", "v6.1..v6.2", "v6.1-rc1..v6.2"] {
        assert_eq!(version(text), None, "{text}");
    }
    for name in ["v", "vmalloc", "v6a", "v_6"] {
        let kind = crate::parse_expr(name).map(|expr| expr.kind);
        assert_eq!(kind, Ok(ExprKind::Name(name.to_owned())));
    }
}

#[test]
fn operators_bind_as_documented() {
    let shown = |text: &str| {
        crate::parse_expr(text)
            .map(|expr| bracketed(&expr))
            .unwrap_or_default()
    };
    assert_eq!(
        shown("a || b && c == d | e & f << g + h * i"),
        "(a||(b&&(c==(d|(e&(f<<(g+(h*i))))))))"
    );
    assert_eq!(
        shown("a * b + c << d & e | f == g && h || i"),
        "((((((((a*b)+c)<<d)&e)|f)==g)&&h)||i)"
    );
    assert_eq!(shown("a - b - c / d / e % f"), "((a-b)-(((c/d)/e)%f))");
    assert_eq!(shown("-a.b[c] * !d"), "((-a.b[c])*(!d))");
    assert_eq!(shown("entry[1:0] == 3 && x"), "((entry[1:0]==3)&&x)");
}

/// The expression with brackets around every operator.
fn bracketed(expr: &Expr) -> String {
    match &expr.kind {
        ExprKind::Binary(op, a, b) => format!("({}{}{})", bracketed(a), op.mark(), bracketed(b)),
        ExprKind::Unary(op, a) => format!("({}{})", op.mark(), bracketed(a)),
        _ => crate::expr_text(expr),
    }
}

#[test]
fn docs_comments_and_blank_lines_are_kept_apart() {
    let text = "// licence\n//! About.\n//!\n//!  More.\n\n// first\nlet a = 1; // behind a\n//// line\n\n/// doc\n///\n///two\nlet b = 2;";
    let (file, errors) = parse(text);
    assert_eq!(errors, []);
    assert_eq!(file.docs, ["About.", "", " More."]);
    assert_eq!(at(text, file.docs_span), "//! About.\n//!\n//!  More.");
    let comments: Vec<_> = file
        .comments
        .iter()
        .map(|c| (c.text.as_str(), c.own_line, c.blank_before, c.blank_after))
        .collect();
    let wanted = [
        (" licence", true, false, false),
        (" first", true, true, false),
        (" behind a", false, false, false),
        ("// line", true, false, true),
    ];
    assert_eq!(comments, wanted);
    assert_eq!(at(text, file.comments[1].span), "// first");
    assert_eq!(file.items[1].docs, ["doc", "", "two"]);
    assert_eq!(
        file.items
            .iter()
            .map(|item| item.blank_before)
            .collect::<Vec<_>>(),
        [true, false]
    );
}

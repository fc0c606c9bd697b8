use super::rust;
use crate::emit::sketch::{MIB, Sketch, interval, small_kernel};
use crate::model::{Domain, ItemKind, Kind};
use expect_test::{expect, expect_file};
use mapwright_grammar::ast::ParamClass;

#[test]
fn small_kernel_as_rust() {
    let model = small_kernel();
    let text = rust(&model, &model.defaults(), "small.layout").expect("a checked layout");
    expect_file!["small_kernel.rs.txt"].assert_eq(&text);
}

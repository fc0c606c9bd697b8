//! Tests of Mapwright as its users meet it: see `tests/` beside this folder.

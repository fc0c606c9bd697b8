//! Colours, for light and dark ground, and the legend.

use super::super::rows::{Row, RowKind, Rule};
use mapwright_runtime::layout::PlaceKind;
use std::collections::BTreeSet;
use std::fmt::Write as _;

/// The style of the picture and the pattern of holes.
pub(super) const HEAD: &str = "\
<style>
.mapwright { --ground: #ffffff; --ink: #1b1f24; --quiet: #59636e; --line: #8b949e;
  --linear: #d6e6ff; --linear-line: #2f6fc4; --pages: #d7f0da; --pages-line: #2c8a3e;
  --slots: #e7defc; --slots-line: #7446c9; --device: #ffe4c7; --device-line: #b9651b;
  --table: #d0efef; --table-line: #1e8585; --zone: #fff1c9; --zone-line: #a58112;
  --plain: #eff1f4; --plain-line: #8b949e; --hole: #f6f7f8; --hole-line: #c4cad1; }
@media (prefers-color-scheme: dark) {
.mapwright { --ground: #14171b; --ink: #e8ebee; --quiet: #a3adb8; --line: #6b7580;
  --linear: #1d3a5f; --linear-line: #6aa5f0; --pages: #1f4628; --pages-line: #67c97a;
  --slots: #3a2b5c; --slots-line: #b08ff0; --device: #553313; --device-line: #eba35f;
  --table: #16474a; --table-line: #5cc4c4; --zone: #4a3d10; --zone-line: #dcbb4e;
  --plain: #2a2f36; --plain-line: #79838f; --hole: #191d22; --hole-line: #3b434c; } }
.mapwright text { fill: var(--ink); font: 12px system-ui, -apple-system, 'Segoe UI', 'DejaVu Sans', sans-serif; }
.mapwright .mw-ground { fill: var(--ground); }
.mapwright .mw-title { font-size: 16px; font-weight: 600; }
.mapwright .mw-space, .mapwright .mw-name { font-weight: 600; }
.mapwright .mw-more, .mapwright .mw-size, .mapwright .mw-quiet { fill: var(--quiet); font-size: 11px; }
.mapwright .mw-address { fill: var(--quiet); font: 11px ui-monospace, 'DejaVu Sans Mono', Menlo, monospace; }
.mapwright .mw-box { stroke-width: 1; fill: var(--plain); stroke: var(--plain-line); }
.mapwright .mw-stack { stroke: var(--line); stroke-width: 3; stroke-dasharray: 3 2; fill: none; }
.mapwright .mw-part { fill: none; stroke: var(--line); }
.mapwright .mw-linear { fill: var(--linear); stroke: var(--linear-line); }
.mapwright .mw-pages { fill: var(--pages); stroke: var(--pages-line); }
.mapwright .mw-slots { fill: var(--slots); stroke: var(--slots-line); }
.mapwright .mw-device { fill: var(--device); stroke: var(--device-line); }
.mapwright .mw-table { fill: var(--table); stroke: var(--table-line); }
.mapwright .mw-zone { fill: var(--zone); stroke: var(--zone-line); }
.mapwright .mw-hole { fill: url(#mw-hatch); stroke: var(--hole-line); }
.mapwright .mw-band { fill: var(--linear-line); fill-opacity: .14; stroke: var(--linear-line); stroke-opacity: .5; }
</style>
<defs><pattern id=\"mw-hatch\" width=\"8\" height=\"8\" patternUnits=\"userSpaceOnUse\" patternTransform=\"rotate(45)\">\
<rect width=\"8\" height=\"8\" style=\"fill: var(--hole)\"/>\
<path d=\"M0,0 V8\" style=\"stroke: var(--hole-line); stroke-width: 1.5\"/></pattern></defs>
";

/// The colour of a row, as a class of [`HEAD`].
pub(super) fn class(row: &Row) -> &'static str {
    match row.kind {
        RowKind::Part => "mw-part",
        RowKind::Gap if row.text.starts_with("...") => "mw-hole",
        RowKind::Gap => "mw-plain",
        RowKind::Place(kind) | RowKind::Family(kind) => match kind {
            PlaceKind::Guard | PlaceKind::Hole => "mw-hole",
            PlaceKind::Zone => "mw-zone",
            PlaceKind::Device => "mw-device",
            PlaceKind::Window => rule_class(row.rule),
            PlaceKind::Part | PlaceKind::Reserve | PlaceKind::Area => "mw-plain",
        },
    }
}

fn rule_class(rule: Rule) -> &'static str {
    match rule {
        Rule::None => "mw-plain",
        Rule::Linear => "mw-linear",
        Rule::Pages => "mw-pages",
        Rule::Slots => "mw-slots",
        Rule::Device => "mw-device",
        Rule::Table => "mw-table",
    }
}

/// What the colours mean.
const MEANINGS: [(&str, &str); 8] = [
    ("mw-linear", "fixed offset"),
    ("mw-pages", "allocated pages"),
    ("mw-slots", "page slots"),
    ("mw-table", "table of frames"),
    ("mw-device", "devices"),
    ("mw-zone", "zone"),
    ("mw-plain", "other"),
    ("mw-hole", "guard, hole, unused"),
];

/// A line that says what the colours that are used mean.
pub(super) fn legend(out: &mut String, left: f64, y: f64, used: &BTreeSet<&str>) {
    let mut x = left;
    for (class, meaning) in MEANINGS
        .into_iter()
        .filter(|(class, _)| used.contains(class))
    {
        let _ = writeln!(
            out,
            "<rect class=\"mw-box {class}\" x=\"{x:.1}\" y=\"{:.1}\" width=\"12\" height=\"12\" rx=\"2\"/>\
             <text class=\"mw-more\" x=\"{:.1}\" y=\"{y:.1}\">{meaning}</text>",
            y - 10.0,
            x + 17.0
        );
        x += 17.0 + 6.4 * meaning.chars().count() as f64 + 14.0;
    }
}

//! A plot of bars: what each engine costs as a part of what the last one costs.

use std::path::Path;

use anyhow::Result;
use svg::Document;
use svg::node::element::{Line, Rectangle, Text};

use crate::measure::{Measured, Samples, geomean};

const LABELS: f64 = 150.0;
const BARS: f64 = 480.0;
const RIGHT: f64 = 60.0;
const TOP: f64 = 80.0;
const BAR: f64 = 16.0;
const GAP: f64 = 10.0;
/// About the width of a letter, and of a number in a bar.
const LETTER: f64 = 6.5;
const NUMBER: f64 = 36.0;
const COLOURS: [&str; 5] = ["#2f6fb0", "#d98032", "#5a9a54", "#8e6bb0", "#8c6d57"];

/// Writes the plot to `path`.
pub(crate) fn plot(measured: &Measured, path: &Path) -> Result<()> {
    let others = measured.engines.len() - 1;
    let columns: Vec<_> =
        (0..others).map(|engine| measured.ratios(engine, others, Samples::median)).collect();
    let means: Vec<_> = columns.iter().map(|column| geomean(column)).collect();
    let mut groups: Vec<(&str, Vec<f64>)> = Vec::new();
    for (index, row) in measured.rows.iter().enumerate() {
        groups.push((&row.program, columns.iter().map(|column| column[index]).collect()));
    }
    groups.push(("geometric mean", means));

    let largest = groups.iter().flat_map(|(_, ratios)| ratios).copied().fold(1.0, f64::max);
    let scale = BARS / (largest * 1.05);
    let group_height = BAR * others as f64 + GAP;
    let (width, height) = (LABELS + BARS + RIGHT, TOP + group_height * groups.len() as f64 + GAP);
    let mut document = Document::new().set("viewBox", (0, 0, width, height)).set("width", width);
    document = document
        .set("font-family", "sans-serif")
        .set("font-size", 13)
        .add(Rectangle::new().set("width", "100%").set("height", "100%").set("fill", "white"));
    let reference = &measured.engines[others];
    let title = format!("CPU time relative to {reference} (shorter is better)");
    document = document.add(text(&title, 12.0, 24.0).set("font-weight", "bold"));
    let mut x = 12.0;
    for (index, name) in measured.engines[..others].iter().enumerate() {
        document = document.add(bar(x, 36.0, 12.0, 12.0, index)).add(text(name, x + 18.0, 47.0));
        x += 36.0 + LETTER * name.len() as f64;
    }
    for (index, (name, ratios)) in groups.iter().enumerate() {
        let y = TOP + group_height * index as f64;
        let middle = y + BAR * others as f64 / 2.0 + 4.0;
        document = document.add(text(name, LABELS - 8.0, middle).set("text-anchor", "end"));
        for (engine, ratio) in ratios.iter().enumerate() {
            let y = y + BAR * engine as f64;
            let (content, end) = (format!("{ratio:.2}"), LABELS + ratio * scale);
            document = document.add(bar(LABELS, y, ratio * scale, BAR - 2.0, engine));
            document = document.add(if ratio * scale < NUMBER {
                text(&content, end + 6.0, y + 12.0)
            } else {
                text(&content, end - 6.0, y + 12.0).set("text-anchor", "end").set("fill", "white")
            });
        }
    }
    let one = LABELS + scale;
    let line = Line::new().set("x1", one).set("x2", one).set("y1", TOP - 8.0).set("y2", height - GAP);
    document = document.add(line.set("stroke", "#444").set("stroke-dasharray", "4 3"));
    document = document.add(text(reference, one, TOP - 12.0).set("text-anchor", "middle"));
    svg::save(path, &document)?;
    Ok(())
}

fn text(content: &str, x: f64, y: f64) -> Text {
    Text::new(content).set("x", round(x)).set("y", round(y)).set("fill", "#222")
}

fn bar(x: f64, y: f64, width: f64, height: f64, engine: usize) -> Rectangle {
    let colour = COLOURS[engine % COLOURS.len()];
    let place = Rectangle::new().set("x", round(x)).set("y", round(y));
    place.set("width", round(width)).set("height", height).set("fill", colour)
}

/// A tenth of a pixel is fine enough for a file that people may read.
fn round(value: f64) -> f64 {
    (value * 10.0).round() / 10.0
}

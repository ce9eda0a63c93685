//! Charts as SVG, made here: dots in panels, and lines. Colours are the page's, so they follow light and dark.

use std::fmt::Write as _;

use super::findings::number;
use bench::Spread;

/// A logarithmic axis: twice as much is everywhere as far to the right.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Scale {
    low: f64,
    high: f64,
}

impl Scale {
    /// One that has room for all of these, spans a decade or more, and ends at round numbers. What is not above zero has no place.
    pub fn over(values: impl IntoIterator<Item = f64>) -> Option<Self> {
        let (mut low, mut high) = (f64::INFINITY, f64::NEG_INFINITY);
        for value in values.into_iter().filter(|value| value.is_finite() && *value > 0.0) {
            (low, high) = (low.min(value), high.max(value));
        }
        if low > high {
            return None;
        }
        let (mut low, mut high) = (round(low, false), round(high, true));
        // At least a decade, or a small difference would look large.
        while high / low < 9.99 {
            high = round(high * 1.5, true);
            if high / low < 9.99 {
                low = round(low / 1.5, false);
            }
        }
        Some(Self { low, high })
    }

    /// Where a value is, from 0 to 1. What is beyond is at the edge.
    pub fn at(&self, value: f64) -> f64 {
        if value <= self.low {
            return 0.0;
        }
        ((value / self.low).ln() / (self.high / self.low).ln()).min(1.0)
    }

    /// Round numbers to write at the axis, no more than about so many.
    pub fn ticks(&self, most: usize) -> Vec<f64> {
        let steps: [&[f64]; 3] = [&[1.0, 2.0, 5.0], &[1.0, 3.0], &[1.0]];
        let decades = self.low.log10().floor() as i32..=self.high.log10().ceil() as i32;
        let within = |steps: &[f64], every: i32| -> Vec<f64> {
            let decades = decades.clone().filter(|decade| decade.rem_euclid(every) == 0);
            let ticks = decades.flat_map(|decade| steps.iter().map(move |step| step * 10f64.powi(decade)));
            ticks.filter(|tick| (self.low * 0.999..=self.high * 1.001).contains(tick)).collect()
        };
        let fine = steps.into_iter().map(|steps| within(steps, 1)).find(|ticks| ticks.len() <= most);
        fine.unwrap_or_else(|| within(&[1.0], 2))
    }
}

/// The next of 1, 2, 5, 10 …, up or down.
fn round(value: f64, up: bool) -> f64 {
    let decade = 10f64.powf(value.log10().floor());
    let steps = [1.0, 2.0, 5.0, 10.0].map(|step| step * decade);
    let found = if up {
        steps.into_iter().find(|step| *step >= value * 0.9999)
    } else {
        steps.into_iter().rev().find(|step| *step <= value * 1.0001)
    };
    found.unwrap_or(value)
}

/// What is in a row of a panel.
#[derive(Debug, Clone, PartialEq)]
pub enum Mark {
    /// The median, with the lowest and the highest round as whiskers, and its value as text.
    Dot { spread: Spread, text: String },
    /// Three quantiles of one thing, each further than the one before.
    Range([Option<f64>; 3]),
    /// A cross, a few words, and the whole reason for whoever points at it.
    Broken { words: String, why: String },
    /// Not measured.
    Nothing,
}

/// A column of a chart: one mark for each model.
#[derive(Debug, Clone)]
pub struct Panel {
    pub title: String,
    /// What the numbers at the axis are.
    pub unit: &'static str,
    pub scale: Option<Scale>,
    pub marks: Vec<Mark>,
}

const WIDTH: f64 = 1000.0;
const NAMES: f64 = 108.0;
const GAP: f64 = 22.0;
const ROW: f64 = 21.0;
const TOP: f64 = 30.0;
const BOTTOM: f64 = 40.0;

/// Panels side by side, with the models' names once at the left.
pub fn panels(label: &str, names: &[String], panels: &[Panel]) -> String {
    let height = TOP + ROW * names.len() as f64 + BOTTOM;
    let mut svg = open(label, height);
    for (row, name) in names.iter().enumerate() {
        let y = TOP + ROW * row as f64;
        if row % 2 == 0 {
            write!(svg, r#"<rect class="band" x="0" y="{y:.1}" width="{WIDTH}" height="{ROW}"/>"#)
                .expect(TEXT);
        }
        text(&mut svg, "name", NAMES - 8.0, y + 15.0, "end", name);
    }
    let width = (WIDTH - NAMES - GAP * panels.len() as f64) / panels.len().max(1) as f64;
    for (number, panel) in panels.iter().enumerate() {
        draw(&mut svg, panel, NAMES + 4.0 + (width + GAP) * number as f64, width, height);
    }
    svg + "</svg>"
}

fn draw(svg: &mut String, panel: &Panel, left: f64, width: f64, height: f64) {
    let foot = height - BOTTOM;
    text(svg, "head", left, 18.0, "start", &panel.title);
    if let Some(scale) = panel.scale {
        for tick in scale.ticks((width / 34.0) as usize) {
            let x = left + width * scale.at(tick);
            line(svg, "grid", [x, TOP, x, foot]);
            // At the edges, within: the next panel's numbers begin there.
            let anchor = match scale.at(tick) {
                ..0.01 => "start",
                0.99.. => "end",
                _ => "middle",
            };
            text(svg, "tick", x, foot + 14.0, anchor, &tick_text(tick));
        }
        text(svg, "tick", left + width / 2.0, foot + 30.0, "middle", panel.unit);
    }
    line(svg, "axis", [left, TOP, left, foot]);
    for (row, mark) in panel.marks.iter().enumerate() {
        let y = TOP + ROW * (row as f64 + 0.5);
        match (mark, panel.scale) {
            (Mark::Dot { spread, text: value }, Some(scale)) => {
                let place = |value: f64| left + width * scale.at(value);
                let [low, dot, high] = [spread.min, spread.median, spread.max].map(place);
                if high - low > 1.0 {
                    whisker(svg, low, high, y);
                }
                circle(svg, "dot", dot, y);
                beside(svg, [low.min(dot - 4.0), high.max(dot + 4.0), left, left + width], y, value);
            }
            (Mark::Range(quantiles), Some(scale)) => {
                let place = |value: f64| left + width * scale.at(value);
                let [half, most, nearly] = quantiles.map(|quantile| quantile.map(place));
                let Some(start) = half else { continue };
                let end = nearly.or(most).unwrap_or(start);
                line(svg, "thin", [start, y, end, y]);
                if let Some(most) = most {
                    line(svg, "thick", [start, y, most, y]);
                }
                if let Some(nearly) = nearly {
                    line(svg, "stop", [nearly, y - 5.0, nearly, y + 5.0]);
                }
                circle(svg, "dot", start, y);
            }
            (Mark::Broken { words, why }, _) => {
                write!(svg, "<g><title>{}</title>", escape(why)).expect(TEXT);
                text(svg, "cross", left + 6.0, y + 4.0, "start", &format!("✗ {words}"));
                *svg += "</g>";
            }
            _ => text(svg, "tick", left + 6.0, y + 4.0, "start", "–"),
        }
    }
}

/// A value beside its mark, on the side where there is room.
fn beside(svg: &mut String, [from, to, left, right]: [f64; 4], y: f64, value: &str) {
    let room = 7.0 * value.chars().count() as f64 + 6.0;
    if to + room <= right + GAP - 4.0 {
        text(svg, "value", to + 4.0, y + 4.0, "start", value);
    } else if from - room >= left {
        text(svg, "value", from - 4.0, y + 4.0, "end", value);
    }
}

/// A line of a chart of lines.
#[derive(Debug, Clone)]
pub struct Line {
    pub name: String,
    /// By x.
    pub points: Vec<(f64, Spread)>,
    /// Why there is none at the next x, in a few words.
    pub broken: Option<String>,
    /// To be seen first.
    pub bold: bool,
}

/// Lines over an axis, each with its name at its end.
pub fn lines(label: &str, [x_unit, y_unit]: [&str; 2], lines: &[Line]) -> String {
    const HEIGHT: f64 = 400.0;
    const LEFT: f64 = 56.0;
    const RIGHT: f64 = 330.0;
    let points = || lines.iter().flat_map(|line| &line.points);
    let mut svg = open(label, HEIGHT);
    let xs = Scale::over(points().map(|point| point.0));
    let ys = Scale::over(points().flat_map(|point| [point.1.min, point.1.max]));
    let (Some(xs), Some(ys)) = (xs, ys) else { return svg + "</svg>" };
    let (top, foot) = (26.0, HEIGHT - 42.0);
    let across = |x: f64| LEFT + (WIDTH - LEFT - RIGHT) * xs.at(x);
    let up = |y: f64| foot - (foot - top) * ys.at(y);
    for tick in ys.ticks(9) {
        self::line(&mut svg, "grid", [LEFT, up(tick), WIDTH - RIGHT, up(tick)]);
        text(&mut svg, "tick", LEFT - 6.0, up(tick) + 4.0, "end", &tick_text(tick));
    }
    text(&mut svg, "tick", LEFT - 6.0, 14.0, "start", y_unit);
    let mut columns: Vec<f64> = points().map(|point| point.0).collect();
    columns.sort_by(f64::total_cmp);
    columns.dedup();
    for x in columns {
        self::line(&mut svg, "grid", [across(x), top, across(x), foot]);
        text(&mut svg, "tick", across(x), foot + 16.0, "middle", &tick_text(x));
    }
    text(&mut svg, "tick", f64::midpoint(LEFT, WIDTH - RIGHT), foot + 34.0, "middle", x_unit);

    let ends: Vec<f64> =
        lines.iter().map(|line| line.points.last().map_or(foot, |(_, end)| up(end.median))).collect();
    let labels = apart(&ends, 15.0, foot);
    for (line, label_y) in lines.iter().zip(labels) {
        let Some((x, end)) = line.points.last() else { continue };
        let class = if line.bold { "series bold" } else { "series" };
        write!(svg, r#"<g class="{class}">"#).expect(TEXT);
        let path: Vec<String> = line
            .points
            .iter()
            .map(|(x, spread)| format!("{:.1},{:.1}", across(*x), up(spread.median)))
            .collect();
        write!(svg, r#"<polyline points="{}"/>"#, path.join(" ")).expect(TEXT);
        for (x, spread) in &line.points {
            if up(spread.min) - up(spread.max) > 1.0 {
                self::line(&mut svg, "thin", [across(*x), up(spread.min), across(*x), up(spread.max)]);
            }
            write!(svg, r#"<circle cx="{:.1}" cy="{:.1}" r="3"/>"#, across(*x), up(spread.median))
                .expect(TEXT);
        }
        let (end_x, end_y) = (across(*x), up(end.median));
        let words = match &line.broken {
            Some(why) => format!("{} {}  ✗ then: {why}", line.name, number(end.median)),
            None => format!("{} {}", line.name, number(end.median)),
        };
        let label_x = WIDTH - RIGHT + 22.0;
        self::line(&mut svg, "leader", [end_x + 5.0, end_y, label_x - 4.0, label_y]);
        text(&mut svg, "label", label_x, label_y + 4.0, "start", &words);
        svg += "</g>";
    }
    svg + "</svg>"
}

/// Heights for labels that want to be at these, so that none covers another, and none is below the foot.
fn apart(wanted: &[f64], distance: f64, foot: f64) -> Vec<f64> {
    let mut order: Vec<usize> = (0..wanted.len()).collect();
    order.sort_by(|one, other| wanted[*one].total_cmp(&wanted[*other]));
    let mut placed = wanted.to_vec();
    let mut free = f64::NEG_INFINITY;
    for place in &order {
        placed[*place] = wanted[*place].max(free);
        free = placed[*place] + distance;
    }
    // What was pushed too far down pushes up again.
    let mut floor = foot;
    for place in order.iter().rev() {
        placed[*place] = placed[*place].min(floor);
        floor = placed[*place] - distance;
    }
    placed
}

/// `0.5`, `20`, `10k`, `2M`
fn tick_text(value: f64) -> String {
    match value {
        ..0.0095 => format!("{value:.3}"),
        ..0.095 => format!("{value:.2}"),
        ..0.95 => format!("{value:.1}"),
        ..999.5 => format!("{value:.0}"),
        ..999_500.0 => format!("{:.0}k", value / 1e3),
        _ => format!("{:.0}M", value / 1e6),
    }
}

fn open(label: &str, height: f64) -> String {
    let label = escape(label);
    format!(r#"<svg viewBox="0 0 {WIDTH} {height:.0}" role="img" aria-label="{label}">"#)
}

fn line(svg: &mut String, class: &str, [x1, y1, x2, y2]: [f64; 4]) {
    write!(svg, r#"<line class="{class}" x1="{x1:.1}" y1="{y1:.1}" x2="{x2:.1}" y2="{y2:.1}"/>"#)
        .expect(TEXT);
}

fn whisker(svg: &mut String, low: f64, high: f64, y: f64) {
    line(svg, "whisker", [low, y, high, y]);
    line(svg, "whisker", [low, y - 4.0, low, y + 4.0]);
    line(svg, "whisker", [high, y - 4.0, high, y + 4.0]);
}

fn circle(svg: &mut String, class: &str, x: f64, y: f64) {
    write!(svg, r#"<circle class="{class}" cx="{x:.1}" cy="{y:.1}" r="4"/>"#).expect(TEXT);
}

fn text(svg: &mut String, class: &str, x: f64, y: f64, anchor: &str, words: &str) {
    let words = escape(words);
    write!(svg, r#"<text class="{class}" x="{x:.1}" y="{y:.1}" text-anchor="{anchor}">{words}</text>"#)
        .expect(TEXT);
}

/// Text as it may stand in HTML, also in an attribute.
pub fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

const TEXT: &str = "a string takes everything";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_scale_ends_at_round_numbers() {
        let scale = |values: &[f64]| Scale::over(values.iter().copied());
        assert_eq!(scale(&[3.0, 42.0]), Some(Scale { low: 2.0, high: 50.0 }));
        assert_eq!(scale(&[0.13, 900.0]), Some(Scale { low: 0.1, high: 1000.0 }));
        assert_eq!(scale(&[10.0, 11.0]), Some(Scale { low: 5.0, high: 50.0 }));
        assert_eq!(scale(&[0.0, f64::NAN]), None);
    }

    #[test]
    fn twice_as_much_is_everywhere_as_far() {
        let scale = Scale { low: 1.0, high: 16.0 };
        let places = [0.0, 1.0, 2.0, 4.0, 16.0, 99.0].map(|value| (scale.at(value) * 100.0).round());
        assert_eq!(places, [0.0, 0.0, 25.0, 50.0, 100.0, 100.0]);
    }

    #[test]
    fn ticks_become_fewer_when_there_is_much_to_span() {
        assert_eq!(Scale { low: 2.0, high: 50.0 }.ticks(5), [2.0, 5.0, 10.0, 20.0, 50.0]);
        assert_eq!(Scale { low: 1.0, high: 100.0 }.ticks(5), [1.0, 3.0, 10.0, 30.0, 100.0]);
        assert_eq!(Scale { low: 0.1, high: 1000.0 }.ticks(5), [0.1, 1.0, 10.0, 100.0, 1000.0]);
        assert_eq!(Scale { low: 0.1, high: 1e6 }.ticks(5), [1.0, 100.0, 1e4, 1e6]);
    }

    #[test]
    fn labels_do_not_cover_each_other() {
        assert_eq!(apart(&[10.0, 11.0, 50.0], 10.0, 100.0), [10.0, 20.0, 50.0]);
        assert_eq!(apart(&[98.0, 99.0], 10.0, 100.0), [90.0, 100.0]);
    }

    #[test]
    fn what_is_written_is_escaped() {
        assert_eq!(escape(r#"a<b & "c""#), "a&lt;b &amp; &quot;c&quot;");
    }
}

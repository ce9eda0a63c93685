//! A table for people: columns as wide as their widest cell, words to the left and figures to the right.

use std::fmt;

/// Rows of text under a heading.
#[derive(Debug, Default)]
pub struct Table {
    title: String,
    rows: Vec<Vec<String>>,
    notes: Vec<String>,
}

impl Table {
    /// An empty table with a title and the names of its columns.
    pub fn new(title: impl Into<String>, columns: &[&str]) -> Self {
        let heading = columns.iter().map(ToString::to_string).collect();
        Self { title: title.into(), rows: vec![heading], notes: Vec::new() }
    }

    /// Adds a row. A row may be shorter than the heading; the rest stays empty.
    pub fn row(&mut self, cells: Vec<String>) {
        self.rows.push(cells);
    }

    /// Adds a sentence below the table.
    pub fn note(&mut self, note: impl Into<String>) {
        self.notes.push(note.into());
    }

    fn widths(&self) -> Vec<usize> {
        let columns = self.rows.iter().map(Vec::len).max().unwrap_or(0);
        let width = |column: usize| {
            let cells = self.rows.iter().filter_map(|row| row.get(column));
            cells.map(|cell| cell.chars().count()).max().unwrap_or(0)
        };
        (0..columns).map(width).collect()
    }
}

impl fmt::Display for Table {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let widths = self.widths();
        writeln!(f, "{}", self.title)?;
        for (number, row) in self.rows.iter().enumerate() {
            writeln!(f, "{}", line(row, &widths).trim_end())?;
            if number == 0 {
                writeln!(f, "{}", rule(&widths))?;
            }
        }
        self.notes.iter().try_for_each(|note| writeln!(f, "  {note}"))
    }
}

/// One row: the first column to the left, the others to the right.
fn line(row: &[String], widths: &[usize]) -> String {
    let mut line = String::from(" ");
    for (column, (cell, width)) in row.iter().zip(widths).enumerate() {
        let padding = " ".repeat(width.saturating_sub(cell.chars().count()));
        line += " ";
        line += &if column == 0 { format!("{cell}{padding}") } else { format!(" {padding}{cell}") };
    }
    line
}

fn rule(widths: &[usize]) -> String {
    let length: usize = widths.iter().map(|width| width + 2).sum();
    format!("  {}", "-".repeat(length.saturating_sub(2)))
}

/// A number with as many decimals as its size deserves.
pub fn number(value: f64) -> String {
    match value.abs() {
        _ if !value.is_finite() => "n/a".to_owned(),
        size if size >= 1000.0 => grouped(value),
        size if size >= 100.0 => format!("{value:.0}"),
        size if size >= 10.0 => format!("{value:.1}"),
        size if size >= 0.1 || size == 0.0 => format!("{value:.2}"),
        _ => format!("{value:.4}"),
    }
}

/// A number that may be missing.
pub fn maybe(value: Option<f64>) -> String {
    value.map_or_else(|| "n/a".to_owned(), number)
}

/// A whole number with a comma before each three digits.
fn grouped(value: f64) -> String {
    let digits = format!("{:.0}", value.abs());
    let mut text = String::new();
    for (place, digit) in digits.chars().enumerate() {
        if place > 0 && (digits.len() - place).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    if value < 0.0 { format!("-{text}") } else { text }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_are_as_wide_as_their_widest_cell() {
        let mut table = Table::new("title", &["server", "x"]);
        table.row(vec!["a".into(), "1.00".into()]);
        table.row(vec!["long name".into(), "2".into()]);
        table.note("and a note");

        let expected = "title\n  server        x\n  ---------------\n  a          1.00\n  \
                        long name     2\n  and a note\n";
        assert_eq!(table.to_string(), expected);
    }

    #[test]
    fn numbers_keep_about_three_figures() {
        let cases = [
            (0.0, "0.00"),
            (0.0123, "0.0123"),
            (0.125, "0.12"),
            (9.876, "9.88"),
            (37.25, "37.2"),
            (627.4, "627"),
            (1234.0, "1,234"),
            (1_234_567.8, "1,234,568"),
            (-4321.0, "-4,321"),
            (f64::NAN, "n/a"),
        ];
        for (value, text) in cases {
            assert_eq!(number(value), text, "{value}");
        }
    }

    #[test]
    fn a_missing_number_says_so() {
        assert_eq!(maybe(None), "n/a");
        assert_eq!(maybe(Some(1.0)), "1.00");
    }
}

//! Figures on their way out: a table for people, or JSON.

use std::io::{self, Write};

use serde::Serialize;
use serde_json::json;

use crate::table::Table;

/// What one scenario found out about one server.
pub trait Figures: Serialize {
    /// The names of the table's columns.
    const COLUMNS: &'static [&'static str];

    /// One cell for each column.
    fn cells(&self) -> Vec<String>;
}

/// Where figures go.
#[derive(Debug, Clone, Copy)]
pub struct Report {
    /// JSON rather than tables.
    pub json: bool,
}

impl Report {
    /// Prints what was found out about each server.
    pub fn print<F: Figures>(&self, title: &str, figures: &[F]) -> anyhow::Result<()> {
        if self.json {
            return self.print_json(&json!({ "scenario": title, "servers": figures }));
        }
        let mut table = Table::new(title, F::COLUMNS);
        figures.iter().for_each(|found| table.row(found.cells()));
        self.print_table(&table)
    }

    /// Prints a table and an empty line.
    pub fn print_table(&self, table: &Table) -> anyhow::Result<()> {
        writeln!(io::stdout().lock(), "{table}")?;
        Ok(())
    }

    /// Prints a value as JSON.
    pub fn print_json(&self, value: &serde_json::Value) -> anyhow::Result<()> {
        writeln!(io::stdout().lock(), "{value:#}")?;
        Ok(())
    }
}

//! The command line of `saloon lab compare`, and what follows from it.

use std::path::PathBuf;
use std::time::Duration;

use clap::{Args, value_parser};

use crate::models::Model;

/// What `compare` understands.
#[derive(Debug, Clone, Args)]
pub struct Options {
    /// Which models; all if none is named
    #[arg(value_enum, value_name = "MODEL")]
    pub models: Vec<Model>,
    /// In less than a minute: few connections, one short round. It shows that all works, not who is faster
    #[arg(long)]
    pub quick: bool,
    /// Write everything that was found to this file, as JSON
    #[arg(long, value_name = "FILE")]
    pub json: Option<PathBuf>,
    /// Write a page with charts to this file; it needs no other
    #[arg(long, value_name = "FILE")]
    pub html: Option<PathBuf>,
    /// How often everything is measured [default: 3, with --quick 1]
    #[arg(long, value_name = "N", value_parser = value_parser!(u16).range(1..=100))]
    pub rounds: Option<u16>,
    /// How long each measurement takes [default: 1, with --quick 0.2]
    #[arg(long, value_name = "S", value_parser = seconds)]
    pub seconds: Option<f64>,
    /// How many connections [default: 1,10,100,1000,10000, with --quick 1,10,100]
    #[arg(long, value_name = "N,N,…", value_delimiter = ',', value_parser = value_parser!(u32).range(1..=50_000))]
    pub connections: Vec<u32>,
    /// Let servers and load generator run on any core, instead of giving the generator one of its own
    #[arg(long)]
    pub no_pin: bool,
}

/// What is going to be done: the options, and their defaults.
#[derive(Debug, Clone)]
pub struct Plan {
    pub models: Vec<Model>,
    pub rounds: usize,
    pub window: Duration,
    /// In ascending order.
    pub sizes: Vec<usize>,
    /// How long nothing may happen before it is taken for the end.
    pub patience: Duration,
    /// The sizes at which system calls are counted.
    pub traced: Vec<usize>,
    pub quick: bool,
    pub pin: bool,
}

impl Plan {
    /// What was asked for, and the defaults for what was not.
    pub fn of(options: &Options) -> Self {
        let quick = options.quick;
        let mut models = options.models.clone();
        if models.is_empty() {
            models = Model::all().to_vec();
        }
        models.sort_by_key(|model| Model::all().iter().position(|other| other == model));
        models.dedup();
        let mut sizes: Vec<usize> = options.connections.iter().map(|count| *count as usize).collect();
        if sizes.is_empty() {
            sizes = if quick { vec![1, 10, 100] } else { vec![1, 10, 100, 1000, 10_000] };
        }
        sizes.sort_unstable();
        sizes.dedup();
        let traced = sizes.iter().copied().filter(|size| *size <= if quick { 1 } else { MOST_TRACED });
        Self {
            models,
            rounds: options.rounds.unwrap_or(if quick { 1 } else { 3 }).into(),
            window: Duration::from_secs_f64(options.seconds.unwrap_or(if quick { 0.2 } else { 1.0 })),
            patience: Duration::from_secs(if quick { 1 } else { 3 }),
            traced: traced.collect(),
            sizes,
            quick,
            pin: !options.no_pin,
        }
    }

    /// What is discarded at the start of each measurement.
    pub fn warm_up(&self) -> Duration {
        self.window / 5
    }
}

/// Attaching to more processes than this takes longer than what it tells is worth.
const MOST_TRACED: usize = 100;

fn seconds(text: &str) -> Result<f64, String> {
    match text.parse() {
        Ok(seconds) if (0.05..=60.0).contains(&seconds) => Ok(seconds),
        _ => Err("a number from 0.05 to 60".to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use clap::Parser;

    use super::*;

    #[derive(Parser)]
    struct Program {
        #[command(flatten)]
        options: Options,
    }

    fn plan(line: &str) -> Plan {
        let words = std::iter::once("compare").chain(line.split_whitespace());
        Plan::of(&Program::try_parse_from(words).expect("a good line").options)
    }

    #[test]
    fn nothing_said_is_all_models_at_all_sizes() {
        let plan = plan("");
        assert_eq!(plan.models, Model::all());
        assert_eq!((plan.rounds, plan.sizes.as_slice()), (3, [1, 10, 100, 1000, 10_000].as_slice()));
    }

    #[test]
    fn quick_is_less_of_all_and_each_can_still_be_said() {
        let plan = plan("poll select poll --quick --rounds 2 --connections 20,5,20");
        assert_eq!(plan.models, [Model::Select, Model::Poll]);
        assert_eq!((plan.rounds, plan.sizes.as_slice()), (2, [5, 20].as_slice()));
    }

    #[test]
    fn a_measurement_of_no_time_is_refused() {
        assert!(Program::try_parse_from(["compare", "--seconds", "0"]).is_err());
        assert!(Program::try_parse_from(["compare", "--seconds", "nan"]).is_err());
    }
}

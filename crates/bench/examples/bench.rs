//! `saloon bench` as a program of its own, for when only the load generator is built:
//! `cargo run --release -p bench --example bench -- compare --help`.

use clap::Parser;

/// A load generator for any IRC server on loopback.
#[derive(Parser)]
#[command(name = "bench")]
struct Program {
    #[command(flatten)]
    options: bench::Options,
}

fn main() -> anyhow::Result<()> {
    bench::run(Program::parse().options)
}

//! Starts the floor server as a process of its own, so that the kernel accounts for it like for any other.

use std::io::{BufRead, BufReader};
use std::net::{Ipv4Addr, SocketAddr};
use std::process::{Child, ChildStdin, Command, Stdio};

use anyhow::Context;
use clap::ValueEnum;

use crate::bench::Bench;
use crate::crew::Crew;
use crate::dialect::Dialect;
use crate::floor_server::{Delivery, FloorServer};
use crate::server::Server;

/// The hidden subcommand that the child is started with.
pub const FLOOR_SERVER: &str = "floor-server";

/// A floor server that runs as long as this value lives.
#[derive(Debug)]
pub struct Floor {
    /// It, as a server to be measured.
    pub server: Server,
    child: Child,
    /// The child serves until this is closed, so it never outlives us.
    stdin: Option<ChildStdin>,
}

impl Floor {
    /// Starts one. `before` is what comes before the scenario's name on our own command line: nothing, or
    /// `bench` when we are part of a larger program.
    pub fn start(before: &[String], options: &FloorServer) -> anyhow::Result<Self> {
        // Not the path of the executable: that may have been built anew meanwhile.
        let mut command = Command::new("/proc/self/exe");
        command.args(before).arg(FLOOR_SERVER).args(arguments(options));
        let mut child = command
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .context("can't start this program again as the floor server")?;
        let stdin = child.stdin.take();
        let port = read_port(&mut child).inspect_err(|_| stop(&mut child))?;
        let name = match options.delivery {
            Delivery::Each => "floor",
            Delivery::Pending => "floor, pending",
        };
        let addr = SocketAddr::from((Ipv4Addr::LOCALHOST, port));
        let server = Server::of(name.to_owned(), addr, vec![child.id()])?;
        Ok(Self { server, child, stdin })
    }
}

fn arguments(options: &FloorServer) -> [String; 3] {
    let delivery = options.delivery.to_possible_value().map_or_else(String::new, |v| v.get_name().into());
    [
        format!("--delivery={delivery}"),
        format!("--welcome={}", options.welcome),
        format!("--joined={}", options.joined),
    ]
}

fn read_port(child: &mut Child) -> anyhow::Result<u16> {
    let mut line = String::new();
    let stdout = child.stdout.take().context("the floor server has no output")?;
    BufReader::new(stdout).read_line(&mut line)?;
    line.trim().parse().context("the floor server did not say its port")
}

fn stop(child: &mut Child) {
    // It may have ended by itself, which is what we want.
    let _ = child.kill();
    let _ = child.wait();
}

impl Drop for Floor {
    fn drop(&mut self) {
        self.stdin.take();
        stop(&mut self.child);
    }
}

/// What came before the scenario's name on the command line.
pub fn arguments_before(scenario: &str, arguments: impl Iterator<Item = String>) -> Vec<String> {
    arguments.skip(1).take_while(|argument| argument != scenario).collect()
}

/// Measures how many bytes a server's welcome and its answer to JOIN have, so that the floor's have too.
/// The floor always speaks as IRC servers do: a write is a write.
pub fn like(bench: &Bench, server: &Server) -> anyhow::Result<FloorServer> {
    if server.dialect != Dialect::Irc {
        return Ok(FloorServer::default());
    }
    let mut alone = Crew::new(bench, server)?;
    alone.gather(1, false)?;
    let mut joining = Crew::new(bench, server)?;
    joining.gather(1, true)?;
    let (welcome, both) = (alone.received as usize, joining.received as usize);
    Ok(FloorServer { delivery: Delivery::Each, welcome, joined: both.saturating_sub(welcome).max(50) })
}

impl Default for FloorServer {
    fn default() -> Self {
        Self { delivery: Delivery::Each, welcome: 1500, joined: 150 }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn before(line: &str) -> Vec<String> {
        arguments_before("compare", line.split(' ').map(str::to_owned))
    }

    #[test]
    fn the_child_is_called_the_way_we_were() {
        assert_eq!(before("/bin/bench compare --rounds 3"), Vec::<String>::new());
        assert_eq!(before("saloon bench compare"), ["bench"]);
        assert_eq!(before("saloon bench --json compare --members 9"), ["bench", "--json"]);
    }
}

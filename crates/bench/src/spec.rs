//! Which server to measure:
//! `[NAME=]HOST:PORT[,dialect=DIALECT][,pid=PID[+PID…]|,pidfile=FILE][,restart=COMMAND]`.

use std::net::{SocketAddr, ToSocketAddrs};
use std::path::PathBuf;
use std::str::FromStr;

use anyhow::{Context, anyhow, bail, ensure};
use clap::ValueEnum;

use crate::dialect::Dialect;

/// A server as named on the command line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ServerSpec {
    /// What the tables call it.
    pub name: String,
    /// Where it listens; always on loopback.
    pub addr: SocketAddr,
    /// What it speaks there, if that was said.
    pub dialect: Option<Dialect>,
    /// How to find the process whose CPU and memory are read.
    pub process: Process,
    /// A shell command that stops the server, if it runs, and starts it.
    pub restart: Option<String>,
}

/// How to find a server's process.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Process {
    /// By asking the kernel who listens on the port.
    ByPort,
    /// These process ids; a server of several processes names them all.
    Ids(Vec<u32>),
    /// The process id that is written in this file.
    File(PathBuf),
}

impl FromStr for ServerSpec {
    type Err = anyhow::Error;

    fn from_str(text: &str) -> anyhow::Result<Self> {
        let mut parts = text.split(',');
        let place = parts.next().unwrap_or_default();
        let (name, place) = match place.split_once('=') {
            Some((name, place)) => (name, place),
            None => (place, place),
        };
        ensure!(!name.is_empty(), "a server needs a name before the '='");
        let (name, addr) = (name.to_owned(), loopback(place)?);
        let mut spec = Self { name, addr, dialect: None, process: Process::ByPort, restart: None };
        for part in parts {
            match part.split_once('=') {
                Some(("restart", command)) => spec.restart = Some(command.to_owned()),
                Some(("dialect", name)) => spec.dialect = Some(dialect(name)?),
                _ => spec.process = process(part)?,
            }
        }
        Ok(spec)
    }
}

fn loopback(place: &str) -> anyhow::Result<SocketAddr> {
    let mut found = place
        .to_socket_addrs()
        .with_context(|| format!("'{place}' is not HOST:PORT, as in 127.0.0.1:6667 or [::1]:6667"))?;
    let Some(addr) = found.find(|addr| addr.ip().is_loopback()) else {
        bail!("'{place}' is not on loopback; load is only ever put on this machine");
    };
    Ok(addr)
}

fn dialect(name: &str) -> anyhow::Result<Dialect> {
    Dialect::from_str(name, false).map_err(|_| {
        let names: Vec<String> = Dialect::value_variants().iter().map(|known| known.name()).collect();
        anyhow!("'{name}' is no dialect to measure; these are: {}", names.join(", "))
    })
}

fn process(part: &str) -> anyhow::Result<Process> {
    match part.split_once('=') {
        Some(("pid", ids)) => {
            let ids = ids.split('+').map(str::parse).collect::<Result<_, _>>();
            Ok(Process::Ids(ids.with_context(|| format!("'{part}': a pid is a number"))?))
        }
        Some(("pidfile", file)) => Ok(Process::File(file.into())),
        _ => bail!("'{part}' is not dialect=DIALECT, pid=PID, pidfile=FILE or restart=COMMAND"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(text: &str) -> Result<ServerSpec, String> {
        text.parse().map_err(|error: anyhow::Error| error.to_string())
    }

    fn spec(name: &str, addr: &str, process: Process) -> ServerSpec {
        let addr = addr.parse().expect("an address");
        ServerSpec { name: name.into(), addr, dialect: None, process, restart: None }
    }

    #[test]
    fn a_server_may_say_how_it_is_restarted() {
        let expected = ServerSpec {
            restart: Some("sh run.sh a".into()),
            ..spec("a", "127.0.0.1:2", Process::File("/run/a".into()))
        };
        assert_eq!(parse("a=127.0.0.1:2,pidfile=/run/a,restart=sh run.sh a"), Ok(expected));
    }

    #[test]
    fn a_server_may_say_what_it_speaks() {
        let expected =
            ServerSpec { dialect: Some(Dialect::Group), ..spec("g", "127.0.0.1:3", Process::Ids(vec![4])) };
        assert_eq!(parse("g=127.0.0.1:3,dialect=group,pid=4"), Ok(expected));
    }

    #[test]
    fn a_server_is_a_name_an_address_and_a_process() {
        let cases = [
            ("a=127.0.0.1:6667", spec("a", "127.0.0.1:6667", Process::ByPort)),
            ("127.0.0.1:6667", spec("127.0.0.1:6667", "127.0.0.1:6667", Process::ByPort)),
            ("v6=[::1]:7000,pid=12", spec("v6", "[::1]:7000", Process::Ids(vec![12]))),
            ("b=127.0.0.1:1,pid=1+22", spec("b", "127.0.0.1:1", Process::Ids(vec![1, 22]))),
            ("c=127.0.0.1:2,pidfile=/run/c", spec("c", "127.0.0.1:2", Process::File("/run/c".into()))),
        ];
        for (text, expected) in cases {
            assert_eq!(parse(text), Ok(expected), "{text}");
        }
    }

    #[test]
    fn what_is_wrong_is_said() {
        for (text, part) in [
            ("a=10.1.2.3:6667", "not on loopback"),
            ("a=127.0.0.1", "not HOST:PORT"),
            ("=127.0.0.1:1", "needs a name"),
            ("a=127.0.0.1:1,dialect=packet", "no dialect to measure; these are: irc, group"),
            ("a=127.0.0.1:1,pid=x", "a pid is a number"),
            ("a=127.0.0.1:1,core=1", "not dialect=DIALECT, pid=PID, pidfile=FILE or restart=COMMAND"),
        ] {
            let error = parse(text).expect_err(text);
            assert!(error.contains(part), "{text}: {error}");
        }
    }
}

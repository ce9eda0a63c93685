//! `saloon health`: whether a server answers. For where there is neither a shell nor another program that could
//! ask, such as a container with nothing but this one in it.

use std::io::{self, Read, Write};
use std::net::{SocketAddr, TcpStream, ToSocketAddrs};
use std::time::{Duration, Instant};

use anyhow::{Context as _, bail};

use crate::cli::HealthOptions;

/// How long all of it may take.
const PATIENCE: Duration = Duration::from_secs(5);
/// Bytes of the one line that is read of the answer.
const MOST: usize = 1024;

/// Ends well if the answer is "200 OK".
pub fn run(options: &HealthOptions) -> anyhow::Result<()> {
    let url = &options.url;
    let (host, path) = place(url)?;
    let answer = ask(&host, &path).with_context(|| format!("{url} does not answer"))?;
    match answer.split(' ').nth(1) {
        Some("200") => Ok(()),
        _ => bail!("{url} answers {:?}", answer.trim_end()),
    }
}

/// Host and port, and the path.
fn place(url: &str) -> anyhow::Result<(String, String)> {
    let rest = url.strip_prefix("http://").with_context(|| format!("{url} does not begin with http://"))?;
    let (host, path) = rest.split_once('/').unwrap_or((rest, "healthz"));
    if host.is_empty() || url.contains(|c: char| c.is_whitespace() || c.is_control()) {
        bail!("{url} is no address: expected http://HOST:PORT/PATH");
    }
    let has_port = host.rsplit_once(':').is_some_and(|(_, port)| !port.ends_with(']'));
    Ok((if has_port { host.to_owned() } else { format!("{host}:80") }, format!("/{path}")))
}

/// The first line of the answer.
fn ask(host: &str, path: &str) -> io::Result<String> {
    let end = Instant::now() + PATIENCE;
    let left = || match end.saturating_duration_since(Instant::now()) {
        Duration::ZERO => Err(io::Error::from(io::ErrorKind::TimedOut)),
        left => Ok(left),
    };
    let nowhere = Err(io::Error::other("the host has no address"));
    let connect = |addr: SocketAddr| TcpStream::connect_timeout(&addr, left()?);
    let try_next = |last: io::Result<TcpStream>, addr| last.or_else(|_| connect(addr));
    let mut stream = host.to_socket_addrs()?.fold(nowhere, try_next)?;
    // So little always fits.
    let question = format!("GET {path} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n");
    stream.write_all(question.as_bytes())?;
    let mut answer = Vec::new();
    let mut piece = [0; MOST];
    while !answer.contains(&b'\n') && answer.len() < MOST {
        stream.set_read_timeout(Some(left()?))?;
        match stream.read(&mut piece) {
            Ok(0) => break,
            Ok(count) => answer.extend_from_slice(&piece[..count]),
            Err(error) if error.kind() == io::ErrorKind::WouldBlock => {}
            Err(error) => return Err(error),
        }
    }
    let line = answer.split(|byte| *byte == b'\n').next().unwrap_or_default();
    Ok(String::from_utf8_lossy(line).into_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_has_a_host_a_port_and_a_path() {
        let place = |url| place(url).map_err(|error| error.to_string());
        let is = |host: &str, path: &str| Ok((host.to_owned(), path.to_owned()));
        assert_eq!(place("http://127.0.0.1:8067/healthz"), is("127.0.0.1:8067", "/healthz"));
        assert_eq!(place("http://[::1]:8067"), is("[::1]:8067", "/healthz"));
        assert_eq!(place("http://[::1]/readyz"), is("[::1]:80", "/readyz"));
        assert_eq!(place("http://chat.example.org/"), is("chat.example.org:80", "/"));
        for bad in
            ["https://x/", "127.0.0.1:8067", "http://", "http:///healthz", "http://x/a b", "http://x/\r\n"]
        {
            assert!(place(bad).is_err(), "{bad}");
        }
    }
}

//! Two network namespaces with a cable between them, or loopback where that is not permitted.

use std::io::{BufRead as _, BufReader};
use std::net::UdpSocket;
use std::process::{Child, Command, Stdio};

use super::{tell, until};

/// Where a program is to run.
#[derive(Debug, Clone)]
pub struct Place {
    /// What to put before a command, so that it runs there.
    pub enter: Vec<String>,
    /// The interface to use there, and its addresses.
    pub interface: &'static str,
    pub ipv4: &'static str,
    /// The last address of its network.
    pub broadcast: &'static str,
}

impl Place {
    pub fn command(&self, program: &str) -> Command {
        let mut words = self.enter.iter().map(String::as_str).chain([program]);
        let mut command = Command::new(words.next().expect("at least the program"));
        command.args(words);
        command
    }

    pub fn loopback() -> Self {
        Self { enter: Vec::new(), interface: "lo", ipv4: "127.0.0.1", broadcast: "127.255.255.255" }
    }

    /// Runs a command there, and fails with what it said.
    pub fn run(&self, line: &str) {
        let mut words = line.split_whitespace();
        let done = self.command(words.next().expect("a program")).args(words).output().expect("it starts");
        assert!(done.status.success(), "{line}: {}", String::from_utf8_lossy(&done.stderr));
    }
}

/// Two machines, as far as the network is concerned.
///
/// Each namespace lives as long as a `cat` in it, which ends when the pipe to it closes. So there is nothing
/// to remove, not even after SIGKILL, and no name that another test could have, too.
#[derive(Debug)]
pub struct Cable {
    pub left: Place,
    pub right: Place,
    keepers: Vec<Child>,
}

impl Cable {
    /// None if it is not permitted here; then it says so, and what is done otherwise.
    pub fn lay(test: &str, otherwise: &str) -> Option<Self> {
        let made = Self::namespaces(false).or_else(|as_root| {
            Self::namespaces(true).map_err(|as_user| format!("{as_root}; in a user namespace: {as_user}"))
        });
        match made {
            Ok(cable) => {
                tell(&format!("{test}: across two network namespaces, with veth between them"));
                Some(cable)
            }
            Err(why) => {
                tell(&format!("{test}: {otherwise}, as there are no network namespaces here ({why})"));
                None
            }
        }
    }

    fn namespaces(user: bool) -> Result<Self, String> {
        let (unshare, enter): (&[&str], &[&str]) = if user {
            (&["unshare", "--user", "--map-root-user", "--net"], &["--user", "--preserve-credentials"])
        } else {
            (&["unshare", "--net"], &[])
        };
        let inside = |keeper: &Child| {
            let target = keeper.id().to_string();
            let words = ["nsenter", "--target", &target, "--net"].into_iter().chain(enter.iter().copied());
            words.map(str::to_owned).collect::<Vec<_>>()
        };
        let left = keeper(&unshare.iter().map(|word| (*word).to_owned()).collect::<Vec<_>>())?;
        // The second one belongs to the same users, for else no cable could be laid.
        let again = inside(&left).into_iter().chain(["unshare".to_owned(), "--net".to_owned()]);
        let right = keeper(&again.collect::<Vec<_>>())?;
        let place = |keeper, ipv4| Place {
            enter: inside(keeper),
            interface: "cable",
            ipv4,
            broadcast: "10.77.0.255",
        };
        let cable = Self {
            left: place(&left, "10.77.0.1"),
            right: place(&right, "10.77.0.2"),
            keepers: vec![left, right],
        };
        let [left, right] = [cable.keepers[0].id(), cable.keepers[1].id()];
        let mut link = cable.left.command("ip");
        link.args(["link", "add", "cable", "netns", &left.to_string(), "type", "veth"]);
        link.args(["peer", "name", "cable", "netns", &right.to_string()]);
        let made = link.output().map_err(|error| format!("ip: {error}"))?;
        if !made.status.success() {
            return Err(format!("ip link: {}", String::from_utf8_lossy(&made.stderr).trim()));
        }
        for (place, last) in [(&cable.left, 1), (&cable.right, 2)] {
            place.run("ip link set lo up");
            // An address of a link is unusable for a second (RFC 4862, "tentative"), unless it is given like
            // this.
            place.run("ip link set cable addrgenmode none");
            place.run(&format!("ip addr add 10.77.0.{last}/24 broadcast 10.77.0.255 dev cable"));
            place.run("ip link set cable up");
            place.run(&format!("ip addr add fe80::{last}/64 dev cable nodad"));
        }
        for place in [&cable.left, &cable.right] {
            place.wait_for_link();
        }
        Ok(cable)
    }
}

impl Place {
    /// What is sent before the kernel has noticed that the link is up is lost.
    fn wait_for_link(&self) {
        until("the link is up", || {
            let link = self.command("ip").args(["-o", "link", "show", "dev", "cable"]).output().expect("ip");
            String::from_utf8_lossy(&link.stdout).contains("state UP")
        });
    }
}

impl Drop for Cable {
    fn drop(&mut self) {
        for keeper in &mut self.keepers {
            drop(keeper.stdin.take());
            let _ = keeper.wait();
        }
    }
}

fn keeper(enter: &[String]) -> Result<Child, String> {
    let mut command = Command::new(&enter[0]);
    command.args(&enter[1..]).args(["sh", "-c", "echo ready; exec cat"]);
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().map_err(|error| format!("{}: {error}", enter[0]))?;
    let mut line = String::new();
    let _ = BufReader::new(child.stdout.take().expect("a pipe")).read_line(&mut line);
    if line == "ready\n" {
        return Ok(child);
    }
    let failed = child.wait_with_output().map_err(|error| error.to_string())?;
    Err(String::from_utf8_lossy(&failed.stderr).trim().to_owned())
}

pub fn free_udp_port() -> u16 {
    UdpSocket::bind("0.0.0.0:0").and_then(|socket| socket.local_addr()).expect("a port").port()
}

//! What the kernel tells about a process, read from `/proc`: the text on one side, numbers on the other.

use std::fs;
use std::net::SocketAddr;

use anyhow::{Context, bail};

/// Memory of a process in KiB, from `smaps_rollup`.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Memory {
    /// Pages that are in memory.
    pub rss: u64,
    /// The same, with each shared page divided among those who share it.
    pub pss: u64,
}

/// Run time on a CPU in nanoseconds: the first field of `schedstat`.
pub fn parse_schedstat(text: &str) -> Option<u64> {
    text.split_ascii_whitespace().next()?.parse().ok()
}

/// `utime` + `stime` in clock ticks, from `stat`, whose second field may hold anything but a last `)`.
pub fn parse_stat_ticks(text: &str) -> Option<u64> {
    let (_, rest) = text.rsplit_once(')')?;
    let mut fields = rest.split_ascii_whitespace().skip(11);
    let utime: u64 = fields.next()?.parse().ok()?;
    let stime: u64 = fields.next()?.parse().ok()?;
    Some(utime + stime)
}

/// Resident and proportional memory, from `smaps_rollup`.
pub fn parse_memory(text: &str) -> Option<Memory> {
    Some(Memory { rss: field(text, "Rss:")?, pss: field(text, "Pss:")? })
}

/// Calls of the `write` family, from `io`.
pub fn parse_write_calls(text: &str) -> Option<u64> {
    field(text, "syscw:")
}

/// A counter of the `TcpExt` rows of `/proc/net/netstat`: one row has the names, the next the values.
pub fn parse_netstat(text: &str, name: &str) -> Option<u64> {
    let mut rows = text.lines().filter(|row| row.starts_with("TcpExt:"));
    let place = rows.next()?.split_ascii_whitespace().position(|found| found == name)?;
    rows.next()?.split_ascii_whitespace().nth(place)?.parse().ok()
}

/// The socket inodes that listen on a port, from `/proc/net/tcp` or `tcp6`.
pub fn parse_listeners(text: &str, port: u16) -> Vec<u64> {
    let suffix = format!(":{port:04X}");
    let listens = |row: &&str| {
        let mut fields = row.split_ascii_whitespace().skip(1);
        fields.next().is_some_and(|local| local.ends_with(&suffix)) && fields.nth(1) == Some("0A")
    };
    let inode = |row: &str| row.split_ascii_whitespace().nth(9)?.parse().ok();
    text.lines().skip(1).filter(listens).filter_map(inode).collect()
}

/// The number in the first row that begins with this.
pub fn field(text: &str, name: &str) -> Option<u64> {
    let row = text.lines().find_map(|row| row.strip_prefix(name))?;
    row.split_ascii_whitespace().next()?.parse().ok()
}

/// Reads the memory of a process.
pub fn memory(pid: u32) -> anyhow::Result<Memory> {
    let path = format!("/proc/{pid}/smaps_rollup");
    let text = fs::read_to_string(&path).with_context(|| format!("can't read {path}"))?;
    parse_memory(&text).with_context(|| format!("{path} has no Rss and Pss"))
}

/// Data segments this machine has sent over TCP, retransmissions not counted.
///
/// On loopback with Nagle off, that is how many writes there were, by whichever system call.
pub fn tcp_data_segments() -> Option<u64> {
    parse_netstat(&fs::read_to_string("/proc/net/netstat").ok()?, "TCPOrigDataSent")
}

/// The threads of a process.
pub fn threads(pid: u32) -> Vec<u32> {
    let Ok(entries) = fs::read_dir(format!("/proc/{pid}/task")) else { return Vec::new() };
    entries.flatten().filter_map(|entry| entry.file_name().to_str()?.parse().ok()).collect()
}

/// The processes that listen on an address's port. Needs to be root or the server's own user.
pub fn listening_on(addr: SocketAddr) -> anyhow::Result<Vec<u32>> {
    let mut inodes = Vec::new();
    for table in ["/proc/net/tcp", "/proc/net/tcp6"] {
        let text = fs::read_to_string(table).unwrap_or_default();
        inodes.extend(parse_listeners(&text, addr.port()));
    }
    if inodes.is_empty() {
        bail!("nothing listens on {addr}");
    }
    let links: Vec<String> = inodes.iter().map(|inode| format!("socket:[{inode}]")).collect();
    let pids: Vec<u32> = processes().into_iter().filter(|pid| holds(*pid, &links)).collect();
    if pids.is_empty() {
        bail!("can't see which process listens on {addr}: add ,pid=PID to the server, or run as its user");
    }
    Ok(pids)
}

fn processes() -> Vec<u32> {
    let Ok(entries) = fs::read_dir("/proc") else { return Vec::new() };
    entries.flatten().filter_map(|entry| entry.file_name().to_str()?.parse().ok()).collect()
}

fn holds(pid: u32, links: &[String]) -> bool {
    let Ok(entries) = fs::read_dir(format!("/proc/{pid}/fd")) else { return false };
    let mut targets = entries.flatten().filter_map(|entry| fs::read_link(entry.path()).ok());
    targets.any(|target| links.iter().any(|link| target.as_os_str() == link.as_str()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn schedstat_starts_with_the_time_on_a_cpu() {
        assert_eq!(parse_schedstat("204618699 17394257 72\n"), Some(204_618_699));
        assert_eq!(parse_schedstat(""), None);
    }

    #[test]
    fn a_command_name_with_spaces_and_brackets_does_not_shift_the_fields_of_stat() {
        let stat = "5673 (a) b (c) R 5671 5671 2716 0 -1 4194304 87 0 1 0 20 7 0 0 20 0 1 0 131824";
        assert_eq!(parse_stat_ticks(stat), Some(27));
    }

    #[test]
    fn memory_is_rss_and_pss() {
        let text = "55de-7ffc ---p 00000000 00:00 0   [rollup]\nRss:                1732 kB\n\
                    Pss:                 432 kB\nPss_Dirty:           116 kB\n";
        assert_eq!(parse_memory(text), Some(Memory { rss: 1732, pss: 432 }));
    }

    #[test]
    fn write_calls_come_from_io() {
        assert_eq!(parse_write_calls("rchar: 6976\nsyscr: 10\nsyscw: 31\n"), Some(31));
    }

    #[test]
    fn a_netstat_counter_stands_below_its_name() {
        let text = "TcpExt: SyncookiesSent TCPOrigDataSent X\nTcpExt: 1 4711 2\nIpExt: A\nIpExt: 5\n";
        assert_eq!(parse_netstat(text, "TCPOrigDataSent"), Some(4711));
        assert_eq!(parse_netstat(text, "Missing"), None);
    }

    #[test]
    fn only_listening_sockets_on_the_port_are_found() {
        let text = "  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode\n\
            0: 0100007F:1DF3 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 4242 1 0\n\
            1: 0100007F:1DF3 0100007F:9000 01 00000000:00000000 00:00000000 00000000     0        0 4243 1 0\n\
            2: 0100007F:1DF4 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 4244 1 0\n";
        assert_eq!(parse_listeners(text, 0x1DF3), vec![4242]);
    }

    #[test]
    fn this_process_can_be_read() {
        let pid = std::process::id();
        assert!(memory(pid).expect("our own memory").rss > 0);
        assert!(threads(pid).contains(&pid));
    }
}

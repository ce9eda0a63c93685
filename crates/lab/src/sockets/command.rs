//! The command line of the other sockets.

use std::net::{Ipv4Addr, SocketAddr};
use std::path::PathBuf;
use std::time::Duration;

use clap::{Args, Subcommand, value_parser};

use super::experiments::Experiment;

/// What can be done with other sockets.
#[derive(Debug, Subcommand)]
pub enum SocketTask {
    /// Show the other sockets: what each is, and the system calls it is about
    #[command(after_help = "Example:\n  saloon lab sockets")]
    Sockets,
    /// Datagrams: an echo service over UDP
    #[command(
        after_help = "Examples:\n  saloon lab udp serve\n  echo hello | saloon lab udp talk 127.0.0.1:7007"
    )]
    Udp {
        /// Which end
        #[command(subcommand)]
        task: Udp,
    },
    /// One datagram to all on a network
    #[command(
        after_help = "Examples:\n  saloon lab broadcast receive\n  saloon lab broadcast send --to 192.168.1.255:7008 hello\n  saloon lab broadcast send --without-option hello"
    )]
    Broadcast {
        /// Which end
        #[command(subcommand)]
        task: Broadcast,
    },
    /// One datagram to those who joined a group
    #[command(
        after_help = "Examples:\n  saloon lab multicast receive --interface eth0\n  saloon lab multicast send --interface eth0 hello\n  saloon lab multicast receive --group [ff12::7:7]:7009 --interface eth0\n  saloon lab multicast send --group [ff12::7:7]:7009 --interface eth0 --ttl 0 hello"
    )]
    Multicast {
        /// Which end
        #[command(subcommand)]
        task: Multicast,
    },
    /// Sockets whose address is a file: streams and datagrams
    #[command(
        after_help = "Examples:\n  saloon lab unix serve /tmp/lab.socket\n  echo hello | saloon lab unix talk /tmp/lab.socket\n  saloon lab unix serve --datagram @lab     (an abstract name: Linux only)\n  echo hello | saloon lab unix talk --datagram @lab"
    )]
    Unix {
        /// Which end
        #[command(subcommand)]
        task: Unix,
    },
    /// A pipe with a name, reader and writer as events
    #[command(
        after_help = "Examples:\n  saloon lab fifo read --stay /tmp/lab.fifo\n  echo hello | saloon lab fifo write /tmp/lab.fifo\n  echo hello > /tmp/lab.fifo"
    )]
    Fifo {
        /// Which end
        #[command(subcommand)]
        task: Fifo,
    },
    /// An echo service of buffers and callbacks, the shape of the classic event libraries
    #[command(
        after_help = "Examples:\n  saloon lab buffered serve --idle 30 --stall 10 --keepalive 60\n  saloon lab buffered talk 127.0.0.1:7007 < Cargo.lock | tail -1"
    )]
    Buffered {
        /// Which end
        #[command(subcommand)]
        task: Buffered,
    },
    /// Try what socket options really do here, and compare it with what is expected
    ///
    /// Fails if something was seen that was not expected.
    #[command(
        after_help = "Examples:\n  saloon lab options\n  saloon lab options reuse-address buffers\n  saloon lab options --json"
    )]
    Options(ExperimentOptions),
}

/// Either end of `udp`.
#[derive(Debug, Subcommand)]
pub enum Udp {
    /// Answer every datagram, until SIGTERM or Ctrl-C
    Serve(UdpServe),
    /// Send each line as a datagram, and print the answers
    Talk(UdpTalk),
}

/// What `udp serve` understands.
#[derive(Debug, Args)]
pub struct UdpServe {
    /// Listen here; port 0 is any that is free
    #[arg(long, default_value = "127.0.0.1:7007", value_name = "ADDR")]
    pub addr: SocketAddr,
    /// Room for so many bytes; a longer datagram is dropped
    #[arg(long, default_value_t = 16_384, value_name = "BYTES", value_parser = value_parser!(u16).range(1..))]
    pub room: u16,
}

/// What `udp talk` understands.
#[derive(Debug, Args)]
pub struct UdpTalk {
    /// HOST:PORT
    #[arg(value_name = "ADDR")]
    pub addr: String,
    /// After the last line, wait so long for answers
    #[arg(long, default_value = "1", value_name = "SECONDS", value_parser = seconds)]
    pub wait: Duration,
}

/// Either end of `broadcast`.
#[derive(Debug, Subcommand)]
pub enum Broadcast {
    /// Send to all
    Send(BroadcastSend),
    /// Print what comes, until SIGTERM or Ctrl-C
    Receive(BroadcastReceive),
}

/// What `broadcast send` understands.
#[derive(Debug, Args)]
pub struct BroadcastSend {
    /// The last address of a network, or 255.255.255.255
    #[arg(long, default_value = "255.255.255.255:7008", value_name = "ADDR")]
    pub to: SocketAddr,
    /// Through this interface, such as eth0 [default: as the routing table says]
    #[arg(long, value_name = "NAME")]
    pub interface: Option<String>,
    /// Leave out SO_BROADCAST, to see EACCES
    #[arg(long)]
    pub without_option: bool,
    /// What to send [default: each line of the input]
    pub text: Option<String>,
}

/// What `broadcast receive` understands.
#[derive(Debug, Args)]
pub struct BroadcastReceive {
    /// Bind to this address; to one that is not 0.0.0.0 or that of a broadcast, nothing comes
    #[arg(long, default_value = "0.0.0.0", value_name = "ADDR")]
    pub addr: Ipv4Addr,
    /// The port
    #[arg(long, default_value_t = 7008)]
    pub port: u16,
    /// Only what comes through this interface
    #[arg(long, value_name = "NAME")]
    pub interface: Option<String>,
    /// End after so many
    #[arg(long, value_name = "N")]
    pub count: Option<u64>,
}

/// Either end of `multicast`.
#[derive(Debug, Subcommand)]
pub enum Multicast {
    /// Send to a group
    Send(MulticastSend),
    /// Join a group and print what comes, until SIGTERM or Ctrl-C; type `leave` and `join`
    Receive(MulticastReceive),
}

/// What `multicast send` understands.
#[derive(Debug, Args)]
pub struct MulticastSend {
    /// The group and the port, IPv4 or IPv6
    #[arg(long, default_value = "239.255.7.7:7009", value_name = "ADDR")]
    pub group: SocketAddr,
    /// Through this interface, such as eth0 [default: as the routing table says]
    #[arg(long, value_name = "NAME")]
    pub interface: Option<String>,
    /// How many networks it may cross: 0 stays on this machine, 1 on this network
    #[arg(long, alias = "hops", default_value_t = 1, value_name = "N")]
    pub ttl: u8,
    /// No copies for receivers on this machine
    #[arg(long)]
    pub no_loop: bool,
    /// What to send [default: each line of the input]
    pub text: Option<String>,
}

/// What `multicast receive` understands.
#[derive(Debug, Args)]
pub struct MulticastReceive {
    /// The group and the port, IPv4 or IPv6
    #[arg(long, default_value = "239.255.7.7:7009", value_name = "ADDR")]
    pub group: SocketAddr,
    /// Join on this interface, such as eth0 [default: as the routing table says]
    #[arg(long, value_name = "NAME")]
    pub interface: Option<String>,
    /// End after so many
    #[arg(long, value_name = "N")]
    pub count: Option<u64>,
}

/// Either end of `unix`.
#[derive(Debug, Subcommand)]
pub enum Unix {
    /// Serve at a path until SIGTERM or Ctrl-C
    Serve(UnixServe),
    /// Talk to the server there: lines or a pipe
    Talk(UnixTalk),
}

/// What `unix serve` understands.
#[derive(Debug, Args)]
pub struct UnixServe {
    /// The socket file, or an abstract name: @NAME
    pub path: PathBuf,
    /// Datagrams instead of a stream
    #[arg(long)]
    pub datagram: bool,
}

/// What `unix talk` understands.
#[derive(Debug, Args)]
pub struct UnixTalk {
    /// The socket file, or an abstract name: @NAME
    pub path: PathBuf,
    /// Datagrams instead of a stream: each line is one
    #[arg(long)]
    pub datagram: bool,
}

/// Either end of `fifo`.
#[derive(Debug, Subcommand)]
pub enum Fifo {
    /// Make the pipe if it is not there, and print what is written to it
    Read(FifoRead),
    /// Wait for a reader, and write the lines of the input
    Write(FifoWrite),
}

/// What `fifo read` understands.
#[derive(Debug, Args)]
pub struct FifoRead {
    /// The pipe
    pub path: PathBuf,
    /// Don't end when the last writer is gone (open it O_RDWR)
    #[arg(long)]
    pub stay: bool,
}

/// What `fifo write` understands.
#[derive(Debug, Args)]
pub struct FifoWrite {
    /// The pipe
    pub path: PathBuf,
    /// Fail if nobody reads, to see ENXIO
    #[arg(long)]
    pub no_wait: bool,
}

/// Either end of `buffered`.
#[derive(Debug, Subcommand)]
pub enum Buffered {
    /// Serve until SIGTERM or Ctrl-C
    Serve(BufferedServe),
    /// Talk to a server: lines or a pipe, both ways at once
    Talk(BufferedTalk),
}

/// What `buffered serve` understands.
#[derive(Debug, Args)]
pub struct BufferedServe {
    /// Listen here; port 0 is any that is free
    #[arg(long, default_value = "127.0.0.1:7007", value_name = "ADDR")]
    pub addr: SocketAddr,
    /// Stop reading from a peer while so many bytes of answers wait for it (the high watermark)
    #[arg(long, default_value_t = 65_536, value_name = "BYTES", value_parser = value_parser!(u32).range(1..=1 << 30))]
    pub high: u32,
    /// Answer nothing before so many bytes are there, or the end (the low watermark of the input)
    #[arg(long, default_value_t = 1, value_name = "BYTES", value_parser = value_parser!(u16).range(1..))]
    pub low: u16,
    /// Close when nothing has come for so long
    #[arg(long, value_name = "SECONDS", value_parser = seconds)]
    pub idle: Option<Duration>,
    /// Close when answers wait and none was taken for so long
    #[arg(long, value_name = "SECONDS", value_parser = seconds)]
    pub stall: Option<Duration>,
    /// Let the kernel ask a silent peer whether it lives, after so long, and twice more
    #[arg(long, value_name = "SECONDS", value_parser = value_parser!(u16).range(1..=32_767))]
    pub keepalive: Option<u16>,
    /// Let in at most so many
    #[arg(long, default_value_t = 1000, value_name = "N")]
    pub peers: usize,
}

/// What `buffered talk` understands.
#[derive(Debug, Args)]
pub struct BufferedTalk {
    /// IP:PORT; a look-up of names would make the loop wait
    #[arg(value_name = "ADDR")]
    pub addr: SocketAddr,
    /// Give up when connecting or sending makes no progress for so long
    #[arg(long, default_value = "10", value_name = "SECONDS", value_parser = seconds)]
    pub stall: Duration,
}

/// What `options` understands.
#[derive(Debug, Args)]
pub struct ExperimentOptions {
    /// Which ones [default: all]
    #[arg(value_enum)]
    pub experiments: Vec<Experiment>,
    /// As JSON
    #[arg(long)]
    pub json: bool,
}

/// Such as 30 or 0.5.
fn seconds(text: &str) -> Result<Duration, String> {
    let time = text.parse().ok().and_then(|seconds| Duration::try_from_secs_f64(seconds).ok());
    time.filter(|time| !time.is_zero() && time.as_secs() <= 86_400)
        .ok_or_else(|| "more than 0 seconds and at most 86400, such as 0.5".to_owned())
}

//! The other sockets, as programs: what they do, what they do with bad input, and how they end.

#[path = "support/net.rs"]
mod net;

use std::fs;
use std::io::{self, BufRead as _, BufReader, ErrorKind, Read, Write as _};
use std::net::{Shutdown, SocketAddr, TcpStream, UdpSocket};
use std::os::unix::fs::FileTypeExt as _;
use std::os::unix::net::UnixStream;
use std::path::PathBuf;
use std::process::{Child, ChildStdin, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::mpsc::{Receiver, channel};
use std::thread;
use std::time::{Duration, Instant};

use net::{Cable, Place};
use rustix::process::{Pid, Signal, kill_process};
use serde_json::Value;

/// Nothing here takes so long, also on a busy machine.
const PATIENCE: Duration = Duration::from_secs(20);

mod udp {
    use super::*;

    #[test]
    fn each_line_is_answered_in_upper_case_over_both_ips() {
        for addr in ["127.0.0.1:0", "[::1]:0"] {
            let server = Lab::start(&["udp", "serve", "--addr", addr]);
            let addr = server.addr();
            let mut talk = Lab::start(&["udp", "talk", &addr.to_string()]);
            for (line, answer) in [("hello", "HELLO"), ("Grüße, 你好", "GRüßE, 你好"), ("", "")] {
                talk.type_line(line);
                assert_eq!(talk.line(), answer);
            }
            talk.ends_well();
            server.stops_on(Signal::TERM);
        }
    }

    #[test]
    fn what_is_too_long_is_dropped_and_the_next_is_answered() {
        let server = Lab::start(&["udp", "serve", "--addr", "127.0.0.1:0", "--room", "100"]);
        let peer = udp_to(server.addr());

        for size in [101, 65_507] {
            peer.send(&vec![b'x'; size]).expect("sent");
            assert!(server.err_line().contains(&format!("{size} bytes from")));
        }
        // Of exactly as many, none, and of any bytes.
        for datagram in [vec![b'x'; 100], Vec::new(), (0..100).map(|byte| byte ^ 0xff).collect()] {
            peer.send(&datagram).expect("sent");
            assert_eq!(received(&peer), datagram.to_ascii_uppercase());
        }
        assert_eq!(server.stops_on(Signal::INT), ["answered 3, dropped 2"]);
    }

    #[test]
    fn a_peer_that_does_not_wait_for_its_answer_is_nobodys_trouble() {
        let server = Lab::start(&["udp", "serve", "--addr", "127.0.0.1:0"]);
        let addr = server.addr();
        for _ in 0..50 {
            udp_to(addr).send(b"gone").expect("sent");
        }
        let peer = udp_to(addr);
        peer.send(b"here").expect("sent");
        assert_eq!(received(&peer), b"HERE");
    }

    #[test]
    fn the_client_says_that_nobody_is_there_and_what_does_not_fit() {
        let nobody = UdpSocket::bind("127.0.0.1:0").expect("a port").local_addr().expect("an address");
        let mut talk = Lab::start(&["udp", "talk", &nobody.to_string()]);
        talk.type_line("hello");
        assert!(talk.fails().contains("can't reach"));

        let silent = UdpSocket::bind("127.0.0.1:0").expect("a port");
        let silent = silent.local_addr().map(|addr| (silent, addr)).expect("an address");
        let mut talk = Lab::start(&["udp", "talk", "--wait", "0.1", &silent.1.to_string()]);
        talk.type_line(&"x".repeat(70_000));
        assert!(talk.err_line().contains("70000 bytes are too much"));
        assert!(talk.fails().contains("1 of 1 without an answer"));
    }
}

mod broadcast {
    use super::*;

    #[test]
    fn all_receivers_hear_it_and_the_sender_needs_the_option() {
        let cable = Cable::lay("broadcast", "on loopback");
        let (here, there) = match &cable {
            Some(cable) => (cable.left.clone(), cable.right.clone()),
            None => (Place::loopback(), Place::loopback()),
        };
        let port = free_udp_port().to_string();
        let receive = ["broadcast", "receive", "--port", &port];
        let receivers = [Lab::start_at(&there, &receive), Lab::start_at(&there, &receive)];
        let counted = Lab::start_at(&there, &[&receive[..], &["--count", "1"]].concat());
        for receiver in receivers.iter().chain([&counted]) {
            receiver.addr();
        }
        let to = format!("{}:{port}", here.broadcast);

        let send = ["broadcast", "send", "--to", &to];
        let refused = Lab::start_at(&here, &[&send[..], &["--without-option", "not heard"]].concat());
        assert!(refused.fails().contains("EACCES"));

        let mut sender = Lab::start_at(&here, &send);
        sender.type_line("hello");
        sender.type_line("\u{1b}[2J"); // would clear a terminal
        sender.ends_well();
        let everywhere = format!("255.255.255.255:{port}");
        let all = ["broadcast", "send", "--interface", here.interface, "--to", &everywhere, "all"];
        Lab::start_at(&here, &all).ends_well();

        let from_here = format!("{}:", here.ipv4);
        for receiver in receivers {
            // With 255.255.255.255 on loopback the kernel chooses another address of this machine.
            let expected = [(": hello", &from_here[..]), (": \\u{1b}[2J", &from_here), (": all", "")];
            for (text, from) in expected {
                let line = receiver.line();
                assert!(line.starts_with(from) && line.ends_with(text), "{line} is not {from}…{text}");
            }
            receiver.stops_on(Signal::TERM);
        }
        assert!(counted.line().ends_with(": hello"));
        counted.ends_well();
    }

    #[test]
    fn ipv6_has_none_and_the_sender_says_what_to_do() {
        assert!(Lab::start(&["broadcast", "send", "--to", "[ff02::1]:9", "x"]).fails().contains("multicast"));
        let unknown = ["broadcast", "send", "--interface", "nowhere0", "x"];
        assert!(Lab::start(&unknown).fails().contains("nowhere0"));
    }
}

mod multicast {
    use super::*;

    #[test]
    fn members_hear_it_over_ipv4() {
        heard_by_members("239.255.7.7");
    }

    #[test]
    fn members_hear_it_over_ipv6() {
        heard_by_members("[ff12::7:7]");
    }

    /// Each time what must not arrive is sent first, and what must after it: order is kept, so nobody waits
    /// for nothing.
    fn heard_by_members(group: &str) {
        let cable = Cable::lay(&format!("multicast {group}"), "on this machine alone");
        let (here, there) = match &cable {
            Some(cable) => (cable.left.clone(), cable.right.clone()),
            None if group.starts_with('[') => {
                let Some(place) = with_ipv6() else {
                    return net::tell("not even that: only loopback has IPv6, and it has no groups");
                };
                (place.clone(), place)
            }
            None => (Place::loopback(), Place::loopback()),
        };
        let group = format!("{group}:{}", free_udp_port());
        let at = |place: &Place, args: &[&str]| {
            let common = ["multicast", args[0], "--group", &group, "--interface", place.interface];
            Lab::start_at(place, &[&common[..], &args[1..]].concat())
        };
        let send = |args: &[&str]| at(&here, &[&["send"], args].concat()).ends_well();
        let near = at(&here, &["receive"]);
        let mut far = at(&there, &["receive"]);
        near.addr();
        far.addr();

        // 0 stays on the machine; without a loop it is heard by nobody there.
        send(&["--ttl", "0", "within the machine"]);
        // Loopback itself turns everything round: there the option changes nothing, and is left out.
        if here.interface != "lo" {
            send(&["--no-loop", "to others"]);
        }
        send(&["to all"]);
        let heard = |lab: &Lab| lab.line().split_once(": ").expect("a sender").1.to_owned();
        assert_eq!([heard(&near), heard(&near)], ["within the machine", "to all"]);
        let first = if cable.is_some() { "to others" } else { "within the machine" };
        assert_eq!([heard(&far), heard(&far)], [first, "to all"]);

        far.type_line("leave");
        assert_eq!(far.line(), "left");
        // Without namespaces there is still a member on the same machine, but that is no reason to hear it.
        send(&["while away"]);
        assert_eq!(heard(&near), "while away");
        far.type_line("leave");
        assert!(far.line().contains("can't leave"));
        far.type_line("join");
        assert_eq!(far.line(), "joined");
        send(&["again"]);
        assert_eq!([heard(&far), heard(&near)], ["again", "again"]);

        near.stops_on(Signal::TERM);
        far.type_line("what?");
        assert_eq!(far.line(), "type join or leave");
        far.close_input();
        far.stops_on(Signal::INT);
    }

    /// An interface that has IPv6 and groups, for when there are no namespaces.
    fn with_ipv6() -> Option<Place> {
        let table = fs::read_to_string("/proc/net/if_inet6").unwrap_or_default();
        let name =
            table.lines().filter_map(|line| line.split_whitespace().last()).find(|name| *name != "lo")?;
        Some(Place { interface: name.to_owned().leak(), ..Place::loopback() })
    }

    #[test]
    fn what_is_no_group_is_refused() {
        let send = |group| Lab::start(&["multicast", "send", "--group", group, "x"]).fails();
        assert!(send("127.0.0.1:9").contains("no group"));
        assert!(send("[ff02::7]:9").contains("--interface"));
        let nowhere = ["multicast", "receive", "--interface", "nowhere0"];
        assert!(Lab::start(&nowhere).fails().contains("no interface nowhere0"));
    }
}

mod unix {
    use super::*;

    #[test]
    fn streams_and_datagrams_are_answered_at_files_and_at_names() {
        let dir = Dir::new();
        let file = dir.path("socket");
        let name = format!("@lab-{}-{}", std::process::id(), file.len());
        for place in [&file, &name] {
            for kind in [&[][..], &["--datagram"]] {
                let server = Lab::start(&[&["unix", "serve", place][..], kind].concat());
                assert_eq!(server.line(), format!("listening on {place}"));
                let mut talk = Lab::start(&[&["unix", "talk", place][..], kind].concat());
                talk.type_line("hello");
                assert_eq!(talk.line(), "HELLO");
                let who = format!("process {}, user {}", talk.id(), rustix::process::getuid().as_raw());
                assert!(server.err_line().starts_with(&who), "the kernel says who it is");
                talk.ends_well();
                server.stops_on(Signal::TERM);
                assert!(!fs::exists(&file).expect("known"), "the file is removed");
            }
        }
    }

    #[test]
    fn a_stale_file_is_replaced_and_nothing_else_is() {
        let dir = Dir::new();
        let path = dir.path("socket");
        for kind in [&[][..], &["--datagram"]] {
            let serve = [&["unix", "serve", &path][..], kind].concat();
            let killed = Lab::start(&serve);
            killed.line();
            let second = Lab::start(&serve);
            assert!(second.fails().contains("somebody serves"));
            killed.kill();
            assert!(fs::metadata(&path).expect("it stays").file_type().is_socket());
            let talk = Lab::start(&[&["unix", "talk", &path][..], kind].concat());
            assert!(talk.fails().contains("can't reach"));

            let server = Lab::start(&serve);
            assert!(server.err_line().contains("stale"));
            server.line();
            // Another has taken the place meanwhile: that is not ours to remove.
            fs::remove_file(&path).expect("removed");
            fs::write(&path, "dear").expect("written");
            server.stops_on(Signal::INT);
            assert!(Lab::start(&serve).fails().contains("is no socket"));
            assert_eq!(fs::read(&path).expect("still there"), b"dear");
            fs::remove_file(&path).expect("removed");
        }
        let long = "x".repeat(200);
        assert!(Lab::start(&["unix", "serve", &long]).fails().contains("107 bytes"));
    }

    #[test]
    fn peers_that_vanish_or_never_read_do_not_stop_the_others() {
        let dir = Dir::new();
        let path = dir.path("socket");
        let server = Lab::start(&["unix", "serve", &path]);
        server.line();
        let greedy = UnixStream::connect(&path).expect("connected");
        let written = fill(&greedy, |stream| stream.set_nonblocking(true));
        assert!(written < 4 << 20, "{written} bytes were taken from a peer that reads none");
        for _ in 0..50 {
            let mut gone = UnixStream::connect(&path).expect("connected");
            gone.write_all(b"gone").expect("sent");
        }
        let mut peer = UnixStream::connect(&path).expect("connected");
        echo(&mut peer, 100_000, |peer| peer.shutdown(Shutdown::Write));
    }

    #[test]
    fn more_peers_than_descriptors_are_let_in_one_after_the_other() {
        let dir = Dir::new();
        let path = dir.path("socket");
        let few = Place {
            enter: ["sh", "-c", "ulimit -n 24; exec $0 $@"].map(str::to_owned).into(),
            ..Place::loopback()
        };
        let server = Lab::start_at(&few, &["unix", "serve", &path]);
        server.line();
        let mut peers: Vec<_> = (0..40).map(|_| UnixStream::connect(&path).expect("connected")).collect();
        for peer in &mut peers {
            echo(peer, 1000, |peer| peer.shutdown(Shutdown::Write));
        }
        server.stops_on(Signal::TERM);
    }

    #[test]
    fn datagrams_too_long_or_from_nowhere_are_dropped() {
        let dir = Dir::new();
        let path = dir.path("socket");
        let server = Lab::start(&["unix", "serve", "--datagram", &path]);
        server.line();
        let peer = std::os::unix::net::UnixDatagram::unbound().expect("a socket");
        peer.connect(&path).expect("connected");
        peer.send(b"no address").expect("sent");
        assert!(server.err_line().starts_with("process"));
        assert!(server.err_line().contains("from nowhere"));
        peer.send(&[b'x'; 20_000]).expect("sent");
        assert!(server.err_line().starts_with("process"));
        assert!(server.err_line().contains("more than 16384 bytes"));
        // One that does not read its answers loses them, and nobody else does.
        let deaf = std::os::unix::net::UnixDatagram::bind(dir.path("deaf")).expect("bound");
        for _ in 0..2000 {
            deaf.send_to(b"x", &path).expect("sent");
        }
        let mut talk = Lab::start(&["unix", "talk", "--datagram", &path]);
        talk.type_line("hello");
        assert_eq!(talk.line(), "HELLO");
        talk.ends_well();
    }
}

mod fifo {
    use super::*;

    #[test]
    fn it_ends_when_the_last_writer_is_gone_also_if_killed() {
        let dir = Dir::new();
        let path = dir.path("fifo");
        let reader = Lab::start(&["fifo", "read", &path]);
        assert!(reader.err_line().starts_with("reading"));
        let mut first = Lab::start(&["fifo", "write", &path]);
        first.type_line("one");
        assert_eq!(reader.line(), "one");
        let mut second = Lab::start(&["fifo", "write", &path]);
        second.type_line("two");
        assert_eq!(reader.line(), "two");
        first.ends_well();
        // One is left, and so the pipe is.
        second.type_line("three");
        assert_eq!(reader.line(), "three");
        second.kill();
        assert_eq!(reader.err_line(), "the last writer is gone");
        reader.ends_well();
        assert!(!fs::exists(&path).expect("known"), "who made it removes it");
    }

    #[test]
    fn a_reader_that_writes_too_outlasts_all_writers() {
        let dir = Dir::new();
        let path = dir.path("fifo");
        let reader = Lab::start(&["fifo", "read", "--stay", &path]);
        reader.err_line();
        for line in ["one", "two", "three"] {
            // The shell is a writer like any other.
            let written = std::process::Command::new("sh").args(["-c", "echo $0 > $1", line, &path]).status();
            assert!(written.expect("a shell").success());
            assert_eq!(reader.line(), line);
        }
        reader.stops_on(Signal::TERM);
        assert!(!fs::exists(&path).expect("known"));
    }

    #[test]
    fn a_writer_waits_for_a_reader_and_notices_when_it_goes() {
        let dir = Dir::new();
        let path = dir.path("fifo");
        let mut early = Lab::start(&["fifo", "write", &path]);
        assert!(early.err_line().contains("nobody reads"));
        let reader = Lab::start(&["fifo", "read", &path]);
        early.type_line("at last");
        assert_eq!(reader.line(), "at last");
        let waiting = Lab::start(&["fifo", "write", &dir.path("none")]);
        assert!(waiting.err_line().contains("nobody reads"));
        waiting.stops_on(Signal::TERM);

        reader.stops_on(Signal::INT);
        assert!(early.fails().contains("the last reader is gone"));
    }

    #[test]
    fn a_megabyte_arrives_whole_and_lines_of_several_writers_do_not_mix() {
        let dir = Dir::new();
        let path = dir.path("fifo");
        let reader = Lab::start(&["fifo", "read", "--stay", &path]);
        reader.err_line();
        let writers: Vec<_> = ["a", "b"]
            .map(|letter| {
                let mut writer = Lab::start(&["fifo", "write", &path]);
                let line = letter.repeat(1000);
                thread::spawn(move || {
                    (0..500).for_each(|_| writer.type_line(&line));
                    writer.ends_well();
                })
            })
            .into();
        for _ in 0..1000 {
            let line = reader.line();
            assert!(line == "a".repeat(1000) || line == "b".repeat(1000), "{line}");
        }
        for writer in writers {
            writer.join().expect("it ended well");
        }
        reader.stops_on(Signal::TERM);
    }

    #[test]
    fn a_signal_stops_it_also_while_nobody_takes_what_it_reads() {
        let dir = Dir::new();
        let path = dir.path("fifo");
        let mut command = Lab::command(&Place::loopback(), &["fifo", "read", "--stay", &path]);
        let mut reader = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("it starts");
        let mut said = String::new();
        BufReader::new(reader.stderr.take().expect("a pipe")).read_line(&mut said).expect("a line");
        // Its output, which we don't read, fills, and then the fifo.
        let fifo = fs::OpenOptions::new().write(true).open(&path).expect("opened");
        fill(&fifo, |fifo| Ok(rustix::io::ioctl_fionbio(fifo, true)?));

        let pid = Pid::from_raw(reader.id().cast_signed()).expect("a process");
        kill_process(pid, Signal::TERM).expect("it lives");
        assert!(reader.wait().expect("a child").success());
        assert!(!fs::exists(&path).expect("known"));
    }

    #[test]
    fn what_is_no_fifo_is_left_alone_and_without_a_reader_there_is_enxio() {
        let dir = Dir::new();
        let path = dir.path("file");
        fs::write(&path, "dear").expect("written");
        assert!(Lab::start(&["fifo", "read", &path]).fails().contains("is no fifo"));
        assert!(Lab::start(&["fifo", "write", &path]).fails().contains("is no fifo"));
        assert_eq!(fs::read(&path).expect("still there"), b"dear");

        let path = dir.path("fifo");
        let _reader = Lab::start(&["fifo", "read", &path]);
        _reader.err_line();
        let fifo = dir.path("lonely");
        let mode = rustix::fs::Mode::RWXU;
        rustix::fs::mknodat(rustix::fs::CWD, &fifo, rustix::fs::FileType::Fifo, mode, 0).expect("made");
        assert!(Lab::start(&["fifo", "write", "--no-wait", &fifo]).fails().contains("ENXIO"));
    }
}

mod buffered {
    use super::*;

    #[test]
    fn its_own_client_gets_every_byte_back_from_a_file_and_from_a_pipe() {
        let dir = Dir::new();
        let path = dir.path("megabyte");
        let text: String = (0..40_000).map(|number| format!("line {number:020}\n")).collect();
        fs::write(&path, &text).expect("written");
        let (server, addr) = serve(&[]);
        let talk = ["buffered", "talk", &addr.to_string()];

        let file = fs::File::open(&path).expect("a file");
        let done = Lab::command(&Place::loopback(), &talk).stdin(file).output().expect("it ran");
        assert!(done.status.success() && done.stdout == text.to_ascii_uppercase().as_bytes());
        let mut piped = Lab::start(&talk);
        let half: Vec<_> = text.lines().collect();
        for line in &half[..1000] {
            piped.type_line(line);
        }
        for line in &half[..1000] {
            assert_eq!(piped.line(), line.to_ascii_uppercase());
        }
        piped.ends_well();
        server.stops_on(Signal::TERM);
    }

    #[test]
    fn half_close_is_answered_to_the_last_byte_in_odd_pieces() {
        let (server, addr) = serve(&["--high", "1000"]);
        let mut peer = TcpStream::connect(addr).expect("connected");
        echo(&mut peer, 1 << 20, |peer| peer.shutdown(Shutdown::Write));
        server.stops_on(Signal::INT);
    }

    #[test]
    fn below_the_low_mark_nothing_is_answered_before_the_end() {
        let (_server, addr) = serve(&["--low", "4"]);
        let mut peer = TcpStream::connect(addr).expect("connected");
        peer.write_all(b"abc").expect("sent");
        peer.shutdown(Shutdown::Write).expect("shut");
        let mut answer = String::new();
        peer.read_to_string(&mut answer).expect("read");
        assert_eq!(answer, "ABC");
    }

    #[test]
    fn a_peer_that_never_reads_is_read_no_more_and_the_others_are_served() {
        let (server, addr) = serve(&["--stall", "1"]);
        let greedy = TcpStream::connect(addr).expect("connected");
        let who = greedy.local_addr().expect("an address");
        let before = server.memory();
        let written = fill(&greedy, |stream| stream.set_nonblocking(true));
        assert!(written < 64 << 20, "{written} bytes were taken from a peer that reads none");
        let grown = server.memory().saturating_sub(before);
        assert!(grown < 4096, "{grown} KiB for one peer");
        let mut other = TcpStream::connect(addr).expect("connected");
        echo(&mut other, 10_000, |peer| peer.shutdown(Shutdown::Write));
        assert_eq!(server.err_line(), format!("{who}: no answer was taken for too long"));
    }

    #[test]
    fn who_is_silent_too_long_is_closed_and_who_resets_is_gone() {
        let (server, addr) = serve(&["--idle", "0.2"]);
        let silent = TcpStream::connect(addr).expect("connected");
        let who = silent.local_addr().expect("an address");
        assert_eq!((&silent).read(&mut [0; 1]).expect("the end"), 0);
        assert_eq!(server.err_line(), format!("{who}: nothing came for too long"));

        let mut resets = TcpStream::connect(addr).expect("connected");
        resets.write_all(b"a").expect("sent");
        resets.read_exact(&mut [0; 1]).expect("answered");
        rustix::net::sockopt::set_socket_linger(&resets, Some(Duration::ZERO)).expect("set");
        let who = resets.local_addr().expect("an address");
        drop(resets);
        assert!(server.err_line().starts_with(&format!("{who}: Connection reset")));
        server.stops_on(Signal::TERM);
    }

    #[test]
    fn too_many_are_turned_away_until_one_goes() {
        let (_server, addr) = serve(&["--peers", "1"]);
        let mut first = TcpStream::connect(addr).expect("connected");
        first.write_all(b"a").expect("sent");
        first.read_exact(&mut [0; 1]).expect("answered");
        let second = TcpStream::connect(addr).expect("connected");
        assert_eq!((&second).read(&mut [0; 1]).expect("the end"), 0);
        echo(&mut first, 100, |peer| peer.shutdown(Shutdown::Write));
        // The server has closed before we saw the end.
        let mut third = TcpStream::connect(addr).expect("connected");
        echo(&mut third, 100, |peer| peer.shutdown(Shutdown::Write));
    }

    #[test]
    fn the_client_says_that_nobody_is_there() {
        let nobody =
            std::net::TcpListener::bind("127.0.0.1:0").expect("a port").local_addr().expect("an address");
        assert!(Lab::start(&["buffered", "talk", &nobody.to_string()]).fails().contains("refused"));
    }

    #[test]
    fn a_cut_cable_is_found_by_keepalive() {
        let Some(cable) = Cable::lay("a cut cable", "not done") else { return };
        let addr = format!("{}:7007", cable.left.ipv4);
        let serve = ["buffered", "serve", "--addr", &addr];
        let server = Lab::start_at(&cable.left, &[&serve[..], &["--keepalive", "1"]].concat());
        server.addr();
        let mut talk = Lab::start_at(&cable.right, &["buffered", "talk", &addr]);
        talk.type_line("hello");
        assert_eq!(talk.line(), "HELLO");

        cable.right.run("ip link set cable down");
        let found = server.err_line();
        // With the link down the answer to a question can also be that there is no way to the peer.
        assert!(found.contains("timed out") || found.contains("No route"), "{found}");
        assert!(found.starts_with(cable.right.ipv4), "{found}");
        server.stops_on(Signal::TERM);
    }

    fn serve(args: &[&str]) -> (Lab, SocketAddr) {
        let server = Lab::start(&[&["buffered", "serve", "--addr", "127.0.0.1:0"], args].concat());
        let addr = server.addr();
        (server, addr)
    }
}

#[test]
fn every_experiment_with_socket_options_shows_what_is_expected() {
    let done = Lab::command(&Place::loopback(), &["options", "--json"]).output().expect("it ran");
    let report: Value = serde_json::from_slice(&done.stdout).expect("JSON");
    let steps = report["steps"].as_array().expect("steps");
    for step in steps {
        let not_permitted = step["as_expected"].is_null() && step["experiment"] == "keepalive";
        assert!(step["as_expected"] == true || not_permitted, "{step:#}");
        if not_permitted {
            net::tell(&format!("the experiment keepalive was not done: {}", step["seen"]));
        }
    }
    assert!(done.status.success());
    let of = |name: &str| steps.iter().filter(|step| step["experiment"] == name).count();
    let counts = ["reuse-address", "buffers", "half-close", "duplicate"].map(|name| (name, of(name)));
    assert_eq!(counts, [("reuse-address", 5), ("buffers", 7), ("half-close", 6), ("duplicate", 6)]);
    assert!([4, 1].contains(&of("keepalive")), "four steps, or the reason why there are none");

    let text = Lab::command(&Place::loopback(), &["options", "duplicate"]).output().expect("it ran");
    let text = String::from_utf8(text.stdout).expect("text");
    assert_eq!(text.matches("(as expected)").count(), 6, "{text}");
}

#[test]
fn every_example_in_the_help_is_one_that_the_command_line_takes() {
    let table = Lab::command(&Place::loopback(), &["sockets"]).output().expect("it ran");
    let table = String::from_utf8(table.stdout).expect("text");
    let names: Vec<_> = table.lines().skip(1).filter_map(|line| line.split_whitespace().next()).collect();
    assert_eq!(names, ["udp", "broadcast", "multicast", "unix", "fifo", "buffered", "options"]);
    for name in names {
        let help = Lab::command(&Place::loopback(), &[name, "--help"]).output().expect("it ran");
        let help = String::from_utf8(help.stdout).expect("text");
        let examples = help.lines().filter_map(|line| line.split_once("saloon lab ")).map(|(_, rest)| rest);
        let mut count = 0;
        for example in examples {
            let words = example.split([' ', '\n']).take_while(|word| !["<", "|", "", ">"].contains(word));
            // What comes after `--help` is not done, only what comes before it is looked at.
            let done =
                Lab::command(&Place::loopback(), &words.chain(["--help"]).collect::<Vec<_>>()).output();
            assert!(done.expect("it ran").status.success(), "{example}");
            count += 1;
        }
        assert!(count > 0, "no example for {name}");
    }
}

/// The program under test, with what it prints as it comes. It does not outlive the test.
struct Lab {
    child: Child,
    stdin: Option<ChildStdin>,
    out: Receiver<String>,
    err: Receiver<String>,
}

impl Lab {
    fn command(place: &Place, args: &[&str]) -> std::process::Command {
        let mut command = place.command(env!("CARGO_BIN_EXE_lab"));
        command.args(args);
        command
    }

    fn start(args: &[&str]) -> Self {
        Self::start_at(&Place::loopback(), args)
    }

    fn start_at(place: &Place, args: &[&str]) -> Self {
        let mut command = Self::command(place, args);
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.spawn().expect("it starts");
        let stdin = child.stdin.take();
        let out = lines(child.stdout.take().expect("a pipe"));
        let err = lines(child.stderr.take().expect("a pipe"));
        Self { child, stdin, out, err }
    }

    fn id(&self) -> u32 {
        self.child.id()
    }

    fn line(&self) -> String {
        match self.out.recv_timeout(PATIENCE) {
            Ok(line) => line,
            Err(_) => panic!("no line, but on stderr {:?}", self.err.try_iter().collect::<Vec<_>>()),
        }
    }

    fn err_line(&self) -> String {
        self.err.recv_timeout(PATIENCE).expect("a line on stderr")
    }

    /// Where it listens, once it does.
    fn addr(&self) -> SocketAddr {
        let line = self.line();
        let addr = line.strip_prefix("listening on ").and_then(|addr| addr.parse().ok());
        addr.unwrap_or_else(|| panic!("{line} is no address"))
    }

    fn type_line(&mut self, line: &str) {
        writeln!(self.stdin.as_mut().expect("open"), "{line}").expect("it reads");
    }

    fn close_input(&mut self) {
        self.stdin = None;
    }

    /// Resident memory in KiB.
    fn memory(&self) -> u64 {
        let status = fs::read_to_string(format!("/proc/{}/status", self.id())).expect("it lives");
        let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).expect("its memory");
        line.trim().trim_end_matches(" kB").parse().expect("a number")
    }

    /// At the end of its input it succeeds.
    fn ends_well(mut self) {
        self.close_input();
        assert_eq!(self.wait(), Some(0), "{:?}", self.err.try_iter().collect::<Vec<_>>());
    }

    /// It fails, at the latest at the end of its input; what it says last.
    fn fails(mut self) -> String {
        self.close_input();
        assert_eq!(self.wait(), Some(1));
        self.err.iter().last().expect("it says why")
    }

    /// A signal ends it, as if all was well; what it said that was not looked at.
    fn stops_on(mut self, signal: Signal) -> Vec<String> {
        let pid = Pid::from_raw(self.id().cast_signed()).expect("a process");
        kill_process(pid, signal).expect("it lives");
        assert_eq!(self.wait(), Some(0));
        self.err.iter().collect()
    }

    fn kill(mut self) {
        self.child.kill().expect("it lives");
        self.wait();
    }

    /// The exit status; None after a signal.
    fn wait(&mut self) -> Option<i32> {
        let deadline = Instant::now() + PATIENCE;
        loop {
            if let Some(status) = self.child.try_wait().expect("a child") {
                return status.code();
            }
            assert!(
                Instant::now() < deadline,
                "it does not end: {:?}",
                self.err.try_iter().collect::<Vec<_>>()
            );
            thread::sleep(Duration::from_millis(2));
        }
    }
}

impl Drop for Lab {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// The lines as they come, so that one can wait for them with a limit.
fn lines(from: impl Read + Send + 'static) -> Receiver<String> {
    let (sender, receiver) = channel();
    thread::spawn(move || {
        for line in BufReader::new(from).lines().map_while(Result::ok) {
            if sender.send(line).is_err() {
                break;
            }
        }
    });
    receiver
}

/// A directory for sockets and pipes, gone at the end.
struct Dir(PathBuf);

impl Dir {
    fn new() -> Self {
        static COUNT: AtomicU32 = AtomicU32::new(0);
        let number = COUNT.fetch_add(1, Ordering::Relaxed);
        let dir = std::env::temp_dir().join(format!("lab-sockets-{}-{number}", std::process::id()));
        fs::create_dir(&dir).expect("a new directory");
        Self(dir)
    }

    fn path(&self, name: &str) -> String {
        self.0.join(name).to_str().expect("UTF-8").to_owned()
    }
}

impl Drop for Dir {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

fn free_udp_port() -> u16 {
    UdpSocket::bind("0.0.0.0:0").and_then(|socket| socket.local_addr()).expect("a port").port()
}

fn udp_to(addr: SocketAddr) -> UdpSocket {
    let peer = UdpSocket::bind("127.0.0.1:0").expect("a socket");
    peer.connect(addr).expect("connected");
    peer.set_read_timeout(Some(PATIENCE)).expect("set");
    peer
}

fn received(peer: &UdpSocket) -> Vec<u8> {
    let mut room = vec![0; 65_536];
    let count = peer.recv(&mut room).expect("an answer");
    room.truncate(count);
    room
}

/// Writes until nothing is taken for a while; how many bytes were.
fn fill<S>(stream: &S, nonblocking: impl Fn(&S) -> io::Result<()>) -> usize
where
    for<'a> &'a S: io::Write,
    S: std::os::fd::AsFd,
{
    nonblocking(stream).expect("set");
    let piece = [b'x'; 65_536];
    let mut written = 0;
    loop {
        match { stream }.write(&piece) {
            Ok(count) => written += count,
            Err(error) if error.kind() == ErrorKind::WouldBlock => {
                let mut room = [rustix::event::PollFd::new(stream, rustix::event::PollFlags::OUT)];
                let a_while = rustix::event::Timespec { tv_sec: 0, tv_nsec: 300_000_000 };
                if rustix::event::poll(&mut room, Some(&a_while)).expect("poll") == 0 {
                    return written;
                }
            }
            Err(error) => panic!("{error}"),
        }
    }
}

/// Sends so many bytes in odd pieces and then the end, and compares all that comes back.
fn echo<S: Read + io::Write + TryClone>(
    peer: &mut S,
    size: usize,
    finish: impl FnOnce(&S) -> io::Result<()>,
) {
    let text: Vec<u8> = (b'a'..=b'z').chain(b'0'..=b'9').cycle().take(size).collect();
    let mut reading = peer.another();
    let reader = thread::spawn(move || {
        let mut answer = Vec::new();
        reading.read_to_end(&mut answer).map(|_| answer)
    });
    for piece in text.chunks(997) {
        peer.write_all(piece).expect("sent");
    }
    finish(peer).expect("shut down");
    let answer = reader.join().expect("no panic").expect("read");
    assert!(answer == text.to_ascii_uppercase(), "{} bytes came back of {size}", answer.len());
}

trait TryClone: Send + 'static {
    fn another(&self) -> Self;
}

impl TryClone for TcpStream {
    fn another(&self) -> Self {
        self.try_clone().expect("a duplicate")
    }
}

impl TryClone for UnixStream {
    fn another(&self) -> Self {
        self.try_clone().expect("a duplicate")
    }
}

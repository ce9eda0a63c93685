//! One datagram to all on a network.

use rustix::process::Signal;

use crate::support::{Cable, Lab, Place, free_udp_port};

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

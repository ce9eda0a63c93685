//! One datagram to those who joined.

use std::fs;

use rustix::process::Signal;

use crate::support::{Cable, Lab, Place, free_udp_port, tell};

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
                return tell("not even that: only loopback has IPv6, and it has no groups");
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
    let name = table.lines().filter_map(|line| line.split_whitespace().last()).find(|name| *name != "lo")?;
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

//! The numbers: for people, for the status page, and for Prometheus.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use crate::support::{Peer, eventually};
use crate::{done, json, line_client, refused, server, setup};

#[test]
fn the_status_has_what_the_page_reads() {
    let server = server();
    let (mut ann, _guest) = (Peer::user(&server, "ann"), line_client(&server));
    ann.join("#room");
    ann.send("PRIVMSG #room :hello");
    ann.sync();
    eventually("it is sampled", || {
        json(&server, &["status", "--json"])["chart"]["sessions"] != serde_json::json!([])
    });

    let status = json(&server, &["status", "--json"]);
    for (pointer, wanted) in [
        ("/sessions", 2.into()),
        ("/users", 2.into()),
        ("/rooms", 2.into()),
        ("/traffic/messages", 1.into()),
        ("/traffic/accepted", 2.into()),
        ("/traffic/refused", 0.into()),
        ("/waiting/behind", 0.into()),
        ("/draining", Value::Null),
        ("/store/failing", Value::Null),
        ("/server", "irc.example.org".into()),
        ("/workers/1/answers", true.into()),
        ("/chart/step_ms", 2000.into()),
    ] {
        assert_eq!(status.pointer(pointer), Some(&wanted), "{pointer} of {status:#}");
    }
    let kinds = |dialect: &str| {
        let kinds = status["kinds"].as_array().expect("kinds");
        kinds.iter().find(|kind| kind["dialect"] == dialect).expect("a kind")["sessions"].clone()
    };
    assert_eq!((kinds("irc"), kinds("line")), (1.into(), 1.into()));
    assert_eq!(status["doors"][0]["address"], server.doors[0]);
    assert_eq!(status["doors"][0]["connections"], 1);
    for page in PAGE {
        assert!(status.pointer(page).is_some(), "the page reads {page}: {status:#}");
    }
    let shown = done(&server, &["status"]);
    assert!(shown.contains("sessions    2 of 2 users, in 2 rooms"), "{shown}");
}

#[test]
fn whoever_is_told_something_is_counted_once() {
    let server = server();
    let [mut ann, mut bob, mut cai] = ["ann", "bob", "cai"].map(|nick| Peer::user(&server, nick));
    for peer in [&mut ann, &mut bob, &mut cai] {
        peer.join("#one");
        peer.join("#two");
    }
    for peer in [&mut ann, &mut bob, &mut cai] {
        peer.sync();
    }
    let told = || {
        let text = done(&server, &["metrics"]);
        let line = text.lines().find_map(|line| line.strip_prefix("saloon_told_total ")).expect("a count");
        line.parse::<u64>().expect("a number")
    };
    let before = told();
    ann.send("PRIVMSG #one :hello");
    bob.expect(":hello");
    cai.expect(":hello");
    eventually("it is counted", || told() == before + 2);
    // Whom they share two rooms with hears of it once.
    ann.send("NICK anna");
    bob.expect(" NICK ");
    cai.expect(" NICK ");
    eventually("it is counted", || told() == before + 4);
}

/// All that the scripts of `web/status` read.
const PAGE: [&str; 38] = [
    "/version",
    "/network",
    "/started",
    "/now",
    "/accounts",
    "/traffic/messages_per_second",
    "/traffic/told_per_second",
    "/traffic/read_per_second",
    "/traffic/written_per_second",
    "/waiting/bytes",
    "/waiting/largest",
    "/slowest",
    "/queues/records",
    "/queues/hub_wait_us",
    "/store/bytes",
    "/store/commits",
    "/store/refused",
    "/store/half_us",
    "/store/most_us",
    "/store/longest_us",
    "/process/memory",
    "/process/cpu_seconds",
    "/process/cpu_percent",
    "/process/files",
    "/process/most_files",
    "/workers/0/connections",
    "/workers/0/load_percent",
    "/workers/0/inbox",
    "/chart/messages",
    "/chart/sessions",
    "/chart/commit_us",
    "/chart/waiting",
    "/kinds/0/dialect",
    "/kinds/0/transport",
    "/kinds/0/sessions",
    "/doors/0/dialect",
    "/doors/0/connections",
    "/doors/0/most",
];

#[test]
fn the_metrics_are_well_formed_and_no_label_has_values_without_end() {
    let server = server();
    let (_ann, _guest) = (Peer::user(&server, "ann-with-a-name"), line_client(&server));
    let text = done(&server, &["metrics"]);
    let families = parse(&text);

    let names: BTreeSet<&str> =
        families.values().flat_map(|family| &family.labels).map(String::as_str).collect();
    assert_eq!(names, ["dialect", "le", "transport", "version", "worker"].into());
    assert!(!text.contains("ann-with-a-name") && !text.contains("127.0.0.1"), "{text}");
    let value = |series: &str| families.values().find_map(|family| family.series.get(series)).copied();
    assert_eq!(value("saloon_sessions{dialect=\"irc\",transport=\"tcp\"}"), Some(1.0));
    assert_eq!(value("saloon_sessions{dialect=\"line\",transport=\"tcp\"}"), Some(1.0));
    assert_eq!(value("saloon_users"), Some(2.0));
    assert_eq!(value("saloon_connections_accepted_total"), Some(2.0));
    assert!(value("process_resident_memory_bytes").is_some_and(|bytes| bytes > 1e6));
    assert!(value("process_start_time_seconds").is_some_and(|seconds| seconds > 1.6e9));
    let histogram = &families["saloon_commit_seconds"];
    assert_eq!(histogram.kind, "histogram");
    let buckets: Vec<f64> =
        histogram.in_order.iter().filter(|(name, _)| name.contains("_bucket")).map(|(_, v)| *v).collect();
    assert!(
        buckets.is_sorted() && buckets.last() == value("saloon_commit_seconds_count").as_ref(),
        "{buckets:?}"
    );
}

struct Family {
    kind: String,
    labels: BTreeSet<String>,
    series: BTreeMap<String, f64>,
    in_order: Vec<(String, f64)>,
}

/// Reads the text format, version 0.0.4, as strictly as it is written: a help, a type, then the samples of that
/// family and of no other, each once.
fn parse(text: &str) -> BTreeMap<String, Family> {
    assert!(text.ends_with('\n'));
    let mut families: BTreeMap<String, Family> = BTreeMap::new();
    let mut lines = text.lines().peekable();
    while let Some(line) = lines.next() {
        let (name, help) = line.strip_prefix("# HELP ").and_then(|rest| rest.split_once(' ')).expect(line);
        assert!(is_name(name) && !help.is_empty(), "{line}");
        let line = lines.next().expect("a type");
        let kind = line.strip_prefix(&format!("# TYPE {name} ")).expect(line).to_owned();
        assert!(["counter", "gauge", "histogram"].contains(&kind.as_str()), "{line}");
        assert!(kind != "counter" || name.ends_with("_total"), "{line}");
        let mut family =
            Family { kind, labels: BTreeSet::new(), series: BTreeMap::new(), in_order: Vec::new() };
        while let Some(line) = lines.next_if(|line| !line.starts_with('#')) {
            sample(line, name, &mut family);
        }
        assert!(!family.series.is_empty(), "{name} has no sample");
        assert!(families.insert(name.to_owned(), family).is_none(), "{name} comes twice");
    }
    families
}

fn sample(line: &str, family_name: &str, family: &mut Family) {
    let (series, value) = line.rsplit_once(' ').expect(line);
    let value: f64 = value.parse().expect(line);
    let (name, labels) = match series.split_once('{') {
        Some((name, labels)) => (name, labels.strip_suffix('}').expect(line)),
        None => (series, ""),
    };
    let suffixes: &[&str] = if family.kind == "histogram" { &["_bucket", "_sum", "_count"] } else { &[""] };
    assert!(suffixes.iter().any(|suffix| name == format!("{family_name}{suffix}")), "{line}");
    for label in labels.split(',').filter(|label| !label.is_empty()) {
        let (label, text) = label.split_once('=').expect(line);
        let text = text.strip_prefix('"').and_then(|text| text.strip_suffix('"')).expect(line);
        assert!(is_name(label) && !text.contains('"'), "{line}");
        family.labels.insert(label.to_owned());
    }
    family.in_order.push((series.to_owned(), value));
    assert!(family.series.insert(series.to_owned(), value).is_none(), "{line} comes twice");
}

fn is_name(name: &str) -> bool {
    !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'_')
}

#[test]
fn who_does_not_read_is_named_among_the_slowest() {
    let server = setup().set("limits.sendq = 20000").start();
    let mut ann = Peer::user(&server, "ann");
    let mut slow = Peer::narrow(server.addr(0));
    slow.register("slow");
    ann.join("#room");
    slow.join("#room");
    let words = "x".repeat(400);
    eventually("it falls behind", || {
        for _ in 0..200 {
            ann.send(&format!("PRIVMSG #room :{words}"));
        }
        ann.sync();
        json(&server, &["status", "--json"])["waiting"]["behind"] == 1
    });
    let status = json(&server, &["status", "--json"]);
    let slowest = &status["slowest"][0];
    assert_eq!(slowest["nick"], "slow", "{status:#}");
    assert_eq!(slowest["door"], format!("irc+{}", server.doors[0]));
    assert!(slowest["bytes"].as_u64() > Some(1000) && slowest["behind_ms"].is_u64(), "{slowest}");
    assert!(status["store"]["commits"].as_u64() > Some(0), "{status:#}");
    let who = json(&server, &["who", "--json"]);
    assert!(
        who.as_array().expect("a list").iter().any(|one| one["nick"] == "slow" && one["behind_ms"].is_u64())
    );
}

#[test]
fn a_door_for_everything_has_the_page_too() {
    let server = setup().door("addr = \"tcp://127.0.0.1:0\"\ndialect = \"auto\"").start();
    let link = done(&server, &["link"]);
    assert!(link.starts_with(&format!("http://{}/status/#token=", server.addr(2))), "{link}");
}

#[test]
fn without_a_web_door_there_is_no_page_to_link_to() {
    let told = refused(&server(), &["link"]);
    assert!(told.contains("no door for browsers"), "{told}");
}

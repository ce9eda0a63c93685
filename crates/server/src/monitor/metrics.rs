//! The state of the server for Prometheus: its text format, version 0.0.4
//! (<https://prometheus.io/docs/instrumenting/exposition_formats/>).
//!
//! Written by hand: the numbers exist already, and what is left is a line for each. No label has a value that a
//! peer can choose, or the number of series would have no bound.

use std::fmt::{Display, Write};

use store::Commits;
use store::commits::BOUNDS;

use super::status::Status;

/// What stands in the metrics, and not in the status.
#[derive(Clone, Debug, Default)]
pub struct More {
    /// Commits so far.
    pub commits: Commits,
    /// Frames taken so far.
    pub frames: u64,
    /// Members told something so far.
    pub told: u64,
    /// Bytes read so far.
    pub read: u64,
    /// Bytes written so far.
    pub written: u64,
}

/// The text.
pub fn text(status: &Status, more: &More) -> String {
    let mut page = Page(String::with_capacity(8 * 1024));
    connections(&mut page, status, more);
    page.gauge("saloon_users", "Users, also those that stay while they are not connected.", status.users);
    page.gauge("saloon_rooms", "Rooms.", status.rooms);
    page.gauge("saloon_accounts", "Accounts.", status.accounts);
    page.counter("saloon_messages_total", "Messages said.", status.traffic.messages);
    page.counter("saloon_frames_total", "Frames taken from peers.", more.frames);
    page.counter("saloon_told_total", "Members of rooms told what happened there.", more.told);
    queues(&mut page, status);
    store(&mut page, status, more);
    process(&mut page, status);
    page.0
}

fn connections(page: &mut Page, status: &Status, more: &More) {
    page.family("saloon_sessions", "gauge", "Connections that speak a dialect.");
    for kind in &status.kinds {
        let labels = [("dialect", kind.dialect.as_str()), ("transport", kind.transport.as_str())];
        page.sample("saloon_sessions", &labels, kind.sessions);
    }
    let traffic = &status.traffic;
    page.counter("saloon_connections_accepted_total", "Connections let in.", traffic.accepted);
    page.counter("saloon_connections_refused_total", "Connections turned away.", traffic.refused);
    page.counter("saloon_received_bytes_total", "Bytes read from peers.", more.read);
    page.counter("saloon_sent_bytes_total", "Bytes written to peers.", more.written);
    let waiting = &status.waiting;
    page.gauge("saloon_outbox_bytes", "Bytes that wait for peers to read them.", waiting.bytes);
    page.gauge("saloon_outbox_largest_bytes", "Most bytes that wait for one peer.", waiting.largest);
    page.gauge("saloon_connections_behind", "Connections that have fallen behind.", waiting.behind);
    page.gauge("saloon_draining", "Whether the server is about to end.", u8::from(status.draining.is_some()));
}

fn queues(page: &mut Page, status: &Status) {
    page.family("saloon_inbox_posts", "gauge", "What waits in the inbox of a worker.");
    for (number, worker) in status.workers.iter().enumerate() {
        page.sample("saloon_inbox_posts", &[("worker", &number.to_string())], worker.inbox);
    }
    let silent = status.workers.iter().filter(|worker| !worker.answers).count();
    page.gauge("saloon_workers_silent", "Workers that did not answer within a second.", silent);
    let wait = micros(status.queues.hub_wait_us);
    page.gauge("saloon_hub_wait_seconds", "How long one had to wait for the hub, lately.", wait);
    page.gauge("saloon_records_waiting", "Records that are not on disk yet.", status.queues.records);
}

fn store(page: &mut Page, status: &Status, more: &More) {
    let (name, commits) = ("saloon_commit_seconds", &more.commits);
    page.family(name, "histogram", "How long commits to the database took.");
    let mut below = 0;
    for (bound, count) in BOUNDS.iter().zip(&commits.classes) {
        below += count;
        page.sample("saloon_commit_seconds_bucket", &[("le", &micros(*bound).to_string())], below);
    }
    page.sample("saloon_commit_seconds_bucket", &[("le", "+Inf")], commits.count());
    page.sample("saloon_commit_seconds_sum", &[], micros(commits.micros));
    page.sample("saloon_commit_seconds_count", &[], commits.count());
    page.counter("saloon_commits_refused_total", "How often the disk refused.", commits.refused);
    let failing = u8::from(status.store.failing.is_some());
    page.gauge("saloon_storage_failing", "Whether nothing can be kept at the moment.", failing);
    page.gauge("saloon_database_bytes", "The size of the database, with its log.", status.store.bytes);
}

fn process(page: &mut Page, status: &Status) {
    let process = &status.process;
    page.counter("process_cpu_seconds_total", "Processor time taken.", process.cpu_seconds);
    page.gauge("process_resident_memory_bytes", "Memory taken.", process.memory);
    page.gauge("process_open_fds", "Open descriptors.", process.files);
    page.gauge("process_max_fds", "How many descriptors there may be.", process.most_files);
    let started = status.started as f64 / 1000.0;
    page.gauge("process_start_time_seconds", "When the server was started, since 1970.", started);
    page.family("saloon_build_info", "gauge", "Which release this is; the value is always 1.");
    page.sample("saloon_build_info", &[("version", &status.version)], 1);
}

/// Microseconds as seconds.
fn micros(micros: u64) -> f64 {
    micros as f64 / 1e6
}

struct Page(String);

impl Page {
    fn family(&mut self, name: &str, kind: &str, help: &str) {
        let _ = write!(self.0, "# HELP {name} {help}\n# TYPE {name} {kind}\n");
    }

    fn gauge(&mut self, name: &str, help: &str, value: impl Display) {
        self.family(name, "gauge", help);
        self.sample(name, &[], value);
    }

    fn counter(&mut self, name: &str, help: &str, value: impl Display) {
        self.family(name, "counter", help);
        self.sample(name, &[], value);
    }

    fn sample(&mut self, name: &str, labels: &[(&str, &str)], value: impl Display) {
        self.0.push_str(name);
        for (number, (label, text)) in labels.iter().enumerate() {
            let text = text.replace('\\', r"\\").replace('"', "\\\"").replace('\n', r"\n");
            let _ = write!(self.0, "{}{label}=\"{text}\"", if number == 0 { '{' } else { ',' });
        }
        let _ = writeln!(self.0, "{} {value}", if labels.is_empty() { "" } else { "}" });
    }
}

#[cfg(test)]
mod tests {
    use super::super::status::{Kind, Worker};
    use super::*;

    #[test]
    fn each_number_has_its_line() {
        let kind = Kind { dialect: "irc".into(), transport: "a\"b\\c\nd".into(), sessions: 7 };
        let status = Status {
            kinds: vec![kind],
            workers: vec![Worker { inbox: 3, ..Worker::default() }],
            started: 1_500,
            ..Status::default()
        };
        let mut more = More::default();
        more.commits.classes[1] = 2;
        more.commits.classes[16] = 1;
        more.commits.micros = 12_000_400;
        let text = text(&status, &more);
        for line in [
            "# TYPE saloon_sessions gauge",
            "saloon_sessions{dialect=\"irc\",transport=\"a\\\"b\\\\c\\nd\"} 7",
            "saloon_inbox_posts{worker=\"0\"} 3",
            "saloon_workers_silent 1",
            "# TYPE saloon_commit_seconds histogram",
            "saloon_commit_seconds_bucket{le=\"0.0001\"} 0",
            "saloon_commit_seconds_bucket{le=\"0.00025\"} 2",
            "saloon_commit_seconds_bucket{le=\"10\"} 2",
            "saloon_commit_seconds_bucket{le=\"+Inf\"} 3",
            "saloon_commit_seconds_sum 12.0004",
            "saloon_commit_seconds_count 3",
            "process_start_time_seconds 1.5",
        ] {
            assert!(text.lines().any(|other| other == line), "{line}\n{text}");
        }
    }
}

//! Who is connected: what the workers know of connections, and the hub of users.

use super::words::{Person, Reply};
use crate::clock;
use crate::config::Config;
use crate::monitor::door_name;
use crate::monitor::measure::{self, Link};
use crate::shared::Shared;

/// How many sessions the hub is asked about at a time: meanwhile nobody else can ask it anything.
const AT_ONCE: usize = 1000;

/// Everyone who is connected, in the order they came.
pub fn people(shared: &Shared, config: &Config) -> Reply {
    let measured = measure::ask(&shared.inboxes, true);
    let silent = shared.inboxes.len() - measured.len();
    let mut links: Vec<Link> = measured.into_iter().flat_map(|measured| measured.everyone).collect();
    links.sort_by_key(|link| (link.since, link.session));
    let now = clock::now();
    let mut people = Vec::with_capacity(links.len());
    for some in links.chunks(AT_ONCE) {
        let core = shared.core();
        people.extend(some.iter().map(|link| {
            let seen = core.seen(link.session);
            let who = seen.as_ref().map(|seen| &seen.who);
            Person {
                nick: who.map(|who| who.nick.to_string()),
                account: who.and_then(|who| who.account.as_ref()).map(ToString::to_string),
                address: link.ip.map(|ip| ip.to_string()),
                door: door_name(config, link.door, link.dialect),
                since: link.since.0,
                idle_ms: seen.map(|seen| now.since(seen.spoke)),
                waiting: link.waiting,
                behind_ms: link.behind,
            }
        }));
    }
    Reply::People { people, silent }
}

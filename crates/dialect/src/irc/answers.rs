//! What the hub answered, as numerics (`conformance` sections 8, 9, 15, 16).

use std::sync::Arc;

use hub::{Answer, Identity, ListKind, ModeChange, Names, Rank, Ranks, RoomName, Timestamp, Topic, Whois};

use super::capability::Capabilities;
use super::line::{repeatable, wrap};
use super::numeric::{self, Numeric};
use super::render::{mode_lines, time, user_modes};
use super::session::{Irc, Task};
use super::user::address;

/// A prefix of a name for each rank, highest first.
fn prefixes(ranks: Ranks, all: bool) -> String {
    let prefix = |rank| match rank {
        Rank::Founder => '~',
        Rank::Protected => '&',
        Rank::Operator => '@',
        Rank::Halfop => '%',
        Rank::Voice => '+',
    };
    let held = Rank::ALL.into_iter().filter(|&rank| ranks.contains(rank.into()));
    held.take(if all { 5 } else { 1 }).map(prefix).collect()
}

impl Irc {
    /// Appends the lines of an answer.
    pub(super) fn write_answer(&mut self, answer: &Answer, out: &mut Vec<u8>) {
        match answer {
            Answer::NickTaken(taken) => self.nick_answered(*taken, out),
            Answer::Counts(counts) => self.write_counts(counts, out),
            Answer::Topic(room, topic) => self.write_topic(room, topic.as_ref(), true, out),
            Answer::Names(room, names) => {
                if let Some(names) = names {
                    self.write_names_of(room, names, out);
                }
            }
            Answer::RoomModes { room, modes, created } => self.write_room_modes(room, modes, *created, out),
            Answer::List(room, list, entries) => self.write_list(room, *list, entries, out),
            Answer::UserModes(flags) => {
                self.numeric(out, numeric::RPL_UMODEIS).word(user_modes(*flags)).end()
            }
            Answer::Invites(rooms) => {
                for room in rooms {
                    self.numeric(out, numeric::RPL_INVITELIST).word(room.as_str()).end();
                }
                self.plain(out, numeric::RPL_ENDOFINVITELIST);
            }
            Answer::Who { rows, next } => self.write_who(rows, next.as_ref(), out),
            Answer::Whois(whois) => self.write_whois(whois, out),
            Answer::Whowas(entries) => self.write_whowas(entries, out),
            Answer::Userhost(users) => {
                let shown: Vec<String> =
                    users.iter().map(|(who, oper, away)| userhost(who, *oper, *away)).collect();
                wrap(out, shown, b' ', true, self.begin(numeric::RPL_USERHOST));
            }
            Answer::Ison(nicks) => {
                wrap(out, nicks.iter().map(|nick| nick.as_str()), b' ', true, self.begin(numeric::RPL_ISON));
            }
            Answer::Rooms { rows, next } => self.write_rooms(rows, next.as_ref(), out),
            Answer::Watched(names) => {
                wrap(out, names, b',', false, self.begin(numeric::RPL_MONLIST));
                self.plain(out, numeric::RPL_ENDOFMONLIST);
            }
            Answer::WatchStatus { online, offline } => {
                self.write_online(online, out);
                wrap(out, offline, b',', false, self.begin(numeric::RPL_MONOFFLINE));
            }
            Answer::NetworkBans(bans) => self.write_bans(bans, out),
            Answer::Reach(_) => {}
            Answer::Account(info) => self.write_account(info, out),
            Answer::Access(room, access) => self.write_access(room, access, out),
            Answer::Registration(room, registration) => self.write_registration(room, registration, out),
            Answer::Marker(target, at) => self.write_marker(target, *at, out),
            Answer::Metadata(target, facts) => self.write_facts(target, facts, out),
            Answer::Sync(target, facts) => self.write_sync(target.as_ref(), facts, out),
            Answer::Subscriptions(keys) => self.write_subscriptions(keys, out),
            Answer::Rejected(rejection) if self.is_said(rejection) => {}
            Answer::Rejected(rejection) => self.write_rejection(rejection, out),
        }
    }

    /// A numeric with its usual text and nothing else.
    pub(super) fn plain(&self, out: &mut Vec<u8>, numeric: Numeric) {
        self.numeric(out, numeric).text(numeric.text).end();
    }

    /// Begins a line whose last parameter is a list.
    pub(super) fn begin(&self, numeric: Numeric) -> impl Fn(&mut Vec<u8>) + '_ {
        move |out| {
            self.numeric(out, numeric).push(b" :");
        }
    }

    fn nick_answered(&mut self, taken: bool, out: &mut Vec<u8>) {
        let refused =
            self.opening.as_mut().and_then(|opening| if taken { opening.nick.take() } else { None });
        if let Some(nick) = refused {
            if let Some(opening) = &mut self.opening {
                opening.refused = Some(nick.clone());
            }
            let line = self.numeric(out, numeric::ERR_NICKNAMEINUSE).word(nick.as_str());
            line.text(numeric::ERR_NICKNAMEINUSE.text).end();
        }
    }

    /// `332` and `333`; or `331` if that is asked for.
    pub(super) fn write_topic(
        &self,
        room: &RoomName,
        topic: Option<&Topic>,
        even_none: bool,
        out: &mut Vec<u8>,
    ) {
        match topic {
            Some(topic) => {
                self.numeric(out, numeric::RPL_TOPIC).word(room.as_str()).text(topic.text.as_bytes()).end();
                let line = self.numeric(out, numeric::RPL_TOPICWHOTIME).word(room.as_str());
                line.word(topic.by.as_str()).show(topic.at.seconds()).end();
            }
            None if even_none => {
                let line = self.numeric(out, numeric::RPL_NOTOPIC).word(room.as_str());
                line.text(numeric::RPL_NOTOPIC.text).end();
            }
            None => {}
        }
    }

    /// `353`…, without the `366`.
    pub(super) fn write_names_of(&self, room: &RoomName, names: &Names, out: &mut Vec<u8>) {
        let all = self.caps.contains(Capabilities::MULTI_PREFIX);
        let whole = self.caps.contains(Capabilities::USERHOST_IN_NAMES);
        let symbol = if names.secret { "@" } else { "=" };
        let members = names.members.iter().map(|(ranks, who)| {
            let mut word = prefixes(*ranks, all);
            if whole {
                word.push_str(&who.to_string());
            } else {
                word.push_str(who.nick.as_str());
            }
            word
        });
        wrap(out, members, b' ', false, |out| {
            self.numeric(out, numeric::RPL_NAMREPLY).word(symbol).word(room.as_str()).push(b" :");
        });
    }

    fn write_room_modes(&self, room: &RoomName, modes: &[ModeChange], created: Timestamp, out: &mut Vec<u8>) {
        let shown = match modes {
            [] => "+".to_owned(),
            modes => mode_lines(modes, usize::MAX).remove(0),
        };
        self.numeric(out, numeric::RPL_CHANNELMODEIS).word(room.as_str()).word(shown).end();
        let line = self.numeric(out, numeric::RPL_CREATIONTIME).word(room.as_str());
        line.show(created.seconds()).end();
    }

    fn write_list(&self, room: &RoomName, list: ListKind, entries: &[hub::ListEntry], out: &mut Vec<u8>) {
        let (entry, end) = match list {
            ListKind::Ban => (numeric::RPL_BANLIST, numeric::RPL_ENDOFBANLIST),
            ListKind::Exception => (numeric::RPL_EXCEPTLIST, numeric::RPL_ENDOFEXCEPTLIST),
            ListKind::Invite => (numeric::RPL_INVEXLIST, numeric::RPL_ENDOFINVEXLIST),
        };
        for row in entries {
            let line = self.numeric(out, entry).word(room.as_str()).word(row.mask.as_str());
            line.word(row.by.as_str()).show(row.at.seconds()).end();
        }
        self.numeric(out, end).word(room.as_str()).text(end.text).end();
    }

    fn write_who(&mut self, rows: &[hub::WhoRow], next: Option<&smol_str::SmolStr>, out: &mut Vec<u8>) {
        let Some(mut task) = self.task.take() else { return };
        let Task::Who { sent, fields, after, .. } = &mut *task else { return };
        for row in rows {
            let flags = self.who_flags(row);
            if let Some(fields) = fields {
                let line = self.numeric(out, numeric::RPL_WHOSPCRPL);
                fields.write(line, row, self.server(), &flags).end();
                continue;
            }
            let channel = row.room.as_ref().map_or("*", |(room, _)| room.as_str());
            let who = &row.who;
            let line = self.numeric(out, numeric::RPL_WHOREPLY).word(channel).word(who.user.as_str());
            let line = line.word(who.host.as_str()).word(self.server()).word(who.nick.as_str()).word(flags);
            line.text([b"0 ", who.realname.as_bytes()].concat()).end();
        }
        match next {
            Some(next) => {
                *after = Some(next.clone());
                self.task = Some(task);
            }
            None => {
                let end = numeric::RPL_ENDOFWHO;
                self.numeric(out, end).word(repeatable(sent.as_bytes())).text(end.text).end();
            }
        }
    }

    /// Away, operator, prefix, bot, in this order.
    fn who_flags(&self, row: &hub::WhoRow) -> String {
        let mut flags = String::from(if row.away { "G" } else { "H" });
        if row.operator {
            flags.push('*');
        }
        if let Some((_, ranks)) = row.room {
            flags.push_str(&prefixes(ranks, self.caps.contains(Capabilities::MULTI_PREFIX)));
        }
        if row.who.bot {
            flags.push('B');
        }
        flags
    }

    fn write_whois(&self, whois: &Whois, out: &mut Vec<u8>) {
        let who = &whois.who;
        let nick = who.nick.as_str();
        let about = |out: &mut Vec<u8>, numeric: Numeric, text: &str| {
            self.numeric(out, numeric).word(nick).text(text).end();
        };
        let line = self.numeric(out, numeric::RPL_WHOISUSER).word(nick).word(who.user.as_str());
        line.word(who.host.as_str()).word("*").text(who.realname.as_bytes()).end();
        let all = self.caps.contains(Capabilities::MULTI_PREFIX);
        let channels = whois.rooms.iter().map(|(room, ranks)| prefixes(*ranks, all) + room.as_str());
        wrap(out, channels, b' ', false, |out| {
            self.numeric(out, numeric::RPL_WHOISCHANNELS).word(nick).push(b" :");
        });
        let line = self.numeric(out, numeric::RPL_WHOISSERVER).word(nick).word(self.server());
        line.text(&self.settings.options.description).end();
        if whois.operator.is_some() {
            about(out, numeric::RPL_WHOISOPERATOR, "is an IRC operator");
        }
        if let Some(text) = &whois.away {
            self.numeric(out, numeric::RPL_AWAY).word(nick).text(text.as_bytes()).end();
        }
        if let Some(account) = &who.account {
            let line = self.numeric(out, numeric::RPL_WHOISACCOUNT).word(nick).word(account.as_str());
            line.text(numeric::RPL_WHOISACCOUNT.text).end();
        }
        if who.bot {
            about(out, numeric::RPL_WHOISBOT, numeric::RPL_WHOISBOT.text);
        }
        self.write_whois_private(whois, out);
        if whois.secure {
            about(out, numeric::RPL_WHOISSECURE, numeric::RPL_WHOISSECURE.text);
        }
        if let Some(certificate) = whois.private.as_ref().and_then(|private| private.certificate.as_ref()) {
            about(
                out,
                numeric::RPL_WHOISCERTFP,
                &format!("has client certificate fingerprint {certificate}"),
            );
        }
        let line = self.numeric(out, numeric::RPL_WHOISIDLE).word(nick).show(whois.idle);
        line.show(whois.signon.seconds()).text(numeric::RPL_WHOISIDLE.text).end();
    }

    /// The address and the modes, for the user itself and operators.
    fn write_whois_private(&self, whois: &Whois, out: &mut Vec<u8>) {
        let Some(private) = &whois.private else { return };
        // A process on the same machine has no address but this one.
        let ip = private.ip.map_or("127.0.0.1".to_owned(), |ip| address(&ip.to_string()));
        let actually = numeric::RPL_WHOISACTUALLY;
        let nick = whois.who.nick.as_str();
        let line = self.numeric(out, actually).word(nick).show(format_args!("{}@{ip}", whois.who.user));
        line.word(&ip).text(actually.text).end();
        let line = self.numeric(out, numeric::RPL_WHOISMODES).word(nick);
        line.text(format!("is using modes {}", user_modes(private.flags))).end();
    }

    fn write_whowas(&mut self, entries: &[hub::Whowas], out: &mut Vec<u8>) {
        let Some(Task::Whowas { nick, count }) = self.task.take().map(|task| *task) else { return };
        if entries.is_empty() {
            let none = numeric::ERR_WASNOSUCHNICK;
            self.numeric(out, none).word(repeatable(nick.as_bytes())).text(none.text).end();
        }
        for entry in entries.iter().take(count) {
            let who = &entry.who;
            let line =
                self.numeric(out, numeric::RPL_WHOWASUSER).word(who.nick.as_str()).word(who.user.as_str());
            line.word(who.host.as_str()).word("*").text(who.realname.as_bytes()).end();
            let line =
                self.numeric(out, numeric::RPL_WHOISSERVER).word(who.nick.as_str()).word(self.server());
            line.text(time(entry.until).to_string()).end();
        }
    }

    fn write_rooms(&mut self, rows: &[hub::RoomRow], next: Option<&smol_str::SmolStr>, out: &mut Vec<u8>) {
        for row in rows {
            let line = self.numeric(out, numeric::RPL_LIST).word(row.room.as_str()).show(row.members);
            line.text(row.topic.as_bytes()).end();
        }
        match (next, self.task.as_deref_mut()) {
            (Some(next), Some(Task::List { after, .. })) => *after = Some(next.clone()),
            _ => {
                self.task = None;
                self.plain(out, numeric::RPL_LISTEND);
            }
        }
    }

    /// `730`.
    pub(super) fn write_online(&self, online: &[Arc<Identity>], out: &mut Vec<u8>) {
        wrap(out, online.iter().map(|who| who.to_string()), b',', false, self.begin(numeric::RPL_MONONLINE));
    }

    fn write_bans(&self, bans: &[hub::NetworkBan], out: &mut Vec<u8>) {
        for ban in bans {
            let until = ban.until.map_or("for good".to_owned(), |until| format!("until {}", time(until)));
            let text = format!("{} ({until}, set by {} at {})", ban.reason, ban.by, time(ban.at));
            self.numeric(out, numeric::RPL_STATSKLINE).word("K").word(ban.mask.as_str()).text(text).end();
        }
    }
}

/// `nick[*]=[+|-]user@host`.
fn userhost(who: &Identity, operator: bool, away: bool) -> String {
    let star = if operator { "*" } else { "" };
    let sign = if away { '-' } else { '+' };
    format!("{}{star}={sign}{}@{}", who.nick, who.user, who.host)
}

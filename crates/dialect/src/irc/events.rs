//! What a session alone is told: the welcome, confirmations, refusals (`conformance` sections 6, 8, 31).

use hub::{
    Cause, Change, Counts, Event, Fact, Identity, ListKind, Mute, Names, Rejection, RoomName, Text,
    UserFlags, Via,
};
use smol_str::SmolStr;

use super::capability::Capabilities;
use super::line::{Line, repeatable, wrap};
use super::numeric::{self, Numeric};
use super::render::{list_letter, user_modes};
use super::session::Irc;
use crate::Output;

/// Most bytes of the names in a line that has more behind them.
const NAMES_PER_LINE: usize = 350;

impl Irc {
    /// Appends what came of the peer's own command.
    pub(super) fn write_reply(&mut self, event: &Event, out: &mut Vec<u8>, outputs: &mut Vec<Output>) {
        match event {
            Event::Said { .. } if !self.caps.contains(Capabilities::ECHO_MESSAGE) => {}
            Event::Rejected(rejection) => self.rejected(rejection, out, outputs),
            Event::Marker { target, at } => self.write_marker(target, *at, out),
            Event::Joined { at, .. } => {
                self.write_told(event, out);
                self.joined = Some(*at);
            }
            Event::Entered { room, .. } => {
                self.write_told(event, out);
                self.replay_later(room);
            }
            _ => self.write_told(event, out),
        }
    }

    /// Appends what the peer, among others or alone, is told.
    pub(super) fn write_told(&mut self, event: &Event, out: &mut Vec<u8>) {
        match event {
            Event::Registered { who, flags, counts, facts } => self.welcome(who, *flags, counts, facts, out),
            Event::Renamed { nick, .. } => {
                self.renderer().event(event, out);
                self.nick = nick.as_str().into();
            }
            // Nobody is told about itself that it is away.
            Event::Joined { id, at, who, room, .. } if who.nick.as_str() == self.nick => {
                self.renderer().joined(out, *at, Some(*id), who, room.as_str(), None);
            }
            Event::Entered { room, topic, names, marker, metadata, .. } => {
                self.write_topic(room, topic.as_ref(), false, out);
                if self.caps.contains(Capabilities::READ_MARKER) {
                    self.write_marker(room.as_str(), *marker, out);
                }
                self.write_implicit_names(room, names.as_ref(), out);
                self.write_joined_facts(room, metadata, out);
            }
            // About itself: what it is told of others comes by watching them, or with their rooms.
            Event::Presence { change: Change::Host { host, .. }, via: Via::Room, .. }
                if !self.caps.contains(Capabilities::CHGHOST) =>
            {
                self.with_words(out, numeric::RPL_VISIBLEHOST, &[host]);
            }
            Event::Presence { who, change: Change::Account(account), via: Via::Room, .. }
                if who.nick.as_str() == self.nick =>
            {
                self.account = account.clone();
                self.renderer().event(event, out);
            }
            Event::AwaySet(true) => self.plain(out, numeric::RPL_NOWAWAY),
            Event::AwaySet(false) => self.plain(out, numeric::RPL_UNAWAY),
            Event::IsAway { nick, text } => {
                self.numeric(out, numeric::RPL_AWAY).word(nick.as_str()).text(text.as_bytes()).end();
            }
            Event::Inviting { nick, room } => {
                self.numeric(out, numeric::RPL_INVITING).word(nick.as_str()).word(room.as_str()).end();
            }
            Event::Online(users) => self.write_online(users, out),
            Event::Offline(names) => wrap(out, names, b',', false, self.begin(numeric::RPL_MONOFFLINE)),
            Event::WatchFull { limit, names } => self.watch_full(*limit, names, out),
            Event::Opered => self.plain(out, numeric::RPL_YOUREOPER),
            Event::Rehashing => {
                let file = self.settings.options.config_name.clone();
                self.with_words(out, numeric::RPL_REHASHING, &[&file]);
            }
            Event::NetworkBanned { mask, closed } => {
                self.notice(
                    out,
                    &Text::from(format!("{mask} is banned; {closed} connection(s) closed").as_str()),
                );
            }
            Event::NetworkUnbanned { mask } => {
                self.notice(out, &Text::from(format!("{mask} is no longer banned").as_str()))
            }
            Event::Notice(text) => self.notice(out, text),
            Event::LoggedIn { .. }
            | Event::LoggedOut { .. }
            | Event::AccountCreated { .. }
            | Event::Settled(_) => {
                self.write_account_event(event, out);
            }
            Event::Redacted { .. }
            | Event::RoomRenamed { .. }
            | Event::Marker { .. }
            | Event::Metadata(_)
            | Event::MetadataCleared { .. }
            | Event::Subscribed { .. }
            | Event::Unsubscribed(_) => self.write_history_event(event, out),
            _ => self.renderer().event(event, out),
        }
    }

    /// The names that come with a JOIN, for who wants them.
    pub(super) fn write_implicit_names(&self, room: &RoomName, names: Option<&Names>, out: &mut Vec<u8>) {
        if let (Some(names), false) = (names, self.caps.contains(Capabilities::NO_IMPLICIT_NAMES)) {
            self.write_names_of(room, names, out);
            let end = numeric::RPL_ENDOFNAMES;
            self.numeric(out, end).word(room.as_str()).text(end.text).end();
        }
    }

    fn notice(&self, out: &mut Vec<u8>, text: &Text) {
        Line::from(out, self.server(), "NOTICE").word(self.client()).text(text.as_bytes()).end();
    }

    fn with_words(&self, out: &mut Vec<u8>, numeric: Numeric, words: &[&str]) {
        let line = words
            .iter()
            .fold(self.numeric(out, numeric), |line, word| line.word(repeatable(word.as_bytes())));
        line.text(numeric.text).end();
    }

    /// The welcome, in the order of `conformance` section 6, and nothing else in between.
    fn welcome(
        &mut self,
        who: &Identity,
        flags: UserFlags,
        counts: &Counts,
        facts: &[Fact],
        out: &mut Vec<u8>,
    ) {
        // Registration has completed in the middle of an exchange.
        if self.sasl.take().is_some() {
            self.plain(out, numeric::ERR_SASLABORTED);
        }
        self.nick = who.nick.as_str().into();
        self.account = who.account.clone();
        self.opening = None;
        out.reserve(2048);
        let welcome = format!("Welcome to the {} Network, {who}", self.settings.options.network);
        self.numeric(out, numeric::RPL_WELCOME).text(welcome).end();
        self.write_prepared(&self.settings.greeting, out);
        self.write_isupport(out);
        self.write_counts(counts, out);
        self.write_own_facts(facts, out);
        self.write_motd(out);
        if !flags.is_empty() {
            self.numeric(out, numeric::RPL_UMODEIS).word(user_modes(flags)).end();
        }
    }

    /// A refusal, and what follows from it for a client that tried to register.
    fn rejected(&mut self, rejection: &Rejection, out: &mut Vec<u8>, outputs: &mut Vec<Output>) {
        match (rejection, &mut self.opening) {
            (
                Rejection::NickInUse(_) | Rejection::NickReserved(_) | Rejection::NickOwned(_),
                Some(opening),
            ) => opening.refused = opening.nick.take(),
            (Rejection::BannedFromServer(reason), Some(_)) => {
                outputs.push(Output::Close(Cause::Banned(reason.clone())));
            }
            _ => {}
        }
        self.write_rejection(rejection, out);
    }

    /// The numeric of a refusal.
    pub(super) fn write_rejection(&self, rejection: &Rejection, out: &mut Vec<u8>) {
        use Rejection as R;
        if self.write_errand_refused(rejection, out) {
            return;
        }
        match rejection {
            R::NotRegistered => self.plain(out, numeric::ERR_NOTREGISTERED),
            R::AlreadyRegistered => self.plain(out, numeric::ERR_ALREADYREGISTERED),
            R::NickInUse(nick) => self.with_words(out, numeric::ERR_NICKNAMEINUSE, &[nick.as_str()]),
            R::NickReserved(nick) => self.with_words(out, numeric::ERR_ERRONEUSNICKNAME, &[nick.as_str()]),
            R::BannedFromServer(reason) => {
                let text = [b"You are banned from this server: ".as_slice(), reason.as_bytes()].concat();
                self.numeric(out, numeric::ERR_YOUREBANNEDCREEP).text(text).end();
            }
            R::NoSuchNick(nick) => self.with_words(out, numeric::ERR_NOSUCHNICK, &[nick]),
            R::NoSuchRoom(room) => self.with_words(out, numeric::ERR_NOSUCHCHANNEL, &[room.as_str()]),
            R::TooManyRooms(room) | R::NoMoreRooms(room) => {
                self.with_words(out, numeric::ERR_TOOMANYCHANNELS, &[room.as_str()]);
            }
            R::RoomFull(room) => self.with_words(out, numeric::ERR_CHANNELISFULL, &[room.as_str()]),
            R::InviteOnly(room) => self.with_words(out, numeric::ERR_INVITEONLYCHAN, &[room.as_str()]),
            R::Banned(room) => self.with_words(out, numeric::ERR_BANNEDFROMCHAN, &[room.as_str()]),
            R::BadKey(room) => self.with_words(out, numeric::ERR_BADCHANNELKEY, &[room.as_str()]),
            R::NotInRoom(room) => self.with_words(out, numeric::ERR_NOTONCHANNEL, &[room.as_str()]),
            R::CannotSpeak { room, why } => {
                let text = format!("Cannot send to channel ({})", mute_reason(*why));
                self.numeric(out, numeric::ERR_CANNOTSENDTOCHAN).word(room.as_str()).text(text).end();
            }
            R::TooLong => self.plain(out, numeric::ERR_INPUTTOOLONG),
            R::AccountNeeded(nick) => self.with_words(out, numeric::ERR_NEEDREGGEDNICK, &[nick.as_str()]),
            R::RankNeeded(room) => self.with_words(out, numeric::ERR_CHANOPRIVSNEEDED, &[room.as_str()]),
            R::TargetNotInRoom(nick, room) => {
                self.with_words(out, numeric::ERR_USERNOTINCHANNEL, &[nick.as_str(), room.as_str()]);
            }
            R::TargetInRoom(nick, room) => {
                self.with_words(out, numeric::ERR_USERONCHANNEL, &[nick.as_str(), room.as_str()]);
            }
            R::ListFull(room, list, _) => self.list_full(room.as_str(), *list, out),
            R::NoPrivilege => self.plain(out, numeric::ERR_NOPRIVILEGES),
            R::NotYourself => self.plain(out, numeric::ERR_USERSDONTMATCH),
            R::NickOwned(nick) => self.with_words(out, numeric::ERR_NICKNAMEINUSE, &[nick.as_str()]),
            R::AccountExists(_)
            | R::AccountReserved(_)
            | R::NoMoreAccounts
            | R::LoggedInAlready(_)
            | R::NotLoggedIn
            | R::NoSuchAccount(_)
            | R::AccountSuspended(_)
            | R::RecoverySpent
            | R::CertificateRefused
            | R::NoSuchCertificate
            | R::RoomRegistered(_)
            | R::RoomNotRegistered(_)
            | R::FounderNeeded(_)
            | R::RoomsFull(_)
            | R::RegistrationOff => self.write_account_rejection(rejection, out),
            R::NoSuchTarget(_)
            | R::NoSuchMessage { .. }
            | R::RedactForbidden { .. }
            | R::RoomNameTaken { .. }
            | R::CannotRename { .. }
            | R::NoMetadataTarget(_)
            | R::MetadataForbidden { .. }
            | R::MetadataFull { .. }
            | R::NotKept(_) => self.write_history_rejection(rejection, out),
            R::NoSuchBan(mask) => self.notice(out, &Text::from(format!("{mask} is not banned").as_str())),
        }
    }

    /// `734`, as often as the names need it.
    fn watch_full(&self, limit: usize, names: &[SmolStr], out: &mut Vec<u8>) {
        let mut rest = names;
        while !rest.is_empty() {
            let mut bytes = 0;
            let fits = rest.iter().take_while(|name| {
                bytes += name.len() + 1;
                bytes <= NAMES_PER_LINE
            });
            let (now, later) = rest.split_at(fits.count().max(1));
            let line = self.numeric(out, numeric::ERR_MONLISTFULL).show(limit);
            line.word(now.join(",")).text(numeric::ERR_MONLISTFULL.text).end();
            rest = later;
        }
    }

    fn list_full(&self, room: &str, list: ListKind, out: &mut Vec<u8>) {
        let line = self.numeric(out, numeric::ERR_BANLISTFULL).word(room).show(list_letter(list));
        line.text(numeric::ERR_BANLISTFULL.text).end();
    }
}

fn mute_reason(why: Mute) -> &'static str {
    match why {
        Mute::NotMember => "+n: only members may send",
        Mute::Moderated => "+m: you need voice",
        Mute::AccountNeeded => "+M: you need an account or voice",
        Mute::Banned => "you are banned or muted",
        Mute::NoCtcp => "+C: no CTCP here",
    }
}

//! What happened, as people are told it: what is left of an event once the ways in which dialects spell it
//! are taken away.

use std::borrow::Cow;

use hub::{Cause, Destination, Event, Identity, SayKind, Settled, Text};

/// Something to tell a person.
#[derive(Clone, Debug, PartialEq)]
pub enum Note<'a> {
    /// Someone said something in a room.
    Said {
        /// Who.
        who: &'a Identity,
        /// Where.
        room: &'a str,
        /// What.
        text: Cow<'a, str>,
        /// Whether it says what they do, rather than what they say.
        action: bool,
    },
    /// Someone said something to one person.
    Private {
        /// Who.
        who: &'a Identity,
        /// To whom.
        to: &'a str,
        /// What.
        text: Cow<'a, str>,
        /// Whether it says what they do.
        action: bool,
    },
    /// Someone entered a room.
    Joined {
        /// Who.
        who: &'a Identity,
        /// Where.
        room: &'a str,
    },
    /// Someone was in the room before the one who is told.
    Present {
        /// Who.
        who: &'a Identity,
    },
    /// Someone left a room, or altogether.
    Left {
        /// Who.
        who: &'a Identity,
        /// Which room; none for all of them.
        room: Option<&'a str>,
        /// In whose words.
        why: Option<Cow<'a, str>>,
    },
    /// Someone is called otherwise.
    Renamed {
        /// Who, as before.
        who: &'a Identity,
        /// The new name.
        nick: &'a str,
    },
    /// What a room is about, to one who enters it.
    Topic {
        /// Which room.
        room: &'a str,
        /// The topic.
        text: Cow<'a, str>,
    },
    /// Something that was said before.
    Old {
        /// When.
        time: Cow<'a, str>,
        /// Who said what, in words.
        words: Cow<'a, str>,
    },
    /// The server's own words, or something that needs no form of its own.
    Info(Cow<'a, str>),
}

impl<'a> Note<'a> {
    /// What an event tells people; nothing of what is only for programs. A message of several lines is told line
    /// by line, so that none of them can look like somebody else's words.
    pub fn each(event: &'a Event, tell: &mut dyn FnMut(Self)) {
        match Self::of(event) {
            Some(Self::Said { who, room, text, action }) if text.contains('\n') => {
                lines(&text).for_each(|text| tell(Self::Said { who, room, text, action }));
            }
            Some(Self::Private { who, to, text, action }) if text.contains('\n') => {
                lines(&text).for_each(|text| tell(Self::Private { who, to, text, action }));
            }
            Some(note) => tell(note),
            None => {}
        }
    }

    fn of(event: &'a Event) -> Option<Self> {
        Some(match event {
            Event::Said { who, kind, to, text, .. } => return said(who, *kind, to, text),
            Event::Joined { who, room, .. } => Self::Joined { who, room: room.as_str() },
            Event::Parted { who, room, reason, .. } => {
                Self::Left { who, room: Some(room.as_str()), why: reason.as_ref().map(words) }
            }
            Event::Quit { who, cause, .. } => Self::Left { who, room: None, why: cause_words(cause) },
            Event::Renamed { who, nick, .. } => Self::Renamed { who, nick: nick.as_str() },
            Event::Kicked { who, room, nick, reason, .. } => {
                let reason = words(reason);
                info(format!("{nick} was put out of {room} by {}: {reason}", who.nick))
            }
            Event::TopicSet { who, room, text, .. } if text.is_empty() => {
                info(format!("{} cleared the topic of {room}", who.nick))
            }
            Event::TopicSet { who, room, text, .. } => {
                info(format!("{} set the topic of {room}: {}", who.nick, words(text)))
            }
            Event::Invited { who, nick, room, to_room: false, .. } => {
                info(format!("{} invites {nick} to {room}: /join {room}", who.nick))
            }
            Event::Wallops { who, text, .. } => info(format!("{} to all: {}", who.nick, words(text))),
            Event::Killed { who, reason, .. } => {
                info(format!("you were disconnected by {}: {}", who.nick, words(reason)))
            }
            Event::RoomRenamed { who, from, to, reason, .. } => {
                let why = if reason.is_empty() { String::new() } else { format!(" ({})", words(reason)) };
                info(format!("{} renamed {from}: it is {to} now{why}", who.nick))
            }
            Event::Redacted { who, reason, .. } => {
                let why = reason.as_ref().map(|reason| format!(" ({})", words(reason))).unwrap_or_default();
                info(format!("{} took a message back{why}", who.nick))
            }
            Event::LoggedIn { account, .. } => info(format!("you are logged in as {account}")),
            Event::LoggedOut { .. } => info("you are not logged in any more".to_owned()),
            Event::AccountCreated { account } => info(format!("the account {account} is yours")),
            // Nothing else of an account is changed from here.
            Event::Settled(Settled::AccountChanged { .. }) => info("your password is changed".to_owned()),
            Event::Notice(text) => Self::Info(words(text)),
            _ => return None,
        })
    }

    /// In words, for dialects without a form of their own for it: one line.
    pub fn words(&self, rooms: bool) -> Cow<'a, str> {
        let at = |room: &str| if rooms { format!("[{room}] ") } else { String::new() };
        Cow::Owned(match self {
            Self::Said { who, room, text, action: false } => format!("{}<{}> {text}", at(room), who.nick),
            Self::Said { who, room, text, action: true } => format!("{}* {} {text}", at(room), who.nick),
            Self::Private { who, text, action: false, .. } => format!("*{}* {text}", who.nick),
            Self::Private { who, text, action: true, .. } => format!("*{}* * {0} {text}", who.nick),
            Self::Joined { who, room } => format!("-- {} has joined {room}", who.nick),
            Self::Present { who } => format!("-- {} is here", who.nick),
            Self::Left { who, room, why } => {
                let room = room.map(|room| format!(" {room}")).unwrap_or_default();
                let why = why.as_ref().map(|why| format!(" ({why})")).unwrap_or_default();
                format!("-- {} has left{room}{why}", who.nick)
            }
            Self::Renamed { who, nick } => format!("-- {} is now called {nick}", who.nick),
            Self::Topic { room, text } => format!("-- the topic of {room} is: {text}"),
            Self::Old { time, words } => format!("{time} {words}"),
            Self::Info(text) => format!("-- {text}"),
        })
    }
}

/// The lines of a text that are not empty.
fn lines<'a>(text: &str) -> impl Iterator<Item = Cow<'a, str>> {
    text.split('\n').filter(|line| !line.trim().is_empty()).map(|line| Cow::Owned(line.to_owned()))
}

fn info<'a>(text: String) -> Note<'a> {
    Note::Info(Cow::Owned(text))
}

/// Text for people: what is not UTF-8 is replaced.
pub fn words(text: &Text) -> Cow<'_, str> {
    String::from_utf8_lossy(text.as_bytes())
}

/// A client-to-client request other than ACTION is between programs, and a signal has no words.
fn said<'a>(who: &'a Identity, kind: SayKind, to: &'a Destination, text: &'a Text) -> Option<Note<'a>> {
    if kind == SayKind::Signal {
        return None;
    }
    let bytes = text.as_bytes();
    let (bytes, action) = match bytes.strip_prefix(b"\x01") {
        Some(request) => {
            let inside = request.strip_suffix(b"\x01").unwrap_or(request);
            (inside.strip_prefix(b"ACTION ")?, true)
        }
        None => (bytes, false),
    };
    let text = String::from_utf8_lossy(bytes);
    Some(match to {
        Destination::Room(room) => Note::Said { who, room: room.as_str(), text, action },
        Destination::Ranked(room) => Note::Said { who, room, text, action },
        Destination::User(nick) => Note::Private { who, to: nick.as_str(), text, action },
    })
}

/// Why someone is gone, where that is worth a word.
fn cause_words(cause: &Cause) -> Option<Cow<'_, str>> {
    Some(match cause {
        Cause::Quit(reason) => return reason.as_ref().map(words),
        Cause::ConnectionClosed | Cause::Refused(_) | Cause::BadPassword => return None,
        Cause::PingTimeout(_) | Cause::RegistrationTimeout(_) => "nothing was heard any more".into(),
        Cause::SendQueueFull(_) => "did not read what was sent".into(),
        Cause::ReceiveQueueFull(_) | Cause::ProtocolError(_) => "sent what is not the protocol".into(),
        Cause::Broken(_) => "the connection broke".into(),
        Cause::Killed { by, reason } => format!("disconnected by {by}: {}", words(reason)).into(),
        Cause::Banned(_) => "banned".into(),
        Cause::Shutdown => "the server stops".into(),
    })
}

//! `NickServ` and `ChanServ`: names that are nobody's, and answer what is said to them with notices
//! (`conformance` section 30, Services).
//!
//! What they are told is never echoed and reaches nobody else: it may hold a password.

use super::line::Line;
use super::message::Message;
use super::session::{Irc, text};
use crate::Output;

/// A service.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Service {
    /// For accounts.
    Nick,
    /// For registered channels.
    Chan,
}

/// A command of a service: its name, what is behind it, and what it does.
type Topic = (&'static str, &'static str, &'static str);

const NICK_TOPICS: &[Topic] = &[
    ("REGISTER", "<password> [<email>]", "makes an account called as you are"),
    ("IDENTIFY", "[<account>] <password>", "logs you in; a recovery code will do for the password, once"),
    ("LOGOUT", "", "logs you out"),
    ("INFO", "[<account>]", "tells about an account"),
    ("SET", "PASSWORD <old> <new>", "changes your password"),
    ("SET", "MULTICLIENT ON|OFF", "lets several connections be one user, or not"),
    ("SET", "ALWAYS-ON TRUE|FALSE", "keeps you here when your last connection leaves, or not"),
    ("RECOVERY", "<password>", "makes new recovery codes and shows them once"),
    (
        "CERT",
        "ADD|DEL [<fingerprint>]",
        "lets a certificate log in by EXTERNAL, or no longer; yours if none is named",
    ),
    ("CERT", "LIST", "lists such certificates"),
    ("GHOST", "<nick>", "disconnects another user of your account"),
    ("DROP", "<account> <password>", "deletes your account, for good"),
    ("SAREGISTER", "<account> <password>", "for operators: makes an account for somebody else"),
    ("HELP", "", "tells this"),
];

const CHAN_TOPICS: &[Topic] = &[
    ("REGISTER", "<channel>", "makes a channel yours"),
    ("DROP", "<channel>", "gives up a channel of yours"),
    ("INFO", "<channel>", "tells whose a channel is"),
    (
        "AMODE",
        "<channel> [+|-<q, a, o, h or v> <account>]",
        "lists, gives or takes back what accounts get on joining",
    ),
    ("OP", "<channel> [<nick>]", "gives you, or another member, the rank that is due"),
    ("TRANSFER", "<channel> <account>", "makes a channel somebody else's"),
    ("HELP", "", "tells this"),
];

impl Service {
    /// The service of this nickname.
    pub(super) fn named(nick: &[u8]) -> Option<Self> {
        let is = |name: &str| nick.eq_ignore_ascii_case(name.as_bytes());
        match () {
            () if is("NickServ") => Some(Self::Nick),
            () if is("ChanServ") => Some(Self::Chan),
            () => None,
        }
    }

    const fn name(self) -> &'static str {
        match self {
            Self::Nick => "NickServ",
            Self::Chan => "ChanServ",
        }
    }

    const fn topics(self) -> &'static [Topic] {
        match self {
            Self::Nick => NICK_TOPICS,
            Self::Chan => CHAN_TOPICS,
        }
    }

    /// How a command is used.
    fn usage(self, command: &str) -> String {
        let ways = self.topics().iter().filter(|topic| topic.0 == command);
        let ways: Vec<String> = ways.map(|(name, behind, _)| format!("{name} {behind}")).collect();
        format!("Use it so: {}", ways.join(", or "))
    }
}

impl Irc {
    /// `NS …`, `CS …`: what is behind the command is what is said.
    pub(super) fn service_command(
        &mut self,
        service: Service,
        message: &Message<'_>,
        outputs: &mut Vec<Output>,
    ) {
        self.tell_service(service, &message.params.join(&b' '), outputs);
    }

    /// Takes what is said to a service.
    pub(super) fn tell_service(&mut self, service: Service, said: &[u8], outputs: &mut Vec<Output>) {
        let said = text(said);
        let words: Vec<&str> = said.split_whitespace().collect();
        let (command, words) = words.split_first().unwrap_or((&"HELP", &[]));
        let command = command.to_ascii_uppercase();
        if command == "HELP" {
            return self.service_help(service, outputs);
        }
        if self.settings.options.accounts.is_none() {
            return self.service_says(service, "There are no accounts here", outputs);
        }
        if !service.topics().iter().any(|topic| topic.0 == command) {
            let why = format!("There is no such command; /msg {} HELP lists what there is", service.name());
            return self.service_says(service, &why, outputs);
        }
        let known = match service {
            Service::Nick => self.nickserv(&command, words, outputs),
            Service::Chan => self.chanserv(&command, words, outputs),
        };
        if known.is_none() {
            self.service_says(service, &service.usage(&command), outputs);
        }
    }

    fn service_help(&self, service: Service, outputs: &mut Vec<Output>) {
        for (name, behind, what) in service.topics() {
            let space = if behind.is_empty() { "" } else { " " };
            self.service_says(service, &format!("{name}{space}{behind}: {what}"), outputs);
        }
    }

    /// Has a service say something to the peer.
    pub(super) fn service_says(&self, service: Service, words: &str, outputs: &mut Vec<Output>) {
        self.local(outputs, |out| self.write_service(service, words, out));
    }

    /// Appends what a service says.
    pub(super) fn write_service(&self, service: Service, words: &str, out: &mut Vec<u8>) {
        let name = service.name();
        let source = format!("{name}!{name}@{}", self.server());
        Line::from(out, source.as_str(), "NOTICE").word(self.client()).text(words).end();
    }
}

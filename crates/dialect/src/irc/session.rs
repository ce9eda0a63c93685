//! One connection's conversation: takes lines, asks the hub, words what comes back.

use std::sync::Arc;

use hub::{Answer, Cause, Command, ListFilter, Origin, Query, Timestamp, WhoMask};
use smol_str::SmolStr;

use super::capability::Capabilities;
use super::errand::Errand;
use super::help;
use super::label::{self, Label};
use super::line::{Line, MAX_BODY, repeatable};
use super::message::Message;
use super::multiline::Draft;
use super::numeric::{self, Numeric};
use super::recall::{Asked, Replays};
use super::registration::Opening;
use super::render::{Renderer, cause_text};
use super::sasl::Exchange;
use super::services::Service;
use super::settings::Settings;
use super::tags::{Tags, escape};
use super::throttle::Throttle;
use super::user::Whox;
use crate::{Busy, Delivery, Dialect, Output, Rendering, Session, Verdict};

/// Most bytes of the tags a client sends, `@` and the space included (IRCv3 message-tags).
const MAX_TAGS: usize = 4096;
/// Most bytes of a label (IRCv3 labeled-response).
const MAX_LABEL: usize = 64;
/// Rows asked for at a time, of answers that may be long.
pub(super) const PAGE: usize = 256;

/// A session of the `irc` dialect.
///
/// ```text
///            NICK, USER, no negotiation open          Registered
/// Opening ─────────────────────────────────▶ (hub) ──────────────▶ registered
///    ▲  │ password to check: no frame until the verdict    │
///    │  └──────────────── Check ─────────────▶ verdict ─────┘ NickInUse: back to Opening
/// ```
#[derive(Debug)]
pub struct Irc {
    pub(super) settings: Arc<Settings>,
    /// Empty until registered.
    pub(super) nick: SmolStr,
    pub(super) caps: Capabilities,
    /// Capabilities from behind the next local answer on: the ACK itself follows the old ones.
    pub(super) next_caps: Option<Capabilities>,
    /// What is known before registration.
    pub(super) opening: Option<Box<Opening>>,
    /// What the answers to the present line need to know.
    pub(super) task: Option<Box<Task>>,
    pub(super) label: Option<Box<Label>>,
    /// Whether it said that it knows version 302 of capability negotiation.
    pub(super) cap302: bool,
    pub(super) secure: bool,
    /// Whether a secret is being checked.
    pub(super) checking: bool,
    /// The present line's command, if it is one of ours; else `*`.
    pub(super) verb: &'static str,
    /// What is being looked up.
    pub(super) asked: Option<Box<Asked>>,
    /// When the client joined the channel that it is being told about.
    pub(super) joined: Option<Timestamp>,
    pub(super) replays: Option<Box<Replays>>,
    /// A message of several lines that is being sent.
    pub(super) draft: Option<Box<Draft>>,
    /// How fast metadata may be changed.
    pub(super) throttle: Option<Box<Throttle>>,
    /// What a line about accounts is after.
    pub(super) errand: Option<Box<Errand>>,
    /// The SASL exchange that has begun.
    pub(super) sasl: Option<Box<Exchange>>,
    /// The account it is logged in to.
    pub(super) account: Option<SmolStr>,
    /// Wrong secrets in a row.
    pub(super) failures: u32,
    /// The fingerprint of its certificate.
    pub(super) certificate: Option<Box<str>>,
}

/// What the answers to a line need to know of it.
#[derive(Debug)]
pub(super) enum Task {
    /// WHO: the mask as it was sent, the rest of the question, and where to go on (none while a page is
    /// on its way).
    Who { sent: SmolStr, mask: WhoMask, operators: bool, fields: Option<Whox>, after: Option<SmolStr> },
    /// LIST, and where to go on, likewise.
    List { filter: ListFilter, after: Option<SmolStr> },
    /// WHOWAS: the nickname as sent, and how many entries are wanted.
    Whowas { nick: SmolStr, count: usize },
    /// `MARKREAD`: the target as sent.
    Mark(SmolStr),
    /// `REDACT`: the id of the message as sent.
    Redact(SmolStr),
    /// `METADATA GET`: the keys as sent.
    Facts(Vec<SmolStr>),
    /// `WHOIS`, which tells facts too.
    WhoisFacts,
}

impl Irc {
    /// The conversation with a peer that has just connected.
    pub fn new(settings: Arc<Settings>, origin: Origin) -> Self {
        Self {
            settings,
            nick: SmolStr::default(),
            caps: Capabilities::empty(),
            next_caps: None,
            cap302: false,
            secure: origin.secure,
            checking: false,
            errand: None,
            sasl: None,
            account: None,
            failures: 0,
            certificate: origin.certificate.as_deref().map(Box::from),
            opening: Some(Box::new(Opening::new(origin))),
            task: None,
            label: None,
            verb: "*",
            asked: None,
            joined: None,
            replays: None,
            draft: None,
            throttle: None,
        }
    }

    /// How numerics call the peer.
    pub(super) fn client(&self) -> &str {
        if self.nick.is_empty() { "*" } else { &self.nick }
    }

    /// The server's name.
    pub(super) fn server(&self) -> &str {
        &self.settings.options.server
    }

    /// Begins a numeric for the peer.
    pub(super) fn numeric<'o>(&self, out: &'o mut Vec<u8>, numeric: Numeric) -> Line<'o> {
        Line::numeric(out, self.server(), numeric, self.client())
    }

    /// Answers with lines that need nothing from the hub.
    pub(super) fn local(&self, outputs: &mut Vec<Output>, write: impl FnOnce(&mut Vec<u8>)) {
        // What has its label already answers an earlier line.
        if let Some(Output::Local(bytes)) = outputs.last_mut().filter(|output| !is_labeled(output)) {
            return write(bytes);
        }
        let mut bytes = Vec::new();
        write(&mut bytes);
        outputs.push(Output::Local(bytes));
    }

    /// Answers with a numeric that has words and its usual text.
    pub(super) fn refuse(&self, outputs: &mut Vec<Output>, numeric: Numeric, words: &[&[u8]]) {
        self.local(outputs, |out| {
            let line =
                words.iter().fold(self.numeric(out, numeric), |line, word| line.word(repeatable(word)));
            line.text(numeric.text).end();
        });
    }

    /// Answers `461`.
    pub(super) fn need_more(&self, outputs: &mut Vec<Output>, command: &str) {
        self.refuse(outputs, numeric::ERR_NEEDMOREPARAMS, &[command.as_bytes()]);
    }

    /// Answers with a standard reply `FAIL`.
    pub(super) fn fail(&self, outputs: &mut Vec<Output>, command: &str, code: &str, text: &str) {
        self.local(outputs, |out| {
            Line::from(out, self.server(), "FAIL").word(command).word(code).text(text).end();
        });
    }

    /// The renderer of lines that many are told alike.
    pub(super) fn renderer(&self) -> Renderer {
        Renderer { caps: self.caps }
    }

    /// Takes a line that is within its limits.
    fn line(&mut self, now: Timestamp, frame: &[u8], outputs: &mut Vec<Output>) {
        let Ok(message) = Message::decode(frame) else { return };
        self.take_label(message.tags);
        self.task = None;
        self.errand = None;
        let mut name = [0; 16];
        let name = upper(message.command, &mut name);
        self.verb = name.and_then(help::command).unwrap_or("*");
        if self.settings.options.utf8_only && std::str::from_utf8(frame).is_err() {
            let why = "Your line is not valid UTF-8, so it was dropped";
            self.fail(outputs, self.verb, "INVALID_UTF8", why);
            self.spoil_by(&message, outputs);
        } else if self.nick.is_empty() {
            self.open(now, name.unwrap_or_default(), &message, outputs);
        } else {
            self.request(now, name.unwrap_or_default(), &message, outputs);
        }
        self.finish(outputs);
    }

    /// Takes the label of a line, if it has one that counts.
    fn take_label(&mut self, tags: Option<Tags<'_>>) {
        if self.caps.contains(Capabilities::LABELED_RESPONSE | Capabilities::BATCH) {
            let label = tags.and_then(|tags| tags.value(b"label"));
            let label = label.filter(|label| (1..=MAX_LABEL).contains(&label.len()));
            self.label = label
                .filter(|label| !self.settings.options.utf8_only || std::str::from_utf8(label).is_ok())
                .map(|label| Box::new(Label::new(escape(&label))));
        }
    }

    /// Has the label ended once all that was asked for is there.
    fn finish(&self, outputs: &mut Vec<Output>) {
        let waits = self.checking || self.is_asking();
        if self.label.is_some() && !waits && !self.task.as_ref().is_some_and(|task| task.is_paged()) {
            outputs.push(Output::Done);
        }
    }

    /// Takes a line of a registered client.
    fn request(&mut self, now: Timestamp, name: &str, message: &Message<'_>, outputs: &mut Vec<Output>) {
        let least = match name {
            "ACCEPT" | "JOIN" | "PART" | "TOPIC" | "MODE" | "KILL" | "WALLOPS" | "USERHOST" | "ISON"
            | "MONITOR" | "SETNAME" | "STATS" | "UNKLINE" => 1,
            "KICK" | "OPER" | "KLINE" | "CHGHOST" | "SAMODE" => 2,
            _ => 0,
        };
        if message.params.len() < least || least > 0 && name != "SETNAME" && message.params[0].is_empty() {
            return self.need_more(outputs, name);
        }
        match name {
            "PRIVMSG" | "NOTICE" | "TAGMSG" => {
                if !self.part_of_batch(name, message, outputs) {
                    self.talk(name, message, outputs);
                }
            }
            "BATCH" => self.batch(now, message, outputs),
            "CHATHISTORY" => self.chathistory(message, outputs),
            "SEARCH" => self.search(message, outputs),
            "REDACT" => self.redact(message, outputs),
            "MARKREAD" => self.markread(now, message, outputs),
            "METADATA" => self.metadata(now, message, outputs),
            "RENAME" => self.rename_channel(message, outputs),
            "PING" => self.ping_asked(message, outputs),
            // A proxy's word counts only before anything else.
            "PONG" | "PROXY" => {}
            "JOIN" => self.join(message, outputs),
            "PART" => self.part(message, outputs),
            "TOPIC" => self.topic(message, outputs),
            "NAMES" => self.names(message, outputs),
            "LIST" => self.list(message, outputs),
            "INVITE" => self.invite(message, outputs),
            "KICK" => self.kick(message, outputs),
            "MODE" => self.mode(message, outputs),
            "NICK" => self.rename(message, outputs),
            "QUIT" => self.quit(message, outputs),
            "AWAY" => self.away(message, outputs),
            "SETNAME" => self.setname(message, outputs),
            "USERHOST" => self.userhost(message, outputs),
            "ISON" => self.ison(message, outputs),
            "WHO" => self.who(message, outputs),
            "WHOIS" => self.whois(message, outputs),
            "WHOWAS" => self.whowas(message, outputs),
            "MONITOR" => self.monitor(message, outputs),
            "CAP" => self.cap(message, outputs),
            "PASS" | "USER" | "WEBIRC" => self.refuse(outputs, numeric::ERR_ALREADYREGISTERED, &[]),
            "AUTHENTICATE" => self.authenticate(message, outputs),
            "REGISTER" => self.register(message, outputs),
            "VERIFY" => self.verify(message, outputs),
            "NS" | "NICKSERV" => self.service_command(Service::Nick, message, outputs),
            "CS" | "CHANSERV" => self.service_command(Service::Chan, message, outputs),
            "ACCEPT" => self.accept(message, outputs),
            "MOTD" => self.local(outputs, |out| self.write_motd(out)),
            "LUSERS" => outputs.push(Output::Query(Query::Counts)),
            "ISUPPORT" => self.local(outputs, |out| self.write_isupport(out)),
            "VERSION" => self.local(outputs, |out| self.write_version(out)),
            "TIME" => self.local(outputs, |out| self.write_time(now, out)),
            "ADMIN" => self.local(outputs, |out| self.write_admin(out)),
            "INFO" => self.local(outputs, |out| self.write_info(out)),
            "LINKS" => self.local(outputs, |out| self.write_links(out)),
            "STATS" => self.stats(now, message, outputs),
            "HELP" | "HELPOP" => self.help(message, outputs),
            "OPER" => self.oper(message, outputs),
            "KILL" => self.kill(message, outputs),
            "WALLOPS" => self.wallops(message, outputs),
            "REHASH" => outputs.push(Output::Command(Command::Rehash)),
            "DIE" => outputs.push(Output::Command(Command::Die)),
            "KLINE" => self.kline(now, message, outputs),
            "UNKLINE" => self.unkline(message, outputs),
            "CHGHOST" => self.chghost(message, outputs),
            "SAMODE" => self.samode(message, outputs),
            _ => self.refuse(outputs, numeric::ERR_UNKNOWNCOMMAND, &[hub::cut(message.command, 64)]),
        }
    }

    /// `QUIT`, registered or not.
    pub(super) fn quit(&self, message: &Message<'_>, outputs: &mut Vec<Output>) {
        let reason = message.param(0).filter(|reason| !reason.is_empty()).map(hub::Text::new);
        outputs.push(Output::Command(Command::Leave { cause: Cause::Quit(reason) }));
    }

    /// `PING`, registered or not.
    pub(super) fn ping_asked(&self, message: &Message<'_>, outputs: &mut Vec<Output>) {
        match message.param(0) {
            None => self.need_more(outputs, "PING"),
            Some(token) => self.local(outputs, |out| {
                Line::from(out, self.server(), "PONG").word(self.server()).text(token).end();
            }),
        }
    }

    /// Writes an answer's lines to the label, if the line it answers had one.
    fn answer(&mut self, bytes: &mut Vec<u8>, from: usize) {
        if let Some(label) = &mut self.label {
            let lines = bytes.split_off(from);
            label.answer(&self.settings.options.server, &lines, bytes);
        }
    }

    /// Has lines that are no answer to the present line not overtake that.
    fn apart(&mut self, bytes: &mut Vec<u8>, from: usize) {
        if let Some(label) = &mut self.label {
            let lines = bytes.split_off(from);
            label.other(&lines, bytes);
        }
    }

    fn end_label(&mut self, bytes: &mut Vec<u8>) {
        if let Some(label) = self.label.take() {
            label.done(&self.settings.options.server, bytes);
        }
    }

    fn answered(&mut self, answer: &Answer, bytes: &mut Vec<u8>) {
        let start = bytes.len();
        self.write_answer(answer, bytes);
        self.answer(bytes, start);
        let over = match answer {
            Answer::Who { next, .. } | Answer::Rooms { next, .. } => next.is_none(),
            _ => false,
        };
        if over {
            self.end_label(bytes);
        }
    }
}

impl Session for Irc {
    fn receive(&mut self, now: Timestamp, frame: &[u8], outputs: &mut Vec<Output>) {
        self.expire(now, outputs);
        let tags = if frame.starts_with(b"@") {
            memchr::memchr(b' ', frame).map_or(frame.len(), |space| space + 1)
        } else {
            0
        };
        if tags > MAX_TAGS || frame.len() - tags > MAX_BODY {
            let message = Message::decode(frame).ok().filter(|_| tags <= MAX_TAGS);
            self.take_label(message.as_ref().and_then(|message| message.tags));
            self.refuse(outputs, numeric::ERR_INPUTTOOLONG, &[]);
            if let Some(message) = message {
                if message.command.eq_ignore_ascii_case(b"AUTHENTICATE") {
                    self.sasl = None;
                }
                self.spoil_by(&message, outputs);
            }
            return self.finish(outputs);
        }
        self.line(now, frame, outputs);
    }

    fn deliver(&mut self, delivery: Delivery<'_>, bytes: &mut Vec<u8>, outputs: &mut Vec<Output>) {
        let start = bytes.len();
        match delivery {
            Delivery::Reply(event) => {
                self.write_reply(event, bytes, outputs);
                self.answer(bytes, start);
            }
            Delivery::Answer(answer) => self.answered(answer, bytes),
            Delivery::Recalled(recalled) => {
                self.recalled(recalled, bytes, outputs);
                self.answer(bytes, start);
                self.finish(outputs);
            }
            Delivery::Local(lines) => {
                bytes.extend_from_slice(lines);
                match label::is_labeled(lines) {
                    true => self.apart(bytes, start),
                    false => self.answer(bytes, start),
                }
                if let Some(caps) = self.next_caps.take() {
                    self.caps = caps;
                }
            }
            Delivery::Tell(event) => {
                self.write_told(event, bytes);
                self.apart(bytes, start);
            }
            Delivery::Done => self.end_label(bytes),
        }
        self.go_on_replaying(outputs);
    }

    fn verdict(&mut self, verdict: Verdict, outputs: &mut Vec<Output>) {
        self.checking = false;
        self.judged(verdict, outputs);
        self.finish(outputs);
    }

    fn notice(&mut self, text: &str, bytes: &mut Vec<u8>) {
        let text = crate::split::clean(text, &[]);
        Line::from(bytes, self.server(), "NOTICE").word(self.client()).text(text.as_bytes()).end();
    }

    fn missed(&mut self, room: Option<&str>, count: u64, bytes: &mut Vec<u8>) {
        let plural = if count == 1 { "" } else { "s" };
        let (target, place) = match room {
            Some(room) => (repeatable(room.as_bytes()), format!(" in {room}")),
            None => (self.client().as_bytes(), String::new()),
        };
        let line = Line::from(bytes, self.server(), "NOTICE").word(target);
        line.text(format!("you missed {count} message{plural}{place}")).end();
    }

    fn busy(&self) -> Busy {
        match &self.task {
            _ if self.checking => Busy::Check,
            Some(task) if task.is_paged() => Busy::More,
            _ => Busy::No,
        }
    }

    fn resume(&mut self, outputs: &mut Vec<Output>) {
        if let Some(query) = self.task.as_mut().and_then(|task| task.go_on()) {
            outputs.push(Output::Query(query));
        }
    }

    fn rendering(&self) -> Rendering {
        Rendering { dialect: Dialect::Irc, features: self.caps.bits().into(), ..Rendering::default() }
    }

    fn registered(&self) -> bool {
        !self.nick.is_empty()
    }

    fn ping(&mut self, bytes: &mut Vec<u8>) {
        Line::from(bytes, self.server(), "PING").text(self.server()).end();
    }

    fn farewell(&mut self, cause: &Cause, bytes: &mut Vec<u8>) {
        self.end_label(bytes);
        let text = format!("Closing link: {}", cause_text(cause));
        Line::from(bytes, self.server(), "ERROR").text(text).end();
    }

    fn reconfigure(&mut self, settings: &crate::Settings) {
        self.settings = Arc::clone(&settings.irc);
    }
}

impl Task {
    /// Whether the answer comes in pages.
    pub(super) fn is_paged(&self) -> bool {
        matches!(self, Self::Who { .. } | Self::List { .. })
    }

    /// What to ask for the page behind this, or for the first.
    pub(super) fn query(&self, after: Option<SmolStr>) -> Option<Query> {
        match self {
            Self::Who { mask, operators, .. } => {
                Some(Query::Who { mask: mask.clone(), operators: *operators, after, most: PAGE })
            }
            Self::List { filter, .. } => Some(Query::Rooms { filter: filter.clone(), after, most: PAGE }),
            Self::Whowas { .. } | Self::Mark(_) | Self::Redact(_) | Self::Facts(_) | Self::WhoisFacts => None,
        }
    }

    /// What to ask for the next page; nothing while the last one has not come.
    fn go_on(&mut self) -> Option<Query> {
        let after = match self {
            Self::Who { after, .. } | Self::List { after, .. } => after.take()?,
            _ => return None,
        };
        self.query(Some(after))
    }
}

/// Whether an answer has its label already.
fn is_labeled(output: &Output) -> bool {
    matches!(output, Output::Local(bytes) if label::is_labeled(bytes))
}

/// The command in capitals; none if it is longer than any that we know, or no ASCII word.
fn upper<'b>(command: &[u8], buffer: &'b mut [u8; 16]) -> Option<&'b str> {
    let name = buffer.get_mut(..command.len())?;
    name.copy_from_slice(command);
    name.make_ascii_uppercase();
    std::str::from_utf8(name).ok().filter(|name| name.bytes().all(|byte| byte.is_ascii_alphanumeric()))
}

/// A parameter as text. What is not UTF-8 can't name anyone: it comes out as something nobody has.
pub(super) fn text(param: &[u8]) -> std::borrow::Cow<'_, str> {
    String::from_utf8_lossy(param)
}

/// The parts of a comma-separated list, empty ones left out.
pub(super) fn list(param: &[u8]) -> impl Iterator<Item = &[u8]> {
    param.split(|&byte| byte == b',').filter(|part| !part.is_empty())
}

//! Before a client is registered: PASS, NICK, USER, WEBIRC (`conformance` sections 6 and 21).

use std::net::IpAddr;

use hub::{Cause, Command, NameError, Nick, Origin, Query, Text, Timestamp};
use smol_str::SmolStr;

use super::capability::Capabilities;
use super::message::Message;
use super::numeric;
use super::session::{Irc, text};
use crate::{Check, Output, Verdict};

/// What is known of a client that is not registered.
#[derive(Debug)]
pub struct Opening {
    pub(super) origin: Origin,
    pub(super) nick: Option<Nick>,
    /// The nickname that was asked for last, and could not be had.
    pub(super) refused: Option<Nick>,
    pub(super) user: Option<(SmolStr, Text)>,
    pub(super) password: Option<Vec<u8>>,
    /// Whether the password that was given is the right one.
    pub(super) admitted: bool,
    /// Whether capability negotiation holds registration.
    pub(super) negotiating: bool,
    /// The away text to start with.
    pub(super) away: Option<Text>,
    /// Whether a line has been seen.
    pub(super) begun: bool,
}

impl Opening {
    pub(super) fn new(origin: Origin) -> Self {
        Self {
            origin,
            nick: None,
            refused: None,
            away: None,
            user: None,
            password: None,
            admitted: false,
            negotiating: false,
            begun: false,
        }
    }
}

impl Irc {
    /// Takes a line of a client that is not registered.
    pub(super) fn open(
        &mut self,
        now: Timestamp,
        name: &str,
        message: &Message<'_>,
        outputs: &mut Vec<Output>,
    ) {
        let Some(opening) = &mut self.opening else { return };
        let first = !std::mem::replace(&mut opening.begun, true);
        match name {
            "CAP" => self.cap(message, outputs),
            "PASS" => self.pass(message, outputs),
            "NICK" => self.first_nick(message, outputs),
            "USER" => self.user(message, outputs),
            "PING" => self.ping_asked(message, outputs),
            "PONG" | "PROXY" => {}
            "QUIT" => self.quit(message, outputs),
            "WEBIRC" => self.webirc(first, message, outputs),
            "METADATA" if self.has_early_metadata() => self.metadata(now, message, outputs),
            "AUTHENTICATE" => self.authenticate(message, outputs),
            "REGISTER" => self.register(message, outputs),
            "VERIFY" => self.verify(message, outputs),
            "AWAY" if self.caps.contains(Capabilities::PRE_AWAY) => self.first_away(message, outputs),
            "ISUPPORT" if self.caps.contains(Capabilities::EXTENDED_ISUPPORT) => {
                self.local(outputs, |out| self.write_isupport(out));
            }
            _ => self.refuse(outputs, numeric::ERR_NOTREGISTERED, &[]),
        }
    }

    /// `PASS`: the last one before registration counts.
    fn pass(&mut self, message: &Message<'_>, outputs: &mut Vec<Output>) {
        match (message.param(0), &mut self.opening) {
            (Some(password), Some(opening)) => opening.password = Some(password.to_vec()),
            _ => self.need_more(outputs, "PASS"),
        }
    }

    /// A nickname that can be one, or the numeric that says why not.
    pub(super) fn valid_nick(&self, message: &Message<'_>, outputs: &mut Vec<Output>) -> Option<Nick> {
        let written = message.param(0).unwrap_or_default();
        match Nick::new(&text(written), self.settings.options.nicklen) {
            Ok(nick) => Some(nick),
            Err(NameError::Empty) => {
                self.refuse(outputs, numeric::ERR_NONICKNAMEGIVEN, &[]);
                None
            }
            Err(_) => {
                self.refuse(outputs, numeric::ERR_ERRONEUSNICKNAME, &[hub::cut(written, 64)]);
                None
            }
        }
    }

    fn first_nick(&mut self, message: &Message<'_>, outputs: &mut Vec<Output>) {
        let Some(nick) = self.valid_nick(message, outputs) else { return };
        let Some(opening) = &mut self.opening else { return };
        opening.nick = Some(nick.clone());
        // Who negotiates may still log in, and so have a nickname that is its own: it is told at the end.
        let negotiating = opening.negotiating;
        if !self.try_register(outputs) && !negotiating {
            outputs.push(Output::Query(Query::NickTaken(nick)));
        }
    }

    fn user(&mut self, message: &Message<'_>, outputs: &mut Vec<Output>) {
        let params = &message.params;
        if params.len() < 4 || params[0].is_empty() || params[3].is_empty() {
            return self.need_more(outputs, "USER");
        }
        let Some(user) = user_name(params[0], self.settings.options.userlen) else {
            return self.refuse(outputs, numeric::ERR_INVALIDUSERNAME, &[]);
        };
        if let Some(opening) = &mut self.opening {
            opening.user = Some((user, Text::new(params[3])));
        }
        self.try_register(outputs);
    }

    /// Registers if all is there. Says whether it does something about it.
    pub(super) fn try_register(&mut self, outputs: &mut Vec<Output>) -> bool {
        let needs_password = self.settings.options.password;
        let Some(opening) = &mut self.opening else { return false };
        let (false, Some(nick), Some((user, realname))) = (opening.negotiating, &opening.nick, &opening.user)
        else {
            return false;
        };
        if needs_password && !opening.admitted {
            let password = opening.password.take().unwrap_or_default();
            outputs.push(Output::Check(Check::Server(password)));
            self.checking = true;
            return true;
        }
        outputs.push(Output::Command(Command::Register {
            nick: nick.clone(),
            user: user.clone(),
            realname: realname.clone(),
            origin: Box::new(opening.origin.clone()),
            away: opening.away.clone(),
        }));
        true
    }

    /// `WEBIRC password gateway host ip [:options]`, as the first line.
    fn webirc(&mut self, first: bool, message: &Message<'_>, outputs: &mut Vec<Output>) {
        let refused = Output::Close(Cause::Refused("WEBIRC is not accepted from here".into()));
        let (true, 4..) = (first, message.params.len()) else { return outputs.push(refused) };
        let Ok(ip) = text(message.params[3]).parse::<IpAddr>() else { return outputs.push(refused) };
        let options = message.param(4).map(text).unwrap_or_default().into_owned();
        let certificate = options.split(' ').find_map(|option| option.strip_prefix("certfp-sha-256="));
        outputs.push(Output::Check(Check::Gateway {
            password: message.params[0].to_vec(),
            host: SmolStr::new(text(message.params[2])),
            ip,
            secure: options.split(' ').any(|option| option == "secure" || option.starts_with("secure=")),
            certificate: certificate.map(SmolStr::new),
        }));
        self.checking = true;
    }

    /// `AWAY` with `draft/pre-away`: what the user starts with (`conformance` section 29).
    fn first_away(&mut self, message: &Message<'_>, outputs: &mut Vec<Output>) {
        let Some(opening) = &mut self.opening else { return };
        let text = message.param(0).filter(|text| !text.is_empty());
        opening.away = text.map(|text| Text::new(hub::cut(text, self.settings.options.awaylen)));
        let numeric = if text.is_some() { numeric::RPL_NOWAWAY } else { numeric::RPL_UNAWAY };
        self.refuse(outputs, numeric, &[]);
    }

    /// Takes the outcome of a check.
    pub(super) fn judged(&mut self, verdict: Verdict, outputs: &mut Vec<Output>) {
        if let Some(errand) = self.errand.take() {
            return self.errand_judged(*errand, verdict, outputs);
        }
        match (verdict, &mut self.opening) {
            (Verdict::Operator { privileges, title }, None) => {
                outputs.push(Output::Command(Command::Oper { privileges, title }));
            }
            (_, None) => self.refuse(outputs, numeric::ERR_PASSWDMISMATCH, &[]),
            (Verdict::Accepted, Some(opening)) => {
                opening.admitted = true;
                self.try_register(outputs);
            }
            (Verdict::Gateway(origin), Some(opening)) => {
                self.secure = origin.secure;
                self.certificate = origin.certificate.as_deref().map(Box::from);
                opening.origin = *origin;
            }
            (_, Some(opening)) if opening.nick.is_some() && opening.user.is_some() => {
                self.refuse(outputs, numeric::ERR_PASSWDMISMATCH, &[]);
                outputs.push(Output::Close(Cause::BadPassword));
            }
            (_, Some(_)) => {
                outputs.push(Output::Close(Cause::Refused("WEBIRC is not accepted from here".into())));
            }
        }
    }
}

/// The user name without what may not be in one, cut to its limit; none if nothing is left, or it is
/// not ASCII (`conformance` section 6).
fn user_name(written: &[u8], limit: usize) -> Option<SmolStr> {
    if !written.is_ascii() {
        return None;
    }
    let allowed = |byte: &u8| byte.is_ascii_alphanumeric() || b"._-[]{}|^~".contains(byte);
    let kept: Vec<u8> = written.iter().copied().filter(allowed).take(limit).collect();
    let kept = std::str::from_utf8(&kept).ok()?;
    (!kept.is_empty()).then(|| SmolStr::new(kept))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_user_name_loses_what_may_not_be_in_it() {
        assert_eq!(user_name(b"a!b@c d", 20).as_deref(), Some("abcd"));
        assert_eq!(user_name(b"~ann.x", 4).as_deref(), Some("~ann"));
        assert_eq!(user_name(b"@!", 20), None);
        assert_eq!(user_name("ä".as_bytes(), 20), None);
    }
}

//! `AUTHENTICATE`: logging in by SASL, before registration and after (`conformance` section 13; IRCv3
//! SASL 3.1 and 3.2; RFC 4616, RFC 4422 appendix A, RFC 5802).
//!
//! ```text
//!        mechanism            response                    LoggedIn
//! none ─────────────▶ Plain ──────────▶ Check::Login ────────────────▶ 900, 903
//!            │      External ─────────▶ Check::Certificate ──▲
//!            └─▶ ScramFirst ─▶ Check ─▶ ScramFinal ─▶ Check ─▶ ScramProved: `+` ─▶ 900, 903
//! ```
//!
//! Whatever fails, the state is as before the exchange.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use hub::{Cause, Command, Rejection};
use smol_str::SmolStr;

use super::errand::{Errand, Secret};
use super::line::Line;
use super::message::Message;
use super::numeric;
use super::session::Irc;
use crate::{Check, Output, Verdict};

/// Most bytes of base64 in one line; a shorter line is the last.
const CHUNK: usize = 400;
/// Most bytes of base64 of one response.
const MAX_RESPONSE: usize = 8192;

/// An exchange that has begun.
#[derive(Debug)]
pub(super) struct Exchange {
    stage: Stage,
    /// The base64 of the response, as far as it has come.
    given: Secret,
}

/// What the next response is.
#[derive(Debug)]
enum Stage {
    Plain,
    External,
    ScramFirst,
    ScramFinal,
    /// Nothing: the client has proved to own this account, and knows that we know it.
    ScramProved(SmolStr),
}

impl Stage {
    /// The first stage of a mechanism, by its name.
    fn of(mechanism: &str) -> Option<Self> {
        Some(match mechanism {
            "PLAIN" => Self::Plain,
            "EXTERNAL" => Self::External,
            "SCRAM-SHA-256" => Self::ScramFirst,
            _ => return None,
        })
    }
}

impl Irc {
    /// `AUTHENTICATE mechanism`, then `AUTHENTICATE base64`.
    pub(super) fn authenticate(&mut self, message: &Message<'_>, outputs: &mut Vec<Output>) {
        let Some(given) = message.param(0).filter(|given| !given.is_empty()) else {
            return self.need_more(outputs, "AUTHENTICATE");
        };
        let exchange = self.sasl.take();
        match (given, exchange) {
            _ if self.settings.options.accounts.is_none() => self.refuse(outputs, numeric::ERR_SASLFAIL, &[]),
            (given, _) if given.len() > CHUNK => self.refuse(outputs, numeric::ERR_SASLTOOLONG, &[]),
            (b"*", _) => self.refuse(outputs, numeric::ERR_SASLABORTED, &[]),
            (mechanism, None) => self.begin_exchange(mechanism, outputs),
            (given, Some(exchange)) => self.continue_exchange(exchange, given, outputs),
        }
    }

    /// The first line: a mechanism, which we await the first response of.
    fn begin_exchange(&mut self, name: &[u8], outputs: &mut Vec<Output>) {
        let mechanisms = self.settings.mechanisms(self.secure);
        let offered = mechanisms.iter().find(|offered| offered.as_bytes().eq_ignore_ascii_case(name));
        match offered.and_then(|name| Stage::of(name)) {
            Some(stage) => self.await_response(stage, b"", outputs),
            None => {
                let list = mechanisms.join(",");
                self.refuse(outputs, numeric::RPL_SASLMECHS, &[list.as_bytes()]);
                self.refuse(outputs, numeric::ERR_SASLFAIL, &[]);
            }
        }
    }

    /// Sends a challenge, and awaits the response to it.
    fn await_response(&mut self, stage: Stage, challenge: &[u8], outputs: &mut Vec<Output>) {
        self.sasl = Some(Box::new(Exchange { stage, given: Secret::default() }));
        let encoded = STANDARD.encode(challenge);
        self.local(outputs, |out| {
            for chunk in chunks(encoded.as_bytes()) {
                Line::from(out, self.server(), "AUTHENTICATE").word(chunk).end();
            }
        });
    }

    /// A part of a response.
    fn continue_exchange(&mut self, mut exchange: Box<Exchange>, given: &[u8], outputs: &mut Vec<Output>) {
        if given != b"+" {
            exchange.given.0.extend_from_slice(given);
        }
        if exchange.given.0.len() > MAX_RESPONSE {
            return self.refuse(outputs, numeric::ERR_SASLFAIL, &[]);
        }
        if given.len() == CHUNK {
            self.sasl = Some(exchange);
            return;
        }
        let response = STANDARD.decode(&exchange.given.0).ok();
        match response.and_then(|response| self.next_step(exchange.stage, response)) {
            Some(output) => {
                self.checking = matches!(output, Output::Check(_));
                self.errand = Some(Box::new(Errand::Sasl));
                outputs.push(output);
            }
            None => self.refuse(outputs, numeric::ERR_SASLFAIL, &[]),
        }
    }

    /// What a response has done; nothing if it is no good.
    fn next_step(&self, stage: Stage, response: Vec<u8>) -> Option<Output> {
        let accounts = self.settings.options.accounts.as_ref()?;
        Some(match stage {
            Stage::Plain => {
                let (account, secret) = plain(&response, |one, other| self.same_name(one, other))?;
                if secret.len() > accounts.max_password {
                    return None;
                }
                Output::Check(Check::Login { account, secret })
            }
            Stage::External => {
                self.certificate.as_ref()?;
                let account = String::from_utf8(response).ok()?;
                let account = (!account.is_empty()).then(|| SmolStr::new(account));
                Output::Check(Check::Certificate { account })
            }
            Stage::ScramFirst => Output::Check(Check::Scram { message: response, first: true }),
            Stage::ScramFinal => Output::Check(Check::Scram { message: response, first: false }),
            Stage::ScramProved(account) if response.is_empty() => {
                Output::Command(Command::Login { account: Some(account), recovery: None })
            }
            Stage::ScramProved(_) => return None,
        })
    }

    /// Takes the outcome of a check of an exchange.
    pub(super) fn exchange_judged(&mut self, verdict: Verdict, outputs: &mut Vec<Output>) {
        match verdict {
            Verdict::LoggedIn { account, recovery } => {
                self.errand = Some(Box::new(Errand::Sasl));
                outputs.push(Output::Command(Command::Login { account: Some(account), recovery }));
            }
            Verdict::Challenge(challenge) => self.await_response(Stage::ScramFinal, &challenge, outputs),
            Verdict::Proved { account, message } => {
                self.await_response(Stage::ScramProved(account), &message, outputs);
            }
            Verdict::Suspended => self.refuse(outputs, numeric::ERR_NICKLOCKED, &[]),
            Verdict::Throttled(seconds) => self.local(outputs, |out| {
                let fail = numeric::ERR_SASLFAIL;
                let text = format!("{}: too many attempts, try again in {seconds} s", fail.text);
                self.numeric(out, fail).text(text).end();
            }),
            _ => {
                self.refuse(outputs, numeric::ERR_SASLFAIL, &[]);
                self.login_failed(outputs);
            }
        }
    }

    /// Why the hub would not log it in, although it may.
    pub(super) fn write_exchange_refused(&self, rejection: &Rejection, out: &mut Vec<u8>) {
        match rejection {
            Rejection::AccountSuspended(_) => self.plain(out, numeric::ERR_NICKLOCKED),
            _ => self.plain(out, numeric::ERR_SASLFAIL),
        }
    }

    /// Counts wrong secrets in a row, and ends the connection after too many.
    pub(super) fn login_failed(&mut self, outputs: &mut Vec<Output>) {
        self.failures += 1;
        let most = self.settings.options.accounts.as_ref().and_then(|accounts| accounts.failures);
        if most.is_some_and(|most| self.failures >= most) {
            outputs.push(Output::Close(Cause::Refused("Too many failed logins".into())));
        }
    }
}

/// Account and password of `[authzid] NUL authcid NUL password`, if it may be tried: all is UTF-8, both are
/// there, and whoever it wants to be is who it says it is.
fn plain(response: &[u8], same: impl Fn(&str, &str) -> bool) -> Option<(SmolStr, Vec<u8>)> {
    let response = std::str::from_utf8(response).ok()?;
    let [acting, account, password] = response.split('\0').collect::<Vec<_>>().try_into().ok()?;
    let good = !account.is_empty() && !password.is_empty() && (acting.is_empty() || same(acting, account));
    good.then(|| (SmolStr::new(account), password.as_bytes().to_vec()))
}

/// Base64 in lines: a last one that is full is followed by `+`, and so is nothing.
fn chunks(encoded: &[u8]) -> impl Iterator<Item = &[u8]> {
    let end = encoded.len().is_multiple_of(CHUNK).then_some(&b"+"[..]);
    encoded.chunks(CHUNK).chain(end)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(response: &[u8]) -> Option<(SmolStr, Vec<u8>)> {
        plain(response, |one, other| one.eq_ignore_ascii_case(other))
    }

    #[test]
    fn plain_has_two_nuls_a_name_and_a_password_in_utf8() {
        let right = Some(("ann".into(), b"secret".to_vec()));
        assert_eq!(read(b"\0ann\0secret"), right);
        assert_eq!(read(b"ANN\0ann\0secret"), right);
        let wrong =
            ["", "ann", "ann\0secret", "\0ann\0secret\0", "\0\0secret", "\0ann\0", "bob\0ann\0secret"];
        for response in wrong {
            assert_eq!(read(response.as_bytes()), None, "{response:?}");
        }
        assert_eq!(read(b"\0ann\0\xff"), None);
    }

    #[test]
    fn base64_goes_in_lines_of_400_and_a_full_last_one_is_followed_by_a_plus() {
        let lengths = |length| chunks(&vec![b'A'; length]).map(<[u8]>::len).collect::<Vec<_>>();
        assert_eq!(lengths(0), [1]);
        assert_eq!(lengths(399), [399]);
        assert_eq!(lengths(400), [400, 1]);
        assert_eq!(lengths(900), [400, 400, 100]);
    }
}

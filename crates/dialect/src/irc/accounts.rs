//! What came of commands about accounts and registered rooms, and answers about them, to the one who asked
//! (`conformance` sections 13, 22, 30).

use hub::{
    AccountChange, AccountInfo, Event, Identity, Rank, Registration, Rejection, RoomName, Settled, Text,
};
use smol_str::SmolStr;

use super::errand::{Errand, Matter, reason};
use super::line::Line;
use super::numeric;
use super::render::{rank_letter, time};
use super::services::Service;
use super::session::Irc;

/// Fingerprints or accounts in one line.
const PER_LINE: usize = 4;

impl Irc {
    /// Whether two names are one.
    pub(super) fn same_name(&self, one: &str, other: &str) -> bool {
        self.settings.options.casemapping.same(one, other)
    }

    /// What came of a command about accounts or registered rooms.
    pub(super) fn write_account_event(&mut self, event: &Event, out: &mut Vec<u8>) {
        match event {
            Event::LoggedIn { account, who } => self.logged_in(account, who.as_deref(), out),
            Event::LoggedOut { who } => self.logged_out(who.as_deref(), out),
            Event::AccountCreated { account } => self.write_enrolled(account, out),
            Event::Settled(settled) => self.write_settled(settled, out),
            _ => {}
        }
    }

    /// `900`, and what belongs to it.
    fn logged_in(&mut self, account: &SmolStr, who: Option<&Identity>, out: &mut Vec<u8>) {
        self.account = Some(account.clone());
        self.failures = 0;
        let line = self.numeric(out, numeric::RPL_LOGGEDIN).word(self.mask(who)).word(account);
        line.text(format!("You are now logged in as {account}")).end();
        match self.errand.as_deref_mut() {
            Some(Errand::Sasl) => self.plain(out, numeric::RPL_SASLSUCCESS),
            Some(Errand::Enrol(enrolment)) => {
                let codes = std::mem::take(&mut enrolment.codes);
                self.write_codes(&codes, out);
            }
            Some(Errand::Service(_, Matter::Identify)) => {
                self.write_service(Service::Nick, &format!("You are now logged in as {account}"), out);
            }
            _ => {}
        }
    }

    /// `901`.
    fn logged_out(&mut self, who: Option<&Identity>, out: &mut Vec<u8>) {
        self.account = None;
        let out_now = numeric::RPL_LOGGEDOUT;
        self.numeric(out, out_now).word(self.mask(who)).text(out_now.text).end();
        if let Some(Errand::Service(_, Matter::Identify)) = self.errand.as_deref() {
            self.write_service(Service::Nick, out_now.text, out);
        }
    }

    /// `nick!user@host`, as far as it is known; or else `*`.
    fn mask(&self, who: Option<&Identity>) -> String {
        let opening = self.opening.as_deref();
        match (who, opening.and_then(|opening| Some((opening, opening.nick.as_ref()?)))) {
            (Some(who), _) => who.to_string(),
            (None, Some((opening, nick))) => {
                let user = opening.user.as_ref().map_or("*", |(user, _)| user);
                format!("{nick}!{user}@{}", opening.origin.host)
            }
            (None, None) => "*".to_owned(),
        }
    }

    fn write_settled(&mut self, settled: &Settled, out: &mut Vec<u8>) {
        let (service, words) = match settled {
            Settled::AccountChanged { change, .. } => return self.write_changed(change, out),
            Settled::AccountDropped(account) => (Service::Nick, format!("The account {account} is deleted")),
            Settled::Ghosted(nick) => (Service::Nick, format!("{nick} is disconnected")),
            Settled::RoomRegistered(room) => (Service::Chan, format!("{room} is registered, and yours")),
            Settled::RoomDropped(room) => (Service::Chan, format!("{room} is no longer registered")),
            Settled::RoomTransferred { room, founder } => {
                (Service::Chan, format!("{room} belongs to {founder}"))
            }
            Settled::AccessSet { room, account, rank: Some(rank) } => {
                let letter = rank_letter(*rank);
                (Service::Chan, format!("{account} gets +{letter} on joining {room}"))
            }
            Settled::AccessSet { room, account, rank: None } => {
                (Service::Chan, format!("{account} gets nothing on joining {room}"))
            }
        };
        self.write_service(service, &words, out);
    }

    fn write_changed(&mut self, change: &AccountChange, out: &mut Vec<u8>) {
        let words = match change {
            AccountChange::Password { .. } => "Your password is changed".to_owned(),
            AccountChange::Recovery(_) => return self.write_new_codes(out),
            AccountChange::AddCertificate(certificate) => format!("{certificate} logs you in"),
            AccountChange::RemoveCertificate(certificate) => format!("{certificate} no longer logs you in"),
            AccountChange::Several(chosen) => format!("MULTICLIENT is {}", shown(*chosen)),
            AccountChange::AlwaysOn(chosen) => format!("ALWAYS-ON is {}", shown(*chosen)),
            AccountChange::Suspend(Some(_)) => "The account is suspended".to_owned(),
            AccountChange::Suspend(None) => "The account is no longer suspended".to_owned(),
        };
        self.write_service(Service::Nick, &words, out);
    }

    fn write_new_codes(&mut self, out: &mut Vec<u8>) {
        if let Some(Errand::Service(_, Matter::Codes(codes))) = self.errand.as_deref_mut() {
            let codes = std::mem::take(codes);
            self.write_codes(&codes, out);
        }
    }

    /// Why a command about accounts or registered rooms was declined, when nothing more is known of it.
    pub(super) fn write_account_rejection(&self, rejection: &Rejection, out: &mut Vec<u8>) {
        let words = Text::from(reason(rejection).as_str());
        Line::from(out, self.server(), "NOTICE").word(self.client()).text(words.as_bytes()).end();
    }

    /// `NS INFO`, or `NS CERT LIST`.
    pub(super) fn write_account(&mut self, info: &AccountInfo, out: &mut Vec<u8>) {
        let says = |words: &str, out: &mut Vec<u8>| self.write_service(Service::Nick, words, out);
        let private = info.private.as_ref();
        if let Some(Errand::Service(_, Matter::Certificates)) = self.errand.as_deref() {
            let certificates = private.map_or(&[][..], |private| &private.certificates);
            if certificates.is_empty() {
                says("You have no certificates", out);
            }
            return certificates.iter().for_each(|certificate| says(certificate, out));
        }
        says(&format!("Account: {}", info.name), out);
        says(&format!("Registered: {}", time(info.created)), out);
        if info.suspended {
            says("It is suspended", out);
        }
        let Some(private) = private else { return };
        if let Some(email) = &private.email {
            says(&format!("E-mail: {email}"), out);
        }
        says(&format!("MULTICLIENT: {}", shown(private.choices.several)), out);
        says(&format!("ALWAYS-ON: {}", shown(private.choices.always_on)), out);
        says(&format!("Certificates: {}", private.certificates.len()), out);
        says(&format!("Recovery codes left: {}", private.recovery), out);
    }

    /// `CS AMODE channel`.
    pub(super) fn write_access(&mut self, room: &RoomName, access: &[(SmolStr, Rank)], out: &mut Vec<u8>) {
        if access.is_empty() {
            return self.write_service(
                Service::Chan,
                &format!("Nobody gets anything on joining {room}"),
                out,
            );
        }
        for some in access.chunks(PER_LINE) {
            let words = some.iter().map(|(account, rank)| format!("+{} {account}", rank_letter(*rank)));
            self.write_service(Service::Chan, &words.collect::<Vec<_>>().join(", "), out);
        }
    }

    /// `CS INFO channel`.
    pub(super) fn write_registration(
        &mut self,
        room: &RoomName,
        registration: &Registration,
        out: &mut Vec<u8>,
    ) {
        let (founder, at) = (&registration.founder, time(registration.at));
        self.write_service(Service::Chan, &format!("Channel: {room}"), out);
        self.write_service(Service::Chan, &format!("Founder: {founder}"), out);
        self.write_service(Service::Chan, &format!("Registered: {at}"), out);
    }
}

fn shown(chosen: Option<bool>) -> &'static str {
    match chosen {
        Some(true) => "on",
        Some(false) => "off",
        None => "as the server says",
    }
}

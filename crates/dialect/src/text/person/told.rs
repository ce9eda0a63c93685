//! Being told: what was asked for or happened, as notes.

use hub::{Answer, Cause, Command, Event, Names, Rejection, RoomName, Topic};
use smol_str::SmolStr;

use super::place::same;
use super::{NOTE, Person, Stage};
use crate::text::answers;
use crate::text::note::{Note, words};
use crate::text::rejection::reason;
use crate::{Codes, Delivery, Output};

impl Person {
    /// Takes what was asked for or happened, and tells it; `true` with what it did itself.
    pub fn deliver(
        &mut self,
        delivery: Delivery<'_>,
        outputs: &mut Vec<Output>,
        tell: &mut dyn FnMut(Note<'_>, bool),
    ) {
        match delivery {
            Delivery::Reply(event) => self.replied(event, outputs, tell),
            Delivery::Tell(event) => {
                self.moved(event, false);
                Note::each(event, &mut |note| tell(note, false));
            }
            Delivery::Answer(answer) => self.answered(answer, tell),
            Delivery::Local(bytes) => {
                let text = String::from_utf8_lossy(bytes.strip_prefix(&[NOTE]).unwrap_or(bytes));
                text.lines().for_each(|line| tell(Note::Info(line.into()), false));
            }
            Delivery::Recalled(recalled) => self.recalled(recalled, outputs, tell),
            Delivery::Done => {}
        }
    }

    fn replied(&mut self, event: &Event, outputs: &mut Vec<Output>, tell: &mut dyn FnMut(Note<'_>, bool)) {
        match event {
            Event::Registered { who, .. } => {
                self.stage = Stage::Here;
                self.arrival = None;
                self.nick = SmolStr::new(who.nick.as_str());
                self.number = who.place.number;
                self.account = who.account.clone();
                let room = self.settings.room.clone();
                outputs.push(Output::Command(Command::Join { room, key: None, names: true }));
            }
            Event::Rejected(rejection) => self.rejected(rejection, outputs, tell),
            Event::Entered { room, names, topic, recent, .. } => {
                self.finds(names.as_ref(), topic.as_ref(), room, tell);
                let rooms = self.names_rooms();
                recent.iter().for_each(|event| self.tell_old(event, rooms, &mut |note| tell(note, false)));
                if recent.is_empty() {
                    self.replay(room, outputs);
                }
                self.catch_up(outputs);
            }
            Event::Joined { room, at, .. } => {
                self.moved(event, true);
                (self.entered, self.now) = (*at, *at);
                match self.landed {
                    true => tell(Note::Info(format!("you are in {room} now").into()), true),
                    false => Note::each(event, &mut |note| tell(note, true)),
                }
            }
            Event::LoggedIn { account, .. } => {
                self.moved(event, true);
                Note::each(event, &mut |note| tell(note, true));
                if self.is_here() && !account.eq_ignore_ascii_case(&self.nick) {
                    tell(Note::Info(format!("/nick {account} gives you its name").into()), true);
                }
            }
            Event::AccountCreated { account } => {
                Note::each(event, &mut |note| tell(note, true));
                self.tell_codes(account, &mut |line| tell(Note::Info(line.into()), true));
            }
            Event::Parted { room, .. } => {
                self.moved(event, true);
                tell(Note::Info(format!("you have left {room}").into()), true);
            }
            Event::Renamed { nick, .. } => {
                self.moved(event, true);
                tell(Note::Info(format!("you are called {nick} now").into()), true);
            }
            Event::IsAway { nick, text } => {
                tell(Note::Info(format!("{nick} is away: {}", words(text)).into()), false);
            }
            event => {
                self.moved(event, true);
                Note::each(event, &mut |note| tell(note, true));
            }
        }
    }

    /// Tells what one finds in a room that one enters.
    fn finds(
        &mut self,
        names: Option<&Names>,
        topic: Option<&Topic>,
        room: &RoomName,
        tell: &mut dyn FnMut(Note<'_>, bool),
    ) {
        self.landed = true;
        let there = names.iter().flat_map(|names| &names.members);
        let others = there.filter(|(_, who)| who.place.number != self.number);
        others.for_each(|(_, who)| tell(Note::Present { who }, false));
        if let Some(topic) = topic {
            tell(Note::Topic { room: room.as_str(), text: words(&topic.text) }, false);
        }
        if let Some(nick) = self.owned.take() {
            let how = format!("/login {nick} PASSWORD and /nick {nick} if it is yours");
            tell(Note::Info(format!("{nick} is the name of an account: {how}").into()), false);
        }
    }

    fn rejected(
        &mut self,
        rejection: &Rejection,
        outputs: &mut Vec<Output>,
        tell: &mut dyn FnMut(Note<'_>, bool),
    ) {
        if self.try_again(rejection, outputs) {
            return;
        }
        // It may be a room that it is not let into.
        if !self.room.as_ref().is_some_and(|room| self.rooms.iter().any(|here| same(here, room))) {
            self.room = self.rooms.last().cloned();
        }
        // Those codes belong to no account.
        if matches!(
            rejection,
            Rejection::AccountExists(_) | Rejection::AccountReserved(_) | Rejection::NoMoreAccounts
        ) {
            self.codes = Codes::default();
        }
        let text = reason(rejection);
        if self.stage == Stage::Arriving && !about_account(rejection) {
            return outputs.push(Output::Close(Cause::Refused(SmolStr::new(&text))));
        }
        tell(Note::Info(text.into()), false);
    }

    fn answered(&self, answer: &Answer, tell: &mut dyn FnMut(Note<'_>, bool)) {
        answers::tell(answer, &mut |text| tell(Note::Info(text.into()), false));
    }
}

/// Whether somebody whose log-in is declined can come in all the same.
fn about_account(rejection: &Rejection) -> bool {
    matches!(
        rejection,
        Rejection::NoSuchAccount(_)
            | Rejection::AccountSuspended(_)
            | Rejection::RecoverySpent
            | Rejection::LoggedInAlready(_)
    )
}

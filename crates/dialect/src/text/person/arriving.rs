//! Coming in: the password of the server, and a name that nobody else has.

use hub::{Cause, Command, Nick, Rejection, Text};
use smol_str::{SmolStr, format_smolstr};

use super::{LOCKED, Person, Stage};
use crate::Output;

/// Names that are tried when somebody has the wanted one.
const TRIES: u32 = 1000;

impl Person {
    /// Comes in, called `name` if that can be a nickname.
    pub fn arrive(&mut self, name: Option<&str>, outputs: &mut Vec<Output>) {
        let Some(arrival) = &self.arrival else { return };
        self.realname = Text::from(name.unwrap_or(&arrival.guest));
        self.wanted = name
            .filter(|name| Nick::new(name, self.settings.nicklen).is_ok())
            .map_or_else(|| arrival.guest.clone(), SmolStr::new);
        if self.settings.password {
            self.stage = Stage::Locked;
            return self.inform(outputs, LOCKED);
        }
        self.register(outputs);
    }

    /// Takes another name if the one it came with is not to be had: whether it does.
    pub(super) fn try_again(&mut self, rejection: &Rejection, outputs: &mut Vec<Output>) -> bool {
        let name = matches!(
            rejection,
            Rejection::NickInUse(_) | Rejection::NickReserved(_) | Rejection::NickOwned(_)
        );
        let again = self.stage == Stage::Arriving && name && self.tries < TRIES;
        if again {
            if let Rejection::NickOwned(nick) = rejection {
                self.owned.get_or_insert_with(|| nick.clone());
            }
            self.tries += 1;
            self.register(outputs);
        }
        again
    }

    pub(super) fn register(&mut self, outputs: &mut Vec<Output>) {
        let Some(arrival) = &self.arrival else { return };
        self.stage = Stage::Arriving;
        let limit = self.settings.nicklen;
        let ending = if self.tries == 0 { SmolStr::default() } else { format_smolstr!("_{}", self.tries) };
        let stem = hub::cut(self.wanted.as_bytes(), limit.saturating_sub(ending.len()));
        let name = format!("{}{ending}", String::from_utf8_lossy(stem));
        let Ok(nick) = Nick::new(&name, limit) else {
            return outputs.push(Output::Close(Cause::Refused("no name is left".into())));
        };
        let user = hub::cut(arrival.user.as_bytes(), self.settings.userlen);
        outputs.push(Output::Command(Command::Register {
            nick,
            user: SmolStr::new(String::from_utf8_lossy(user)),
            realname: self.realname.clone(),
            origin: Box::new(arrival.origin.clone()),
            away: None,
        }));
    }
}

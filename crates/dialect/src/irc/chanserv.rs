//! What ChanServ does: `conformance` section 30, Services.

use hub::{Command, Query, Rank};
use smol_str::SmolStr;

use super::errand::Matter;
use super::render::rank_letter;
use super::services::Service;
use super::session::Irc;
use crate::Output;

impl Irc {
    /// Does what ChanServ is asked; nothing if it is asked in the wrong form.
    pub(super) fn chanserv(
        &mut self,
        command: &str,
        words: &[&str],
        outputs: &mut Vec<Output>,
    ) -> Option<()> {
        let (channel, words) = words.split_first()?;
        let Some(room) = self.room_name(channel.as_bytes()) else {
            self.service_says(Service::Chan, "No channel can have this name", outputs);
            return Some(());
        };
        let order = |command| Some(Output::Command(command));
        let output = match (command, words) {
            ("REGISTER", []) => order(Command::RegisterRoom { room }),
            ("DROP", []) => order(Command::DropRoom { room }),
            ("INFO", []) => Some(Output::Query(Query::Registration(room))),
            ("AMODE", []) => Some(Output::Query(Query::Access(room))),
            ("AMODE", [change, account]) => {
                let (give, rank) = access(change)?;
                order(Command::SetAccess { room, account: SmolStr::new(account), rank: give.then_some(rank) })
            }
            ("OP", []) => order(Command::TakeRank { room, nick: None }),
            ("OP", [nick]) => order(Command::TakeRank { room, nick: Some(SmolStr::new(nick)) }),
            ("TRANSFER", [account]) => order(Command::TransferRoom { room, account: SmolStr::new(account) }),
            _ => None,
        };
        self.ask_for(Service::Chan, Matter::Plain, output?, outputs);
        Some(())
    }
}

/// `+o`: whether it gives, and what.
fn access(change: &str) -> Option<(bool, Rank)> {
    let (sign, letter) = change.split_at_checked(1)?;
    let rank = Rank::ALL.into_iter().find(|&rank| letter.chars().eq([rank_letter(rank)]))?;
    match sign {
        "+" => Some((true, rank)),
        "-" => Some((false, rank)),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn access_is_a_sign_and_one_letter() {
        assert_eq!(access("+o"), Some((true, Rank::Operator)));
        assert_eq!(access("-v"), Some((false, Rank::Voice)));
        for bad in ["", "+", "o", "+x", "+oo", "*o", "é"] {
            assert_eq!(access(bad), None, "{bad}");
        }
    }
}

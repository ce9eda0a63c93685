//! `MODE`, for users and channels (`conformance` section 9).

use hub::{Command, ListKind, ModeChange, Query, Rank, RoomName, Text, UserFlags};
use smol_str::SmolStr;

use super::message::Message;
use super::numeric;
use super::render::{ROOM_FLAGS, USER_FLAGS};
use super::session::{Irc, text};
use crate::Output;

/// Most bytes of a key.
const MAX_KEY: usize = 50;

/// Most bytes of a mask: so that its line of a list, with who set it, is never too long.
const MAX_MASK: usize = 200;

/// What a `MODE` for a channel asks for.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Asked {
    /// Changes, in order.
    changes: Vec<ModeChange>,
    /// Lists to show.
    lists: Vec<ListKind>,
    /// Letters that mean nothing here.
    unknown: Vec<char>,
    /// Letters with a parameter that is wrong, the parameter as it may be shown, and why.
    wrong: Vec<(char, String, &'static str)>,
}

impl Irc {
    /// `MODE`.
    pub(super) fn mode(&self, message: &Message<'_>, outputs: &mut Vec<Output>) {
        let target = message.params[0];
        let modes = message.param(1).map(text).filter(|modes| !modes.is_empty());
        if target.starts_with(b"#") {
            let Some(room) = self.channel(target, outputs) else { return };
            return match modes {
                None => outputs.push(Output::Query(Query::RoomModes(room))),
                Some(modes) => {
                    let asked = channel_changes(&modes, &message.params[2..]);
                    self.change_channel(room, asked, false, outputs);
                }
            };
        }
        let nick = SmolStr::new(text(target));
        match modes {
            None => outputs.push(Output::Query(Query::UserModes(nick))),
            Some(modes) => self.change_user(nick, &modes, outputs),
        }
    }

    /// Changes and shows what was asked, then says what was wrong with the rest.
    pub(super) fn change_channel(
        &self,
        room: RoomName,
        asked: Asked,
        force: bool,
        outputs: &mut Vec<Output>,
    ) {
        let name = room.clone();
        // Without any change it still matters whether there is such a channel, and who asks is on it.
        if !asked.changes.is_empty() || asked.lists.is_empty() {
            let (room, changes) = (room.clone(), asked.changes);
            outputs.push(Output::Command(Command::ChangeRoom { room, changes, force }));
        }
        outputs.extend(asked.lists.into_iter().map(|list| Output::Query(Query::List(room.clone(), list))));
        for letter in asked.unknown {
            self.refuse(outputs, numeric::ERR_UNKNOWNMODE, &[letter.to_string().as_bytes()]);
        }
        for (letter, param, why) in asked.wrong {
            self.local(outputs, |out| {
                let line = self.numeric(out, numeric::ERR_INVALIDMODEPARAM).word(name.as_str());
                line.show(letter).word(param).text(why).end();
            });
        }
    }

    fn change_user(&self, nick: SmolStr, modes: &str, outputs: &mut Vec<Output>) {
        let mut changes = Vec::new();
        let mut unknown = false;
        let mut on = true;
        for letter in modes.chars() {
            match letter {
                '+' | '-' => on = letter == '+',
                'r' => {} // Set by the server alone.
                _ => match USER_FLAGS.iter().find(|(known, _)| *known == letter) {
                    Some((_, flag)) => changes.push((*flag, on)),
                    None => unknown = true,
                },
            }
        }
        // Nobody becomes an operator this way (RFC 2812 §3.1.5).
        changes.retain(|change| *change != (UserFlags::OPERATOR, true));
        let own = self.settings.options.casemapping.same(&nick, &self.nick);
        outputs.push(Output::Command(Command::ChangeUser { nick, changes }));
        // Of another's, not even the letters matter.
        if unknown && own {
            self.refuse(outputs, numeric::ERR_UMODEUNKNOWNFLAG, &[]);
        }
    }
}

/// What letters and their parameters ask for. Types B and C without a needed parameter are ignored.
pub(super) fn channel_changes(modes: &str, params: &[&[u8]]) -> Asked {
    let mut asked = Asked::default();
    let mut params = params.iter().copied();
    let mut on = true;
    for letter in modes.chars() {
        match letter {
            '+' | '-' => on = letter == '+',
            'b' | 'e' | 'I' => list_change(letter, on, params.next(), &mut asked),
            'k' => key_change(on, params.next(), &mut asked),
            'l' if on => limit_change(params.next(), &mut asked),
            'l' => asked.changes.push(ModeChange::Limit(None)),
            'q' | 'a' | 'o' | 'h' | 'v' => {
                if let Some(nick) = params.next().filter(|nick| !nick.is_empty()) {
                    let nick = SmolStr::new(text(nick));
                    asked.changes.push(ModeChange::Rank(rank_of_letter(letter), on, nick));
                }
            }
            _ => match ROOM_FLAGS.iter().find(|(known, _)| *known == letter) {
                Some((_, flag)) => asked.changes.push(ModeChange::Flag(*flag, on)),
                None if asked.unknown.contains(&letter) => {}
                None => asked.unknown.push(letter),
            },
        }
    }
    asked
}

fn list_change(letter: char, on: bool, mask: Option<&[u8]>, asked: &mut Asked) {
    let list = match letter {
        'b' => ListKind::Ban,
        'e' => ListKind::Exception,
        _ => ListKind::Invite,
    };
    match mask.filter(|mask| !mask.is_empty()) {
        None if asked.lists.contains(&list) => {}
        None => asked.lists.push(list),
        Some(mask) if mask.contains(&b' ') || mask.starts_with(b":") || mask.len() > MAX_MASK => {
            let why = "A mask has at most 200 bytes, no space, and does not begin with a colon";
            asked.wrong.push((letter, "*".to_owned(), why));
        }
        Some(mask) => asked.changes.push(ModeChange::List(list, on, SmolStr::new(text(mask)))),
    }
}

/// A key is never shown in an error.
fn key_change(on: bool, key: Option<&[u8]>, asked: &mut Asked) {
    match (on, key) {
        (false, _) => asked.changes.push(ModeChange::Key(None)),
        (true, None) => {}
        (true, Some(key)) => {
            let bad = key.is_empty() || key.len() > MAX_KEY || key.starts_with(b":");
            if bad || key.iter().any(|byte| b" ,".contains(byte)) {
                let why = "A key has 1 to 50 bytes, no space or comma, and does not begin with a colon";
                asked.wrong.push(('k', "*".to_owned(), why));
            } else {
                asked.changes.push(ModeChange::Key(Some(Text::new(key))));
            }
        }
    }
}

fn limit_change(param: Option<&[u8]>, asked: &mut Asked) {
    let Some(param) = param else { return };
    let written = text(param);
    match written.parse::<u32>() {
        Ok(limit) if limit > 0 && !written.starts_with('+') => {
            asked.changes.push(ModeChange::Limit(Some(limit)))
        }
        _ => {
            let bad = written.contains(' ') || written.starts_with(':');
            let shown = match written.len() {
                1..=MAX_KEY if !bad => written.into_owned(),
                _ => "*".to_owned(),
            };
            asked.wrong.push(('l', shown, "A limit is a positive number"));
        }
    }
}

fn rank_of_letter(letter: char) -> Rank {
    match letter {
        'q' => Rank::Founder,
        'a' => Rank::Protected,
        'o' => Rank::Operator,
        'h' => Rank::Halfop,
        _ => Rank::Voice,
    }
}

#[cfg(test)]
mod tests {
    use hub::RoomFlags;

    use super::*;

    fn asked(modes: &str, params: &[&str]) -> Asked {
        let params: Vec<&[u8]> = params.iter().map(|param| param.as_bytes()).collect();
        channel_changes(modes, &params)
    }

    #[test]
    fn letters_take_their_parameters_in_order() {
        let changes = vec![
            ModeChange::Flag(RoomFlags::INVITE_ONLY, true),
            ModeChange::Rank(Rank::Operator, true, "ann".into()),
            ModeChange::Key(None),
            ModeChange::Limit(None),
            ModeChange::List(ListKind::Ban, true, "x".into()),
        ];
        assert_eq!(asked("+io-kl+b", &["ann", "key", "x"]), Asked { changes, ..Asked::default() });
    }

    #[test]
    fn a_list_mode_without_parameter_shows_the_list() {
        let lists = vec![ListKind::Ban, ListKind::Invite];
        assert_eq!(asked("b+Ib", &[]), Asked { lists, ..Asked::default() });
    }

    #[test]
    fn keys_and_limits_are_checked_and_keys_never_shown() {
        for key in ["", "a b", "a,b", ":a", &"x".repeat(51)] {
            assert_eq!(asked("+k", &[key]).wrong[0].1, "*", "{key}");
        }
        for (limit, shown) in [("0", "0"), ("-1", "-1"), ("x", "x"), ("", "*"), ("+5", "+5")] {
            assert_eq!(asked("+l", &[limit]).wrong[0].1, shown);
        }
        assert_eq!(asked("+kl", &[]), Asked::default());
    }

    #[test]
    fn an_unknown_letter_is_named_once() {
        assert_eq!(asked("+XnX", &[]).unknown, ['X']);
    }
}

//! The numbered menu: what can be chosen now, and what a typed line chooses.
//!
//! ```text
//!           6              a person, or nothing             a text
//! choosing ───▶ to whom? ───────────────────▶ which text? ─────────▶ choosing
//! ```

use crate::conversation::{Abilities, Wish};

/// The menu and where in it the user is.
#[derive(Debug, Default)]
pub struct Menu {
    state: State,
}

#[derive(Debug, Default)]
enum State {
    #[default]
    Choosing,
    Whom,
    What(Option<String>),
}

/// What a typed line asks for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Asked {
    /// To connect.
    Connect,
    /// To disconnect.
    Disconnect,
    /// Something of the server.
    Wish(Wish),
    /// To end.
    Exit,
    /// Nothing yet: the next line is part of it.
    More,
    /// To see the menu.
    Menu,
    /// What can't be chosen, and why.
    Mistake(String),
}

/// The choices, under numbers that never change.
const CHOICES: [(u32, &str); 7] =
    [(1, "connect"), (2, "disconnect"), (3, "time"), (4, "name"), (5, "list"), (6, "send"), (7, "exit")];

impl Menu {
    /// The menu: what can be chosen with a connection that can do this, or without any.
    pub fn choices(abilities: Option<Abilities>) -> String {
        let shown = CHOICES.iter().filter(|(number, _)| can(*number, abilities));
        let shown: Vec<_> = shown.map(|(number, name)| format!("{number} {name}")).collect();
        shown.join("   ")
    }

    /// What stands before the line to be typed.
    pub fn prompt(&self) -> &'static str {
        match self.state {
            State::Choosing => "choice> ",
            State::Whom => "to whom (nothing: to everybody)> ",
            State::What(_) => "text> ",
        }
    }

    /// Takes a typed line.
    pub fn typed(&mut self, line: &str, abilities: Option<Abilities>) -> Asked {
        let line = line.trim();
        match std::mem::take(&mut self.state) {
            State::Choosing => self.choose(line, abilities),
            _ if abilities.is_none() => Asked::Mistake("it was not sent: there is no connection".into()),
            State::Whom => {
                self.state = State::What(Some(line.to_owned()).filter(|to| !to.is_empty()));
                Asked::More
            }
            State::What(_) if line.is_empty() => Asked::Mistake("nothing was sent".into()),
            State::What(to) => Asked::Wish(Wish::Send { to, text: line.to_owned() }),
        }
    }

    fn choose(&mut self, line: &str, abilities: Option<Abilities>) -> Asked {
        if line.is_empty() {
            return Asked::Menu;
        }
        let named =
            |(number, name): &&(u32, &str)| line == number.to_string() || line.eq_ignore_ascii_case(name);
        let Some((number, name)) = CHOICES.iter().find(named) else {
            return Asked::Mistake(format!("`{line}` is not a choice: type one of the numbers"));
        };
        if !can(*number, abilities) {
            return Asked::Mistake(format!(
                "{number} {name} can't be chosen now: {}",
                why(*number, abilities)
            ));
        }
        match number {
            1 => Asked::Connect,
            2 => Asked::Disconnect,
            3 => Asked::Wish(Wish::Time),
            4 => Asked::Wish(Wish::Name),
            5 => Asked::Wish(Wish::List),
            6 => {
                self.state = State::Whom;
                Asked::More
            }
            _ => Asked::Exit,
        }
    }
}

fn can(number: u32, abilities: Option<Abilities>) -> bool {
    let Some(abilities) = abilities else { return number == 1 || number == 7 };
    match number {
        1 => false,
        3 => abilities.time,
        4 => abilities.name,
        5 => abilities.list,
        _ => true,
    }
}

fn why(number: u32, abilities: Option<Abilities>) -> &'static str {
    match (number, abilities) {
        (1, _) => "there is a connection already",
        (_, None) => "connect first",
        _ => "the dialect has no way to ask for it",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ALL: Option<Abilities> = Some(Abilities { time: true, name: true, list: true });
    const NO_NAME: Option<Abilities> = Some(Abilities { time: true, name: false, list: true });

    #[test]
    fn only_what_can_be_chosen_is_shown_and_numbers_stay() {
        assert_eq!(Menu::choices(None), "1 connect   7 exit");
        assert_eq!(Menu::choices(ALL), "2 disconnect   3 time   4 name   5 list   6 send   7 exit");
        assert_eq!(Menu::choices(NO_NAME), "2 disconnect   3 time   5 list   6 send   7 exit");
    }

    #[test]
    fn sending_asks_for_whom_and_then_what() {
        let mut menu = Menu::default();
        assert_eq!((menu.typed("6", ALL), menu.prompt()), (Asked::More, "to whom (nothing: to everybody)> "));
        assert_eq!((menu.typed(" 2 ", ALL), menu.prompt()), (Asked::More, "text> "));
        let wish = Wish::Send { to: Some("2".into()), text: "6 of us".into() };
        assert_eq!((menu.typed("6 of us", ALL), menu.prompt()), (Asked::Wish(wish), "choice> "));
    }

    #[test]
    fn what_can_not_be_chosen_is_refused_with_the_reason() {
        let refused = |line, abilities| match Menu::default().typed(line, abilities) {
            Asked::Mistake(why) => why,
            other => panic!("{other:?}"),
        };
        assert_eq!(refused("3", None), "3 time can't be chosen now: connect first");
        assert_eq!(refused("1", ALL), "1 connect can't be chosen now: there is a connection already");
        assert_eq!(
            refused("name", NO_NAME),
            "4 name can't be chosen now: the dialect has no way to ask for it"
        );
        assert_eq!(refused("8", ALL), "`8` is not a choice: type one of the numbers");
    }

    #[test]
    fn a_connection_lost_while_a_text_is_typed_sends_nothing() {
        let mut menu = Menu::default();
        assert_eq!(menu.typed("6", ALL), Asked::More);
        assert_eq!(menu.typed("", ALL), Asked::More);
        assert_eq!(menu.typed("hi", None), Asked::Mistake("it was not sent: there is no connection".into()));
        assert_eq!(menu.typed("1", None), Asked::Connect);
    }
}

//! What a person is shown, in the same words whatever the dialect.

use std::fmt;

use crate::visible::{visible, visible_line};

/// One thing to show. Its [`Display`](fmt::Display) form is one line or several, without a line feed at
/// the end, and harmless for a terminal whatever the peer sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Show {
    /// Somebody said something in a room.
    Said {
        /// Who.
        who: String,
        /// Where, if that is not the room we speak in.
        room: Option<String>,
        /// What.
        text: String,
    },
    /// Somebody does something: `/me`.
    Action {
        /// Who.
        who: String,
        /// Where, if that is not the room we speak in.
        room: Option<String>,
        /// What.
        text: String,
    },
    /// Somebody said something to us alone.
    Private {
        /// Who.
        who: String,
        /// What.
        text: String,
    },
    /// Somebody said something before we came, or at some time that we asked for.
    Old {
        /// When.
        time: String,
        /// Who said what.
        words: String,
    },
    /// Somebody came.
    Joined {
        /// Who.
        who: String,
        /// Where, if the dialect says so.
        room: Option<String>,
    },
    /// Somebody left.
    Left {
        /// Who.
        who: String,
        /// From where, or with what words, if the dialect says so.
        detail: Option<String>,
    },
    /// Who is there.
    People(Vec<Person>),
    /// What time it is at the server.
    Time(String),
    /// What the server is called.
    Name(String),
    /// An answer to what we asked.
    Answer(String),
    /// Something that the server, or this program, wants us to know.
    Notice(String),
    /// Something we asked for that will not be done.
    Failed(String),
}

/// One of those who are there.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Person {
    /// The number to address them by.
    pub id: Option<u32>,
    /// What they are called.
    pub name: Option<String>,
    /// Where they are.
    pub address: Option<String>,
}

/// Why something is shown, for those who want less than all.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sort {
    /// People talk.
    Talk,
    /// We asked.
    Answer,
    /// Who comes and goes, and what the server has to say.
    Event,
    /// What we asked for was refused.
    Failure,
}

impl Show {
    /// Why it is shown.
    pub fn sort(&self) -> Sort {
        match self {
            Self::Said { .. } | Self::Action { .. } | Self::Private { .. } | Self::Old { .. } => Sort::Talk,
            Self::People(_) | Self::Time(_) | Self::Name(_) | Self::Answer(_) => Sort::Answer,
            Self::Joined { .. } | Self::Left { .. } | Self::Notice(_) => Sort::Event,
            Self::Failed(_) => Sort::Failure,
        }
    }
}

impl fmt::Display for Show {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Said { who, room, text } => {
                write!(f, "{}<{}> {}", in_room(room), visible_line(who), several(text))
            }
            Self::Action { who, room, text } => {
                write!(f, "{}* {} {}", in_room(room), visible_line(who), several(text))
            }
            Self::Private { who, text } => write!(f, "Private ({}): {}", visible_line(who), several(text)),
            Self::Old { time, words } => write!(f, "{} {}", visible_line(time), several(words)),
            Self::Joined { who, room } => {
                write!(f, "-- {} has joined{}", visible_line(who), detail(room))
            }
            Self::Left { who, detail: words } => {
                write!(f, "-- {} has left{}", visible_line(who), detail(words))
            }
            Self::People(people) => table(people, f),
            Self::Time(time) => write!(f, "-- the time at the server: {}", visible_line(time)),
            Self::Name(name) => write!(f, "-- the server is called {}", visible_line(name)),
            Self::Answer(text) | Self::Notice(text) => write!(f, "-- {}", several(text)),
            Self::Failed(text) => write!(f, "!! {}", several(text)),
        }
    }
}

fn in_room(room: &Option<String>) -> String {
    room.as_ref().map_or_else(String::new, |room| format!("[{}] ", visible_line(room)))
}

fn detail(words: &Option<String>) -> String {
    words.as_ref().map_or_else(String::new, |words| format!(" {}", visible_line(words)))
}

/// Text of several lines, the later ones set in, so that none of them can look like somebody else's.
fn several(text: &str) -> String {
    visible(text.trim_end_matches(['\n', '\r'])).replace('\n', "\n    ")
}

fn table(people: &[Person], f: &mut fmt::Formatter<'_>) -> fmt::Result {
    match people.len() {
        0 => return f.write_str("-- nobody is here"),
        1 => f.write_str("-- one is here:")?,
        many => write!(f, "-- {many} are here:")?,
    }
    for person in people {
        f.write_str("\n  ")?;
        if let Some(id) = person.id {
            write!(f, "{id:>4}  ")?;
        }
        let words: Vec<_> = [&person.name, &person.address].into_iter().flatten().collect();
        let words: Vec<_> = words.into_iter().map(|word| visible_line(word)).collect();
        f.write_str(&words.join("  "))?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn some(text: &str) -> Option<String> {
        Some(text.into())
    }

    #[test]
    fn everything_is_shown_in_its_own_form() {
        let who = || String::from("ann");
        let text = || String::from("hello");
        for (show, form) in [
            (Show::Said { who: who(), room: None, text: text() }, "<ann> hello"),
            (Show::Said { who: who(), room: some("#dev"), text: text() }, "[#dev] <ann> hello"),
            (Show::Action { who: who(), room: None, text: text() }, "* ann hello"),
            (Show::Private { who: who(), text: text() }, "Private (ann): hello"),
            (Show::Joined { who: who(), room: some("#dev") }, "-- ann has joined #dev"),
            (Show::Left { who: who(), detail: None }, "-- ann has left"),
            (Show::Old { time: "14:03".into(), words: "<ann> hi".into() }, "14:03 <ann> hi"),
            (Show::Failed(text()), "!! hello"),
        ] {
            assert_eq!(show.to_string(), form);
        }
    }

    #[test]
    fn people_stand_one_to_a_line() {
        let people = vec![
            Person { id: Some(1), name: None, address: some("127.0.0.1:51064") },
            Person { id: Some(12), name: some("bob"), address: some("127.0.0.1:51080") },
        ];
        assert_eq!(
            Show::People(people).to_string(),
            "-- 2 are here:\n     1  127.0.0.1:51064\n    12  bob  127.0.0.1:51080"
        );
        assert_eq!(Show::People(Vec::new()).to_string(), "-- nobody is here");
    }

    #[test]
    fn nobody_can_speak_for_another_or_to_the_terminal() {
        let said = Show::Said { who: "e\nve".into(), room: None, text: "a\n<bob> b\x1b[2J\n".into() };
        assert_eq!(said.to_string(), "<e ve> a\n    <bob> b[2J");
    }
}

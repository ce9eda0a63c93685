//! Answers of the hub in words, one line each.

use hub::{Answer, Names, Ranks, RoomName, RoomRow};

use super::person::ROOMS;
use super::rejection::reason;
use super::words;

/// Tells an answer, line by line.
pub fn tell(answer: &Answer, tell: &mut dyn FnMut(String)) {
    match answer {
        Answer::Names(room, Some(names)) => people(room, names, tell),
        Answer::Names(room, None) => tell(format!("there is nobody to be seen in {room}")),
        Answer::Rooms { rows, next } => {
            rows.iter().for_each(|row| tell(room_line(row)));
            match (rows.is_empty(), next) {
                (_, Some(_)) => tell(format!("… and more: these are the first {ROOMS}")),
                (true, None) => tell("there are no rooms".to_owned()),
                (false, None) => {}
            }
        }
        Answer::Topic(room, Some(topic)) => {
            tell(format!("the topic of {room} is: {}", words(&topic.text)));
        }
        Answer::Topic(room, None) => tell(format!("{room} has no topic")),
        Answer::Rejected(rejection) => tell(reason(rejection)),
        _ => {}
    }
}

/// One line per person: name, number, and where it comes from.
fn people(room: &RoomName, names: &Names, tell: &mut dyn FnMut(String)) {
    let count = names.members.len();
    tell(format!("{count} in {room}:"));
    let mut members: Vec<_> = names.members.iter().collect();
    members.sort_by_key(|(_, who)| who.place.number);
    for (ranks, who) in members {
        let real = words(&who.realname);
        let real = if real == who.nick.as_str() { String::new() } else { format!(", {real}") };
        tell(format!(
            "{:>4} {}{} ({}@{}{real})",
            who.place.number,
            mark(*ranks),
            who.nick,
            who.user,
            who.host
        ));
    }
}

fn mark(ranks: Ranks) -> &'static str {
    match ranks.highest() {
        Some(rank) if rank >= hub::Rank::Operator => "@",
        Some(_) => "+",
        None => "",
    }
}

fn room_line(row: &RoomRow) -> String {
    let RoomRow { room, members, topic } = row;
    let topic = if topic.is_empty() { String::new() } else { format!(": {}", words(topic)) };
    format!("{room} ({members}){topic}")
}

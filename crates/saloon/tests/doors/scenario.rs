//! Six kinds of client at once, each over its own transport: the test that the server is there for.

use crate::clients::Irc;
use crate::house::House;
use crate::person::{KINDS, Person, come};
use crate::stream::count;

/// A member of the scene.
struct Member {
    kind: &'static str,
    person: Box<dyn Person>,
    nick: String,
    heard: String,
}

impl Member {
    /// Listens until this has come.
    fn hear(&mut self, text: &str) {
        if !self.heard.contains(text) {
            self.heard += &self.person.hear(text);
        }
    }
}

/// What each says, in the pieces that the others hear: the client for packets sends word by word.
const ENGLISH: [(&str, &[&str]); 6] = [
    ("irc", &["good morning from the bridge"]),
    ("line", &["a netcat says hello"]),
    ("packet", &["parcels", "arrive", "daily"]),
    ("plain", &["the console greets you"]),
    ("group", &["nice windows you have here"]),
    ("tagged", &["choose seven to leave"]),
];
const CHINESE: [(&str, &[&str]); 6] = [
    ("irc", &["大家早上好"]),
    ("line", &["我用网猫说话"]),
    ("packet", &["今天", "天气", "很好"]),
    ("plain", &["控制台向你们问好"]),
    ("group", &["窗外有一棵桂花树"]),
    ("tagged", &["按七号键离开"]),
];

#[test]
fn six_kinds_of_client_hear_each_other_once_and_in_one_order_and_are_told_who_leaves() {
    let house = House::open();
    let mut watcher = house.irc("watcher");
    let mut members: Vec<Member> = KINDS.map(|kind| member(&house, &mut watcher, kind)).into();

    talk(&mut members, &ENGLISH);
    talk(&mut members, &CHINESE);
    // Whatever came twice has come before the last word; the watcher is none of the six.
    watcher.say("that was all");
    for member in &mut members {
        member.hear("that was all");
    }

    let orders = members.iter().map(order).collect::<Vec<_>>();
    let said: Vec<&str> = ENGLISH.iter().chain(&CHINESE).flat_map(|(_, pieces)| *pieces).copied().collect();
    for (member, order) in members.iter().zip(&orders) {
        for piece in said.iter().filter(|piece| !order.contains(piece)) {
            assert!(own(member.kind, piece), "{} did not hear {piece}", member.kind);
        }
    }
    // The group client is told everything, its own words too.
    let all = &orders[4];
    for (member, order) in members.iter().zip(&orders) {
        let expected: Vec<_> = all.iter().filter(|piece| order.contains(piece)).collect();
        assert_eq!(order.iter().collect::<Vec<_>>(), expected, "as the {} client heard it", member.kind);
    }

    one_after_the_other_leaves(members, &mut watcher);
}

fn member(house: &House, watcher: &mut Irc, kind: &'static str) -> Member {
    let transport = if kind == "packet" { "udp" } else { "tcp" };
    let person = come(house, kind, transport);
    Member { kind, person, nick: watcher.arrival(), heard: String::new() }
}

/// All speak at once, and all are heard by all others.
fn talk(members: &mut [Member], sentences: &[(&str, &[&str])]) {
    for (member, (kind, pieces)) in members.iter_mut().zip(sentences) {
        assert_eq!(member.kind, *kind);
        member.person.say(&pieces.join(" "));
    }
    for member in members {
        let kind = member.kind;
        for (_, pieces) in sentences.iter().filter(|(of, _)| *of != kind) {
            pieces.iter().for_each(|piece| member.hear(piece));
        }
    }
}

/// The pieces that one has heard, in order; each of them once.
fn order(member: &Member) -> Vec<&'static str> {
    let pieces = ENGLISH.iter().chain(&CHINESE).flat_map(|(_, pieces)| *pieces);
    let mut heard: Vec<(usize, &str)> = Vec::new();
    for piece in pieces {
        if let Some(at) = member.heard.find(piece) {
            let times = count(member.heard.as_bytes(), piece.as_bytes());
            assert_eq!(times, 1, "{} heard {piece} so often", member.kind);
            heard.push((at, piece));
        }
    }
    heard.sort_unstable();
    heard.into_iter().map(|(_, piece)| piece).collect()
}

/// Whether it is one's own, which only the group client is told.
fn own(kind: &str, piece: &str) -> bool {
    let mut sentences = ENGLISH.iter().chain(&CHINESE);
    kind != "group" && sentences.any(|(of, pieces)| *of == kind && pieces.contains(&piece))
}

/// Everyone leaves; those whose dialect has a word for it are told.
fn one_after_the_other_leaves(members: Vec<Member>, watcher: &mut Irc) {
    let mut left: std::collections::VecDeque<Member> = members.into();
    let idents: Vec<(String, String)> =
        left.iter().map(|one| (one.nick.clone(), ident(&left[4], one))).collect();
    while let Some(Member { person, nick, kind, .. }) = left.pop_front() {
        person.leave();
        watcher.departure(&nick);
        let ident = &idents.iter().find(|(of, _)| *of == nick).expect("known").1;
        for other in &mut left {
            match other.kind {
                "irc" => drop(other.person.hear(&format!(":{nick}!"))),
                "line" => drop(other.person.hear(&format!("-- {nick} has left"))),
                "packet" => drop(other.person.hear(&format!("{nick} 离开了聊天"))),
                "group" => drop(other.person.hear(&format!("a user left\n{ident} is offline\n"))),
                _ => {}
            }
            assert!(kind != other.kind);
        }
    }
}

/// What the group client calls somebody: it stands before what they said.
fn ident(group: &Member, other: &Member) -> String {
    let said = ENGLISH.iter().find(|(kind, _)| *kind == other.kind).expect("a sentence").1[0];
    let (before, _) = group.heard.split_once(said).expect("heard");
    let (_, ident) = before.rsplit_once("from ").expect("from whom");
    ident.split_once(": ").expect("an address").0.to_owned()
}

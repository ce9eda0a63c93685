//! The private side of the `group` dialect: peers who need no server, and people who are no peers.

use crate::clients::Irc;
use crate::house::House;

/// The address at which the newest user is announced to a group client.
fn announced(group: &mut crate::clients::Group) -> String {
    let line = String::from_utf8(group.stream.until(" is online\n")).expect("UTF-8");
    line.strip_suffix(" is online\n").expect("it ends so").to_owned()
}

#[test]
fn two_clients_reach_each_other_without_the_server() {
    let house = House::open();
    let (a, b) = (house.group(), house.group());
    a.tell(&b.ident(), b"secret \xe7\xa7\x81\xe8\x81\x8a");
    assert_eq!(b.told(), (a.ident(), b"secret \xe7\xa7\x81\xe8\x81\x8a".to_vec()));
}

#[test]
fn a_datagram_to_a_virtual_address_reaches_the_user_and_the_answer_comes_from_there() {
    let house = House::open();
    let mut ann = house.irc("ann");
    let mut a = house.group();
    let nick = ann.arrival();
    let ident = announced(&mut a);

    a.tell(&ident, b"secret \xe7\xa7\x81\xe8\x81\x8a");
    let line = ann.expect("PRIVMSG ann :");
    assert!(line.starts_with(&format!(":{nick}!")), "{line}");
    assert!(line.ends_with("PRIVMSG ann :secret \u{79c1}\u{804a}"), "{line}");

    ann.send(&format!("PRIVMSG {nick} :likewise \u{79c1}\u{804a}"));
    assert_eq!(a.told(), (ident, "likewise \u{79c1}\u{804a}".as_bytes().to_vec()));
}

#[test]
fn each_virtual_address_is_one_user() {
    let house = House::open();
    let mut a = house.group();
    let mut people: Vec<(Irc, String)> = ["ann", "bob", "cid"]
        .map(|nick| {
            let irc = house.irc(nick);
            (irc, announced(&mut a))
        })
        .into();
    for (_, ident) in &people {
        a.tell(ident, format!("for {ident} only"));
    }
    for (irc, ident) in &mut people {
        let line = irc.expect(" only");
        assert!(line.contains(&format!(":for {ident} only")) && !line.contains("#lobby"), "{line}");
    }
}

#[test]
fn only_connected_users_are_heard_at_a_virtual_address() {
    let house = House::open();
    let mut ann = house.irc("ann");
    let mut a = house.group();
    let ident = announced(&mut a);
    let mut to: std::net::SocketAddr = ident.parse().expect("an address");
    to.set_port(to.port() + 1);
    let stranger = std::net::UdpSocket::bind("127.0.0.1:0").expect("a socket");
    stranger.send_to(b"let me in", to).expect("sent");
    let left = house.group();
    let gone = left.private().try_clone().expect("a clone");
    a.stream.until(format!("{} is online\n", left.ident()));
    let ident_of_left = left.ident();
    drop(left);
    a.stream.until(format!("{ident_of_left} is offline\n"));
    gone.send_to(b"me again", to).expect("sent");
    // Those came before this, from the same machine.
    a.tell(&ident, "it is me");
    let lines = ann.until("PRIVMSG ann :it is me").join("\n");
    assert!(!lines.contains("let me in") && !lines.contains("me again"), "{lines}");
}

#[test]
fn a_private_message_is_text_up_to_a_nul_and_in_utf_8() {
    let house = House::open();
    let mut ann = house.irc("ann");
    let mut a = house.group();
    let ident = announced(&mut a);
    a.tell(&ident, b"seen\0hidden");
    assert!(ann.expect("PRIVMSG ann :").ends_with(":seen"));
    a.tell(&ident, b"");
    a.tell(&ident, b"broken \xff here");
    assert!(ann.expect("PRIVMSG ann :").contains(":broken "));
}

#[test]
fn a_long_private_message_arrives_whole() {
    let house = House::open();
    let mut ann = house.irc("ann");
    let mut a = house.group();
    let ident = announced(&mut a);
    let text = "\u{79c1}\u{804a}".repeat(1000) + "$";
    a.tell(&ident, &text);
    let lines = ann.until("$");
    let told = lines.iter().filter_map(|line| line.split_once("PRIVMSG ann :")).map(|(_, text)| text);
    assert_eq!(told.collect::<String>(), text);
}

#[test]
fn a_virtual_address_is_free_again_and_given_to_others_late() {
    let house = House::open();
    let mut a = house.group();
    let bob = house.irc("bob");
    let first = announced(&mut a);
    drop(bob);
    a.stream.until(format!("{first} is offline\n"));
    let _cid = house.irc("cid");
    assert_ne!(announced(&mut a), first, "who answers bob must not reach cid");
}

//! One person on several devices at once.

use crate::screen::Screen;
use crate::someone::{CAPS, log_in, owner, someone};
use crate::support::{Peer, Setup};

fn with_account(peer: &mut Peer, name: &str) {
    peer.send(&format!("REGISTER {name} * {name}-secret"));
    peer.until("REGISTER SUCCESS");
    peer.sync();
}

#[test]
fn a_marker_moved_on_one_device_is_seen_on_the_other_and_by_nobody_else() {
    let server = Setup::default().start();
    let caps = format!("{CAPS} draft/read-marker");
    let mut phone = someone(&server, "ann", &caps);
    with_account(&mut phone, "ann");
    phone.join("#room");
    let mut bob = someone(&server, "bob", &caps);
    bob.join("#room");
    let mut laptop = owner(&server, "ann", "ann", "ann-secret", &caps);
    laptop.sync();
    let marker = "MARKREAD #room timestamp=2020-05-05T05:05:05.050Z";
    phone.send(marker);
    phone.expect(marker);
    laptop.expect(marker);
    laptop.send("MARKREAD #room timestamp=2019-01-01T00:00:00.000Z");
    laptop.expect(marker);
    assert!(!bob.sync().iter().any(|line| line.contains("MARKREAD")));
}

#[test]
fn what_one_device_says_the_other_shows_and_both_are_one_user() {
    let server = Setup::default().start();
    let mut phone = someone(&server, "ann", CAPS);
    with_account(&mut phone, "ann");
    phone.join("#room");
    let mut laptop = Peer::tcp(server.addr(0));
    log_in(&mut laptop, "ann", "ann-secret", "message-tags server-time");
    laptop.send("CAP END\r\nNICK ann\r\nUSER ann 0 * :Ann");
    let told = laptop.until(" 366 ").join("\n");
    assert!(told.contains(" 353 ann = #room :@ann"), "it finds itself in the room: {told}");
    let mut bob = someone(&server, "bob", CAPS);
    bob.join("#room");
    laptop.send("PRIVMSG #room :from the laptop");
    let shown = phone.expect(":from the laptop");
    let heard = bob.expect(":from the laptop");
    let id = |line: &str| line.split("msgid=").nth(1).map(|rest| rest[..26].to_owned());
    assert!(id(&shown).is_some() && id(&shown) == id(&heard));
    assert!(!laptop.sync().iter().any(|line| line.contains("from the laptop")), "without echo-message");
    phone.quit();
    bob.send("PRIVMSG ann :still there?");
    laptop.expect(":still there?");
    laptop.quit();
    bob.expect("QUIT");
}

#[test]
fn irssi_and_weechat_are_the_same_person_and_it_stays_across_a_restart() {
    let setup = Setup::default()
        .door("addr = \"tcp://127.0.0.1:0\"")
        .set("datastore.path = \"data\"")
        .set("history.replay = 20");
    let mut server = setup.start();
    let mut bob = someone(&server, "bob", CAPS);
    let mut ann = someone(&server, "ann", CAPS);
    with_account(&mut ann, "ann");
    ann.send("NS SET ALWAYS-ON TRUE");
    ann.join("#both");
    ann.sync();
    ann.quit();
    bob.join("#both");

    let port = server.addr(0).port();
    let irssi = Screen::irssi("");
    // One line at a time: several at once look like something pasted, and irssi asks whether it should be sent.
    for (line, answer) in [
        (
            "/network add -sasl_username ann -sasl_password ann-secret -sasl_mechanism PLAIN chat",
            "Network chat saved",
        ),
        (&*format!("/server add -network chat 127.0.0.1 {port}"), "Server 127.0.0.1 saved"),
        ("/set nick ann", "nick ann"),
        ("/connect chat", "SASL authentication succeeded"),
    ] {
        irssi.type_line(line);
        irssi.wait(answer);
    }
    irssi.wait("[Act: 2");
    irssi.type_line("/window goto 2");
    irssi.wait("[@ann]");
    let weechat = Screen::weechat(&[
        &format!("/server add chat 127.0.0.1/{port} -temp -nicks=ann -notls"),
        "/set irc.server.chat.sasl_mechanism plain",
        "/set irc.server.chat.sasl_username ann",
        "/set irc.server.chat.sasl_password ann-secret",
        "/connect chat",
    ]);
    weechat.wait("#both");
    weechat.type_line("/buffer #both");
    weechat.wait("Channel #both: 2 nicks");

    irssi.type_line("this is irssi");
    bob.expect(":this is irssi");
    weechat.wait("this is irssi");
    weechat.type_line("this is WeeChat");
    bob.expect(":this is WeeChat");
    irssi.wait("this is WeeChat");
    bob.send("PRIVMSG #both :hello, both of you");
    irssi.wait("hello, both of you");
    weechat.wait("hello, both of you");
    irssi.keep("devices-irssi");
    weechat.keep("devices-weechat");
    drop(irssi);
    drop(weechat);

    assert_eq!(server.stop().code, Some(0));
    let server = server.setup.clone().start();
    let mut bob = someone(&server, "bob", CAPS);
    bob.send("JOIN #both");
    let there = bob.until(" 366 ").join("\n");
    assert!(there.contains("@ann"), "{there}");
}

//! Section 17: bot mode.

use crate::client::Client;
use crate::harness::{Server, join, server};

fn bot(server: &Server, capabilities: &str) -> Client {
    let mut bot = server.client_with("bot", capabilities);
    let mode = bot.ask("MODE bot +B");
    assert_eq!(mode.len(), 1);
    assert_eq!((mode[0].command.as_str(), mode[0].text()), ("MODE", "+B"));
    bot
}

#[test]
fn the_mode_is_told_to_the_bot_and_shown_in_whois_once() {
    let server = server();
    let _bot = bot(&server, "");
    let mut foo = server.client("foo");
    foo.ask("WHOIS bot").has("335 foo bot :is a bot");
    let mut bar = server.client("bar");
    bar.ask("WHOIS foo").without(&["335"]);
}

#[test]
fn who_and_whox_have_the_flag() {
    let server = server();
    let mut bot = bot(&server, "");
    let mut foo = server.client("foo");
    join(&mut [&mut foo, &mut bot], "#c");
    foo.ask("WHO #c").has("352 foo #c … … … bot HB :0 …");
    foo.ask("WHO bot").has("352 foo #c … … … bot HB :0 …");
    foo.ask("WHO bot %nf").has("354 foo bot HB");
    foo.ask("WHO foo %nf").has("354 foo foo H@");
}

#[test]
fn every_line_of_a_bot_has_the_tag_for_those_with_message_tags() {
    let server = server();
    let mut bot = bot(&server, "message-tags echo-message");
    let mut tags = server.client_with("tags", "message-tags");
    let mut plain = server.client("plain");
    join(&mut [&mut bot, &mut tags, &mut plain], "#c");
    for line in
        ["PRIVMSG #c :beep", "NOTICE #c :beep", "TOPIC #c :beep", "MODE #c +i", "NICK robot", "PART #c"]
    {
        let own = bot.ask(line);
        assert_eq!(own[0].tag("bot"), "");
        assert!(own[0].raw.contains(";bot ") || own[0].raw.contains("@bot;"), "it has no value: {}", own[0]);
        assert_eq!(tags.sync()[0].tag("bot"), "");
        assert!(!plain.sync()[0].tagged);
    }
    let own = bot.ask("PRIVMSG tags :beep");
    own.is("@bot;msgid=… :robot!… PRIVMSG tags :beep");
    tags.sync().is("@bot;msgid=… :robot!… PRIVMSG tags :beep");
    bot.ask("MODE robot -B");
    bot.ask("PRIVMSG tags :beep").is("@msgid=… :robot!… PRIVMSG tags :beep");
    tags.sync().is("@msgid=… :robot!… PRIVMSG tags :beep");
}

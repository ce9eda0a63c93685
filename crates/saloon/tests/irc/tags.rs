//! Section 11: tags, each only to who negotiated it; client-only tags; TAGMSG; msgid and time.

use std::collections::BTreeSet;

use crate::client::Client;
use crate::harness::{Server, join, server};

/// A channel of one client for each capability, and one without any.
fn scene(server: &Server) -> [Client; 4] {
    let mut clients = [
        server.client_with("tags", "message-tags"),
        server.client_with("echo", "message-tags echo-message"),
        server.client("plain"),
        server.client_with("time", "server-time"),
    ];
    join(&mut clients.each_mut(), "#c");
    clients
}

#[test]
fn tags_go_to_those_who_negotiated_them_and_to_nobody_else() {
    let server = server();
    let [mut tags, mut echo, mut plain, mut time] = scene(&server);
    tags.ask("@+baz=bat;fizz=buzz;time=x;msgid=y;account=z;bot PRIVMSG #c hi").none();
    let seen = echo.sync();
    let id = seen.is("@msgid=…;+baz=bat :tags!… PRIVMSG #c :hi").tag("msgid").to_owned();
    assert_ne!(id, "y");
    assert!(!plain.sync().is(":tags!… PRIVMSG #c :hi").tagged);
    time.sync().is("@time=… :tags!… PRIVMSG #c :hi");
    let own = echo.ask("@+bat=baz;+fizz=buzz PRIVMSG #c :hi yourself");
    let own = own.is("@msgid=…;+bat=baz;+fizz=buzz :echo!… PRIVMSG #c :hi yourself");
    assert_eq!(
        tags.sync().is("@msgid=…;+bat=baz;+fizz=buzz :echo!… PRIVMSG #c :…").tag("msgid"),
        own.tag("msgid")
    );
}

#[test]
fn a_tagmsg_reaches_only_those_with_message_tags() {
    let server = server();
    let [mut tags, mut echo, mut plain, mut time] = scene(&server);
    let own = echo.ask(r"@+buzz=fizz\:buzz;cat=dog;+steel=wootz TAGMSG #c");
    let own = own.is(r"@+buzz=fizz\:buzz;+steel=wootz;msgid=… :echo!… TAGMSG #c");
    let seen = tags.sync();
    assert_eq!(
        seen.is(r"@+buzz=fizz\:buzz;+steel=wootz;msgid=… :echo!… TAGMSG #c").tag("msgid"),
        own.tag("msgid")
    );
    plain.sync().none();
    time.sync().none();
    echo.ask("@+x TAGMSG plain,tags").are(&["@+x;msgid=… :… TAGMSG plain", "@+x;msgid=… :… TAGMSG tags"]);
    plain.sync().none();
    tags.sync().is("@+x;msgid=… :echo!… TAGMSG tags");
}

#[test]
fn a_tagmsg_is_refused_like_a_message_but_for_412_and_301() {
    let server = server();
    let [mut tags, mut echo, mut plain, _time] = scene(&server);
    tags.ask("TAGMSG").is("411 tags :No recipient given (TAGMSG)");
    tags.ask("@+x TAGMSG nobody").is("401 tags nobody :…");
    tags.ask("@+x TAGMSG #none").is("403 tags #none :…");
    plain.ask("AWAY :x").commands(&["306"]);
    tags.ask("@+x TAGMSG plain").none();
    tags.ask("TAGMSG plain").none();
    tags.ask("MODE #c +m").commands(&["MODE"]);
    echo.sync();
    echo.ask("@+x TAGMSG #c").is("404 echo #c :…");
    echo.ask("@+x TAGMSG @#c").is("404 echo @#c :…");
    tags.sync().none();
    tags.ask("MODE #c +v echo").commands(&["MODE"]);
    echo.sync();
    echo.ask("@+x TAGMSG @#c").is("@+x;msgid=… :echo!… TAGMSG @#c");
    tags.sync().is("@+x;msgid=… :echo!… TAGMSG @#c");
    plain.sync();
    plain.ask("TAGMSG #c").is("421 plain TAGMSG :…");
}

#[test]
fn a_value_is_relayed_as_it_was_meant() {
    let server = server();
    let [mut tags, mut echo, _plain, _time] = scene(&server);
    for (written, relayed) in [
        (r"+a=\:\s\\\r\n", r"+a=\:\s\\\r\n"),
        (r"+a=b\c", "+a=bc"),
        (r"+a=b\", "+a=b"),
        ("+a=", "+a"),
        ("+a", "+a"),
        ("+a=1;+a=2", "+a=2"),
        ("+A=1;+a=2", "+A=1;+a=2"),
        ("+a=x=y", "+a=x=y"),
        ("+example.com/ä=ö", "+example.com/ä=ö"),
        ("+draft/reply=1;+typing=active;+draft/react=👋", "+draft/reply=1;+typing=active;+draft/react=👋"),
    ] {
        tags.ask(&format!("@{written} TAGMSG #c")).none();
        let seen = echo.sync();
        let raw = &seen[0].raw;
        assert!(raw.contains(&format!(";{relayed} :tags!")), "{written}: {raw}");
    }
}

#[test]
fn a_client_tag_of_one_who_has_no_message_tags_is_relayed_too() {
    let server = server();
    let [mut tags, mut echo, mut plain, mut time] = scene(&server);
    plain.ask("@+a=b;c=d PRIVMSG #c :hi").none();
    for client in [&mut tags, &mut echo] {
        client.sync().is("@msgid=…;+a=b :plain!… PRIVMSG #c :hi");
    }
    time.sync().is("@time=… :plain!… PRIVMSG #c :hi");
}

#[test]
fn message_tags_can_be_turned_on_and_off_while_connected() {
    let server = server();
    let [mut tags, _echo, mut plain, _time] = scene(&server);
    plain.ask("CAP REQ :message-tags").commands(&["CAP"]);
    tags.ask("@+a PRIVMSG #c :hi").none();
    plain.sync().is("@msgid=…;+a :tags!… PRIVMSG #c :hi");
    plain.ask("CAP REQ :-message-tags").commands(&["CAP"]);
    tags.ask("@+a PRIVMSG #c :hi").none();
    assert!(!plain.sync().is(":tags!… PRIVMSG #c :hi").tagged);
}

#[test]
fn client_tags_of_exactly_4096_bytes_survive_and_one_more_is_417() {
    let server = server();
    let [mut tags, mut echo, _plain, _time] = scene(&server);
    let line = |bytes: usize, command: &str| {
        let line = format!("@foo=bar;+baz={} {command}", "a".repeat(bytes - 15));
        assert_eq!(line.find(command), Some(bytes));
        line
    };
    let kept = "a".repeat(4081);
    let own = echo.ask(&line(4096, "TAGMSG #c"));
    assert_eq!(own.is("@+baz=…;msgid=… :… TAGMSG #c").tag("+baz"), kept);
    assert_eq!(tags.sync()[0].tag("+baz"), kept);
    echo.ask(&line(4097, "TAGMSG #c")).is("417 echo :…");
    tags.sync().none();
    // The rest of the line may be as long as without tags.
    let text = "b".repeat(510 - "PRIVMSG #c :".len() - ":echo!echousr@127.0.0.1 ".len());
    let own = echo.ask(&line(4096, &format!("PRIVMSG #c {text}")));
    assert_eq!((own[0].tag("+baz"), own[0].text()), (kept.as_str(), text.as_str()));
    tags.sync().commands(&["PRIVMSG"]);
    echo.ask(&line(4097, &format!("PRIVMSG #c {text}"))).is("417 echo :…");
    echo.ask(&line(4096, &format!("PRIVMSG #c {}", "b".repeat(500)))).is("417 echo :…");
    tags.sync().none();
}

#[test]
fn every_event_of_a_channel_has_an_id_of_its_own_and_a_later_time() {
    let server = server();
    let mut foo = server.client_with("foo", "message-tags server-time echo-message");
    let mut bar = server.client("bar");
    foo.ask("JOIN #c");
    let mut seen = Vec::new();
    for _ in 0..5 {
        bar.ask("JOIN #c");
        foo.send("PRIVMSG #c :one");
        foo.send("NOTICE #c :two");
        foo.send("@+x TAGMSG #c");
        foo.send("TOPIC #c :three");
        foo.send("MODE #c +v bar");
        seen.extend(foo.sync().iter().cloned());
        bar.ask("NICK baz");
        bar.ask("NICK bar");
        bar.ask("PART #c :four");
        bar.ask("JOIN #c");
        seen.extend(foo.sync().iter().cloned());
        foo.send("KICK #c bar :five");
        seen.extend(foo.sync().iter().cloned());
    }
    assert_eq!(seen.len(), 55);
    let ids: BTreeSet<&str> = seen.iter().map(|line| line.tag("msgid")).collect();
    assert_eq!(ids.len(), seen.len(), "an id comes twice");
    let good = |byte: u8| byte.is_ascii_alphanumeric() || b"-_".contains(&byte);
    assert!(ids.iter().all(|id| (1..=64).contains(&id.len()) && id.bytes().all(good)));
    let times: Vec<&str> = seen.iter().map(|line| line.tag("time")).collect();
    assert!(times.is_sorted_by(|a, b| a < b), "{times:?}");
    for time in times {
        let shape: String = time.chars().map(|c| if c.is_ascii_digit() { '0' } else { c }).collect();
        assert_eq!(shape, "0000-00-00T00:00:00.000Z");
    }
}

#[test]
fn an_event_has_the_same_time_and_id_for_everyone() {
    let server = server();
    let caps = "message-tags server-time echo-message";
    let mut clients = ["one", "two", "three"].map(|nick| server.client_with(nick, caps));
    join(&mut clients.each_mut(), "#c");
    let [mut one, mut two, mut three] = clients;
    for line in ["PRIVMSG #c :x", "TOPIC #c :y", "MODE #c +i", "NICK uno", "PART #c", "PRIVMSG two,three :z"]
    {
        let sent = one.ask(line);
        for client in [&mut two, &mut three] {
            for seen in client.sync().iter() {
                let same = |other: &&crate::line::Line| other.raw == seen.raw;
                assert_eq!(sent.iter().filter(same).count(), 1, "{seen}");
            }
        }
    }
}

#[test]
fn messages_between_two_users_have_increasing_times() {
    let server = server();
    let caps = "message-tags server-time echo-message";
    let [mut foo, mut bar] = ["foo", "bar"].map(|nick| server.client_with(nick, caps));
    for n in 0..20 {
        foo.send(format!("PRIVMSG bar :{n}"));
    }
    foo.sync();
    let seen = bar.sync();
    let mut times: Vec<String> = seen.iter().map(|line| line.tag("time").to_owned()).collect();
    times.push(bar.ask("PRIVMSG foo :x")[0].tag("time").to_owned());
    assert!(times.len() == 21 && times.is_sorted_by(|a, b| a < b), "{times:?}");
}

#[test]
fn all_lines_that_come_from_users_have_a_time() {
    let server = server();
    let mut foo = server.client_with("foo", "server-time away-notify chghost setname invite-notify");
    let mut bar = server.client_with("bar", "setname");
    foo.ask("JOIN #c").has("@time=… :foo!… JOIN #c");
    bar.ask("JOIN #c");
    bar.ask("OPER operuser operpassword");
    foo.sync().is("@time=… :bar!… JOIN #c");
    for (line, seen) in [
        ("AWAY :x", "AWAY :x"),
        ("AWAY", "AWAY"),
        ("SETNAME :new", "SETNAME :new"),
        ("CHGHOST bar a.b", "CHGHOST barusr a.b"),
        ("INVITE foo #d", ""),
        ("WALLOPS :x", ""),
    ] {
        bar.ask(line);
        let lines = foo.sync();
        if !seen.is_empty() {
            lines.is(&format!("@time=… :bar!… {seen}"));
        }
    }
    foo.ask("MODE foo +w").is("@time=… :foo!… MODE foo :+w");
    bar.ask("WALLOPS :x");
    foo.sync().is("@time=… :bar!… WALLOPS :x");
    bar.ask("JOIN #d");
    bar.ask("INVITE foo #d");
    foo.sync().is("@time=… :bar!… INVITE foo #d");
    bar.send("KILL foo :x");
    assert!(foo.rest()[0].matches("@time=… :bar!… KILL foo :x"));
}

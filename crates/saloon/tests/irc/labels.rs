//! Section 12, batch and labeled-response: exactly one labeled thing for each labeled line.

use crate::client::Client;
use crate::harness::{Server, join, server, server_with};
use crate::line::Line;
use crate::lines::Lines;

const CAPS: &str = "batch labeled-response";
const ECHO: &str = "batch labeled-response echo-message";

fn labeled(server: &Server, nick: &str) -> Client {
    server.client_with(nick, CAPS)
}

/// The lines inside the one batch that is the whole answer.
#[track_caller]
fn inside<'a>(answer: &'a Lines, label: &str) -> &'a [Line] {
    let [start, inner @ .., end] = &answer[..] else { answer.complain("expected a batch") };
    let reference = start.params[0].strip_prefix('+').unwrap_or_default();
    let good = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-';
    let framed = start.matches(&format!("@label={label} BATCH +{reference} labeled-response"))
        && end.matches(&format!("@ BATCH -{reference}"));
    let tagged = |line: &Line| line.tags.get("batch").is_some_and(|tag| tag == reference);
    if !framed || reference.is_empty() || !reference.bytes().all(good) || !inner.iter().all(tagged) {
        answer.complain("expected one batch with the label on its first line");
    }
    inner
}

#[track_caller]
fn assert_inside(answer: &Lines, label: &str, patterns: &[&str]) {
    let inner = inside(answer, label);
    let same = inner.len() == patterns.len() && inner.iter().zip(patterns).all(|(l, p)| l.matches(p));
    if !same {
        answer.complain(&format!("expected in the batch\n  {}", patterns.join("\n  ")));
    }
}

#[test]
fn one_line_carries_the_label_itself() {
    let server = server();
    let mut foo = labeled(&server, "foo");
    foo.ask("@label=98765 PING x").is("@label=98765 PONG irc.example.org :x");
    foo.ask("@label=a ISON foo").is("@label=a 303 foo :foo");
    foo.ask("@label=a AWAY :x").is("@label=a 306 foo :…");
    foo.ask("@label=a MODE foo +i").is("@label=a :foo!… MODE foo :+i");
    foo.ask("@label=a CAP LIST").is("@label=a CAP foo LIST :…");
}

#[test]
fn errors_carry_the_label() {
    let server = server();
    let mut foo = labeled(&server, "foo");
    for (line, error) in [
        ("NONSENSE", "421 foo NONSENSE :…"),
        ("PRIVMSG nobody :x", "401 foo nobody :…"),
        ("PRIVMSG #none :x", "403 foo #none :…"),
        ("PRIVMSG", "411 foo :…"),
        ("PRIVMSG foo", "412 foo :…"),
        ("JOIN", "461 foo JOIN :…"),
        ("JOIN none", "403 foo none :…"),
        ("NICK", "431 foo :…"),
        ("NICK 1", "432 foo 1 :…"),
        ("KILL foo", "481 foo :…"),
        ("OPER operuser wrong", "464 foo :…"),
        ("USER a b c d", "462 foo :…"),
        ("SETNAME :", "FAIL SETNAME INVALID_REALNAME :…"),
    ] {
        foo.ask(&format!("@label=x {line}")).is(&format!("@label=x {error}"));
    }
    let long = format!("@label=x PRIVMSG foo :{}", "x".repeat(600));
    foo.ask(&long).is("@label=x 417 foo :…");
}

#[test]
fn several_lines_are_one_batch() {
    let server = server();
    let mut foo = labeled(&server, "foo");
    assert_inside(
        &foo.ask("@label=12345 JOIN #xyz"),
        "12345",
        &[":foo!… JOIN #xyz", "353 foo = #xyz :@foo", "366 foo #xyz :…"],
    );
    assert_inside(&foo.ask("@label=a WHOIS nobody"), "a", &["401 foo nobody :…", "318 foo nobody :…"]);
    assert_inside(&foo.ask("@label=a WHOWAS nobody"), "a", &["406 foo nobody :…", "369 foo nobody :…"]);
    assert_inside(&foo.ask("@label=a MODE #xyz"), "a", &["324 foo #xyz …", "329 foo #xyz …"]);
    assert_inside(
        &foo.ask("@label=a OPER operuser operpassword"),
        "a",
        &["381 foo :…", ":foo!… MODE foo :+o"],
    );
    for line in ["WHOIS foo", "LUSERS", "VERSION", "HELP", "INFO", "ADMIN", "LINKS", "NAMES #xyz", "WHO foo"]
    {
        assert!(inside(&foo.ask(&format!("@label=x {line}")), "x").len() > 1, "{line}");
    }
}

#[test]
fn errors_are_inside_the_batch_too() {
    let server = server();
    let mut foo = labeled(&server, "foo");
    let mut bar = server.client("bar");
    bar.ask("JOIN #closed");
    bar.ask("MODE #closed +i").commands(&["MODE"]);
    assert_inside(
        &foo.ask("@label=a JOIN #closed,bad,#open"),
        "a",
        &[
            "473 foo #closed :…",
            "403 foo bad :…",
            ":foo!… JOIN #open",
            "353 foo = #open :@foo",
            "366 foo #open :…",
        ],
    );
    foo.ask("@label=b JOIN #open").is("@label=b ACK");
    foo.ask("@label=c TOPIC #open :x").is("@label=c :foo!… TOPIC #open :x");
    assert_inside(&foo.ask("@label=d TOPIC #open"), "d", &["332 foo #open :x", "333 foo #open … …"]);
}

#[test]
fn nothing_is_acknowledged() {
    let server = server();
    let mut foo = labeled(&server, "foo");
    let mut bar = server.client("bar");
    for line in [
        "PONG x",
        "PRIVMSG bar :hi",
        "NOTICE bar :hi",
        "NOTICE nobody :hi",
        "NICK foo",
        "SETNAME :new name",
        "MONITOR - bar",
        "MONITOR C",
        "MODE foo -w",
        "CAP END",
    ] {
        foo.ask(&format!("@label=x {line}")).is("@label=x ACK");
    }
    bar.sync().commands(&["PRIVMSG", "NOTICE"]);
}

#[test]
fn a_label_never_reaches_another_client() {
    let server = server();
    let mut foo = server.client_with("foo", ECHO);
    let mut bar = server.client_with("bar", ECHO);
    join(&mut [&mut foo, &mut bar], "#c");
    for line in ["PRIVMSG bar :hi", "NOTICE bar :hi", "PRIVMSG #c :hi", "NOTICE #c :hi"] {
        foo.ask(&format!("@label=12345 {line}")).is(&format!("@label=12345 :foo!… {line}"));
        bar.sync().is(&format!("@ :foo!… {line}"));
    }
    foo.ask("@label=x TOPIC #c :t").commands(&["TOPIC"]);
    foo.ask("@label=x NICK new").is("@label=x :foo!… NICK :new");
    foo.ask("@label=x PART #c").is("@label=x :new!… PART #c");
    for line in bar.sync().iter() {
        assert!(!line.tagged, "{line}");
    }
}

#[test]
fn client_only_tags_and_labels_go_together() {
    let server = server();
    let mut foo = server.client_with("foo", &format!("{ECHO} message-tags"));
    let mut bar = server.client_with("bar", "message-tags");
    foo.ask("@label=1;+draft/reply=123;+draft/react=l😃l TAGMSG bar")
        .is("@label=1;+draft/reply=123;+draft/react=l😃l;msgid=… :foo!… TAGMSG bar");
    bar.sync().is("@+draft/reply=123;+draft/react=l😃l;msgid=… :foo!… TAGMSG bar");
}

#[test]
fn echoes_of_a_message_to_several_targets_are_one_batch() {
    let server = server();
    let mut foo = server.client_with("foo", ECHO);
    let mut others = ["bar", "carl", "alice"].map(|nick| server.client_with(nick, ECHO));
    let answer = foo.ask("@label=12345 PRIVMSG bar,carl,alice :hi");
    let echoes = ["bar", "carl", "alice"].map(|nick| format!(":foo!… PRIVMSG {nick} :hi"));
    assert_inside(&answer, "12345", &echoes.each_ref().map(String::as_str));
    for other in &mut others {
        other.sync().is("@ :foo!… PRIVMSG … :hi");
    }
    let answer = foo.ask("@label=2 PRIVMSG bar,nobody,#none :hi");
    assert_inside(&answer, "2", &[":foo!… PRIVMSG bar :hi", "401 foo nobody :…", "403 foo #none :…"]);
    foo.ask("@label=3 NOTICE nobody,bar :hi").is("@label=3 :foo!… NOTICE bar :hi");
}

#[test]
fn of_a_message_to_oneself_only_the_echo_is_labeled() {
    let server = server();
    let mut foo = server.client_with("foo", &format!("{ECHO} message-tags server-time"));
    for (line, shown) in [
        ("PRIVMSG foo :hi", "PRIVMSG foo :hi"),
        ("NOTICE foo :hi", "NOTICE foo :hi"),
        ("TAGMSG foo", "TAGMSG foo"),
    ] {
        let answer = foo.ask(&format!("@label=12345;+x=y {line}"));
        answer.are(&[
            &format!("@label=12345;+x=y;msgid=…;time=… :foo!… {shown}"),
            &format!("@+x=y;msgid=…;time=… :foo!… {shown}"),
        ]);
        let (echo, delivered) = (&answer[0].tags, &answer[1].tags);
        assert!(delivered.iter().all(|(key, value)| echo.get(key) == Some(value)), "they differ");
    }
    let answer = foo.ask("@label=1 PRIVMSG foo,foo :hi");
    assert_eq!(answer.iter().filter(|line| line.tags.contains_key("label")).count(), 1);
    assert_eq!(answer.iter().filter(|line| line.tags.contains_key("batch")).count(), 2);
    assert_eq!(answer.of("PRIVMSG").len(), 4);
}

#[test]
fn a_message_to_oneself_without_echo_is_delivered_and_acknowledged() {
    let server = server();
    let mut foo = labeled(&server, "foo");
    foo.ask("@label=x PRIVMSG foo :hi").are(&["@ :foo!… PRIVMSG foo :hi", "@label=x ACK"]);
}

#[test]
fn an_away_reply_belongs_to_the_answer() {
    let server = server();
    let mut foo = server.client_with("foo", ECHO);
    let mut bar = server.client("bar");
    bar.ask("AWAY :gone").commands(&["306"]);
    let answer = foo.ask("@label=x PRIVMSG bar :hi");
    assert_inside(&answer, "x", &[":foo!… PRIVMSG bar :hi", "301 foo bar :gone"]);
}

#[test]
fn a_label_may_have_64_bytes_and_any_character() {
    let server = server();
    let mut foo = labeled(&server, "foo");
    let longest = "x".repeat(64);
    foo.ask(&format!("@label={longest} PING x")).is(&format!("@label={longest} PONG … :x"));
    foo.ask(&format!("@label={longest}x PING x")).is("@ PONG … :x");
    foo.ask("@label= PING x").is("@ PONG … :x");
    foo.ask("@label PING x").is("@ PONG … :x");
    foo.ask(r"@label=a\:b\s\\ö PING x").is(r"@label=a\:b\s\\ö PONG … :x");
    foo.ask("@label=a;label=b PING x").is("@label=b PONG … :x");
    foo.ask("@Label=a PING x").is("@ PONG … :x");
}

#[test]
fn without_the_capability_a_label_is_nothing() {
    let server = server();
    server.client("foo").ask("@label=a PING x").is("@ PONG … :x");
    server.client("bar").ask("@label=a PONG").none();
}

#[test]
fn long_answers_are_one_batch_however_many_pages_they_have() {
    let server = server_with("channels.max_per_client = 700");
    let mut foo = labeled(&server, "foo");
    for first in (0..600).step_by(50) {
        let names: Vec<String> = (first..first + 50).map(|n| format!("#c{n}")).collect();
        foo.ask(&format!("JOIN {}", names.join(",")));
    }
    let answer = foo.ask("@label=list LIST");
    let inner = inside(&answer, "list");
    assert_eq!(inner.iter().filter(|line| line.command == "322").count(), 600);
    assert!(inner.last().is_some_and(|line| line.command == "323"));

    let others: Vec<Client> = (0..300).map(|n| server.client(&format!("user{n}"))).collect();
    let answer = foo.ask("@label=who WHO *");
    let inner = inside(&answer, "who");
    assert_eq!(inner.iter().filter(|line| line.command == "352").count(), others.len() + 1);
    assert!(inner.last().is_some_and(|line| line.matches("315 foo * :…")));
}

#[test]
fn what_others_do_meanwhile_is_not_inside() {
    let server = server();
    let mut foo = labeled(&server, "foo");
    let mut bar = server.client("bar");
    join(&mut [&mut foo, &mut bar], "#c");
    for n in 0..50 {
        bar.send(format!("PRIVMSG #c :{n}"));
        foo.send(format!("@label={n} WHO #c"));
    }
    bar.sync();
    let lines = foo.sync();
    assert_eq!(lines.of("PRIVMSG").len(), 50);
    for line in lines.iter() {
        assert_eq!(
            line.tags.contains_key("batch"),
            ["352", "315"].contains(&line.command.as_str()),
            "{line}"
        );
    }
    assert_eq!(lines.iter().filter(|line| line.tags.contains_key("label")).count(), 50);
}

#[test]
fn registration_itself_can_be_labeled() {
    let server = server();
    let mut foo = server.connect();
    foo.ask(&format!("CAP REQ :{CAPS}")).commands(&["CAP"]);
    foo.ask("@label=n NICK foo").is("@label=n ACK");
    foo.ask("@label=p PRIVMSG x :y").is("@label=p 451 * :…");
    foo.ask("@label=u USER foo 0 * :foo").is("@label=u ACK");
    let welcome = foo.ask("@label=e CAP END");
    let inner = inside(&welcome, "e");
    assert!(inner[0].matches("001 foo :…") && inner.last().is_some_and(|line| line.command == "422"));
}

#[test]
fn leaving_is_labeled_once() {
    let server = server();
    let mut foo = labeled(&server, "foo");
    foo.send("@label=x QUIT :bye");
    let sent = foo.rest();
    assert_eq!(sent.iter().filter(|line| line.tags.contains_key("label")).count(), 1);
    assert!(sent.last().is_some_and(|line| line.command == "ERROR"));
}

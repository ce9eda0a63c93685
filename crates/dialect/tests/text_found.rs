//! Scripts of the text dialects that once led to something that must not be.

use dialect::fuzzing::text::{Stage, trial, unescaped};
use dialect::packet::wire::Packet;

#[test]
fn the_end_of_a_long_text_never_makes_a_plain_client_leave() {
    // What a `line` user says begins with `<guest50001> ` there, and a unit has 1022 bytes.
    holds(&format!("la\n0\"{}exit;", "x".repeat(1022 - 13)));
    holds(&format!("laG\n0\"{}exit;", "x".repeat(1022 - 13)));
}

#[test]
fn requests_before_the_password_are_not_kept() {
    let many = "list".repeat(30);
    holds(&format!("tP{}\n0\"/pass letmein\n0 here", format!("\n0:{many}").repeat(200)));
}

/// Its first name is taken, so it asks twice, and the datagram comes in between.
#[test]
fn a_datagram_to_a_newcomer_does_not_turn_it_away() {
    let heard = heard("ggN\n0~\n1~\nA@0hi", 1);
    assert!(heard.contains("192.0.2.2:50000 is online\n"), "{heard}");
    assert!(!heard.contains("not known here"), "{heard}");
}

#[test]
fn a_command_that_is_too_long_for_words_in_packets_is_answered() {
    let words = "\n0p2bob=a_word_of_some_length".repeat(300);
    let heard = heard(&format!("pl\n0p1bob=\n0p2bob=/me{words}\n0~"), 0);
    assert!(heard.contains("that command is too long"), "{heard}");
}

#[test]
fn a_newcomer_is_not_told_twice_what_is_said_while_it_enters() {
    holds("ll\n0\"/join dev\n1\"/join dev\n0\"/part dev\n0 wait\n1 one\n0!\n@\"/join dev\nA two");
}

#[test]
fn a_lobby_whose_name_was_written_otherwise_is_the_lobby() {
    let heard = heard("iglL\n1~\n2\"hello", 1);
    assert!(
        heard.contains("192.0.2.2:50002 is online\n") && heard.ends_with(": guest50003: hello"),
        "{heard}"
    );
}

#[test]
fn what_is_sent_to_an_id_with_a_slash_is_not_said_aloud() {
    for text in ["//etc/passwd", "/me whispers"] {
        let script = format!("tlt\n0:send#2#{text}\n0~");
        let (one, other) = (heard(&script, 1), heard(&script, 2));
        let word = &text[text.len() - 5..];
        assert!(one.contains(word) && !other.contains(word), "{one}\n{other}");
    }
}

#[test]
fn what_one_group_client_is_told_alone_is_shown_as_it_is_meant() {
    for (typed, datagram) in
        [("/msg guest50001 <b>", "<\u{200b}b>"), ("/msg guest50001 hi", "hi"), ("/nick ann", "")]
    {
        let mut stage = played(&format!("gl\n0~\n1\"{typed}"));
        assert_eq!(stage.heard(1).map(|_| ()), Ok(()));
        let got: Vec<_> = stage.datagrams(0).into_iter().map(|(_, bytes)| bytes).collect();
        assert_eq!(String::from_utf8_lossy(&got.concat()), datagram);
    }
    let mut stage =
        played("gi\n0~\n1:PRIVMSG guest50001 :\\x01ACTION waves\\x01\n1:PRIVMSG guest50001 :\\x02");
    assert_eq!(stage.heard(1).map(|_| ()), Ok(()));
    let got: Vec<_> = stage.datagrams(0).into_iter().map(|(_, bytes)| bytes).collect();
    assert_eq!(got, [b"* irc1 waves"], "and nothing for nothing that can be shown");
}

#[test]
fn a_datagram_does_not_end_a_character_of_the_connection() {
    // 你 in two reads, and a datagram between them.
    let heard = heard("lg\n1~\n1:\\xe4\\xbd\n1@0psst\n1:\\xa0", 0);
    assert!(heard.contains("*guest50002* psst") && heard.contains("<guest50002> 你"), "{heard}");
}

#[test]
fn commands_among_too_many_lines_are_not_said_aloud() {
    let lines = "line\\n".repeat(16);
    let script = format!("gl\n0~\n0:{lines}one\\n/msg nobody secret\\n//two\\nthree");
    let (other, own) = (heard(&script, 1), heard(&script, 0));
    assert!(other.ends_with("<guest50001> one /two three\r\n"), "{other}");
    assert!(own.ends_with("-- too much at once: 1 commands behind it were not taken"), "{own}");
}

#[test]
fn who_was_nowhere_is_told_where_it_is() {
    let heard = heard("a\n0\"/part\n0\"/join dev", 0);
    assert_eq!(heard, "-- you have left #lobby-- you are in #dev now");
}

#[test]
fn who_quits_is_not_told_that_it_has_left() {
    let heard = heard("l\n0\"/quit bye", 0);
    assert!(heard.ends_with("/quit leaves.\r\n-- bye\r\n"), "{heard}");
}

#[test]
fn no_piece_of_a_long_text_is_taken_for_a_request_between_programs() {
    holds(&format!("lgM\n1~\n1 {}hello", "\\x01 ".repeat(55)));
}

#[test]
fn the_scripts_that_fuzzing_begins_with_hold() {
    for script in [
        &include_bytes!("../../../fuzz/seeds/text_session/talk")[..],
        include_bytes!("../../../fuzz/seeds/text_session/locked"),
    ] {
        assert_eq!(trial(script), Ok(()));
    }
}

#[test]
fn nobody_is_taken_for_the_server_by_packet_users() {
    for script in [
        "pp\n0p1bob=\n1p1saloon=\n1\"hi",
        "pp\n0p1bob=\n1p1 Saloon =\n1\"hi",
        "pl\n0p1bob=\n1\"/nick saloon\n1\"hi",
    ] {
        let mut stage = played(script);
        let units = stage.heard(0).expect("all stays true");
        let last = units.last().and_then(|unit| Packet::decode(unit).ok()).expect("there is a packet");
        assert_eq!(last.text, b"hi");
        assert!(!last.name.trim_ascii().eq_ignore_ascii_case(b"saloon"), "{script}");
    }
}

#[test]
fn many_requests_in_one_read_are_answered_up_to_a_point() {
    let script = format!("t\n0:{}\n0~", "list".repeat(1000));
    let told = heard(&script, 0);
    assert_eq!(told.matches("LISTID : 0").count(), 32);
    assert!(told.ends_with("too much at once: the rest of it was not taken"), "{told}");
}

fn holds(script: &str) {
    assert_eq!(trial(script.as_bytes()), Ok(()), "{script}");
}

/// What a seat has been sent by the end of a script.
fn heard(script: &str, seat: usize) -> String {
    let mut stage = played(script);
    String::from_utf8_lossy(&stage.heard(seat).expect("all stays true").concat()).replace('\0', "")
}

fn played(script: &str) -> Stage {
    let mut lines = script.lines();
    let mut stage = Stage::new(lines.next().unwrap_or_default().as_bytes()).expect("everyone connects");
    for step in lines.map(str::as_bytes) {
        assert_eq!(stage.step(step[0], step[1], &unescaped(&step[2..])), Ok(()), "{script}");
    }
    stage
}

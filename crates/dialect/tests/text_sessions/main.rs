//! Single exchanges with the sessions of the text dialects: what somebody types, and what everyone is sent.

mod accounts;
mod history;
mod played;
mod talk;
mod voices;

use dialect::fuzzing::text::Stage;

use played::{arrived, drain, enter, play, shown, words};

/// The letters of all text dialects.
const ALL: [char; 5] = ['l', 'p', 'a', 'g', 't'];

#[test]
fn every_command_is_answered_in_every_dialect() {
    for (typed, answer) in [
        ("/nick ann", &["you are called ann now"][..]),
        ("/NICK  ann  b", &["you are called ann now"]),
        ("/nick 9ann", &[NAMES]),
        ("/nick", &["write /nick NAME"]),
        ("/join dev", &["you are in #dev now"]),
        ("/join #dev", &["you are in #dev now"]),
        ("/join lobby", &["you speak in #lobby now"]),
        ("/join a,b", &["a room's name has no spaces or commas and is at most 64 long"]),
        ("/join", &["write /join ROOM"]),
        ("/part", &["you have left #lobby"]),
        ("/part lobby", &["you have left #lobby"]),
        ("/part dev", &["there is no room #dev: /list shows those there are"]),
        ("/msg nobody hi", &["nobody here is called nobody: /who shows who is"]),
        ("/msg nobody", &["write /msg NICK TEXT"]),
        ("/me", &["write /me WAVES"]),
        ("/who dev", &["there is nobody to be seen in #dev"]),
        ("/list", &["#lobby (1)"]),
        ("/topic", &["#lobby has no topic"]),
        ("/topic tea", &["guest50001 set the topic of #lobby: tea"]),
        ("/pass x", &["no password is needed"]),
        ("/dance a b", &["there is no command /dance: /help shows those there are"]),
        ("/", &["there is no command /: /help shows those there are"]),
    ] {
        for dialect in ALL {
            let mut stage = arrived(&dialect.to_string());
            play(&mut stage, &format!("0\"{typed}"));
            let mut told = words(dialect, &mut stage, 0);
            told.retain(|line| line != "alone for now");
            assert_eq!(told, answer, "{typed} in {dialect}");
        }
    }
}

#[test]
fn a_newcomer_is_told_who_is_here_in_the_way_of_its_dialect() {
    for (letters, enter, told, left) in [
        ("lp", "1p1ann=", &["1 guest50001: "][..], Some("3 guest50001: guest50001 离开了聊天")),
        ("la", "1~", &[], Some("-- guest50001 has left")),
        ("aa", "1~", &[], None),
        ("lg", "1~", &["192.0.2.2:50002 is online", "127.0.0.1:21000 is online"], Some(OFFLINE)),
        ("lt", "1~", &["Reply Message From Server!"], Some("SEND 0 127.0.0.1:6670 -- guest50001 has left")),
        ("tt", "1~", &["Reply Message From Server!"], None),
    ] {
        let mut stage = Stage::new(letters.as_bytes()).expect("everyone connects");
        play(&mut stage, enter);
        assert_eq!(shown(&mut stage, 1), told, "{letters}");
        play(&mut stage, "0x");
        assert_eq!(shown(&mut stage, 1).pop().as_deref(), left, "{letters}");
    }
    let mut stage = Stage::new(b"ll").expect("everyone connects");
    let told = words('l', &mut stage, 1);
    assert_eq!(told[0], "Welcome to Saloon. You are guest50002 in #lobby, with guest50001.");
}

#[test]
fn the_time_who_is_here_and_the_help_are_told_in_every_dialect() {
    for (dialect, user) in ALL.into_iter().zip(["line", "packet", "plain", "group", "tagged"]) {
        let mut stage = arrived(&format!("{dialect}i"));
        play(&mut stage, "0\"/who");
        let who = [
            "2 in #lobby:".to_owned(),
            "   1 @irc1 (irc1@host2, someone on IRC)".to_owned(),
            format!("   2 guest50001 ({user}@host1)"),
        ];
        assert_eq!(words(dialect, &mut stage, 0), who);
        play(&mut stage, "0\"/time");
        let [time] = &words(dialect, &mut stage, 0)[..] else { panic!("one line of time") };
        assert!(time.starts_with("Tue Nov 14 22:13:2") && time.ends_with(" 2023"), "{time}");
        play(&mut stage, "0\"/help");
        let help = words(dialect, &mut stage, 0);
        assert_eq!(help.len(), 18, "{help:?}");
        assert_eq!(help[3], "/msg NICK TEXT              tell only one person");
    }
}

#[test]
fn who_quits_is_let_go_in_the_way_of_its_dialect() {
    for (dialect, last) in ALL.into_iter().zip([&["bye"][..], &[], &["exit;"], &[], &[]]) {
        let mut stage = arrived(&format!("{dialect}l"));
        play(&mut stage, "0\"/quit good night");
        assert_eq!(words(dialect, &mut stage, 0), last, "{dialect}");
        assert_eq!(words('l', &mut stage, 1), ["guest50001 has left (good night)"]);
    }
}

#[test]
fn only_what_is_no_command_is_said_aloud() {
    for (typed, said) in [
        ("hello", &["<guest50001> hello"][..]),
        ("//nick", &["<guest50001> /nick"]),
        ("/dance", &[]),
        ("/help", &[]),
        ("/me waves", &["* guest50001 waves"]),
    ] {
        for dialect in ALL {
            let mut stage = arrived(&format!("{dialect}l"));
            play(&mut stage, &format!("0\"{typed}"));
            assert_eq!(words('l', &mut stage, 1), said, "{typed} in {dialect}");
        }
    }
}

#[test]
fn a_guest_whose_name_is_taken_gets_another() {
    for dialect in ["l", "a", "t"] {
        let mut stage = Stage::new(format!("{dialect}{dialect}lN").as_bytes()).expect("everyone connects");
        play(&mut stage, "2\"/who");
        let people = words('l', &mut stage, 2);
        let names: Vec<&str> =
            people.iter().rev().take(3).filter_map(|line| line.split(' ').nth(4)).collect();
        assert_eq!(names, ["guest50000_2", "guest50000_1", "@guest50000"], "{people:?}");
    }
    let mut stage = Stage::new(b"ppl").expect("everyone connects");
    play(&mut stage, "0p1ann=\n1p1ann=\n1\"hi");
    let told = words('l', &mut stage, 2);
    assert!(told.ends_with(&["ann_1 has joined #lobby".to_owned(), "<ann_1> hi".to_owned()]), "{told:?}");
}

#[test]
fn a_password_is_asked_for_in_every_dialect() {
    for dialect in ALL {
        let mut stage = Stage::new(format!("{dialect}P").as_bytes()).expect("everyone connects");
        play(&mut stage, &enter(dialect));
        let asked = "this server needs a password: type /pass SECRET";
        assert_eq!(words(dialect, &mut stage, 0), [asked], "{dialect}");
        for (typed, answer) in [
            ("hello", asked),
            ("/who", asked),
            ("/pass", asked),
            ("/pass wrong", "that is not the password"),
            ("/join dev", asked),
        ] {
            play(&mut stage, &format!("0\"{typed}"));
            assert_eq!(words(dialect, &mut stage, 0), [answer], "{typed} in {dialect}");
        }
        play(&mut stage, "0\"/pass letmein");
        drain(&mut stage, 1);
        play(&mut stage, "0\"/list");
        assert_eq!(words(dialect, &mut stage, 0), ["#lobby (1)"], "{dialect}");
    }
}

#[test]
fn what_comes_before_its_user_is_in_the_lobby_is_said_there() {
    for (script, said) in [
        ("gl\n0:hello", "<guest50001> hello"),
        ("pl\n0p2ann=hello", "<ann> hello"),
        ("glP\n1\"/pass letmein\n0~\n0:/pass letmein\\nhello", "<guest50001> hello"),
        ("alP\n1\"/pass letmein\n0:/pass letmein\\nhello", "<guest50001> hello"),
        ("glPS\n1\"/pass letmein\n1v\n0~\n0:/pass letmein\\nhello\n0v", "<guest50001> hello"),
    ] {
        let (letters, script) = script.split_once('\n').expect("there are steps");
        let mut stage = Stage::new(letters.as_bytes()).expect("everyone connects");
        play(&mut stage, script);
        assert_eq!(words('l', &mut stage, 1).pop().as_deref(), Some(said), "{script}");
    }
}

#[test]
fn what_is_declined_is_explained() {
    for (irc, typed, answer) in [
        ("MODE #lobby +m", "hello", "you can't speak in #lobby: only those with a voice may"),
        ("JOIN #x\\nMODE #x +i", "/join x", "#x is for the invited only"),
        ("JOIN #x\\nMODE #x +k key", "/join x", "#x needs a key"),
        ("JOIN #x\\nMODE #x +l 1", "/join x", "#x is full"),
        ("JOIN #x\\nMODE #x +b *!*@*", "/join x", "you are banned from #x"),
        ("JOIN #x", "/part x", "you are not in #x: /join #x"),
        ("PING x", "/topic tea", "only the operators of #lobby may do that"),
        ("PING x", "/nick irc1", "somebody is called irc1 already"),
        ("PING x", "/nick NickServ", "nobody may be called NickServ"),
        ("PING x", "/part", "you have left #lobby"),
        ("KICK #lobby guest50001 :out", "hello", "you are in no room: /join ROOM"),
        ("AWAY :gone", "/msg irc1 hi", "irc1 is away: gone"),
        ("INVITE guest50001 #lobby", "/dance", "there is no command /dance: /help shows those there are"),
    ] {
        for dialect in ALL {
            let mut stage = arrived(&format!("{dialect}i"));
            play(&mut stage, &format!("1:{irc}\n0\"{typed}"));
            assert_eq!(words(dialect, &mut stage, 0).pop().as_deref(), Some(answer), "{typed} in {dialect}");
        }
    }
}

#[test]
fn who_is_put_out_or_disconnected_is_told_why() {
    for dialect in ALL {
        let mut stage = arrived(&format!("{dialect}i"));
        play(&mut stage, "1:KICK #lobby guest50001 :out");
        assert_eq!(words(dialect, &mut stage, 0), ["guest50001 was put out of #lobby by irc1: out"]);
        play(&mut stage, "1:OPER oper secret\\nKILL guest50001 :enough");
        let told = words(dialect, &mut stage, 0).concat();
        assert!(told.contains("disconnected you: enough"), "{dialect}: {told}");
        assert_eq!(told.ends_with("exit;"), dialect == 'a', "{told}");
    }
}

const NAMES: &str =
    "a name has letters, digits and -_[]{}\\|^`, begins with no digit or -, and is at most 32 long";
const OFFLINE: &str = "a user left\n127.0.0.1:21000 is offline";

//! Section 9: the lists `b`, `e` and `I`.

use crate::harness::{server, server_with};

#[test]
fn a_list_is_shown_with_who_set_what_when() {
    let server = server();
    let [mut foo, mut bar] = server.on_channel(["foo", "bar"], "#Chan");
    for (letter, entry, end) in [('b', 367, 368), ('e', 348, 349), ('I', 346, 347)] {
        foo.ask(&format!("MODE #chan +{letter}")).is(&format!("{end} foo #Chan :…"));
        foo.ask(&format!("MODE #chan +{letter} one!*@*"));
        foo.ask(&format!("MODE #chan +{letter} two!*@*"));
        bar.sync();
        for asked in [format!("+{letter}"), letter.to_string()] {
            let sent = bar.ask(&format!("MODE #chan {asked}"));
            sent.are(&[
                &format!("{entry} bar #Chan one!*@* foo… …"),
                &format!("{entry} bar #Chan two!*@* foo… …"),
                &format!("{end} bar #Chan :…"),
            ]);
            assert!(sent[0].params[4].parse::<u64>().is_ok_and(|time| time > 1_600_000_000));
        }
    }
}

#[test]
fn a_list_needs_no_privilege() {
    let server = server();
    let [mut foo, mut bar] = server.on_channel(["foo", "bar"], "#c");
    foo.ask("MODE #c +b x");
    bar.sync();
    bar.ask("MODE #c b").are(&["367 bar #c x!*@* … …", "368 bar #c :…"]);
    bar.ask("MODE #c +b").commands(&["367", "368"]);
}

#[test]
fn what_is_there_or_is_not_shows_nothing() {
    let server = server();
    let [mut foo, mut bar] = server.on_channel(["foo", "bar"], "#c");
    for letter in ['b', 'e', 'I'] {
        foo.ask(&format!("MODE #c -{letter} x")).none();
        foo.ask(&format!("MODE #c +{letter} x")).is(&format!(":foo!… MODE #c +{letter} x!*@*"));
        bar.sync().commands(&["MODE"]);
        foo.ask(&format!("MODE #c +{letter} x!*@*")).none();
        foo.ask(&format!("MODE #c +{letter} X")).none();
        foo.ask(&format!("MODE #c -{letter} X!*@*")).is(&format!(":foo!… MODE #c -{letter} x!*@*"));
        bar.sync().commands(&["MODE"]);
    }
}

#[test]
fn who_is_banned_cannot_join_until_it_is_lifted() {
    let server = server();
    let [mut foo] = server.on_channel(["foo"], "#c");
    let mut bar = server.client("bar");
    for mask in ["bar", "BAR!*@*", "*!barusr@*", "b?r!*@*", "*!*@*"] {
        foo.ask(&format!("MODE #c +b {mask}"));
        bar.ask("JOIN #c").is("474 bar #c :…");
        foo.ask(&format!("MODE #c -b {mask}"));
        bar.ask("JOIN #c").commands(&["JOIN", "353", "366"]);
        bar.ask("PART #c");
    }
}

#[test]
fn an_exception_lets_join_and_speak_in_spite_of_a_ban() {
    let server = server();
    let [mut foo] = server.on_channel(["foo"], "#c");
    let mut bar = server.client("bar");
    foo.ask("MODE #c +b *!*@*");
    bar.ask("JOIN #c").commands(&["474"]);
    foo.ask("MODE #c +e BAR!*@*");
    bar.ask("JOIN #c").commands(&["JOIN", "353", "366"]);
    bar.ask("PRIVMSG #c :hi").none();
    foo.ask("MODE #c -e bar!*@*");
    bar.sync();
    bar.ask("PRIVMSG #c :hi").is("404 bar #c :…");
}

#[test]
fn an_invite_exception_does_what_an_invitation_does_for_as_long_as_it_stands() {
    let server = server();
    let [mut foo] = server.on_channel(["foo"], "#c");
    let mut bar = server.client("bar");
    // Setting it while `+i` is off is allowed.
    foo.ask("MODE #c +I bar!*@*").is(":foo!… MODE #c +I bar!*@*");
    foo.ask("MODE #c +i");
    for _ in 0..2 {
        bar.ask("JOIN #c").commands(&["JOIN", "353", "366"]);
        bar.ask("PART #c");
    }
    foo.ask("MODE #c -I bar!*@*");
    bar.ask("JOIN #c").is("473 bar #c :…");
}

#[test]
fn a_full_list_is_478() {
    let server = server_with("limits.chan_list_modes = 3");
    let [mut foo] = server.on_channel(["foo"], "#c");
    foo.ask("MODE #c +beI a a a").commands(&["MODE"]);
    foo.ask("MODE #c +b b").is("478 foo #c b :…");
    foo.ask("MODE #c -e a");
    foo.ask("MODE #c +b b").is(":foo!… MODE #c +b b!*@*");
}

#[test]
fn a_mask_that_cannot_be_shown_is_696() {
    let server = server();
    let [mut foo] = server.on_channel(["foo"], "#c");
    foo.ask("MODE #c +b :a b").is("696 foo #c b * :…");
    foo.ask("MODE #c +b ::a").is("696 foo #c b * :…");
    foo.ask(&format!("MODE #c +b {}", "x".repeat(300))).is("696 foo #c b * :…");
    foo.ask("MODE #c b").is("368 foo #c :…");
}

#[test]
fn the_longest_mask_is_shown_whole() {
    let server = server();
    let nick = "n".repeat(32);
    let mut foo = server.client(&nick);
    let channel = format!("#{}", "c".repeat(63));
    foo.ask(&format!("JOIN {channel}"));
    let mask = "x".repeat(200);
    foo.ask(&format!("MODE {channel} +b {mask}")).is(&format!(":… MODE {channel} +b {mask}!*@*"));
    foo.ask(&format!("MODE {channel} b")).has(&format!("367 {nick} {channel} {mask}!*@* {nick}!… …"));
}

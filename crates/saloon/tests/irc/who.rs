//! Section 8, WHO; section 16, WHOX.

use crate::client::Client;
use crate::harness::{Server, join, server};

/// Some on a channel, one alone.
fn scene(server: &Server) -> (Client, Client, Client) {
    let [cool, other] = server.on_channel(["coolNick", "other"], "#chan");
    (cool, other, server.client("alone"))
}

#[test]
fn a_channel_lists_its_members() {
    let server = server();
    let (mut cool, _other, mut alone) = scene(&server);
    for mask in ["#chan", "#CHAN"] {
        let answer = cool.ask(&format!("WHO {mask}"));
        answer.commands(&["352", "352", "315"]);
        answer.has("352 coolNick #chan coolNickusr 127.0.0.1 irc.example.org coolNick H@ :0 Real coolNick");
        answer.has("352 coolNick #chan otherusr 127.0.0.1 irc.example.org other H :0 Real other");
        answer.has(&format!("315 coolNick {mask} :End of WHO list"));
    }
    alone.ask("WHO #chan").has("352 alone #chan … … … coolNick H@ :0 …");
}

#[test]
fn the_channel_asked_for_is_the_one_that_is_shown() {
    let server = server();
    let (mut cool, mut other, _alone) = scene(&server);
    join(&mut [&mut other, &mut cool], "#second");
    for (channel, flags) in [("#chan", "H@"), ("#second", "H")] {
        let answer = other.ask(&format!("WHO {channel}"));
        answer.has(&format!("352 other {channel} … … … coolNick {flags} :0 …"));
        answer.commands(&["352", "352", "315"]);
    }
}

#[test]
fn a_nickname_finds_that_user_in_any_case() {
    let server = server();
    let (_cool, mut other, mut alone) = scene(&server);
    for mask in ["coolNick", "COOLNICK"] {
        other.ask(&format!("WHO {mask}")).are(&[
            "352 other #chan coolNickusr 127.0.0.1 irc.example.org coolNick H@ :0 Real coolNick",
            &format!("315 other {mask} :End of WHO list"),
        ]);
    }
    alone.ask("WHO coolNick").are(&["352 alone * … … … coolNick H :0 …", "315 alone coolNick :…"]);
}

#[test]
fn an_invisible_user_is_found_by_its_name_only() {
    let server = server();
    let (mut cool, mut other, mut alone) = scene(&server);
    cool.ask("MODE coolNick +i").commands(&["MODE"]);
    alone.ask("WHO coolNick").commands(&["352", "315"]);
    alone.ask("WHO cool*").is("315 alone cool* :…");
    alone.ask("WHO *").lacks("352 alone … … … … coolNick … :…");
    alone.ask("WHO #chan").lacks("352 alone … … … … coolNick … :…").commands(&["352", "315"]);
    other.ask("WHO cool*").commands(&["352", "315"]);
    other.ask("WHO #chan").commands(&["352", "352", "315"]);
}

#[test]
fn a_mask_with_wildcards_is_matched_against_nicknames() {
    let server = server();
    let (_cool, mut other, _alone) = scene(&server);
    for mask in ["cool*", "*NICK", "c??lnick"] {
        other
            .ask(&format!("WHO {mask}"))
            .are(&["352 other #chan … … … coolNick H@ :0 …", &format!("315 other {mask} :…")]);
    }
}

#[test]
fn a_star_is_everyone_and_the_asker_too() {
    let server = server();
    let (_cool, mut other, _alone) = scene(&server);
    let answer = other.ask("WHO *");
    answer.commands(&["352", "352", "352", "315"]);
    answer.has("352 other #chan … … … coolNick H@ :0 …");
    answer.has("352 other #chan … … … other H :0 …");
    answer.has("352 other * … … … alone H :0 …");
    answer.has("315 other * :…");
}

#[test]
fn who_that_finds_nobody_is_just_the_end() {
    let server = server();
    let (mut cool, _other, mut alone) = scene(&server);
    for mask in ["nobody", "nobody*", "#none", "#chan,#none"] {
        alone.ask(&format!("WHO {mask}")).is(&format!("315 alone {mask} :…"));
    }
    cool.ask("MODE #chan +s").commands(&["MODE"]);
    alone.ask("WHO #chan").is("315 alone #chan :…");
    cool.ask("WHO #chan").commands(&["352", "352", "315"]);
}

#[test]
fn flags_are_away_operator_prefix_bot_in_this_order() {
    let server = server();
    let (mut cool, mut other, mut alone) = scene(&server);
    let mut flags = |flags: &str| {
        other.ask("WHO coolNick").has(&format!("352 other #chan … … … coolNick {flags} :0 …"));
        other.ask("WHO #chan").has(&format!("352 other #chan … … … coolNick {flags} :0 …"));
    };
    flags("H@");
    cool.ask("AWAY :x").commands(&["306"]);
    flags("G@");
    cool.ask("OPER operuser operpassword").commands(&["381", "MODE"]);
    flags("G*@");
    cool.ask("MODE coolNick +B").commands(&["MODE"]);
    flags("G*@B");
    alone.ask("WHO coolNick").has("352 alone * … … … coolNick G*B :0 …");
    cool.ask("AWAY").commands(&["305"]);
    cool.ask("MODE coolNick -oB").commands(&["MODE"]);
    flags("H@");
}

#[test]
fn only_multi_prefix_shows_more_than_the_highest_prefix() {
    let server = server();
    let (mut cool, mut other, _alone) = scene(&server);
    let mut multi = server.client_with("multi", "multi-prefix");
    multi.ask("JOIN #chan");
    cool.ask("MODE #chan +v coolNick").has(":coolNick!… MODE #chan +v coolNick");
    other.ask("WHO #chan").has("352 other #chan … … … coolNick H@ :0 …");
    multi.ask("WHO #chan").has("352 multi #chan … … … coolNick H@+ :0 …");
    multi.ask("WHO coolNick").has("352 multi #chan … … … coolNick H@+ :0 …");
    multi.ask("WHO coolNick %nf").has("354 multi coolNick H@+");
}

#[test]
fn whox_answers_the_fields_asked_for_in_the_order_of_the_specification() {
    let server = server();
    let (mut cool, mut other, _alone) = scene(&server);
    for fields in ["tcuihsnfdlaor", "roaldfnshiuct"] {
        other.ask(&format!("WHO coolNick %{fields},123")).are(&[
            "354 other 123 #chan coolNickusr 255.255.255.255 127.0.0.1 irc.example.org coolNick H@ 0 … 0 n/a \
             :Real coolNick",
            "315 other coolNick :…",
        ]);
    }
    cool.ask("WHO coolNick %i").are(&["354 coolNick 127.0.0.1", "315 coolNick coolNick :…"]);
    other.ask("WHO coolNick %tn,321").are(&["354 other 321 coolNick", "315 other coolNick :…"]);
    other.ask("WHO coolNick %na").are(&["354 other coolNick 0", "315 other coolNick :…"]);
    other.ask("WHO #chan %cn").commands(&["354", "354", "315"]).has("354 other #chan coolNick");
    other.ask("WHO nobody %n").is("315 other nobody :…");
}

#[test]
fn whox_ignores_unknown_letters_and_what_stands_before_the_percent_sign() {
    let server = server();
    let (_cool, mut other, _alone) = scene(&server);
    other.ask("WHO coolNick %nXYZ").has("354 other coolNick");
    other.ask("WHO coolNick xyz%n").has("354 other coolNick");
}

#[test]
fn an_address_is_for_the_user_itself_and_operators() {
    let server = server();
    let (_cool, mut other, mut alone) = scene(&server);
    alone.ask("WHO other %ni").has("354 alone 255.255.255.255 other");
    other.ask("WHO other %ni").has("354 other 127.0.0.1 other");
    alone.ask("OPER operuser operpassword").commands(&["381", "MODE"]);
    alone.ask("WHO other %ni").has("354 alone 127.0.0.1 other");
}

#[test]
fn a_mask_comes_back_as_it_was_sent() {
    let server = server();
    let mut foo = server.client("foo");
    foo.ask("WHO BaZ!*").is("315 foo BaZ!* :…");
    foo.ask("who FOO").has("315 foo FOO :…");
}

//! Section 8, WHOIS: which numerics, with which parameters, and no others.

use crate::harness::server;

#[test]
fn a_user_is_told_in_these_numerics_and_no_others() {
    let server = server();
    let mut foo = server.client("foo");
    let mut bar = server.client("bar");
    foo.ask("WHOIS bar").are(&[
        "311 foo bar barusr 127.0.0.1 * :Real bar",
        "312 foo bar irc.example.org :example server",
        "317 foo bar … … :seconds idle, signon time",
        "318 foo bar :End of /WHOIS list",
    ]);
    bar.ask("JOIN #one,#two");
    bar.ask("AWAY :on a break").commands(&["306"]);
    bar.ask("MODE bar +B").commands(&["MODE"]);
    bar.ask("OPER operuser operpassword").commands(&["381", "MODE"]);
    let whois = foo.ask("WHOIS bar");
    whois.commands(&["311", "319", "312", "313", "301", "335", "317", "318"]);
    whois.has("319 foo bar :@#one @#two");
    whois.has("313 foo bar :is an IRC operator");
    whois.has("301 foo bar :on a break");
    whois.has("335 foo bar :is a bot");
}

#[test]
fn the_user_itself_and_operators_learn_address_and_modes() {
    let server = server();
    let mut foo = server.client("foo");
    let mut bar = server.client("bar");
    foo.ask("MODE foo +i").commands(&["MODE"]);
    let private = ["338 … foo foousr@127.0.0.1 127.0.0.1 :…", "379 … foo :is using modes +i"];
    let own = foo.ask("WHOIS foo");
    own.commands(&["311", "312", "338", "379", "317", "318"]);
    for line in private {
        own.has(line);
    }
    bar.ask("WHOIS foo").commands(&["311", "312", "317", "318"]);
    bar.ask("OPER operuser operpassword").commands(&["381", "MODE"]);
    let seen = bar.ask("WHOIS foo");
    for line in private {
        seen.has(line);
    }
}

#[test]
fn times_are_numbers() {
    let server = server();
    let mut foo = server.client("foo");
    let whois = foo.ask("WHOIS foo");
    let idle = whois.has("317 foo foo … … :…");
    assert!(idle.params[2].parse::<u64>().is_ok_and(|idle| idle < 3600), "{idle}");
    assert!(idle.params[3].parse::<u64>().is_ok_and(|signon| signon > 1_600_000_000), "{idle}");
}

#[test]
fn the_first_of_two_parameters_is_ignored() {
    let server = server();
    let mut foo = server.client("foo");
    let _bar = server.client("bar");
    for first in ["irc.example.org", "bar", "nobody", ""] {
        let whois = foo.ask(&format!("WHOIS {first} bar"));
        whois.commands(&["311", "312", "317", "318"]).has("311 foo bar barusr … * :Real bar");
    }
}

#[test]
fn a_nickname_is_found_in_any_case_and_ended_as_sent() {
    let server = server();
    let mut foo = server.client("foo");
    let _bar = server.client("bar");
    let whois = foo.ask("WHOIS BAR");
    whois.has("311 foo bar … … * :…");
    assert!(whois.last().is_some_and(|line| line.matches("318 foo BAR :…")));
}

#[test]
fn an_unknown_nickname_is_401_and_318_and_nothing_more() {
    let server = server();
    let mut foo = server.client("foo");
    foo.ask("WHOIS nobody").are(&["401 foo nobody :…", "318 foo nobody :…"]);
    foo.ask("WHOIS irc.example.org nobody").are(&["401 foo nobody :…", "318 foo nobody :…"]);
    foo.ask("WHOIS b*").are(&["401 foo b* :…", "318 foo b* :…"]);
}

#[test]
fn whois_without_a_nickname_is_431() {
    let server = server();
    let mut foo = server.client("foo");
    foo.ask("WHOIS").is("431 foo :…");
    foo.ask("WHOIS :").is("431 foo :…");
}

#[test]
fn channels_of_an_invisible_user_are_those_both_are_on() {
    let server = server();
    let mut foo = server.client("foo");
    let mut bar = server.client("bar");
    bar.ask("JOIN #one,#two");
    foo.ask("WHOIS bar").has("319 foo bar :@#one @#two");
    bar.ask("MODE bar +i").commands(&["MODE"]);
    foo.ask("WHOIS bar").without(&["319"]);
    foo.ask("JOIN #two");
    foo.ask("WHOIS bar").has("319 foo bar :@#two");
    foo.ask("PART #two").commands(&["PART"]);
    bar.sync();
    bar.ask("MODE bar -i").commands(&["MODE"]);
    foo.ask("WHOIS bar").has("319 foo bar :@#one @#two");
}

#[test]
fn secret_channels_are_shown_to_their_members() {
    let server = server();
    let mut foo = server.client("foo");
    let mut bar = server.client("bar");
    bar.ask("JOIN #one,#two");
    bar.ask("MODE #one +s").commands(&["MODE"]);
    foo.ask("WHOIS bar").has("319 foo bar :@#two");
    foo.ask("JOIN #one");
    foo.ask("WHOIS bar").has("319 foo bar :@#one @#two");
    bar.ask("WHOIS bar").has("319 bar bar :@#one @#two");
}

#[test]
fn only_multi_prefix_shows_all_prefixes_of_a_member() {
    let server = server();
    let mut foo = server.client("foo");
    let mut multi = server.client_with("multi", "multi-prefix");
    foo.ask("JOIN #c");
    foo.ask("MODE #c +v foo").commands(&["MODE"]);
    foo.ask("WHOIS foo").has("319 foo foo :@#c");
    multi.ask("WHOIS foo").has("319 multi foo :@+#c");
}

#[test]
fn many_channels_take_several_lines_without_a_trailing_space() {
    let server = server();
    let mut foo = server.client("foo");
    let names: Vec<String> = (10..60).map(|n| format!("#{}{n}", "x".repeat(30))).collect();
    for names in names.chunks(10) {
        foo.ask(&format!("JOIN {}", names.join(",")));
    }
    let whois = foo.ask("WHOIS foo");
    let shown: Vec<String> = names.iter().map(|name| format!("@{name}")).collect();
    assert_eq!(whois.words("319"), shown);
}

#[test]
fn the_host_is_neither_nickname_nor_user_name_nor_real_name() {
    let server = server();
    let mut foo = server.client("foo");
    let whois = foo.ask("WHOIS foo");
    let host = &whois[0].params[3];
    assert!(!["foo", "foousr", "~foousr", "Real foo"].contains(&host.as_str()));
    assert!(host.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"_:.-".contains(&byte)), "{host}");
}

//! Section 9: modes of users and channels, and the prefixes of members.

use crate::harness::{server, server_with};

#[test]
fn one_sees_ones_own_modes_and_no_others() {
    let server = server();
    let mut foo = server.client("foo");
    let _bar = server.client("bar");
    foo.ask("MODE foo").is("221 foo +");
    foo.ask("MODE FOO +iw").commands(&["MODE"]);
    foo.ask("MODE foo").is("221 foo +iw");
    foo.ask("MODE bar").is("502 foo :Cant change mode for other users");
    foo.ask("MODE bar +i").is("502 foo :Cant change mode for other users");
    foo.ask("MODE bar +X").is("502 foo :Cant change mode for other users");
    foo.ask("MODE nobody").is("401 foo nobody :…");
    foo.ask("MODE nobody +i").is("401 foo nobody :…");
    foo.ask("MODE nobody +X").is("401 foo nobody :…");
}

#[test]
fn user_modes_show_only_what_really_changed() {
    let server = server();
    let mut foo = server.client("foo");
    foo.ask("MODE foo +i").is(":foo!foousr@… MODE foo :+i");
    foo.ask("MODE foo +i").none();
    foo.ask("MODE foo +iwB").is(":foo!… MODE foo :+wB");
    foo.ask("MODE foo -i+R-w").is(":foo!… MODE foo :-i+R-w");
    foo.ask("MODE foo -iw").none();
    foo.ask("MODE foo +o").none();
    foo.ask("MODE foo").is("221 foo +BR");
}

#[test]
fn unknown_user_modes_are_501_and_the_others_apply() {
    let server = server();
    let mut foo = server.client("foo");
    let sent = foo.ask("MODE foo +iXYw");
    sent.has(":foo!… MODE foo :+iw");
    assert!(!sent.of("501").is_empty() && sent.len() == 1 + sent.of("501").len());
    foo.ask("MODE foo +X").is("501 foo :Unknown MODE flag");
}

#[test]
fn operators_can_only_cease_to_be_one_by_mode() {
    let server = server();
    let mut foo = server.client("foo");
    foo.ask("OPER operuser operpassword").are(&["381 foo :…", ":foo!… MODE foo :+o"]);
    foo.ask("MODE foo -o").is(":foo!… MODE foo :-o");
    foo.ask("LUSERS").has("252 foo 0 :…");
    foo.ask("MODE foo +o").none();
}

#[test]
fn mode_of_a_channel_is_324_and_329_and_nothing_else() {
    let server = server();
    let [mut foo] = server.on_channel(["foo"], "#Chan");
    let sent = foo.ask("MODE #cHAN");
    sent.are(&["324 foo #Chan +nt", "329 foo #Chan …"]);
    assert!(sent[1].params[2].parse::<u64>().is_ok_and(|time| time > 1_600_000_000));
    foo.ask("MODE #chan -nt").is(":foo!… MODE #Chan -nt");
    foo.ask("MODE #chan").are(&["324 foo #Chan +", "329 foo #Chan …"]);
    foo.ask("MODE #chan +lksi 12 pass");
    foo.ask("MODE #chan").are(&["324 foo #Chan +iskl pass 12", "329 foo #Chan …"]);
}

#[test]
fn keys_are_shown_to_members_only() {
    let server = server();
    let [mut foo] = server.on_channel(["foo"], "#c");
    foo.ask("MODE #c +kl pass 12");
    let mut bar = server.client("bar");
    let sent = bar.ask("MODE #c");
    sent.commands(&["324", "329"]);
    assert!(!sent[0].raw.contains("pass"), "{}", sent[0]);
    foo.ask("MODE #c").has("324 foo #c +ntkl pass 12");
}

#[test]
fn an_unknown_channel_is_403() {
    let server = server();
    let mut foo = server.client("foo");
    for line in [
        "MODE #none",
        "MODE #none +i",
        "MODE #none +b",
        "MODE #none +b x",
        "MODE #none +o foo",
        "MODE #none +k",
    ] {
        foo.ask(line).is("403 foo #none :No such channel");
    }
}

#[test]
fn what_is_not_permitted_is_one_482_and_changes_nothing() {
    let server = server();
    let [mut foo, mut bar, mut voice] = server.on_channel(["foo", "bar", "voice"], "#c");
    foo.ask("MODE #c +v voice");
    bar.sync();
    voice.sync();
    for modes in [
        "+i", "+il 3", "+nti", "+b x", "-b x", "+o bar", "-o foo", "+v bar", "+k x", "-k", "+m+b-n x",
        "+e x", "-l",
    ] {
        bar.ask(&format!("MODE #c {modes}")).is("482 bar #c :You're not channel operator");
        voice.ask(&format!("MODE #c {modes}")).is("482 voice #c :You're not channel operator");
    }
    foo.sync().none();
    foo.ask("MODE #c").has("324 foo #c +nt");
}

#[test]
fn who_is_not_a_member_gets_442() {
    let server = server();
    let [mut foo] = server.on_channel(["foo"], "#c");
    let mut bar = server.client("bar");
    for modes in ["+i", "+b x", "+o bar", "-k x"] {
        bar.ask(&format!("MODE #c {modes}")).is("442 bar #c :…");
    }
    foo.sync().none();
}

#[test]
fn changes_are_one_line_to_all_members_in_order() {
    let server = server();
    let [mut foo, mut bar] = server.on_channel(["foo", "bar"], "#Chan");
    let line = ":foo!foousr@… MODE #Chan +imv-t+l bar 5";
    foo.ask("MODE #chan +imv-t+l bar 5").is(line);
    bar.sync().is(line);
    foo.ask("MODE #chan -imn").is(":foo!… MODE #Chan -imn");
    bar.sync().is(":foo!… MODE #Chan -imn");
}

#[test]
fn only_what_took_effect_is_shown() {
    let server = server();
    let [mut foo, mut bar] = server.on_channel(["foo", "bar"], "#c");
    foo.ask("MODE #c +nti").is(":foo!… MODE #c +i");
    foo.ask("MODE #c +nti").none();
    foo.ask("MODE #c -ms").none();
    foo.ask("MODE #c +o foo").none();
    foo.ask("MODE #c -v bar").none();
    foo.ask("MODE #c -kl").none();
    bar.sync().is(":foo!… MODE #c +i");
}

#[test]
fn an_unknown_letter_is_472_and_the_others_apply() {
    let server = server();
    let [mut foo] = server.on_channel(["foo"], "#c");
    foo.ask("MODE #c +X").is("472 foo X :is unknown mode char to me");
    let sent = foo.ask("MODE #c +iXm");
    sent.has(":foo!… MODE #c +im");
    sent.has("472 foo X :…");
    assert_eq!(sent.len(), 2);
    foo.ask("MODE #c -é").is("472 foo é :…");
}

#[test]
fn modes_without_a_needed_parameter_are_ignored() {
    let server = server();
    let [mut foo] = server.on_channel(["foo"], "#c");
    for modes in ["+k", "+l", "+kl", "+o", "+v-h", "+"] {
        foo.ask(&format!("MODE #c {modes}")).none();
    }
    foo.ask("MODE #c +lki").is(":foo!… MODE #c +i");
}

#[test]
fn any_number_of_modes_may_be_in_one_command() {
    let server = server();
    let mut foo = server.client("foo");
    foo.ask("JOIN #c");
    let masks: Vec<String> = (0..12).map(|n| format!("m{n}!*@*")).collect();
    let line = format!("MODE #c +bbbbbbbbbbbb {}", masks.join(" "));
    foo.ask(&line).is(&format!(":foo!… {line}"));
}

#[test]
fn bad_keys_are_696_and_never_shown() {
    let server = server();
    let [mut foo] = server.on_channel(["foo"], "#c");
    for key in [":", ":two words", ":a b,c", "a,b", "::secret", &"k".repeat(51)] {
        let sent = foo.ask(&format!("MODE #c +k {key}"));
        let bare = key.trim_start_matches(':');
        assert!(bare.is_empty() || !sent.is("696 foo #c k * :…").raw.contains(bare), "{}", sent[0]);
    }
    foo.ask("MODE #c").has("324 foo #c +nt");
    let longest = "k".repeat(50);
    foo.ask(&format!("MODE #c +k {longest}")).is(&format!(":foo!… MODE #c +k {longest}"));
}

#[test]
fn a_key_is_taken_away_with_any_parameter_or_none() {
    let server = server();
    let [mut foo] = server.on_channel(["foo"], "#c");
    let mut bar = server.client("bar");
    for taken in ["MODE #c -k", "MODE #c -k pass", "MODE #c -k wrong", "MODE #c -k *"] {
        foo.ask("MODE #c +k pass").is(":foo!… MODE #c +k pass");
        let sent = foo.ask(taken);
        assert!(sent.len() == 1 && sent[0].params[1] == "-k", "{:?}", &sent[..]);
        bar.ask("JOIN #c").commands(&["JOIN", "353", "366"]);
        bar.ask("PART #c");
        foo.sync().commands(&["JOIN", "PART"]);
    }
}

#[test]
fn a_key_may_be_replaced() {
    let server = server();
    let [mut foo] = server.on_channel(["foo"], "#c");
    foo.ask("MODE #c +k one");
    foo.ask("MODE #c +k two").is(":foo!… MODE #c +k two");
    foo.ask("MODE #c +k two").none();
    let mut bar = server.client("bar");
    bar.ask("JOIN #c one").is("475 bar #c :…");
    bar.ask("JOIN #c two").commands(&["JOIN", "353", "366"]);
}

#[test]
fn bad_limits_are_696() {
    let server = server();
    let [mut foo] = server.on_channel(["foo"], "#c");
    for limit in ["0", "-1", "x", "12x", "1.5", "99999999999999999999"] {
        foo.ask(&format!("MODE #c +l {limit}")).is(&format!("696 foo #c l {limit} :…"));
    }
    foo.ask("MODE #c +l :").is("696 foo #c l * :…");
    foo.ask("MODE #c +l :a b").is("696 foo #c l * :…");
    foo.ask("MODE #c +li 0").are(&[":foo!… MODE #c +i", "696 foo #c l 0 :…"]);
    foo.ask("MODE #c").has("324 foo #c +int");
}

#[test]
fn a_limit_below_the_present_count_removes_nobody() {
    let server = server();
    let [mut foo, mut bar] = server.on_channel(["foo", "bar"], "#c");
    foo.ask("MODE #c +l 1").is(":foo!… MODE #c +l 1");
    bar.sync().is(":foo!… MODE #c +l 1");
    assert_eq!(foo.ask("NAMES #c").words("353"), ["@foo", "bar"]);
    foo.ask("MODE #c -l").is(":foo!… MODE #c -l");
    server.client("baz").ask("JOIN #c").commands(&["JOIN", "353", "366"]);
}

#[test]
fn a_prefix_for_nobody_is_401_and_for_no_member_441() {
    let server = server();
    let [mut foo] = server.on_channel(["foo"], "#c");
    let _bar = server.client("Bar");
    foo.ask("MODE #c +o nobody").is("401 foo nobody :…");
    foo.ask("MODE #c -v nobody").is("401 foo nobody :…");
    foo.ask("MODE #c +o bar").is("441 foo Bar #c :…");
    foo.ask("MODE #c +ov nobody nobody").is("401 foo nobody :…");
}

#[test]
fn a_prefix_is_shown_with_the_nick_in_its_own_case() {
    let server = server();
    let [mut foo, mut bar] = server.on_channel(["foo", "Bar"], "#c");
    foo.ask("MODE #c +o bAR").is(":foo!… MODE #c +o Bar");
    bar.sync().is(":foo!… MODE #c +o Bar");
    bar.ask("MODE #c -o FOO").is(":Bar!… MODE #c -o foo");
    foo.sync();
    foo.ask("MODE #c +i").is("482 foo #c :…");
}

#[test]
fn everyone_may_take_away_the_own_prefix() {
    let server = server();
    let [mut foo, mut bar] = server.on_channel(["foo", "bar"], "#c");
    let mut oper = server.client("oper");
    oper.ask("OPER operuser operpassword");
    for prefix in ["q", "a", "o", "h", "v"] {
        oper.ask(&format!("SAMODE #c +{prefix} bar"));
        bar.sync();
        bar.ask(&format!("MODE #c -{prefix} bar")).is(&format!(":bar!… MODE #c -{prefix} bar"));
    }
    foo.sync();
}

#[test]
fn prefixes_are_given_by_those_who_may() {
    let server = server();
    let [_foo, mut bar, mut baz] = server.on_channel(["foo", "bar", "baz"], "#c");
    let mut oper = server.client("oper");
    oper.ask("OPER operuser operpassword");
    for (rank, gives) in [("q", "qaohv"), ("a", "ohv"), ("o", "ohv"), ("h", "v"), ("v", "")] {
        oper.ask(&format!("SAMODE #c +{rank} bar"));
        baz.sync();
        bar.sync();
        for prefix in "qaohv".chars() {
            for change in [format!("+{prefix} baz"), format!("-{prefix} baz")] {
                let sent = bar.ask(&format!("MODE #c {change}"));
                match gives.contains(prefix) {
                    true => sent.is(&format!(":bar!… MODE #c {change}")),
                    false => sent.is("482 bar #c :…"),
                };
            }
        }
        oper.ask(&format!("SAMODE #c -{rank} bar"));
    }
}

#[test]
fn names_show_the_prefix_of_each_rank() {
    let server = server();
    let [mut foo, _q, _a, _o, _h, _v] = server.on_channel(["foo", "q", "a", "o", "h", "v"], "#c");
    let mut oper = server.client("oper");
    oper.ask("OPER operuser operpassword");
    oper.ask("SAMODE #c +qaohv q a o h v").is(":oper!… MODE #c +qaohv q a o h v");
    foo.sync();
    assert_eq!(foo.ask("NAMES #c").words("353"), ["%h", "&a", "+v", "@foo", "@o", "~q"]);
}

#[test]
fn default_user_modes_are_set_on_every_new_user() {
    let server = server_with("server.default_user_modes = \"+w\"");
    server.client("foo").ask("MODE foo").is("221 foo +w");
}

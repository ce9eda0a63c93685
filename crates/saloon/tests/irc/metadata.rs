//! Section 27: facts about users and channels.

use crate::harness::{join, server};

const CAPS: &str = "batch labeled-response draft/metadata-3";

#[test]
fn a_fact_is_set_read_and_removed() {
    let server = server();
    let mut foo = server.client_with("foo", CAPS);
    let mut bar = server.client_with("bar", CAPS);
    foo.ask("@label=x METADATA * SET url :http://a b").is("@label=x 761 foo foo url * :http://a b");
    bar.ask("METADATA FOO GET url other BAD").are(&[
        "BATCH … metadata foo",
        "@batch=… 761 bar foo url * :http://a b",
        "@batch=… 766 bar foo other :key not set",
        "@batch=… FAIL METADATA INVALID_KEY BAD :…",
        "BATCH …",
    ]);
    bar.ask("METADATA foo LIST").are(&["BATCH … metadata foo", "761 bar foo url * :http://a b", "BATCH …"]);
    bar.ask("WHOIS foo").has("760 bar foo url * :http://a b");
    foo.ask("METADATA * SET url").is("766 foo foo url :key not set");
    bar.ask("METADATA foo LIST").are(&["BATCH … metadata foo", "BATCH …"]);
    foo.ask("METADATA * SET a :1");
    foo.ask("METADATA * CLEAR").are(&["BATCH … metadata foo", "766 foo foo a :key not set", "BATCH …"]);
}

#[test]
fn subscriptions_are_told_of_changes_outside_a_batch() {
    let server = server();
    let mut foo = server.client_with("foo", CAPS);
    let mut bar = server.client_with("bar", CAPS);
    let mut baz = server.client_with("baz", CAPS);
    bar.ask("METADATA * SUB url avatar").has("770 bar url avatar");
    bar.ask("METADATA * SUBS").has("772 bar avatar url");
    join(&mut [&mut foo, &mut bar, &mut baz], "#c");
    foo.ask("METADATA * SET url :x").is("761 foo foo url * :x");
    bar.sync().is("@ 761 … foo url * :x");
    baz.sync().none();
    foo.ask("METADATA * SET url :x");
    bar.sync().none();
    foo.ask("METADATA * SET other :x");
    bar.sync().none();
    foo.ask("METADATA * SET url");
    bar.sync().is("766 … foo url :…");
    bar.ask("METADATA * UNSUB url").is("771 bar url");
    foo.ask("METADATA * SET url :y");
    bar.sync().none();
}

#[test]
fn channels_are_for_members_to_read_and_for_operators_to_change() {
    let server = server();
    let mut foo = server.client_with("foo", CAPS);
    let mut bar = server.client_with("bar", CAPS);
    let mut baz = server.client_with("baz", CAPS);
    join(&mut [&mut foo, &mut bar], "#c");
    foo.ask("METADATA #c SET url :x").is("761 foo #c url * :x");
    bar.ask("METADATA #c GET url").has("761 bar #c url * :x");
    bar.ask("METADATA #c SET url :y").is("FAIL METADATA KEY_NO_PERMISSION #c url :…");
    bar.ask("METADATA foo SET url :y").is("FAIL METADATA KEY_NO_PERMISSION foo url :…");
    baz.ask("METADATA #c LIST").is("FAIL METADATA KEY_NO_PERMISSION #c * :…");
    baz.ask("METADATA nobody LIST").is("FAIL METADATA INVALID_TARGET nobody :…");
    baz.ask("METADATA #none GET url").is("FAIL METADATA INVALID_TARGET #none :…");
}

#[test]
fn on_joining_one_is_told_what_is_set_there() {
    let server = server();
    let mut foo = server.client_with("foo", CAPS);
    let mut bar = server.client_with("bar", CAPS);
    foo.ask("METADATA * SET url :me");
    join(&mut [&mut foo], "#c");
    foo.ask("METADATA #c SET url :here");
    bar.ask("METADATA * SUB url");
    let lines = bar.ask("JOIN #c");
    lines.commands(&["JOIN", "353", "366", "BATCH", "761", "761", "BATCH"]);
    lines.has("761 bar #c url * :here");
    lines.has("761 bar foo url * :me");
    bar.ask("METADATA #c SYNC").commands(&["BATCH", "761", "761", "BATCH"]);
    bar.ask("METADATA *ALL SYNC").commands(&["BATCH", "761", "761", "BATCH"]);
}

#[test]
fn before_registration_one_may_speak_of_oneself() {
    let server = server();
    let mut foo = server.connect();
    foo.send("CAP LS 302");
    foo.send(format!("CAP REQ :{CAPS}"));
    foo.sync();
    foo.ask("METADATA * SET url :x").is("761 * * url * :x");
    foo.ask("METADATA * GET url").has("761 * * url * :x");
    foo.ask("METADATA bar LIST").is("FAIL METADATA INVALID_TARGET bar :…");
    foo.send("CAP END");
    let welcome = foo.register("foo");
    welcome.has("761 foo foo url * :x");
    let place = |command: &str| welcome.iter().position(|line| line.command == command);
    assert!(place("761") < place("422") && place("004") < place("761"));
}

#[test]
fn limits_are_told() {
    let server =
        crate::harness::server_with("metadata = { max_keys = 1, max_subs = 1, max_value_bytes = 5 }");
    let mut foo = server.client_with("foo", CAPS);
    foo.ask("METADATA * SET a :12345").commands(&["761"]);
    foo.ask("METADATA * SET a :123456").is("FAIL METADATA INVALID_VALUE a :…");
    foo.ask("METADATA * SET b :1").is("FAIL METADATA LIMIT_REACHED foo 1 :…");
    foo.ask("METADATA * SUB a b").has("FAIL METADATA LIMIT_REACHED b 1 :…");
    foo.ask("METADATA * NONE").is("FAIL METADATA INVALID_PARAMS NONE :…");
}

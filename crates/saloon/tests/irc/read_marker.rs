//! Section 26: how far one has read.

use crate::harness::server;

const EARLY: &str = "timestamp=2020-01-01T00:00:00.000Z";
const LATE: &str = "timestamp=2021-01-01T00:00:00.123Z";

#[test]
fn a_marker_is_told_and_never_goes_back() {
    let server = server();
    let mut foo = server.client_with("foo", "draft/read-marker");
    foo.ask("MARKREAD #c").is("MARKREAD #c *");
    foo.ask(&format!("MARKREAD #c {EARLY}")).is(&format!("MARKREAD #c {EARLY}"));
    foo.ask(&format!("MARKREAD #c {LATE}")).is(&format!("MARKREAD #c {LATE}"));
    foo.ask(&format!("MARKREAD #c {EARLY}")).is(&format!("MARKREAD #c {LATE}"));
    foo.ask("MARKREAD #c").is(&format!("MARKREAD #c {LATE}"));
    foo.ask("MARKREAD bar").is("MARKREAD bar *");
}

#[test]
fn on_joining_it_stands_before_the_end_of_the_names() {
    let server = server();
    let mut foo = server.client_with("foo", "draft/read-marker");
    foo.ask("JOIN #c").are(&[":foo!… JOIN #c", "MARKREAD #c *", "353 foo = #c :@foo", "366 foo #c :…"]);
    foo.ask(&format!("MARKREAD #c {LATE}"));
    foo.ask("TOPIC #c :t");
    let mut bar = server.client("bar");
    bar.ask("JOIN #c");
    foo.ask("PART #c");
    foo.ask("JOIN #c").are(&[
        ":foo!… JOIN #c",
        "332 foo #c :t",
        "333 foo #c … …",
        &format!("MARKREAD #c {LATE}"),
        "353 foo = #c :…",
        "366 foo #c :…",
    ]);
    let mut baz = server.client_with("baz", "draft/read-marker no-implicit-names");
    baz.ask("JOIN #d").are(&[":baz!… JOIN #d", "MARKREAD #d *"]);
    server.client("old").ask("JOIN #e").without(&["MARKREAD"]);
}

#[test]
fn others_are_never_told() {
    let server = server();
    let mut foo = server.client_with("foo", "draft/read-marker");
    let mut bar = server.client_with("bar", "draft/read-marker");
    foo.ask(&format!("MARKREAD #c {LATE}"));
    bar.sync().none();
    bar.ask("MARKREAD #c").is("MARKREAD #c *");
}

#[test]
fn what_is_no_marker_is_refused() {
    let server = server();
    let mut foo = server.client("foo");
    foo.ask("MARKREAD").is("FAIL MARKREAD NEED_MORE_PARAMS :…");
    foo.ask("MARKREAD #c *").is("FAIL MARKREAD INVALID_PARAMS #c :…");
    foo.ask("MARKREAD *").is("FAIL MARKREAD INVALID_PARAMS * :…");
    foo.ask(&format!("MARKREAD * {LATE}")).is("FAIL MARKREAD INVALID_PARAMS * :…");
    foo.ask("MARKREAD #c timestamp=yesterday").is("FAIL MARKREAD INVALID_PARAMS #c :…");
}

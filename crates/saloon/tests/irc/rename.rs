//! Section 28: other names for channels.

use crate::harness::{join, server};

#[test]
fn who_knows_renames_is_told_and_others_part_and_join() {
    let server = server();
    let mut foo = server.client_with("foo", "draft/channel-rename");
    let mut bar = server.client("bar");
    join(&mut [&mut foo, &mut bar], "#old");
    foo.ask("TOPIC #old :t");
    bar.sync();
    foo.ask("RENAME #old #new :better").is(":foo!… RENAME #old #new :better");
    bar.sync().are(&[
        ":bar!… PART #old :better",
        ":bar!… JOIN #new",
        "332 bar #new :t",
        "333 bar #new … …",
        "353 bar = #new :…",
        "366 bar #new :…",
    ]);
    bar.ask("PRIVMSG #new :hi").none();
    foo.sync().is(":bar!… PRIVMSG #new :hi");
    bar.ask("JOIN #old").are(&[":bar!… JOIN #old", "353 bar = #old :@bar", "366 bar #old :…"]);
}

#[test]
fn a_change_of_case_alone_is_told_to_who_knows_renames_only() {
    let server = server();
    let mut foo = server.client_with("foo", "draft/channel-rename");
    let mut bar = server.client("bar");
    join(&mut [&mut foo, &mut bar], "#old");
    foo.ask("RENAME #old #OLD").is(":foo!… RENAME #old #OLD :");
    bar.sync().none();
    bar.ask("NAMES #old").has("353 bar = #OLD :…");
}

#[test]
fn a_rename_needs_a_channel_one_runs_and_a_name_that_is_free() {
    let server = server();
    let mut foo = server.client_with("foo", "draft/channel-rename");
    let mut bar = server.client("bar");
    join(&mut [&mut foo, &mut bar], "#c");
    bar.ask("JOIN #taken");
    bar.ask("RENAME #c #d").is("482 bar #c :…");
    foo.ask("RENAME #taken #d").is("442 foo #taken :…");
    foo.ask("RENAME #none #d").is("403 foo #none :…");
    foo.ask("RENAME #c").is("461 foo RENAME :…");
    foo.ask("RENAME #c #taken").is("FAIL RENAME CHANNEL_NAME_IN_USE #c #taken :…");
    foo.ask("RENAME #c bad").is("FAIL RENAME CANNOT_RENAME #c bad :…");
}

#[test]
fn the_history_moves_along() {
    let server = server();
    let caps = "batch message-tags draft/chathistory draft/channel-rename";
    let mut foo = server.client_with("foo", caps);
    foo.ask("JOIN #old");
    foo.ask("PRIVMSG #old :before");
    foo.ask("RENAME #old #new");
    foo.ask("CHATHISTORY LATEST #new * 5").has(":foo!… PRIVMSG … :before");
    foo.ask("JOIN #old");
    foo.ask("CHATHISTORY LATEST #old * 5").without(&["PRIVMSG"]);
}

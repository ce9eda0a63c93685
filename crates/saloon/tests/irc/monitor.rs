//! Section 15: MONITOR and extended-monitor.

use crate::harness::{join, server, server_with};

#[test]
fn adding_tells_who_is_here_and_who_is_not() {
    let server = server();
    let mut foo = server.client("foo");
    let _bar = server.client("bar");
    let _baz = server.client("baz");
    foo.ask("MONITOR + bar").is("730 foo :bar!barusr@127.0.0.1");
    foo.ask("MONITOR + nobody").is("731 foo :nobody");
    let answer = foo.ask("MONITOR + BAR,none,baz,nil");
    answer.are(&["730 foo :bar!…,baz!…", "731 foo :none,nil"]);
    foo.ask("MONITOR +").is("461 foo MONITOR :…");
    foo.ask("MONITOR").is("461 foo MONITOR :…");
}

#[test]
fn coming_and_going_is_told() {
    let server = server();
    let mut foo = server.client("foo");
    foo.ask("MONITOR + bar,qux").is("731 foo :bar,qux");
    let mut bar = server.client("BAR");
    foo.sync().is("730 foo :BAR!BARusr@127.0.0.1");
    bar.ask("NICK qux").commands(&["NICK"]);
    foo.sync().are(&["731 foo :BAR", "730 foo :qux!BARusr@127.0.0.1"]);
    bar.ask("NICK QUX").commands(&["NICK"]);
    foo.sync().none();
    bar.ask("NICK other").commands(&["NICK"]);
    foo.sync().is("731 foo :QUX");
    bar.ask("NICK Bar").commands(&["NICK"]);
    foo.sync().is("730 foo :Bar!…");
    bar.send("QUIT");
    bar.rest();
    foo.sync().is("731 foo :Bar");
}

#[test]
fn a_connection_that_is_not_registered_is_nobody() {
    let server = server();
    let mut foo = server.client("foo");
    foo.ask("MONITOR + bar").is("731 foo :bar");
    let mut bar = server.connect();
    bar.ask("NICK bar").none();
    foo.sync().none();
    foo.ask("MONITOR S").is("731 foo :bar");
    bar.send("QUIT");
    bar.rest();
    foo.sync().none();
}

#[test]
fn removing_and_clearing_have_no_reply() {
    let server = server();
    let mut foo = server.client("foo");
    foo.ask("MONITOR + bar,baz,qux").commands(&["731"]);
    foo.ask("MONITOR - BAR,none").none();
    let mut bar = server.client("bar");
    foo.sync().none();
    bar.ask("NICK baz").commands(&["NICK"]);
    foo.sync().is("730 foo :baz!…");
    foo.ask("MONITOR C").none();
    bar.send("QUIT");
    bar.rest();
    foo.sync().none();
    foo.ask("MONITOR L").is("733 foo :End of MONITOR list");
    foo.ask("MONITOR S").none();
}

#[test]
fn the_list_and_its_state_can_be_asked_for() {
    let server = server();
    let mut foo = server.client("foo");
    let _bar = server.client("bar");
    foo.ask("MONITOR + bar,Nobody").commands(&["730", "731"]);
    let list = foo.ask("MONITOR L");
    list.commands(&["732", "733"]);
    let mut names: Vec<&str> = list[0].text().split(',').collect();
    names.sort_unstable();
    assert_eq!(names, ["Nobody", "bar"]);
    foo.ask("MONITOR S").are(&["730 foo :bar!barusr@127.0.0.1", "731 foo :Nobody"]);
    foo.ask("monitor l").commands(&["732", "733"]);
}

#[test]
fn an_entry_is_kept_until_it_is_removed_and_private() {
    let server = server();
    let mut foo = server.client("foo");
    let mut spy = server.client("spy");
    foo.ask("MONITOR + bar").commands(&["731"]);
    for _ in 0..3 {
        let mut bar = server.client("bar");
        foo.sync().commands(&["730"]);
        bar.send("QUIT");
        bar.rest();
        foo.sync().commands(&["731"]);
    }
    spy.ask("MONITOR L").is("733 spy :…");
    spy.sync().none();
}

#[test]
fn what_does_not_fit_is_734() {
    let server = server_with("limits.monitor_entries = 3");
    let mut foo = server.client("foo");
    foo.ask("MONITOR + a,b").is("731 foo :a,b");
    foo.ask("MONITOR + c,d,e").are(&["731 foo :c", "734 foo 3 d,e :Monitor list is full."]);
    foo.ask("MONITOR + a").is("731 foo :a");
    foo.ask("MONITOR - a").none();
    foo.ask("MONITOR + d").is("731 foo :d");
    foo.ask("MONITOR + e").is("734 foo 3 e :…");
    let many: Vec<String> = (0..40).map(|n| format!("nickname{n}")).collect();
    let answer = foo.ask(&format!("MONITOR + {}", many.join(",")));
    let named: Vec<&str> = answer.of("734").iter().flat_map(|line| line.params[2].split(',')).collect();
    assert_eq!(named, many);
    assert_eq!(answer.len(), answer.of("734").len());
}

#[test]
fn a_mask_never_matches() {
    let server = server();
    let mut foo = server.client("foo");
    let answer = foo.ask("MONITOR + *!*@127.0.0.1,ba*");
    assert!(answer.iter().all(|line| ["731", "432"].contains(&line.command.as_str())));
    let _bar = server.client("bar");
    foo.sync().none();
}

#[test]
fn many_names_take_several_lines() {
    let server = server();
    let mut foo = server.client("foo");
    let names: Vec<String> = (10..80).map(|n| format!("{}{n}", "n".repeat(28))).collect();
    for names in names.chunks(10) {
        foo.ask(&format!("MONITOR + {}", names.join(","))).commands(&["731"]);
    }
    let list = foo.ask("MONITOR L");
    let mut listed: Vec<&str> = list.of("732").iter().flat_map(|line| line.text().split(',')).collect();
    listed.sort_unstable();
    assert_eq!(listed, names);
    assert!(list.last().is_some_and(|line| line.command == "733"));
}

#[test]
fn extended_monitor_tells_of_users_without_a_shared_channel() {
    let server = server();
    let caps = "extended-monitor away-notify setname chghost";
    let mut foo = server.client_with("foo", caps);
    let mut bar = server.client("bar");
    foo.ask("MONITOR + bar").commands(&["730"]);
    bar.ask("OPER operuser operpassword");
    bar.ask("AWAY :gone").commands(&["306"]);
    foo.sync().is(":bar!barusr@… AWAY :gone");
    bar.ask("AWAY").commands(&["305"]);
    foo.sync().is(":bar!… AWAY");
    bar.ask("SETNAME :New Name").none();
    foo.sync().is(":bar!… SETNAME :New Name");
    bar.ask("CHGHOST bar new.example").commands(&["396"]);
    foo.sync().is(":bar!barusr@127.0.0.1 CHGHOST barusr new.example");
    foo.ask("MONITOR - bar").none();
    bar.ask("AWAY :again").commands(&["306"]);
    foo.sync().none();
}

#[test]
fn each_line_needs_its_own_capability_too() {
    let server = server();
    let mut bare = server.client_with("bare", "extended-monitor");
    let mut plain = server.client_with("plain", "away-notify setname chghost");
    let mut bar = server.client("bar");
    for client in [&mut bare, &mut plain] {
        client.ask("MONITOR + bar").commands(&["730"]);
    }
    bar.ask("OPER operuser operpassword");
    for line in ["AWAY :x", "SETNAME :x", "CHGHOST bar a.b", "AWAY"] {
        bar.ask(line);
    }
    bare.sync().none();
    plain.sync().none();
}

#[test]
fn who_shares_a_channel_is_told_only_once() {
    let server = server();
    let mut foo = server.client_with("foo", "extended-monitor away-notify setname chghost");
    let mut bar = server.client("bar");
    join(&mut [&mut foo, &mut bar], "#c");
    foo.ask("MONITOR + bar").commands(&["730"]);
    bar.ask("OPER operuser operpassword");
    for (line, seen) in
        [("AWAY :x", "AWAY :x"), ("SETNAME :x", "SETNAME :x"), ("CHGHOST bar a.b", "CHGHOST barusr a.b")]
    {
        bar.ask(line);
        foo.sync().is(&format!(":bar!… {seen}"));
    }
}

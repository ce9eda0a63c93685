//! What `HELP` tells of each command: one line of syntax, and what it does.

/// Subject, syntax, and lines of explanation.
const TOPICS: &[(&str, &str, &[&str])] = &[
    ("ACCEPT", "ACCEPT [-]<nick>{,[-]<nick>}", &["Lets users without account write to you in spite of +R."]),
    ("ADMIN", "ADMIN", &["Tells who runs this server."]),
    ("AUTHENTICATE", "AUTHENTICATE <mechanism or data>", &["Logs in by SASL, as clients do by themselves."]),
    (
        "AWAY",
        "AWAY [<text>]",
        &["Marks you as away, with a text for those who write to you.", "Without a text you are back."],
    ),
    (
        "BATCH",
        "BATCH +<reference> draft/multiline <target>, BATCH -<reference>",
        &["Begins and ends a message of several lines."],
    ),
    (
        "CAP",
        "CAP LS|LIST|REQ|END [<capabilities>]",
        &["Negotiates what your client can be sent beyond plain IRC."],
    ),
    ("CHANSERV", "CHANSERV <command>", &["The same as /msg ChanServ: registered channels."]),
    (
        "CHATHISTORY",
        "CHATHISTORY LATEST|BEFORE|AFTER|AROUND|BETWEEN <target> <references> <limit>",
        &[
            "Shows what was said. References are timestamp=..., msgid=..., or * for LATEST.",
            "CHATHISTORY TARGETS <timestamp> <timestamp> <limit> lists where something was said.",
        ],
    ),
    ("CHGHOST", "CHGHOST <nick> [<user>@]<host>", &["For operators: changes the host that a user shows."]),
    ("CS", "CS <command>", &["The same as /msg ChanServ: registered channels."]),
    ("DIE", "DIE", &["For operators: stops the server."]),
    ("HELP", "HELP [<subject>]", &["Tells what a command does; without a subject, what there is."]),
    ("HELPOP", "HELPOP [<subject>]", &["The same as HELP."]),
    ("INFO", "INFO", &["Tells what this server is."]),
    (
        "INVITE",
        "INVITE [<nick> <channel>]",
        &[
            "Lets someone into a channel, past +i, +l and +b, once.",
            "Without parameters, lists the channels you are invited to.",
        ],
    ),
    ("ISON", "ISON <nick>...", &["Tells which of the nicknames are here."]),
    ("ISUPPORT", "ISUPPORT", &["Tells what the server supports."]),
    (
        "JOIN",
        "JOIN <channel>{,<channel>} [<key>{,<key>}]",
        &["Enters channels; the first to enter one runs it.", "JOIN 0 leaves all channels."],
    ),
    ("KICK", "KICK <channel> <nick>{,<nick>} [<reason>]", &["Puts someone out of a channel you run."]),
    ("KILL", "KILL <nick> [<reason>]", &["For operators: disconnects a user."]),
    (
        "KLINE",
        "KLINE <user@host> <minutes> [<reason>]",
        &[
            "For operators: keeps an address away; 0 minutes is for good.",
            "Wildcards are * and ?. STATS k lists what is set.",
        ],
    ),
    ("LINKS", "LINKS", &["Lists the servers of the network."]),
    (
        "LIST",
        "LIST [<channels, masks and filters>]",
        &[
            "Lists channels. Filters: >n and <n members, C>n and C<n created,",
            "T>n and T<n topic set more or less than n minutes ago, !mask not like this.",
        ],
    ),
    ("LUSERS", "LUSERS", &["Tells how many users and channels there are."]),
    ("MARKREAD", "MARKREAD <target> [timestamp=<time>]", &["Tells or sets how far you have read."]),
    (
        "METADATA",
        "METADATA <target> GET|LIST|SET|CLEAR|SYNC [<parameters>], METADATA * SUB|UNSUB|SUBS [<keys>]",
        &["Tells, sets and follows facts about users and channels; * is yourself."],
    ),
    (
        "MODE",
        "MODE <channel or nick> [<changes> [<parameters>]]",
        &[
            "Shows or changes modes.",
            "Channel: b ban, e exception, I invite exception, k key, l limit, C no CTCP, M accounts speak,",
            "i invite only, m moderated, n no messages from outside, s secret, t topic locked;",
            "q founder, a protected, o operator, h half-operator, v voice.",
            "Your own: i invisible, w hears WALLOPS, B bot, R only accounts write to you.",
        ],
    ),
    (
        "MONITOR",
        "MONITOR +|- <nick>{,<nick>}, MONITOR C|L|S",
        &["Tells you when somebody comes and goes.", "C clears, L lists, S tells who is here."],
    ),
    ("MOTD", "MOTD", &["Shows the message of the day."]),
    ("NAMES", "NAMES <channel>{,<channel>}", &["Lists who is on a channel."]),
    ("NICK", "NICK <nickname>", &["Changes what you are called."]),
    ("NICKSERV", "NICKSERV <command>", &["The same as /msg NickServ: accounts."]),
    (
        "NOTICE",
        "NOTICE <target>{,<target>} <text>",
        &["Says something that must not be answered automatically."],
    ),
    ("NS", "NS <command>", &["The same as /msg NickServ: accounts."]),
    ("OPER", "OPER <name> <password>", &["Makes you an operator of this server."]),
    ("PART", "PART <channel>{,<channel>} [<reason>]", &["Leaves channels."]),
    ("PASS", "PASS <password>", &["Gives the server's password, before you register."]),
    ("PING", "PING <token>", &["Asks the server for a sign of life."]),
    ("PONG", "PONG <token>", &["Gives the server a sign of life."]),
    (
        "PRIVMSG",
        "PRIVMSG <target>{,<target>} <text>",
        &[
            "Says something to users and channels.",
            "@#channel reaches its operators, +#channel those with voice or more.",
        ],
    ),
    ("QUIT", "QUIT [<reason>]", &["Leaves."]),
    (
        "REDACT",
        "REDACT <target> <msgid> [<reason>]",
        &["Takes a message back: your own, or any in a channel you run."],
    ),
    (
        "REGISTER",
        "REGISTER <account or *> <e-mail or *> <password>",
        &["Makes an account called as you are."],
    ),
    ("REHASH", "REHASH", &["For operators: reads the configuration again."]),
    ("RENAME", "RENAME <channel> <new name> [<reason>]", &["Gives a channel that you run another name."]),
    (
        "SAMODE",
        "SAMODE <channel> <changes> [<parameters>]",
        &["For operators: changes the modes of any channel."],
    ),
    (
        "SEARCH",
        "SEARCH <attributes>",
        &["Finds messages. Attributes: in=, from=, after=, before=, text=, limit=; separated by ;"],
    ),
    ("SETNAME", "SETNAME <real name>", &["Changes your real name."]),
    ("STATS", "STATS <letter>", &["u: since when the server is up. k, for operators: banned addresses."]),
    ("TAGMSG", "TAGMSG <target>{,<target>}", &["Sends tags without words, such as reactions."]),
    ("TIME", "TIME", &["Tells the server's time."]),
    ("TOPIC", "TOPIC <channel> [<topic>]", &["Shows or sets the topic; an empty one clears it."]),
    ("UNKLINE", "UNKLINE <user@host>", &["For operators: ends a KLINE."]),
    ("USER", "USER <username> 0 * <real name>", &["Says who you are, before you register."]),
    ("USERHOST", "USERHOST <nick>...", &["Tells the addresses of up to five users."]),
    ("VERIFY", "VERIFY <account> <code>", &["Confirms a new account; none needs it here."]),
    ("VERSION", "VERSION", &["Tells the server's version and what it supports."]),
    ("WALLOPS", "WALLOPS <text>", &["For operators: writes to all users with mode +w."]),
    (
        "WEBIRC",
        "WEBIRC <password> <gateway> <host> <ip> [<options>]",
        &["For gateways: says for whom they speak."],
    ),
    ("WHO", "WHO <channel, nick or mask> [%<fields>[,<token>]]", &["Lists users."]),
    ("WHOIS", "WHOIS <nick>", &["Tells about a user."]),
    ("WHOWAS", "WHOWAS <nick> [<count>]", &["Tells who had a nickname."]),
];

/// The command of this name, written in capitals, if there is one.
pub(super) fn command(name: &str) -> Option<&'static str> {
    TOPICS.binary_search_by_key(&name, |topic| topic.0).ok().map(|at| TOPICS[at].0)
}

/// The lines about a subject, in any case of letters: a title, text, a last line. The index is `*` or
/// `index`.
pub(super) fn lines(subject: &str) -> Option<Vec<String>> {
    if subject == "*" || subject.eq_ignore_ascii_case("index") {
        let names: Vec<&str> = TOPICS.iter().map(|topic| topic.0).collect();
        let mut lines =
            vec!["Help of this server".to_owned(), "HELP <command> tells more. Commands:".to_owned()];
        lines.extend(names.chunks(8).map(|names| names.join(" ")));
        lines.push("End of help".to_owned());
        return Some(lines);
    }
    let (_, syntax, text) = TOPICS.iter().find(|topic| topic.0.eq_ignore_ascii_case(subject))?;
    let mut lines = vec![(*syntax).to_owned()];
    lines.extend(text.iter().map(|line| (*line).to_owned()));
    lines.push("End of help".to_owned());
    Some(lines)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn topics_are_sorted_and_found_in_any_case() {
        assert!(TOPICS.is_sorted_by(|a, b| a.0 < b.0));
        assert!(lines("privmsg").is_some_and(|lines| lines.len() >= 3));
        assert_eq!(lines("nothing"), None);
    }
}

//! What the dialect says of the server, and the sizes it announces.

use hub::{Casemapping, Timestamp};
use smol_str::SmolStr;

use super::numeric::{self, Numeric};
use super::render::time;

/// Chosen by the operator. Sizes are bytes.
#[derive(Clone, Debug)]
pub struct Options {
    /// The source of the server's own lines (`server.name`).
    pub server: SmolStr,
    /// The network (`network.name`).
    pub network: String,
    /// Text of 312 and 364 (`server.description`).
    pub description: String,
    /// Lines of the message of the day (`server.motd`); none for 422.
    pub motd: Option<Vec<String>>,
    /// Lines 257, 258 and 259 of `ADMIN`.
    pub admin: [String; 3],
    /// Name of the configuration file, for 382.
    pub config_name: String,
    /// When the server was started.
    pub started: Timestamp,
    /// Which names are equal.
    pub casemapping: Casemapping,
    /// Whether only UTF-8 is taken (`server.utf8_only`).
    pub utf8_only: bool,
    /// Whether `PASS` is needed.
    pub password: bool,
    /// Nicknames.
    pub nicklen: usize,
    /// User names; longer ones are cut.
    pub userlen: usize,
    /// Real names.
    pub realnamelen: usize,
    /// Channel names.
    pub channellen: usize,
    /// Away messages.
    pub awaylen: usize,
    /// Reasons of kicks.
    pub kicklen: usize,
    /// Topics.
    pub topiclen: usize,
    /// Names a client may monitor.
    pub monitor: usize,
    /// Entries of the lists of one channel together.
    pub list_entries: usize,
    /// Channels a client may be in.
    pub channels: usize,
    /// Strict transport security; none if off.
    pub sts: Option<Sts>,
    /// Accounts; none if off.
    pub accounts: Option<Accounts>,
    /// What is kept of what happens; none if nothing.
    pub history: Option<History>,
    /// Messages of several lines; none if off.
    pub multiline: Option<Multiline>,
    /// Facts about users and channels; none if off.
    pub metadata: Option<Metadata>,
}

/// Accounts, as far as the dialect cares (`conformance` sections 13 and 22).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Accounts {
    /// SASL mechanisms, as they are named.
    pub mechanisms: Vec<&'static str>,
    /// Registering new ones; none if off.
    pub registration: Option<Registration>,
    /// Bytes of a password (`accounts.max_password_bytes`).
    pub max_password: usize,
    /// After how many failures in a row the connection is closed; never if none.
    pub failures: Option<u32>,
}

/// How accounts are registered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Registration {
    /// Before the connection is.
    pub before_connect: bool,
    /// With an address to write to.
    pub email_required: bool,
}

/// History, as far as the dialect cares (`conformance` section 23).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct History {
    /// Most items of one `CHATHISTORY`.
    pub most: usize,
    /// Whether messages can be taken back.
    pub redaction: bool,
    /// Whether a TAGMSG is kept that has none of the tags below.
    pub keep_signals: bool,
    /// Tags, with their `+`, that make a TAGMSG worth keeping.
    pub kept_tags: Vec<String>,
    /// Messages that a client without `draft/chathistory` is shown on joining, if it can tell that they are
    /// old.
    pub replay: usize,
}

/// Limits of messages of several lines (`conformance` section 24).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Multiline {
    /// Bytes of one message.
    pub max_bytes: usize,
    /// Lines of it.
    pub max_lines: usize,
}

/// Limits of metadata (`conformance` section 27).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Metadata {
    /// Before registration too.
    pub before_connect: bool,
    /// Keys one client may subscribe to.
    pub max_subs: usize,
    /// Keys of one user or channel.
    pub max_keys: usize,
    /// Bytes of one value.
    pub max_value_bytes: usize,
    /// Whether changes that come too fast are refused.
    pub throttle: bool,
}

/// Strict transport security (IRCv3 sts; `conformance` section 21).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Sts {
    /// The port that speaks TLS.
    pub port: u16,
    /// How long clients should remember, in seconds.
    pub duration: u64,
    /// Whether it may be preloaded.
    pub preload: bool,
}

/// The options, and what follows from them: lines that are the same for every client, as what stands
/// behind the client's name. Each client is sent all of them once, so they are written once.
#[derive(Clone, Debug)]
pub struct Settings {
    /// As chosen.
    pub options: Options,
    /// 002 to 004.
    pub greeting: Vec<(Numeric, String)>,
    /// The lines 005.
    pub isupport: Vec<(Numeric, String)>,
    /// 375, 372…, 376; or 422.
    pub motd: Vec<(Numeric, String)>,
}

/// The version this server says it has.
pub const VERSION: &str = concat!("saloon-", env!("CARGO_PKG_VERSION"));

/// User modes that can be set, and are named in 004.
pub const USER_MODES: &str = "BRiow";
/// Channel modes named in 004.
pub const CHANNEL_MODES: &str = "CIMabehiklmnoqstv";
/// Those of them with a parameter.
pub const CHANNEL_MODES_WITH_PARAMETER: &str = "Iabehkloqv";

/// Most tokens of a line 005 (`conformance` section 7).
const TOKENS_PER_LINE: usize = 13;
/// Most bytes of them, so that a line fits with the longest server name and nickname.
const TOKEN_BYTES_PER_LINE: usize = 300;
/// Most targets of one PRIVMSG, NOTICE or TAGMSG.
pub const MAX_TARGETS: usize = 4;

impl Settings {
    /// Prepares what does not change from line to line.
    pub fn new(options: Options) -> Self {
        let lines = isupport_lines(&isupport_tokens(&options)).into_iter();
        let isupport = numeric::RPL_ISUPPORT;
        let isupport = lines.map(|tokens| (isupport, format!(" {tokens} :{}", isupport.text))).collect();
        Self { greeting: greeting(&options), isupport, motd: motd(&options), options }
    }

    /// The SASL mechanisms that a connection can use: a certificate can only be shown to who is secure.
    pub fn mechanisms(&self, secure: bool) -> Vec<&'static str> {
        let all = self.options.accounts.iter().flat_map(|accounts| accounts.mechanisms.iter().copied());
        all.filter(|name| secure || *name != "EXTERNAL").collect()
    }

    /// The value of the `sts` capability, for a connection that is secure or not.
    pub fn sts(&self, secure: bool) -> Option<String> {
        let sts = self.options.sts?;
        Some(match (secure, sts.preload) {
            (false, _) => format!("port={}", sts.port),
            (true, false) => format!("duration={}", sts.duration),
            (true, true) => format!("duration={},preload", sts.duration),
        })
    }
}

fn greeting(options: &Options) -> Vec<(Numeric, String)> {
    let server = &options.server;
    let modes = format!("{USER_MODES} {CHANNEL_MODES} {CHANNEL_MODES_WITH_PARAMETER}");
    vec![
        (numeric::RPL_YOURHOST, format!(" :Your host is {server}, running version {VERSION}")),
        (numeric::RPL_CREATED, format!(" :This server was created {}", time(options.started))),
        (numeric::RPL_MYINFO, format!(" {server} {VERSION} {modes}")),
    ]
}

fn motd(options: &Options) -> Vec<(Numeric, String)> {
    let Some(motd) = &options.motd else {
        return vec![(numeric::ERR_NOMOTD, format!(" :{}", numeric::ERR_NOMOTD.text))];
    };
    let start = (numeric::RPL_MOTDSTART, format!(" :- {} Message of the day -", options.server));
    let end = (numeric::RPL_ENDOFMOTD, format!(" :{}", numeric::RPL_ENDOFMOTD.text));
    let lines = motd.iter().map(|line| (numeric::RPL_MOTD, format!(" :- {line}")));
    std::iter::once(start).chain(lines).chain([end]).collect()
}

/// The tokens of 005 (`conformance` section 7).
fn isupport_tokens(options: &Options) -> Vec<String> {
    let casemapping = match options.casemapping {
        Casemapping::Ascii => "ascii",
        Casemapping::Rfc1459 => "rfc1459",
    };
    let targets = format!(
        "ACCEPT:,JOIN:,KICK:,LIST:,MONITOR:{},NAMES:1,NOTICE:{MAX_TARGETS},PART:,PRIVMSG:{MAX_TARGETS},\
         TAGMSG:{MAX_TARGETS},USERHOST:5,WHOIS:1",
        options.monitor
    );
    let mut tokens = vec![
        "ACCOUNTEXTBAN=a".to_owned(),
        format!("AWAYLEN={}", options.awaylen),
        "BOT=B".to_owned(),
        format!("CASEMAPPING={casemapping}"),
        format!("CHANLIMIT=#:{}", options.channels),
        "CHANMODES=beI,k,l,CMimnst".to_owned(),
        format!("CHANNELLEN={}", options.channellen),
        "CHANTYPES=#".to_owned(),
        "ELIST=CMNTU".to_owned(),
        "EXCEPTS".to_owned(),
        "EXTBAN=,am".to_owned(),
        "INVEX".to_owned(),
        format!("KICKLEN={}", options.kicklen),
        format!("MAXLIST=beI:{}", options.list_entries),
        "MODES".to_owned(),
        format!("MONITOR={}", options.monitor),
        format!("NAMELEN={}", options.realnamelen),
        format!("NETWORK={}", escape_token(&options.network)),
        format!("NICKLEN={}", options.nicklen),
        "PREFIX=(qaohv)~&@%+".to_owned(),
        "SAFELIST".to_owned(),
        "STATUSMSG=~&@%+".to_owned(),
        format!("TARGMAX={targets}"),
        format!("TOPICLEN={}", options.topiclen),
        format!("USERLEN={}", options.userlen),
        "WHOX".to_owned(),
    ];
    if let Some(history) = &options.history {
        tokens.push(format!("CHATHISTORY={}", history.most));
        tokens.push("MSGREFTYPES=msgid,timestamp".to_owned());
    }
    if options.utf8_only {
        tokens.push("UTF8ONLY".to_owned());
    }
    tokens
}

/// A value of a token: ASCII only, and what would end it written as `\xHH`.
fn escape_token(value: &str) -> String {
    value.bytes().fold(String::new(), |mut out, byte| {
        if byte.is_ascii_graphic() && byte != b'=' && byte != b'\\' {
            out.push(byte as char);
        } else {
            out.push_str(&format!("\\x{byte:02X}"));
        }
        out
    })
}

fn isupport_lines(tokens: &[String]) -> Vec<String> {
    let mut lines: Vec<(usize, String)> = Vec::new();
    for token in tokens {
        match lines.last_mut() {
            Some((count, line))
                if *count < TOKENS_PER_LINE && line.len() + 1 + token.len() <= TOKEN_BYTES_PER_LINE =>
            {
                *count += 1;
                line.push(' ');
                line.push_str(token);
            }
            _ => lines.push((1, token.clone())),
        }
    }
    lines.into_iter().map(|(_, line)| line).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_005_has_at_most_13_tokens() {
        let tokens: Vec<String> = (0..30).map(|n| format!("T{n}")).collect();
        let lines = isupport_lines(&tokens);
        assert_eq!(lines.iter().map(|line| line.split(' ').count()).collect::<Vec<_>>(), [13, 13, 4]);
    }

    #[test]
    fn a_network_name_is_one_ascii_token() {
        assert_eq!(escape_token("My Net=ü"), "My\\x20Net\\x3D\\xC3\\xBC");
    }
}

//! What the hub declined, in words that say why and what to do.

use hub::{Cause, Mute, Rejection};

/// Why something was declined.
pub fn reason(rejection: &Rejection) -> String {
    match rejection {
        Rejection::NotRegistered => "not yet: you are not known here".into(),
        Rejection::AlreadyRegistered => "you are here already".into(),
        Rejection::NickInUse(nick) => format!("somebody is called {nick} already"),
        Rejection::NickReserved(nick) => format!("nobody may be called {nick}"),
        Rejection::BannedFromServer(why) => format!("your address is banned from here: {why}"),
        Rejection::NoSuchNick(nick) => format!("nobody here is called {nick}: /who shows who is"),
        Rejection::NoSuchRoom(room) => format!("there is no room {room}: /list shows those there are"),
        Rejection::TooManyRooms(room) => format!("you are in too many rooms to enter {room}: /part one"),
        Rejection::NoMoreRooms(room) => format!("there are as many rooms as may be; {room} can't be opened"),
        Rejection::RoomFull(room) => format!("{room} is full"),
        Rejection::InviteOnly(room) => format!("{room} is for the invited only"),
        Rejection::Banned(room) => format!("you are banned from {room}"),
        Rejection::BadKey(room) => format!("{room} needs a key"),
        Rejection::NotInRoom(room) => format!("you are not in {room}: /join {room}"),
        Rejection::CannotSpeak { room, why } => format!("you can't speak in {room}: {}", mute(*why)),
        Rejection::TooLong => "that is too long".into(),
        Rejection::AccountNeeded(nick) => format!("{nick} takes messages from registered users only"),
        Rejection::RankNeeded(room) => format!("only the operators of {room} may do that"),
        Rejection::TargetNotInRoom(nick, room) => format!("{nick} is not in {room}"),
        Rejection::TargetInRoom(nick, room) => format!("{nick} is in {room} already"),
        Rejection::ListFull(room, ..) => format!("the lists of {room} are full"),
        Rejection::NoPrivilege => "you are not an operator who may do that".into(),
        Rejection::NotYourself => "that is only for the one it concerns".into(),
        Rejection::NickOwned(nick) => {
            format!("{nick} is the name of an account: /login {nick} PASSWORD if it is yours")
        }
        Rejection::AccountExists(name) => format!("there is an account {name} already"),
        Rejection::AccountReserved(name) => format!("no account can be called {name}"),
        Rejection::NoMoreAccounts => "there are as many accounts as may be".into(),
        Rejection::LoggedInAlready(name) => format!("you are logged in as {name} already"),
        Rejection::NotLoggedIn => "you are not logged in: /login NAME PASSWORD".into(),
        Rejection::NoSuchAccount(name) => format!("there is no account {name}"),
        Rejection::AccountSuspended(name) => format!("the account {name} is suspended"),
        Rejection::RecoverySpent => "that recovery code was used before".into(),
        Rejection::CertificateRefused => "the account has that certificate, or too many".into(),
        Rejection::NoSuchCertificate => "the account has no such certificate".into(),
        Rejection::RoomRegistered(room) => format!("{room} is registered already"),
        Rejection::RoomNotRegistered(room) => format!("{room} is not registered"),
        Rejection::FounderNeeded(room) => format!("only the founder of {room} may do that"),
        Rejection::RoomsFull(room) => format!("{room} can't be registered: you have too many"),
        Rejection::RegistrationOff => "rooms can't be registered here".into(),
        Rejection::NoSuchTarget(target) => format!("there is nothing to be read of {target}"),
        Rejection::NoSuchMessage { .. } => "there is no such message".into(),
        Rejection::RedactForbidden { .. } => "that message is not yours".into(),
        Rejection::RoomNameTaken { to, .. } => format!("there is a room {to} already"),
        Rejection::CannotRename { to, .. } => format!("it can't be called {to} now"),
        Rejection::NoMetadataTarget(target) => format!("there is no {target}"),
        Rejection::MetadataForbidden { target, .. } => {
            format!("that is not yours to read or change: {target}")
        }
        Rejection::MetadataFull { what, limit } => format!("{what}: no more than {limit} fit"),
        Rejection::NotKept(why) => format!("that was not taken, because nothing can be stored: {why}"),
        Rejection::NoSuchBan(mask) => format!("there is no ban on {mask}"),
    }
}

/// Why a connection ends, to the one at the other end.
pub fn farewell(cause: &Cause) -> String {
    match cause {
        Cause::Quit(_) => "bye".into(),
        Cause::ConnectionClosed => "the connection is closed".into(),
        Cause::PingTimeout(seconds) => format!("nothing was heard from you for {seconds} s"),
        Cause::RegistrationTimeout(seconds) => format!("you did not come in within {seconds} s"),
        Cause::SendQueueFull(_) => "you do not read what you are sent".into(),
        Cause::ReceiveQueueFull(most) => format!("a line may have {most} bytes"),
        Cause::ProtocolError(what) | Cause::Broken(what) | Cause::Refused(what) => what.to_string(),
        Cause::Killed { by, reason } => format!("{by} disconnected you: {reason}"),
        Cause::Banned(why) => format!("your address is banned from here: {why}"),
        Cause::BadPassword => "that is not the password".into(),
        Cause::Shutdown => "the server stops".into(),
    }
}

fn mute(why: Mute) -> &'static str {
    match why {
        Mute::NotMember => "only those who are in it may, so /join it first",
        Mute::Moderated => "only those with a voice may",
        Mute::AccountNeeded => "only registered users may",
        Mute::Banned => "you are banned or muted there",
        Mute::NoCtcp => "it takes no requests between programs",
    }
}

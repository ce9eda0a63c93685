//! The rules, one file per thing a user can do: commands go in, and the whole of what comes out is
//! compared. Sections are those of `conformance.md`.

mod scene;

mod accepting;
mod accounts;
mod always_on;
mod away;
mod ban;
mod invite;
mod join;
mod kick;
mod list;
mod lists;
mod logs;
mod markers;
mod metadata;
mod multiline;
mod names;
mod oper;
mod part;
mod place;
mod presence;
mod quit;
mod redact;
mod register;
mod registered;
mod rename;
mod reservation;
mod room_modes;
mod room_rename;
mod say;
mod sessions;
mod times;
mod topic;
mod user_modes;
mod userhost;
mod watch;
mod who;
mod whois;
mod whowas;

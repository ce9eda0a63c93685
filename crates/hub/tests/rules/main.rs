//! The rules, one file per thing a user can do: commands go in, and the whole of what comes out is
//! compared. Sections are those of `conformance.md`.

mod scene;

mod away;
mod ban;
mod invite;
mod join;
mod kick;
mod list;
mod lists;
mod names;
mod oper;
mod part;
mod place;
mod presence;
mod quit;
mod register;
mod rename;
mod room_modes;
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

//! Real sockets: `chat` and `menu` against small servers that do what the old ones do, defects included.

mod errors;
mod group;
mod line;
mod menu;
mod packet;
mod person;
mod plain;
mod reconnect;
mod tagged;
mod tls;

//! Options of the commands that deal with what is kept: accounts and the database.

use std::path::PathBuf;

use clap::{Args, Subcommand};

/// Manage accounts, whether the server runs or not
///
/// While the server runs, it is asked through a socket beside its database; else the database is changed
/// directly. Run this as the user that the server runs as.
#[derive(Args, Debug)]
#[command(after_help = ACCOUNT_EXAMPLES)]
pub struct AccountOptions {
    #[command(subcommand)]
    pub what: AccountCommand,

    #[command(flatten)]
    pub place: DataOptions,
}

const ACCOUNT_EXAMPLES: &str = "\
Examples:
  saloon account list --config /etc/saloon/saloon.toml
  saloon account add ann
  printf '%s\\n' \"$PASSWORD\" | saloon account passwd ann
  saloon account suspend ann --reason 'sends spam'";

/// What to do.
#[derive(Debug, Subcommand)]
pub enum AccountCommand {
    /// Register an account, and print its recovery codes
    ///
    /// Asks for the password twice on a terminal, or reads one line from a pipe. The codes can't be shown
    /// again: hand them to the owner, who can log in with each of them once instead of the password.
    #[command(after_help = "Example:\n  saloon account add ann --email ann@example.org")]
    Add {
        /// What it is to be called
        name: String,
        /// Where to write to its owner
        #[arg(long, value_name = "ADDRESS")]
        email: Option<String>,
    },
    /// Give an account another password
    ///
    /// Asks for it twice on a terminal, or reads one line from a pipe.
    #[command(after_help = "Example:\n  saloon account passwd ann")]
    Passwd {
        /// Which account
        name: String,
    },
    /// Let nobody log in to an account, and disconnect who is
    #[command(after_help = "Example:\n  saloon account suspend ann --reason 'sends spam'")]
    Suspend {
        /// Which account
        name: String,
        /// Why, as its owner and operators are told
        #[arg(long, value_name = "TEXT", default_value = "suspended by the operator")]
        reason: String,
    },
    /// Let the owner of an account log in again
    #[command(after_help = "Example:\n  saloon account unsuspend ann")]
    Unsuspend {
        /// Which account
        name: String,
    },
    /// Print all accounts: name, date, and whether suspended
    #[command(after_help = "Example:\n  saloon account list")]
    List,
    /// Forget an account, with its channels and conversations
    ///
    /// This can't be undone. What it said in channels stays in their history.
    #[command(after_help = "Example:\n  saloon account drop ann --yes")]
    Drop {
        /// Which account
        name: String,
        /// Don't ask
        #[arg(long)]
        yes: bool,
    },
}

/// Whose data.
#[derive(Args, Debug, Default)]
pub struct DataOptions {
    /// Configuration file of the server; without one, built-in settings
    #[arg(long, short, value_name = "FILE", global = true)]
    pub config: Option<PathBuf>,

    /// The database or its directory, instead of the one of the configuration (datastore.path)
    #[arg(long, value_name = "PATH", global = true)]
    pub data: Option<PathBuf>,
}

/// Copy the database into a directory, also while the server runs
///
/// Makes a file named for the time, saloon-….db, which holds everything as of one moment. It gets that name when
/// it is complete and has been checked.
#[derive(Args, Debug)]
#[command(after_help = "Example:\n  saloon backup --config /etc/saloon/saloon.toml /var/backups/saloon")]
pub struct BackupOptions {
    /// Where to put the copy; made if it is not there
    pub dir: PathBuf,

    #[command(flatten)]
    pub place: DataOptions,
}

/// Put a backup in the place of the database; no server may run
#[derive(Args, Debug)]
#[command(
    after_help = "Examples:\n  saloon restore /var/backups/saloon\n  saloon restore --force saloon-20261121T020000Z.db"
)]
pub struct RestoreOptions {
    /// The backup, or a directory of which the newest is taken
    pub from: PathBuf,

    /// Also if there is a database, which is kept beside it under another name
    #[arg(long)]
    pub force: bool,

    #[command(flatten)]
    pub place: DataOptions,
}

/// Look for damage in the database, also while the server runs
///
/// Looks whether the file is whole, whether everything in it can be read, whether the messages of each channel
/// are numbered without gaps, and whether the full-text index knows them. Prints what is wrong, one finding a
/// line, and ends with a non-zero status if anything is.
#[derive(Args, Debug)]
#[command(after_help = "Example:\n  saloon verify --config /etc/saloon/saloon.toml")]
pub struct VerifyOptions {
    #[command(flatten)]
    pub place: DataOptions,
}

/// Write everything as JSON Lines, also while the server runs
#[derive(Args, Debug)]
#[command(after_help = "Examples:\n  saloon export > saloon.jsonl\n  saloon export --secrets saloon.jsonl")]
pub struct ExportOptions {
    /// The file to write, which must not be there yet; standard output without one
    pub file: Option<PathBuf>,

    /// With the hashes of passwords and recovery codes, without which nobody can log in after an import
    #[arg(long)]
    pub secrets: bool,

    #[command(flatten)]
    pub place: DataOptions,
}

/// Make a database of what was exported; there must be none yet, and no server
#[derive(Args, Debug)]
#[command(after_help = "Examples:\n  saloon import saloon.jsonl\n  saloon import --data new < saloon.jsonl")]
pub struct ImportOptions {
    /// The file to read; standard input without one
    pub file: Option<PathBuf>,

    #[command(flatten)]
    pub place: DataOptions,
}

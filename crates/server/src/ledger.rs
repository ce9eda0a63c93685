//! Numbering what is to be kept, in the order in which it happened, and handing it on.

use std::sync::Arc;

use hub::{Command, Record};

use crate::disk::Disk;

/// Takes a record and the number of the first thing in it. Never waits.
pub type Keeper = Box<dyn FnMut(u64, Record) + Send>;

/// Numbers records. Owned by the core: whoever holds its lock is the only one to use it.
pub struct Ledger {
    last: u64,
    disk: Arc<Disk>,
    keeper: Keeper,
}

impl Ledger {
    /// Goes on behind the number `last`, all up to which is on disk.
    pub fn new(last: u64, disk: Arc<Disk>, keeper: Keeper) -> Self {
        disk.give(last);
        disk.tell(store::Progress::Kept(last));
        Self { last, disk, keeper }
    }

    /// Enters a record: an item takes one number for each history it belongs to, any other record one. Says
    /// which is the last.
    pub fn enter(&mut self, record: Record) -> u64 {
        let count = match &record {
            Record::Item { logs, .. } => logs.len().max(1) as u64,
            _ => 1,
        };
        let first = self.last + 1;
        self.last += count;
        (self.keeper)(first, record);
        self.disk.give(self.last);
        self.last
    }

    /// The last number.
    pub fn last(&self) -> u64 {
        self.last
    }

    /// What the disk says.
    pub fn disk(&self) -> &Disk {
        &self.disk
    }
}

impl std::fmt::Debug for Ledger {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Ledger({})", self.last)
    }
}

/// Whether a command asks for something that its answer promises to be kept, so that it is refused while
/// nothing can be. Leaving, joining and reading go on. `history` is whether what is said is kept at all.
pub fn needs_keeping(command: &Command, history: bool) -> bool {
    match command {
        Command::Say(say) => history && say.lasts,
        // Using a recovery code means that it can't be used again.
        Command::Login { recovery, .. } => recovery.is_some(),
        Command::SetTopic { .. }
        | Command::ChangeRoom { .. }
        | Command::CreateAccount { .. }
        | Command::ChangeAccount { .. }
        | Command::DropAccount { .. }
        | Command::RegisterRoom { .. }
        | Command::DropRoom { .. }
        | Command::TransferRoom { .. }
        | Command::SetAccess { .. }
        | Command::TakeRank { .. }
        | Command::RenameRoom { .. }
        | Command::Redact { .. }
        | Command::MarkRead { .. }
        | Command::SetMetadata { .. }
        | Command::ClearMetadata { .. }
        | Command::Ban { .. }
        | Command::Unban { .. } => true,
        _ => false,
    }
}

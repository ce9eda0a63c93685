-- Numbers that the whole database has one of: `last` (the number of the last record), `latest` (the time of
-- the latest item), `indexed` (every message up to this number is in `words`), `casemapping` (which names are equal: 1 ascii,
-- 2 rfc1459).
CREATE TABLE meta (name TEXT PRIMARY KEY, value INTEGER NOT NULL) WITHOUT ROWID;

-- Histories. Of rooms: owner ''. Of conversations: the folded account (text) or the id of a guest (16 bytes)
-- whose side it is; name is the other user. Owner x'': forgotten, and to be cleared away.
-- gone: the number within the history of the last item that was forgotten.
CREATE TABLE logs (
    id INTEGER PRIMARY KEY,
    owner NOT NULL,
    name NOT NULL,
    gone INTEGER NOT NULL DEFAULT 0,
    UNIQUE (owner, name)
);

-- What happened. n: the number of the record, in the order of everything; seq: that within the history, from 1
-- without gaps; at: milliseconds since 1970, growing within a history; kind: one bit (hub::ItemKinds), and
-- 32768 if taken back; party: whose doing, as the owner of a history; text: the words, bytes if not UTF-8;
-- body: everything else, as JSON.
CREATE TABLE items (
    n INTEGER PRIMARY KEY,
    log INTEGER NOT NULL,
    seq INTEGER NOT NULL,
    at INTEGER NOT NULL,
    id BLOB NOT NULL,
    kind INTEGER NOT NULL,
    party NOT NULL,
    nick TEXT NOT NULL,
    text,
    body TEXT NOT NULL
);
CREATE INDEX items_log ON items (log, at, kind);
CREATE INDEX items_id ON items (id);

-- The three-letter pieces of messages, by number. place: a sign that stands for the history.
CREATE VIRTUAL TABLE words USING fts5 (
    place, text, content = '', columnsize = 0, detail = none, tokenize = 'trigram case_sensitive 1'
);
-- What is taken back leaves no trace, and what is forgotten frees its space at once.
INSERT INTO words (words, rank) VALUES ('secure-delete', 1);
-- Its parts are merged in small steps, in quiet moments.
INSERT INTO words (words, rank) VALUES ('automerge', 0);
INSERT INTO words (words, rank) VALUES ('crisismerge', 512);

-- What is like this now, by folded name.
CREATE TABLE accounts (name TEXT PRIMARY KEY, body TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE rooms (name TEXT PRIMARY KEY, body TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE users (name TEXT PRIMARY KEY, body TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE markers (
    account TEXT NOT NULL, target TEXT NOT NULL, at INTEGER NOT NULL, PRIMARY KEY (account, target)
) WITHOUT ROWID;
CREATE TABLE names (name TEXT PRIMARY KEY, log TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE bans (place INTEGER PRIMARY KEY, body TEXT NOT NULL);

// @ts-check
/**
 * What the page shows and asks for: the seam between `chat/`, which knows IRC and no DOM, and `view/`, which
 * knows the DOM and no IRC. Everything that changes is a signal (`@preact/signals-core`); lists and maps inside
 * signals are replaced, never changed in place, except the items of a timeline, whose `version` counts instead.
 *
 * @template T
 * @typedef {import('../vendor/signals-core.js').Signal<T>} Signal
 */

/**
 * How the connection stands.
 * - `idle`: nobody has chosen a name yet;
 * - `connecting`: the socket is being opened, or registration goes on;
 * - `online`: registered, rooms joined, missed messages fetched;
 * - `waiting`: lost; `retryAt` (milliseconds since 1970) says when it is tried again;
 * - `refused`: the server will not have us (banned, wrong password, name taken for good): `why` says so, and
 *   nothing is tried again until the user acts.
 * @typedef {{ state: 'idle' | 'connecting' | 'online' } | { state: 'waiting', retryAt: number, why: string }
 *   | { state: 'refused', why: string, code: string }} Link
 */

/**
 * Who we are. `account` is null for a guest.
 * @typedef {{ nick: string, account: string | null, away: string | null, oper: boolean }} Me
 */

/**
 * Somebody in a room.
 * @typedef {Object} Member
 * @property {string} nick
 * @property {string} prefix  the ranks shown before the nick, highest first: `~&@%+`, or empty
 * @property {boolean} away
 * @property {string | null} account
 * @property {string} realname  as given by who it is about: never to be shown as anything but text
 * @property {boolean} bot
 */

/**
 * A room, or a conversation with one person.
 * @typedef {Object} Room
 * @property {string} key  its folded name: equal for equal rooms
 * @property {string} name  as the server writes it
 * @property {'room' | 'person'} kind
 * @property {Signal<boolean>} joined  false: we were kicked, or it is not joined again yet
 * @property {Signal<string>} topic
 * @property {Signal<Map<string, Member>>} members  by folded nick
 * @property {Signal<number>} unread  messages of others behind the read marker; 0 while it is open and seen
 * @property {Signal<number>} mentions  those of them that name us; in a `person`, all of them
 * @property {Signal<string | null>} marker  time of the last message read, as ISO 8601; null: never read
 * @property {Signal<string[]>} typing  nicks of who is typing
 * @property {Signal<string>} draft  what stands in the composer, kept when the room is left, and over a reload
 * @property {Signal<Item | null>} replying  what the draft answers
 * @property {Signal<boolean>} muted
 * @property {Timeline} timeline
 */

/**
 * A room's messages, oldest first, each once. Holds a contiguous run of the history; what lies before and
 * behind is fetched on demand.
 * @typedef {Object} Timeline
 * @property {Item[]} items
 * @property {Signal<number>} version  counts changes of `items`
 * @property {Signal<'more' | 'loading' | 'end' | 'failed'>} older  whether there is more before `items[0]`
 * @property {Signal<'live' | 'more' | 'loading' | 'failed'>} newer  `live`: the last item is the room's last. Else
 *   we look at old messages, and new ones are counted in `behind`
 * @property {Signal<number>} behind  messages that came while `newer` is not `live`
 * @property {() => Promise<void>} loadOlder
 * @property {() => Promise<void>} loadNewer
 * @property {(id: string) => Promise<Item | null>} goTo  loads what surrounds a message, if it is not there
 * @property {() => Promise<void>} goToLatest
 */

/**
 * One thing in a timeline.
 * @typedef {Object} Item
 * @property {string} key  unique and constant, also when a message of ours gets its id
 * @property {string | null} id  the server's message id; null while it is not acknowledged
 * @property {string} time  ISO 8601, UTC
 * @property {'message' | 'action' | 'notice' | 'event' | 'gap' | 'local'} kind
 *   `event`: joins, parts, topics, modes, in `event`; `gap`: "you missed N", where it happened, in `count`;
 *   `local`: an answer of the server or of this page to us alone (`/whois`, an error, help), in `text`
 * @property {string} nick  who; empty for `gap` and `local`
 * @property {string | null} account
 * @property {boolean} self  whether we said it
 * @property {boolean} mention  whether it names us
 * @property {boolean} bot
 * @property {string} text  lines are separated by \n; styles are switched by the characters of `irc/text.js`
 * @property {Fact | null} event
 * @property {number} count
 * @property {'sending' | 'sent' | 'failed'} state  only ours are ever something else than `sent`
 * @property {string} why  why it failed
 * @property {{ id: string, nick: string, text: string } | null} reply  what it answers; text may be empty if unknown
 * @property {Map<string, string[]>} reactions  who reacted, by reaction; a new map when it changes
 * @property {{ by: string, why: string } | null} redacted  taken back; then `text` is empty
 */

/**
 * What happened in a room, for `view/` to put into words of the reader's language.
 * @typedef {{ what: 'join', nick: string } | { what: 'part', nick: string, why: string }
 *   | { what: 'quit', nick: string, why: string } | { what: 'kick', nick: string, by: string, why: string }
 *   | { what: 'nick', nick: string, to: string } | { what: 'topic', nick: string, topic: string }
 *   | { what: 'mode', nick: string, modes: string } | { what: 'rename', nick: string, from: string, to: string }
 *   | { what: 'invite', nick: string, who: string }} Fact
 */

/**
 * A command that can be typed. `usage` and `help` are keys of the dictionary (`i18n/`).
 * @typedef {{ name: string, usage: string, help: string, complete?: 'nick' | 'room' }} Command
 */

/** @typedef {{ rooms: Room[], items: { room: string, item: Item }[], more: boolean }} Found  `items`: newest first */

/**
 * Something the user must see once: recovery codes, an error that belongs to no room, an invitation, a mention
 * (for notifications).
 * @typedef {{ kind: 'codes', codes: string[] } | { kind: 'error', text: string }
 *   | { kind: 'invited', nick: string, room: string } | { kind: 'mention', room: Room, item: Item }} News
 */

/**
 * Everything `view/` may use. Made by `createChat` in `chat/chat.js`.
 * @typedef {Object} Chat
 * @property {Signal<Link>} link
 * @property {Signal<Me | null>} me
 * @property {Signal<{ name: string, features: Features }>} network
 * @property {Signal<Room[]>} rooms  in the order to be shown
 * @property {Signal<Room | null>} current
 * @property {Command[]} commands
 * @property {(choice: ({ nick: string } | { account: string, password: string, nick?: string }) & { door?: string }) => Promise<void>} enter
 *   connects, with the password that the server wants of everybody (`door`) if there is one; rejects with an Error for people (`code`: the server's) when the server will not have us
 * @property {() => void} retry  connects at once, in place of waiting
 * @property {() => void} leave  says goodbye and forgets who we are
 * @property {(password: string, email?: string) => Promise<string[]>} register  an account for the present nick; the
 *   recovery codes, to be shown once
 * @property {(account: string, password: string) => Promise<void>} logIn  while connected as a guest
 * @property {() => Promise<void>} logOut  of the account; stays as a guest
 * @property {(room: Room | null) => void} open  shows a room
 * @property {(name: string, key?: string) => Promise<Room>} join  a room by name, or a conversation with a person
 * @property {(room: Room) => void} part
 * @property {(room: Room, words: string) => Promise<void>} topic  changes it, or removes it if there are no words
 * @property {(room: Room, text: string) => Promise<void>} send  what was typed: words, several lines, or a command; at
 *   once in the timeline as `sending`
 * @property {(item: Item) => void} sendAgain  a failed one, which can't be doubled by it
 * @property {(item: Item) => void} discard  a failed one
 * @property {(item: Item, reaction: string) => void} react  or takes the same reaction back
 * @property {(item: Item, why?: string) => Promise<void>} redact
 * @property {(room: Room, active: boolean) => void} typed  called at each change of the composer; throttled inside
 * @property {(room: Room) => void} seen  the last item of the room is on the screen
 * @property {(room: Room | null, words: string, before?: string) => Promise<Found>} search
 * @property {(room: Room, muted: boolean) => void} mute
 * @property {(nick: string) => Promise<Whois>} whois
 * @property {(hook: (news: News) => void) => () => void} onNews
 * @property {(visible: boolean) => void} visible  whether the page is in sight
 */

/**
 * What the server can do.
 * @typedef {{ accounts: boolean, registration: boolean, emailRequired: boolean, history: boolean, search: boolean,
 *   redaction: boolean, multiline: { bytes: number, lines: number } | null, topicLength: number,
 *   nickLength: number }} Features
 */

/**
 * Somebody, as they are to the server: `idle` in seconds, `signon` in milliseconds since 1970.
 * @typedef {{ nick: string, user: string, host: string, realname: string, account: string | null, away: string | null,
 *   rooms: string[], idle: number | null, signon: number | null, oper: boolean, bot: boolean, secure: boolean,
 *   metadata: Record<string, string> }} Whois
 */

export {};

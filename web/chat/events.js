// @ts-check
/**
 * What the parts of `chat/` do when something happens to the session, which knows none of them.
 *
 * @typedef {import('./session.js').Session} Session
 * @typedef {import('./room.js').ChatRoom} ChatRoom
 *
 * @typedef {Object} Events
 * @property {(session: Session, room: ChatRoom) => void} furnish  a room is new: what is remembered of it
 * @property {(session: Session, room: ChatRoom, subcommand: string, refs: string[]) => Promise<import('./run.js').Page>} fetch
 * @property {(session: Session, thing: import('../irc/batch.js').Thing) => void} said
 * @property {(session: Session, room: ChatRoom) => void} entered  we have joined it, or begun it
 * @property {(session: Session) => void} welcomed  registered: what is to be done first
 * @property {(session: Session) => void} lost  the connection
 */

export {};

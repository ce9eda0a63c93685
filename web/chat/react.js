// @ts-check
/** Reactions to messages, and taking messages back. */

import { ChatError } from './failure.js';

/** @typedef {import('./session.js').Session} Session */
/** @typedef {import('./item.js').Kept} Kept */

/**
 * Reacts, or takes the same reaction back. It is shown when the server sends it to us like to all others.
 * @param {Session} session
 * @param {Kept} item
 * @param {string} reaction
 */
export function reactTo(session, item, reaction) {
  const { room, id } = item;
  if (!room || id === null || !session.registered || reaction === '') return;
  const mine = item.reactions.get(reaction)?.some((nick) => session.isMe(nick)) ?? false;
  const tags = {
    [mine ? '+draft/unreact' : '+draft/react']: reaction,
    '+draft/reply': id,
    // Our server keeps reactions, and nothing else without text unless it is asked to.
    ...(mine ? { '+draft/persist': '' } : {}),
  };
  session.demand('TAGMSG', [room.name], { tags }).catch((error) => session.tell(error.message, room));
}

/**
 * @param {Session} session
 * @param {Kept} item
 * @param {string} [why]
 */
export async function redact(session, item, why = '') {
  const { room, id } = item;
  if (!room || id === null) throw new ChatError('UNKNOWN_MSGID', session.env.t('error.notSent'));
  await session.demand('REDACT', why ? [room.name, id, why] : [room.name, id]);
}

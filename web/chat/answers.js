// @ts-check
/**
 * What the server answers to us alone, in words: numerics and standard replies that nothing else takes. Those of
 * which a dictionary has a sentence (`answer.N`) are said so, others as the server says them.
 */

import { cleanLine } from '../irc/text.js';
import { failure, worded } from './failure.js';
import { loggedIn } from './presence.js';
import { regained, watched } from './nick.js';

/** @typedef {import('./session.js').Session} Session */
/** @typedef {import('../irc/message.js').Message} Message */

/** Said at every connection, or of no interest without what was asked for. */
const SILENT = new Set([
  '001', '002', '003', '004', '251', '252', '253', '254', '255', '265', '266', '375', '372', '376', '422', '221',
  '396', '329', '315', '318', '321', '323', '333', '365', '366', '369', '219', '374', '406', '732', '733', '903',
  '770', '771', '772', '774', '761', '766',
]);

/** @type {Record<string, (session: Session, message: Message, quiet: boolean) => void>} */
export const handlers = {
  PING(session, { params }) {
    session.say('PONG', ...params);
  },
  PONG() {},
  CAP() {},
  ACK() {},
  BATCH() {},

  '001'(session, { params }) {
    // "Welcome to the … Network, nick!user@host"
    const mask = /(\S+!\S+@\S+)$/.exec(params.at(-1) ?? '');
    if (mask?.[1]) session.mask = mask[1];
  },
  '005'(session, { params }) {
    session.isupport.take(params.slice(1, -1));
    if (session.registered) session.showFeatures();
  },
  396(session, { params }) {
    if (session.mask && params[1]) session.mask = session.mask.replace(/@.*$/, `@${params[1]}`);
  },

  900(session, { params }) {
    loggedIn(session, params[2] ?? null);
  },
  901(session) {
    loggedIn(session, null);
  },

  // RPL_UNAWAY, RPL_NOWAWAY
  305(session, message, quiet) {
    away(session, null);
    show(session, message, quiet);
  },
  306(session, message, quiet) {
    const text = session.awayText;
    away(session, text || '*');
    show(session, message, quiet);
  },
  381(session, message, quiet) {
    const me = session.me.value;
    if (me) session.me.value = { ...me, oper: true };
    show(session, message, quiet);
  },

  730: watched,
  731: regained,

  ERROR(session, { params }) {
    session.farewell(cleanLine(params[0] ?? ''));
  },

  '*': show,
};

/**
 * @param {Session} session
 * @param {string | null} text
 */
function away(session, text) {
  const me = session.me.value;
  if (me) session.me.value = { ...me, away: text };
}

/**
 * Shows an answer, unless who asked does that.
 * @param {Session} session
 * @param {Message} message
 * @param {boolean} quiet
 */
export function show(session, message, quiet) {
  if (quiet || SILENT.has(message.command)) return;
  const { t } = session.env;
  const words = message.params.slice(/^\d{3}$/.test(message.command) ? 1 : 0);
  const room = words.map((word) => session.rooms.get(word)).find((room) => room?.kind === 'room') ?? null;
  const error = failure(message, t);
  if (error) return session.tell(error.message, room);
  if (message.command === 'WARN' || message.command === 'NOTE') return session.tell(cleanLine(words.at(-1) ?? ''));
  if (!/^\d{3}$/.test(message.command)) return;
  session.tell(worded(`answer.${message.command}`, words.slice(0, -1), words.at(-1) ?? '', t), room);
}

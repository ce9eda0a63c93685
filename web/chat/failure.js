// @ts-check
/** What went wrong, in words for people. */

import { isBatch } from '../irc/batch.js';
import { cleanLine } from '../irc/text.js';

export class ChatError extends Error {
  /**
   * @param {string} code  the server's: a numeric, or that of a FAIL; or a word of ours
   * @param {string} text
   */
  constructor(code, text) {
    super(text);
    this.name = 'ChatError';
    this.code = code;
  }
}

/** Numerics above 400 that report no failure. */
const HARMLESS = new Set(['422']);

/**
 * Whether a message says that something was refused; then, what.
 * @param {import('../irc/message.js').Message} message
 * @param {import('./env.js').Say} t
 * @returns {ChatError | null}
 */
export function failure({ command, params }, t) {
  if (command === 'FAIL') {
    const code = params[1] ?? 'FAIL';
    return new ChatError(code, worded(`fail.${params[0]}.${code}`, params.slice(2, -1), params.at(-1) ?? code, t));
  }
  const numeric = /^(?:[45]\d\d|69\d|723|734|90[24567])$/.test(command) && !HARMLESS.has(command);
  if (!numeric) return null;
  return new ChatError(command, worded(`answer.${command}`, params.slice(1, -1), params.at(-1) ?? command, t));
}

/**
 * The first failure in an answer.
 * @param {import('./session.js').Reply} reply
 * @param {import('./env.js').Say} t
 * @returns {ChatError | null}
 */
export function failureOf(reply, t) {
  for (const thing of reply) {
    const found = isBatch(thing) ? failureOf(thing.things, t) : failure(thing, t);
    if (found) return found;
  }
  return null;
}

/**
 * What the dictionary says, or else the server.
 * @param {string} key
 * @param {string[]} context
 * @param {string} text
 * @param {import('./env.js').Say} t
 */
export function worded(key, context, text, t) {
  const [what = '', more = '', third = ''] = context;
  const said = t(key, { what, more, third, text });
  if (said !== key) return cleanLine(said).replace(/ {2,}/g, ' ');
  return cleanLine(context.length > 0 ? `${context.join(' ')}: ${text}` : text);
}

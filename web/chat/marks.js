// @ts-check
/**
 * What is known of messages apart from what they say: who reacted to them, and which were taken back. It may be
 * known before the message itself, since the history is read from its end.
 */

import { react, redactItem } from './item.js';

/** @typedef {import('./entry.js').Entry} Entry */
/** @typedef {import('./item.js').Kept} Kept */

/** Messages of which something is known; beyond, those are forgotten that were first. */
const MOST = 2_000;

export class Marks {
  /** The last reaction of each one to each message: `on` or `off`, with its time. @type {Map<string, Map<string, string>>} */
  #reactions = new Map();
  /** @type {Map<string, { by: string, why: string }>} */
  #redacted = new Map();

  /** A message is here: marks it with what is known of it. @param {Kept} item */
  mark(item) {
    if (item.id === null) return;
    const redacted = this.#redacted.get(item.id);
    if (redacted) redactItem(item, redacted);
    else for (const [who, at] of this.#reactions.get(item.id) ?? []) apply(item, who, at);
  }

  /**
   * @param {Entry & { what: 'react' }} entry
   * @param {Kept | undefined} item  if it is here
   */
  react(entry, item) {
    let known = this.#reactions.get(entry.id);
    if (!known) this.#reactions.set(entry.id, (known = new Map()));
    shrink(this.#reactions);
    const who = `${entry.nick} ${entry.reaction}`;
    const before = known.get(who) ?? '';
    if (before.slice(0, entry.time.length) >= entry.time || known.size > MOST) return;
    const at = `${entry.time} ${entry.on ? 'on' : 'off'}`;
    known.set(who, at);
    if (item && !item.redacted) apply(item, who, at);
  }

  /**
   * @param {Entry & { what: 'redact' }} entry
   * @param {Kept | undefined} item
   */
  redact(entry, item) {
    const redacted = { by: entry.by, why: entry.why };
    this.#redacted.set(entry.id, redacted);
    shrink(this.#redacted);
    if (item) redactItem(item, redacted);
  }

  /** @param {string} id */
  forget(id) {
    this.#reactions.delete(id);
  }
}

/**
 * @param {Kept} item
 * @param {string} who  nick and reaction
 * @param {string} at  time, and whether it was added
 */
function apply(item, who, at) {
  const space = who.indexOf(' ');
  react(item, who.slice(space + 1), who.slice(0, space), at.endsWith('on'));
}

/** @param {Map<string, unknown>} map */
function shrink(map) {
  if (map.size <= MOST) return;
  for (const key of map.keys()) {
    map.delete(key);
    if (map.size <= MOST / 2) break;
  }
}

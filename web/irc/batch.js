// @ts-check
/**
 * Lines that belong together (IRCv3 batch). What is in a batch is held back until it ends; what is in none goes
 * straight through, also while a batch is open.
 *
 *     BATCH +ref kind …     open, inside the batch of its own `batch` tag if there is one
 *     @batch=ref …          held
 *     BATCH -ref            comes out, with all that it holds
 *
 * But a `labeled-response` only says what a line was answered with, and lines for everybody may come in between:
 * holding it back would change their order. So what is in it goes through as it comes, with the label; the
 * batch comes out behind it and is for who waits for the answer.
 */

/** @typedef {import('./message.js').Message} Message */

/**
 * @typedef {Object} Batch
 * @property {string} kind
 * @property {string[]} params
 * @property {Map<string, string>} tags  of the opening line
 * @property {import('./message.js').Source | null} source
 * @property {Thing[]} things
 */

/** @typedef {Message | Batch} Thing */

/** Batches that may be open at once, and lines in one: beyond, they are dropped, so that none is taken for news. */
const MAX_OPEN = 64;
const MAX_THINGS = 200_000;

export class Batches {
  /** @type {Map<string, Batch & { parent: string | undefined }>} */
  #open = new Map();

  /**
   * Takes a line, and gives back what is complete with it.
   * @param {Message} message
   * @returns {Thing | null}
   */
  take(message) {
    if (message.command === 'BATCH') return this.#bound(message);
    return this.#place(message, message.tags.get('batch'));
  }

  /** Forgets what is open: the connection is another one. */
  clear() {
    this.#open.clear();
  }

  /**
   * @param {Message} message
   * @returns {Thing | null}
   */
  #bound(message) {
    const [mark = '', kind = '', ...params] = message.params;
    const ref = mark.slice(1);
    if (mark.startsWith('+')) {
      const parent = message.tags.get('batch');
      if (this.#open.size >= MAX_OPEN || (parent !== undefined && !this.#open.has(parent))) return null;
      this.#open.set(ref, { kind, params, tags: message.tags, source: message.source, things: [], parent });
      return null;
    }
    const batch = this.#open.get(ref);
    if (!batch) return null;
    this.#open.delete(ref);
    return this.#place(batch, batch.parent);
  }

  /**
   * What comes out at once; nothing if it is in a batch.
   * @param {Thing} thing
   * @param {string | undefined} ref  the batch that it is in
   * @returns {Thing | null}
   */
  #place(thing, ref) {
    if (ref === undefined) return thing;
    const outer = this.#open.get(ref);
    return outer ? held(thing, outer) : null;
  }
}

/**
 * @param {Thing} thing
 * @param {Batch} outer
 * @returns {Thing | null}
 */
function held(thing, outer) {
  if (outer.things.length < MAX_THINGS) outer.things.push(thing);
  if (outer.kind !== 'labeled-response') return null;
  const label = outer.tags.get('label');
  if (label !== undefined) thing.tags.set('label', label);
  return thing;
}

/**
 * @param {Thing} thing
 * @returns {thing is Batch}
 */
export function isBatch(thing) {
  return 'things' in thing;
}

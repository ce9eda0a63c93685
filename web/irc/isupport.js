// @ts-check
/** What the network says of itself in 005, with the values that hold where it says nothing. */

import { folding } from './casemap.js';

export class Isupport {
  /** @type {Map<string, string>} */
  #tokens = new Map();

  /** @type {import('./casemap.js').Fold} */
  fold = folding('ascii');

  /**
   * Takes the parameters of a 005, without the nick before and the words behind.
   * @param {string[]} tokens
   */
  take(tokens) {
    for (const token of tokens) {
      const equals = token.indexOf('=');
      const key = equals < 0 ? token : token.slice(0, equals);
      if (key.startsWith('-')) this.#tokens.delete(key.slice(1));
      else this.#tokens.set(key, equals < 0 ? '' : unescape(token.slice(equals + 1)));
    }
    this.fold = folding(this.get('CASEMAPPING') ?? 'ascii');
  }

  /** @param {string} key */
  get(key) {
    return this.#tokens.get(key);
  }

  /** @param {string} key */
  has(key) {
    return this.#tokens.has(key);
  }

  /**
   * @param {string} key
   * @param {number} otherwise
   */
  number(key, otherwise) {
    const value = Number.parseInt(this.#tokens.get(key) ?? '', 10);
    return Number.isSafeInteger(value) && value > 0 ? value : otherwise;
  }

  /** @param {string} name */
  isRoom(name) {
    return name !== '' && (this.get('CHANTYPES') ?? '#').includes(name.charAt(0));
  }

  /**
   * A target without the ranks that it is meant for (`@#room`).
   * @param {string} target
   */
  bare(target) {
    const ranks = this.get('STATUSMSG') ?? '';
    let at = 0;
    while (at < target.length && ranks.includes(target.charAt(at)) && !this.isRoom(target.slice(at))) at++;
    return this.isRoom(target.slice(at)) ? target.slice(at) : target;
  }

  /** Letters and signs of the ranks, highest first. @returns {{ modes: string, signs: string }} */
  get ranks() {
    const match = /^\(([^)]*)\)(.*)$/.exec(this.get('PREFIX') ?? '(ov)@+');
    return { modes: match?.[1] ?? 'ov', signs: match?.[2] ?? '@+' };
  }

  /**
   * Splits the parameters of a room's MODE into single changes.
   * @param {string[]} params  from the changes on
   * @returns {{ on: boolean, mode: string, param: string | null }[]}
   */
  modes(params) {
    const [lists = '', always = '', set = ''] = (this.get('CHANMODES') ?? 'beI,k,l,imnst').split(',');
    const ranks = this.ranks.modes;
    const rest = params.slice(1);
    const changes = [];
    let on = true;
    for (const mode of params[0] ?? '') {
      if (mode === '+' || mode === '-') {
        on = mode === '+';
        continue;
      }
      const takes = lists.includes(mode) || always.includes(mode) || ranks.includes(mode) || (on && set.includes(mode));
      changes.push({ on, mode, param: takes ? (rest.shift() ?? null) : null });
    }
    return changes;
  }
}

/** @param {string} value */
function unescape(value) {
  return value.replace(/\\x([0-9A-Fa-f]{2})/g, (_, hex) => String.fromCharCode(Number.parseInt(hex, 16)));
}

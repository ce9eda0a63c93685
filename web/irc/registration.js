// @ts-check
/**
 * From an open socket to being somebody:
 *
 *     guest:    CAP LS, NICK, USER ─▶ CAP REQ ─▶ CAP END ─▶ 001 … 376
 *     account:  CAP LS ─▶ CAP REQ ─▶ AUTHENTICATE ─▶ 903, NICK, USER, CAP END ─▶ 001 … 376
 *
 * An account says its nick after it has logged in: before, the nick is somebody else's.
 */

import { plain } from './sasl.js';

/** @typedef {import('./message.js').Message} Message */

/**
 * Who we want to be. `stubborn`: another nick is better than none, since the one we want is ours and only not
 * free yet.
 * @typedef {{ nick: string, account: string | null, password: string, realname: string, stubborn: boolean }} Wish
 */

/** @typedef {{ code: string, text: string }} Refusal */

/** Other nicks that are tried before we give up. */
const MAX_TRIES = 8;

export class Registration {
  /** Why the server will not have us. @type {Refusal | null} */
  refused = null;

  /** Whether the welcome is complete. */
  done = false;

  /** What we asked to be called last. */
  nick;

  #tries = 0;
  #ended = false;
  #authenticating = false;

  /**
   * @param {Wish} wish
   * @param {import('./caps.js').Caps} caps
   * @param {(command: string, ...params: string[]) => void} say
   * @param {string} [door]  the password that the server wants of everybody
   */
  constructor(wish, caps, say, door = '') {
    this.wish = wish;
    this.caps = caps;
    this.say = say;
    this.nick = wish.nick;
    say('CAP', 'LS', '302');
    if (door !== '') say('PASS', door);
    if (wish.account === null) this.#introduce();
  }

  /**
   * Takes a line while it goes on.
   * @param {Message} message
   */
  take(message) {
    const { command, params } = message;
    switch (command) {
      case 'CAP':
        for (const list of this.caps.take(params)) this.say('CAP', 'REQ', list);
        if (this.caps.listed && this.caps.pending === 0) this.#negotiated();
        break;
      case 'AUTHENTICATE':
        if (params[0] === '+') {
          for (const part of plain(this.wish.account ?? '', this.wish.password)) this.say('AUTHENTICATE', part);
        }
        break;
      case '903':
        this.#introduce();
        this.#end();
        break;
      case '902': case '904': case '905': case '906': case '908':
        if (this.#authenticating && command !== '908') this.#refuse(command === '906' ? '904' : command, params);
        break;
      case '421':
        // A server that knows no CAP: nothing to negotiate, so nothing to end.
        if (params[1]?.toUpperCase() === 'CAP') this.#ended = true;
        break;
      case '433': case '436': case '437':
        this.#taken(params);
        break;
      case '431': case '432': case '464': case '465': case '468':
        this.#refuse(command, params);
        break;
      case 'FAIL':
        if (params[1] === 'ACCOUNT_REQUIRED') this.#refuse('ACCOUNT_REQUIRED', params);
        break;
      case '001':
        this.nick = params[0] ?? this.nick;
        break;
      case '376': case '422':
        this.done = true;
        break;
    }
  }

  #introduce() {
    this.say('NICK', this.nick);
    this.say('USER', userName(this.nick), '0', '*', this.wish.realname || this.nick);
  }

  #negotiated() {
    if (this.#ended || this.#authenticating) return;
    if (this.wish.account === null) return this.#end();
    if (!this.caps.has('sasl')) {
      this.refused = { code: 'NO_ACCOUNTS', text: '' };
      return;
    }
    this.#authenticating = true;
    this.say('AUTHENTICATE', 'PLAIN');
  }

  #end() {
    if (this.#ended) return;
    this.#ended = true;
    this.#authenticating = false;
    this.say('CAP', 'END');
  }

  /** @param {string[]} params */
  #taken(params) {
    if (!this.wish.stubborn || this.#tries >= MAX_TRIES) return this.#refuse('433', params);
    this.#tries++;
    this.nick = substitute(this.wish.nick, this.#tries);
    this.say('NICK', this.nick);
  }

  /**
   * @param {string} code
   * @param {string[]} params
   */
  #refuse(code, params) {
    this.refused = { code, text: params.at(-1) ?? '' };
  }
}

/**
 * Another nick in place of one that is taken: `ann_`, then `ann2`, `ann3`, …
 * @param {string} nick
 * @param {number} tries  from 1 on
 */
export function substitute(nick, tries) {
  const short = nick.slice(0, 28);
  return tries === 1 ? `${short}_` : `${short}${tries}`;
}

/** A user name has fewer letters to choose from than a nick. @param {string} nick */
function userName(nick) {
  return nick.replace(/[^A-Za-z0-9._-]/g, '').slice(0, 16) || 'web';
}

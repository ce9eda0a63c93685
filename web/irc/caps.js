// @ts-check
/** Capabilities: which are offered, which we have, and what to ask for (IRCv3 capability negotiation). */

/** What we can make use of. */
const WANTED = [
  'account-notify', 'account-tag', 'away-notify', 'batch', 'cap-notify', 'chghost', 'draft/account-registration',
  'draft/channel-rename', 'draft/chathistory', 'draft/event-playback', 'draft/message-redaction',
  'draft/metadata-3', 'draft/multiline', 'draft/read-marker', 'echo-message', 'extended-join', 'extended-monitor',
  'invite-notify', 'labeled-response', 'message-tags', 'multi-prefix', 'sasl', 'server-time', 'setname',
  'soju.im/search', 'standard-replies',
];

/** Bytes of names in one request: it has to fit a line with room to spare. */
const MAX_REQUEST = 400;

export class Caps {
  /** With their values. @type {Map<string, string>} */
  offered = new Map();

  /** @type {Set<string>} */
  enabled = new Set();

  /** Requests that are not answered. */
  pending = 0;

  /** Whether the whole list has come. */
  listed = false;

  /** @param {string} name */
  has(name) {
    return this.enabled.has(name);
  }

  /**
   * A value like `max-bytes=4096,max-lines=32`, taken apart.
   * @param {string} name
   * @returns {Map<string, string>}
   */
  value(name) {
    return new Map(
      (this.offered.get(name) ?? '').split(',').filter(Boolean).map((part) => {
        const equals = part.indexOf('=');
        return equals < 0 ? [part, ''] : [part.slice(0, equals), part.slice(equals + 1)];
      }),
    );
  }

  /**
   * Takes a CAP line and gives back the lists to request.
   * @param {string[]} params
   * @returns {string[]}
   */
  take(params) {
    const [, subcommand = '', ...rest] = params;
    const names = (rest.at(-1) ?? '').split(' ').filter(Boolean);
    switch (subcommand.toUpperCase()) {
      case 'LS':
        this.#offer(names);
        if (rest.length > 1 && rest[0] === '*') return [];
        this.listed = true;
        return this.#request();
      case 'NEW':
        this.#offer(names);
        return this.#request();
      case 'DEL':
        for (const name of names) {
          this.offered.delete(name);
          this.enabled.delete(name);
        }
        return [];
      case 'ACK':
        this.pending--;
        for (const name of names) {
          if (name.startsWith('-')) this.enabled.delete(name.slice(1));
          else this.enabled.add(name);
        }
        return [];
      case 'NAK':
        this.pending--;
        return [];
      default:
        return [];
    }
  }

  /** @param {string[]} names */
  #offer(names) {
    for (const name of names) {
      const equals = name.indexOf('=');
      this.offered.set(equals < 0 ? name : name.slice(0, equals), equals < 0 ? '' : name.slice(equals + 1));
    }
  }

  /** What is offered, wanted and not there yet. */
  #request() {
    const missing = WANTED.filter((name) => this.offered.has(name) && !this.enabled.has(name));
    /** @type {string[]} */
    const requests = [];
    for (const name of missing) {
      const last = requests.at(-1);
      if (last !== undefined && last.length + name.length < MAX_REQUEST) requests[requests.length - 1] = `${last} ${name}`;
      else requests.push(name);
    }
    this.pending += requests.length;
    return requests;
  }
}

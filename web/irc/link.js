// @ts-check
/**
 * The socket, opened again whenever it is lost.
 *
 *     closed ── open ──▶ opening ──▶ open ── settled ──▶ (the next wait is short again)
 *                  ▲         │         │
 *                  └─ wait ──┴── lost ─┘      1 s, 2 s, 4 s … 60 s, each a little shorter by chance
 *
 * A connection that has died without a word is noticed: after 20 s of silence we ask, and 15 s later it is given
 * up. Lines are handed on in bunches, so that a thousand of them a second cost a few dozen drawings.
 */

/** @typedef {{ now(): number, setTimeout(run: () => void, ms: number): unknown, clearTimeout(id: any): void }} Clock */

/**
 * As much of a WebSocket as is used.
 * @typedef {Object} Socket
 * @property {(line: string) => void} send
 * @property {(code?: number, reason?: string) => void} close
 * @property {((event: any) => void) | null} onopen
 * @property {((event: any) => void) | null} onmessage
 * @property {((event: any) => void) | null} onclose
 * @property {((event: any) => void) | null} onerror
 */

/**
 * @typedef {Object} Hooks
 * @property {() => void} opening  for the first time, or again
 * @property {() => void} opened
 * @property {(lines: string[]) => void} lines
 * @property {(retryAt: number | null) => void} lost  null: it is not tried again
 */

const PROTOCOL = 'text.ircv3.net';
const OPEN_WITHIN = 15_000;
const SILENCE = 20_000;
const ANSWER_WITHIN = 15_000;
/** When somebody doubts the connection, such as after the computer slept. */
const PROBE_WITHIN = 6_000;
const FIRST_WAIT = 1_000;
const LONGEST_WAIT = 60_000;
/** Lines of one bunch, and the least time between two. Out of sight timers come late: then it is several at once. */
const BUNCH = 250;
const PAUSE = 16;

export class Link {
  /** @type {Socket | null} */
  #socket = null;
  #open = false;
  #tries = 0;
  /** @type {unknown} */
  #wait = null;
  /** @type {unknown} */
  #watch = null;
  /** @type {unknown} */
  #pump = null;
  /** @type {string[]} */
  #queue = [];
  /** How much of the queue has been handed on. */
  #handed = 0;
  #heard = 0;
  /** When a bunch was handed on last, and when the next one is due. */
  #pumped = 0;
  #due = 0;

  /**
   * @param {{ url: string, socket: (url: string, protocols: string[]) => Socket, clock: Clock, random: () => number }} env
   * @param {Hooks} hooks
   */
  constructor(env, hooks) {
    this.env = env;
    this.hooks = hooks;
  }

  get isOpen() {
    return this.#open;
  }

  /** Opens a socket now, in place of the one there may be, or of waiting. */
  open() {
    this.#drop();
    this.#clear('wait');
    this.hooks.opening();
    /** @type {Socket} */
    let socket;
    try {
      socket = this.env.socket(this.env.url, [PROTOCOL]);
    } catch {
      this.#lost();
      return;
    }
    this.#socket = socket;
    socket.onopen = () => this.#opened();
    socket.onmessage = ({ data }) => this.#received(data);
    socket.onclose = () => this.#lost();
    socket.onerror = () => {};
    this.#watchFor(OPEN_WITHIN, () => this.#lost());
  }

  /** Closes for good, until `open`. */
  close() {
    this.#clear('wait');
    this.#drop();
  }

  /** It works: when it is lost, it is tried again soon. */
  settled() {
    this.#tries = 0;
  }

  /** Gives up this socket, and tries again after a while. */
  abandon() {
    this.#lost();
  }

  /** @param {string} line */
  send(line) {
    if (this.#open) this.#socket?.send(line);
  }

  /** Asks whether somebody is still there, and does not wait long for the answer. */
  probe() {
    if (this.#open) this.#ask(PROBE_WITHIN);
  }

  #opened() {
    this.#open = true;
    this.#heard = this.env.clock.now();
    this.#watchSilence(SILENCE);
    this.hooks.opened();
  }

  /** @param {unknown} data */
  #received(data) {
    if (typeof data !== 'string') return;
    this.#heard = this.env.clock.now();
    this.#queue.push(data);
    this.#schedule();
  }

  #schedule() {
    if (this.#pump !== null) return;
    const now = this.env.clock.now();
    const since = now - this.#pumped;
    const pause = since < 0 ? PAUSE : Math.max(0, PAUSE - since);
    this.#due = now + pause;
    this.#pump = this.env.clock.setTimeout(() => this.#hand(), pause);
  }

  #hand() {
    const now = this.env.clock.now();
    const bunches = 1 + Math.max(0, Math.floor((now - this.#due) / PAUSE));
    this.#pump = null;
    this.#pumped = now;
    const lines = this.#queue.slice(this.#handed, this.#handed + BUNCH * bunches);
    this.#handed += lines.length;
    // Not at each bunch: to move what is left costs as much as there is.
    if (this.#handed * 2 > this.#queue.length) {
      this.#queue.splice(0, this.#handed);
      this.#handed = 0;
    }
    this.hooks.lines(lines);
    if (this.#queue.length > 0) this.#schedule();
  }

  #empty() {
    this.#queue = [];
    this.#handed = 0;
  }

  /** @param {number} ms */
  #watchSilence(ms) {
    this.#watchFor(ms, () => {
      const silent = this.env.clock.now() - this.#heard;
      if (silent < SILENCE) this.#watchSilence(SILENCE - silent);
      else this.#ask(ANSWER_WITHIN);
    });
  }

  /** @param {number} within */
  #ask(within) {
    const asked = this.env.clock.now();
    this.#socket?.send(`PING :${asked}`);
    this.#watchFor(within, () => {
      // Timers of a page out of sight, or of a computer that slept, come late: then nobody had time to answer.
      const late = this.env.clock.now() - asked > within + 5_000;
      if (this.#heard >= asked) this.#watchSilence(SILENCE);
      else if (late) this.#ask(within);
      else this.#lost();
    });
  }

  #lost() {
    // What has come is heard before the news that nothing more does.
    const socket = this.#socket;
    const lines = this.#queue.slice(this.#handed);
    this.#empty();
    if (lines.length > 0) this.hooks.lines(lines);
    // One of them may have been a reason to close for good.
    if (socket !== null && this.#socket !== socket) return;
    this.#drop();
    if (this.#wait !== null) return;
    const longest = Math.min(LONGEST_WAIT, FIRST_WAIT * 2 ** this.#tries);
    this.#tries = Math.min(this.#tries + 1, 16);
    const wait = Math.max(FIRST_WAIT, Math.round(longest * (0.6 + 0.4 * this.env.random())));
    this.#wait = this.env.clock.setTimeout(() => this.open(), wait);
    this.hooks.lost(this.env.clock.now() + wait);
  }

  #drop() {
    const socket = this.#socket;
    this.#socket = null;
    this.#open = false;
    this.#empty();
    this.#clear('watch');
    this.#clear('pump');
    if (!socket) return;
    socket.onopen = socket.onmessage = socket.onclose = null;
    try {
      socket.close();
    } catch {
      // It was closed already.
    }
  }

  /**
   * @param {number} ms
   * @param {() => void} run
   */
  #watchFor(ms, run) {
    this.#clear('watch');
    this.#watch = this.env.clock.setTimeout(() => {
      this.#watch = null;
      run();
    }, ms);
  }

  /** @param {'wait' | 'watch' | 'pump'} which */
  #clear(which) {
    const clear = (/** @type {unknown} */ id) => {
      if (id !== null) this.env.clock.clearTimeout(id);
      return null;
    };
    if (which === 'wait') this.#wait = clear(this.#wait);
    else if (which === 'watch') this.#watch = clear(this.#watch);
    else this.#pump = clear(this.#pump);
  }
}

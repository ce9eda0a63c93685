// @ts-check
/** A world for tests: a clock that moves when it is told to, chance that repeats itself, and sockets to a server. */

import { createChat } from '../chat/chat.js';
import { forgetful } from '../chat/memory.js';
import english from '../i18n/commands.en.js';
import { say } from '../i18n/index.js';

/** Time passes only in `pass`. */
export class FakeClock {
  time = Date.parse('2026-01-01T12:00:00.000Z');
  /** @type {Map<number, { at: number, run: () => void }>} */
  #timers = new Map();
  #serial = 0;

  now = () => this.time;

  setTimeout = (/** @type {() => void} */ run, /** @type {number} */ ms) => {
    this.#timers.set(++this.#serial, { at: this.time + Math.max(0, ms), run });
    return this.#serial;
  };

  clearTimeout = (/** @type {any} */ id) => void this.#timers.delete(id);

  /** Lets time pass, and all that is due in it happen. @param {number} ms */
  async pass(ms) {
    const end = this.time + ms;
    await turn();
    for (;;) {
      let next = null;
      for (const [id, timer] of this.#timers) {
        if (timer.at <= end && (next === null || timer.at < next.timer.at)) next = { id, timer };
      }
      if (!next) break;
      this.#timers.delete(next.id);
      this.time = Math.max(this.time, next.timer.at);
      next.timer.run();
      await turn();
    }
    this.time = end;
  }
}

/** Lets promises go on. */
function turn() {
  return new Promise((resolve) => setImmediate(resolve));
}

/** Numbers that look like chance, the same for the same seed. @param {number} seed */
export function chance(seed) {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
}

/** The client's end of a connection. */
export class FakeSocket {
  /** @type {((event: any) => void) | null} */
  onopen = null;
  /** @type {((event: any) => void) | null} */
  onmessage = null;
  /** @type {((event: any) => void) | null} */
  onclose = null;
  /** @type {((event: any) => void) | null} */
  onerror = null;
  isOpen = false;
  /** What the client has sent. @type {string[]} */
  sent = [];
  /** @type {((line: string) => void) | null} */
  heard = null;
  /** @type {(() => void) | null} */
  hungUp = null;

  open() {
    this.isOpen = true;
    this.onopen?.({});
  }

  send(/** @type {string} */ line) {
    if (!this.isOpen) return;
    this.sent.push(line);
    this.heard?.(line);
  }

  close() {
    if (!this.isOpen) return;
    this.isOpen = false;
    this.hungUp?.();
  }

  /** The server says something. @param {...string} lines */
  receive(...lines) {
    for (const data of lines) if (this.isOpen) this.onmessage?.({ data });
  }

  /** The connection breaks. */
  drop() {
    this.isOpen = false;
    this.hungUp?.();
    this.onclose?.({});
  }

  /** What was sent since the last time, without `label` and our ids. */
  take() {
    return this.sent.splice(0).map((line) => line.replace(/^@\S+ /, ''));
  }
}

/**
 * A chat in a world of its own; `connect` is called for each socket it opens.
 * @param {{ clock?: FakeClock, seed?: number, connect?: (socket: FakeSocket) => void, storage?: any, session?: any, room?: string }} [given]
 */
export function world({ clock = new FakeClock(), seed = 1, connect, storage = forgetful(), session = forgetful(), room } = {}) {
  /** @type {FakeSocket[]} */
  const sockets = [];
  const chat = createChat({
    url: 'wss://chat.example/ws',
    t: (key, params = {}) => say(english, 'en', key, params),
    socket: () => {
      const socket = new FakeSocket();
      sockets.push(socket);
      if (connect) connect(socket);
      else clock.setTimeout(() => socket.open(), 1);
      return socket;
    },
    storage,
    session,
    clock,
    random: chance(seed),
    ...(room ? { room } : {}),
  });
  return {
    chat,
    clock,
    sockets,
    storage,
    session,
    /** The socket that was opened last. */
    get socket() {
      return /** @type {FakeSocket} */ (sockets.at(-1));
    },
  };
}

/**
 * A room's timeline in few words.
 * @param {import('../chat/types.js').Room | null | undefined} room
 */
export function texts(room) {
  return (room?.timeline.items ?? []).filter((item) => item.kind !== 'event').map((item) => item.text || `<${item.kind}>`);
}

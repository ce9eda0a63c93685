// @ts-check
/**
 * What all parts of `chat/` share: the connection and who we are on it, the rooms, and asking the server something.
 *
 *     idle ── enter ──▶ connecting ── 001 … 376, rooms, history ──▶ online
 *      ▲                  ▲  │  │                                     │
 *      └──── leave ───────┤  │  └── refused                           │
 *                         └─ waiting ◀────────── lost ────────────────┘
 */

import { batch, signal } from '../vendor/signals-core.js';
import { Batches, isBatch } from '../irc/batch.js';
import { Caps } from '../irc/caps.js';
import { Isupport } from '../irc/isupport.js';
import { Link } from '../irc/link.js';
import { format, parse } from '../irc/message.js';
import { Registration } from '../irc/registration.js';
import { ChatError, failureOf } from './failure.js';
import { features, nothingYet } from './features.js';
import { makeItem } from './item.js';
import { Memory, whose } from './memory.js';
import { Rooms } from './rooms.js';

/** @typedef {import('../irc/batch.js').Thing} Thing */
/** @typedef {import('../irc/message.js').Message} Message */
/** @typedef {import('./room.js').ChatRoom} ChatRoom */
/** @typedef {import('./types.js').News} News */

/** An answer of the server: what came of one line. @typedef {Thing[]} Reply */

/** @typedef {{ resolve: (reply: Reply) => void, reject: (error: Error) => void, timer: unknown, quiet: boolean }} Asked */

/** How long an answer may take. */
const PATIENCE = 30_000;
const REGISTER_WITHIN = 30_000;
/** Answers to us alone, in one room. */
const MAX_LOCAL_TEXT = 20_000;

export class Session {
  link = signal(/** @type {import('./types.js').Link} */ ({ state: 'idle' }));
  me = signal(/** @type {import('./types.js').Me | null} */ (null));
  current = signal(/** @type {ChatRoom | null} */ (null));
  isupport = new Isupport();
  caps = new Caps();
  /** Whom we want to be; null: nobody yet. @type {import('../irc/registration.js').Wish | null} */
  wish = null;
  /** How often a connection was made. */
  connection = 0;
  /** Whether we are somebody on this connection. */
  registered = false;
  visible = true;
  /** What we said when we went away. */
  awayText = '';
  /** Whom we are logged in as. @type {string | null} */
  account = null;
  /** Our own `nick!user@host`, as far as we have seen it. */
  mask = '';
  /** By how much the server's clock is ahead of ours, in milliseconds. */
  ahead = 0;
  /** What has to be known to understand lines. @type {import('./entry.js').Reader} */
  reader = { me: () => this.self(), isupport: this.isupport, now: () => this.now() };
  /** @type {Set<string>} */
  ignored = new Set();

  #batches = new Batches();
  /** @type {Registration | null} */
  #registration = null;
  /** @type {unknown} */
  #registering = null;
  /** @type {Map<string, Asked>} */
  #asked = new Map();
  #labels = 0;
  /** @type {Set<(news: News) => void>} */
  #hooks = new Set();
  /** What the server said when it hung up. */
  #farewell = '';
  /** Who waits for `online`, or for a refusal. @type {{ resolve: () => void, reject: (error: Error) => void } | null} */
  #entering = null;

  /**
   * @param {import('./env.js').Env} env
   * @param {Record<string, (session: Session, message: Message, quiet: boolean) => void>} handlers  `*` takes the rest
   * @param {import('./events.js').Events} events
   */
  constructor(env, handlers, events) {
    this.env = env;
    this.handlers = handlers;
    this.events = events;
    this.memory = new Memory(env.storage, env.session);
    this.network = signal({ name: env.network, features: nothingYet() });
    this.rooms = new Rooms(
      (name) => this.isupport.fold(name),
      (room) => events.furnish(this, room),
      (room) => (subcommand, ...refs) => events.fetch(this, room(), subcommand, refs),
    );
    this.socket = new Link(env, {
      opening: () => void (this.link.value = { state: 'connecting' }),
      opened: () => this.#opened(),
      lines: (lines) => this.#lines(lines),
      lost: (retryAt) => batch(() => this.#lost(retryAt)),
    });
  }

  /** Who we are, or want to be. @returns {{ nick: string, account: string | null }} */
  self() {
    return this.me.value ?? { nick: this.wish?.nick ?? '', account: null };
  }

  /** @param {string} name */
  fold(name) {
    return this.isupport.fold(name);
  }

  /** @param {string} nick */
  isMe(nick) {
    return this.fold(nick) === this.fold(this.self().nick);
  }

  /** The server's time, as far as it can be told. */
  now() {
    return new Date(this.env.clock.now() + this.ahead).toISOString();
  }

  /** A name of our own for something; nobody can guess it. @param {number} [length] */
  random(length = 16) {
    let name = '';
    while (name.length < length) name += Math.floor(this.env.random() * 36).toString(36);
    return name;
  }

  /**
   * Connects as somebody, and is done when we are there.
   * @param {import('../irc/registration.js').Wish} wish
   * @returns {Promise<void>}
   */
  enter(wish) {
    this.#entering?.reject(new ChatError('left', this.env.t('error.left')));
    this.wish = wish;
    return new Promise((resolve, reject) => {
      this.#entering = { resolve, reject };
      this.connect();
    });
  }

  /** Connects now, whatever there is. */
  connect() {
    if (!this.wish) return;
    batch(() => {
      if (this.registered) {
        this.say('QUIT');
        this.#down();
      }
      this.socket.open();
    });
  }

  /** We are there: rooms are joined, and what was missed is fetched. */
  arrived() {
    this.link.value = { state: 'online' };
    this.#entering?.resolve();
    this.#entering = null;
  }

  /** Goes, and stays away. */
  leave() {
    batch(() => {
      if (this.registered) this.say('QUIT');
      this.socket.close();
      this.#down();
      this.wish = null;
      this.me.value = null;
      this.link.value = { state: 'idle' };
      this.#entering?.reject(new ChatError('left', this.env.t('error.left')));
      this.#entering = null;
    });
  }

  /** @param {string} command @param {...string} params */
  say(command, ...params) {
    this.socket.send(format(command, params));
  }

  /**
   * Sends a line with tags. Those nobody can read here are left out.
   * @param {string} command
   * @param {string[]} params
   * @param {import('../irc/message.js').Tags} tags
   */
  sayTagged(command, params, tags) {
    this.socket.send(format(command, params, this.caps.has('message-tags') ? tags : undefined));
  }

  /**
   * Sends a line, and gives back all that it was answered with. `quiet`: the answer is not shown as well.
   * @param {string} command
   * @param {string[]} params
   * @param {{ tags?: import('../irc/message.js').Tags, quiet?: boolean, patience?: number }} [how]
   * @returns {Promise<Reply>}
   */
  ask(command, params, { tags = {}, quiet = true, patience = PATIENCE } = {}) {
    const { label, reply } = this.expect(quiet, patience);
    if (label) this.socket.send(format(command, params, { ...tags, label }));
    return reply;
  }

  /**
   * A label for a line that is about to be sent, and what it will be answered with.
   * @param {boolean} quiet
   * @param {number} [patience]
   * @returns {{ label: string, reply: Promise<Reply> }}
   */
  expect(quiet, patience = PATIENCE) {
    if (!this.socket.isOpen || !this.caps.has('labeled-response')) {
      const why = this.socket.isOpen ? 'error.unsupported' : 'error.offline';
      return { label: '', reply: Promise.reject(new ChatError('offline', this.env.t(why))) };
    }
    const label = `s${++this.#labels}`;
    const reply = new Promise((/** @type {(reply: Reply) => void} */ resolve, reject) => {
      const timer = this.env.clock.setTimeout(() => {
        this.#asked.delete(label);
        reject(new ChatError('timeout', this.env.t('error.timeout')));
      }, patience);
      this.#asked.set(label, { resolve, reject, timer, quiet });
    });
    return { label, reply };
  }

  /**
   * Like `ask`, but fails if the server refused.
   * @param {string} command
   * @param {string[]} params
   * @param {Parameters<Session['ask']>[2]} [how]
   */
  async demand(command, params, how) {
    const reply = await this.ask(command, params, how);
    const failure = failureOf(reply, this.env.t);
    if (failure) throw failure;
    return reply;
  }

  /**
   * Tells the user something that nobody else sees: in this room, or where they are.
   * @param {string} text
   * @param {ChatRoom | null} [room]
   */
  tell(text, room = null) {
    const place = room ?? this.current.value ?? this.rooms.list.value[0] ?? null;
    if (!place) return this.announce({ kind: 'error', text });
    place.timeline.add(makeItem({ kind: 'local', time: this.now(), text: text.slice(0, MAX_LOCAL_TEXT), room: place }));
  }

  /** @param {News} news */
  announce(news) {
    for (const hook of this.#hooks) hook(news);
  }

  /** @param {(news: News) => void} hook */
  onNews(hook) {
    this.#hooks.add(hook);
    return () => void this.#hooks.delete(hook);
  }

  /** The name that we are remembered by. */
  get who() {
    return this.wish ? whose({ nick: this.wish.nick, account: this.wish.account }) : '';
  }

  /** We have taken another nick, and want to have it from now on. @param {string} nick */
  renamed(nick) {
    if (!this.wish) return;
    this.wish = { ...this.wish, nick };
    this.memory.identity = { nick, account: this.wish.account };
    this.memory.open(this.who, true);
  }

  /** What the server can do has become known, or is different now. */
  showFeatures() {
    const name = this.isupport.get('NETWORK') || this.env.network;
    this.network.value = { name, features: features(this.caps, this.isupport) };
  }

  /** The server will not have us: nothing more is tried. @param {string} code @param {string} why */
  refuse(code, why) {
    this.socket.close();
    this.#down();
    this.link.value = { state: 'refused', code, why };
    this.#entering?.reject(new ChatError(code, why));
    this.#entering = null;
  }

  /** @param {string} words */
  farewell(words) {
    this.#farewell = words;
  }

  #opened() {
    const wish = this.wish;
    if (!wish) return;
    this.connection++;
    this.caps = new Caps();
    this.account = null;
    this.env.clock.clearTimeout(this.#registering);
    this.#batches.clear();
    this.#farewell = '';
    this.#registration = new Registration(wish, this.caps, (command, ...params) => this.say(command, ...params), this.memory.door);
    this.#registering = this.env.clock.setTimeout(() => this.socket.abandon(), REGISTER_WITHIN);
  }

  /** @param {string[]} lines */
  #lines(lines) {
    batch(() => {
      for (const line of lines) {
        const message = parse(line);
        const thing = message && this.#batches.take(message);
        if (!thing) continue;
        try {
          this.#take(thing);
        } catch (error) {
          // One line that we do not understand must not cost us the others.
          console.error(error);
        }
      }
      this.rooms.flush();
    });
  }

  /** @param {Thing} thing */
  #take(thing) {
    const label = thing.tags.get('label');
    const asked = label === undefined ? undefined : this.#asked.get(label);
    const part = thing.tags.has('batch');
    if (isBatch(thing) && thing.kind !== 'draft/multiline') {
      // Those that answer something go to who asked; the rest only says that lines belong together.
      if (asked && !part) this.#answer(/** @type {string} */ (label), thing.kind === 'labeled-response' ? thing.things : [thing]);
      else if (!label && thing.kind !== 'chathistory') thing.things.forEach((inner) => this.#take(inner));
      return;
    }
    if (isBatch(thing)) this.events.said(this, thing);
    else this.#handle(thing, asked?.quiet ?? false);
    if (asked && !part) this.#answer(/** @type {string} */ (label), [thing]);
  }

  /**
   * @param {Message} message
   * @param {boolean} quiet
   */
  #handle(message, quiet) {
    const registration = this.#registration;
    if (registration) {
      registration.take(message);
      if (registration.refused) {
        const { code, text } = registration.refused;
        return this.refuse(code, this.#why(code, text));
      }
    } else if (message.command === 'CAP') {
      for (const list of this.caps.take(message.params)) this.say('CAP', 'REQ', list);
      this.showFeatures();
    }
    const handler = this.handlers[message.command] ?? (registration ? undefined : this.handlers['*']);
    handler?.(this, message, quiet);
    if (registration?.done) this.#welcomed(registration);
  }

  /** @param {Registration} registration */
  #welcomed(registration) {
    this.#registration = null;
    this.env.clock.clearTimeout(this.#registering);
    this.registered = true;
    this.me.value = { nick: registration.nick, account: this.account, away: null, oper: false };
    // The name is ours now: when it is taken the next time, we took it ourselves.
    if (this.wish) this.wish.stubborn = true;
    this.socket.settled();
    this.showFeatures();
    this.events.welcomed(this);
  }

  /**
   * @param {string} label
   * @param {Reply} reply
   */
  #answer(label, reply) {
    const asked = this.#asked.get(label);
    if (!asked) return;
    this.#asked.delete(label);
    this.env.clock.clearTimeout(asked.timer);
    asked.resolve(reply);
  }

  /** @param {number | null} retryAt */
  #lost(retryAt) {
    this.#down();
    const why = this.#farewell || this.env.t('error.lost');
    if (retryAt !== null) this.link.value = { state: 'waiting', retryAt, why };
  }

  /** There is no connection any more. */
  #down() {
    this.env.clock.clearTimeout(this.#registering);
    this.#registration = null;
    this.registered = false;
    const asked = [...this.#asked.values()];
    this.#asked.clear();
    for (const { reject, timer } of asked) {
      this.env.clock.clearTimeout(timer);
      reject(new ChatError('offline', this.env.t('error.offline')));
    }
    this.events.lost(this);
  }

  /**
   * @param {string} code
   * @param {string} text
   */
  #why(code, text) {
    const key = `refused.${code}`;
    const said = this.env.t(key, { nick: this.wish?.nick ?? '', account: this.wish?.account ?? '', text });
    return said === key ? text || code : said;
  }
}

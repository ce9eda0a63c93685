// @ts-check
/**
 * A small server for tests: as much of IRC as it takes to talk, with a history. What it sends takes `lag` to
 * arrive, in order; what it is sent too.
 */

import { format, parse } from '../irc/message.js';

/** @typedef {import('./world.js').FakeSocket} FakeSocket */
/** @typedef {{ id: string, time: string, line: string, from: string, to: string, gone: boolean }} Stored */

const CAPS = 'account-notify account-tag away-notify batch chghost draft/account-registration draft/channel-rename draft/chathistory draft/event-playback draft/message-redaction draft/multiline=max-bytes=4096,max-lines=32 draft/read-marker echo-message extended-join labeled-response message-tags multi-prefix sasl=PLAIN server-time setname soju.im/search standard-replies';

export class FakeServer {
  /** @type {Map<string, Set<Peer>>} */
  rooms = new Map();
  /** @type {Stored[]} */
  history = [];
  /** @type {Set<Peer>} */
  peers = new Set();
  /** Passwords by account. @type {Map<string, string>} */
  accounts = new Map();
  /** What everybody must say. */
  password = '';
  /** By account and target. @type {Map<string, string>} */
  markers = new Map();
  lag = 5;
  /** What `CAP LS` offers. */
  caps = CAPS;
  /** A room that nobody may enter. */
  refuses = '';
  /** Whether new connections get through. */
  up = true;
  #last = 0;
  #serial = 0;

  /** @param {import('./world.js').FakeClock} clock */
  constructor(clock) {
    this.clock = clock;
  }

  /** @param {FakeSocket} socket */
  connect = (socket) => {
    this.clock.setTimeout(() => {
      if (!this.up) return socket.drop();
      const peer = new Peer(this, socket);
      this.peers.add(peer);
      socket.open();
    }, this.lag);
  };

  /** A time that no other event has. */
  stamp() {
    this.#last = Math.max(this.#last + 1, this.clock.now());
    return new Date(this.#last).toISOString();
  }

  /**
   * Somebody who is not a client of ours says something, or does.
   * @param {string} nick
   * @param {string} command
   * @param {string} to
   * @param {string} [text]
   * @param {Record<string, string>} [tags]
   */
  happens(nick, command, to, text, tags = {}) {
    return this.tell({ nick, account: null, mask: `${nick}!u@h` }, command, to, text === undefined ? [] : [text], tags, null);
  }

  /**
   * @param {{ nick: string, account: string | null, mask: string }} who
   * @param {string} command
   * @param {string} to
   * @param {string[]} rest
   * @param {Record<string, string>} tags
   * @param {Peer | null} sender
   */
  tell(who, command, to, rest, tags, sender) {
    const id = `m${++this.#serial}`;
    const time = this.stamp();
    const all = { time, msgid: id, ...(who.account ? { account: who.account } : {}), ...tags };
    const line = withSource(who.mask, command, [to, ...rest], all);
    const kept = command !== 'TAGMSG' || '+draft/react' in tags || '+draft/persist' in tags;
    if (kept) this.history.push({ id, time, line, from: who.nick, to, gone: false });
    for (const peer of this.peers) {
      const concerned = to.startsWith('#') ? this.rooms.get(to)?.has(peer) : peer.nick === to || peer.nick === who.nick;
      if (concerned && peer !== sender) peer.say(line);
    }
    sender?.answer(line);
    return id;
  }

  /**
   * What can be read of a conversation.
   * @param {string} target
   * @param {Peer} peer
   */
  of(target, peer) {
    return this.history.filter((item) => {
      if (target.startsWith('#')) return item.to === target;
      return (item.to === target && item.from === peer.nick) || (item.to === peer.nick && item.from === target);
    });
  }
}

export class Peer {
  nick = '';
  /** @type {string | null} */
  account = null;
  registered = false;
  label = '';
  /** @type {string[]} */
  answers = [];
  #negotiating = false;
  #password = '';
  #user = false;
  #sasl = '';

  /**
   * @param {FakeServer} server
   * @param {FakeSocket} socket
   */
  constructor(server, socket) {
    this.server = server;
    this.socket = socket;
    socket.heard = (line) => server.clock.setTimeout(() => this.hear(line), server.lag);
    socket.hungUp = () => server.clock.setTimeout(() => this.gone(), server.lag);
  }

  get mask() {
    return `${this.nick}!u@h`;
  }

  /** @param {string} line */
  say(line) {
    this.server.clock.setTimeout(() => this.socket.receive(line), this.server.lag);
  }

  /** Part of the answer to the present line. @param {string} line */
  answer(line) {
    this.answers.push(line);
  }

  /** @param {string} number @param {...string} params */
  numeric(number, ...params) {
    this.answer(`:s ${format(number, [this.nick || '*', ...params])}`);
  }

  gone() {
    if (!this.server.peers.delete(this)) return;
    for (const members of this.server.rooms.values()) members.delete(this);
  }

  /** @param {string} line */
  hear(line) {
    const message = parse(line);
    if (!message || !this.server.peers.has(this)) return;
    this.answers = [];
    this.#take(message);
    const label = message.tags.get('label');
    const answers = this.answers;
    if (label === undefined) {
      for (const answer of answers) this.say(answer);
    } else if (answers.length === 0) {
      this.say(`@label=${label} :s ACK`);
    } else if (answers.length === 1) {
      this.say(tagged(answers[0] ?? '', `label=${label}`));
    } else if (/^:s BATCH \+/.test(answers[0] ?? '')) {
      this.say(tagged(answers[0] ?? '', `label=${label}`));
      for (const answer of answers.slice(1)) this.say(answer);
    } else {
      this.say(`@label=${label} :s BATCH +l labeled-response`);
      for (const answer of answers) this.say(tagged(answer, 'batch=l'));
      this.say(':s BATCH -l');
    }
  }

  /** @param {import('../irc/message.js').Message} message */
  #take({ command, params, tags }) {
    const { server } = this;
    const [first = '', second = ''] = params;
    const own = Object.fromEntries([...tags].filter(([key]) => key.startsWith('+')));
    switch (command) {
      case 'CAP':
        if (first === 'LS') {
          this.#negotiating = true;
          this.answer(`:s CAP * LS :${server.caps}`);
        } else if (first === 'REQ') {
          this.answer(`:s CAP * ACK :${second}`);
        } else if (first === 'END') {
          this.#negotiating = false;
          this.#register();
        }
        break;
      case 'NICK':
        if ([...server.peers].some((peer) => peer !== this && peer.nick === first)) {
          this.numeric('433', first, 'Nickname is in use');
        } else if (this.registered) {
          const line = withSource(this.mask, 'NICK', [first], { time: server.stamp(), msgid: `n${server.stamp()}` });
          this.nick = first;
          this.answer(line);
        } else {
          this.nick = first;
          this.#register();
        }
        break;
      case 'PASS':
        this.#password = first;
        break;
      case 'USER':
        this.#user = true;
        this.#register();
        break;
      case 'AUTHENTICATE':
        this.#authenticate(first);
        break;
      case 'PING':
        this.answer(`:s PONG s :${first}`);
        break;
      case 'JOIN':
        for (const room of first.split(',')) this.#join(room);
        break;
      case 'PART':
        if (server.rooms.get(first)?.has(this)) {
          server.tell(this, 'PART', first, [], {}, this);
          server.rooms.get(first)?.delete(this);
        }
        break;
      case 'PRIVMSG': case 'NOTICE': case 'TAGMSG':
        if (first.startsWith('#') && !server.rooms.get(first)?.has(this)) this.numeric('404', first, 'Cannot send to channel');
        else server.tell(this, command, first, params.slice(1, 2), own, this);
        break;
      case 'REDACT': {
        const item = server.history.find((item) => item.id === second);
        if (!item) this.answer(`:s FAIL REDACT UNKNOWN_MSGID ${first} ${second} :There is no such message`);
        else if (item.from !== this.nick) this.answer(`:s FAIL REDACT REDACT_FORBIDDEN ${first} ${second} :No`);
        else {
          item.gone = true;
          const line = withSource(this.mask, 'REDACT', [first, second], { time: server.stamp() });
          for (const peer of server.peers) if (peer !== this && server.rooms.get(first)?.has(peer)) peer.say(line);
          this.answer(line);
        }
        break;
      }
      case 'MARKREAD': {
        const key = `${this.account} ${first}`;
        const at = second.replace('timestamp=', '');
        if (second && at > (server.markers.get(key) ?? '')) server.markers.set(key, at);
        const line = `:s MARKREAD ${first} ${server.markers.has(key) ? `timestamp=${server.markers.get(key)}` : '*'}`;
        this.answer(line);
        if (second) for (const peer of server.peers) if (peer !== this && peer.account === this.account) peer.say(line);
        break;
      }
      case 'CHATHISTORY':
        this.#history(params);
        break;
      case 'WHO':
        this.numeric('315', first, 'End of WHO list');
        break;
      case 'MONITOR':
        for (const nick of second.split(',')) {
          const there = [...server.peers].some((peer) => peer.nick === nick);
          if (first === '+') this.numeric(there ? '730' : '731', nick);
        }
        break;
      case 'QUIT':
        this.socket.drop();
        break;
      default:
        this.numeric('421', command, 'Unknown command');
    }
  }

  /** @param {string} part */
  #authenticate(part) {
    if (part === 'PLAIN') {
      this.answer(':s AUTHENTICATE +');
      return;
    }
    this.#sasl += part === '+' ? '' : part;
    if (part.length === 400) return;
    const [, account = '', password] = Buffer.from(this.#sasl, 'base64').toString('utf8').split('\0');
    this.#sasl = '';
    if (this.server.accounts.get(account) === password) {
      this.account = account;
      this.numeric('900', '*', account, `You are now logged in as ${account}`);
      this.numeric('903', 'SASL authentication successful');
    } else {
      this.numeric('904', 'SASL authentication failed');
    }
  }

  #register() {
    if (this.registered || this.#negotiating || !this.#user || this.nick === '') return;
    if (this.#password !== this.server.password) return this.numeric('464', 'Password incorrect');
    this.registered = true;
    this.numeric('001', `Welcome to the Test Network, ${this.mask}`);
    this.numeric('005', 'CASEMAPPING=ascii', 'CHANTYPES=#', 'CHATHISTORY=100', 'MONITOR=100', 'NETWORK=Test', 'PREFIX=(qaohv)~&@%+', 'STATUSMSG=~&@%+', 'WHOX', 'CHANMODES=beI,k,l,imnst', 'are supported');
    this.numeric('422', 'No MOTD');
  }

  /** @param {string} room */
  #join(room) {
    const { server } = this;
    if (room === server.refuses) return this.numeric('474', room, 'Cannot join');
    const members = server.rooms.get(room) ?? new Set();
    server.rooms.set(room, members);
    if (members.has(this)) return;
    members.add(this);
    server.tell(this, 'JOIN', room, [this.account ?? '*', this.nick], {}, this);
    const marker = server.markers.get(`${this.account} ${room}`);
    this.answer(`:s MARKREAD ${room} ${marker && this.account ? `timestamp=${marker}` : '*'}`);
    this.numeric('353', '=', room, [...members].map((peer) => peer.nick).join(' '));
    this.numeric('366', room, 'End of /NAMES list');
  }

  /** @param {string[]} params */
  #history([subcommand = '', target = '', ...refs]) {
    const limit = Math.min(100, Number(refs.pop()));
    const all = this.server.of(target, this);
    const at = (/** @type {string | undefined} */ written = '') => {
      if (written.startsWith('timestamp=')) return written.slice(10);
      return all.find((item) => `msgid=${item.id}` === written)?.time ?? '';
    };
    const [from, to] = refs.map((each) => at(each));
    let found = all;
    if (subcommand === 'TARGETS') found = [];
    else if (subcommand === 'LATEST') found = all.filter((item) => refs[0] === '*' || item.time > (from ?? '')).slice(-limit);
    else if (subcommand === 'BEFORE') found = all.filter((item) => item.time < (from ?? '')).slice(-limit);
    else if (subcommand === 'AFTER') found = all.filter((item) => item.time > (from ?? '')).slice(0, limit);
    else if (subcommand === 'BETWEEN') {
      const [low = '', high = ''] = [from, to].sort();
      const between = all.filter((item) => item.time > low && item.time < high);
      found = from === low ? between.slice(0, limit) : between.slice(-limit);
    } else if (subcommand === 'AROUND') {
      const middle = all.findIndex((item) => item.time >= (from ?? ''));
      found = from === '' ? [] : all.slice(Math.max(0, middle - limit / 2), middle + limit / 2);
    }
    this.answer(`:s BATCH +h chathistory ${target}`);
    for (const item of found) if (!item.gone) this.answer(tagged(item.line, 'batch=h'));
    this.answer(':s BATCH -h');
  }
}

/**
 * @param {string} mask
 * @param {string} command
 * @param {string[]} params
 * @param {Record<string, string>} tags
 */
function withSource(mask, command, params, tags) {
  const line = format(command, params, tags);
  const space = line.indexOf(' ') + 1;
  return `${line.slice(0, space)}:${mask} ${line.slice(space)}`;
}

/**
 * @param {string} line
 * @param {string} tag
 */
function tagged(line, tag) {
  return line.startsWith('@') ? `@${tag};${line.slice(1)}` : `@${tag} ${line}`;
}

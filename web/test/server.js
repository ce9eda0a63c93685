// @ts-check
/**
 * A small server for tests: as much of IRC as it takes to talk, with a history. What it sends takes `lag` to
 * arrive, in order; what it is sent too.
 */

import { format, parse } from '../irc/message.js';

/** @typedef {import('./world.js').FakeSocket} FakeSocket */
/**
 * `logs`: where it is filed: under the room, or on either side of a conversation.
 * @typedef {{ id: string, time: string, line: string, from: string, to: string, gone: boolean, logs: Log[] }} Stored
 */
/** Whose it is, and with whom: an account's, or a guest's for as long as they are connected. @typedef {{ owner: unknown, peer: string }} Log */
/** @typedef {{ nick: string, account: string | null, mask: string }} Who */

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
  casemapping = 'ascii';
  /** What `CAP LS` offers. */
  caps = CAPS;
  /** Nicks of people who are there, without a client of ours. @type {Set<string>} */
  others = new Set();
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
   * @param {Who} who
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
    // To those of a rank it is sent, and not kept.
    const room = to.replace(/^[~&@%+]+(?=#)/, '');
    const kept = room === to && (command !== 'TAGMSG' || '+draft/react' in tags || '+draft/persist' in tags);
    if (kept) this.history.push({ id, time, line, from: who.nick, to, gone: false, logs: this.#logs(who, to) });
    for (const peer of this.peers) {
      const concerned = room.startsWith('#') ? this.rooms.get(room)?.has(peer) : peer.nick === to || peer.nick === who.nick;
      if (concerned && peer !== sender) peer.say(line);
    }
    sender?.answer(line);
    return id;
  }

  /** @param {string} nick */
  called(nick) {
    return [...this.peers].find((peer) => peer.nick === nick) ?? null;
  }

  /**
   * @param {Who} who
   * @param {string} to
   * @returns {Log[]}
   */
  #logs(who, to) {
    if (to.startsWith('#')) return [{ owner: null, peer: to }];
    const other = this.called(to) ?? { nick: to, account: null, mask: '' };
    return [{ owner: partyOf(who), peer: nameOf(other) }, { owner: partyOf(other), peer: nameOf(who) }];
  }

  /**
   * What can be read of a conversation.
   * @param {string} target
   * @param {Peer} peer
   */
  of(target, peer) {
    const room = target.startsWith('#');
    const owner = room ? null : partyOf(peer);
    const name = room ? target : nameOf(this.called(target) ?? { nick: target, account: null, mask: '' });
    return this.history.filter((item) => !item.gone && item.logs.some((log) => log.owner === owner && log.peer === name));
  }

  /** All that somebody may read, by the name of the conversation. @param {Peer} peer @returns {Map<string, Stored[]>} */
  readable(peer) {
    const owner = partyOf(peer);
    const partners = this.history.flatMap((item) => item.logs.filter((log) => log.owner === owner).map((log) => log.peer));
    const rooms = [...this.rooms.keys()].filter((room) => this.rooms.get(room)?.has(peer));
    return new Map([...new Set([...rooms, ...partners])].map((name) => [name, this.of(name, peer)]));
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
        this.#talk(command, first, params.slice(1, 2), own);
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
        if (second && !isTime(at)) {
          this.answer(`:s FAIL MARKREAD INVALID_PARAMS ${first} :A marker is timestamp=YYYY-MM-DDThh:mm:ss.sssZ`);
          break;
        }
        if (second && at > (server.markers.get(key) ?? '')) server.markers.set(key, at);
        const line = `:s MARKREAD ${first} ${server.markers.has(key) ? `timestamp=${server.markers.get(key)}` : '*'}`;
        this.answer(line);
        if (second) for (const peer of server.peers) if (peer !== this && peer.account === this.account) peer.say(line);
        break;
      }
      case 'CHATHISTORY':
        this.#history(params);
        break;
      case 'SEARCH':
        this.#search(first);
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
    this.numeric('005', `CASEMAPPING=${this.server.casemapping}`, 'CHANTYPES=#', 'CHATHISTORY=100', 'MONITOR=100', 'NETWORK=Test', 'PREFIX=(qaohv)~&@%+', 'STATUSMSG=~&@%+', 'WHOX', 'CHANMODES=beI,k,l,imnst', 'are supported');
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

  /**
   * @param {string} command
   * @param {string} to
   * @param {string[]} text
   * @param {Record<string, string>} tags
   */
  #talk(command, to, text, tags) {
    const { server } = this;
    const room = to.replace(/^[~&@%+]+(?=#)/, '');
    // A notice is never answered with an error.
    const refuse = (/** @type {string} */ number, /** @type {string} */ why) => (command === 'NOTICE' ? undefined : this.numeric(number, to, why));
    if (room.startsWith('#') && !server.rooms.get(room)?.has(this)) return refuse('404', 'Cannot send to channel');
    if (!room.startsWith('#') && !server.called(to) && !server.others.has(to)) return refuse('401', 'No such nick');
    server.tell(this, command, to, text, tags, this);
  }

  /** @param {string[]} params */
  #history([subcommand = '', ...rest]) {
    const { server } = this;
    const limit = Math.min(100, Number(rest.pop()));
    const [target = '', ...refs] = subcommand === 'TARGETS' ? ['*', ...rest] : rest;
    const bad = refs.find((ref) => !/^\*$|^msgid=.|^timestamp=/.test(ref) || (ref.startsWith('timestamp=') && !isTime(ref.slice(10))));
    if (bad !== undefined) return this.answer(`:s FAIL CHATHISTORY INVALID_PARAMS ${subcommand} ${bad} :That is no reference`);
    if (target.startsWith('#') && !server.rooms.get(target)?.has(this)) {
      return this.answer(`:s FAIL CHATHISTORY INVALID_TARGET ${subcommand} ${target} :You may not read that`);
    }
    const all = server.of(target, this);
    const at = (/** @type {string | undefined} */ written = '') => {
      if (written.startsWith('timestamp=')) return written.slice(10);
      return all.find((item) => `msgid=${item.id}` === written)?.time ?? '';
    };
    const [from = '', to = ''] = refs.map((each) => at(each));
    if (subcommand === 'TARGETS') return this.#targets(from, to, limit);
    let found = all;
    if (subcommand === 'LATEST') found = all.filter((item) => refs[0] === '*' || item.time > from).slice(-limit);
    else if (subcommand === 'BEFORE') found = all.filter((item) => item.time < from).slice(-limit);
    else if (subcommand === 'AFTER') found = all.filter((item) => item.time > from).slice(0, limit);
    else if (subcommand === 'BETWEEN') {
      const [low = '', high = ''] = [from, to].sort();
      const between = all.filter((item) => item.time > low && item.time < high);
      found = from === low ? between.slice(0, limit) : between.slice(-limit);
    } else if (subcommand === 'AROUND') {
      const middle = all.findIndex((item) => item.time >= from);
      found = from === '' ? [] : all.slice(Math.max(0, middle - limit / 2), middle + limit / 2);
    }
    this.#batch(`chathistory ${target}`, found.map((item) => item.line));
  }

  /**
   * The conversations by the time of their newest, oldest first; as many as there may be, counted from the first
   * time that is given.
   * @param {string} from
   * @param {string} to
   * @param {number} limit
   */
  #targets(from, to, limit) {
    const [low = '', high = ''] = [from, to].sort();
    const newest = [...this.server.readable(this)].map(([name, items]) => ({ name, time: items.at(-1)?.time ?? '' }))
      .filter(({ time }) => time > low && time < high).sort((a, b) => (a.time < b.time ? -1 : 1));
    const found = from === low ? newest.slice(0, limit) : newest.slice(-limit);
    this.#batch('draft/chathistory-targets', found.map(({ name, time }) => `:s CHATHISTORY TARGETS ${name} ${time}`));
  }

  /** The newest that match, oldest first. @param {string} attributes */
  #search(attributes) {
    /** @type {Record<string, string>} */
    const { in: room, from, text = '', before, limit } = Object.fromEntries(parse(`@${attributes} X`)?.tags ?? []);
    const all = room ? this.server.of(room, this) : [...this.server.readable(this).values()].flat();
    const found = all.sort((a, b) => (a.time < b.time ? -1 : 1)).filter((item) => {
      const message = parse(item.line);
      const said = message?.command === 'PRIVMSG' || message?.command === 'NOTICE';
      return said && (!before || item.time < before) && (!from || item.from === from) && message.params[1]?.toLowerCase().includes(text.toLowerCase());
    });
    this.#batch('soju.im/search', found.slice(-Math.min(100, Number(limit ?? 100))).map((item) => item.line));
  }

  /**
   * @param {string} kind
   * @param {string[]} lines
   */
  #batch(kind, lines) {
    this.answer(`:s BATCH +h ${kind}`);
    for (const line of lines) this.answer(tagged(line, 'batch=h'));
    this.answer(':s BATCH -h');
  }
}

/** Whose conversations somebody's are. @param {Who} who */
function partyOf(who) {
  if (who.account !== null) return `account ${who.account}`;
  return who instanceof Peer ? who : `somebody ${who.nick}`;
}

/** What conversations with somebody are filed under. @param {Who} who */
function nameOf(who) {
  return (who.account ?? who.nick).toLowerCase();
}

/** @param {string} written */
function isTime(written) {
  return /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/.test(written);
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

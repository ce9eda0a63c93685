// @ts-check
/**
 * What outlives the page: who we are, the rooms we were in, what we have read, what we were writing.
 *
 * Passwords are kept for the tab only (`session`), everything else for this browser (`storage`). What is read back
 * may be anything, since others can write there too: an old version of this page, or the user.
 */

/**
 * As much of a browser's storage as is used.
 * @typedef {Pick<globalThis.Storage, 'getItem' | 'setItem' | 'removeItem' | 'key' | 'length'>} Storage
 */

/** @typedef {{ nick: string, account: string | null }} Identity */

/** @typedef {{ name: string, kind: 'room' | 'person', key: string, muted: boolean }} Place */

/** @typedef {{ places: Place[], markers: Record<string, string>, drafts: Record<string, string>,
 *   closed: Record<string, string>, ignored: string[], current: string,
 *   casemapping: string }} Kept  `casemapping`: how the names in it were folded */

/** Markers and drafts of so many rooms; those set first go first. */
const MOST = 500;
const SOON = 500;
const PREFIX = 'saloon:';

export class Memory {
  #who = '';
  #door = '';
  #soon = false;
  /** @type {Kept} */
  kept = nothing();
  /** The same, as it was written last. @type {Kept} */
  #stored = nothing();
  /** Whether anything was known of who we are. */
  known = false;

  /**
   * @param {Storage} storage
   * @param {Storage} session
   */
  constructor(storage, session) {
    this.storage = storage;
    this.session = session;
  }

  /** Who we were last: in this tab, or else in this browser. @returns {Identity | null} */
  get identity() {
    const found = /** @type {any} */ (read(this.session, 'me') ?? read(this.storage, 'me'));
    if (typeof found?.nick !== 'string' || found.nick === '') return null;
    return { nick: found.nick, account: typeof found.account === 'string' ? found.account : null };
  }

  /** @param {Identity | null} identity */
  set identity(identity) {
    write(this.session, 'me', identity);
    write(this.storage, 'me', identity);
  }

  /** @param {string} account */
  password(account) {
    const found = /** @type {any} */ (read(this.session, 'password'));
    return found?.account === account && typeof found.password === 'string' ? /** @type {string} */ (found.password) : null;
  }

  /**
   * @param {string | null} account
   * @param {string} [password]
   */
  keepPassword(account, password) {
    write(this.session, 'password', account === null ? null : { account, password });
  }

  /** The password that the server wants of everybody; as long as the tab is open. */
  get door() {
    const found = read(this.session, 'door');
    return typeof found === 'string' ? found : this.#door;
  }

  set door(password) {
    this.#door = password;
    write(this.session, 'door', password || null);
  }

  /**
   * Looks up what is known of somebody. `bring`: adds it to what we have now, since we are the same.
   * @param {string} who
   * @param {boolean} [bring]
   */
  open(who, bring = false) {
    if (who === this.#who) return;
    const before = this.kept;
    this.#who = who;
    const found = read(this.storage, `of:${who}`);
    this.known = found !== null;
    this.kept = checked(found);
    this.#stored = checked(found);
    if (!bring) return;
    const names = new Set(this.kept.places.map((place) => place.name.toLowerCase()));
    this.kept.places.push(...before.places.filter((place) => !names.has(place.name.toLowerCase())));
    for (const name of /** @type {const} */ (['drafts', 'closed'])) {
      this.kept[name] = Object.assign(Object.create(null), before[name], this.kept[name]);
    }
    this.kept.current ||= before.current;
    this.kept.casemapping ||= before.casemapping;
    this.kept.ignored = [...new Set([...before.ignored, ...this.kept.ignored])];
    for (const [key, time] of Object.entries(before.markers)) {
      if (time > (this.kept.markers[key] ?? '')) this.kept.markers[key] = time;
    }
    this.save();
  }

  /** Saves in a while: what changes often need not be written every time. @param {import('../irc/link.js').Clock} clock */
  saveSoon(clock) {
    if (this.#soon) return;
    this.#soon = true;
    clock.setTimeout(() => this.saveNow(), SOON);
  }

  /** Saves what was to be saved in a while. */
  saveNow() {
    if (this.#soon) this.save();
  }

  /** Writes what was changed here, and leaves what another tab has written. */
  save() {
    this.#soon = false;
    if (this.#who === '') return;
    const name = `of:${this.#who}`;
    this.kept = merged(this.#stored, this.kept, checked(read(this.storage, name)));
    if (write(this.storage, name, this.kept)) this.#stored = checked(read(this.storage, name));
    this.known = true;
  }

  /** Forgets who we are, and what we were doing here, under whatever name. */
  forget() {
    this.identity = null;
    this.keepPassword(null);
    this.door = '';
    for (const key of keys(this.storage)) if (key.startsWith('of:')) write(this.storage, key, null);
    this.#who = '';
    this.kept = nothing();
    this.known = false;
  }
}

/**
 * The name under which something is remembered.
 * @param {Identity} identity
 */
export function whose({ nick, account }) {
  return account === null ? `guest:${nick.toLowerCase()}` : `account:${account.toLowerCase()}`;
}

/** A place to write for where there is none, such as in a private window that forbids it. @returns {Storage} */
export function forgetful() {
  /** @type {Map<string, string>} */
  const map = new Map();
  return {
    getItem: (key) => map.get(key) ?? null,
    setItem: (key, value) => void map.set(key, value),
    removeItem: (key) => void map.delete(key),
    key: (at) => [...map.keys()][at] ?? null,
    get length() {
      return map.size;
    },
  };
}

/** @returns {Kept} */
function nothing() {
  return checked(null);
}

/**
 * Records have no prototype: somebody may be called `constructor`.
 * @param {any} found
 * @returns {Kept}
 */
function checked(found) {
  const words = (/** @type {any} */ record) =>
    Object.assign(Object.create(null), Object.fromEntries(
      Object.entries(record && typeof record === 'object' ? record : {}).filter(([, value]) => typeof value === 'string'),
    ));
  const list = (/** @type {any} */ array) => (Array.isArray(array) ? array : []);
  return {
    places: list(found?.places)
      .filter((place) => typeof place?.name === 'string' && place.name !== '')
      .map((place) => ({
        name: place.name,
        kind: place.kind === 'person' ? 'person' : 'room',
        key: typeof place.key === 'string' ? place.key : '',
        muted: place.muted === true,
      })),
    markers: words(found?.markers),
    drafts: words(found?.drafts),
    closed: words(found?.closed),
    ignored: list(found?.ignored).filter((nick) => typeof nick === 'string'),
    current: typeof found?.current === 'string' ? found.current : '',
    casemapping: typeof found?.casemapping === 'string' ? found.casemapping : '',
  };
}

/**
 * What is there, with the changes of one tab.
 * @param {Kept} before
 * @param {Kept} after
 * @param {Kept} there
 * @returns {Kept}
 */
function merged(before, after, there) {
  const whole = { ...there };
  for (const name of /** @type {const} */ (['markers', 'drafts', 'closed'])) {
    for (const key of new Set([...Object.keys(before[name]), ...Object.keys(after[name])])) {
      const value = after[name][key];
      if (value === before[name][key]) continue;
      if (value === undefined) delete there[name][key];
      else there[name][key] = value;
    }
    shorten(there[name]);
  }
  for (const name of /** @type {const} */ (['places', 'ignored', 'current', 'casemapping'])) {
    if (JSON.stringify(after[name]) !== JSON.stringify(before[name])) Object.assign(whole, { [name]: after[name] });
  }
  return whole;
}

/** @param {Record<string, string>} record */
function shorten(record) {
  const keys = Object.keys(record);
  for (const key of keys.slice(0, Math.max(0, keys.length - MOST))) delete record[key];
}

/** What there is of ours. @param {Storage} storage */
function keys(storage) {
  const all = Array.from({ length: storage.length }, (_, at) => storage.key(at) ?? '');
  return all.filter((key) => key.startsWith(PREFIX)).map((key) => key.slice(PREFIX.length));
}

/**
 * @param {Storage} storage
 * @param {string} key
 * @returns {unknown}
 */
function read(storage, key) {
  try {
    return JSON.parse(storage.getItem(PREFIX + key) ?? 'null');
  } catch {
    return null;
  }
}

/**
 * @param {Storage} storage
 * @param {string} key
 * @param {unknown} value
 * @returns {boolean}  whether it could be: else the storage is full or forbidden, and it is forgotten with the page
 */
function write(storage, key, value) {
  try {
    if (value === null) storage.removeItem(PREFIX + key);
    else storage.setItem(PREFIX + key, JSON.stringify(value));
    return true;
  } catch {
    return false;
  }
}

// @ts-check
/** The rooms and conversations there are, by name and in order. */

import { signal } from '../vendor/signals-core.js';
import { ChatRoom } from './room.js';

/** More conversations than this are opened by nobody but the user. */
const MAX_OPENED = 200;

export class Rooms {
  list = signal(/** @type {ChatRoom[]} */ ([]));
  /** @type {Map<string, ChatRoom>} */
  #byKey = new Map();
  /** Whose members have changed since they were copied. @type {Set<ChatRoom>} */
  #changed = new Set();

  /**
   * @param {(name: string) => string} fold
   * @param {(room: ChatRoom) => void} furnish  a new one
   * @param {(room: () => ChatRoom) => import('./run.js').Fetch} fetching
   */
  constructor(fold, furnish, fetching) {
    this.fold = fold;
    this.furnish = furnish;
    this.fetching = fetching;
  }

  /** @param {string} name */
  get(name) {
    return this.#byKey.get(this.fold(name)) ?? null;
  }

  /**
   * The room of that name, made if there is none.
   * @param {string} name
   * @param {'room' | 'person'} kind
   */
  ensure(name, kind) {
    const key = this.fold(name);
    const there = this.#byKey.get(key);
    if (there) return there;
    /** @type {ChatRoom} */
    const room = new ChatRoom(key, name, kind, this.fetching(() => room));
    this.#byKey.set(key, room);
    this.furnish(room);
    this.#sort();
    return room;
  }

  /** Whether somebody we do not know may open a conversation: not without end. */
  get full() {
    return this.#byKey.size >= MAX_OPENED;
  }

  /** @param {ChatRoom} room */
  remove(room) {
    this.#byKey.delete(room.key);
    this.#changed.delete(room);
    this.#sort();
  }

  /**
   * @param {ChatRoom} room
   * @param {string} name
   */
  rename(room, name) {
    this.#byKey.delete(room.key);
    room.key = this.fold(name);
    room.name = name;
    this.#byKey.set(room.key, room);
    this.#sort();
  }

  clear() {
    this.#byKey.clear();
    this.#changed.clear();
    this.#sort();
  }

  /** Members were changed. @param {ChatRoom} room */
  touch(room) {
    this.#changed.add(room);
  }

  /** Shows the changes of members. */
  flush() {
    for (const room of this.#changed) room.members.value = new Map(room.crowd);
    this.#changed.clear();
  }

  /** Rooms first, then people, each by name. */
  #sort() {
    const rank = (/** @type {ChatRoom} */ room) => (room.kind === 'room' ? 0 : 1);
    this.list.value = [...this.#byKey.values()].sort((a, b) => rank(a) - rank(b) || (a.key < b.key ? -1 : 1));
  }
}

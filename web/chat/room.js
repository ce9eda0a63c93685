// @ts-check
/** A room, or a conversation with one person: what is shown of it, and what we keep in mind for it. */

import { signal } from '../vendor/signals-core.js';
import { Run } from './run.js';

/** @typedef {import('./types.js').Room} Room */
/** @typedef {import('./types.js').Member} Member */
/** @typedef {import('./item.js').Kept} Kept */

/** So many may be seen typing at once. */
const MAX_TYPING = 50;

/** @implements {Room} */
export class ChatRoom {
  joined = signal(false);
  topic = signal('');
  members = signal(/** @type {Map<string, Member>} */ (new Map()));
  unread = signal(0);
  mentions = signal(0);
  marker = signal(/** @type {string | null} */ (null));
  typing = signal(/** @type {string[]} */ ([]));
  draft = signal('');
  replying = signal(/** @type {import('./types.js').Item | null} */ (null));
  muted = signal(false);

  /** What `members` will be. Changed in place, and copied once for however many lines. @type {Map<string, Member>} */
  crowd = new Map();
  /** The names that are being told; null if none are. @type {Map<string, Member> | null} */
  naming = null;
  /** Whether all is known that was missed, so that what is sent now comes behind it. */
  ready = false;
  /** Whether we asked who the members are, since we joined. */
  asked = false;
  /** The key that opens it. */
  entry = '';
  /** Who types, and until when. @type {Map<string, { nick: string, until: number }>} */
  typists = new Map();
  /** When we last said that we type, and what. */
  told = { at: 0, what: 'done' };
  /** When the draft was changed last. */
  touched = 0;
  /** The marker that the server knows, and whether it is about to be told another. */
  marked = '';
  telling = false;
  /** What somebody who is away said of it last. */
  awayTold = '';

  /**
   * @param {string} key
   * @param {string} name
   * @param {'room' | 'person'} kind
   * @param {import('./run.js').Fetch} fetch
   */
  constructor(key, name, kind, fetch) {
    this.key = key;
    this.name = name;
    this.kind = kind;
    this.timeline = new Run(fetch);
  }

  /** Whether one more can be shown typing. */
  get crowded() {
    return this.typists.size >= MAX_TYPING;
  }

  /** Counts what is unread, anew. */
  recount() {
    const { unread, mentions } = this.timeline.countSince(this.marker.value ?? '');
    this.unread.value = unread;
    this.mentions.value = this.kind === 'person' ? unread : mentions;
  }
}

// @ts-check
/**
 * From the welcome to `online`: the rooms where we are, conversations with something new, and what was missed.
 *
 * Another device of ours may be here already: then the server has put us where that one is, which is right, and
 * better than where we were when this one was here last.
 */

import { batch } from '../vendor/signals-core.js';
import { isBatch } from '../irc/batch.js';
import { flush } from './send.js';
import { askMarker, startMarker } from './marker.js';
import { CatchUp } from './history.js';
import { converse, joinAll, remember } from './place.js';
import { leaveEmpty, askWho } from './presence.js';
import { forgetTyping } from './typing.js';
import { reclaim } from './nick.js';

/** @typedef {import('./session.js').Session} Session */
/** @typedef {import('./room.js').ChatRoom} ChatRoom */

/** After so long we are there, whatever is still missing. */
const PATIENCE = 10_000;
/** Conversations that are opened because something was said in them lately. */
const MOST_OPENED = 20;
const LATELY = 30 * 24 * 60 * 60 * 1000;

export class Arrival {
  /** @param {() => Session} session */
  constructor(session) {
    this.session = session;
    /** @type {CatchUp | null} */
    this.catchUp = null;
    /** Whether the server is telling us where we are; and what it told. @type {Set<ChatRoom> | null} */
    this.placed = null;
  }

  /** Registered. */
  welcomed() {
    void this.#arrive().catch((error) => console.error(error));
  }

  /**
   * We are in a room: gets what was missed of it.
   * @param {ChatRoom} room
   */
  entered(room) {
    this.placed?.add(room);
    if (!this.session().registered) return;
    if (room.kind === 'person') askMarker(this.session(), room);
    this.#catchUp().add(room);
  }

  /** The connection is lost: whatever is said in the rooms, we miss. */
  lost() {
    this.catchUp?.clear();
    this.placed = null;
    for (const room of this.session().rooms.list.value) {
      if (room.joined.value) leaveEmpty(this.session(), room);
      room.ready = false;
      room.marked = '';
      room.timeline.lost();
      forgetTyping(room);
    }
    this.session().rooms.flush();
  }

  #catchUp() {
    return (this.catchUp ??= new CatchUp(this.session(), (room) => this.#caughtUp(room)));
  }

  /** @param {ChatRoom} room */
  #caughtUp(room) {
    batch(() => {
      startMarker(this.session(), room);
      room.recount();
      flush(this.session(), room);
      if (this.session().current.value === room) askWho(this.session(), room);
    });
  }

  async #arrive() {
    const session = this.session();
    const { connection } = session;
    const there = () => connection === session.connection && session.registered;
    const over = new Promise((resolve) => session.env.clock.setTimeout(() => resolve(null), PATIENCE));
    reclaim(session);
    await Promise.race([this.#settleIn().catch(() => {}), over]);
    if (there()) await Promise.race([this.#catchUp().settled(), over]);
    if (there()) session.arrived();
  }

  async #settleIn() {
    const session = this.session();
    const rooms = session.rooms.list.value;
    this.placed = new Set();
    const able = session.caps.has('labeled-response');
    // Where the server puts us, it says before it answers anything.
    if (session.account !== null && able) await session.ask('PING', ['placed']);
    const placed = this.placed ?? new Set();
    this.placed = null;
    const missing = rooms.filter((room) => room.kind === 'room' && !room.joined.value);
    if (placed.size === 0) {
      await joinAll(session, missing);
    } else {
      batch(() => {
        for (const room of missing) session.rooms.remove(room);
        const { value: current } = session.current;
        if (current && missing.includes(current)) session.current.value = session.rooms.list.value[0] ?? null;
        remember(session);
      });
    }
    for (const room of rooms) if (room.kind === 'person') this.entered(room);
    if (session.account !== null && session.network.value.features.history) await this.#converse();
  }

  /** Opens the conversations where something was said lately, unless they were closed after that. */
  async #converse() {
    const session = this.session();
    const now = session.env.clock.now();
    // Counted from the first: if there are more, the latest come. They are ordered the other way round all the same.
    const times = [now + 60 * 60 * 1000, now - LATELY].map((time) => `timestamp=${new Date(time).toISOString()}`);
    const reply = await session.ask('CHATHISTORY', ['TARGETS', ...times, '100']);
    const lines = reply.flatMap((thing) => (isBatch(thing) ? thing.things : []));
    const people = lines.flatMap((line) => {
      if (isBatch(line)) return [];
      const [, name = '', time = ''] = line.params;
      const closed = session.memory.kept.closed[session.fold(name)] ?? '';
      return name === '' || session.isupport.isRoom(name) || time <= closed ? [] : [name];
    });
    for (const name of people.slice(-MOST_OPENED)) if (!session.rooms.get(name)) converse(session, name);
  }
}

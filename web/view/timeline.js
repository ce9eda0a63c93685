// @ts-check
/**
 * The messages of a room. Of a history of any length only a window is in the document: some screens around what is
 * looked at. When scrolling comes near an end of the window, it is moved; what stands on the screen stays where it
 * is, as one row is measured before and after.
 *
 *      0 ........ start [ window ] end ........ items.length
 *                          ▲ screen
 *
 * At the bottom the window sticks to the newest message. Away from it new messages are counted, not followed.
 */
import { Component, createRef } from '../vendor/preact.js';
import { html } from './html.js';
import { Icon } from './icon.js';
import { Day, Gap, Happened, Local, Message, NewLine, Run } from './message.js';
import { back, countsAsNew, firstNew, forward, locate, rowsOf } from './rows.js';
import { complain, focusComposer, note, said, show, target, visible } from './state.js';
import { pick } from './picker.js';
import { plain } from './text.js';
import { settings } from './settings.js';
import { effect } from '../vendor/signals-core.js';
import { t } from '../i18n/index.js';

/**
 * @typedef {import('../chat/types.js').Chat} Chat
 * @typedef {import('../chat/types.js').Room} Room
 * @typedef {import('../chat/types.js').Item} Item
 * @typedef {{ element: HTMLElement, top: number }} Anchor  a row, and how far below the upper edge it stands
 */

/** Rows that a room begins with, at least; rows that a move of the window adds. */
const KEEP = 60;
const STEP = 40;
/** The lowest a row can be. */
const LOWEST = 24;
/** Messages in a millisecond from which on nobody reads along: then they are drawn only now and then, and only those on the screen. */
const FLOOD = 0.2;
const REST = 120;

/** Where each room was left, if not at the bottom. @type {Map<string, { key: string, top: number }>} */
const places = new Map();

/** @extends {Component<{ chat: Chat, room: Room }, { turn: number }>} */
export class Timeline extends Component {
  /** @param {{ chat: Chat, room: Room }} props */
  constructor(props) {
    super(props);
    this.state = { turn: 0 };
    this.scroller = /** @type {import('../vendor/preact.js').RefObject<HTMLDivElement>} */ (createRef());
    this.list = /** @type {import('../vendor/preact.js').RefObject<HTMLDivElement>} */ (createRef());
    this.start = 0;
    this.end = 0;
    /** The keys of the ends, and how many items there were: to find the window again when items came. */
    this.startKey = '';
    this.endKey = '';
    this.lastKey = '';
    this.length = 0;
    this.live = false;
    this.stick = true;
    this.far = false;
    this.fresh = 0;
    this.marker = /** @type {string | null} */ (null);
    this.newKey = /** @type {string | null} */ (null);
    /** The time of the last message before what was missed, while that is not here. */
    this.missedSince = /** @type {string | null} */ (null);
    this.anchor = /** @type {Anchor | null} */ (null);
    this.hovered = '';
    this.focused = '';
    this.pinned = '';
    this.flash = '';
    this.going = /** @type {string | null} */ (null);
    this.unfolded = /** @type {Set<string>} */ (new Set());
    this.seenKey = '';
    this.flooded = false;
    this.drawn = 0;
    this.timer = /** @type {ReturnType<typeof setTimeout> | undefined} */ (undefined);
    this.top = 0;
    this.height = 0;
    this.stops = /** @type {(() => void)[]} */ ([]);
    this.deeds = this.makeDeeds();
    this.capture();
    this.placeAtFirst();
  }

  get timeline() {
    return this.props.room.timeline;
  }

  // ---------------------------------------------------------------------------------------------- life

  /** @override */
  componentDidMount() {
    const scroller = /** @type {HTMLDivElement} */ (this.scroller.current);
    const left = places.get(this.props.room.key);
    const row = left && !this.stick ? this.rowElement(left.key) : null;
    if (row && left) scroller.scrollTop = row.offsetTop - left.top;
    else this.toBottom();
    const resized = new ResizeObserver(() => this.keepInPlace());
    resized.observe(scroller);
    this.stops.push(() => resized.disconnect());
    this.stops.push(() => clearTimeout(this.timer));
    this.stops.push(effect(() => this.came(this.timeline.version.value)));
    this.stops.push(effect(() => this.sight(visible.value)));
    this.stops.push(effect(() => this.follow(target.value)));
    this.stops.push(effect(() => this.reaches(this.timeline.newer.value)));
    const before = said.peek();
    this.stops.push(effect(() => {
      if (said.value !== before && !this.stick) this.latest();
    }));
    this.measure();
    this.edges();
  }

  /** @override */
  componentWillUnmount() {
    for (const stop of this.stops) stop();
    const anchor = this.anchor;
    if (this.stick || !anchor?.element.dataset.key) places.delete(this.props.room.key);
    else places.set(this.props.room.key, { key: anchor.element.dataset.key, top: anchor.top });
  }

  /** @override @returns {{ anchor: Anchor | null, focus: boolean }} */
  getSnapshotBeforeUpdate() {
    return { anchor: this.stick ? null : this.findAnchor(), focus: this.holdsFocus() };
  }

  /**
   * @override
   * @param {unknown} _props
   * @param {unknown} _state
   * @param {{ anchor: Anchor | null, focus: boolean }} before
   */
  componentDidUpdate(_props, _state, before) {
    const scroller = /** @type {HTMLDivElement} */ (this.scroller.current);
    const goal = this.going === null ? null : this.rowElement(this.going);
    if (goal) {
      this.going = null;
      goal.scrollIntoView({ block: 'center' });
      goal.focus({ preventScroll: true });
    } else if (this.stick) {
      this.toBottom();
    } else if (before.anchor?.element.isConnected) {
      const moved = before.anchor.element.offsetTop - scroller.scrollTop - before.anchor.top;
      if (moved) scroller.scrollTop += moved;
    }
    // The row with the focus has left the window: the list takes it, so that the keys still lead somewhere.
    if (before.focus && !this.holdsFocus()) scroller.focus({ preventScroll: true });
    this.measure();
    this.edges();
    // The last of a flood is drawn in full, too.
    if (this.flooded) this.came(0);
  }

  // ---------------------------------------------------------------------------------------------- the window

  /** Rows that fill two screens, however high the screen. */
  keep() {
    return Math.max(KEEP, Math.ceil((this.scroller.current?.clientHeight ?? innerHeight) / LOWEST) * 2);
  }

  /** Rows there may be before the window is cut: one screen, one on either side, and what a move adds. */
  most() {
    return this.keep() * 2 + STEP;
  }

  /** Finds the window in the items as they are now. */
  settle() {
    const items = this.timeline.items;
    const { presence } = settings.value;
    const grown = items.length - this.length;
    this.weigh(items, grown);
    if (!this.stick) this.count(items, grown);
    const wasAtEnd = this.end === this.length;
    if (this.length && items.length) {
      const start = locate(items, this.startKey, this.start, grown);
      const end = locate(items, this.endKey, this.end - 1, grown) + 1;
      if (start >= 0 && end > start) [this.start, this.end] = [start, end];
      else this.lost(start, end);
    } else {
      this.lost(-1, 0);
    }
    if (this.stick) {
      this.end = items.length;
      const [keep, most] = this.flooded ? [this.keep() / 2, this.keep() / 2] : [this.keep(), this.keep() + STEP];
      if (forward(items, this.start, most, presence) < this.end) this.start = back(items, this.end, keep, presence);
      this.fresh = 0;
    } else if (wasAtEnd) {
      this.end = Math.max(this.end, forward(items, this.start, this.most(), presence));
    }
    this.remember();
    this.lastKey = items.at(-1)?.key ?? '';
    this.live = this.timeline.newer.peek() === 'live';
  }

  /** Whether more comes than can be read. @param {Item[]} items @param {number} grown */
  weigh(items, grown) {
    const now = performance.now();
    const came = this.length ? items.length - 1 - locate(items, this.lastKey, this.length - 1, grown) : 0;
    this.flooded = this.stick && came > 10 && came < items.length && came / (now - this.drawn) > FLOOD;
    this.drawn = now;
  }

  /** Something changed: it is drawn with the next picture, or after a rest. @param {number} _version */
  came(_version) {
    if (!this.flooded) return this.turn();
    this.timer ??= setTimeout(() => {
      this.timer = undefined;
      this.turn();
    }, REST);
  }

  /** The window's ends are not there any more (one was taken away, or all was replaced): begins anew around what is left. */
  lost(/** @type {number} */ start, /** @type {number} */ end) {
    const items = this.timeline.items;
    const { presence } = settings.peek();
    if (start >= 0) {
      this.start = start;
      this.end = forward(items, start, this.keep(), presence);
    } else {
      this.end = end > 0 ? end : items.length;
      this.start = back(items, this.end, this.keep(), presence);
    }
  }

  remember() {
    const items = this.timeline.items;
    this.length = items.length;
    this.startKey = items[this.start]?.key ?? '';
    this.endKey = items[this.end - 1]?.key ?? '';
  }

  /** Counts what was said since, while we were away from the bottom. @param {Item[]} items @param {number} grown */
  count(items, grown) {
    if (!this.live || !this.length) return;
    const last = locate(items, this.lastKey, this.length - 1, grown);
    for (let at = last + 1; last >= 0 && at < items.length; at += 1) {
      if (countsAsNew(/** @type {Item} */ (items[at]))) this.fresh += 1;
    }
  }

  placeAtFirst() {
    const items = this.timeline.items;
    const { presence } = settings.peek();
    const left = places.get(this.props.room.key);
    const at = left ? items.findIndex(item => left.key.endsWith(item.key)) : -1;
    if (at >= 0) {
      this.stick = false;
      this.start = back(items, at, this.keep(), presence);
      this.end = forward(items, at, this.keep(), presence);
    } else {
      this.stick = this.timeline.newer.peek() === 'live';
      this.end = items.length;
      this.start = back(items, this.end, this.keep(), presence);
    }
    this.remember();
  }

  /** Near an end of the window it is moved; near an end of what is loaded, more is asked for. */
  edges() {
    const scroller = this.scroller.current;
    if (!scroller || this.going !== null) return;
    const { items, older, newer } = this.timeline;
    const { presence } = settings.peek();
    const near = Math.max(600, scroller.clientHeight);
    const above = scroller.scrollTop;
    const below = scroller.scrollHeight - scroller.clientHeight - above;
    if (above < near && this.start > 0 && !this.stick) {
      this.start = back(items, this.start, STEP, presence);
      if (below > 2 * near) this.end = Math.min(this.end, forward(items, this.start, this.most(), presence));
      this.remember();
      return this.turn();
    }
    if (above < near && this.start > 0 && !this.flooded && scroller.scrollHeight < 3 * scroller.clientHeight) {
      // At the bottom and with less than fits: comings and goings folded into a few rows, say.
      this.start = back(items, this.start, STEP, presence);
      this.remember();
      return this.turn();
    }
    if (above < near && this.start === 0 && older.peek() === 'more') this.timeline.loadOlder();
    if (below < near && this.end < items.length && !this.stick) {
      this.end = forward(items, this.end, STEP, presence);
      if (above > 2 * near) this.start = Math.max(this.start, back(items, this.end, this.most(), presence));
      this.remember();
      return this.turn();
    }
    if (below < near && this.end === items.length && newer.peek() === 'more') this.timeline.loadNewer();
  }

  turn() {
    this.setState({ turn: this.state.turn + 1 });
  }

  // ---------------------------------------------------------------------------------------------- the screen

  toBottom() {
    const scroller = this.scroller.current;
    if (!scroller) return;
    scroller.scrollTop = scroller.scrollHeight;
    this.top = scroller.scrollTop;
    this.height = scroller.clientHeight;
  }

  /** The first whole row on the screen; rather no run, which can become another one when its beginning is loaded. */
  findAnchor() {
    const scroller = this.scroller.current;
    const rows = this.list.current?.children;
    if (!scroller || !rows) return null;
    const edge = scroller.scrollTop;
    let low = 0;
    let high = rows.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (/** @type {HTMLElement} */ (rows[middle]).offsetTop < edge) low = middle + 1;
      else high = middle;
    }
    /** @type {Anchor | null} */
    let second = null;
    for (let at = low; at < Math.min(low + 12, rows.length); at += 1) {
      const element = /** @type {HTMLElement} */ (rows[at]);
      if (!element.dataset.key) continue;
      const anchor = { element, top: element.offsetTop - edge };
      if (!element.classList.contains('run')) return anchor;
      second ??= anchor;
    }
    const last = /** @type {HTMLElement | undefined} */ (rows[Math.max(0, low - 1)]);
    return second ?? (last ? { element: last, top: last.offsetTop - edge } : null);
  }

  keepInPlace() {
    const scroller = this.scroller.current;
    if (!scroller) return;
    if (this.stick) this.toBottom();
    else if (this.anchor?.element.isConnected) scroller.scrollTop = this.anchor.element.offsetTop - this.anchor.top;
  }

  /** Notes where we are, for what comes next. */
  measure() {
    const scroller = this.scroller.current;
    if (!scroller) return;
    const below = scroller.scrollHeight - scroller.clientHeight - scroller.scrollTop;
    // As it was drawn: what came since is no reason to let go of the bottom.
    const last = this.end === this.length && this.timeline.newer.peek() === 'live';
    // A hand that moves up lets go of the bottom at once, and nothing else does: a bar that appears above makes less
    // room, which is put right by whoever sees that. One that comes near the bottom is held again.
    const up = scroller.scrollTop < this.top - 0.5 && below > 1 && scroller.clientHeight === this.height;
    this.top = scroller.scrollTop;
    this.height = scroller.clientHeight;
    const stick = last && (this.stick ? !up : below < 30);
    const far = !stick && (below > 240 || !last);
    if (stick !== this.stick || far !== this.far) {
      this.stick = stick;
      this.far = far;
      this.turn();
    }
    this.anchor = stick ? null : this.findAnchor();
    this.look();
  }

  /** Says that the newest message was seen, once for each. */
  look() {
    const { room, chat } = this.props;
    const last = this.timeline.items.at(-1);
    if (!last || !this.stick || !visible.peek()) return;
    if (last.key === this.seenKey && room.unread.peek() === 0) return;
    this.seenKey = last.key;
    chat.seen(room);
  }

  /** The page went out of sight or came back. @param {boolean} inSight */
  sight(inSight) {
    if (!inSight) return;
    if (this.props.room.unread.peek() > 0) this.capture();
    this.turn();
  }

  /**
   * The end of the history is here, or not: what came while it was not, is new to somebody who read along.
   * @param {'live' | 'more' | 'loading' | 'failed'} newer
   */
  reaches(newer) {
    const { items } = this.timeline;
    if (newer !== 'live') {
      if (this.live && this.stick) this.missedSince = items.at(-1)?.time ?? null;
      return;
    }
    const since = this.missedSince;
    this.missedSince = null;
    const at = since === null ? -1 : firstNew(items, since);
    if (at < 0) return;
    this.marker = since;
    this.newKey = /** @type {Item} */ (items[at]).key;
    if (!this.stick) this.fresh = items.slice(at).filter(countsAsNew).length;
    this.turn();
  }

  /** Remembers how far it was read, for the line above what is new. */
  capture() {
    const { unread, marker } = this.props.room;
    this.marker = unread.peek() > 0 ? marker.peek() : null;
    this.newKey = null;
  }

  /** The line stands where it was found first, unless what was loaded began with new messages already. */
  findNew() {
    const { items, older } = this.timeline;
    if (this.marker === null || this.newKey !== null || !items.length) return;
    const at = firstNew(items, this.marker);
    if (at > 0 || (at === 0 && older.peek() === 'end')) this.newKey = /** @type {Item} */ (items[at]).key;
  }

  /** @param {string} key */
  rowElement(key) {
    for (const row of this.list.current?.children ?? []) {
      if (/** @type {HTMLElement} */ (row).dataset.key === key) return /** @type {HTMLElement} */ (row);
    }
    return null;
  }

  holdsFocus() {
    const active = document.activeElement;
    return !!active && active !== this.scroller.current && !!this.scroller.current?.contains(active);
  }

  // ---------------------------------------------------------------------------------------------- going places

  /** @param {{ room: string, id: string } | null} goal */
  follow(goal) {
    if (!goal || goal.room !== this.props.room.key) return;
    target.value = null;
    this.goTo(goal.id);
  }

  /** Shows a message of this room. @param {string} id */
  async goTo(id) {
    let at = this.timeline.items.findIndex(item => item.id === id);
    if (at < 0) {
      try {
        const item = await this.timeline.goTo(id);
        at = item ? this.timeline.items.indexOf(item) : -1;
        if (item && at < 0) at = this.timeline.items.findIndex(each => each.id === id);
      } catch (error) {
        return complain(error);
      }
    }
    if (at < 0) return note(t('timeline.notFound'));
    const { items } = this.timeline;
    const { presence } = settings.peek();
    this.stick = false;
    this.start = back(items, at, this.keep(), presence);
    this.end = forward(items, at, this.keep(), presence);
    this.remember();
    this.going = this.flash = /** @type {Item} */ (items[at]).key;
    this.turn();
    setTimeout(() => {
      this.flash = '';
      this.turn();
    }, 2500);
  }

  /** Back to the newest. */
  latest = async () => {
    if (this.timeline.newer.peek() !== 'live') await this.timeline.goToLatest().catch(complain);
    const { items } = this.timeline;
    this.end = items.length;
    this.start = back(items, this.end, this.keep(), settings.peek().presence);
    this.stick = true;
    this.remember();
    this.turn();
    focusComposer();
  };

  toNew = () => {
    const line = /** @type {HTMLElement | null | undefined} */ (this.list.current?.querySelector('.line.new'));
    if (line) return line.scrollIntoView({ block: 'center' });
    const at = this.timeline.items.findIndex(item => item.key === this.newKey);
    if (at < 0) return;
    this.stick = false;
    this.start = back(this.timeline.items, at, this.keep(), settings.peek().presence);
    this.end = forward(this.timeline.items, at, this.keep(), settings.peek().presence);
    this.remember();
    this.going = this.newKey;
    this.turn();
  };

  // Browsers tell of scrolling once for each picture, so this needs no waiting of its own.
  scrolled = () => {
    this.measure();
    this.edges();
  };

  // ---------------------------------------------------------------------------------------------- keys and pointer

  /** @param {KeyboardEvent} event */
  pressed = event => {
    const at = /** @type {HTMLElement} */ (event.target);
    const row = /** @type {HTMLElement | null} */ (at.closest('[data-key]'));
    const inTools = at.closest('.tools');
    if (event.ctrlKey || event.altKey || event.metaKey) return;
    switch (event.key) {
      case 'ArrowUp': return this.step(event, row, -1);
      case 'ArrowDown': return this.step(event, row, 1);
      case 'End':
        event.preventDefault();
        return void this.latest();
      case 'ArrowRight':
      case 'ArrowLeft': {
        if (!row) return;
        const tools = /** @type {HTMLElement[]} */ ([...row.querySelectorAll('.tools button')]);
        event.preventDefault();
        // They are drawn with the next picture after the row has got the focus.
        if (!tools.length) return void requestAnimationFrame(() => /** @type {HTMLElement | null} */ (row.querySelector('.tools button'))?.focus());
        const now = inTools ? tools.indexOf(at) : event.key === 'ArrowRight' ? -1 : 0;
        return tools[(now + (event.key === 'ArrowRight' ? 1 : -1) + tools.length) % tools.length]?.focus();
      }
      case 'Enter':
        if (at !== row) return;
        event.preventDefault();
        return /** @type {HTMLElement | null} */ (row.querySelector('.fold, .why button, .tools button'))?.focus();
      case 'Escape':
        event.stopPropagation();
        return at !== row && row ? row.focus() : focusComposer(true);
      default:
        if (event.key.length === 1 && event.key !== ' ') focusComposer(true);
    }
  };

  /** @param {KeyboardEvent} event @param {HTMLElement | null} row @param {1 | -1} way */
  step(event, row, way) {
    const rows = /** @type {HTMLElement[]} */ ([...(this.list.current?.querySelectorAll(':scope > [data-key][tabindex]') ?? [])]);
    const next = row ? rows[rows.indexOf(row) + way] : rows.at(-1);
    event.preventDefault();
    next?.focus();
  }

  /** @param {FocusEvent} event */
  focusedIn = event => {
    const row = /** @type {HTMLElement} */ (event.target).closest('[data-key]');
    const key = /** @type {HTMLElement | null} */ (row)?.dataset.key ?? '';
    if (key === this.focused) return;
    this.focused = key;
    // A pointer that only rests somewhere does not keep the buttons from whoever moves by keyboard.
    this.hovered = '';
    this.turn();
  };

  /** @param {FocusEvent} event */
  focusedOut = event => {
    const to = /** @type {Node | null} */ (event.relatedTarget);
    if (to && this.scroller.current?.contains(to)) return;
    this.focused = '';
    this.turn();
  };

  // Only a pointer that moves chooses a row: not one that rests while rows go by beneath it.
  /** @param {PointerEvent} event */
  pointed = event => {
    if (event.pointerType !== 'mouse') return;
    const row = /** @type {HTMLElement | null} */ (/** @type {HTMLElement} */ (event.target).closest('[data-key]'));
    const key = row?.dataset.key ?? '';
    if (key === this.hovered) return;
    this.hovered = key;
    this.turn();
  };

  unpointed = () => {
    if (!this.hovered) return;
    this.hovered = '';
    this.turn();
  };

  /** @returns {import('./message.js').Deeds} */
  makeDeeds() {
    const { chat, room } = this.props;
    return {
      person: nick => show('card', { nick }),
      room: name => void chat.join(name).then(chat.open, complain),
      goTo: id => void this.goTo(id),
      reply: item => {
        room.replying.value = item;
        focusComposer(true);
      },
      pick: (item, anchor) => {
        this.pinned = item.key;
        pick(anchor, chosen => {
          this.pinned = '';
          if (chosen) chat.react(item, chosen);
          this.turn();
          this.rowElement(item.key)?.focus({ preventScroll: true });
        });
      },
      react: (item, reaction) => chat.react(item, reaction),
      copy: item => void navigator.clipboard?.writeText(plain(item.text)).then(() => note(t('message.copied')), complain),
      redact: item => show('confirm', {
        title: t('redact.title'), text: t('redact.text'), yes: t('message.redact'),
        run: () => chat.redact(item).catch(complain),
      }),
      again: item => chat.sendAgain(item),
      discard: item => chat.discard(item),
      unfold: key => {
        if (!this.unfolded.delete(key)) this.unfolded.add(key);
        this.turn();
      },
    };
  }

  // ---------------------------------------------------------------------------------------------- what is shown

  /** @override */
  render() {
    const { chat, room } = this.props;
    const { timeline } = room;
    const { presence } = settings.value;
    const [older, newer, behind] = [timeline.older.value, timeline.newer.value, timeline.behind.value];
    this.settle();
    this.findNew();
    const rows = rowsOf(timeline.items, this.start, this.end, { presence, newKey: this.newKey });
    const self = chat.me.value?.nick ?? '';
    const rank = room.members.value.get(self.toLowerCase())?.prefix ?? '';
    const removes = chat.network.value.features.redaction;
    const mayAll = removes && (/[~&@]/.test(rank) || !!chat.me.value?.oper);
    const stop = this.tabStop(rows);
    const active = this.pinned || this.hovered || this.focused;
    const waiting = this.fresh + behind;
    return html`<div class="timeline">
      <div class="scroller" ref=${this.scroller} role="log" aria-live="off" aria-label=${t('timeline.label', { room: room.name })}
        aria-busy=${older === 'loading' || newer === 'loading'} tabindex=${rows.length ? -1 : 0} onScroll=${this.scrolled} onKeyDown=${this.pressed}
        onFocusIn=${this.focusedIn} onFocusOut=${this.focusedOut} onPointerMove=${this.pointed} onPointerLeave=${this.unpointed}>
        <div class="rows-outer">
          ${this.start === 0 && html`<${Beginning} room=${room} older=${older} />`}
          <div class="rows" ref=${this.list}>
            ${rows.map(row => this.row(row, { self, removes, mayAll, stop, active }))}
          </div>
          ${this.end === timeline.items.length && newer !== 'live' && html`<${More} state=${newer} load=${timeline.loadNewer} />`}
        </div>
      </div>
      ${this.newKey !== null && !this.stick && this.newAbove() && html`<button type="button" class="pill top" onClick=${this.toNew}>
        <${Icon} name="up" />${t('timeline.toNew')}</button>`}
      ${(this.far || waiting > 0) && !this.stick && html`<button type="button" class=${`pill bottom ${waiting ? 'has-new' : ''}`} onClick=${this.latest}>
        <${Icon} name="down" />${waiting ? t('timeline.newCount', { count: waiting }) : t('timeline.latest')}</button>`}
    </div>`;
  }

  newAbove() {
    const at = locate(this.timeline.items, this.newKey ?? '', this.start, 0);
    return at >= 0 && at < this.start;
  }

  /** The row that Tab leads to: where the focus was last, else the newest. @param {import('./rows.js').Row[]} rows */
  tabStop(rows) {
    let last = '';
    for (const row of rows) {
      const key = row.kind === 'run' ? row.key : row.kind === 'item' && row.item.kind !== 'gap' ? row.key : '';
      if (key && key === this.focused) return key;
      if (key) last = key;
    }
    return last;
  }

  /**
   * @param {import('./rows.js').Row} row
   * @param {{ self: string, removes: boolean, mayAll: boolean, stop: string, active: string }} common
   */
  row(row, { self, removes, mayAll, stop, active }) {
    const deeds = this.deeds;
    if (row.kind === 'day') return html`<${Day} key=${row.key} time=${row.time} />`;
    if (row.kind === 'new') return html`<${NewLine} key="new" />`;
    const tab = row.key === stop;
    if (row.kind === 'run') {
      return html`<${Run} key=${row.key} first=${row.items[0]} size=${row.items.length} items=${row.items}
        open=${this.unfolded.has(row.key)} tab=${tab} deeds=${deeds} />`;
    }
    const { item } = row;
    if (item.kind === 'gap') return html`<${Gap} key=${row.key} item=${item} count=${item.count} />`;
    if (item.kind === 'event') return html`<${Happened} key=${row.key} item=${item} tab=${tab} deeds=${deeds} />`;
    if (item.kind === 'local') return html`<${Local} key=${row.key} item=${item} text=${item.text} tab=${tab} deeds=${deeds} />`;
    return html`<${Message} key=${row.key} item=${item} id=${item.id} state=${item.state} why=${item.why} text=${item.text}
      reactions=${item.reactions} redacted=${item.redacted} reply=${item.reply} mention=${item.mention} self=${self} head=${row.head}
      tab=${tab} active=${row.key === active} flash=${row.key === this.flash} may=${mayAll || (removes && item.self)} deeds=${deeds} />`;
  }
}

/** What stands above the first message that is loaded. @param {{ room: Room, older: string }} props */
function Beginning({ room, older }) {
  if (older === 'end') {
    return html`<div class="beginning"><h2><bdi>${room.name}</bdi></h2>
      <p>${t(room.kind === 'room' ? 'timeline.beginning' : 'timeline.beginning.person')}</p></div>`;
  }
  return html`<${More} state=${older} load=${room.timeline.loadOlder} />`;
}

/** @param {{ state: string, load: () => Promise<void> }} props */
const More = ({ state, load }) => html`<div class="loading">${state === 'failed'
  ? html`<span>${t('timeline.failed')}</span> <button type="button" class="small" onClick=${() => load()}>${t('timeline.retry')}</button>`
  : html`<span class="spinner" aria-hidden="true"></span><span>${t('timeline.loading')}</span>`}</div>`;

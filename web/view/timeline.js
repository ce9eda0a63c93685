// @ts-check
/**
 * The messages of a room. Of a history of any length only a window is in the document (window.js): some screens
 * around what is looked at. When scrolling comes near an end of the window, it is moved; what stands on the screen
 * stays where it is, as one row is measured before and after.
 *
 * At the bottom the window sticks to the newest message. Away from it new messages are counted, not followed
 * (unseen.js).
 */
import { Component, createRef } from '../vendor/preact.js';
import { html } from './html.js';
import { Icon } from './icon.js';
import { deedsFor } from './deeds.js';
import { drawn } from './message.js';
import { RowFocus } from './row-focus.js';
import { RowWindow } from './window.js';
import { Unseen } from './unseen.js';
import { locate, rowsOf } from './rows.js';
import { complain, focusComposer, note, said, target, visible } from './state.js';
import { settings } from './settings.js';
import { effect, untracked } from '../vendor/signals-core.js';
import { t } from '../i18n/index.js';

/**
 * @typedef {import('../chat/types.js').Chat} Chat
 * @typedef {import('../chat/types.js').Room} Room
 * @typedef {{ element: HTMLElement, top: number }} Anchor  a row, and how far below the upper edge it stands
 */

/** Rows that a room begins with, at least. */
const KEEP = 60;
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
    this.window = new RowWindow();
    this.unseen = new Unseen();
    this.focus = new RowFocus(() => this.turn(), () => void this.latest());
    this.stick = true;
    this.far = false;
    this.anchor = /** @type {Anchor | null} */ (null);
    this.flash = '';
    this.going = /** @type {string | null} */ (null);
    this.returning = /** @type {Promise<void> | null} */ (null);
    this.unfolded = /** @type {Set<string>} */ (new Set());
    this.seenKey = '';
    this.flooded = false;
    this.drawn = 0;
    this.timer = /** @type {ReturnType<typeof setTimeout> | undefined} */ (undefined);
    this.top = 0;
    this.height = 0;
    this.stops = /** @type {(() => void)[]} */ ([]);
    this.deeds = deedsFor(this);
    this.unseen.capture(props.room);
    this.placeAtFirst();
  }

  get timeline() {
    return this.props.room.timeline;
  }

  get online() {
    return this.props.chat.link.peek().state === 'online';
  }

  /** What the window is measured by: rows that fill two screens, however high the screen. */
  get size() {
    const keep = Math.max(KEEP, Math.ceil((this.scroller.current?.clientHeight ?? innerHeight) / LOWEST) * 2);
    return { keep, presence: settings.peek().presence };
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
      if (said.value !== before && !this.stick) untracked(this.latest);
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

  /** Finds the window in the items as they are now. */
  settle() {
    const { items, newer } = this.timeline;
    const came = this.window.came(items);
    const now = performance.now();
    this.flooded = this.stick && came > 10 && came < items.length && came / (now - this.drawn) > FLOOD;
    this.drawn = now;
    this.unseen.count(items, came, { stick: this.stick, newer: newer.peek() });
    this.window.settle(items, this.size, { stick: this.stick, tight: this.flooded });
  }

  /** Something changed: it is drawn with the next picture, or after a rest. @param {number} _version */
  came(_version) {
    if (!this.flooded) return this.turn();
    this.timer ??= setTimeout(() => {
      this.timer = undefined;
      this.turn();
    }, REST);
  }

  placeAtFirst() {
    const { items, newer } = this.timeline;
    const left = places.get(this.props.room.key);
    const at = left ? items.findIndex(item => left.key.endsWith(item.key)) : -1;
    this.stick = at < 0 && newer.peek() === 'live';
    if (at >= 0) this.window.around(items, at, this.size);
    else this.window.toEnd(items, this.size);
  }

  /** Near an end of the window it is moved; near an end of what is loaded, more is asked for. */
  edges() {
    const scroller = this.scroller.current;
    if (!scroller || this.going !== null) return;
    const { items, older, newer } = this.timeline;
    const { window, online } = this;
    const near = Math.max(600, scroller.clientHeight);
    const above = scroller.scrollTop;
    const below = scroller.scrollHeight - scroller.clientHeight - above;
    // At the bottom there can be less than fits, too: comings and goings folded into a few rows, say.
    const little = !this.flooded && scroller.scrollHeight < 3 * scroller.clientHeight;
    if (above < near && window.start > 0 && (!this.stick || little)) {
      window.up(items, this.size, !this.stick && below > 2 * near);
      return this.turn();
    }
    if (online && above < near && window.start === 0 && older.peek() === 'more') this.timeline.loadOlder();
    if (below < near && window.end < items.length && !this.stick) {
      window.down(items, this.size, above > 2 * near);
      return this.turn();
    }
    if (online && below < near && window.end === items.length && newer.peek() === 'more') this.timeline.loadNewer();
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
    const last = this.window.atEnd && this.timeline.newer.peek() === 'live';
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
    if (this.props.room.unread.peek() > 0) this.unseen.capture(this.props.room);
    this.turn();
  }

  /** @param {import('./unseen.js').Newer} newer */
  reaches(newer) {
    if (this.unseen.reaches(this.timeline.items, { stick: this.stick, newer })) this.turn();
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
    this.flash = this.goToRow(at);
    setTimeout(() => {
      this.flash = '';
      this.turn();
    }, 2500);
  }

  /** With the next picture this item is in the middle of the screen, and has the focus. @param {number} at */
  goToRow(at) {
    const { items } = this.timeline;
    this.stick = false;
    this.window.around(items, at, this.size);
    this.going = /** @type {import('../chat/types.js').Item} */ (items[at]).key;
    this.turn();
    return this.going;
  }

  /** Back to the newest; asked for once, however often that is wanted meanwhile. */
  latest = async () => {
    if (this.online && this.timeline.newer.peek() !== 'live') {
      this.returning ??= this.timeline.goToLatest().catch(complain);
      await this.returning;
      this.returning = null;
    }
    this.window.toEnd(this.timeline.items, this.size);
    this.stick = true;
    this.turn();
    focusComposer();
  };

  toNew = () => {
    const at = this.timeline.items.findIndex(item => item.key === this.unseen.key);
    if (at >= 0) this.goToRow(at);
  };

  /** From now on Tab leads to what is seen now. */
  rested = () => {
    if (!this.stick) this.turn();
  };

  // Browsers tell of scrolling once for each picture, so this needs no waiting of its own.
  scrolled = () => {
    this.measure();
    this.edges();
  };

  // ---------------------------------------------------------------------------------------------- what is shown

  /** @override */
  render() {
    const { chat, room } = this.props;
    const { timeline } = room;
    const { presence } = settings.value;
    const [older, newer, behind] = [timeline.older.value, timeline.newer.value, timeline.behind.value];
    // Drawn anew when the connection is back, since more can be asked for then.
    void chat.link.value;
    this.settle();
    this.unseen.find(timeline.items, older === 'end');
    const { window, unseen, focus } = this;
    const rows = rowsOf(timeline.items, window.start, window.end, { presence, newKey: unseen.key });
    const self = chat.me.value?.nick ?? '';
    const rank = room.members.value.get(self.toLowerCase())?.prefix ?? '';
    const removes = chat.network.value.features.redaction;
    const mayAll = removes && (/[~&@]/.test(rank) || !!chat.me.value?.oper);
    const seen = (!this.stick && this.anchor?.element.dataset.key) || '';
    const common = {
      self, removes, mayAll, stop: focus.tabStop(rows, seen), active: focus.active, flash: this.flash, unfolded: this.unfolded, deeds: this.deeds,
    };
    const waiting = unseen.fresh + behind;
    return html`<div class="timeline">
      <div class="scroller" ref=${this.scroller} role="log" aria-live="off" aria-label=${t('timeline.label', { room: room.name })}
        aria-busy=${older === 'loading' || newer === 'loading'} tabindex=${rows.length ? -1 : 0} onScroll=${this.scrolled} onScrollEnd=${this.rested} onKeyDown=${focus.pressed}
        onFocusIn=${focus.entered} onFocusOut=${focus.left} onPointerMove=${focus.pointed} onPointerLeave=${focus.unpointed}>
        <div class="rows-outer">
          ${window.start === 0 && html`<${Beginning} room=${room} older=${older} />`}
          <div class="rows" ref=${this.list}>
            ${rows.map(row => drawn(row, common))}
          </div>
          ${window.end === timeline.items.length && newer !== 'live' && html`<${More} state=${newer} load=${timeline.loadNewer} />`}
        </div>
      </div>
      ${unseen.key !== null && !this.stick && this.newAbove() && html`<button type="button" class="pill top" onClick=${this.toNew}>
        <${Icon} name="up" />${t('timeline.toNew')}</button>`}
      ${(this.far || waiting > 0) && !this.stick && html`<button type="button" class=${`pill bottom ${waiting ? 'has-new' : ''}`} onClick=${this.latest}>
        <${Icon} name="down" />${waiting ? t('timeline.newCount', { count: waiting }) : t('timeline.latest')}</button>`}
    </div>`;
  }

  newAbove() {
    const at = locate(this.timeline.items, this.unseen.key ?? '', this.window.start, 0);
    return at >= 0 && at < this.window.start;
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

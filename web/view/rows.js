// @ts-check
/**
 * From the items of a timeline to the rows on the screen: whose name stands above which message, where a day begins,
 * where the new ones begin, which comings and goings become one line. Pure, so that it can be tested.
 *
 * @typedef {import('../chat/types.js').Item} Item
 * @typedef {'folded' | 'all' | 'none'} Presence  how comings and goings are shown
 * @typedef {{ kind: 'day', key: string, time: string } | { kind: 'new', key: string }
 *   | { kind: 'item', key: string, item: Item, head: boolean } | { kind: 'run', key: string, items: Item[] }} Row
 */

/** Messages of one person closer than this stand under one name. */
const TOGETHER = 5 * 60_000;

/** How many items a search for the bounds of the window looks at, at most: a room can hold nothing but joins. */
const PATIENCE = 20_000;

/**
 * The rows for `items[start..end]`.
 * @param {Item[]} items
 * @param {number} start
 * @param {number} end
 * @param {{ presence: Presence, newKey: string | null }} options  `newKey`: the first message not read
 * @returns {Row[]}
 */
export function rowsOf(items, start, end, { presence, newKey }) {
  /** @type {Row[]} */
  const rows = [];
  let before = previousShown(items, start, presence);
  for (let at = start; at < end; at += 1) {
    const item = /** @type {Item} */ (items[at]);
    if (hides(item, presence)) continue;
    const newDay = !before || !sameDay(before.time, item.time);
    if (newDay) rows.push({ kind: 'day', key: `day ${item.key}`, time: item.time });
    const isNew = item.key === newKey;
    if (isNew) rows.push({ kind: 'new', key: 'new' });
    const last = rows.at(-1);
    if (presence === 'folded' && isPresence(item)) {
      if (last?.kind === 'run') last.items.push(item);
      else rows.push({ kind: 'run', key: `run ${item.key}`, items: [item] });
    } else {
      rows.push({ kind: 'item', key: item.key, item, head: newDay || isNew || !before || !continues(before, item) });
    }
    before = item;
  }
  for (const row of rows) if (row.kind === 'run') row.items = known(row.items);
  return rows;
}

/** The runs of comings and goings as they were last, by their first item. @type {WeakMap<Item, Item[]>} */
const runs = new WeakMap();

/** The same list as before if nothing came to it, so that it need not be drawn again. @param {Item[]} items */
function known(items) {
  const first = /** @type {Item} */ (items[0]);
  const before = runs.get(first);
  if (before?.length === items.length && before.at(-1) === items.at(-1)) return before;
  runs.set(first, items);
  return items;
}

/**
 * The index from which on there are `rows` rows before `from`.
 * @param {Item[]} items
 * @param {number} from
 * @param {number} rows
 * @param {Presence} presence
 */
export function back(items, from, rows, presence) {
  let at = from;
  for (let found = 0, seen = 0; at > 0 && found < rows && seen < PATIENCE; seen += 1) {
    at -= 1;
    if (beginsRow(items, at, presence)) found += 1;
  }
  return at;
}

/**
 * The index up to which there are `rows` rows from `from` on.
 * @param {Item[]} items
 * @param {number} from
 * @param {number} rows
 * @param {Presence} presence
 */
export function forward(items, from, rows, presence) {
  let at = from;
  for (let found = 0, seen = 0; at < items.length && seen < PATIENCE; seen += 1, at += 1) {
    if (beginsRow(items, at, presence) && (found += 1) > rows) return at;
  }
  return at;
}

/**
 * Where an item is now. Items come at both ends, so it is looked for where it would be if the ones that came since
 * had come before it, and where it was; else everywhere.
 * @param {Item[]} items
 * @param {string} key
 * @param {number} was
 * @param {number} grown  how many items more there are since
 */
export function locate(items, key, was, grown) {
  if (items[was]?.key === key) return was;
  if (items[was + grown]?.key === key) return was + grown;
  return items.findIndex(item => item.key === key);
}

/**
 * The first message of others behind the read marker.
 * @param {Item[]} items  sorted by time
 * @param {string} marker
 */
export function firstNew(items, marker) {
  let low = 0;
  let high = items.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (/** @type {Item} */ (items[middle]).time <= marker) low = middle + 1;
    else high = middle;
  }
  while (low < items.length && !countsAsNew(/** @type {Item} */ (items[low]))) low += 1;
  return low < items.length ? low : -1;
}

/** @param {Item} item */
export const countsAsNew = item =>
  !item.self && (item.kind === 'message' || item.kind === 'action' || item.kind === 'notice');

/** Comings and goings: what can be folded or left out. @param {Item} item */
export function isPresence(item) {
  const what = item.event?.what;
  return item.kind === 'event' && (what === 'join' || what === 'part' || what === 'quit' || what === 'nick');
}

/**
 * What a run of comings and goings comes to. Who came and went, or went and came back, is counted as that.
 * @param {Item[]} items
 */
export function summary(items) {
  /** @type {Map<string, { first: 'in' | 'out', last: 'in' | 'out' }>} */
  const people = new Map();
  let renamed = 0;
  for (const { event } of items) {
    if (!event) continue;
    if (event.what === 'nick') {
      renamed += 1;
      const known = people.get(event.nick);
      if (known) {
        people.delete(event.nick);
        people.set(event.to, known);
      }
      continue;
    }
    const way = event.what === 'join' ? 'in' : 'out';
    const known = people.get(event.nick);
    if (known) known.last = way;
    else people.set(event.nick, { first: way, last: way });
  }
  /** @type {{ joined: string[], left: string[], visited: string[], returned: string[], renamed: number }} */
  const counts = { joined: [], left: [], visited: [], returned: [], renamed };
  for (const [nick, { first, last }] of people) {
    if (first === 'in') (last === 'in' ? counts.joined : counts.visited).push(nick);
    else (last === 'out' ? counts.left : counts.returned).push(nick);
  }
  return counts;
}

/** Whether two moments are on one day, here. @param {string} a @param {string} b */
export function sameDay(a, b) {
  const one = new Date(a);
  const other = new Date(b);
  return one.getDate() === other.getDate() && one.getMonth() === other.getMonth()
    && one.getFullYear() === other.getFullYear();
}

/** Whether a message can stand under the name above the one before. @param {Item} before @param {Item} item */
function continues(before, item) {
  return before.kind === item.kind && (item.kind === 'message' || item.kind === 'notice')
    && before.nick === item.nick && before.account === item.account && before.self === item.self && !item.reply
    && Date.parse(item.time) - Date.parse(before.time) < TOGETHER;
}

/** @param {Item} item @param {Presence} presence */
const hides = (item, presence) => presence === 'none' && isPresence(item);

/** @param {Item[]} items @param {number} at @param {Presence} presence */
function beginsRow(items, at, presence) {
  const item = /** @type {Item} */ (items[at]);
  if (!isPresence(item) || presence === 'all') return true;
  if (presence === 'none') return false;
  const before = items[at - 1];
  return !before || !isPresence(before) || !sameDay(before.time, item.time);
}

/** @param {Item[]} items @param {number} start @param {Presence} presence */
function previousShown(items, start, presence) {
  for (let at = start - 1; at >= 0 && at > start - PATIENCE; at -= 1) {
    const item = /** @type {Item} */ (items[at]);
    if (!hides(item, presence)) return item;
  }
  return null;
}

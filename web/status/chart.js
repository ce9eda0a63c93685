// Charts of the last minutes.

import { clock, number } from "./figures.js";
import { draw, make } from "./make.js";
import { units, words } from "./words.js";

/** Round numbers from zero to at least `highest`. @param {number} highest @param {boolean} binary */
function scale(highest, binary) {
  const base = binary ? 2 : 10;
  const rough = Math.max(highest, 1e-9) / 3;
  const power = base ** Math.floor(Math.log(rough) / Math.log(base));
  const factors = binary ? [1, 2] : [1, 2, 2.5, 5, 10];
  const step = power * (factors.find((factor) => factor * power >= rough) ?? base);
  const count = Math.max(1, Math.ceil(highest / step));
  return Array.from({ length: count + 1 }, (_, place) => place * step);
}

/**
 * A chart of the last minutes, with a line that follows the pointer or the arrow keys.
 * @param {string} title
 * @param {{show: (value: number) => string, least: number, binary?: boolean, stems?: boolean}} how
 */
export function makeChart(title, how) {
  // No live region: it changes every two seconds.
  const readout = make("span", { class: "readout" });
  const svg = draw("svg", { role: "img", tabindex: 0 });
  const root = make("figure", { class: "card" }, make("figcaption", {}, make("h2", {}, title), readout), svg);
  /** @type {(number | null)[]} */
  let values = [];
  let step = 2000;
  let end = 0;
  /** @type {number | null} Which value the pointer is at, counted from the latest. */
  let pointed = null;

  const place = () => {
    const { width, height } = svg.getBoundingClientRect();
    const em = parseFloat(getComputedStyle(document.documentElement).fontSize);
    return { left: 4.6 * em, right: Math.max(width, 12 * em) - 0.6 * em, top: 0.5 * em, bottom: Math.max(height, 6 * em) - 1.4 * em, em };
  };

  // As many as the server remembers, so that what came first is not stretched.
  const most = () => Math.max(2, Math.round(600_000 / step));

  const paint = () => {
    const { left, right, top, bottom, em } = place();
    const known = values.filter((value) => value !== null);
    const highest = known.reduce((a, b) => Math.max(a, b), 0);
    const ticks = scale(Math.max(highest, how.least), how.binary ?? false);
    const limit = ticks[ticks.length - 1] ?? 1;
    /** @param {number} back */
    const x = (back) => right - (back / (most() - 1)) * (right - left);
    /** @param {number} value */
    const y = (value) => bottom - (value / limit) * (bottom - top);
    const parts = [];
    for (const tick of ticks) {
      parts.push(draw("line", { class: "grid", x1: left, x2: right, y1: y(tick), y2: y(tick) }));
      parts.push(draw("text", { class: "end", x: left - 0.4 * em, y: y(tick) + 0.25 * em }, how.show(tick)));
    }
    const minutes = (most() * step) / 60_000;
    for (const [back, anchor] of /** @type {const} */ ([[1, ""], [0.5, "middle"], [0, "end"]])) {
      const text = back === 0 ? words.now : `−${number(minutes * back)} ${units.m}`;
      parts.push(draw("text", { class: anchor, x: x(back * (most() - 1)), y: bottom + 1.2 * em }, text));
    }
    parts.push(...curve(values, x, y, bottom, how.stems ?? false));
    if (pointed !== null) {
      const value = values[values.length - 1 - pointed] ?? null;
      parts.push(draw("line", { class: "cursor", x1: x(pointed), x2: x(pointed), y1: top, y2: bottom }));
      if (value !== null) parts.push(draw("circle", { class: "dot", cx: x(pointed), cy: y(value), r: 0.3 * em }));
    }
    svg.replaceChildren(...parts);
    say(known);
  };

  /** @param {number[]} known */
  const say = (known) => {
    const at = values[values.length - 1 - (pointed ?? 0)] ?? null;
    const what = at === null ? words.unknown : how.show(at);
    const when = pointed === null || pointed === 0 ? words.now : clock(end - pointed * step);
    readout.textContent = known.length > 0 || pointed !== null ? `${when}: ${what}` : words.noData;
    const range = known.length > 0
      ? `${words.lowest} ${how.show(Math.min(...known))}, ${words.highest} ${how.show(Math.max(...known))}`
      : words.noData;
    svg.setAttribute("aria-label", `${title}. ${readout.textContent}; ${range}`);
  };

  /** @param {number | null} back */
  const point = (back) => {
    pointed = back === null || values.length === 0 ? null : Math.min(Math.max(0, back), values.length - 1);
    paint();
  };
  svg.addEventListener("pointermove", (event) => {
    const { left, right } = place();
    const from = svg.getBoundingClientRect().left;
    point(Math.round(((right - (event.clientX - from)) / (right - left)) * (most() - 1)));
  });
  svg.addEventListener("pointerleave", () => point(null));
  svg.addEventListener("blur", () => point(null));
  svg.addEventListener("keydown", (event) => {
    const by = { ArrowLeft: 1, ArrowRight: -1, PageUp: 30, PageDown: -30 }[event.key];
    if (by === undefined && event.key !== "Escape") return;
    event.preventDefault();
    point(by === undefined ? null : (pointed ?? 0) + by);
  });
  new ResizeObserver(paint).observe(svg);

  /** @param {(number | null)[]} next @param {number} stepMillis @param {number} now */
  const show = (next, stepMillis, now) => {
    [values, step, end] = [next, stepMillis, now];
    paint();
  };
  return { root, show };
}

/**
 * The values, with gaps where they are not known: as a line over an area, or as stems.
 * @param {(number | null)[]} values
 * @param {(back: number) => number} x
 * @param {(value: number) => number} y
 * @param {number} bottom
 * @param {boolean} stems
 */
function curve(values, x, y, bottom, stems) {
  const points = values.map((value, number) => (value === null ? null : `${x(values.length - 1 - number).toFixed(1)},${y(value).toFixed(1)}`));
  if (stems) {
    const each = points.map((point) => (point === null ? "" : `M${point}V${bottom}`));
    return [draw("path", { class: "curve", d: each.join("") })];
  }
  const parts = [];
  for (let from = 0; from < points.length; from += 1) {
    if (points[from] === null) continue;
    let to = from;
    while (to + 1 < points.length && points[to + 1] !== null) to += 1;
    const run = points.slice(from, to + 1);
    // One alone is a point: its line has no length, but round ends.
    const line = `M${run.join("L")}${run.length === 1 ? "h0.01" : ""}`;
    const [start, stop] = [x(values.length - 1 - from), x(values.length - 1 - to)].map((at) => at.toFixed(1));
    parts.push(draw("path", { class: "area", d: `${line}L${stop},${bottom}L${start},${bottom}Z` }));
    parts.push(draw("path", { class: "curve", d: line }));
    from = to;
  }
  return parts;
}

// Elements, tiles and tables.

import { words } from "./words.js";

/**
 * An element with its attributes and what is in it.
 * @template {keyof HTMLElementTagNameMap} Name
 * @param {Name} name
 * @param {Record<string, string>} [attributes]
 * @param {...(Node | string)} children
 * @returns {HTMLElementTagNameMap[Name]}
 */
export function make(name, attributes = {}, ...children) {
  const element = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
  element.append(...children);
  return element;
}

/**
 * The same for drawings.
 * @template {keyof SVGElementTagNameMap} Name
 * @param {Name} name
 * @param {Record<string, string | number>} [attributes]
 * @param {...(Node | string)} children
 * @returns {SVGElementTagNameMap[Name]}
 */
export function draw(name, attributes = {}, ...children) {
  const element = document.createElementNS("http://www.w3.org/2000/svg", name);
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, String(value));
  element.append(...children);
  return element;
}

/** @typedef {{text: Node | string, number?: boolean}} Cell */

/** A table that is filled again and again. @param {string} title @param {Cell[]} heads */
export function makeTable(title, heads) {
  const body = make("tbody");
  const head = make("tr", {}, ...heads.map((cell) => headCell(cell, "col")));
  const table = make("table", {}, make("thead", {}, head), body);
  // What is wider than the screen is scrolled, with the keyboard too.
  const scroll = make("div", { class: "scroll", tabindex: "0", role: "region", "aria-label": title }, table);
  const root = make("section", { class: "card" }, make("h2", {}, title), scroll);
  /** @param {Cell[][]} rows @param {string} [otherwise] */
  const fill = (rows, otherwise = words.noData) => {
    const none = make("tr", {}, make("td", { class: "none", colspan: String(heads.length) }, otherwise));
    body.replaceChildren(...(rows.length > 0 ? rows.map(row) : [none]));
  };
  return { root, fill };
}

/** @param {Cell} cell @param {string} scope */
function headCell({ text, number }, scope) {
  return make("th", number ? { scope, class: "number" } : { scope }, text);
}

/** @param {Cell[]} cells */
function row(cells) {
  const [first, ...rest] = cells;
  const others = rest.map(({ text, number }) => make("td", number ? { class: "number" } : {}, text));
  return make("tr", {}, ...(first ? [headCell(first, "row")] : []), ...others);
}

/** @param {string} name */
export function makeTile(name) {
  const value = make("dd", { class: "value" });
  const note = make("dd", { class: "note" });
  const root = make("div", { class: "tile" }, make("dt", {}, name), value, note);
  /** @param {string} text @param {string} [more] @param {string} [mood] */
  const show = (text, more = "", mood = "") => {
    root.className = `tile ${mood}`;
    value.textContent = text;
    note.textContent = more;
  };
  return { root, show };
}

/** How much is used of something. @param {number} percent */
export function bar(percent) {
  const width = Math.min(100, Math.max(0, percent));
  const box = { viewBox: "0 0 100 10", preserveAspectRatio: "none", class: "bar", "aria-hidden": "true" };
  return draw(
    "svg",
    box,
    draw("rect", { class: "back", width: 100, height: 10 }),
    draw("rect", { class: "front", width, height: 10 }),
  );
}

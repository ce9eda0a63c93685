// Numbers, for people.

import { language, units } from "./words.js";

const whole = new Intl.NumberFormat(language, { maximumFractionDigits: 0 });
const fine = new Intl.NumberFormat(language, { maximumFractionDigits: 1 });
const finer = new Intl.NumberFormat(language, { maximumFractionDigits: 2 });

/** @param {number} count */
export function number(count) {
  return count >= 100 ? whole.format(count) : fine.format(count);
}

/** @param {number} count */
export function perSecond(count) {
  return `${number(count)}/${units.s}`;
}

/** @param {number} count */
export function bytes(count) {
  let unit = "B";
  for (const next of ["KiB", "MiB", "GiB", "TiB"]) {
    if (count < 1024) break;
    [count, unit] = [count / 1024, next];
  }
  return `${unit === "B" ? whole.format(count) : fine.format(count)} ${unit}`;
}

/** @param {number} micros */
export function micros(micros) {
  if (micros < 1000) return `${whole.format(micros)} µs`;
  return micros < 1e6 ? `${number(micros / 1000)} ms` : `${finer.format(micros / 1e6)} s`;
}

/** @param {number | null} value @param {(value: number) => string} show */
export function maybe(value, show) {
  return value === null ? "–" : show(value);
}

/** A length of time, in its two largest units. @param {number} millis */
export function time(millis) {
  const seconds = Math.max(0, Math.floor(millis / 1000));
  const [d, h, m, s] = [seconds / 86400, (seconds / 3600) % 24, (seconds / 60) % 60, seconds % 60].map(Math.floor);
  const parts = /** @type {[number, string][]} */ ([[d, units.d], [h, units.h], [m, units.m], [s, units.s]]);
  const first = parts.findIndex(([count]) => count > 0);
  const shown = first < 0 ? parts.slice(3) : parts.slice(first, first + 2);
  return shown.map(([count, unit]) => `${count} ${unit}`).join(" ");
}

/** @param {number} millis */
export function clock(millis) {
  return new Date(millis).toLocaleTimeString(language, { hour12: false });
}

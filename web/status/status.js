// The status page: asks the server every two seconds how it does, and shows it.
//
// Nothing comes from elsewhere and nothing is written as HTML: what peers chose to be called is text here.

import { fillBoard, makeBoard, tellState } from "./board.js";
import { clock } from "./figures.js";
import { make } from "./make.js";
import { language, words } from "./words.js";

/** @typedef {import("./board.js").Status} Status */

const EVERY = 2000;
/** How long an answer may take. */
const PATIENCE = 8000;
const KEY = "saloon-admin-token";

/** What was in the address goes into this tab's memory, so that nobody reads it over a shoulder. */
function tokenFromAddress() {
  const found = new URLSearchParams(location.hash.slice(1)).get("token");
  if (found !== null) {
    sessionStorage.setItem(KEY, found);
    history.replaceState(null, "", location.pathname + location.search);
  }
}

/** Asks for the token. @param {HTMLElement} page @param {boolean} wrong */
function showForm(page, wrong) {
  const input = make("input", { type: "password", name: "token", autocomplete: "current-password", required: "", autocapitalize: "off", spellcheck: "false" });
  const why = make("p", wrong ? { class: "bad", role: "alert" } : {}, wrong ? words.wrong : words.askWhy);
  const form = make("form", { class: "card" }, make("h1", {}, "Saloon"), why, make("label", {}, words.token, input), make("button", {}, words.ask));
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    sessionStorage.setItem(KEY, input.value.trim());
    start(page);
  });
  page.replaceChildren(form);
  input.focus();
}

/** One answer. @returns {Promise<{status: Status} | {wrong: true} | {busy: true}>} @param {string} token */
async function ask(token) {
  const headers = { Authorization: `Bearer ${token}` };
  const answer = await fetch("status.json", { headers, cache: "no-store", signal: AbortSignal.timeout(PATIENCE) });
  if (answer.status === 401 || answer.status === 403) return { wrong: true };
  if (!answer.ok) return { busy: true };
  return { status: /** @type {Status} */ (await answer.json()) };
}

/** Asks again and again, until the token is wrong. @param {HTMLElement} page */
async function start(page) {
  const token = sessionStorage.getItem(KEY);
  if (token === null || token === "") return showForm(page, false);
  page.replaceChildren(make("p", { class: "none" }, words.starting));
  const board = makeBoard();
  /** @type {Status | null} */
  let last = null;
  let heard = Date.now();
  let told = "";
  for (;;) {
    const began = Date.now();
    let trouble = "";
    try {
      const answer = await ask(token);
      if ("wrong" in answer) {
        sessionStorage.removeItem(KEY);
        return showForm(page, true);
      }
      if ("status" in answer) {
        [last, heard] = [answer.status, Date.now()];
        if (!board.root.isConnected) page.replaceChildren(board.root);
        fillBoard(board, last);
      } else {
        trouble = words.busy;
      }
    } catch {
      trouble = last === null ? words.unreachable : words.lost(clock(heard));
    }
    // The same words stay where they are, so that they are read out once.
    if (trouble !== told && !board.root.isConnected) page.replaceChildren(make("p", { class: "notice bad", role: "alert" }, trouble));
    told = trouble;
    tellState(board, last, trouble);
    await new Promise((resolve) => setTimeout(resolve, Math.max(500, EVERY - (Date.now() - began))));
  }
}

document.documentElement.lang = language;
tokenFromAddress();
const page = document.getElementById("page");
if (page !== null) void start(page);

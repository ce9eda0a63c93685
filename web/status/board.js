// What the server says, put into its places.

import { makeChart } from "./chart.js";
import { bytes, clock, maybe, micros, number, perSecond, time } from "./figures.js";
import { bar, make, makeTable, makeTile } from "./make.js";
import { units, words } from "./words.js";

/**
 * What `GET status.json` answers. The server's side is `crates/server/src/monitor/status.rs`.
 * @typedef {object} Status
 * @property {string} version
 * @property {string} server
 * @property {string} network
 * @property {number} started milliseconds since 1970
 * @property {number} now milliseconds since 1970
 * @property {number | null} draining by when it ends
 * @property {number} sessions
 * @property {number} users
 * @property {number} rooms
 * @property {number} accounts
 * @property {{dialect: string, transport: string, sessions: number}[]} kinds
 * @property {{address: string, dialect: string, connections: number, most: number | null}[]} doors
 * @property {{messages: number, messages_per_second: number, told_per_second: number, read_per_second: number,
 *   written_per_second: number, accepted: number, refused: number}} traffic
 * @property {{bytes: number, largest: number, behind: number}} waiting
 * @property {{nick: string | null, door: string, bytes: number, behind_ms: number | null}[]} slowest
 * @property {{records: number, hub_wait_us: number}} queues
 * @property {{failing: string | null, bytes: number, commits: number, refused: number, half_us: number | null,
 *   most_us: number | null, longest_us: number | null}} store
 * @property {{memory: number, cpu_seconds: number, cpu_percent: number, files: number,
 *   most_files: number}} process
 * @property {{connections: number, load_percent: number, inbox: number, answers: boolean}[]} workers
 * @property {{step_ms: number, messages: number[], sessions: number[], commit_us: (number | null)[],
 *   waiting: (number | null)[]}} chart
 */

export function makeBoard() {
  const title = make("h1", {}, "Saloon");
  const about = make("p");
  const state = make("p", { class: "state" });
  const notices = make("div", { role: "alert" });
  const names = /** @type {const} */ ([
    "sessions", "users", "rooms", "accounts", "messages", "told", "traffic", "waiting", "commitTile", "database", "memory", "cpu",
  ]);
  const tiles = /** @type {Record<typeof names[number], ReturnType<typeof makeTile>>} */ (
    Object.fromEntries(names.map((name) => [name, makeTile(words[name])]))
  );
  const charts = {
    messages: makeChart(words.messagesChart, { show: perSecond, least: 1 }),
    sessions: makeChart(words.sessions, { show: number, least: 3 }),
    commit: makeChart(words.commit, { show: micros, least: 1000, stems: true }),
    waiting: makeChart(words.waiting, { show: bytes, least: 1024, binary: true }),
  };
  const doors = makeTable(words.doors, [{ text: words.door }, { text: words.dialect }, { text: words.connections, number: true }, { text: words.most, number: true }]);
  const slowest = makeTable(words.slowest, [{ text: words.nick }, { text: words.door }, { text: words.waits, number: true }, { text: words.behindFor, number: true }]);
  const workers = makeTable(words.workers, [{ text: words.worker }, { text: words.connections, number: true }, { text: words.load, number: true }, { text: words.inbox, number: true }]);
  const kinds = makeKinds();
  const root = make(
    "div",
    { class: "board" },
    make("header", {}, title, about, state),
    notices,
    make("dl", { class: "tiles" }, ...names.map((name) => tiles[name].root)),
    make("div", { class: "charts" }, ...Object.values(charts).map((chart) => chart.root)),
    make("div", { class: "tables" }, doors.root, kinds.root, slowest.root, workers.root),
  );
  return { root, title, about, state, notices, tiles, charts, doors, slowest, workers, kinds };
}

/** @param {ReturnType<typeof makeBoard>} board @param {Status} status */
export function fillBoard(board, status) {
  const { traffic, waiting, store, process, queues, chart } = status;
  document.title = `${status.network} – Saloon`;
  board.title.textContent = status.network;
  board.about.textContent = `${status.server} · saloon ${status.version} · ${words.up(time(status.now - status.started))}`;
  const { tiles } = board;
  tiles.sessions.show(number(status.sessions), `${number(traffic.accepted)} ${words.accepted}, ${number(traffic.refused)} ${words.refused}`);
  tiles.users.show(number(status.users));
  tiles.rooms.show(number(status.rooms));
  tiles.accounts.show(number(status.accounts));
  tiles.messages.show(perSecond(traffic.messages_per_second), `${number(traffic.messages)} ${words.since}`);
  tiles.told.show(perSecond(traffic.told_per_second), words.toldNote);
  tiles.traffic.show(`${bytes(traffic.written_per_second)}/${units.s}`, `${words.writes}; ${words.reads} ${bytes(traffic.read_per_second)}/${units.s}`);
  tiles.waiting.show(bytes(waiting.bytes), `${words.largest} ${bytes(waiting.largest)}; ${number(waiting.behind)} ${words.behindNote}`, waiting.behind > 0 ? "warn" : "");
  tiles.commitTile.show(maybe(store.most_us, micros), `${words.half} ${maybe(store.half_us, micros)}, ${words.longest} ${maybe(store.longest_us, micros)}`, store.failing === null ? "" : "bad");
  tiles.database.show(bytes(store.bytes), `${number(queues.records)} ${words.records}`, queues.records > 10_000 ? "warn" : "");
  tiles.memory.show(bytes(process.memory), words.files(number(process.files), number(process.most_files)));
  tiles.cpu.show(`${number(process.cpu_percent)} %`, `${words.cpuNote}; ${words.hub}: ${micros(queues.hub_wait_us)}`);
  board.charts.messages.show(chart.messages, chart.step_ms, status.now);
  board.charts.sessions.show(chart.sessions, chart.step_ms, status.now);
  board.charts.commit.show(chart.commit_us, chart.step_ms, status.now);
  board.charts.waiting.show(chart.waiting, chart.step_ms, status.now);
  board.doors.fill(status.doors.map((door) => [
    { text: door.address },
    { text: door.dialect },
    { text: number(door.connections), number: true },
    { text: maybe(door.most, number), number: true },
  ]));
  board.slowest.fill(status.slowest.map((slow) => [
    { text: slow.nick ?? "–" },
    { text: slow.door },
    { text: bytes(slow.bytes), number: true },
    { text: slow.behind_ms === null ? words.no : time(slow.behind_ms), number: true },
  ]), words.nobody);
  board.workers.fill(status.workers.map((worker, which) => [
    { text: String(which) },
    { text: number(worker.connections), number: true },
    { text: load(worker), number: true },
    { text: number(worker.inbox), number: true },
  ]));
  board.kinds.fill(status.kinds);
}

/** @param {Status["workers"][number]} worker */
function load(worker) {
  if (!worker.answers) return words.silent;
  return make("span", {}, bar(worker.load_percent), `${number(worker.load_percent)} %`);
}

/** Dialects down, transports across: a new table only when there are other transports. */
function makeKinds() {
  const root = make("div");
  let columns = "";
  let table = makeTable(words.dialects, []);
  /** @param {Status["kinds"]} kinds */
  const fill = (kinds) => {
    const transports = [...new Set(kinds.map((kind) => kind.transport))];
    if (root.childElementCount === 0 || columns !== transports.join()) {
      columns = transports.join();
      const heads = [words.dialect, ...transports, words.total].map((text, at) => ({ text, number: at > 0 }));
      table = makeTable(words.dialects, heads);
      root.replaceChildren(table.root);
    }
    table.fill(kindRows(kinds, transports));
  };
  return { root, fill };
}

/** @param {Status["kinds"]} kinds @param {string[]} transports */
function kindRows(kinds, transports) {
  const dialects = [...new Set(kinds.map((kind) => kind.dialect))];
  /** @param {(kind: Status["kinds"][number]) => boolean} which */
  const sum = (which) => {
    const those = kinds.filter(which);
    return those.length > 0 ? number(those.reduce((all, kind) => all + kind.sessions, 0)) : "";
  };
  /** @param {string} name @param {(kind: Status["kinds"][number]) => boolean} which */
  const line = (name, which) => [
    { text: name },
    ...transports.map((transport) => ({ text: sum((kind) => which(kind) && kind.transport === transport), number: true })),
    { text: sum(which), number: true },
  ];
  return [...dialects.map((dialect) => line(dialect, (kind) => kind.dialect === dialect)), line(words.total, () => true)];
}

/** @param {ReturnType<typeof makeBoard>} board @param {Status | null} status @param {string} trouble */
export function tellState(board, status, trouble) {
  const [mood, text] = trouble !== "" ? ["bad", words.old] : status?.draining != null ? ["warn", words.stops] : ["good", words.live];
  board.state.className = `state ${mood}`;
  board.state.textContent = text;
  const notices = [
    trouble,
    status?.draining != null ? words.draining(clock(status.draining)) : "",
    status?.store.failing != null ? words.failing(status.store.failing) : "",
  ].filter((notice) => notice !== "");
  // Said again only when it is news, or it would be read out every two seconds.
  if (notices.join("\n") !== board.notices.dataset["said"]) {
    board.notices.dataset["said"] = notices.join("\n");
    board.notices.hidden = notices.length === 0;
    board.notices.replaceChildren(...notices.map((notice) => make("p", { class: "notice bad" }, notice)));
  }
}

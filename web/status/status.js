// The status page: asks the server every two seconds how it does, and shows it.
//
// Nothing comes from elsewhere and nothing is written as HTML: what peers chose to be called is text here.

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

const EVERY = 2000;
/** How long an answer may take. */
const PATIENCE = 8000;
const KEY = "saloon-admin-token";

// Words

const english = {
  accepted: "accepted",
  accounts: "Accounts",
  ask: "Show",
  askWhy: "This page shows how the server does to whoever has its token. “saloon admin link” prints an address that contains it.",
  behindFor: "Behind for",
  behindNote: "behind",
  busy: "The server is too busy to answer. Trying again…",
  commit: "Longest commit",
  commitTile: "Commits, 99%",
  connections: "Connections",
  cpu: "Processor",
  cpuNote: "of one processor",
  database: "Database",
  dialect: "Dialect",
  dialects: "Sessions by dialect and transport",
  door: "Door",
  doors: "Doors",
  draining: /** @param {string} by */ (by) => `Draining: nobody new is let in, and the server ends at ${by} at the latest`,
  failing: /** @param {string} why */ (why) => `Nothing can be kept: ${why}`,
  files: /** @param {string} count @param {string} most */ (count, most) => `${count} of ${most} open files`,
  half: "half took",
  highest: "highest",
  hub: "wait for the hub",
  inbox: "In its inbox",
  largest: "most for one",
  live: "live",
  load: "Load",
  longest: "longest",
  lost: /** @param {string} when */ (when) => `The server can’t be reached. What is shown is of ${when}. Trying again…`,
  lowest: "lowest",
  memory: "Memory",
  messages: "Messages",
  messagesChart: "Messages per second",
  most: "At most",
  nick: "Nickname",
  no: "no",
  nobody: "Everybody reads what they are sent.",
  noData: "nothing yet",
  now: "now",
  old: "not live",
  reads: "in",
  records: "records waiting",
  refused: "refused",
  rooms: "Rooms",
  sessions: "Sessions",
  silent: "does not answer",
  since: "since the start",
  slowest: "Slowest readers",
  starting: "Asking the server…",
  stops: "draining",
  token: "Token",
  told: "Deliveries",
  toldNote: "to members of rooms",
  total: "All",
  traffic: "Traffic",
  unknown: "not known",
  up: /** @param {string} time */ (time) => `up ${time}`,
  users: "Users",
  waiting: "Waiting to be read",
  waits: "Waiting",
  worker: "Worker",
  workers: "Workers",
  writes: "out",
  wrong: "That is not the token of this server, or it was tried too often. A server without one of its own makes another at each start.",
};

/** @type {typeof english} */
const chinese = {
  accepted: "已接入",
  accounts: "账号",
  ask: "查看",
  askWhy: "持有令牌的人可以在此查看服务器状况。运行 saloon admin link 可得到带令牌的地址。",
  behindFor: "已落后",
  behindNote: "个落后",
  busy: "服务器繁忙，正在重试……",
  commit: "最长提交用时",
  commitTile: "提交用时（99%）",
  connections: "连接数",
  cpu: "处理器",
  cpuNote: "占单个处理器",
  database: "数据库",
  dialect: "方言",
  dialects: "各方言与传输方式的会话",
  door: "入口",
  doors: "入口",
  draining: (by) => `正在排空：不再接入新连接，服务器最迟于 ${by} 停止`,
  failing: (why) => `无法保存：${why}`,
  files: (count, most) => `打开 ${count} 个文件，上限 ${most}`,
  half: "半数不超过",
  highest: "最高",
  hub: "等待中枢",
  inbox: "收件箱",
  largest: "单个连接最多",
  live: "实时",
  load: "负载",
  longest: "最长",
  lost: (when) => `无法连接服务器。所示为 ${when} 的数据。正在重试……`,
  lowest: "最低",
  memory: "内存",
  messages: "消息",
  messagesChart: "每秒消息数",
  most: "上限",
  nick: "昵称",
  no: "否",
  nobody: "所有人都能及时读取。",
  noData: "暂无数据",
  now: "现在",
  old: "非实时",
  reads: "入",
  records: "条记录待写",
  refused: "已拒绝",
  rooms: "房间",
  sessions: "会话",
  silent: "无应答",
  since: "自启动以来",
  slowest: "读取最慢者",
  starting: "正在询问服务器……",
  stops: "排空中",
  token: "令牌",
  told: "投递",
  toldNote: "投递给房间成员",
  total: "合计",
  traffic: "流量",
  unknown: "未知",
  up: (time) => `已运行 ${time}`,
  users: "用户",
  waiting: "待读取数据",
  waits: "待读取",
  worker: "工作线程",
  workers: "工作线程",
  writes: "出",
  wrong: "令牌不正确，或尝试次数过多。未配置令牌的服务器每次启动都会生成新的令牌。",
};

const language = navigator.language.toLowerCase().startsWith("zh") ? "zh-CN" : "en";
const words = language === "en" ? english : chinese;
const units = language === "en" ? { d: "d", h: "h", m: "min", s: "s" } : { d: "天", h: "小时", m: "分", s: "秒" };

// Numbers, for people

const whole = new Intl.NumberFormat(language, { maximumFractionDigits: 0 });
const fine = new Intl.NumberFormat(language, { maximumFractionDigits: 1 });
const finer = new Intl.NumberFormat(language, { maximumFractionDigits: 2 });

/** @param {number} count */
function number(count) {
  return count >= 100 ? whole.format(count) : fine.format(count);
}

/** @param {number} count */
function perSecond(count) {
  return `${number(count)}/${units.s}`;
}

/** @param {number} count */
function bytes(count) {
  let unit = "B";
  for (const next of ["KiB", "MiB", "GiB", "TiB"]) {
    if (count < 1024) break;
    [count, unit] = [count / 1024, next];
  }
  return `${unit === "B" ? whole.format(count) : fine.format(count)} ${unit}`;
}

/** @param {number} micros */
function micros(micros) {
  if (micros < 1000) return `${whole.format(micros)} µs`;
  return micros < 1e6 ? `${number(micros / 1000)} ms` : `${finer.format(micros / 1e6)} s`;
}

/** @param {number | null} value @param {(value: number) => string} show */
function maybe(value, show) {
  return value === null ? "–" : show(value);
}

/** A length of time, in its two largest units. @param {number} millis */
function time(millis) {
  const seconds = Math.max(0, Math.floor(millis / 1000));
  const [d, h, m, s] = [seconds / 86400, (seconds / 3600) % 24, (seconds / 60) % 60, seconds % 60].map(Math.floor);
  const parts = /** @type {[number, string][]} */ ([[d, units.d], [h, units.h], [m, units.m], [s, units.s]]);
  const first = parts.findIndex(([count]) => count > 0);
  const shown = first < 0 ? parts.slice(3) : parts.slice(first, first + 2);
  return shown.map(([count, unit]) => `${count} ${unit}`).join(" ");
}

/** @param {number} millis */
function clock(millis) {
  return new Date(millis).toLocaleTimeString(language, { hour12: false });
}

// The page

/**
 * An element with its attributes and what is in it.
 * @template {keyof HTMLElementTagNameMap} Name
 * @param {Name} name
 * @param {Record<string, string>} [attributes]
 * @param {...(Node | string)} children
 * @returns {HTMLElementTagNameMap[Name]}
 */
function make(name, attributes = {}, ...children) {
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
function draw(name, attributes = {}, ...children) {
  const element = document.createElementNS("http://www.w3.org/2000/svg", name);
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, String(value));
  element.append(...children);
  return element;
}

/** @typedef {{text: Node | string, number?: boolean}} Cell */

/** A table that is filled again and again. @param {string} title @param {Cell[]} heads */
function makeTable(title, heads) {
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
function makeTile(name) {
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
function bar(percent) {
  const width = Math.min(100, Math.max(0, percent));
  const box = { viewBox: "0 0 100 10", preserveAspectRatio: "none", class: "bar", "aria-hidden": "true" };
  return draw(
    "svg",
    box,
    draw("rect", { class: "back", width: 100, height: 10 }),
    draw("rect", { class: "front", width, height: 10 }),
  );
}

// Charts

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
function makeChart(title, how) {
  const readout = make("output");
  const svg = draw("svg", { role: "img", tabindex: 0 });
  const root = make("figure", { class: "card" }, make("figcaption", {}, make("h2", {}, title), readout), svg);
  /** @type {(number | null)[]} */
  let values = [];
  let step = EVERY;
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

// What the server says, put into its places

function makeBoard() {
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
function fillBoard(board, status) {
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
function tellState(board, status, trouble) {
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

// Asking

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
      // The same words each time, so that they are read out once.
      trouble = words.lost(clock(heard));
    }
    if (trouble !== "" && !board.root.isConnected) page.replaceChildren(make("p", { class: "notice bad", role: "alert" }, trouble));
    tellState(board, last, trouble);
    await new Promise((resolve) => setTimeout(resolve, Math.max(500, EVERY - (Date.now() - began))));
  }
}

document.documentElement.lang = language;
tokenFromAddress();
const page = document.getElementById("page");
if (page !== null) void start(page);

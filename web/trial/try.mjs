// Tries the page with 100,000 messages and with 1,000 a second, in Chromium: `node trial/try.mjs [ADDRESS]`, with
// playwright-core in reach (NODE_PATH does not help modules: run it from a folder that has it).
import { chromium } from 'playwright-core';

const address = process.argv[2] ?? 'http://127.0.0.1:18080';
const browser = await chromium.launch({ executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium', args: ['--no-sandbox', '--disable-gpu', '--no-first-run', '--disable-background-networking', '--disable-component-update', '--disable-sync'] });
const page = await browser.newPage({ viewport: { width: 1280, height: 800 } });
page.on('pageerror', error => console.log('error:', error.message));
await page.goto(`${address}/trial/?many=100000`);
await page.waitForSelector('.row');
await page.evaluate(() => {
  window.long = [];
  new PerformanceObserver(list => list.getEntries().forEach(entry => window.long.push(Math.round(entry.duration)))).observe({ entryTypes: ['longtask'] });
});
const longest = () => page.evaluate(() => { const all = window.long.splice(0); return { tasks: all.length, longest: Math.max(0, ...all), rows: document.querySelectorAll('.row').length }; });
const frames = () => new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)));

// Up, by wheel-like steps, some thousands of messages; no row that stays may jump.
const up = await page.evaluate(async ([frames]) => {
  const wait = eval(`(${frames})`);
  const scroller = document.querySelector('.scroller');
  let jumps = 0;
  let worst = 0;
  for (let step = 0; step < 1500; step += 1) {
    const rows = [...document.querySelectorAll('.row')];
    const edge = scroller.getBoundingClientRect().top;
    const row = rows.find(each => each.getBoundingClientRect().top > edge + 300) ?? rows[0];
    const before = row.getBoundingClientRect().top;
    scroller.scrollTop -= 240;
    await wait();
    const moved = row.isConnected ? row.getBoundingClientRect().top - before - 240 : NaN;
    if (Math.abs(moved) > 1) { jumps += 1; worst = Math.max(worst, Math.abs(moved)); }
  }
  return { jumps, worst, first: document.querySelector('.row .text')?.textContent.slice(0, 16) };
}, [frames.toString()]);
console.log('1500 steps up:', up, await longest());

// To the very beginning by dragging the scroll bar, again and again.
const drag = await page.evaluate(async ([frames]) => {
  const wait = eval(`(${frames})`);
  const scroller = document.querySelector('.scroller');
  const start = performance.now();
  let steps = 0;
  while (!document.querySelector('.beginning') && steps < 5000) { scroller.scrollTop = 0; await wait(); steps += 1; }
  return { steps, seconds: Math.round((performance.now() - start) / 1000) };
}, [frames.toString()]);
console.log('to the beginning:', drag, await longest());

await page.click('.pill.bottom');
await page.waitForTimeout(500);
console.log('back at the newest:', await page.evaluate(() => [...document.querySelectorAll('.row .text')].at(-1)?.textContent.slice(0, 14)), await longest());

const flood = () => page.evaluate(async () => {
  const { chat, item } = window.fake;
  const room = chat.rooms.value[0];
  let said = 0;
  let frames = 0;
  let on = true;
  const count = () => { frames += 1; if (on) requestAnimationFrame(count); };
  requestAnimationFrame(count);
  const start = performance.now();
  while (performance.now() - start < 10_000) {
    const due = Math.floor(performance.now() - start);
    for (; said < due; said += 1) chat.say(room, { nick: ['ann', 'bob', 'carl'][said % 3], text: `flood ${said} with a few words and https://example.org/${said}` });
    await new Promise(done => setTimeout(done, 1));
  }
  on = false;
  await new Promise(done => setTimeout(done, 300));
  const scroller = document.querySelector('.scroller');
  return { said, frames, below: Math.round(scroller.scrollHeight - scroller.scrollTop - scroller.clientHeight), pill: document.querySelector('.pill.bottom')?.textContent.trim() };
});
await longest();
console.log('1000 a second, at the bottom:', await flood(), await longest());
await page.mouse.move(600, 400);
for (let n = 0; n < 10; n += 1) { await page.mouse.wheel(0, -200); await page.waitForTimeout(40); }
await longest();
console.log('1000 a second, reading above:', await flood(), await longest());
await browser.close();

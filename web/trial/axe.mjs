// Looks for what shuts people out, with axe-core: `node trial/axe.mjs [ADDRESS]`, with playwright-core in reach.
import { readFileSync } from 'node:fs';
import { chromium } from 'playwright-core';

const address = process.argv[2] ?? 'http://127.0.0.1:18080';
const axe = readFileSync(process.env.AXE ?? new URL('../node_modules/axe-core/axe.min.js', import.meta.url), 'utf8');
const browser = await chromium.launch({ executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium', args: ['--no-sandbox', '--disable-gpu', '--no-first-run', '--disable-background-networking', '--disable-component-update', '--disable-sync'] });
const sizes = { desktop: { viewport: { width: 1280, height: 800 } }, phone: { viewport: { width: 360, height: 740 }, hasTouch: true, isMobile: true } };
const show = (name, props = '{}') => page => page.evaluate(`import('/view/state.js').then(state => state.show('${name}', ${props}))`);
const scenes = [
  ['welcome', '?idle', async () => {}], ['welcome, account', '?idle', page => page.click('input[name="has-account"]')], ['rooms', '', async () => {}],
  ...['settings', 'account', 'help', 'switcher'].map(name => [name, '', show(name)]), ['join', '', show('join', '{ person: false }')], ['card', '', show('card', '{ nick: "carl" }')],
  ['codes', '', show('codes', '{ codes: ["a-b", "c-d"] }')], ['room', '', show('room', '{ room: window.fake.chat.current.value }')], ['confirm', '', show('confirm', '{ title: "x", text: "y", yes: "z", run() {} }')],
  ['commands', '', async page => { await page.focus('textarea'); await page.keyboard.type('/'); }],
  ['message tools', '', async page => { await page.focus('textarea'); await page.keyboard.press('Shift+Tab'); await page.keyboard.press('ArrowUp'); await page.keyboard.press('ArrowUp'); await page.keyboard.press('ArrowUp'); }],
  ['picker', '', async page => { await page.locator('.row.mention').first().click({ position: { x: 200, y: 10 } }); await page.locator('.tools button').first().click(); }],
  ['search', '', async page => { await page.click('[data-opens="search"]'); await page.waitForSelector('.search'); await page.keyboard.type('the'); await page.keyboard.press('Enter'); await page.waitForSelector('.result'); }],
  ['lost', '', page => page.evaluate(() => { window.fake.chat.link.value = { state: 'waiting', retryAt: Date.now() + 9000, why: '' }; })],
  ['refused', '', page => page.evaluate(() => { window.fake.chat.link.value = { state: 'refused', why: 'banned', code: '465' }; })],
  ['note', '', page => page.evaluate(() => { window.fake.chat.tell({ kind: 'error', text: 'Something is wrong.' }); window.fake.chat.tell({ kind: 'invited', nick: 'ann', room: '#rust' }); })],
  ['drawer', '', async page => { const button = page.locator('.room-header > .icon-button'); if (await button.count()) await button.first().click(); }],
];
let bad = 0;
for (const [size, options] of Object.entries(sizes)) {
  for (const colorScheme of ['light', 'dark']) {
    const context = await browser.newContext({ ...options, colorScheme, bypassCSP: true, reducedMotion: 'reduce' });
    for (const [name, query, act] of scenes) {
      const page = await context.newPage();
      page.on('pageerror', error => { bad += 1; console.log(`${size} ${colorScheme} ${name}: ${error.stack}`); });
      try {
        await page.goto(`${address}/trial/${query}`);
        await page.waitForSelector(query ? '#username' : '.row');
        await page.waitForTimeout(150);
        await act(page);
        await page.waitForTimeout(500);
        await page.evaluate(axe);
        const { violations } = await page.evaluate(() => window.axe.run(document, { resultTypes: ['violations'] }));
        for (const found of violations) {
          const heavy = found.impact === 'serious' || found.impact === 'critical';
          if (heavy) bad += 1;
          console.log(`${heavy ? '!!' : '  '} ${size} ${colorScheme} ${name}: ${found.id} (${found.impact}) ${found.nodes.length}× ${found.nodes[0].html.slice(0, 160)} — ${found.nodes[0].any[0]?.message ?? found.nodes[0].all[0]?.message ?? ''}`);
        }
      } catch (error) { bad += 1; console.log(`${size} ${colorScheme} ${name}: ${error.message}`); }
      await page.close();
    }
    await context.close();
  }
}
console.log(bad ? `${bad} serious` : 'nothing serious');
await browser.close();
process.exit(bad ? 1 : 0);

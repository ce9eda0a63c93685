// @ts-check
/** Which modules a page needs, found by following its imports. */
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

export const WEB = resolve(dirname(fileURLToPath(import.meta.url)), '..');

/** What a module imports at once, and all that follows from it, as addresses from the root. @param {string} entry */
export function needed(entry) {
  /** @type {Set<string>} */
  const found = new Set();
  /** @param {string} file */
  const follow = file => {
    const path = `/${relative(WEB, file)}`;
    if (found.has(path)) return;
    found.add(path);
    const text = readFileSync(file, 'utf8');
    for (const [, target] of text.matchAll(/(?:^|[;\s}])(?:import|export)\s*(?:[\w*{}\s,$]+?from\s*)?["'](\.[^"']+)["']/g)) {
      follow(resolve(dirname(file), /** @type {string} */ (target)));
    }
  };
  follow(join(WEB, entry));
  return [...found].sort();
}

/** What it asks for as soon as the first form is on the screen. */
export function afterwards() {
  const before = new Set(needed('app.js'));
  return [...new Set([...needed('view/shell.js'), ...needed('chat/chat.js')])].filter(path => !before.has(path)).sort();
}

/** Everything the page may ask for. */
export function shell() {
  const dirs = ['chat', 'i18n', 'icons', 'irc', 'style', 'vendor', 'view', 'view/dialogs'];
  const files = dirs.flatMap(dir => readdirSync(join(WEB, dir), { withFileTypes: true })
    .filter(entry => entry.isFile() && /\.(js|css|png)$/.test(entry.name) && entry.name !== 'types.js').map(entry => `/${dir}/${entry.name}`));
  return [...files, '/app.js', '/boot.js', '/icon.svg', '/manifest.webmanifest'].sort();
}

// Writes the lists of files into index.html and worker.js: `node lists.mjs`. A test says when they are old.
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterwards, needed, shell, WEB } from './test/graph.js';

const index = join(WEB, 'index.html');
const links = [
  ...needed('app.js').map(path => `<link rel="modulepreload" href="${path}">`),
  ...afterwards().map(path => `<link rel="modulepreload" href="${path}" fetchpriority="low">`),
].join('\n');
writeFileSync(index, readFileSync(index, 'utf8').replace(/(<link rel="modulepreload"[^>]*>\n)+|<!--modules-->\n/, `${links}\n`));

const worker = join(WEB, 'worker.js');
const list = ['/', ...shell()].map(path => `  '${path}',\n`).join('');
writeFileSync(worker, readFileSync(worker, 'utf8').replace(/const SHELL = \[[^\]]*\];/, `const SHELL = [\n${list}];`));

// @ts-check
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { gzipSync } from 'node:zlib';
import { afterwards, needed, shell, WEB } from './graph.js';

const read = (/** @type {string} */ path) => readFileSync(join(WEB, path), 'utf8');

test('index.html preloads just the modules that the page needs (else: node lists.mjs)', () => {
  const listed = [...read('index.html').matchAll(/rel="modulepreload" href="([^"]+)"/g)].map(match => match[1]);
  assert.deepEqual(listed, [...needed('app.js'), ...afterwards()]);
});

test('the service worker keeps just what there is (else: node lists.mjs)', () => {
  const listed = [.../** @type {string} */ (/SHELL = \[([^\]]*)\]/.exec(read('worker.js'))?.[1]).matchAll(/'([^']+)'/g)].map(match => match[1]);
  assert.deepEqual(listed, ['/', ...shell()]);
});

test('no page has a script or a style of its own, which the policy forbids', () => {
  const page = read('index.html');
  assert.doesNotMatch(page, /<style|style=|\son\w+=|<script(?![^>]*src=)/);
});

const weight = (/** @type {string[]} */ files) => files.reduce((sum, file) => sum + gzipSync(read(file), { level: 9 }).length, 0);

test('the first paint needs less than 60 KB, and all of the start less than 150 KB', () => {
  const styles = [...read('index.html').matchAll(/rel="stylesheet" href="([^"]+)"/g)].map(match => /** @type {string} */ (match[1]));
  const first = weight(['index.html', 'boot.js', 'icon.svg', 'i18n/zh.js', 'i18n/commands.zh.js', ...styles, ...needed('app.js')]);
  const all = first + weight(afterwards());
  assert.ok(first < 60_000 && all < 150_000, `${first} and ${all} bytes`);
  console.log(`# gzip: ${first} bytes before the first paint, ${all} until one is in`);
});

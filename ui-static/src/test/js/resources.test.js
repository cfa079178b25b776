import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { readFileSync, readdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';

const ROOT = join(dirname(fileURLToPath(import.meta.url)), '../../main/resources/dev/sonde/ui');
const files = readdirSync(ROOT, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath ?? entry.path, entry.name));
const own = files.filter((file) => !file.includes('/vendor/'));

test('vendored files are those of their checksums', () => {
  const folder = join(ROOT, 'vendor/uplot');
  const lines = readFileSync(join(folder, 'SHA256SUMS'), 'utf8').trim().split('\n');
  assert.deepEqual(lines.map((line) => line.slice(66)).sort(), readdirSync(folder).filter((name) => name !== 'SHA256SUMS').sort());
  for (const line of lines) {
    const [sum, name] = [line.slice(0, 64), line.slice(66)];
    assert.equal(createHash('sha256').update(readFileSync(join(folder, name))).digest('hex'), sum, name);
  }
});

test('nothing is loaded from elsewhere', () => {
  for (const file of own) {
    const foreign = readFileSync(file, 'utf8').match(/(?:src|href|from|url\(|import\(?)\s*=?\s*["']?(?:https?:)?\/\/[^\s"')]+/g);
    assert.equal(foreign, null, `${file}: ${foreign}`);
  }
});

test('the page keeps to its Content-Security-Policy: no inline script, style or handler', () => {
  const html = readFileSync(join(ROOT, 'index.html'), 'utf8');
  assert.doesNotMatch(html, /<style|style=|\son\w+=|javascript:/i);
  assert.doesNotMatch(html, /<script(?![^>]*\ssrc=)/i);
  for (const file of own.filter((name) => name.endsWith('.js'))) assert.doesNotMatch(readFileSync(file, 'utf8'), /innerHTML|outerHTML|insertAdjacentHTML|\beval\(|new Function\(/, file);
});

test('every module imported is there', () => {
  for (const file of own.filter((name) => name.endsWith('.js'))) {
    for (const [, path] of readFileSync(file, 'utf8').matchAll(/^import .*from '(.+)';$/gm)) assert.ok(files.includes(join(dirname(file), path)), `${file}: ${path}`);
  }
});

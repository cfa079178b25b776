import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Palette } from '../../main/resources/dev/sonde/ui/flame/colour.js';
import { sentenceOf } from '../../main/resources/dev/sonde/ui/flame/describe.js';
import { Labels, shortName, splitName } from '../../main/resources/dev/sonde/ui/flame/label.js';
import { patternOf, readPattern, searchTree } from '../../main/resources/dev/sonde/ui/flame/search.js';
import { nodeAt, treeOf } from './trees.js';

test('a match below a match is not counted twice', () => {
  const tree = treeOf({ main: [10, { parse: [20, { parseObject: [30, {}] }], write: [40, { parse: [5, {}] }] }] });
  const found = searchTree(tree, readPattern('PARSE').pattern);
  assert.equal(found.total, 55);
  assert.equal(found.count, 3);
  assert.deepEqual([...found.heaviest], [nodeAt(tree, 'main', 'parse'), nodeAt(tree, 'main', 'write', 'parse')]);
});

test('the root is no function and never matches', () => {
  assert.equal(searchTree(treeOf({ main: [1, {}] }), readPattern('all').pattern).total, 0);
});

test('no text is no search, a broken pattern says so', () => {
  assert.deepEqual(readPattern(''), { pattern: null, error: '' });
  assert.equal(searchTree(treeOf({}), null), null);
  const broken = readPattern('a(');
  assert.equal(broken.pattern, null);
  assert.match(broken.error, /a\(/);
});

test('the pattern of a name finds that name alone', () => {
  for (const name of ['net/http.(*conn).serve', 'std::vector<int>::operator[]', 'a+b$c^d|e\\f', 'Foo$1.bar']) {
    const { pattern } = readPattern(patternOf(name));
    assert.ok(pattern.test(name), name);
    assert.ok(!pattern.test(`${name}x`) && !pattern.test(`x${name}`), name);
  }
});

test('short names keep what tells functions apart', () => {
  const shorts = {
    'com.example.Foo.bar': 'Foo.bar', 'net/http.(*conn).serve': '(*conn).serve', 'std::collections::HashMap<K,V>::insert': 'HashMap<K,V>::insert',
    'ns::f<a::b>(char const*, int)': 'ns::f<a::b>', 'do_syscall_64': 'do_syscall_64', '[below 0.05%: 3 frames]': '[below 0.05%: 3 frames]',
    'encoding/json.checkValid': 'json.checkValid', 'libc.so.6+0x27249': 'libc.so.6+0x27249', 'JS:*tick /srv/app.js:7:14': 'JS:*tick', 'Thread::call_run()': 'Thread::call_run', '(anonymous)': '(anonymous)', '': '', ')': ')', 'a)': 'a)',
  };
  for (const [name, short] of Object.entries(shorts)) assert.equal(shortName(name), short, name);
});

test('a split name is whole when put together', () => {
  for (const name of ['com.example.Foo.bar', 'a::b::c(int, x::y)', 'plain', '[truncated: depth]', '<A as B>::c']) assert.equal(splitName(name).join(''), name);
});

test('labels fit their pixels', () => {
  const labels = new Labels((text) => text.length * 7);
  assert.equal(labels.fit('com.example.Foo.bar', 200), 'com.example.Foo.bar');
  assert.equal(labels.fit('com.example.Foo.bar', 60), 'Foo.bar');
  assert.equal(labels.fit('com.example.Foo.bar', 42), 'Foo.b…');
  assert.equal(labels.fit('com.example.Foo.bar', 20), '');
});

test('a function has one colour, and each kind its own', () => {
  const palette = new Palette('light');
  assert.equal(palette.frame('native', 'main'), new Palette('light').frame('native', 'main'));
  assert.notEqual(palette.frame('native', 'main'), palette.frame('kernel', 'main'));
  assert.match(palette.frame('native', 'main'), /^rgb\(\d{1,3}, \d{1,3}, \d{1,3}\)$/);
  assert.equal(palette.frame('a kind of tomorrow', 'main'), palette.frame('other', 'main'));
});

test('a frame reads aloud with its figures', () => {
  const tree = treeOf({ main: [1e9, { read: [3e9, {}] }] }, { read: 'kernel' });
  assert.equal(sentenceOf(tree, nodeAt(tree, 'main', 'read')), 'read, kernel, total 3 s, 75.0% of all, 75.0% of its parent, self 3 s, level 2, 0 callees.');
});

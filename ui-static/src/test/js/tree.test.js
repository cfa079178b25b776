import assert from 'node:assert/strict';
import { test } from 'node:test';
import { findNode, kindOf, nodeKey, pathTo, readFlame, selfByKind } from '../../main/resources/dev/sonde/ui/flame/tree.js';
import { factsOf } from '../../main/resources/dev/sonde/ui/flame/describe.js';
import { answerOf, nodeAt, treeOf } from './trees.js';

const FRAMES = { main: [10, { a: [20, { c: [5, {}] }], b: [40, { c: [7, {}] }] }] };

test('children stand the heaviest first and side by side', () => {
  const tree = treeOf(FRAMES);
  const main = nodeAt(tree, 'main');
  assert.deepEqual([...tree.children.subarray(tree.firstChild[main], tree.firstChild[main + 1])], [nodeAt(tree, 'main', 'b'), nodeAt(tree, 'main', 'a')]);
  assert.equal(tree.start[nodeAt(tree, 'main', 'b')], 0);
  assert.equal(tree.start[nodeAt(tree, 'main', 'a')], 47);
  assert.equal(tree.maxDepth, 3);
});

test('a remainder stands last however heavy it is, and counts as left out', () => {
  const tree = treeOf({ '[below 0.05%: 9 frames]': [90, {}], small: [10, {}] }, { '[below 0.05%: 9 frames]': 'rest' });
  assert.equal(tree.start[nodeAt(tree, 'small')], 0);
  assert.equal(tree.start[nodeAt(tree, '[below 0.05%: 9 frames]')], 10);
  assert.equal(kindOf(tree, nodeAt(tree, '[below 0.05%: 9 frames]')), 'rest');
  assert.equal(kindOf(tree, nodeAt(tree, 'small')), 'native');
});

test('a function with the name of a remainder or of a truncated stack stays a function', () => {
  const tree = treeOf({ '[below x': [90, {}], '[truncated: no': [80, {}], small: [10, {}] });
  assert.equal(tree.start[nodeAt(tree, 'small')], 170);
  for (const name of ['[below x', '[truncated: no']) {
    assert.equal(kindOf(tree, nodeAt(tree, name)), 'native');
    assert.equal(tree.cut[nodeAt(tree, name)], 0);
  }
});

test('a key finds the same frames in another answer, whatever their numbers', () => {
  const before = treeOf(FRAMES);
  const after = treeOf({ other: [1, {}], main: [3, { b: [4, { c: [1, {}] }], a: [1, {}] }] });
  const key = nodeKey(before, nodeAt(before, 'main', 'b', 'c'));
  assert.equal(findNode(after, key), nodeAt(after, 'main', 'b', 'c'));
  assert.notEqual(findNode(before, key), nodeAt(before, 'main', 'a', 'c'));
  assert.equal(findNode(after, nodeKey(before, nodeAt(before, 'main', 'a', 'c'))), -1);
});

test('the root has the empty key, and what is no key finds nothing', () => {
  const tree = treeOf(FRAMES);
  assert.equal(nodeKey(tree, 0), '');
  assert.equal(findNode(tree, ''), 0);
  for (const wrong of ['main', '~main', 'zz~main', '~', '\u0000']) assert.equal(findNode(tree, wrong), -1, wrong);
});

test('the path leads from the root to the node', () => {
  const tree = treeOf(FRAMES);
  assert.deepEqual(pathTo(tree, nodeAt(tree, 'main', 'a')).map((i) => tree.names[tree.name[i]]), ['all', 'main', 'a']);
});

test('the kinds share out all there is', () => {
  const tree = treeOf({ main: [30, { sys: [50, {}] }], '[truncated: depth]': [20, {}] }, { sys: 'kernel', '[truncated: depth]': 'truncated' });
  assert.deepEqual(selfByKind(tree), [['kernel', 50], ['native', 30], ['truncated', 20]]);
});

test('columns that do not fit are refused with their place', () => {
  const short = answerOf(FRAMES);
  short.self.pop();
  assert.throws(() => readFlame(short), /flame\.self: 5 values \(expected: 6\)/);
  const loop = answerOf(FRAMES);
  loop.parent[2] = 4;
  assert.throws(() => readFlame(loop), /flame\.parent\[2\]: 4 \(expected: 0 to 1\)/);
});

test('an answer without nodes is an empty tree', () => {
  const tree = readFlame({ unit: 'count', total_value: 0, names: [], files: [], name: [], file: [], kind: [], inlined: [], parent: [], self: [], total: [] });
  assert.equal(tree.count, 0);
  assert.equal(tree.maxDepth, 0);
});

test('where the source file is not known, the file of the code is told', () => {
  const answer = answerOf(FRAMES);
  const node = nodeAt(readFlame(answer), 'main', 'a');
  answer.mappings = ['', 'libz.so.1'];
  answer.mapping = answer.name.map(() => 1);
  assert.equal(factsOf(readFlame(answer), node).file, 'a.c');
  answer.files = [''];
  assert.equal(factsOf(readFlame(answer), node).file, 'libz.so.1');
});

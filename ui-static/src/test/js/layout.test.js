import assert from 'node:assert/strict';
import { test } from 'node:test';
import { frameAt } from '../../main/resources/dev/sonde/ui/flame/hit-test.js';
import { Boxes, layOut, scaleOf, THINNEST_PIXELS } from '../../main/resources/dev/sonde/ui/flame/layout.js';
import { childOf, parentOf, siblingOf } from '../../main/resources/dev/sonde/ui/flame/navigate.js';
import { readFlame } from '../../main/resources/dev/sonde/ui/flame/tree.js';
import { largeTree, nodeAt, treeOf } from './trees.js';

const FRAMES = { main: [0, { a: [300, { c: [100, {}] }], b: [500, {}], tiny: [0.2, { below: [0.2, {}] }] }], idle: [99.6, {}] };
const whole = (tree, width = 1000) => ({ zoom: 0, width, firstRow: 0, lastRow: tree.maxDepth });

function boxesOf(tree, view) {
  const boxes = new Boxes();
  layOut(tree, view, boxes);
  return Array.from({ length: boxes.count }, (_, b) => ({ node: boxes.node[b], row: boxes.row[b], x: boxes.x[b], width: boxes.width[b] }));
}

const boxOf = (boxes, node) => boxes.find((box) => box.node === node);

test('a box is as wide as its share and lies within its parent', () => {
  const tree = treeOf(FRAMES);
  const boxes = boxesOf(tree, whole(tree));
  const near = (actual, expected) => assert.ok(Math.abs(actual - expected) < 1e-6, `${actual} is not ${expected}`);
  near(boxOf(boxes, 0).width, 1000);
  near(boxOf(boxes, nodeAt(tree, 'main', 'b')).width, 500);
  near(boxOf(boxes, nodeAt(tree, 'main', 'a')).x, 500);
  near(boxOf(boxes, nodeAt(tree, 'main', 'a', 'c')).x, 500);
  near(boxOf(boxes, nodeAt(tree, 'main', 'a', 'c')).width, 100);
});

test('what is thinner than half a pixel is not drawn, nor what is below it', () => {
  const tree = treeOf(FRAMES);
  const drawn = boxesOf(tree, whole(tree)).map((box) => box.node);
  assert.ok(!drawn.includes(nodeAt(tree, 'main', 'tiny')));
  assert.ok(!drawn.includes(nodeAt(tree, 'main', 'tiny', 'below')));
  const wide = boxesOf(tree, whole(tree, 5000)).map((box) => box.node);
  assert.ok(wide.includes(nodeAt(tree, 'main', 'tiny', 'below')));
});

test('small frames passed over together leave a mark as wide as they are', () => {
  const many = Object.fromEntries(Array.from({ length: 100 }, (_, i) => [`f${i}`, [1, {}]]));
  const tree = treeOf({ main: [0, { big: [900, {}], ...many }] });
  const marks = boxesOf(tree, whole(tree, 400)).filter((box) => box.node === -1);
  assert.equal(marks.length, 1);
  assert.ok(Math.abs(marks[0].width - 40) < 1e-6);
  assert.ok(Math.abs(marks[0].x - 360) < 1e-6);
});

test('a zoomed frame and its callers span the width; others are gone', () => {
  const tree = treeOf(FRAMES);
  const a = nodeAt(tree, 'main', 'a');
  const boxes = boxesOf(tree, { ...whole(tree), zoom: a });
  for (const node of [0, nodeAt(tree, 'main'), a]) assert.equal(boxOf(boxes, node).width, 1000);
  assert.equal(boxOf(boxes, nodeAt(tree, 'main', 'b')), undefined);
  assert.equal(boxOf(boxes, nodeAt(tree, 'main', 'a', 'c')).width, 250);
});

test('only rows in sight are laid out', () => {
  const tree = treeOf(FRAMES);
  const rows = boxesOf(tree, { ...whole(tree), firstRow: 2, lastRow: 2 }).map((box) => box.row);
  assert.ok(rows.length >= 2);
  assert.ok(rows.every((row) => row === 2));
});

test('200,000 nodes: the boxes drawn are bounded by the pixels, tile their parents and are hit where they stand', () => {
  const tree = largeTree(200_000);
  assert.ok(tree.maxDepth > 100, `depth ${tree.maxDepth}`);
  const view = { zoom: 0, width: 1400, firstRow: 0, lastRow: 40 };
  const boxes = boxesOf(tree, view);
  assert.ok(boxes.length <= 41 * (1400 / THINNEST_PIXELS));
  assert.ok(boxes.length > 500, `${boxes.length} boxes`);
  const scale = scaleOf(tree, view);
  const perRow = new Float64Array(41);
  for (const box of boxes) {
    perRow[box.row] += box.width;
    if (box.node < 0) continue;
    assert.ok(box.width >= THINNEST_PIXELS);
    assert.ok(Math.abs(box.width - tree.totals[box.node] * scale) < 1e-6);
    assert.equal(frameAt(tree, view, box.x + box.width / 2, box.row), box.node);
  }
  for (const width of perRow) assert.ok(width <= 1400 + 1e-3);
});

test('200,000 nodes: deep in the graph as many rows are laid out as the window has', () => {
  const tree = largeTree(200_000);
  const view = { zoom: 0, width: 1400, firstRow: tree.maxDepth - 10, lastRow: tree.maxDepth };
  const boxes = boxesOf(tree, view);
  assert.ok(boxes.every((box) => box.row >= view.firstRow && box.row <= view.lastRow));
});

test('a stack 5,000 deep is read, laid out and hit', () => {
  const column = (value) => Array.from({ length: 5000 }, value);
  const tree = readFlame({
    unit: 'count', total_value: 1, names: ['f'], files: [''],
    name: column(() => 0), file: column(() => 0), kind: column(() => 'native'), inlined: column(() => false),
    parent: column((_, i) => i - 1), self: column((_, i) => (i === 4999 ? 1 : 0)), total: column(() => 1),
  });
  assert.equal(boxesOf(tree, whole(tree, 100)).length, 5000);
  assert.equal(frameAt(tree, whole(tree, 100), 50, 4999), 4999);
  assert.equal(boxesOf(tree, { zoom: 4999, width: 100, firstRow: 4990, lastRow: 5010 }).length, 10);
});

test('a place is hit exactly where its frame is drawn', () => {
  const tree = treeOf(FRAMES);
  const view = whole(tree);
  assert.equal(frameAt(tree, view, 0, 0), 0);
  assert.equal(frameAt(tree, view, 499.9, 2), nodeAt(tree, 'main', 'b'));
  assert.equal(frameAt(tree, view, 500.1, 2), nodeAt(tree, 'main', 'a'));
  assert.equal(frameAt(tree, view, 700, 3), -1, 'beside c is a\'s own time');
  assert.equal(frameAt(tree, view, 900.2, 2), -1, 'too thin to be drawn, so not there to be hit');
  for (const [x, row] of [[-1, 0], [1000, 0], [5, -1], [5, 9]]) assert.equal(frameAt(tree, view, x, row), -1);
});

test('callers of a zoomed frame are hit anywhere in their row', () => {
  const tree = treeOf(FRAMES);
  const view = { ...whole(tree), zoom: nodeAt(tree, 'main', 'a') };
  assert.equal(frameAt(tree, view, 999, 1), nodeAt(tree, 'main'));
  assert.equal(frameAt(tree, view, 100, 3), nodeAt(tree, 'main', 'a', 'c'));
});

test('nothing is hit in a graph of zeros', () => {
  const tree = treeOf({ main: [0, {}] });
  assert.equal(frameAt(tree, whole(tree), 10, 1), -1);
  assert.equal(boxesOf(tree, whole(tree)).length, 0);
});

test('the keyboard walks over what is drawn', () => {
  const tree = treeOf(FRAMES);
  const view = whole(tree);
  const [main, a, b] = [nodeAt(tree, 'main'), nodeAt(tree, 'main', 'a'), nodeAt(tree, 'main', 'b')];
  assert.equal(childOf(tree, view, 0), main);
  assert.equal(childOf(tree, view, main), b, 'the heaviest');
  assert.equal(childOf(tree, view, b), b, 'a leaf stays');
  assert.equal(siblingOf(tree, view, b, 1), a);
  assert.equal(siblingOf(tree, view, a, 1), a, 'tiny is not drawn');
  assert.equal(siblingOf(tree, view, a, -1), b);
  assert.equal(parentOf(tree, a), main);
  assert.equal(parentOf(tree, 0), 0);
});

test('below a zoomed frame\'s callers the keyboard follows the zoomed path', () => {
  const tree = treeOf(FRAMES);
  const a = nodeAt(tree, 'main', 'a');
  const view = { ...whole(tree), zoom: a };
  assert.equal(childOf(tree, view, nodeAt(tree, 'main')), a);
  assert.equal(siblingOf(tree, view, a, -1), a, 'its siblings are out of sight');
});

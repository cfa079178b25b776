// From a place in the window to the frame drawn there.

import { scaleOf, THINNEST_PIXELS } from './layout.js';

/**
 * The node drawn at x (CSS pixels) in a row (counted from the root), or -1.
 * Walks down from the zoomed frame, halving the children at each step.
 */
export function frameAt(tree, view, x, row) {
  if (tree.count === 0 || row < 0 || x < 0 || x >= view.width) return -1;
  const zoomRow = tree.depth[view.zoom];
  if (row <= zoomRow) return ancestorInRow(tree, view.zoom, row);
  const scale = scaleOf(tree, view);
  if (scale === 0) return -1;
  const value = tree.start[view.zoom] + x / scale;
  let node = view.zoom;
  while (node >= 0 && tree.depth[node] < row) node = childAt(tree, node, value, scale);
  return node;
}

function ancestorInRow(tree, node, row) {
  let i = node;
  while (tree.depth[i] > row) i = tree.parent[i];
  return i;
}

function childAt(tree, node, value, scale) {
  let low = tree.firstChild[node];
  let high = tree.firstChild[node + 1] - 1;
  while (low <= high) {
    const middle = (low + high) >> 1;
    const child = tree.children[middle];
    if (value < tree.start[child]) high = middle - 1;
    else if (value >= tree.start[child] + tree.totals[child]) low = middle + 1;
    else return tree.totals[child] * scale < THINNEST_PIXELS ? -1 : child;
  }
  return -1;
}

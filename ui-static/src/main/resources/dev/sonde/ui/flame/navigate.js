// Steps of the keyboard's focus. All stay on frames that are drawn.

import { scaleOf, THINNEST_PIXELS } from './layout.js';

export function parentOf(tree, node) {
  return tree.parent[node] < 0 ? node : tree.parent[node];
}

/** The way down leads along the zoomed path first, then to the heaviest child. */
export function childOf(tree, view, node) {
  if (tree.depth[node] < tree.depth[view.zoom]) {
    let i = view.zoom;
    while (tree.parent[i] !== node) i = tree.parent[i];
    return i;
  }
  for (let c = tree.firstChild[node]; c < tree.firstChild[node + 1]; c++) {
    if (isDrawn(tree, view, tree.children[c])) return tree.children[c];
  }
  return node;
}

/** The next frame to the right (step 1) or left (step -1) under the same parent; beyond the last, the same frame. */
export function siblingOf(tree, view, node, step) {
  const parent = tree.parent[node];
  if (parent < 0 || tree.depth[node] <= tree.depth[view.zoom]) return node;
  const first = tree.firstChild[parent];
  const end = tree.firstChild[parent + 1];
  let at = first;
  while (tree.children[at] !== node) at++;
  for (let c = at + step; c >= first && c < end; c += step) {
    if (isDrawn(tree, view, tree.children[c])) return tree.children[c];
  }
  return node;
}

function isDrawn(tree, view, node) {
  return tree.totals[node] * scaleOf(tree, view) >= THINNEST_PIXELS;
}

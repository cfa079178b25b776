// Which frames the window shows, and where.

/** A frame narrower than this is not drawn, nor is anything below it: it would only darken a pixel of its neighbour. */
export const THINNEST_PIXELS = 0.5;

/** Boxes of one drawing, reused from one to the next. node is -1 where small frames were passed over. */
export class Boxes {
  #capacity = 0;
  count = 0;
  node = new Int32Array(0);
  row = new Int32Array(0);
  x = new Float64Array(0);
  width = new Float64Array(0);

  clear() {
    this.count = 0;
  }

  add(node, row, x, width) {
    if (this.count === this.#capacity) this.#grow();
    this.node[this.count] = node;
    this.row[this.count] = row;
    this.x[this.count] = x;
    this.width[this.count] = width;
    this.count++;
  }

  #grow() {
    this.#capacity = Math.max(1024, this.#capacity * 2);
    for (const column of ['node', 'row', 'x', 'width']) {
      const wider = new this[column].constructor(this.#capacity);
      wider.set(this[column]);
      this[column] = wider;
    }
  }
}

/**
 * What part of the tree the window shows.
 * @typedef {object} Window
 * @property {number} zoom the node that spans the whole width
 * @property {number} width in CSS pixels
 * @property {number} firstRow the topmost row in sight, counted from the root
 * @property {number} lastRow the lowest
 */

/** Pixels per unit of value. */
export function scaleOf(tree, view) {
  return tree.totals[view.zoom] > 0 ? view.width / tree.totals[view.zoom] : 0;
}

/** Fills boxes with all that the window shows: the zoomed frame's ancestors at full width, then its subtree. */
export function layOut(tree, view, boxes) {
  boxes.clear();
  if (tree.count === 0) return;
  for (let i = tree.parent[view.zoom]; i >= 0; i = tree.parent[i]) {
    if (tree.depth[i] >= view.firstRow && tree.depth[i] <= view.lastRow) boxes.add(i, tree.depth[i], 0, view.width);
  }
  const scale = scaleOf(tree, view);
  if (scale === 0) return;
  const left = tree.start[view.zoom];
  const pending = [view.zoom];
  while (pending.length > 0) {
    const node = pending.pop();
    const row = tree.depth[node];
    if (row >= view.firstRow) boxes.add(node, row, (tree.start[node] - left) * scale, tree.totals[node] * scale);
    if (row < view.lastRow) addChildren(tree, node, left, scale, view, boxes, pending);
  }
}

function addChildren(tree, node, left, scale, view, boxes, pending) {
  let passedOver = 0;
  const row = tree.depth[node] + 1;
  const flush = (edge) => {
    const width = passedOver * scale;
    if (width >= THINNEST_PIXELS && row >= view.firstRow) boxes.add(-1, row, (edge - left) * scale - width, width);
    passedOver = 0;
  };
  let edge = tree.start[node];
  for (let c = tree.firstChild[node]; c < tree.firstChild[node + 1]; c++) {
    const child = tree.children[c];
    if (tree.totals[child] * scale < THINNEST_PIXELS) {
      passedOver += tree.totals[child];
    } else {
      flush(tree.start[child]);
      pending.push(child);
    }
    edge = tree.start[child] + tree.totals[child];
  }
  flush(edge);
}

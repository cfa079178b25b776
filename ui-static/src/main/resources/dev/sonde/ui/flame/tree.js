// The flame graph as columns: one number per node and property, no object per node.

/**
 * Nodes of a flame graph; node 0 is the root and a parent's number is below its children's.
 * @typedef {object} FlameTree
 * @property {string} unit of self and totals, as in pprof
 * @property {number} total of the whole graph
 * @property {number} count of nodes
 * @property {string[]} names, files, kinds: what name, file and kind index
 * @property {Int32Array} name
 * @property {Int32Array} file
 * @property {string[]} mappings names of ELF files: what mapping indexes
 * @property {Int32Array} mapping
 * @property {Uint8Array} kind
 * @property {Uint8Array} inlined
 * @property {Int32Array} parent
 * @property {Float64Array} self
 * @property {Float64Array} totals of a node and all below it
 * @property {Int32Array} depth
 * @property {number} maxDepth
 * @property {Int32Array} firstChild children of i are children[firstChild[i]] .. children[firstChild[i + 1] - 1]
 * @property {Int32Array} children the heaviest first, a remainder last
 * @property {Float64Array} start left edge, in the unit, from the root's left edge
 * @property {Uint8Array} cut per node: 1 when it stands for frames that are not there
 * @property {Int32Array} path hash of the frames from the root to the node
 */

/** What the server sums up because it is too small, and stacks whose root was not reached; a name says nothing, for a profile can have any. */
const CUT_KINDS = new Set(['rest', 'truncated']);

/**
 * Reads the API's flame answer.
 * @param answer {unit, total_value, names[], files[]} and a column per property of the nodes:
 *   name[], file[], kind[], inlined[], parent[], self[], total[]
 * @returns {FlameTree}
 * @throws {TypeError} where the columns do not fit each other
 */
export function readFlame(answer) {
  const count = answer.parent?.length ?? 0;
  for (const column of ['name', 'file', 'kind', 'inlined', 'self', 'total']) {
    if (answer[column]?.length !== count) {
      throw new TypeError(`flame.${column}: ${answer[column]?.length} values (expected: ${count})`);
    }
  }
  const kinds = [...new Set(answer.kind)];
  const numberOfKind = new Map(kinds.map((kind, i) => [kind, i]));
  const tree = {
    unit: answer.unit,
    total: answer.total_value,
    count,
    names: answer.names,
    files: answer.files,
    mappings: answer.mappings ?? [],
    kinds,
    name: Int32Array.from(answer.name),
    file: Int32Array.from(answer.file),
    mapping: Int32Array.from(answer.mapping ?? []),
    kind: Uint8Array.from(answer.kind, (kind) => numberOfKind.get(kind)),
    inlined: Uint8Array.from(answer.inlined),
    parent: Int32Array.from(answer.parent),
    self: Float64Array.from(answer.self),
    totals: Float64Array.from(answer.total),
    cut: Uint8Array.from(answer.kind, (kind) => (CUT_KINDS.has(kind) ? 1 : 0)),
  };
  checkParents(tree.parent);
  return { ...tree, ...depths(tree), ...childrenInOrder(tree), path: pathHashes(tree) };
}

function checkParents(parent) {
  for (let i = 0; i < parent.length; i++) {
    const good = i === 0 ? parent[i] === -1 : parent[i] >= 0 && parent[i] < i;
    if (!good) throw new TypeError(`flame.parent[${i}]: ${parent[i]} (expected: ${i === 0 ? '-1' : `0 to ${i - 1}`})`);
  }
}

function depths({ parent, count }) {
  const depth = new Int32Array(count);
  let maxDepth = 0;
  for (let i = 1; i < count; i++) {
    depth[i] = depth[parent[i]] + 1;
    if (depth[i] > maxDepth) maxDepth = depth[i];
  }
  return { depth, maxDepth };
}

function childrenInOrder({ parent, totals, name, names, cut, count }) {
  const firstChild = new Int32Array(count + 1);
  for (let i = 1; i < count; i++) firstChild[parent[i] + 1]++;
  for (let i = 0; i < count; i++) firstChild[i + 1] += firstChild[i];
  const children = new Int32Array(Math.max(0, count - 1));
  const next = firstChild.slice(0, count);
  for (let i = 1; i < count; i++) children[next[parent[i]]++] = i;
  const heaviestFirst = (a, b) =>
    cut[a] - cut[b] || totals[b] - totals[a] || compareText(names[name[a]], names[name[b]]) || a - b;
  const start = new Float64Array(count);
  for (let i = 0; i < count; i++) {
    const from = firstChild[i];
    const to = firstChild[i + 1];
    if (to - from > 1) children.subarray(from, to).sort(heaviestFirst);
    let edge = start[i];
    for (let c = from; c < to; c++) {
      start[children[c]] = edge;
      edge += totals[children[c]];
    }
  }
  return { firstChild, children, start };
}

function compareText(a, b) {
  return a < b ? -1 : a > b ? 1 : 0;
}

/** FNV-1a over UTF-16 units (http://www.isthe.com/chongo/tech/comp/fnv/): the same in every browser, so that links and colours last. */
export function hashText(text) {
  let hash = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193);
  return hash;
}

function pathHashes({ parent, name, names, kind, kinds, count }) {
  const nameHash = Int32Array.from(names, hashText);
  const kindHash = Int32Array.from(kinds, hashText);
  const path = new Int32Array(count);
  for (let i = 1; i < count; i++) {
    const frame = Math.imul(nameHash[name[i]] ^ (kindHash[kind[i]] >>> 3), 0x9e3779b1);
    path[i] = Math.imul(path[parent[i]] ^ frame, 0x01000193) + 0x7f4a7c15;
  }
  return path;
}

/** A node as a short word that finds the same frames again in another answer: "hash~name"; the root is "". */
export function nodeKey(tree, node) {
  if (node <= 0) return '';
  return `${(tree.path[node] >>> 0).toString(36)}~${tree.names[tree.name[node]]}`;
}

/** The node of a key, or -1 where this tree has no such frame. */
export function findNode(tree, key) {
  if (key === '') return 0;
  const tilde = key.indexOf('~');
  const path = parseInt(key.slice(0, tilde), 36) | 0;
  const name = tree.names.indexOf(key.slice(tilde + 1));
  if (tilde < 0 || name < 0) return -1;
  for (let i = 1; i < tree.count; i++) {
    if (tree.path[i] === path && tree.name[i] === name) return i;
  }
  return -1;
}

/** Nodes from the root to the node, both included. */
export function pathTo(tree, node) {
  const path = [];
  for (let i = node; i >= 0; i = tree.parent[i]) path.push(i);
  return path.reverse();
}

/** The kind that a node is drawn and described as. */
export function kindOf(tree, node) {
  return tree.kinds[tree.kind[node]];
}

/** What each kind spent itself, the largest first. */
export function selfByKind(tree) {
  const sums = new Map();
  for (let i = 0; i < tree.count; i++) {
    if (tree.self[i] === 0) continue;
    const kind = kindOf(tree, i);
    sums.set(kind, (sums.get(kind) ?? 0) + tree.self[i]);
  }
  return [...sums].sort((a, b) => b[1] - a[1]);
}

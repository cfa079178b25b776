// Flame answers to test with.

import { readFlame } from '../../main/resources/dev/sonde/ui/flame/tree.js';

/**
 * The API's answer for nested frames: {"name": [self, {callees}]}.
 * @param {object} frames below the root
 */
export function answerOf(frames, kinds = {}) {
  const answer = {
    unit: 'nanoseconds', total: 0, names: [], files: ['a.c'], kinds: ['native', 'kernel', 'truncated'],
    nodes: { name: [], file: [], kind: [], inlined: [], parent: [], self: [], total: [] },
  };
  const add = (name, self, callees, parent) => {
    const node = answer.nodes.name.length;
    if (!answer.names.includes(name)) answer.names.push(name);
    answer.nodes.name.push(answer.names.indexOf(name));
    answer.nodes.file.push(0);
    answer.nodes.kind.push(answer.kinds.indexOf(kinds[name] ?? 'native'));
    answer.nodes.inlined.push(0);
    answer.nodes.parent.push(parent);
    answer.nodes.self.push(self);
    answer.nodes.total.push(self);
    for (const [callee, [calleeSelf, below]] of Object.entries(callees)) {
      answer.nodes.total[node] += answer.nodes.total[add(callee, calleeSelf, below, node)];
    }
    return node;
  };
  add('all', 0, frames, -1);
  answer.total = answer.nodes.total[0];
  return answer;
}

export function treeOf(frames, kinds) {
  return readFlame(answerOf(frames, kinds));
}

/** The node with these names from the root, the root itself left out. */
export function nodeAt(tree, ...names) {
  let node = 0;
  for (const name of names) {
    const children = tree.children.subarray(tree.firstChild[node], tree.firstChild[node + 1]);
    node = children.find((child) => tree.names[tree.name[child]] === name);
  }
  return node;
}

/** A tree of count nodes, deep and uneven as real ones: seven in ten call on, the others hang on any frame before. The same every time. */
export function largeTree(count) {
  let seed = 42;
  const random = () => ((seed = (Math.imul(seed, 1664525) + 1013904223) >>> 0) / 2 ** 32);
  const parent = [-1];
  for (let i = 1; i < count; i++) parent.push(random() < 0.7 ? i - 1 : Math.floor(random() * i));
  const self = parent.map(() => Math.floor(random() ** 4 * 1000) + 1);
  const total = [...self];
  for (let i = count - 1; i > 0; i--) total[parent[i]] += total[i];
  const names = Array.from({ length: 5000 }, (_, i) => `function_${i}`);
  const name = parent.map(() => Math.floor(random() * names.length));
  const zeros = new Array(count).fill(0);
  return readFlame({
    unit: 'nanoseconds', total: total[0], names, files: ['f'], kinds: ['native'],
    nodes: { name, file: zeros, kind: zeros, inlined: zeros, parent, self, total },
  });
}

// Flame answers to test with.

import { readFlame } from '../../main/resources/dev/sonde/ui/flame/tree.js';

/**
 * The API's answer for nested frames: {"name": [self, {callees}]}.
 * @param {object} frames below the root
 */
export function answerOf(frames, kinds = {}) {
  const answer = { unit: 'nanoseconds', total_value: 0, names: [], files: ['a.c'], name: [], file: [], kind: [], inlined: [], parent: [], self: [], total: [] };
  const add = (name, self, callees, parent) => {
    const node = answer.name.length;
    if (!answer.names.includes(name)) answer.names.push(name);
    answer.name.push(answer.names.indexOf(name));
    answer.file.push(0);
    answer.kind.push(kinds[name] ?? (parent < 0 ? 'root' : 'native'));
    answer.inlined.push(false);
    answer.parent.push(parent);
    answer.self.push(self);
    answer.total.push(self);
    for (const [callee, [calleeSelf, below]] of Object.entries(callees)) {
      answer.total[node] += answer.total[add(callee, calleeSelf, below, node)];
    }
    return node;
  };
  add('all', 0, frames, -1);
  answer.total_value = answer.total[0];
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
  return readFlame({
    unit: 'nanoseconds', total_value: total[0], names, files: ['f'], name, parent, self, total,
    file: parent.map(() => 0), kind: parent.map(() => 'native'), inlined: parent.map(() => false),
  });
}

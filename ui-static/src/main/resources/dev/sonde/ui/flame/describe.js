// A frame in words and figures: for the tooltip, and read aloud as the focus moves.

import { formatShare, formatValue } from '../data/format.js';
import { kindWords } from './colour.js';
import { kindOf } from './tree.js';

/** What a tooltip says of a node, formatted. */
export function factsOf(tree, node) {
  const parent = tree.parent[node];
  const total = tree.totals[node];
  return {
    name: tree.names[tree.name[node]],
    // Native code mostly has no source file: then its ELF file is what is known.
    file: tree.files[tree.file[node]] || (tree.mappings[tree.mapping[node]] ?? ''),
    kind: node === 0 ? '' : kindOf(tree, node),
    kindWords: node === 0 ? '' : kindWords(kindOf(tree, node)),
    inlined: tree.inlined[node] === 1,
    total: formatValue(total, tree.unit),
    self: formatValue(tree.self[node], tree.unit),
    shareOfTotal: formatShare(total, tree.total),
    selfOfTotal: formatShare(tree.self[node], tree.total),
    shareOfParent: parent < 0 ? '' : formatShare(total, tree.totals[parent]),
  };
}

/** The same as one sentence for a screen reader. */
export function sentenceOf(tree, node) {
  const facts = factsOf(tree, node);
  const words = [facts.name];
  if (facts.kindWords) words.push(facts.inlined ? `${facts.kindWords}, inlined` : facts.kindWords);
  words.push(`total ${facts.total}, ${facts.shareOfTotal} of all`);
  if (facts.shareOfParent) words.push(`${facts.shareOfParent} of its parent`);
  words.push(`self ${facts.self}`, `level ${tree.depth[node]}`);
  const callees = tree.firstChild[node + 1] - tree.firstChild[node];
  words.push(callees === 1 ? '1 callee' : `${callees} callees`);
  return `${words.join(', ')}.`;
}

// Search by regular expression: over the distinct names first, then over the nodes.

/**
 * Reads what was typed; letter case does not matter.
 * @returns {{pattern: RegExp|null, error: string}} no pattern where the text is empty or wrong
 */
export function readPattern(text) {
  if (text === '') return { pattern: null, error: '' };
  try {
    return { pattern: new RegExp(text, 'i'), error: '' };
  } catch (failure) {
    return { pattern: null, error: failure.message };
  }
}

/** The pattern that finds exactly this name. */
export function patternOf(name) {
  return `^${name.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')}$`;
}

/**
 * @returns {{names: Uint8Array, count: number, total: number, heaviest: Int32Array}|null}
 *   names: 1 per matching name; count of matching nodes; total: their share without counting a
 *   match below a match twice; heaviest: the topmost matches, the heaviest first
 */
export function searchTree(tree, pattern) {
  if (pattern === null) return null;
  const names = Uint8Array.from(tree.names, (name) => (pattern.test(name) ? 1 : 0));
  const covered = new Uint8Array(tree.count);
  const topmost = [];
  let count = 0;
  let total = 0;
  for (let i = 0; i < tree.count; i++) {
    const above = i > 0 && covered[tree.parent[i]] === 1;
    const matches = i > 0 && names[tree.name[i]] === 1;
    if (matches) count++;
    if (matches && !above) {
      total += tree.totals[i];
      topmost.push(i);
    }
    covered[i] = above || matches ? 1 : 0;
  }
  const heaviest = Int32Array.from(topmost).sort((a, b) => tree.totals[b] - tree.totals[a] || a - b);
  return { names, count, total, heaviest };
}

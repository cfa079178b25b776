// The kinds that occur, in their colours, with what each spent itself.

import { formatShare } from '../data/format.js';
import { kindWords } from '../flame/colour.js';
import { selfByKind } from '../flame/tree.js';
import { element } from './dom.js';

export function showLegend(host, tree, palette) {
  host.replaceChildren(...selfByKind(tree).map(([kind, self]) => {
    const swatch = element('span', { class: 'swatch', 'aria-hidden': 'true' });
    swatch.style.background = palette.kind(kind);
    return element('span', { class: 'legend-item' }, swatch, kindWords(kind), element('b', {}, formatShare(self, tree.total)));
  }));
}

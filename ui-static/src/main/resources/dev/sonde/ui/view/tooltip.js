// The card beside the pointer.

import { factsOf } from '../flame/describe.js';
import { element } from './dom.js';

const AWAY_PIXELS = 14;

export class Tooltip {
  #host;
  #node = -1;

  constructor(host) {
    this.#host = host;
  }

  /** @param {number} x, y: the pointer, in the window's CSS pixels */
  show(tree, node, kindColour, x, y) {
    if (this.#node !== node) this.#fill(factsOf(tree, node), kindColour);
    this.#node = node;
    this.#host.hidden = false;
    const { offsetWidth: width, offsetHeight: height } = this.#host;
    const left = x + AWAY_PIXELS + width > innerWidth ? x - AWAY_PIXELS - width : x + AWAY_PIXELS;
    const top = y + AWAY_PIXELS + height > innerHeight ? y - AWAY_PIXELS - height : y + AWAY_PIXELS;
    this.#host.style.left = `${Math.max(4, left)}px`;
    this.#host.style.top = `${Math.max(4, top)}px`;
  }

  hide() {
    this.#host.hidden = true;
    this.#node = -1;
  }

  #fill(facts, kindColour) {
    const swatch = element('span', { class: 'swatch' });
    swatch.style.background = kindColour;
    const kind = element('div', { class: 'tip-kind' }, swatch, facts.kindWords, facts.inlined ? element('span', { class: 'tag' }, 'inlined') : '');
    const figures = element('dl', {});
    const figure = (name, value, ...shares) => figures.append(element('dt', {}, name), element('dd', {}, value), ...shares.map((share) => element('dd', { class: 'share' }, share)));
    figure('Total', facts.total, facts.shareOfTotal, facts.shareOfParent ? `${facts.shareOfParent} of parent` : '');
    figure('Self', facts.self, facts.selfOfTotal, '');
    this.#host.replaceChildren(element('div', { class: 'tip-name' }, facts.name));
    if (facts.file) this.#host.append(element('div', { class: 'tip-file' }, facts.file));
    if (facts.kindWords) this.#host.append(kind);
    this.#host.append(figures);
  }
}

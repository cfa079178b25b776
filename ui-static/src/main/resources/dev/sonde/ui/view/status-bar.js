// One line below: how much is shown, of how much, and how long the answer took.

import { formatCount, formatSpan, formatTime, formatValue } from '../data/format.js';
import { element } from './dom.js';

export class StatusBar {
  #facts;
  #answer;

  constructor(host) {
    this.#facts = element('span', { class: 'status-facts' });
    this.#answer = element('span', { class: 'status-answer' });
    host.append(this.#facts, this.#answer);
  }

  show(tree, part, millis) {
    const cut = tree.kinds.includes('rest');
    this.#facts.replaceChildren(
      fact(formatValue(tree.total, tree.unit), `in ${formatSpan(part.to - part.from)}`),
      fact(`${formatTime(part.from, part.to)} – ${formatTime(part.to, part.to)}`, ''),
      fact(formatCount(Math.max(0, tree.count - 1)), cut ? 'frames, the smallest summed up as hatched' : 'frames'));
    this.#answer.textContent = `answered in ${Math.round(millis)} ms`;
  }

  clear() {
    this.#facts.replaceChildren();
    this.#answer.textContent = '';
  }
}

function fact(figure, words) {
  return element('span', {}, element('b', {}, figure), words ? ` ${words}` : '');
}

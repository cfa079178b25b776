// Flame graph, table, or both.

import { element } from './dom.js';

const VIEWS = [['flame', 'Flame'], ['both', 'Both'], ['table', 'Table']];

export class ViewPicker {
  #buttons = new Map();

  constructor(host, onChoose) {
    for (const [view, words] of VIEWS) {
      const button = element('button', { type: 'button', 'data-view': view, click: () => onChoose(view) }, words);
      this.#buttons.set(view, button);
      host.append(button);
    }
  }

  show(view) {
    this.#buttons.forEach((button, key) => button.setAttribute('aria-pressed', String(key === view)));
  }
}

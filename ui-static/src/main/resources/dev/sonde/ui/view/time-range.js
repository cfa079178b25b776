// The time range: presets, two times typed, and refreshing by itself.

import { isRelative, resolveRange } from '../data/time.js';
import { formatTime } from '../data/format.js';
import { element } from './dom.js';

const PRESETS = ['5m', '15m', '1h', '6h', '24h', '7d'];

export class TimeRange {
  #presets = new Map();
  #custom;
  #from;
  #to;
  #fault;
  #live;
  #now;

  /**
   * @param {HTMLElement} host to fill
   * @param {{choose: (from: string, to: string) => void, live: (on: boolean) => void, now: () => number}} handlers
   */
  constructor(host, handlers) {
    this.#now = handlers.now;
    const segments = element('div', { class: 'segments' });
    for (const preset of PRESETS) {
      const button = element('button', { type: 'button', title: `The last ${preset}`, click: () => handlers.choose(`-${preset}`, 'now') }, preset);
      this.#presets.set(`-${preset}`, button);
      segments.append(button);
    }
    this.#custom = this.#customMenu(handlers.choose);
    this.#live = element('button', {
      type: 'button', class: 'button live', 'aria-pressed': 'false', title: 'Refresh every 10 seconds',
      click: () => handlers.live(this.#live.getAttribute('aria-pressed') !== 'true'),
    }, element('span', { class: 'dot', 'aria-hidden': 'true' }), 'Live');
    host.append(segments, this.#custom, this.#live);
  }

  show({ from, to, live }) {
    const preset = to === 'now' && this.#presets.has(from) ? from : '';
    this.#presets.forEach((button, key) => button.setAttribute('aria-pressed', String(key === preset)));
    this.#custom.classList.toggle('chosen', preset === '');
    this.#from.value = this.#readable(from);
    this.#to.value = this.#readable(to);
    this.#live.setAttribute('aria-pressed', String(live));
    this.#live.disabled = !isRelative(to);
  }

  #readable(time) {
    return isRelative(time) || !/^\d/.test(time) || Number.isNaN(Number(time)) ? time : formatTime(Number(time), 0);
  }

  #customMenu(choose) {
    this.#from = element('input', { type: 'text', 'aria-label': 'From', spellcheck: 'false' });
    this.#to = element('input', { type: 'text', 'aria-label': 'To', spellcheck: 'false' });
    this.#fault = element('p', { class: 'menu-fault', role: 'alert', hidden: true });
    const form = element('form', {
      class: 'menu-items',
      submit: (event) => {
        event.preventDefault();
        this.#apply(choose, menu);
      },
    },
    element('label', {}, element('span', {}, 'From'), this.#from), element('label', {}, element('span', {}, 'To'), this.#to),
    element('p', { class: 'hint' }, 'now, -90m, 2026-01-31 14:00, Unix seconds'), this.#fault,
    element('button', { type: 'submit', class: 'button strong' }, 'Show'));
    const menu = element('details', { class: 'menu' }, element('summary', { class: 'button' }, 'Custom'), form);
    return menu;
  }

  #apply(choose, menu) {
    try {
      const range = resolveRange(this.#from.value, this.#to.value, this.#now());
      this.#fault.hidden = true;
      menu.open = false;
      choose(sendable(this.#from.value, range.from), sendable(this.#to.value, range.to));
    } catch (failure) {
      this.#fault.textContent = failure.message;
      this.#fault.hidden = false;
    }
  }
}

/** Relative times stay so; a date typed in the reader's zone becomes Unix seconds. */
function sendable(text, seconds) {
  return isRelative(text.trim()) ? text.trim() : String(seconds);
}

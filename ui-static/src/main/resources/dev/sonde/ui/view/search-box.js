// The search field, and how much of the profile it found.

import { formatCount, formatShare } from '../data/format.js';
import { element } from './dom.js';

export class SearchBox {
  #input;
  #found;

  /** @param {{type: (text: string) => void, next: (step: number) => void}} handlers */
  constructor(host, handlers) {
    this.#input = element('input', {
      type: 'search', placeholder: 'Search functions (regex)', 'aria-label': 'Search functions', spellcheck: 'false', autocomplete: 'off', maxlength: '500',
      input: () => handlers.type(this.#input.value),
      keydown: (event) => {
        if (event.key !== 'Enter') return;
        event.preventDefault();
        handlers.next(event.shiftKey ? -1 : 1);
      },
    });
    this.#found = element('output', { class: 'found' });
    host.append(this.#input, element('kbd', { 'aria-hidden': 'true' }, '/'), this.#found);
    addEventListener('keydown', (event) => {
      if (event.key !== '/' || event.ctrlKey || event.metaKey || /^(INPUT|SELECT|TEXTAREA)$/.test(event.target.tagName)) return;
      event.preventDefault();
      this.#input.select();
    });
  }

  /** @param found the search's answer or null; error: what is wrong with the pattern, or "" */
  show(text, found, total, error) {
    if (this.#input.value !== text) this.#input.value = text;
    this.#input.toggleAttribute('aria-invalid', error !== '');
    this.#found.classList.toggle('wrong', error !== '');
    this.#found.textContent = error !== '' ? 'no regular expression' : words(found, total);
    this.#found.title = error;
  }
}

function words(found, total) {
  if (found === null) return '';
  if (found.count === 0) return 'no match';
  return `${formatShare(found.total, total)} in ${formatCount(found.count)} ${found.count === 1 ? 'frame' : 'frames'}`;
}

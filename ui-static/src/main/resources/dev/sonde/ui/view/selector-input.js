// The selector: type picker, text with completion, and the server's word on what is wrong in it.

import { complete, cutHint, typeOf, withType } from '../selector/complete.js';
import { element } from './dom.js';

export class SelectorInput {
  #input;
  #list;
  #fault;
  #picker;
  #options = [];
  #active = -1;
  #types = [];
  #labels = { values: {}, cut: new Set() };
  #handlers;

  /**
   * @param {HTMLFormElement} form to fill
   * @param {{submit: (query: string) => void, wantLabels: (type: string) => Promise<{values: object, cut: Set<string>}>}} handlers
   *   wantLabels gets a type that there is, or "" for that of the profiles shown
   */
  constructor(form, handlers) {
    this.#handlers = handlers;
    this.#picker = element('select', { 'aria-label': 'Profile type', class: 'type-picker', change: () => this.#pickType() });
    this.#input = element('input', {
      type: 'text', class: 'selector-text', spellcheck: 'false', autocomplete: 'off', autocapitalize: 'off', maxlength: '8192',
      role: 'combobox', 'aria-label': 'Selector', 'aria-autocomplete': 'list', 'aria-expanded': 'false', 'aria-controls': 'completions',
      placeholder: 'cpu{service="…"}',
      input: () => this.#offer(), focus: () => this.#offer(), click: () => this.#offer(),
      blur: () => this.#close(), keydown: (event) => this.#key(event),
    });
    this.#list = element('ul', { id: 'completions', class: 'completions', role: 'listbox', 'aria-label': 'Completions', hidden: true });
    this.#fault = element('div', { class: 'selector-fault', role: 'alert', hidden: true });
    form.append(this.#picker, element('div', { class: 'selector-box' }, this.#input, this.#list, this.#fault));
    form.addEventListener('submit', (event) => {
      event.preventDefault();
      this.#submit(this.#input.value);
    });
  }

  /** The types of the server's answer; a type with more than one value offers each. */
  showTypes(types) {
    this.#types = types.flatMap(({ type, sample_types: values, default_sample_type: usual }) => [
      { word: type, unit: values.find((value) => value.type === usual)?.unit ?? '' },
      ...values.filter((value) => value.type !== usual).map((value) => ({ word: `${type}.${value.type}`, unit: value.unit })),
    ]);
    this.#picker.replaceChildren(...this.#types.map(({ word, unit }) =>
      element('option', { value: word, title: unit }, word)));
    this.#markType();
  }

  showQuery(query) {
    if (document.activeElement !== this.#input || this.#input.value.trim() === '') this.#input.value = query;
    this.#markType();
  }

  /** Shows what the server says; the caret stands under the column (1-based) it names. */
  showFault(message, column) {
    this.#fault.hidden = false;
    this.#input.setAttribute('aria-invalid', 'true');
    const lines = [element('div', { class: 'fault-words' }, message)];
    if (column > 0) {
      const marked = element('pre', { class: 'fault-place', 'aria-hidden': 'true' });
      marked.textContent = `${this.#input.value}\n${' '.repeat(column - 1)}^`;
      lines.push(marked);
    }
    this.#fault.replaceChildren(...lines);
  }

  clearFault() {
    this.#fault.hidden = true;
    this.#input.removeAttribute('aria-invalid');
  }

  #markType() {
    this.#picker.value = this.#typeTyped();
  }

  #pickType() {
    this.#submit(withType(this.#input.value, this.#picker.value));
  }

  #submit(query) {
    this.#input.value = query;
    this.#close();
    this.clearFault();
    this.#markType();
    this.#handlers.submit(query.trim());
  }

  async #offer() {
    this.clearFault();
    this.#show();
    try {
      this.#labels = await this.#handlers.wantLabels(this.#typeTyped());
    } catch {
      return; // Without labels the types and operators are still offered; the query itself will tell the fault.
    }
    if (document.activeElement === this.#input) this.#show();
  }

  /** The type in the text, "" while it is none that the server has. */
  #typeTyped() {
    const word = typeOf(this.#input.value);
    return this.#types.some((type) => type.word === word) ? word : '';
  }

  #show() {
    const words = this.#types.map((type) => type.word);
    const { values, cut } = this.#labels;
    const cursor = this.#input.selectionStart ?? 0;
    this.#options = complete(this.#input.value, cursor, words, values, cut);
    const hint = cutHint(this.#input.value, cursor, values, cut);
    this.#active = -1;
    this.#list.replaceChildren(...this.#options.map((option, i) => this.#item(option, i)));
    if (hint) this.#list.append(element('li', { class: 'hint', role: 'presentation' }, hint));
    this.#list.hidden = this.#options.length === 0 && !hint;
    this.#input.setAttribute('aria-expanded', String(!this.#list.hidden));
    this.#input.removeAttribute('aria-activedescendant');
  }

  #item(option, i) {
    return element('li', {
      id: `completion-${i}`, role: 'option', 'aria-selected': 'false',
      // On mousedown, since the click would come after the blur that closes the list.
      mousedown: (event) => {
        event.preventDefault();
        this.#choose(option);
      },
    }, element('span', {}, option.shown), element('span', { class: 'detail' }, option.detail));
  }

  #choose(option) {
    this.#input.value = option.text;
    this.#input.setSelectionRange(option.cursor, option.cursor);
    this.#markType();
    this.#offer();
  }

  #close() {
    this.#list.hidden = true;
    this.#active = -1;
    this.#input.setAttribute('aria-expanded', 'false');
    this.#input.removeAttribute('aria-activedescendant');
  }

  #key(event) {
    const open = !this.#list.hidden;
    if (event.key === 'ArrowDown' || event.key === 'ArrowUp') {
      event.preventDefault();
      if (open) this.#move(event.key === 'ArrowDown' ? 1 : -1);
      else this.#offer();
    } else if ((event.key === 'Enter' || event.key === 'Tab') && open && this.#active >= 0) {
      event.preventDefault();
      this.#choose(this.#options[this.#active]);
    } else if (event.key === 'Escape' && open) {
      event.preventDefault();
      this.#close();
    }
  }

  #move(step) {
    const count = this.#options.length;
    if (count === 0) return;
    this.#list.children[this.#active]?.setAttribute('aria-selected', 'false');
    this.#active = this.#active < 0 && step < 0 ? count - 1 : (this.#active + step + count) % count;
    const item = this.#list.children[this.#active];
    item.setAttribute('aria-selected', 'true');
    item.scrollIntoView({ block: 'nearest' });
    this.#input.setAttribute('aria-activedescendant', item.id);
  }
}

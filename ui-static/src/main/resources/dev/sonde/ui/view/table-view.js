// Functions by what they took themselves and with their callees.

import { formatCount, formatShare, formatValue } from '../data/format.js';
import { kindWords } from '../flame/colour.js';
import { splitName } from '../flame/label.js';
import { element } from './dom.js';

const COLUMNS = [
  { key: 'name', words: 'Function', compare: (a, b) => (a.name < b.name ? -1 : a.name > b.name ? 1 : 0) },
  { key: 'kind', words: 'Kind', compare: (a, b) => (a.kind < b.kind ? -1 : a.kind > b.kind ? 1 : b.flat - a.flat) },
  { key: 'flat', words: 'Self', figure: true, compare: (a, b) => a.flat - b.flat || a.cum - b.cum },
  { key: 'flat%', words: 'Self %', figure: true, compare: (a, b) => a.flat - b.flat || a.cum - b.cum },
  { key: 'cum', words: 'Total', figure: true, compare: (a, b) => a.cum - b.cum || a.flat - b.flat },
  { key: 'cum%', words: 'Total %', figure: true, compare: (a, b) => a.cum - b.cum || a.flat - b.flat },
];

export class TableView {
  #head;
  #body;
  #note;
  #handlers;
  #shown = null;

  /** @param {{sort: (sort: string) => void, choose: (name: string) => void}} handlers */
  constructor(host, handlers) {
    this.#handlers = handlers;
    this.#head = element('tr');
    this.#body = element('tbody');
    this.#note = element('p', { class: 'table-note' });
    host.append(element('div', { class: 'table-scroll', tabindex: '0', role: 'group', 'aria-label': 'Functions, scrollable' },
      element('table', {}, element('thead', {}, this.#head), this.#body), this.#note));
  }

  /**
   * @param answer of the API's top
   * @param {string} sort column, "-" before it for descending
   * @param {RegExp|null} pattern only functions that match
   * @param {Palette} palette
   */
  show(answer, sort, pattern, palette) {
    this.#shown = { answer, sort, pattern, palette };
    const rows = rowsOf(answer, sort, pattern);
    this.#head.replaceChildren(...COLUMNS.map((column) => this.#headCell(column, sort)));
    const most = { flat: largest(answer, 'flat'), cum: largest(answer, 'cum') };
    this.#body.replaceChildren(...rows.map((row) => this.#row(row, answer, palette, most)));
    const all = answer.functions.length;
    this.#note.textContent = (rows.length === all ? `${all} functions` : `${rows.length} of ${all} functions match`) + omitted(answer);
  }

  /** Read-only, for tests: the names in the order shown. */
  get names() {
    return this.#shown === null ? [] : rowsOf(this.#shown.answer, this.#shown.sort, this.#shown.pattern).map((row) => row.name);
  }

  #headCell({ key, words, figure }, sort) {
    const sorted = sort === key ? 'ascending' : sort === `-${key}` ? 'descending' : 'none';
    const next = sorted === 'descending' || (sorted === 'none' && !figure) ? key : `-${key}`;
    const arrow = { ascending: ' ↑', descending: ' ↓', none: '' }[sorted];
    return element('th', { scope: 'col', 'aria-sort': sorted, class: figure ? 'figure' : '' },
      element('button', { type: 'button', click: () => this.#handlers.sort(next) }, words + arrow));
  }

  #row(row, answer, palette, most) {
    const swatch = element('span', { class: 'swatch', title: kindWords(row.kind) });
    swatch.style.background = palette.kind(row.kind);
    const [head, tail] = splitName(row.name);
    const name = element('button', { type: 'button', title: [row.name, row.file || row.mapping].filter(Boolean).join('\n'), click: () => this.#handlers.choose(row.name) },
      swatch, element('span', { class: 'name-head' }, head), element('span', { class: 'name-tail' }, tail));
    return element('tr', {},
      element('td', { class: 'name' }, name),
      element('td', { class: 'kind' }, kindWords(row.kind)),
      element('td', { class: 'figure' }, formatValue(row.flat, answer.unit)), shareCell(row.flat, answer.total, most.flat),
      element('td', { class: 'figure' }, formatValue(row.cum, answer.unit)), shareCell(row.cum, answer.total, most.cum));
  }
}

/** The bar is measured by the column's largest value, so that a flat profile still shows its order. */
function shareCell(part, whole, most) {
  const cell = element('td', { class: 'figure share' }, formatShare(part, whole));
  cell.style.setProperty('--share', `${most > 0 ? (100 * part) / most : 0}%`);
  return cell;
}

/** What the server left out of a list that would not end. */
function omitted({ omitted: count, omitted_flat: flat, unit }) {
  return count > 0 ? `; ${formatCount(count)} smaller ones with ${formatValue(flat, unit)} of their own are not listed` : '';
}

function largest(answer, column) {
  return answer.functions.reduce((most, row) => Math.max(most, row[column]), 0);
}

/** The rows to show, in order. */
export function rowsOf(answer, sort, pattern) {
  const descending = sort.startsWith('-');
  const column = COLUMNS.find(({ key }) => key === (descending ? sort.slice(1) : sort)) ?? COLUMNS[2];
  const rows = answer.functions.filter((row) => pattern === null || pattern.test(row.name));
  return rows.sort((a, b) => (descending ? -1 : 1) * column.compare(a, b) || (a.name < b.name ? -1 : 1));
}

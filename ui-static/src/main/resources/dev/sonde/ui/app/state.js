// What the page shows, and the URL that shows it again.

/**
 * @typedef {object} State
 * @property {string} query selector with its type; "" until the types are known
 * @property {string} from, to: times of the range, as the API writes them
 * @property {number[]|null} pick part of the range chosen on the time line, Unix seconds
 * @property {string} zoom key of the zoomed frame, "" for the root
 * @property {string} search regular expression
 * @property {string} view "flame", "table" or "both"
 * @property {string} sort column of the table, with "-" for descending
 * @property {boolean} live refresh by itself
 */

const VIEWS = ['flame', 'both', 'table'];

export const DEFAULTS = Object.freeze({
  query: '', from: '-15m', to: 'now', pick: null, zoom: '', search: '', view: 'flame', sort: '-flat', live: false,
});

/** The query string of a state ("?..."), without what is as by default; "" where all is. */
export function toUrl(state) {
  const parameters = new URLSearchParams();
  for (const key of ['query', 'from', 'to', 'zoom', 'search', 'view', 'sort']) {
    if (state[key] !== DEFAULTS[key]) parameters.set(key, state[key]);
  }
  if (state.pick !== null) parameters.set('pick', state.pick.join('-'));
  if (state.live) parameters.set('live', '1');
  const text = parameters.toString();
  return text === '' ? '' : `?${text}`;
}

/** The state of a query string; what is missing or wrong in it is as by default. */
export function fromUrl(queryString) {
  const parameters = new URLSearchParams(queryString);
  const state = { ...DEFAULTS };
  for (const key of ['query', 'from', 'to', 'zoom', 'search', 'sort']) {
    if (parameters.has(key)) state[key] = parameters.get(key);
  }
  if (VIEWS.includes(parameters.get('view'))) state.view = parameters.get('view');
  const pick = /^(\d+(?:\.\d+)?)-(\d+(?:\.\d+)?)$/.exec(parameters.get('pick') ?? '');
  if (pick && Number(pick[1]) < Number(pick[2])) state.pick = [Number(pick[1]), Number(pick[2])];
  state.live = parameters.get('live') === '1';
  return state;
}

/** Holds the state, keeps the address bar in step and tells who listens what changed. */
export class Store {
  #state;
  #listeners = [];

  constructor() {
    this.#state = fromUrl(location.search);
    addEventListener('popstate', () => this.#become(fromUrl(location.search)));
  }

  get state() {
    return this.#state;
  }

  /** @param {(state: State, changed: Set<string>) => void} listener */
  listen(listener) {
    this.#listeners.push(listener);
  }

  /** A step that Back undoes. */
  go(change) {
    this.#apply(change, 'pushState');
  }

  /** A change that is no step of its own: a default filled in, a letter typed. */
  amend(change) {
    this.#apply(change, 'replaceState');
  }

  #apply(change, method) {
    const next = { ...this.#state, ...change };
    if (toUrl(next) !== toUrl(this.#state)) history[method](null, '', location.pathname + toUrl(next));
    this.#become(next);
  }

  #become(next) {
    const previous = this.#state;
    const changed = new Set(Object.keys(next).filter((key) => String(next[key]) !== String(previous[key])));
    this.#state = Object.freeze(next);
    if (changed.size > 0) this.#listeners.forEach((listener) => listener(next, changed));
  }
}

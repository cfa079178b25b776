// Asks the server for what a state shows, and drops answers that a newer question has overtaken.

import { ApiError } from '../data/api.js';
import { chooseStep, resolveRange } from '../data/time.js';
import { readFlame } from '../flame/tree.js';
import { withoutLabels } from '../selector/complete.js';

/** A tenth of a pixel on a screen of 1,000: all is there until one zooms in more than fivefold. */
const MIN_SHARE = 0.0001;
const MOST_FUNCTIONS = 1000;
const MOST_BARS = 180;
/** How far back the latest data is looked for when a range is empty, and how finely. */
const LOOK_BACK_SECONDS = 30 * 86400;
const LOOK_BACK_STEP_SECONDS = 3600;

/**
 * @typedef {object} Listener
 * @property {(busy: boolean) => void} busy
 * @property {(answer: object, range: object) => void} series
 * @property {(tree: FlameTree, millis: number) => void} flame
 * @property {(answer: object) => void} top
 * @property {(error: Error) => void} fault
 */

export class Loader {
  #api;
  #listener;
  #abort = new AbortController();
  #range = null;

  /** @param {Api} api @param {Listener} listener */
  constructor(api, listener) {
    this.#api = api;
    this.#listener = listener;
  }

  /** The seconds last asked for: the part picked on the time line, else the whole range. */
  part(state) {
    const whole = this.#range ?? resolveRange(state.from, state.to, this.#api.now());
    return state.pick === null ? whole : { from: state.pick[0], to: state.pick[1] };
  }

  /** Everything, with "now" taken anew. */
  loadAll(state) {
    return this.#run(async (signal) => {
      this.#range = resolveRange(state.from, state.to, this.#api.now());
      await Promise.all([this.#series(state, signal), this.#profile(state, signal)]);
    });
  }

  /** The same range as before, but another part of it or another view. */
  loadPart(state) {
    return this.#run((signal) => this.#profile(state, signal));
  }

  /**
   * Where there is data when the range has none.
   * @returns {Promise<{matching: number|null, any: number|null}>} Unix seconds of the latest bar of
   *   the selector and of its type without labels
   */
  async latestData(state) {
    const to = this.#api.now();
    const range = { from: to - LOOK_BACK_SECONDS, to };
    const latest = async (query) => {
      const { series } = await this.#api.series(query, range, LOOK_BACK_STEP_SECONDS, this.#abort.signal);
      const times = series.flatMap(({ points }) => points.filter(([, value]) => value > 0).map(([time]) => time));
      return times.length > 0 ? times.reduce((a, b) => Math.max(a, b)) : null;
    };
    const [matching, any] = await Promise.all([latest(state.query), latest(withoutLabels(state.query))]);
    return { matching, any };
  }

  async #run(work) {
    this.#abort.abort();
    const abort = (this.#abort = new AbortController());
    this.#listener.busy(true);
    try {
      await work(abort.signal);
    } catch (failure) {
      if (abort !== this.#abort || failure.name === 'AbortError') return;
      abort.abort();
      this.#listener.fault(failure);
    } finally {
      if (abort === this.#abort) this.#listener.busy(false);
    }
  }

  async #series(state, signal) {
    const step = chooseStep(this.#range.to - this.#range.from, MOST_BARS);
    const range = this.#range;
    const answer = await this.#api.series(state.query, range, step, signal);
    if (!signal.aborted) this.#listener.series(answer, range);
  }

  async #profile(state, signal) {
    const part = this.part(state);
    const asked = performance.now();
    const top = state.view === 'flame' ? null : this.#api.top(state.query, part, MOST_FUNCTIONS, signal);
    const flame = this.#api.flame(state.query, part, MIN_SHARE, signal);
    const [flameAnswer, topAnswer] = await Promise.all([flame, top]);
    if (signal.aborted) return;
    this.#listener.flame(readTree(flameAnswer), performance.now() - asked);
    if (topAnswer !== null) this.#listener.top(topAnswer);
  }
}

function readTree(answer) {
  try {
    return readFlame(answer);
  } catch (failure) {
    throw new ApiError(`The server's flame graph cannot be read: ${failure.message}`, 200);
  }
}

// The total per step over the range. Dragging picks a part of it, a click lets it go.

import uPlot from '../vendor/uplot/uPlot.esm.js';
import { formatMark, formatRate, formatTime, formatValue } from '../data/format.js';
import { element } from './dom.js';

const HEIGHT_PIXELS = 104;
/** A drag shorter than this is a click with an unsteady hand. */
const SHORTEST_DRAG_PIXELS = 4;
const NANOS_PER_SECOND = 1e9;

export class TimeLine {
  #host;
  #plot = null;
  #readout;
  #pick;
  #shown = null;
  #onPick;
  #dragging = false;

  /** @param {(pick: number[]|null) => void} onPick gets Unix seconds, whole steps, or null for the whole range */
  constructor(host, onPick) {
    this.#host = host;
    this.#onPick = onPick;
    this.#readout = element('output', { class: 'readout' });
    host.append(this.#readout);
    new ResizeObserver(() => this.#fitWidth()).observe(host);
  }

  /** @param answer of the API's series, for range (Unix seconds) */
  show(answer, range, pick) {
    const step = answer.step_seconds;
    const data = columns(answer, range);
    // Drawn as a rate, so that the axis has round marks: cores where nanoseconds of CPU are summed.
    const perRate = step * (answer.unit === 'nanoseconds' ? NANOS_PER_SECOND : 1);
    this.#shown = { answer, range, step, data, perRate, rates: [data[0], data[1].map((sum) => sum / perRate)] };
    this.#pick = pick;
    this.redraw();
  }

  showPick(pick) {
    this.#pick = pick;
    this.#markPick();
  }

  /** Draws anew, with the theme's colours. */
  redraw() {
    if (this.#shown === null) return;
    this.#plot?.destroy();
    this.#plot = new uPlot(this.#options(), this.#shown.rates, this.#host);
    this.#markPick();
  }

  /** Read-only, for tests: the plotting area and its range. */
  get model() {
    if (this.#plot === null) return null;
    const box = this.#plot.over.getBoundingClientRect();
    return {
      left: box.left, top: box.top, width: box.width, height: box.height,
      from: this.#shown.range.from, to: this.#shown.range.to, step: this.#shown.step,
      times: [...this.#shown.data[0]], values: [...this.#shown.data[1]],
    };
  }

  #options() {
    const colour = (name) => this.#colour(name);
    const { range, step, answer, perRate } = this.#shown;
    const axis = { stroke: colour('--line-text'), font: '11px "Segoe UI", Roboto, "Noto Sans", "Liberation Sans", Arial, sans-serif' };
    const hairline = { stroke: colour('--line-grid'), width: 1 };
    return {
      width: this.#host.clientWidth || 600,
      height: HEIGHT_PIXELS,
      padding: [10, 12, 0, 0],
      legend: { show: false },
      cursor: { y: false, points: { show: false }, drag: { x: true, y: false, setScale: false, dist: SHORTEST_DRAG_PIXELS } },
      scales: { x: { time: true, range: [range.from, range.to] }, y: { range: (plot, low, high) => [0, high > 0 ? high * 1.08 : 1] } },
      series: [{}, {
        fill: colour('--line-bar'), width: 0, points: { show: false },
        paths: uPlot.paths.bars({ size: [0.9, 240], align: 1, radius: 0.05 }),
      }],
      axes: [
        { ...axis, grid: { show: false }, ticks: { ...hairline, size: 4 }, size: 24, gap: 3, space: 76, values: (plot, marks) => marks.map((mark, i) => formatMark(mark, marks[i - 1])) },
        { ...axis, grid: hairline, ticks: { show: false }, size: 84, space: 26, values: (plot, marks) => marks.map((mark) => formatRate(mark * perRate, answer.unit, step)) },
      ],
      hooks: {
        setSelect: [(plot) => this.#dragged(plot)],
        setCursor: [(plot) => this.#pointed(plot)],
        ready: [(plot) => this.#tellClicksFromDrags(plot.over)],
      },
    };
  }

  /** A custom property as the colour it comes to; asked for by its name it would still read "light-dark(...)". */
  #colour(name) {
    this.#readout.style.color = `var(${name})`;
    const colour = getComputedStyle(this.#readout).color;
    this.#readout.style.color = '';
    return colour;
  }

  #dragged(plot) {
    if (plot.select.width < SHORTEST_DRAG_PIXELS) return;
    this.#dragging = true;
    const { range, step } = this.#shown;
    const from = Math.floor(plot.posToVal(plot.select.left, 'x') / step) * step;
    const to = Math.ceil(plot.posToVal(plot.select.left + plot.select.width, 'x') / step) * step;
    this.#onPick([Math.max(Math.floor(range.from), from), Math.min(Math.ceil(range.to), Math.max(to, from + step))]);
  }

  #tellClicksFromDrags(area) {
    area.addEventListener('mousedown', () => { this.#dragging = false; });
    area.addEventListener('click', () => {
      if (!this.#dragging && this.#pick !== null) this.#onPick(null);
    });
  }

  #markPick() {
    if (this.#plot === null) return;
    if (this.#pick === null) {
      this.#plot.setSelect({ left: 0, top: 0, width: 0, height: 0 }, false);
      return;
    }
    const edge = (time) => Math.min(this.#plot.over.clientWidth, Math.max(0, this.#plot.valToPos(time, 'x')));
    const left = edge(this.#pick[0]);
    this.#plot.setSelect({ left, top: 0, width: edge(this.#pick[1]) - left, height: this.#plot.over.clientHeight }, false);
  }

  #pointed(plot) {
    const { step, answer, range, data } = this.#shown;
    if (plot.cursor.left < 0) {
      this.#readout.textContent = '';
      return;
    }
    const time = plot.posToVal(plot.cursor.left, 'x');
    const i = data[0].findLastIndex((start) => start <= time);
    if (i < 0) return;
    const value = data[1][i] ?? 0;
    this.#readout.textContent = `${formatTime(data[0][i], range.to)}  ·  ${formatRate(value, answer.unit, step)}  ·  ${formatValue(value, answer.unit)} in ${step} s`;
  }

  #fitWidth() {
    const width = this.#host.clientWidth;
    if (this.#plot === null || width === 0 || width === this.#plot.width) return;
    this.#plot.setSize({ width, height: HEIGHT_PIXELS });
    this.#markPick();
  }
}

/** uPlot's columns, all series summed; a step without a point gets a 0, so that bars keep one step's width. */
function columns(answer, range) {
  const step = answer.step_seconds;
  const sums = new Map();
  for (const { points } of answer.series) {
    for (const [time, value] of points) sums.set(time, (sums.get(time) ?? 0) + value);
  }
  const anyTime = sums.size > 0 ? sums.keys().next().value : 0;
  const first = range.from - ((((range.from - anyTime) % step) + step) % step);
  for (let time = first; time < range.to; time += step) {
    const start = Math.round(time * 1000) / 1000;
    if (!sums.has(start)) sums.set(start, 0);
  }
  const times = [...sums.keys()].sort((a, b) => a - b);
  return [times, times.map((time) => sums.get(time))];
}

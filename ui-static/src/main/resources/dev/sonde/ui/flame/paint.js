// Draws boxes on a canvas.

import { Labels } from './label.js';
import { kindOf } from './tree.js';

export const ROW_PIXELS = 22;
const FONT = '12px "Segoe UI", Roboto, "Helvetica Neue", "Noto Sans", "Liberation Sans", Arial, sans-serif';
const TEXT_INSET_PIXELS = 5;
/** Opacity of what is not searched for, and of the callers above a zoom: still to be read, but behind. */
const DIM_BOX = 0.42;
const DIM_TEXT = 0.75;
/** Below this not even three letters and an ellipsis fit. */
const NARROWEST_TEXT_PIXELS = 26;
/** Round corners and gaps would eat a box narrower than this. */
const NARROWEST_ROUND_PIXELS = 7;

/** Paints one tree. Colours are looked up once per name and kind, not once per frame. */
export class Painter {
  #context;
  #palette;
  #labels;
  #stripes = null;
  #colours = new Map();

  constructor(canvas, palette) {
    this.#context = canvas.getContext('2d', { alpha: true });
    this.#palette = palette;
    this.#context.font = FONT;
    this.#labels = new Labels((text) => this.#context.measureText(text).width);
  }

  /** A new tree has other names behind the same numbers. */
  forget() {
    this.#colours.clear();
  }

  /**
   * @param tree what to draw
   * @param {Boxes} boxes laid out for view
   * @param view the window, with scroll (CSS pixels above it), height and pixelRatio
   * @param found the search's answer, or null
   */
  paint(tree, boxes, view, found) {
    const context = this.#context;
    context.setTransform(view.pixelRatio, 0, 0, view.pixelRatio, 0, 0);
    context.clearRect(0, 0, view.width, view.height);
    context.font = FONT;
    context.textBaseline = 'middle';
    for (let b = 0; b < boxes.count; b++) this.#box(tree, boxes, b, view, found);
    context.globalAlpha = 1;
  }

  /** The colour that a node's box is filled with. */
  colourOf(tree, node, found) {
    if (node < 0) return this.#palette.theme.stripe;
    if (node === 0) return this.#palette.theme.root;
    const name = tree.name[node];
    if (found !== null && found.names[name] === 1) return this.#palette.theme.match;
    if (tree.cut[node] === 1) return this.#palette.theme.cut;
    const key = name * 256 + tree.kind[node];
    let colour = this.#colours.get(key);
    if (colour === undefined) {
      colour = this.#palette.frame(kindOf(tree, node), tree.names[name]);
      this.#colours.set(key, colour);
    }
    return colour;
  }

  #box(tree, boxes, b, view, found) {
    const context = this.#context;
    const node = boxes.node[b];
    const y = boxes.row[b] * ROW_PIXELS - view.scroll;
    const x = Math.max(0, boxes.x[b]);
    const width = boxes.width[b];
    const matches = found !== null && node > 0 && found.names[tree.name[node]] === 1;
    const above = node >= 0 && tree.depth[node] < tree.depth[view.zoom];
    const dim = (found !== null && !matches) || above;
    context.globalAlpha = dim ? DIM_BOX : 1;
    context.fillStyle = this.colourOf(tree, node, found);
    if (width < NARROWEST_ROUND_PIXELS) {
      context.fillRect(x, y, Math.max(width - (width > 2 ? 1 : 0), 0.5), ROW_PIXELS - 1);
    } else {
      context.beginPath();
      context.roundRect(x, y, width - 1, ROW_PIXELS - 1, 2.5);
      context.fill();
      if (node > 0 && tree.cut[node] === 1 && !matches) this.#hatch();
    }
    context.globalAlpha = dim ? DIM_TEXT : 1;
    if (node >= 0 && width >= NARROWEST_TEXT_PIXELS) this.#text(tree.names[tree.name[node]], x, y, width, matches);
  }

  /** Stripes over the box just drawn: these are not frames but what is left out. */
  #hatch() {
    this.#context.fillStyle = this.#stripePattern();
    this.#context.fill();
  }

  #stripePattern() {
    if (this.#stripes !== null) return this.#stripes;
    const tile = new OffscreenCanvas(8, 8);
    const context = tile.getContext('2d');
    context.strokeStyle = this.#palette.theme.stripe;
    context.lineWidth = 2.2;
    for (const shift of [-8, 0, 8]) {
      context.moveTo(shift - 1, 9);
      context.lineTo(shift + 9, -1);
    }
    context.stroke();
    this.#stripes = this.#context.createPattern(tile, 'repeat');
    return this.#stripes;
  }

  #text(name, x, y, width, matches) {
    const label = this.#labels.fit(name, width - 2 * TEXT_INSET_PIXELS);
    if (label === '') return;
    this.#context.fillStyle = matches ? this.#palette.theme.matchText : this.#palette.theme.text;
    this.#context.fillText(label, x + TEXT_INSET_PIXELS, y + ROW_PIXELS / 2 + 0.5);
  }
}

// The flame graph: a canvas that stays in the window while the graph scrolls under it.

import { Palette } from '../flame/colour.js';
import { sentenceOf } from '../flame/describe.js';
import { frameAt } from '../flame/hit-test.js';
import { Boxes, layOut, scaleOf } from '../flame/layout.js';
import { childOf, parentOf, siblingOf } from '../flame/navigate.js';
import { Painter, ROW_PIXELS } from '../flame/paint.js';
import { findNode, kindOf, nodeKey } from '../flame/tree.js';
import { element } from './dom.js';

/** Rows of callers left in sight above a zoomed frame. */
const CALLERS_IN_SIGHT = 3;

export class FlameView {
  #scroller;
  #space;
  #canvas;
  #hoverMark;
  #focusMark;
  #painter;
  #palette;
  #boxes = new Boxes();
  #tree = null;
  #found = null;
  #zoom = 0;
  #focus = 0;
  #drawPending = false;
  #handlers;

  /**
   * @param {HTMLElement} host to fill
   * @param {string} theme "light" or "dark"
   * @param {{zoom: (key: string) => void, say: (text: string) => void, tooltip: Tooltip}} handlers
   */
  constructor(host, theme, handlers) {
    this.#handlers = handlers;
    this.#canvas = element('canvas', { class: 'flame-canvas', 'aria-hidden': 'true' });
    this.#hoverMark = element('div', { class: 'flame-mark hover', hidden: true });
    this.#focusMark = element('div', { class: 'flame-mark focus', hidden: true });
    this.#space = element('div', { class: 'flame-space' }, this.#canvas, this.#hoverMark, this.#focusMark);
    this.#scroller = element('div', {
      class: 'flame-scroll', tabindex: '0', role: 'application', 'aria-roledescription': 'flame graph',
      'aria-label': 'Flame graph. Arrow keys move between caller, callee and siblings, Enter zooms, Escape resets the zoom.',
      scroll: () => this.#invalidate(),
      pointermove: (event) => this.#hover(event), pointerleave: () => this.#leave(),
      click: (event) => this.#click(event), keydown: (event) => this.#key(event),
      focus: () => this.#showFocus(true), blur: () => this.#showFocus(false),
    }, this.#space);
    host.append(this.#scroller);
    this.useTheme(theme);
    new ResizeObserver(() => this.#invalidate()).observe(this.#scroller);
  }

  useTheme(theme) {
    this.#palette = new Palette(theme);
    this.#painter = new Painter(this.#canvas, this.#palette);
    this.#invalidate();
  }

  get palette() {
    return this.#palette;
  }

  /** Shows another tree; the focus stays on the same frames where they are in it. */
  show(tree, zoomKey) {
    const focusKey = this.#tree === null ? '' : nodeKey(this.#tree, this.#focus);
    this.#tree = tree;
    this.#focus = Math.max(0, findNode(tree, focusKey));
    this.#painter.forget();
    this.#space.style.height = `${(tree.maxDepth + 1) * ROW_PIXELS}px`;
    this.#leave();
    this.zoomTo(zoomKey, false);
  }

  /** @returns {number} the zoomed node; 0 where the tree has no frame of this key */
  zoomTo(key, scrolls = true) {
    if (this.#tree === null) return 0;
    this.#zoom = Math.max(0, findNode(this.#tree, key));
    if (this.#tree.count > 0 && scrolls) this.#scroller.scrollTop = Math.max(0, (this.#tree.depth[this.#zoom] - CALLERS_IN_SIGHT) * ROW_PIXELS);
    this.#leave();
    this.#invalidate();
    return this.#zoom;
  }

  highlight(found) {
    this.#found = found;
    this.#invalidate();
  }

  /** Moves the focus among the search's matches, the heaviest first. */
  focusMatch(step) {
    const matches = this.#found?.heaviest ?? [];
    if (matches.length === 0) return;
    const at = matches.indexOf(this.#focus);
    const next = at < 0 ? (step > 0 ? 0 : matches.length - 1) : (at + step + matches.length) % matches.length;
    this.#focusOn(matches[next]);
  }

  /** Read-only, for tests: what is drawn, in CSS pixels of the page. */
  get model() {
    const tree = this.#tree;
    if (tree === null) return null;
    const view = this.#view();
    layOut(tree, view, this.#boxes);
    const place = this.#canvas.getBoundingClientRect();
    const boxes = [];
    for (let b = 0; b < this.#boxes.count; b++) {
      const node = this.#boxes.node[b];
      if (node < 0) continue;
      boxes.push({
        node, name: tree.names[tree.name[node]], kind: kindOf(tree, node), total: tree.totals[node], self: tree.self[node],
        depth: tree.depth[node], x: place.left + this.#boxes.x[b], y: place.top + this.#boxes.row[b] * ROW_PIXELS - view.scroll,
        width: this.#boxes.width[b], height: ROW_PIXELS, colour: this.#painter.colourOf(tree, node, this.#found),
      });
    }
    return {
      total: tree.total, unit: tree.unit, nodes: tree.count, zoom: this.#nameOf(this.#zoom), focus: this.#nameOf(this.#focus),
      width: view.width, boxes, matched: this.#found === null ? null : { total: this.#found.total, count: this.#found.count },
    };
  }

  /** Read-only, for tests: the name drawn at a point of the page, or "". */
  nameAtPoint(clientX, clientY) {
    const node = this.#nodeAt({ clientX, clientY });
    return node < 0 ? '' : this.#nameOf(node);
  }

  #nameOf(node) {
    return this.#tree.names[this.#tree.name[node]] ?? '';
  }

  #view() {
    const scroll = this.#scroller.scrollTop;
    const height = this.#scroller.clientHeight;
    return {
      zoom: this.#zoom, width: this.#scroller.clientWidth, height, scroll, pixelRatio: devicePixelRatio,
      firstRow: Math.floor(scroll / ROW_PIXELS), lastRow: Math.floor((scroll + height - 1) / ROW_PIXELS),
    };
  }

  #invalidate() {
    if (this.#drawPending) return;
    this.#drawPending = true;
    requestAnimationFrame(() => {
      this.#drawPending = false;
      this.#draw();
    });
  }

  #draw() {
    if (this.#tree === null || this.#scroller.clientWidth === 0) return;
    const view = this.#view();
    this.#fitCanvas(view);
    layOut(this.#tree, view, this.#boxes);
    this.#painter.paint(this.#tree, this.#boxes, view, this.#found);
    this.#place(this.#focusMark, this.#focus);
  }

  /** The canvas is as large as the window on the graph, whatever the graph's height: browsers refuse a canvas above 65,535 pixels. */
  #fitCanvas({ width, height, pixelRatio }) {
    const deviceWidth = Math.round(width * pixelRatio);
    const deviceHeight = Math.round(height * pixelRatio);
    if (this.#canvas.width === deviceWidth && this.#canvas.height === deviceHeight) return;
    this.#canvas.width = deviceWidth;
    this.#canvas.height = deviceHeight;
    this.#canvas.style.width = `${width}px`;
    this.#canvas.style.height = `${height}px`;
  }

  #nodeAt({ clientX, clientY }) {
    if (this.#tree === null) return -1;
    const place = this.#canvas.getBoundingClientRect();
    const row = Math.floor((clientY - place.top + this.#scroller.scrollTop) / ROW_PIXELS);
    return frameAt(this.#tree, this.#view(), clientX - place.left, row);
  }

  #hover(event) {
    const node = this.#nodeAt(event);
    this.#scroller.classList.toggle('over-frame', node >= 0);
    if (node < 0) {
      this.#leave();
      return;
    }
    this.#place(this.#hoverMark, node);
    this.#hoverMark.hidden = false;
    this.#handlers.tooltip.show(this.#tree, node, this.#painter.colourOf(this.#tree, node, null), event.clientX, event.clientY);
  }

  #leave() {
    this.#hoverMark.hidden = true;
    this.#handlers.tooltip.hide();
  }

  #click(event) {
    const node = this.#nodeAt(event);
    if (node < 0) return;
    this.#focus = node;
    this.#handlers.zoom(nodeKey(this.#tree, node));
  }

  #key(event) {
    if (this.#tree === null || this.#tree.count === 0 || event.ctrlKey || event.metaKey || event.altKey) return;
    const view = this.#view();
    switch (event.key) {
      case 'ArrowDown': this.#focusOn(childOf(this.#tree, view, this.#focus)); break;
      case 'ArrowUp': this.#focusOn(parentOf(this.#tree, this.#focus)); break;
      case 'ArrowRight': this.#focusOn(siblingOf(this.#tree, view, this.#focus, 1)); break;
      case 'ArrowLeft': this.#focusOn(siblingOf(this.#tree, view, this.#focus, -1)); break;
      case 'Home': this.#focusOn(0); break;
      case 'Enter': this.#handlers.zoom(nodeKey(this.#tree, this.#focus)); break;
      case 'Escape':
      case 'Backspace': this.#handlers.zoom(''); break;
      case 'n': this.focusMatch(1); break;
      case 'N': this.focusMatch(-1); break;
      default: return;
    }
    event.preventDefault();
  }

  #focusOn(node) {
    this.#focus = node;
    this.#leave();
    const top = this.#tree.depth[node] * ROW_PIXELS;
    const { scrollTop, clientHeight } = this.#scroller;
    if (top < scrollTop) this.#scroller.scrollTop = top;
    else if (top + ROW_PIXELS > scrollTop + clientHeight) this.#scroller.scrollTop = top + ROW_PIXELS - clientHeight;
    this.#place(this.#focusMark, node);
    this.#focusMark.hidden = false;
    this.#handlers.say(sentenceOf(this.#tree, node));
  }

  #showFocus(visible) {
    // A mouse user has the hover mark; the focus mark is the keyboard's.
    this.#focusMark.hidden = !(visible && this.#scroller.matches(':focus-visible'));
    if (!this.#focusMark.hidden && this.#tree?.count > 0) this.#handlers.say(sentenceOf(this.#tree, this.#focus));
  }

  #place(mark, node) {
    const view = this.#view();
    const scale = scaleOf(this.#tree, view);
    const above = this.#tree.depth[node] < this.#tree.depth[view.zoom];
    const left = above ? 0 : (this.#tree.start[node] - this.#tree.start[view.zoom]) * scale;
    const right = above ? view.width : left + this.#tree.totals[node] * scale;
    const seenLeft = Math.min(view.width, Math.max(0, left));
    mark.style.left = `${seenLeft}px`;
    mark.style.width = `${Math.max(0, Math.min(view.width, right) - seenLeft - 1)}px`;
    mark.style.top = `${this.#tree.depth[node] * ROW_PIXELS}px`;
    mark.style.height = `${ROW_PIXELS - 1}px`;
  }
}

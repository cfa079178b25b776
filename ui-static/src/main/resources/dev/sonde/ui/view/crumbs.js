// The way from the root to the zoomed frame; a click goes back to a frame on it.

import { shortName } from '../flame/label.js';
import { pathTo } from '../flame/tree.js';
import { element } from './dom.js';

/** Callers nearest to the zoomed frame that are shown; a stack may be a thousand deep. */
const MOST_CRUMBS = 5;

export function showCrumbs(host, tree, zoom, onChoose) {
  if (zoom === 0) {
    host.replaceChildren(element('span', { class: 'hint' }, 'Click a frame to zoom. Arrow keys walk the graph, Enter zooms, / searches.'));
    return;
  }
  const path = pathTo(tree, zoom);
  const shown = path.length > MOST_CRUMBS + 1 ? [path[0], -1, ...path.slice(-MOST_CRUMBS)] : path;
  const crumbs = shown.map((node) => {
    if (node < 0) return element('span', { class: 'crumb-gap' }, `… ${path.length - MOST_CRUMBS - 1} more`);
    const name = tree.names[tree.name[node]];
    if (node === zoom) return element('span', { class: 'crumb here', title: name, 'aria-current': 'true' }, shortName(name));
    return element('button', { type: 'button', class: 'crumb', title: name, click: () => onChoose(node) }, shortName(name));
  });
  host.replaceChildren(...crumbs, element('button', { type: 'button', class: 'button small', title: 'Escape', click: () => onChoose(0) }, 'Reset zoom'));
}

/** Says that the zoomed frame of the address is not in what the server answered. */
export function showLostZoom(host, key, onForget) {
  host.replaceChildren(
    element('span', { class: 'crumb-gap' }, `${shortName(key.slice(key.indexOf('~') + 1))} is not in this range by this path; all frames are shown.`),
    element('button', { type: 'button', class: 'button small', click: onForget }, 'Forget it'));
}

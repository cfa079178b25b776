// What stands in the graph's place when there is none: why, and what helps.

import { formatSpan, formatTime } from '../data/format.js';
import { element } from './dom.js';

export class Notice {
  #host;

  constructor(host) {
    this.#host = host;
  }

  hide() {
    this.#host.hidden = true;
  }

  refused(message) {
    this.#show('The server refused this question', [message]);
  }

  fault(message, onRetry) {
    this.#show('This did not work', [message], element('button', { type: 'button', class: 'button strong', click: onRetry }, 'Try again'));
  }

  noProfilesYet() {
    this.#show('No profiles yet', ['The server runs but has received nothing so far. This page looks again every few seconds.'],
      element('pre', {}, `./sonde agent --server ${location.origin}`),
      element('p', {}, 'or send one by hand:'),
      element('pre', {}, `curl --data-binary @cpu.pb.gz '${location.origin}/api/v1/profiles?label=service=NAME'`));
  }

  /** @param latest as Loader.latestData answers @param {(from: string, to: string) => void} onGo */
  noSamples(query, latest, now, onGo) {
    const lines = [`${query} has no samples in this range.`];
    const actions = [];
    if (latest.matching !== null) {
      lines.push(`Its latest data is from ${formatTime(latest.matching, now)}, about ${formatSpan(Math.max(1, now - latest.matching))} ago.`);
      actions.push(element('button', { type: 'button', class: 'button strong', click: () => onGo(String(latest.matching), String(latest.matching + 3600)) }, 'Go there'));
    } else if (latest.any !== null) {
      lines.push('In the last 30 days no series had these labels, but the profile type has data. Is a label or value mistyped?');
    } else {
      lines.push('Nothing of this profile type arrived in the last 30 days.');
    }
    this.#show('No samples here', lines, ...actions);
  }

  #show(title, lines, ...more) {
    this.#host.replaceChildren(element('h2', {}, title), ...lines.map((line) => element('p', {}, line)), ...more);
    this.#host.hidden = false;
  }
}

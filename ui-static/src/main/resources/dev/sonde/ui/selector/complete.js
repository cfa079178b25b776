// What may come next in a selector, and the text after choosing it.

import { scan } from './scan.js';

/** A list longer than this is not read; typing on shortens it. */
const MOST_OPTIONS = 50;

const OPERATORS = [['=', 'is'], ['!=', 'is not'], ['=~', 'matches'], ['!~', 'does not match']];

/**
 * @typedef {object} Option
 * @property {string} shown the word in the list
 * @property {string} detail a remark beside it
 * @property {string} text the selector once it is chosen
 * @property {number} cursor where typing goes on
 */

/**
 * @param {string} text the selector so far
 * @param {number} cursor
 * @param {string[]} types words that select a profile type
 * @param {Object<string, string[]>} labels values per label name
 * @param {Set<string>} cut labels that have more values than these
 * @returns {Option[]}
 */
export function complete(text, cursor, types, labels, cut = new Set()) {
  const place = scan(text, cursor);
  switch (place.kind) {
    case 'type': return ranked(types, place.prefix).map((type) => typeOption(text, place, type));
    case 'label': return labelOptions(text, place, labels, cut);
    case 'operator': return operatorOptions(text, place);
    case 'value': return ranked(labels[place.label] ?? [], unescape(place.prefix)).map((value) => valueOption(text, place, value));
    default: return afterOptions(text, cursor);
  }
}

/** What the list cannot offer at the cursor, in words; "" where it is whole. */
export function cutHint(text, cursor, labels, cut) {
  const place = scan(text, cursor);
  if (place.kind !== 'value' || !cut.has(place.label)) return '';
  return `${place.label} has more than ${labels[place.label].length} values: others can be typed, or matched with =~`;
}

/** Those that start with the prefix, then those that contain it, letter case aside. */
function ranked(words, prefix) {
  const wanted = prefix.toLowerCase();
  const starts = words.filter((word) => word.toLowerCase().startsWith(wanted));
  const contains = words.filter((word) => word.toLowerCase().indexOf(wanted) > 0);
  return [...starts, ...contains].slice(0, MOST_OPTIONS);
}

function typeOption(text, place, type) {
  const rest = text.slice(place.to);
  return { shown: type, detail: 'profile type', text: type + (rest === '' ? '{}' : rest), cursor: type.length + 1 };
}

function labelOptions(text, place, labels, cut) {
  const names = Object.keys(labels).sort();
  const options = ranked(names, place.prefix).map((name) => labelOption(text, place, name, countWords(labels[name].length, cut.has(name))));
  if (names.includes(place.prefix) && place.prefix === place.label) {
    options.push(...operatorOptions(text, { ...place, from: place.to, prefix: '' }));
  }
  return options;
}

function countWords(values, isCut) {
  if (isCut) return `more than ${values} values`;
  return values === 1 ? '1 value' : `${values} values`;
}

function labelOption(text, place, name, detail) {
  const rest = text.slice(place.to);
  const hasOperator = /^\s*[=!]/.test(rest);
  const added = hasOperator ? name : `${name}="`;
  return { shown: name, detail, text: text.slice(0, place.from) + added + rest, cursor: place.from + added.length };
}

function operatorOptions(text, place) {
  const rest = text.slice(place.to);
  const quote = rest.trimStart().startsWith('"') ? '' : '"';
  return OPERATORS.filter(([sign]) => sign.startsWith(place.prefix)).map(([sign, words]) => {
    const added = sign + quote;
    return { shown: sign, detail: words, text: text.slice(0, place.from) + added + rest, cursor: place.from + added.length };
  });
}

function valueOption(text, place, value) {
  const head = `${text.slice(0, place.from)}"${escape(value)}"`;
  const rest = text.slice(place.to).trimStart();
  return { shown: value, detail: '', text: head + (/^[,}]/.test(rest) ? rest : `}`), cursor: head.length };
}

function afterOptions(text, cursor) {
  const next = text.slice(cursor).trimStart()[0];
  if (next === ',') return [];
  const head = `${text.slice(0, cursor)}, `;
  const options = [{ shown: ',', detail: 'and another label', text: head + text.slice(cursor), cursor: head.length }];
  if (next !== '}') options.push({ shown: '}', detail: 'end', text: `${text.slice(0, cursor)}}`, cursor: cursor + 1 });
  return options;
}

function escape(value) {
  return value.replace(/[\\"]/g, '\\$&').replace(/\n/g, '\\n');
}

function unescape(value) {
  return value.replace(/\\(.)/g, '$1');
}

/** The word before the braces: a type, or type.sampletype. */
export function typeOf(selector) {
  const brace = selector.indexOf('{');
  return (brace < 0 ? selector : selector.slice(0, brace)).trim();
}

/** The same labels of another type. */
export function withType(selector, type) {
  const brace = selector.indexOf('{');
  return type + (brace < 0 ? '{}' : selector.slice(brace));
}

/** The whole type, without labels. */
export function withoutLabels(selector) {
  return `${typeOf(selector)}{}`;
}

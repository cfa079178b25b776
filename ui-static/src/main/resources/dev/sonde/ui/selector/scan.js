// Where in a half-typed selector the cursor stands. The server alone judges whether one is right.

/**
 * @typedef {object} Place
 * @property {'type'|'label'|'operator'|'value'|'after'} kind what may be typed here
 * @property {number} from start of the word at the cursor
 * @property {number} to its end
 * @property {string} prefix what of it stands before the cursor, without the quote
 * @property {string} label the label that a value or operator belongs to
 */

const NAME = /[A-Za-z0-9_.]/;
const OPERATOR = /[=!~]/;

/** @returns {Place} for text such as cpu{service="ap and a cursor in it */
export function scan(text, cursor) {
  const brace = text.indexOf('{');
  if (brace < 0 || cursor <= brace) {
    const to = brace < 0 ? text.length : brace;
    return place('type', 0, to, text.slice(0, cursor).trim(), '');
  }
  let at = brace + 1;
  for (;;) {
    at = skip(text, at, /[\s,]/);
    const matcher = scanMatcher(text, at);
    if (cursor <= matcher.end || matcher.end >= text.length) return within(text, cursor, at, matcher);
    at = matcher.end > at ? matcher.end : at + 1;
    if (at > text.length) return place('after', cursor, cursor, '', '');
  }
}

function scanMatcher(text, start) {
  const labelEnd = skip(text, start, NAME);
  const operatorStart = skip(text, labelEnd, /\s/);
  const operatorEnd = skip(text, operatorStart, OPERATOR);
  const valueStart = skip(text, operatorEnd, /\s/);
  const end = operatorEnd > operatorStart ? valueEnd(text, valueStart) : labelEnd;
  return { label: text.slice(start, labelEnd), labelEnd, operatorStart, operatorEnd, valueStart, end };
}

function valueEnd(text, start) {
  if (text[start] !== '"') return start;
  for (let i = start + 1; i < text.length; i++) {
    if (text[i] === '\\') i++;
    else if (text[i] === '"') return i + 1;
  }
  return text.length;
}

function within(text, cursor, start, matcher) {
  const { label, labelEnd, operatorStart, operatorEnd, valueStart, end } = matcher;
  if (cursor < start) return place('label', cursor, cursor, '', '');
  if (cursor <= labelEnd) return place('label', start, labelEnd, text.slice(start, cursor), label);
  if (operatorEnd === operatorStart) return place(label ? 'operator' : 'after', cursor, cursor, '', label);
  if (cursor < operatorEnd) return place('operator', operatorStart, operatorEnd, text.slice(operatorStart, cursor), label);
  const quoted = text[valueStart] === '"';
  const closed = quoted && end - valueStart > 1 && text[end - 1] === '"' && text[end - 2] !== '\\';
  if (closed && cursor === end) return place('after', cursor, cursor, '', label);
  const prefix = quoted ? text.slice(valueStart + 1, Math.max(valueStart + 1, cursor)) : '';
  return place('value', valueStart, end, prefix, label);
}

function place(kind, from, to, prefix, label) {
  return { kind, from, to, prefix, label };
}

function skip(text, start, pattern) {
  let i = start;
  while (i < text.length && pattern.test(text[i])) i++;
  return i;
}

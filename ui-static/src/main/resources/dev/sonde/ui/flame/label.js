// Function names in little space.

/** How V8 writes JavaScript functions into perf maps: "JS:*name /path/file.js:7:14". */
const V8_PREFIX = 'JS:';
/** Names whose dots and slashes part nothing: words in brackets, a file with an offset ("libc.so.6+0x27249"), V8's. */
const WHOLE_NAME = /^\[|^JS:|\+0x[0-9a-f]+$/;

/** Where a name's arguments begin: at its last outermost "(", as in "ns::f<int>(char const*)". */
function withoutArguments(name) {
  if (!name.endsWith(')') && !name.endsWith(') const')) return name;
  let depth = 0;
  for (let i = name.lastIndexOf(')'); i > 0; i--) {
    if (name[i] === ')') depth++;
    if (name[i] === '(' && --depth === 0) return name.slice(0, i);
  }
  return name;
}

/** Positions after each separator of packages, types and paths that stands outside of brackets. */
function partStarts(name) {
  const starts = [0];
  let depth = 0;
  for (let i = 0; i < name.length; i++) {
    const c = name[i];
    if (c === '<' || c === '(' || c === '[') depth++;
    else if (c === '>' || c === ')' || c === ']') depth--;
    else if (depth === 0 && (c === '.' || c === '/')) starts.push(i + 1);
    else if (depth === 0 && c === ':' && name[i + 1] === ':') starts.push(++i + 1);
  }
  return starts;
}

/**
 * A name in two: packages and paths, then what tells it from others. "com.example.Foo.bar" is
 * "com.example." and "Foo.bar", "net/http.(*conn).serve" is "net/http." and "(*conn).serve".
 */
export function splitName(name) {
  if (WHOLE_NAME.test(name)) return ['', name];
  const starts = partStarts(withoutArguments(name));
  const at = starts.at(-2) ?? 0;
  return [name.slice(0, at), name.slice(at)];
}

/** The part that tells a function from others, without its arguments and V8's file and line. */
export function shortName(name) {
  if (name.startsWith(V8_PREFIX)) return name.split(' ', 1)[0];
  return splitName(withoutArguments(name))[1];
}

/** Fits names into pixels by a table of letter widths, since asking the canvas for each would cost more than drawing. */
export class Labels {
  #ascii = new Float64Array(128);
  #other;
  #short = new Map();

  /** @param {(text: string) => number} widthOf pixels of a text in the font that is drawn with */
  constructor(widthOf) {
    for (let c = 32; c < 127; c++) this.#ascii[c] = widthOf(String.fromCharCode(c));
    // Anything else is taken for as wide as a wide letter: too short a label is better than one over its neighbour.
    this.#other = widthOf('W');
  }

  /** The name, its short form, or the start of that with an ellipsis; "" where not even three letters fit. */
  fit(name, pixels) {
    if (this.#width(name, pixels) <= pixels) return name;
    const short = this.#shortOf(name);
    if (this.#width(short, pixels) <= pixels) return short;
    return this.#start(short, pixels - this.#other);
  }

  #shortOf(name) {
    let short = this.#short.get(name);
    if (short === undefined) this.#short.set(name, (short = shortName(name)));
    return short;
  }

  #letter(code) {
    return code < 128 ? this.#ascii[code] : this.#other;
  }

  #width(text, enough) {
    let width = 0;
    for (let i = 0; i < text.length && width <= enough; i++) width += this.#letter(text.charCodeAt(i));
    return width;
  }

  #start(text, pixels) {
    let width = 0;
    let i = 0;
    while (i < text.length && width + this.#letter(text.charCodeAt(i)) <= pixels) width += this.#letter(text.charCodeAt(i++));
    return i < 3 ? '' : `${text.slice(0, i)}…`;
  }
}

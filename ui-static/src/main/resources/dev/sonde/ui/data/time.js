// The API's times: "now", "-15m", RFC 3339, Unix seconds.

const UNIT_SECONDS = { s: 1, m: 60, h: 3600, d: 86400 };
const RFC_3339 = /^\d{4}-\d\d-\d\d[Tt ]\d\d:\d\d(:\d\d(\.\d+)?)?([Zz]|[+-]\d\d:\d\d)?$/;

/**
 * Unix seconds of a time in the API's notation. A date without zone is the reader's own
 * zone: it is typed into the page, never sent.
 * @throws {RangeError} with the words to show
 */
export function parseTime(text, nowSeconds) {
  const trimmed = text.trim();
  if (trimmed === 'now') return nowSeconds;
  const relative = /^-(\d+(?:\.\d+)?)([smhd])$/.exec(trimmed);
  if (relative) return nowSeconds - Number(relative[1]) * UNIT_SECONDS[relative[2]];
  if (/^\d+(\.\d+)?$/.test(trimmed)) return Number(trimmed);
  if (RFC_3339.test(trimmed)) {
    const millis = Date.parse(trimmed.replace(' ', 'T'));
    if (!Number.isNaN(millis)) return millis / 1000;
  }
  throw new RangeError(`time: ${text} (expected: now, -15m, 2026-01-31 14:00 or Unix seconds)`);
}

/** True for a time that moves with the clock. */
export function isRelative(text) {
  return text === 'now' || text.startsWith('-');
}

/**
 * The seconds that a pair of times means now.
 * @returns {{from: number, to: number}}
 * @throws {RangeError} where one is no time, or from is not before to
 */
export function resolveRange(from, to, nowSeconds) {
  const range = { from: parseTime(from, nowSeconds), to: parseTime(to, nowSeconds) };
  if (!(range.from < range.to)) throw new RangeError(`from: ${from} (expected: before to: ${to})`);
  return range;
}

/** Windows are 10 s long; a shorter step would draw empty bars between them. */
const STEPS = [10, 20, 30, 60, 120, 300, 600, 1200, 1800, 3600, 7200, 14400, 21600, 43200, 86400, 604800];

/** The finest step, in seconds, that draws the range in at most so many bars. */
export function chooseStep(rangeSeconds, mostBars) {
  return STEPS.find((step) => rangeSeconds / step <= mostBars) ?? STEPS.at(-1);
}

// Numbers and times as people read them.

const COUNT_STEPS = [[1e12, 'T'], [1e9, 'G'], [1e6, 'M'], [1e4, 'k']];
const BYTE_STEPS = [[2 ** 40, 'TiB'], [2 ** 30, 'GiB'], [2 ** 20, 'MiB'], [2 ** 10, 'KiB']];

/** Three significant digits, without a trailing ".0". */
function digits(value) {
  const size = Math.abs(value);
  if (size === 0) return '0';
  if (size >= 100) return value.toFixed(0);
  return String(Number(value.toPrecision(3)));
}

/** Nanoseconds in the largest unit that leaves a number of at least 1. */
export function formatNanos(nanos) {
  const size = Math.abs(nanos);
  if (size >= 100 * 3600e9) return `${digits(nanos / 86400e9)} d`;
  if (size >= 100 * 60e9) return `${digits(nanos / 3600e9)} h`;
  if (size >= 100e9) return `${digits(nanos / 60e9)} min`;
  if (size >= 1e9) return `${digits(nanos / 1e9)} s`;
  if (size >= 1e6) return `${digits(nanos / 1e6)} ms`;
  if (size >= 1e3) return `${digits(nanos / 1e3)} µs`;
  return `${digits(nanos)} ns`;
}

function stepped(value, steps, rest) {
  const size = Math.abs(value);
  for (const [factor, name] of steps) {
    if (size >= factor) return `${digits(value / factor)} ${name}`;
  }
  return rest(value);
}

/** A value of a profile in its pprof unit ("nanoseconds", "bytes", "count" ...). */
export function formatValue(value, unit) {
  switch (unit) {
    case 'nanoseconds': return formatNanos(value);
    case 'microseconds': return formatNanos(value * 1e3);
    case 'milliseconds': return formatNanos(value * 1e6);
    case 'seconds': return formatNanos(value * 1e9);
    case 'bytes': return stepped(value, BYTE_STEPS, (v) => `${digits(v)} B`);
    case 'count':
    case '': return stepped(value, COUNT_STEPS, formatCount);
    default: return `${stepped(value, COUNT_STEPS, formatCount)} ${unit}`;
  }
}

/** A whole number with thousands separated, the same in every locale. */
export function formatCount(value) {
  return Math.round(value).toString().replace(/\B(?=(\d{3})+$)/g, ',');
}

/** Part of whole as a percentage; what is there but tiny is never shown as 0. */
export function formatShare(part, whole) {
  if (!(whole > 0) || part === 0) return '0%';
  const percent = (100 * part) / whole;
  if (percent < 0.01) return '<0.01%';
  if (percent >= 99.995) return '100%';
  return `${percent >= 10 ? percent.toFixed(1) : percent.toFixed(2)}%`;
}

/**
 * One point of a time line, a sum over stepSeconds, as a rate: nanoseconds of CPU per
 * second are cores; anything else is so much a second.
 */
export function formatRate(sum, unit, stepSeconds) {
  if (unit === 'nanoseconds') {
    const cores = sum / 1e9 / stepSeconds;
    return `${digits(cores)} ${cores === 1 ? 'core' : 'cores'}`;
  }
  const perSecond = sum / stepSeconds;
  const shown = perSecond < 10 && (unit === 'count' || unit === '') ? digits(perSecond) : formatValue(perSecond, unit);
  return `${shown}/s`;
}

const two = (n) => String(n).padStart(2, '0');

/** Local wall-clock time, with the date where it is not today's. */
export function formatTime(seconds, nowSeconds) {
  const time = new Date(seconds * 1000);
  const clock = `${two(time.getHours())}:${two(time.getMinutes())}:${two(time.getSeconds())}`;
  const sameDay = time.toDateString() === new Date(nowSeconds * 1000).toDateString();
  if (sameDay) return clock;
  return `${time.getFullYear()}-${two(time.getMonth() + 1)}-${two(time.getDate())} ${clock}`;
}

const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

/** A mark on a time axis: the clock, or the day where it is another than the mark before's. */
export function formatMark(seconds, before) {
  const time = new Date(seconds * 1000);
  const newDay = before !== undefined && time.toDateString() !== new Date(before * 1000).toDateString();
  if (newDay) return `${time.getDate()} ${MONTHS[time.getMonth()]}`;
  const clock = `${two(time.getHours())}:${two(time.getMinutes())}`;
  return time.getSeconds() === 0 ? clock : `${clock}:${two(time.getSeconds())}`;
}

/** A length of time in its two largest units: "45 s", "3 min 10 s", "1 d 6 h". */
export function formatSpan(seconds) {
  const whole = Math.round(seconds);
  const units = [[86400, 'd'], [3600, 'h'], [60, 'min'], [1, 's']];
  const largest = units.findIndex(([size]) => whole >= size);
  if (largest < 0) return formatNanos(seconds * 1e9);
  const words = [];
  let rest = whole;
  for (const [size, name] of units.slice(largest, largest + 2)) {
    const count = Math.floor(rest / size);
    if (count > 0) words.push(`${count} ${name}`);
    rest -= count * size;
  }
  return words.join(' ');
}

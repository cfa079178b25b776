import assert from 'node:assert/strict';
import { test } from 'node:test';
import { DEFAULTS, fromUrl, toUrl } from '../../main/resources/dev/sonde/ui/app/state.js';
import { Api, ApiError } from '../../main/resources/dev/sonde/ui/data/api.js';
import { formatCount, formatRate, formatShare, formatSpan, formatValue } from '../../main/resources/dev/sonde/ui/data/format.js';
import { chooseStep, parseTime, resolveRange } from '../../main/resources/dev/sonde/ui/data/time.js';
import { rowsOf } from '../../main/resources/dev/sonde/ui/view/table-view.js';

test('a state survives its URL', () => {
  const states = [
    {}, { query: 'cpu{service="a b&c",v!~"x|ü"}' }, { from: '-1h', view: 'both', live: true, sort: 'name' },
    { from: '1700000000', to: '1700000600.5', pick: [1700000010, 1700000020.5] }, { zoom: '1x~std::f<a>(b&)', search: '^a+$#%' },
  ];
  for (const change of states) {
    const state = { ...DEFAULTS, ...change };
    assert.deepEqual(fromUrl(toUrl(state)), state);
  }
});

test('defaults leave no trace in the URL, and nonsense in it becomes a default', () => {
  assert.equal(toUrl(DEFAULTS), '');
  assert.deepEqual(fromUrl('?view=cube&pick=9-3&live=maybe&pick=x'), { ...DEFAULTS });
});

test('times', () => {
  const now = 1_000_000;
  assert.equal(parseTime('now', now), now);
  assert.equal(parseTime(' -15m ', now), now - 900);
  assert.equal(parseTime('-1.5h', now), now - 5400);
  assert.equal(parseTime('-7d', now), now - 604800);
  assert.equal(parseTime('1700000000.25', now), 1700000000.25);
  assert.equal(parseTime('2026-01-31T14:00:00Z', now), Date.UTC(2026, 0, 31, 14) / 1000);
  assert.equal(parseTime('2026-01-31T14:00:00+02:00', now), Date.UTC(2026, 0, 31, 12) / 1000);
  assert.equal(parseTime('2026-01-31 14:00', now), new Date(2026, 0, 31, 14).getTime() / 1000);
  for (const wrong of ['', 'yesterday', '-1w', '--1h', '2026-13-01 00:00', '1e9', 'now-1h']) assert.throws(() => parseTime(wrong, now), /expected: now/, wrong);
});

test('a range that ends before it starts is refused', () => {
  assert.deepEqual(resolveRange('-1h', 'now', 7200), { from: 3600, to: 7200 });
  assert.throws(() => resolveRange('now', '-1h', 7200), /from: now \(expected: before to: -1h\)/);
});

test('steps are whole windows and bound the bars', () => {
  assert.equal(chooseStep(300, 180), 10);
  assert.equal(chooseStep(86400, 180), 600);
  for (const range of [60, 900, 3600, 86400, 30 * 86400]) assert.ok(range / chooseStep(range, 180) <= 180);
  assert.equal(chooseStep(1e12, 180), 604800);
});

test('values in their units', () => {
  const values = [
    [0, 'nanoseconds', '0 ns'], [950, 'nanoseconds', '950 ns'], [1500, 'nanoseconds', '1.5 µs'], [52.6e6, 'nanoseconds', '52.6 ms'],
    [12.34e9, 'nanoseconds', '12.3 s'], [434e9, 'nanoseconds', '7.23 min'], [7 * 3600e9, 'nanoseconds', '7 h'], [400 * 3600e9, 'nanoseconds', '16.7 d'],
    [1536, 'bytes', '1.5 KiB'], [5 * 2 ** 30, 'bytes', '5 GiB'], [9999, 'count', '9,999'], [1234567, 'count', '1.23 M'], [12, 'objects', '12 objects'],
  ];
  for (const [value, unit, words] of values) assert.equal(formatValue(value, unit), words);
  assert.equal(formatCount(1234567), '1,234,567');
});

test('a share that is there is never shown as none', () => {
  assert.equal(formatShare(1, 1e9), '<0.01%');
  assert.equal(formatShare(0, 10), '0%');
  assert.equal(formatShare(5, 0), '0%');
  assert.equal(formatShare(10, 10), '100%');
  assert.equal(formatShare(1, 3), '33.3%');
  assert.equal(formatShare(1, 30), '3.33%');
});

test('rates and spans', () => {
  assert.equal(formatRate(5e9, 'nanoseconds', 10), '0.5 cores');
  assert.equal(formatRate(10e9, 'nanoseconds', 10), '1 core');
  assert.equal(formatRate(20480, 'bytes', 10), '2 KiB/s');
  assert.equal(formatRate(19, 'count', 10), '1.9/s');
  assert.equal(formatSpan(900), '15 min');
  assert.equal(formatSpan(190), '3 min 10 s');
  assert.equal(formatSpan(0.25), '250 ms');
});

test('table rows sort both ways and follow the search', () => {
  const answer = { functions: [{ name: 'b', kind: 'native', flat: 1, cum: 9 }, { name: 'a', kind: 'kernel', flat: 5, cum: 5 }, { name: 'c', kind: 'native', flat: 5, cum: 7 }] };
  const names = (sort, pattern = null) => rowsOf(answer, sort, pattern).map((row) => row.name).join('');
  assert.equal(names('-flat'), 'cab');
  assert.equal(names('-cum%'), 'bca');
  assert.equal(names('name'), 'abc');
  assert.equal(names('-name'), 'cba');
  assert.equal(names('nonsense'), 'bac');
  assert.equal(names('name', /[ac]/), 'ac');
});

/** What fetch answers: the browser's own Response, without a server. */
const apiAnswering = (body, options) => {
  const asked = [];
  const api = new Api((url) => {
    asked.push(url);
    return Promise.resolve(new Response(body, options));
  });
  return { api, asked };
};

test('requests carry the selector and the seconds', async () => {
  const { api, asked } = apiAnswering('{"series":[]}', { status: 200 });
  await api.series('cpu{a="b&c"}', { from: 1.23456, to: 10 }, 10);
  assert.equal(asked[0], 'api/v1/series?query=cpu%7Ba%3D%22b%26c%22%7D&from=1.235&to=10&step=10');
  assert.equal(api.pprofUrl('cpu{}', { from: 1, to: 2 }), 'pprof?query=cpu%7B%7D&from=1&to=2');
});

test('labels tell which of them are cut', async () => {
  const labels = async (header) => {
    const headers = header ? { 'sonde-cut-labels': header } : {};
    const { api } = apiAnswering('{"a,b":["1","2"],"c":["1"],"d":["3","4"]}', { status: 200, headers });
    return (await api.labels('cpu{}', { from: 1, to: 2 })).cut;
  };
  assert.deepEqual(await labels(''), new Set());
  assert.deepEqual(await labels('a%2Cb'), new Set(['a,b']));
  assert.deepEqual(await labels('a%2Cb,...'), new Set(['a,b', 'd']));
});

test('a refusal brings its words and column', async () => {
  const { api } = apiAnswering('{"error":"label: 1x (expected: a name)","column":5}', { status: 400 });
  await assert.rejects(api.top('cpu{1x}', { from: 1, to: 2 }, 10), (error) =>
    error instanceof ApiError && error.status === 400 && error.column === 5 && error.message === 'label: 1x (expected: a name)');
});

test('an answer that is not the API\'s is told by its status, a dead server by words', async () => {
  const { api } = apiAnswering('<html>bad gateway</html>', { status: 502, statusText: 'Bad Gateway' });
  await assert.rejects(api.types(), { message: 'The server answered 502 Bad Gateway' });
  const dead = new Api(() => Promise.reject(new TypeError('Failed to fetch')));
  await assert.rejects(dead.types(), { message: 'The server does not answer. Is it running?', status: 0 });
});

test('now is the server\'s now', async () => {
  const { api } = apiAnswering('{"types":[]}', { status: 200, headers: { Date: 'Sat, 31 Jan 2026 14:00:00 GMT' } });
  await api.types();
  assert.ok(Math.abs(api.now() - Date.UTC(2026, 0, 31, 14) / 1000) < 60);
});

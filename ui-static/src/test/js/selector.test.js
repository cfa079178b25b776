import assert from 'node:assert/strict';
import { test } from 'node:test';
import { complete, cutHint, typeOf, withType, withoutLabels } from '../../main/resources/dev/sonde/ui/selector/complete.js';
import { scan } from '../../main/resources/dev/sonde/ui/selector/scan.js';

const TYPES = ['cpu', 'cpu.samples', 'alloc'];
const LABELS = { service: ['api', 'api-gateway', 'worker'], host: ['a'], version: ['1.2', 'say "hi"'] };

/** "|" is the cursor. */
function at(marked) {
  return [marked.replace('|', ''), marked.indexOf('|')];
}

const placeAt = (marked) => scan(...at(marked));
const optionsAt = (marked) => complete(...at(marked), TYPES, LABELS);
const choose = (marked, shown) => {
  const option = optionsAt(marked).find((candidate) => candidate.shown === shown);
  assert.ok(option, `${shown} is not offered at ${marked}`);
  return `${option.text.slice(0, option.cursor)}|${option.text.slice(option.cursor)}`;
};

test('the cursor\'s place', () => {
  const places = {
    '|': ['type', ''], 'cp|': ['type', 'cp'], 'cpu|{}': ['type', 'cpu'],
    'cpu{|}': ['label', ''], 'cpu{ser|': ['label', 'ser'], 'cpu{ser|vice="x"}': ['label', 'ser'],
    'cpu{service=|': ['value', ''], 'cpu{service!|': ['value', ''], 'cpu{service="a|': ['value', 'a'], 'cpu{service=~"a|pi"}': ['value', 'a'],
    'cpu{service="api"|': ['after', ''], 'cpu{service="api"|}': ['after', ''], 'cpu{service="api",|': ['label', ''], 'cpu{service="api", ho|}': ['label', 'ho'],
    'cpu{service="a,b}",host="|"}': ['value', ''], 'cpu{service="a\\"b|': ['value', 'a\\"b'],
  };
  for (const [marked, [kind, prefix]] of Object.entries(places)) {
    const place = placeAt(marked);
    assert.deepEqual([place.kind, place.prefix], [kind, prefix], marked);
  }
});

test('any text with any cursor has a place and options that keep the cursor inside', () => {
  let seed = 1;
  const random = (below) => (seed = (Math.imul(seed, 1103515245) + 12345) >>> 0) % below;
  const letters = 'cpu{service="a\\",!~ }\n=é';
  for (let round = 0; round < 5000; round++) {
    const text = Array.from({ length: random(24) }, () => letters[random(letters.length)]).join('');
    const cursor = random(text.length + 1);
    for (const option of complete(text, cursor, TYPES, LABELS)) assert.ok(option.cursor >= 0 && option.cursor <= option.text.length, text);
  }
});

test('a type brings its braces', () => {
  assert.equal(choose('al|', 'alloc'), 'alloc{|}');
  assert.equal(choose('cp|{host="a"}', 'cpu'), 'cpu{|host="a"}');
});

test('names come first where they start with what is typed', () => {
  assert.deepEqual(optionsAt('cpu{s|').map((option) => option.shown), ['service', 'host', 'version']);
  assert.deepEqual(optionsAt('cpu{service="gate|').map((option) => option.shown), ['api-gateway']);
  assert.deepEqual(optionsAt('cpu{service="zzz|').map((option) => option.shown), []);
});

test('a label, then its value, then the end', () => {
  assert.equal(choose('cpu{se|}', 'service'), 'cpu{service="|}');
  assert.equal(choose('cpu{service="|}', 'worker'), 'cpu{service="worker"|}');
  assert.equal(choose('cpu{service="worker"|}', ','), 'cpu{service="worker", |}');
  assert.equal(choose('cpu{service="worker"|', '}'), 'cpu{service="worker"}|');
});

test('a label before an operator keeps it', () => {
  assert.equal(choose('cpu{ho|!="a"}', 'host'), 'cpu{host|!="a"}');
});

test('a value in the middle is replaced whole', () => {
  assert.equal(choose('cpu{service="a|pi",host="a"}', 'api-gateway'), 'cpu{service="api-gateway"|,host="a"}');
});

test('quotes in values are escaped', () => {
  assert.equal(choose('cpu{version="say|', 'say "hi"'), 'cpu{version="say \\"hi\\""|}');
});

test('a finished label offers the operators', () => {
  assert.equal(choose('cpu{service|}', '!~'), 'cpu{service!~"|}');
});

test('a type is changed without its labels', () => {
  assert.equal(withType('cpu{a="b"}', 'alloc'), 'alloc{a="b"}');
  assert.equal(withType('', 'alloc'), 'alloc{}');
  assert.equal(typeOf(' cpu.samples {a="b"}'), 'cpu.samples');
  assert.equal(withoutLabels('cpu{a="b"}'), 'cpu{}');
});

test('values that the list does not have are told', () => {
  const cut = new Set(['service']);
  const hintAt = (marked) => cutHint(...at(marked), LABELS, cut);
  assert.match(hintAt('cpu{service="zzz|'), /^service has more than 3 values: others can be typed/);
  assert.equal(hintAt('cpu{host="|'), '');
  assert.equal(hintAt('cpu{ser|'), '');
  const details = complete(...at('cpu{|'), TYPES, LABELS, cut).map((option) => `${option.shown}: ${option.detail}`);
  assert.deepEqual(details, ['host: 1 value', 'service: more than 3 values', 'version: 2 values']);
});

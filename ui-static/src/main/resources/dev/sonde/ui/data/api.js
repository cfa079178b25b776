// The server's HTTP API. Nothing else in the page does requests.

/** An answer that is not one: words for the reader, the HTTP status (0: no answer at all), and the selector's column if the server named it. */
export class ApiError extends Error {
  constructor(message, status, column) {
    super(message);
    this.name = 'ApiError';
    this.status = status;
    this.column = column;
  }
}

/** Below this the Date header (whole seconds) and the way there explain the difference. */
const SKEW_IGNORED_SECONDS = 5;

export class Api {
  #fetch;
  #skewSeconds = 0;

  constructor(fetchFunction = (url, options) => fetch(url, options)) {
    this.#fetch = fetchFunction;
  }

  /** Unix seconds by the server's clock, which stamped the profiles. */
  now() {
    return Date.now() / 1000 + this.#skewSeconds;
  }

  types(signal) {
    return this.#get('api/v1/types', {}, signal).then((answer) => answer.types ?? []);
  }

  /** @returns {Promise<{values: Object<string, string[]>, cut: Set<string>}>} cut: labels that have more values than are given */
  async labels(query, range, signal) {
    const response = await this.#ask('api/v1/labels', { query, ...seconds(range) }, signal);
    const values = await response.json();
    return { values, cut: cutLabels(response.headers.get('sonde-cut-labels'), values) };
  }

  series(query, range, step, signal) {
    return this.#get('api/v1/series', { query, ...seconds(range), step }, signal);
  }

  flame(query, range, minShare, signal) {
    return this.#get('api/v1/flame', { query, ...seconds(range), min_share: minShare }, signal);
  }

  top(query, range, limit, signal) {
    return this.#get('api/v1/top', { query, ...seconds(range), limit }, signal);
  }

  pprofUrl(query, range) {
    return address('pprof', { query, ...seconds(range) });
  }

  collapsedUrl(query, range) {
    return address('api/v1/flame', { query, ...seconds(range), format: 'collapsed' });
  }

  async #get(path, parameters, signal) {
    return (await this.#ask(path, parameters, signal)).json();
  }

  async #ask(path, parameters, signal) {
    let response;
    try {
      response = await this.#fetch(address(path, parameters), { signal, headers: { Accept: 'application/json' } });
    } catch (failure) {
      if (failure.name === 'AbortError') throw failure;
      throw new ApiError('The server does not answer. Is it running?', 0);
    }
    this.#noteClock(response.headers.get('Date'));
    if (!response.ok) throw await refusal(response);
    return response;
  }

  #noteClock(date) {
    const server = Date.parse(date ?? '') / 1000;
    if (Number.isNaN(server)) return;
    const skew = server - Date.now() / 1000;
    this.#skewSeconds = Math.abs(skew) < SKEW_IGNORED_SECONDS ? 0 : skew;
  }
}

function seconds(range) {
  return { from: stamp(range.from), to: stamp(range.to) };
}

function stamp(unixSeconds) {
  return String(Math.round(unixSeconds * 1000) / 1000);
}

/** The header has no room for very many names: then "..." is its last, and the others are as long as those it names. */
function cutLabels(header, values) {
  if (!header) return new Set();
  const named = header.split(',').map(decodeURIComponent);
  if (named.at(-1) !== '...') return new Set(named);
  const length = values[named[0]]?.length;
  return new Set(Object.keys(values).filter((name) => values[name].length === length));
}

function address(path, parameters) {
  return `${path}?${new URLSearchParams(parameters)}`;
}

async function refusal(response) {
  const text = await response.text();
  try {
    const body = JSON.parse(text);
    if (typeof body.error === 'string') return new ApiError(body.error, response.status, body.column);
  } catch {
    // Not the API's own refusal: a proxy's page, or a crash. The status says more than its HTML.
  }
  return new ApiError(`The server answered ${response.status} ${response.statusText}`.trim(), response.status);
}

// Building elements. Text goes in as text, so that no name from a profile becomes markup.

/** An element with properties ("class", "data-x", "aria-x" and other attributes; functions listen) and children. */
export function element(tag, properties = {}, ...children) {
  const made = document.createElement(tag);
  for (const [key, value] of Object.entries(properties)) {
    if (typeof value === 'function') made.addEventListener(key, value);
    else if (value === true) made.setAttribute(key, '');
    else if (value !== false && value != null) made.setAttribute(key, value);
  }
  made.append(...children);
  return made;
}

/** The page's element of an id. */
export function byId(id) {
  return document.getElementById(id);
}

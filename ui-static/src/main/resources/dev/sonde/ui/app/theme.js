// Light or dark: the system's choice until the reader makes one.

const KEY = 'sonde-theme';
const systemDark = matchMedia('(prefers-color-scheme: dark)');
const chosen = () => {
  try {
    return localStorage.getItem(KEY);
  } catch {
    return null; // Storage may be forbidden; then the choice lasts as long as the page.
  }
};

/** The theme in force, "light" or "dark". */
export function themeNow() {
  return document.documentElement.dataset.theme ?? (systemDark.matches ? 'dark' : 'light');
}

/** Applies a choice made earlier, lets the button toggle it, and tells of each change. */
export function watchTheme(button, onChange) {
  const earlier = chosen();
  if (earlier === 'light' || earlier === 'dark') document.documentElement.dataset.theme = earlier;
  systemDark.addEventListener('change', onChange);
  button.addEventListener('click', () => {
    const next = themeNow() === 'dark' ? 'light' : 'dark';
    document.documentElement.dataset.theme = next;
    try {
      localStorage.setItem(KEY, next);
    } catch {
      // See above.
    }
    onChange();
  });
}

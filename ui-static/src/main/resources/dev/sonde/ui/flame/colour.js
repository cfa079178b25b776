// Colours of frames: a hue per kind, a shade per name.

import { hashText } from './tree.js';

/** Shades of one kind: enough to tell neighbours apart, few enough to be drawn in batches. */
const SHADES = 10;

/**
 * Hue (degrees) and colourfulness (chroma) in OKLCH, whose lightness is even to the eye, so that
 * no kind looks heavier than another of the same size.
 */
const KINDS = {
  kernel: { hue: 38, chroma: 0.125, words: 'kernel' },
  bpf: { hue: 355, chroma: 0.12, words: 'BPF' },
  vdso: { hue: 75, chroma: 0.1, words: 'vDSO' },
  native: { hue: 252, chroma: 0.1, words: 'native' },
  jit: { hue: 308, chroma: 0.11, words: 'JIT' },
  'jvm-interpreted': { hue: 105, chroma: 0.12, words: 'Java interpreted' },
  'jvm-c1': { hue: 192, chroma: 0.085, words: 'Java C1' },
  'jvm-c2': { hue: 150, chroma: 0.12, words: 'Java C2' },
  'jvm-native': { hue: 225, chroma: 0.1, words: 'Java native' },
  'jvm-stub': { hue: 130, chroma: 0.05, words: 'JVM stub' },
  truncated: { hue: 260, chroma: 0.008, words: 'truncated stack' },
  rest: { hue: 260, chroma: 0.008, words: 'too small to show' },
  other: { hue: 260, chroma: 0.02, words: 'other' },
};

const THEMES = {
  light: { lightness: 0.8, step: 0.014, chroma: 1, text: '#14181f', root: '#d5dae2', cut: '#c9ced6', stripe: '#e4e7ec', match: '#d946b4', matchText: '#ffffff' },
  dark: { lightness: 0.5, step: 0.014, chroma: 0.78, text: '#f2f5f9', root: '#3a4252', cut: '#39404d', stripe: '#2a303b', match: '#e25bc0', matchText: '#1a0915' },
};

/** The kind in words. */
export function kindWords(kind) {
  return (KINDS[kind] ?? KINDS.other).words;
}

/** All colours that a theme ("light" or "dark") draws with. */
export class Palette {
  #shades = new Map();

  constructor(theme) {
    this.theme = THEMES[theme];
    for (const [kind, { hue, chroma }] of Object.entries(KINDS)) {
      const shades = [];
      for (let i = 0; i < SHADES; i++) {
        const away = i - SHADES / 2;
        shades.push(rgbOf(this.theme.lightness + away * this.theme.step, chroma * this.theme.chroma, hue + away * 3.4));
      }
      this.#shades.set(kind, shades);
    }
  }

  /** The colour of a function: always the same for the same kind and name. */
  frame(kind, name) {
    const shades = this.#shades.get(kind) ?? this.#shades.get('other');
    return shades[(hashText(name) >>> 8) % SHADES];
  }

  /** The colour that stands for the kind as a whole. */
  kind(kind) {
    if (kind === 'truncated' || kind === 'rest') return this.theme.cut;
    return (this.#shades.get(kind) ?? this.#shades.get('other'))[SHADES / 2];
  }
}

/** OKLCH to sRGB (https://bottosson.github.io/posts/oklab/), clipped to what a screen can show. */
function rgbOf(lightness, chroma, hueDegrees) {
  const hue = (hueDegrees * Math.PI) / 180;
  const a = chroma * Math.cos(hue);
  const b = chroma * Math.sin(hue);
  const l = (lightness + 0.3963377774 * a + 0.2158037573 * b) ** 3;
  const m = (lightness - 0.1055613458 * a - 0.0638541728 * b) ** 3;
  const s = (lightness - 0.0894841775 * a - 1.291485548 * b) ** 3;
  const red = channel(4.0767416621 * l - 3.3077115913 * m + 0.2309699292 * s);
  const green = channel(-1.2684380046 * l + 2.6097574011 * m - 0.3413193965 * s);
  const blue = channel(-0.0041960863 * l - 0.7034186147 * m + 1.707614701 * s);
  return `rgb(${red}, ${green}, ${blue})`;
}

function channel(linear) {
  const clipped = Math.min(1, Math.max(0, linear));
  const gamma = clipped <= 0.0031308 ? 12.92 * clipped : 1.055 * clipped ** (1 / 2.4) - 0.055;
  return Math.round(gamma * 255);
}

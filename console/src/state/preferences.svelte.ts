// What did this person choose on this machine: theme, language, single-key shortcuts, clock?
export type Theme = 'system' | 'light' | 'dark';
export type Language = 'en' | 'ja' | 'fr';
export interface Preferences {
  theme: Theme;
  language: Language;
  /** Single-key shortcuts can be switched off (WCAG 2.1.4). */
  shortcuts: boolean;
  clock: 'utc' | 'local';
  /** When Home was last looked at, to tell what is new since then. */
  visited: string | null;
  views: SavedView[];
}
export interface SavedView { name: string; url: string }

const KEY = 'cresset.preferences';
const LANGUAGES: readonly Language[] = ['en', 'ja', 'fr'];

export function languageOf(wanted: readonly string[]): Language {
  for (const tag of wanted) {
    const found = LANGUAGES.find((language) => tag.toLowerCase().split('-')[0] === language);
    if (found) return found;
  }
  return 'en';
}

function read(): Preferences {
  const fresh: Preferences = { theme: 'system', language: languageOf(globalThis.navigator?.languages ?? []), shortcuts: true, clock: 'utc', visited: null, views: [] };
  try {
    return { ...fresh, ...(JSON.parse(localStorage.getItem(KEY) ?? '{}') as Partial<Preferences>) };
  } catch {
    return fresh;
  }
}

export const preferences = $state<Preferences>(read());

export function prefer(change: Partial<Preferences>): void {
  Object.assign(preferences, change);
  try {
    localStorage.setItem(KEY, JSON.stringify(preferences));
  } catch {
    // Storage may be closed to us; the choice holds for this page.
  }
  show();
}

export function show(): void {
  const root = document.documentElement;
  if (preferences.theme === 'system') delete root.dataset.theme;
  else root.dataset.theme = preferences.theme;
  root.lang = preferences.language;
}

/** The theme that is on screen now. */
export function themeShown(): 'light' | 'dark' {
  if (preferences.theme !== 'system') return preferences.theme;
  return matchMedia('(prefers-color-scheme: dark)').matches ? 'dark' : 'light';
}

// In which words is this said? By key, in the chosen language, in English where that language has no words for it.
import { preferences, type Language } from '../state/preferences.svelte';
import { en, type Key } from './en';

type Words = Partial<Record<Key, string>>;
const loaded = $state<{ ja: Words; fr: Words }>({ ja: {}, fr: {} });

export async function speak(language: Language): Promise<void> {
  if (language === 'ja') loaded.ja = (await import('./ja')).ja;
  if (language === 'fr') loaded.fr = (await import('./fr')).fr;
}

export type Values = Record<string, string | number>;

export function t(key: Key, values: Values = {}): string {
  const words = preferences.language === 'en' ? en : { ...en, ...loaded[preferences.language] };
  return fill(words[key] ?? en[key], values, preferences.language);
}

/** Puts values in; `{n|one|other}` chooses by number. */
export function fill(text: string, values: Values, language: string): string {
  return text.replace(/\{(\w+)(?:\|([^|}]*)\|([^}]*))?\}/g, (_, name: string, one?: string, other?: string) => {
    const value = values[name] ?? '';
    if (one === undefined || other === undefined) return typeof value === 'number' ? value.toLocaleString(language) : value;
    return new Intl.PluralRules(language).select(Number(value)) === 'one' ? one : other;
  });
}

/** A type of STIX as people say it. */
export function typeName(type: string): string {
  const key = `type.${type}` as Key;
  return key in en ? t(key) : type;
}

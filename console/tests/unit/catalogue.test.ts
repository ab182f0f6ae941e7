// Has every key words, and every language those that it must have?
import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it, vi } from 'vitest';

vi.stubGlobal('localStorage', { getItem: () => null, setItem: () => undefined });
const { en, EVERYWHERE } = await import('../../src/catalogue/en');
const { ja } = await import('../../src/catalogue/ja');
const { fr } = await import('../../src/catalogue/fr');
const { fill } = await import('../../src/catalogue/catalogue.svelte');

const keys = Object.keys(en);
const blanks = (text: string): string[] => [...text.matchAll(/\{(\w+)/g)].map((match) => match[1] ?? '').toSorted();
const root = new URL('../../src/', import.meta.url);
const sources = (readdirSync(root, { recursive: true }) as string[]).filter((name) => /\.(svelte|ts)$/.test(name) && !name.startsWith('catalogue') && !name.endsWith('.d.ts')).map((name) => readFileSync(new URL(name, root), 'utf8')).join('\n');

describe('the catalogue', () => {
  it('has words for every key in English', () => {
    for (const key of keys) expect(en[key as keyof typeof en].trim(), key).not.toBe('');
  });
  it('has English for every key that the sources name outright', () => {
    const named = [...sources.matchAll(/\bt\('([a-z0-9.-]+)'/g)].map((match) => match[1] ?? '');
    expect(named.length).toBeGreaterThan(300);
    expect(named.filter((key) => !keys.includes(key))).toEqual([]);
  });
  it('has no key that nothing uses', () => {
    const made = [...sources.matchAll(/`([a-z]+(?:\.[a-z-]+)*\.)\$\{/g)].map((match) => match[1] ?? '').concat('type.');
    expect(keys.filter((key) => !sources.includes(`'${key}'`) && !made.some((start) => key.startsWith(start)))).toEqual([]);
  });
  for (const [language, words] of [['ja', ja], ['fr', fr]] as const) {
    it(`has navigation, marks and errors in ${language}`, () => {
      const wanted = keys.filter((key) => EVERYWHERE.test(key));
      expect(wanted.length).toBeGreaterThan(80);
      expect(wanted.filter((key) => !words[key as keyof typeof en])).toEqual([]);
    });
    it(`has in ${language} no key that English does not have, and the same blanks`, () => {
      for (const [key, text] of Object.entries(words)) {
        expect(keys, key).toContain(key);
        expect(new Set(blanks(text ?? '')), key).toEqual(new Set(blanks(en[key as keyof typeof en])));
      }
    });
  }
  it('chooses by number, and writes numbers as the language does', () => {
    expect(fill('{n} {n|object|objects}', { n: 1 }, 'en')).toBe('1 object');
    expect(fill('{n} {n|object|objects}', { n: 5000 }, 'en')).toBe('5,000 objects');
  });
});

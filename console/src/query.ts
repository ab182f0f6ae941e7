// What does a query say? Read and written so that facets, histogram and the query bar are three hands on one thing.
export type Comparison = ':' | '>' | '<' | '>=' | '<=';
export interface Term { field: string | null; comparison: Comparison; values: string[]; not: boolean }

export const FIELDS = ['type', 'tlp', 'rel', 'src', 'label', 'in', 'id', 'conf', 'seen', 'created', 'modified', 'added'] as const;
const FORM = /^(-?)([a-z]+)(:|>=|<=|>|<)(.*)$/s;

/** Splits at blanks outside of quotation marks. */
export function split(text: string): string[] {
  return text.match(/(?:[^\s"]+(?:"[^"]*"?)?|"[^"]*"?)+/g) ?? [];
}

const unquote = (value: string): string => value.replace(/^"|"$/g, '');
const quote = (value: string): string => (/[\s",]/.test(value) ? `"${value.replaceAll('"', '')}"` : value);
const list = (text: string): string[] => (text.match(/(?:"[^"]*"?|[^,])+/g) ?? []).map(unquote).filter((value) => value !== '');

export function parse(text: string): Term[] {
  return split(text).map((word) => {
    const match = FORM.exec(word);
    if (match && (FIELDS as readonly string[]).includes(match[2] ?? '')) {
      return { field: match[2] ?? null, comparison: (match[3] ?? ':') as Comparison, values: list(match[4] ?? ''), not: match[1] === '-' };
    }
    return { field: null, comparison: ':', values: [unquote(word)], not: false };
  });
}

export function print(terms: readonly Term[]): string {
  return terms
    .filter((term) => term.values.length > 0)
    .map((term) => (term.field ? `${term.not ? '-' : ''}${term.field}${term.comparison}${term.values.map(quote).join(',')}` : quote(term.values[0] ?? '')))
    .join(' ');
}

export function has(text: string, field: string, value: string): boolean {
  return parse(text).some((term) => term.field === field && term.comparison === ':' && !term.not && term.values.includes(value));
}

/** Adds a value to a field (an "or" within the field), or takes it out when it is there. */
export function toggle(text: string, field: string, value: string): string {
  const terms = parse(text);
  const mine = terms.find((term) => term.field === field && term.comparison === ':' && !term.not);
  if (!mine) return print([...terms, { field, comparison: ':', values: [value], not: false }]);
  mine.values = mine.values.includes(value) ? mine.values.filter((other) => other !== value) : [...mine.values, value];
  return print(terms);
}

/** Replaces every condition on a field by these. */
export function replace(text: string, field: string, conditions: ReadonlyArray<[Comparison, string]>): string {
  const rest = parse(text).filter((term) => term.field !== field);
  return print([...rest, ...conditions.map(([comparison, value]) => ({ field, comparison, values: [value], not: false }))]);
}

export const without = (text: string, field: string): string => replace(text, field, []);

/** The word at the cursor: what completion completes. */
export function wordAt(text: string, at: number): { from: number; until: number; word: string } {
  let from = at;
  while (from > 0 && !/\s/.test(text[from - 1] ?? ' ')) from -= 1;
  let until = at;
  while (until < text.length && !/\s/.test(text[until] ?? ' ')) until += 1;
  return { from, until, word: text.slice(from, until) };
}

/** Puts a completion in the place of the word at the cursor; a finished word is followed by a blank, a field is not. */
export function complete(text: string, at: number, completion: string): { text: string; at: number } {
  const { from, until } = wordAt(text, at);
  const open = /[:<>=]$/.test(completion);
  const inserted = open || text[until] === ' ' ? completion : `${completion} `;
  const next = text.slice(0, from) + inserted + text.slice(until);
  return { text: next, at: from + inserted.length + (!open && text[until] === ' ' ? 1 : 0) };
}

/** The fields that may follow, before the node is asked for values. */
export function fieldCompletions(word: string): string[] {
  if (/[:<>]/.test(word)) return [];
  const marks: Record<string, string> = { conf: '>', seen: '>', created: '>', modified: '>', added: '>' };
  return FIELDS.filter((field) => field.startsWith(word.toLowerCase())).map((field) => `${field}${marks[field] ?? ':'}`);
}

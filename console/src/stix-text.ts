// How is an object shown as it is? Line by line, each with its JSON pointer, its references told from its words; two versions compared.
export interface Piece { text: string; kind: 'key' | 'string' | 'number' | 'word' | 'mark'; ref: string | null }
export interface Line { depth: number; pointer: string; pieces: Piece[] }

const ID = /^[a-z][a-z0-9-]+--[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;
export const isId = (text: string): boolean => ID.test(text);
/** The part of an id by which people tell two of one type apart, where there is nothing better. */
export const shortId = (id: string): string => id.slice(id.indexOf('--') + 2, id.indexOf('--') + 10);
const escape = (key: string): string => key.replaceAll('~', '~0').replaceAll('/', '~1');

export function linesOf(value: unknown): Line[] {
  const lines: Line[] = [];
  walk(value, 0, '', [], '', lines);
  return lines;
}

function walk(value: unknown, depth: number, pointer: string, before: Piece[], after: string, lines: Line[]): void {
  const mark = (text: string): Piece => ({ text, kind: 'mark', ref: null });
  if (value !== null && typeof value === 'object') {
    const list = Array.isArray(value);
    const entries: Array<[string, unknown]> = list ? value.map((one, at) => [String(at), one]) : Object.entries(value as Record<string, unknown>);
    if (entries.length === 0) { lines.push({ depth, pointer, pieces: [...before, mark((list ? '[]' : '{}') + after)] }); return; }
    lines.push({ depth, pointer, pieces: [...before, mark(list ? '[' : '{')] });
    entries.forEach(([key, one], at) => {
      const head: Piece[] = list ? [] : [{ text: `"${key}"`, kind: 'key', ref: null }, mark(': ')];
      walk(one, depth + 1, `${pointer}/${escape(key)}`, head, at < entries.length - 1 ? ',' : '', lines);
    });
    lines.push({ depth, pointer, pieces: [mark((list ? ']' : '}') + after)] });
    return;
  }
  const piece: Piece = typeof value === 'string'
    ? { text: JSON.stringify(value), kind: 'string', ref: isId(value) && pointer !== '/id' ? value : null }
    : { text: String(value), kind: typeof value === 'number' ? 'number' : 'word', ref: null };
  lines.push({ depth, pointer, pieces: [...before, piece, ...(after ? [mark(after)] : [])] });
}

export interface Difference { property: string; before: string | null; after: string | null }

/** What is not the same in two versions, property by property; lists by what joined and what left. */
export function differences(before: Record<string, unknown>, after: Record<string, unknown>): Difference[] {
  const found: Difference[] = [];
  for (const property of new Set([...Object.keys(before), ...Object.keys(after)])) {
    const [one, other] = [before[property], after[property]];
    if (JSON.stringify(one) === JSON.stringify(other)) continue;
    if (Array.isArray(one) && Array.isArray(other)) {
      const [was, is] = [one.map((item) => JSON.stringify(item)), other.map((item) => JSON.stringify(item))];
      const [left, joined] = [was.filter((item) => !is.includes(item)), is.filter((item) => !was.includes(item))];
      found.push({ property, before: left.map(plain).join('\n') || null, after: joined.map(plain).join('\n') || null });
    } else found.push({ property, before: one === undefined ? null : plain(JSON.stringify(one)), after: other === undefined ? null : plain(JSON.stringify(other)) });
  }
  return found;
}

const plain = (json: string): string => { const value: unknown = JSON.parse(json); return typeof value === 'string' ? value : json; };

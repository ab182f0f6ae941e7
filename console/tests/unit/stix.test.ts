// Are objects shown line by line with the right pointers, versions compared, markings ranked, moments written, addresses read?
import { describe, expect, it } from 'vitest';
import { familyOf } from '../../src/families';
import { markingText, rankOf, tlpOf } from '../../src/marking';
import { heatStep } from '../../src/pictures/picture';
import { place } from '../../src/pictures/graph-place';
import { differences, linesOf, shortId } from '../../src/stix-text';
import { absolute, relative } from '../../src/time';
import { parse } from '../../src/state/router.svelte';

const id = 'identity--60a3c5c5-0d10-413e-aab3-9e08dde9e88d';

describe('an object as text', () => {
  it('is called by the beginning of its id where it has no name', () => {
    expect(shortId(id)).toBe('60a3c5c5');
  });
  it('has a JSON pointer for every line', () => {
    const lines = linesOf({ name: 'x', labels: ['a', 'b'], 'a/b~c': 1 });
    expect(lines.map((line) => line.pointer)).toEqual(['', '/name', '/labels', '/labels/0', '/labels/1', '/labels', '/a~1b~0c', '']);
  });
  it('is the same JSON when put together again', () => {
    const value = { name: 'x "quoted"', list: [1, null, { deep: [] }], empty: {}, truth: true };
    expect(JSON.parse(linesOf(value).map((line) => line.pieces.map((piece) => piece.text).join('')).join('\n'))).toEqual(value);
  });
  it('leads to what it refers to, but not to itself', () => {
    const refs = linesOf({ id, created_by_ref: id }).flatMap((line) => line.pieces.map((piece) => piece.ref)).filter(Boolean);
    expect(refs).toEqual([id]);
  });
});
describe('two versions', () => {
  it('differ by what changed, joined and left', () => {
    expect(differences({ name: 'a', labels: ['x', 'y'], gone: 1 }, { name: 'b', labels: ['y', 'z'], fresh: true })).toEqual([
      { property: 'name', before: 'a', after: 'b' }, { property: 'labels', before: 'x', after: 'z' }, { property: 'gone', before: '1', after: null }, { property: 'fresh', before: null, after: 'true' },
    ]);
  });
});
describe('a marking', () => {
  it('is ranked as TLP 2.0 ranks it', () => {
    expect((['clear', 'green', 'amber', 'amber+strict', 'red'] as const).map(rankOf)).toEqual([1, 2, 3, 4, 5]);
    expect(rankOf(null)).toBe(0);
  });
  it('is told by name, and an unknown one is none', () => {
    expect(tlpOf({ tlp: 'TLP:AMBER+STRICT' })).toBe('amber+strict');
    expect(tlpOf({ tlp: 'white' })).toBe(null);
    expect(markingText({ tlp: 'amber', rel: ['NATO', 'JPN'] }, 'none')).toBe('TLP:AMBER REL NATO, JPN');
    expect(markingText({ tlp: null, text: 'NATO SECRET' }, 'none')).toBe('NATO SECRET');
  });
});
describe('small things', () => {
  it('a family is known for every type, unknown ones included', () => {
    expect([familyOf('malware'), familyOf('ipv4-addr'), familyOf('x-acme-thing')]).toEqual(['capability', 'observable', 'context']);
  });
  it('shade grows with the count and none is none', () => {
    expect([0, 1, 10, 40].map((count) => heatStep(count, 40))).toEqual([0, 1, 3, 6]);
  });
  it('a moment is UTC with a Z', () => {
    expect(absolute('2026-11-25T01:02:03.456Z', 'utc')).toBe('2026-11-25 01:02Z');
    expect(absolute('never', 'utc')).toBe('never');
    expect(relative('2026-11-24T23:02:03Z', Date.parse('2026-11-25T01:02:03Z'), 'en')).toBe('2h ago');
  });
  it('an address says which screen and which object', () => {
    expect(parse(`/objects/${id}`, '?tab=stix')).toMatchObject({ screen: 'object', id });
    expect(parse('/releases/', '').screen).toBe('releases');
    expect(parse('/nowhere', '').screen).toBe('unknown');
  });
  it('a node that joins lies beside its neighbour and moves nothing', () => {
    const placed = new Map([['a', { id: 'a', x: 0, y: 0 }], ['b', { id: 'b', x: 400, y: 0 }]]);
    const before = JSON.stringify([...placed.values()]);
    const fresh = place(['c', 'd'], () => ['b'], placed);
    expect(JSON.stringify([placed.get('a'), placed.get('b')])).toBe(before);
    for (const node of fresh) expect(Math.hypot(node.x - 400, node.y)).toBeLessThan(120);
    expect(Math.hypot((fresh[0]?.x ?? 0) - (fresh[1]?.x ?? 0), (fresh[0]?.y ?? 0) - (fresh[1]?.y ?? 0))).toBeGreaterThan(25);
  });
});

// Does a query say what it says, whoever writes it?
import { describe, expect, it } from 'vitest';
import { complete, fieldCompletions, has, parse, print, replace, split, toggle, without, wordAt } from '../../src/query';

describe('a query', () => {
  it('splits at blanks outside of quotation marks', () => {
    expect(split('type:malware "night heron" label:"supply chain",c2')).toEqual(['type:malware', '"night heron"', 'label:"supply chain",c2']);
  });
  it('keeps an open quotation mark as typed so far', () => {
    expect(split('label:"supply ch')).toEqual(['label:"supply ch']);
  });
  it('is read into fields, comparisons and words', () => {
    expect(parse('type:malware,tool -tlp:red conf>=40 heron')).toEqual([
      { field: 'type', comparison: ':', values: ['malware', 'tool'], not: false },
      { field: 'tlp', comparison: ':', values: ['red'], not: true },
      { field: 'conf', comparison: '>=', values: ['40'], not: false },
      { field: null, comparison: ':', values: ['heron'], not: false },
    ]);
  });
  it('takes an unknown field for a word', () => {
    expect(parse('https://x.example:8080')).toEqual([{ field: null, comparison: ':', values: ['https://x.example:8080'], not: false }]);
  });
  it('is printed as it was read', () => {
    for (const text of ['type:malware,tool tlp:amber', 'label:"supply chain" -type:report conf>40', '"night heron"']) expect(print(parse(text))).toBe(text);
  });
  it('gets a value by a facet and loses it by the same', () => {
    expect(toggle('heron', 'type', 'malware')).toBe('heron type:malware');
    expect(toggle('type:malware', 'type', 'tool')).toBe('type:malware,tool');
    expect(toggle('type:malware,tool', 'type', 'malware')).toBe('type:tool');
    expect(toggle('heron type:tool', 'type', 'tool')).toBe('heron');
    expect(has('type:malware,tool', 'type', 'tool')).toBe(true);
    expect(has('-type:tool', 'type', 'tool')).toBe(false);
  });
  it('quotes a value with a blank', () => {
    expect(toggle('', 'src', 'Fjord CERT')).toBe('src:"Fjord CERT"');
  });
  it('has one span of time, whatever was chosen before', () => {
    const once = replace('type:tool added>=2026-01-01', 'added', [['>=', '2026-02-01'], ['<', '2026-03-01']]);
    expect(once).toBe('type:tool added>=2026-02-01 added<2026-03-01');
    expect(without(once, 'added')).toBe('type:tool');
  });
  it('knows the word at the cursor', () => {
    expect(wordAt('type:mal tlp:', 6)).toEqual({ from: 0, until: 8, word: 'type:mal' });
    expect(wordAt('type:mal ', 9).word).toBe('');
  });
  it('is completed in its midst, and goes on behind a blank', () => {
    expect(complete('type:mal tlp:red', 8, 'type:malware')).toEqual({ text: 'type:malware tlp:red', at: 13 });
    expect(complete('ty', 2, 'type:')).toEqual({ text: 'type:', at: 5 });
    expect(complete('type:mal', 8, 'type:malware')).toEqual({ text: 'type:malware ', at: 13 });
  });
  it('offers fields until there is one', () => {
    expect(fieldCompletions('t')).toEqual(['type:', 'tlp:']);
    expect(fieldCompletions('con')).toEqual(['conf>']);
    expect(fieldCompletions('type:m')).toEqual([]);
  });
});

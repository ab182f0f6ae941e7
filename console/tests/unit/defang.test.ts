// Is what a machine would resolve never shown as it is, and everything else as it was?
import { describe, expect, it } from 'vitest';
import { defang, refang, shownName } from '../../src/defang';

describe('defanging', () => {
  it('breaks addresses, names and schemes', () => {
    expect(defang('https://gate.pike-99.example/x?y=1')).toBe('hxxps://gate.pike-99[.]example/x?y=1');
    expect(defang('203.0.113.7')).toBe('203.0.113[.]7');
    expect(defang('mail kenji@fjord.example now')).toBe('mail kenji[@]fjord[.]example now');
    expect(defang("[domain-name:value = 'heron.example']")).toBe("[domain-name:value = 'heron[.]example']");
    expect(defang('ftp://files.example')).toBe('ftp[:]//files.example'.replace('files.example', 'files[.]example'));
  });
  it('leaves prose, file names and versions alone', () => {
    for (const text of ['Seen twice. Then not.', 'loader.exe', 'version 2.1', 'T1059.001', 'e.g. this']) expect(defang(text)).toBe(text);
  });
  it('does nothing twice', () => {
    for (const text of ['https://gate.example/x', '203.0.113.7', 'a@b.example']) expect(defang(defang(text))).toBe(defang(text));
  });
  it('is taken back', () => {
    for (const text of ['https://gate.example/x', '203.0.113.7', 'a@b.example']) expect(refang(defang(text))).toBe(text);
  });
  it('leaves the names of actors as they are', () => {
    expect(shownName('intrusion-set', 'APT.example')).toBe('APT.example');
    expect(shownName('domain-name', 'heron.example')).toBe('heron[.]example');
  });
});

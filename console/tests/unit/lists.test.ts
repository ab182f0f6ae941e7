// Is of a long list only drawn what is in view, at the right place?
import { describe, expect, it } from 'vitest';
import { scrollTo, windowOf } from '../../src/virtual';

describe('a virtual list', () => {
  it('draws what is in view and a little beyond', () => {
    expect(windowOf(5000, 34, 3400, 680)).toEqual({ from: 92, until: 129, before: 92 * 34, after: (5000 - 129) * 34 });
  });
  it('is as high as the whole list, wherever one is', () => {
    for (const scrolled of [0, 17, 3400, 5000 * 34 - 680]) {
      const shown = windowOf(5000, 34, scrolled, 680);
      expect(shown.before + (shown.until - shown.from) * 34 + shown.after).toBe(5000 * 34);
    }
  });
  it('never draws more than there is', () => {
    expect(windowOf(3, 34, 9000, 680)).toEqual({ from: 3, until: 3, before: 102, after: 0 });
    expect(windowOf(0, 34, 0, 680)).toEqual({ from: 0, until: 0, before: 0, after: 0 });
  });
  it('scrolls no farther than needed', () => {
    expect(scrollTo(2, 34, 0, 680)).toBe(0);
    expect(scrollTo(30, 34, 0, 680)).toBe(31 * 34 - 680);
    expect(scrollTo(2, 34, 340, 680)).toBe(68);
  });
});

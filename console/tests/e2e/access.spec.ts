// Can everybody use it? axe at WCAG 2.2 AA on every screen in light and dark, at 200 % zoom, with forced colours and little motion.
import AxeBuilder from '@axe-core/playwright';
import { expect, SCREENS, settled, test } from './node';

const RULES = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'];

for (const theme of ['light', 'dark'] as const) {
  test.describe(`axe, ${theme}`, () => {
    // axe puts its own script into the page, which the policy rightly refuses: it is set aside here and nowhere else.
    test.use({ bypassCSP: true, colorScheme: theme });
    for (const path of SCREENS) {
      test(`finds nothing on ${path}`, async ({ page }) => {
        await page.goto(path);
        await settled(page);
        await page.waitForTimeout(300);
        const found = await new AxeBuilder({ page }).withTags(RULES).analyze();
        expect(found.violations.map((one) => `${one.id}: ${one.nodes.map((node) => node.target.join(' ') + ' — ' + (node.failureSummary ?? '').split('\n').slice(1, 2).join('')).slice(0, 3).join(' | ')}`)).toEqual([]);
      });
    }
    test('finds nothing on an object, its tabs, the palette, the help and the menu', async ({ page }) => {
      await page.goto('/objects');
      await page.locator('#row-0').waitFor();
      await page.locator('#rows').focus();
      await page.keyboard.press('Enter');
      await expect(page).toHaveURL(/\/objects\/.+--/);
      const look = async (what: string): Promise<void> => {
        await settled(page);
        const found = await new AxeBuilder({ page }).withTags(RULES).analyze();
        expect(found.violations.map((one) => `${what}: ${one.id}: ${one.nodes.map((node) => node.target.join(' ')).slice(0, 3).join(' | ')}`)).toEqual([]);
      };
      for (const tab of await page.getByRole('tab').all()) { await tab.click(); await look((await tab.textContent()) ?? ''); }
      await page.keyboard.press('Control+k'); await look('palette'); await page.keyboard.press('Escape');
      await page.keyboard.press('?'); await look('help'); await page.keyboard.press('Escape');
      await page.locator('summary.who').click(); await look('menu');
    });
  });
}

test.describe('200 % zoom', () => {
  // A window of 1280 × 800 at twice the size has room for half as many of its pixels.
  test.use({ viewport: { width: 640, height: 400 }, deviceScaleFactor: 2 });
  for (const path of SCREENS) {
    test(`needs no scrolling sideways on ${path}`, async ({ page }) => {
      await page.goto(path);
      await settled(page);
      const [scroll, width] = await page.evaluate(() => { const main = document.getElementById('place') as HTMLElement; return [Math.max(document.documentElement.scrollWidth, main.scrollWidth), document.documentElement.clientWidth]; });
      expect(scroll).toBeLessThanOrEqual((width ?? 0) + 1);
    });
  }
});

test.describe('forced colours and little motion', () => {
  test.use({ contextOptions: { forcedColors: 'active', reducedMotion: 'reduce' } });
  test('keep the text of a marking and the mark of what is chosen', async ({ page }) => {
    await page.goto('/objects');
    await page.locator('#row-0').waitFor();
    await expect(page.locator('#row-0 .tlp')).toHaveText(/TLP:|NO TLP|./);
    expect(await page.locator('nav a[aria-current="page"]').evaluate((element) => getComputedStyle(element).outlineStyle)).not.toBe('none');
    expect(await page.locator('#row-0').evaluate((element) => getComputedStyle(element).transitionDuration)).toBe('0s');
  });
});

test('targets are at least 24 pixels', async ({ page }) => {
  await page.goto('/objects');
  await page.locator('#row-0').waitFor();
  const small = await page.locator('button:visible, a.button:visible, select:visible').evaluateAll((all) => all.map((one) => ({ text: one.textContent?.trim() ?? '', box: one.getBoundingClientRect() })).filter(({ box }) => box.width > 0 && (box.height < 24 || box.width < 24)).map(({ text, box }) => `${text} ${Math.round(box.width)}×${Math.round(box.height)}`));
  expect(small).toEqual([]);
});

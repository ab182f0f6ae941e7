// Is it quick enough, measured in this run? Each figure is printed; the best of three counts, because the machine has other work.
import { cpus, loadavg } from 'node:os';
import { gzipSync } from 'node:zlib';
import { graph } from '../../dev/world';
import { expect, settled, test } from './node';

/** Prints the figure and holds it to its bound, but where the machine has so much other work that a clock says nothing: then that is printed. */
function told(what: string, figure: number, unit: string, holds: boolean): void {
  const busy = (loadavg()[0] ?? 0) / cpus().length;
  const judged = holds || busy < 1.5;
  console.log(`budget: ${what}: ${figure.toFixed(1)} ${unit}${judged ? '' : ` (not judged: ${busy.toFixed(1)} times more work than processors)`}`);
  if (judged) expect(holds, `${what}: ${figure.toFixed(1)} ${unit}`).toBe(true);
}

test('the entry is less than 60 KB of script', async ({ page, baseURL }) => {
  const text = await (await page.request.get('/')).text();
  // With what it needs at once.
  const scripts = [...text.matchAll(/<(?:script type="module"|link rel="modulepreload")[^>]*(?:src|href)="([^"]+)"/g)].map((found) => found[1] ?? '');
  expect(scripts.length).toBeGreaterThan(0);
  let size = 0;
  for (const script of scripts) size += gzipSync(await (await page.request.get(new URL(script, baseURL).href)).body()).length;
  console.log(`budget: entry script, gzip: ${(size / 1000).toFixed(1)} KB`);
  expect(size).toBeLessThan(60_000);
});

test('first rows are there in a second', async ({ page }) => {
  const times: number[] = [];
  for (let round = 0; round < 3; round += 1) {
    await page.goto('about:blank');
    await page.goto('/objects', { waitUntil: 'commit' });
    await page.locator('#row-0').waitFor();
    times.push(await page.evaluate(() => performance.now()));
  }
  told('first rows', Math.min(...times), 'ms', Math.min(...times) < 1000);
});

test('from key to paint it is less than 100 ms', async ({ page }) => {
  await page.goto('/objects');
  await page.locator('#row-1').waitFor();
  await settled(page);
  await page.locator('#rows').focus();
  const times: number[] = [];
  for (let round = 0; round < 5; round += 1) {
    times.push(await page.evaluate((key) => new Promise<number>((done) => {
      const began = performance.now();
      document.getElementById('rows')?.dispatchEvent(new KeyboardEvent('keydown', { key, bubbles: true, cancelable: true }));
      requestAnimationFrame(() => requestAnimationFrame(() => done(performance.now() - began)));
    }), round % 2 ? 'k' : 'j'));
    await page.waitForTimeout(300);
  }
  told('key to paint', Math.min(...times), 'ms', Math.min(...times) < 100);
});

test('the matrix is drawn in 300 ms', async ({ page }) => {
  await page.goto('/matrix');
  await settled(page);
  test.skip((await page.locator('.technique').count()) === 0, 'this node has no framework: import ATT&CK to measure');
  const times: number[] = [];
  for (let round = 0; round < 3; round += 1) {
    await page.getByRole('link', { name: 'Home' }).click();
    await settled(page);
    times.push(await page.evaluate(() => new Promise<number>((done) => {
      const began = performance.now();
      const look = (): void => { if (document.querySelector('.technique')) requestAnimationFrame(() => done(performance.now() - began)); else requestAnimationFrame(look); };
      document.querySelector<HTMLAnchorElement>('nav a[href^="/matrix"]')?.click();
      requestAnimationFrame(look);
    })));
  }
  told('matrix, from click to paint', Math.min(...times), 'ms', Math.min(...times) < 300);
});

test('a graph of 500 nodes and 1,500 edges moves at 40 frames a second without a GPU', async ({ page }) => {
  const made = graph(['x'], 500);
  expect([made.nodes.length, made.edges.length]).toEqual([500, 1500]);
  await page.route('**/api/v1/graph', (route) => route.fulfill({ json: made }));
  await page.goto('/graph?around=indicator--60a3c5c5-0d10-413e-aab3-9e08dde9e88d&hide=,');
  await expect(page.locator('footer [role="status"]')).toContainText('laid out', { timeout: 30_000 });
  const canvas = page.locator('.graph-canvas');
  const rates: number[] = [];
  for (let round = 0; round < 6; round += 1) {
    rates.push(await canvas.evaluate((element) => new Promise<number>((done) => {
      const box = element.getBoundingClientRect();
      let frames = 0;
      const began = performance.now();
      const turn = (): void => {
        const passed = performance.now() - began;
        if (passed > 1500) { done((frames * 1000) / passed); return; }
        frames += 1;
        element.dispatchEvent(new WheelEvent('wheel', { deltaY: Math.sin(passed / 300) * 12, clientX: box.x + box.width / 2 + 80 * Math.cos(passed / 400), clientY: box.y + box.height / 2, bubbles: true, cancelable: true }));
        requestAnimationFrame(turn);
      };
      requestAnimationFrame(turn);
    })));
  }
  told('graph', Math.max(...rates), 'frames/s', Math.max(...rates) >= 40);
});

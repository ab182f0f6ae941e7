// Can the main task of each screen be done, once by mouse and once by keyboard?
import { expect, NODE, settled, test } from './node';

const STEPS = 'REPORT 7 (made up)\nThe loader asks relay[.]night-heron-7[.]example every ten minutes.\nIt sends to 198.51.100.77 as well.';

test.describe('Home', () => {
  test('by mouse: a tile leads to its list', async ({ page }) => {
    await page.goto('/?since=2020-01-01T00:00:00Z');
    await settled(page);
    await page.getByRole('link', { name: /New objects/ }).click();
    await expect(page).toHaveURL(/\/objects\?q=added(?:>|%3E)(?:=|%3D)/);
    await expect(page.locator('#row-0')).toBeVisible();
  });
  test('by keyboard: every screen is two keys away', async ({ page }) => {
    await page.goto('/');
    await settled(page);
    for (const [key, path] of [['o', '/objects'], ['a', '/matrix'], ['t', '/time'], ['w', '/hits'], ['s', '/board'], ['i', '/intake'], ['r', '/releases'], ['p', '/partners'], ['l', '/audit'], ['g', '/graph'], ['h', '/']] as const) {
      await page.keyboard.press('g'); await page.keyboard.press(key);
      await expect(page).toHaveURL(new RegExp(`${path}(\\?|$)`));
    }
  });
});

test.describe('Objects', () => {
  test('by mouse: a facet narrows, a row is looked at, another facet is undone', async ({ page }) => {
    await page.goto('/objects');
    await page.locator('#row-0').waitFor();
    const facet = page.locator('[aria-labelledby="facet-type"] button').first();
    const count = (await facet.locator('.count').textContent())?.replace(/\s/g, '') ?? '';
    await facet.click();
    await expect(page).toHaveURL(/q=type:/);
    await expect(page.locator('.tools strong').first()).toHaveText(new RegExp(`^${count.replace(/(\d)(?=(\d{3})+$)/g, '$1\\s?')}$`));
    await page.locator('#row-0').click();
    await expect(page.getByRole('tab', { name: 'Overview' })).toBeVisible();
    await page.locator('[aria-labelledby="facet-type"] button[aria-pressed="true"]').click();
    await expect(page).not.toHaveURL(/type:/);
  });
  test('by keyboard: a query is completed, rows are walked, one is opened', async ({ page }) => {
    await page.goto('/objects');
    await page.locator('#row-0').waitFor();
    await page.keyboard.press('/');
    await page.keyboard.type('type:ind');
    await expect(page.getByRole('option', { name: /type:indicator/ })).toBeVisible();
    await page.keyboard.press('ArrowDown'); await page.keyboard.press('Enter');
    await page.keyboard.press('Enter');
    await expect(page).toHaveURL(/q=type:indicator/);
    await settled(page);
    await page.keyboard.press('j');
    await expect(page.locator('#row-1')).toHaveClass(/here/);
    await page.keyboard.press('k'); await page.keyboard.press('x');
    await expect(page.locator('#row-0')).toHaveAttribute('aria-selected', 'true');
    await page.keyboard.press(' ');
    await expect(page.getByRole('complementary', { name: 'A look at the object' })).toHaveCount(0);
    await page.keyboard.press('Enter');
    await expect(page).toHaveURL(/\/objects\/indicator--/);
  });
  test('what is filtered out is told from what is not there', async ({ page }) => {
    await page.goto('/objects?q=no-object-has-this-name-anywhere');
    await expect(page.locator('[data-empty="filtered"]')).toBeVisible();
    await page.getByRole('button', { name: 'Clear the filters' }).click();
    await expect(page.locator('#row-0')).toBeVisible();
  });
  test('single keys can be switched off', async ({ page }) => {
    await page.goto('/objects');
    await page.locator('#row-1').waitFor();
    await page.keyboard.press('?');
    await page.getByRole('dialog').getByRole('checkbox').uncheck();
    await page.keyboard.press('Escape');
    await page.keyboard.press('j');
    await expect(page.locator('#row-0')).toHaveClass(/here/);
    await page.locator('#rows').focus();
    await page.keyboard.press('ArrowDown');
    await expect(page.locator('#row-1')).toHaveClass(/here/);
  });
});

test.describe('Object', () => {
  test.beforeEach(async ({ page }) => { await page.goto('/objects?q=type:indicator'); await page.locator('#row-0').waitFor(); await page.locator('#row-0').dblclick(); await expect(page).toHaveURL(/indicator--/); await settled(page); });
  test('by mouse: tabs tell what is known, and values are defanged and no links', async ({ page }) => {
    await expect(page.getByRole('heading', { level: 1 })).toBeVisible();
    await page.getByRole('tab', { name: 'Who sees it' }).click();
    await expect(page.locator('#tab-panel table')).toBeVisible();
    await page.getByRole('tab', { name: 'STIX' }).click();
    await expect(page.locator('#tab-panel pre')).toContainText('"pattern"');
    for (const link of await page.locator('#tab-panel a').all()) expect(await link.getAttribute('href')).toMatch(/^\/objects\//);
    await expect(page.locator('#tab-panel pre')).not.toContainText(/https?:\/\//);
  });
  test('by keyboard: digits choose tabs, arrows walk them', async ({ page }) => {
    await page.keyboard.press('6');
    await expect(page.getByRole('tab', { name: 'STIX' })).toHaveAttribute('aria-selected', 'true');
    await page.keyboard.press('1');
    await page.getByRole('tab', { name: 'Overview' }).focus();
    await page.keyboard.press('ArrowRight');
    await expect(page.getByRole('tab', { name: 'Related' })).toBeFocused();
  });
});

test.describe('Graph', () => {
  test.beforeEach(async ({ page }) => {
    await page.goto('/objects?q=type:indicator,malware,intrusion-set,campaign&sort=confidence');
    await page.locator('#row-0').waitFor();
    await page.keyboard.press('Enter');
    await expect(page).toHaveURL(/--/);
    await page.locator('article').getByRole('link', { name: 'Graph', exact: true }).click();
    await expect(page).toHaveURL(/\/graph\?around=/);
    await expect(page.locator('footer [role="status"]').last()).toContainText(/\d+ nodes? ·/);
  });
  test('by mouse: it is laid out, has a table, and goes back', async ({ page }) => {
    await page.getByRole('button', { name: 'Table' }).click();
    await expect(page.locator('.twin tbody tr').first()).toBeVisible();
    await page.locator('.twin tbody button').first().click();
    await page.getByRole('complementary', { name: 'The node under the cursor' }).getByRole('button', { name: 'Expand' }).click();
    await expect(page.locator('.notice').last()).toBeVisible();
    await page.getByRole('button', { name: 'Undo' }).first().click();
    await page.getByRole('button', { name: 'Table' }).click();
    await expect(page.locator('.graph-canvas')).toBeVisible();
  });
  test('by keyboard: arrows walk to neighbours, and what one is at is said', async ({ page }) => {
    await page.locator('.graph-canvas').focus();
    await page.keyboard.press('ArrowRight');
    const spoken = page.locator('.canvas [aria-live="polite"]');
    await expect(spoken).toContainText('neighbour');
    await page.keyboard.press(' ');
    await expect(page.getByText('1 selected')).toBeVisible();
    await page.keyboard.press('0');
    await page.keyboard.press('Enter');
    await expect(page).toHaveURL(/\/objects\/.+--/);
  });
});

test.describe('ATT&CK', () => {
  test.beforeEach(async ({ page }) => { await page.goto('/matrix'); await settled(page); test.skip((await page.locator('.technique').count()) === 0, 'this node has no framework'); });
  test('by mouse: a technique leads to the objects that use it', async ({ page }) => {
    await page.locator('.technique').nth(3).click();
    await expect(page).toHaveURL(/technique=/);
    await page.getByRole('link', { name: 'Objects that use it' }).click();
    await expect(page).toHaveURL(/\/objects\/attack-pattern--.*tab=relations/);
    await expect(page.locator('#tab-panel a[href*="/objects/"]').first()).toBeVisible();
  });
  test('by keyboard: arrows walk the cells from one tab stop', async ({ page }) => {
    await page.locator('.technique[tabindex="0"]').focus();
    await page.keyboard.press('ArrowRight');
    expect(await page.evaluate(() => document.activeElement?.closest('.tactic') === document.querySelectorAll('.tactic')[1])).toBe(true);
    await page.keyboard.press('ArrowDown'); await page.keyboard.press('Enter');
    await expect(page).toHaveURL(/technique=/);
  });
});

test.describe('Time & map', () => {
  test('by mouse: the step changes, and the list is a click away', async ({ page }) => {
    await page.goto('/time'); await settled(page);
    await page.getByRole('button', { name: 'Month' }).click();
    await expect(page).toHaveURL(/by=month/);
    await page.getByRole('link', { name: 'As a list' }).click();
    await expect(page).toHaveURL(/\/objects/);
  });
  test('by keyboard: a span of time is chosen and undone; Crimea is drawn in Ukraine', async ({ page }) => {
    await page.goto('/time'); await settled(page);
    await page.locator('.chart .picture').focus();
    await page.keyboard.press('ArrowLeft'); await page.keyboard.press('Shift+ArrowLeft'); await page.keyboard.press('Enter');
    await expect(page).toHaveURL(/added(?:>|%3E)(?:=|%3D)/);
    await page.getByRole('button', { name: 'Any time' }).click();
    await expect(page).not.toHaveURL(/added/);
    await page.locator('.country').first().waitFor({ state: 'attached' });
    expect(await page.locator('.country').count()).toBeGreaterThan(150);
  });
});

test.describe('Hits', () => {
  test.beforeEach(async ({ page }) => { await page.goto('/hits'); await settled(page); test.skip((await page.locator('.hit').count()) === 0, 'no sensor of this node saw anything yet'); });
  test('by mouse: a hit is done, and done is undone', async ({ page }) => {
    const before = await page.locator('.hit').count();
    await page.getByRole('button', { name: /^Done e/ }).click();
    await expect(page.locator('.hit')).toHaveCount(before - 1);
    await page.locator('.notice').getByRole('button', { name: /Undo/ }).click();
    await expect(page.locator('.hit')).toHaveCount(before);
  });
  test('by keyboard: e does it, u takes it back', async ({ page }) => {
    const before = await page.locator('.hit').count();
    await page.keyboard.press('e');
    await expect(page.locator('.hit')).toHaveCount(before - 1);
    await page.keyboard.press('u');
    await expect(page.locator('.hit')).toHaveCount(before);
  });
});

test.describe('Sightings', () => {
  test('by mouse and keyboard: we saw it too, under a marking', async ({ page }) => {
    await page.goto('/board'); await settled(page);
    test.skip((await page.locator('tbody tr').count()) === 0, 'nobody saw anything yet');
    await page.keyboard.press('s');
    const dialog = page.getByRole('dialog');
    await expect(dialog.getByRole('button', { name: 'We saw it' })).toBeDisabled();
    await dialog.getByRole('radio').nth(2).check();
    await expect(dialog.getByRole('button', { name: 'We saw it' })).toBeEnabled();
    await page.keyboard.press('Escape');
    await page.getByRole('button', { name: 'We too' }).first().click();
    await expect(page.getByRole('dialog')).toBeVisible();
  });
});

test.describe('Intake', () => {
  for (const way of ['mouse', 'keyboard'] as const) {
    test(`by ${way}: a report is read; nothing is saved without a marking; recipients are told before`, async ({ page }) => {
      await page.goto('/intake');
      const area = page.getByLabel('Report, list, CSV, STIX or MISP');
      await area.fill(STEPS);
      if (way === 'mouse') await page.getByRole('button', { name: /^Read/ }).click();
      else { await area.focus(); await page.keyboard.press('Control+Enter'); }
      await expect(page.locator('.proposals li').first()).toContainText('relay');
      await page.locator('.proposals li').first().getByRole('button', { name: /line 2/ }).click();
      expect(await area.evaluate((element: HTMLTextAreaElement) => element.value.slice(element.selectionStart, element.selectionEnd))).toContain('night-heron-7');
      const save = page.getByRole('button', { name: /^(Release|Propose) \d/ });
      await expect(save).toBeDisabled();
      await page.getByLabel('Collection').selectOption({ index: 1 });
      await expect(save).toBeDisabled();
      await page.locator('.release').getByRole('radio').nth(1).focus();
      await page.keyboard.press(' ');
      await expect(page.getByText(/^Recipients:/)).toBeVisible();
      await expect(save).toBeEnabled();
    });
  }
});

test.describe('Partners', () => {
  test('by mouse: one sees as a partner, on every screen, and a banner says so', async ({ page }) => {
    await page.goto('/partners'); await settled(page);
    const name = (await page.locator('.item strong').first().textContent()) ?? '';
    await page.getByRole('button', { name: 'See as this partner' }).click();
    await expect(page.locator('.as-banner')).toContainText(name);
    await page.getByRole('link', { name: 'Objects' }).first().click();
    await expect(page).toHaveURL(new RegExp(`as=${name}`));
    await expect(page.locator('.as-banner')).toBeVisible();
    await page.locator('.as-banner').getByRole('button').click();
    await expect(page).not.toHaveURL(/as=/);
  });
  test('by keyboard: partners are walked', async ({ page }) => {
    await page.goto('/partners'); await settled(page);
    const second = (await page.locator('.item strong').nth(1).textContent()) ?? '';
    await page.keyboard.press('j');
    await expect(page).toHaveURL(new RegExp(`/partners/${second}`));
    await expect(page.getByRole('heading', { level: 1 })).toHaveText(second);
  });
});

test.describe('Audit and administration', () => {
  test('by mouse: the ledger is whole', async ({ page }) => {
    await page.goto('/audit'); await settled(page);
    await expect(page.locator('tbody tr').first()).toBeVisible();
    await page.getByRole('button', { name: 'Verify the ledger' }).click();
    await expect(page.getByText('The ledger is whole')).toBeVisible();
  });
  test('by keyboard: entries about one partner only', async ({ page }) => {
    await page.goto('/audit'); await settled(page);
    await page.keyboard.press('f');
    await expect(page.locator('#audit-object')).toBeFocused();
    await page.keyboard.type('indicator--00000000-0000-4000-8000-000000000000');
    await page.keyboard.press('Enter');
    await expect(page).toHaveURL(/object=indicator--/);
  });
  test('a user is made, shown the password once, and removed', async ({ page }) => {
    test.skip(NODE.mocked, 'the made-up node makes nobody');
    await page.goto('/admin?tab=users'); await settled(page);
    const user = `trial-${Date.now().toString(36)}`;
    await page.getByRole('button', { name: 'New user' }).click();
    await page.getByRole('dialog').getByLabel('User', { exact: true }).fill(user);
    await page.getByRole('dialog').getByRole('button', { name: 'New user' }).click();
    await expect(page.getByText('shown this once')).toBeVisible();
    await page.getByRole('button', { name: `Remove ${user}` }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Remove', exact: true }).click();
    await expect(page.getByRole('cell', { name: user })).toHaveCount(0);
  });
});

test('navigation, marks and errors are in Japanese and French too', async ({ page }) => {
  await page.goto('/objects'); await settled(page);
  for (const [language, word] of [['ja', 'オブジェクト'], ['fr', 'Objets'], ['en', 'Objects']] as const) {
    await page.locator('summary.who').click();
    await page.locator('.menu select').nth(1).selectOption(language);
    await page.keyboard.press('Escape');
    await expect(page.locator('nav a[aria-current="page"] .word')).toHaveText(word);
    await expect(page.locator('html')).toHaveAttribute('lang', language);
  }
});

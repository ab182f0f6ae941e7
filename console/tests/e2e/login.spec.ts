// Does one come in by name and password, by mouse and by keyboard, and is everybody else kept out in words that tell nothing?
import { expect, NODE, settled, test } from './node';

test.use({ storageState: { cookies: [], origins: [] } });

test('a wrong password is refused in words that do not say whether the name exists', async ({ page }) => {
  test.skip(NODE.mocked, 'the made-up node has one door');
  await page.goto('/objects?q=type:malware');
  await page.getByLabel('User').fill('nobody-of-this-name');
  await page.getByLabel('Password').fill('wrong wrong wrong');
  await page.getByRole('button', { name: 'Sign in', exact: true }).click();
  await expect(page.getByRole('alert')).toContainText('Name or password is wrong');
});

test('one signs in by keyboard, is where one wanted to go, and signs out by mouse', async ({ page }) => {
  test.skip(NODE.mocked, 'the made-up node has one door');
  await page.goto('/objects?q=type:malware');
  await page.getByLabel('User').focus();
  await page.keyboard.type(NODE.second.user);
  await page.keyboard.press('Tab');
  await page.keyboard.type(NODE.second.password);
  await page.keyboard.press('Enter');
  await settled(page);
  await expect(page).toHaveURL(/\/objects\?q=type:malware/);
  await page.locator('summary.who').click();
  await page.getByRole('button', { name: 'Sign out' }).click();
  await expect(page.getByLabel('Password')).toBeVisible();
});

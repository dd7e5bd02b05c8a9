import assert from 'node:assert/strict';
import { findBarriers } from './find-barriers.ts';
import { openPages } from './test-page.ts';

const token = 'token-of-the-console-tests';
const testPage = openPages({ LLM_AUTH_TOKEN: token });

testPage('a token is asked for, again where it is wrong, and kept in this tab alone', async ({ page }) => {
  await page.goto('/');
  await page.getByText('This service asks for a token').waitFor();
  assert.deepEqual(await findBarriers(page), []);
  await page.getByLabel('Token').fill('a wrong one');
  await page.getByRole('button', { name: 'Open the console' }).click();
  await page.getByText('The service does not know this token.').waitFor();
  await page.getByLabel('Token').fill(token);
  await page.keyboard.press('Enter');
  await page.locator('.connection-live').waitFor();
  const kept = (await page.evaluate(
    '[{...sessionStorage}, {...localStorage}].map(JSON.stringify)',
  )) as string[];
  assert.ok(kept[0]?.includes(token));
  assert.ok(!kept[1]?.includes(token));
  await page.reload();
  await page.locator('.connection-live').waitFor();

  await page.getByRole('button', { name: 'Forget token' }).click();
  await page.getByText('This service asks for a token').waitFor();
  assert.ok(!((await page.evaluate('JSON.stringify({...sessionStorage})')) as string).includes(token));
});

testPage('a call that the token is not allowed says which scope it lacks', async ({ page }) => {
  await page.goto('/#/submit');
  await page.getByLabel('Token').fill(token);
  await page.keyboard.press('Enter');
  await page.route('**/api/v1/tasks', (route) =>
    route.request().method() === 'POST'
      ? route.fulfill({
          status: 403,
          contentType: 'application/problem+json',
          json: {
            type: 'about:blank',
            title: 'Forbidden',
            status: 403,
            code: 'forbidden',
            detail: 'Not allowed',
          },
        })
      : route.continue(),
  );
  await page.getByLabel('Prompt', { exact: true }).fill('Hello');
  await page.getByRole('button', { name: 'Submit only' }).click();
  await page.getByText('it lacks the scope “submit”').waitFor();
});

testPage(
  'a service that has gone says so and what to do, and a token that ends is asked for again',
  async ({ page }) => {
    await page.goto('/');
    await page.getByLabel('Token').fill(token);
    await page.keyboard.press('Enter');
    await page.locator('.connection-live').waitFor();
    await page.route('**/api/v1/**', (route) => route.abort());
    await page.getByText('The service does not answer.').waitFor();
    await page.unroute('**/api/v1/**');
    await page.getByText('The service does not answer.').waitFor({ state: 'detached' });
    await page.route('**/api/v1/stats', (route) =>
      route.fulfill({
        status: 401,
        contentType: 'application/problem+json',
        json: {
          type: 'about:blank',
          title: 'Unauthorized',
          status: 401,
          code: 'unauthenticated',
          detail: 'Not known',
        },
      }),
    );
    await page.getByText('The service does not know this token.').waitFor();
  },
);

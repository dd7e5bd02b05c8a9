// The page at /docs in a real browser, under its own policy.
import assert from 'node:assert/strict';
import type { Page } from 'playwright-core';
import { createClient } from '../../client/create-client.ts';
import { findBarriers } from './find-barriers.ts';
import { openPages } from './test-page.ts';

type Methods = Record<string, { operationId: string }>;

const token = 'token-of-the-browser-tests';
const testPage = openPages({ LLM_AUTH_TOKEN: token });

async function openDocs(page: Page): Promise<void> {
  await page.goto('/docs');
  await page.waitForSelector('.opblock');
}

const block = (page: Page, id: string) => page.locator(`[id^="operations-"][id$="-${id}"]`);
const open = (page: Page, id: string) => block(page, id).locator('.opblock-summary-control').click();

async function authorize(page: Page): Promise<void> {
  await page.click('.btn.authorize');
  await page.fill('.auth-container input', token);
  await page.click('.auth-btn-wrapper .authorize');
  await page.click('.auth-btn-wrapper .btn-done');
}

/** One of each kind: opening all of them takes a browser a minute. */
const opened = ['submit-task', 'get-task', 'process-stream', 'create-chat-completion', 'receive-task-event'];

testPage('it shows every operation and every webhook, and says what a WebSocket speaks', async (its) => {
  const { page, service } = its;
  await openDocs(page);
  const { paths, webhooks } = await createClient({ baseUrl: service.host.url }).openapi();
  const described = [paths, webhooks].flatMap((each) => Object.values(each as Record<string, Methods>));
  const ids = described.flatMap((methods) => Object.values(methods).map(({ operationId }) => operationId));
  assert.ok(ids.length >= 25);
  for (const id of ids) assert.equal(await block(page, id).count(), 1, id);
  for (const id of opened) {
    await open(page, id);
    await block(page, id).locator('.responses-wrapper').waitFor();
  }
  const about = (await page.locator('.information-container').textContent()) ?? '';
  for (const words of ['{"action":"subscribe"', 'batch.completed', 'EventBusName'])
    assert.ok(about.includes(words), words);
});

testPage('a request can be sent from it, with a token that it keeps for its tab', async ({ page }) => {
  await openDocs(page);
  await open(page, 'submit-task');
  const submit = block(page, 'submit-task');
  const status = submit.locator('.live-responses-table .response-col_status');
  await submit.locator('.btn.execute').click();
  await status.filter({ hasText: '401' }).waitFor();
  await authorize(page);
  await submit.locator('.btn.execute').click();
  await status.filter({ hasText: '202' }).waitFor();
  await submit.locator('.live-responses-table').filter({ hasText: '"task_id": "task_' }).waitFor();
  await openDocs(page);
  await open(page, 'list-tasks');
  await block(page, 'list-tasks').locator('.btn.execute').click();
  await block(page, 'list-tasks')
    .locator('.response-col_status')
    .filter({ hasText: '200' })
    .first()
    .waitFor();
  assert.equal(await page.evaluate<number>('localStorage.length'), 0);
});

testPage('an address names an operation, which is open then', async ({ page }) => {
  await page.goto('/docs#/Batches/submit-batch');
  await block(page, 'submit-batch').locator('.btn.execute').waitFor();
});

for (const colorScheme of ['light', 'dark'] as const)
  testPage(
    `axe finds no barrier in its ${colorScheme} colours: closed, open, in a dialog, with an answer`,
    async ({ page }) => {
      const barriers = async (when: string) => assert.deepEqual(await findBarriers(page), [], when);
      await openDocs(page);
      await barriers('closed');
      await open(page, 'submit-task');
      await open(page, 'receive-task-event');
      await block(page, 'submit-task').locator('.responses-wrapper').waitFor();
      await barriers('open');
      await page.click('.btn.authorize');
      await barriers('in a dialog');
      await page.click('.auth-btn-wrapper .btn-done');
      await block(page, 'submit-task').locator('.btn.execute').click();
      await block(page, 'submit-task').locator('.live-responses-table').waitFor();
      await barriers('with an answer');
    },
    { colorScheme },
  );

testPage(
  'a phone scrolls it up and down alone',
  async ({ page }) => {
    await openDocs(page);
    const width = await page.evaluate<number>('document.documentElement.scrollWidth');
    assert.ok(width <= 390, `${width}`);
  },
  { viewport: { width: 390, height: 844 } },
);

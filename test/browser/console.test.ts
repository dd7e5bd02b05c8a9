import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import type { Page, WebSocketRoute } from 'playwright-core';
import { createClient } from '../../client/create-client.ts';
import type { TaskRequest } from '../../client/wire.ts';
import { findBarriers } from './find-barriers.ts';
import { type OpenPage, openPages } from './test-page.ts';

// Two at a time, a second each: slow enough that tasks can be met waiting.
const testPage = openPages({
  SIMULATED_BASE_URL: 'simulated://default?latency_ms=100&tokens_per_second=40',
});

const button = (page: Page, name: string | RegExp) =>
  page.getByRole('button', { name, exact: typeof name === 'string' });
const heading = (page: Page, name: string) => page.getByRole('heading', { name });
const panel = (page: Page) => page.getByRole('dialog');

const clientOf = ({ service }: OpenPage) => createClient({ baseUrl: service.host.url });

async function submit(open: OpenPage, count: number, request: Partial<TaskRequest> = {}): Promise<string[]> {
  const client = clientOf(open);
  const ids: string[] = [];
  for (let each = 0; each < count; each += 1) {
    const task: TaskRequest = { type: 'custom', prompt: `Name three rivers, number ${each}.`, ...request };
    ids.push((await client.submit(task)).task_id);
  }
  return ids;
}

testPage('a newcomer submits a task, watches its answer arrive, and opens its timeline', async ({ page }) => {
  await page.goto('/');
  await heading(page, 'No task yet').waitFor();
  await page.getByRole('link', { name: 'Submit a task' }).click();
  await button(page, 'Fill in an example').click();
  await button(page, 'Submit and watch').click();
  // While it is written it is there in part.
  await page.locator('.run pre.writing').waitFor();
  await page.locator('.run .mark-completed').waitFor();
  assert.match((await page.locator('.run pre').textContent()) ?? '', /\w+ \w+/);

  await page.getByRole('link', { name: 'Open task' }).click();
  await panel(page).getByText('Attempt 1').waitFor();
  assert.match((await panel(page).textContent()) ?? '', /Why this provider[\s\S]*1\. simulated/);
  await page.keyboard.press('Escape');
  await panel(page).waitFor({ state: 'detached' });
  await page.getByRole('link', { name: 'Live', exact: true }).click();
  await page.locator('.live tr[data-status="completed"]').waitFor();
  await page.locator('.live').getByText('simulated').first().waitFor();
});

testPage('a task that waits goes first when it is told to, and another is cancelled', async (open) => {
  const { page } = open;
  const first = (await submit(open, 14, { priority: 'low' })).at(-1);
  await page.goto(`/#/live?task=${first}`);
  await panel(page).getByLabel('High').click();
  await panel(page).getByText('Priority is now High.').waitFor();
  await panel(page).locator('.mark-completed').waitFor();

  const second = (await submit(open, 14, { priority: 'low' })).at(-1);
  await page.goto(`/#/live?task=${second}`);
  await button(page, 'Cancel task').click();
  await panel(page).locator('.mark-cancelled').waitFor();
  await panel(page).getByText('It never reached a provider.').waitFor();
});

testPage(
  'a batch is handed in from a file, followed until it has ended, and its results are saved',
  async (open) => {
    const { page } = open;
    await page.goto('/#/batches');
    const good = Array.from({ length: 6 }, (_, each) => ({ type: 'custom', prompt: `Say ${each}.` }));
    const lines = [...good.map((task) => JSON.stringify(task)), 'no JSON', '{"type":"custom"}'];
    await page.locator('input[type=file]').setInputFiles({
      name: 'tasks.jsonl',
      mimeType: 'application/jsonl',
      buffer: Buffer.from(lines.join('\n')),
    });
    await page.getByText('Line 7:').waitFor();
    await button(page, 'Hand in').click();
    const batch = page.locator('.batch');
    await batch.getByText('1 refused by the service').waitFor();
    await batch.getByText('All ended').waitFor();
    await batch.getByText('6 of 6 ended').waitFor();

    const [download] = await Promise.all([
      page.waitForEvent('download'),
      button(page, 'Download results').click(),
    ]);
    const saved = (await readFile(await download.path(), 'utf8'))
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line));
    assert.deepEqual(
      saved.map(({ status }) => status),
      Array.from({ length: 6 }, () => 'completed'),
    );
    assert.ok(saved.every(({ result }) => result.content.length > 0));

    await page.getByRole('link', { name: 'Show tasks' }).click();
    await page.getByText('6 tasks', { exact: true }).waitFor();
  },
);

testPage('what happened while the connection was lost is there when it comes back', async (open) => {
  const { page } = open;
  let isCut = false;
  const sockets = new Set<WebSocketRoute>();
  await page.routeWebSocket(/\/ws\?/, (socket) => {
    if (isCut) {
      void socket.close();
      return;
    }
    sockets.add(socket);
    socket.connectToServer();
  });
  await page.goto('/');
  await page.locator('.connection-live').waitFor();

  isCut = true;
  for (const socket of sockets) await socket.close();
  await page.getByText('Updates are missing for now.').waitFor();
  const ids = await submit(open, 3);
  for (const id of ids) await clientOf(open).wait(id);
  isCut = false;
  await button(page, 'Connect now').click();
  await page.getByText('Connected again, nothing was missed.').waitFor();
  for (const id of ids) await page.locator(`tr[data-status=completed] [title="${id}"]`).waitFor();
});

testPage('tasks are found by status, type and batch, and opened by their id', async (open) => {
  const { page } = open;
  const [id] = await submit(open, 1, {
    type: 'translation',
    data: { text: 'Hi' },
    config: { timeout: '1ms' },
  });
  await clientOf(open).wait(id ?? '');
  await page.goto('/#/tasks');
  await page.getByLabel('Status').selectOption('failed');
  await page.getByLabel('Type').selectOption('translation');
  await button(page, 'Search').click();
  await page.getByText('1 task', { exact: true }).waitFor();
  await page.getByLabel('Open by id').fill('nonsense');
  await button(page, 'Open').click();
  await page.getByText('An id begins with task_ or batch_.').waitFor();
  await page.getByLabel('Open by id').fill(` ${id} `);
  await button(page, 'Open').click();
  await panel(page).getByText('Its time was over first.').first().waitFor();
});

testPage(
  'what the service refuses is told at its field, and what cannot be read before it is sent',
  async ({ page }) => {
    await page.goto('/#/submit');
    await page.getByText('Options').click();
    await page.getByLabel('Temperature').fill('warm');
    await button(page, 'Submit only').click();
    await page.getByText('warm is no number').waitFor();
    await page.getByLabel('Temperature').fill('9');
    await page.getByLabel('Prompt', { exact: true }).fill('Hello');
    await button(page, 'Submit only').click();
    await page.getByText('/config/temperature').waitFor();
    assert.equal(await page.getByLabel('Temperature').getAttribute('aria-invalid'), 'true');
  },
);

testPage('a task is opened and closed by the keyboard alone, and the focus comes back', async (open) => {
  const { page } = open;
  await submit(open, 1);
  await page.goto('/');
  const link = page.locator('.live a.task-link').first();
  await link.focus();
  await page.keyboard.press('Enter');
  await panel(page).getByRole('button', { name: 'Close' }).waitFor();
  await page.keyboard.press('Escape');
  await panel(page).waitFor({ state: 'detached' });
  assert.ok(await link.evaluate((element) => element === element.ownerDocument.activeElement));
});

const looks = [
  { title: 'light and in English', options: { colorScheme: 'light', locale: 'en-US' } },
  { title: 'dark and in Chinese', options: { colorScheme: 'dark', locale: 'zh-CN' } },
  { title: 'as wide as a phone', options: { viewport: { width: 390, height: 844 }, colorScheme: 'light' } },
] as const;

for (const { title, options } of looks)
  testPage(
    `axe finds no barrier in any view, ${title}, and nothing is wider than the page`,
    async (open) => {
      const { page } = open;
      const [id] = await submit(open, 2, { callback_url: 'http://127.0.0.1:9/hook' });
      await clientOf(open).wait(id ?? '');
      for (const view of ['live', 'tasks', 'submit', 'batches', `live?task=${id}`]) {
        await page.goto(`/#/${view}`);
        if (view.includes('task=')) await panel(page).locator('.step').first().waitFor();
        if (view === 'submit') for (const each of await page.locator('summary').all()) await each.click();
        await page.locator('.connection-live').waitFor();
        assert.deepEqual(await findBarriers(page), [], view);
        const [inner, outer] = (await page.evaluate(
          '[document.documentElement.scrollWidth, innerWidth]',
        )) as number[];
        assert.ok((inner ?? 0) <= (outer ?? 0), `${view} is ${inner} wide`);
      }
    },
    { ...options },
  );

testPage('theme and language are chosen, kept, and told to screen readers', async ({ page }) => {
  await page.goto('/');
  await page.getByLabel('Theme').selectOption('dark');
  await page.getByLabel('Language').selectOption('zh');
  await page.getByRole('link', { name: '实时' }).waitFor();
  await page.reload();
  await page.getByRole('link', { name: '实时' }).waitFor();
  const root = page.locator('html');
  assert.equal(await root.getAttribute('lang'), 'zh-CN');
  assert.equal(await root.getAttribute('data-theme'), 'dark');
});

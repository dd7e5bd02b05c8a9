// npm run console:screenshots: the pictures of the console in docs/images, of a local host with simulated answers.
import { statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { type BrowserContextOptions, chromium, type Page } from 'playwright-core';
import { startService } from '../bench/start-service.ts';
import { createClient } from '../client/create-client.ts';
import type { TaskRequest } from '../client/wire.ts';
import { findBrowser, noBrowser } from '../test/browser/find-browser.ts';

const images = join(import.meta.dirname, '..', 'docs', 'images');
const mostBytes = 150_000;
const desktop = { viewport: { width: 1280, height: 1000 } };
const phone = { viewport: { width: 390, height: 844 }, deviceScaleFactor: 1.5 };

const program = findBrowser();
if (!program) throw new Error(noBrowser);
const service = await startService({
  LLM_PROVIDERS: 'simulated',
  LLM_CONCURRENCY_SIMULATED: '20',
  SIMULATED_BASE_URL:
    'simulated://default?latency_ms=400&jitter=0.6&tokens_per_second=80&error_rate=0.12&seed=pictures',
});
const browser = await chromium.launch({ executablePath: program });
const client = createClient({ baseUrl: service.host.url });
try {
  await picture('first-start', '', {}, (page) =>
    page.getByRole('heading', { name: 'No task yet' }).waitFor(),
  );

  await picture('chinese', '#/submit', { locale: 'zh-CN' }, async (page) => {
    await page.getByText('填入示例').click();
    await page.getByRole('button', { name: '提交并观看' }).click();
    await page.locator('.run pre').waitFor();
    await page.locator('.run .mark-completed, .run .mark-failed').first().waitFor();
  });
  await picture('batches', '#/batches', {}, async (page) => {
    await page.getByText('Use 20 example tasks').click();
    await page.getByRole('button', { name: 'Hand in', exact: true }).click();
    await page.locator('.batch .meter').first().waitFor();
    await sleep(1_000);
  });

  // Each of its own, so that they may look at the same load.
  const open = await Promise.all([openPage('', {}), openPage('', { colorScheme: 'dark' })]);
  const [light, dark] = open.map(({ page }) => page) as [Page, Page];
  await client.submitBatch({ tasks: Array.from({ length: 1_000 }, (_, index) => makeTask(index)) });
  await light.getByLabel('1 min').click();
  // Events may be late on a busy machine.
  while ((await client.stats()).tasks.completed < 300) await sleep(1_000);
  await light.getByText(/: [\d,]{3,} completed/).waitFor();
  await sleep(8_000);
  await save(light, 'load');
  await save(dark, 'dark');
  await picture('phone', '', phone, (page) => page.locator('.live tr[data-status]').first().waitFor());

  const failed = await findFailed();
  await picture('failed-task', `#/live?task=${failed}`, {}, (page) =>
    page.locator('.step-failed').first().waitFor(),
  );
  while ((await client.stats()).tasks.queued > 0) await sleep(1_000);
  await sleep(8_000);
  await save(light, 'idle');
} finally {
  await browser.close();
  await service.stop();
}

async function openPage(hash: string, options: BrowserContextOptions) {
  const context = await browser.newContext({ ...desktop, locale: 'en-US', colorScheme: 'light', ...options });
  const page = await context.newPage();
  page.setDefaultTimeout(120_000);
  await page.goto(`${service.host.url}/${hash}`);
  await page.locator('.connection-live').waitFor();
  return { context, page };
}

async function picture(
  name: string,
  hash: string,
  options: BrowserContextOptions,
  wait: (page: Page) => Promise<unknown>,
): Promise<void> {
  const { context, page } = await openPage(hash, options);
  await wait(page);
  await sleep(1_500);
  await save(page, name);
  await context.close();
}

async function save(page: Page, name: string): Promise<void> {
  const path = join(images, `console-${name}.webp`);
  const tools = await page.context().newCDPSession(page);
  // A third of the size of a PNG.
  const { data } = await tools.send('Page.captureScreenshot', { format: 'webp', quality: 90 });
  writeFileSync(path, Buffer.from(data, 'base64'));
  const { size } = statSync(path);
  if (size > mostBytes) throw new Error(`${path} has ${size} bytes, more than ${mostBytes}`);
  console.log(`${path}: ${Math.round(size / 1000)} kB`);
}

/** With more than one attempt, so that its timeline has something to tell. */
async function findFailed(): Promise<string> {
  for (;;) {
    for await (const task of client.listAll({ status: 'failed' })) if (task.attempts > 1) return task.task_id;
    await sleep(1_000);
  }
}

function makeTask(index: number): TaskRequest {
  const priority = (['high', 'normal', 'normal', 'low'] as const)[index % 4] ?? 'normal';
  const config = { max_retries: 1 };
  if (index % 5 === 1)
    return {
      type: 'translation',
      data: { text: `Good morning, ${index}`, target_language: 'fr' },
      priority,
      config,
    };
  if (index % 5 === 3)
    return { type: 'semantic_analysis', data: { text: `Lovely, ${index}` }, priority, config };
  return { type: 'custom', prompt: `Name three rivers, ${index}.`, priority, config };
}

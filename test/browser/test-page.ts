import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { type Browser, type BrowserContextOptions, chromium, type Page } from 'playwright-core';
import { type RunningService, startService } from '../../bench/start-service.ts';
import { findBrowser, noBrowser } from './find-browser.ts';
import { watchFaults } from './watch-faults.ts';

export interface OpenPage {
  /** Empty, with the service's address as its base. */
  page: Page;
  service: RunningService;
}

export type TestPage = (
  title: string,
  run: (open: OpenPage) => Promise<void>,
  options?: BrowserContextOptions,
) => void;

/**
 * What a file of browser tests begins with: a local host on a free port with data of its own, and a browser, both until
 * the file has ended. Each test gets a page of its own, and fails too where the page breaks its policy, throws, or calls
 * another address. Skipped where there is no browser, but in CI.
 *
 * @param settings variables of the service, beside a simulated provider that answers in some 100 ms
 */
export function openPages(settings: Record<string, string> = {}): TestPage {
  const program = findBrowser();
  let browser: Browser;
  let service: RunningService;
  before(async () => {
    if (program === undefined) return;
    service = await startService({
      LLM_PROVIDERS: 'simulated',
      LLM_CONCURRENCY_SIMULATED: '2',
      SIMULATED_BASE_URL: 'simulated://default?latency_ms=100&tokens_per_second=200',
      ...settings,
    });
    browser = await chromium.launch({ executablePath: program });
  });
  after(async () => {
    await browser?.close();
    await service?.stop();
  });
  return (title, run, options = {}) =>
    test(title, { skip: program === undefined && noBrowser }, async () => {
      const { url } = service.host;
      const context = await browser.newContext({ baseURL: url, ...options });
      try {
        const page = await context.newPage();
        const faults = watchFaults(page, url);
        await run({ page, service });
        assert.deepEqual(faults, []);
      } finally {
        await context.close();
      }
    });
}

// npm run bench:console: the console with 3,000 tasks in a minute. Their frames are recorded from a running service, then
// replayed: frames a second, memory, and whether any update was lost.
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { type CDPSession, chromium, type Page } from 'playwright-core';
import { findBrowser, noBrowser } from '../../test/browser/find-browser.ts';
import { percentile } from '../percentile.ts';
import { createProgress } from '../progress.ts';
import { record } from './recording.ts';
import { startReplayServer } from './replay-server.ts';

const { values } = parseArgs({ options: { tasks: { type: 'string', default: '3000' } } });
const count = Number(values.tasks);
const leastFrames = 30;
const mostGrowth = 1.5;

/** Runs in the page. */
const watchFrames = `globalThis.frameTimes = [];
  const note = (time) => { frameTimes.push(time); requestAnimationFrame(note); };
  requestAnimationFrame(note);`;

const program = findBrowser();
if (!program) throw new Error(noBrowser);

const progress = createProgress('console');
const recording = await record(count, progress.tell);
progress.end(`recorded ${recording.frames.length} frames of ${recording.tasks.length} tasks`);
const server = await startReplayServer(recording);
const browser = await chromium.launch({ executablePath: program });
try {
  const page = await browser.newPage({ viewport: { width: 1440, height: 900 } });
  const tools = await page.context().newCDPSession(page);
  await page.goto(server.url);
  await page.locator('.connection-live').waitFor();
  await sleep(5_000);
  const before = await usedBytes(tools);
  await page.evaluate(watchFrames);
  await server.replay(60_000);
  const times = (await page.evaluate('frameTimes')) as number[];
  await sleep(3_000);
  const after = await usedBytes(tools);
  const shown = await readShown(page);

  const deltas = times.slice(1).map((time, index) => time - (times[index] ?? 0));
  const framesPerSecond = 1000 / percentile(deltas, 0.95);
  const ended = { completed: 0, failed: 0, cancelled: 0 };
  for (const { event } of recording.frames)
    if (event.event_type in ended) ended[event.event_type as keyof typeof ended] += 1;
  const report = {
    frames: recording.frames.length,
    framesPerSecond: { p5: round(framesPerSecond), median: round(1000 / percentile(deltas, 0.5)) },
    slowestFrameMs: round(Math.max(...deltas)),
    memory: { before: round(before / 1e6), after: round(after / 1e6), growth: round(after / before) },
    ended,
    shown,
  };
  console.log(JSON.stringify(report, null, 2));
  const faults = [
    framesPerSecond < leastFrames && `under ${leastFrames} frames a second`,
    after / before > mostGrowth && `memory grew by more than ${mostGrowth}`,
    Object.values(ended).join() !== shown.ended.join() && 'updates were lost',
    shown.open > 0 && 'tasks that ended are shown as under way',
  ].filter(Boolean);
  for (const fault of faults) console.error(`✖ ${fault}`);
  if (faults.length > 0) process.exitCode = 1;
} finally {
  await browser.close();
  server.close();
}

/** Of the page's objects, after what is not used any more was collected. */
async function usedBytes(tools: CDPSession): Promise<number> {
  await tools.send('HeapProfiler.collectGarbage');
  return (await tools.send('Runtime.getHeapUsage')).usedSize;
}

/** What the page says of the tasks that ended, and how many of those it has are under way. */
async function readShown(page: Page): Promise<{ ended: number[]; open: number }> {
  const text = (await page.locator('.ended').textContent()) ?? '';
  const ended = [...text.matchAll(/\d[\d,]*/g)].map(([digits]) => Number(digits.replaceAll(',', '')));
  let open = 0;
  for (const name of ['Queued', 'Running']) {
    await page.locator('.live-head').getByLabel(name, { exact: true }).click();
    open += await page.locator('.live tbody tr[data-status]').count();
  }
  return { ended, open };
}

function round(value: number): number {
  return Math.round(value * 100) / 100;
}

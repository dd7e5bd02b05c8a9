import { mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { startRecordingProvider } from '../scheduling/provider-report.ts';
import { type RunningService, startService } from '../start-service.ts';
import { measureBudget } from './budget.ts';
import { measureSharing } from './sharing.ts';

/**
 * npm run bench:tenants [-- --small]
 *
 * The whole service on the local host in this process: two tenants that share a provider, and a budget under parallel
 * submissions. `--small`: a tenth of the tasks, in about a minute.
 */
const { values } = parseArgs({ options: { small: { type: 'boolean', default: false } } });
const provider = await startRecordingProvider();

async function withService<T>(
  settings: Record<string, string>,
  file: string,
  measure: (service: RunningService) => Promise<T>,
): Promise<T> {
  const folder = await mkdtemp(join(tmpdir(), 'llm-bench-tenants-'));
  const LLM_CONFIG_FILE = join(folder, 'config.yaml');
  await writeFile(LLM_CONFIG_FILE, file);
  const service = await startService({ ...settings, LLM_CONFIG_FILE, LLM_MAX_QUEUE_SIZE: '100000' });
  try {
    return await measure(service);
  } finally {
    await service.stop();
  }
}

const shares = await withService(
  { LLM_PROVIDERS: 'local', LOCAL_LLM_BASE_URL: provider.baseUrls.local, LLM_CONCURRENCY_LOCAL: '10' },
  '{}\n',
  (service) =>
    measureSharing(service, provider, values.small ? { many: 200, few: 20 } : { many: 2_000, few: 20 }),
);
provider.stop();
const spent = await withService(
  {
    LLM_PROVIDERS: 'simulated',
    SIMULATED_BASE_URL: 'simulated://bench?latency_ms=200',
    LLM_CONCURRENCY_SIMULATED: '20',
  },
  [
    'providers:',
    '  simulated:',
    '    models:',
    '      simulated: { input_usd_per_million: 0, output_usd_per_million: 100 }',
    'tenants:',
    '  default: { budget_per_day: 1 }',
    '',
  ].join('\n'),
  (service) => measureBudget(service, values.small ? 60 : 200),
);
const measures = [...shares, ...spent];
for (const { what, bar, measured, met } of measures)
  console.log(`${what.padEnd(70)}  ${bar.padEnd(22)}  ${measured.padEnd(34)}  ${met ? 'yes' : 'NO'}`);
process.exitCode = measures.every(({ met }) => met) ? 0 : 1;

import type { Emulator } from './read-emulator.ts';

/** Asks for LocalStack's health path, which MiniStack has too. Throws an Error after `tries` tries. */
export async function waitForEmulator({ endpoint }: Emulator, tries = 20): Promise<void> {
  for (let left = tries; ; left--)
    try {
      await fetch(`${endpoint}/_localstack/health`, { signal: AbortSignal.timeout(2000) });
      return;
    } catch (cause) {
      if (left <= 1) throw new Error(`Nothing answers at ${endpoint}: start the emulator first`, { cause });
      await new Promise((resolve) => setTimeout(resolve, 500));
    }
}

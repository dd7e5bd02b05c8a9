import type { Payloads } from '../../adapters/s3-payloads.ts';

/** A bucket in memory, and what lies in it by key. */
export function createMemoryPayloads() {
  const objects = new Map<string, string>();
  const payloads: Payloads = {
    put: async (key, text) => void objects.set(key, text),
    get: async (key) => objects.get(key),
    delete: async (key) => void objects.delete(key),
  };
  return { objects, payloads };
}

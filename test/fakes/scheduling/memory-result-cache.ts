import { asCachedResult } from '../../../core/result-cache/cached-result.ts';
import type { ResultCache } from '../../../core/result-cache/result-cache.ts';
import type { WaitingTask } from '../../../core/scheduling/waiting-tasks.ts';
import type { TaskResult } from '../../../core/tasks/task.ts';

interface Entry {
  result?: TaskResult;
  expiresAt: number;
  leader?: string | undefined;
  until: number;
  followed: number;
  followers: Map<string, WaitingTask>;
}

/** Results, flights and followers in memory, with the conditions of the port. */
export function createMemoryResultCache(): ResultCache {
  const entries = new Map<string, Entry>();
  const of = (cacheKey: string) => {
    const fresh: Entry = { expiresAt: 0, until: 0, followed: 0, followers: new Map() };
    const entry = entries.get(cacheKey) ?? fresh;
    entries.set(cacheKey, entry);
    return entry;
  };
  const kept = (entry: Entry, now: number) =>
    entry.result && entry.expiresAt > now ? asCachedResult(entry.result) : undefined;
  return {
    read: async (cacheKey, now) => kept(of(cacheKey), now),
    async join(cacheKey, taskId, now, until) {
      const entry = of(cacheKey);
      const result = kept(entry, now);
      if (result) return { kind: 'hit', result };
      if (entry.leader !== undefined && entry.leader !== taskId && entry.until > now) return { kind: 'busy' };
      entry.leader = taskId;
      entry.until = until;
      return { kind: 'leader', followed: entry.followed };
    },
    async follow(cacheKey, follower, now) {
      const entry = of(cacheKey);
      entry.followers.set(follower.received.message.taskId, follower);
      const isOpen = entry.leader !== undefined && entry.until > now && !kept(entry, now);
      if (isOpen) entry.followed += 1;
      else entry.followers.delete(follower.received.message.taskId);
      return isOpen;
    },
    async store(cacheKey, result, expiresAt) {
      const entry = of(cacheKey);
      Object.assign(entry, { result, expiresAt, leader: undefined });
      return entry.followed;
    },
    async release(cacheKey, taskId) {
      const entry = of(cacheKey);
      if (entry.leader !== undefined && entry.leader !== taskId) return 0;
      entry.leader = undefined;
      return entry.followed;
    },
    listFollowers: async (cacheKey, limit) => [...of(cacheKey).followers.values()].slice(0, limit),
    async removeFollowers(cacheKey, followers) {
      for (const { received } of followers) of(cacheKey).followers.delete(received.message.taskId);
    },
  };
}

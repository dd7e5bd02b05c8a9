import type { Subscriber, Subscription, Subscriptions } from '../core/web-socket/subscriptions.ts';
import type { DynamoTable, Item } from './dynamo-table.ts';

/** API Gateway ends a WebSocket after two hours; the margin is for clocks and late disconnects. */
const rowSeconds = 2 * 3600 + 600;
const pageSize = 500;

const listenKey = (tenant: string) => `LISTEN#${tenant}`;
const subscriptionName = ({ kind, id }: Subscription) => `${kind}#${id}`;
const subscriptionKey = (tenant: string, name: string) => `LISTEN#${tenant}#${name}`;
const ttlOf = (now: number) => Math.ceil(now / 1000) + rowSeconds;

/**
 * Rows of the state table:
 *
 * - `LISTEN#<tenant>` / `ALL#<connection>`: subscribed to everything. `…` / `TOPICS#<connection>`: to what it named
 *   alone. A query by the key reads all of the first kind and stops at the first of the second.
 * - `LISTEN#<tenant>#task#<id>` / `<connection>` (and `#batch#`): subscribed to this one; thousands are a few pages.
 * - `CONNECTION#<connection>` / `FOLLOW#…`: what one subscribe message named, for the removal.
 */
export function createDynamoSubscriptions({ table }: { table: DynamoTable }): Subscriptions {
  const row = (tenant: string, kind: 'ALL' | 'TOPICS', connectionId: string, now: number): Item => ({
    pk: listenKey(tenant),
    sk: `${kind}#${connectionId}`,
    connected_at: now,
    ttl: ttlOf(now),
  });
  const key = (tenant: string, kind: 'ALL' | 'TOPICS', connectionId: string) => ({
    pk: listenKey(tenant),
    sk: `${kind}#${connectionId}`,
  });

  async function readNamed(connectionId: string): Promise<Item[]> {
    const items: Item[] = [];
    for await (const page of readPages(table, `CONNECTION#${connectionId}`)) items.push(...page);
    return items;
  }

  async function dropNamed(connectionId: string, tenant: string): Promise<void> {
    const messages = await readNamed(connectionId);
    const names = new Set(messages.flatMap((item) => [...(item.topics as Set<string>)]));
    await table.deleteMany([
      ...[...names].map((name) => ({ pk: subscriptionKey(tenant, name), sk: connectionId })),
      ...messages.map((item) => ({ pk: item.pk as string, sk: item.sk as string })),
    ]);
  }

  return {
    async add(connectionId, tenant, now) {
      await table.put(row(tenant, 'ALL', connectionId, now));
    },

    async remove(connectionId, tenant) {
      await table.deleteMany([key(tenant, 'ALL', connectionId), key(tenant, 'TOPICS', connectionId)]);
      await dropNamed(connectionId, tenant);
    },

    async subscribe(connectionId, tenant, named, now) {
      const names = [...new Set(named.map(subscriptionName))];
      if (names.length === 0) return;
      const ttl = ttlOf(now);
      await table.putMany([
        { pk: `CONNECTION#${connectionId}`, sk: `FOLLOW#${now}#${names[0]}`, topics: new Set(names), ttl },
        ...names.map((name) => ({ pk: subscriptionKey(tenant, name), sk: connectionId, ttl })),
        row(tenant, 'TOPICS', connectionId, now),
      ]);
      // Last, so that at no moment an event subscribed to has nobody to go to.
      await table.delete(key(tenant, 'ALL', connectionId));
    },

    async subscribeToAll(connectionId, tenant, now) {
      await table.put(row(tenant, 'ALL', connectionId, now));
      await table.delete(key(tenant, 'TOPICS', connectionId));
      await dropNamed(connectionId, tenant);
    },

    async unsubscribe(connectionId, tenant, named) {
      const names = [...new Set(named.map(subscriptionName))];
      await table.deleteMany(names.map((name) => ({ pk: subscriptionKey(tenant, name), sk: connectionId })));
    },

    async unsubscribeFromAll(connectionId, tenant, now) {
      await table.put(row(tenant, 'TOPICS', connectionId, now));
      await table.delete(key(tenant, 'ALL', connectionId));
      await dropNamed(connectionId, tenant);
    },

    async subscribersToAll(tenant) {
      const all: Subscriber[] = [];
      for await (const page of readPages(table, listenKey(tenant)))
        for (const item of page) {
          const [kind, connectionId] = split(item.sk as string);
          if (kind === 'TOPICS') return { all, someSubscribedById: true };
          all.push({ connectionId, connectedAt: item.connected_at as number });
        }
      return { all, someSubscribedById: false };
    },

    async subscribersTo(tenant, subscription) {
      const found: Subscriber[] = [];
      for await (const page of readPages(table, subscriptionKey(tenant, subscriptionName(subscription))))
        found.push(...page.map((item) => ({ connectionId: item.sk as string, connectedAt: 0 })));
      return found;
    },
  };
}

/** Consistent reads: an event may follow its subscription by milliseconds. */
async function* readPages(table: DynamoTable, pk: string): AsyncGenerator<Item[]> {
  let startKey: Item | undefined;
  do {
    const query = { where: '#pk = :pk', values: { pk }, limit: pageSize, consistent: true, startKey };
    const page = await table.query(query);
    yield page.items;
    startKey = page.lastKey;
  } while (startKey);
}

function split(sk: string): [kind: string, rest: string] {
  const at = sk.indexOf('#');
  return [sk.slice(0, at), sk.slice(at + 1)];
}

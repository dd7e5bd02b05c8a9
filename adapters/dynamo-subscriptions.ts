import * as z from 'zod';
import type {
  OpenedConnection,
  Subscriber,
  Subscription,
  Subscriptions,
} from '../core/web-socket/subscriptions.ts';
import type { Item, ItemKey } from './dynamo-item.ts';
import type { DynamoTable } from './dynamo-table.ts';
import { parseItem } from './parse-item.ts';

/** API Gateway ends a WebSocket after two hours; the margin is for clocks and late disconnects. */
const rowSeconds = 2 * 3600 + 600;
const pageSize = 500;

/*
 * Rows of the state table; `connected_at` is epoch milliseconds, `ttl` epoch seconds:
 *
 * - `LISTEN#<tenant>` / `ALL#<connection>`: subscribed to everything. `…` / `TOPICS#<connection>`: to what it
 *   named alone. A query by the key reads all of the first kind and stops at the first of the second.
 * - `LISTEN#<tenant>#task#<id>` / `<connection>` (and `#batch#`): subscribed to this one; thousands are a few
 *   pages. `deltas`: it reads answers as they are written.
 * - `OPENED#<credential up to @>` / `<connection>`: by what it was let in, for the day when that is revoked.
 * - `CONNECTION#<connection>` / `FOLLOW#…`: what one subscribe message named, for the removal.
 */
const row = { pk: z.string(), sk: z.string(), ttl: z.number().optional() };
const ConnectionRow = z.object({ ...row, connected_at: z.number() });
const SubscriberRow = z.object({ ...row, deltas: z.boolean().optional() });
const NamedRow = z.object({ ...row, topics: z.set(z.string()) });
const OpenedRow = z.object({ ...row, tenant: z.string(), credential: z.string() });
type OpenedRow = z.input<typeof OpenedRow>;
type ConnectionRow = z.input<typeof ConnectionRow>;
type SubscriberRow = z.input<typeof SubscriberRow>;
type NamedRow = z.input<typeof NamedRow>;

type Kind = 'ALL' | 'TOPICS';

const tenantKey = (tenant: string) => `LISTEN#${tenant}`;
const subscriptionName = ({ kind, id }: Subscription) => `${kind}#${id}`;
const subscriptionKey = (tenant: string, name: string) => `LISTEN#${tenant}#${name}`;
const connectionKey = (connectionId: string) => `CONNECTION#${connectionId}`;
const openedKey = (credential: string) => `OPENED#${credential.split('@')[0]}`;
const ttlOf = (now: number) => Math.ceil(now / 1000) + rowSeconds;

export function createDynamoSubscriptions({ table }: { table: DynamoTable }): Subscriptions {
  const key = (tenant: string, kind: Kind, connectionId: string): ItemKey => ({
    pk: tenantKey(tenant),
    sk: `${kind}#${connectionId}`,
  });
  const connectionRow = (tenant: string, kind: Kind, connectionId: string, now: number): ConnectionRow => ({
    ...key(tenant, kind, connectionId),
    connected_at: now,
    ttl: ttlOf(now),
  });

  async function dropNamed(connectionId: string, tenant: string): Promise<void> {
    const rows: z.output<typeof NamedRow>[] = [];
    for await (const page of readPages(table, connectionKey(connectionId)))
      rows.push(...page.map((item) => parseItem('The row of a subscribe message', NamedRow, item)));
    const names = new Set(rows.flatMap(({ topics }) => [...topics]));
    await table.deleteMany([
      ...[...names].map((name) => ({ pk: subscriptionKey(tenant, name), sk: connectionId })),
      ...rows.map(({ pk, sk }) => ({ pk, sk })),
    ]);
  }

  return {
    async add(connectionId, tenant, now, credential) {
      const connection = connectionRow(tenant, 'ALL', connectionId, now);
      if (credential === undefined) {
        await table.put<ConnectionRow>(connection);
        return;
      }
      const opened: OpenedRow = {
        pk: openedKey(credential),
        sk: connectionId,
        tenant,
        credential,
        ttl: ttlOf(now),
      };
      await table.putMany([connection, opened]);
    },

    async openedBy(name) {
      const found: OpenedConnection[] = [];
      for await (const page of readPages(table, openedKey(name)))
        for (const item of page) {
          const { sk, tenant, credential } = parseItem('The row of an opened connection', OpenedRow, item);
          found.push({ connectionId: sk, tenant, credential });
        }
      return found;
    },

    async isKnown(connectionId, tenant) {
      const keys = [key(tenant, 'ALL', connectionId), key(tenant, 'TOPICS', connectionId)];
      return (await table.getMany(keys, { consistent: true })).length > 0;
    },

    async remove(connectionId, tenant, credential) {
      const opened = credential === undefined ? [] : [{ pk: openedKey(credential), sk: connectionId }];
      await table.deleteMany([
        key(tenant, 'ALL', connectionId),
        key(tenant, 'TOPICS', connectionId),
        ...opened,
      ]);
      await dropNamed(connectionId, tenant);
    },

    async subscribe(connectionId, tenant, named, now, deltas) {
      const names = [...new Set(named.map(subscriptionName))];
      if (names.length === 0) return;
      const ttl = ttlOf(now);
      const message: NamedRow = {
        pk: connectionKey(connectionId),
        sk: `FOLLOW#${now}#${names[0]}`,
        topics: new Set(names),
        ttl,
      };
      const subscribers = names.map(
        (name): SubscriberRow => ({
          pk: subscriptionKey(tenant, name),
          sk: connectionId,
          ttl,
          ...(deltas && { deltas }),
        }),
      );
      await table.putMany([message, ...subscribers, connectionRow(tenant, 'TOPICS', connectionId, now)]);
      // Last, so that the connection misses no event that it subscribed to.
      await table.delete(key(tenant, 'ALL', connectionId));
    },

    async subscribeToAll(connectionId, tenant, now) {
      await table.put<ConnectionRow>(connectionRow(tenant, 'ALL', connectionId, now));
      await table.delete(key(tenant, 'TOPICS', connectionId));
      await dropNamed(connectionId, tenant);
    },

    async unsubscribe(connectionId, tenant, named) {
      const names = [...new Set(named.map(subscriptionName))];
      await table.deleteMany(names.map((name) => ({ pk: subscriptionKey(tenant, name), sk: connectionId })));
    },

    async unsubscribeFromAll(connectionId, tenant, now) {
      await table.put<ConnectionRow>(connectionRow(tenant, 'TOPICS', connectionId, now));
      await table.delete(key(tenant, 'ALL', connectionId));
      await dropNamed(connectionId, tenant);
    },

    async subscribersToAll(tenant) {
      const all: Subscriber[] = [];
      for await (const page of readPages(table, tenantKey(tenant)))
        for (const item of page) {
          const { sk, connected_at } = parseItem('The row of a connection', ConnectionRow, item);
          const [kind, connectionId] = split(sk);
          if (kind === 'TOPICS') return { all, someSubscribedById: true };
          all.push({ connectionId, connectedAt: connected_at });
        }
      return { all, someSubscribedById: false };
    },

    async subscribersTo(tenant, subscription) {
      const found: Subscriber[] = [];
      for await (const page of readPages(table, subscriptionKey(tenant, subscriptionName(subscription))))
        found.push(...page.map(subscriberFromItem));
      return found;
    },
  };
}

function subscriberFromItem(item: Item): Subscriber {
  const { sk, deltas } = parseItem('The row of a subscriber', SubscriberRow, item);
  return { connectionId: sk, connectedAt: 0, ...(deltas && { deltas }) };
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

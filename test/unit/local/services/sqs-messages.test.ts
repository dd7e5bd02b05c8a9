import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { describe, it } from 'node:test';
import { SqsMessages } from '../../../../local/services/sqs-messages.ts';

const message = { id: 'new', body: 'second', groupId: 'g', sentAt: 2, receiveCount: 0, firstReceivedAt: 3 };

describe('messages on disk', () => {
  it('are kept beside those of an older data directory, whose table has a column more', async (t) => {
    const directory = mkdtempSync(join(tmpdir(), 'sqs-messages-'));
    t.after(() => rmSync(directory, { recursive: true }));
    const database = new DatabaseSync(join(directory, 'sqs.db'));
    database.exec(`CREATE TABLE messages (
      id TEXT PRIMARY KEY, queue TEXT NOT NULL, body TEXT NOT NULL, attributes TEXT, group_id TEXT,
      sent_at INTEGER NOT NULL, receive_count INTEGER NOT NULL, first_received_at INTEGER, hidden_until INTEGER)`);
    database.exec("INSERT INTO messages VALUES ('old', 'q', 'first', NULL, NULL, 1, 2, 1, 9)");
    database.close();

    const messages = new SqsMessages(directory);
    messages.insert('q', message, 5);
    messages.receive({ ...message, receiveCount: 1 }, 7);
    assert.deepEqual(messages.all(), [
      {
        queue: 'q',
        hiddenUntil: 9,
        message: {
          id: 'old',
          body: 'first',
          groupId: undefined,
          sentAt: 1,
          receiveCount: 2,
          firstReceivedAt: 1,
        },
      },
      { queue: 'q', hiddenUntil: 7, message: { ...message, receiveCount: 1 } },
    ]);
    messages.move('old', 'dead');
    messages.remove('new');
    assert.deepEqual(
      messages.all().map(({ queue, hiddenUntil }) => [queue, hiddenUntil]),
      [['dead', undefined]],
    );
    await messages.close();
  });
});

import assert from 'node:assert/strict';
import { createHash, randomBytes } from 'node:crypto';
import { describe, test } from 'node:test';
import OpenAI, { toFile } from 'openai';
import { errorOf } from './error-of.ts';
import type { World } from './start-world.ts';

export function testFiles({ client, baseURL, apiKey }: World): void {
  const content = async (fileId: string) =>
    Buffer.from(await (await client.files.content(fileId)).arrayBuffer());

  describe('files of the official client', () => {
    test('a file is stored, listed, read as it was and deleted', async () => {
      const bytes = randomBytes(300_000);
      const expires_after = { anchor: 'created_at', seconds: 7_200 } as const;
      const file = await client.files.create({
        file: await toFile(bytes, 'grün.bin'),
        purpose: 'user_data',
        expires_after,
      });
      assert.equal(file.filename, 'grün.bin');
      assert.equal(file.bytes, bytes.length);
      assert.equal((file.expires_at ?? 0) - file.created_at, 7_200);
      assert.deepEqual(await client.files.retrieve(file.id), file);
      assert.ok(bytes.equals(await content(file.id)));
      assert.deepEqual(await client.files.delete(file.id), { id: file.id, object: 'file', deleted: true });
      await assert.rejects(client.files.retrieve(file.id), OpenAI.NotFoundError);
      await assert.rejects(content(file.id), OpenAI.NotFoundError);
      await assert.rejects(client.files.delete(file.id), OpenAI.NotFoundError);
    });

    test('the client pages through files of a purpose, newest first, past those of others', async () => {
      const made: string[] = [];
      for (let index = 0; index < 7; index += 1) {
        const purpose = index % 2 ? ('evals' as const) : ('fine-tune' as const);
        made.push((await client.files.create({ file: await toFile(Buffer.from('{}'), 'a'), purpose })).id);
      }
      const found: string[] = [];
      for await (const file of client.files.list({ purpose: 'fine-tune', limit: 2 })) found.push(file.id);
      const wanted = made.filter((_, index) => index % 2 === 0);
      assert.deepEqual(found, wanted.toReversed());
      const oldest = await client.files.list({ purpose: 'evals', order: 'asc', limit: 1 });
      assert.deepEqual([oldest.data[0]?.id, oldest.has_more], [made[1], true]);
      for (const id of made) await client.files.delete(id);
    });

    test('a range of a file is answered as such, and one that it does not have is refused', async () => {
      const file = await client.files.create({
        file: await toFile(Buffer.from('0123456789'), 'a'),
        purpose: 'batch',
      });
      const get = (range: string) =>
        fetch(`${baseURL}/files/${file.id}/content`, {
          headers: { authorization: `Bearer ${apiKey}`, range },
        });
      const middle = await get('bytes=2-4');
      assert.deepEqual(
        [middle.status, middle.headers.get('content-range'), await middle.text()],
        [206, 'bytes 2-4/10', '234'],
      );
      assert.equal(await (await get('bytes=-3')).text(), '789');
      assert.equal((await get('bytes=10-')).status, 416);
    });

    test('what is no file is refused by the name of its field', async () => {
      const refused = async (body: object) => errorOf(client.files.create(body as never));
      const file = await toFile(Buffer.from('a'), 'a');
      assert.equal((await refused({ file, purpose: 'none' })).param, 'purpose');
      assert.equal((await refused({ purpose: 'batch' })).status, 400);
      assert.equal(
        (await refused({ file: await toFile(Buffer.alloc(0), 'a'), purpose: 'batch' })).param,
        'file',
      );
      const soon = { file, purpose: 'batch', expires_after: { anchor: 'created_at', seconds: 5 } };
      assert.equal((await refused(soon)).param, 'expires_after.seconds');
      assert.equal((await refused({ file, purpose: 'batch', other: 'x' })).param, 'other');
      const large = { file: await toFile(Buffer.alloc(4_400_001), 'a'), purpose: 'batch' };
      const { status, message } = await refused(large);
      assert.equal(status, 413);
      assert.match(message, /POST \/v1\/uploads/);
    });

    test('a file above the bound of a request comes in parts, side by side, and is one in the order that is named', async () => {
      const pieces = Array.from({ length: 5 }, () => randomBytes(2_500_000));
      const whole = Buffer.concat(pieces);
      const upload = await client.uploads.create({
        bytes: whole.length,
        filename: 'large.jsonl',
        mime_type: 'application/jsonl',
        purpose: 'batch',
      });
      assert.equal(upload.status, 'pending');
      const parts = await Promise.all(
        pieces.map(async (piece) =>
          client.uploads.parts.create(upload.id, { data: await toFile(piece, 'part') }),
        ),
      );
      const part_ids = parts.map(({ id }) => id);
      const md5 = createHash('md5').update(whole).digest('hex');
      const refused = (body: { part_ids: string[]; md5?: string }) =>
        errorOf(client.uploads.complete(upload.id, body));
      assert.equal((await refused({ part_ids: part_ids.slice(1) })).param, 'part_ids');
      assert.equal((await refused({ part_ids: part_ids.toReversed(), md5 })).param, 'md5');
      assert.equal((await refused({ part_ids: [...part_ids, 'part_none'] })).param, 'part_ids[5]');
      const done = await client.uploads.complete(upload.id, { part_ids, md5 });
      assert.equal(done.status, 'completed');
      assert.equal(done.file?.bytes, whole.length);
      // As a client does whose answer was lost.
      assert.deepEqual(await client.uploads.complete(upload.id, { part_ids, md5 }), done);
      assert.ok(whole.equals(await content(done.file?.id ?? '')));
      const late = client.uploads.parts.create(upload.id, { data: await toFile(Buffer.from('a'), 'part') });
      assert.equal((await errorOf(late)).status, 409);
    });

    test('a cancelled upload takes nothing more', async () => {
      const body = { bytes: 1, filename: 'a', mime_type: 'text/plain', purpose: 'batch' } as const;
      const { id } = await client.uploads.create(body);
      assert.equal((await client.uploads.cancel(id)).status, 'cancelled');
      assert.equal((await client.uploads.cancel(id)).status, 'cancelled');
      const late = client.uploads.parts.create(id, { data: await toFile(Buffer.from('a'), 'part') });
      assert.equal((await errorOf(late)).status, 409);
      assert.equal((await errorOf(client.uploads.cancel('upload_none'))).status, 404);
    });
  });
}

import assert from 'node:assert/strict';
import { PassThrough } from 'node:stream';
import { test } from 'node:test';
import type { ReadStream, WriteStream } from 'node:tty';
import { askSecret } from '../../../../scripts/secrets/ask-secret.ts';

/** What is read of what was typed, what the terminal showed, and in which modes it was. */
async function type(...keys: string[]) {
  const modes: boolean[] = [];
  const input = Object.assign(new PassThrough(), {
    isTTY: true,
    setRawMode: (raw: boolean) => modes.push(raw),
  });
  let shown = '';
  const output = {
    write(text: string) {
      shown += text;
    },
  };
  const asked = askSecret('kimi', input as unknown as ReadStream, output as unknown as WriteStream);
  for (const key of keys) input.write(key);
  return { secret: await asked, shown, modes };
}

test('what is typed at a terminal is not shown, and the terminal is as before afterwards', async () => {
  assert.deepEqual(await type('s', 'k-', 'x\u007f1', '\r'), {
    secret: 'sk-1',
    shown: 'kimi: \n',
    modes: [true, false],
  });
  assert.equal((await type('pasted-whole\n')).secret, 'pasted-whole');
});

test('Ctrl-C gives up', async () => {
  await assert.rejects(type('sk', '\u0003'), /Nothing was changed/);
});

test('a pipe is read to its end', async () => {
  const input = new PassThrough();
  input.write('sk-');
  input.end('piped\n');
  const output = { write: () => assert.fail('nothing is asked') };
  const read = await askSecret('kimi', input as unknown as ReadStream, output as unknown as WriteStream);
  assert.equal(read, 'sk-piped\n');
});

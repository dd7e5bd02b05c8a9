export interface HostileBody {
  kind: string;
  body: string | Buffer;
  contentType?: string;
}

const task = (members: string) => `{"type":"custom","prompt":"p",${members}}`;
const fields = (count: number, length: number) =>
  Array.from({ length: count }, (_, index) => `"${'f'.repeat(length)}${index}":1`).join();

/** Twenty bodies of POST /api/v1/tasks that no caller means. */
export const hostileBodies: HostileBody[] = [
  { kind: 'lists without end', body: '['.repeat(4_000_000) },
  { kind: 'lists as deep as the body', body: `${'['.repeat(2_000_000)}${']'.repeat(2_000_000)}` },
  { kind: 'objects as deep as the body', body: `${'{"a":'.repeat(600_000)}1${'}'.repeat(600_000)}` },
  { kind: 'deep data', body: task(`"data":${'['.repeat(5_000)}${']'.repeat(5_000)}`) },
  { kind: 'unknown fields', body: task(fields(100_000, 10)) },
  { kind: 'long unknown fields', body: task(fields(4, 1_000_000)) },
  { kind: 'metadata without end', body: task(`"metadata":{${fields(100_000, 10)}}`) },
  {
    kind: 'a lone surrogate as a name',
    body: task('"config":{"response_schema":{"properties":{"\\ud800":{}}}}'),
  },
  { kind: 'a lone surrogate in the prompt', body: '{"type":"custom","prompt":"\\udfff"}' },
  {
    kind: 'names of every object',
    body: task('"__proto__":{"a":1},"constructor":{"prototype":{}},"toString":1'),
  },
  { kind: 'prototypes in metadata', body: task('"metadata":{"__proto__":"x","constructor":"y"}') },
  { kind: 'a number beyond numbers', body: task('"config":{"max_tokens":1e400,"temperature":-1e999}') },
  { kind: 'no JSON', body: 'x'.repeat(4_000_000) },
  { kind: 'no text', body: Buffer.alloc(1_000_000, 0xff) },
  { kind: 'too much', body: Buffer.alloc(9_000_000, 0x20) },
  {
    kind: 'a batch of wrong tasks',
    body: `{"tasks":[${Array.from({ length: 500 }, () => `{${fields(400, 10)}}`).join()}]}`,
  },
  {
    kind: 'a schema as large as allowed',
    body: task(
      `"config":{"response_schema":{"anyOf":[${Array.from({ length: 3_000 }, () => '{}').join()}]}}`,
    ),
  },
  {
    kind: 'a schema full of references',
    body: task(
      `"config":{"response_schema":{"$defs":{"a":{}},"allOf":[${Array.from({ length: 1_400 }, () => '{"$ref":"#/$defs/a"}').join()}]}}`,
    ),
  },
  { kind: 'a form', body: 'type=custom&prompt=p', contentType: 'application/x-www-form-urlencoded' },
  { kind: 'nothing', body: '' },
];

import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { test } from 'node:test';
import { Script } from 'node:vm';
import { docsPage, docsPageHeaders } from '../../../../functions/http/docs-page/page.ts';

const inside = (tag: string) => docsPage.match(new RegExp(`<${tag}>([\\s\\S]*?)</${tag}>`))?.[1] ?? '';

test('the script of the page can be parsed', () => {
  assert.doesNotThrow(() => new Script(inside('script')));
});

test('the policy allows the script and the style of the page and nothing else', () => {
  const policy = docsPageHeaders['content-security-policy'];
  for (const tag of ['script', 'style']) {
    const hash = createHash('sha256').update(inside(tag)).digest('base64');
    assert.ok(policy.includes(`${tag}-src 'sha256-${hash}'`));
  }
  assert.doesNotMatch(policy, /unsafe|https?:|\*/);
});

test('the page names no other host', () => {
  assert.doesNotMatch(docsPage, /(src|href)="(https?:)?\/\//);
});

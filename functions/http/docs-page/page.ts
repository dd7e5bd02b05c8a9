import { createHash } from 'node:crypto';
import { docsScript } from './script.ts';
import { docsStyle } from './style.ts';

/** The page at /docs. It loads nothing but /openapi.json. */
export const docsPage = `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>LLM Service</title>
<link rel="icon" href="data:,">
<style>${docsStyle}</style>
</head>
<body>
<main>
<h1>LLM Service <small id="version" class="dim"></small></h1>
<p id="description"></p>
<p class="dim">The same as a document: <a href="openapi.json">openapi.json</a></p>
<label class="token" hidden><span>Bearer token</span><input id="token" type="password" autocomplete="off"></label>
<div id="operations"></div>
<noscript><p>This page needs JavaScript; openapi.json does not.</p></noscript>
</main>
<script>${docsScript}</script>
</body>
</html>
`;

const hash = (text: string) => `'sha256-${createHash('sha256').update(text).digest('base64')}'`;

export const docsPageHeaders = {
  'content-type': 'text/html; charset=utf-8',
  'cache-control': 'public, max-age=60',
  'content-security-policy': [
    "default-src 'none'",
    `style-src ${hash(docsStyle)}`,
    `script-src ${hash(docsScript)}`,
    "connect-src 'self'",
    'img-src data:',
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
  ].join('; '),
};

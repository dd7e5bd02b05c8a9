import { WirePageSettings } from '../pages/page-settings.ts';
import type { Operation } from './operation.ts';

/** What opens in a browser; functions/http/serve-page.ts serves it beside the files that pages load. */
export const pageOperations: Operation[] = [
  {
    method: 'get',
    path: '/',
    id: 'get-console',
    tag: 'Service',
    summary: 'Open the console',
    public: true,
    answers: { 200: { description: 'The page', contentType: 'text/html' } },
    errors: [],
  },
  {
    method: 'get',
    path: '/docs',
    id: 'get-docs',
    tag: 'Service',
    summary: 'Open a page to read this document and try it',
    public: true,
    answers: { 200: { description: 'The page', contentType: 'text/html' } },
    errors: [],
  },
  {
    method: 'get',
    path: '/console/config.json',
    id: 'get-console-settings',
    tag: 'Service',
    summary: 'Read what a page must know before its first call',
    public: true,
    answers: { 200: { description: 'Addresses, and whether calls need a token', schema: WirePageSettings } },
    errors: [],
  },
];

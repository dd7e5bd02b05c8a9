import { docsPage, docsPageHeaders } from './docs-page/page.ts';
import { servePublic } from './middleware/serve-http.ts';

/** GET /docs */
export const handler = servePublic(async () => ({ status: 200, headers: docsPageHeaders, text: docsPage }));

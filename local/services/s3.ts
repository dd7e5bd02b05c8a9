// Amazon S3: https://docs.aws.amazon.com/AmazonS3/latest/API/ — served by fauxqs over files.
// fauxqs 2.4.1 keeps objects only when its own server starts, which binds every address; so its application is used
// here without that server, with its file store. These are internals: the version is pinned exactly.
import type { IncomingMessage, ServerResponse } from 'node:http';
import { buildApp } from 'fauxqs';
import type { Value } from '../template/cloud-assembly.ts';
import type { RestService } from './aws-service.ts';
import type { AccessRequest } from './iam.ts';

export class S3 implements RestService {
  readonly #app: ReturnType<typeof buildApp>;
  readonly #store: Value;

  private constructor(app: ReturnType<typeof buildApp>, store: Value) {
    this.#app = app;
    this.#store = store;
  }

  static async open(dataDirectory: string): Promise<S3> {
    const internals = new URL('./s3/', import.meta.resolve('fauxqs'));
    const [{ S3Store }, { FileS3Persistence }] = await Promise.all([
      import(new URL('s3Store.js', internals).href),
      import(new URL('fileS3Persistence.js', internals).href),
    ]);
    const store = new S3Store();
    const files = new FileS3Persistence(dataDirectory);
    files.loadS3(store);
    store.persistence = files;
    const app = buildApp({ logger: false, stores: { s3Store: store } as Value });
    await app.ready();
    return new S3(app, store);
  }

  add(bucket: string): void {
    if (!this.#store.hasBucket(bucket)) this.#store.createBucket(bucket);
  }

  /** As far as permissions tell calls apart. */
  operation(request: IncomingMessage): string {
    return this.access(request)[0]?.action.split(':')[1] ?? '';
  }

  /** https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazons3.html */
  access(request: IncomingMessage): AccessRequest[] {
    const [path = '', query = ''] = (request.url ?? '/').split('?');
    const [, bucket = '', ...rest] = decodeURIComponent(path).split('/');
    const key = rest.join('/');
    const parameters = new URLSearchParams(query);
    const resource = `arn:aws:s3:::${bucket}`;
    if (key === '') {
      if (parameters.has('delete')) return [{ action: 's3:DeleteObject', resource: `${resource}/*` }];
      return [{ action: 's3:ListBucket', resource }];
    }
    const action = { GET: 'GetObject', HEAD: 'GetObject', DELETE: 'DeleteObject' }[request.method ?? ''];
    return [{ action: `s3:${action ?? 'PutObject'}`, resource: `${resource}/${key}` }];
  }

  handle(request: IncomingMessage, response: ServerResponse): void {
    this.#app.routing(request, response);
  }

  async close(): Promise<void> {
    await this.#app.close();
  }
}

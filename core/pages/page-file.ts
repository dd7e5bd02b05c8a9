import * as z from 'zod';

/** Content codings that files are kept in, best first (RFC 9110 §8.4.1). */
export const codings = ['br', 'gzip'] as const;
export type Coding = (typeof codings)[number];

/** A file of the pages that people open, as the build lists it. */
export const PageFile = z.object({
  /** Where it is served: `/docs`, `/console/app.1f3a9c0d.js`. */
  path: z.string().startsWith('/'),
  /** Name of the file beside the list; each coding has one of its own, with `.br` or `.gzip` behind. */
  file: z.string().min(1),
  contentType: z.string().min(1),
  /** Of its content, as it is without a coding. */
  hash: z.string().min(1),
  /** Its name changes with its content, so that it may be kept for ever. */
  immutable: z.boolean(),
  codings: z.array(z.enum(codings)),
});
export type PageFile = z.infer<typeof PageFile>;

/** The build's list of them. */
export const PageList = z.array(PageFile);

/** Where files lie. */
export interface PageFiles {
  list(): Promise<readonly PageFile[]>;
  /** @param coding undefined: as it is */
  read(page: PageFile, coding: Coding | undefined): Promise<Uint8Array>;
}

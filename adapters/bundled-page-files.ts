import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type PageFile, type PageFiles, PageList } from '../core/pages/page-file.ts';

/** The files that lib/build-pages.ts wrote into `directory`. */
export function createBundledPageFiles(directory: string): PageFiles {
  let list: readonly PageFile[] | undefined;
  return {
    async list() {
      list ??= PageList.parse(JSON.parse(await readFile(join(directory, 'list.json'), 'utf8')));
      return list;
    },
    read: ({ file }, coding) => readFile(join(directory, coding === undefined ? file : `${file}.${coding}`)),
  };
}

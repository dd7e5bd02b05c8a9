/** What an OpenAI client may say that a file is for. The service itself uses those of batches. */
export const filePurposes = ['assistants', 'batch', 'fine-tune', 'vision', 'user_data', 'evals'] as const;
/** And of files that batches make: no caller hands in such. */
export const storedPurposes = [...filePurposes, 'batch_output'] as const;
export type FilePurpose = (typeof storedPurposes)[number];

/** A piece of a file, in an object of its own. */
export interface FilePart {
  objectKey: string;
  bytes: number;
}

/** A file of a tenant: the bytes of its parts, one after the other. It never changes. Times are epoch milliseconds. */
export interface StoredFile {
  tenant: string;
  fileId: string;
  filename: string;
  purpose: FilePurpose;
  bytes: number;
  createdAt: number;
  expiresAt: number;
  parts: readonly FilePart[];
}

const second = 1_000;
const day = 86_400_000;

/** Seconds that a caller may ask for. */
export const shortestLife = 3_600;
export const longestLife = 2_592_000;

/** OpenAI's own default for files of batches; here it is that of all, and the longest. */
export const fileLifeMs = longestLife * second;

/** Days after which an object goes, whatever became of its file, by the beginning of its key. */
export const objectLives = [1, 7, 31, 46] as const;

/**
 * Where a tenant's object lies that is needed for so long. The longest is a part of a batch's answers: the batch may take
 * fourteen days, and its file is then kept for thirty.
 */
export function placeObject(tenant: string, name: string, neededMs: number): string {
  const days = objectLives.find((life) => life * day >= neededMs) ?? objectLives.at(-1);
  return `${days}d/${tenant}/${name}`;
}

/** Whether a text may be such an id: no other is looked up. */
export function isTimedId(prefix: string, text: string): boolean {
  return text.startsWith(prefix) && /^[0-9a-f]{32}$/.test(text.slice(prefix.length));
}

/** An id that sorts by time, as lists need it: `<prefix>` and 32 hexadecimal digits, as UUIDs of version 7 begin. */
export function timedId(prefix: string, now: number, uuid: string): string {
  const digits = uuid.replaceAll('-', '').slice(-20);
  return `${prefix}${now.toString(16).padStart(12, '0')}${digits}`;
}

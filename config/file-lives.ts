import { objectLives } from '../core/files/file.ts';

/** Days: the bucket of files has a rule for each. */
export const fileObjectLives: readonly number[] = objectLives;

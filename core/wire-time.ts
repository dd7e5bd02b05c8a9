import * as z from 'zod';

// Inside the service times are epoch milliseconds, on the wire they are text.

export const WireTime = z.iso.datetime().meta({ description: 'ISO 8601, UTC, with milliseconds' });

export function toWireTime(milliseconds: number): string {
  return new Date(milliseconds).toISOString();
}

export function toWireTimeOrNull(milliseconds: number | null): string | null {
  return milliseconds === null ? null : toWireTime(milliseconds);
}

import { type Coding, codings } from './page-file.ts';

/**
 * The best of the codings that a file is kept in, after an Accept-Encoding header (RFC 9110 §12.5.3); undefined: the
 * file as it is, which is sent too where a client takes nothing that there is.
 */
export function chooseCoding(accepted: string | undefined, kept: readonly Coding[]): Coding | undefined {
  const weights = readWeights(accepted ?? '');
  const weightOf = (coding: string) => weights.get(coding) ?? weights.get('*') ?? 0;
  return codings
    .filter((coding) => kept.includes(coding) && weightOf(coding) > 0)
    .reduce<Coding | undefined>(
      (best, coding) => (best === undefined || weightOf(coding) > weightOf(best) ? coding : best),
      undefined,
    );
}

function readWeights(header: string): Map<string, number> {
  const weights = new Map<string, number>();
  for (const part of header.toLowerCase().split(',')) {
    const [name = '', ...parameters] = part.split(';').map((text) => text.trim());
    const weight = parameters.find((parameter) => parameter.startsWith('q='))?.slice('q='.length);
    // A weight that is none counts as a refusal.
    if (name !== '') weights.set(name, weight === undefined ? 1 : Number(weight) || 0);
  }
  return weights;
}

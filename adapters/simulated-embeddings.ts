import { createHash } from 'node:crypto';
import * as z from 'zod';
import type { EmbeddingReply, EmbeddingRequest } from '../core/attempts/language-model.ts';
import { countInputs } from './openai-embeddings.ts';
import { countTokens } from './simulated-answers.ts';

/** One of another form counts as absent. */
const Parameters = z.object({
  dimensions: z.int().min(1).max(4_096).catch(64),
  encoding_format: z.enum(['float', 'base64']).catch('float'),
});

/** Vectors of length 1, the same for the same input, and near one another for no two. */
export function answerEmbeddings({ input, parameters, model }: EmbeddingRequest): EmbeddingReply {
  const { dimensions, encoding_format } = Parameters.parse(parameters);
  const inputs = Array.isArray(input) && countInputs(input) === input.length ? input : [input];
  const data = inputs.map((each, index) => {
    const vector = vectorOf(JSON.stringify(each), dimensions);
    const embedding = encoding_format === 'base64' ? toBase64(vector) : vector;
    return { object: 'embedding', index, embedding };
  });
  const tokens = inputs.map(countInputTokens).reduce((sum, count) => sum + count, 0);
  return { data, usage: { promptTokens: tokens, completionTokens: 0 }, model };
}

function vectorOf(text: string, dimensions: number): number[] {
  const numbers: number[] = [];
  for (let block = 0; numbers.length < dimensions; block++) {
    const hash = createHash('sha256').update(`${block}/${text}`).digest();
    for (let at = 0; at < hash.length; at += 4) numbers.push(hash.readInt32BE(at) / 2 ** 31);
  }
  const vector = numbers.slice(0, dimensions);
  const length = Math.hypot(...vector) || 1;
  return vector.map((number) => number / length);
}

/** 32-bit floats, the lowest byte first, as OpenAI encodes them. */
function toBase64(vector: readonly number[]): string {
  const bytes = Buffer.alloc(vector.length * 4);
  for (const [index, number] of vector.entries()) bytes.writeFloatLE(number, index * 4);
  return bytes.toString('base64');
}

function countInputTokens(input: unknown): number {
  if (Array.isArray(input)) return input.length;
  return countTokens(typeof input === 'string' ? input : JSON.stringify(input));
}

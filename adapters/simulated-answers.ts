import { createHash } from 'node:crypto';
import * as z from 'zod';
import type { ChatChoice } from '../core/attempts/chat.ts';
import type { ChatRequest } from '../core/attempts/language-model.ts';
import { textOfMessages } from '../core/task-types/estimate-tokens.ts';
import type { JsonSchema } from '../core/task-types/json-schemas.ts';
import type { TokenUsage } from '../core/tasks/task.ts';
import { generateFromSchema } from './generate-from-schema.ts';
import type { SimulationOptions } from './simulation-options.ts';

const Schema = z.record(z.string(), z.unknown());

const Tool = z.object({ function: z.object({ name: z.string(), parameters: Schema.optional() }) });
type Tool = z.infer<typeof Tool>;

/** The members of a caller's chat that a simulation heeds. One of another form counts as absent. */
const Parameters = z.object({
  n: z.int().min(1).max(128).catch(1),
  stop: z
    .union([z.string().transform((sequence) => [sequence]), z.array(z.string())])
    .catch([])
    .transform((sequences) => sequences.filter((sequence) => sequence !== '')),
  tools: z.array(z.unknown()).catch([]),
  tool_choice: z
    .union([z.string(), z.object({ function: z.object({ name: z.string() }) })])
    .optional()
    .catch(undefined),
  response_format: z
    .object({ type: z.string(), json_schema: z.object({ schema: Schema }).optional() })
    .optional()
    .catch(undefined),
});
type Parameters = z.output<typeof Parameters>;

const anyObject: JsonSchema = { type: 'object', properties: { answer: { type: 'string' } } };

/**
 * The choices that a simulated model answers, the same for the same request.
 *
 * @param invalid whether JSON that is asked for is to be none
 */
export function answerChat(
  request: ChatRequest,
  options: SimulationOptions,
  invalid: boolean,
): { choices: ChatChoice[]; usage: TokenUsage } {
  const parameters = Parameters.parse(request.parameters ?? {});
  const asked = textOfMessages(request.messages);
  const tool = toolToCall(request, parameters);
  const schema = request.responseSchema ?? schemaOf(parameters);
  const choices = Array.from({ length: parameters.n }, (_, index) => {
    const seed = `${options.seed}/${asked}${index > 0 ? `/choice ${index}` : ''}`;
    if (tool) return callTool(index, tool, seed);
    const content = schema
      ? writeJson(schema, seed, invalid)
      : writeText(request.model, options.tokens, asked, index);
    return { index, ...cut(content, parameters.stop, request.maxTokens) };
  });
  const written = choices.map(({ message }) => message.content ?? JSON.stringify(message)).map(countTokens);
  const completionTokens = written.reduce((sum, tokens) => sum + tokens, 0);
  return { choices, usage: { promptTokens: countTokens(asked), completionTokens } };
}

function schemaOf({ response_format: format }: Parameters): JsonSchema | undefined {
  if (format?.type === 'json_object') return anyObject;
  return format?.type === 'json_schema' ? (format.json_schema?.schema ?? anyObject) : undefined;
}

/** A user's message is answered by a call where there are tools, and what a tool said by text. */
function toolToCall({ messages }: ChatRequest, { tools, tool_choice: choice }: Parameters): Tool | undefined {
  if (choice === 'none' || messages.at(-1)?.role !== 'user') return undefined;
  const known = tools.flatMap((tool) => Tool.safeParse(tool).data ?? []);
  const name = typeof choice === 'object' ? choice.function.name : undefined;
  return known.find((tool) => name === undefined || tool.function.name === name);
}

function callTool(index: number, { function: { name, parameters } }: Tool, seed: string): ChatChoice {
  const value = generateFromSchema(parameters ?? { type: 'object' }, pickBy(seed));
  const id = `call_${hash(`${seed}/${name}`).toString('hex').slice(0, 24)}`;
  const call = { id, type: 'function', function: { name, arguments: JSON.stringify(value) } };
  return {
    index,
    message: { role: 'assistant', content: null, tool_calls: [call] },
    finish_reason: 'tool_calls',
  };
}

function writeText(model: string, tokens: number, asked: string, index: number): string {
  const mark = hash(asked).toString('hex').slice(0, 8);
  const place = index > 0 ? ` (${index + 1})` : '';
  return `Simulated answer ${mark}${place} of ${model}. ${'word '.repeat(tokens)}`
    .slice(0, tokens * 4)
    .trim();
}

function writeJson(schema: JsonSchema, seed: string, invalid: boolean): string {
  const content = JSON.stringify(generateFromSchema(schema, pickBy(seed)));
  return invalid ? content.slice(0, Math.max(1, content.length - 2)).replace(/^\{/, 'Sorry: ') : content;
}

function cut(
  content: string,
  stop: readonly string[],
  maxTokens = Number.POSITIVE_INFINITY,
): Omit<ChatChoice, 'index'> {
  const ends = stop.map((sequence) => content.indexOf(sequence)).filter((at) => at >= 0);
  const stopped = ends.length > 0 ? content.slice(0, Math.min(...ends)) : content;
  const isCut = countTokens(stopped) > maxTokens;
  return {
    message: { role: 'assistant', content: isCut ? stopped.slice(0, maxTokens * 4) : stopped },
    finish_reason: isCut ? 'length' : 'stop',
  };
}

function pickBy(seed: string): (n: number) => number {
  let picks = 0;
  return (n) => Math.floor(fraction(`${seed}/${picks++}`) * n);
}

export function countTokens(text: string): number {
  return Math.ceil(Buffer.byteLength(text) / 4);
}

/** 0 (inclusive) to 1 (exclusive), the same for the same text. */
export function fraction(text: string): number {
  return hash(text).readUInt32BE(0) / 2 ** 32;
}

function hash(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}

import * as z from 'zod';
import { refusableParameters } from '../../core/providers/provider.ts';
import { duration, number, oneOf, text, wholeNumber } from '../values.ts';

const price = number(0, 10_000);

/** A model of the file. core/providers/provider.ts has what it becomes. */
export const ModelEntry = z
  .strictObject({
    kind: oneOf(['chat', 'embedding'])
      .optional()
      .meta({ description: '`embedding`: it makes vectors, and no chat is sent to it. Default: chat' }),
    input_usd_per_million: price.optional().meta({ description: 'US dollars per million tokens of prompt' }),
    cached_input_usd_per_million: price.optional().meta({
      description: 'For tokens of a prompt that the provider had in its own cache. Default: as other input',
    }),
    output_usd_per_million: price.optional().meta({ description: 'US dollars per million tokens of answer' }),
    context_window: wholeNumber(1).optional().meta({ description: 'Tokens of prompt and answer together' }),
    max_output_tokens: wholeNumber(1).optional().meta({ description: 'Tokens of an answer' }),
    quality: number(0, 1)
      .optional()
      .meta({ description: '0 (worst) to 1 (best), for the strategies quality and balanced' }),
    refuses: z
      .array(oneOf(refusableParameters), 'must be a list of parameters, such as [temperature, n]')
      .optional()
      .meta({ description: 'Parameters that it answers with an error: they are never sent' }),
    extra_body: z
      .record(z.string(), z.unknown(), 'must be a map: members added to the body of each request')
      .optional()
      .meta({ description: 'Added to the body of each request, such as a switch that turns thinking off' }),
    typical_latency: duration('1h', '800ms or 3s')
      .optional()
      .meta({ description: 'Guess of its median latency, until it is measured. Default: 3s' }),
  })
  .meta({ description: 'A model: a built-in one adjusted, or a new one' });
export type ModelEntry = z.infer<typeof ModelEntry>;

export const modelName = text('the name of a model, as its provider knows it', 200);

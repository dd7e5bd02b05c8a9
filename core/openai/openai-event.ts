import * as z from 'zod';

/** A webhook's event as OpenAI's clients unwrap it: https://developers.openai.com/api/docs/guides/webhooks */
export const OpenaiEvent = z.object({
  id: z.string(),
  object: z.literal('event'),
  /** Seconds. */
  created_at: z.int(),
  type: z.string().meta({ examples: ['response.completed'] }),
  data: z.object({ id: z.string().meta({ description: 'What ended: it is read by this id' }) }),
});
export type OpenaiEvent = z.infer<typeof OpenaiEvent>;

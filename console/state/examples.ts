import type { TaskRequest } from '../../client/wire.ts';
import type { FormValues } from './request-form.ts';

type Example = Partial<FormValues>;

const examples: Record<string, Example> = {
  custom: { prompt: 'Name three rivers, each with a fact that few people know.' },
  semantic_analysis: { data: 'The delivery was late, but support was lovely and sent a voucher.' },
  data_cleaning: { data: 'Jon  Smith ; 12/03/24;  jon.smith(at)example.com ; +44 20 7946 0018' },
  category_match: {
    data: 'My parcel has not arrived yet.',
    categories: 'Billing\nDelivery\nReturns\nTechnical support',
  },
  text_summarization: {
    data:
      'The harbour closed at noon on Tuesday after the wind passed eighty kilometres an hour. Two ferries waited ' +
      'outside until the evening, and some three hundred passengers were brought to the school for the night. ' +
      'The port expects to open again on Wednesday morning.',
  },
  translation: { data: 'Good morning. Where does the train to the sea leave?', targetLanguage: 'fr' },
};

/** What a type may be tried with; a type of the deployment gets a text. */
export function exampleFor(type: string): Example {
  return examples[type] ?? { data: 'The quick brown fox jumps over the lazy dog.' };
}

/** A file with tasks of several types, as JSON Lines. */
export function exampleBatch(count: number): string {
  const cities = ['Lisbon', 'Oslo', 'Kyoto', 'Accra', 'Quito'];
  const tasks = Array.from({ length: count }, (_, index): TaskRequest => {
    const city = cities[index % cities.length] ?? '';
    if (index % 4 === 3)
      return { type: 'translation', data: { text: `Good evening, ${city}!`, target_language: 'fr' } };
    if (index % 4 === 1)
      return { type: 'semantic_analysis', data: { text: `I loved ${city}, but the hotel was too loud.` } };
    return {
      type: 'custom',
      prompt: `Name three sights of ${city}.`,
      priority: index % 8 === 0 ? 'high' : 'low',
    };
  });
  return `${tasks.map((task) => JSON.stringify(task)).join('\n')}\n`;
}

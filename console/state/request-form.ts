import { exactJson } from '../../client/exact-json.ts';
import type { TaskConfig, TaskRequest } from '../../client/wire.ts';

/** What stands in the fields of the form. Empty: not said. */
export interface FormValues {
  type: string;
  prompt: string;
  dataKind: 'text' | 'json';
  data: string;
  targetLanguage: string;
  /** One a line. */
  categories: string;
  priority: 'high' | 'normal' | 'low';
  provider: string;
  model: string;
  strategy: string;
  timeout: string;
  temperature: string;
  maxTokens: string;
  maxRetries: string;
  cache: '' | 'on' | 'off';
  responseSchema: string;
  callbackUrl: string;
  /** `name=value`, one a line. */
  metadata: string;
}

export type Field = keyof FormValues;

export const emptyForm: FormValues = {
  type: 'custom',
  prompt: '',
  dataKind: 'text',
  data: '',
  targetLanguage: '',
  categories: '',
  priority: 'normal',
  provider: '',
  model: '',
  strategy: '',
  timeout: '',
  temperature: '',
  maxTokens: '',
  maxRetries: '',
  cache: '',
  responseSchema: '',
  callbackUrl: '',
  metadata: '',
};

/** What cannot be read, before the service is asked: which words to show is the page's. */
export type FormFault = { field: Field; kind: 'json' | 'number' | 'pair'; detail: string };

export type ReadForm =
  | { request: TaskRequest; faults?: undefined }
  | { faults: FormFault[]; request?: undefined };

/** The task that the form describes. The service checks it; here only what could not be read. */
export function readForm(values: FormValues): ReadForm {
  const faults: FormFault[] = [];
  const json = (field: 'data' | 'responseSchema') => {
    if (values[field].trim() === '') return undefined;
    try {
      return exactJson.parse(values[field]) as unknown;
    } catch (error) {
      faults.push({ field, kind: 'json', detail: (error as Error).message });
      return undefined;
    }
  };
  const number = (field: 'temperature' | 'maxTokens' | 'maxRetries') => {
    const text = values[field].trim();
    if (text === '') return undefined;
    if (Number.isNaN(Number(text))) faults.push({ field, kind: 'number', detail: text });
    return Number(text);
  };
  const config = dropEmpty({
    provider: values.provider,
    model: values.model,
    strategy: values.strategy as TaskConfig['strategy'],
    timeout: values.timeout.trim(),
    temperature: number('temperature'),
    max_tokens: number('maxTokens'),
    max_retries: number('maxRetries'),
    cache_enabled: values.cache === '' ? undefined : values.cache === 'on',
    response_schema: json('responseSchema') as TaskConfig['response_schema'],
  });
  const metadata = readPairs(values.metadata, faults);
  const data = values.dataKind === 'json' ? json('data') : textData(values);
  const request = dropEmpty({
    type: values.type,
    prompt: values.prompt.trim() === '' ? '' : values.prompt,
    data,
    priority: values.priority === 'normal' ? undefined : values.priority,
    config: isEmpty(config) ? undefined : config,
    callback_url: values.callbackUrl.trim(),
    metadata: isEmpty(metadata) ? undefined : metadata,
  }) as TaskRequest;
  return faults.length > 0 ? { faults } : { request };
}

/** The members that built-in types read beside the text. */
function textData({ type, data, targetLanguage, categories }: FormValues): unknown {
  if (data.trim() === '') return undefined;
  const names = categories
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '');
  return {
    text: data,
    ...(type === 'translation' && targetLanguage.trim() && { target_language: targetLanguage.trim() }),
    ...(type === 'category_match' && names.length > 0 && { categories: names }),
  };
}

function readPairs(text: string, faults: FormFault[]): Record<string, string> {
  const pairs: Record<string, string> = {};
  for (const line of text.split('\n').filter((each) => each.trim() !== '')) {
    const at = line.indexOf('=');
    if (at < 1) faults.push({ field: 'metadata', kind: 'pair', detail: line });
    else pairs[line.slice(0, at).trim()] = line.slice(at + 1).trim();
  }
  return pairs;
}

function dropEmpty<T extends object>(object: T): Partial<T> {
  return Object.fromEntries(
    Object.entries(object).filter(([, value]) => value !== undefined && value !== ''),
  ) as Partial<T>;
}

function isEmpty(object: object): boolean {
  return Object.keys(object).length === 0;
}

const fieldsByPointer: [RegExp, Field][] = [
  [/^\/type/, 'type'],
  [/^\/prompt/, 'prompt'],
  [/^\/data/, 'data'],
  [/^\/priority/, 'priority'],
  [/^\/callback_url/, 'callbackUrl'],
  [/^\/metadata/, 'metadata'],
  [/^\/config\/provider/, 'provider'],
  [/^\/config\/model/, 'model'],
  [/^\/config\/strategy/, 'strategy'],
  [/^\/config\/timeout/, 'timeout'],
  [/^\/config\/temperature/, 'temperature'],
  [/^\/config\/max_tokens/, 'maxTokens'],
  [/^\/config\/max_retries/, 'maxRetries'],
  [/^\/config\/cache_enabled/, 'cache'],
  [/^\/config\/response_schema/, 'responseSchema'],
];

/** The field of the form that a fault of the service is about. */
export function fieldOf(pointer: string): Field | undefined {
  return fieldsByPointer.find(([pattern]) => pattern.test(pointer))?.[1];
}

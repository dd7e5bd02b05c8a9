import { type Described, describeType, docComment } from './describe-type.ts';

interface DescribedBody {
  content: Record<string, { schema: Described }>;
}

interface DescribedOperation {
  operationId: string;
  parameters?: { name: string; in: string; description?: string; schema: Described }[];
  requestBody?: DescribedBody;
  responses: Record<string, Partial<DescribedBody>>;
}

interface OpenApiDocument {
  paths: Record<string, Record<string, DescribedOperation>>;
  webhooks: Record<string, { post: { requestBody: DescribedBody } }>;
  components: { schemas: Record<string, Described> };
}

const json = 'application/json';
const quoted = (text: string) => `'${text}'`;

/**
 * The text of client/wire.ts: what the OpenAPI document says of the routes that the client calls, as types. Left out is
 * what OpenAI's own clients call, and pages for browsers.
 */
export function writeWireTypes(document: object): string {
  const { paths, webhooks, components } = document as OpenApiDocument;
  const operations = Object.entries(paths)
    .filter(([path]) => !path.startsWith('/v1/'))
    .flatMap(([path, methods]) =>
      Object.entries(methods).map(([method, operation]) => ({
        ...operation,
        route: `${method.toUpperCase()} ${path}`,
      })),
    )
    .filter(({ responses }) => responses[200]?.content?.['text/html'] === undefined);
  const bodies = operations.map(describeOperation);
  const events = Object.values(webhooks)
    .map(({ post }) => describeType(post.requestBody.content[json]?.schema))
    // In OpenAI's form: their own clients read it.
    .filter((name) => !name.startsWith('OpenAI'));
  const reached = reach([...bodies, ...events].join('\n'), components.schemas);
  return [
    '// Made from the OpenAPI document by `npm run client:types`. Do not edit.',
    ...reached.map(([name, text]) => `${docComment(components.schemas[name]?.description)}${text}`),
    `export type ServiceEvent = ${events.join(' | ')};`,
    `/** Method and path of each operation. */\nexport const routes = {\n${operations
      .map(({ operationId, route }) => `  ${quoted(operationId)}: ${quoted(route)},`)
      .join('\n')}\n} as const;`,
    `/** What each operation takes and answers. */\nexport interface Operations {\n${bodies.join('\n')}\n}`,
    '',
  ].join('\n\n');
}

function describeOperation({
  operationId,
  parameters = [],
  requestBody,
  responses,
}: DescribedOperation): string {
  const query = parameters.filter((parameter) => parameter.in === 'query');
  const properties = Object.fromEntries(
    query.map(({ name, description, schema }) => [name, { ...schema, ...(description && { description }) }]),
  );
  const answers = Object.values(responses).flatMap(({ content = {} }) =>
    Object.entries(content).flatMap(([type, { schema }]) =>
      type === json ? describeType(schema, 4) : type.startsWith('text/') ? 'string' : [],
    ),
  );
  const members = [
    `query: ${query.length > 0 ? describeType({ type: 'object', properties }, 4) : 'undefined'}`,
    `body: ${requestBody ? describeType(requestBody.content[json]?.schema, 4) : 'undefined'}`,
    `answer: ${[...new Set(answers)].join(' | ')}`,
  ];
  return `  ${quoted(operationId)}: {\n${members.map((member) => `    ${member};`).join('\n')}\n  };`;
}

/** The schemas that a text names, and those that they name, each with its declaration. */
function reach(text: string, schemas: Record<string, Described>): [name: string, text: string][] {
  const found = new Map<string, string>();
  const look = (place: string) => {
    for (const [name, schema] of Object.entries(schemas)) {
      if (found.has(name) || !new RegExp(`\\b${name}\\b(?!')`).test(withoutComments(place))) continue;
      const shape = describeType(name === 'TaskRequest' ? withOpenType(schema) : schema);
      const declared = shape.startsWith('{')
        ? `export interface ${name} ${shape}`
        : `export type ${name} = ${shape};`;
      found.set(name, declared);
      look(declared);
    }
  };
  look(text);
  return [...found].sort(([one], [other]) => (one < other ? -1 : 1));
}

const withoutComments = (text: string) => text.replaceAll(/\/\*\*[\s\S]*?\*\//g, '');

/** A deployment has types of its own beside those of this document. */
function withOpenType(schema: Described): Described {
  const { type, ...others } = schema.properties ?? {};
  return { ...schema, properties: { type: { ...type, isOpen: true }, ...others } };
}

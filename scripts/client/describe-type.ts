/** A JSON Schema of the OpenAPI document, as far as its types need it. */
export interface Described {
  $ref?: string;
  type?: string | string[];
  description?: string;
  const?: unknown;
  enum?: unknown[];
  anyOf?: Described[];
  oneOf?: Described[];
  items?: Described;
  properties?: Record<string, Described>;
  required?: string[];
  propertyNames?: Described;
  additionalProperties?: boolean | Described;
  /** Of an `enum`: there may be others. */
  isOpen?: boolean;
}

const plain: Record<string, string> = {
  string: 'string',
  number: 'number',
  integer: 'number',
  boolean: 'boolean',
  null: 'null',
};

/** A schema as a TypeScript type. Throws on what it does not know, rather than to call it `unknown`. */
export function describeType(schema: Described | undefined, indent = 0): string {
  if (!schema) throw new Error('There is no schema');
  const { $ref, type } = schema;
  if ($ref) return $ref.slice($ref.lastIndexOf('/') + 1);
  if ('const' in schema) return literal(schema.const);
  if (schema.enum) return `${schema.enum.map(literal).join(' | ')}${schema.isOpen ? ' | (string & {})' : ''}`;
  const choices = schema.anyOf ?? schema.oneOf;
  if (choices) return choices.map((choice) => describeType(choice, indent)).join(' | ');
  if (type === undefined && !schema.properties) return 'unknown';
  if (Array.isArray(type))
    return type.map((each) => describeType({ ...schema, type: each }, indent)).join(' | ');
  if (type === 'array') return `Array<${describeType(schema.items, indent)}>`;
  if (schema.properties) return describeObject(schema, indent);
  if (type === 'object') return describeRecord(schema, indent);
  const name = plain[type ?? ''];
  if (!name) throw new Error(`A schema of type ${type} is not known here`);
  return name;
}

function describeObject({ properties = {}, required = [] }: Described, indent: number): string {
  const margin = ' '.repeat(indent + 2);
  const members = Object.entries(properties).map(([name, schema]) => {
    const key = /^\w+$/.test(name) ? name : `'${name}'`;
    const isRequired = required.includes(name);
    return `${docComment(schema.description, margin)}${margin}${key}${isRequired ? '' : '?'}: ${describeType(schema, indent + 2)};`;
  });
  return `{\n${members.join('\n')}\n${' '.repeat(indent)}}`;
}

function describeRecord({ propertyNames, additionalProperties }: Described, indent: number): string {
  const names = propertyNames?.enum ? describeType(propertyNames) : 'string';
  const isSchema = typeof additionalProperties === 'object' && Object.keys(additionalProperties).length > 0;
  return `Record<${names}, ${isSchema ? describeType(additionalProperties, indent) : 'unknown'}>`;
}

function literal(value: unknown): string {
  return typeof value === 'string' ? `'${value}'` : JSON.stringify(value);
}

/** Line ends inside; nothing where there is no text. */
export function docComment(text: string | undefined, margin = ''): string {
  if (!text) return '';
  const lines = text
    .replaceAll('*/', '* /')
    .split('\n')
    .map((line) => line.trim());
  if (lines.length === 1) return `${margin}/** ${lines[0]} */\n`;
  return `${margin}/**\n${lines.map((line) => `${margin} * ${line}\n`).join('')}${margin} */\n`;
}

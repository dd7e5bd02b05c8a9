// Identity-based policies: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic.html
// Within one account a grant of the role is enough, so policies of resources are not read.
import type { Value } from '../template/cloud-assembly.ts';
import type { ResolvedTemplates } from '../template/resolve-template.ts';

export interface AccessRequest {
  /** Such as dynamodb:PutItem. */
  readonly action: string;
  /** ARN, or * where the action has no resource. */
  readonly resource: string;
  /** Values of condition keys. */
  readonly context?: Readonly<Record<string, readonly string[]>>;
}

interface Statement {
  readonly allows: boolean;
  readonly matchesAction: (action: string) => boolean;
  readonly matchesResource: (resource: string) => boolean;
  readonly conditions: readonly Condition[];
}

type Condition = (context: Readonly<Record<string, readonly string[]>>) => boolean;

export class Iam {
  readonly #statements = new Map<string, Statement[]>();
  /** Statements that name an action and a resource, by role, action and resource. */
  readonly #matching = new Map<string, readonly Statement[]>();

  /** Throws an error that names what it cannot evaluate. */
  constructor(templates: ResolvedTemplates) {
    const arns = new Map(
      templates.ofType('AWS::IAM::Role').map((role) => [role.ref, String(role.attributes.Arn)]),
    );
    for (const { id, properties } of templates.ofType('AWS::IAM::Policy')) {
      const statements = list(properties.PolicyDocument.Statement).map((one) => parseStatement(one, id));
      for (const name of list(properties.Roles)) {
        const arn = arns.get(name) ?? '';
        this.#statements.set(arn, [...(this.#statements.get(arn) ?? []), ...statements]);
      }
    }
  }

  isAllowed(roleArn: string, { action, resource, context = {} }: AccessRequest): boolean {
    const statements = this.#statementsOn(roleArn, action, resource).filter(({ conditions }) =>
      conditions.every((condition) => condition(context)),
    );
    return statements.length > 0 && statements.every(({ allows }) => allows);
  }

  #statementsOn(roleArn: string, action: string, resource: string): readonly Statement[] {
    const key = `${roleArn} ${action} ${resource}`;
    const known = this.#matching.get(key);
    if (known) return known;
    const matching = (this.#statements.get(roleArn) ?? []).filter(
      (statement) => statement.matchesAction(action) && statement.matchesResource(resource),
    );
    if (this.#matching.size > 10_000) this.#matching.clear();
    this.#matching.set(key, matching);
    return matching;
  }

  /** The first request that the role may not make. */
  firstDenied(roleArn: string, requests: readonly AccessRequest[]): AccessRequest | undefined {
    return requests.find((request) => !this.isAllowed(roleArn, request));
  }
}

function parseStatement(statement: Value, source: string): Statement {
  const { Effect, Action, NotAction, Resource, NotResource, Condition = {} } = statement;
  const actions = list(Action ?? NotAction).map((pattern) => wildcard(pattern, 'i'));
  const resources = list(Resource ?? NotResource).map((pattern) => wildcard(pattern));
  return {
    allows: Effect === 'Allow',
    matchesAction: (action) => actions.some((pattern) => pattern.test(action)) === (Action !== undefined),
    matchesResource: (arn) => resources.some((pattern) => pattern.test(arn)) === (Resource !== undefined),
    conditions: Object.entries<Value>(Condition).flatMap(([operator, keys]) =>
      Object.entries<Value>(keys).map(([key, values]) => parseCondition(operator, key, list(values), source)),
    ),
  };
}

function parseCondition(operator: string, key: string, values: Value[], source: string): Condition {
  const [, set = '', name, ifExists] =
    operator.match(/^(ForAllValues:|ForAnyValue:)?(\w+?)(IfExists)?$/) ?? [];
  if ((name !== 'StringEquals' && name !== 'StringLike') || key !== 'dynamodb:LeadingKeys') {
    throw new Error(
      `Policy ${source} has the condition ${operator} on ${key}, which the local host does not know`,
    );
  }
  const patterns = values.map((value) => (name === 'StringLike' ? wildcard(value) : exactly(value)));
  const holds = (actual: string) => patterns.some((pattern) => pattern.test(actual));
  return (context) => {
    const actual = context[key];
    if (!actual || actual.length === 0) return set === 'ForAllValues:' || ifExists !== undefined;
    return set === 'ForAnyValue:' ? actual.some(holds) : actual.every(holds);
  };
}

const escapeText = (text: string) => text.replace(/[.+^${}()|[\]\\]/g, '\\$&');
const exactly = (text: string) =>
  new RegExp(`^${escapeText(text).replaceAll('*', '\\*').replaceAll('?', '\\?')}$`);

function wildcard(pattern: string, flags = ''): RegExp {
  return new RegExp(`^${escapeText(pattern).replaceAll('*', '.*').replaceAll('?', '.')}$`, `s${flags}`);
}

const list = (value: Value): Value[] => (value === undefined ? [] : Array.isArray(value) ? value : [value]);

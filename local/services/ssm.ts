// Systems Manager parameters: https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_GetParameter.html
// Secrets stay in the environment of the host, which no function sees. This call shows one, to a function whose role
// may read it.
import type { Value } from '../template/cloud-assembly.ts';
import type { JsonService } from './aws-service.ts';
import type { AccessRequest } from './iam.ts';
import { ServiceFault } from './service-fault.ts';

export class Ssm implements JsonService {
  readonly #variables: Readonly<Record<string, string>>;
  readonly #environment: Readonly<Record<string, string | undefined>>;
  readonly #arnPrefix: string;

  /** @param variables the variable of `environment` that holds each parameter, by the parameter's name */
  constructor(
    variables: Readonly<Record<string, string>>,
    environment: Readonly<Record<string, string | undefined>>,
    region: string,
    account: string,
  ) {
    this.#variables = variables;
    this.#environment = environment;
    this.#arnPrefix = `arn:aws:ssm:${region}:${account}:parameter`;
  }

  access(operation: string, { Name }: Value): AccessRequest[] {
    checkServed(operation);
    return [{ action: 'ssm:GetParameter', resource: this.#arn(Name) }];
  }

  call(operation: string, { Name }: Value): Value {
    checkServed(operation);
    const variable = this.#variables[Name];
    const value = variable && this.#environment[variable];
    if (!value) throw new ServiceFault(400, 'ParameterNotFound', `Parameter ${Name} not found.`);
    const parameter = { Name, Type: 'SecureString', Value: value, Version: 1, DataType: 'text' };
    return { Parameter: { ...parameter, ARN: this.#arn(Name) } };
  }

  #arn(name: string): string {
    return `${this.#arnPrefix}${name.startsWith('/') ? '' : '/'}${name}`;
  }
}

function checkServed(operation: string): void {
  if (operation === 'GetParameter') return;
  throw new ServiceFault(400, 'UnknownOperationException', `SSM ${operation} is not served locally`);
}

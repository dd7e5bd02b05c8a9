import { LlmServiceError } from '../../client/service-error.ts';
import type { Texts } from '../text/en.ts';

export interface Described {
  /** What it is and what to do, in the language of the page. */
  advice: string;
  /** In the words of the service. */
  detail: string | undefined;
  faults: readonly { pointer: string; detail: string }[];
  requestId: string | undefined;
}

export type Scope = 'submit' | 'read' | 'operate';

/** @param scope what the call needed, where the answer does not name it */
export function describeError(error: unknown, scope: Scope, isOpen: boolean, { errors }: Texts): Described {
  if (!(error instanceof LlmServiceError)) {
    const detail = error instanceof Error ? error.message : String(error);
    return { advice: errors.internal, detail, faults: [], requestId: undefined };
  }
  const { code, message, faults, requestId, retryAfter, status } = error;
  const patience = retryAfter === undefined ? '' : ` ${errors.inAWhile(String(Math.ceil(retryAfter)))}`;
  return {
    advice: `${adviceFor(error, scope, isOpen, errors)}${patience}`,
    detail: code === 'unreachable' || code === 'unauthenticated' ? undefined : message,
    faults: faults.length > 1 ? faults : [],
    requestId: status >= 500 ? requestId : undefined,
  };
}

function adviceFor(error: LlmServiceError, scope: Scope, isOpen: boolean, errors: Texts['errors']): string {
  switch (error.code) {
    case 'forbidden': {
      if (isOpen) return errors.forbiddenHost;
      const [named] = /\b(submit|read|operate)\b/.exec(error.message) ?? [scope];
      return errors.forbidden(named);
    }
    case 'idempotency_key_reused':
    case 'method_not_allowed':
    case 'invalid_request':
      return errors.invalid_request;
    default:
      return errors[error.code];
  }
}

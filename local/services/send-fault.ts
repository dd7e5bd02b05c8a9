// An error in the shape of its service's protocol:
// https://smithy.io/2.0/aws/protocols/aws-json-1_0-protocol.html#operation-error-serialization and, for S3,
// https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html
import type { ServerResponse } from 'node:http';
import type { WholeAnswer } from './aws-service.ts';
import type { ServiceFault } from './service-fault.ts';

const escapeXml = (text: string) => text.replace(/[<>&]/g, (character) => `&#${character.charCodeAt(0)};`);

/** @param service as in the credential scope of a signature */
export function sendFault(service: string, fault: ServiceFault, response: ServerResponse): void {
  if (response.headersSent) {
    response.destroy();
    return;
  }
  const { status, headers, body } = faultAnswer(service, fault);
  response.writeHead(status, headers).end(body);
}

export function faultAnswer(service: string, { status, code, message, details }: ServiceFault): WholeAnswer {
  if (service === 's3') {
    const body = `<Error><Code>${code}</Code><Message>${escapeXml(message)}</Message></Error>`;
    return { status, headers: { 'content-type': 'application/xml' }, body };
  }
  return {
    status,
    headers: {
      'content-type': 'application/x-amz-json-1.0',
      'x-amzn-errortype': code,
      ...(service === 'sqs' && { 'x-amzn-query-error': queryError(code) }),
    },
    body: JSON.stringify({ __type: code, message, Message: message, ...details }),
  };
}

/** SDK clients name an error of SQS as its older Query protocol did, by this header. */
function queryError(code: string): string {
  return `${code === 'QueueDoesNotExist' ? 'AWS.SimpleQueueService.NonExistentQueue' : code};Sender`;
}

// The providers' client and those of the SDK that `process-task` calls, by the commands that it sends, and nothing else.
export {
  ApiGatewayManagementApiClient,
  DeleteConnectionCommand,
  PostToConnectionCommand,
} from '@aws-sdk/client-apigatewaymanagementapi';
export {
  ChangeMessageVisibilityCommand,
  DeleteMessageBatchCommand,
  DeleteMessageCommand,
  ReceiveMessageCommand,
} from '@aws-sdk/client-sqs';
export { default as OpenAI } from 'openai';
export * from './submit-clients.ts';

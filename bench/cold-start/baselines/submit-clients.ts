// The clients of the SDK that `submit-task` calls, by the commands that it sends, and nothing else.
export {
  BatchGetItemCommand,
  BatchWriteItemCommand,
  DeleteItemCommand,
  DynamoDBClient,
  GetItemCommand,
  PutItemCommand,
  QueryCommand,
  TransactWriteItemsCommand,
  UpdateItemCommand,
} from '@aws-sdk/client-dynamodb';
export { DeleteObjectCommand, GetObjectCommand, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
export { SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
export { GetParameterCommand, SSMClient } from '@aws-sdk/client-ssm';

import * as z from 'zod';
import { DocumentedFileForm, listOf, WireFile } from '../files/file-wire.ts';
import { FilesQuery } from '../files/list-files.ts';
import {
  CompleteUploadRequest,
  DocumentedPartForm,
  UploadRequest,
  WireUpload,
  WireUploadPart,
} from '../uploads/upload-wire.ts';
import type { Operation } from './operation.ts';

const tag = 'OpenAI';
const reference = 'https://developers.openai.com/api/reference/resources';

const badRequest = { 400: 'The request is at fault; `param` names the field' };
const unknownFile = { 404: 'There is no such file, or its time is over' };
const unknownUpload = { 404: 'There is no such upload' };
const ended = { 409: '`conflict`: the upload is completed, cancelled or expired' };
const tooLarge = { 413: '`payload_too_large`' };

const DeletedFile = z
  .object({ id: z.string(), object: z.literal('file'), deleted: z.literal(true) })
  .meta({ id: 'DeletedFile' });

/** OpenAI's files, and uploads of larger ones. */
export const fileOperations: Operation[] = [
  {
    method: 'post',
    path: '/v1/files',
    id: 'create-file',
    tag,
    scope: 'submit',
    summary: 'Store a file',
    description:
      `[OpenAI’s reference](${reference}/files) describes it. A form has 4,400,000 bytes at most; larger files come by ` +
      '`POST /v1/uploads`. A file is kept for 30 days, or as `expires_after` says.',
    form: DocumentedFileForm,
    answers: { 200: { description: 'The file', schema: WireFile } },
    errors: [],
    openaiErrors: { ...badRequest, ...tooLarge },
  },
  {
    method: 'get',
    path: '/v1/files',
    id: 'list-files',
    tag,
    scope: 'read',
    summary: 'List files',
    query: FilesQuery,
    answers: { 200: { description: 'A page of files', schema: listOf(WireFile, 'FileList') } },
    errors: [],
    openaiErrors: badRequest,
  },
  {
    method: 'get',
    path: '/v1/files/{file_id}',
    id: 'get-file',
    tag,
    scope: 'read',
    summary: 'Read what is known of a file',
    answers: { 200: { description: 'The file', schema: WireFile } },
    errors: [],
    openaiErrors: unknownFile,
  },
  {
    method: 'delete',
    path: '/v1/files/{file_id}',
    id: 'delete-file',
    tag,
    scope: 'submit',
    summary: 'Delete a file',
    description: 'A batch that has not read all of it fails.',
    answers: { 200: { description: 'It is gone', schema: DeletedFile } },
    errors: [],
    openaiErrors: unknownFile,
  },
  {
    method: 'get',
    path: '/v1/files/{file_id}/content',
    id: 'get-file-content',
    tag,
    scope: 'read',
    summary: 'Read a file',
    description:
      'Streamed. An answer has 200,000,000 bytes at most: of a larger file ask for ranges, by a `Range` header with ' +
      'one range of bytes.',
    headers: [{ name: 'Range', description: 'Such as `bytes=0-199999999`', maxLength: 40 }],
    answers: {
      200: { description: 'All of it', contentType: 'application/octet-stream' },
      206: {
        description: 'The bytes that were asked for',
        contentType: 'application/octet-stream',
        headers: { 'content-range': '`bytes <first>-<last>/<all>`' },
      },
    },
    errors: [],
    openaiErrors: {
      400: '`Range` is not one range of bytes',
      ...unknownFile,
      413: 'The answer would be too large',
      416: 'The file has none of these bytes',
    },
  },
  {
    method: 'post',
    path: '/v1/uploads',
    id: 'create-upload',
    tag,
    scope: 'submit',
    summary: 'Begin a file that comes in parts',
    description: `[OpenAI’s reference](${reference}/uploads) describes it. A file has 512 MiB at most, in 1,000 parts.`,
    body: UploadRequest,
    example: { bytes: 12_000_000, filename: 'in.jsonl', mime_type: 'application/jsonl', purpose: 'batch' },
    answers: { 200: { description: 'The upload, `pending`', schema: WireUpload } },
    errors: [],
    openaiErrors: { ...badRequest, ...tooLarge },
  },
  {
    method: 'post',
    path: '/v1/uploads/{upload_id}/parts',
    id: 'add-upload-part',
    tag,
    scope: 'submit',
    summary: 'Add a part to an upload',
    description: 'A form has 4,400,000 bytes at most. Parts may come side by side.',
    form: DocumentedPartForm,
    answers: { 200: { description: 'The part', schema: WireUploadPart } },
    errors: [],
    openaiErrors: { ...badRequest, ...unknownUpload, ...ended, ...tooLarge },
  },
  {
    method: 'post',
    path: '/v1/uploads/{upload_id}/complete',
    id: 'complete-upload',
    tag,
    scope: 'submit',
    summary: 'Make the file of an upload',
    description: 'Of its parts in the order of `part_ids`. The same request again answers the same file.',
    body: CompleteUploadRequest,
    example: { part_ids: ['part_019aa0c2f1d24c9db2e1f6a7c8d9e0f1'] },
    answers: { 200: { description: 'The upload, with its file', schema: WireUpload } },
    errors: [],
    openaiErrors: { ...badRequest, ...unknownUpload, ...ended, ...tooLarge },
  },
  {
    method: 'post',
    path: '/v1/uploads/{upload_id}/cancel',
    id: 'cancel-upload',
    tag,
    scope: 'submit',
    summary: 'Give an upload up',
    answers: { 200: { description: 'The upload, `cancelled`', schema: WireUpload } },
    errors: [],
    openaiErrors: { ...unknownUpload, ...ended },
  },
];

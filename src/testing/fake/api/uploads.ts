import { Busboy, type BusboyHeaders } from '@fastify/busboy';
import { createHash } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import type { Upload } from '../support/upload';

export interface UploadForm {
  fields: Record<string, string>;
  files: Upload[];
}

/**
 * Names of the form parts that hold files: the specification's name, and the one that the official Python client sends. Files in other parts do not
 * belong to the job.
 */
const FILES: readonly string[] = ['input_files', 'input_files[]'];

/** Reads a multipart body; rejects if it is not one, or breaks off. */
export function readUploadForm(request: IncomingMessage): Promise<UploadForm> {
  return new Promise((resolve, reject) => {
    const form: UploadForm = { fields: {}, files: [] };
    const parser = new Busboy({ headers: request.headers as BusboyHeaders, preservePath: true });
    parser.on('field', (name, value) => (form.fields[name] = value));
    parser.on('file', (field, stream, name, _encoding, contentType) => {
      if (!FILES.includes(field)) {
        stream.resume();
        return;
      }
      const hash = createHash('sha256');
      let bytes = 0;
      stream.on('data', (chunk: Buffer) => {
        bytes += chunk.length;
        hash.update(chunk);
      });
      stream.on('end', () => form.files.push({ name, contentType, bytes, sha256: hash.digest('hex') }));
    });
    parser.on('finish', () => resolve(form));
    parser.on('error', reject);
    request.once('close', () => {
      if (!request.complete) reject(new Error('The upload broke off'));
    });
    request.pipe(parser);
  });
}

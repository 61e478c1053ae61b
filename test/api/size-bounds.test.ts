import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import * as zlib from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { UnstructuredResponseError } from '../../src/core/errors';
import { API_KEY, clientOf, getJobError, JOB_ID, serve, wireJob } from './support';

const { brotliCompressSync, deflateRawSync, deflateSync, gzipSync } = zlib;

const ENCODERS = { gzip: gzipSync, 'x-gzip': gzipSync, br: brotliCompressSync, deflate: deflateSync };

function serveBody(body: Buffer, headers: Record<string, string>): Promise<string> {
  return serve((_request, response) => response.writeHead(200, headers).end(body));
}

/** What a process of its own held at most, to which the body was sent. */
async function peakOf(body: Buffer): Promise<{ outcome: string; bytes: number }> {
  const url = await serveBody(body, { 'content-encoding': 'gzip' });
  const args = ['--import', 'tsx', join(__dirname, 'peak-memory.ts'), url, API_KEY, JOB_ID];
  const { stdout } = await promisify(execFile)(process.execPath, args);
  return JSON.parse(stdout) as { outcome: string; bytes: number };
}

describe('a compressed answer', () => {
  it.each(Object.entries(ENCODERS))('in %s is read', async (encoding, encode) => {
    const body = encode(JSON.stringify(wireJob()));
    expect(await clientOf(await serveBody(body, { 'content-encoding': encoding })).getJob(JOB_ID)).toMatchObject({
      id: JOB_ID,
    });
  });

  it('in raw deflate is read', async () => {
    const body = deflateRawSync(JSON.stringify(wireJob()));
    const client = clientOf(await serveBody(body, { 'content-encoding': 'deflate' }));
    expect(await client.getJob(JOB_ID)).toMatchObject({ id: JOB_ID });
  });

  it('is asked for', async () => {
    let asked: unknown;
    const client = clientOf(
      await serve((request, response) => {
        asked = request.headers['accept-encoding'];
        response.end(JSON.stringify(wireJob()));
      }),
    );
    await client.getJob(JOB_ID);
    const zstd = 'createZstdDecompress' in zlib ? ', zstd' : '';
    expect(asked).toBe(`gzip, br, deflate${zstd}`);
  });

  it.each(Object.entries(ENCODERS))('in %s that grows beyond the bound is refused', async (encoding, encode) => {
    const bomb = encode(Buffer.alloc(20_000_000, ' '));
    const error = await getJobError(await serveBody(bomb, { 'content-encoding': encoding }), {
      maxResponseBytes: 100_000,
    });
    expect(error).toBeInstanceOf(UnstructuredResponseError);
    expect(error.message).toContain('larger than 100000 bytes');
  });

  it('is unpacked no further than the bound', async () => {
    const small = await peakOf(gzipSync(JSON.stringify(wireJob())));
    expect(small.outcome).toBe('answered');
    const bomb = await peakOf(gzipSync(Buffer.alloc(120_000_000)));
    expect(bomb.outcome).toContain('larger than 1000000 bytes');
    expect(bomb.bytes - small.bytes).toBeLessThan(60_000_000);
  });
});

describe('a large answer', () => {
  it('is refused by the length it announces, without waiting for it', async () => {
    const error = await getJobError(
      await serve((_request, response) => void response.writeHead(200, { 'content-length': 1_001 }).write(' ')),
      { maxResponseBytes: 1_000 },
    );
    expect(error.message).toContain('larger than 1000 bytes');
  });

  it('is cut where it announces no length and never ends', async () => {
    const error = await getJobError(
      await serve((_request, response) => {
        const more = () => {
          while (response.write(' '.repeat(10_000)));
        };
        response.on('drain', more);
        more();
      }),
      { maxResponseBytes: 1_000_000 },
    );
    expect(error).toBeInstanceOf(UnstructuredResponseError);
    expect(error.message).toContain('larger than 1000000 bytes');
  });

  it('is read up to the very bound', async () => {
    const body = Buffer.from(JSON.stringify(wireJob()));
    const client = clientOf(await serveBody(body, {}), { maxResponseBytes: body.length });
    expect(await client.getJob(JOB_ID)).toMatchObject({ id: JOB_ID });
    expect(await getJobError(await serveBody(body, {}), { maxResponseBytes: body.length - 1 })).toBeInstanceOf(
      UnstructuredResponseError,
    );
  });

  it('of 100,000 files and deep unknown fields is read whole', async () => {
    const files = Array.from({ length: 100_000 }, (_, index) => ({ node_id: 'n', file_id: `${index}.pdf` }));
    const deep = `${'['.repeat(50_000)}${']'.repeat(50_000)}`;
    const body = JSON.stringify(wireJob({ output_node_files: files })).replace('{', `{"new_field":${deep},`);
    const job = await clientOf(await serveBody(Buffer.from(body), {})).getJob(JOB_ID);
    expect(job.outputNodeFiles).toHaveLength(100_000);
  });
});

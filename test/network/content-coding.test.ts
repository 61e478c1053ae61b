// One reader of Content-Encoding for documents and answers: what changes nothing is ignored, what is known is undone, the rest is named.
import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { pipeline } from 'node:stream/promises';
import { setTimeout } from 'node:timers/promises';
import * as zlib from 'node:zlib';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { createDecoder, readBodyCodings, readContentCodings } from '../../src/network/content-coding';

const { zstdCompressSync } = zlib as { zstdCompressSync?: (data: Buffer) => Buffer };

const ENCODERS: Record<string, (data: Buffer) => Buffer> = {
  gzip: zlib.gzipSync,
  'x-gzip': zlib.gzipSync,
  deflate: zlib.deflateSync,
  DEFLATE: zlib.deflateRawSync,
  br: (data) => zlib.brotliCompressSync(data, { params: { [zlib.constants.BROTLI_PARAM_QUALITY]: 1 } }),
  ...(zstdCompressSync && { zstd: zstdCompressSync }),
};

const decoded = (header: string, data: Buffer, pieces = 7) =>
  buffer(
    Readable.from(
      Array.from({ length: Math.ceil(data.length / pieces) }, (_, at) => data.subarray(at * pieces, (at + 1) * pieces)),
    ).pipe(createDecoder(readContentCodings(header))),
  );

test.each([
  [undefined],
  [''],
  [' '],
  ['identity'],
  ['Identity'],
  ['none'],
  ['aws-chunked'],
  ['AWS-Chunked'],
  ['utf-8'],
  ['UTF-8'],
  ['identity, aws-chunked'],
  [','],
  [['identity', 'none']],
  ['ISO-8859-1'],
  ['us-ascii'],
  ['UTF-16, identity'],
  ['windows-1251'],
  ['Shift_JIS'],
  ['null'],
  ['binary'],
  ['8BIT'],
])('%j changes nothing', (header) => expect(readContentCodings(header)).toEqual([]));

test.each([
  ['aws-chunked,gzip', ['gzip']],
  [
    ['gzip', 'br'],
    ['gzip', 'br'],
  ],
  ['GZip , Identity', ['gzip']],
])('%j is read as %j', (header, codings) => expect(readContentCodings(header)).toEqual(codings));

test.each(['rot13', 'compress', 'gzip;q=1', 'gzip rot13', '__proto__', 'constructor', 'gzip, gzip, gzip, gzip, gzip'])(
  '%s is not known, and the message names the header',
  (header) =>
    expect(() => readContentCodings(header)).toThrow(`Content-Encoding is ${JSON.stringify(header)}`.slice(0, 30)),
);

test.each<[string, Parameters<typeof readBodyCodings>[0], string[]]>([
  ['chunks alone', { 'transfer-encoding': 'Chunked' }, []],
  ['none', {}, []],
  ['one coding of the transfer', { 'transfer-encoding': 'gzip, chunked' }, ['gzip']],
  ['two lines', { 'transfer-encoding': ['br', 'chunked'] }, ['br']],
  ['content and transfer', { 'content-encoding': 'br', 'transfer-encoding': 'x-gzip ,chunked' }, ['br', 'gzip']],
  ['no chunks', { 'transfer-encoding': 'deflate' }, ['deflate']],
])('the codings of a body: %s', (_, headers, codings) => expect(readBodyCodings(headers)).toEqual(codings));

test.each(['rot13, chunked', 'chunked, gzip', 'chunked, chunked', 'gzip;q=1, chunked'])(
  'the coding of a transfer %j is not known, and the message names the header',
  (value) => {
    const what = `the header Transfer-Encoding is ${JSON.stringify(value.replace(/, chunked$/, ''))}, which is not known`;
    expect(() => readBodyCodings({ 'transfer-encoding': value })).toThrow(what);
  },
);

test('a foreign value that is long or has special characters is not shown', () => {
  const header = `rot13\r\nset-cookie: <x>${'y'.repeat(200)}`;
  const message = (() => {
    try {
      return String(readContentCodings(header));
    } catch (error) {
      return (error as Error).message;
    }
  })();
  expect(message).not.toMatch(/[\r\n<>]/);
  expect(message).toContain('a value of');
});

test('whatever was coded, once or more, comes out as it was', async () => {
  const layers = fc.array(fc.constantFrom(...Object.keys(ENCODERS)), { minLength: 1, maxLength: 4 });
  await fc.assert(
    fc.asyncProperty(
      layers,
      fc.uint8Array({ maxLength: 300 }),
      fc.integer({ min: 1, max: 50 }),
      async (names, raw, n) => {
        const data = Buffer.from(raw) as Buffer;
        const coded = names.reduce<Buffer>((bytes, name) => ENCODERS[name]!(bytes), data);
        expect(await decoded(names.join(', '), coded, n)).toEqual(data);
      },
    ),
    { numRuns: 50 },
  );
});

test.each(Object.keys(ENCODERS))('%s data that was cut or is another is broken', async (name) => {
  const coded = ENCODERS[name]!(Buffer.from('x'.repeat(1_000) + 'y'.repeat(500)));
  await expect(decoded(name, coded.subarray(0, coded.length / 2))).rejects.toThrow();
  await expect(decoded(name, Buffer.from('\xffno such data', 'latin1'))).rejects.toThrow();
});

test.each(['gzip', 'deflate', 'DEFLATE', 'br', 'gzip, deflate'])(
  '%s data that grows without an end comes no faster than it is read',
  async (header) => {
    const names = header.split(', ');
    const bomb = names.reduce<Buffer>((bytes, name) => ENCODERS[name]!(bytes), Buffer.alloc(20_000_000));
    const decoder = createDecoder(readContentCodings(header));
    let pushed = 0;
    const push = decoder.push.bind(decoder);
    decoder.push = (chunk: Buffer | null) => {
      pushed += chunk?.length ?? 0;
      return push(chunk);
    };
    Readable.from([bomb])
      .on('error', () => undefined)
      .pipe(decoder);
    const reader = (decoder as AsyncIterable<Buffer>)[Symbol.asyncIterator]();
    await reader.next();
    await setTimeout(100); // what does not wait for its reader has come by then
    await reader.return?.();
    expect(decoder.destroyed).toBe(true);
    expect(pushed).toBeGreaterThan(0);
    expect(pushed).toBeLessThan(1_000_000);
  },
);

/** What comes of pieces, once both their writer and their reader are through; undefined where they fail. */
async function outcomeOf(header: string, pieces: readonly Buffer[]): Promise<string | undefined> {
  const decoder = createDecoder(readContentCodings(header));
  const [data, written] = await Promise.allSettled([buffer(decoder), pipeline(Readable.from(pieces), decoder)]);
  return data.status === 'fulfilled' && written.status === 'fulfilled' ? String(data.value) : undefined;
}

const CODINGS = [...Object.keys(ENCODERS), 'deflate, gzip', 'gzip, deflate', 'br, deflate', 'DEFLATE, br'];
const ONE = '["a"]';

test.each(CODINGS)('what comes behind the end of %s data is padding, or fails', async (header) => {
  const names = header.split(', ');
  const one = names.reduce<Buffer>((bytes, name) => ENCODERS[name]!(bytes), Buffer.from(ONE));
  const inOuter = (rest: Buffer) => [[Buffer.concat([one, rest])], [one, rest], [one, rest, rest]];
  // Behind the data of the coding inside, too.
  const [inner = '', ...outer] = names;
  const inInner = (rest: Buffer) => {
    const coded = Buffer.concat([ENCODERS[inner]!(Buffer.from(ONE)), rest]);
    return [[outer.reduce<Buffer>((bytes, name) => ENCODERS[name]!(bytes), coded)]];
  };
  for (const rest of ['\n', 'x', '\0x', 'x'.repeat(100_000)])
    for (const pieces of [...inOuter(Buffer.from(rest)), ...inInner(Buffer.from(rest))])
      expect(await outcomeOf(header, pieces)).toBeUndefined();
  // No piece of zstd data begins with zeros, so that one which comes late is no padding.
  const allowed = header === 'zstd' ? [ONE, undefined] : [ONE];
  for (const zeros of ['\0', '\0'.repeat(100_000)])
    for (const pieces of [...inOuter(Buffer.from(zeros)), ...inInner(Buffer.from(zeros))])
      expect(allowed).toContain(await outcomeOf(header, pieces));
});

test.each(CODINGS)('a second stream of %s data is never dropped', async (header) => {
  const one = header.split(', ').reduce<Buffer>((bytes, name) => ENCODERS[name]!(bytes), Buffer.from(ONE));
  for (const pieces of [[Buffer.concat([one, one])], [one, one]])
    expect([undefined, ONE + ONE]).toContain(await outcomeOf(header, pieces));
});

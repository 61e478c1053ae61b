// A document that breaks off while it is sent starts no job: what may pass is sent again, and what lasts is refused.
import { expect, test } from 'vitest';
import type { DocumentSource } from '../../../src/storage/source';
import { failureOf } from '../../support/failure-of';
import { sent, useRuns } from '../../support/runs';

const withRuns = useRuns();
const start = { templateId: 'hi_res_partition' };
const documents = [{ ref: 'm:a.txt' }, { ref: 'm:b.txt' }];

/** Documents of untold size. The second one breaks off the first `breaks` times, and grows by `more`. */
function source(breaks: number, more = ''): { documents: { sources: { m: DocumentSource } } } {
  let opened = 0;
  const open: DocumentSource['open'] = (ref) => {
    if (ref === 'm:none') return Promise.reject(new Error('503'));
    const isSecond = ref === 'm:b.txt';
    const isBroken = isSecond && ++opened <= breaks;
    async function* stream() {
      yield await Promise.resolve(Buffer.from('begin '));
      if (isBroken) throw new Error('the connection was lost');
      yield Buffer.from(isSecond ? `end${more}` : 'end');
    }
    return Promise.resolve({ bytes: undefined, stream });
  };
  return { documents: { sources: { m: { open } } } };
}

test('a document that breaks off is sent again, whole, and its job is the only one', async () => {
  await withRuns(
    async ({ api, run, to }) => {
      const result = await run({ start, documents, outputs: { to } });
      expect(result.start).toEqual({ how: 'answered', sends: 3 });
      expect(result.documents.map(({ status }) => status)).toEqual(['ok', 'ok']);
      expect(sent(api, 'listJobs'), 'nothing is looked for').toBe(0);
      expect(api.jobs.map(({ uploads }) => uploads.map(({ bytes }) => bytes))).toEqual([[9, 9]]);
    },
    { plugin: source(2) },
  );
});

test('a document that always breaks off ends the run typed, long before an outage would, with no job to look for', async () => {
  await withRuns(
    async ({ api, run }) => {
      const { details, message } = await failureOf('UnstructuredDocumentRefusedError', run({ start, documents }));
      expect(message).toMatch(
        /^Document m:b.txt was refused: it could not be read to its end: the connection was lost, in \d+ sends since /,
      );
      expect(details).toMatchObject({
        ref: 'm:b.txt',
        reason: 'notReadable',
        refused: [{ index: 1 }],
        refusedTotal: 1,
      });
      expect(details.run).toBeUndefined();
      expect(sent(api, 'createJob')).toBeLessThan(60);
      expect(api.jobs).toEqual([]);
    },
    { plugin: source(Infinity) },
  );
});

test("with onRefused: 'skip', the others go out without a document that always breaks off", async () => {
  await withRuns(
    async ({ api, run, to }) => {
      const result = await run({ start, documents, onRefused: 'skip', outputs: { to } });
      expect(result.documents).toMatchObject([
        { status: 'ok' },
        {
          status: 'skipped',
          refusal: 'notReadable',
          reason: expect.stringContaining('m:b.txt was refused') as unknown,
        },
      ]);
      expect(api.jobs.map(({ uploads }) => uploads.map(({ bytes }) => bytes))).toEqual([[9]]);
      expect(sent(api, 'listJobs'), 'nothing is looked for').toBe(0);
    },
    { plugin: source(Infinity) },
  );
});

test('a document that can never be opened holds up the others no longer', async () => {
  await withRuns(
    async ({ run, to }) => {
      const given = { documents: [{ ref: 'm:none' }, ...documents], startOutageBudget: '20 seconds' };
      const result = await run({ start, ...given, onRefused: 'skip', outputs: { to } });
      expect(result.documents.map(({ status }) => status)).toEqual(['skipped', 'ok', 'ok']);
    },
    { plugin: source(0) },
  );
});

test('a source that is out has the budget of outages', async () => {
  const open = () => Promise.reject(new Error('out'));
  await withRuns(
    async ({ run }) => {
      const ended = run({ start, documents, startOutageBudget: '20 seconds' });
      const { details } = await failureOf('UnstructuredConnectionError', ended);
      expect(details).toEqual({ kind: 'connection', notSent: true });
    },
    { plugin: { documents: { sources: { m: { open } } } } },
  );
});

test('a document that turns out too large is refused', async () => {
  await withRuns(
    async ({ api, run }) => {
      const { details } = await failureOf(
        'UnstructuredDocumentRefusedError',
        run({ start, documents, maxDocumentBytes: 100 }),
      );
      expect(details).toMatchObject({ reason: 'tooLarge', refused: [{ index: 1 }], refusedTotal: 1 });
      expect(details.run).toBeUndefined();
      expect([sent(api, 'createJob'), api.jobs]).toEqual([1, []]);
    },
    { plugin: source(0, 'x'.repeat(100)) },
  );
});

test("with onRefused: 'skip', the others go out without it, and have the only job", async () => {
  await withRuns(
    async ({ api, run, to }) => {
      const result = await run({ start, documents, maxDocumentBytes: 100, onRefused: 'skip', outputs: { to } });
      expect(result.documents.map(({ status }) => status)).toEqual(['ok', 'skipped']);
      expect(JSON.stringify(result.documents[1])).toContain('it has more than maxDocumentBytes (100)');
      expect([result.start.sends, sent(api, 'createJob'), api.jobs.length]).toEqual([1, 2, 1]);
      expect(sent(api, 'listJobs'), 'nothing is looked for').toBe(0);
    },
    { plugin: source(0, 'x'.repeat(100)) },
  );
});

test('the only document, whose host nobody knows, is refused', async () => {
  const open: DocumentSource['open'] = () =>
    Promise.reject(Object.assign(new Error('getaddrinfo ENOTFOUND files.example'), { code: 'ENOTFOUND' }));
  await withRuns(
    async ({ api, run }) => {
      const ended = run({ start, documents: [{ ref: 'm:a.txt' }], startOutageBudget: '20 seconds' });
      const { details, message } = await failureOf('UnstructuredDocumentRefusedError', ended);
      expect(message).toMatch(/ENOTFOUND files.example.*, in \d+ sends since /);
      expect(details).toMatchObject({ ref: 'm:a.txt', reason: 'notReadable', code: 'ENOTFOUND', refusedTotal: 1 });
      expect(api.jobs).toEqual([]);
    },
    { plugin: { documents: { sources: { m: { open } } } } },
  );
});

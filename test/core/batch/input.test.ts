import { expect, test } from 'vitest';
import { durationToMs } from '../../../src/common/duration';
import { resolveBatchInput, type RunJobsInput } from '../../../src/core/batch/input';
import { beginBatch } from '../../../src/core/batch/state';
import { UnstructuredValidationError } from '../../../src/core/errors';

const GOOD: RunJobsInput = {
  start: { templateId: 'hi_res_partition' },
  documents: { from: 's3://inbox/' },
  outputs: { to: 's3://out/' },
};

const resolve = (input: object) => resolveBatchInput({ ...GOOD, ...input }, durationToMs);

test('defaults', () => {
  expect(resolve({})).toMatchObject({
    documents: { from: 's3://inbox/' },
    bounds: { perJob: 10, maxJobBytes: 209_715_200 },
    options: { parallel: 5, tolerated: 1, startSpacing: 1_100, continueAsNewAfterEvents: 8_000 },
    initial: { version: 1, parallel: 5, tolerated: 1, startSpacing: 1_100, continueAsNewAfterEvents: 8_000 },
    outputs: { to: 's3://out/', which: 'final', onLost: 'return' },
    retryFailed: null,
    unlessIn: [],
    state: null,
  });
});

test.each([
  [{ documents: [{ ref: 's3://inbox/a' }] }],
  [{ documents: { from: 's3://inbox/', match: '**/*.pdf' } }],
  [{ documents: { from: 's3://inbox/', match: ['**/*.pdf', '!old/**'] } }],
  [{ documents: { list: 's3://inbox/list.jsonl' } }],
  [{ documents: { from: 's3://inbox/', match: '*.pdf' }, outputs: { to: 's3://inbox/parsed' } }],
  [{ outputs: { to: 's3://inbox-parsed/' } }],
  [{ documents: undefined, retryFailed: 's3://out/_manifests/a/manifest.json' }],
  [{ documents: null, retryFailed: 's3://out/_manifests/a/manifest.json' }],
  [{ unlessIn: 's3://out/_manifests/a/manifest.json' }],
  [{ unlessIn: ['s3://out/_manifests/a/manifest.json', 's3://out/_manifests/b/manifest.json'] }],
  [{ perJob: 100, parallel: 500, tolerated: 0, runLimit: '2 hours', activityTaskQueue: 'q', account: 'eu' }],
])('%o is taken', (input) => {
  expect(() => resolve(input)).not.toThrow();
});

test.each([
  [{ documents: undefined }, 'Option documents must be'],
  [{ documents: [] }, 'Option documents is empty'],
  [{ documents: {} }, 'Option documents must be'],
  [{ documents: { from: '' } }, 'Option documents must be'],
  [{ documents: { from: 's3://a/', list: 's3://b' } }, 'Option documents must be'],
  [{ documents: { list: 's3://b', match: '*' } }, 'Option documents must be'],
  [{ documents: { from: 's3://a/', match: [] } }, 'Option documents must be'],
  [{ documents: { from: 's3://a/', glob: '*' } }, 'Option documents must be'],
  [{ documents: [{ ref: 7 }] }, 'Option documents[0].ref'],
  [{ outputs: { to: 's3://inbox/parsed' } }, 'Option outputs.to lies below documents.from'],
  [{ outputs: { to: 's3://inbox' } }, 'Option outputs.to lies below documents.from'],
  [{ retryFailed: 's3://out/manifest.json' }, 'exclude each other'],
  [{ outputs: undefined }, 'Option outputs must be'],
  [{ outputs: { to: 's3://out/', onLost: 'fail' } }, 'Option outputs.onLost is not an option of a batch'],
  [{ parallel: 0 }, 'Option parallel must be a whole number from 1 to 500; got 0.'],
  [{ perJob: 0 }, 'Option perJob must be'],
  [{ perJob: 101 }, 'Option perJob must be a whole number from 1 to 100; got 101.'],
  [
    { documents: [{ ref: 's3://inbox/a' }], unlessIn: 's3://out/m/manifest.json' },
    'Option unlessIn needs documents: { from }',
  ],
  [{ unlessIn: ['s3://out/_manifests/a/manifest.json', 's3://out/_manifests/b/'] }, 'Option unlessIn must be'],
  [{ unlessIn: [] }, 'or a list of one or more; got '],
  [{ maxJobBytes: 0.5 }, 'Option maxJobBytes must be'],
  [{ tolerated: 1.1 }, 'Option tolerated must be a share from 0 to 1; got 1.1.'],
  [{ onRefused: 'fail' }, 'Option onRefused is not an option of a batch: a refused document is left out'],
  [{ failedFiles: 'fail' }, 'Option failedFiles is not an option of a batch'],
  [{ maxDocuments: 20 }, 'Option maxDocuments is not an option of a batch: see perJob'],
  [{ resume: { jobId: 'x' } }, 'Option resume is not an option of a batch'],
  [{ runLimit: 'soon' }, 'Option runLimit'],
  [{ start: undefined }, 'Option start must be'],
  [{ start: {} }, 'Option start must be'],
  [{ nonsense: 1 }, 'Unknown option nonsense'],
  [{ version: 2 }, 'The version of the input is 2'],
])('%o is refused', (input, message) => {
  expect(() => resolve(input)).toThrow(message);
});

test('a list that no input holds is refused with what to do', () => {
  const documents = Array.from({ length: 30_000 }, (_, n) => ({ ref: `s3://inbox/${'x'.repeat(60)}/${n}` }));
  expect(() => resolve({ documents })).toThrow(/Write the documents to a file of JSON Lines/);
});

test('no message shows a reference', () => {
  expect(() => resolve({ documents: { from: 'https://host/?token=secret', glob: 1 } })).toThrow(/^(?!.*secret)/s);
});

test('what continues needs no list of documents any more, and fails no workflow', () => {
  const continued = { version: 1, state: beginBatch(resolve({}).options, 0) };
  expect(resolve({ documents: undefined, continued }).documents).toBeNull();
  const wrong = () => resolve({ parallel: 0, continued });
  expect(wrong).toThrow('A batch that continues has an input that this worker does not know');
  expect(wrong).not.toThrow(UnstructuredValidationError);
});

test.each([0, -1, 1.5])('what has the version %s is refused for good', (version) => {
  const wrong = () => resolve({ continued: { version } as never });
  expect(wrong).toThrow(UnstructuredValidationError);
  expect(wrong).toThrow(/^Option continued is for the workflow itself, which gives it a version; got/);
});

test.each([
  { version: 1 },
  { version: 1, state: 7 },
  { version: 1, state: {} },
  { version: 1, state: { options: {} } },
])('what no earlier run carried over is refused for good: %o', (continued) => {
  const wrong = () => resolve({ continued: continued as never });
  expect(wrong).toThrow(UnstructuredValidationError);
  expect(wrong).toThrow('Option continued is for the workflow itself; it must hold the state of a batch.');
});

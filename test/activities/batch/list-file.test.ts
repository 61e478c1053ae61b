// A list of documents whose size nobody tells, as of a compressed one, is bounded by what is read of it.
import { expect, test } from 'vitest';
import { readListFile } from '../../../activities/batch/list-file';
import { UnstructuredValidationError } from '../../../src/core/errors';

const LINE = '{"ref":"file:///a.pdf"}\n';
const signal = new AbortController().signal;

async function documentsIn(lines: number, maxBytes: number): Promise<number> {
  const stream = async function* () {
    for (let line = 0; line < lines; line++) yield await Promise.resolve(Buffer.from(LINE));
  };
  const openDocument = () => Promise.resolve({ bytes: undefined, stream });
  let count = 0;
  for await (const page of readListFile({ openDocument }, 'https://host/list.jsonl', signal, maxBytes))
    count += page.length;
  return count;
}

test('a list as long as it may be is read', async () => {
  expect(await documentsIn(10, 10 * LINE.length)).toBe(10);
});

test('a longer one is refused, whatever it says of its size', async () => {
  const error: unknown = await documentsIn(10, 10 * LINE.length - 1).catch((reason: unknown) => reason);
  expect(error).toBeInstanceOf(UnstructuredValidationError);
  expect((error as Error).message).toContain(`it is longer than ${10 * LINE.length - 1} bytes`);
});

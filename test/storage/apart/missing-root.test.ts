// A drive that is missing, as on Windows: nothing of a path exists, not even its root.
import type * as promises from 'node:fs/promises';
import { expect, test, vi } from 'vitest';
import { FileSink } from '../../../src/storage/file-sink';

vi.mock('node:fs/promises', async (original) => ({
  ...(await original<typeof promises>()),
  lstat: () => Promise.reject(Object.assign(new Error('no such file'), { code: 'ENOENT' })),
}));

test('a target on it is an error that may pass, and no record there counts as missing', async () => {
  const sink = new FileSink(['/out']);
  const signal = new AbortController().signal;
  await expect(sink.check('file:///out/batch')).rejects.toMatchObject({ code: 'ENOENT' });
  await expect(sink.read({ to: 'file:///out/batch', name: 'plan.json' }, { signal })).rejects.toMatchObject({
    code: 'ENOENT',
  });
});

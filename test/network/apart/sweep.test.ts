// Nothing that a server sends ends the process, and nothing that was cut passes for whole: what is moved comes whole, or fails with a typed
// error. `npm run sweep:connections` tries all combinations, in about ten minutes; here is a sample, with each three of its properties together.
import { expect, test } from 'vitest';
import { sample } from '../../support/breadth';
import { casesOf } from '../sweep/cases';
import { sweep } from '../sweep/run';

const isWhole = process.env['SWEEP'] === 'all';
const cases = isWhole ? casesOf() : sample(casesOf({ readers: ['slow', 'stopped'], sizes: [30_000, 300_000] }), 300);

test(`of ${cases.length} answers, each comes whole or fails, and no process dies`, { timeout: 1_200_000 }, async () => {
  const { wrong, counts } = await sweep(cases);
  if (isWhole) process.stdout.write(`${JSON.stringify(counts, null, 2)}\n`);
  expect(wrong).toEqual([]);
});

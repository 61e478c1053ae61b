// A start that may have begun a job warns, once. One that certainly began none is no reason to look into the logs.
import { expect, test } from 'vitest';
import type { RunJobInput } from '../../../src/core/run/input';
import { type Fault, faults } from '../../../src/testing';
import { failureOf } from '../../support/failure-of';
import { logMark, logsSince } from '../../support/logs';
import { type RunSetup, useRuns } from '../../support/runs';

const withRuns = useRuns();
const start = { templateId: 'hi_res_partition' };
const WARNING = 'A start of a job was not answered';
const BEGAN_NONE = 'A start of a job was refused, or not sent whole';

/** What the workflow says of its starts, each time. */
async function told(run: () => Promise<unknown>): Promise<string[]> {
  const mark = logMark();
  await run();
  const all = logsSince(mark).filter(({ message }) => [WARNING, BEGAN_NONE].includes(message));
  return all.map(({ level, message }) => `${level}: ${message}`);
}

const withFaults =
  (...list: Fault[]) =>
  async ({ api, document }: RunSetup): Promise<RunJobInput> => {
    api.addFaults([[{ operation: 'createJob', first: 1 }, ...list]]);
    return { start, documents: [await document('a.pdf')] };
  };

test.each<[string, Fault, RunJobInput['startToken']]>([
  ['whose job is found', faults.reset(), true],
  ['whose job nobody can tell', faults.status(502), false],
  ['whose answer can not be read', faults.garbage(), true],
  ['whose answer names no uuid', faults.patch({ set: { id: 'job-17' } }), true],
])('a start %s warns once', async (_, fault, startToken) => {
  await withRuns(async (setup) => {
    const input = { ...(await withFaults(fault)(setup)), startToken };
    const end = () => (startToken ? setup.run(input) : failureOf('UnstructuredStartUncertainError', setup.run(input)));
    expect(await told(end)).toEqual([`WARN: ${WARNING}`]);
  });
});

test('a start that is told to come later does not warn', async () => {
  await withRuns(async (setup) => {
    const input = await withFaults(faults.notAccepted(), faults.rateLimit({ retryAfter: 60 }))(setup);
    expect(await told(() => setup.run(input))).toEqual([`INFO: ${BEGAN_NONE}`]);
  });
});

test('a start that is refused does not warn', async () => {
  await withRuns(async (setup) => {
    const input = await withFaults(faults.notAccepted(), faults.status(422))(setup);
    const refused = () => failureOf('UnstructuredValidationError', setup.run(input));
    expect(await told(refused)).toEqual([`INFO: ${BEGAN_NONE}`]);
  });
});

test('a start whose document is refused does not warn', async () => {
  await withRuns(async ({ run, inbox }) => {
    const documents = [{ ref: `file://${inbox}/gone.pdf` }];
    const refused = () => failureOf('UnstructuredDocumentRefusedError', run({ start, documents }));
    expect(await told(refused)).toEqual([`INFO: ${BEGAN_NONE}`]);
  });
});

// An API that the worker does not reach by its set-up ends a wait and a run at the first contact, with the option to check.
import { expect, test } from 'vitest';
import { faults } from '../../../src/testing';
import { failureOf } from '../../support/failure-of';
import { useRuns } from '../../support/runs';
import { serveTls } from '../../support/tls-server';

const withRuns = useRuns();

test('a certificate that nobody knows', async () => {
  const { url: baseUrl } = await serveTls((_request, response) => response.end());
  await withRuns(
    async ({ api, document, run, to, waitFor }) => {
      const ofWait = await failureOf('UnstructuredConnectionError', waitFor(api.addJob()));
      const input = {
        start: { templateId: 'hi_res_partition' },
        documents: [await document('a.pdf')],
        outputs: { to },
      };
      const ofRun = await failureOf('UnstructuredConnectionError', run(input));
      expect(ofWait.details).toMatchObject({ code: 'DEPTH_ZERO_SELF_SIGNED_CERT', wait: { checks: 1 } });
      expect(ofRun.details).toMatchObject({ code: 'DEPTH_ZERO_SELF_SIGNED_CERT', notSent: true });
      for (const { message } of [ofWait, ofRun]) expect(message).toContain('check option baseUrl');
    },
    { plugin: { baseUrl } },
  );
});

test('a redirect to another origin, which later in a wait ends nothing', async () => {
  await withRuns(async ({ api, waitFor }) => {
    const redirect = faults.redirect({ origin: 'https://login.example' });
    const lost = waitFor(api.addJob({ faults: [['always', redirect]] }));
    const { message, details } = await failureOf('UnstructuredResponseError', lost);
    expect(message).toContain('a redirect to another origin, https://login.example');
    expect(details).toMatchObject({ status: 307, wrongSetup: true, wait: { checks: 1 } });
    const job = api.addJob({
      timeline: [['IN_PROGRESS', '5m'], ['COMPLETED']],
      faults: [[{ from: 2, to: 9 }, redirect]],
    });
    expect((await waitFor(job)).wait.failures).toEqual({ UnstructuredResponseError: 2 });
  });
});

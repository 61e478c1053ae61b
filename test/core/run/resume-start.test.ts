// What a start leaves behind takes it up again: its job, or what tells the job of a start whose answer was lost.
import { expect, test } from 'vitest';
import { beginFrom, resumeOfStart } from '../../../src/core/run/resume';
import { answered, beginStart, sending, unanswered } from '../../../src/core/start/state';
import { JOB_ID, MINUTE, START } from '../fixtures';
import { notSent, startedAnswer, TOKEN, uncertain } from '../start/fixtures';

const digest = '0123456789abcdef';
const sentAt = '2026-01-01T00:00:00.000Z';
const lostAt = '2026-01-01T00:01:00.000Z';
const sent = sending(beginStart(TOKEN), START);

test('nothing where nothing was sent', () => {
  expect(resumeOfStart({ state: beginStart(TOKEN), activity: 'sleeping' }, digest)).toBeUndefined();
  const refused = unanswered(sent, notSent, START);
  expect(resumeOfStart({ state: refused, activity: 'sleeping' }, digest)).toBeUndefined();
});

test('the time of a start that is on its way', () => {
  expect(resumeOfStart({ state: sent, activity: 'sending' }, digest)).toEqual({ token: TOKEN, digest, sentAt });
});

test('the job of one that was answered, and whose it is', () => {
  const state = answered(sent, startedAnswer(JOB_ID), START);
  const known = { jobId: JOB_ID, token: TOKEN, digest };
  expect(resumeOfStart({ state, activity: 'ended' }, digest)).toEqual({ ...known, startedByRun: true });
  const adopted = { ...state, startedJob: { ...state.startedJob!, how: 'adopted' as const } };
  expect(resumeOfStart({ state: adopted, activity: 'ended' }, digest)).toEqual({ ...known, startedByRun: false });
});

test('the bounds of one whose answer was lost, where the jobs before it are known', () => {
  const lost = unanswered(sent, uncertain, START + MINUTE);
  expect(resumeOfStart({ state: lost, activity: 'sleeping' }, digest)).toEqual({ token: TOKEN, digest, sentAt });
  const told = unanswered(sent, uncertain, START + MINUTE, { earlierJobIds: [JOB_ID] });
  const resume = { token: TOKEN, digest, sentAt, lostAt, earlierJobIds: [JOB_ID] };
  expect(resumeOfStart({ state: told, activity: 'sleeping' }, digest)).toEqual(resume);
});

test('a start begins anew, or where an earlier run lost its answer', () => {
  expect(beginFrom(TOKEN, null, START)).toEqual(beginStart(TOKEN));
  expect(beginFrom(TOKEN, { jobId: JOB_ID }, START)).toEqual(beginStart(TOKEN));
  const { uncertain: lost, earlierJobIds } = beginFrom(
    TOKEN,
    { sentAt, lostAt, earlierJobIds: [JOB_ID] },
    START + 2 * MINUTE,
  );
  expect(lost).toMatchObject({ sentAt: START, lostAt: START + MINUTE });
  expect(earlierJobIds).toEqual([JOB_ID]);
  expect(beginFrom(TOKEN, { sentAt }, START).uncertain).toMatchObject({ sentAt: START });
});

import { BATCH_SCENARIOS } from './batch-scenarios';
import { ENDING_SCENARIOS } from './ending-scenarios';
import { PARENT_SCENARIOS } from './parent-scenarios';
import type { Scenario } from './recording';
import { RUN_SCENARIOS } from './run-scenarios';
import { UNSERVED_SCENARIOS } from './unserved-scenarios';
import { WAIT_SCENARIOS } from './wait-scenarios';
import { WATCH_FAILURE_SCENARIOS } from './watch-failure-scenarios';
import { WATCH_SCENARIOS } from './watch-scenarios';

/** Paths that are recorded with time skipping, by name. */
export const TIME_SKIPPING_SCENARIOS: Record<string, Scenario> = {
  ...WAIT_SCENARIOS,
  ...RUN_SCENARIOS,
  ...BATCH_SCENARIOS,
  ...PARENT_SCENARIOS,
  ...ENDING_SCENARIOS,
  ...WATCH_FAILURE_SCENARIOS,
};

/** Paths that are recorded in real time, all at once: what they are about stops time skipping. */
export const REAL_TIME_SCENARIOS: Record<string, Scenario> = { ...WATCH_SCENARIOS, ...UNSERVED_SCENARIOS };

/** All paths that are recorded. */
export const SCENARIOS: Record<string, Scenario> = { ...TIME_SKIPPING_SCENARIOS, ...REAL_TIME_SCENARIOS };

/** What each recorded history stands for, as Markdown. */
export function describeHistories(): string {
  const rows = Object.entries(SCENARIOS).map(([name, { behaviour }]) => `| ${name} | ${behaviour} |`);
  return [
    '# Recorded histories',
    '',
    'Every version replays these. `<version>-<name>.json` is the history of a workflow; `-first` and `-last` are those of one that continued as',
    'new. `npm run record:histories` writes them, and this file.',
    '',
    '| name | what it stands for |',
    '| --- | --- |',
    ...rows,
    '',
  ].join('\n');
}

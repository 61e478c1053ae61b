import type { TemporalClient } from '../../../activities/watch/token';

/** What was said to Temporal by a token. */
export interface Said {
  call: 'complete' | 'fail' | 'heartbeat' | 'reportCancellation';
  token: string;
  value: unknown;
  at: number;
}

/** A Temporal client that notes what activities are told. `answer` may throw, or never settle. */
export function stubClient(answer: (said: Said) => Promise<void> = () => Promise.resolve()) {
  const said: Said[] = [];
  const say = (call: Said['call']) => (taskToken: Uint8Array, value: unknown) => {
    const one = { call, token: Buffer.from(taskToken).toString(), value, at: Date.now() };
    said.push(one);
    return answer(one);
  };
  const client = {
    activity: {
      complete: say('complete'),
      fail: say('fail'),
      heartbeat: say('heartbeat'),
      reportCancellation: say('reportCancellation'),
    },
    withAbortSignal: (_: AbortSignal, fn: () => Promise<unknown>) => fn(),
    withDeadline: (deadline: number, fn: () => Promise<unknown>) =>
      Promise.race([
        fn(),
        new Promise((_, reject) => setTimeout(() => reject(new Error('deadline')), deadline - Date.now())),
      ]),
  };
  return { client: client as unknown as TemporalClient, said };
}

import type { Client, WorkflowClientInterceptor } from '@temporalio/client';
import type { FakeUnstructured } from '../../src/testing';
import { historiesOf, replay, type RunId } from './histories';
import { logsSince } from './logs';
import { placesOfKey } from './secrets';

/** The runs that tests start through a client, noted so that all they leave can be checked when the tests are over. */
export class StartedRuns {
  readonly #runs: RunId[] = [];
  #isApiAsked = false;

  /** For the options of the client. */
  readonly interceptors: { workflow: WorkflowClientInterceptor[] } = {
    workflow: [
      {
        startWithDetails: async (input, next) => {
          const output = await next(input);
          this.#runs.push({ workflowId: input.options.workflowId, runId: output.runId });
          return output;
        },
      },
    ],
  };

  get runs(): readonly RunId[] {
    return this.#runs;
  }

  /** To be told of each fake API when its test is over: where one was asked, there is a run at least. */
  noteRequests({ requests }: FakeUnstructured): void {
    this.#isApiAsked ||= requests.length > 0;
  }

  /**
   * Searches the histories of these runs, of the runs that they continued as and of all children, and the logs that came in of the file, for the API
   * key, and replays the histories. A workflow that has not ended is replayed as far as it went. To be called when all workers have stopped.
   * @throws Error naming the places of the key, or the workflows that do not replay, or where the API was asked and no start was noted
   */
  async check(client: Client): Promise<void> {
    if (this.#isApiAsked && this.#runs.length === 0) throw new Error('Workflows ran, and the start of none was noted.');
    const runs = await historiesOf(client, this.#runs);
    const places = placesOfKey(runs, logsSince(0));
    if (places.length > 0) throw new Error(`The API key stands in:\n${places.join('\n')}`);
    await replay(runs);
  }
}

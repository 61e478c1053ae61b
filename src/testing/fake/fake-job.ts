import { z } from 'zod';
import type { AnswerSwitches } from './job/answer-switches';
import type { FaultRule } from './faults/fault-rules';
import type { JobState } from './job/job-state';
import { parseInput } from './support/input';
import type { Upload } from './support/upload';
import type { RequestRecord } from './world/request-log';
import type { World } from './world/world';

/** A job of the fake API, as tests see and change it. */
export class FakeJob {
  readonly #world: World;
  readonly #state: JobState;

  /** Not for direct use: `addJob` creates jobs. */
  constructor(world: World, state: JobState) {
    this.#world = world;
    this.#state = state;
  }

  get id(): string {
    return this.#state.facts.id;
  }

  get workflowId(): string {
    return this.#state.facts.workflowId;
  }

  /** Ids of the input files, as the API builds them from the names. */
  get fileIds(): readonly string[] {
    return this.#state.facts.fileIds;
  }

  /** Ids of the nodes, in order. */
  get nodeIds(): readonly string[] {
    return this.#state.facts.nodes.map(({ id }) => id);
  }

  /** Files that were uploaded with the job's start, in order; empty for a job that was not started over HTTP. */
  get uploads(): readonly Upload[] {
    return this.#state.facts.uploads;
  }

  /** Number of checks: requests for the job with a valid key, whatever the answer. */
  get checks(): number {
    return this.#state.checks;
  }

  /** The requests about this job, in order of arrival. */
  get requests(): readonly RequestRecord[] {
    return this.#world.requests.filter(({ jobId }) => jobId === this.id);
  }

  /** Returns the status at the current time of the fake's clock, without counting a check. */
  async status(): Promise<string> {
    await this.#state.ready();
    return this.#state.life.statusAt(await this.#world.now());
  }

  /**
   * Sets the status from now on, whatever the timeline says. It may be any text that is not empty.
   * @throws FakeInputError if it is not
   */
  setStatus(status: string): void {
    this.#state.life.setStatus(parseInput(z.string().min(1), status, 'status'));
    this.#world.touch();
  }

  /**
   * Adds faults, counted from now on: `job.addFaults([[1, faults.status(503)]])` applies to the next check.
   * @throws FakeInputError that names the field and the value
   */
  addFaults(rules: FaultRule[]): void {
    this.#world.addFaults(rules, this.#state);
  }

  /**
   * Changes switches of this job. Windows among them are counted from then on.
   * @throws FakeInputError that names the field and the value
   */
  setAnswers(answers: AnswerSwitches): void {
    this.#world.setJobAnswers(this.#state, answers);
  }
}
